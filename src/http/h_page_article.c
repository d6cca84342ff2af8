/* GET /a/{id} and POST /a/{id}/feedback. */
#include "http/audit.h"
#include "http/moved.h"
#include "http/pages.h"
#include "sportello/catalog.h"
#include "sportello/store.h"

#include <stdio.h>
#include <string.h>

#define RELATED 5

/* ---- structured data ---- */

/* Text inside <script>: no < may stand in it, whatever an article says. */
static const char *without_brackets(spi_request *request, const sp_buffer *json)
{
	sp_buffer out = SP_BUFFER_INIT;
	for (size_t i = 0; i < json->len; i++)
		if (strchr("<>&", json->data[i]))
			sp_buffer_printf(&out, "\\u%04x", (unsigned)json->data[i]);
		else
			sp_buffer_add_char(&out, json->data[i]);
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(request->arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return text ? text : "{}";
}

/* schema.org FAQPage: one question, one answer. */
static const char *json_ld(spi_request *request, const sp_record *record)
{
	sp_buffer *scratch = &request->worker->scratch;
	sp_json json;
	sp_buffer_clear(scratch);
	sp_json_init(&json, scratch);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "@context", "https://schema.org");
	sp_json_string(&json, "@type", "FAQPage");
	sp_json_string(&json, "inLanguage", sp_lang_code(record->lang));
	if (record->updated)
		sp_json_string(&json, "dateModified", spi_page_iso_date(request, record->updated));
	sp_json_array(&json, "mainEntity");
	sp_json_object(&json, NULL);
	sp_json_string(&json, "@type", "Question");
	sp_json_string(&json, "name", record->title);
	sp_json_object(&json, "acceptedAnswer");
	sp_json_string(&json, "@type", "Answer");
	sp_json_string_len(&json, "text", record->html, record->html_len);
	sp_json_object_end(&json);
	sp_json_object_end(&json);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	return without_brackets(request, scratch);
}

/* ---- pieces of the page ---- */

static void put_dates(const spi_request *request, spi_value *page, const sp_record *record)
{
	if (record->updated) {
		spi_value *updated = spi_put_object(page, "updated");
		spi_put_text(updated, "iso", spi_page_iso_date(request, record->updated));
		spi_put_text(updated, "date", spi_page_date(request, record->updated));
	}
	if (record->valid_until && !record->ended) {
		spi_value *until = spi_put_object(page, "valid_until");
		spi_put_text(until, "date", spi_page_date(request, record->valid_until));
	}
	if (record->ended) {
		spi_value *ended = spi_put_object(page, "ended");
		spi_put_text(ended, "date", record->valid_until ? spi_page_date(request, record->valid_until) : "");
	}
}

static void put_successor(spi_request *request, sp_index *index, spi_value *page, const sp_record *record)
{
	sp_record next;
	if (!*record->replaced_by ||
		sp_index_get(index, record->replaced_by, record->lang, request->arena, &next, NULL) != SP_OK ||
		!spi_request_may_show(request, &next))
		return;
	spi_value *replaced = spi_put_object(page, "replaced");
	spi_put_text(replaced, "name", next.title);
	spi_put_text(replaced, "url", spi_article_url(request, next.id, next.lang));
}

static void put_translations(const spi_request *request, sp_index *index, spi_value *page, const sp_record *record)
{
	unsigned langs = sp_index_langs_of(index, record->id) & request->config->langs & ~(1u << record->lang);
	spi_put_bool(page, "has_translations", langs != 0);
	spi_value *list = spi_put_list(page, "translations");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(langs & 1u << lang))
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "code", sp_lang_code((sp_lang)lang));
		spi_put_text(item, "name", sp_catalog_text((sp_lang)lang, "page.lang.self"));
		spi_put_text(item, "url", spi_article_url(request, record->id, (sp_lang)lang));
	}
	if (record->lang == request->lang)
		return;
	spi_value *other = spi_put_object(page, "other_language");
	spi_put_text(other, "code", sp_lang_code(record->lang));
	spi_put_text(other, "language",
		spi_page_text(request, sp_arena_printf(request->arena, "page.lang.%s", sp_lang_code(record->lang))));
}

/* Whose decision it is, when it is not ours, and how to reach them. */
static sp_status put_competence(spi_request *request, spi_value *page, const sp_record *record)
{
	int body = *record->competence ? sp_kb_body(request->config, record->competence) : -1;
	if (body < 0)
		return SP_OK;
	const sp_body *decides = &request->config->bodies[body];
	const char *contact = sp_texts_get(&decides->contact, request->lang);
	sp_buffer *scratch = &request->worker->scratch;
	sp_buffer_clear(scratch);
	sp_status status = sp_markdown_html(contact, strlen(contact), scratch);
	spi_value *competence = spi_put_object(page, "competence");
	spi_put_text(competence, "body", sp_texts_get(&decides->name, request->lang));
	spi_put_text(competence, "contact", sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len));
	return status;
}

