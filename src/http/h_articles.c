/* GET /v1/articles and GET /v1/articles/{id}. */
#include "http/audit.h"
#include "http/handlers.h"
#include "http/moved.h"
#include "http/parts.h"

#include <string.h>

static void write_list(spi_request *request, const sp_result *result, uint32_t page, uint32_t per_page)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "total", result->total);
	sp_json_int(&json, "page", page);
	sp_json_int(&json, "per_page", per_page);
	sp_json_array(&json, "articles");
	for (size_t i = 0; i < result->hits_count; i++) {
		sp_json_object(&json, NULL);
		spi_json_summary(request, &json, &result->hits[i].record);
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json_tagged(request);
}

void spi_h_articles(spi_request *request)
{
	uint32_t page;
	sp_result result;
	sp_error err = {0};
	sp_query query = {.lang = request->lang, .only_lang = request->lang_asked, .day = request->day, .audience = -1,
		.sort = SP_SORT_TITLE};
	if (!spi_read_filters(request, &query, &page))
		return;
	sp_index *index = spi_request_index(request);
	if (!index)
		return;
	sp_status status = sp_index_search(index, sp_responder_analyser(request->worker->responder), &query,
		request->arena, &result, &err);
	if (status)
		spi_reply_error(request, status, &err);
	else
		write_list(request, &result, page, query.limit);
}

/* ---- one article ---- */

/* An article in the languages that the caller may read today. */
typedef struct versions {
	sp_record records[SP_LANG_COUNT];
	unsigned langs;
} versions;

static sp_status read_versions(spi_request *request, sp_index *index, const char *id, versions *ret, sp_error *err)
{
	unsigned langs = sp_index_langs_of(index, id);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(langs & 1u << lang))
			continue;
		sp_status status = sp_index_get(index, id, (sp_lang)lang, request->arena, &ret->records[lang], err);
		if (status && status != SP_ERR_NOT_FOUND)
			return status;
		if (!status && spi_request_may_show(request, &ret->records[lang]))
			ret->langs |= 1u << lang;
	}
	return SP_OK;
}

/* The version to show: the one asked for or none; without asking, the reader's, the service's, any. */
static const sp_record *choose(const spi_request *request, const versions *found)
{
	sp_lang wanted[] = {request->lang, request->config->default_lang};
	for (size_t i = 0; i < (request->lang_asked ? 1 : 2); i++)
		if (found->langs & 1u << wanted[i])
			return &found->records[wanted[i]];
	for (int lang = 0; !request->lang_asked && lang < SP_LANG_COUNT; lang++)
		if (found->langs & 1u << lang)
			return &found->records[lang];
	return NULL;
}

static void write_langs(sp_json *json, unsigned langs)
{
	sp_json_array(json, "langs");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (langs & 1u << lang)
			sp_json_string(json, NULL, sp_lang_code((sp_lang)lang));
	sp_json_array_end(json);
}

static void write_related(spi_request *request, sp_index *index, sp_json *json, const sp_record *record)
{
	sp_json_array(json, "related");
	for (size_t i = 0; i < record->related.count; i++) {
		sp_record other;
		sp_status status = sp_index_get(index, record->related.items[i], record->lang, request->arena, &other, NULL);
		if (status == SP_ERR_NOT_FOUND)
			status = sp_index_get(index, record->related.items[i], SP_LANG_NONE, request->arena, &other, NULL);
		if (!status && spi_request_may_show(request, &other))
			spi_json_link(request, json, NULL, other.id, other.title, other.lang);
	}
	sp_json_array_end(json);
}

static void write_competence(const spi_request *request, sp_json *json, const sp_record *record)
{
	int body = record->competence && *record->competence ? sp_kb_body(request->config, record->competence) : -1;
	if (body < 0)
		return;
	sp_json_object(json, "competence");
	sp_json_string(json, "key", record->competence);
	sp_json_string(json, "name", sp_texts_get(&request->config->bodies[body].name, record->lang));
	sp_json_string(json, "contact", sp_texts_get(&request->config->bodies[body].contact, record->lang));
	sp_json_object_end(json);
}

static void write_article(spi_request *request, sp_index *index, const sp_record *record, unsigned langs)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	spi_json_summary(request, &json, record);
	write_langs(&json, langs);
	sp_json_string(&json, "version", record->version);
	spi_json_date(&json, "valid_from", record->valid_from);
	spi_json_date(&json, "valid_until", record->valid_until);
	sp_json_bool(&json, "ended", record->ended);
	spi_json_time(&json, "starts", record->starts_utc_s);
	spi_json_time(&json, "ends", record->ends_utc_s);
	spi_json_strings(&json, "questions", &record->questions);
	spi_json_strings(&json, "codes", &record->codes);
	spi_json_strings(&json, "source", &record->source);
	write_competence(request, &json, record);
	write_related(request, index, &json, record);
	sp_json_string_len(&json, "markdown", record->markdown, record->markdown_len);
	sp_json_string_len(&json, "html", record->html, record->html_len);
	sp_json_object_end(&json);
	spi_reply_json_tagged(request);
}

/* Asked for one language, a call gets only that one: the successor's goes along. */
static void redirect(spi_request *request, const sp_record *successor)
{
	bool says_lang = request->lang_asked || successor->lang != request->lang;
	spi_moved_redirect(request, "/v1/articles/", successor->id, says_lang ? successor->lang : SP_LANG_NONE);
}

/* What is not shown: it went elsewhere, or is gone, or is not there. */
static void reply_without(spi_request *request, sp_index *index, const versions *found)
{
	spi_moved_kind moved = SPI_MOVED_NOT;
	sp_record successor;
	sp_error err = {0};
	sp_status status = found->langs ? SP_OK
									: spi_moved_look(request, index, request->params[0], SP_LANG_NONE, &moved, &successor, &err);
	if (status)
		spi_reply_error(request, status, &err);
	else if (moved == SPI_MOVED_ON)
		redirect(request, &successor);
	else if (moved == SPI_MOVED_GONE)
		spi_problem(request, SPI_GONE, "this article was retired; none has taken its place");
	else if (found->langs)
		spi_problem_field(request, SPI_NOT_FOUND, "lang", "this article does not exist in this language");
	else
		spi_problem(request, SPI_NOT_FOUND, "there is no such article");
}

/* Where the reader's language has no version any more, its successor comes before other languages. */
static sp_status follow(spi_request *request, sp_index *index, const versions *found, sp_error *err)
{
	spi_moved_kind moved;
	sp_record successor;
	if (found->langs & 1u << request->lang)
		return SP_OK;
	sp_status status = spi_moved_look(request, index, request->params[0], request->lang, &moved, &successor, err);
	if (status == SP_OK && moved == SPI_MOVED_ON)
		redirect(request, &successor);
	return status;
}

void spi_h_article(spi_request *request)
{
	versions found = {.langs = 0};
	sp_error err = {0};
	sp_index *index = spi_request_index(request);
	if (!index)
		return;
	sp_status status = read_versions(request, index, request->params[0], &found, &err);
	if (status == SP_OK)
		status = follow(request, index, &found, &err);
	if (request->reply.status)
		return;
	const sp_record *record = status ? NULL : choose(request, &found);
	if (status)
		spi_reply_error(request, status, &err);
	else if (record && spi_audit_article(request, record))
		write_article(request, index, record, found.langs);
	else if (!record)
		reply_without(request, index, &found);
}
