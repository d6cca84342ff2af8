/* A linear classifier a document over sentence vectors: whether a question is one that this document answers.

   One against the rest (svm.h), with two savings for many documents: the rest is only the documents that are nearest, whose questions
   could be taken for this one's, and a spread of all others. Deterministic. */
#ifndef INDEX_CLASSIFY_H
#define INDEX_CLASSIFY_H

#include "sportello/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_examples {
	void (*get)(const void *arg, size_t row, float *ret); /* one of them, of unit length: they are not all held at once */
	const void *arg;
	const uint32_t *classes;      /* of each row; rows of one class stand together, classes count up from 0 */
	size_t count, dimensions, classes_count;
	const unsigned char *changed; /* of each class; NULL = all have */
} spi_examples;

/**
 * Learn the classes that changed and those nearest to each of them; what is known of the others stays. The examples that stand for the
 * rest are others once anything changed, so what stays is not to the last digit what would be learned now.
 * @param weights  classes_count × dimensions
 * @param biases   classes_count
 * @return SP_OK; SP_ERR_NOMEM. Any thread.
 */
sp_status spi_classify_train(const spi_examples *examples, float *weights, float *biases, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
