/* Questions of an article that another one answers better. The index is asked each of them as if the article did not have that
   phrasing; what it then answers with is compared with the article's other phrasings, its title and its text. */
#include "sportello/editor.h"

#include "answer/rank.h"
#include "encode/normal.h"

#include <string.h>

#define CANDIDATES 20

/* That the other article answers. */
#define CONFIDENCE_LEAST 0.5
#define CONFIDENCE_BY_WORDS 0.8
/* By how much its nearest phrasing is nearer, as a cosine of sentence vectors (not centred). */
#define NEAR_BY_FAR 0.06
#define NEAR_SOMEWHAT 0.035
/* Shares of the question's words, weighted by rarity, that an article has anywhere. */
#define OWN_WORDS_FEW 0.2f
#define OTHER_WORDS_MOST 0.9f

typedef struct search {
	const sp_contest *contest;
	const sp_article *article;
	sp_arena *arena; /* of the result */
	sp_arena *scratch;
	float *vectors[2]; /* of the question, and of what it is compared with */
	sp_error *err;
} search;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- by meaning ---- */

/* False: it was not made. */
static bool vector_of(const search *s, const char *text, float *ret)
{
	char normal[SP_ENCODE_TEXT_MAX + 1];
	const char *texts[] = {normal};
	size_t lens[] = {spi_encode_normal_form(text, strlen(text), normal)};
	sp_vector_store *store = s->contest->vectors;
	normal[lens[0]] = '\0';
	return lens[0] > 0 && sp_vector_store_missing(store, SP_ENCODE_QUESTION, texts, lens, 1) == 0 &&
		   sp_vector_store_get(store, SP_ENCODE_QUESTION, texts, lens, 1, ret, NULL, NULL, NULL, NULL) == SP_OK;
}

static double cosine(const search *s, const float *a, const float *b)
{
	size_t n = sp_encoder_dimensions(sp_vector_store_encoder(s->contest->vectors));
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)(a[i] * b[i]);
	return sum;
}

/* Of the phrasings and the title, without one; -1 when none of them was made. */
static double nearest(const search *s, const char *title, const sp_strings *questions, size_t without)
{
	double best = vector_of(s, title, s->vectors[1]) ? cosine(s, s->vectors[0], s->vectors[1]) : -1;
	for (size_t i = 0; i < questions->count; i++) {
		double near = i != without && vector_of(s, questions->items[i], s->vectors[1]) ? cosine(s, s->vectors[0], s->vectors[1]) : -1;
		best = near > best ? near : best;
	}
	return best;
}

static void compare_meanings(const search *s, size_t number, const sp_record *record, sp_contested *ret)
{
	if (!s->contest->vectors || !vector_of(s, s->article->questions.items[number], s->vectors[0]))
		return;
	double theirs = nearest(s, record->title, &record->questions, SIZE_MAX);
	double own = nearest(s, s->article->title, &s->article->questions, number);
	ret->near = theirs > -1 && own > -1 ? theirs - own : 0;
}

/* ---- by words ---- */

/* NULL: the article was not found. */
static const sp_candidate *own_of(const search *s, const sp_candidate *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].lang == s->article->lang && strcmp(candidates[i].id, s->article->id) == 0)
			return &candidates[i];
	return NULL;
}

/* Whether it is worth an editor's time. Measured on kb/ (one finding, worth it) and on four copies of it in each of which 60 questions
   were moved to an article of another category: with vectors 4 in 10 of them are found, with words alone 1 in 8, and of what is
   found 9 in 10 were moved. Each bound alone brings questions that are where they belong, for what they mean is in the text. */
