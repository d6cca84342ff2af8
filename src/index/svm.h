/* One linear classifier: L2-regularised squared hinge loss, by dual coordinate descent (Hsieh et al. 2008, "A Dual Coordinate Descent
   Method for Large-scale Linear SVM"; the method of LIBLINEAR's solver 1, with its shrinking). What an example looks like, only its owner knows.
   Deterministic. */
#ifndef INDEX_SVM_H
#define INDEX_SVM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_svm {
	size_t count;                /* examples */
	const unsigned char *labels; /* of each: 1 = of the class, 0 = of the rest */
	const float *norms;          /* of each: its squared length */
	float cost;                  /* C of the paper */
	int passes;                  /* at most, over all examples; */
	float violation;             /* and until so much is left between the largest and the smallest projected gradient */
	uint32_t seed;
	float *alphas;   /* room for one of each example */
	uint32_t *order; /* the same */
	/* Of an example with the weights as they are now; add it to them, so many times. The weights are 0 at first. */
	float (*dot)(const void *arg, size_t example);
	void (*add)(void *arg, size_t example, float factor);
	void (*fetch)(const void *arg, size_t example); /* it is looked at soon: may ask for its memory; NULL = nothing to do */
	void *arg;
} spi_svm;

/* Learn the weights; returns the bias. Any thread. */
float spi_svm_train(const spi_svm *svm);

#ifdef __cplusplus
}
#endif
#endif
