/* Blocks of an HTML text as Markdown: each is written by itself, then put into what holds it (a list's item, a quote). */
#include "convert/html.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_MAX (4 * SP_CONVERT_MAX_HTML)

static void add_blocks(spi_html *h, const xmlNode *parent, int depth, sp_buffer *out);

void spi_html_tell(const spi_html *h, const char *what, const char *value)
{
	if (h->note)
		h->note(h->record, "text", what, value, h->arg);
}

bool spi_html_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

bool spi_html_is_any(const xmlNode *node, const char *names)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	size_t len = strlen((const char *)node->name);
	for (const char *at = names; (at = strstr(at, (const char *)node->name)); at += len)
		if ((at == names || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

bool spi_html_is_dropped(const spi_html *h, const xmlNode *node)
{
	if (spi_html_is_any(node, "iframe video audio object embed")) {
		spi_html_tell(h, "embedded", (const char *)node->name);
		return true;
	}
	return spi_html_is_any(node, "script style noscript template svg math form input button select textarea head meta link title base");
}

bool spi_html_is_block(const xmlNode *node)
{
	return spi_html_is_any(node, "p div section article main header footer aside nav figure figcaption address center details summary fieldset "
		"ul ol li dl dt dd table tr td th thead tbody tfoot caption blockquote pre hr h1 h2 h3 h4 h5 h6 body html");
}

static bool holds_block(const xmlNode *node, int depth)
{
	for (const xmlNode *child = node->children; child && depth <= SPI_HTML_DEPTH_MAX; child = child->next)
		if (spi_html_is_block(child) || (child->type == XML_ELEMENT_NODE && holds_block(child, depth + 1)))
			return true;
	return false;
}

/* ---- putting blocks together ---- */

static void trim(sp_buffer *block)
{
	while (block->len && strchr(" \n\\", block->data[block->len - 1]) &&
		!(block->data[block->len - 1] == '\\' && block->len > 1 && block->data[block->len - 2] == '\\'))
		block->data[--block->len] = '\0';
}

/* One more block behind the others, a blank line between. */
static void put_block(spi_html *h, sp_buffer *block, sp_buffer *out)
{
	trim(block);
	size_t skip = strspn(sp_buffer_text(block), " \n");
	if (block->len > skip) {
		if (out->len)
			sp_buffer_add_text(out, "\n\n");
		sp_buffer_add(out, block->data + skip, block->len - skip);
	}
	h->failed |= block->failed || out->failed;
	sp_buffer_release(block);
}

/* The lines of a text behind a prefix; the first behind another. */
static void put_lines(const sp_buffer *text, const char *first, const char *other, sp_buffer *out)
{
	const char *line = sp_buffer_text(text), *prefix = first;
	do {
		size_t len = strcspn(line, "\n");
		size_t prefix_len = strlen(prefix);
		while (len == 0 && prefix_len && prefix[prefix_len - 1] == ' ')
			prefix_len--;
		sp_buffer_add(out, prefix, prefix_len);
		sp_buffer_add(out, line, len);
		line += len;
		if (*line)
			sp_buffer_add_char(out, *line++);
		prefix = other;
	} while (*line);
}

/* ---- kinds ---- */

static void add_heading(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	int level = node->name[1] - '0';
	sp_buffer block = {.max = OUT_MAX}, text = {.max = OUT_MAX};
	spi_html_text(h, node->children, NULL, true, depth, &text);
	trim(&text);
	if (text.len) /* level 1 is the article's title */
		sp_buffer_printf(&block, "%.*s %s", level < 2 ? 2 : level, "######", text.data + strspn(text.data, " \n"));
	sp_buffer_release(&text);
	put_block(h, &block, out);
}

static void add_pre(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	sp_buffer block = {.max = OUT_MAX}, text = {.max = OUT_MAX};
	spi_html_raw(node, depth, &text);
	const char *fence = "```";
	while (strlen(fence) < 9 && strstr(sp_buffer_text(&text), fence))
		fence = strlen(fence) == 3 ? "`````" : "`````````";
	trim(&text);
	if (text.len)
		sp_buffer_printf(&block, "%s\n%s\n%s", fence, text.data + strspn(text.data, "\n"), fence);
	sp_buffer_release(&text);
	put_block(h, &block, out);
}

static void add_quote(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	sp_buffer block = {.max = OUT_MAX}, inside = {.max = OUT_MAX};
	add_blocks(h, node, depth + 1, &inside);
	if (inside.len)
		put_lines(&inside, "> ", "> ", &block);
	h->failed |= inside.failed;
	sp_buffer_release(&inside);
	put_block(h, &block, out);
}

static void add_item(spi_html *h, const xmlNode *item, const char *mark, bool is_first, int depth, sp_buffer *block)
{
	sp_buffer inside = {.max = OUT_MAX};
	char other[16];
	size_t len = strlen(mark);
	memset(other, ' ', sizeof other);
	other[len < sizeof other ? len : sizeof other - 1] = '\0';
	add_blocks(h, item, depth + 1, &inside);
	if (inside.len) {
		/* Items of several paragraphs stand apart; a list right inside follows its line. */
		if (!is_first)
			sp_buffer_add_char(block, '\n');
		put_lines(&inside, mark, other, block);
	}
	h->failed |= inside.failed;
	sp_buffer_release(&inside);
}

static void add_list(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	bool ordered = spi_html_is(node, "ol");
	xmlChar *start = ordered ? xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST "start") : NULL;
	long number = start ? strtol((const char *)start, NULL, 10) : 1;
	sp_buffer block = {.max = OUT_MAX};
	xmlFree(start);
	if (number < 0 || number > 99999999)
		number = 1;
	for (const xmlNode *item = node->children; item; item = item->next) {
		char mark[16] = "- ";
		if (ordered)
			snprintf(mark, sizeof mark, "%u. ", (unsigned)number % 100000000);
		size_t before = block.len;
		if (spi_html_is(item, "li"))
			add_item(h, item, mark, block.len == 0, depth, &block);
		else if (spi_html_is_any(item, "ul ol")) { /* a list that stands beside the items instead of in one */
			sp_buffer inside = {.max = OUT_MAX};
			add_list(h, item, depth + 1, &inside);
			if (block.len && inside.len)
				sp_buffer_add_char(&block, '\n');
			if (inside.len)
				put_lines(&inside, ordered ? "   " : "  ", ordered ? "   " : "  ", &block);
			sp_buffer_release(&inside);
			before = block.len;
		}
		number += block.len > before;
	}
	/* Right below an item's one line, without a gap; a number other than 1 would not begin a list there. */
	if (node->parent && spi_html_is(node->parent, "li") && (!ordered || strncmp(sp_buffer_text(&block), "1. ", 3) == 0) && out->len &&
		block.len && !strstr(out->data, "\n\n") && !strstr(sp_buffer_text(&block), "\n\n")) {
		sp_buffer_printf(out, "\n%s", block.data);
		sp_buffer_release(&block);
		return;
	}
	put_block(h, &block, out);
}

static void add_definitions(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		sp_buffer block = {.max = OUT_MAX}, text = {.max = OUT_MAX};
		if (spi_html_is(child, "dd") || spi_html_is(child, "div")) {
			add_blocks(h, child, depth + 1, out);
		} else if (spi_html_is(child, "dt")) {
			spi_html_text(h, child->children, NULL, true, depth, &text);
			trim(&text);
			if (text.len)
				sp_buffer_printf(&block, strchr(text.data, '*') ? "%s" : "**%s**", text.data + strspn(text.data, " \n"));
		}
		sp_buffer_release(&text);
		put_block(h, &block, out);
	}
}

