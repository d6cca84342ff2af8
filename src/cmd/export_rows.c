#include "cmd/export_rows.h"

#include "base/clock.h"
#include "base/csv_text.h"

#include "kb/map.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX_BYTES ((size_t)1 << 30)

/* A row is written member by member; as JSON what is empty is left out, as CSV every column has its place. */
typedef struct row {
	sp_buffer *out;
	sp_json json;
	bool csv, head, is_first; /* head: the names of the columns instead of values */
} row;

static void begin_cell(row *r)
{
	sp_buffer_add_text(r->out, r->is_first ? "" : ",");
	r->is_first = false;
}

static void put_text(row *r, const char *name, const char *text)
{
	if (!r->csv) {
		if (text && *text)
			sp_json_string(&r->json, name, text);
		return;
	}
	begin_cell(r);
	spi_csv_text(r->out, r->head ? name : text ? text : "");
}

static void put_list(row *r, const char *name, const sp_strings *list)
{
	if (!r->csv) {
		if (!list->count)
			return;
		sp_json_array(&r->json, name);
		for (size_t i = 0; i < list->count; i++)
			sp_json_string(&r->json, NULL, list->items[i]);
		sp_json_array_end(&r->json);
		return;
	}
	sp_buffer all = SP_BUFFER_INIT;
	for (size_t i = 0; !r->head && i < list->count; i++) {
		if (i)
			sp_buffer_add_char(&all, '|');
		for (const char *at = list->items[i]; *at; at++)
			sp_buffer_add_char(&all, *at == '|' ? '/' : *at); /* | divides */
	}
	begin_cell(r);
	spi_csv_text(r->out, r->head ? name : sp_buffer_text(&all));
	r->out->failed |= all.failed;
	sp_buffer_release(&all);
}

static void put_date(row *r, const char *name, sp_date date)
{
	char text[16] = "";
	if (date)
		snprintf(text, sizeof text, "%04d-%02d-%02d", date / 10000 % 10000, date / 100 % 100, date % 100);
	put_text(r, name, text);
}

static void put_days(row *r, const char *name, uint32_t days)
{
	char text[16] = "";
	if (days)
		snprintf(text, sizeof text, "%ud", days);
	put_text(r, name, text);
}

static void put_moment(row *r, const char *name, int64_t utc_s)
{
	char text[32] = "";
	if (utc_s)
		spi_rfc3339(utc_s, text);
	put_text(r, name, text);
}

/* Keys of the audiences that the article names, as far as these readers know them. */
static sp_strings audience_of(const sp_article *article, const sp_kb_config *config, sp_audiences reads, sp_arena *arena)
{
	sp_strings keys = {sp_arena_calloc(arena, config->audiences_count, sizeof *keys.items), 0};
	for (size_t i = 0; keys.items && i < config->audiences_count; i++)
		if ((article->audience & reads) >> i & 1)
			keys.items[keys.count++] = config->audiences[i].key;
	return keys;
}

static sp_strings fields_of(const sp_article *article, const sp_kb_config *config, sp_arena *arena)
{
	sp_strings keys = {sp_arena_calloc(arena, article->ticket_fields_count + 1, sizeof *keys.items), 0};
	for (size_t i = 0; keys.items && i < article->ticket_fields_count; i++)
		keys.items[keys.count++] = config->fields[article->ticket_fields[i]].key;
	return keys;
}

static sp_strings languages_of(const sp_article *article, sp_arena *arena)
{
	sp_strings codes = {sp_arena_calloc(arena, SP_LANG_COUNT, sizeof *codes.items), 0};
	for (int lang = 0; codes.items && lang < SP_LANG_COUNT; lang++)
		if (article->languages >> lang & 1)
			codes.items[codes.count++] = sp_lang_code((sp_lang)lang);
	return codes;
}

