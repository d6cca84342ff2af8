/* Data that are numbers: payment notices, IUV, cards, phones. At a first group of digits the groups that may go on with
   it are read, never more than 19 digits, then each kind says how many of them are one of its own: so every group costs
   a bounded number of steps, and a text is read in linear time. */
#include "text/personal.h"

#include "text/chars.h"
#include "text/currency.h"

#include <ctype.h>
#include <string.h>

#define DIGITS_MAX 19
#define GROUPS_MAX 12

typedef struct group {
	size_t end;   /* in the text */
	size_t size;  /* digits in it */
	size_t total; /* digits up to and with it */
	char before;  /* the separator before it, 0 for the first */
} group;

typedef struct number {
	size_t start;
	group groups[GROUPS_MAX];
	size_t count;
	char digits[DIGITS_MAX];
	unsigned near;
} number;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_glued(const char *text, size_t len, size_t pos)
{
	return pos < len && (text[pos] == '_' || spi_char_word_at(text, len, pos));
}

/* Read the groups from pos. False when the first is no number by itself (letters go on, too many digits). */
static bool read_number(const char *text, size_t len, size_t pos, number *ret)
{
	size_t total = 0;
	char before = 0;
	ret->start = pos;
	ret->count = 0;
	while (ret->count < GROUPS_MAX) {
		size_t end = pos;
		while (end < len && is_digit(text[end]) && end - pos <= DIGITS_MAX)
			end++;
		size_t size = end - pos;
		if (size == 0 || total + size > DIGITS_MAX || is_glued(text, len, end))
			break;
		memcpy(ret->digits + total, text + pos, size);
		total += size;
		ret->groups[ret->count++] = (group){end, size, total, before};
		pos = end + spi_personal_separator(text, len, end, &before);
		if (pos == end)
			break;
	}
	return ret->count > 0;
}

/* Whether the first `count` groups are separated by nothing but characters of `allowed`, and each from `from` on but the last
   has at least two digits. */
static bool is_even_from(const number *n, size_t from, size_t count, const char *allowed)
{
	for (size_t i = 0; i < count; i++) {
		if ((i > 0 && !strchr(allowed, n->groups[i].before)) || (i >= from && i + 1 < count && n->groups[i].size < 2))
			return false;
	}
	return true;
}

static bool is_even(const number *n, size_t count, const char *allowed)
{
	return is_even_from(n, 0, count, allowed);
}

/* Whether they are of one size, as somebody groups a long number to read it: the last may be shorter, the first too where it is
   not the only other one. */
static bool is_grouped(const number *n, size_t count)
{
	size_t size = count > 2 ? n->groups[1].size : n->groups[0].size;
	for (size_t i = 0; i < count; i++) {
		bool at_end = i + 1 == count || (i == 0 && count > 2);
		if (n->groups[i].size > size || (!at_end && n->groups[i].size < size))
			return false;
	}
	return size >= 3;
}

/* How many groups have `total` digits together; 0 when no number of groups has. */
static size_t groups_of(const number *n, size_t total)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->groups[i].total == total)
			return i + 1;
	}
	return 0;
}

/* ---- each returns the number of groups that are one, or 0 ---- */

/* The way notices print it: 3010 0000 0000 0000 00. */
static bool is_printed_notice(const number *n)
{
	for (size_t i = 0; i < 4; i++) {
		if (n->groups[i].size != 4)
			return false;
	}
	return n->groups[4].size == 2;
}

static size_t notice_groups(const number *n)
{
	size_t count = groups_of(n, 18);
	bool told = n->near & (SPI_NEAR_NOTICE | SPI_NEAR_IUV), checked = spi_notice_ok(n->digits) && n->digits[0] != '1';
	if (!count || n->digits[0] > '3')
		return 0;
	/* Its first digit says how it is made: some write it apart. */
	if (n->groups[0].size == 1)
		return (told || checked) && is_even_from(n, 1, count, " -.") ? count : 0;
	if (!is_even(n, count, told || checked ? " -." : " -"))
		return 0;
	if (checked || told || (count == 5 && is_printed_notice(n)))
		return count;
	/* Mistyped ones are somebody's too; but numbers that stand in a row are no notice by chance. */
	return count == 1 && !spi_card_ok(n->digits, 18) ? count : 0;
}

