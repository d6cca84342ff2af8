/* PNG (W3C, second edition): chunks with their sums, up to IEND. */
#include "ticket/files/files.h"

#include <zlib.h>

#define HEAD 8
#define AROUND 12 /* length, name and sum of a chunk */

static bool stays(const unsigned char *name)
{
	static const char kept[][5] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (memcmp(kept[i], name, 4) == 0)
			return true;
	return false;
}

/* What is not kept must be no part that the picture cannot do without: those have a capital letter first. */
static bool is_needed(const unsigned char *name)
{
	return !(name[0] & 0x20);
}

static bool has_sum(const unsigned char *chunk, size_t len)
{
	return crc32(crc32(0, NULL, 0), chunk + 4, (uInt)(len + 4)) == spi_be32(chunk + 8 + len);
}

static const char *check_head(const unsigned char *chunk, size_t len)
{
	if (len != 13 || memcmp(chunk + 4, "IHDR", 4) != 0)
		return SPI_FILE_BROKEN;
	return spi_is_fit(spi_be32(chunk + 8), spi_be32(chunk + 12)) ? NULL : SPI_FILE_LARGE;
}

const char *spi_file_png(spi_bytes in, sp_buffer *out)
{
	size_t pos = HEAD;
	bool has_data = false;
	sp_buffer_add(out, in.at, HEAD);
	while (in.len - pos >= AROUND) {
		const unsigned char *chunk = in.at + pos;
		size_t len = spi_be32(chunk);
		if (len > in.len - pos - AROUND || !has_sum(chunk, len))
			return SPI_FILE_BROKEN;
		const char *wrong = pos == HEAD ? check_head(chunk, len) : NULL;
		if (wrong)
			return wrong;
		if (stays(chunk + 4))
			sp_buffer_add(out, chunk, len + AROUND);
		else if (is_needed(chunk + 4))
			return SPI_FILE_BROKEN;
		has_data |= memcmp(chunk + 4, "IDAT", 4) == 0 && len > 0;
		if (memcmp(chunk + 4, "IEND", 4) == 0)
			return has_data ? NULL : SPI_FILE_BROKEN;
		pos += len + AROUND;
	}
	return SPI_FILE_BROKEN;
}
