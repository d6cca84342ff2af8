/* A decision put into words: the article's own, or short ones from the catalogue (reply.*). */
#include "answer/compose.h"
#include "answer/day_told.h"
#include "answer/decide.h"
#include "answer/said.h"
#include "base/zone.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NEAR_CODES 2

static bool holds(const sp_strings *strings, const char *text)
{
	for (size_t i = 0; text && i < strings->count; i++)
		if (strcmp(strings->items[i], text) == 0)
			return true;
	return false;
}

sp_status spi_compose_markdown(spi_composing *c, const char *markdown)
{
	size_t len = strlen(markdown);
	if (c->markdown.len > 0)
		sp_buffer_add_text(&c->markdown, "\n\n");
	sp_buffer_add(&c->markdown, markdown, len);
	sp_status status = sp_markdown_html(markdown, len, &c->html);
	if (status != SP_OK)
		return status;
	if (c->speech.len > 0)
		sp_buffer_add_char(&c->speech, ' ');
	return sp_markdown_speech(markdown, len, &c->speech);
}

/* Rendered when it was published. Programs that read pages aloud are told where it is in another language than the rest. */
void spi_compose_text(spi_composing *c, sp_lang lang, const char *title, const spi_rendered *text)
{
	bool foreign = lang != c->decision->lang;
	if (c->markdown.len > 0)
		sp_buffer_add_text(&c->markdown, "\n\n");
	size_t blank = strspn(text->markdown, "\n");
	if (title)
		sp_buffer_printf(&c->markdown, "**%s**%s", title, text->markdown_len > blank ? "\n\n" : "");
	sp_buffer_add(&c->markdown, text->markdown + blank, text->markdown_len - blank);
	if (foreign)
		sp_buffer_printf(&c->html, "<div lang=\"%s\">\n", sp_lang_code(lang));
	if (title) {
		sp_buffer_add_text(&c->html, "<p><strong>");
		sp_buffer_add_html(&c->html, title, strlen(title));
		sp_buffer_add_text(&c->html, "</strong></p>\n");
	}
	sp_buffer_add(&c->html, text->html, text->html_len);
	if (foreign)
		sp_buffer_add_text(&c->html, "</div>\n");
	if (c->speech.len > 0)
		sp_buffer_add_char(&c->speech, ' ');
	if (title)
		sp_buffer_printf(&c->speech, "%s. ", title);
	sp_buffer_add(&c->speech, text->speech, text->speech_len);
}

static void add_record(spi_composing *c, const sp_record *record)
{
	spi_rendered text = {record->markdown, record->html, record->speech, record->markdown_len, record->html_len, record->speech_len};
	spi_compose_text(c, record->lang, record->title, &text);
}

static bool covers(const sp_record *notice, const char *category, const char *id, const sp_strings *codes)
{
	bool about = holds(&notice->covers.categories, category) || holds(&notice->covers.articles, id);
	for (size_t i = 0; codes && i < codes->count && !about; i++)
		about = holds(&notice->covers.codes, codes->items[i]);
	return about;
}

/* Whether it was said in this conversation: some reply since it began was about what it covers. */
static bool was_told(const spi_composing *c, const sp_record *notice)
{
	const sp_dialogue *before = c->decision->before;
	for (size_t i = 0; before && i < before->count; i++) {
		const sp_turn *turn = &before->turns[i];
		sp_record article;
		const sp_strings *codes = NULL;
		if (turn->decision == SP_DECIDE_NONE || sp_reason_is_step(turn->reason) || turn->at_utc_s < notice->starts_utc_s)
			continue;
		if (turn->article && notice->covers.codes.count > 0 &&
			sp_index_get(c->index, turn->article, SP_LANG_NONE, c->arena, &article, NULL) == SP_OK)
			codes = &article.codes;
		if (covers(notice, turn->category, turn->article, codes))
			return true;
	}
	return false;
}

static const char *reply_text(const spi_composing *c, const char *key)
{
	return sp_catalog_text(c->decision->lang, key);
}

/* "Italian", in the language of the reply. */
static const char *language_name(const spi_composing *c, sp_lang lang)
{
	char key[32];
	snprintf(key, sizeof key, "page.lang.%s", sp_lang_code(lang));
	return reply_text(c, key);
}

