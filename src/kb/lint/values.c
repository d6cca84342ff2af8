#include "kb/lint/values.h"

#include "kb/lint/words.h"
#include "kb/prose.h"

#include <string.h>

enum { PHONE_MIN = 6, PHONE_MAX = 15, DIGITS_MAX = 15 };

typedef struct finder {
	const char *text;
	size_t len, pos;
	sp_lang lang;
	spi_value *values;
	size_t count, max;
} finder;

static bool is_digit(const finder *f, size_t pos)
{
	return pos < f->len && f->text[pos] >= '0' && f->text[pos] <= '9';
}

static bool is_letter(const finder *f, size_t pos)
{
	char c = pos < f->len ? f->text[pos] : ' ';
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c == 0xc3 || c == '_';
}

static bool has(const finder *f, size_t pos, const char *what)
{
	size_t len = strlen(what);
	return pos + len <= f->len && memcmp(f->text + pos, what, len) == 0;
}

static void add(finder *f, spi_value value)
{
	if (f->count < f->max)
		f->values[f->count++] = value;
	f->pos = value.end;
}

static int64_t hash_of(const char *text, size_t len)
{
	uint64_t hash = 14695981039346656037u;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		hash = (hash ^ (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 1099511628211u;
	}
	return (int64_t)(hash >> 1);
}

static size_t blanks(const finder *f, size_t pos)
{
	while (pos < f->len && (f->text[pos] == ' ' || f->text[pos] == '\n' || has(f, pos, "\xc2\xa0")))
		pos += f->text[pos] == '\xc2' ? 2 : 1;
	return pos;
}

/* The word at pos, when one starts just there. */
static bool word_at(const finder *f, size_t pos, spi_word *ret)
{
	size_t at = pos;
	return spi_word_next(f->text, f->len, &at, ret) && ret->start == pos;
}

static unsigned digits_at(const finder *f, size_t pos, size_t *ret_count)
{
	unsigned value = 0;
	*ret_count = 0;
	for (; is_digit(f, pos) && *ret_count < 9; pos++, ++*ret_count)
		value = value * 10 + (unsigned)(f->text[pos] - '0');
	return value;
}

/* ---- addresses ---- */

/* What ends an address: 1; what makes a run of characters look like one: 2. */
static const unsigned char classes[256] = {[1] = 1, [2] = 1, [3] = 1, ['\n'] = 1, [' '] = 1, ['<'] = 1, ['>'] = 1,
	['"'] = 1, ['|'] = 1, ['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1, ['{'] = 1, ['}'] = 1, [','] = 1, [';'] = 1,
	[0xc2] = 1, [0xe2] = 1, ['.'] = 2, ['@'] = 2, [':'] = 2};

/* The end of the run of characters at pos; whether it may be an address. */
static size_t run_end(const finder *f, size_t pos, bool *ret_may_be)
{
	unsigned char class;
	size_t start = pos;
	*ret_may_be = false;
	for (; pos < f->len && (class = classes[(unsigned char)f->text[pos]]) != 1; pos++)
		*ret_may_be |= class == 2 && pos + 1 < f->len && f->text[pos + 1] != ' ';
	while (pos > start && strchr(".:!?'*", f->text[pos - 1]))
		pos--;
	return pos;
}

static bool is_address(const finder *f, size_t end)
{
	static const char *const starts[] = {"https://", "http://", "www."};
	static const char *const ends[] = {".it", ".com", ".eu", ".org", ".net", ".gov"};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (has(f, f->pos, starts[i]))
			return true;
	}
	size_t host = f->pos;
	while (host < end && f->text[host] != '/')
		host++;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t len = strlen(ends[i]);
		if (host > f->pos + len && has(f, host - len, ends[i]))
			return true;
	}
	return false;
}

