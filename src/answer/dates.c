/* All the days of a message. */
#include "answer/dates.h"

#include "answer/date_due.h"
#include "answer/date_named.h"
#include "base/clock.h"
#include "sportello/arena.h"
#include "text/words.h"

#include <string.h>

#define HALF_A_YEAR 183
#define YEAR_LEAST 365
#define NOW_OTHER_WORDS 1
#define MONTHS_BACK 3 /* each day is in one of so many months in a row */

static bool holds(int64_t first, int64_t last, int64_t day_first, int64_t day_last)
{
	return first <= day_first && day_last <= last;
}

/* The same day said twice is one; of "a marzo, il 3 marzo" the narrower counts; "oggi" beside another day is not meant. */
static void add(spi_day_reading *r, spi_days_named found)
{
	spi_dates *d = r->ret;
	if (found.impossible) {
		d->impossible = true;
		return;
	}
	bool is_today = found.first == r->today && found.last == r->today, was_today = d->first == r->today && d->last == r->today;
	if (d->count == 0 || holds(d->first, d->last, found.first, found.last)) {
		d->first = found.first, d->last = found.last;
		d->count = d->count ? d->count : 1;
	} else if (was_today && d->count == 1) {
		d->first = found.first, d->last = found.last;
	} else if (!is_today && !holds(found.first, found.last, d->first, d->last)) {
		d->count++;
		if (r->answers) { /* "il 20 o il 21": one of them, or a day between */
			d->first = found.first < d->first ? found.first : d->first;
			d->last = found.last > d->last ? found.last : d->last;
			d->count = 1;
		}
	}
}

/* "lunedì 3 marzo": the day of the month says which. */
static bool names_the_same(const spi_day_reading *r, size_t at, const spi_days_named *found)
{
	return spi_day_words_of(r, at, KIND_WEEKDAY) && found->words == 1 &&
		   (spi_days_read_with_month(r, at + 1).words > 0 || (r->answers && spi_day_stands_alone(r, at + 1)));
}

/* The month that another day of the message names, else the last that has had this day: "il 20 o il 21 marzo", "il 23". */
static void add_alone(spi_day_reading *r)
{
	const spi_dates known = *r->ret;
	for (size_t i = 0; i < r->alone_count; i++) {
		int year, day = spi_day_number(r, r->alone[i]);
		unsigned month, unused;
		int64_t found;
		bool is_known = known.count == 1 && known.first == known.last;
		spi_civil_of_days(is_known ? known.first : r->today, &year, &month, &unused);
		if (is_known && spi_day_civil(year, (int)month, day, &found)) {
			add(r, spi_days_one(1, found));
			continue;
		}
		for (int back = 0; back < MONTHS_BACK; back++) {
			int of = ((int)month - 1 - back + 12) % 12 + 1;
			if (spi_day_civil(of > (int)month ? year - 1 : year, of, day, &found) && found <= r->today)
				break;
			found = 0;
		}
		if (found)
			add(r, spi_days_one(1, found));
	}
}

static void set_aside(spi_day_reading *r, const char *aside, sp_arena *arena)
{
	size_t len = 0;
	spi_day_reading *words = aside ? sp_arena_calloc(arena, 1, sizeof *words) : NULL;
	char *folded = words ? sp_text_fold(aside, strlen(aside), arena, &len) : NULL;
	if (!folded)
		return;
	spi_day_words_cut(words, folded, len);
	words->known = r->known;
	r->counts_end = spi_days_speak_of_end(words);
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < words->count && !r->words[i].aside; k++)
			r->words[i].aside = words->words[k].len == r->words[i].len && memcmp(words->words[k].text, r->words[i].text, r->words[i].len) == 0;
}

/* A word that is part of no day; what says that a day is an end says nothing else where there is one. */
static size_t pass_word(spi_day_reading *r, size_t at, const spi_date_entry *around)
{
	around = around ? around : spi_day_words_of(r, at, KIND_NOW);
	const spi_date_entry *due = around ? NULL : spi_day_words_of(r, at, KIND_DUE);
	due = due || around ? due : spi_day_words_of(r, at, KIND_UNTIL);
	if (due && !r->words[at].aside) {
		r->due_words += due->count;
		return at + due->count;
	}
	r->ret->other += !around && !r->words[at].aside;
	r->ret->beside += around && around->count == 1 && !spi_is_function_word(r->words[at].text, r->words[at].len, r->lang);
	return at + (around ? around->count : 1);
}

/* What ends may be still to come: without a year the nearest is meant, and not the last that was. */
static void note_due(spi_day_reading *r, size_t at, spi_days_named found)
{
	int64_t today = r->today;
	r->today += HALF_A_YEAR;
	spi_days_named later = spi_days_read(r, at);
	r->today = today;
	if (later.words == found.words && later.first - found.first >= YEAR_LEAST)
		found = later;
	r->ret->due = true;
	r->ret->due_first = found.first;
	r->ret->due_last = found.last;
}

static void find_all(spi_day_reading *r)
{
	size_t from = 0; /* behind the last day */
	for (size_t at = 0; at < r->count;) {
		const spi_date_entry *around = spi_day_words_of(r, at, KIND_AROUND);
		spi_days_named found = {0};
		if (!around || around->count <= 1)
			found = spi_days_read(r, at);
		if (found.words == 0) {
			at = pass_word(r, at, around);
			continue;
		}
		bool is_said_twice = !found.alone && names_the_same(r, at, &found);
		if (!r->counts_end && spi_day_is_due(r, from, at, found.words))
			note_due(r, at, found);
		else if (found.alone && r->alone_count < SPI_DAYS_ALONE_MAX)
			r->alone[r->alone_count++] = at;
		else if (!found.alone && !is_said_twice)
			add(r, found);
		at += found.words;
		from = is_said_twice ? from : at;
	}
	if (!r->ret->due)
		r->ret->other += r->due_words;
	add_alone(r);
}

/* "proprio adesso" tells a day, "e adesso?" and "adesso che cosa posso fare" ask on. */
static void find_with_now(spi_day_reading *r, const char *text, size_t len)
{
	r->reads_now = r->answers && !memchr(text, '?', len);
	find_all(r);
	if (!r->reads_now || r->ret->other <= NOW_OTHER_WORDS)
		return;
	*r->ret = (spi_dates){0};
	r->due_words = r->alone_count = 0;
	r->reads_now = false;
	find_all(r);
}

static void find(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, bool answers, spi_dates *ret)
{
	*ret = (spi_dates){0};
	sp_arena *arena = sp_arena_new(0);
	size_t folded_len = 0;
	spi_day_reading *r = arena ? sp_arena_calloc(arena, 1, sizeof *r) : NULL;
	char *folded = r ? sp_text_fold(text, len, arena, &folded_len) : NULL;
	if (folded && lang >= 0 && lang < SP_LANG_COUNT) {
		r->known = spi_date_words_of(lang);
		r->lang = lang;
		r->today = today;
		r->answers = answers;
		r->ret = ret;
		spi_day_words_cut(r, folded, folded_len);
		for (size_t i = 0; i < r->count && !r->tells_payment; i++)
			r->tells_payment = spi_day_words_of(r, i, KIND_PAID);
		set_aside(r, aside, arena);
		find_with_now(r, text, len);
	}
	sp_arena_free(arena);
}

void spi_dates_find(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, spi_dates *ret)
{
	find(text, len, lang, today, aside, false, ret);
}

void spi_dates_answer(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, spi_dates *ret)
{
	find(text, len, lang, today, aside, true, ret);
}
