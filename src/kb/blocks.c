#include "kb/blocks.h"

#include <stdint.h>
#include <string.h>

typedef struct quote {
	cmark_node *node;
	int line, end_line;
	size_t start; /* byte of its '>' */
	bool seen; /* its first text was passed */
	bool denied; /* something on it looks like a marker and does not hold */
	size_t marker_start, marker_end;
	const char *name; /* set when the marker holds */
	sp_audiences audience;
} quote;

typedef struct finder {
	const spi_lines *lines;
	const sp_kb_config *config;
	int body_line;
	spi_report *report;
	sp_arena *arena;
	spi_nodes nodes;
	quote *quotes; /* in document order */
	size_t quotes_count;
	cmark_node *top; /* the child of the document where the search is */
	bool *raw; /* by line: inside code or HTML, where nothing is a marker */
	struct spi_blocks *found;
	size_t cap;
} finder;

typedef struct marker {
	size_t start, end; /* with the blanks behind it */
	const char *name;
} marker;

static size_t invisible_len(const char *text, size_t left)
{
	static const char *const marks[] = {" ", "\t", "\xc2\xa0", "\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t len = strlen(marks[i]);
		if (len <= left && memcmp(text, marks[i], len) == 0)
			return len;
	}
	return 0;
}

/* Past blanks, and past '>' too when a line goes on in its quotes. */
static size_t skip_blank(const finder *f, size_t at, size_t end, bool quotes_too)
{
	for (;;) {
		size_t len = invisible_len(f->lines->text + at, end - at);
		if (!len && quotes_too && at < end && f->lines->text[at] == '>')
			len = 1;
		if (!len)
			return at;
		at += len;
	}
}

/* Past the signs of headings and the bullets and numbers of list items. */
static size_t skip_bullets(const finder *f, size_t at, size_t end)
{
	for (const char *text = f->lines->text;;) {
		size_t next = at;
		if (next < end && text[next] == '#') {
			next += strspn(text + next, "#");
		} else if (next < end && strchr("-*+", text[next])) {
			next++;
		} else {
			while (next < end && text[next] >= '0' && text[next] <= '9')
				next++;
			next = next > at && next < end && (text[next] == '.' || text[next] == ')') ? next + 1 : at;
		}
		if (next == at || next == end || (text[next] != ' ' && text[next] != '\t'))
			return at;
		at = skip_blank(f, next, end, true);
	}
}

/* "[!name]"; an unclosed one counts too, for what looks like a marker must not pass as text. */
static bool read_marker(const finder *f, size_t at, size_t end, marker *ret)
{
	const char *text = f->lines->text;
	if (end - at < 3 || text[at] != '[' || text[at + 1] != '!')
		return false;
	size_t name = skip_blank(f, at + 2, end, false);
	const char *close = memchr(text + name, ']', end - name);
	size_t name_end = close ? (size_t)(close - text) : end;
	size_t after = close ? name_end + 1 : end;
	while (name_end > name && (text[name_end - 1] == ' ' || text[name_end - 1] == '\t'))
		name_end--;
	if (name == name_end || !(((unsigned char)text[name] | 0x20) >= 'a' && ((unsigned char)text[name] | 0x20) <= 'z'))
		return false;
	if (after < end && text[after] == ':')
		after++;
	ret->start = at;
	ret->end = skip_blank(f, after, end, false);
	ret->name = sp_arena_strndup(f->arena, text + name, name_end - name < 64 ? name_end - name : 64);
	if (!close && ret->name)
		ret->name = sp_arena_printf(f->arena, "%s…", ret->name);
	return ret->name;
}

/* "[agent-l1]" or "![agent-l1]" at the start of a quote, and no link: the marker with a slip of the pen. */
static bool is_slip(const finder *f, size_t at, size_t end, marker *ret)
{
	const char *text = f->lines->text;
	size_t from = at;
	while (from < end && strchr("[! ", text[from]))
		from++;
	const char *close = from > at && memchr(text + at, '[', from - at) ? memchr(text + from, ']', end - from) : NULL;
	if (!close || !f->config || (size_t)(close - text) - from > 64)
		return false;
	if (close + 1 < text + end && strchr("([:", close[1]))
		return false;
	ret->name = sp_arena_strndup(f->arena, text + from, (size_t)(close - text) - from);
	return ret->name && sp_kb_audience(f->config, ret->name) >= 0;
}

static spi_place place_at(const finder *f, size_t offset)
{
	return (spi_place){f->body_line + spi_line_of(f->lines, offset) - 1, spi_column_of(f->lines, offset)};
}

