/* The figures of a run over a labelled set: the same as the reference scorer's (definitions beside each). */
#ifndef CMD_SCORE_H
#define CMD_SCORE_H

#include "sportello/answer.h"
#include "sportello/buffer.h"

/* Questions by confidence, in ten equal bins. */
typedef struct spi_bins {
	size_t count[10];
	double confidence[10], right[10];
} spi_bins;

void spi_bins_add(spi_bins *bins, double confidence, bool right);
/* Expected calibration error (Naeini et al. 2015): how far confidence is from the share that is right; not a number for none. */
double spi_bins_error(const spi_bins *bins);

typedef struct spi_score {
	size_t answerable, unanswerable;
	size_t right_first;    /* P@1: the ranking's first is right */
	double reciprocal_sum; /* MRR@10 */
	size_t right_in_5;     /* S@5 */
	size_t answers;        /* all answers given, those to unanswerable inputs too */
	size_t right;          /* answerable, answered, and rightly: resolved */
	size_t wrong;          /* answerable, answered, and not rightly */
	size_t unanswered;     /* answerable and not answered: c@1 */
	size_t assisted;       /* answerable, offered as choices, the right one among the first 4 */
	size_t out_kept;       /* unanswerable and not answered: out_recall */
	size_t out_right;      /* unanswerable and decided just as expected: out_decision */
	spi_bins bins;         /* answerable and unanswerable */
} spi_score;

/* Take in one question's outcome. rank: 0-based place of the first right article among the first 10, -1 = none. */
void spi_score_add(spi_score *score, bool answerable, bool as_expected, sp_decision_kind decision, int rank, double confidence);
/* As members of an object. */
void spi_score_json(const spi_score *score, sp_json *out);
void spi_score_text(const spi_score *score, sp_buffer *out);

#endif
