#include "answer/date_named.h"

#include "base/clock.h"

#include <string.h>

#define YEAR_FIRST 1990
#define YEAR_LAST 2100
#define SOME_LEAST 2 /* "qualche giorno fa" */
#define SOME_MOST 6

bool spi_day_civil(int year, int month, int day, int64_t *ret)
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
static bool last_day_of(const spi_day_reading *r, int month, int day, int64_t *ret)
{
	int this_year = year_of(r->today);
	for (int year = this_year; year > this_year - 8; year--)
		if (spi_day_civil(year, month, day, ret) && *ret <= r->today)
			return true;
	return false;
}

spi_days_named spi_days_one(size_t words, int64_t day)
{
	return (spi_days_named){words, day, day, false, false};
}

static spi_days_named no_day(size_t words)
{
	return (spi_days_named){.words = words, .impossible = true};
}

/* What is not over yet ends today. */
static spi_days_named range(const spi_day_reading *r, size_t words, int64_t first, int64_t last)
{
	return (spi_days_named){words, first, first <= r->today && last > r->today ? r->today : last, false, false};
}

static int full_year(const spi_day_word *w)
{
	if (w->digits != w->len || w->number < 0 || (w->digits != 2 && w->digits != 4))
		return -1;
	return w->digits == 2 ? 2000 + w->number : w->number;
}

static bool is_year(const spi_day_reading *r, size_t at)
{
	const spi_day_word *w = &r->words[at];
	return at < r->count && w->digits == 4 && w->len == 4 && w->number >= YEAR_FIRST && w->number <= YEAR_LAST;
}

static bool is_day_number(int number)
{
	return number >= 1 && number <= 31;
}

/* 3/3/2021, 3.3.21, 2021-03-03; 3/3 is the last that was. The day is before the month. */
static spi_days_named read_numbers(const spi_day_reading *r, size_t at)
{
	const spi_day_word *w = &r->words[at];
	int64_t day;
	bool two = at + 1 < r->count && w[0].digits == w[0].len && w[0].number >= 0 && w[1].number >= 0 && w[1].digits == w[1].len &&
		strchr("/-.", w[0].after);
	bool three = two && at + 2 < r->count && w[1].after == w[0].after && w[2].number >= 0;
	if (three && w[0].digits == 4 && spi_day_civil(w[0].number, w[1].number, w[2].number, &day))
		return spi_days_one(3, day);
	int year = three ? full_year(&w[2]) : -1;
	if (year > 0 && (spi_day_civil(year, w[1].number, w[0].number, &day) || spi_day_civil(year, w[0].number, w[1].number, &day)))
		return spi_days_one(3, day);
	bool looks_whole = three && (year >= YEAR_FIRST || (w[0].digits == 4 && w[0].number >= YEAR_FIRST)) && w[1].digits <= 2 && (w[0].digits <= 2 || w[2].digits <= 2);
	if (looks_whole)
		return no_day(3);
	bool short_form = two && !three && w[0].digits <= 2 && w[1].digits <= 2 && (w[0].after == '/' || (w[0].after == '.' && w[1].after == '.'));
	if (short_form && last_day_of(r, w[1].number, w[0].number, &day))
		return spi_days_one(2, day);
	return short_form && is_day_number(w[0].number) && w[1].number >= 1 && w[1].number <= 12 ? no_day(2) : (spi_days_named){0};
}

/* The words of a month at a place, where it is one beyond doubt or strong is true. */
static size_t month_at(const spi_day_reading *r, size_t at, bool strong, int *ret)
{
	const spi_date_entry *month = spi_day_words_of(r, at, KIND_MONTH);
	if (!month && strong)
		month = spi_day_words_of(r, at, KIND_WEAK_MONTH);
	if (month)
		*ret = month->value;
	return spi_day_words_length(month);
}

int spi_day_number(const spi_day_reading *r, size_t at)
{
	if (at >= r->count)
		return 0;
	const spi_day_word *w = &r->words[at];
	const spi_date_entry *number = w->number < 0 ? spi_day_words_of(r, at, KIND_NUMBER) : NULL;
	if (number)
		return number->count == 1 ? number->value : 0;
	if (w->digits == 0 || w->digits > 2 || w->number > 31)
		return 0;
	spi_day_word ending = {.text = w->text + w->digits, .len = w->len - w->digits};
	for (size_t i = r->known->from[KIND_ORDINAL]; ending.len > 0 && i < r->known->from[KIND_ORDINAL + 1]; i++) {
		const spi_date_entry *e = &r->known->items[i];
		if (e->words[0].len == ending.len && memcmp(e->words[0].text, ending.text, ending.len) == 0)
			return w->number;
	}
	return ending.len == 0 ? w->number : 0;
}

