/* What the weights are fitted on (tests/answers/fit.py): every candidate with its features, and what is known of the question. */
#include "cmd/eval.h"

#include <string.h>

static void write_stats(sp_json *out, const sp_question_stats *stats)
{
	const struct { const char *name; double value; } numbers[] = {{"content_words", stats->content_words},
		{"known_share", stats->idf_sum > 0 ? stats->idf_known / stats->idf_sum : 0}, {"nearest_phrase", stats->nearest_phrase},
		{"nearest_passage", stats->nearest_passage}, {"nearest_all", stats->nearest_all}, {"nearest_tokens", stats->nearest_tokens},
		{"class_margin", stats->class_margin}, {"has_unanswered", stats->has_unanswered}, {"unanswered", stats->unanswered},
		{"off_topic", stats->kinds[SP_KIND_OFF_TOPIC]}, {"case", stats->kinds[SP_KIND_CASE]},
		{"phrasings", stats->phrasings}};
	sp_json_bool(out, "has_vector", stats->has_vector);
	sp_json_bool(out, "has_tokens", stats->has_tokens);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sp_json_number(out, numbers[i].name, numbers[i].value, 5);
}

static void write_candidates(sp_json *out, const sp_candidate *candidates, size_t count, const sp_strings *right)
{
	sp_json_array(out, "candidates");
	for (size_t i = 0; i < count; i++) {
		bool is_right = false;
		for (size_t k = 0; k < right->count; k++)
			is_right |= strcmp(candidates[i].id, right->items[k]) == 0;
		sp_json_array(out, NULL);
		sp_json_int(out, NULL, is_right);
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			sp_json_number(out, NULL, (double)candidates[i].features[f], 5);
		sp_json_array_end(out);
	}
	sp_json_array_end(out);
}

/* Numbers of the candidates that are not in the question's language. */
static void write_foreign(sp_json *out, const sp_candidate *candidates, size_t count)
{
	sp_json_array(out, "foreign");
	for (size_t i = 0; i < count; i++)
		if (candidates[i].is_foreign)
			sp_json_int(out, NULL, (int64_t)i);
	sp_json_array_end(out);
}

static sp_status encode(spi_eval *e, const sp_question *question, const float **ret, sp_token_rows *ret_tokens, sp_error *err)
{
	size_t dimensions = sp_index_dimensions(e->session.index);
	*ret = NULL;
	if (!e->session.queue || dimensions == 0)
		return SP_OK;
	float *vector = sp_arena_alloc(e->arena, dimensions * sizeof *vector);
	ret_tokens->rows = sp_arena_alloc(e->arena, SP_ENCODE_TOKENS_MAX * sp_encoder_token_bytes(sp_encode_queue_encoder(e->session.queue)) + 1);
	*ret = vector;
	return vector && ret_tokens->rows ? sp_encode_queue_ask(e->session.queue, question->text, question->len, vector, ret_tokens, err)
				  : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

sp_status spi_eval_features(spi_eval *e, const spi_eval_line *l, const sp_question *question, sp_lang lang, sp_error *err)
{
	sp_candidate *candidates;
	size_t count;
	sp_question_stats stats;
	sp_ask ask = {.text = question->text, .len = question->len, .lang = lang, .day = question->day, .limit = 50};
	sp_token_rows tokens = {0};
	sp_status status = encode(e, question, &ask.vector, &tokens, err);
	ask.tokens = &tokens;
	if (status == SP_OK)
		status = sp_index_candidates(e->session.index, sp_responder_analyser(e->session.responder), &ask, e->arena, &candidates, &count,
			&stats, err);
	if (status != SP_OK)
		return status;
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "id", l->id);
	sp_json_string(&out, "kind", l->kind);
	sp_json_bool(&out, "answerable", strcmp(l->expect, "answer") == 0);
	write_stats(&out, &stats);
	write_candidates(&out, candidates, count, &l->articles);
	write_foreign(&out, candidates, count);
	sp_json_object_end(&out);
	return spi_eval_print_line(e->features, &buf, "--features", err);
}
