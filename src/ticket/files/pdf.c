/* PDF (ISO 32000): from its first byte to its last, without programs and files inside. What is in compressed parts is not looked
   into; it is never opened here, and is given out as a download only. */
#include "ticket/files/files.h"

#include <ctype.h>

#define TAIL 2048
#define FRONT 1024
#define ZIP_TAIL (65536 + 22)

/* A name, whole: /JavaScript and not /JavaScripts. */
static bool has_name(spi_bytes in, const char *name)
{
	size_t len = strlen(name);
	const unsigned char *at = in.at, *end = in.at + in.len;
	while ((at = memmem(at, (size_t)(end - at), name, len))) {
		if (at + len == end || !isalnum(at[len]))
			return true;
		at += len;
	}
	return false;
}

/* As browsers guess: a page that begins like a document. */
static bool looks_like_page(spi_bytes in)
{
	static const char *const signs[] = {"<script", "<html", "<!doctype", "<svg", "<?xml"};
	char front[FRONT + 1];
	size_t len = in.len < FRONT ? in.len : FRONT;
	for (size_t i = 0; i < len; i++)
		front[i] = in.at[i] ? (char)tolower(in.at[i]) : ' ';
	front[len] = '\0';
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strstr(front, signs[i]))
			return true;
	return false;
}

/* The end mark that is last; in.len when there is none. */
static size_t end_mark(spi_bytes in)
{
	for (size_t pos = in.len; pos-- > 0;)
		if (in.len - pos >= 5 && memcmp(in.at + pos, "%%EOF", 5) == 0)
			return pos;
	return in.len;
}

static bool is_blank(const unsigned char *at, size_t len)
{
	while (len > 0 && strchr(" \t\r\n\f", *at) && *at)
		at++, len--;
	return len == 0;
}

const char *spi_file_pdf(spi_bytes in, sp_buffer *out)
{
	static const char *const active[] = {"/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"};
	bool has_head = in.len > 8 && (in.at[5] == '1' || in.at[5] == '2') && in.at[6] == '.' && isdigit(in.at[7]);
	size_t end = end_mark(in), from = end > TAIL ? end - TAIL : 0;
	if (!has_head || looks_like_page(in))
		return SPI_FILE_KIND;
	if (end == in.len || !memmem(in.at + from, end - from, "startxref", 9))
		return SPI_FILE_BROKEN;
	size_t zip = in.len > ZIP_TAIL ? in.len - ZIP_TAIL : 0;
	if (!is_blank(in.at + end + 5, in.len - end - 5) || memmem(in.at + zip, in.len - zip, "PK\5\6", 4))
		return SPI_FILE_MORE;
	for (size_t i = 0; i < sizeof active / sizeof *active; i++)
		if (has_name(in, active[i]))
			return SPI_FILE_ACTIVE;
	sp_buffer_add(out, in.at, in.len);
	return NULL;
}
