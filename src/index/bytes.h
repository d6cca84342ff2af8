/* Numbers and texts in a compact binary form, written into an sp_buffer and read back with bounds checked. */
#ifndef INDEX_BYTES_H
#define INDEX_BYTES_H

#include "sportello/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

void spi_put_u8(sp_buffer *out, unsigned value);
void spi_put_u16(sp_buffer *out, unsigned value);
void spi_put_u32(sp_buffer *out, uint32_t value);
void spi_put_u64(sp_buffer *out, uint64_t value);
/* 7 bits a byte, lowest first: small numbers are short. */
void spi_put_varint(sp_buffer *out, uint64_t value);
/* Length, then the bytes. */
void spi_bytes_put_text(sp_buffer *out, const char *text, size_t len);

/* Reads from front to back. After a read past the end everything is zero and bad stays set. */
typedef struct spi_bytes {
	const unsigned char *at, *end;
	bool bad;
} spi_bytes;

/* So many bytes; NULL (and bad) when there are fewer. */
static inline const unsigned char *spi_take(spi_bytes *in, size_t len)
{
	if ((size_t)(in->end - in->at) < len) {
		in->bad = true;
		in->at = in->end;
		return NULL;
	}
	const unsigned char *at = in->at;
	in->at += len;
	return at;
}

static inline unsigned spi_take_u8(spi_bytes *in)
{
	const unsigned char *at = spi_take(in, 1);
	return at ? *at : 0;
}

static inline unsigned spi_take_u16(spi_bytes *in)
{
	const unsigned char *at = spi_take(in, 2);
	uint16_t value = 0;
	if (at)
		memcpy(&value, at, sizeof value);
	return value;
}

static inline uint32_t spi_take_u32(spi_bytes *in)
{
	const unsigned char *at = spi_take(in, 4);
	uint32_t value = 0;
	if (at)
		memcpy(&value, at, sizeof value);
	return value;
}

static inline uint64_t spi_take_u64(spi_bytes *in)
{
	const unsigned char *at = spi_take(in, 8);
	uint64_t value = 0;
	if (at)
		memcpy(&value, at, sizeof value);
	return value;
}

uint64_t spi_take_long_varint(spi_bytes *in);
static inline uint64_t spi_take_varint(spi_bytes *in)
{
	return in->at < in->end && *in->at < 0x80 ? *in->at++ : spi_take_long_varint(in); /* most are short */
}
/* Text that was written by spi_bytes_put_text(): not ended by a zero. "" when bad. */
const char *spi_take_text(spi_bytes *in, size_t *ret_len);

/* Item n of packed numbers, at any alignment. */
static inline uint32_t spi_u32_at(const unsigned char *items, size_t n)
{
	uint32_t value;
	memcpy(&value, items + n * sizeof value, sizeof value);
	return value;
}

static inline unsigned spi_u16_at(const unsigned char *items, size_t n)
{
	uint16_t value;
	memcpy(&value, items + n * sizeof value, sizeof value);
	return value;
}

#ifdef __cplusplus
}
#endif
#endif
