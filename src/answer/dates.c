#include "answer/dates.h"

#include "answer/date_words.h"
#include "base/clock.h"
#include "sportello/arena.h"
#include "text/words.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128     /* of a message; what comes later is not looked at */
#define YEAR_FIRST 1990
#define YEAR_LAST 2100
#define SOME_LEAST 2      /* "qualche giorno fa" */
#define SOME_MOST 6
#define ALONE_MAX 4       /* "il 20 o il 21" */
#define MONTHS_BACK 3     /* each day is in one of so many months in a row */

/* ---- the words of a message ---- */

typedef struct word {
	const char *text;
	size_t len;
	int number;   /* digits at its beginning; -1 = none */
	size_t digits;
	char after;   /* what stands between it and the next word, where that is one character; else a blank */
	bool aside, used;
} word;

typedef struct reading {
	const spi_date_words *known;
	sp_lang lang;
	word words[WORDS_MAX];
	size_t count;
	int64_t today;
	bool answers;     /* to the question when it was: "il 23" is a day */
	spi_dates *ret;
	size_t alone[ALONE_MAX], alone_count; /* words that are a day of a month, whichever */
} reading;

/* Days that some words from one on name. */
typedef struct named {
	size_t words; /* 0: none */
	int64_t first, last;
	bool impossible; /* the 31st of February */
	bool alone;      /* a day of a month that is not said */
} named;

static bool is_word_char(char c)
{
	return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_';
}

static word make_word(const char *text, size_t len, const char *end)
{
	word w = {.text = text, .len = len, .number = -1, .after = ' '};
	while (w.digits < len && text[w.digits] >= '0' && text[w.digits] <= '9')
		w.digits++;
	if (w.digits > 0 && w.digits <= 4)
		w.number = atoi(text);
	if (text + len < end && (text + len + 1 == end || is_word_char(text[len + 1]) || text[len] == '.'))
		w.after = text[len];
	return w;
}

static void cut(reading *r, const char *text, size_t len)
{
	const char *end = text + len;
	for (const char *at = text; at < end && r->count < WORDS_MAX;) {
		/* "1° marzo", the apostrophe of a telephone: characters of more bytes that are no letters */
		static const char *const marks[] = {"\xC2\xB0", "\xC2\xBA", "\xE2\x80\x99"};
		size_t skip = is_word_char(*at) ? 0 : 1;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			if ((size_t)(end - at) >= strlen(marks[i]) && memcmp(at, marks[i], strlen(marks[i])) == 0)
				skip = strlen(marks[i]);
		if (skip) {
			at += skip;
			continue;
		}
		const char *stop = at;
		while (stop < end && is_word_char(*stop) && memcmp(stop, marks[0], 2) != 0 && memcmp(stop, marks[1], 2) != 0 &&
			   !(end - stop >= 3 && memcmp(stop, marks[2], 3) == 0))
			stop++;
		r->words[r->count++] = make_word(at, (size_t)(stop - at), end);
		at = stop;
	}
}

static bool stands_at(const reading *r, size_t at, const spi_date_entry *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (at + i >= r->count || r->words[at + i].len != e->words[i].len ||
			memcmp(r->words[at + i].text, e->words[i].text, e->words[i].len) != 0)
			return false;
	}
	return true;
}

/* The longest of a kind that stands at a word; NULL = none. */
static const spi_date_entry *of_kind(const reading *r, size_t at, spi_date_kind wanted)
{
	const spi_date_entry *best = NULL;
	for (size_t i = 0; i < r->known->count; i++) {
		const spi_date_entry *e = &r->known->items[i];
		if (e->kind == wanted && (!best || e->count > best->count) && stands_at(r, at, e))
			best = e;
	}
	return best;
}

static size_t length_of(const spi_date_entry *e)
{
	return e ? e->count : 0;
}

/* ---- days ---- */

static bool day_of(int year, int month, int day, int64_t *ret)
{
	int real_year;
	unsigned real_month, real_day;
	if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*ret = spi_days_of_civil(year, (unsigned)month, (unsigned)day);
	spi_civil_of_days(*ret, &real_year, &real_month, &real_day); /* the 31st of April comes back as another day */
	return real_month == (unsigned)month && real_day == (unsigned)day;
}

