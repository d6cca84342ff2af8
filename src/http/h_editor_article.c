/* The article on the editors' page. It is read from its file as it is now, so that it does not wait for the index; where the file is
   broken, the last good text is shown, below what is wrong. */
#include "http/audit.h"
#include "http/editor.h"

#include "sportello/catalog.h"

#include <string.h>

/* ---- the file as a record ---- */

static const char *key_of_body(const spi_request *request, const sp_article *article)
{
	return article->competence >= 0 ? request->config->bodies[article->competence].key : "";
}

/* What compose needs of it; the article's own arena is kept until the request is done with (texts are copied). */
static bool copy_strings(sp_arena *arena, const sp_strings *from, sp_strings *to)
{
	*to = (sp_strings){.items = sp_arena_calloc(arena, from->count + 1, sizeof *to->items)};
	for (size_t i = 0; to->items && i < from->count; i++)
		if (!(to->items[to->count++] = sp_arena_strdup(arena, from->items[i])))
			return false;
	return to->items != NULL;
}

static bool fill_record(spi_request *request, const sp_article *article, const sp_view *view, sp_record *ret)
{
	sp_arena *arena = request->arena;
	*ret = (sp_record){
		.id = sp_arena_strdup(arena, article->id),
		.title = sp_arena_strdup(arena, article->title),
		.version = sp_arena_strdup(arena, article->version),
		.owner = sp_arena_strdup(arena, article->owner ? article->owner : ""),
		.lang = article->lang,
		.type = article->type,
		.category = request->config->categories[article->category].key,
		.competence = key_of_body(request, article),
		.ticket_group = "",
		.replaced_by = sp_arena_strdup(arena, article->replaced_by ? article->replaced_by : ""),
		.audience = article->audience,
		.updated = article->updated,
		.valid_from = article->valid_from,
		.valid_until = article->valid_until,
		.ended = article->ended,
		.starts_utc_s = article->starts_utc_s,
		.ends_utc_s = article->ends_utc_s,
		.html = view->html,
		.html_len = view->html_len,
		.plain = view->plain,
		.plain_len = view->plain_len,
		.markdown = view->markdown,
		.markdown_len = view->markdown_len,
		.speech = "",
		.window_from = "",
	};
	return ret->id && ret->version && ret->title && ret->owner && ret->replaced_by && copy_strings(arena, &article->questions, &ret->questions) &&
		   copy_strings(arena, &article->codes, &ret->codes) && copy_strings(arena, &article->related, &ret->related) &&
		   copy_strings(arena, &article->source, &ret->source);
}

/* SP_ERR_INVALID: it must not be served as it is. */
static sp_status read_record(spi_request *request, sp_record *ret, sp_error *err)
{
	spi_editor *e = request->editor;
	sp_article *article;
	sp_view view;
	*ret = (sp_record){0};
	if (!e->source)
		return sp_error_set(err, SP_ERR_INVALID, e->row->path, 0, "cannot be read");
	sp_status status =
		sp_article_parse(e->row->path, e->source, e->source_len, request->config, e->row->path, NULL, &article, err);
	if (status != SP_OK)
		return status;
	status = sp_article_view(article, e->reads, request->arena, &view, err);
	if (status == SP_OK && !fill_record(request, article, &view, ret))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_article_free(article);
	return status;
}

static void read_source(spi_request *request)
{
	spi_editor *e = request->editor;
	e->source = NULL;
	if (sp_kb_read(sp_workbench_dir(e->workbench), e->row->path, SP_ARTICLE_MAX_BYTES, request->arena, &e->source, &e->source_len, NULL) != SP_OK)
		e->source = NULL;
}

/* ---- what an editor is told about it ---- */

/* The same page for another reader or another day. */
static const char *url_as(const spi_request *request, const char *as, sp_date on)
{
	const spi_editor *e = request->editor;
	const spi_pair pairs[] = {{"id", e->id}, {"as", as}, {"on", on ? spi_page_iso_date(request, on) : e->on},
		{"lang", sp_lang_code(request->lang)}, {0}};
	return spi_page_url(request, "/editor/", pairs);
}

static void put_readers(const spi_request *request, spi_value *page, sp_audiences audience)
{
	spi_value *list = spi_put_list(page, "readers");
	audience &= request->editor->sees;
	spi_put_bool(page, "has_readers", audience != 0);
	for (size_t i = 0; i < request->config->audiences_count; i++) {
		const sp_audience *one = &request->config->audiences[i];
		if (!(audience >> i & 1))
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", sp_texts_get(&one->name, request->lang));
		spi_put_text(item, "url", url_as(request, one->key, 0));
	}
}

