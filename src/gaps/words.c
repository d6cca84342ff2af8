/* Words that people use and no article of theirs has, and the nearest word that one has: by its letters, as the index corrects it, else
   by meaning among the keywords of the articles that are nearest. */
#include "gaps/gaps.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_AT_ONCE 24      /* of a question only so many words are looked at */
#define LOOKED_AT_MAX 600    /* most frequent words */
#define BY_MEANING_MAX 10    /* words whose meaning is compared */
#define KEYWORDS_MAX 16      /* with so many of the nearest articles */
#define NEAR_MEANING 0.87

static int by_conversations(const void *left, const void *right)
{
	const spi_gap_word *a = *(spi_gap_word *const *)left, *b = *(spi_gap_word *const *)right;
	if (a->conversations != b->conversations)
		return a->conversations < b->conversations ? 1 : -1;
	return strcmp(a->word, b->word);
}

/* ---- which ones ---- */

static sp_status add_word(spi_gap_reading *r, const spi_gap_part *part, const spi_gap_word *word, const char *corrected, sp_error *err)
{
	sp_missing_word row = {.word = sp_arena_strdup(r->result, word->word), .lang = part->lang, .audience = part->audience_key,
		.times = word->times, .conversations = word->conversations, .lost = word->lost, .a_month = word->conversations / r->gaps->months,
		.effect = word->lost / r->gaps->months * r->gaps->solved_share};
	if (corrected)
		row.known = sp_arena_strdup(r->result, corrected);
	if (word->example)
		row.example = sp_arena_strdup(r->result, word->example->spelling.text);
	double near;
	sp_status status = spi_gap_nearest(r, part, row.example ? row.example : row.word, &row.nearest, &near, err);
	sp_missing_word *place =
		status == SP_OK && row.word ? spi_gap_add(r, (void **)&r->gaps->words, &r->gaps->words_count, &r->words_room, sizeof *place) : NULL;
	if (status == SP_OK && !place)
		return spi_gap_no_memory(err);
	if (place)
		*place = row;
	return status;
}

typedef struct missing { const spi_gap_word *word; const char *corrected; } missing;

static bool is_missing(const spi_gap_word *word, const sp_told_words *told, const char **ret_corrected)
{
	size_t k = 0;
	while (k < told->count && strcmp(told->words[k].word, word->word) != 0)
		k++;
	if (k == told->count || told->words[k].articles > 0 || told->words[k].synonyms.count > 0 || told->words[k].is_function)
		return false;
	*ret_corrected = told->words[k].corrected;
	return true;
}

/* Of some words, as of one question, those that the index has in no article. */
static sp_status look_at(spi_gap_reading *r, spi_gap_part *part, sp_index *index, spi_gap_word *const *words, size_t count, size_t *found,
	sp_error *err)
{
	sp_buffer text = SP_BUFFER_INIT;
	sp_told_words told = {.count = 0};
	missing list[TOLD_AT_ONCE];
	size_t listed = 0;
	for (size_t i = 0; i < count; i++)
		sp_buffer_printf(&text, "%s%s", i ? " " : "", words[i]->word);
	const sp_ask ask = {.text = sp_buffer_text(&text), .len = text.len, .lang = part->lang, .limit = 1,
		.day = sp_date_of(r->options->now_utc_s, r->config->timezone)};
	sp_arena_reset(r->scratch);
	sp_status status = sp_buffer_ok(&text) ? sp_index_explain(index, r->analyser, &ask, NULL, 0, r->scratch, &told, err) : spi_gap_no_memory(err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		const char *corrected = NULL;
		if (!is_missing(words[i], &told, &corrected))
			continue;
		list[listed++] = (missing){words[i], corrected ? sp_arena_strdup(r->arena, corrected) : NULL};
	}
	sp_buffer_release(&text);
	for (size_t i = 0; status == SP_OK && i < listed && *found < SP_GAP_ROWS_MAX; i++, ++*found)
		status = add_word(r, part, list[i].word, list[i].corrected, err);
	return status;
}

/* ---- what they may mean ---- */

static sp_status keywords_of(spi_gap_reading *r, spi_gap_part *part, sp_index *index, const sp_missing_word *word, const char **ret, size_t *ret_count,
	sp_error *err)
{
	sp_record record;
	*ret_count = 0;
	sp_status status = word->nearest.id ? sp_index_get(index, word->nearest.id, word->nearest.lang, r->scratch, &record, err) : SP_ERR_NOT_FOUND;
	if (status != SP_OK)
		return status == SP_ERR_NOT_FOUND ? SP_OK : status;
	for (size_t i = 0; i < record.keywords.count && *ret_count < KEYWORDS_MAX; i++)
		if (record.lang == part->lang)
			ret[(*ret_count)++] = record.keywords.items[i];
	return SP_OK;
}

static sp_status find_meaning(spi_gap_reading *r, spi_gap_part *part, sp_index *index, sp_missing_word *word, sp_error *err)
{
	const char *texts[KEYWORDS_MAX + 1] = {word->word};
	float *vectors;
	size_t count, dimensions, best = 0;
	sp_arena_reset(r->scratch);
	sp_status status = keywords_of(r, part, index, word, texts + 1, &count, err);
	if (status != SP_OK || count == 0 || !spi_gap_vectors(r, texts, count + 1, &vectors, &dimensions))
		return status;
	double most = NEAR_MEANING;
	for (size_t i = 1; i <= count; i++) {
		double sum = 0;
		for (size_t d = 0; d < dimensions; d++)
			sum += vectors[d] * vectors[i * dimensions + d];
		if (sum > most)
			most = sum, best = i;
	}
	free(vectors);
	if (best > 0) {
		word->known = sp_arena_strdup(r->result, texts[best]);
		word->by_meaning = true;
	}
	return SP_OK;
}

static sp_status find_meanings(spi_gap_reading *r, spi_gap_part *part, sp_index *index, size_t first, sp_error *err)
{
	sp_status status = SP_OK;
	size_t asked = 0;
	for (size_t i = first; r->options->queue && status == SP_OK && i < r->gaps->words_count && asked < BY_MEANING_MAX; i++)
		if (!r->gaps->words[i].known) {
			status = find_meaning(r, part, index, &r->gaps->words[i], err);
			asked++;
		}
	return status;
}

sp_status spi_gap_words(spi_gap_reading *r, spi_gap_part *part, sp_error *err)
{
	spi_gap_word **words = (spi_gap_word **)(void *)part->word_list.data;
	size_t all = part->word_list.len / sizeof *words, count = 0, found = 0, first = r->gaps->words_count;
	sp_index *index = NULL;
	for (size_t i = 0; i < all; i++)
		if (words[i]->by_two)
			words[count++] = words[i];
	if (count == 0)
		return SP_OK;
	qsort(words, count, sizeof *words, by_conversations);
	sp_status status = sp_reader_index(r->options->reader, part->audience, &index, err);
	for (size_t i = 0; status == SP_OK && i < count && i < LOOKED_AT_MAX && found < SP_GAP_ROWS_MAX; i += TOLD_AT_ONCE)
		status = look_at(r, part, index, words + i, count - i < TOLD_AT_ONCE ? count - i : TOLD_AT_ONCE, &found, err);
	return status == SP_OK ? find_meanings(r, part, index, first, err) : status;
}
