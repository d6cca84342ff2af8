/*
 * Statements that contradict one another: the same sentence with other values in two articles. Sentences are looked up by
 * their words without the values, whole, and (long ones) with one word left out, so that a word more or less does not hide
 * them. Only a few different ones are kept for each key, so many equal sentences cost no more than as many different ones.
 */
#include "kb/lint/lint.h"

#include <string.h>

enum { WORDS_MIN = 4, NEAR_WORDS_MIN = 7, KEPT = 4 };

typedef struct reference {
	uint32_t entry;     /* index + 1, 0 = free */
	uint32_t statement;
} reference;

typedef struct slot {
	uint64_t key; /* 0 = free */
	reference kept[KEPT];
} slot;

typedef struct finder {
	spi_checker *c;
	slot *slots;
	size_t mask;
} finder;

static uint64_t key_of(const spi_statement *statement, uint32_t without, sp_lang lang)
{
	uint64_t key = statement->shape + (uint64_t)lang;
	for (uint32_t i = 0; i < statement->words_count; i++) {
		if (i != without)
			key = (key ^ statement->words[i]) * 0x9e3779b97f4a7c15u, key ^= key >> 32;
	}
	return key | 1;
}

static slot *slot_of(finder *f, uint64_t key)
{
	size_t at = (key ^ key >> 29) & f->mask;
	while (f->slots[at].key && f->slots[at].key != key)
		at = (at + 1) & f->mask;
	f->slots[at].key = key;
	return &f->slots[at];
}

/* Of two statements of one key, whether one has all words of the other: two that each lack a word are about two things. */
static bool is_part(const spi_statement *a, const spi_statement *b)
{
	const spi_statement *few = a->words_count <= b->words_count ? a : b, *many = few == a ? b : a;
	uint32_t j = 0;
	for (uint32_t i = 0; i < few->words_count; i++, j++) {
		while (j < many->words_count && many->words[j] < few->words[i])
			j++;
		if (j == many->words_count || many->words[j] != few->words[i])
			return false;
	}
	return true;
}

/* The first value of a statement that the other does not have; NULL when it has all. */
static const spi_said *first_other(const spi_entry *entry, const spi_statement *mine, const spi_entry *other,
	const spi_statement *theirs)
{
	for (uint32_t i = 0; i < mine->count; i++) {
		const spi_said *said = &entry->text.said[mine->first + i];
		bool met = false;
		for (uint32_t j = 0; j < theirs->count && !met; j++)
			met = spi_value_meets(&said->value, &other->text.said[theirs->first + j].value) ||
				spi_value_meets(&other->text.said[theirs->first + j].value, &said->value);
		if (!met)
			return said;
	}
	return NULL;
}

static bool contradicts(finder *f, size_t index, const spi_statement *mine, const reference *ref)
{
	const spi_entry *entry = f->c->entries[index], *other = f->c->entries[ref->entry - 1];
	const spi_statement *theirs = &other->text.statements[ref->statement];
	if (other == entry || theirs->values_key == mine->values_key || !spi_entries_overlap(entry, other) ||
		!is_part(mine, theirs))
		return false;
	const spi_said *said = first_other(entry, mine, other, theirs), *them = first_other(other, theirs, entry, mine);
	if (!said || !them)
		return false;
	spi_report report = {.findings = f->c->findings, .config = f->c->config, .file = entry->file};
	SPI_REPORT(&report, SPI_RULE_CONTRADICTION, said->place, NULL, {"value", said->as_written}, {"other", them->as_written},
		{"file", other->path});
	return true;
}

static bool is_same(finder *f, const spi_entry *entry, const spi_statement *mine, const reference *ref)
{
	const spi_entry *other = f->c->entries[ref->entry - 1];
	return other->text.statements[ref->statement].values_key == mine->values_key && other->valid_from == entry->valid_from &&
		other->valid_until == entry->valid_until;
}

/* Compare with what has the key already, and keep it there too unless there is one like it. */
static bool look(finder *f, size_t index, uint32_t number, uint64_t key)
{
	const spi_entry *entry = f->c->entries[index];
	const spi_statement *mine = &entry->text.statements[number];
	slot *s = slot_of(f, key);
	int free = 0;
	bool has_same = false;
	for (; free < KEPT && s->kept[free].entry; free++) {
		has_same |= is_same(f, entry, mine, &s->kept[free]);
		if (contradicts(f, index, mine, &s->kept[free]))
			return true;
	}
	if (free < KEPT && !has_same)
		s->kept[free] = (reference){(uint32_t)index + 1, number};
	return false;
}

static size_t keys_of(const spi_statement *statement)
{
	return statement->words_count < WORDS_MIN ? 0 :
		statement->words_count < NEAR_WORDS_MIN ? 1 : 1 + (size_t)statement->words_count;
}

static void check(finder *f, size_t index)
{
	const spi_entry *entry = f->c->entries[index];
	for (uint32_t number = 0; number < entry->text.statements_count; number++) {
		const spi_statement *statement = &entry->text.statements[number];
		size_t keys = keys_of(statement);
		bool found = keys && look(f, index, number, key_of(statement, UINT32_MAX, entry->lang));
		for (uint32_t i = 0; !found && i + 1 < keys; i++)
			found = look(f, index, number, key_of(statement, i, entry->lang));
	}
}

void spi_lint_statements(spi_checker *c)
{
	finder f = {.c = c, .mask = 16};
	size_t keys = 0;
	for (size_t i = 0; i < c->count; i++) {
		for (size_t n = 0; n < c->entries[i]->text.statements_count; n++)
			keys += keys_of(&c->entries[i]->text.statements[n]);
	}
	while (f.mask < keys * 2)
		f.mask *= 2;
	f.slots = keys ? sp_arena_calloc(c->arena, f.mask, sizeof *f.slots) : NULL;
	f.mask--;
	for (size_t i = 0; f.slots && i < c->count; i++)
		check(&f, i);
}
