/* Checks of files, one a kind. Each copies what may be kept to `out`, and gives NULL or the key of what is wrong. */
#ifndef TICKET_FILES_FILES_H
#define TICKET_FILES_FILES_H

#include "sportello/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SPI_FILE_BROKEN "attachment.broken"
#define SPI_FILE_KIND "attachment.kind"
#define SPI_FILE_LARGE "attachment.large"
#define SPI_FILE_ACTIVE "attachment.active"
#define SPI_FILE_MORE "attachment.more"

typedef struct spi_bytes { const unsigned char *at; size_t len; } spi_bytes;

typedef const char *spi_file_check(spi_bytes in, sp_buffer *out);
spi_file_check spi_file_jpeg, spi_file_png, spi_file_webp, spi_file_gif, spi_file_pdf;

/* More would fill an agent's memory: a picture of a few bytes can say that it is as large as a city. */
#define SPI_PIXELS_MAX 100000000u
#define SPI_SIDE_MAX 30000u
static inline bool spi_is_fit(uint32_t width, uint32_t height)
{
	return width > 0 && height > 0 && width <= SPI_SIDE_MAX && height <= SPI_SIDE_MAX && (uint64_t)width * height <= SPI_PIXELS_MAX;
}

static inline uint32_t spi_be32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}
static inline uint32_t spi_be16(const unsigned char *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}
static inline uint32_t spi_le32(const unsigned char *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}
static inline bool spi_begins(spi_bytes in, const void *with, size_t len)
{
	return in.len >= len && memcmp(in.at, with, len) == 0;
}

#endif