/* In full the first time; after that only that it lasts. Where the asker's language has none, which language it is in is said. */
static sp_status add_notice(spi_composing *c, const sp_record *notice)
{
	const sp_fill fills[] = {{"title", notice->title}, {"language", language_name(c, notice->lang)}, {NULL, NULL}};
	bool foreign = notice->lang != c->decision->lang, told = was_told(c, notice);
	const char *key = told ? foreign ? "reply.notice.lasts.in" : "reply.notice.lasts" : foreign ? "reply.notice.in" : NULL;
	const char *line = key ? sp_catalog_fill(c->decision->lang, key, fills, c->arena) : NULL;
	if (key && !line)
		return SP_ERR_NOMEM;
	sp_status status = line ? spi_compose_markdown(c, line) : SP_OK;
	if (told || status != SP_OK)
		return status;
	add_record(c, notice);
	c->reply->notices++;
	return SP_OK;
}

/* A code that stands in the message, explained by an article or not: during a fault people paste what they see. */
static bool covers_code(const spi_composing *c, const sp_record *notice)
{
	const char *masked = c->decision->masked;
	const char *code = masked && notice->covers.codes.count > 0 ? spi_unknown_code(masked, strlen(masked), c->arena) : NULL;
	for (size_t i = 0; code && i < notice->covers.codes.count; i++)
		if (strcasecmp(notice->covers.codes.items[i], code) == 0)
			return true;
	return false;
}

sp_status spi_compose_notices(spi_composing *c, const sp_record *article)
{
	sp_record *notices;
	size_t count;
	sp_status status = sp_index_notices(c->index, c->now_utc_s, c->decision->lang, c->arena, &notices, &count, c->err);
	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < count && status == SP_OK; i++)
		if (c->decision->kind == SP_DECIDE_ANSWER && article && strcmp(article->id, notices[i].id) == 0)
			c->reply->notices++; /* it is the answer itself, and not said twice */
		else if (covers(&notices[i], c->decision->category, article ? article->id : NULL, article ? &article->codes : NULL) ||
		    covers_code(c, &notices[i]))
			status = add_notice(c, &notices[i]);
	return status;
}

/* An article in another language is never given as if it were in the asker's. */
sp_status spi_compose_other_language(spi_composing *c, const sp_record *article)
{
	if (article->lang == c->decision->lang)
		return SP_OK;
	unsigned langs = sp_index_langs_of(c->index, article->id);
	bool only = langs == 1u << article->lang;
	if (langs & 1u << c->decision->lang) /* a walk goes on in the language that it was begun in */
		return SP_OK;
	sp_fill fills[] = {{"language", language_name(c, article->lang)}, {NULL, NULL}};
	const char *line = sp_catalog_fill(c->decision->lang, only ? "reply.only-in" : "reply.not-in-yours", fills, c->arena);
	return line ? spi_compose_markdown(c, line) : SP_ERR_NOMEM;
}

void spi_compose_choice(spi_composing *c, sp_choice choice)
{
	sp_reply *reply = c->reply;
	if (reply->choices_count < SP_REPLY_CHOICES_MAX)
		reply->choices[reply->choices_count++] = choice;
}

sp_status spi_compose_article_choice(spi_composing *c, const char *label, const char *article, sp_lang lang)
{
	const char *shown = label;
	if (lang != c->decision->lang) {
		sp_fill fills[] = {{"language", language_name(c, lang)}, {NULL, NULL}};
		const char *note = sp_catalog_fill(c->decision->lang, "reply.choice.in", fills, c->arena);
		if (!note || !(shown = sp_arena_printf(c->arena, "%s %s", label, note)))
			return SP_ERR_NOMEM;
	}
	spi_compose_choice(c, (sp_choice){shown, label, article, lang, SP_CHOICE_ANSWER});
	return SP_OK;
}

static sp_status add_choices(spi_composing *c, const sp_candidate *candidates, size_t count)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = spi_compose_article_choice(c, candidates[i].title, candidates[i].id, candidates[i].lang);
	return status;
}

void spi_compose_related(spi_composing *c, const sp_record *article)
{
	sp_reply *reply = c->reply;
	for (size_t i = 0; i < article->related.count && reply->related_count < 3; i++) {
		sp_record other;
		if (sp_index_get(c->index, article->related.items[i], c->decision->lang, c->arena, &other, NULL) == SP_OK ||
		    sp_index_get(c->index, article->related.items[i], SP_LANG_NONE, c->arena, &other, NULL) == SP_OK)
			reply->related[reply->related_count++] = (sp_link){other.id, other.title, other.lang};
	}
}

