/* Articles that are shown and do not solve, and those that were shown in another one's place. */
#include "gaps/gaps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Z 1.96

/* Lower end of Wilson's interval (1927). */
static double low_end(double failed, double shown)
{
	double p = failed / shown, z = Z * Z / shown;
	return (p + z / 2 - Z * sqrt(p * (1 - p) / shown + z / (4 * shown))) / (1 + z);
}

static sp_status add_shown(spi_gap_reading *r, const spi_gap_part *part, const spi_gap_shown *shown, sp_error *err)
{
	sp_unsolving row = {.audience = part->audience_key, .shown = shown->shown, .failed = shown->failed, .no = shown->no, .tickets = shown->tickets,
		.returned = shown->returned};
	if (shown->failed == 0 || !spi_gap_article(r, part, shown->id, shown->lang, &row.article))
		return SP_OK;
	row.low = low_end(row.failed, row.shown);
	row.a_month = row.failed / r->gaps->months;
	row.effect = row.a_month * r->gaps->solved_share;
	sp_unsolving *place = spi_gap_add(r, (void **)&r->gaps->unsolving, &r->gaps->unsolving_count, &r->unsolving_room, sizeof *place);
	if (!place)
		return spi_gap_no_memory(err);
	*place = row;
	return SP_OK;
}

static int by_frequency(const void *left, const void *right)
{
	const spi_spelling *a = &(*(spi_gap_spelling *const *)left)->spelling, *b = &(*(spi_gap_spelling *const *)right)->spelling;
	if (a->conversations != b->conversations)
		return a->conversations < b->conversations ? 1 : -1;
	return strcmp(a->text, b->text);
}

static sp_status add_pair(spi_gap_reading *r, const spi_gap_part *part, spi_gap_pair *pair, sp_error *err)
{
	sp_wrong row = {.audience = part->audience_key, .by_person = pair->by_person, .by_agent = pair->by_agent};
	/* What an agent linked may be for agents alone: to the asker's audience it is not there. */
	if (!spi_gap_article(r, part, pair->shown, pair->lang, &row.shown) || !spi_gap_article(r, part, pair->solved, pair->lang, &row.solved))
		return SP_OK;
	row.a_month = (row.by_person + row.by_agent) / r->gaps->months;
	row.effect = row.a_month * r->gaps->solved_share;
	row.examples.items = sp_arena_calloc(r->result, SP_GAP_EXAMPLES_MAX, sizeof(char *));
	sp_wrong *place = row.examples.items ? spi_gap_add(r, (void **)&r->gaps->wrong, &r->gaps->wrong_count, &r->wrong_room, sizeof *place) : NULL;
	if (!place)
		return spi_gap_no_memory(err);
	qsort(pair->examples, pair->examples_count, sizeof *pair->examples, by_frequency);
	for (size_t i = 0; i < pair->examples_count && row.examples.count < SP_GAP_EXAMPLES_MAX; i++)
		if (pair->examples[i]->by_two && pair->examples[i]->is_short &&
			!(row.examples.items[row.examples.count++] = sp_arena_strdup(r->result, pair->examples[i]->spelling.text)))
			return spi_gap_no_memory(err);
	*place = row;
	return SP_OK;
}

sp_status spi_gap_articles(spi_gap_reading *r, spi_gap_part *part, sp_error *err)
{
	spi_gap_shown *const *shown = (spi_gap_shown *const *)(const void *)part->shown_list.data;
	spi_gap_pair *const *pairs = (spi_gap_pair *const *)(const void *)part->pair_list.data;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < part->shown_list.len / sizeof *shown; i++)
		status = add_shown(r, part, shown[i], err);
	for (size_t i = 0; status == SP_OK && i < part->pair_list.len / sizeof *pairs; i++)
		status = add_pair(r, part, pairs[i], err);
	return status;
}
