/* Reading a quiz: headings are questions, marked lists their choices. cmark is asked without its extension for such lists: the
   marks are then plain text at the start of an item. */
#include "kb/quiz.h"

#include "base/hash.h"
#include "kb/slug.h"

#include <string.h>
#include <strings.h>

typedef struct reader {
	spi_quiz *quiz;
	sp_lang lang;
	sp_arena *arena;
	bool failed;
} reader;

/* A question while it is read. */
typedef struct draft {
	spi_quiz_item *item;
	cmark_node *before, *after; /* documents of what stands before and after its choices; owned */
	bool has_list, says_more;   /* a list was there; so was an explanation */
} draft;

static const char *keep(reader *r, sp_buffer *buf)
{
	const char *text = sp_buffer_ok(buf) ? sp_arena_strndup(r->arena, sp_buffer_text(buf), buf->len) : NULL;
	r->failed |= !text;
	sp_buffer_release(buf);
	return text ? text : "";
}

static const char *text_of(reader *r, cmark_node *node)
{
	sp_buffer text = SP_BUFFER_INIT;
	spi_node_text(node, &text);
	return keep(r, &text);
}

static void flaw(draft *d, const char *what)
{
	if (!d->item->flaw)
		d->item->flaw = what;
}

/* ---- marks ---- */

static bool read_mark(const char *text, bool *ret_right)
{
	if (text[0] != '[' || !strchr(" xX", text[1]) || !text[1] || text[2] != ']' || (text[3] != ' ' && text[3]))
		return false;
	*ret_right = text[1] != ' ';
	return true;
}

bool spi_is_marked_item(cmark_node *item, bool *ret_right)
{
	cmark_node *paragraph = cmark_node_first_child(item);
	sp_buffer text = SP_BUFFER_INIT;
	if (!spi_node_is(paragraph, CMARK_NODE_PARAGRAPH))
		return false;
	spi_node_text(paragraph, &text);
	bool marked = read_mark(sp_buffer_text(&text), ret_right);
	sp_buffer_release(&text);
	return marked;
}

static bool is_choices(cmark_node *node)
{
	bool right;
	if (!spi_node_is(node, CMARK_NODE_LIST))
		return false;
	for (cmark_node *item = cmark_node_first_child(node); item; item = cmark_node_next(item))
		if (spi_is_marked_item(item, &right))
			return true;
	return false;
}

/* ---- choices ---- */

static void read_choice(reader *r, draft *d, cmark_node *item)
{
	sp_quiz_question *question = &d->item->question;
	bool right = false;
	if (!spi_is_marked_item(item, &right)) {
		flaw(d, "mark");
		return;
	}
	const char *text = text_of(r, item) + 3;
	text += strspn(text, " ");
	if (!*text)
		flaw(d, "empty");
	for (size_t i = 0; i < question->choices_count; i++)
		if (strcmp(question->choices[i].text, text) == 0)
			flaw(d, "twice");
	question->choices[question->choices_count++] = (sp_quiz_choice){.text = text, .is_right = right};
	question->right += right;
}

static void read_choices(reader *r, draft *d, cmark_node *list)
{
	size_t count = 0;
	if (d->has_list) {
		flaw(d, "lists");
		return;
	}
	d->has_list = true;
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item))
		count++;
	d->item->question.choices = sp_arena_calloc(r->arena, count + 1, sizeof *d->item->question.choices);
	r->failed |= !d->item->question.choices;
	for (cmark_node *item = cmark_node_first_child(list); item && !r->failed; item = cmark_node_next(item))
		read_choice(r, d, item);
}

/* ---- the article that it asks about ---- */

static void read_link(reader *r, draft *d, cmark_node *node)
{
	sp_quiz_question *question = &d->item->question;
	const char *url = cmark_node_get_url(node);
	spi_link link = spi_link_read(url ? url : "");
	if (link.kind != SPI_LINK_ARTICLE)
		return;
	const char *id = sp_arena_strndup(r->arena, link.id, link.id_len);
	const char *anchor = link.anchor ? spi_anchor_decode(link.anchor, r->arena) : "";
	r->failed |= !id || !anchor;
	if (r->failed)
		return;
	if (question->article && strcmp(question->article, id) != 0)
		flaw(d, "articles");
	if (question->article)
		return;
	question->article = id;
	question->anchor = anchor;
}

/* Blocks for one audience are cut out of an article's text, not of its quiz: none may be there. */
static void look_through(reader *r, draft *d, cmark_node *root)
{
	spi_nodes nodes = spi_nodes_of(root, r->arena);
	for (size_t i = 0; i < nodes.count; i++) {
		if (spi_node_is(nodes.items[i], CMARK_NODE_BLOCK_QUOTE))
			flaw(d, "quote");
		else if (spi_node_is(nodes.items[i], CMARK_NODE_LINK))
			read_link(r, d, nodes.items[i]);
	}
}

static const char *html_of(reader *r, cmark_node *root)
{
	sp_buffer html = SP_BUFFER_INIT;
	spi_markdown_clean(root, r->lang, r->arena);
	spi_markdown_write_html(root, NULL, 0, r->arena, &html);
	return keep(r, &html);
}

/* ---- ids ---- */

static void name(char ret[SP_QUIZ_ID_LEN + 1], char kind, const sp_buffer *of)
{
	char hash[65];
	spi_sha256_hex(sp_buffer_text(of), of->len, hash);
	ret[0] = kind;
	memcpy(ret + 1, hash, SP_QUIZ_ID_LEN - 1);
	ret[SP_QUIZ_ID_LEN] = '\0';
}

