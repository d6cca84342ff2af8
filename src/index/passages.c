#include "index/passages.h"

#include "encode/normal.h"

#include <string.h>

typedef struct cutting {
	const char *at, *end;
} cutting;

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where a sentence or a line that begins here ends. */
static const char *end_of_sentence(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\n')
			return at;
		if (strchr(".!?:;", *at) && at + 1 < end && is_space(at[1]))
			return at + 1;
	}
	return end;
}

/* The next piece: whole sentences up to the size wanted, at least one. */
static bool next_piece(cutting *c, const char **ret, size_t *ret_len)
{
	while (c->at < c->end && is_space(*c->at))
		c->at++;
	if (c->at == c->end)
		return false;
	const char *start = c->at, *stop = end_of_sentence(start, c->end);
	while (stop < c->end) {
		const char *next = stop;
		while (next < c->end && is_space(*next))
			next++;
		const char *further = end_of_sentence(next, c->end);
		if (further - start > SPI_PASSAGE_BYTES)
			break;
		stop = further;
	}
	c->at = stop;
	*ret = start;
	*ret_len = (size_t)(stop - start);
	return true;
}

typedef struct listing {
	spi_passage *items;
	size_t count;
	sp_arena *arena;
} listing;

static void add(listing *list, spi_row_kind kind, const char *text, size_t len)
{
	if (len > 0)
		list->items[list->count++] = (spi_passage){kind, text, len};
}

/* In the form that questions are encoded in, so that a phrasing asked word for word is its own nearest. */
static bool add_phrasing(listing *list, spi_row_kind kind, const char *text)
{
	char normal[SP_ENCODE_TEXT_MAX + 1];
	size_t len = spi_encode_normal_form(text, strlen(text), normal);
	const char *copy = sp_arena_strndup(list->arena, normal, len);
	if (copy)
		add(list, kind, copy, len);
	return copy != NULL;
}

static bool add_phrasings(listing *list, const sp_strings *phrasings)
{
	for (size_t i = 0; i < phrasings->count; i++)
		if (!add_phrasing(list, SPI_ROW_QUESTION, phrasings->items[i]))
			return false;
	return true;
}

static bool add_pieces(listing *list, const sp_document *document)
{
	cutting c = {document->view->plain, document->view->plain + document->view->plain_len};
	const char *piece;
	size_t len;
	for (int i = 0; i < SPI_PASSAGES_MAX && next_piece(&c, &piece, &len); i++) {
		const char *text = sp_arena_printf(list->arena, "%s. %.*s", document->article->title, (int)len, piece);
		if (!text)
			return false;
		add(list, SPI_ROW_PASSAGE, text, strlen(text));
	}
	return true;
}

/* Phrasings together, as many as go into one passage: token by token a question then meets the words of all of them. */
typedef struct together {
	listing *list;
	const char *title;
	const char *text; /* so far; NULL = none */
	int count;        /* passages that are full */
} together;

static void end_passage(together *t)
{
	if (t->text)
		add(t->list, SPI_ROW_PASSAGE, t->text, strlen(t->text));
	t->count += t->text != NULL;
	t->text = NULL;
}

static bool join(together *t, const char *phrasing)
{
	size_t len = strlen(phrasing);
	const char *stop = len > 0 && strchr(".?!", phrasing[len - 1]) ? "" : ".";
	if (t->text && strlen(t->text) - strlen(t->title) + len > SPI_PASSAGE_BYTES)
		end_passage(t);
	if (t->count == SPI_PASSAGES_MAX)
		return true;
	t->text = sp_arena_printf(t->list->arena, "%s%s %s%s", t->text ? t->text : t->title, t->text ? "" : ".", phrasing, stop);
	return t->text != NULL;
}

static bool add_together(listing *list, const sp_document *document)
{
	together t = {list, document->article->title, NULL, 0};
	const sp_strings *own = &document->article->questions;
	for (size_t i = 0; i < own->count; i++)
		if (!join(&t, own->items[i]))
			return false;
	end_passage(&t);
	return true;
}

spi_passage *spi_passages_of_questions(const sp_strings *questions, sp_arena *arena, size_t *ret_count)
{
	listing list = {sp_arena_alloc(arena, (questions->count + 1) * sizeof *list.items), 0, arena};
	if (!list.items || !add_phrasings(&list, questions))
		return NULL;
	*ret_count = list.count;
	return list.items;
}

spi_passage *spi_passages_of(const sp_document *document, sp_arena *arena, size_t *ret_count)
{
	const sp_article *article = document->article;
	size_t most = 1 + article->questions.count + document->also.count + 2 * SPI_PASSAGES_MAX;
	listing list = {sp_arena_alloc(arena, most * sizeof *list.items), 0, arena};
	if (!list.items || !add_phrasing(&list, SPI_ROW_TITLE, article->title) || !add_phrasings(&list, &article->questions) ||
		!add_phrasings(&list, &document->also) || !add_pieces(&list, document) || !add_together(&list, document))
		return NULL;
	*ret_count = list.count;
	return list.items;
}