static int year_of(int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	return year;
}

/* Of a day without a year the last that was; the 29th of February is not in every year. */
static bool last_day_of(const reading *r, int month, int day, int64_t *ret)
{
	int this_year = year_of(r->today);
	for (int year = this_year; year > this_year - 8; year--)
		if (day_of(year, month, day, ret) && *ret <= r->today)
			return true;
	return false;
}

static named one_day(size_t words, int64_t day)
{
	return (named){words, day, day, false, false};
}

static named no_day(size_t words)
{
	return (named){.words = words, .impossible = true};
}

/* What is not over yet ends today. */
static named range(const reading *r, size_t words, int64_t first, int64_t last)
{
	return (named){words, first, first <= r->today && last > r->today ? r->today : last, false, false};
}

static int full_year(const word *w)
{
	if (w->digits != w->len || w->number < 0 || (w->digits != 2 && w->digits != 4))
		return -1;
	return w->digits == 2 ? 2000 + w->number : w->number;
}

static bool is_year(const reading *r, size_t at)
{
	const word *w = &r->words[at];
	return at < r->count && w->digits == 4 && w->len == 4 && w->number >= YEAR_FIRST && w->number <= YEAR_LAST;
}

static bool is_day_number(int number)
{
	return number >= 1 && number <= 31;
}

/* 3/3/2021, 3.3.21, 2021-03-03; 3/3 is the last that was. The day is before the month. */
static named read_numbers(const reading *r, size_t at)
{
	const word *w = &r->words[at];
	int64_t day;
	bool two = at + 1 < r->count && w[0].digits == w[0].len && w[0].number >= 0 && w[1].number >= 0 && w[1].digits == w[1].len &&
		strchr("/-.", w[0].after);
	bool three = two && at + 2 < r->count && w[1].after == w[0].after && w[2].number >= 0;
	if (three && w[0].digits == 4 && day_of(w[0].number, w[1].number, w[2].number, &day))
		return one_day(3, day);
	int year = three ? full_year(&w[2]) : -1;
	if (year > 0 && (day_of(year, w[1].number, w[0].number, &day) || day_of(year, w[0].number, w[1].number, &day)))
		return one_day(3, day);
	bool looks_whole = three && (year >= YEAR_FIRST || (w[0].digits == 4 && w[0].number >= YEAR_FIRST)) && w[1].digits <= 2 && (w[0].digits <= 2 || w[2].digits <= 2);
	if (looks_whole)
		return no_day(3);
	bool short_form = two && !three && w[0].digits <= 2 && w[1].digits <= 2 && (w[0].after == '/' || (w[0].after == '.' && w[1].after == '.'));
	if (short_form && last_day_of(r, w[1].number, w[0].number, &day))
		return one_day(2, day);
	return short_form && is_day_number(w[0].number) && w[1].number >= 1 && w[1].number <= 12 ? no_day(2) : (named){0};
}

/* The words of a month at a place, where it is one beyond doubt or strong is true. */
static size_t month_at(const reading *r, size_t at, bool strong, int *ret)
{
	const spi_date_entry *month = of_kind(r, at, KIND_MONTH);
	if (!month && strong)
		month = of_kind(r, at, KIND_WEAK_MONTH);
	if (month)
		*ret = month->value;
	return length_of(month);
}

/* A number of the month's days: "3", "3rd", "primo". 0 = none. */
static int day_number(const reading *r, size_t at)
{
	if (at >= r->count)
		return 0;
	const word *w = &r->words[at];
	const spi_date_entry *number = w->number < 0 ? of_kind(r, at, KIND_NUMBER) : NULL;
	if (number)
		return number->count == 1 ? number->value : 0;
	if (w->digits == 0 || w->digits > 2 || w->number > 31)
		return 0;
	word ending = {.text = w->text + w->digits, .len = w->len - w->digits};
	for (size_t i = 0; ending.len > 0 && i < r->known->count; i++) {
		const spi_date_entry *e = &r->known->items[i];
		if (e->kind == KIND_ORDINAL && e->words[0].len == ending.len && memcmp(e->words[0].text, ending.text, ending.len) == 0)
			return w->number;
	}
	return ending.len == 0 ? w->number : 0;
}

