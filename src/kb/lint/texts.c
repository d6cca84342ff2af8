#include "kb/lint/lint.h"

#include "kb/lint/words.h"

#include <stdlib.h>
#include <string.h>

enum { SHINGLE = 3, VALUES_MAX = 24, WORDS_MAX = 48, SAID_MAX = 2000 };

typedef struct keeper {
	spi_kept_text *kept;
	const sp_article *article;
	sp_arena *arena;
	size_t shingles_cap, said_cap, statements_cap;
	uint32_t before[SHINGLE]; /* the last words */
} keeper;

/* Room for one more, all in an arena. */
static bool grow(void *items, size_t count, size_t *cap, size_t size, sp_arena *arena)
{
	void **place = items;
	if (count < *cap)
		return true;
	size_t bigger = *cap ? *cap * 2 : 16;
	void *copy = sp_arena_alloc(arena, bigger * size);
	if (!copy)
		return false;
	if (count)
		memcpy(copy, *place, count * size);
	*place = copy;
	*cap = bigger;
	return true;
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

size_t spi_sort_once(uint32_t *items, size_t count)
{
	size_t kept = 0;
	if (count)
		qsort(items, count, sizeof *items, by_number);
	for (size_t i = 0; i < count; i++) {
		if (!kept || items[kept - 1] != items[i])
			items[kept++] = items[i];
	}
	return kept;
}

static void add_shingle(keeper *k, uint32_t word)
{
	spi_kept_text *kept = k->kept;
	k->before[0] = k->before[1];
	k->before[1] = k->before[2];
	k->before[2] = word;
	if (++kept->words_count < SHINGLE || !grow(&kept->shingles, kept->shingles_count, &k->shingles_cap, sizeof word, k->arena))
		return;
	kept->shingles[kept->shingles_count++] = (k->before[0] * 0x9e3779b1u ^ k->before[1]) * 0x85ebca77u ^ word;
}

static bool is_inside(const spi_value *values, size_t count, const spi_word *word)
{
	for (size_t i = 0; i < count; i++) {
		if (word->start < values[i].end && word->end > values[i].start)
			return true;
	}
	return false;
}

static bool add_said(keeper *k, const spi_value *value, const char *text, spi_place place)
{
	spi_kept_text *kept = k->kept;
	if (kept->said_count >= SAID_MAX || !grow(&kept->said, kept->said_count, &k->said_cap, sizeof *kept->said, k->arena))
		return false;
	const char *written = sp_arena_strndup(k->arena, text + value->start, value->end - value->start);
	if (written)
		kept->said[kept->said_count++] = (spi_said){*value, place, written};
	return written;
}

static uint64_t shape_of(const spi_value *value)
{
	uint64_t unit = (uint64_t)value->unit << 4 | value->kind;
	return (unit + 1) * 0x9e3779b97f4a7c15u ^ (uint64_t)value->noun * 0xc2b2ae3d27d4eb4fu;
}

/* The sentence from start to end, whose values were found. */
static void add_statement(keeper *k, const spi_piece *piece, size_t start, size_t end, const spi_value *values, size_t count)
{
	spi_kept_text *kept = k->kept;
	spi_statement statement = {.first = (uint32_t)kept->said_count};
	uint32_t words[WORDS_MAX];
	size_t words_count = 0, pos = start;
	spi_word word;
	while (words_count < WORDS_MAX && spi_word_next(piece->text, end, &pos, &word)) {
		if (spi_word_has_content(&word) && !is_inside(values, count, &word))
			words[words_count++] = word.stem;
	}
	for (size_t i = 0; i < count; i++) {
		if (!add_said(k, &values[i], piece->text, spi_piece_place(piece, values[i].start)))
			break;
		statement.count++;
		statement.values_key += spi_value_key(&values[i]);
		statement.shape += shape_of(&values[i]);
	}
	if (piece->kind == SPI_PIECE_HEADING) /* "Step 4: …" of one article is not that of another */
		return;
	words_count = spi_sort_once(words, words_count);
	statement.words = sp_arena_alloc(k->arena, words_count * sizeof *words + 1);
	if (!statement.words || !grow(&kept->statements, kept->statements_count, &k->statements_cap, sizeof statement, k->arena))
		return;
	memcpy(statement.words, words, words_count * sizeof *words);
	statement.words_count = (uint32_t)words_count;
	kept->statements[kept->statements_count++] = statement;
}

static void add_sentence(keeper *k, const spi_piece *piece, size_t start, size_t end)
{
	spi_value values[VALUES_MAX];
	size_t count = spi_values_find(piece->text + start, end - start, k->article->lang, values, VALUES_MAX);
	for (size_t i = 0; i < count; i++) {
		values[i].start += start;
		values[i].end += start;
	}
	if (count)
		add_statement(k, piece, start, end, values, count);
}

static void add_piece(keeper *k, const spi_piece *piece)
{
	size_t pos = 0;
	spi_word word;
	while (spi_word_next(piece->text, piece->len, &pos, &word))
		add_shingle(k, word.whole);
	if (piece->kind == SPI_PIECE_CODE)
		return;
	for (pos = 0; pos < piece->len;) {
		size_t end = piece->kind == SPI_PIECE_ROW ? piece->len : spi_sentence_end(piece->text, piece->len, pos);
		add_sentence(k, piece, pos, end);
		pos = end + (end == pos);
	}
}

/* Values outside the body: a translation may have them in its text. */
static void add_text(keeper *k, const char *text, spi_place place)
{
	spi_value values[VALUES_MAX];
	size_t count = spi_values_find(text, strlen(text), k->article->lang, values, VALUES_MAX);
	for (size_t i = 0; i < count; i++)
		add_said(k, &values[i], text, place);
}

void spi_keep_text(spi_kept_text *ret, const sp_article *article, const spi_facts *facts, sp_arena *arena)
{
	keeper k = {.kept = ret, .article = article, .arena = arena};
	*ret = (spi_kept_text){0};
	if (article->status != SP_STATUS_PUBLISHED)
		return;
	for (size_t i = 0; i < facts->prose.count; i++)
		add_piece(&k, &facts->prose.items[i]);
	ret->body_said_count = ret->said_count;
	add_text(&k, article->title, facts->title);
	for (size_t i = 0; i < facts->question_list.count; i++)
		add_text(&k, facts->question_list.items[i].text, facts->question_list.items[i].place);
}