static void put_source(spi_value *page, const sp_record *record)
{
	spi_value *list = spi_put_list(page, "source");
	spi_put_bool(page, "has_source", record->source.count > 0);
	for (size_t i = 0; i < record->source.count; i++)
		spi_put_text(spi_list_add(list), "text", record->source.items[i]);
}

/* After "did this help": thanks, or what else can be done. */
static void put_feedback(const spi_request *request, spi_value *page, const sp_record *record)
{
	const char *helped = spi_request_query(request, "helped"),
			   *conversation = spi_request_query(request, "conversation");
	if (!helped)
		return;
	spi_value *feedback = spi_put_object(page, "feedback");
	spi_pair chat[] = {{"category", record->category}, {0}};
	spi_pair ticket[] = {{"category", record->category}, {"conversation", conversation}, {0}};
	spi_put_bool(feedback, "yes", strcmp(helped, "yes") == 0);
	spi_put_text(feedback, "chat_url", spi_page_url(request, "/chat", chat));
	spi_put_text(feedback, "ticket_url", spi_page_url(request, "/ticket", ticket));
}

/* The first sentences, for search engines and links. */
static const char *description(spi_request *request, const sp_record *record)
{
	size_t len = record->plain_len < 155 ? record->plain_len : 155;
	while (len > 0 && len < record->plain_len && record->plain[len] != ' ')
		len--;
	char *text = sp_arena_strndup(request->arena, record->plain, len);
	for (char *at = text; at && *at; at++)
		if (*at == '\n' || *at == '\t')
			*at = ' ';
	return text;
}

/* ---- the page ---- */

/* What is over is still found here: somebody may have the page open. */
static sp_status find_article(spi_request *request, sp_index *index, sp_record *ret, sp_error *err)
{
	const char *id = request->params[0];
	sp_status status = sp_index_get(index, id, request->lang, request->arena, ret, NULL);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_index_get(index, id, SP_LANG_NONE, request->arena, ret, err);
	if (status == SP_OK && !spi_request_may_show(request, ret) && !*ret->replaced_by)
		status = SP_ERR_NOT_FOUND;
	return status;
}

/* Whether an article took its place, in this language or in any; then with the redirect in place. */
static sp_status follow(spi_request *request, sp_index *index, sp_lang lang, spi_moved_kind *ret, sp_error *err)
{
	sp_record successor;
	sp_status status = spi_moved_look(request, index, request->params[0], lang, ret, &successor, err);
	if (status == SP_OK && *ret == SPI_MOVED_ON)
		spi_moved_redirect(request, "/a/", successor.id, request->lang_asked ? request->lang : SP_LANG_NONE);
	return status;
}

/* The article in the reader's language, else its successor, else the article in another language; when there is none of them, says
   so (SP_OK with a reply, or SP_ERR_NOT_FOUND). */
static sp_status find_page(spi_request *request, sp_index *index, sp_record *ret, sp_error *err)
{
	spi_moved_kind moved;
	const char *id = request->params[0];
	sp_status status = sp_index_get(index, id, request->lang, request->arena, ret, NULL);
	if (status == SP_OK && spi_request_may_show(request, ret))
		return SP_OK;
	status = follow(request, index, request->lang, &moved, err);
	if (status != SP_OK || moved == SPI_MOVED_ON)
		return status;
	status = spi_moved_find_shown(request, index, id, ret, err);
	if (status != SP_ERR_NOT_FOUND)
		return status;
	status = follow(request, index, SP_LANG_NONE, &moved, err);
	if (status == SP_OK && moved == SPI_MOVED_NOT)
		return SP_ERR_NOT_FOUND;
	if (status == SP_OK && moved == SPI_MOVED_GONE)
		spi_problem(request, SPI_GONE, "this article was retired; none has taken its place");
	return status;
}

