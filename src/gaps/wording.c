#include "gaps/wording.h"

#include "encode/normal.h"
#include "sportello/personal.h"
#include "text/chars.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* Nothing that is seen: left away, or a blank. */
static bool is_hidden(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CF:
		return true;
	default:
		return c == 0xFFFD || utf8proc_get_property((utf8proc_int32_t)c)->ignorable;
	}
}

static bool is_blank(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
		category == UTF8PROC_CATEGORY_ZP;
}

const char *spi_wording_clean(const char *text, sp_arena *arena)
{
	sp_buffer line = SP_BUFFER_INIT, masked = SP_BUFFER_INIT;
	bool due = false;
	size_t len = strlen(text);
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		size_t n = spi_utf8_decode(text + pos, len - pos, &c);
		if (is_blank(c))
			due = line.len > 0;
		else if (!is_hidden(c)) {
			if (due)
				sp_buffer_add_char(&line, ' ');
			due = false;
			sp_buffer_add(&line, text + pos, n);
		}
		pos += n;
	}
	sp_personal_mask(sp_buffer_text(&line), line.len, &masked);
	const char *kept = sp_buffer_ok(&line) && sp_buffer_ok(&masked) ? sp_arena_strdup(arena, sp_buffer_text(&masked)) : NULL;
	sp_buffer_release(&line);
	sp_buffer_release(&masked);
	return kept;
}

static uint64_t courtesy(const spi_cues *cues)
{
	return cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GOODBYE] |
		cues->covered[SPI_CUE_TOPIC_CHANGE];
}

const char *spi_wording_without_courtesy(const char *text, const sp_tokens *tokens, const spi_cues *cues, sp_arena *arena)
{
	uint64_t opening = cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_TOPIC_CHANGE];
	uint64_t closing = cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GOODBYE];
	size_t first = 0, last = tokens->count;
	while (first < cues->count && opening >> first & 1)
		first++;
	if (last == cues->count)
		while (last > first && closing >> (last - 1) & 1)
			last--;
	size_t start = first > 0 && first < tokens->count ? tokens->items[first].start : 0;
	size_t end = last < tokens->count ? tokens->items[last].start : strlen(text);
	while (end > start && strchr(" ,;:-(", text[end - 1]))
		end--;
	return sp_arena_strndup(arena, text + start, end - start);
}

static const char *without_masks(const char *text, sp_arena *arena)
{
	char *rest = sp_arena_strdup(arena, text), *mark;
	for (int kind = 0; rest && kind < SP_PERSONAL_COUNT; kind++) {
		char mask[40];
		snprintf(mask, sizeof mask, "<%s>", sp_personal_name((sp_personal_kind)kind));
		while ((mark = strstr(rest, mask)))
			memset(mark, ' ', strlen(mask));
	}
	return rest;
}

sp_status spi_wording_says_something(const char *text, sp_lang lang, sp_analyser *analyser, sp_arena *arena, bool *ret, sp_error *err)
{
	sp_tokens tokens;
	spi_cues cues;
	const char *rest = without_masks(text, arena);
	sp_status status = rest ? sp_analyse(analyser, rest, strlen(rest), lang, arena, &tokens) : SP_ERR_NOMEM;
	if (status != SP_OK)
		return sp_error_set(err, status, NULL, 0, "out of memory");
	spi_cues_find(&tokens, lang, &cues);
	*ret = false;
	for (size_t i = 0; i < tokens.count; i++) {
		bool is_word = tokens.items[i].kind == SP_TOKEN_CODE ||
			(tokens.items[i].kind == SP_TOKEN_WORD && !tokens.items[i].is_function_word);
		*ret |= is_word && !(i < cues.count && courtesy(&cues) >> i & 1);
	}
	*ret &= !spi_has_cue(&cues, SPI_CUE_ABUSE);
	return SP_OK;
}

const char *spi_wording_form(const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	char normal[SP_ENCODE_TEXT_MAX + 1];
	size_t normal_len = spi_encode_normal_form(text, len, normal);
	return sp_text_normal_form(normal, normal_len, arena, ret_len);
}
