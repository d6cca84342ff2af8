/* gzip (RFC 1952) by zlib, its memory kept from one reply to the next. */
#ifndef HTTP_GZIP_H
#define HTTP_GZIP_H

#include "sportello/buffer.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct spi_deflater spi_deflater;

spi_deflater *spi_deflater_new(void); /* NULL when memory is out */
void spi_deflater_free(spi_deflater *deflater);
/* Replace what is in out by data, compressed. False when that would not be shorter, or memory is out. */
bool spi_deflate(spi_deflater *deflater, const void *data, size_t len, sp_buffer *out);

#endif
