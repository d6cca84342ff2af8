#include "answer/dates.h"

#include "base/clock.h"
#include "base/embed.h"
#include "sportello/arena.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128     /* of a message; what comes later is not looked at */
#define PHRASE_WORDS 4
#define YEAR_FIRST 1990
#define YEAR_LAST 2100
#define SOME_LEAST 2      /* "qualche giorno fa" */
#define SOME_MOST 6

/* ---- the words of a language ---- */

/* X(enum, name in the file) */
#define KIND_LIST(X) \
	X(KIND_DAY, "day")               /* value: days ago */ \
	X(KIND_WEEKDAY, "weekday")       /* 1 = Monday */ \
	X(KIND_MONTH, "month") \
	X(KIND_WEAK_MONTH, "weak-month") /* another word too: with a day, a year or "in" only */ \
	X(KIND_FEAST, "feast")           /* month * 100 + day */ \
	X(KIND_NUMBER, "number") \
	X(KIND_SOME, "some") \
	X(KIND_UNIT, "unit")             /* days; 0: less than one */ \
	X(KIND_AGO, "ago") \
	X(KIND_SINCE, "since")           /* before the number: "vor", "da" */ \
	X(KIND_LAST, "last") \
	X(KIND_NEXT, "next") \
	X(KIND_THIS, "this") \
	X(KIND_IN, "in") \
	X(KIND_OF, "of") \
	X(KIND_ORDINAL, "ordinal")       /* ending of a number */ \
	X(KIND_AROUND, "around")
typedef enum kind {
#define KIND_ENUM(name, text) name,
	KIND_LIST(KIND_ENUM)
#undef KIND_ENUM
	KIND_COUNT
} kind;

typedef struct entry {
	kind kind;
	int value;
	size_t count;
	struct { const char *text; size_t len; } words[PHRASE_WORDS];
} entry;

typedef struct vocabulary {
	entry *items;
	size_t count;
} vocabulary;

/* Read once from what the build put in; never changed after. */
static vocabulary vocabularies[SP_LANG_COUNT];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static kind kind_of(const char *text, size_t len)
{
	static const char *const names[KIND_COUNT] = {
#define KIND_NAME(name, text) text,
		KIND_LIST(KIND_NAME)
#undef KIND_NAME
	};
	int i = 0;
	while (i < KIND_COUNT && (strlen(names[i]) != len || memcmp(names[i], text, len) != 0))
		i++;
	return (kind)i;
}

static bool read_entry(const char *at, const char *end, entry *ret)
{
	const char *value = memchr(at, ' ', (size_t)(end - at));
	*ret = (entry){.kind = value ? kind_of(at, (size_t)(value - at)) : KIND_COUNT};
	if (ret->kind == KIND_COUNT)
		return false;
	ret->value = atoi(value);
	/* Each word stands behind a space. */
	const char *space = memchr(value + 1, ' ', (size_t)(end - value - 1));
	for (; space && ret->count < PHRASE_WORDS; ret->count++) {
		const char *word = space + 1;
		space = memchr(word, ' ', (size_t)(end - word));
		ret->words[ret->count].text = word;
		ret->words[ret->count].len = (size_t)((space ? space : end) - word);
	}
	return ret->count > 0;
}

static void load_one(const spi_embedded *file, vocabulary *ret)
{
	size_t lines = 0;
	for (const char *at = file->data; at < file->end; at++)
		lines += *at == '\n';
	ret->items = calloc(lines + 1, sizeof *ret->items);
	for (const char *at = file->data; ret->items && at < file->end;) {
		const char *stop = memchr(at, '\n', (size_t)(file->end - at));
		if (!stop)
			break;
		if (*at != '#' && stop > at && read_entry(at, stop, &ret->items[ret->count]))
			ret->count++;
		at = stop + 1;
	}
}

static void load(void)
{
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
		char name[64];
		snprintf(name, sizeof name, "%s/dates.txt", sp_lang_code(lang));
		const spi_embedded *file = spi_embedded_find(spi_embedded_cues, name);
		if (file)
			load_one(file, &vocabularies[lang]);
	}
}

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
	const vocabulary *known;
	word words[WORDS_MAX];
	size_t count;
	int64_t today;
	spi_dates *ret;
} reading;

/* Days that some words from one on name. */
typedef struct named {
	size_t words; /* 0: none */
	int64_t first, last;
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

static bool stands_at(const reading *r, size_t at, const entry *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (at + i >= r->count || r->words[at + i].len != e->words[i].len ||
			memcmp(r->words[at + i].text, e->words[i].text, e->words[i].len) != 0)
			return false;
	}
	return true;
}

/* The longest of a kind that stands at a word; NULL = none. */
static const entry *of_kind(const reading *r, size_t at, kind wanted)
{
	const entry *best = NULL;
	for (size_t i = 0; i < r->known->count; i++) {
		const entry *e = &r->known->items[i];
		if (e->kind == wanted && (!best || e->count > best->count) && stands_at(r, at, e))
			best = e;
	}
	return best;
}

static size_t length_of(const entry *e)
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
	return (named){words, day, day};
}

/* What is not over yet ends today. */
static named range(const reading *r, size_t words, int64_t first, int64_t last)
{
	return (named){words, first, first <= r->today && last > r->today ? r->today : last};
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
	bool short_form = two && !three && w[0].digits <= 2 && w[1].digits <= 2 && (w[0].after == '/' || (w[0].after == '.' && w[1].after == '.'));
	return short_form && last_day_of(r, w[1].number, w[0].number, &day) ? one_day(2, day) : (named){0};
}