static sp_status compose_whole(spi_composing *c, const sp_record *article)
{
	bool whole, again;
	sp_status status = spi_compose_again(c, article, &again);
	if (status != SP_OK || again)
		return status;
	status = spi_compose_notices(c, article);
	if (status == SP_OK)
		status = spi_compose_why_again(c, article);
	if (status != SP_OK || (status = spi_compose_window_first(c, article, &whole)) != SP_OK)
		return status;
	if (whole) {
		if ((status = spi_compose_other_language(c, article)) != SP_OK)
			return status;
		add_record(c, article);
		if ((status = spi_compose_competence(c, article)) != SP_OK)
			return status;
	}
	if ((status = spi_compose_window_last(c)) != SP_OK)
		return status;
	if (c->decision->also_count > 0 && (status = spi_compose_markdown(c, reply_text(c, "reply.also"))) == SP_OK)
		status = add_choices(c, c->decision->also, c->decision->also_count);
	spi_compose_related(c, article);
	return status == SP_OK ? spi_compose_return(c) : status;
}

static sp_status compose_answer(spi_composing *c)
{
	sp_record *article = sp_arena_alloc(c->arena, sizeof *article);
	if (!article)
		return SP_ERR_NOMEM;
	sp_status status = sp_index_get_docid(c->index, c->decision->candidates[0].docid, c->arena, article, c->err);
	if (status == SP_OK)
		status = spi_shows_step(c->decision) ? spi_compose_step(c, article) : compose_whole(c, article);
	if (status != SP_OK)
		return status;
	c->reply->article = article;
	c->reply->receipt = sp_receipt_make(article->id, article->lang, article->version, c->now_utc_s, c->arena);
	return c->reply->receipt ? SP_OK : SP_ERR_NOMEM;
}

static sp_status add_reason(spi_composing *c, const sp_fill *fills)
{
	const char *key = sp_arena_printf(c->arena, "reply.%s", sp_reason_name(c->decision->reason));
	const char *text = key ? sp_catalog_fill(c->decision->lang, key, fills, c->arena) : NULL;
	return text ? spi_compose_markdown(c, text) : SP_ERR_NOMEM;
}

static sp_status add_category_choices(spi_composing *c)
{
	sp_status status = SP_OK;
	size_t before = c->reply->choices_count;
	for (size_t i = 0; status == SP_OK && i < c->config->categories_count && c->reply->choices_count < SP_CHOICES_MAX; i++) {
		const sp_category *category = &c->config->categories[i];
		sp_query query = {.lang = c->decision->lang, .only_lang = true, .category = category->key, .audience = -1, .limit = 1,
			.day = sp_date_of(c->now_utc_s, c->config->timezone)};
		sp_result result;
		if (sp_index_search(c->index, NULL, &query, c->arena, &result, NULL) == SP_OK && result.total > 0)
			status = spi_compose_article_choice(c, sp_texts_get(&category->name, c->decision->lang), NULL, c->decision->lang);
	}
	if (c->reply->choices_count == before + 1) /* one is no choice */
		c->reply->choices_count = before;
	return status;
}

static bool offers_articles(const sp_reply *reply)
{
	for (size_t i = 0; i < reply->choices_count; i++)
		if (reply->choices[i].article)
			return true;
	return false;
}

/* Where there are no topics to choose from, none are spoken of. */
static sp_status compose_too_vague(spi_composing *c)
{
	sp_status status = add_category_choices(c);
	const char *text = reply_text(c, c->reply->choices_count > 0 ? "reply.too-vague" : "reply.too-vague.no-topics");
	return status == SP_OK ? spi_compose_markdown(c, text) : status;
}

static sp_status compose_question(spi_composing *c, bool *ret_topics)
{
	switch (c->decision->reason) {
	case SP_REASON_TOO_VAGUE: return compose_too_vague(c);
	case SP_REASON_DAY_TOLD: return spi_compose_day_told(c, ret_topics);
	case SP_REASON_NUMBER_TOLD: return spi_compose_number_told(c, ret_topics);
	default: return add_reason(c, NULL);
	}
}

