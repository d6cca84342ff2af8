#include "http/receipts.h"

#include "base/clock.h"
#include "http/agent.h"
#include "http/audit.h"

#include <ctype.h>
#include <string.h>

#define VERSION_CHARS 12
#define PARTS_MAX 64
#define TIME_CHARS_MIN 5 /* of a moment in base 36 */
#define FIRST_UTC_S 1500000000 /* none is older than this */
#define DIFF_CONTEXT 1

static const char hex[] = "0123456789abcdef";

/* ---- what people type ---- */

typedef struct parts {
	const char *items[PARTS_MAX];
	size_t count;
} parts;

/* Lower case, taken apart at blanks and at dashes of any kind. */
static bool take_apart(const char *text, sp_arena *arena, parts *ret)
{
	char *copy = sp_arena_strdup(arena, text);
	if (!copy)
		return false;
	for (char *at = copy; *at; at++) {
		bool is_wide_dash = (unsigned char)at[0] == 0xe2 && (unsigned char)at[1] == 0x80 && (unsigned char)at[2] >= 0x90 && (unsigned char)at[2] <= 0x95;
		if (is_wide_dash)
			at[0] = at[1] = at[2] = ' ';
		*at = strchr("-_.,:", *at) ? ' ' : (char)tolower((unsigned char)*at);
	}
	char *rest = NULL;
	for (char *part = strtok_r(copy, " \t\r\n", &rest); part; part = strtok_r(NULL, " \t\r\n", &rest)) {
		if (ret->count == PARTS_MAX)
			return false;
		ret->items[ret->count++] = part;
	}
	return true;
}

/* The language stands before the last seventeen or so signs; blanks may stand between those. */
static size_t find_lang(const parts *p, size_t *ret_tail)
{
	size_t tail = 0;
	for (size_t i = p->count; i-- > 1;) {
		if (tail >= VERSION_CHARS + TIME_CHARS_MIN && sp_lang_of(p->items[i], strlen(p->items[i])) != SP_LANG_NONE) {
			*ret_tail = tail;
			return i;
		}
		tail += strlen(p->items[i]);
	}
	return 0;
}

static size_t skip_prefix(const parts *p)
{
	static const char *const prefixes[] = {"s1", "sl", "si"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strcmp(p->items[0], prefixes[i]) == 0)
			return 1;
	return p->count > 1 && strcmp(p->items[0], "s") == 0 && strcmp(p->items[1], "1") == 0 ? 2 : 0;
}

static const char *join(const parts *p, size_t from, size_t until, const char *between, sp_arena *arena)
{
	const char *text = "";
	for (size_t i = from; text && i < until; i++)
		text = sp_arena_printf(arena, "%s%s%s", text, i > from ? between : "", p->items[i]);
	return text ? text : "";
}

/* Base 36, where O is a digit too: only where it cannot be meant it is a zero. */
static int64_t read_moment(const char *text)
{
	int64_t now = spi_now_utc_s(), values[2] = {0, 0};
	for (const char *at = text; *at && values[0] < now * 64; at++) {
		int digit = isdigit((unsigned char)*at) ? *at - '0' : isalpha((unsigned char)*at) ? *at - 'a' + 10 : -1;
		if (digit < 0)
			return 0;
		values[0] = values[0] * 36 + digit;
		values[1] = values[1] * 36 + (*at == 'o' ? 0 : digit);
	}
	for (size_t i = 0; i < 2; i++)
		if (values[i] >= FIRST_UTC_S && values[i] <= now + 86400)
			return values[i];
	return 0;
}

bool spi_receipt_parse(const char *text, sp_arena *arena, const char **ret_id, sp_lang *ret_lang, char ret_version[13], int64_t *ret_at_utc_s)
{
	parts p = {.count = 0};
	size_t tail_len = 0;
	if (!take_apart(text, arena, &p) || p.count < 3)
		return false;
	size_t lang = find_lang(&p, &tail_len), first = skip_prefix(&p);
	if (lang <= first)
		return false;
	const char *tail = join(&p, lang + 1, p.count, "", arena);
	if (strlen(tail) != tail_len)
		return false;
	for (size_t i = 0; i < VERSION_CHARS; i++)
		ret_version[i] = tail[i] == 'o' ? '0' : tail[i] == 'l' || tail[i] == 'i' ? '1' : tail[i];
	ret_version[VERSION_CHARS] = '\0';
	*ret_id = join(&p, first, lang, "-", arena);
	*ret_lang = sp_lang_of(p.items[lang], strlen(p.items[lang]));
	*ret_at_utc_s = read_moment(tail + VERSION_CHARS);
	return true;
}

/* ---- the version ---- */

typedef struct kept {
	const char *path, *text;
	size_t len;
} kept;

static sp_status load(spi_request *request, const char *version, kept *ret, sp_error *err)
{
	return sp_publisher_version(request->worker->server->options.publisher, version, request->arena, &ret->path, &ret->text, &ret->len, err);
}

/* One sign that was heard wrong: the only one that is none, else any. */
static sp_status load_nearly(spi_request *request, char version[13], kept *ret, sp_error *err)
{
	size_t good = strspn(version, hex), from = good < VERSION_CHARS ? good : 0, until = good < VERSION_CHARS ? good + 1 : VERSION_CHARS;
	for (size_t i = from; i < until; i++) {
		char was = version[i];
		for (const char *other = hex; *other; other++) {
			version[i] = *other;
			if (*other != was && load(request, version, ret, err) == SP_OK)
				return SP_OK;
		}
		version[i] = was;
	}
	return sp_error_set(err, SP_ERR_NOT_FOUND, "code", 0, "there is no receipt with this code");
}

