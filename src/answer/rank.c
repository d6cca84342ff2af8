#include "answer/rank.h"

#include "sportello/answer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A linear function of its inputs, whose weights move with the phrasings that articles have: where there are many, the
   nearest phrasing and the classifier say more. */
typedef struct weight {
	double at_one, per_step; /* a step: phrasing_scale() */
} weight;

#define THRESHOLDS 9

#define ALL_WORDS 0.99f /* share of the question's */
#define OWN_AHEAD 0.5   /* of scores: so far behind comes an article of another language */

/* Fitted numbers: one set for words alone, one with sentence vectors, one with tokens too, and one where moreover questions are known that no
   article answers. */
typedef struct model {
	weight rank[SP_FEATURE_COUNT];
	weight answer[SPI_GATE_INPUTS], choice[SPI_GATE_INPUTS];
	double thresholds[THRESHOLDS][2]; /* precision asked for, threshold */
} model;

#include "answer/weights.h"

/* Words of another language do not fit, however right the article is: what it gets instead, and how sure it then is. */
typedef struct across {
	double rank[SP_FEATURE_COUNT], more;
	double answer[SPI_GATE_INPUTS], choice[SPI_GATE_INPUTS];
} across;

#include "answer/weights_across.h"

/* Where there are few articles, all that compares with others says less, and more of what people ask has no answer: what is added then. */
typedef struct few {
	double answer[SPI_GATE_INPUTS], choice[SPI_GATE_INPUTS];
} few;

#include "answer/weights_few.h"

/* All of it is added for so few, nothing for so many (tests/answers/fit_few.py). */
#define FEWEST 10.0
#define MANY 60.0

/* Of an index with few articles words often find one of them alone: that no other is as good, which says much among hundreds, then says nothing,
   and a single word of its text was enough ("mi scrivi una poesia", where one article has "scrivendo"). What the question and the article have in
   common tells: fitted where articles have no phrasings, on six small knowledge bases and on small parts of two large ones, and tried on each by the
   numbers of the others. There 49 % of those that were found alone and answered are right, 84 % with this. */
static const struct { double one, grams, covered; } found_alone = {-2.12, 5.06, 4.04};

static const model *model_for(const sp_question_stats *stats)
{
	if (stats->has_tokens)
		return stats->has_unanswered ? &with_unanswered : &with_tokens;
	return stats->has_vector ? &with_vectors : &with_words;
}

static const across *across_for(const sp_question_stats *stats)
{
	return stats->has_vector ? &across_vectors : &across_words;
}

static const few *few_for(const sp_question_stats *stats)
{
	return stats->has_tokens ? &few_tokens : &few_vectors;
}

/* 0 to 1. By words alone it is not known. */
static double fewness(const sp_question_stats *stats)
{
	double share = stats->readable > 0 ? log(MANY / stats->readable) / log(MANY / FEWEST) : 0;
	return fmin(fmax(share, 0), 1);
}

/* How many phrasings articles have, on a scale on which 1 is one title and 16 is 1 more. By words alone: few, or enough to learn from. */
static double phrasing_scale(const sp_question_stats *stats)
{
	if (!stats->has_vector)
		return stats->has_wording;
	return stats->phrasings > 1 ? log2(stats->phrasings) / 4 : 0;
}

static double weigh(weight w, double phrasings)
{
	return w.at_one + phrasings * w.per_step;
}

static int better_first(const void *a, const void *b)
{
	const sp_candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	int order = strcmp(x->id, y->id);
	return order ? order : (x->lang > y->lang) - (x->lang < y->lang);
}

/* BM25's size depends on the question: only how near it comes to the question's best says something. */
static double best_bm25(const sp_candidate *candidates, size_t count)
{
	float best = 0;
	for (size_t i = 0; i < count; i++)
		if (candidates[i].features[SP_FEATURE_BM25] > best)
			best = candidates[i].features[SP_FEATURE_BM25];
	return best > 0 ? (double)best : 1;
}

/* Its keywords have all words of the question, and so has its title or a phrasing: one that only mentions them is not about them. */
static bool is_about_all(const sp_candidate *candidate)
{
	return candidate->features[SP_FEATURE_TITLE_COVER] >= ALL_WORDS && candidate->features[SP_FEATURE_TAG_COVER] >= ALL_WORDS;
}

static bool is_certain(const sp_candidate *candidate)
{
	return candidate->features[SP_FEATURE_EXACT] > 0 || candidate->features[SP_FEATURE_CODE] > 0;
}

/* "otp", "pin": words that all languages have. What articles of another language are given for words that do not fit would put them before
   one about it in the question's own: they come after that. */
