#include "answer/date_words.h"

#include "base/embed.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read once from what the build put in; never changed after. */
static spi_date_words vocabularies[SP_LANG_COUNT];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static spi_date_kind kind_of(const char *text, size_t len)
{
	static const char *const names[KIND_COUNT] = {
#define KIND_NAME(name, text) text,
		SPI_DATE_KINDS(KIND_NAME)
#undef KIND_NAME
	};
	int i = 0;
	while (i < KIND_COUNT && (strlen(names[i]) != len || memcmp(names[i], text, len) != 0))
		i++;
	return (spi_date_kind)i;
}

static bool read_entry(const char *at, const char *end, spi_date_entry *ret)
{
	const char *value = memchr(at, ' ', (size_t)(end - at));
	*ret = (spi_date_entry){.kind = value ? kind_of(at, (size_t)(value - at)) : KIND_COUNT};
	if (ret->kind == KIND_COUNT)
		return false;
	ret->value = atoi(value);
	/* Each word stands behind a space. */
	const char *space = memchr(value + 1, ' ', (size_t)(end - value - 1));
	for (; space && ret->count < SPI_DATE_PHRASE; ret->count++) {
		const char *word = space + 1;
		space = memchr(word, ' ', (size_t)(end - word));
		ret->words[ret->count].text = word;
		ret->words[ret->count].len = (size_t)((space ? space : end) - word);
	}
	return ret->count > 0;
}

/* Looked up by kind, word by word of every message. */
static void order_by_kind(const spi_date_entry *read, size_t count, spi_date_words *ret)
{
	for (size_t kind = 0; kind < KIND_COUNT; kind++) {
		ret->from[kind] = ret->count;
		for (size_t i = 0; i < count; i++)
			if (read[i].kind == (spi_date_kind)kind) {
				ret->items[ret->count++] = read[i];
				ret->begun[(unsigned char)*read[i].words[0].text] |= UINT32_C(1) << kind;
			}
	}
	ret->from[KIND_COUNT] = ret->count;
}

static void load_one(const spi_embedded *file, spi_date_words *ret)
{
	size_t lines = 0;
	for (const char *at = file->data; at < file->end; at++)
		lines += *at == '\n';
	spi_date_entry *read = calloc(lines + 1, sizeof *read);
	size_t count = 0;
	ret->items = calloc(lines + 1, sizeof *ret->items);
	for (const char *at = file->data; read && ret->items && at < file->end;) {
		const char *stop = memchr(at, '\n', (size_t)(file->end - at));
		if (!stop)
			break;
		if (*at != '#' && stop > at && read_entry(at, stop, &read[count]))
			count++;
		at = stop + 1;
	}
	order_by_kind(read, count, ret);
	free(read);
}

static void load(void)
{
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
		char name[64];
		snprintf(name, sizeof name, "%s/dates.txt", sp_lang_code(lang));
		const spi_embedded *file = spi_embedded_find(spi_embedded_cues, name);
		if (file)
			load_one(file, &vocabularies[lang]);
	}
}

const spi_date_words *spi_date_words_of(sp_lang lang)
{
	pthread_once(&loaded, load);
	return &vocabularies[lang];
}