static spi_days_named day_in_month(const spi_day_reading *r, size_t at, size_t words, int month, int day)
{
	int64_t found;
	size_t of = spi_day_words_length(spi_day_words_of(r, at + words, KIND_OF));
	bool has_year = is_year(r, at + words + of);
	if (has_year && spi_day_civil(r->words[at + words + of].number, month, day, &found))
		return spi_days_one(words + of + 1, found);
	if (has_year)
		return no_day(words + of + 1);
	return last_day_of(r, month, day, &found) ? spi_days_one(words, found) : no_day(words);
}

/* "3 marzo 2021", "primo di marzo", "3rd of March", "March 3rd, 2021" */
spi_days_named spi_days_read_with_month(const spi_day_reading *r, size_t at)
{
	if (at >= r->count)
		return (spi_days_named){0};
	int month = 0, day = spi_day_number(r, at);
	if (day > 0) {
		size_t of = spi_day_words_length(spi_day_words_of(r, at + 1, KIND_OF)), words = month_at(r, at + 1 + of, true, &month);
		if (words > 0)
			return day_in_month(r, at, 1 + of + words, month, day);
	}
	bool too_high = r->words[at].digits == 2 && r->words[at].len == 2 && r->words[at].number > 31;
	if (too_high && r->answers && month_at(r, at + 1, false, &month) > 0)
		return no_day(1 + month_at(r, at + 1, false, &month));
	size_t words = month_at(r, at, true, &month);
	bool follows = words > 0 && at + words < r->count && r->words[at + words].digits > 0;
	day = follows ? spi_day_number(r, at + words) : 0;
	return day > 0 ? day_in_month(r, at, words + 1, month, day) : (spi_days_named){0};
}

static spi_days_named whole_month(const spi_day_reading *r, size_t words, int year, int month)
{
	int64_t first, next;
	if (!spi_day_civil(year, month, 1, &first) || !spi_day_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1, &next))
		return (spi_days_named){0};
	return range(r, words, first, next - 1);
}

/* "a gennaio", "gennaio scorso", "last January", "May 2021" */
static spi_days_named read_month(const spi_day_reading *r, size_t at)
{
	int month = 0;
	int64_t first;
	size_t before = spi_day_words_length(spi_day_words_of(r, at, KIND_LAST));
	if (before == 0)
		before = spi_day_words_length(spi_day_words_of(r, at, KIND_IN));
	size_t words = month_at(r, at + before, before > 0 || is_year(r, at + 1), &month);
	if (words == 0)
		return (spi_days_named){0};
	words += before;
	size_t of = spi_day_words_length(spi_day_words_of(r, at + words, KIND_OF));
	if (is_year(r, at + words + of))
		return whole_month(r, words + of + 1, r->words[at + words + of].number, month);
	words += spi_day_words_length(spi_day_words_of(r, at + words, KIND_LAST));
	return last_day_of(r, month, 1, &first) ? whole_month(r, words, year_of(first), month) : (spi_days_named){0};
}

/* "nel 2021" */
static spi_days_named read_year(const spi_day_reading *r, size_t at)
{
	size_t in = spi_day_words_length(spi_day_words_of(r, at, KIND_IN));
	int64_t first, last;
	if (in == 0 || !is_year(r, at + in))
		return (spi_days_named){0};
	int year = r->words[at + in].number;
	return spi_day_civil(year, 1, 1, &first) && spi_day_civil(year, 12, 31, &last) ? range(r, in + 1, first, last) : (spi_days_named){0};
}

static spi_days_named read_day(const spi_day_reading *r, size_t at)
{
	const spi_date_entry *day = spi_day_words_of(r, at, KIND_DAY);
	day = day || !(r->reads_now || r->tells_payment) ? day : spi_day_words_of(r, at, KIND_NOW);
	return day ? spi_days_one(day->count, r->today - day->value) : (spi_days_named){0};
}

static spi_days_named read_feast(const spi_day_reading *r, size_t at)
{
	const spi_date_entry *feast = spi_day_words_of(r, at, KIND_FEAST);
	return feast ? day_in_month(r, at, feast->count, feast->value / 100, feast->value % 100) : (spi_days_named){0};
}