/* Which choices are right is no part of it: who knows how ids are made learns nothing from them. */
static void name_all(reader *r, sp_quiz_question *question)
{
	sp_buffer text = SP_BUFFER_INIT;
	sp_buffer_printf(&text, "%s\n%s\n%s\n", question->article, question->title, question->html);
	for (size_t i = 0; i < question->choices_count; i++)
		sp_buffer_printf(&text, "%s\n", question->choices[i].text);
	name(question->id, 'q', &text);
	for (size_t i = 0; i < question->choices_count; i++) {
		sp_buffer_clear(&text);
		sp_buffer_printf(&text, "%s\n%s", question->id, question->choices[i].text);
		name(question->choices[i].id, 'c', &text);
	}
	r->failed |= !sp_buffer_ok(&text);
	sp_buffer_release(&text);
}

/* ---- questions ---- */

static void begin(reader *r, draft *d, cmark_node *heading)
{
	*d = (draft){.item = &r->quiz->items[r->quiz->count++],
		.before = cmark_node_new(CMARK_NODE_DOCUMENT), .after = cmark_node_new(CMARK_NODE_DOCUMENT)};
	*d->item = (spi_quiz_item){.line = cmark_node_get_start_line(heading)};
	d->item->question.title = text_of(r, heading);
	d->item->question.anchor = "";
	r->failed |= !d->before || !d->after;
	if (!*d->item->question.title)
		flaw(d, "empty");
}

static void check(draft *d)
{
	const sp_quiz_question *question = &d->item->question;
	if (!d->has_list)
		flaw(d, "list");
	else if (question->choices_count < 2)
		flaw(d, "choices");
	else if (question->right == 0)
		flaw(d, "right");
	else if (question->right == question->choices_count)
		flaw(d, "wrong");
	if (!d->says_more)
		flaw(d, "explanation");
	if (!question->article)
		flaw(d, "article");
}

static void end(reader *r, draft *d)
{
	if (!d->item)
		return;
	if (!r->failed) {
		look_through(r, d, d->before);
		look_through(r, d, d->after);
		check(d);
		d->item->question.html = html_of(r, d->before);
		d->item->question.explanation = html_of(r, d->after);
	}
	if (!r->failed && !d->item->flaw)
		name_all(r, &d->item->question);
	for (size_t i = 0; !r->failed && i + 1 < r->quiz->count; i++)
		if (!d->item->flaw && strcmp(r->quiz->items[i].question.id, d->item->question.id) == 0)
			flaw(d, "repeated");
	cmark_node_free(d->before);
	cmark_node_free(d->after);
	*d = (draft){0};
}

static void add(reader *r, draft *d, cmark_node *node)
{
	if (is_choices(node)) {
		spi_nodes nodes = spi_nodes_of(node, r->arena);
		for (size_t i = 0; i < nodes.count; i++)
			if (spi_node_is(nodes.items[i], CMARK_NODE_LINK))
				flaw(d, "link");
		read_choices(r, d, node);
		return;
	}
	d->says_more |= d->has_list && spi_node_is(node, CMARK_NODE_PARAGRAPH);
	cmark_node_append_child(d->has_list ? d->after : d->before, node);
}

static void read_all(reader *r, cmark_node *root)
{
	draft d = {0};
	cmark_node *node = cmark_node_first_child(root), *next;
	for (bool first = true; node && !r->failed; node = next, first = false) {
		int level = spi_node_is(node, CMARK_NODE_HEADING) ? cmark_node_get_heading_level(node) : 0;
		next = cmark_node_next(node);
		if (level && level < 3 && !first && !r->quiz->stray_line)
			r->quiz->stray_line = cmark_node_get_start_line(node);
		if (level == 3) {
			end(r, &d);
			begin(r, &d, node);
		} else if (d.item && !r->failed) {
			add(r, &d, node);
		}
	}
	end(r, &d);
}

bool spi_quiz_read(const char *markdown, size_t len, sp_lang lang, sp_arena *arena, spi_quiz *ret)
{
	reader r = {.quiz = ret, .lang = lang, .arena = arena};
	size_t headings = 0;
	*ret = (spi_quiz){0};
	cmark_node *root = spi_markdown_parse(markdown, len);
	if (!root)
		return false;
	for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node))
		headings += spi_node_is(node, CMARK_NODE_HEADING);
	ret->items = sp_arena_calloc(arena, headings + 1, sizeof *ret->items);
	if (ret->items)
		read_all(&r, root);
	cmark_node_free(root);
	return ret->items && !r.failed;
}

cmark_node *spi_quiz_heading(cmark_node *root)
{
	for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
		if (!spi_node_is(node, CMARK_NODE_HEADING) || cmark_node_get_heading_level(node) != 2)
			continue;
		sp_buffer text = SP_BUFFER_INIT;
		spi_node_text(node, &text);
		bool found = strcasecmp(sp_buffer_text(&text), "quiz") == 0;
		sp_buffer_release(&text);
		if (found)
			return node;
	}
	return NULL;
}

sp_status sp_article_quiz(const sp_article *article, sp_arena *arena, sp_quiz *ret)
{
	spi_quiz read;
	sp_quiz quiz = {0};
	if (!article->quiz) {
		*ret = quiz;
		return SP_OK;
	}
	if (!spi_quiz_read(article->quiz, article->quiz_len, article->lang, arena, &read))
		return SP_ERR_NOMEM;
	quiz.questions = sp_arena_calloc(arena, read.count + 1, sizeof *quiz.questions);
	if (!quiz.questions)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < read.count; i++)
		if (!read.items[i].flaw)
			quiz.questions[quiz.count++] = read.items[i].question;
	*ret = quiz;
	return SP_OK;
}
