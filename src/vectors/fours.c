/* A question's tokens as the kernels want them that compare them by fours. */
#include "vectors/kernels.h"

#include <string.h>

size_t spi_four_bytes(size_t row_bytes)
{
	return (SPI_FOUR_STEPS(row_bytes) + 1) * SPI_FOUR_BYTES;
}

/* One token's place in its four. */
static void lay_row(const signed char *row, size_t row_bytes, int8_t *numbers, int32_t *begin)
{
	for (size_t i = 0; i < row_bytes; i++) {
		size_t in_step = i % SPI_FOUR_STEP;
		numbers[i / SPI_FOUR_STEP * SPI_FOUR_BYTES + in_step] = row[i];
		begin[in_step / sizeof *begin] -= 128 * row[i];
	}
}

void spi_lay_fours(const signed char *rows, size_t count, size_t row_bytes, int8_t *ret)
{
	size_t four_bytes = spi_four_bytes(row_bytes);
	memset(ret, 0, (count + SPI_FOUR - 1) / SPI_FOUR * four_bytes);
	for (size_t i = 0; i < count; i++) {
		int8_t *numbers = ret + i / SPI_FOUR * four_bytes + i % SPI_FOUR * SPI_FOUR_STEP;
		lay_row(rows + i * row_bytes, row_bytes, numbers, (int32_t *)(void *)(numbers + four_bytes - SPI_FOUR_BYTES));
	}
}
