#include "http/gaps.h"

#include "base/clock.h"
#include "base/zone.h"
#include "http/reply.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 4
#define KEPT_US (INT64_C(120) * 1000000)
#define WAITING_MAX 32
#define DAYS 90 /* that are looked at when none are named */

/* What is looked for: of the same key the same comes out. */
typedef struct wanted_gaps {
	int64_t from_utc_s, until_utc_s;
	sp_audiences readable;
	sp_lang lang;
} wanted_gaps;

typedef struct found {
	wanted_gaps key;
	sp_arena *arena;       /* NULL: this place is free, or it failed */
	sp_gaps gaps;
	sp_status status;
	sp_error err;
	int64_t made_us;       /* 0 = nothing is there */
	unsigned holders;
} found;

struct spi_gaps_finder {
	const sp_server_options *options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
	found kept[KEPT_MAX];
	struct waiting { spi_request *request; wanted_gaps key; } waiting[WAITING_MAX];
	size_t waiting_count;
};

static bool same(const wanted_gaps *a, const wanted_gaps *b)
{
	return a->from_utc_s == b->from_utc_s && a->until_utc_s == b->until_utc_s && a->readable == b->readable && a->lang == b->lang;
}

/* ---- the thread ---- */

static sp_status find(const sp_server_options *o, const wanted_gaps *key, sp_arena *arena, sp_gaps *ret, sp_error *err)
{
	sp_gap_options options = {.queue = o->queue, .readable = key->readable, .lang = key->lang, .from_utc_s = key->from_utc_s,
		.until_utc_s = key->until_utc_s, .now_utc_s = spi_now_utc_s()};
	sp_status status = sp_store_reader_open(o->store, &options.store, err);
	if (status == SP_OK)
		status = sp_reader_open(o->publisher, &options.reader, err);
	if (status == SP_OK)
		status = sp_reader_refresh(options.reader, err);
	if (status == SP_OK)
		status = sp_gaps_find(&options, arena, ret, err);
	if (options.reader)
		sp_reader_close(options.reader);
	if (options.store)
		sp_store_reader_close(options.store);
	return status;
}

/* The place that is used least of late; one that nobody reads at the moment. NULL: all are read. */
static found *free_place(spi_gaps_finder *finder)
{
	found *best = NULL;
	for (size_t i = 0; i < KEPT_MAX; i++)
		if (finder->kept[i].holders == 0 && (!best || finder->kept[i].made_us < best->made_us))
			best = &finder->kept[i];
	return best;
}

static void tell(spi_gaps_finder *finder, const wanted_gaps *key)
{
	for (size_t i = 0; i < finder->waiting_count;) {
		if (!same(&finder->waiting[i].key, key)) {
			i++;
			continue;
		}
		spi_request *request = finder->waiting[i].request;
		finder->waiting[i] = finder->waiting[--finder->waiting_count];
		spi_request_go_on(request);
	}
}

static void work(spi_gaps_finder *finder)
{
	wanted_gaps wanted = finder->waiting[0].key;
	found made = {.key = wanted, .arena = sp_arena_new(0)};
	pthread_mutex_unlock(&finder->lock);
	made.status = made.arena ? find(finder->options, &wanted, made.arena, &made.gaps, &made.err) : SP_ERR_NOMEM;
	made.made_us = spi_now_us();
	pthread_mutex_lock(&finder->lock);
	found *place = free_place(finder);
	if (place) {
		sp_arena_free(place->arena);
		*place = made;
	} else {
		sp_arena_free(made.arena);
	}
	tell(finder, &wanted);
}

static void *run(void *arg)
{
	spi_gaps_finder *finder = arg;
	pthread_mutex_lock(&finder->lock);
	while (!finder->stopping) {
		if (finder->waiting_count > 0)
			work(finder);
		else
			pthread_cond_wait(&finder->wake, &finder->lock);
	}
	pthread_mutex_unlock(&finder->lock);
	return NULL;
}

sp_status spi_gaps_start(const sp_server_options *options, spi_gaps_finder **ret, sp_error *err)
{
	spi_gaps_finder *finder = calloc(1, sizeof *finder);
	if (!finder)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory to find gaps");
	finder->options = options;
	pthread_mutex_init(&finder->lock, NULL);
	pthread_cond_init(&finder->wake, NULL);
	if (pthread_create(&finder->thread, NULL, run, finder) == 0) {
		*ret = finder;
		return SP_OK;
	}
	pthread_cond_destroy(&finder->wake);
	pthread_mutex_destroy(&finder->lock);
	free(finder);
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no thread to find gaps");
}