/* The words of a month at a place, where it is one beyond doubt or strong is true. */
static size_t month_at(const reading *r, size_t at, bool strong, int *ret)
{
	const entry *month = of_kind(r, at, KIND_MONTH);
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
	const entry *number = w->number < 0 ? of_kind(r, at, KIND_NUMBER) : NULL;
	if (number)
		return number->count == 1 ? number->value : 0;
	if (w->digits == 0 || w->digits > 2 || w->number > 31)
		return 0;
	word ending = {.text = w->text + w->digits, .len = w->len - w->digits};
	for (size_t i = 0; ending.len > 0 && i < r->known->count; i++) {
		const entry *e = &r->known->items[i];
		if (e->kind == KIND_ORDINAL && e->words[0].len == ending.len && memcmp(e->words[0].text, ending.text, ending.len) == 0)
			return w->number;
	}
	return ending.len == 0 ? w->number : 0;
}

static named day_in_month(const reading *r, size_t at, size_t words, int month, int day)
{
	int64_t found;
	size_t of = length_of(of_kind(r, at + words, KIND_OF));
	if (is_year(r, at + words + of) && day_of(r->words[at + words + of].number, month, day, &found))
		return one_day(words + of + 1, found);
	return last_day_of(r, month, day, &found) ? one_day(words, found) : (named){0};
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
	const entry *day = of_kind(r, at, KIND_DAY);
	return day ? one_day(day->count, r->today - day->value) : (named){0};
}

static named read_feast(const reading *r, size_t at)
{
	const entry *feast = of_kind(r, at, KIND_FEAST);
	return feast ? day_in_month(r, at, feast->count, feast->value / 100, feast->value % 100) : (named){0};
}

/* "lunedì", "lunedì scorso", "last Monday": the last before today; "lunedì prossimo" is to come. */
static named read_weekday(const reading *r, size_t at)
{
	size_t before = length_of(of_kind(r, at, KIND_LAST)), next = before ? 0 : length_of(of_kind(r, at, KIND_NEXT));
	const entry *day = of_kind(r, at + before + next, KIND_WEEKDAY);
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
	return (named){words, first, last > r->today ? r->today : last};
}

/* "due settimane fa", "vor zwei Wochen", "da tre giorni" */
static named read_ago(const reading *r, size_t at)
{
	size_t words = length_of(of_kind(r, at, KIND_SINCE));
	bool since = words > 0;
	const entry *number = of_kind(r, at + words, KIND_NUMBER), *some = of_kind(r, at + words, KIND_SOME);
	int least = number ? number->value : some ? SOME_LEAST : -1, most = some && !number ? SOME_MOST : least;
	size_t counted = number ? number->count : length_of(some);
	if (counted == 0 && at + words < r->count && r->words[at + words].digits == r->words[at + words].len && r->words[at + words].number > 0) {
		least = most = r->words[at + words].number;
		counted = 1;
	}
	if (counted == 0)
		return (named){0};
	words += counted;
	const entry *unit = of_kind(r, at + words, KIND_UNIT);
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
	const entry *unit = of_kind(r, at + last + this, KIND_UNIT);
	if (!unit || unit->value < 7)
		return (named){0};
	size_t words = last + this + unit->count, after = length_of(of_kind(r, at + words, KIND_LAST));
	return last || this || after ? whole_unit(r, words + after, unit->value, !this) : (named){0};
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
	bool is_today = found.first == r->today && found.last == r->today, was_today = d->first == r->today && d->last == r->today;
	if (d->count == 0 || holds(d->first, d->last, found.first, found.last)) {
		d->first = found.first, d->last = found.last;
		d->count = d->count ? d->count : 1;
	} else if (was_today && d->count == 1) {
		d->first = found.first, d->last = found.last;
	} else if (!is_today && !holds(found.first, found.last, d->first, d->last)) {
		d->count++;
	}
}

static named read_at(const reading *r, size_t at)
{
	static named (*const readers[])(const reading *r, size_t at) = {read_numbers, read_day_and_month, read_ago, read_day, read_weekday,
		read_month, read_unit, read_feast, read_year};
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
	return of_kind(r, at, KIND_WEEKDAY) && found->words == 1 && read_day_and_month(r, at + 1).words > 0;
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
		const entry *around = of_kind(r, at, KIND_AROUND);
		named found = {0};
		if (!around || around->count <= 1)
			found = read_at(r, at);
		if (found.words == 0) {
			r->ret->other += !around && !r->words[at].aside;
			at += around ? around->count : 1;
			continue;
		}
		if (!names_the_same(r, at, &found))
			add(r, found);
		at += found.words;
	}
}

void spi_dates_find(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, spi_dates *ret)
{
	*ret = (spi_dates){0};
	pthread_once(&loaded, load);
	sp_arena *arena = sp_arena_new(0);
	size_t folded_len = 0;
	reading *r = arena ? sp_arena_calloc(arena, 1, sizeof *r) : NULL;
	char *folded = r ? sp_text_fold(text, len, arena, &folded_len) : NULL;
	if (folded && lang >= 0 && lang < SP_LANG_COUNT) {
		r->known = &vocabularies[lang];
		r->today = today;
		r->ret = ret;
		cut(r, folded, folded_len);
		set_aside(r, aside, arena);
		find_all(r);
	}
	sp_arena_free(arena);
}
