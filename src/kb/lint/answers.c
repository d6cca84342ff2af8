/*
 * Two articles that are asked the same and answer differently: nearly the same question in both, and for the same thing
 * (days, euro, the address to write to) nothing but other values.
 */
#include "kb/lint/lint.h"

#include "kb/lint/words.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MIN = 3, WORDS_MAX = 16 };

typedef struct asked {
	spi_entry *entry;
	struct asked *next; /* another article with the question */
} asked;

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

/* The question's words of content, sorted, as the key of a map; NULL when it says too little. */
static const char *key_of(const char *question, sp_arena *arena, size_t *ret_len)
{
	uint32_t words[WORDS_MAX];
	size_t count = 0, pos = 0;
	spi_word word;
	while (count < WORDS_MAX && spi_word_next(question, strlen(question), &pos, &word)) {
		if (spi_word_has_content(&word) || word.has_digit)
			words[count++] = word.stem;
	}
	if (count < WORDS_MIN || count == WORDS_MAX)
		return NULL;
	qsort(words, count, sizeof *words, by_number);
	*ret_len = count * sizeof *words;
	char *key = sp_arena_alloc(arena, *ret_len);
	return key ? memcpy(key, words, *ret_len) : NULL;
}

static bool is_of_same_thing(const spi_value *a, const spi_value *b)
{
	if (a->kind != b->kind || a->kind == SPI_VALUE_DATE || a->kind == SPI_VALUE_ADDRESS)
		return false;
	return a->kind != SPI_VALUE_NUMBER || (a->unit != SPI_UNIT_NONE && a->unit == b->unit && a->noun == b->noun);
}

/* Whether some value of the thing is in both. */
static bool agree_on(const spi_entry *a, const spi_entry *b, const spi_value *thing, const spi_said **ret_other)
{
	*ret_other = NULL;
	for (size_t i = 0; i < b->text.body_said_count; i++) {
		const spi_said *theirs = &b->text.said[i];
		if (!is_of_same_thing(thing, &theirs->value))
			continue;
		*ret_other = *ret_other ? *ret_other : theirs;
		for (size_t j = 0; j < a->text.body_said_count; j++) {
			if (is_of_same_thing(thing, &a->text.said[j].value) && spi_value_meets(&a->text.said[j].value, &theirs->value))
				return true;
		}
	}
	return !*ret_other;
}

static bool compare(spi_checker *c, const spi_entry *entry, const spi_entry *other, const char *question)
{
	spi_report report = {.findings = c->findings, .config = c->config, .file = entry->file};
	const spi_said *theirs;
	for (size_t i = 0; i < entry->text.body_said_count; i++) {
		const spi_said *said = &entry->text.said[i];
		if (said->value.kind == SPI_VALUE_NUMBER && said->value.unit == SPI_UNIT_NONE)
			continue;
		if (agree_on(entry, other, &said->value, &theirs))
			continue;
		SPI_REPORT(&report, SPI_RULE_CONTRADICTION, said->place, "question", {"value", said->as_written},
			{"other", theirs->as_written}, {"file", other->path}, {"question", question});
		return true;
	}
	return false;
}

static void check_question(spi_checker *c, spi_map *map, spi_entry *entry, const char *question)
{
	size_t len, seen = 0;
	const char *key = key_of(question, c->arena, &len);
	void **slot = key ? spi_map_put(map, key, len) : NULL;
	if (!slot)
		return;
	for (asked *a = *slot; a && seen < 4; a = a->next, seen++) {
		if (a->entry == entry)
			return;
		if ((a->entry->audience & entry->audience) && spi_entries_overlap(a->entry, entry) &&
			compare(c, entry, a->entry, question))
			return;
	}
	asked *mine = seen < 4 ? sp_arena_alloc(c->arena, sizeof *mine) : NULL;
	if (mine) {
		*mine = (asked){entry, *slot};
		*slot = mine;
	}
}

void spi_lint_answers(spi_checker *c)
{
	spi_map maps[SP_LANG_COUNT];
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		maps[lang] = (spi_map){.arena = c->arena};
	for (size_t i = 0; i < c->count; i++) {
		spi_entry *entry = c->entries[i];
		for (size_t n = 0; entry->text.body_said_count && n < entry->facts.question_list.count; n++)
			check_question(c, &maps[entry->lang], entry, entry->facts.question_list.items[n].text);
	}
}
