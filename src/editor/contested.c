/* Questions of an article that another one answers better. The index is asked each of them as if the article did not have that
   phrasing; what it then answers with is compared with the article's other phrasings, its title and its text. */
#include "sportello/editor.h"

#include "answer/rank.h"
#include "encode/normal.h"
#include "index/passages.h"

#include <string.h>

#define CANDIDATES 20

/* That the other article answers; by words; by words alone, where no phrasing has them. */
#define CONFIDENCE_LEAST 0.5
#define CONFIDENCE_WORDS 0.85
#define CONFIDENCE_WORDS_ONLY 0.9
/* By how much its nearest phrasing, and the nearest piece of its text, are nearer: differences of cosines that are not centred. */
#define NEARER_PHRASE 0.03
#define NEARER_TEXT 0.02
/* Shares of the question's words, weighted by rarity, that an article has anywhere. */
#define OWN_WORDS_MANY 0.4f
#define OWN_WORDS_SOME 0.35f
#define OWN_WORDS_FEW 0.2f
#define OTHER_WORDS_MOST 0.9f
/* A phrasing of the other article in nearly the same words (SP_FEATURE_PHRASE_COSINE). */
#define SAME_WORDS 0.7f
/* The very words: then only what is about the same thing itself may keep the question. */
#define VERY_WORDS 0.95f
#define OWN_WORDS_MOST 0.5f

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
static bool made_vector(const search *s, sp_encode_role role, const char *text, size_t len, float *ret)
{
	sp_vector_store *store = s->contest->vectors;
	return len > 0 && sp_vector_store_missing(store, role, &text, &len, 1) == 0 &&
		   sp_vector_store_get(store, role, &text, &len, 1, ret, NULL, NULL, NULL, NULL) == SP_OK;
}

static bool vector_of(const search *s, const char *text, float *ret)
{
	char normal[SP_ENCODE_TEXT_MAX + 1];
	return made_vector(s, SP_ENCODE_QUESTION, normal, spi_encode_normal_form(text, strlen(text), normal), ret);
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

/* Of the pieces of a text, as the index cuts it; -1 when none of them was made. */
static double nearest_piece(const search *s, const char *title, const char *plain, size_t len)
{
	const sp_article article = {.title = title};
	const sp_view view = {.plain = plain, .plain_len = len};
	const sp_document document = {.article = &article, .view = &view};
	size_t count = 0;
	double best = -1;
	const spi_passage *pieces = spi_passages_of(&document, s->scratch, &count);
	for (size_t i = 0; pieces && i < count; i++) {
		bool made = pieces[i].kind == SPI_ROW_PASSAGE &&
					made_vector(s, SP_ENCODE_PASSAGE, pieces[i].text, pieces[i].len, s->vectors[1]);
		double near = made ? cosine(s, s->vectors[0], s->vectors[1]) : -1;
		best = near > best ? near : best;
	}
	return best;
}

static double nearest_own_piece(const search *s)
{
	sp_view view;
	sp_audiences seen = s->contest->config->audiences[s->contest->audience].reads;
	if (sp_article_view(s->article, seen, s->scratch, &view, NULL) != SP_OK)
		return -1;
	return nearest_piece(s, s->article->title, view.plain, view.plain_len);
}

static void compare_meanings(const search *s, size_t number, const sp_record *record, sp_contested *ret)
{
	if (!s->contest->vectors || !vector_of(s, s->article->questions.items[number], s->vectors[0]))
		return;
	double theirs = nearest(s, record->title, &record->questions, SIZE_MAX);
	double own = nearest(s, s->article->title, &s->article->questions, number);
	double text = nearest_piece(s, record->title, record->plain, record->plain_len), own_text = nearest_own_piece(s);
	ret->compared = theirs > -1 && own > -1 && text > -1 && own_text > -1;
	ret->near = ret->compared ? theirs - own : 0;
	ret->near_text = ret->compared ? text - own_text : 0;
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

/* The other article has its words, this one has few of them but for that phrasing. */
static bool is_by_words(const sp_contested *c, const sp_candidate *other, float own_words)
{
	double least = c->compared ? CONFIDENCE_WORDS : CONFIDENCE_WORDS_ONLY;
	if (other->features[SP_FEATURE_ANY_COVER] < OTHER_WORDS_MOST)
		return false;
	return (own_words < OWN_WORDS_FEW && c->confidence >= least) ||
		   (own_words < OWN_WORDS_MOST && c->confidence >= least && other->features[SP_FEATURE_PHRASE_COSINE] >= VERY_WORDS) ||
		   (own_words < OWN_WORDS_MANY && c->confidence >= CONFIDENCE_WORDS && other->features[SP_FEATURE_PHRASE_COSINE] >= SAME_WORDS);
}

/* Whether it is worth an editor's time. The bounds were chosen on kb/ (nothing is found: each question near them was looked at) and on
   copies of it in each of which 60 questions were moved to an article of another category. On four other copies 96 of 240 are found
   with vectors and 1 besides, 28 and 2 with words alone: counted with the confidence of before; the bounds by words are higher since. */
static bool is_finding(const sp_contested *c, const sp_candidate *other, const sp_candidate *own)
{
	float own_words = own ? own->features[SP_FEATURE_ANY_COVER] : 0;
	if (c->compared && c->near_text < NEARER_TEXT)
		return false;
	return (c->compared && c->near >= NEARER_PHRASE && own_words < OWN_WORDS_SOME) || is_by_words(c, other, own_words);
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
	if (!*ret) {
		sp_arena_free(s.scratch);
		return no_memory(err);
	}
	for (size_t i = 0; status == SP_OK && i < article->questions.count; i++) {
		bool found;
		sp_arena_reset(s.scratch);
		status = ask_one(&s, i, &(*ret)[*ret_count], &found);
		*ret_count += status == SP_OK && found;
	}
	sp_arena_free(s.scratch);
	return status;
}