sp_status spi_page_put_record(
	spi_request *request, sp_index *index, spi_value *page, const sp_record *record, sp_error *err)
{
	sp_status status = spi_page_put_notices(request, index, page, record, record->category, err);
	if (status == SP_OK)
		status = put_competence(request, page, record);
	if (status != SP_OK)
		return status;
	const sp_category *category = spi_page_category(request, record->category);
	spi_put_text(page, "id", record->id);
	spi_put_text(page, "title", record->title);
	spi_put_len(page, "html", record->html, record->html_len);
	spi_put_text(page, "type_name",
		spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", sp_article_type_name(record->type))));
	spi_put_text(page, "category", record->category);
	spi_page_put_crumb(request, page, category);
	put_dates(request, page, record);
	put_successor(request, index, page, record);
	put_translations(request, index, page, record);
	put_source(page, record);
	spi_put_bool(page, "has_related",
		spi_page_put_links(request, index, spi_put_list(page, "related"), &record->related, RELATED));
	return SP_OK;
}

sp_status spi_page_compose_article(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_record record;
	sp_status status = find_page(request, index, &record, err);
	if (status == SP_OK && request->reply.status)
		return SP_OK;
	if (status == SP_OK)
		status = spi_page_put_record(request, index, page, &record, err);
	if (status != SP_OK)
		return status;
	if (!spi_audit_article(request, &record))
		return SP_OK;
	spi_put_text(page, "description", description(request, &record));
	put_feedback(request, page, &record);
	spi_put_text(page, "json_ld", json_ld(request, &record));
	return SP_OK;
}

void spi_h_page_article(spi_request *request)
{
	spi_page_serve_kept(request, "article", spi_page_compose_article);
}

/* ---- did this help? ---- */

/* A person who read a page and says whether it helped is one conversation of the ledger: the article's title is what
   was asked, the page what was answered. Its channel tells it from the chat's. */
typedef struct page_feedback {
	char conversation[SP_CONVERSATION_ID_LEN + 1];
	const char *id;
	sp_lang lang;
	bool solved;
	sp_write turn, feedback;
} page_feedback;

static void told(spi_request *request)
{
	const page_feedback *f = request->data;
	sp_status status = f->turn.status ? f->turn.status : f->feedback.status;
	if (status) {
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, status, f->turn.status ? &f->turn.error : &f->feedback.error);
		return;
	}
	sp_metrics_count(request->worker->server->metrics, f->solved ? SP_COUNT_SOLVED_YES : SP_COUNT_SOLVED_NO);
	spi_pair pairs[] = {
		{"lang", sp_lang_code(f->lang)},
		{"helped", f->solved ? "yes" : "no"},
		{"conversation", f->solved ? "" : f->conversation},
		{0},
	};
	const char *url = spi_page_url(request, sp_arena_printf(request->arena, "/a/%s", f->id), pairs);
	spi_reply_redirect(request, 303, sp_arena_printf(request->arena, "%s#feedback", url));
}

static void shown(spi_request *request)
{
	page_feedback *f = request->data;
	if (f->turn.status)
		told(request);
	else
		spi_request_write(request, &f->feedback, told);
}

static void fill_writes(spi_request *request, page_feedback *f, const sp_record *record)
{
	sp_arena *arena = request->arena;
	f->turn = (sp_write){.kind = SP_WRITE_TURN};
	f->turn.as.turn = (sp_write_turn){
		.conversation = f->conversation,
		.channel = "help",
		.audience = sp_arena_strdup(arena, request->caller.audience_key),
		.turn =
			{
				.question = record->title,
				.decision = SP_DECIDE_ANSWER,
				.reason = SP_REASON_KNOWN_PHRASING,
				.article = record->id,
				.category = record->category,
				.lang = record->lang,
				.at_utc_s = request->now_utc_s,
			},
		.confidence = 1,
		.article_version = record->version,
	};
	f->feedback = (sp_write){.kind = SP_WRITE_FEEDBACK};
	f->feedback.as.feedback =
		(sp_write_feedback){.conversation = f->conversation, .solved = f->solved, .at_utc_s = request->now_utc_s};
}

void spi_h_page_article_feedback(spi_request *request)
{
	const char *solved = spi_request_form(request, "solved");
	page_feedback *f = sp_arena_calloc(request->arena, 1, sizeof *f);
	sp_index *index = f ? spi_request_index(request) : NULL;
	sp_record record;
	sp_error err = {0};
	if (!index)
		return;
	if (!solved || (strcmp(solved, "yes") != 0 && strcmp(solved, "no") != 0)) {
		spi_problem_field(request, SPI_BAD_VALUE, "solved", "solved is yes or no");
		return;
	}
	spi_page_form_lang(request);
	sp_status status = find_article(request, index, &record, &err);
	if (status == SP_ERR_NOT_FOUND)
		spi_problem(request, SPI_NOT_FOUND, "there is no such article");
	else if (status)
		spi_reply_error(request, status, &err);
	if (status)
		return;
	request->data = f;
	f->id = record.id;
	f->lang = request->lang;
	f->solved = strcmp(solved, "yes") == 0;
	sp_store_new_id(f->conversation);
	fill_writes(request, f, &record);
	spi_request_write(request, &f->turn, shown);
}