static size_t iuv_groups(const number *n)
{
	if (n->near & SPI_NEAR_IUV) {
		for (size_t total = 17; total >= 15; total--) {
			size_t count = groups_of(n, total);
			if (count && is_even(n, count, " -."))
				return count;
		}
	}
	size_t count = groups_of(n, 17);
	return count && spi_iuv_ok(n->digits) && (count == 1 || (is_even(n, count, " -") && is_grouped(n, count))) ? count : 0;
}

static size_t card_groups(const number *n)
{
	for (size_t count = n->count; count > 0; count--) {
		if ((count == 1 || n->groups[0].size == 4) && is_even(n, count, " -.") &&
			spi_card_ok(n->digits, n->groups[count - 1].total))
			return count;
	}
	return 0;
}

/* 350.000.000: money, unless words say otherwise. */
static bool is_thousands(const number *n, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (n->groups[i].before != '.' || n->groups[i].size != 3)
			return false;
	}
	return count > 1;
}

/* Whether a word or number ends at pos: what goes on may be the beginning of an e-mail address. */
static bool is_end(const char *text, size_t len, size_t pos)
{
	pos += pos < len && text[pos] == '.';
	return pos >= len || (!strchr("_@%+-.", text[pos]) && !spi_char_word_at(text, len, pos));
}

/* ",50" */
static bool is_decimal(const char *text, size_t len, size_t pos)
{
	size_t end = pos + 1;
	if (pos >= len || text[pos] != ',')
		return false;
	while (end < len && is_digit(text[end]) && end - pos < 4)
		end++;
	return (end - pos == 2 || end - pos == 3) && is_end(text, len, end);
}

static bool is_money(const char *text, size_t len, size_t start, size_t end)
{
	size_t next = end + (end < len && text[end] == ' ');
	if (is_decimal(text, len, end))
		return true;
	size_t word = next < len ? spi_currency_at(text + next, len - next) : 0;
	if (word > 0 && (!isalpha((unsigned char)text[next]) || is_end(text, len, next + word)))
		return true;
	if (start > 0 && text[start - 1] == ' ')
		start--;
	return start >= 3 && memcmp(text + start - 3, "\xE2\x82\xAC", 3) == 0;
}

/* Who says that it is a phone number groups it as they like. */
static bool phone_form(const number *n, size_t count, bool told)
{
	for (size_t i = 0; i < count; i++) {
		char before = n->groups[i].before;
		if (before == '(' || ((before == '/' || before == ')') && i != 1) || (count > 1 && n->groups[i].size < 2))
			return false;
	}
	if (count == 1 || told)
		return true;
	return n->digits[0] == '3' || n->digits[0] == '8' ? n->groups[0].size == 3 : n->groups[0].size <= 5;
}

static size_t phone_groups(const spi_personal_scan *scan, const number *n)
{
	bool told = n->near & SPI_NEAR_PHONE;
	if ((n->near & SPI_NEAR_OTHER) && !told)
		return 0;
	for (size_t count = n->count; count > 0; count--) {
		spi_phone shape = spi_phone_national(n->digits, n->groups[count - 1].total);
		if (shape == SPI_PHONE_NO || (shape == SPI_PHONE_MAYBE && !told) || !phone_form(n, count, told))
			continue;
		if (!told && is_thousands(n, count))
			continue;
		if (!is_money(scan->text, scan->len, n->start, n->groups[count - 1].end))
			return count;
	}
	return 0;
}

/* ---- dates and times, which are no data ---- */

static unsigned value_of(const number *n, size_t index)
{
	unsigned value = 0;
	for (size_t i = n->groups[index].total - n->groups[index].size; i < n->groups[index].total; i++)
		value = value * 10 + (unsigned)(n->digits[i] - '0');
	return value;
}

static bool is_between(const number *n, size_t index, size_t longest, unsigned from, unsigned to)
{
	return n->groups[index].size <= longest && value_of(n, index) >= from && value_of(n, index) <= to;
}

