/* Open addressing: a number's place says where in the row of items it is. */
#include "store/ledger_shelf.h"

#include <stdlib.h>
#include <string.h>

static size_t place_of(const spi_shelf *s, int64_t number)
{
	size_t at = (size_t)((uint64_t)number * 0x9e3779b97f4a7c15u >> 20) & (s->size - 1);
	while (s->places[at] && s->items[s->places[at] - 1].number != number)
		at = (at + 1) & (s->size - 1);
	return at;
}

static bool grow(spi_shelf *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	uint32_t *places = calloc(2 * room, sizeof *places);
	spi_held *items = calloc(room, sizeof *items);
	if (!places || !items) {
		free(places);
		free(items);
		return false;
	}
	if (s->items)
		memcpy(items, s->items, s->count * sizeof *items);
	free(s->items);
	free(s->places);
	s->items = items;
	s->room = room;
	s->places = places;
	s->size = 2 * room;
	for (size_t i = 0; i < s->count; i++) {
		size_t at = place_of(s, s->items[i].number);
		s->places[at] = (uint32_t)i + 1;
		s->items[i].place = (uint32_t)at;
	}
	return true;
}

spi_held *spi_shelf_find(const spi_shelf *s, int64_t number)
{
	uint32_t index = s->size ? s->places[place_of(s, number)] : 0;
	return index ? &s->items[index - 1] : NULL;
}

spi_held *spi_shelf_add(spi_shelf *s, int64_t number)
{
	if ((s->count == s->room && !grow(s)) || !s->items)
		return NULL;
	size_t at = place_of(s, number);
	spi_held *item = &s->items[s->count++];
	*item = (spi_held){.number = number, .place = (uint32_t)at};
	s->places[at] = (uint32_t)s->count;
	return item;
}

void spi_shelf_empty(spi_shelf *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->places[s->items[i].place] = 0;
	s->count = 0;
}
