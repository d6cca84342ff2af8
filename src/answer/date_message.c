#include "answer/date_message.h"

#include <stdlib.h>
#include <string.h>

static bool is_word_char(char c)
{
	return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_';
}

static spi_day_word make_word(const char *text, size_t len, const char *end)
{
	spi_day_word w = {.text = text, .len = len, .number = -1, .after = ' '};
	while (w.digits < len && text[w.digits] >= '0' && text[w.digits] <= '9')
		w.digits++;
	if (w.digits > 0 && w.digits <= 4)
		w.number = atoi(text);
	if (text + len < end && (text + len + 1 == end || is_word_char(text[len + 1]) || text[len] == '.'))
		w.after = text[len];
	return w;
}

void spi_day_words_cut(spi_day_reading *r, const char *text, size_t len)
{
	const char *end = text + len;
	for (const char *at = text; at < end && r->count < SPI_DAY_WORDS_MAX;) {
		/* "1° marzo", the apostrophe of a telephone: characters of more bytes that are no letters */
		static const char *const marks[] = {"\xC2\xB0", "\xC2\xBA", "\xE2\x80\x99"};
		size_t skip = is_word_char(*at) ? 0 : 1;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			if ((size_t)(end - at) >= strlen(marks[i]) && memcmp(at, marks[i], strlen(marks[i])) == 0)
				skip = strlen(marks[i]);
		if (skip) {
			at += skip;
			continue;
		}
		const char *stop = at;
		while (stop < end && is_word_char(*stop) && memcmp(stop, marks[0], 2) != 0 && memcmp(stop, marks[1], 2) != 0 &&
			   !(end - stop >= 3 && memcmp(stop, marks[2], 3) == 0))
			stop++;
		r->words[r->count++] = make_word(at, (size_t)(stop - at), end);
		at = stop;
	}
}

static bool stands_at(const spi_day_reading *r, size_t at, const spi_date_entry *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (at + i >= r->count || r->words[at + i].len != e->words[i].len ||
			memcmp(r->words[at + i].text, e->words[i].text, e->words[i].len) != 0)
			return false;
	}
	return true;
}

const spi_date_entry *spi_day_words_of(const spi_day_reading *r, size_t at, spi_date_kind wanted)
{
	const spi_date_entry *best = NULL;
	if (at >= r->count || !(r->known->begun[(unsigned char)*r->words[at].text] >> wanted & 1))
		return NULL;
	for (size_t i = r->known->from[wanted]; i < r->known->from[wanted + 1]; i++) {
		const spi_date_entry *e = &r->known->items[i];
		if ((!best || e->count > best->count) && stands_at(r, at, e))
			best = e;
	}
	return best;
}

size_t spi_day_words_length(const spi_date_entry *e)
{
	return e ? e->count : 0;
}
