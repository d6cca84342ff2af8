/* Dates, amounts and payment identifiers as people write them. */
#include "ticket/fields.h"

#include "base/clock.h"
#include "sportello/catalog.h"
#include "text/currency.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- dates ---- */

#define YEAR_MIN 1900
#define YEAR_MAX 2100

static sp_status give_date(int year, int month, int day, sp_arena *arena, const char **ret)
{
	int real_year;
	unsigned real_month, real_day;
	if (year >= 0 && year < 100)
		year += 2000;
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
		return SP_ERR_INVALID;
	/* The 31st of April comes back as another day. */
	spi_civil_of_days(spi_days_of_civil(year, (unsigned)month, (unsigned)day), &real_year, &real_month, &real_day);
	if (real_month != (unsigned)month || real_day != (unsigned)day)
		return SP_ERR_INVALID;
	*ret = sp_arena_printf(arena, "%04d-%02d-%02d", year, month, day);
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

/* Month of a name in any language, or of its first three letters or more. 0 = none. */
static int month_of(const char *word, size_t len, sp_arena *arena)
{
	const char *wanted = sp_text_fold(word, len, arena, NULL);
	size_t wanted_len = wanted ? strlen(wanted) : 0;
	for (int month = 1; wanted_len >= 3 && month <= 12; month++) {
		char key[32];
		snprintf(key, sizeof key, "when.month.%d", month);
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			const char *name = sp_catalog_text((sp_lang)lang, key);
			const char *folded = sp_text_fold(name, strlen(name), arena, NULL);
			if (folded && strncmp(folded, wanted, wanted_len) == 0)
				return month;
		}
	}
	return 0;
}

/* What lies between two parts of a date. */
static const char *skip_gap(const char *p)
{
	while (*p && (strchr(" ./-,", *p) || strncmp(p, "º", 2) == 0 || strncmp(p, "°", 2) == 0))
		p += (unsigned char)*p < 0x80 ? 1 : 2;
	return p;
}

/* The next number of at most four digits; -1 when there is none. */
static int read_part(const char **at)
{
	size_t len = strspn(*at, "0123456789");
	if (len == 0 || len > 4)
		return -1;
	int value = atoi(*at);
	*at = skip_gap(*at + len);
	return value;
}

/* 15/03/2021, 15.3.21, 2021-03-15, 15 marzo 2021, 15. März 2021, March 15, 2021. */
sp_status spi_field_date(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	const char *p = text;
	bool year_first = strspn(text, "0123456789") == 4, month_first = isalpha((unsigned char)*p);
	int parts[3] = {-1, -1, -1};
	for (int i = 0; i < 3 && *p; i++) {
		size_t word = strcspn(p, " ./-,0123456789");
		if (word > 0) {
			parts[i] = i < 2 ? month_of(p, word, arena) : -1;
			p = skip_gap(p + word);
			if (i == 1 && month_first)
				return SP_ERR_INVALID;
		} else {
			parts[i] = read_part(&p);
		}
		if (parts[i] < 0)
			return SP_ERR_INVALID;
	}
	if (p != text + len || parts[2] < 0)
		return SP_ERR_INVALID;
	if (year_first)
		return give_date(parts[0], parts[1], parts[2], arena, ret);
	return month_first ? give_date(parts[2], parts[0], parts[1], arena, ret) :
		give_date(parts[2], parts[1], parts[0], arena, ret);
}

/* ---- amounts ---- */

#define EURO_DIGITS_MAX 9
#define CENTS_DIGITS 2

/* Cut the currency off, before or behind. */
static void skip_currency(const char **text, size_t *len)
{
	size_t word = spi_currency_at(*text, *len);
	if (word < *len) {
		*text += word;
		*len -= word;
	}
	word = spi_currency_before(*text, *len);
	*len -= word < *len ? word : 0;
	while (*len > 0 && **text == ' ') {
		++*text;
		--*len;
	}
	while (*len > 0 && (*text)[*len - 1] == ' ')
		--*len;
}

/* Where the cents begin: behind the last point or comma, when at most two digits follow. @p len when there are none. */
static size_t cents_at(const char *text, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		if (text[i - 1] == ',' || text[i - 1] == '.')
			return len - i <= CENTS_DIGITS ? i : len;
	}
	return len;
}

