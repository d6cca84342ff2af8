#include "kb/write.h"

#include <string.h>
#include <strings.h>

static bool is_word_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* Plain only where no reader of YAML can see anything else: starts with a letter, has nothing but letters, digits,
   blanks, hyphens, apostrophes and the like, and is no word that means something. */
static bool is_plain(const char *text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
	size_t len = strlen(text);
	if (!len || !is_word_char((unsigned char)text[0]) || (unsigned char)text[0] >= 0x80 || text[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (!is_word_char(c) && !(c >= '0' && c <= '9') && !strchr(" -_.'/()?!;+", c))
			return false;
		if (c == 0xc2 || c == 0xe2 || c == 0xef) /* blanks and marks that YAML or people may not see */
			return false;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcasecmp(text, words[i]) == 0)
			return false;
	}
	return true;
}

/* Control characters, line separators and the byte order mark must be escaped. Returns the bytes taken, 0 = as it is.
 */
static size_t add_escape(sp_buffer *out, const char *text)
{
	static const struct {
		const char *bytes, *escape;
	} marks[] = {{"\xc2\x85", "\\N"}, {"\xe2\x80\xa8", "\\L"}, {"\xe2\x80\xa9", "\\P"}, {"\xef\xbb\xbf", "\\uFEFF"}};
	unsigned char c = (unsigned char)text[0];
	if (c == '"' || c == '\\')
		sp_buffer_printf(out, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		sp_buffer_printf(out, "\\x%02X", c);
	else if (c == 0xc2 && (unsigned char)text[1] < 0xa0 && (unsigned char)text[1] != 0x85) {
		sp_buffer_printf(out, "\\x%02X", (unsigned char)text[1]);
		return 2;
	} else {
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			size_t len = strlen(marks[i].bytes);
			if (strncmp(text, marks[i].bytes, len) == 0) {
				sp_buffer_add_text(out, marks[i].escape);
				return len;
			}
		}
		return 0;
	}
	return 1;
}

void spi_yaml_write(sp_buffer *out, const char *text)
{
	if (is_plain(text)) {
		sp_buffer_add_text(out, text);
		return;
	}
	sp_buffer_add_char(out, '"');
	while (*text) {
		size_t taken = add_escape(out, text);
		if (!taken)
			sp_buffer_add_char(out, *text);
		text += taken ? taken : 1;
	}
	sp_buffer_add_char(out, '"');
}

/* A line that is nothing but these is a ruler, an underline of a heading, or a fence. */
static bool is_only(const char *line, size_t len, const char *chars)
{
	for (size_t i = 0; i < len; i++) {
		if (!strchr(chars, line[i]))
			return false;
	}
	return len > 0;
}

static bool opens_markup(const char *line, size_t len)
{
	return line[0] == '#' || line[0] == '>' || is_only(line, len, "-") || is_only(line, len, "=") ||
		(len > 1 && line[0] == '[' && line[1] == '!') ||
		(len > 2 && (strncmp(line, "```", 3) == 0 || strncmp(line, "~~~", 3) == 0));
}

static void add_line(sp_buffer *out, const char *line, size_t len)
{
	if (len && opens_markup(line, len))
		sp_buffer_add_char(out, '\\');
	for (size_t i = 0; i < len; i++) {
		char next = i + 1 < len ? line[i + 1] : ' ';
		if (line[i] == '<' && (is_word_char((unsigned char)next) || strchr("/!?", next)))
			sp_buffer_add_char(out, '\\');
		if ((unsigned char)line[i] >= 0x20 || line[i] == '\t')
			sp_buffer_add_char(out, line[i]);
	}
	sp_buffer_add_char(out, '\n');
}

void spi_markdown_write_text(sp_buffer *out, const char *text)
{
	bool is_empty = true;
	while (*text) {
		size_t len = strcspn(text, "\r\n"), skip = strspn(text, " \t"), end = len;
		skip = skip < len ? skip : len;
		while (end > skip && (text[end - 1] == ' ' || text[end - 1] == '\t'))
			end--;
		if (end > skip || !is_empty) /* no blank lines before the first word */
			add_line(out, text + skip, end - skip);
		is_empty = is_empty && end == skip;
		text += len;
		if (text[0] == '\r' && text[1] == '\n')
			text++;
		text += *text != '\0';
	}
	while (out->len > 1 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n')
		out->data[--out->len] = '\0';
}
