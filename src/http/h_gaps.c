/* GET /v1/gaps, GET /v1/gaps/patch, and as a page GET /dashboard/gaps: what people ask and get no answer to, and what to do about it. */
#include "http/agent.h"
#include "http/gaps.h"
#include "http/handlers.h"

#include <stdio.h>
#include <string.h>

static void write_json(spi_request *request, const sp_gaps *gaps)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_gaps_json(gaps, &json);
	spi_reply_json(request, 200);
}

void spi_h_gaps(spi_request *request)
{
	spi_gaps_use(request, write_json, spi_h_gaps);
}

/* ---- a patch ---- */

static const char *param(const spi_request *request, const char *name)
{
	const char *text = spi_request_query(request, name);
	return text && *text ? text : NULL;
}

static bool read_patch(spi_request *request, sp_gap_patch *ret)
{
	const char *lang = param(request, "asked_in"), *question = param(request, "question");
	const char **items = sp_arena_calloc(request->arena, 1, sizeof *items);
	*ret = (sp_gap_patch){.word = param(request, "word"), .known = param(request, "known"), .article = param(request, "article"),
		.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE, .readable = request->config->audiences[request->caller.audience].reads};
	if (ret->lang == SP_LANG_NONE) {
		spi_problem_field(request, SPI_UNKNOWN_LANGUAGE, "asked_in", "asked_in must be one of it, en, de");
		return false;
	}
	if (items && question) {
		items[0] = question;
		ret->questions = (sp_strings){items, 1};
	}
	if ((ret->word && ret->known) || (ret->article && question))
		return true;
	spi_problem(request, SPI_BAD_REQUEST, "name word and known, for a synonym, or article and question, for a phrasing");
	return false;
}

void spi_h_gaps_patch(spi_request *request)
{
	sp_gap_patch patch;
	sp_error err = {0};
	if (request->caller.audience < 0) {
		spi_problem(request, SPI_NOT_FOUND, "there is nothing here for this audience");
		return;
	}
	if (!read_patch(request, &patch))
		return;
	sp_status status = sp_gaps_patch(sp_publisher_folder(request->worker->server->options.publisher), &patch, &request->out, &err);
	if (status != SP_OK) {
		sp_buffer_clear(&request->out);
		if (status == SP_ERR_UNSUPPORTED)
			spi_problem(request, SPI_CONFLICT, "%s: %s", err.source, err.text);
		else
			spi_reply_error(request, status, &err);
		return;
	}
	spi_reply_text(request, 200, "text/x-diff; charset=utf-8");
	spi_reply_header(request, "Content-Disposition", "attachment; filename=\"sportello-gaps.patch\"");
}

/* ---- the page ---- */

/* "1,4" as readers write it. */
static const char *number(const spi_request *request, double value)
{
	char *text = sp_arena_printf(request->arena, "%.1f", value);
	for (char *c = text; c && *c; c++)
		if (*c == '.' && request->lang != SP_LANG_EN)
			*c = ',';
	return text ? text : "";
}

static const char *audience_name(const spi_request *request, const char *key)
{
	int audience = sp_kb_audience(request->config, key);
	return audience < 0 ? key : sp_texts_get(&request->config->audiences[audience].name, request->lang);
}

static void put_lang(const spi_request *request, spi_value *into, sp_lang lang)
{
	if (lang != request->lang)
		spi_put_text(into, "other_lang", sp_lang_code(lang));
}

static void put_article(const spi_request *request, spi_value *row, const char *name, const sp_gap_article *article)
{
	if (!article->id)
		return;
	spi_value *into = spi_put_object(row, name);
	spi_put_text(into, "title", article->title);
	spi_put_text(into, "url", spi_article_url(request, article->id, article->lang));
	put_lang(request, into, article->lang);
}

static bool may_patch(const spi_request *request)
{
	return spi_caller_has(request, SPI_IS(EDITOR) | SPI_IS(ADMIN));
}

/* Address of the patch that makes a question a phrasing of an article. */
static void put_question_patch(const spi_request *request, spi_value *row, const sp_gap_article *article, const char *question)
{
	const spi_pair pairs[] = {{"article", article->id}, {"question", question}, {"asked_in", sp_lang_code(article->lang)}, {0}};
	if (may_patch(request) && article->id)
		spi_put_text(row, "patch", spi_page_url(request, "/v1/gaps/patch", pairs));
}

static void put_examples(const spi_request *request, spi_value *row, const sp_strings *examples, sp_lang lang, const sp_gap_article *article)
{
	spi_value *list = spi_put_list(row, "examples");
	spi_put_bool(row, "has_examples", examples->count > 0);
	for (size_t i = 0; i < examples->count; i++) {
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "text", examples->items[i]);
		put_lang(request, item, lang);
		if (article->lang == lang)
			put_question_patch(request, item, article, examples->items[i]);
	}
}

