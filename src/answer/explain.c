/* Why a decision came out as it did. What the decision noted is told; what it did not need to keep (words, fields, cues) is
   found once more in the same way. */
#include "answer/decide.h"
#include "sportello/catalog.h"
#include "sportello/personal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct explaining {
	sp_responder *responder;
	sp_index *index;
	const sp_kb_config *config;
	const sp_question *question;
	const sp_decision *decision;
	sp_lang lang;
	sp_arena *arena;
	sp_explanation *ret;
	sp_error *err;
} explaining;

static const char *const cue_names[SPI_CUE_COUNT] = {
#define NAME(name, text) [name] = text,
	SPI_CUE_LIST(NAME)
#undef NAME
};

static sp_vectors_part vectors_part(const explaining *e)
{
	if (e->decision->used_vectors)
		return SP_VECTORS_USED;
	if (e->decision->encoder_busy)
		return SP_VECTORS_BUSY;
	return sp_index_dimensions(e->index) > 0 ? SP_VECTORS_NOT_NEEDED : SP_VECTORS_ABSENT;
}

static const char *mask(const char *text, size_t len, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_personal_mask(text, len, &out);
	const char *masked = sp_buffer_ok(&out) ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return masked;
}

/* ---- the sentence ---- */

static sp_status tell_why(explaining *e)
{
	char key[64], confidence[16], threshold[16], precision[16], case_score[16];
	const sp_decision *decision = e->decision;
	snprintf(key, sizeof key, "explain.why.%s", sp_reason_name(decision->reason));
	snprintf(confidence, sizeof confidence, "%.3f", decision->confidence);
	snprintf(threshold, sizeof threshold, "%.3f", decision->threshold);
	snprintf(precision, sizeof precision, "%.2f", e->ret->precision);
	snprintf(case_score, sizeof case_score, "%.2f", decision->case_score);
	sp_fill fills[] = {{"confidence", confidence}, {"threshold", threshold}, {"precision", precision}, {"case", case_score},
		{"article", decision->count > 0 ? decision->candidates[0].id : ""}, {NULL, NULL}};
	e->ret->why = sp_catalog_fill(e->lang, key, fills, e->arena);
	return e->ret->why ? SP_OK : SP_ERR_NOMEM;
}

/* ---- what the message shows by itself ---- */

static bool add_cue(explaining *e, const char *name, uint64_t covered, const sp_tokens *tokens)
{
	sp_told_cue *cue = &e->ret->cues[e->ret->cues_count++];
	*cue = (sp_told_cue){name, {sp_arena_calloc(e->arena, (size_t)__builtin_popcountll(covered) + 1, sizeof(char *)), 0}};
	for (size_t i = 0; cue->words.items && i < tokens->count && i < SPI_CUE_TOKENS; i++) {
		const sp_token *token = &tokens->items[i];
		if (!(covered >> i & 1) || token->kind == SP_TOKEN_PERSONAL)
			continue;
		if (!(cue->words.items[cue->words.count++] = sp_arena_strndup(e->arena, token->word, token->word_len)))
			return false;
	}
	return cue->words.items != NULL;
}

static sp_status tell_cues(explaining *e)
{
	sp_tokens tokens = {0};
	spi_cues cues;
	sp_analyser *analyser = sp_responder_analyser(e->responder);
	sp_status status = sp_analyse(analyser, e->question->text, e->question->len, e->decision->lang, e->arena, &tokens);
	if (status != SP_OK)
		return status;
	spi_cues_find(&tokens, e->decision->lang, &cues);
	e->ret->cues = sp_arena_calloc(e->arena, SPI_CUE_COUNT, sizeof *e->ret->cues);
	if (!e->ret->cues)
		return SP_ERR_NOMEM;
	for (int cue = 0; cue < SPI_CUE_COUNT; cue++)
		if (cues.covered[cue] && !add_cue(e, cue_names[cue], cues.covered[cue], &tokens))
			return SP_ERR_NOMEM;
	return SP_OK;
}

/* ---- words ---- */