void spi_gaps_stop(spi_gaps_finder *finder)
{
	if (!finder)
		return;
	pthread_mutex_lock(&finder->lock);
	finder->stopping = true;
	pthread_cond_signal(&finder->wake);
	pthread_mutex_unlock(&finder->lock);
	pthread_join(finder->thread, NULL);
	for (size_t i = 0; i < KEPT_MAX; i++)
		sp_arena_free(finder->kept[i].arena);
	pthread_cond_destroy(&finder->wake);
	pthread_mutex_destroy(&finder->lock);
	free(finder);
}

/* ---- requests ---- */

static bool read_day(spi_request *request, const char *name, int64_t fallback, int64_t *ret)
{
	const char *text = spi_request_query(request, name);
	sp_date date = text && *text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = fallback;
	if (!text || !*text)
		return true;
	if (!date) {
		spi_problem_field(request, SPI_BAD_VALUE, name, "%s must be a day like 2026-11-23", name);
		return false;
	}
	*ret = sp_date_days(date);
	return true;
}

static bool read_key(spi_request *request, wanted_gaps *ret)
{
	const char *timezone = request->config->timezone, *asked = spi_request_query(request, "asked_in");
	int64_t today = spi_zone_local(timezone, request->now_utc_s).days, from, to;
	if (!read_day(request, "to", today, &to) || !read_day(request, "from", to - DAYS + 1, &from))
		return false;
	if (from > to) {
		spi_problem_field(request, SPI_BAD_VALUE, "from", "from must not be after to");
		return false;
	}
	*ret = (wanted_gaps){.from_utc_s = spi_zone_utc_s(timezone, from, 0), .until_utc_s = spi_zone_utc_s(timezone, to + 1, 0), .lang = SP_LANG_NONE};
	if (asked && *asked && (ret->lang = sp_lang_of(asked, strlen(asked))) == SP_LANG_NONE) {
		spi_problem_field(request, SPI_UNKNOWN_LANGUAGE, "asked_in", "asked_in must be one of it, en, de");
		return false;
	}
	if (request->caller.audience < 0) {
		spi_problem(request, SPI_NOT_FOUND, "there is nothing here for this audience");
		return false;
	}
	ret->readable = request->config->audiences[request->caller.audience].reads;
	return true;
}

static found *kept(spi_gaps_finder *finder, const wanted_gaps *key)
{
	for (size_t i = 0; i < KEPT_MAX; i++)
		if (finder->kept[i].made_us && same(&finder->kept[i].key, key) && spi_now_us() - finder->kept[i].made_us < KEPT_US)
			return &finder->kept[i];
	return NULL;
}

static void wait_for(spi_request *request, spi_gaps_finder *finder, const wanted_gaps *key, spi_handler *again)
{
	if (!spi_request_may_wait(request)) {
		spi_problem(request, SPI_UNAVAILABLE, "the service is about to end; ask again");
		return;
	}
	if (finder->waiting_count == WAITING_MAX) {
		spi_request_wait_not(request);
		spi_problem(request, SPI_UNAVAILABLE, "too many are waiting for this; ask again in a moment");
		return;
	}
	spi_request_wait(request, again);
	finder->waiting[finder->waiting_count++] = (struct waiting){request, *key};
	pthread_cond_signal(&finder->wake);
}

void spi_gaps_use(spi_request *request, spi_gaps_user *use, spi_handler *again)
{
	spi_gaps_finder *finder = request->worker->server->gaps;
	wanted_gaps key;
	if (!finder) {
		spi_problem(request, SPI_UNAVAILABLE, "nothing is stored here");
		return;
	}
	if (!read_key(request, &key))
		return;
	pthread_mutex_lock(&finder->lock);
	found *have = kept(finder, &key);
	if (have)
		have->holders++;
	else
		wait_for(request, finder, &key, again);
	pthread_mutex_unlock(&finder->lock);
	if (!have)
		return;
	if (have->status != SP_OK)
		spi_reply_error(request, have->status, &have->err);
	else
		use(request, &have->gaps);
	pthread_mutex_lock(&finder->lock);
	have->holders--;
	if (have->status != SP_OK)
		have->made_us = 0; /* the next one tries again */
	pthread_mutex_unlock(&finder->lock);
}
