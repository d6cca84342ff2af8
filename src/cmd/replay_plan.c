/* Who comes when: the contacts of a line spread over its days, and those who come again. */
#include "cmd/replay.h"

#include "base/zone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MONDAY_1970 4 /* days from 1970-01-01, a Thursday, to a Monday */

static double weight_of(const spi_behaviour *behaviour, int64_t day)
{
	return behaviour->weekdays[((day - MONDAY_1970) % 7 + 7) % 7];
}

/* Contacts of the line before a day of it; all of them at its end, so that days add up to the table. */
static uint64_t before_day(const spi_cell *cell, const spi_behaviour *behaviour, int64_t days)
{
	double all = 0, part = 0;
	if (days >= cell->days)
		return cell->contacts;
	for (int64_t i = 0; i < cell->days; i++) {
		double weight = weight_of(behaviour, cell->first_day + i);
		all += weight;
		part += i < days ? weight : 0;
	}
	return (uint64_t)floor((double)cell->contacts * part / all);
}

static int by_time(const void *a, const void *b)
{
	const spi_slot *x = a, *y = b;
	if (x->at_utc_s != y->at_utc_s)
		return x->at_utc_s < y->at_utc_s ? -1 : 1;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

typedef struct day_plan {
	const spi_behaviour *behaviour;
	uint64_t seed;
	int64_t day, starts[25]; /* of its hours, and of the next day */
} day_plan;

static int64_t moment(const day_plan *p, uint64_t *rng)
{
	size_t hour = spi_chance_pick(rng, p->behaviour->hours, 24);
	return p->starts[hour] + (int64_t)(spi_chance(rng) * (double)(p->starts[hour + 1] - p->starts[hour]));
}

static void fill(const day_plan *p, size_t cell, uint64_t count, spi_slot *ret)
{
	uint64_t rng = spi_chance_seed(p->seed ^ (uint64_t)p->day << 20, cell);
	for (uint64_t i = 0; i < count; i++)
		ret[i] = (spi_slot){.at_utc_s = moment(p, &rng), .cell = (uint32_t)cell, .place = (uint32_t)i};
}

sp_status spi_plan_day(const spi_volumes *volumes, const spi_behaviour *behaviour, const sp_kb_config *config, uint64_t seed, int64_t day,
	sp_arena *arena, spi_slot **ret, size_t *ret_count, sp_error *err)
{
	day_plan p = {.behaviour = behaviour, .seed = seed, .day = day};
	uint64_t *counts = sp_arena_calloc(arena, volumes->cells_count, sizeof *counts);
	size_t all = 0, at = 0;
	for (int hour = 0; hour < 25; hour++)
		p.starts[hour] = spi_zone_utc_s(config->timezone, day + hour / 24, hour % 24 * 60);
	for (size_t i = 0; counts && i < volumes->cells_count; i++) {
		const spi_cell *cell = &volumes->cells[i];
		int64_t in = day - cell->first_day;
		if (in < 0 || in >= cell->days)
			continue;
		counts[i] = before_day(cell, behaviour, in + 1) - before_day(cell, behaviour, in);
		all += counts[i];
	}
	*ret = counts ? sp_arena_calloc(arena, all + 1, sizeof **ret) : NULL;
	if (!*ret)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < volumes->cells_count; at += counts[i++])
		fill(&p, i, counts[i], *ret + at);
	qsort(*ret, all, sizeof **ret, by_time);
	*ret_count = all;
	return SP_OK;
}

/* ---- who comes again ---- */

static sp_status put(spi_waiting *waiting, const spi_returning *returning, sp_error *err)
{
	if (waiting->first > 0 && waiting->first + waiting->count == waiting->cap) {
		memmove(waiting->items, waiting->items + waiting->first, waiting->count * sizeof *waiting->items);
		waiting->first = 0;
	}
	if (waiting->first + waiting->count == waiting->cap) {
		size_t cap = waiting->cap ? waiting->cap * 2 : 64;
		spi_returning *more = realloc(waiting->items, cap * sizeof *more);
		if (!more)
			return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
		waiting->items = more;
		waiting->cap = cap;
	}
	waiting->items[waiting->first + waiting->count++] = *returning;
	return SP_OK;
}

sp_status spi_calendar_init(spi_calendar *calendar, const spi_volumes *volumes, sp_arena *arena, sp_error *err)
{
	*calendar = (spi_calendar){.volumes = volumes, .by_line = sp_arena_calloc(arena, volumes->lines_count, sizeof *calendar->by_line)};
	return calendar->by_line ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

void spi_calendar_release(spi_calendar *calendar)
{
	for (size_t i = 0; calendar->by_line && i < calendar->volumes->lines_count; i++)
		free(calendar->by_line[i].items);
	free(calendar->fresh.items);
	*calendar = (spi_calendar){0};
}

/* The first of those whose day has come; few wait, and most of them in the order of their days. */
bool spi_calendar_take(spi_calendar *calendar, size_t line, int64_t day, spi_returning *ret)
{
	spi_waiting *w = &calendar->by_line[line];
	for (size_t i = 0; i < w->count && i < 64; i++) {
		spi_returning *item = &w->items[w->first + i];
		if (item->day > day)
			continue;
		*ret = *item;
		memmove(w->items + w->first + 1, w->items + w->first, i * sizeof *item);
		w->first++;
		w->count--;
		return true;
	}
	return false;
}

sp_status spi_calendar_add(spi_calendar *calendar, const spi_returning *returning, sp_error *err)
{
	return put(&calendar->fresh, returning, err);
}

sp_status spi_calendar_turn(spi_calendar *calendar, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < calendar->fresh.count; i++)
		status = put(&calendar->by_line[calendar->fresh.items[i].line], &calendar->fresh.items[i], err);
	calendar->fresh.count = 0;
	return status;
}
