/* JPEG (ITU-T T.81): segments up to the end of the image. Of EXIF (CIPA DC-008) only the orientation is kept. */
#include "ticket/files/files.h"

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, APP0 = 0xe0, APP1 = 0xe1, APP2 = 0xe2, APP14 = 0xee,
	APP15 = 0xef, COM = 0xfe, RST0 = 0xd0, RST7 = 0xd7 };

typedef struct reading {
	spi_bytes in;
	size_t pos;
	sp_buffer *out;
	bool has_frame, has_scan, is_large;
	unsigned orientation; /* 0 = unknown, 1 = as it is */
} reading;

/* The body of a TIFF file: the first directory's entry 0x0112. */
static unsigned orientation_of(spi_bytes tiff)
{
	bool little = tiff.len >= 8 && memcmp(tiff.at, "II*", 4) == 0;
	if (tiff.len < 14 || (!little && memcmp(tiff.at, "MM\0*", 4) != 0))
		return 0;
	const unsigned char *t = tiff.at;
	size_t at = little ? spi_le32(t + 4) : spi_be32(t + 4);
	if (at > tiff.len - 2)
		return 0;
	size_t entries = little ? (size_t)t[at + 1] << 8 | t[at] : spi_be16(t + at);
	for (at += 2; entries > 0 && tiff.len - at >= 12; entries--, at += 12) {
		unsigned tag = little ? (unsigned)t[at + 1] << 8 | t[at] : spi_be16(t + at);
		unsigned value = little ? (unsigned)t[at + 9] << 8 | t[at + 8] : spi_be16(t + at + 8);
		if (tag == 0x0112)
			return value <= 8 ? value : 0;
	}
	return 0;
}

static void put_orientation(reading *r)
{
	const unsigned char exif[] = {0xff, APP1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0,
		1, 0, (unsigned char)r->orientation, 0, 0, 0, 0, 0, 0};
	if (r->orientation > 1)
		sp_buffer_add(r->out, exif, sizeof exif);
	r->orientation = 0;
}

static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
}

/* Whether a segment stays; the body is what follows its length. */
static bool stays(reading *r, unsigned marker, spi_bytes body)
{
	if (marker == APP1 && spi_begins(body, "Exif\0", 6) && !r->orientation)
		r->orientation = orientation_of((spi_bytes){body.at + 6, body.len - 6});
	if (marker == APP0)
		return spi_begins(body, "JFIF", 5);
	if (marker == APP2)
		return spi_begins(body, "ICC_PROFILE", 12);
	if (marker == APP14)
		return spi_begins(body, "Adobe", 5);
	return marker != COM && !(marker >= APP0 && marker <= APP15);
}

/* From a scan's first byte to the marker after it. */
static bool copy_scan(reading *r)
{
	size_t from = r->pos;
	const unsigned char *at = r->in.at;
	for (; r->pos + 1 < r->in.len; r->pos++) {
		if (at[r->pos] != 0xff)
			continue;
		unsigned next = at[r->pos + 1];
		if (next != 0 && next != 0xff && !(next >= RST0 && next <= RST7)) {
			sp_buffer_add(r->out, at + from, r->pos - from);
			r->has_scan |= r->pos > from;
			return r->pos > from;
		}
	}
	return false;
}

static bool look_at_frame(reading *r, spi_bytes body)
{
	if (r->has_frame || body.len < 6)
		return false;
	r->has_frame = true;
	r->is_large = !spi_is_fit(spi_be16(body.at + 3), spi_be16(body.at + 1));
	return !r->is_large;
}

/* One segment with a length. */
static bool take(reading *r, unsigned marker)
{
	const unsigned char *at = r->in.at + r->pos;
	size_t left = r->in.len - r->pos, len = left >= 2 ? spi_be16(at) : 0;
	if (len < 2 || len > left)
		return false;
	spi_bytes body = {at + 2, len - 2};
	if (is_frame(marker) && !look_at_frame(r, body))
		return false;
	if (marker == SOS && !r->has_frame)
		return false;
	if (stays(r, marker, body)) {
		if (marker < APP0)
			put_orientation(r); /* behind the heads of applications */
		sp_buffer_add(r->out, (unsigned char[]){0xff, (unsigned char)marker}, 2);
		sp_buffer_add(r->out, at, len);
	}
	r->pos += len;
	return marker != SOS || copy_scan(r);
}

const char *spi_file_jpeg(spi_bytes in, sp_buffer *out)
{
	reading r = {.in = in, .pos = 2, .out = out};
	sp_buffer_add(out, in.at, 2);
	while (r.pos + 1 < in.len) {
		if (in.at[r.pos++] != 0xff)
			return SPI_FILE_BROKEN;
		while (r.pos < in.len && in.at[r.pos] == 0xff)
			r.pos++;
		unsigned marker = r.pos < in.len ? in.at[r.pos++] : 0;
		if (marker == EOI) {
			sp_buffer_add(out, (unsigned char[]){0xff, EOI}, 2);
			return r.has_scan ? NULL : SPI_FILE_BROKEN;
		}
		if (marker < 0xc0 || marker == SOI || (marker >= RST0 && marker <= RST7) || !take(&r, marker))
			return r.is_large ? SPI_FILE_LARGE : SPI_FILE_BROKEN;
	}
	return SPI_FILE_BROKEN;
}
