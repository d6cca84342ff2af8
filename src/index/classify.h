/* A linear classifier a document over sentence vectors: whether a question is one that this document answers.

   One against the rest, L2-regularised squared hinge loss, by dual coordinate descent (Hsieh et al. 2008, "A Dual Coordinate Descent
   Method for Large-scale Linear SVM"; the method of LIBLINEAR's solver 1), with two savings for many documents: the rest is only the
   documents that are nearest, whose questions could be taken for this one's, and a spread of all others. Deterministic. */
#ifndef INDEX_CLASSIFY_H
#define INDEX_CLASSIFY_H

#include "sportello/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_examples {
	const float *rows;         /* count × dimensions, unit length */
	const uint32_t *classes;   /* of each row; rows of one class stand together, classes count up from 0 */
	size_t count, dimensions, classes_count;
} spi_examples;

/* ret_weights: classes_count × dimensions; ret_biases: classes_count. SP_OK; SP_ERR_NOMEM. Any thread. */
sp_status spi_classify_train(const spi_examples *examples, float *ret_weights, float *ret_biases, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
