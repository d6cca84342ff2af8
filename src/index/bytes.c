#include "index/bytes.h"

void spi_put_u8(sp_buffer *out, unsigned value)
{
	sp_buffer_add_char(out, (char)(unsigned char)value);
}

void spi_put_u16(sp_buffer *out, unsigned value)
{
	uint16_t v = (uint16_t)value;
	sp_buffer_add(out, &v, sizeof v);
}

void spi_put_u32(sp_buffer *out, uint32_t value)
{
	sp_buffer_add(out, &value, sizeof value);
}

void spi_put_u64(sp_buffer *out, uint64_t value)
{
	sp_buffer_add(out, &value, sizeof value);
}

void spi_put_varint(sp_buffer *out, uint64_t value)
{
	while (value >= 0x80) {
		spi_put_u8(out, (unsigned)(value & 0x7f) | 0x80);
		value >>= 7;
	}
	spi_put_u8(out, (unsigned)value);
}

void spi_bytes_put_text(sp_buffer *out, const char *text, size_t len)
{
	spi_put_varint(out, len);
	sp_buffer_add(out, text, len);
}

uint64_t spi_take_long_varint(spi_bytes *in)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned byte = spi_take_u8(in);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	in->bad = true;
	return 0;
}

const char *spi_take_text(spi_bytes *in, size_t *ret_len)
{
	uint64_t len = spi_take_varint(in);
	const unsigned char *at = len <= (uint64_t)(in->end - in->at) ? spi_take(in, (size_t)len) : NULL;
	if (!at) {
		in->bad = true;
		*ret_len = 0;
		return "";
	}
	*ret_len = (size_t)len;
	return (const char *)at;
}
