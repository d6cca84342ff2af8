#include "encode/question_shift.h"

#include "encode/question_shifts.h"

static size_t size_of(size_t which)
{
	return which == SPI_LAYER_IN ? SHIFT_WIDE : SHIFT_SIZE;
}

void spi_question_shift(size_t layer, spi_layer_vector which, float *numbers, size_t count)
{
	size_t at = 0;
	for (size_t i = 0; i < which; i++)
		at += size_of(i);
	if (layer >= SHIFT_LAYERS || count != size_of(which))
		return;
	for (size_t i = 0; i < count; i++)
		numbers[i] += (float)shifts[layer][at + i] * shift_scales[layer][which];
}
