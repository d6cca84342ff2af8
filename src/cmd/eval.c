/* sportello eval: how well a labelled set is answered. */
#include "cmd/cmd.h"
#include "cmd/dialogues.h"
#include "cmd/lines.h"
#include "cmd/score.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

#define RANKED_MAX 10

typedef struct evaluating {
	spi_session session;
	sp_kb_config config; /* the session's, with the precision asked for */
	const char *path;
	sp_arena *arena;     /* of one question */
	FILE *run, *features;
	size_t done, total;
	int64_t spent_us;
	spi_score score;
	spi_dialogue_score dialogue_score;
	spi_progress progress;
} evaluating;

static int rank_of(const sp_decision *decision, const sp_strings *right)
{
	for (size_t i = 0; i < decision->count && i < RANKED_MAX; i++)
		for (size_t k = 0; k < right->count; k++)
			if (strcmp(decision->candidates[i].id, right->items[k]) == 0)
				return (int)i;
	return -1;
}

static sp_status print_line(FILE *file, sp_buffer *buf, const char *path, sp_error *err)
{
	sp_status status = SP_OK;
	if (!sp_buffer_ok(buf))
		status = sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	else if (fprintf(file, "%s\n", sp_buffer_text(buf)) < 0)
		status = sp_error_errno(err, errno, path, "write");
	sp_buffer_release(buf);
	return status;
}

static sp_status write_run(evaluating *e, const char *id, const sp_decision *decision, sp_error *err)
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
	sp_json_number(&out, "confidence", decision->confidence, 4);
	sp_json_string(&out, "reason", sp_reason_name(decision->reason));
	sp_json_object_end(&out);
	return print_line(e->run, &buf, "--run", err);
}

/* What the weights are fitted on (tests/answers/fit.py): every candidate with its features, and the inputs of the gate. */
static sp_status write_features(evaluating *e, const char *id, const sp_question *question, sp_lang lang, const sp_strings *right,
	const char *kind, sp_error *err)
{
	sp_candidate *candidates;
	size_t count;
	sp_question_stats stats;
	sp_status status = sp_index_candidates(e->session.index, sp_responder_analyser(e->session.responder), question->text,
		question->len, lang, true, question->day, 40, e->arena, &candidates, &count, &stats, err);
	if (status != SP_OK)
		return status;
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "id", id);
	sp_json_string(&out, "kind", kind);
	sp_json_int(&out, "content_words", stats.content_words);
	sp_json_number(&out, "known_share", stats.idf_sum > 0 ? stats.idf_known / stats.idf_sum : 0, 4);
	sp_json_array(&out, "candidates");
	for (size_t i = 0; i < count; i++) {
		bool is_right = false;
		for (size_t k = 0; k < right->count; k++)
			is_right |= strcmp(candidates[i].id, right->items[k]) == 0;
		sp_json_array(&out, NULL);
		sp_json_int(&out, NULL, is_right);
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			sp_json_number(&out, NULL, (double)candidates[i].features[f], 5);
		sp_json_array_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	return print_line(e->features, &buf, "--features", err);
}

static sp_status count_line(json_t *object, int line, void *arg, sp_error *err)
{
	(void)object, (void)line, (void)err;
	((evaluating *)arg)->total++;
	return SP_OK;
}

typedef struct labelled {
	const char *id, *lang, *question, *expect, *kind;
	sp_strings articles;
} labelled;

static sp_status read_labelled(evaluating *e, json_t *object, int line, labelled *ret, sp_error *err)
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

static sp_status ask_line(json_t *object, int line, void *arg, sp_error *err)
{
	evaluating *e = arg;
	labelled l = {0};
	sp_arena_reset(e->arena);
	sp_status status = read_labelled(e, object, line, &l, err);
	if (status != SP_OK)
		return status;
	sp_lang lang = l.lang ? sp_lang_of(l.lang, strlen(l.lang)) : SP_LANG_NONE;
	sp_question question = {.text = l.question, .len = strlen(l.question), .lang = lang, .day = e->session.day};
	sp_decision decision;
	int64_t started = spi_now_us();
	sp_error why = {0};
	status = sp_decide(e->session.responder, e->session.index, &e->config, &question, e->arena, &decision, &why);
	if (status != SP_OK)
		return sp_error_set(err, status, e->path, line, "the question cannot be asked: %s %s", why.source, why.text);
	e->spent_us += spi_now_us() - started;
	bool answerable = strcmp(l.expect, "answer") == 0;
	spi_score_add(&e->score, answerable, sp_decision_of(l.expect) == decision.kind, decision.kind, rank_of(&decision, &l.articles),
		decision.confidence);
	if (e->run && (status = write_run(e, l.id, &decision, err)) != SP_OK)
		return status;
	if (e->features && (status = write_features(e, l.id, &question, decision.lang, &l.articles, l.kind, err)) != SP_OK)
		return status;
	spi_progress_step(&e->progress, ++e->done, e->total);
	return SP_OK;
}

