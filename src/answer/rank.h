/* From features to an order, and from an order to a probability. The numbers are in weights.h, fitted by
   tests/answers/fit.py on labelled sets; how well they do is measured by `sportello eval`. */
#ifndef ANSWER_RANK_H
#define ANSWER_RANK_H

#include "sportello/index.h"

/* Score each candidate (a linear model over its features) and sort, best first; equal scores keep the order of ids. */
void spi_rank(sp_candidate *candidates, size_t count);

/* Probability that the first candidate is a right answer (logistic regression; calibrated on questions not trained on). */
double spi_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats);
/* Probability that a right answer is among the first SP_CHOICES_MAX. */
double spi_choice_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats);

/* Lowest confidence at which all answers given together reach the precision asked for. */
double spi_answer_threshold(double precision);

/* The inputs of the two probabilities, for fitting: SPI_GATE_INPUTS numbers. */
#define SPI_GATE_INPUTS 12
void spi_gate_inputs(const sp_candidate *candidates, size_t count, const sp_question_stats *stats, double ret[SPI_GATE_INPUTS]);

#endif