static named day_in_month(const reading *r, size_t at, size_t words, int month, int day)
{
	int64_t found;
	size_t of = length_of(of_kind(r, at + words, KIND_OF));
	bool has_year = is_year(r, at + words + of);
	if (has_year && day_of(r->words[at + words + of].number, month, day, &found))
		return one_day(words + of + 1, found);
	if (has_year)
		return no_day(words + of + 1);
	return last_day_of(r, month, day, &found) ? one_day(words, found) : no_day(words);
}

/* "3 marzo 2021", "primo di marzo", "3rd of March", "March 3rd, 2021" */
static named read_day_and_month(const reading *r, size_t at)
{
	int month = 0, day = day_number(r, at);
	if (day > 0) {
		size_t of = length_of(of_kind(r, at + 1, KIND_OF)), words = month_at(r, at + 1 + of, true, &month);
		if (words > 0)
			return day_in_month(r, at, 1 + of + words, month, day);
	}
	bool too_high = r->words[at].digits == 2 && r->words[at].len == 2 && r->words[at].number > 31;
	if (too_high && r->answers && month_at(r, at + 1, false, &month) > 0)
		return no_day(1 + month_at(r, at + 1, false, &month));
	size_t words = month_at(r, at, true, &month);
	bool follows = words > 0 && at + words < r->count && r->words[at + words].digits > 0;
	day = follows ? day_number(r, at + words) : 0;
	return day > 0 ? day_in_month(r, at, words + 1, month, day) : (named){0};
}

static named whole_month(const reading *r, size_t words, int year, int month)
{
	int64_t first, next;
	if (!day_of(year, month, 1, &first) || !day_of(month == 12 ? year + 1 : year, month % 12 + 1, 1, &next))
		return (named){0};
	return range(r, words, first, next - 1);
}

/* "a gennaio", "gennaio scorso", "last January", "May 2021" */
static named read_month(const reading *r, size_t at)
{
	int month = 0;
	int64_t first;
	size_t before = length_of(of_kind(r, at, KIND_LAST));
	if (before == 0)
		before = length_of(of_kind(r, at, KIND_IN));
	size_t words = month_at(r, at + before, before > 0 || is_year(r, at + 1), &month);
	if (words == 0)
		return (named){0};
	words += before;
	size_t of = length_of(of_kind(r, at + words, KIND_OF));
	if (is_year(r, at + words + of))
		return whole_month(r, words + of + 1, r->words[at + words + of].number, month);
	words += length_of(of_kind(r, at + words, KIND_LAST));
	return last_day_of(r, month, 1, &first) ? whole_month(r, words, year_of(first), month) : (named){0};
}

/* "nel 2021" */
static named read_year(const reading *r, size_t at)
{
	size_t in = length_of(of_kind(r, at, KIND_IN));
	int64_t first, last;
	if (in == 0 || !is_year(r, at + in))
		return (named){0};
	int year = r->words[at + in].number;
	return day_of(year, 1, 1, &first) && day_of(year, 12, 31, &last) ? range(r, in + 1, first, last) : (named){0};
}

static named read_day(const reading *r, size_t at)
{
	const spi_date_entry *day = of_kind(r, at, KIND_DAY);
	return day ? one_day(day->count, r->today - day->value) : (named){0};
}

static named read_feast(const reading *r, size_t at)
{
	const spi_date_entry *feast = of_kind(r, at, KIND_FEAST);
	return feast ? day_in_month(r, at, feast->count, feast->value / 100, feast->value % 100) : (named){0};
}

/* "lunedì", "lunedì scorso", "last Monday": the last before today; "lunedì prossimo" is to come. */
static named read_weekday(const reading *r, size_t at)
{
	size_t before = length_of(of_kind(r, at, KIND_LAST)), next = before ? 0 : length_of(of_kind(r, at, KIND_NEXT));
	const spi_date_entry *day = of_kind(r, at + before + next, KIND_WEEKDAY);
	if (!day)
		return (named){0};
	size_t words = before + next + day->count;
	size_t last = length_of(of_kind(r, at + words, KIND_LAST));
	size_t after = next ? 0 : length_of(of_kind(r, at + words, KIND_NEXT));
	int today = (int)((r->today + 3) % 7) + 1;
	int ago = (today - day->value + 7) % 7;
	if (next || after)
		return one_day(words + after, r->today - ago + 7);
	return one_day(words + last, r->today - (ago ? ago : 7));
}

