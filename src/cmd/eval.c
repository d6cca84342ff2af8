/* sportello eval: how well a labelled set is answered. */
#include "cmd/eval.h"
#include "cmd/lines.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

#define RANKED_MAX 10

static int rank_of(const sp_decision *decision, const sp_strings *right)
{
	for (size_t i = 0; i < decision->count && i < RANKED_MAX; i++)
		for (size_t k = 0; k < right->count; k++)
			if (strcmp(decision->candidates[i].id, right->items[k]) == 0)
				return (int)i;
	return -1;
}

sp_status spi_eval_print_line(FILE *file, sp_buffer *buf, const char *path, sp_error *err)
{
	sp_status status = SP_OK;
	if (!sp_buffer_ok(buf))
		status = sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	else if (fprintf(file, "%s\n", sp_buffer_text(buf)) < 0)
		status = sp_error_errno(err, errno, path, "write");
	sp_buffer_release(buf);
	return status;
}

static sp_status write_run(spi_eval *e, const char *id, const sp_decision *decision, sp_error *err)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "id", id);
	sp_json_string(&out, "decision", sp_decision_name(decision->kind));
	sp_json_array(&out, "articles");
	for (size_t i = 0; i < decision->count && i < RANKED_MAX; i++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "id", decision->candidates[i].id);
		sp_json_number(&out, "score", decision->candidates[i].score, 5);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_array(&out, "also");
	for (size_t i = 0; i < decision->also_count; i++)
		sp_json_string(&out, NULL, decision->also[i].id);
	sp_json_array_end(&out);
	sp_json_number(&out, "confidence", decision->confidence, 4);
	sp_json_string(&out, "reason", sp_reason_name(decision->reason));
	sp_json_object_end(&out);
	return spi_eval_print_line(e->run, &buf, "--run", err);
}

static sp_status count_line(json_t *object, int line, void *arg, sp_error *err)
{
	(void)object, (void)line, (void)err;
	((spi_eval *)arg)->to_ask++;
	return SP_OK;
}

sp_status spi_eval_read_line(spi_eval *e, json_t *object, int line, spi_eval_line *ret, sp_error *err)
{
	const struct { const char *name; bool required; const char **target; } texts[] = {{"id", true, &ret->id},
		{"lang", false, &ret->lang}, {"question", true, &ret->question}, {"expect", true, &ret->expect}, {"kind", false, &ret->kind}};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sp_status status = spi_line_text(object, texts[i].name, texts[i].required, e->path, line, e->arena, texts[i].target, err);
		if (status != SP_OK)
			return status;
	}
	if (sp_decision_of(ret->expect) == SP_DECIDE_COUNT)
		return sp_error_set(err, SP_ERR_INVALID, e->path, line, "\"expect\" is \"%s\"; known are answer, clarify, ticket, none", ret->expect);
	return spi_line_texts(object, "articles", e->path, line, e->arena, &ret->articles, err);
}

/* The category of the right article, whatever was found. */
static sp_status category_of(spi_eval *e, const spi_eval_line *l, const char **ret, sp_error *err)
{
	sp_record record;
	*ret = "-";
	if (strcmp(l->expect, "answer") != 0)
		return SP_OK;
	*ret = "?"; /* this audience has none of them */
	for (size_t i = 0; i < l->articles.count; i++) {
		sp_error why = {0};
		sp_status status = sp_index_get(e->session.index, l->articles.items[i], SP_LANG_NONE, e->arena, &record, &why);
		if (status == SP_OK) {
			*ret = record.category;
			return SP_OK;
		}
		if (status != SP_ERR_NOT_FOUND) {
			sp_error_copy(err, &why);
			return status;
		}
	}
	return SP_OK;
}

static sp_status decide(spi_eval *e, const sp_kb_config *config, const sp_question *question, int line, sp_decision *ret, sp_error *err)
{
	sp_error why = {0};
	sp_status status = sp_decide(e->session.responder, e->session.index, config, question, e->arena, ret, &why);
	if (status != SP_OK)
		return sp_error_set(err, status, e->path, line, "the question cannot be asked: %s %s", why.source, why.text);
	return SP_OK;
}

