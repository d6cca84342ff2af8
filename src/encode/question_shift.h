/* What is added to the encoder's biases and norms where a text is a question: people ask in other words than articles are written in, and
   these few numbers are learned so that what they ask lies nearer to what answers it, while all that is known of passages stays (Ben Zaken
   et al. 2022, "BitFit", arXiv:2106.10199). Learned by tests/answers/fit_encoder.py; nothing of it is of one knowledge base. */
#ifndef ENCODE_QUESTION_SHIFT_H
#define ENCODE_QUESTION_SHIFT_H

#include <stddef.h>

/* Of a layer, in this order. */
typedef enum spi_layer_vector {
	SPI_LAYER_QUERIES,
	SPI_LAYER_KEYS,
	SPI_LAYER_VALUES,
	SPI_LAYER_OUT,
	SPI_LAYER_IN,
	SPI_LAYER_BACK,
	SPI_LAYER_ATTENTION_NORM,
	SPI_LAYER_ATTENTION_NORM_BIAS,
	SPI_LAYER_NORM,
	SPI_LAYER_NORM_BIAS,
	SPI_LAYER_VECTORS
} spi_layer_vector;

/* Adds it to the numbers of one vector of a layer. Does nothing where the model has another shape than the one that it was learned for. */
void spi_question_shift(size_t layer, spi_layer_vector which, float *numbers, size_t count);

#endif