static sp_audiences reads_of(const spi_request *request, int audience)
{
	return request->config->audiences[audience].reads | 1u << audience;
}

/* As whom: those that it was for come before those who only may read it, and people outside before those who work here. */
static int choose_audience(const spi_request *request, const sp_article *article, const char *wanted)
{
	const sp_kb_config *config = request->config;
	int caller = request->caller.audience;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; caller >= 0 && i < (int)config->audiences_count; i++)
			if (reads_of(request, caller) >> i & 1 && reads_of(request, i) & article->audience &&
				(wanted ? strcmp(config->audiences[i].key, wanted) == 0 : pass == 1 || (article->audience >> i & 1 && !spi_agent_is_inside(request, i))))
				return i;
	return -1;
}

/* How it reads now, for the same people, and what is another than it was. */
static sp_status compare(spi_request *request, spi_receipt *r, sp_error *err)
{
	sp_index *index;
	sp_status status = spi_request_index_of(request, r->audience, &index, err);
	if (status == SP_OK)
		status = sp_index_get(index, r->id, r->lang, request->arena, &r->now, err);
	if (status == SP_ERR_NOT_FOUND)
		return SP_OK;
	if (status != SP_OK)
		return status;
	r->is_there = spi_request_may_show(request, &r->now);
	r->changed = r->view.markdown_len != r->now.markdown_len || memcmp(r->view.markdown, r->now.markdown, r->view.markdown_len) != 0 ||
		strcmp(r->title, r->now.title) != 0;
	if (r->is_there && r->changed && !spi_line_diff(r->view.markdown, r->view.markdown_len, r->now.markdown, r->now.markdown_len, DIFF_CONTEXT,
			request->arena, &r->changes, &r->changes_count))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "not enough memory to compare");
	return SP_OK;
}

/* What citizens saw is nothing to note; any other text is, like an article that is read: with the version that it was. */
static bool note(spi_request *request, const spi_receipt *r)
{
	if (strcmp(request->config->audiences[r->audience].key, "citizen") == 0)
		return true;
	const sp_record read = {.id = r->id, .version = r->version, .lang = r->lang, .markdown = r->view.markdown, .markdown_len = r->view.markdown_len};
	return spi_audit_article(request, &read);
}

/* Only then it can have been shown to somebody; where the moment cannot be read, until today. */
static bool was_valid(const spi_request *request, const sp_article *article, int64_t at_utc_s)
{
	sp_date day = at_utc_s ? sp_date_of(at_utc_s, request->config->timezone) : request->day;
	return (!article->valid_from || day >= article->valid_from) && (!at_utc_s || !article->valid_until || day <= article->valid_until || article->ended);
}

/* What the article said when it was shown. Whoever may not read it is told what those are told who made a code up. */
static sp_status show(spi_request *request, const sp_article *article, const char *id, sp_lang lang, const char *audience, spi_receipt *r, sp_error *err)
{
	bool is_right = article->status == SP_STATUS_PUBLISHED && article->lang == lang && was_valid(request, article, r->shown_utc_s) && (!r->mended || strcmp(article->id, id) == 0);
	r->audience = is_right ? choose_audience(request, article, audience) : -1;
	if (r->audience < 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "code", 0, "there is no receipt with this code");
	r->mended |= strcmp(article->id, id) != 0;
	r->id = sp_arena_strdup(request->arena, article->id);
	r->title = sp_arena_strdup(request->arena, article->title);
	r->version = sp_arena_strdup(request->arena, article->version);
	r->lang = lang;
	if (!r->id || !r->title || !r->version)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	r->code = sp_receipt_make(r->id, lang, r->version, r->shown_utc_s, request->arena);
	sp_status status = sp_article_view(article, reads_of(request, r->audience), request->arena, &r->view, err);
	if (status == SP_OK && !note(request, r))
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "what is read cannot be noted");
	return status == SP_OK ? compare(request, r, err) : status;
}

sp_status spi_receipt_find(spi_request *request, const char *text, const char *audience, spi_receipt *r, sp_error *err)
{
	spi_limit *guesses = &request->worker->server->agents_guesses;
	char version[VERSION_CHARS + 1];
	const char *id;
	sp_lang lang;
	kept found = {0};
	sp_article *article = NULL;
	*r = (spi_receipt){0};
	if (!spi_limit_open(guesses, spi_now_us()))
		return sp_error_set(err, SP_ERR_BUSY, "code", 0, "too many codes were tried");
	if (!spi_receipt_parse(text, request->arena, &id, &lang, version, &r->shown_utc_s))
		return sp_error_set(err, SP_ERR_NOT_FOUND, "code", 0, "this is no receipt's code");
	sp_status status = strspn(version, hex) == VERSION_CHARS ? load(request, version, &found, err) : SP_ERR_NOT_FOUND;
	if (status == SP_ERR_NOT_FOUND) {
		r->mended = true;
		status = load_nearly(request, version, &found, err);
	}
	if (status == SP_OK)
		status = sp_article_parse(found.path, found.text, found.len, request->config, found.path, NULL, &article, err);
	if (status == SP_OK)
		status = show(request, article, id, lang, audience, r, err);
	sp_article_free(article);
	if (status == SP_ERR_NOT_FOUND)
		spi_limit_spend(guesses, spi_now_us());
	return status;
}
