#include "http/walks.h"

#include "base/clock.h"
#include "sportello/catalog.h"

#include <string.h>

#define CODE_TRIES 8
#define CODE_TEXT_MAX 32 /* bytes of a message that can be a code */

sp_status spi_walk_find(spi_request *request, spi_limit *limit, const char *code, sp_walk *ret, sp_error *err)
{
	int64_t now_us = spi_now_us();
	if (!request->worker->store)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the store cannot be read");
	if (!spi_limit_open(limit, now_us))
		return sp_error_set(err, SP_ERR_BUSY, NULL, 0, "too many codes were tried");
	sp_status status = *code ? sp_store_walk(request->worker->store, code, request->now_utc_s, request->arena, ret, err) :
		sp_error_set(err, SP_ERR_NOT_FOUND, "code", 0, "this is no code");
	if (status == SP_ERR_NOT_FOUND)
		spi_limit_spend(limit, now_us);
	return status;
}

void spi_walk_look_up(spi_request *request, spi_turn *turn)
{
	char code[SP_WALK_CODE_LEN + 1];
	sp_error err = {0};
	if (!turn->walk || turn->message_len > CODE_TEXT_MAX || !sp_walk_code_read(turn->message, turn->message_len, code))
		return;
	sp_walk *walk = sp_arena_calloc(request->arena, 1, sizeof *walk);
	if (walk && spi_walk_find(request, &request->worker->server->guesses, code, walk, &err) == SP_OK) {
		walk->number = 0; /* it goes on here as a walk of this conversation */
		turn->joined = walk;
	} else {
		turn->no_code = true;
	}
}

void spi_walk_give_code(spi_request *request, sp_walk *walk)
{
	sp_walk other;
	if (!request->worker->store)
		return;
	bool is_good = walk->code[0] && walk->code_until_utc_s > request->now_utc_s;
	for (int i = 0; !is_good && i < CODE_TRIES; i++) {
		sp_error err = {0};
		sp_store_new_code(walk->code);
		is_good = sp_store_walk(request->worker->store, walk->code, request->now_utc_s, request->arena, &other, &err) ==
			SP_ERR_NOT_FOUND;
	}
	if (!is_good)
		walk->code[0] = '\0';
	walk->at_utc_s = request->now_utc_s;
	walk->code_until_utc_s = request->now_utc_s + SP_WALK_CODE_VALID_S;
}

/* ---- for a ticket ---- */

static const char *title_of(const sp_steps *steps, const sp_record *article, const char *anchor)
{
	size_t number = steps ? sp_steps_find(steps, anchor) : SIZE_MAX;
	if (!*anchor || number == 0)
		return article->title;
	return steps && number <= steps->count ? steps->items[number].title : anchor;
}

static const char *seen_steps(spi_request *request, const sp_walk *walk, const sp_steps *steps, const sp_record *article)
{
	const char *list = "";
	for (size_t i = 0; list && i < walk->seen.count; i++)
		list = sp_arena_printf(request->arena, "%s%s%s", list, *list ? " \xE2\x86\x92 " : "",
			title_of(steps, article, walk->seen.items[i]));
	return list;
}

const char *spi_walk_note(spi_request *request, const sp_walk *walk)
{
	static const char *const ends[SP_WALK_STATES] = {"ticket.walk.going", "ticket.walk.ended", "ticket.walk.failed"};
	sp_lang lang = request->config->default_lang;
	sp_record article;
	sp_steps steps = {0};
	sp_index *index = NULL;
	if (!walk || request->caller.audience < 0 ||
		spi_request_index_of(request, request->caller.audience, &index, NULL) != SP_OK ||
		sp_index_get(index, walk->article, walk->lang, request->arena, &article, NULL) != SP_OK)
		return NULL;
	sp_procedure procedure = {article.id, article.lang, article.markdown, article.markdown_len, article.html};
	bool is_cut = sp_procedure_steps(&procedure, request->arena, &steps) == SP_OK;
	sp_fill place[] = {{"step", title_of(is_cut ? &steps : NULL, &article, walk->step)}, {NULL, NULL}};
	const char *end = sp_catalog_fill(lang, ends[walk->state], place, request->arena);
	const char *seen = seen_steps(request, walk, is_cut ? &steps : NULL, &article);
	sp_fill fills[] = {{"title", article.title}, {"id", article.id}, {"steps", seen}, {"end", end}, {NULL, NULL}};
	return end && seen ? sp_catalog_fill(lang, "ticket.walk", fills, request->arena) : NULL;
}
