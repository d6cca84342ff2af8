#include "answer/asking.h"

#include "base/clock.h"

#include <string.h>

sp_asking *sp_asking_new(sp_arena *arena, void (*done)(void *arg), void *arg)
{
	sp_asking *asking = sp_arena_calloc(arena, 1, sizeof *asking);
	if (asking)
		*asking = (sp_asking){.done = done, .arg = arg, .began_us = spi_now_us()};
	return asking;
}

void sp_asking_spend(sp_asking *asking, int64_t us)
{
	if (asking)
		asking->spent_us = us;
}

spi_asked *spi_asked_find(const sp_asking *asking, const char *text, size_t len, sp_lang lang)
{
	for (spi_asked *asked = asking ? asking->first : NULL; asked; asked = asked->next)
		if (asked->len == len && asked->lang == lang && memcmp(asked->text, text, len) == 0)
			return asked;
	return NULL;
}

spi_asked *spi_asked_new(sp_arena *arena, const sp_encoder *encoder, size_t count)
{
	size_t row_bytes = SP_ENCODE_TOKENS_MAX * sp_encoder_token_bytes(encoder);
	spi_asked *asked = sp_arena_calloc(arena, 1, sizeof *asked);
	float *vectors = sp_arena_alloc(arena, count * sp_encoder_dimensions(encoder) * sizeof *vectors);
	sp_token_rows *tokens = sp_arena_calloc(arena, count, sizeof *tokens);
	signed char *rows = sp_arena_alloc(arena, count * row_bytes + 1);
	if (!asked || !vectors || !tokens || !rows)
		return NULL;
	for (size_t i = 0; i < count; i++)
		tokens[i].rows = rows + i * row_bytes;
	asked->count = count;
	asked->call = (sp_encode_call){.count = count, .vectors = vectors, .tokens = tokens};
	return asked;
}

static void go_on(sp_encode_call *call, void *arg)
{
	const sp_asking *asking = arg;
	(void)call;
	asking->done(asking->arg);
}

sp_status spi_asked_begin(sp_asking *asking, spi_asked *asked, sp_encode_queue *queue)
{
	sp_encode_call *call = &asked->call;
	asked->since_us = spi_now_us();
	if (!asking) {
		call->status = sp_encode_queue_ask_together(
			queue, call->texts, call->lens, call->count, call->vectors, call->tokens, &call->count, &call->error);
		return SP_OK;
	}
	asked->next = asking->first;
	asking->first = asked;
	call->done = go_on;
	call->arg = asking;
	call->spent_us = asking->spent_us;
	return sp_encode_queue_begin(queue, call) ? SP_ERR_LATER : SP_OK;
}
