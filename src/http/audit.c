#include "http/audit.h"

#include "base/hash.h"
#include "http/backlog.h"
#include "http/shown.h"

#include <string.h>

static bool refuse(spi_request *request)
{
	spi_problem(request, SPI_UNAVAILABLE, "what is read and done here cannot be noted right now, so it cannot be shown");
	return false;
}

static const char *copy(spi_request *request, const char *text)
{
	return text ? sp_arena_strdup(request->arena, text) : NULL;
}

/* The texts of an entry live until its write is done: in the arena. */
static sp_audit *make(spi_request *request, sp_audit_action action, const char *object, const char *detail)
{
	sp_audit *entry = sp_arena_calloc(request->arena, 1, sizeof *entry);
	if (!entry)
		return NULL;
	*entry = (sp_audit){.action = action, .subject = request->caller.subject, .object = copy(request, object),
		.detail = copy(request, detail), .at_utc_s = request->clock_utc_s};
	return (object && !entry->object) || (detail && !entry->detail) ? NULL : entry;
}

bool spi_audit_with(spi_request *request, sp_write *write, sp_audit_action action, const char *object, const char *detail)
{
	sp_audit *entry = make(request, action, object, detail);
	if (!entry)
		return refuse(request);
	entry->next = write->audit;
	write->audit = entry;
	return true;
}

sp_write *spi_audit_first(spi_request *request, sp_audit_action action, const char *object, const char *detail, spi_handler *then)
{
	sp_write *write = sp_arena_calloc(request->arena, 1, sizeof *write);
	if (!write) {
		refuse(request);
		return NULL;
	}
	write->kind = SP_WRITE_AUDIT;
	if (!spi_audit_with(request, write, action, object, detail))
		return NULL;
	spi_request_write(request, write, then);
	return write;
}

bool spi_audit_soon(spi_request *request, sp_audit_action action, const char *object, const char *detail)
{
	struct spi_backlog *backlog = request->worker->server->backlog;
	sp_audit entry = {.action = action, .subject = request->caller.subject, .object = object, .detail = detail,
		.at_utc_s = request->clock_utc_s};
	return !backlog || spi_backlog_add(backlog, &entry) || refuse(request);
}

/* Whether a citizen reads the very same (or, of a server without a store, nothing is noted). What cannot be found out counts as internal. */
static bool is_public(const spi_request *request, const sp_record *record)
{
	int citizen = sp_kb_audience(request->config, "citizen");
	sp_index *index = NULL;
	sp_record same;
	if (!request->worker->server->backlog || request->caller.audience == citizen)
		return true;
	if (citizen < 0 || spi_request_index_of(request, citizen, &index, NULL) != SP_OK ||
		sp_index_get(index, record->id, record->lang, request->arena, &same, NULL) != SP_OK)
		return false;
	return same.markdown_len == record->markdown_len && memcmp(same.markdown, record->markdown, same.markdown_len) == 0;
}

bool spi_audit_article(spi_request *request, const sp_record *record)
{
	if (is_public(request, record))
		return true;
	const char *object = sp_arena_printf(request->arena, "%s/%s", sp_lang_code(record->lang), record->id);
	request->is_noted = true;
	return object ? spi_audit_soon(request, SP_AUDIT_ARTICLE_READ, object, record->version) : refuse(request);
}

/* The same of a hit, which comes without its Markdown. */
static bool is_public_hit(const spi_request *request, const sp_record *hit)
{
	sp_index *index = NULL;
	sp_record whole;
	return spi_request_index_of(request, request->caller.audience, &index, NULL) == SP_OK &&
		sp_index_get(index, hit->id, hit->lang, request->arena, &whole, NULL) == SP_OK && strcmp(whole.version, hit->version) == 0 &&
		is_public(request, &whole);
}

static uint64_t hash_of(const spi_request *request, const sp_record *record)
{
	uint64_t hash = spi_hash64_more(SPI_HASH64_SEED, request->caller.subject, strlen(request->caller.subject) + 1);
	hash = spi_hash64_more(hash, record->version, strlen(record->version) + 1);
	return spi_hash64_more(hash, record->id, strlen(record->id));
}

static void take_back(spi_request *request, const sp_hit *hits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		spi_shown_take_back(request->worker->server->shown, hash_of(request, &hits[i].record));
}

bool spi_audit_hits(spi_request *request, const sp_hit *hits, size_t count)
{
	struct spi_shown *shown = request->worker->server->shown;
	const char *list = "";
	if (!shown || !request->caller.subject || request->caller.audience == sp_kb_audience(request->config, "citizen"))
		return true;
	for (size_t i = 0; list && i < count; i++) {
		const sp_record *record = &hits[i].record;
		if (hits[i].snippet && *hits[i].snippet && spi_shown_add(shown, hash_of(request, record), request->now_utc_s) && !is_public_hit(request, record))
			list = sp_arena_printf(request->arena, "%s%s%s/%s", list, *list ? " " : "", sp_lang_code(record->lang), record->id);
	}
	if (list && !*list)
		return true;
	if (list ? spi_audit_soon(request, SP_AUDIT_SEARCH_SHOWN, "search", list) : refuse(request))
		return true;
	take_back(request, hits, count);
	return false;
}

void spi_audit_refused(spi_request *request, const char *subject, const char *how, const char *why)
{
	sp_server *server = request->worker->server;
	sp_audit entry = {.action = SP_AUDIT_REFUSED, .subject = subject, .object = how, .detail = why, .at_utc_s = request->clock_utc_s};
	if (!server->backlog || !spi_limit_open(&server->refusals, request->began_us))
		return;
	spi_limit_spend(&server->refusals, request->began_us);
	spi_backlog_add(server->backlog, &entry);
}
