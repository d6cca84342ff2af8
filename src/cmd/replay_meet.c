/* Who comes next, what they come with, and whether they come again: the same whoever carries their words. */
#include "cmd/replay.h"

#include <string.h>

#define PERSON_SALT 0x7e29

/* Whether level 2 is needed: of those whom no article helps so many that they are the reference's share of all. */
static bool is_hard(const spi_play *p, const spi_cell *cell, const spi_topic *topic, uint64_t *rng)
{
	const double *needs = p->behaviour.needs;
	double unhelped = needs[SPI_NEED_UNCOVERED] + needs[SPI_NEED_CASE];
	spi_need need = topic->questions[0]->need;
	if (need != SPI_NEED_UNCOVERED && need != SPI_NEED_CASE)
		return false;
	return spi_chance(rng) * unhelped < 1 - p->volumes.services[cell->service].level1;
}

/* A line of the same service, of another channel, that is played on that day; the same line when there is none. */
static size_t other_line(const spi_play *p, const spi_cell *cell, int64_t day, uint64_t *rng)
{
	size_t found = cell->line, seen = 0;
	for (size_t i = 0; i < p->volumes.cells_count; i++) {
		const spi_cell *other = &p->volumes.cells[i];
		bool fits = other->service == cell->service && strcmp(other->channel, cell->channel) != 0 && day >= other->first_day &&
			day < other->first_day + other->days;
		if (fits && spi_chance(rng) * (double)++seen < 1)
			found = other->line;
	}
	return found;
}

void spi_play_meet(spi_play *p, const spi_slot *slot, int64_t day, spi_contact *ret, spi_returning *ret_before)
{
	const spi_cell *cell = &p->volumes.cells[slot->cell];
	uint64_t rng = spi_chance_seed(p->seed, p->number * 2 + PERSON_SALT);
	spi_contact c = {.number = p->number, .person = p->number, .cell = cell, .behaviour = &p->behaviour, .at_utc_s = slot->at_utc_s};
	*ret_before = (spi_returning){0};
	if (spi_calendar_take(&p->calendar, cell->line, day, ret_before)) {
		c.person = ret_before->person;
		c.topic = ret_before->topic;
		c.back = true;
		c.hard = ret_before->hard;
		c.before_category = ret_before->was == SPI_END_ASSUMED ? ret_before->category : NULL;
		c.window_until_utc_s = ret_before->last_utc_s + p->window_s;
	} else {
		c.topic = spi_people_draw(&p->people, &p->volumes.lines[cell->line], cell->line, &p->behaviour, &rng);
		c.hard = is_hard(p, cell, c.topic, &rng);
	}
	spi_contact_begin(&c, p->seed);
	p->number++;
	*ret = c;
}

bool spi_play_leave(spi_play *p, spi_contact *c, const spi_returning *before, int64_t day, spi_returning *ret_again)
{
	unsigned days;
	bool other;
	spi_result_add(&p->result, c, c->cell->line);
	if (c->takes_back)
		spi_result_take_back(&p->result, before);
	if (!spi_contact_returns(c, &days, &other))
		return false;
	*ret_again = (spi_returning){.topic = c->topic, .person = c->person, .from = c->number, .day = day + days, .was = c->end, .category = c->category,
		.hard = c->hard, .believed = c->believes_wrong, .from_line = c->cell->line, .last_utc_s = c->at_utc_s,
		.line = other ? other_line(p, c->cell, day + days, &c->rng) : c->cell->line};
	return true;
}