static sp_status compose_clarify(spi_composing *c)
{
	bool topics = true;
	sp_status status = spi_compose_notices(c, NULL);
	if (status == SP_OK)
		status = compose_question(c, &topics);
	if (status != SP_OK)
		return status;
	if (!topics)
		status = spi_compose_return(c);
	else if (c->decision->choices)
		status = add_choices(c, c->decision->candidates, c->decision->choices);
	else if (c->decision->reason != SP_REASON_TICKET_STATE && c->decision->reason != SP_REASON_TOO_VAGUE)
		status = add_category_choices(c);
	if (status != SP_OK)
		return status;
	return spi_compose_article_choice(c, reply_text(c, offers_articles(c->reply) ? "reply.choice.none" : "reply.choice.person"), NULL, c->decision->lang);
}

/* "Italian, English and German" */
static const char *list_languages(const spi_composing *c, sp_lang lang)
{
	const char *list = "", *last = sp_catalog_text(lang, "reply.language.and");
	unsigned left = c->config->langs;
	for (int i = 0; list && i < SP_LANG_COUNT; i++) {
		char key[32];
		if (!(left >> i & 1))
			continue;
		left &= ~(1u << i);
		snprintf(key, sizeof key, "page.lang.%s", sp_lang_code((sp_lang)i));
		const char *name = sp_catalog_text(lang, key);
		list = !*list ? name : left ? sp_arena_printf(c->arena, "%s, %s", list, name) : sp_arena_printf(c->arena, "%s %s %s", list, last, name);
	}
	return list;
}

/* In the language of the page or the dialogue, and in English. */
static sp_status compose_languages(spi_composing *c)
{
	const sp_lang langs[] = {c->decision->lang, SP_LANG_EN};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < 2 && (i == 0 || langs[0] != SP_LANG_EN); i++) {
		sp_fill fills[] = {{"languages", list_languages(c, langs[i])}, {NULL, NULL}};
		const char *line = fills[0].value ? sp_catalog_fill(langs[i], "reply.language", fills, c->arena) : NULL;
		if (!line)
			return SP_ERR_NOMEM;
		if (i > 0)
			sp_buffer_printf(&c->html, "<div lang=\"%s\">\n", sp_lang_code(langs[i]));
		status = spi_compose_markdown(c, line);
		if (i > 0)
			sp_buffer_add_text(&c->html, "</div>\n");
	}
	return status;
}

static bool has_field(const int *fields, size_t count, int field)
{
	for (size_t i = 0; i < count; i++)
		if (fields[i] == field)
			return true;
	return false;
}

/* What the group needs: the category's fields, and those of the article that comes nearest. */
static sp_status choose_fields(spi_composing *c, int category, const sp_record *article)
{
	const sp_kb_config *config = c->config;
	size_t own = category >= 0 ? config->categories[category].fields_count : config->ticket.fields_count;
	const int *own_fields = category >= 0 ? config->categories[category].fields : config->ticket.fields;
	size_t most = own + (article ? article->ticket_fields.count : 0);
	int *fields = sp_arena_alloc(c->arena, (most ? most : 1) * sizeof *fields);
	if (!fields)
		return SP_ERR_NOMEM;
	size_t count = 0;
	for (size_t i = 0; i < own; i++)
		fields[count++] = own_fields[i];
	for (size_t i = 0; i < most - own; i++) {
		int field = sp_kb_field(c->config, article->ticket_fields.items[i]);
		if (field >= 0 && !has_field(fields, count, field))
			fields[count++] = field;
	}
	c->reply->fields = fields;
	c->reply->fields_count = count;
	return spi_said_so_far(c, &c->reply->said);
}

/* Articles that explain codes of the same kind, where the one that was written is not known. */
static void add_near_codes(spi_composing *c)
{
	sp_reply *reply = c->reply;
	for (size_t i = 0; i < c->decision->count && reply->related_count < NEAR_CODES; i++) {
		sp_record other;
		if (sp_index_get_docid(c->index, c->decision->candidates[i].docid, c->arena, &other, NULL) == SP_OK && other.codes.count > 0)
			reply->related[reply->related_count++] = (sp_link){other.id, other.title, other.lang};
	}
}