/* An address of a page or of e-mail, without what does not matter in it. */
static bool take_address(finder *f)
{
	bool may_be;
	size_t start = f->pos, end = run_end(f, start, &may_be);
	if (!may_be || end <= start)
		return false;
	const char *at = memchr(f->text + start, '@', end - start);
	bool is_mail = at && at > f->text + start && at + 1 < f->text + end && !has(f, start, "http");
	if (!is_mail && !is_address(f, end))
		return false;
	static const char *const dropped[] = {"mailto:", "https://", "http://", "www."};
	size_t from = start, to = end;
	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
		from += has(f, from, dropped[i]) && from + strlen(dropped[i]) < to ? strlen(dropped[i]) : 0;
	while (to > from + 1 && f->text[to - 1] == '/')
		to--;
	add(f, (spi_value){.kind = is_mail ? SPI_VALUE_EMAIL : SPI_VALUE_ADDRESS,
			   .number = hash_of(f->text + from, to - from), .start = start, .end = end});
	return true;
}

/* ---- telephone numbers ---- */

static bool looks_dialled(const char *digits, size_t count, bool has_plus)
{
	static const char *const starts[] = {"0", "800", "803", "840", "848", "892", "893", "895", "199"};
	if (count < PHONE_MIN || count > PHONE_MAX)
		return false;
	for (size_t i = 0; i < sizeof starts / sizeof *starts && !has_plus; i++)
		has_plus = strncmp(digits, starts[i], strlen(starts[i])) == 0;
	return has_plus;
}

static bool take_phone(finder *f)
{
	char digits[PHONE_MAX + 2];
	size_t count = 0, pos = f->pos, end = pos;
	bool has_plus = has(f, pos, "+");
	pos += has_plus;
	while (count <= PHONE_MAX && (is_digit(f, pos) || (end == pos && count && pos < f->len &&
			strchr(" -/", f->text[pos]) && f->text[pos] && is_digit(f, pos + 1)))) {
		if (is_digit(f, pos)) {
			digits[count++] = f->text[pos];
			end = pos + 1;
		}
		pos++;
	}
	digits[count] = '\0';
	if (!looks_dialled(digits, count, has_plus))
		return false;
	const char *own = has_plus && strncmp(digits, "39", 2) == 0 ? digits + 2 :
		strncmp(digits, "0039", 4) == 0 ? digits + 4 : digits;
	add(f, (spi_value){.kind = SPI_VALUE_PHONE, .number = hash_of(own, strlen(own)), .start = f->pos, .end = end});
	return true;
}

/* ---- dates ---- */

static bool add_date(finder *f, unsigned day, unsigned month, unsigned year, size_t start, size_t end)
{
	if (day > 31 || month < 1 || month > 12)
		return false;
	int64_t number = (int64_t)year * 10000 + month * 100 + day;
	add(f, (spi_value){.kind = SPI_VALUE_DATE, .number = number, .start = start, .end = end});
	return true;
}

/* 2021-06-30, 30/06/2021, 30.6.2021 */
static bool take_figures_date(finder *f)
{
	size_t n[3], pos = f->pos;
	unsigned part[3];
	for (int i = 0; i < 3; i++) {
		part[i] = digits_at(f, pos, &n[i]);
		pos += n[i];
		if (!n[i] || (i < 2 && (pos >= f->len || !strchr("-/.", f->text[pos]) || f->text[pos] != f->text[f->pos + n[0]])))
			return false;
		pos += i < 2;
	}
	if (n[0] == 4 && n[1] <= 2 && n[2] <= 2)
		return add_date(f, part[2], part[1], part[0], f->pos, pos);
	return n[0] <= 2 && n[1] <= 2 && n[2] == 4 && add_date(f, part[0], part[1], part[2], f->pos, pos);
}

/* A year at pos, behind a month: " 2021", ", 2021", " del 2021". */
static unsigned year_at(const finder *f, size_t pos, size_t *ret_end)
{
	size_t at = pos + has(f, pos, ","), count;
	at = blanks(f, at);
	if (has(f, at, "del "))
		at += 4;
	unsigned year = digits_at(f, at, &count);
	bool is_year = count == 4 && year >= 1900 && year < 2100 && !is_letter(f, at + 4);
	*ret_end = is_year ? at + 4 : pos;
	return is_year ? year : 0;
}

static size_t skip_one_of(const finder *f, size_t pos, const char *const *what, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (has(f, pos, what[i]))
			return pos + strlen(what[i]);
	}
	return pos;
}

