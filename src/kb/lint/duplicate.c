/*
 * Articles that are nearly the same text. Texts are compared by how many of their three-word pieces they share (Jaccard);
 * min-hashing (A. Broder, "On the resemblance and containment of documents", 1997) finds those worth comparing: of each text
 * some minima of hashed pieces are kept, in bands, and only texts that agree in a whole band are compared. A band's bucket
 * keeps few texts, so a thousand copies of one text cost no more than a thousand texts.
 */
#include "kb/lint/lint.h"

#include <stdio.h>
#include <string.h>

enum { BANDS = 8, ROWS = 3, HASHES = BANDS * ROWS, BUCKET = 4, WORDS_MIN = 40, ALIKE_PERCENT = 80 };

typedef struct bucket {
	uint64_t key; /* 0 = free */
	uint32_t entries[BUCKET]; /* index + 1 */
} bucket;

typedef struct finder {
	spi_checker *c;
	bucket *buckets;
	size_t mask;
} finder;

static void min_hashes(const spi_kept_text *text, uint32_t minima[HASHES])
{
	memset(minima, 0xff, HASHES * sizeof *minima);
	for (size_t i = 0; i < text->shingles_count; i++) {
		uint32_t hash = text->shingles[i];
		for (uint32_t n = 0; n < HASHES; n++) {
			uint32_t mixed = (hash ^ (n * 0x9e3779b1u)) * (0x85ebca6bu + n * 2u);
			mixed ^= mixed >> 15;
			minima[n] = mixed < minima[n] ? mixed : minima[n];
		}
	}
}

static void make_sorted(spi_kept_text *text)
{
	if (!text->sorted)
		text->shingles_count = spi_sort_once(text->shingles, text->shingles_count);
	text->sorted = true;
}

static bool are_alike(spi_kept_text *a, spi_kept_text *b)
{
	make_sorted(a);
	make_sorted(b);
	size_t i = 0, j = 0, both = 0;
	while (i < a->shingles_count && j < b->shingles_count) {
		uint32_t left = a->shingles[i], right = b->shingles[j];
		both += left == right;
		i += left <= right;
		j += right <= left;
	}
	return both * 100 >= (a->shingles_count + b->shingles_count - both) * ALIKE_PERCENT;
}

bool spi_entries_overlap(const spi_entry *a, const spi_entry *b)
{
	bool a_first = a->valid_until && b->valid_from && a->valid_until < b->valid_from;
	bool b_first = b->valid_until && a->valid_from && b->valid_until < a->valid_from;
	return !a_first && !b_first && a->status == SP_STATUS_PUBLISHED && b->status == SP_STATUS_PUBLISHED;
}

static bucket *bucket_of(finder *f, uint64_t key)
{
	size_t at = (key ^ key >> 31) & f->mask;
	while (f->buckets[at].key && f->buckets[at].key != key)
		at = (at + 1) & f->mask;
	f->buckets[at].key = key;
	return &f->buckets[at];
}

static const spi_entry *look_in(finder *f, spi_entry *entry, const bucket *b)
{
	for (int i = 0; i < BUCKET && b->entries[i]; i++) {
		spi_entry *other = f->c->entries[b->entries[i] - 1];
		if (other->lang == entry->lang && (other->audience & entry->audience) && spi_entries_overlap(other, entry) &&
			are_alike(&entry->text, &other->text))
			return other;
	}
	return NULL;
}

static void put_in(bucket *b, size_t index)
{
	for (int i = 0; i < BUCKET; i++) {
		if (!b->entries[i]) {
			b->entries[i] = (uint32_t)index + 1;
			return;
		}
	}
}

static void check(finder *f, size_t index)
{
	spi_entry *entry = f->c->entries[index];
	const spi_entry *other = NULL;
	uint32_t minima[HASHES];
	if (entry->text.words_count < WORDS_MIN)
		return;
	min_hashes(&entry->text, minima);
	for (uint64_t band = 0; band < BANDS && !other; band++) {
		const uint32_t *row = &minima[band * ROWS];
		uint64_t key = ((uint64_t)row[0] << 32 | row[1]) * 0x9e3779b97f4a7c15u ^ (uint64_t)row[2] * 0xc2b2ae3d27d4eb4fu;
		bucket *b = bucket_of(f, (key ^ band) | 1);
		other = look_in(f, entry, b);
		if (!other)
			put_in(b, index);
	}
	if (!other)
		return;
	spi_report report = {.findings = f->c->findings, .config = f->c->config, .file = entry->file};
	SPI_REPORT(&report, SPI_RULE_NEAR_DUPLICATE, entry->facts.title, NULL, {"id", other->id}, {"file", other->path});
}

void spi_lint_duplicates(spi_checker *c)
{
	finder f = {.c = c, .mask = 1};
	while (f.mask < c->count * BANDS * 2)
		f.mask *= 2;
	f.buckets = c->count > 1 ? sp_arena_calloc(c->arena, f.mask, sizeof *f.buckets) : NULL;
	f.mask--;
	for (size_t i = 0; f.buckets && i < c->count; i++)
		check(&f, i);
}
