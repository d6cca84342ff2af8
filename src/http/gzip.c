#include "http/gzip.h"

#include <stdlib.h>
#include <zlib.h>

/* Pages and replies are small: a fast level takes off nearly as much as a slow one. */
#define LEVEL 4
#define GZIP_WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL 8

struct spi_deflater {
	z_stream stream;
};

spi_deflater *spi_deflater_new(void)
{
	spi_deflater *deflater = calloc(1, sizeof *deflater);
	if (!deflater)
		return NULL;
	if (deflateInit2(&deflater->stream, LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
		Z_DEFAULT_STRATEGY) != Z_OK) {
		free(deflater);
		return NULL;
	}
	return deflater;
}

void spi_deflater_free(spi_deflater *deflater)
{
	if (!deflater)
		return;
	deflateEnd(&deflater->stream);
	free(deflater);
}

bool spi_deflate(spi_deflater *deflater, const void *data, size_t len, sp_buffer *out)
{
	z_stream *stream = &deflater->stream;
	sp_buffer_clear(out);
	if (len > UINT32_MAX || deflateReset(stream) != Z_OK || !sp_buffer_reserve(out, len))
		return false;
	stream->next_in = (Bytef *)data;
	stream->avail_in = (uInt)len;
	stream->next_out = (Bytef *)out->data;
	stream->avail_out = (uInt)len;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return false;
	out->len = stream->total_out;
	out->data[out->len] = '\0';
	return true;
}