static bool is_finding(const sp_contested *c, const sp_candidate *other, const sp_candidate *own)
{
	float own_words = own ? own->features[SP_FEATURE_ANY_COVER] : 0;
	if (c->near >= NEAR_BY_FAR || (c->near >= NEAR_SOMEWHAT && own_words < OWN_WORDS_FEW))
		return true;
	return c->confidence >= CONFIDENCE_BY_WORDS && own_words < OWN_WORDS_FEW && other->features[SP_FEATURE_ANY_COVER] >= OTHER_WORDS_MOST;
}

static sp_status ask(const search *s, size_t number, sp_candidate **ret, size_t *ret_count, double *ret_confidence)
{
	const char *text = s->article->questions.items[number];
	const sp_ask ask = {.text = text, .len = strlen(text), .lang = s->article->lang, .only_lang = true, .day = s->contest->day,
		.limit = CANDIDATES, .left_out_of = s->article->id};
	sp_question_stats stats;
	sp_status status = sp_index_candidates(s->contest->index, s->contest->analyser, &ask, s->scratch, ret, ret_count, &stats, s->err);
	if (status != SP_OK)
		return status;
	spi_rank(*ret, *ret_count, &stats);
	*ret_confidence = spi_confidence(*ret, *ret_count, &stats);
	return SP_OK;
}

/* For the agents there may be an article of its own about what citizens ask. */
static bool has_same_readers(const search *s, const sp_record *other)
{
	sp_audiences seen = s->contest->config->audiences[s->contest->audience].reads;
	return (s->article->audience & seen & ~other->audience) == 0;
}

static bool keep(const search *s, const sp_candidate *other, sp_contested *ret)
{
	ret->id = sp_arena_strdup(s->arena, other->id);
	ret->title = sp_arena_strdup(s->arena, other->title);
	ret->phrase = sp_arena_strdup(s->arena, other->phrase);
	return ret->id && ret->title && ret->phrase;
}

static sp_status ask_one(const search *s, size_t number, sp_contested *ret, bool *ret_found)
{
	sp_candidate *candidates;
	sp_record record;
	size_t count;
	*ret = (sp_contested){.question = number};
	*ret_found = false;
	sp_status status = ask(s, number, &candidates, &count, &ret->confidence);
	if (status != SP_OK || count == 0 || ret->confidence < CONFIDENCE_LEAST || strcmp(candidates[0].id, s->article->id) == 0)
		return status;
	const sp_candidate *other = &candidates[0], *own = own_of(s, candidates, count);
	status = sp_index_get_docid(s->contest->index, other->docid, s->scratch, &record, s->err);
	if (status != SP_OK || !has_same_readers(s, &record))
		return status;
	compare_meanings(s, number, &record, ret);
	*ret_found = is_finding(ret, other, own);
	return !*ret_found || keep(s, other, ret) ? SP_OK : no_memory(s->err);
}

static bool prepare(search *s)
{
	size_t n = s->contest->vectors ? sp_encoder_dimensions(sp_vector_store_encoder(s->contest->vectors)) : 0;
	s->scratch = sp_arena_new(0);
	for (size_t i = 0; s->scratch && n > 0 && i < 2; i++)
		if (!(s->vectors[i] = sp_arena_calloc(s->arena, n, sizeof(float))))
			return false;
	return s->scratch;
}

sp_status sp_contested_find(const sp_contest *contest, const sp_article *article, sp_arena *arena, sp_contested **ret,
	size_t *ret_count, sp_error *err)
{
	search s = {.contest = contest, .article = article, .arena = arena, .err = err};
	sp_status status = prepare(&s) ? SP_OK : no_memory(err);
	*ret_count = 0;
	*ret = sp_arena_calloc(arena, article->questions.count + 1, sizeof **ret);
	if (!*ret)
		status = no_memory(err);
	for (size_t i = 0; status == SP_OK && i < article->questions.count; i++) {
		bool found;
		sp_arena_reset(s.scratch);
		status = ask_one(&s, i, &(*ret)[*ret_count], &found);
		*ret_count += status == SP_OK && found;
	}
	sp_arena_free(s.scratch);
	return status;
}
