/* sportello ask: one decision on the terminal. Exit status 1 when there is no answer. */
#include "cmd/cmd.h"
#include "cmd/explain.h"

#include <string.h>

/* explanation NULL: none was asked for. */
static void print_json(const spi_session *session, const sp_decision *decision, const sp_reply *reply,
	const sp_explanation *explanation)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "decision", sp_decision_name(decision->kind));
	sp_json_string(&out, "reason", sp_reason_name(decision->reason));
	sp_json_number(&out, "confidence", decision->confidence, 3);
	sp_json_string(&out, "lang", sp_lang_code(reply->lang));
	sp_json_string(&out, "category", decision->category);
	sp_json_string(&out, "article", reply->article ? reply->article->id : NULL);
	sp_json_string(&out, "article_lang", reply->article ? sp_lang_code(reply->article->lang) : NULL);
	sp_json_string(&out, "receipt", reply->receipt);
	sp_json_object(&out, "reply");
	sp_json_string_len(&out, "markdown", reply->markdown, reply->markdown_len);
	sp_json_string_len(&out, "html", reply->html, reply->html_len);
	sp_json_string_len(&out, "speech", reply->speech, reply->speech_len);
	sp_json_object_end(&out);
	sp_json_array(&out, "choices");
	for (size_t i = 0; i < reply->choices_count; i++)
		sp_json_string(&out, NULL, reply->choices[i].label);
	sp_json_array_end(&out);
	sp_json_array(&out, "fields");
	for (size_t i = 0; i < reply->fields_count; i++)
		sp_json_string(&out, NULL, session->config->fields[reply->fields[i]].key);
	sp_json_array_end(&out);
	sp_json_array(&out, "articles");
	for (size_t i = 0; i < decision->count; i++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "id", decision->candidates[i].id);
		sp_json_number(&out, "score", decision->candidates[i].score, 4);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	if (explanation)
		sp_explanation_write(explanation, &out, "explain");
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static void print_text(const spi_session *session, const sp_decision *decision, const sp_reply *reply)
{
	printf("%s\n\n", reply->markdown);
	for (size_t i = 0; i < reply->choices_count; i++)
		printf("  %zu. %s\n", i + 1, reply->choices[i].label);
	for (size_t i = 0; i < reply->fields_count; i++)
		printf("  - %s\n", sp_texts_get(&session->config->fields[reply->fields[i]].label, reply->lang));
	for (size_t i = 0; i < reply->related_count; i++)
		printf("  → %s (%s)\n", reply->related[i].title, reply->related[i].id);
	fprintf(stderr, "[%s, %s, %.2f%s%s]\n", sp_decision_name(decision->kind), sp_reason_name(decision->reason), decision->confidence,
		reply->article ? ", " : "", reply->article ? reply->article->id : "");
}

typedef struct wanted {
	const char *text;
	sp_lang lang;
	bool json, explain;
} wanted;

static int ask(spi_session *session, const wanted *w)
{
	sp_error err = {0};
	sp_decision decision;
	sp_reply reply;
	sp_explanation explanation;
	sp_question question = {.text = w->text, .len = strlen(w->text), .lang = w->lang, .day = session->day};
	sp_status status = sp_decide(session->responder, session->index, session->config, &question, session->arena, &decision, &err);
	if (status == SP_OK)
		status = sp_reply_compose(session->index, session->config, &decision, session->moment_utc_s, session->arena, &reply, &err);
	if (status == SP_OK && w->explain)
		status = sp_explain(session->responder, session->index, session->config, &question, &decision, spi_terminal_lang(),
			session->arena, &explanation, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (w->json)
		print_json(session, &decision, &reply, w->explain ? &explanation : NULL);
	else
		print_text(session, &decision, &reply);
	if (!w->json && w->explain)
		spi_print_explanation(&explanation);
	return decision.kind == SP_DECIDE_ANSWER ? SPI_EXIT_OK : SPI_EXIT_NO;
}

int spi_cmd_ask(int argc, char **argv)
{
	spi_session_options options = SPI_SESSION_OPTIONS;
	const char *lang = NULL;
	wanted w = {0};
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(options),
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "explain", .type = SPI_SETTING_FLAG, .target = &w.explain},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &w.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("ask", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!options.kb)
		return spi_missing("ask", "kb");
	w.text = words[0];
	/* Before anything is indexed for it. */
	sp_error err = {0};
	const sp_question question = {.text = w.text, .len = strlen(w.text)};
	sp_status status = sp_question_check(&question, &err);
	if (status != SP_OK) {
		spi_fail(&err, status);
		return SPI_EXIT_USAGE;
	}
	spi_session session;
	int code = spi_session_open(&session, &options);
	if (code != SPI_EXIT_OK)
		return code;
	w.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	code = ask(&session, &w);
	spi_session_close(&session);
	return code;
}
