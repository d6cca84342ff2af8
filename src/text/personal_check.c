/* Check digits and forms of single values. What is called spi_ takes bare values; the public checks take them as people
   write them, with spaces, hyphens or points. */
#include "text/personal.h"

#include <string.h>

#define VALUE_MAX 40

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
	}
	return len > 0;
}

/* ---- codice fiscale: D.M. 23/12/1976 (form and check character) ---- */

static bool is_omocodia_letter(char c)
{
	return c && strchr("LMNPQRSTUV", c);
}

bool spi_codice_fiscale_char(size_t index, char c)
{
	if (index < 6 || index == 11 || index == 15)
		return is_upper(c);
	if (index == 8)
		return c && strchr("ABCDEHLMPRST", c); /* month */
	return index < 16 && (is_digit(c) || is_omocodia_letter(c));
}

/* The digit that stands, or is stood for by a letter of omocodia. */
static int omocodia_value(char c)
{
	return is_digit(c) ? c - '0' : (int)(strchr("LMNPQRSTUV", c) - "LMNPQRSTUV");
}

static int odd_value(char c)
{
	static const unsigned char letters[26] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
		10, 22, 25, 24, 23};
	return letters[is_digit(c) ? c - '0' : c - 'A']; /* digits have the values of A to J */
}

bool spi_codice_fiscale_ok(const char *text)
{
	int sum = 0;
	for (size_t i = 0; i < 16; i++) {
		if (!spi_codice_fiscale_char(i, text[i]))
			return false;
	}
	int day = 10 * omocodia_value(text[9]) + omocodia_value(text[10]);
	if (day % 40 < 1 || day % 40 > 31 || day > 71)
		return false;
	for (size_t i = 0; i < 15; i++)
		sum += i % 2 == 0 ? odd_value(text[i]) : is_digit(text[i]) ? text[i] - '0' : text[i] - 'A';
	return text[15] == 'A' + sum % 26;
}

/* ---- IBAN (ISO 13616) and creditor reference (ISO 11649) ---- */