/* The steps as the chat leads through them, for the script that shows it: anchor, choices' anchors, the step that follows. */
static void put_steps(const spi_request *request, spi_value *page, const sp_record *record)
{
	sp_procedure procedure = {record->id, record->lang, record->markdown, record->markdown_len, record->html};
	sp_steps steps;
	sp_buffer buffer = SP_BUFFER_INIT;
	sp_json json;
	if (record->type != SP_TYPE_PROCEDURE || sp_procedure_steps(&procedure, request->arena, &steps) != SP_OK)
		return;
	sp_json_init(&json, &buffer);
	sp_json_array(&json, NULL);
	for (size_t i = 0; i <= steps.count; i++) {
		const sp_step *step = &steps.items[i];
		sp_json_object(&json, NULL);
		sp_json_string(&json, "id", step->anchor);
		sp_json_array(&json, "choices");
		for (size_t k = 0; k < step->choices_count; k++)
			sp_json_string(&json, NULL, step->choices[k].anchor);
		sp_json_array_end(&json);
		sp_json_string(&json, "next", step->next ? steps.items[step->next].anchor : "");
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	if (sp_buffer_ok(&buffer))
		spi_put_text(page, "steps", sp_arena_strdup(request->arena, sp_buffer_text(&buffer)));
	sp_buffer_release(&buffer);
}

static void put_facts(const spi_request *request, spi_value *page, const sp_record *record, const sp_bench_article *row)
{
	spi_put_text(page, "path", row->path);
	spi_put_bool(page, "is_draft", row->status == SP_STATUS_DRAFT && !row->is_waiting);
	spi_put_bool(page, "is_retired", row->status == SP_STATUS_RETIRED);
	spi_put_bool(page, "is_procedure", record->type == SP_TYPE_PROCEDURE);
	put_steps(request, page, record);
	put_readers(request, page, record->audience);
	spi_put_text(page, "from_day", record->valid_from ? spi_page_date(request, record->valid_from) : "");
	spi_put_text(page, "until_day", record->valid_until ? spi_page_date(request, record->valid_until) : "");
}

/* The day on which it can be seen, where the chosen one is not. */
static void put_not_valid(const spi_request *request, spi_value *page, const sp_record *record)
{
	sp_date day = record->valid_from && request->day < record->valid_from ? record->valid_from : record->valid_until;
	bool is_notice = record->type == SP_TYPE_NOTICE && record->starts_utc_s;
	if (is_notice)
		day = sp_date_of(record->starts_utc_s, request->config->timezone);
	spi_value *note = spi_put_object(page, "not_valid");
	if (!day)
		return;
	spi_put_text(note, "other_day", spi_page_date(request, day));
	spi_put_text(note, "url", url_as(request, request->editor->as, day));
}

/* ---- the pieces ---- */

static sp_status put_shown(spi_request *request, sp_index *index, spi_value *page, const sp_record *record, sp_error *err)
{
	sp_record shown = *record;
	spi_editor *e = request->editor;
	shown.html = spi_editor_links(request, record->html, record->html_len, &shown.html_len);
	if (!shown.html)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	e->questions = record->questions;
	e->source_lang = record->lang;
	if (!(record->audience & e->reads)) {
		spi_put_object(page, "not_for_them");
		return SP_OK;
	}
	if (!spi_request_may_show(request, record) && !*record->replaced_by) {
		put_not_valid(request, page, record);
		return SP_OK;
	}
	if (!spi_audit_article(request, record))
		return sp_error_set(err, SP_ERR_BUSY, NULL, 0, "the audit log cannot be written");
	spi_put_bool(page, "has_text", true);
	return spi_page_put_record(request, index, page, &shown, err);
}

static void put_questions(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	spi_value *list = spi_put_list(page, "questions");
	spi_put_bool(page, "has_questions", e->questions.count > 0);
	for (size_t i = 0; i < e->questions.count; i++) {
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "text", e->questions.items[i]);
		spi_put_text(item, "url", spi_editor_url(request, e->id, e->source_lang, e->questions.items[i]));
	}
}

/* What was good before; a file that never was has none. */
static sp_status put_broken(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_record record;
	const spi_editor *e = request->editor;
	spi_put_bool(page, "is_broken", true);
	spi_put_text(page, "path", e->row->path);
	spi_editor_put_places(request, page);
	sp_status status = SP_OK;
	if (sp_index_get(index, e->row->id, e->row->lang, request->arena, &record, NULL) == SP_OK) {
		spi_put_bool(page, "has_last_good", true);
		put_readers(request, page, record.audience);
		status = put_shown(request, index, page, &record, err);
	}
	if (status == SP_OK && !spi_get_text(page, "title"))
		spi_put_text(page, "title", e->row->title);
	return status;
}

static void put_missing(const spi_request *request, spi_value *page)
{
	bool is_missing = request->editor->id[0] != '\0';
	spi_put_bool(page, "is_missing", is_missing);
	spi_put_text(page, "title", spi_page_text(request, is_missing ? "editor.missing.title" : "editor.start.title"));
}

static sp_status put_row(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_record record;
	const spi_editor *e = request->editor;
	read_source(request);
	sp_status status = read_record(request, &record, err);
	if (status == SP_OK && !e->sees_all && !(record.audience & e->sees)) { /* since the bench was made */
		put_missing(request, page);
		return SP_OK;
	}
	spi_put_bool(page, "chosen", true);
	if (e->row->is_waiting)
		spi_editor_put_difference(request, page);
	if (status == SP_ERR_INVALID)
		return put_broken(request, index, page, err);
	if (status != SP_OK)
		return status;
	put_facts(request, page, &record, e->row);
	status = put_shown(request, index, page, &record, err);
	if (status == SP_OK && !spi_get_text(page, "title"))
		spi_put_text(page, "title", record.title);
	put_questions(request, page);
	return status;
}

sp_status spi_editor_put_article(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	const spi_editor *e = request->editor;
	request->editor->questions = (sp_strings){0};
	if (e->row)
		return put_row(request, index, page, err);
	put_missing(request, page);
	return SP_OK;
}
