/* Receipts: a short code that names what was shown, so that anybody can open the very text later. */
#include "sportello/answer.h"

#include "sportello/kb.h"

#include <ctype.h>
#include <string.h>

#define PREFIX "S1-"
#define VERSION_CHARS 12

void sp_receipt_time(int64_t at_utc_s, char ret[SP_RECEIPT_TIME_MAX])
{
	char base36[SP_RECEIPT_TIME_MAX], *at = base36 + sizeof base36;
	uint64_t rest = at_utc_s > 0 ? (uint64_t)at_utc_s : 0;
	*--at = '\0';
	do {
		*--at = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
	} while ((rest /= 36) > 0);
	memcpy(ret, at, (size_t)(base36 + sizeof base36 - at));
}

char *sp_receipt_make(const char *article, sp_lang lang, const char *version, int64_t at_utc_s, sp_arena *arena)
{
	char time[SP_RECEIPT_TIME_MAX];
	sp_receipt_time(at_utc_s, time);
	return sp_arena_printf(arena, PREFIX "%s-%s-%.*s-%s", article, sp_lang_code(lang), VERSION_CHARS, version, time);
}

/* The part between the last two dashes before `end`; moves end to the dash. */
static const char *last_part(const char *from, const char **end, size_t *ret_len)
{
	const char *at = *end;
	while (at > from && at[-1] != '-')
		at--;
	if (at == from)
		return NULL;
	*ret_len = (size_t)(*end - at);
	*end = at - 1;
	return at;
}

static bool read_base36(const char *text, size_t len, int64_t *ret)
{
	int64_t value = 0;
	if (len == 0 || len > 11)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = (char)tolower((unsigned char)text[i]);
		if (!isdigit((unsigned char)c) && (c < 'a' || c > 'z'))
			return false;
		value = value * 36 + (isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
	}
	*ret = value;
	return true;
}

bool sp_receipt_read(const char *receipt, sp_arena *arena, const char **ret_article, sp_lang *ret_lang, const char **ret_version12,
	int64_t *ret_at_utc_s)
{
	size_t time_len, version_len, lang_len;
	if (strncmp(receipt, PREFIX, strlen(PREFIX)) != 0)
		return false;
	const char *from = receipt + strlen(PREFIX), *end = from + strlen(from);
	const char *time = last_part(from, &end, &time_len);
	const char *version = time ? last_part(from, &end, &version_len) : NULL;
	const char *lang = version ? last_part(from, &end, &lang_len) : NULL;
	if (!lang || !sp_kb_is_id(from, (size_t)(end - from)) || version_len != VERSION_CHARS || strspn(version, "0123456789abcdef") < VERSION_CHARS)
		return false;
	*ret_lang = sp_lang_of(lang, lang_len);
	*ret_article = sp_arena_strndup(arena, from, (size_t)(end - from));
	*ret_version12 = sp_arena_strndup(arena, version, version_len);
	return *ret_lang != SP_LANG_NONE && *ret_article && *ret_version12 && read_base36(time, time_len, ret_at_utc_s);
}