static void report_marker(finder *f, size_t at, const char *variant, const char *name)
{
	const sp_kb_config *config = f->config;
	const char *near = config && strcmp(variant, "place") != 0
		? spi_nearest(name, config->audiences, config->audiences_count, sizeof *config->audiences)
		: "";
	if (f->report)
		SPI_REPORT(
			f->report, SPI_RULE_AUDIENCE_MARKER, place_at(f, at), variant, {"value", name}, {"suggestion", near});
}

static void take_marker(finder *f, quote *q, const marker *m)
{
	int audience = f->config ? sp_kb_audience(f->config, m->name) : -1;
	q->marker_start = m->start;
	q->marker_end = m->end;
	if (audience >= 0) {
		q->name = m->name;
		q->audience = (sp_audiences)1 << audience;
	} else {
		q->denied = true;
		report_marker(f, m->start, "unknown", m->name);
	}
}

static spi_block *add_block(finder *f)
{
	if (f->found->count == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 8;
		spi_block *items = sp_arena_calloc(f->arena, cap, sizeof *items);
		if (!items)
			return NULL;
		if (f->found->count)
			memcpy(items, f->found->items, f->found->count * sizeof *items);
		f->found->items = items;
		f->cap = cap;
	}
	spi_block *block = &f->found->items[f->found->count++];
	*block = (spi_block){.parent = -1};
	return block;
}

static size_t node_start(const finder *f, cmark_node *node)
{
	int column = cmark_node_get_start_column(node);
	size_t start = spi_line_start(f->lines, cmark_node_get_start_line(node)) + (size_t)(column > 0 ? column - 1 : 0);
	return start < f->lines->len ? start : f->lines->len;
}

/* cmark's end is a line too late for what the line after it ends (a heading with an underline, code in a list), and a
   line too early for some HTML. */
static int end_line(cmark_node *node)
{
	if (spi_node_is(node, CMARK_NODE_HTML_BLOCK))
		return cmark_node_get_start_line(node) + spi_node_lines(node) - 1;
	int end = cmark_node_get_end_line(node);
	cmark_node *next = cmark_node_next(node), *parent = cmark_node_parent(node);
	if (next && cmark_node_get_start_line(next) <= end)
		end = cmark_node_get_start_line(next) - 1;
	if (parent && !spi_node_is(parent, CMARK_NODE_DOCUMENT) && cmark_node_get_end_line(parent) < end)
		end = cmark_node_get_end_line(parent);
	return end;
}

/* The child of the document that a line belongs to; NULL for a link's definition. */
static cmark_node *top_node(finder *f, int line, int *ret_next_line)
{
	while (f->top && end_line(f->top) < line)
		f->top = cmark_node_next(f->top);
	cmark_node *node = f->top;
	*ret_next_line = node ? cmark_node_get_start_line(node) : f->lines->count + 1;
	return node && *ret_next_line <= line ? node : NULL;
}

/* A marker outside every quote: all of the paragraph, list or table that it stands in goes. */
static void deny_all(finder *f, int line, size_t at)
{
	int next_line, last = line;
	cmark_node *node = top_node(f, line, &next_line);
	spi_block *block = add_block(f);
	if (!block)
		return;
	if (node) {
		at = node_start(f, node);
		last = end_line(node);
	}
	while (!node && last + 1 < next_line) { /* a definition goes on to the next blank line */
		size_t start = spi_line_start(f->lines, last + 1), end = spi_line_end(f->lines, last + 1);
		if (skip_blank(f, start, end, true) == end)
			break;
		last++;
	}
	*block = (spi_block){.start = at, .end = spi_line_end(f->lines, last), .quote = at, .parent = -1};
}

/* Look at one line: q is the innermost quote that it belongs to (NULL: none), starts whether q begins on it. */
static void read_line(finder *f, int line, quote *q, bool starts)
{
	size_t end = spi_line_end(f->lines, line);
	size_t from = starts ? q->start + 1 : spi_line_start(f->lines, line);
	size_t at = skip_blank(f, from, end, !starts);
	if (at == end || (f->raw[line] && !starts))
		return;
	marker m;
	bool first = q && !q->seen;
	if (first)
		q->seen = true;
	if (first && read_marker(f, at, end, &m)) {
		take_marker(f, q, &m);
		return;
	}
	if (first && is_slip(f, at, end, &m)) {
		q->denied = true;
		report_marker(f, at, "form", m.name);
		return;
	}
	at = skip_bullets(f, at, end);
	if (!read_marker(f, at, end, &m))
		return;
	report_marker(f, at, "place", m.name);
	if (q)
		q->denied = true;
	else
		deny_all(f, line, at);
}