/* The other precisions of the list are decided too, as they would be: more than the threshold could depend on it. */
static sp_status add_prices(spi_eval *e, const spi_eval_line *l, int line, const sp_question *question, const sp_decision *decision,
	sp_error *err)
{
	sp_kb_config config = e->config;
	spi_outcome outcome = {.answerable = strcmp(l->expect, "answer") == 0, .rank = rank_of(decision, &l->articles),
		.lang = sp_lang_code(question->lang != SP_LANG_NONE ? question->lang : decision->lang), .found = decision->count > 0,
		.confidence = decision->confidence};
	sp_status status = category_of(e, l, &outcome.category, err);
	for (size_t i = 0; status == SP_OK && i < e->prices.count; i++) {
		sp_decision other = *decision;
		config.answer_precision = e->prices.precisions[i];
		if (i != e->prices.chosen)
			status = decide(e, &config, question, line, &other, err);
		outcome.decisions[i] = other.kind;
	}
	if (status == SP_OK && !spi_prices_add(&e->prices, &outcome))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return status;
}

static sp_status ask(spi_eval *e, const spi_eval_line *l, int line, sp_error *err)
{
	sp_lang lang = l->lang ? sp_lang_of(l->lang, strlen(l->lang)) : SP_LANG_NONE;
	sp_question question = {.text = l->question, .len = strlen(l->question), .lang = lang, .day = e->session.day};
	sp_decision decision;
	int64_t started = spi_now_us();
	sp_status status = decide(e, &e->config, &question, line, &decision, err);
	if (status != SP_OK)
		return status;
	e->spent_us += spi_now_us() - started;
	spi_score_add(&e->score, strcmp(l->expect, "answer") == 0, sp_decision_of(l->expect) == decision.kind, decision.kind,
		rank_of(&decision, &l->articles), decision.confidence);
	if (e->run && (status = write_run(e, l->id, &decision, err)) != SP_OK)
		return status;
	if (e->features && (status = spi_eval_features(e, l, &question, decision.lang, err)) != SP_OK)
		return status;
	return add_prices(e, l, line, &question, &decision, err);
}

static void step(spi_eval *e)
{
	e->done++;
	spi_progress_step(&e->progress, ++e->asked, e->to_ask);
}

static sp_status ask_line(json_t *object, int line, void *arg, sp_error *err)
{
	spi_eval *e = arg;
	spi_eval_line l = {0};
	sp_arena_reset(e->arena);
	sp_status status = spi_eval_read_line(e, object, line, &l, err);
	if (status != SP_OK || (e->folds.count && spi_fold_of(l.id, e->folds.count) != e->folds.now))
		return status;
	status = ask(e, &l, line, err);
	step(e);
	return status;
}

static sp_status play_line(json_t *object, int line, void *arg, sp_error *err)
{
	spi_eval *e = arg;
	sp_arena_reset(e->arena);
	int64_t started = spi_now_us();
	sp_status status = spi_dialogue_play(&e->session, &e->config, object, e->path, line, e->arena, e->run, &e->dialogue_score, err);
	e->spent_us += spi_now_us() - started;
	step(e);
	return status;
}

static sp_status open_output(const char *path, FILE **ret, sp_error *err)
{
	*ret = NULL;
	if (path && !(*ret = fopen(path, "we")))
		return sp_error_errno(err, errno, path, "write");
	return SP_OK;
}

static sp_status close_output(FILE *file, const char *path, sp_error *err)
{
	return file && fclose(file) != 0 ? sp_error_errno(err, errno, path, "write") : SP_OK;
}

static void print(const spi_eval *e)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	if (e->json) {
		sp_json_init(&out, &buf);
		sp_json_object(&out, NULL);
		spi_score_json(&e->score, &out);
		spi_prices_json(&e->prices, &out);
		sp_json_object_end(&out);
		sp_buffer_add_char(&buf, '\n');
	} else {
		spi_score_text(&e->score, &buf);
		spi_prices_text(&e->prices, &buf);
	}
	fputs(sp_buffer_text(&buf), stdout);
	if (e->done > 0)
		fprintf(stderr, "%zu: %.0f us\n", e->done, (double)e->spent_us / (double)e->done);
	sp_buffer_release(&buf);
}

static void print_dialogues(const spi_eval *e)
{
	const spi_dialogue_score *score = &e->dialogue_score;
	double turns = score->turns ? (double)score->turns : 1;
	double decided = (double)score->decided / turns, right = (double)score->right / turns;
	if (e->json)
		printf("{\"dialogues\":%zu,\"turns\":%zu,\"decided\":%.4f,\"right\":%.4f}\n", score->dialogues, score->turns, decided, right);
	else
		printf("dialogues     %zu\nturns         %zu\ndecided       %.4f\nright         %.4f\n", score->dialogues, score->turns, decided, right);
}