static void put_own_first(sp_candidate *candidates, size_t count)
{
	const sp_candidate *own = NULL, *other = NULL;
	for (size_t i = 0; i < count; i++) {
		const sp_candidate *c = &candidates[i], **best = c->is_foreign ? &other : &own;
		bool counts = c->is_foreign ? !is_certain(c) : is_about_all(c);
		if (counts && (!*best || c->score > (*best)->score))
			*best = c;
	}
	double less = own && other ? other->score - own->score + OWN_AHEAD : 0;
	for (size_t i = 0; less > 0 && i < count; i++)
		if (candidates[i].is_foreign && !is_certain(&candidates[i]))
			candidates[i].score -= less;
}

void spi_rank(sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	const model *m = model_for(stats);
	const across *a = across_for(stats);
	double best = best_bm25(candidates, count), phrasings = phrasing_scale(stats);
	for (size_t i = 0; i < count; i++) {
		bool foreign = candidates[i].is_foreign;
		double score = foreign ? a->more : 0;
		for (int f = 0; f < SP_FEATURE_COUNT; f++) {
			double w = weigh(m->rank[f], phrasings) + (foreign ? a->rank[f] : 0);
			score += w * (double)candidates[i].features[f] / (f == SP_FEATURE_BM25 ? best : 1);
		}
		candidates[i].score = score;
	}
	put_own_first(candidates, count);
	if (count > 1)
		qsort(candidates, count, sizeof *candidates, better_first);
}

/* The first candidate's share when all scores go through a softmax, and the entropy of all shares. */
static void shares(const sp_candidate *candidates, size_t count, double *ret_first, double *ret_entropy)
{
	double sum = 0, entropy = 0;
	for (size_t i = 0; i < count; i++)
		sum += exp(candidates[i].score - candidates[0].score);
	for (size_t i = 0; i < count; i++) {
		double share = exp(candidates[i].score - candidates[0].score) / sum;
		entropy -= share > 0 ? share * log(share) : 0;
	}
	*ret_first = 1 / sum;
	*ret_entropy = entropy;
}

static void near_inputs(const sp_candidate *candidates, size_t count, const sp_question_stats *stats, double *ret)
{
	const float *top = candidates->features, *second = count > 1 ? candidates[1].features : NULL;
	ret[SPI_GATE_NEAR_PHRASE] = (double)top[SP_FEATURE_NEAR_PHRASE];
	ret[SPI_GATE_NEAR_PASSAGE] = (double)top[SP_FEATURE_NEAR_PASSAGE];
	ret[SPI_GATE_NEAR_ALL] = (double)top[SP_FEATURE_NEAR_ALL];
	ret[SPI_GATE_NEAREST_PHRASE] = stats->nearest_phrase;
	ret[SPI_GATE_NEAREST_PASSAGE] = stats->nearest_passage;
	ret[SPI_GATE_NEAREST_ALL] = stats->nearest_all;
	ret[SPI_GATE_NEAR_MARGIN] = second ? (double)(top[SP_FEATURE_NEAR_ALL] - second[SP_FEATURE_NEAR_ALL]) : 0;
	ret[SPI_GATE_TOKENS] = (double)top[SP_FEATURE_TOKENS];
	ret[SPI_GATE_TOKENS_ALL] = (double)top[SP_FEATURE_TOKENS_ALL];
	ret[SPI_GATE_NEAREST_TOKENS] = stats->nearest_tokens;
	ret[SPI_GATE_TOKENS_MARGIN] = second ? (double)(top[SP_FEATURE_TOKENS] - second[SP_FEATURE_TOKENS]) : 0;
	ret[SPI_GATE_CLASSIFIER] = (double)top[SP_FEATURE_CLASSIFIER];
	ret[SPI_GATE_CLASS_MARGIN] = stats->class_margin;
	ret[SPI_GATE_OFF_TOPIC] = stats->kinds[SP_KIND_OFF_TOPIC];
	ret[SPI_GATE_CASE] = stats->kinds[SP_KIND_CASE];
	ret[SPI_GATE_NEAR_FEW] = (double)top[SP_FEATURE_NEAR_FEW];
	ret[SPI_GATE_UNANSWERED] = stats->unanswered;
}

static double odds_of(const float *features)
{
	return (double)features[SP_FEATURE_WORD_ODDS] + (double)features[SP_FEATURE_PAIR_ODDS];
}