static sp_status play_line(json_t *object, int line, void *arg, sp_error *err)
{
	evaluating *e = arg;
	sp_arena_reset(e->arena);
	int64_t started = spi_now_us();
	sp_status status = spi_dialogue_play(&e->session, &e->config, object, e->path, line, e->arena, e->run, &e->dialogue_score, err);
	e->spent_us += spi_now_us() - started;
	spi_progress_step(&e->progress, ++e->done, e->total);
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

static void print(const evaluating *e, bool json)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (json)
		spi_score_json(&e->score, &out);
	else
		spi_score_text(&e->score, &out);
	printf("%s%s", sp_buffer_text(&out), json ? "\n" : "");
	if (e->done > 0)
		fprintf(stderr, "%zu: %.0f us\n", e->done, (double)e->spent_us / (double)e->done);
	sp_buffer_release(&out);
}

static void print_dialogues(const evaluating *e, bool json)
{
	const spi_dialogue_score *score = &e->dialogue_score;
	double turns = score->turns ? (double)score->turns : 1;
	double decided = (double)score->decided / turns, right = (double)score->right / turns;
	if (json)
		printf("{\"dialogues\":%zu,\"turns\":%zu,\"decided\":%.4f,\"right\":%.4f}\n", score->dialogues, score->turns, decided, right);
	else
		printf("dialogues     %zu\nturns         %zu\ndecided       %.4f\nright         %.4f\n", score->dialogues, score->turns, decided, right);
}

static sp_status run(evaluating *e, const char **paths, size_t count, bool dialogues, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; i < count && status == SP_OK; i++)
		status = spi_json_lines_read(paths[i], count_line, e, err);
	spi_progress_start(&e->progress, "cmd.asking");
	for (size_t i = 0; i < count && status == SP_OK; i++) {
		e->path = paths[i];
		status = spi_json_lines_read(paths[i], dialogues ? play_line : ask_line, e, err);
	}
	spi_progress_end(&e->progress);
	return status;
}

static int evaluate(evaluating *e, const char **paths, size_t count, const char *run_path, const char *features_path, bool dialogues,
	bool json)
{
	sp_error err = {0};
	sp_status status = open_output(run_path, &e->run, &err);
	if (status == SP_OK)
		status = open_output(features_path, &e->features, &err);
	if (status == SP_OK)
		status = run(e, paths, count, dialogues, &err);
	sp_status closed = close_output(e->run, run_path, &err);
	if (closed == SP_OK)
		closed = close_output(e->features, features_path, &err);
	if (status == SP_OK)
		status = closed;
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (dialogues)
		print_dialogues(e, json);
	else
		print(e, json);
	return SPI_EXIT_OK;
}

int spi_cmd_eval(int argc, char **argv)
{
	spi_session_options options = SPI_SESSION_OPTIONS;
	const char *run_path = NULL, *features_path = NULL;
	double precision = 0;
	bool dialogues = false, json = false;
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(options),
		{.name = "run", .type = SPI_SETTING_TEXT, .target = &run_path},
		{.name = "features", .type = SPI_SETTING_TEXT, .target = &features_path},
		{.name = "precision", .type = SPI_SETTING_SHARE, .target = &precision},
		{.name = "dialogues", .type = SPI_SETTING_FLAG, .target = &dialogues},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("eval", settings, argc, argv, words, &count, 1, SPI_WORDS_MAX))
		return SPI_EXIT_USAGE;
	if (!options.kb)
		return spi_missing("eval", "kb");
	evaluating e = {.arena = sp_arena_new(0)};
	if (!e.arena)
		return SPI_EXIT_FAILED;
	int code = spi_session_open(&e.session, &options);
	if (code == SPI_EXIT_OK) {
		e.config = *e.session.config;
		if (precision > 0)
			e.config.answer_precision = precision;
		code = evaluate(&e, words, count, run_path, features_path, dialogues, json);
		spi_session_close(&e.session);
	}
	sp_arena_free(e.arena);
	return code;
}