/* "lunedì", "lunedì scorso", "last Monday": the last before today; "lunedì prossimo" is to come. */
static spi_days_named read_weekday(const spi_day_reading *r, size_t at)
{
	size_t before = spi_day_words_length(spi_day_words_of(r, at, KIND_LAST)), next = before ? 0 : spi_day_words_length(spi_day_words_of(r, at, KIND_NEXT));
	const spi_date_entry *day = spi_day_words_of(r, at + before + next, KIND_WEEKDAY);
	if (!day)
		return (spi_days_named){0};
	size_t words = before + next + day->count;
	size_t last = spi_day_words_length(spi_day_words_of(r, at + words, KIND_LAST));
	size_t after = next ? 0 : spi_day_words_length(spi_day_words_of(r, at + words, KIND_NEXT));
	int today = (int)((r->today + 3) % 7) + 1;
	int ago = (today - day->value + 7) % 7;
	if (next || after)
		return spi_days_one(words + after, r->today - ago + 7);
	return spi_days_one(words + last, r->today - (ago ? ago : 7));
}

/* Weeks and months are not counted to the day by anybody. */
static spi_days_named ago(const spi_day_reading *r, size_t words, int least, int most, int unit)
{
	int loose = unit >= 365 ? unit / 2 : unit >= 7 ? unit / 2 : 0;
	int64_t first = r->today - (int64_t)most * unit - loose, last = r->today - (int64_t)least * unit + loose;
	return (spi_days_named){words, first, last > r->today ? r->today : last, false, false};
}

/* "ah, dieci giorni": nothing before it says anything else ("tra dieci giorni"). */
static bool stands_bare(const spi_day_reading *r, size_t at)
{
	while (at > 0 && spi_day_words_of(r, at - 1, KIND_AROUND))
		at--;
	return at == 0;
}

/* "due settimane fa", "vor zwei Wochen", "da tre giorni"; who is asked when it was also says "dieci giorni". */
static spi_days_named read_ago(const spi_day_reading *r, size_t at)
{
	size_t words = spi_day_words_length(spi_day_words_of(r, at, KIND_SINCE));
	bool since = words > 0;
	const spi_date_entry *number = spi_day_words_of(r, at + words, KIND_NUMBER), *some = spi_day_words_of(r, at + words, KIND_SOME);
	int least = number ? number->value : some ? SOME_LEAST : -1, most = some && !number ? SOME_MOST : least;
	size_t counted = number ? number->count : spi_day_words_length(some);
	if (counted == 0 && at + words < r->count && r->words[at + words].digits == r->words[at + words].len && r->words[at + words].number > 0) {
		least = most = r->words[at + words].number;
		counted = 1;
	}
	if (counted == 0)
		return (spi_days_named){0};
	words += counted;
	const spi_date_entry *unit = spi_day_words_of(r, at + words, KIND_UNIT);
	if (!unit || least > 1000)
		return (spi_days_named){0};
	words += unit->count;
	size_t fa = spi_day_words_length(spi_day_words_of(r, at + words, KIND_AGO));
	return since || fa || (r->answers && stands_bare(r, at)) ? ago(r, words + fa, least, most, unit->value) : (spi_days_named){0};
}

/* The week, month or year that is, or the one before. */
static spi_days_named whole_unit(const spi_day_reading *r, size_t words, int unit, bool is_last)
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
static spi_days_named read_unit(const spi_day_reading *r, size_t at)
{
	size_t last = spi_day_words_length(spi_day_words_of(r, at, KIND_LAST)), this = last ? 0 : spi_day_words_length(spi_day_words_of(r, at, KIND_THIS));
	const spi_date_entry *unit = spi_day_words_of(r, at + last + this, KIND_UNIT);
	if (!unit || unit->value < 7)
		return (spi_days_named){0};
	size_t words = last + this + unit->count, after = spi_day_words_length(spi_day_words_of(r, at + words, KIND_LAST));
	return last || this || after ? whole_unit(r, words + after, unit->value, !this) : (spi_days_named){0};
}

/* ---- a day of a week, month or year that is named beside it ---- */

#define GAP_MOST 2 /* words between the two: "giovedì della settimana scorsa", "l'anno scorso, il 3 marzo" */

static size_t gap_at(const spi_day_reading *r, size_t at)
{
	size_t words = 0;
	while (words < GAP_MOST && spi_day_words_of(r, at + words, KIND_BETWEEN))
		words++;
	return words;
}

