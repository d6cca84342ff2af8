/* Questions asked again: each processor takes the next one that nobody has taken. */
#include "editor/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 16
/* Fewer questions than this are not worth another thread. */
#define QUESTIONS_A_THREAD 16

typedef struct asking {
	const sp_replay *replay;
	const sp_replay_question *questions;
	const size_t *todo; size_t todo_count; /* numbers of questions */
	sp_outcome *outcomes;
	spi_memory *memory;
	sp_arena *arena;       /* guarded by lock, as memory and err are */
	pthread_mutex_t lock;
	atomic_size_t next;
	atomic_bool stops;
	sp_status status;
	sp_error *err;
} asking;

/* One thread's handles. */
typedef struct asker {
	asking *a;
	sp_reader *reader;
	sp_index *index;
	const sp_kb_config *config;
	sp_responder *responder;
	sp_arena *arena;
} asker;

static sp_status open_asker(asker *w, sp_error *err)
{
	const sp_replay *replay = w->a->replay;
	sp_status status = sp_reader_open(replay->publisher, &w->reader, err);
	if (status == SP_OK)
		status = sp_reader_refresh(w->reader, err);
	if (status != SP_OK)
		return status;
	w->config = sp_reader_config(w->reader);
	int audience = sp_kb_audience(w->config, replay->audience);
	if (audience < 0)
		return sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", replay->audience);
	status = sp_reader_index(w->reader, audience, &w->index, err);
	w->responder = sp_responder_new(replay->queue);
	w->arena = sp_arena_new(0);
	if (status == SP_OK && (!w->responder || !w->arena))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return status;
}

static void close_asker(asker *w)
{
	sp_responder_free(w->responder);
	sp_arena_free(w->arena);
	if (w->reader)
		sp_reader_close(w->reader);
}

/* ---- what is kept of a decision ---- */

static bool keep_ids(const sp_candidate *candidates, size_t count, sp_arena *arena, sp_strings *ret)
{
	*ret = (sp_strings){.items = sp_arena_calloc(arena, count + 1, sizeof(char *))};
	for (size_t i = 0; ret->items && i < count; i++)
		if (!(ret->items[ret->count++] = sp_arena_strdup(arena, candidates[i].id)))
			return false;
	return ret->items;
}

static bool keep(const sp_decision *decision, sp_arena *arena, sp_outcome *ret)
{
	*ret = (sp_outcome){.kind = decision->kind, .reason = decision->reason, .confidence = decision->confidence};
	if (decision->count > 0 && !(ret->article = sp_arena_strdup(arena, decision->candidates[0].id)))
		return false;
	size_t offered = decision->kind == SP_DECIDE_CLARIFY ? decision->choices : 0;
	return keep_ids(decision->candidates, offered < decision->count ? offered : decision->count, arena, &ret->offered) &&
		   keep_ids(decision->also, decision->also_count, arena, &ret->also);
}

/* ---- asking ---- */

static sp_status ask_one(asker *w, size_t i, sp_error *err)
{
	asking *a = w->a;
	const sp_replay_question *q = &a->questions[i];
	sp_question question = {.text = q->text, .len = strlen(q->text), .lang = q->lang, .day = a->replay->day};
	sp_decision decision;
	sp_error why = {0};
	sp_arena_reset(w->arena);
	sp_status status = sp_decide(w->responder, w->index, w->config, &question, w->arena, &decision, &why);
	if (status != SP_OK)
		return sp_error_set(err, status, q->file, q->line, "the question cannot be asked: %s %s", why.source, why.text);
	pthread_mutex_lock(&a->lock);
	if (!keep(&decision, a->arena, &a->outcomes[i]))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	else if (!decision.encoder_busy) /* else another time it may come out otherwise */
		spi_memory_add(a->memory, q, &a->outcomes[i]);
	pthread_mutex_unlock(&a->lock);
	return status;
}

static void note_failure(asking *a, sp_status status, const sp_error *err)
{
	pthread_mutex_lock(&a->lock);
	if (a->status == SP_OK) {
		a->status = status;
		sp_error_copy(a->err, err);
	}
	pthread_mutex_unlock(&a->lock);
	atomic_store(&a->stops, true);
}

static void ask_some(asking *a, bool is_first)
{
	asker w = {.a = a};
	sp_error err = {0};
	sp_status status = open_asker(&w, &err);
	size_t n;
	while (status == SP_OK && !atomic_load(&a->stops) && (n = atomic_fetch_add(&a->next, 1)) < a->todo_count) {
		status = ask_one(&w, a->todo[n], &err);
		if (is_first && a->replay->progress)
			a->replay->progress(n + 1, a->todo_count, a->replay->arg);
	}
	if (status != SP_OK)
		note_failure(a, status, &err);
	close_asker(&w);
}

static void *run(void *arg)
{
	ask_some(arg, false);
	return NULL;
}

static void ask_all(asking *a)
{
	pthread_t threads[THREADS_MAX];
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = processors > THREADS_MAX ? THREADS_MAX : processors > 1 ? (size_t)processors : 1, started = 0;
	while (started + 1 < wanted && (started + 1) * QUESTIONS_A_THREAD < a->todo_count &&
		   pthread_create(&threads[started], NULL, run, a) == 0)
		started++;
	ask_some(a, true);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

sp_status sp_replay_ask(const sp_replay *replay, const sp_replay_question *questions, size_t count, sp_arena *arena, sp_outcome *ret,
	sp_error *err)
{
	spi_memory memory;
	size_t *todo = sp_arena_calloc(arena, count + 1, sizeof *todo), todo_count = 0;
	if (!todo || !spi_memory_open(&memory, replay, arena))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const sp_outcome *known = spi_memory_find(&memory, &questions[i]);
		if (known)
			ret[i] = *known;
		else
			todo[todo_count++] = i;
	}
	asking a = {.replay = replay, .questions = questions, .todo = todo, .todo_count = todo_count, .outcomes = ret, .memory = &memory,
		.arena = arena, .err = err};
	pthread_mutex_init(&a.lock, NULL);
	if (todo_count > 0)
		ask_all(&a);
	pthread_mutex_destroy(&a.lock);
	spi_memory_close(&memory);
	return a.status;
}
