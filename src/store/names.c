#include "store/sqlite.h"

#include <string.h>

static const char *const decisions[SP_DECIDE_COUNT] = {
	[SP_DECIDE_ANSWER] = "answer",
	[SP_DECIDE_CLARIFY] = "clarify",
	[SP_DECIDE_TICKET] = "ticket",
	[SP_DECIDE_NONE] = "none",
};

static const char *const reasons[SP_REASON_COUNT] = {
#define REASON_TEXT(name, text) [name] = text,
	SP_REASON_LIST(REASON_TEXT)
#undef REASON_TEXT
};

static const char *const langs[SP_LANG_COUNT] = {
#define LANG_TEXT(name, code, stemmer) [name] = code,
	SP_LANG_LIST(LANG_TEXT)
#undef LANG_TEXT
};

/* Index of a text in a list; the list's length when it is not in it. */
static size_t find(const char *const *list, size_t count, const char *text)
{
	size_t i = 0;
	while (i < count && (!text || strcmp(list[i], text) != 0))
		i++;
	return i;
}

const char *spi_decision_text(sp_decision_kind kind)
{
	return (unsigned)kind < SP_DECIDE_COUNT ? decisions[kind] : NULL;
}

sp_decision_kind spi_decision_of(const char *text)
{
	return (sp_decision_kind)find(decisions, SP_DECIDE_COUNT, text);
}

const char *spi_reason_text(sp_reason reason)
{
	return (unsigned)reason < SP_REASON_COUNT ? reasons[reason] : NULL;
}

sp_reason spi_reason_of(const char *text)
{
	return (sp_reason)find(reasons, SP_REASON_COUNT, text);
}

const char *spi_lang_text(sp_lang lang)
{
	return lang >= 0 && lang < SP_LANG_COUNT ? langs[lang] : "";
}

sp_lang spi_lang_of(const char *text)
{
	size_t i = find(langs, SP_LANG_COUNT, text);
	return i < SP_LANG_COUNT ? (sp_lang)i : SP_LANG_NONE;
}