/* The earlier message comes after this one, so that a word of both counts as one of this. */
static sp_status text_to_tell(explaining *e, const char **ret, size_t *ret_len)
{
	const sp_decision *decision = e->decision;
	*ret = decision->searched ? decision->searched : e->question->text;
	*ret_len = decision->searched ? decision->searched_len : e->question->len;
	e->ret->words_now = *ret_len;
	if (!(e->ret->searched = mask(*ret, *ret_len, e->arena)))
		return SP_ERR_NOMEM;
	if (decision->joined) /* all of it was looked for as one text */
		e->ret->earlier = decision->earlier;
	if (!decision->in_context || !decision->earlier || decision->joined)
		return SP_OK;
	e->ret->earlier = decision->earlier;
	*ret = sp_arena_printf(e->arena, "%.*s. %s", (int)*ret_len, *ret, e->ret->earlier);
	*ret_len = *ret ? strlen(*ret) : 0;
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

/* A synonym as the index has it: stems of the words that say something. */
static sp_status to_stems(explaining *e, const char *text, sp_buffer *out)
{
	sp_tokens tokens = {0};
	sp_buffer_clear(out);
	sp_status status = sp_analyse(sp_responder_analyser(e->responder), text, strlen(text), e->decision->lang, e->arena, &tokens);
	for (size_t i = 0; status == SP_OK && i < tokens.count; i++) {
		const sp_token *token = &tokens.items[i];
		if (token->is_function_word || token->kind == SP_TOKEN_PERSONAL)
			continue;
		if (out->len > 0)
			sp_buffer_add_char(out, ' ');
		sp_buffer_add(out, token->term, token->term_len);
	}
	return status == SP_OK && !sp_buffer_ok(out) ? SP_ERR_NOMEM : status;
}

static void rename_synonym(sp_known_word *words, size_t count, const char *stems, const char *text)
{
	for (size_t w = 0; w < count; w++)
		for (size_t i = 0; i < words[w].synonyms.count; i++)
			if (strcmp(words[w].synonyms.items[i], stems) == 0)
				words[w].synonyms.items[i] = text;
}

/* Editors know their synonyms as they wrote them. */
static sp_status name_synonyms(explaining *e, sp_told_words *told)
{
	sp_buffer stems = SP_BUFFER_INIT;
	sp_status status = SP_OK;
	for (size_t g = 0; g < e->config->synonyms_count; g++) {
		const sp_synonyms *group = &e->config->synonyms[g];
		for (size_t i = 0; group->lang == e->decision->lang && i < group->count && status == SP_OK; i++)
			if ((status = to_stems(e, group->words[i], &stems)) == SP_OK)
				rename_synonym(told->words, told->count, sp_buffer_text(&stems), group->words[i]);
	}
	sp_buffer_release(&stems);
	return status;
}

static sp_status tell_words(explaining *e)
{
	sp_ask ask = {.lang = e->decision->lang, .only_lang = true, .day = e->question->day};
	sp_told_words told;
	size_t count = e->ret->count;
	sp_status status = text_to_tell(e, &ask.text, &ask.len);
	if (status != SP_OK)
		return status;
	sp_analyser *analyser = sp_responder_analyser(e->responder);
	status = sp_index_explain(e->index, analyser, &ask, e->decision->candidates, count, e->arena, &told, e->err);
	if (status == SP_OK)
		status = name_synonyms(e, &told);
	if (status != SP_OK)
		return status;
	e->ret->words = told.words;
	e->ret->words_count = told.count;
	for (size_t i = 0; i < count; i++) {
		e->ret->candidates[i].words = told.articles[i].items;
		e->ret->candidates[i].words_count = told.articles[i].count;
	}
	return SP_OK;
}

/* ---- all of it ---- */

static void tell_candidates(explaining *e)
{
	const sp_candidate *candidates = e->decision->candidates;
	double best = -INFINITY, sum = 0;
	for (size_t i = 0; i < e->decision->count; i++)
		best = fmax(best, candidates[i].score);
	for (size_t i = 0; i < e->decision->count; i++)
		sum += exp(candidates[i].score - best);
	e->ret->count = e->decision->count < SP_EXPLAINED_MAX ? e->decision->count : SP_EXPLAINED_MAX;
	for (size_t i = 0; i < e->ret->count; i++)
		e->ret->candidates[i] = (sp_told_candidate){.candidate = &candidates[i], .share = exp(candidates[i].score - best) / sum};
}

sp_status sp_explain(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *question,
	const sp_decision *decision, sp_lang lang, sp_arena *arena, sp_explanation *ret, sp_error *err)
{
	sp_explanation told = {.decision = decision, .precision = config->answer_precision};
	explaining e = {responder, index, config, question, decision, lang, arena, &told, err};
	told.vectors = vectors_part(&e);
	tell_candidates(&e);
	sp_status status = tell_why(&e);
	if (status == SP_OK)
		status = tell_cues(&e);
	if (status == SP_OK)
		status = tell_words(&e);
	if (status == SP_ERR_NOMEM)
		sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		*ret = told;
	return status;
}
