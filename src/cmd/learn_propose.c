/* From confirmed questions to proposals: counted by conversations, held against each other, the most frequent first. */
#include "cmd/learn.h"

#include <stdlib.h>
#include <string.h>

static int order_of(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* All of one question together, of that all of one article, of that all of one conversation. */
static int by_question(const void *left, const void *right)
{
	const spi_learned *a = left, *b = right;
	int order = order_of((int64_t)a->spelling->leader->rank, (int64_t)b->spelling->leader->rank);
	if (order == 0)
		order = strcmp(a->article->path, b->article->path);
	return order ? order : order_of(a->conversation, b->conversation);
}

static int by_article(const void *left, const void *right)
{
	const spi_proposal *a = left, *b = right;
	int order = strcmp(a->article->path, b->article->path);
	if (order == 0)
		order = order_of((int64_t)b->conversations, (int64_t)a->conversations);
	return order ? order : order_of((int64_t)a->spelling->rank, (int64_t)b->spelling->rank);
}

/* One question's confirmations for one article, from items[start]; returns where they end. */
static size_t count_one(const spi_learned *items, size_t count, size_t start, spi_proposal *ret)
{
	const spi_learned *first = &items[start];
	*ret = (spi_proposal){.spelling = first->spelling->leader, .article = first->article,
		.first_utc_s = first->at_utc_s, .last_utc_s = first->at_utc_s};
	size_t i = start;
	for (; i < count && items[i].spelling->leader == ret->spelling && items[i].article == ret->article; i++) {
		ret->conversations += i == start || items[i].conversation != items[i - 1].conversation;
		if (items[i].at_utc_s < ret->first_utc_s)
			ret->first_utc_s = items[i].at_utc_s;
		if (items[i].at_utc_s > ret->last_utc_s)
			ret->last_utc_s = items[i].at_utc_s;
	}
	return i;
}

/* Leaves only so many of an article. */
static void limit(spi_proposals *p)
{
	size_t kept = 0, of_article = 0;
	const sp_article *article = NULL;
	for (size_t i = 0; i < p->count; i++) {
		of_article = p->items[i].article == article ? of_article + 1 : 1;
		article = p->items[i].article;
		if (of_article <= SPI_LEARN_ARTICLE_MAX)
			p->items[kept++] = p->items[i];
	}
	p->over = p->count - kept;
	p->count = kept;
}

bool spi_learn_propose(spi_learned *items, size_t count, size_t min, sp_arena *arena, spi_proposals *ret)
{
	spi_proposals p = {.items = sp_arena_calloc(arena, count + 1, sizeof *p.items),
		.contradicted = sp_arena_calloc(arena, count + 1, sizeof *p.contradicted)};
	if (!p.items || !p.contradicted)
		return false;
	if (count > 1)
		qsort(items, count, sizeof *items, by_question);
	for (size_t i = 0; i < count;) {
		size_t before = p.contradicted_count;
		const spi_spelling *question = items[i].spelling->leader;
		while (i < count && items[i].spelling->leader == question)
			i = count_one(items, count, i, &p.contradicted[p.contradicted_count++]);
		if (p.contradicted_count > before + 1)
			continue;
		spi_proposal *one = &p.contradicted[--p.contradicted_count];
		if (one->conversations >= min)
			p.items[p.count++] = *one;
		else
			p.few++;
	}
	if (p.count > 1)
		qsort(p.items, p.count, sizeof *p.items, by_article);
	limit(&p);
	*ret = p;
	return true;
}