/* Euros: digits, perhaps in threes with points, commas, blanks or apostrophes between (all the same one). */
static bool read_euros(const char *text, size_t len, char digits[EURO_DIGITS_MAX + 1])
{
	size_t count = 0, run = 0;
	char between = '\0';
	for (size_t i = 0; i < len; i++) {
		if (isdigit((unsigned char)text[i])) {
			if (count == EURO_DIGITS_MAX)
				return false;
			digits[count++] = text[i];
			run++;
			continue;
		}
		if (!strchr(".,' ", text[i]) || (between && text[i] != between) || run == 0 || run > 3 || (between && run != 3))
			return false;
		between = text[i];
		run = 0;
	}
	digits[count] = '\0';
	return count > 0 && (!between || run == 3);
}

/* What follows the only comma; 0 without one, or with anything else that stands between digits. 120,555 may be meant as a decimal too
   many or as thousands: it is asked, not guessed. (1.200 is how thousands are written here.) */
static size_t after_only_comma(const char *text, size_t len)
{
	const char *comma = memchr(text, ',', len);
	size_t before = comma ? (size_t)(comma - text) : 0;
	for (size_t i = 0; i < len; i++)
		if (i != before && !isdigit((unsigned char)text[i]))
			return 0;
	return before > 0 ? len - before - 1 : 0;
}

static bool is_nothing(const char *text, size_t len)
{
	size_t zeros = 0;
	for (size_t i = 0; i < len; i++) {
		zeros += text[i] == '0';
		if (text[i] != '0' && !strchr(".,", text[i]))
			return false;
	}
	return zeros > 0;
}

static bool is_below_zero(const char *text, size_t len)
{
	static const char *const signs[] = {"-", "\xE2\x88\x92", "\xE2\x80\x93"}; /* minus, a true minus, a dash */
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t sign = strlen(signs[i]);
		if (len > sign && strncmp(text, signs[i], sign) == 0)
			return text[sign + strspn(text + sign, " ")] >= '0' && text[sign + strspn(text + sign, " ")] <= '9';
	}
	return false;
}

const char *spi_field_amount_wrong(const char *text, size_t len)
{
	skip_currency(&text, &len);
	if (is_nothing(text, len) || is_below_zero(text, len))
		return "field.amount.positive";
	return after_only_comma(text, len) > CENTS_DIGITS ? "field.amount.decimals" : NULL;
}

/* 12,50 · € 1.200,00 · 1,200.00 · 1.200 (thousands: money has no third decimal) · 12 euro. */
sp_status spi_field_amount(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	char euros[EURO_DIGITS_MAX + 1], cents[3] = "00";
	skip_currency(&text, &len);
	if (after_only_comma(text, len) > CENTS_DIGITS || is_nothing(text, len))
		return SP_ERR_INVALID;
	size_t at = cents_at(text, len), euros_len = at < len ? at - 1 : len;
	for (size_t i = at; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return SP_ERR_INVALID;
		cents[i - at] = text[i];
	}
	if (at == len && len > 0 && !isdigit((unsigned char)text[len - 1]))
		return SP_ERR_INVALID;
	if (at < len && memchr(text, text[at - 1], euros_len)) /* 1.200.50: cents have a sign of their own */
		return SP_ERR_INVALID;
	if (!read_euros(text, euros_len, euros))
		return SP_ERR_INVALID;
	const char *first = euros + strspn(euros, "0");
	*ret = sp_arena_printf(arena, "%s.%s", *first ? first : "0", cents);
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

/* ---- IUV ---- */

/* ISO 11649: RF, two check digits, up to 21 characters; the whole, its head put last, is 1 modulo 97. */
static bool is_creditor_reference(const char *text, size_t len)
{
	if (len < 5 || len > 25 || memcmp(text, "RF", 2) != 0)
		return false;
	unsigned rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[(i + 4) % len];
		if (isdigit((unsigned char)c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else if (c >= 'A' && c <= 'Z')
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			return false;
	}
	return rest == 1;
}

/* 15 or 17 digits (the notice number without what stands before it), or a creditor reference. */
sp_status spi_field_iuv(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	char *bare = sp_arena_alloc(arena, len + 1);
	if (!bare)
		return SP_ERR_NOMEM;
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		if (!strchr(" -.", text[i]))
			bare[count++] = (char)toupper((unsigned char)text[i]);
	bare[count] = '\0';
	bool digits = strspn(bare, "0123456789") == count && (count == 15 || count == 17);
	if (!digits && !is_creditor_reference(bare, count))
		return SP_ERR_INVALID;
	*ret = bare;
	return SP_OK;
}
