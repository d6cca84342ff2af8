/* What one set of readers sees of an article. */
#include "base/hash.h"
#include "kb/blocks.h"

#include <string.h>

static bool has_raw_html(const spi_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		if (spi_node_is(nodes->items[i], CMARK_NODE_HTML_BLOCK) || spi_node_is(nodes->items[i], CMARK_NODE_HTML_INLINE))
			return true;
	}
	return false;
}

static cmark_node *block_of(cmark_node *node)
{
	while (cmark_node_parent(node) && !spi_node_is(cmark_node_parent(node), CMARK_NODE_DOCUMENT))
		node = cmark_node_parent(node);
	return node;
}

/* HTML between blocks: as many lines as its text has, for cmark gives the end of some kinds one line short. */
static spi_cut cut_html_block(const spi_lines *lines, cmark_node *node)
{
	int line = cmark_node_get_start_line(node);
	int last = line + spi_node_lines(node) - 1;
	size_t start = spi_line_start(lines, line) + (size_t)(cmark_node_get_start_column(node) - 1);
	return spi_cut_block(lines, start, spi_line_end(lines, last));
}

/* HTML inside a paragraph: where cmark says it is, else the next place that reads the same, else all of the paragraph.
 */
static spi_cut cut_html_inline(const spi_lines *lines, cmark_node *node, size_t from, bool all)
{
	const char *literal = cmark_node_get_literal(node);
	size_t len = strlen(literal);
	cmark_node *block = block_of(node);
	size_t start = spi_line_start(lines, cmark_node_get_start_line(block));
	size_t end = spi_line_end(lines, cmark_node_get_end_line(block));
	size_t at = spi_line_start(lines, cmark_node_get_start_line(node)) + (size_t)cmark_node_get_start_column(node) - 1;
	if (all || end <= start)
		return (spi_cut){start, end, false};
	if (at >= start && at + len <= end && memcmp(lines->text + at, literal, len) == 0)
		return (spi_cut){at, at + len, false};
	from = from > start ? from : start;
	const char *found = from < end ? memmem(lines->text + from, end - from, literal, len) : NULL;
	if (!found)
		return (spi_cut){start, end, false};
	at = (size_t)(found - lines->text);
	return (spi_cut){at, at + len, false};
}

static const char *cut_html(
	const spi_nodes *nodes, const char *text, size_t len, bool all, sp_arena *arena, size_t *ret_len)
{
	spi_lines lines;
	spi_cut *cuts = sp_arena_calloc(arena, nodes->count, sizeof *cuts);
	size_t count = 0, from = 0;
	if (!cuts || !spi_lines_read(&lines, text, len, arena))
		return NULL;
	for (size_t i = 0; i < nodes->count; i++) {
		if (spi_node_is(nodes->items[i], CMARK_NODE_HTML_BLOCK))
			cuts[count++] = cut_html_block(&lines, nodes->items[i]);
		else if (spi_node_is(nodes->items[i], CMARK_NODE_HTML_INLINE))
			cuts[count++] = cut_html_inline(&lines, nodes->items[i], from, all);
		else
			continue;
		from = cuts[count - 1].end;
	}
	return spi_cuts_apply(cuts, count, text, len, arena, ret_len);
}

/*
 * The source without raw HTML: a comment is the editors' own, and whoever shows this Markdown need not be as careful
 * as our renderer. What is left is read again until there is none; on the last round whole paragraphs go.
 */
static const char *without_html(const spi_nodes *nodes, const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	enum { ROUNDS = 4 };
	if (!has_raw_html(nodes)) {
		*ret_len = len;
		return text;
	}
	text = cut_html(nodes, text, len, false, arena, ret_len);
	for (int round = 1; text && round <= ROUNDS; round++) {
		cmark_node *root = spi_markdown_parse(text, *ret_len);
		if (!root)
			return NULL;
		spi_nodes again = spi_nodes_of(root, arena);
		bool more = has_raw_html(&again);
		if (more && round == ROUNDS)
			text = "", *ret_len = 0;
		else if (more)
			text = cut_html(&again, text, *ret_len, round > 1, arena, ret_len);
		cmark_node_free(root);
		if (!more)
			break;
	}
	return text;
}

static const char *keep(sp_buffer *buf, sp_arena *arena, size_t *ret_len)
{
	const char *text = sp_buffer_ok(buf) ? sp_arena_strndup(arena, sp_buffer_text(buf), buf->len) : NULL;
	*ret_len = buf->len;
	sp_buffer_release(buf);
	return text;
}

static bool add_headings(cmark_node *root, sp_arena *arena, sp_strings *ret)
{
	spi_nodes nodes = spi_nodes_of(root, arena);
	ret->items = sp_arena_calloc(arena, nodes.count + 1, sizeof *ret->items);
	ret->count = 0;
	for (size_t i = 0; ret->items && i < nodes.count; i++) {
		if (!spi_node_is(nodes.items[i], CMARK_NODE_HEADING))
			continue;
		sp_buffer text = SP_BUFFER_INIT;
		size_t len;
		spi_node_text(nodes.items[i], &text);
		const char *heading = keep(&text, arena, &len);
		if (!heading)
			return false;
		ret->items[ret->count++] = heading;
	}
	return ret->items;
}