/* 30 giugno 2021, 1° luglio, 30. Juni, 30th of June */
static bool take_day_and_month(finder *f)
{
	static const char *const marks[] = {"\xc2\xb0", "\xc2\xba", ".", "st", "nd", "rd", "th"};
	static const char *const links[] = {"of ", "di "};
	size_t count, end;
	unsigned day = digits_at(f, f->pos, &count);
	if (!count || count > 2)
		return false;
	size_t pos = blanks(f, skip_one_of(f, f->pos + count, marks, sizeof marks / sizeof *marks));
	pos = skip_one_of(f, pos, links, 2);
	spi_word word;
	unsigned month = word_at(f, pos, &word) ? spi_number_word_of(word.whole)->month : 0;
	if (!month)
		return false;
	unsigned year = year_at(f, word.end, &end);
	return add_date(f, day, month, year, f->pos, end);
}

/* giugno 2021, June 30, June 30, 2021; word: the one at the finder's place. */
static bool take_month(finder *f, const spi_word *word, unsigned month)
{
	size_t end, count, at = blanks(f, word->end);
	unsigned year = year_at(f, word->end, &end);
	if (year)
		return add_date(f, 0, month, year, word->start, end);
	unsigned day = f->lang == SP_LANG_EN ? digits_at(f, at, &count) : 0;
	if (!day || count > 2)
		return false;
	static const char *const marks[] = {"st", "nd", "rd", "th"};
	at = skip_one_of(f, at + count, marks, 4);
	year = year_at(f, at, &end);
	return add_date(f, day, month, year, word->start, end);
}

/* ---- numbers ---- */

/* The number at pos in thousandths; its end, pos when there is none (or it goes on as something else). */
static int64_t read_number(const finder *f, size_t pos, size_t *ret_end)
{
	int64_t whole = 0, part = 0;
	size_t at = pos, count = 0, group;
	for (; is_digit(f, at) && count < DIGITS_MAX; at++, count++)
		whole = whole * 10 + (f->text[at] - '0');
	while (count <= 3 && at < f->len && f->text[at] && strchr(".,'", f->text[at])) {
		unsigned more = digits_at(f, at + 1, &group);
		if (group != 3 || whole > INT64_MAX / 1000000 - 1)
			break;
		whole = whole * 1000 + more;
		at += 4;
	}
	if (at < f->len && f->text[at] && strchr(".,:", f->text[at])) {
		unsigned more = digits_at(f, at + 1, &group);
		if (group == 1 || group == 2) {
			part = group == 1 ? more * 100 : more * 10;
			at += 1 + group;
		}
	}
	*ret_end = is_digit(f, at) || is_letter(f, at) ? pos : at;
	return whole * 1000 + part;
}

/* What the number counts, by what stands behind it; money's sign or word becomes a part of it. */
static void read_unit(const finder *f, spi_value *value)
{
	size_t at = blanks(f, value->end), sign = at;
	spi_word word;
	if (has(f, at, "\xe2\x82\xac") || has(f, at, "%")) {
		value->unit = has(f, at, "%") ? SPI_UNIT_PERCENT : SPI_UNIT_EURO;
		value->end = at + (value->unit == SPI_UNIT_EURO ? 3 : 1);
		return;
	}
	at += has(f, at, "-") || has(f, at, "\xc2\xb0");
	if (at > sign && f->text[sign] != '-')
		at = blanks(f, at + 1);
	if (has(f, at, "per cento")) {
		value->unit = SPI_UNIT_PERCENT;
		return;
	}
	if (!word_at(f, at, &word))
		return;
	value->unit = (spi_unit)spi_number_word_of(word.whole)->unit;
	if (value->unit == SPI_UNIT_EURO)
		value->end = word.end;
	if (value->unit == SPI_UNIT_NONE && word.letters > 3 && !word.has_digit) {
		value->unit = SPI_UNIT_NOUN;
		value->noun = word.stem;
	}
}

/* "8 pm" is 20. */
static void read_half_of_day(const finder *f, spi_value *value)
{
	size_t at = blanks(f, value->end);
	bool is_after = has(f, at, "pm") || has(f, at, "p.m");
	if (f->lang == SP_LANG_EN && is_after && value->number < 12000)
		value->number += 12000;
}

