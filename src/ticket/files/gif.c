/* GIF (87a, 89a): blocks up to the trailer, without comments, texts and what applications put in. */
#include "ticket/files/files.h"

#define HEAD 13
enum { EXTENSION = 0x21, IMAGE = 0x2c, TRAILER = 0x3b, CONTROL = 0xf9, APPLICATION = 0xff };

/* Bytes of a colour table that a packed byte tells of. */
static size_t table_len(unsigned packed)
{
	return packed & 0x80 ? (size_t)3 << ((packed & 7) + 1) : 0;
}

/* Behind a row of sub-blocks; 0 when it does not end. */
static size_t skip_blocks(spi_bytes in, size_t pos)
{
	while (pos < in.len && in.at[pos] > 0)
		pos += in.at[pos] + 1u;
	return pos < in.len ? pos + 1 : 0;
}

/* How often it is repeated is all that an application may say. */
static bool stays(spi_bytes in, size_t pos)
{
	return in.at[pos] == CONTROL || (in.at[pos] == APPLICATION && in.len - pos > 13 && in.at[pos + 1] == 11 &&
		memcmp(in.at + pos + 2, "NETSCAPE2.0", 11) == 0);
}

/* Where the block at pos ends; 0 when it is none, or is cut. */
static size_t block_end(spi_bytes in, size_t pos)
{
	if (in.at[pos] == EXTENSION && in.len - pos > 2)
		return skip_blocks(in, pos + 2);
	if (in.at[pos] != IMAGE || in.len - pos < 11)
		return 0;
	size_t data = pos + 10 + table_len(in.at[pos + 9]) + 1;
	return data < in.len ? skip_blocks(in, data) : 0;
}

const char *spi_file_gif(spi_bytes in, sp_buffer *out)
{
	bool has_image = false;
	size_t pos = HEAD + (in.len > HEAD ? table_len(in.at[10]) : 0);
	if (in.len <= HEAD || pos >= in.len)
		return SPI_FILE_BROKEN;
	if (!spi_is_fit((uint32_t)in.at[7] << 8 | in.at[6], (uint32_t)in.at[9] << 8 | in.at[8]))
		return SPI_FILE_LARGE;
	sp_buffer_add(out, in.at, pos);
	while (pos < in.len && in.at[pos] != TRAILER) {
		size_t end = block_end(in, pos);
		if (!end)
			return SPI_FILE_BROKEN;
		has_image |= in.at[pos] == IMAGE;
		if (in.at[pos] == IMAGE || stays(in, pos + 1))
			sp_buffer_add(out, in.at + pos, end - pos);
		pos = end;
	}
	if (pos >= in.len || !has_image)
		return SPI_FILE_BROKEN;
	sp_buffer_add_char(out, (char)TRAILER);
	return NULL;
}