/* Weeks and months are not counted to the day by anybody. */
static named ago(const reading *r, size_t words, int least, int most, int unit)
{
	int loose = unit >= 365 ? unit / 2 : unit >= 7 ? unit / 2 : 0;
	int64_t first = r->today - (int64_t)most * unit - loose, last = r->today - (int64_t)least * unit + loose;
	return (named){words, first, last > r->today ? r->today : last, false, false};
}

/* "due settimane fa", "vor zwei Wochen", "da tre giorni" */
static named read_ago(const reading *r, size_t at)
{
	size_t words = length_of(of_kind(r, at, KIND_SINCE));
	bool since = words > 0;
	const spi_date_entry *number = of_kind(r, at + words, KIND_NUMBER), *some = of_kind(r, at + words, KIND_SOME);
	int least = number ? number->value : some ? SOME_LEAST : -1, most = some && !number ? SOME_MOST : least;
	size_t counted = number ? number->count : length_of(some);
	if (counted == 0 && at + words < r->count && r->words[at + words].digits == r->words[at + words].len && r->words[at + words].number > 0) {
		least = most = r->words[at + words].number;
		counted = 1;
	}
	if (counted == 0)
		return (named){0};
	words += counted;
	const spi_date_entry *unit = of_kind(r, at + words, KIND_UNIT);
	if (!unit || least > 1000)
		return (named){0};
	words += unit->count;
	size_t fa = length_of(of_kind(r, at + words, KIND_AGO));
	return since || fa ? ago(r, words + fa, least, most, unit->value) : (named){0};
}

/* The week, month or year that is, or the one before. */
static named whole_unit(const reading *r, size_t words, int unit, bool is_last)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(r->today, &year, &month, &day);
	if (unit == 7) {
		int64_t monday = r->today - (r->today + 3) % 7 - (is_last ? 7 : 0);
		return range(r, words, monday, monday + 6);
	}
	if (unit == 30) {
		int back = is_last ? 1 : 0, before = (int)month - back;
		return whole_month(r, words, before < 1 ? year - 1 : year, before < 1 ? 12 : before);
	}
	year -= is_last ? 1 : 0;
	return range(r, words, spi_days_of_civil(year, 1, 1), spi_days_of_civil(year, 12, 31));
}

/* "la settimana scorsa", "last month", "diese Woche" */
static named read_unit(const reading *r, size_t at)
{
	size_t last = length_of(of_kind(r, at, KIND_LAST)), this = last ? 0 : length_of(of_kind(r, at, KIND_THIS));
	const spi_date_entry *unit = of_kind(r, at + last + this, KIND_UNIT);
	if (!unit || unit->value < 7)
		return (named){0};
	size_t words = last + this + unit->count, after = length_of(of_kind(r, at + words, KIND_LAST));
	return last || this || after ? whole_unit(r, words + after, unit->value, !this) : (named){0};
}

/* "3 giorni", "2 o 3 giorni" */
static bool counts_units(const reading *r, size_t at)
{
	return of_kind(r, at + 1, KIND_UNIT) || (at + 2 < r->count && r->words[at + 2].digits > 0 && of_kind(r, at + 3, KIND_UNIT));
}

/* "10:30", "23,50": a number goes on in the next. */
static bool is_joined(const reading *r, size_t at)
{
	const word *w = &r->words[at];
	return at + 1 < r->count && w[0].digits > 0 && w[1].digits > 0 && w[1].text == w[0].text + w[0].len + 1 && strchr(".,:/-", w[0].text[w[0].len]);
}

/* A number of a month's days with nothing that says which month: no hour, no price, no "3 giorni". */
static bool stands_alone(const reading *r, size_t at)
{
	bool is_day = at < r->count && r->words[at].number >= 1 && day_number(r, at) > 0;
	return is_day && !counts_units(r, at) && !is_joined(r, at) && !(at > 0 && is_joined(r, at - 1));
}