static bool take_number(finder *f)
{
	size_t start = f->pos, end;
	int64_t number = read_number(f, start, &end);
	if (end == start)
		return false;
	spi_value value = {.kind = SPI_VALUE_NUMBER, .number = number, .start = start, .end = end};
	read_half_of_day(f, &value);
	size_t before = start;
	while (before > 0 && f->text[before - 1] == ' ')
		before--;
	if (before >= 3 && has(f, before - 3, "\xe2\x82\xac")) {
		value.unit = SPI_UNIT_EURO;
		value.start = before - 3;
	} else {
		read_unit(f, &value);
	}
	add(f, value);
	return true;
}

/* "tre giorni": only with a unit that is known, as otherwise words are just words. */
static bool take_words_number(finder *f, const spi_word *word, unsigned number)
{
	spi_value value = {.kind = SPI_VALUE_NUMBER, .in_words = true, .number = (int64_t)number * 1000,
		.start = word->start, .end = word->end};
	read_unit(f, &value);
	if (value.unit < SPI_UNIT_EURO)
		return false;
	add(f, value);
	return true;
}

static void take_word(finder *f)
{
	spi_word word;
	if (!word_at(f, f->pos, &word)) {
		f->pos++;
		return;
	}
	const spi_number_word *means = spi_number_word_of(word.whole);
	unsigned number = means->number[f->lang >= 0 ? f->lang : SP_LANG_IT];
	if ((means->month && take_month(f, &word, means->month)) || (number && take_words_number(f, &word, number)))
		return;
	f->pos = word.end;
	while (f->pos < f->len && f->text[f->pos] == '_')
		f->pos += 1 + strcspn(f->text + f->pos + 1, " \n.,;:()_\x01\x02\x03"); /* a code such as PPT_X_01 */
}

static void take(finder *f)
{
	char c = f->text[f->pos];
	if (c == SPI_MARK_CODE) {
		f->pos = spi_piece_skip(f->text, f->len, f->pos);
	} else if (c >= '0' && c <= '9') {
		if (take_figures_date(f) || take_day_and_month(f) || take_phone(f) || take_number(f))
			return;
		while (is_digit(f, f->pos) || is_letter(f, f->pos))
			f->pos++; /* F24, 3D: names */
	} else if (c == '+') {
		if (take_phone(f))
			return;
		for (f->pos++; is_digit(f, f->pos); f->pos++)
			; /* a country's prefix */
	} else if (!is_letter(f, f->pos)) {
		f->pos++;
	} else if (!take_address(f)) {
		take_word(f);
	}
}

size_t spi_values_find(const char *text, size_t len, sp_lang lang, spi_value *values, size_t max)
{
	finder f = {.text = text, .len = len, .lang = lang, .values = values, .max = max};
	while (f.pos < len && f.count < max)
		take(&f);
	return f.count;
}

/* ---- comparing ---- */

static bool part_meets(int64_t a, int64_t b, int64_t divisor, int64_t modulus)
{
	int64_t left = a / divisor % modulus, right = b / divisor % modulus;
	return left == right || !left || !right;
}

static bool dates_meet(int64_t a, int64_t b)
{
	return part_meets(a, b, 1, 100) && part_meets(a, b, 100, 100) && part_meets(a, b, 10000, 10000);
}

bool spi_value_meets(const spi_value *a, const spi_value *b)
{
	if (a->kind == SPI_VALUE_DATE && b->kind == SPI_VALUE_DATE)
		return dates_meet(a->number, b->number);
	if (a->kind == SPI_VALUE_NUMBER && b->kind == SPI_VALUE_DATE)
		return a->number == b->number / 10000 * 1000;
	if (a->kind != b->kind || a->number != b->number)
		return false;
	return a->unit == b->unit || a->unit < SPI_UNIT_EURO || b->unit < SPI_UNIT_EURO;
}

uint64_t spi_value_key(const spi_value *value)
{
	uint64_t key = (uint64_t)value->number * 0x9e3779b97f4a7c15u;
	key ^= ((uint64_t)value->kind << 8 | value->unit) * 0xc2b2ae3d27d4eb4fu;
	key ^= (uint64_t)value->noun * 0x165667b19e3779f9u;
	return key ^ key >> 29;
}