bool spi_mod97_ok(const char *text, size_t len)
{
	unsigned rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[(i + 4) % len];
		if (is_digit(c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else if (is_upper(c))
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			return false;
	}
	return len > 4 && rest == 1;
}

/* Country and length, of the registry of ISO 13616. Sorted. */
static const struct {
	char country[3];
	unsigned char len;
} ibans[] = {
	{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
	{"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
	{"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
	{"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
	{"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28},
	{"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
	{"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
	{"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
	{"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
	{"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

size_t spi_iban_len(const char country[2])
{
	for (size_t i = 0; i < sizeof(ibans) / sizeof(ibans[0]); i++) {
		if (memcmp(ibans[i].country, country, 2) == 0)
			return ibans[i].len;
	}
	return 0;
}

bool spi_iban_form_ok(const char *text, size_t len)
{
	size_t digits = 0;
	if (len < 15 || !is_upper(text[0]) || !is_upper(text[1]) || !all_digits(text + 2, 2) || spi_iban_len(text) != len)
		return false;
	if (memcmp(text, "IT", 2) == 0 || memcmp(text, "SM", 2) == 0) /* CIN, ABI, CAB, account */
		return is_upper(text[4]) && all_digits(text + 5, 10);
	for (size_t i = 4; i < len; i++)
		digits += is_digit(text[i]);
	return digits >= 5;
}

/* ---- cards (ISO/IEC 7812) ---- */

static bool luhn_ok(const char *digits, size_t len)
{
	unsigned sum = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned value = (unsigned)(digits[len - 1 - i] - '0');
		if (i % 2 == 1)
			value = value < 5 ? 2 * value : 2 * value - 9;
		sum += value;
	}
	return sum % 10 == 0;
}

/* Ranges of the first six digits, and the lengths that their cards have. */
static const struct {
	unsigned from, to;
	unsigned char shortest, longest;
} card_ranges[] = {
	{222100, 272099, 16, 16}, {510000, 559999, 16, 16},                           /* Mastercard */
	{300000, 305999, 14, 19}, {309000, 309999, 14, 19}, {360000, 369999, 14, 19}, /* Diners */
	{380000, 399999, 14, 19},
	{340000, 349999, 15, 15}, {370000, 379999, 15, 15},                           /* American Express */
	{352800, 358999, 16, 19},                                                     /* JCB */
	{400000, 499999, 13, 13}, {400000, 499999, 16, 16}, {400000, 499999, 19, 19}, /* Visa */
	{501800, 501899, 12, 19}, {502000, 502099, 12, 19}, {503800, 503899, 12, 19}, /* Maestro */
	{589300, 589399, 12, 19}, {630400, 630499, 12, 19}, {675900, 675999, 12, 19}, {676100, 676399, 12, 19},
	{500000, 509999, 16, 19}, {560000, 589999, 16, 19}, {630000, 639999, 16, 19}, {670000, 679999, 16, 19},
	{601100, 601199, 16, 19}, {644000, 659999, 16, 19},                           /* Discover */
	{620000, 629999, 16, 19}, {810000, 817199, 16, 19},                           /* UnionPay */
};

bool spi_card_ok(const char *digits, size_t len)
{
	unsigned first = 0;
	bool known = false;
	if (len < 12 || len > 19)
		return false;
	for (size_t i = 0; i < 6; i++)
		first = first * 10 + (unsigned)(digits[i] - '0');
	for (size_t i = 0; !known && i < sizeof(card_ranges) / sizeof(card_ranges[0]); i++)
		known = first >= card_ranges[i].from && first <= card_ranges[i].to && len >= card_ranges[i].shortest &&
			len <= card_ranges[i].longest;
	return known && luhn_ok(digits, len);
}

/* ---- payment notices (SANP, codici identificativi di versamento) ---- */

static unsigned mod93(unsigned first, const char *digits, size_t len)
{
	unsigned rest = first % 93;
	for (size_t i = 0; i < len; i++)
		rest = (rest * 10 + (unsigned)(digits[i] - '0')) % 93;
	return rest;
}

static unsigned two_digits(const char *digits)
{
	return (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
}

bool spi_notice_ok(const char *digits)
{
	if (digits[0] > '3')
		return false;
	/* With application code 1 the creditor is free in the 17 digits of its IUV: nothing to check. */
	return digits[0] == '1' || mod93(0, digits, 16) == two_digits(digits + 16);
}

bool spi_iuv_ok(const char *digits)
{
	unsigned check = two_digits(digits + 15);
	/* Behind application code 3 it begins with a segregation code, 00 to 49; behind 2 it is the creditor's own. */
	return digits[0] <= '4' && (mod93(3, digits, 15) == check || (digits[0] <= '3' && mod93(2, digits, 15) == check));
}

/* ---- values as people write them ---- */

/* Letters and digits of a value, letters upper case, without the characters of `between`. Returns their number, 0 when
   something else is in it. */
static size_t bare(const char *text, size_t len, const char *between, char out[VALUE_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c >= 'a' && c <= 'z')
			c = (char)(c - ('a' - 'A'));
		if (is_digit(c) || is_upper(c)) {
			if (count == VALUE_MAX)
				return 0;
			out[count++] = c;
		} else if (!c || !strchr(between, c)) {
			return 0;
		}
	}
	return count;
}

bool sp_is_codice_fiscale(const char *text, size_t len)
{
	char value[VALUE_MAX];
	return bare(text, len, " -", value) == 16 && spi_codice_fiscale_ok(value);
}

bool sp_is_iban(const char *text, size_t len)
{
	char value[VALUE_MAX];
	size_t count = bare(text, len, " -", value);
	return count && spi_iban_form_ok(value, count) && spi_mod97_ok(value, count);
}

bool sp_is_notice_number(const char *text, size_t len)
{
	char value[VALUE_MAX];
	return bare(text, len, " -", value) == 18 && all_digits(value, 18) && spi_notice_ok(value);
}

bool sp_is_card_number(const char *text, size_t len)
{
	char value[VALUE_MAX];
	size_t count = bare(text, len, " -", value);
	return all_digits(value, count) && spi_card_ok(value, count) && !(count == 18 && spi_notice_ok(value));
}