static named read_alone(const reading *r, size_t at)
{
	return r->answers && stands_alone(r, at) ? (named){.words = 1, .alone = true} : (named){0};
}

/* ---- all of a message ---- */

static bool holds(int64_t first, int64_t last, int64_t day_first, int64_t day_last)
{
	return first <= day_first && day_last <= last;
}

/* The same day said twice is one; of "a marzo, il 3 marzo" the narrower counts; "oggi" beside another day is not meant. */
static void add(reading *r, named found)
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

static named read_at(const reading *r, size_t at)
{
	static named (*const readers[])(const reading *r, size_t at) = {read_numbers, read_day_and_month, read_ago, read_day, read_weekday,
		read_month, read_unit, read_feast, read_year, read_alone};
	named best = {0};
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		named found = readers[i](r, at);
		best = found.words > best.words ? found : best;
	}
	return best;
}

/* "lunedì 3 marzo": the day of the month says which. */
static bool names_the_same(const reading *r, size_t at, const named *found)
{
	return of_kind(r, at, KIND_WEEKDAY) && found->words == 1 &&
		   (read_day_and_month(r, at + 1).words > 0 || (r->answers && stands_alone(r, at + 1)));
}

/* The month that another day of the message names, else the last that has had this day: "il 20 o il 21 marzo", "il 23". */
static void add_alone(reading *r)
{
	const spi_dates known = *r->ret;
	for (size_t i = 0; i < r->alone_count; i++) {
		int year, day = day_number(r, r->alone[i]);
		unsigned month, unused;
		int64_t found;
		bool is_known = known.count == 1 && known.first == known.last;
		spi_civil_of_days(is_known ? known.first : r->today, &year, &month, &unused);
		if (is_known && day_of(year, (int)month, day, &found)) {
			add(r, one_day(1, found));
			continue;
		}
		for (int back = 0; back < MONTHS_BACK; back++) {
			int of = ((int)month - 1 - back + 12) % 12 + 1;
			if (day_of(of > (int)month ? year - 1 : year, of, day, &found) && found <= r->today)
				break;
			found = 0;
		}
		if (found)
			add(r, one_day(1, found));
	}
}

static void set_aside(reading *r, const char *aside, sp_arena *arena)
{
	size_t len = 0;
	reading *words = aside ? sp_arena_calloc(arena, 1, sizeof *words) : NULL;
	char *folded = words ? sp_text_fold(aside, strlen(aside), arena, &len) : NULL;
	if (!folded)
		return;
	cut(words, folded, len);
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < words->count && !r->words[i].aside; k++)
			r->words[i].aside = words->words[k].len == r->words[i].len && memcmp(words->words[k].text, r->words[i].text, r->words[i].len) == 0;
}

static void find_all(reading *r)
{
	for (size_t at = 0; at < r->count;) {
		const spi_date_entry *around = of_kind(r, at, KIND_AROUND);
		named found = {0};
		if (!around || around->count <= 1)
			found = read_at(r, at);
		if (found.words == 0) {
			r->ret->other += !around && !r->words[at].aside;
			r->ret->beside += around && around->count == 1 && !spi_is_function_word(r->words[at].text, r->words[at].len, r->lang);
			at += around ? around->count : 1;
			continue;
		}
		if (found.alone && r->alone_count < ALONE_MAX)
			r->alone[r->alone_count++] = at;
		else if (!found.alone && !names_the_same(r, at, &found))
			add(r, found);
		at += found.words;
	}
	add_alone(r);
}

static void find(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, bool answers, spi_dates *ret)
{
	*ret = (spi_dates){0};
	sp_arena *arena = sp_arena_new(0);
	size_t folded_len = 0;
	reading *r = arena ? sp_arena_calloc(arena, 1, sizeof *r) : NULL;
	char *folded = r ? sp_text_fold(text, len, arena, &folded_len) : NULL;
	if (folded && lang >= 0 && lang < SP_LANG_COUNT) {
		r->known = spi_date_words_of(lang);
		r->lang = lang;
		r->today = today;
		r->answers = answers;
		r->ret = ret;
		cut(r, folded, folded_len);
		set_aside(r, aside, arena);
		find_all(r);
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