static void put_article(row *r, const sp_article *a, const char *body, const sp_strings *audience, const sp_kb_config *config, sp_arena *arena)
{
	const sp_strings fields = fields_of(a, config, arena), languages = languages_of(a, arena);
	put_text(r, "id", a->id);
	put_text(r, "lang", sp_lang_code(a->lang));
	put_text(r, "title", a->title);
	put_text(r, "answer", body);
	put_text(r, "format", "markdown");
	put_list(r, "questions", &a->questions);
	put_list(r, "tags", &a->keywords);
	put_text(r, "category", a->category >= 0 ? config->categories[a->category].key : "");
	put_list(r, "audience", audience);
	put_text(r, "type", sp_article_type_name(a->type));
	put_text(r, "status", "published");
	put_date(r, "updated", a->updated);
	put_text(r, "owner", a->owner);
	put_date(r, "review_by", a->review_by);
	put_text(r, "reviewed_by", a->reviewed_by);
	put_list(r, "languages", &languages);
	put_date(r, "valid_from", a->valid_from);
	put_date(r, "valid_until", a->valid_until);
	put_text(r, "replaced_by", a->replaced_by);
	put_text(r, "ended", a->ended ? "true" : "");
	put_list(r, "codes", &a->codes);
	put_list(r, "related", &a->related);
	put_list(r, "source", &a->source);
	put_text(r, "competence", a->competence >= 0 ? config->bodies[a->competence].key : "");
	put_text(r, "window_from", a->window.from);
	put_days(r, "window_wait", a->window.wait_days);
	put_days(r, "window_until", a->window.until_days);
	put_text(r, "ticket_group", a->ticket_group >= 0 ? config->groups[a->ticket_group].key : "");
	put_list(r, "ticket_fields", &fields);
	put_moment(r, "starts", a->starts_utc_s);
	put_moment(r, "ends", a->ends_utc_s);
	put_list(r, "covers_articles", &a->covers.articles);
	put_list(r, "covers_categories", &a->covers.categories);
	put_list(r, "covers_codes", &a->covers.codes);
}

static void write_row(const spi_export *what, const sp_article *article, const char *body, const sp_strings *audience,
	const sp_kb_config *config, bool head, sp_arena *arena, sp_buffer *out)
{
	row r = {.out = out, .csv = what->csv, .head = head, .is_first = true};
	if (!what->csv) {
		sp_json_init(&r.json, out);
		sp_json_object(&r.json, NULL);
	}
	put_article(&r, article, body, audience, config, arena);
	if (!what->csv)
		sp_json_object_end(&r.json);
	sp_buffer_add_text(out, what->csv ? "\r\n" : "\n");
}

static bool is_wanted(const spi_export *what, const sp_article *article, sp_audiences reads, sp_date day)
{
	if (article->status != SP_STATUS_PUBLISHED || !(article->audience & reads))
		return false;
	if (what->lang != SP_LANG_NONE && article->lang != what->lang)
		return false;
	return (!article->valid_from || day >= article->valid_from) && (!article->valid_until || day <= article->valid_until || article->ended);
}

typedef struct exporting {
	const spi_export *what;
	const sp_kb_config *config;
	sp_audiences reads;
	sp_date day;
	sp_arena *arena, *scratch;
	spi_map ids; /* of all that is exported: an id of anything else is not named */
	sp_buffer *out;
	size_t count;
} exporting;

static bool is_exported(const exporting *e, const char *id)
{
	return spi_map_get(&e->ids, id, strlen(id));
}

static void keep_exported(const exporting *e, sp_strings *ids)
{
	size_t kept = 0;
	for (size_t i = 0; i < ids->count; i++)
		if (is_exported(e, ids->items[i]))
			ids->items[kept++] = ids->items[i];
	ids->count = kept;
}

/* Blank lines at both ends are the file's, not the text's. */
static const char *trimmed(const char *text, size_t len, sp_arena *arena)
{
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	for (size_t line; (line = strspn(text, " \t\r")) < len && text[line] == '\n'; len -= line + 1)
		text += line + 1;
	return sp_arena_strndup(arena, text, len);
}

