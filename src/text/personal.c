/* Finding and masking personal data: one pass over the text. Values that begin with a letter (codice fiscale, IBAN, RF
   reference) are found here, numbers in personal_number.c, e-mail addresses in personal_email.c. */
#include "text/personal.h"

#include "sportello/text.h"
#include "text/chars.h"

#include <string.h>

#define VALUE_MAX 34 /* longest IBAN allowed by ISO 13616 */

static const char *const names[SP_PERSONAL_COUNT] = {
#define PERSONAL_NAME(name, text) [name] = text,
	SP_PERSONAL_LIST(PERSONAL_NAME)
#undef PERSONAL_NAME
};

const char *sp_personal_name(sp_personal_kind kind)
{
	return (unsigned)kind < SP_PERSONAL_COUNT ? names[kind] : "";
}

size_t sp_personal_mask_at(const char *text, sp_personal_kind *ret_kind)
{
	for (int kind = 0; *text == '<' && kind < SP_PERSONAL_COUNT; kind++) {
		size_t len = strlen(names[kind]);
		if (strncmp(text + 1, names[kind], len) != 0 || text[1 + len] != '>')
			continue;
		if (ret_kind)
			*ret_kind = (sp_personal_kind)kind;
		return len + 2;
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static bool is_glued(const char *text, size_t len, size_t pos)
{
	return pos < len && (text[pos] == '_' || spi_char_word_at(text, len, pos));
}

/* ---- values of letters and digits ---- */

/* Letters (upper case) and digits from pos on, over single separators. */
typedef struct value {
	char bare[VALUE_MAX + 1];
	size_t ends[VALUE_MAX]; /* in the text, after each character */
	size_t len;
	size_t separators;
} value;

typedef bool value_char(size_t index, char c);

/* Read up to cap characters for as long as the test agrees; false when it does not, or the text ends before. */
static bool read_value(const char *text, size_t len, size_t pos, size_t cap, value_char *test, value *ret)
{
	ret->len = ret->separators = 0;
	while (ret->len < cap) {
		char kind;
		if (pos < len && !is_ascii_letter(text[pos]) && !is_digit(text[pos]) && ret->len) {
			size_t n = spi_personal_separator(text, len, pos, &kind);
			if (!n || (kind != ' ' && kind != '-'))
				return false;
			ret->separators++;
			pos += n;
		}
		if (pos >= len || (!is_ascii_letter(text[pos]) && !is_digit(text[pos])) || !test(ret->len, upper(text[pos])))
			return false;
		ret->bare[ret->len] = upper(text[pos++]);
		ret->ends[ret->len++] = pos;
	}
	return !is_glued(text, len, pos);
}

static bool set_span(sp_personal_span *ret, size_t start, size_t end, sp_personal_kind kind)
{
	*ret = (sp_personal_span){.start = start, .end = end, .kind = kind};
	return true;
}

static bool codice_fiscale_at(const spi_personal_scan *scan, size_t pos, sp_personal_span *ret)
{
	value v;
	size_t digits = 0;
	if (!read_value(scan->text, scan->len, pos, 16, spi_codice_fiscale_char, &v))
		return false;
	for (size_t i = 6; i < 15; i++)
		digits += is_digit(v.bare[i]);
	bool spaced = v.separators > 0;
	if (spi_codice_fiscale_ok(v.bare) ? spaced && digits < 5 : /* five words by chance are none */
		digits < 7 || !(spi_personal_context(scan, pos) & SPI_NEAR_FISCAL))
		return false;
	return set_span(ret, pos, v.ends[15], SP_PERSONAL_CODICE_FISCALE);
}

static bool iban_char(size_t index, char c)
{
	return index < 2 ? !is_digit(c) : index < 4 ? is_digit(c) : true;
}

/* Read groups that each hold a digit, up to VALUE_MAX characters: a value that nothing says the length of. */
static void read_groups(const char *text, size_t len, size_t pos, value *ret)
{
	bool has_digit = true;
	ret->len = ret->separators = 0;
	while (has_digit && pos < len) {
		size_t start = pos, count = 0;
		char kind = ' ';
		has_digit = false;
		for (; pos < len && (is_ascii_letter(text[pos]) || is_digit(text[pos])); pos++, count++)
			has_digit |= is_digit(text[pos]);
		if (!has_digit || ret->len + count > VALUE_MAX || is_glued(text, len, pos))
			return;
		for (size_t i = start; i < pos; i++) {
			ret->bare[ret->len] = upper(text[i]);
			ret->ends[ret->len++] = i + 1;
		}
		size_t n = spi_personal_separator(text, len, pos, &kind);
		if (!n || (kind != ' ' && kind != '-'))
			return;
		ret->separators++;
		pos += n;
	}
}

static bool iban_at(const spi_personal_scan *scan, size_t pos, sp_personal_span *ret)
{
	value v;
	size_t digits = 0, len;
	if (!read_value(scan->text, scan->len, pos, 4, iban_char, &v) && v.len < 4)
		return false;
	if ((len = spi_iban_len(v.bare)) == 0)
		return false;
	if (read_value(scan->text, scan->len, pos, len, iban_char, &v) && spi_iban_form_ok(v.bare, len) &&
		spi_mod97_ok(v.bare, len)) {
		for (size_t i = 4; i < len; i++)
			digits += is_digit(v.bare[i]);
		if (v.separators == 0 || digits >= 10)
			return set_span(ret, pos, v.ends[len - 1], SP_PERSONAL_IBAN);
	}
	if (!(spi_personal_context(scan, pos) & SPI_NEAR_IBAN))
		return false;
	/* Said to be an IBAN, mistyped: somebody's all the same. */
	read_groups(scan->text, scan->len, pos, &v);
	return v.len >= 15 && set_span(ret, pos, v.ends[v.len - 1], SP_PERSONAL_IBAN);
}

/* ---- structured creditor references (ISO 11649), which an IUV may be ---- */

#define REFERENCE_MAX 25
#define REFERENCE_GROUPS 12

/* "RF18 5390 0754 7034": what has been read up to each group's end. */
typedef struct reference {
	char bare[REFERENCE_MAX + 1];
	size_t ends[REFERENCE_GROUPS]; /* in the text */
	size_t lens[REFERENCE_GROUPS]; /* of bare */
	size_t count, numbered;		   /* groups; up to the last one that has a digit */
	bool printed; /* in groups of four digits, as it is printed, up to the last one that has a digit */
} reference;

/* It is written in fours, the last group may be of any length. "RF" may stand by itself. */
static bool goes_on(const reference *r)
{
	size_t before = r->count > 1 ? r->lens[r->count - 2] : 0;
	return r->count == 0 || r->lens[r->count - 1] - before == 4 || (r->count == 1 && (r->lens[0] == 4 || r->lens[0] == 6));
}

static size_t group_separator(const char *text, size_t len, size_t pos)
{
	char kind = ' ';
	size_t n = spi_personal_separator(text, len, pos, &kind);
	return strchr(" -.", kind) ? n : 0;
}

/* One group at *pos; false when none is there that may be part of it. A word of four letters may. */
static bool read_group(const char *text, size_t len, size_t *pos, reference *r)
{
	size_t end = *pos, before = r->count ? r->lens[r->count - 1] : 2, digits = 0;
	for (; end < len && (is_ascii_letter(text[end]) || is_digit(text[end])); end++)
		digits += is_digit(text[end]);
	size_t size = end - *pos;
	if (size == 0 || before + size > REFERENCE_MAX || (digits == 0 && size != 4) || is_glued(text, len, end))
		return false;
	for (size_t i = 0; i < size; i++)
		r->bare[before + i] = upper(text[*pos + i]);
	r->printed &= digits == 0 || (digits == size && r->numbered == r->count); /* no word between them */
	r->ends[r->count] = end;
	r->lens[r->count++] = before + size;
	r->numbered = digits ? r->count : r->numbered;
	*pos = end;
	return true;
}

static void read_reference(const char *text, size_t len, size_t pos, reference *ret)
{
	*ret = (reference){.bare = "RF", .printed = true};
	pos += 2;
	pos += group_separator(text, len, pos);
	while (ret->count < REFERENCE_GROUPS && goes_on(ret) && read_group(text, len, &pos, ret)) {
		size_t n = group_separator(text, len, pos);
		if (!n)
			return;
		pos += n;
	}
}

static bool reference_at(const spi_personal_scan *scan, size_t pos, sp_personal_span *ret)
{
	reference r;
	if (upper(scan->text[pos]) != 'R' || pos + 4 >= scan->len || upper(scan->text[pos + 1]) != 'F')
		return false;
	read_reference(scan->text, scan->len, pos, &r);
	if (r.count == 0 || !is_digit(r.bare[2]) || !is_digit(r.bare[3]))
		return false;
	unsigned near = spi_personal_context(scan, pos);
	for (size_t i = r.count; i > 0; i--) {
		size_t len = r.lens[i - 1];
		if (len >= 5 && spi_mod97_ok(r.bare, len) && (len >= 10 || (near & SPI_NEAR_IUV)))
			return set_span(ret, pos, r.ends[i - 1], SP_PERSONAL_IUV);
	}
	/* Mistyped, but said to be one or printed like one: somebody's all the same. The words that follow are none of it. */
	bool is_told = (near & (SPI_NEAR_IUV | SPI_NEAR_NOTICE)) || (r.printed && r.count >= 3 && r.lens[0] == 4);
	return is_told && r.numbered && r.lens[r.numbered - 1] >= 10 && set_span(ret, pos, r.ends[r.numbered - 1], SP_PERSONAL_IUV);
}

/* ---- the pass ---- */

void spi_personal_start(spi_personal_scan *scan, const char *text, size_t len)
{
	*scan = (spi_personal_scan){.text = text, .len = len, .pos = len};
	for (size_t i = 0; i < len; i++) {
		if (is_digit(text[i]) || text[i] == '@') { /* every datum has one; most questions have none */
			scan->pos = 0;
			return;
		}
	}
}

/* The end of the letters and digits at pos. */
static size_t skip_word(const char *text, size_t len, size_t pos)
{
	while (pos < len) {
		uint32_t c;
		spi_char class;
		size_t n = spi_char_read(text, len, pos, &c, &class);
		if (class != SPI_CHAR_LETTER && class != SPI_CHAR_DIGIT && class != SPI_CHAR_MARK && c != '_')
			return pos;
		pos += n;
	}
	return pos;
}

/* Look for a datum at pos; when there is none, *ret_next is where to look next. */
static bool datum_at(spi_personal_scan *scan, size_t pos, sp_personal_span *ret, size_t *ret_next)
{
	const char *text = scan->text;
	size_t len = scan->len;
	size_t atom = spi_personal_atom(text, len, pos), skip;
	char sign;
	*ret_next = pos + 1;
	if (!atom)
		return false;
	if (spi_personal_email(scan, pos, ret))
		return true;
	if (is_digit(text[pos]) || text[pos] == '+') {
		if (spi_personal_number(scan, pos, ret, &skip))
			return true;
		*ret_next = text[pos] == '+' ? skip : skip_word(text, len, skip);
	} else if (is_ascii_letter(text[pos])) {
		if (reference_at(scan, pos, ret) || iban_at(scan, pos, ret) || codice_fiscale_at(scan, pos, ret))
			return true;
		*ret_next = skip_word(text, len, pos);
	} else if (text[pos] == '_' || atom > 1) {
		*ret_next = skip_word(text, len, pos);
	} else if ((skip = spi_personal_encoded(text, len, pos, &sign)) > 0) { /* it stands before a datum, and is none of its own */
		*ret_next = pos + skip;
		return sign == '+' && spi_personal_international(scan, pos, skip, ret);
	}
	return false;
}

bool spi_personal_next(spi_personal_scan *scan, sp_personal_span *ret)
{
	while (scan->pos < scan->len) {
		size_t next;
		if (datum_at(scan, scan->pos, ret, &next)) {
			scan->pos = scan->floor = scan->atom_end = ret->end;
			return true;
		}
		scan->pos = next;
	}
	return false;
}

size_t spi_personal_mask_at(const char *text, size_t len, size_t pos, sp_personal_kind *ret)
{
	for (int i = 0; i < SP_PERSONAL_COUNT; i++) {
		size_t name_len = strlen(names[i]);
		if (len - pos >= name_len + 2 && text[pos] == '<' && text[pos + 1 + name_len] == '>' &&
			memcmp(text + pos + 1, names[i], name_len) == 0) {
			*ret = (sp_personal_kind)i;
			return name_len + 2;
		}
	}
	return 0;
}

size_t sp_personal_find(const char *text, size_t len, sp_personal_span *ret, size_t cap)
{
	spi_personal_scan scan;
	sp_personal_span span;
	size_t count = 0;
	spi_personal_start(&scan, text, len);
	for (; spi_personal_next(&scan, &span); count++) {
		if (count < cap)
			ret[count] = span;
	}
	return count;
}

static void mask(const char *text, size_t len, sp_buffer *out)
{
	spi_personal_scan scan;
	sp_personal_span span;
	size_t done = 0;
	spi_personal_start(&scan, text, len);
	while (spi_personal_next(&scan, &span)) {
		sp_buffer_add(out, text + done, span.start - done);
		sp_buffer_add_char(out, '<');
		sp_buffer_add_text(out, names[span.kind]);
		sp_buffer_add_char(out, '>');
		done = span.end;
	}
	sp_buffer_add(out, text + done, len - done);
}

/* How many letters and digits stand between the data. */
static size_t count_left(const char *text, size_t len)
{
	spi_personal_scan scan;
	sp_personal_span span = {.start = len, .end = len};
	size_t left = 0;
	spi_personal_start(&scan, text, len);
	bool more = spi_personal_next(&scan, &span);
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		if (more && pos >= span.start) {
			pos = span.end;
			more = spi_personal_next(&scan, &span);
			continue;
		}
		pos += spi_char_read(text, len, pos, &c, &class);
		left += spi_char_is_word(class);
	}
	return left;
}

/* Whether there are signs that may look like others, or that nobody sees: beyond Latin and its accents, and the soft hyphen. */
static bool may_look_like_others(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0xCD || ((unsigned char)text[i] == 0xC2 && i + 1 < len && (unsigned char)text[i + 1] == 0xAD))
			return true;
	return false;
}

/* A number in wide digits, an address with a Cyrillic letter: who reads the text sees them. Elsewhere it stays as it was written. */
void sp_personal_mask(const char *text, size_t len, sp_buffer *out)
{
	sp_arena *arena = may_look_like_others(text, len) ? sp_arena_new(len + 1) : NULL;
	size_t seen_len = len;
	const char *seen = arena ? sp_text_as_seen(text, len, arena, &seen_len) : NULL;
	if (seen && seen != text && count_left(seen, seen_len) < count_left(text, len))
		mask(seen, seen_len, out);
	else
		mask(text, len, out);
	sp_arena_free(arena);
}
