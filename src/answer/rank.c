#include "answer/rank.h"

#include "answer/weights.h"
#include "sportello/answer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof rank_weights / sizeof *rank_weights == SP_FEATURE_COUNT, "a weight for each feature");
static_assert(sizeof answer_weights / sizeof *answer_weights == SPI_GATE_INPUTS, "a weight for each input");
static_assert(sizeof choice_weights / sizeof *choice_weights == SPI_GATE_INPUTS, "a weight for each input");

static int better_first(const void *a, const void *b)
{
	const sp_candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return strcmp(x->id, y->id);
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

void spi_rank(sp_candidate *candidates, size_t count)
{
	double best = best_bm25(candidates, count);
	for (size_t i = 0; i < count; i++) {
		double score = 0;
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			score += rank_weights[f] * (double)candidates[i].features[f] / (f == SP_FEATURE_BM25 ? best : 1);
		candidates[i].score = score;
	}
	if (count > 1)
		qsort(candidates, count, sizeof *candidates, better_first);
}

/* Share of the first candidate when all scores go through a softmax: how far it stands out. */
static double softmax_top(const sp_candidate *candidates, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += exp(candidates[i].score - candidates[0].score);
	return 1 / sum;
}

void spi_gate_inputs(const sp_candidate *candidates, size_t count, const sp_question_stats *stats, double ret[SPI_GATE_INPUTS])
{
	memset(ret, 0, SPI_GATE_INPUTS * sizeof *ret);
	if (count == 0)
		return;
	const sp_candidate *top = candidates;
	double second = count > 1 ? candidates[1].score : 0;
	int i = 0;
	ret[i++] = top->score;
	ret[i++] = top->score - second;
	ret[i++] = softmax_top(candidates, count);
	ret[i++] = (double)top->features[SP_FEATURE_BM25];
	ret[i++] = (double)top->features[SP_FEATURE_TITLE_COVER];
	ret[i++] = (double)top->features[SP_FEATURE_ANY_COVER];
	ret[i++] = (double)top->features[SP_FEATURE_PHRASE_COSINE];
	ret[i++] = (double)top->features[SP_FEATURE_GRAM_COSINE];
	ret[i++] = stats->idf_sum > 0 ? stats->idf_known / stats->idf_sum : 0;
	ret[i++] = log1p((double)stats->content_words);
	ret[i++] = stats->content_words <= 1;
	ret[i++] = (double)top->features[SP_FEATURE_VECTOR];
	assert(i == SPI_GATE_INPUTS);
}

static double logistic(double bias, const double *weights, const double *inputs)
{
	double z = bias;
	for (int i = 0; i < SPI_GATE_INPUTS; i++)
		z += weights[i] * inputs[i];
	return 1 / (1 + exp(-z));
}

double spi_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	double inputs[SPI_GATE_INPUTS];
	if (count == 0)
		return 0;
	spi_gate_inputs(candidates, count, stats, inputs);
	return logistic(answer_bias, answer_weights, inputs);
}

double spi_choice_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats)
{
	double inputs[SPI_GATE_INPUTS];
	if (count == 0)
		return 0;
	spi_gate_inputs(candidates, count, stats, inputs);
	return logistic(choice_bias, choice_weights, inputs);
}

double spi_answer_threshold(double precision)
{
	size_t last = sizeof thresholds / sizeof *thresholds - 1;
	if (precision <= thresholds[0][0])
		return thresholds[0][1];
	for (size_t i = 1; i <= last; i++)
		if (precision <= thresholds[i][0]) {
			double part = (precision - thresholds[i - 1][0]) / (thresholds[i][0] - thresholds[i - 1][0]);
			return thresholds[i - 1][1] + part * (thresholds[i][1] - thresholds[i - 1][1]);
		}
	return thresholds[last][1];
}
