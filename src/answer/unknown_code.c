#include "answer/decide.h"

#include <ctype.h>
#include <string.h>

#define CODE_LEAST 5 /* characters */
#define CODE_MOST 64

static bool is_code_char(char c)
{
	return (unsigned char)c < 0x80 && (isalnum((unsigned char)c) || c == '_');
}

/* "PAA_XYZ", "paa_xyz_abc": begins and ends with a letter or a digit, and has parts. A name of a program's own ("user_id") has one
   underscore and small letters. */
static bool is_code(const char *text, size_t len)
{
	size_t underscores = 0, upper = 0, lower = 0;
	if (len < CODE_LEAST || len > CODE_MOST || !isalpha((unsigned char)text[0]) || text[len - 1] == '_')
		return false;
	for (size_t i = 0; i < len; i++) {
		underscores += text[i] == '_';
		upper += isupper((unsigned char)text[i]) != 0;
		lower += islower((unsigned char)text[i]) != 0;
	}
	return underscores > 0 && (lower == 0 ? upper > 2 : underscores > 1);
}

const char *spi_unknown_code(const char *text, size_t len, sp_arena *arena)
{
	for (size_t at = 0; at < len;) {
		size_t end = at;
		while (end < len && is_code_char(text[end]))
			end++;
		/* Parts of addresses and file names are none. */
		bool apart = (at == 0 || !strchr("@./\\-", text[at - 1])) && (end == len || !strchr("@/\\", text[end]));
		if (apart && is_code(text + at, end - at))
			return sp_arena_strndup(arena, text + at, end - at);
		at = end > at ? end : at + 1;
	}
	return NULL;
}
