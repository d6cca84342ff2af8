/* Text with marks: emphasis, links, code, line breaks. */
#include "convert/html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Whether a character would mean something to Markdown where it stands. */
static bool needs_escape(const char *text, size_t i, char before)
{
	switch (text[i]) {
	case '\\': case '`': case '*': case '[': case ']': case '<':
		return true;
	case '_':
		return !(is_word(before) && is_word(text[i + 1]));
	case '~':
		return text[i + 1] == '~' || before == '~';
	case '&':
		return text[1 + i + strspn(text + i + 1, "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == ';';
	default:
		return false;
	}
}

static char last_of(const sp_buffer *out)
{
	return out->len ? out->data[out->len - 1] : '\n';
}

/* Bytes of a blank that is none of ASCII's (no-break, thin…), or of a mark that nobody sees; *ret_seen tells which. */
static size_t other_blank(const char *text, bool *ret_seen)
{
	static const struct { const char *bytes; bool seen; } blanks[] = {{"\xc2\xa0", true}, {"\xe2\x80\xaf", true}, {"\xe2\x80\x89", true},
		{"\xe2\x80\xa8", true}, {"\xe2\x80\xa9", true}, {"\xe2\x80\x8b", false}, {"\xef\xbb\xbf", false}, {"\xc2\xad", false}};
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
		size_t len = strlen(blanks[i].bytes);
		if (strncmp(text, blanks[i].bytes, len) == 0) {
			*ret_seen = blanks[i].seen;
			return len;
		}
	}
	return 0;
}

static void add_blank(sp_buffer *out)
{
	if (!strchr(" \n", last_of(out)))
		sp_buffer_add_char(out, ' ');
}

/* What begins a line and would then begin a heading, list, quote or ruler. */
static bool begins_markup(const char *text)
{
	if (strchr("#>+-=|", *text) && *text)
		return true;
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && digits < 10 && (text[digits] == '.' || text[digits] == ')');
}

static void add_first(const char *text, size_t *i, sp_buffer *out)
{
	size_t digits = strspn(text + *i, "0123456789");
	sp_buffer_add(out, text + *i, digits);
	sp_buffer_add_char(out, '\\');
	sp_buffer_add_char(out, text[*i + digits]);
	*i += digits + 1;
}

static void add_text(const char *text, sp_buffer *out)
{
	for (size_t i = 0; text[i];) {
		bool seen = true;
		size_t blank = isspace((unsigned char)text[i]) ? 1 : other_blank(text + i, &seen);
		if (blank) {
			if (seen)
				add_blank(out);
			i += blank;
		} else if (last_of(out) == '\n' && begins_markup(text + i)) {
			add_first(text, &i, out);
		} else {
			if (needs_escape(text, i, last_of(out)))
				sp_buffer_add_char(out, '\\');
			if ((unsigned char)text[i] >= 0x20)
				sp_buffer_add_char(out, text[i]);
			i++;
		}
	}
}

/* Take the blanks away from the end; true when there was one. */
static bool trim_end(sp_buffer *out, size_t from)
{
	bool any = false;
	while (out->len > from && strchr(" \n", out->data[out->len - 1])) {
		out->data[--out->len] = '\0';
		any = true;
	}
	return any;
}

/* A mark on both sides of a text, without the blanks inside: those go outside. */
static void add_marked(spi_html *h, const xmlNode *node, const char *mark, int depth, sp_buffer *out)
{
	sp_buffer inside = {.max = out->max};
	spi_html_text(h, node->children, NULL, true, depth + 1, &inside);
	const char *text = sp_buffer_text(&inside);
	size_t skip = strspn(text, " \n");
	if (skip)
		add_blank(out);
	bool behind = trim_end(&inside, skip);
	if (inside.len > skip) {
		/* **bold** right behind a word or a mark would be none. */
		bool alone = !is_word(last_of(out)) && last_of(out) != '*';
		sp_buffer_printf(out, "%s%s%s", alone ? mark : "", inside.data + skip, alone ? mark : "");
	}
	if (behind)
		add_blank(out);
	h->failed |= inside.failed;
	sp_buffer_release(&inside);
}

static void add_code(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	sp_buffer inside = {.max = out->max};
	spi_html_raw(node, depth, &inside);
	size_t longest = 0, run = 0, used = 0;
	for (size_t i = 0; i < inside.len; i++) {
		run = inside.data[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
		used += !isspace((unsigned char)inside.data[i]);
		if (strchr("\r\n\t", inside.data[i]))
			inside.data[i] = ' ';
	}
	for (size_t i = 0; used && i <= longest; i++)
		sp_buffer_add_char(out, '`');
	if (used) {
		const char *pad = inside.data[0] == '`' || inside.data[inside.len - 1] == '`' ? " " : "";
		sp_buffer_printf(out, "%s%s%s", pad, inside.data, pad);
	}
	for (size_t i = 0; used && i <= longest; i++)
		sp_buffer_add_char(out, '`');
	h->failed |= inside.failed;
	sp_buffer_release(&inside);
}

static bool is_safe(const char *address)
{
	static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strncasecmp(address, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static void add_address(const char *address, sp_buffer *out)
{
	size_t len = strlen(address);
	while (len && isspace((unsigned char)address[len - 1]))
		len--;
	for (const char *end = address + len; address < end; address++)
		if ((unsigned char)*address <= 0x20 || strchr("<>()\\\"`*_[]|", *address))
			sp_buffer_printf(out, "%%%02X", (unsigned char)*address);
		else
			sp_buffer_add_char(out, *address);
}

static void add_link(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	xmlChar *href = xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST "href");
	const char *address = href ? (const char *)href + strspn((const char *)href, " \t\r\n") : "";
	sp_buffer inside = {.max = out->max};
	spi_html_text(h, node->children, NULL, true, depth + 1, &inside);
	size_t skip = strspn(sp_buffer_text(&inside), " \n");
	bool before = skip > 0, behind = trim_end(&inside, skip);
	if (*address && !is_safe(address))
		spi_html_tell(h, *address == '#' ? "anchor" : "link", address);
	if (before)
		add_blank(out);
	if (inside.len > skip && is_safe(address)) {
		if (last_of(out) == '!') { /* ![ would be an image */
			out->data[out->len - 1] = '\\';
			sp_buffer_add_char(out, '!');
		}
		sp_buffer_printf(out, "[%s](", inside.data + skip);
		add_address(address, out);
		sp_buffer_add_char(out, ')');
	} else {
		sp_buffer_add_text(out, inside.len > skip ? inside.data + skip : "");
	}
	if (behind)
		add_blank(out);
	h->failed |= inside.failed;
	sp_buffer_release(&inside);
	xmlFree(href);
}

static void add_image(spi_html *h, const xmlNode *node, sp_buffer *out)
{
	xmlChar *alt = xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST "alt"), *src = xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST "src");
	bool inside = src && strncasecmp((const char *)src, "data:", 5) == 0;
	spi_html_tell(h, "image", src && !inside ? (const char *)src : alt ? (const char *)alt : "");
	if (alt)
		add_text((const char *)alt, out);
	xmlFree(alt);
	xmlFree(src);
}

static void add_break(bool flat, sp_buffer *out)
{
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	if (flat)
		add_blank(out);
	else if (out->len)
		sp_buffer_add_text(out, "\\\n");
}

static void add_element(spi_html *h, const xmlNode *node, bool flat, int depth, sp_buffer *out)
{
	if (spi_html_is_dropped(h, node))
		return;
	if (spi_html_is(node, "br"))
		add_break(flat, out);
	else if (spi_html_is(node, "img"))
		add_image(h, node, out);
	else if (spi_html_is(node, "a"))
		add_link(h, node, depth, out);
	else if (spi_html_is_any(node, "code kbd samp tt"))
		add_code(h, node, depth, out);
	else if (spi_html_is_any(node, "b strong"))
		add_marked(h, node, "**", depth, out);
	else if (spi_html_is_any(node, "i em cite dfn var"))
		add_marked(h, node, "*", depth, out);
	else {
		bool block = spi_html_is_block(node);
		if (block)
			add_blank(out);
		spi_html_text(h, node->children, NULL, flat, depth + 1, out);
		if (block)
			add_blank(out);
	}
}

void spi_html_text(spi_html *h, const xmlNode *first, const xmlNode *end, bool flat, int depth, sp_buffer *out)
{
	if (depth > SPI_HTML_DEPTH_MAX) {
		if (first)
			spi_html_tell(h, "depth", "");
		return;
	}
	for (const xmlNode *node = first; node && node != end; node = node->next) {
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			add_text(node->content ? (const char *)node->content : "", out);
		else if (node->type == XML_ELEMENT_NODE)
			add_element(h, node, flat, depth, out);
	}
	h->failed |= out->failed;
}

void spi_html_raw(const xmlNode *node, int depth, sp_buffer *out)
{
	for (const xmlNode *child = node->children; child && depth <= SPI_HTML_DEPTH_MAX; child = child->next) {
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			sp_buffer_add_text(out, (const char *)child->content);
		else if (spi_html_is(child, "br"))
			sp_buffer_add_char(out, '\n');
		else if (child->type == XML_ELEMENT_NODE && !spi_html_is_any(child, "script style"))
			spi_html_raw(child, depth + 1, out);
	}
}
