/* Languages: their codes, and the code of a tag. */
#include "sportello/text.h"

#include <string.h>

static const char *const codes[SP_LANG_COUNT] = {
#define LANG_CODE(name, code, stemmer) [name] = code,
	SP_LANG_LIST(LANG_CODE)
#undef LANG_CODE
};

const char *sp_lang_code(sp_lang lang)
{
	return lang >= 0 && lang < SP_LANG_COUNT ? codes[lang] : "";
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

sp_lang sp_lang_of(const char *code, size_t len)
{
	if (!code || len < 2 || (len > 2 && code[2] != '-' && code[2] != '_'))
		return SP_LANG_NONE;
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		if (lower(code[0]) == codes[i][0] && lower(code[1]) == codes[i][1])
			return (sp_lang)i;
	}
	return SP_LANG_NONE;
}