/* All lines in order, with the stack of the quotes that each belongs to. */
static bool read_lines(finder *f)
{
	quote **stack = sp_arena_calloc(f->arena, f->quotes_count + 1, sizeof *stack);
	size_t depth = 0, next = 0;
	if (!stack)
		return false;
	for (int line = 1; line <= f->lines->count; line++) {
		bool starts = false;
		while (depth && stack[depth - 1]->end_line < line)
			depth--;
		for (; next < f->quotes_count && f->quotes[next].line <= line; next++) {
			for (size_t i = depth; i-- > 0 && !stack[i]->seen;)
				stack[i]->seen = true;
			stack[depth++] = &f->quotes[next];
			starts = true;
		}
		read_line(f, line, depth ? stack[depth - 1] : NULL, starts);
	}
	return true;
}

static bool collect(finder *f)
{
	f->quotes = sp_arena_calloc(f->arena, f->nodes.count + 1, sizeof *f->quotes);
	f->raw = sp_arena_calloc(f->arena, (size_t)f->lines->count + 2, sizeof *f->raw);
	f->found = sp_arena_calloc(f->arena, 1, sizeof *f->found);
	if (!f->quotes || !f->raw || !f->found)
		return false;
	for (size_t i = 0; i < f->nodes.count; i++) {
		cmark_node *node = f->nodes.items[i];
		int line = cmark_node_get_start_line(node);
		if (spi_node_is(node, CMARK_NODE_BLOCK_QUOTE)) {
			f->quotes[f->quotes_count++] = (quote){
				.node = node, .line = line, .start = node_start(f, node), .end_line = cmark_node_get_end_line(node)};
		} else if (spi_node_is(node, CMARK_NODE_CODE_BLOCK) || spi_node_is(node, CMARK_NODE_HTML_BLOCK)) {
			int end = end_line(node);
			for (; line <= end && line <= f->lines->count; line++)
				f->raw[line] = true;
		}
	}
	return true;
}

static void add_quote(finder *f, const quote *q)
{
	spi_block *block = add_block(f);
	if (!block)
		return;
	*block = (spi_block){
		.start = q->start,
		.end = spi_line_end(f->lines, q->end_line > q->line ? q->end_line : q->line),
		.quote = q->start,
		.marker_start = q->marker_start,
		.marker_end = q->marker_end,
		.audience = q->denied ? 0 : q->audience,
		.name = q->denied ? NULL : q->name,
		.parent = -1,
	};
	cmark_node_set_user_data(q->node, (void *)(uintptr_t)f->found->count);
}

static size_t index_of(cmark_node *node)
{
	return (uintptr_t)cmark_node_get_user_data(node);
}

/* A list, item or plain quote in which there is nothing but blocks goes when all of them go. */
static void add_group(finder *f, cmark_node *node)
{
	size_t children = 0, end = 0;
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child), children++) {
		if (!index_of(child))
			return;
	}
	spi_block *group = children ? add_block(f) : NULL;
	if (!group)
		return;
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
		spi_block *inner = &f->found->items[index_of(child) - 1];
		inner->parent = (int)f->found->count - 1;
		end = inner->end > end ? inner->end : end;
	}
	*group = (spi_block){.start = node_start(f, node),
		.end = end,
		.quote = node_start(f, node),
		.parent = -1,
		.is_group = true,
		.children = children};
	cmark_node_set_user_data(node, (void *)(uintptr_t)f->found->count);
}

struct spi_blocks *spi_blocks_find(cmark_node *root, const spi_lines *lines, const sp_kb_config *config, int body_line,
	spi_report *report, sp_arena *arena)
{
	finder f = {.lines = lines, .config = config, .body_line = body_line, .report = report, .arena = arena};
	f.nodes = spi_nodes_of(root, arena);
	f.top = cmark_node_first_child(root);
	if (!collect(&f) || !read_lines(&f))
		return NULL;
	size_t q = f.quotes_count;
	for (size_t i = f.nodes.count; i-- > 0;) {
		cmark_node *node = f.nodes.items[i];
		bool is_quote = spi_node_is(node, CMARK_NODE_BLOCK_QUOTE);
		q -= is_quote;
		if (is_quote && (f.quotes[q].name || f.quotes[q].denied))
			add_quote(&f, &f.quotes[q]);
		else if (is_quote || spi_node_is(node, CMARK_NODE_ITEM) || spi_node_is(node, CMARK_NODE_LIST))
			add_group(&f, node);
	}
	return f.found;
}
