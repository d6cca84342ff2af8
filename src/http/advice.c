#include "http/advice.h"

#include "http/parts.h"
#include "http/pages.h"
#include "http/solvers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SOLVED_COUNTS 8     /* tickets from which on more do not count for more */
#define SOLVED_WEIGHT 0.25  /* how much of its score an article gains at most by what it solved */

static void go_on(void *request)
{
	spi_request_go_on(request);
}

/* The first characters that a question may have. */
static const char *question_of(spi_request *request, const sp_ticket *ticket)
{
	const char *story = spi_ticket_story(request, ticket);
	size_t len = 0, chars = 0;
	story += strspn(story, " \t\r\n");
	for (; story[len] && chars < SP_MESSAGE_MAX_CHARS; chars++)
		do
			len++;
		while (((unsigned char)story[len] & 0xc0) == 0x80);
	return sp_arena_strndup(request->arena, story, len);
}

const char *spi_advice_public_text(spi_request *request, const sp_ticket *ticket, const char *article, sp_lang lang)
{
	sp_record record;
	sp_index *index = spi_public_index(request, ticket);
	if (!index || sp_index_get(index, article, lang, request->arena, &record, NULL) != SP_OK || !spi_request_may_show(request, &record))
		return NULL;
	return sp_arena_strndup(request->arena, record.markdown, record.markdown_len);
}

static uint32_t solved_by(const spi_request *request, const sp_ticket *ticket, const char *article)
{
	const sp_solvers *solvers = request->worker->solvers ? spi_solvers_of(request->worker->solvers, ticket->category, NULL) : NULL;
	for (size_t i = 0; solvers && i < solvers->count; i++)
		if (strcmp(solvers->items[i].article, article) == 0)
			return solvers->items[i].tickets;
	return 0;
}

static const char *words_of(spi_request *request, const sp_explanation *told, const sp_told_candidate *candidate)
{
	const char *list = "";
	for (size_t i = 0; list && i < candidate->words_count; i++) {
		const sp_known_word *word = &told->words[candidate->words[i].word];
		if (!word->is_function)
			list = sp_arena_printf(request->arena, "%s%s%s", list, *list ? ", " : "", word->word);
	}
	return list ? list : "";
}

/* By an agent: what the ticket was opened with was only shown. */
static bool is_linked(const spi_advice *advice, const char *article)
{
	for (size_t i = 1; i < advice->events_count; i++)
		if (advice->events[i].article && strcmp(advice->events[i].article, article) == 0)
			return true;
	return false;
}

static sp_status add(spi_request *request, sp_index *index, spi_advice *advice, const sp_explanation *told,
	const sp_told_candidate *from, sp_error *err)
{
	sp_record record;
	const sp_candidate *candidate = from->candidate;
	spi_suggested *item = &advice->items[advice->count];
	sp_status status = sp_index_get(index, candidate->id, candidate->lang, request->arena, &record, err);
	if (status != SP_OK || !spi_request_may_show(request, &record))
		return status == SP_ERR_NOT_FOUND ? SP_OK : status;
	*item = (spi_suggested){.id = record.id, .title = record.title, .lang = record.lang, .type = record.type,
		.category = record.category, .url = spi_article_url(request, record.id, record.lang), .score = from->share,
		.updated = spi_page_iso_date(request, record.updated),
		.phrase = candidate->phrase && strcmp(candidate->phrase, record.title) != 0 ? candidate->phrase : "",
		.words = words_of(request, told, from), .solved = solved_by(request, &advice->ticket, record.id),
		.insert = spi_advice_public_text(request, &advice->ticket, record.id, record.lang),
		.linked = is_linked(advice, record.id)};
	advice->count++;
	return SP_OK;
}

static double weight(const spi_suggested *item)
{
	double solved = item->solved < SOLVED_COUNTS ? item->solved : SOLVED_COUNTS;
	return item->score * (1 + SOLVED_WEIGHT * log2(1 + solved) / log2(1 + SOLVED_COUNTS));
}

static int in_order(const void *a, const void *b)
{
	double x = weight(a), y = weight(b);
	return x > y ? -1 : x < y;
}

static sp_status decide(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	spi_advice *advice = arg;
	sp_decision decision = {0};
	sp_explanation told = {0};
	bool may_wait = spi_request_may_wait(request);
	sp_question question = {.text = advice->question, .len = strlen(advice->question), .lang = advice->ticket.lang, .day = request->day,
		.category = advice->ticket.category && sp_kb_category(request->config, advice->ticket.category) >= 0 ? advice->ticket.category : NULL,
		.asking = may_wait ? advice->asking : NULL};
	sp_status status = sp_decide(request->worker->responder, index, request->config, &question, request->arena, &decision, err);
	if (may_wait && status != SP_ERR_LATER)
		spi_request_wait_not(request);
	if (status == SP_OK)
		status = sp_explain(request->worker->responder, index, request->config, &question, &decision, request->lang, request->arena, &told,
			err);
	advice->count = 0;
	for (size_t i = 0; status == SP_OK && i < told.count && i < SPI_ADVICE_MAX; i++)
		status = add(request, index, advice, &told, &told.candidates[i], err);
	if (status != SP_OK)
		return status;
	advice->confidence = decision.confidence;
	advice->why = told.why;
	advice->is_sure = decision.kind == SP_DECIDE_ANSWER;
	qsort(advice->items, advice->count, sizeof *advice->items, in_order);
	return SP_OK;
}

bool spi_advice_find(spi_request *request, spi_advice *advice, spi_handler *then)
{
	sp_error err = {0};
	if (!advice->asking) {
		advice->question = question_of(request, &advice->ticket);
		advice->asking = sp_asking_new(request->arena, go_on, request);
		if (sp_store_ticket_events(request->worker->store, advice->ticket.number, request->arena, &advice->events, &advice->events_count,
			NULL) != SP_OK)
			advice->events_count = 0;
		spi_solvers_take(request->worker->server->solvers, &request->worker->solvers);
	}
	if (!advice->question || !*advice->question)
		return true;
	sp_status status = spi_with_index(request, decide, advice, &err);
	if (status == SP_OK)
		return true;
	if (status == SP_ERR_LATER)
		spi_request_wait(request, then);
	else if (status == SP_ERR_INVALID || status == SP_ERR_TOO_LARGE)
		return true; /* nothing that can be looked for */
	else if (!request->reply.status)
		spi_reply_error(request, status, &err);
	return false;
}