static bool is_year(const number *n, size_t index)
{
	return n->groups[index].size == 4 && is_between(n, index, 4, 1900, 2099);
}

/* Groups at the front that are a date or a time, 0 when there is none: 01/12/2020, 01.12.20, 2020-12-01, 12/2020,
   09.30. */
static size_t date_groups(const number *n)
{
	if (n->count >= 3 && n->groups[1].before == n->groups[2].before) {
		bool year_last = is_between(n, 0, 2, 1, 31) && is_between(n, 1, 2, 1, 12) &&
			(is_year(n, 2) || (n->groups[2].size == 2 && n->count == 3 && n->groups[1].before != ' '));
		bool year_first = is_year(n, 0) && is_between(n, 1, 2, 1, 12) && is_between(n, 2, 2, 1, 31);
		if (year_last || year_first)
			return 3;
	}
	if (n->count >= 2 && is_between(n, 0, 2, 1, 12) && is_year(n, 1) && strchr("/-", n->groups[1].before))
		return 2;
	bool pairs = n->count >= 2 && n->count < 5 && n->groups[1].before == '.' && n->groups[0].size == 2 &&
		n->groups[1].size == 2;
	return pairs && is_between(n, 0, 2, 0, 24) && is_between(n, 1, 2, 0, 59) ? 2 : 0;
}

/* ---- */

static bool found(const spi_personal_scan *scan, const number *n, size_t count, sp_personal_kind kind,
	sp_personal_span *ret)
{
	bool closes = false;
	*ret = (sp_personal_span){.start = n->start, .end = n->groups[count - 1].end, .kind = kind};
	for (size_t i = 1; i < count; i++)
		closes |= n->groups[i].before == ')';
	if (closes && ret->start > scan->floor && scan->text[ret->start - 1] == '(')
		ret->start--;
	return true;
}

bool spi_personal_international(const spi_personal_scan *scan, size_t pos, size_t plus_len, sp_personal_span *ret)
{
	number n;
	bool glued = pos > scan->floor && is_glued(scan->text, scan->len, pos - 1);
	size_t digits = pos + plus_len + (pos + plus_len < scan->len && scan->text[pos + plus_len] == ' ');
	if (glued || digits >= scan->len || !is_digit(scan->text[digits]) ||
		!read_number(scan->text, scan->len, digits, &n))
		return false;
	for (size_t count = n.count; count > 0; count--) {
		const group *last = &n.groups[count - 1];
		if (spi_phone_international(n.digits, last->total) && !is_money(scan->text, scan->len, pos, last->end)) {
			n.start = plus_len == 1 ? pos : digits;
			return found(scan, &n, count, SP_PERSONAL_PHONE, ret);
		}
	}
	return false;
}

bool spi_personal_number(const spi_personal_scan *scan, size_t pos, sp_personal_span *ret, size_t *ret_skip)
{
	number n;
	size_t count;
	*ret_skip = pos + 1;
	if (scan->text[pos] == '+')
		return spi_personal_international(scan, pos, 1, ret);
	while (*ret_skip < scan->len && is_digit(scan->text[*ret_skip]))
		++*ret_skip;
	if (!read_number(scan->text, scan->len, pos, &n) || n.groups[n.count - 1].total < 6)
		return false;
	n.near = spi_personal_context(scan, pos);
	if ((count = notice_groups(&n)) > 0)
		return found(scan, &n, count, SP_PERSONAL_NOTICE_NUMBER, ret);
	if (*ret_skip == pos + 1)
		return false; /* a digit by itself begins nothing else */
	if ((count = iuv_groups(&n)) > 0)
		return found(scan, &n, count, SP_PERSONAL_IUV, ret);
	if ((count = card_groups(&n)) > 0)
		return found(scan, &n, count, SP_PERSONAL_CARD, ret);
	if ((count = date_groups(&n)) > 0) {
		*ret_skip = n.groups[count - 1].end;
		return false;
	}
	return (count = phone_groups(scan, &n)) > 0 && found(scan, &n, count, SP_PERSONAL_PHONE, ret);
}
