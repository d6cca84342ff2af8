#include "cmd/score.h"

#include <math.h>

void spi_bins_add(spi_bins *bins, double confidence, bool right)
{
	int bin = confidence >= 1 ? 9 : confidence <= 0 ? 0 : (int)(confidence * 10);
	bins->count[bin]++;
	bins->confidence[bin] += confidence;
	bins->right[bin] += right;
}

void spi_score_add(spi_score *score, bool answerable, bool as_expected, sp_decision_kind decision, int rank, double confidence)
{
	bool answered = decision == SP_DECIDE_ANSWER;
	score->answers += answered;
	spi_bins_add(&score->bins, confidence, answerable && rank == 0);
	if (!answerable) {
		score->unanswerable++;
		score->out_kept += !answered;
		score->out_right += as_expected;
		return;
	}
	score->answerable++;
	score->right_first += rank == 0;
	score->right_in_5 += rank >= 0 && rank < 5;
	score->reciprocal_sum += rank >= 0 ? 1.0 / (rank + 1) : 0;
	score->right += answered && rank == 0;
	score->wrong += answered && rank != 0;
	score->unanswered += !answered;
	score->assisted += decision == SP_DECIDE_CLARIFY && rank >= 0 && rank < SP_CHOICES_MAX;
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

double spi_bins_error(const spi_bins *bins)
{
	double sum = 0;
	size_t all = 0;
	for (int bin = 0; bin < 10; bin++) {
		sum += fabs(bins->confidence[bin] - bins->right[bin]);
		all += bins->count[bin];
	}
	return all ? sum / (double)all : NAN;
}

typedef struct figure { const char *name; double value; } figure;

#define FIGURES 11

static void figures(const spi_score *s, figure ret[FIGURES])
{
	double n = (double)s->answerable;
	const figure all[FIGURES] = {
		{"P@1", share(s->right_first, s->answerable)},
		{"MRR@10", s->answerable ? s->reciprocal_sum / n : NAN},
		{"S@5", share(s->right_in_5, s->answerable)},
		{"c@1", s->answerable ? ((double)s->right + (double)s->unanswered * (double)s->right / n) / n : NAN},
		{"resolved", share(s->right, s->answerable)},
		{"assisted", share(s->assisted, s->answerable)},
		{"wrong", share(s->wrong, s->answerable)},
		{"precision", share(s->right, s->answers)},
		{"out_recall", share(s->out_kept, s->unanswerable)},
		{"out_decision", share(s->out_right, s->unanswerable)},
		{"ece", spi_bins_error(&s->bins)},
	};
	for (int i = 0; i < FIGURES; i++)
		ret[i] = all[i];
}

void spi_score_json(const spi_score *score, sp_json *out)
{
	figure all[FIGURES];
	figures(score, all);
	sp_json_int(out, "questions", (int64_t)score->answerable);
	sp_json_int(out, "unanswerable", (int64_t)score->unanswerable);
	for (int i = 0; i < FIGURES; i++)
		sp_json_number(out, all[i].name, all[i].value, 4);
}

void spi_score_text(const spi_score *score, sp_buffer *out)
{
	figure all[FIGURES];
	figures(score, all);
	sp_buffer_printf(out, "%-13s %zu\n%-13s %zu\n", "questions", score->answerable, "unanswerable", score->unanswerable);
	for (int i = 0; i < FIGURES; i++)
		if (isnan(all[i].value))
			sp_buffer_printf(out, "%-13s -\n", all[i].name);
		else
			sp_buffer_printf(out, "%-13s %.4f\n", all[i].name, all[i].value);
}