/* The week, month or year that is named at a place, by the days of KIND_UNIT. */
static spi_days_named unit_at(const spi_day_reading *r, size_t at, int unit)
{
	spi_days_named found = read_unit(r, at);
	for (size_t i = 0; i < found.words; i++) {
		const spi_date_entry *e = spi_day_words_of(r, at + i, KIND_UNIT);
		if (e)
			return e->value == unit ? found : (spi_days_named){0};
	}
	return (spi_days_named){0};
}

/* A weekday (7), "il 3" (30) or "3 marzo", "3/3" (365), without a word of its week, month or year. The day as it is seen from today. */
static spi_days_named part_at(const spi_day_reading *r, size_t at, int unit)
{
	const spi_date_entry *weekday = unit == 7 ? spi_day_words_of(r, at, KIND_WEEKDAY) : NULL;
	if (weekday)
		return spi_days_one(weekday->count, weekday->value - 1);
	if (unit == 30 && spi_day_stands_alone(r, at))
		return spi_days_one(1, spi_day_number(r, at));
	if (unit != 365)
		return (spi_days_named){0};
	spi_days_named found = spi_days_read_with_month(r, at), numbers = read_numbers(r, at);
	found = numbers.words == 2 ? numbers : found;
	if (found.impossible || (found.words && is_year(r, at + found.words - 1)))
		return (spi_days_named){0};
	return found;
}

static spi_days_named place_in(size_t words, int unit, spi_days_named part, spi_days_named whole)
{
	int year, unused;
	unsigned month, day, day_unused;
	int64_t found;
	spi_civil_of_days(whole.first, &year, &month, &day_unused);
	if (unit == 7)
		return spi_days_one(words, whole.first + part.first);
	if (unit == 30)
		return spi_day_civil(year, (int)month, (int)part.first, &found) ? spi_days_one(words, found) : no_day(words);
	spi_civil_of_days(part.first, &unused, &month, &day);
	return spi_day_civil(year, (int)month, (int)day, &found) ? spi_days_one(words, found) : no_day(words);
}

/* "giovedì della settimana scorsa", "last week on Tuesday", "il 3 del mese scorso", "am 3. März letzten Jahres" */
static spi_days_named read_part(const spi_day_reading *r, size_t at)
{
	static const int units[] = {7, 30, 365};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		spi_days_named part = part_at(r, at, units[i]), whole = unit_at(r, at, units[i]);
		spi_days_named first = part.words ? part : whole;
		size_t gap = first.words ? gap_at(r, at + first.words) : 0;
		if (part.words && (gap || units[i] != 30))
			whole = unit_at(r, at + part.words + gap, units[i]);
		else if (whole.words && (gap || units[i] != 30)) /* "il mese scorso 30 euro" counts something */
			part = part_at(r, at + whole.words + gap, units[i]);
		if (part.words && whole.words)
			return place_in(part.words + gap + whole.words, units[i], part, whole);
	}
	return (spi_days_named){0};
}

/* "3 giorni", "2 o 3 giorni" */
static bool counts_units(const spi_day_reading *r, size_t at)
{
	return spi_day_words_of(r, at + 1, KIND_UNIT) || (at + 2 < r->count && r->words[at + 2].digits > 0 && spi_day_words_of(r, at + 3, KIND_UNIT));
}

/* "10:30", "23,50": a number goes on in the next. */
static bool is_joined(const spi_day_reading *r, size_t at)
{
	const spi_day_word *w = &r->words[at];
	return at + 1 < r->count && w[0].digits > 0 && w[1].digits > 0 && w[1].text == w[0].text + w[0].len + 1 && strchr(".,:/-", w[0].text[w[0].len]);
}

bool spi_day_stands_alone(const spi_day_reading *r, size_t at)
{
	bool is_day = at < r->count && r->words[at].number >= 1 && spi_day_number(r, at) > 0;
	return is_day && !counts_units(r, at) && !is_joined(r, at) && !(at > 0 && is_joined(r, at - 1));
}

static spi_days_named read_alone(const spi_day_reading *r, size_t at)
{
	return r->answers && spi_day_stands_alone(r, at) ? (spi_days_named){.words = 1, .alone = true} : (spi_days_named){0};
}

spi_days_named spi_days_read(const spi_day_reading *r, size_t at)
{
	static spi_days_named (*const readers[])(const spi_day_reading *r, size_t at) = {read_numbers, spi_days_read_with_month, read_ago, read_day, read_weekday,
		read_month, read_unit, read_feast, read_year, read_part, read_alone};
	spi_days_named best = {0};
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		spi_days_named found = readers[i](r, at);
		best = found.words > best.words ? found : best;
	}
	return best;
}
