/* E-mail addresses, also as they stand in addresses of pages. */
#include "text/personal.h"

#include "text/chars.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t spi_personal_atom(const char *text, size_t len, size_t pos)
{
	uint32_t c;
	spi_char class;
	char byte = text[pos];
	if (is_ascii_letter(byte) || is_digit(byte) || (byte && strchr("._-+%", byte)))
		return 1;
	if ((unsigned char)byte < 128)
		return 0;
	size_t n = spi_char_read(text, len, pos, &c, &class);
	return class == SPI_CHAR_LETTER || class == SPI_CHAR_DIGIT ? n : 0;
}

static size_t read_atom(const char *text, size_t len, size_t pos)
{
	size_t n;
	while (pos < len && (n = spi_personal_atom(text, len, pos)) > 0)
		pos += n;
	return pos;
}

/* End of the domain name at pos: labels up to the last that has letters only, 0 when there is none. *ret_labels: how
   many they are. */
static size_t domain_end(const char *text, size_t len, size_t pos, int *ret_labels)
{
	size_t end = 0;
	int labels = 0;
	*ret_labels = 0;
	for (;;) {
		size_t start = pos, letters = 0;
		while (pos < len && (is_ascii_letter(text[pos]) || is_digit(text[pos]) || text[pos] == '-'))
			letters += is_ascii_letter(text[pos++]);
		if (pos == start || text[start] == '-')
			return end;
		labels++;
		if (letters >= 2 && (letters == pos - start || (labels == 1 && is_ascii_letter(text[start])))) {
			end = pos;
			*ret_labels = labels;
		}
		if (pos >= len || text[pos] != '.')
			return end;
		pos++;
	}
}

/* An address in running text: people forget its ".it", and it is theirs all the same. */
static bool email_at(const spi_personal_scan *scan, size_t start, size_t at, size_t at_len, sp_personal_span *ret)
{
	int labels;
	while (start < at && strchr(".-+%", scan->text[start]))
		start++;
	size_t end = domain_end(scan->text, scan->len, at + at_len, &labels);
	if (start == at || !end)
		return false;
	*ret = (sp_personal_span){.start = start, .end = end, .kind = SP_PERSONAL_EMAIL};
	return true;
}

/* Where the encoded @ begins that ends at `end`, "%40", "%2540" (encoded once more); `end` when none does. */
static size_t encoded_at(const char *text, size_t start, size_t end)
{
	size_t pos = end;
	if (end - start < 3 || memcmp(text + end - 2, "40", 2) != 0)
		return end;
	for (pos -= 2; pos - start > 2 && memcmp(text + pos - 2, "25", 2) == 0;)
		pos -= 2;
	return text[pos - 1] == '%' ? pos - 1 : end;
}

/* "mario%40example.com", as it stands in addresses of pages that people paste: the last encoded @ that has a domain behind it, of the run
   that an address may be made of. */
static bool encoded_email_at(const spi_personal_scan *scan, size_t start, sp_personal_span *ret)
{
	for (size_t end = scan->atom_end; end >= start + 3; end--) {
		size_t at = encoded_at(scan->text, start, end);
		if (at < end && email_at(scan, start, at, end - at, ret))
			return true;
	}
	return false;
}

bool spi_personal_email(spi_personal_scan *scan, size_t pos, sp_personal_span *ret)
{
	if (pos < scan->atom_end)
		return false;
	scan->atom_end = read_atom(scan->text, scan->len, pos);
	bool is_plain = scan->atom_end < scan->len && scan->text[scan->atom_end] == '@';
	return (is_plain && email_at(scan, pos, scan->atom_end, 1, ret)) || encoded_email_at(scan, pos, ret);
}

bool sp_is_email(const char *text, size_t len)
{
	int labels;
	size_t at = read_atom(text, len, 0);
	if (at == 0 || at > 64 || at >= len || text[at] != '@' || len > 254 || text[0] == '.' || text[at - 1] == '.')
		return false;
	for (size_t i = 1; i < at; i++) {
		if (text[i] == '.' && text[i - 1] == '.')
			return false;
	}
	return domain_end(text, len, at + 1, &labels) == len && labels >= 2 && text[len - 1] != '-';
}