static sp_status take_article(exporting *e, sp_article *article, sp_error *err)
{
	const sp_strings audience = audience_of(article, e->config, e->reads, e->scratch);
	const char *body;
	size_t len;
	sp_status status = sp_article_source(article, e->reads, e->scratch, &body, &len, err);
	if (status == SP_OK && !(body = trimmed(body, len, e->scratch)))
		status = sp_error_set(err, SP_ERR_NOMEM, article->path, 0, "out of memory");
	keep_exported(e, &article->related);
	keep_exported(e, &article->covers.articles);
	if (article->replaced_by && !is_exported(e, article->replaced_by))
		article->replaced_by = NULL;
	if (status == SP_OK)
		write_row(e->what, article, body, &audience, e->config, false, e->scratch, e->out);
	e->count += status == SP_OK;
	return status;
}

static sp_status note_id(exporting *e, sp_article *article, sp_error *err)
{
	const char *id = sp_arena_strdup(e->arena, article->id);
	void **place = id ? spi_map_put(&e->ids, id, strlen(id)) : NULL;
	if (!place)
		return sp_error_set(err, SP_ERR_NOMEM, article->path, 0, "out of memory");
	*place = (void *)(uintptr_t)id;
	return SP_OK;
}

static sp_status export_file(
	exporting *e, const char *path, sp_status (*take)(exporting *e, sp_article *article, sp_error *err), sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_article *article = NULL;
	if (sp_kb_is_waiting(path)) /* the text that it will replace is the one that counts */
		return SP_OK;
	sp_arena_reset(e->scratch);
	sp_status status = sp_kb_read(e->what->kb, path, SP_ARTICLE_MAX_BYTES, e->scratch, &bytes, &len, err);
	if (status == SP_ERR_DENIED || status == SP_ERR_TOO_LARGE) /* whoever wants the rows names it */
		return SP_OK;
	if (status != SP_OK)
		return status;
	status = sp_article_parse(path, bytes, len, e->config, path, NULL, &article, NULL);
	if (status != SP_OK) /* not served either; check says why */
		return status == SP_ERR_NOMEM ? sp_error_set(err, status, path, 0, "out of memory") : SP_OK;
	if (is_wanted(e->what, article, e->reads, e->day))
		status = take(e, article, err);
	sp_article_free(article);
	return status;
}

static sp_status export_all(const spi_export *what, const sp_kb_config *config, sp_arena *arena, sp_buffer *out, size_t *count, sp_error *err)
{
	int audience = sp_kb_audience(config, what->audience);
	sp_kb_files files = {0};
	sp_strings closed;
	if (audience < 0)
		return sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", what->audience);
	exporting e = {.what = what, .config = config, .reads = config->audiences[audience].reads, .arena = arena, .scratch = sp_arena_new(0),
		.ids.arena = arena, .out = out, .day = what->day ? what->day : sp_date_of(spi_now_utc_s(), config->timezone)};
	sp_status status = e.scratch ? sp_kb_scan_open(what->kb, arena, &files, &closed, err) : SP_ERR_NOMEM;
	if (status == SP_OK && what->csv) {
		static const sp_article none = {.category = -1, .competence = -1, .ticket_group = -1};
		sp_buffer_add_text(out, "\xef\xbb\xbf"); /* a spreadsheet sees by it that this is UTF-8 */
		write_row(what, &none, "", &(sp_strings){0}, config, true, e.scratch, out);
	}
	for (size_t i = 0; status == SP_OK && i < files.count; i++)
		status = export_file(&e, files.items[i].path, note_id, err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++)
		status = export_file(&e, files.items[i].path, take_article, err);
	sp_arena_free(e.scratch);
	*count = e.count;
	return status == SP_OK && !sp_buffer_ok(out) ? sp_error_set(err, SP_ERR_NOMEM, what->kb, 0, "out of memory") : status;
}

sp_status spi_export_rows(const spi_export *what, sp_buffer *out, size_t *ret_count, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_arena *arena = sp_arena_new(0);
	*ret_count = 0;
	out->max = ROWS_MAX_BYTES;
	sp_status status = arena ? sp_kb_config_load(what->kb, NULL, &config, err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = export_all(what, config, arena, out, ret_count, err);
	sp_kb_config_free(config);
	sp_arena_free(arena);
	return status;
}