void spi_gate_inputs(const sp_candidate *candidates, size_t count, const sp_question_stats *stats, double ret[SPI_GATE_INPUTS])
{
	memset(ret, 0, SPI_GATE_INPUTS * sizeof *ret);
	if (count == 0)
		return;
	const float *top = candidates->features;
	ret[SPI_GATE_TOP] = candidates->score;
	ret[SPI_GATE_MARGIN] = count > 1 ? candidates[0].score - candidates[1].score : candidates->score;
	shares(candidates, count, &ret[SPI_GATE_SOFTMAX], &ret[SPI_GATE_ENTROPY]);
	ret[SPI_GATE_BM25] = (double)top[SP_FEATURE_BM25];
	ret[SPI_GATE_TITLE_COVER] = (double)top[SP_FEATURE_TITLE_COVER];
	ret[SPI_GATE_ANY_COVER] = (double)top[SP_FEATURE_ANY_COVER];
	ret[SPI_GATE_REVERSE_COVER] = (double)top[SP_FEATURE_REVERSE_COVER];
	ret[SPI_GATE_PHRASE_COSINE] = (double)top[SP_FEATURE_PHRASE_COSINE];
	ret[SPI_GATE_GRAM_COSINE] = (double)top[SP_FEATURE_GRAM_COSINE];
	ret[SPI_GATE_KNOWN] = stats->idf_sum > 0 ? stats->idf_known / stats->idf_sum : 0;
	ret[SPI_GATE_LENGTH] = log1p((double)stats->content_words);
	ret[SPI_GATE_ONE_WORD] = stats->content_words <= 1;
	ret[SPI_GATE_ONE] = 1;
	ret[SPI_GATE_WORD_ODDS] = (double)top[SP_FEATURE_WORD_ODDS];
	ret[SPI_GATE_PAIR_ODDS] = (double)top[SP_FEATURE_PAIR_ODDS];
	ret[SPI_GATE_ODDS_MARGIN] = count > 1 ? odds_of(top) - odds_of(candidates[1].features) : 0;
	ret[SPI_GATE_WORDING] = (double)top[SP_FEATURE_WORDING];
	if (stats->has_vector)
		near_inputs(candidates, count, stats, ret);
}

static double sigmoid(double z)
{
	return 1 / (1 + exp(-z));
}

/* foreign: the weights where the first candidate is in another language; of_few: what is added to the others where there are few articles. */
static double log_odds(const weight own[SPI_GATE_INPUTS], const double of_few[SPI_GATE_INPUTS], const double foreign[SPI_GATE_INPUTS],
	const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	double inputs[SPI_GATE_INPUTS], z = 0, phrasings = phrasing_scale(stats), added = fewness(stats);
	spi_gate_inputs(candidates, count, stats, inputs);
	for (int i = 0; i < SPI_GATE_INPUTS; i++)
		z += (candidates[0].is_foreign ? foreign[i] : weigh(own[i], phrasings) + added * of_few[i]) * inputs[i];
	return z;
}

/* By words alone, of articles without phrasings to learn from. */
static bool is_found_alone(const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	return count == 1 && !stats->has_vector && !stats->has_wording && !candidates->is_foreign && !is_certain(candidates);
}

/* Never more sure than it would be among many. */
static double log_odds_alone(const sp_candidate *candidate, double z)
{
	const float *features = candidate->features;
	return fmin(z, found_alone.one + found_alone.grams * (double)features[SP_FEATURE_GRAM_COSINE] + found_alone.covered * (double)features[SP_FEATURE_ANY_COVER]);
}

double spi_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	if (count == 0)
		return 0;
	double z = log_odds(model_for(stats)->answer, few_for(stats)->answer, across_for(stats)->answer, candidates, count, stats);
	return sigmoid(is_found_alone(candidates, count, stats) ? log_odds_alone(candidates, z) : z);
}

double spi_choice_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	return count > 0 ? sigmoid(log_odds(model_for(stats)->choice, few_for(stats)->choice, across_for(stats)->choice, candidates, count, stats)) : 0;
}

double spi_answer_threshold(double precision, const sp_question_stats *stats)
{
	const model *m = model_for(stats);
	if (precision <= m->thresholds[0][0])
		return m->thresholds[0][1];
	for (size_t i = 1; i < THRESHOLDS; i++)
		if (precision <= m->thresholds[i][0]) {
			double part = (precision - m->thresholds[i - 1][0]) / (m->thresholds[i][0] - m->thresholds[i - 1][0]);
			return m->thresholds[i - 1][1] + part * (m->thresholds[i][1] - m->thresholds[i - 1][1]);
		}
	return m->thresholds[THRESHOLDS - 1][1];
}