static sp_status compose_ticket(spi_composing *c)
{
	const sp_decision *decision = c->decision;
	int category = decision->category ? sp_kb_category(c->config, decision->category) : -1;
	sp_record nearest, *article = NULL;
	if (decision->count > 0 && decision->category && strcmp(decision->candidates[0].category, decision->category) == 0 &&
	    sp_index_get_docid(c->index, decision->candidates[0].docid, c->arena, &nearest, NULL) == SP_OK)
		article = &nearest;
	c->reply->group = sp_ticket_group(c->config, category, article && *article->ticket_group ? article->ticket_group : NULL);
	int service = sp_ticket_service(c->config, category, c->reply->group, c->now_utc_s);
	const char *when = c->reply->when = sp_service_when(c->config, service, c->now_utc_s, decision->lang, c->arena);
	const char *code = decision->reason == SP_REASON_UNKNOWN_CODE && decision->masked ?
		spi_unknown_code(decision->masked, strlen(decision->masked), c->arena) : NULL;
	sp_fill fills[] = {{"when", when ? when : ""}, {"code", code ? code : "?"}, {NULL, NULL}};
	if (code)
		add_near_codes(c);
	sp_status status = spi_compose_notices(c, NULL);
	if (status != SP_OK || (status = add_reason(c, fills)) != SP_OK)
		return status;
	const char *next = sp_catalog_fill(decision->lang, "reply.ticket.next", fills, c->arena);
	if (!next || (status = spi_compose_markdown(c, next)) != SP_OK)
		return next ? status : SP_ERR_NOMEM;
	if ((status = spi_compose_return(c)) != SP_OK)
		return status;
	return choose_fields(c, category, article);
}

static sp_status take(sp_buffer *buf, sp_arena *arena, const char **ret, size_t *ret_len)
{
	*ret = sp_buffer_ok(buf) ? sp_arena_strndup(arena, sp_buffer_text(buf), buf->len) : NULL;
	*ret_len = buf->len;
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

static sp_status compose(spi_composing *c)
{
	switch (c->decision->kind) {
	case SP_DECIDE_ANSWER: return compose_answer(c);
	case SP_DECIDE_CLARIFY: return compose_clarify(c);
	case SP_DECIDE_TICKET: return compose_ticket(c);
	default: break;
	}
	sp_status status = c->decision->reason == SP_REASON_LANGUAGE ? compose_languages(c) : add_reason(c, NULL);
	return status == SP_OK ? spi_compose_return(c) : status;
}

static int64_t earlier(int64_t one, int64_t other)
{
	return other == 0 || one < other ? one : other;
}

/* All that time changes of a reply: the day, notices, and of a ticket who is there. */
static sp_status find_until(const spi_composing *c, int64_t *ret)
{
	const char *timezone = c->config->timezone;
	int64_t notices;
	sp_status status = sp_index_notices_change(c->index, c->now_utc_s, &notices, c->err);
	if (status != SP_OK)
		return status;
	int64_t until = spi_zone_utc_s(timezone, sp_date_days(sp_date_of(c->now_utc_s, timezone)) + 1, 0);
	if (c->decision->kind == SP_DECIDE_TICKET)
		until = earlier(until, sp_services_change(c->config, c->now_utc_s));
	*ret = earlier(until, notices);
	return SP_OK;
}

sp_status sp_reply_compose(sp_index *index, const sp_kb_config *config, const sp_decision *decision, int64_t now_utc_s,
	sp_arena *arena, sp_reply *ret, sp_error *err)
{
	sp_reply reply = {.group = -1, .lang = decision->lang};
	spi_composing c = {.index = index, .config = config, .decision = decision, .now_utc_s = now_utc_s, .arena = arena, .reply = &reply,
		.err = err};
	sp_status status = compose(&c);
	if (status == SP_OK)
		status = find_until(&c, &reply.until_utc_s);
	if (status == SP_OK)
		status = take(&c.markdown, arena, &reply.markdown, &reply.markdown_len);
	if (status == SP_OK)
		status = take(&c.html, arena, &reply.html, &reply.html_len);
	if (status == SP_OK)
		status = take(&c.speech, arena, &reply.speech, &reply.speech_len);
	sp_buffer_release(&c.markdown);
	sp_buffer_release(&c.html);
	sp_buffer_release(&c.speech);
	if (status == SP_OK)
		*ret = reply;
	else
		sp_error_set(err, status, NULL, 0, "could not put the reply together");
	return status;
}