static void put_topic(const spi_request *request, spi_value *list, const sp_topic *topic)
{
	char key[48];
	spi_value *row = spi_list_add(list);
	spi_put_text(row, "id", topic->id);
	spi_put_text(row, "name", *topic->name ? topic->name : "–");
	put_lang(request, row, topic->lang);
	spi_put_text(row, "audience", audience_name(request, topic->audience));
	spi_put_int(row, "conversations", topic->conversations);
	spi_put_int(row, "lost", topic->lost);
	spi_put_text(row, "effect", number(request, topic->effect));
	put_article(request, row, "nearest", &topic->nearest);
	spi_put_int(row, "near", (int64_t)(100 * topic->near + 0.5));
	put_examples(request, row, &topic->examples, topic->lang, &topic->nearest);
	spi_value *reasons = spi_put_list(row, "reasons");
	for (size_t i = 0; i < topic->reasons_count; i++) {
		spi_value *reason = spi_list_add(reasons);
		snprintf(key, sizeof key, "gaps.reason.%s", sp_reason_name((sp_reason)topic->reasons[i].key));
		spi_put_text(reason, "what", spi_page_text(request, key));
		spi_put_int(reason, "count", topic->reasons[i].conversations);
	}
	spi_value *months = spi_put_list(row, "months");
	for (size_t i = 0; i < topic->months_count; i++) {
		spi_value *month = spi_list_add(months);
		spi_put_text(month, "month", sp_arena_printf(request->arena, "%04d-%02d", topic->months[i].key / 100, topic->months[i].key % 100));
		spi_put_int(month, "count", topic->months[i].conversations);
	}
}

static void put_unsolving(const spi_request *request, spi_value *list, const sp_unsolving *of)
{
	spi_value *row = spi_list_add(list);
	put_article(request, row, "article", &of->article);
	spi_put_int(row, "shown", of->shown);
	spi_put_int(row, "failed", of->failed);
	spi_put_int(row, "no", of->no);
	spi_put_int(row, "tickets", of->tickets);
	spi_put_int(row, "returned", of->returned);
	spi_put_int(row, "low", (int64_t)(100 * of->low + 0.5));
	spi_put_text(row, "effect", number(request, of->effect));
}

static void put_wrong(const spi_request *request, spi_value *list, const sp_wrong *of)
{
	spi_value *row = spi_list_add(list);
	put_article(request, row, "shown", &of->shown);
	put_article(request, row, "solved", &of->solved);
	spi_put_int(row, "by_person", of->by_person);
	spi_put_int(row, "by_agent", of->by_agent);
	spi_put_text(row, "effect", number(request, of->effect));
	put_examples(request, row, &of->examples, of->solved.lang, &of->solved);
}

static void put_word(const spi_request *request, spi_value *list, const sp_missing_word *of)
{
	spi_value *row = spi_list_add(list);
	spi_put_text(row, "word", of->word);
	put_lang(request, row, of->lang);
	spi_put_int(row, "conversations", of->conversations);
	spi_put_int(row, "times", of->times);
	if (of->known) {
		const spi_pair pairs[] = {{"word", of->word}, {"known", of->known}, {"asked_in", sp_lang_code(of->lang)}, {0}};
		spi_put_text(row, "known", of->known);
		spi_put_bool(row, "by_meaning", of->by_meaning);
		if (may_patch(request))
			spi_put_text(row, "synonym_patch", spi_page_url(request, "/v1/gaps/patch", pairs));
	}
	if (of->example && of->nearest.lang == of->lang) {
		spi_put_text(row, "example", of->example);
		put_question_patch(request, row, &of->nearest, of->example);
		put_article(request, row, "nearest", &of->nearest);
	}
}

static void put_form(const spi_request *request, spi_value *page, const sp_gaps *gaps)
{
	const char *timezone = request->config->timezone, *from = param(request, "from"), *to = param(request, "to");
	spi_put_text(page, "from", from ? from : spi_page_iso_date(request, sp_date_of(gaps->from_utc_s, timezone)));
	spi_put_text(page, "to", to ? to : spi_page_iso_date(request, sp_date_of(gaps->until_utc_s - 1, timezone)));
}

static void show(spi_request *request, const sp_gaps *gaps)
{
	spi_value *page = spi_page_new(request);
	spi_agent_put_frame(request, page, SPI_AGENT_GAPS, spi_page_text(request, "gaps.title"));
	put_form(request, page, gaps);
	spi_put_int(page, "conversations", gaps->conversations);
	spi_put_int(page, "unanswered", gaps->unanswered);
	spi_put_int(page, "in_topics", gaps->in_topics);
	spi_put_int(page, "solved_share", (int64_t)(100 * gaps->solved_share + 0.5));
	spi_value *topics = spi_put_list(page, "topics"), *unsolving = spi_put_list(page, "unsolving"), *wrong = spi_put_list(page, "wrong"),
		*words = spi_put_list(page, "words");
	spi_put_bool(page, "has_topics", gaps->topics_count > 0);
	spi_put_bool(page, "has_unsolving", gaps->unsolving_count > 0);
	spi_put_bool(page, "has_wrong", gaps->wrong_count > 0);
	spi_put_bool(page, "has_words", gaps->words_count > 0);
	for (size_t i = 0; i < gaps->topics_count; i++)
		put_topic(request, topics, &gaps->topics[i]);
	for (size_t i = 0; i < gaps->unsolving_count; i++)
		put_unsolving(request, unsolving, &gaps->unsolving[i]);
	for (size_t i = 0; i < gaps->wrong_count; i++)
		put_wrong(request, wrong, &gaps->wrong[i]);
	for (size_t i = 0; i < gaps->words_count; i++)
		put_word(request, words, &gaps->words[i]);
	spi_page_send(request, "gaps", page, 200);
}

void spi_h_page_gaps(spi_request *request)
{
	spi_gaps_use(request, show, spi_h_page_gaps);
}
