/* WebP (RFC 9649): chunks of the RIFF container. */
#include "ticket/files/files.h"

#define HEAD 12
#define CHUNK 8
#define HAS_XMP 0x04
#define HAS_EXIF 0x08

static bool is(const unsigned char *name, const char *of)
{
	return memcmp(name, of, 4) == 0;
}

static bool stays(const unsigned char *name)
{
	return is(name, "VP8 ") || is(name, "VP8L") || is(name, "VP8X") || is(name, "ALPH") || is(name, "ANIM") || is(name, "ANMF") ||
		is(name, "ICCP");
}

/* Sides of a picture, where the chunk tells them; those of frames are within the canvas. */
static const char *check_sides(const unsigned char *name, const unsigned char *body, size_t len)
{
	uint32_t width = 1, height = 1;
	if (is(name, "VP8 ")) {
		if (len < 10 || memcmp(body + 3, "\x9d\x01\x2a", 3) != 0)
			return SPI_FILE_BROKEN;
		width = ((uint32_t)body[7] << 8 | body[6]) & 0x3fff;
		height = ((uint32_t)body[9] << 8 | body[8]) & 0x3fff;
	} else if (is(name, "VP8L")) {
		if (len < 5 || body[0] != 0x2f)
			return SPI_FILE_BROKEN;
		uint32_t bits = spi_le32(body + 1);
		width = (bits & 0x3fff) + 1;
		height = (bits >> 14 & 0x3fff) + 1;
	} else if (is(name, "VP8X")) {
		if (len < 10)
			return SPI_FILE_BROKEN;
		width = ((uint32_t)body[6] << 16 | (uint32_t)body[5] << 8 | body[4]) + 1;
		height = ((uint32_t)body[9] << 16 | (uint32_t)body[8] << 8 | body[7]) + 1;
	}
	return spi_is_fit(width, height) ? NULL : SPI_FILE_LARGE;
}

static void copy(const unsigned char *chunk, size_t len, sp_buffer *out)
{
	size_t from = out->len;
	sp_buffer_add(out, chunk, CHUNK + len);
	if (len & 1)
		sp_buffer_add_char(out, '\0');
	if (sp_buffer_ok(out) && is(chunk, "VP8X"))
		out->data[from + CHUNK] &= (char)~(HAS_XMP | HAS_EXIF);
}

const char *spi_file_webp(spi_bytes in, sp_buffer *out)
{
	size_t size = spi_le32(in.at + 4), pos = HEAD, from = out->len;
	bool has_picture = false;
	if (size < 4 || size > in.len - 8)
		return SPI_FILE_BROKEN;
	size_t end = size + 8; /* what stands behind it is no part of it */
	sp_buffer_add(out, in.at, HEAD);
	while (end - pos >= CHUNK) {
		const unsigned char *chunk = in.at + pos;
		size_t len = spi_le32(chunk + 4);
		if (len > end - pos - CHUNK)
			return SPI_FILE_BROKEN;
		const char *wrong = check_sides(chunk, chunk + CHUNK, len);
		if (wrong)
			return wrong;
		if (stays(chunk))
			copy(chunk, len, out);
		has_picture |= is(chunk, "VP8 ") || is(chunk, "VP8L") || is(chunk, "ANMF");
		pos += CHUNK + len + (len & 1);
		if (pos > end)
			pos = end;
	}
	if (!has_picture || pos != end)
		return SPI_FILE_BROKEN;
	size_t left = out->len - from - 8;
	for (int i = 0; sp_buffer_ok(out) && i < 4; i++)
		out->data[from + 4 + (size_t)i] = (char)(left >> (8 * i));
	return NULL;
}