static bool render(
	cmark_node *root, sp_lang lang, const spi_quote *quotes, size_t quotes_count, sp_arena *arena, sp_view *ret)
{
	sp_buffer html = SP_BUFFER_INIT, plain = SP_BUFFER_INIT, speech = SP_BUFFER_INIT;
	spi_markdown_clean(root, lang, arena);
	spi_markdown_write_html(root, quotes, quotes_count, arena, &html);
	spi_markdown_write_plain(root, &plain);
	spi_markdown_write_speech(root, &speech);
	ret->html = keep(&html, arena, &ret->html_len);
	ret->plain = keep(&plain, arena, &ret->plain_len);
	ret->speech = keep(&speech, arena, &ret->speech_len);
	return ret->html && ret->plain && ret->speech && add_headings(root, arena, &ret->headings);
}

/* Without blank lines at the end: they would tell of a block that is not for these readers. */
static const char *trimmed(const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	*ret_len = len;
	while (*ret_len > 1 && text[*ret_len - 1] == '\n' && text[*ret_len - 2] == '\n')
		--*ret_len;
	return *ret_len == len ? text : sp_arena_strndup(arena, text, *ret_len);
}

uint64_t sp_article_hidden(const sp_article *article)
{
	uint64_t hash = SPI_HASH64_SEED;
	for (size_t i = 0; i < article->blocks->count; i++) {
		const spi_block *block = &article->blocks->items[i];
		hash = spi_hash64_more(hash, &block->audience, sizeof block->audience);
		hash = spi_hash64_more(hash, article->body + block->start, block->end - block->start);
	}
	return hash ? hash : 1;
}

/* The blocks of a text of which nothing else is known: all of them are nobody's. */
static const struct spi_blocks *find_blocks(const char *text, size_t len, sp_arena *arena)
{
	spi_lines lines;
	cmark_node *root = spi_markdown_parse(text, len);
	const struct spi_blocks *blocks = root && spi_lines_read(&lines, text, len, arena)
		? spi_blocks_find(root, &lines, NULL, 1, NULL, arena)
		: NULL;
	cmark_node_free(root);
	return blocks;
}

static bool view(const char *text, size_t len, const struct spi_blocks *blocks, sp_audiences readable, sp_lang lang,
	sp_arena *arena, sp_view *ret)
{
	spi_quote *quotes;
	size_t quotes_count;
	if (!blocks)
		blocks = find_blocks(text, len, arena);
	text = blocks ? spi_blocks_cut(blocks, text, len, readable, arena, &len, &quotes, &quotes_count) : NULL;
	cmark_node *root = text ? spi_markdown_parse(text, len) : NULL;
	if (!root)
		return false;
	spi_nodes nodes = spi_nodes_of(root, arena);
	text = without_html(&nodes, text, len, arena, &len);
	ret->markdown = text ? trimmed(text, len, arena, &ret->markdown_len) : NULL;
	bool ok = ret->markdown && render(root, lang, quotes, quotes_count, arena, ret);
	cmark_node_free(root);
	return ok;
}

sp_status sp_article_view(
	const sp_article *article, sp_audiences readable, sp_arena *arena, sp_view *ret, sp_error *err)
{
	sp_view made = {0};
	if (!view(article->body, article->body_len, article->blocks, readable, article->lang, arena, &made))
		return sp_error_set(err, SP_ERR_NOMEM, article->path, 0, "not enough memory to render the article");
	made.markdown = made.markdown == article->body ? sp_arena_strndup(arena, made.markdown, made.markdown_len)
												   : made.markdown;
	if (!made.markdown)
		return sp_error_set(err, SP_ERR_NOMEM, article->path, 0, "not enough memory to render the article");
	*ret = made;
	return SP_OK;
}

sp_status sp_article_source(
	const sp_article *article, sp_audiences readable, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err)
{
	size_t len, clean_len = 0;
	const char *text = spi_blocks_cut_source(article->blocks, article->body, article->body_len, readable, arena, &len);
	cmark_node *root = text ? spi_markdown_parse(text, len) : NULL;
	if (root) {
		spi_nodes nodes = spi_nodes_of(root, arena);
		text = without_html(&nodes, text, len, arena, &clean_len);
		cmark_node_free(root);
	}
	if (!root || !text || !(text = sp_arena_strndup(arena, text, clean_len)))
		return sp_error_set(err, SP_ERR_NOMEM, article->path, 0, "not enough memory to read the article");
	*ret = text;
	*ret_len = clean_len;
	return SP_OK;
}

static sp_status fragment(const char *markdown, size_t len, bool speech, sp_buffer *out)
{
	sp_arena *arena = sp_arena_new(0);
	sp_view made = {0};
	bool ok = arena && view(markdown, len, NULL, 0, SP_LANG_NONE, arena, &made);
	if (ok)
		sp_buffer_add(out, speech ? made.speech : made.html, speech ? made.speech_len : made.html_len);
	sp_arena_free(arena);
	return ok && sp_buffer_ok(out) ? SP_OK : SP_ERR_NOMEM;
}

sp_status sp_markdown_html(const char *markdown, size_t len, sp_buffer *out)
{
	return fragment(markdown, len, false, out);
}

sp_status sp_markdown_speech(const char *markdown, size_t len, sp_buffer *out)
{
	return fragment(markdown, len, true, out);
}
