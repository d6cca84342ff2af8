/* From features to an order, and from an order to a probability. The numbers are in weights.h, fitted by
   tests/answers/fit.py on labelled sets; how well they do is measured by `sportello eval`. */
#ifndef ANSWER_RANK_H
#define ANSWER_RANK_H

#include "sportello/index.h"

/* Score each candidate (a linear model over its features; with sentence vectors, and with tokens, another one than without) and sort,
   best first; equal scores keep the order of ids. */
void spi_rank(sp_candidate *candidates, size_t count, const sp_question_stats *stats);

/* Probability that the first candidate is a right answer (logistic regression; calibrated on questions not trained on). */
double spi_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats);
/* Probability that a right answer is among the first SP_CHOICES_MAX. */
double spi_choice_confidence(const sp_candidate *candidates, size_t count, const sp_question_stats *stats);

/* Lowest confidence at which all answers given together reach the precision asked for; by what was compared. */
double spi_answer_threshold(double precision, const sp_question_stats *stats);

/* The inputs of the two probabilities, in the order of SPI_GATE_LIST. */
#define SPI_GATE_LIST(X) \
	X(TOP)           /* score of the first */ \
	X(MARGIN)        /* by which it is above the second */ \
	X(SOFTMAX)       /* its share of all scores */ \
	X(ENTROPY)       /* of these shares: how many are level */ \
	X(BM25) X(TITLE_COVER) X(ANY_COVER) X(REVERSE_COVER) X(PHRASE_COSINE) X(GRAM_COSINE) /* the first one's features */ \
	X(KNOWN)         /* share of the question's weight that the index knows */ \
	X(LENGTH)        /* log of its content words */ \
	X(ONE_WORD) \
	X(NEAR_PHRASE) X(NEAR_PASSAGE) X(NEAR_ALL) /* the first one's */ \
	X(NEAREST_PHRASE) X(NEAREST_PASSAGE) X(NEAREST_ALL) /* the highest of all articles' */ \
	X(NEAR_MARGIN)   /* NEAR_ALL of the first less that of the second */ \
	X(CLASSIFIER) X(CLASS_MARGIN) \
	X(TOKENS) X(TOKENS_ALL) X(NEAREST_TOKENS) X(TOKENS_MARGIN) /* token by token: the first one's, the highest of all, less the second's */ \
	X(OFF_TOPIC) X(CASE) /* what the message is */ \
	X(ONE)           /* always 1 */ \
	X(NEAR_FEW)      /* the first one's */ \
	X(UNANSWERED)    /* how much nearer questions are that no article answers than any phrasing */ \
	X(WORD_ODDS) X(PAIR_ODDS) /* the first one's */ \
	X(ODDS_MARGIN)   /* both of the first less those of the second */ \
	X(WORDING)       /* the first one's */
typedef enum spi_gate_input {
#define SPI_GATE_ENUM(name) SPI_GATE_##name,
	SPI_GATE_LIST(SPI_GATE_ENUM)
#undef SPI_GATE_ENUM
	SPI_GATE_INPUTS
} spi_gate_input;
void spi_gate_inputs(const sp_candidate *candidates, size_t count, const sp_question_stats *stats, double ret[SPI_GATE_INPUTS]);

#endif