sp_status spi_eval_ask_all(spi_eval *e, sp_error *err)
{
	sp_status status = SP_OK;
	e->config = *e->session.config;
	if (e->precision > 0)
		e->config.answer_precision = e->precision;
	if (e->prices.count == 0 && !spi_prices_init(&e->prices, e->config.answer_precision, e->session.arena))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	e->asked = 0;
	spi_progress_start(&e->progress, "cmd.asking");
	for (size_t i = 0; i < e->paths_count && status == SP_OK; i++) {
		e->path = e->paths[i];
		status = spi_json_lines_read(e->path, e->dialogues ? play_line : ask_line, e, err);
	}
	spi_progress_end(&e->progress);
	return status;
}

static sp_status run(spi_eval *e, sp_error *err)
{
	sp_status status = SP_OK;
	if (e->folds.count)
		return spi_folds_run(e, err);
	for (size_t i = 0; i < e->paths_count && status == SP_OK; i++)
		status = spi_json_lines_read(e->paths[i], count_line, e, err);
	return status == SP_OK ? spi_eval_ask_all(e, err) : status;
}

static int evaluate(spi_eval *e, const char *run_path, const char *features_path)
{
	sp_error err = {0};
	sp_status status = open_output(run_path, &e->run, &err);
	if (status == SP_OK)
		status = open_output(features_path, &e->features, &err);
	if (status == SP_OK)
		status = run(e, &err);
	sp_status closed = close_output(e->run, run_path, &err);
	sp_status closed_too = close_output(e->features, features_path, &err);
	if (status == SP_OK)
		status = closed != SP_OK ? closed : closed_too;
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (e->dialogues)
		print_dialogues(e);
	else
		print(e);
	return SPI_EXIT_OK;
}

/* Folds make their own labelled questions, and a dialogue has none. */
static int check(const spi_eval *e)
{
	sp_error err = {0};
	if (e->folds.count == 1)
		sp_error_set(&err, SP_ERR_USAGE, "--labelled-folds", 0, "one fold has no others; give 2 at least, or 0 for none");
	else if (e->folds.count && (e->dialogues || e->options.labelled))
		sp_error_set(&err, SP_ERR_USAGE, "--labelled-folds", 0, "cannot be given together with %s",
			e->dialogues ? "--dialogues" : "--labelled: the questions of the other folds are the labelled ones");
	return err.status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, err.status);
}

static int open_and_evaluate(spi_eval *e, const char *run_path, const char *features_path)
{
	int code = check(e);
	e->options.without_index = e->folds.count > 0;
	if (code == SPI_EXIT_OK)
		code = spi_session_open(&e->session, &e->options);
	if (code != SPI_EXIT_OK)
		return code;
	code = evaluate(e, run_path, features_path);
	spi_folds_end(&e->folds);
	spi_session_close(&e->session);
	return code;
}

int spi_cmd_eval(int argc, char **argv)
{
	const char *run_path = NULL, *features_path = NULL, *words[SPI_WORDS_MAX];
	spi_eval e = {.options = SPI_SESSION_OPTIONS, .paths = words, .folds.lock_fd = -1};
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(e.options),
		{.name = "run", .type = SPI_SETTING_TEXT, .target = &run_path},
		{.name = "features", .type = SPI_SETTING_TEXT, .target = &features_path},
		{.name = "precision", .type = SPI_SETTING_SHARE, .target = &e.precision},
		{.name = "labelled-folds", .type = SPI_SETTING_NUMBER, .target = &e.folds.count, .max = SPI_FOLDS_MAX},
		{.name = "dialogues", .type = SPI_SETTING_FLAG, .target = &e.dialogues},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &e.json},
		{.name = NULL},
	};
	if (!spi_read_args("eval", settings, argc, argv, words, &e.paths_count, 1, SPI_WORDS_MAX))
		return SPI_EXIT_USAGE;
	if (!e.options.kb)
		return spi_missing("eval", "kb");
	e.arena = sp_arena_new(0);
	int code = e.arena ? open_and_evaluate(&e, run_path, features_path) : SPI_EXIT_FAILED;
	sp_arena_free(e.arena);
	return code;
}
