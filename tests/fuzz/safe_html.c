/* A reader of HTML that knows nothing but what articles may have: what it does not know is not safe. Written for itself, apart from what
   makes the HTML. */
#include "fuzz.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const tags[] = {"a", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p",
	"pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", NULL};
static const char *const attributes[] = {"align", "alt", "class", "data-audience", "href", "id", "lang", "src", "start", "title", NULL};
static const char *const programs[] = {"javascript", "vbscript", "data", "file", NULL};

static bool is_among(const char *const *list, const char *text, size_t len)
{
	for (; *list; list++)
		if (strlen(*list) == len && memcmp(*list, text, len) == 0)
			return true;
	return false;
}

/* What a browser makes of the beginning of an address: references resolved as far as a scheme needs them, controls and blanks taken out. */
static size_t scheme_of(const char *text, size_t len, char ret[16])
{
	size_t used = 0;
	for (size_t i = 0; i < len && used < 15; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '&' && len - i > 3 && text[i + 1] == '#') {
			bool hex = text[i + 2] == 'x' || text[i + 2] == 'X';
			unsigned long code = 0;
			for (i += hex ? 3 : 2; i < len && text[i] != ';' && isxdigit((unsigned char)text[i]); i++)
				code = code * (hex ? 16 : 10) + (unsigned long)(isdigit((unsigned char)text[i]) ? text[i] - '0' : tolower(text[i]) - 'a' + 10);
			c = code < 128 ? (unsigned char)code : 'x';
		}
		if (c == ':') {
			ret[used] = '\0';
			return used;
		}
		if (c > ' ')
			ret[used++] = (char)tolower(c);
	}
	return 0;
}

static bool is_program(const char *address, size_t len)
{
	char scheme[16];
	size_t scheme_len = scheme_of(address, len, scheme);
	return scheme_len > 0 && is_among(programs, scheme, scheme_len);
}

/* ` name="value"` at @p at; the place behind it, NULL with why. */
static const char *read_attribute(const char *at, const char *end, const char **ret_why)
{
	const char *name = at + 1, *after = name;
	while (after < end && (islower((unsigned char)*after) || *after == '-'))
		after++;
	size_t len = (size_t)(after - name);
	*ret_why = "an attribute that articles do not have";
	if (!is_among(attributes, name, len))
		return NULL;
	*ret_why = "an attribute without quotes";
	if (end - after < 2 || after[0] != '=' || after[1] != '"')
		return NULL;
	const char *value = after + 2, *quote = memchr(value, '"', (size_t)(end - value));
	if (!quote)
		return NULL;
	*ret_why = "an angle bracket in an attribute";
	if (memchr(value, '<', (size_t)(quote - value)))
		return NULL;
	*ret_why = "the address of a program or a file";
	if ((len == 4 && memcmp(name, "href", 4) == 0) || (len == 3 && memcmp(name, "src", 3) == 0))
		if (is_program(value, (size_t)(quote - value)))
			return NULL;
	return quote + 1;
}

static const char *read_tag(const char *at, const char *end, const char **ret_why)
{
	static const char omitted[] = "<!-- raw HTML omitted -->";
	if ((size_t)(end - at) >= sizeof omitted - 1 && memcmp(at, omitted, sizeof omitted - 1) == 0)
		return at + sizeof omitted - 1;
	bool closes = at + 1 < end && at[1] == '/';
	const char *name = at + 1 + closes, *after = name;
	while (after < end && isalnum((unsigned char)*after))
		after++;
	*ret_why = "a tag that articles do not have";
	if (!is_among(tags, name, (size_t)(after - name)))
		return NULL;
	while (after < end && *after == ' ' && !closes && after + 1 < end && after[1] != '/')
		if (!(after = read_attribute(after, end, ret_why)))
			return NULL;
	*ret_why = "a tag that does not end";
	if (end - after >= 3 && memcmp(after, " />", 3) == 0)
		return after + 3;
	return after < end && *after == '>' ? after + 1 : NULL;
}

const char *fuzz_unsafe_html(const char *html, size_t len, size_t *ret_at)
{
	const char *end = html + len, *why = NULL;
	for (const char *at = html; (at = memchr(at, '<', (size_t)(end - at)));) {
		const char *after = read_tag(at, end, &why);
		if (!after) {
			*ret_at = (size_t)(at - html);
			return why;
		}
		at = after;
	}
	return NULL;
}

void fuzz_must_be_safe(const char *html, size_t len)
{
	size_t at = 0;
	const char *why = fuzz_unsafe_html(html, len, &at);
	if (why)
		fuzz_broken(__FILE__, __LINE__, why, html + at, len - at);
}