static void add_table(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	sp_buffer block = {.max = OUT_MAX};
	spi_html_table(h, node, depth, &block);
	put_block(h, &block, out);
}

static void add_ruler(spi_html *h, sp_buffer *out)
{
	sp_buffer block = {.max = OUT_MAX};
	if (out->len)
		sp_buffer_add_text(&block, "***");
	put_block(h, &block, out);
}

static void add_block(spi_html *h, const xmlNode *node, int depth, sp_buffer *out)
{
	if (node->name[0] == 'h' && node->name[1] >= '1' && node->name[1] <= '6' && !node->name[2])
		add_heading(h, node, depth, out);
	else if (spi_html_is_any(node, "ul ol"))
		add_list(h, node, depth, out);
	else if (spi_html_is(node, "dl"))
		add_definitions(h, node, depth, out);
	else if (spi_html_is(node, "table"))
		add_table(h, node, depth, out);
	else if (spi_html_is(node, "blockquote"))
		add_quote(h, node, depth, out);
	else if (spi_html_is(node, "pre"))
		add_pre(h, node, depth, out);
	else if (spi_html_is(node, "hr"))
		add_ruler(h, out);
	else
		add_blocks(h, node, depth + 1, out);
}

static bool stands_alone(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE && (spi_html_is_block(node) || holds_block(node, 0));
}

/* Everything in a node: runs of text and inline elements are paragraphs. */
static void add_blocks(spi_html *h, const xmlNode *parent, int depth, sp_buffer *out)
{
	if (depth > SPI_HTML_DEPTH_MAX || h->failed) {
		spi_html_tell(h, "depth", "");
		return;
	}
	for (const xmlNode *node = parent->children; node && !h->failed;) {
		if (node->type == XML_ELEMENT_NODE && spi_html_is_dropped(h, node)) {
			node = node->next;
		} else if (stands_alone(node)) {
			add_block(h, node, depth, out);
			node = node->next;
		} else {
			sp_buffer block = {.max = OUT_MAX};
			const xmlNode *end = node;
			while (end && !stands_alone(end) && !(end->type == XML_ELEMENT_NODE && spi_html_is_any(end, "script style form")))
				end = end->next;
			if (end == node)
				end = node->next;
			spi_html_text(h, node, end, false, depth, &block);
			put_block(h, &block, out);
			node = end;
		}
	}
}

/* Two line breaks in a row were meant as a paragraph's end. */
static void write_out(const sp_buffer *text, sp_buffer *out)
{
	static const char twice[] = "\\\n\\\n";
	const char *at = sp_buffer_text(text);
	while (*at) {
		if (strncmp(at, twice, 4) == 0) {
			while (strncmp(at, "\\\n", 2) == 0)
				at += 2;
			sp_buffer_add_text(out, "\n\n");
		} else {
			sp_buffer_add_char(out, *at++);
		}
	}
	if (text->len)
		sp_buffer_add_char(out, '\n');
}

sp_status sp_convert_html(const char *html, size_t len, const char *record, sp_convert_note *note, void *arg, sp_buffer *out)
{
	spi_html h = {.record = record, .note = note, .arg = arg};
	sp_buffer text = {.max = OUT_MAX};
	if (len > SP_CONVERT_MAX_HTML)
		return SP_ERR_TOO_LARGE;
	if (len == 0)
		return SP_OK;
	htmlDocPtr doc = htmlReadMemory(html, (int)len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	if (root)
		add_blocks(&h, root, 0, &text);
	xmlFreeDoc(doc);
	write_out(&text, out);
	bool ok = !h.failed && sp_buffer_ok(&text) && sp_buffer_ok(out);
	sp_buffer_release(&text);
	return ok ? SP_OK : SP_ERR_TOO_LARGE;
}
