#include "http/solvers.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Between two counts; a count that takes long is done more rarely. */
#define PAUSE_US 30000000
#define PAUSE_TIMES 50

/* Tickets of one category, or of one group, or of all. */
typedef struct part {
	const char *category, *group;
	sp_solvers solvers;
} part;

struct spi_solvers {
	atomic_uint holders;
	uint64_t number;
	sp_arena *arena;
	part *parts;
	size_t parts_count;
};

struct spi_solvers_watch {
	sp_store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
	_Atomic(uint64_t) number; /* of the latest */
	spi_solvers *latest;
};

/* ---- counts ---- */

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static part *find_part(const spi_solvers *s, const char *category, const char *group)
{
	for (size_t i = 0; i < s->parts_count; i++)
		if (same(s->parts[i].category, category) && same(s->parts[i].group, group))
			return &s->parts[i];
	return NULL;
}

/* Rows come by article: the last item of a part is the only one that can be the same article. */
static void add(spi_solvers *s, const char *category, const char *group, const sp_solving *row, size_t rows)
{
	part *p = find_part(s, category, group);
	if (!p) {
		sp_solved *items = sp_arena_calloc(s->arena, rows, sizeof *items);
		if (!items)
			return;
		p = &s->parts[s->parts_count];
		*p = (part){category, group, {s->number << 16 | s->parts_count, items, 0}};
		s->parts_count++;
	}
	sp_solved *items = (sp_solved *)p->solvers.items;
	if (p->solvers.count > 0 && strcmp(items[p->solvers.count - 1].article, row->article) == 0)
		items[p->solvers.count - 1].tickets += row->tickets;
	else
		items[p->solvers.count++] = (sp_solved){row->article, row->tickets};
}

/* At most as many parts as rows have different categories and groups, and one for all. */
static size_t most_parts(const sp_solving *rows, size_t count)
{
	size_t parts = 1;
	for (size_t i = 0; i < count; i++) {
		bool new_category = rows[i].category != NULL, new_group = rows[i].group != NULL;
		for (size_t j = 0; j < i && (new_category || new_group); j++) {
			new_category = new_category && !same(rows[j].category, rows[i].category);
			new_group = new_group && !same(rows[j].group, rows[i].group);
		}
		parts += (size_t)new_category + (size_t)new_group;
	}
	return parts;
}

static spi_solvers *count_all(sp_store_reader *reader, uint64_t number)
{
	sp_arena *arena = sp_arena_new(0);
	spi_solvers *s = calloc(1, sizeof *s);
	sp_solving *rows = NULL;
	size_t count = 0;
	if (!arena || !s || sp_store_solvings(reader, arena, &rows, &count, NULL) != SP_OK) {
		free(s);
		sp_arena_free(arena);
		return NULL;
	}
	*s = (spi_solvers){.number = number, .arena = arena};
	atomic_init(&s->holders, 1);
	s->parts = sp_arena_calloc(arena, most_parts(rows, count), sizeof *s->parts);
	for (size_t i = 0; s->parts && i < count; i++) {
		add(s, NULL, NULL, &rows[i], count);
		if (rows[i].category)
			add(s, rows[i].category, NULL, &rows[i], count);
		if (rows[i].group)
			add(s, NULL, rows[i].group, &rows[i], count);
	}
	return s;
}

void spi_solvers_give_back(spi_solvers *s)
{
	if (!s || atomic_fetch_sub(&s->holders, 1) > 1)
		return;
	sp_arena_free(s->arena);
	free(s);
}

const sp_solvers *spi_solvers_of(const spi_solvers *s, const char *category, const char *group)
{
	const part *p = s ? find_part(s, category, group) : NULL;
	return p ? &p->solvers : NULL;
}

/* ---- the thread ---- */

static void pause_for(spi_solvers_watch *watch, int64_t us)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += us / 1000000;
	while (!watch->stopping && pthread_cond_timedwait(&watch->wake, &watch->lock, &until) != ETIMEDOUT)
		;
}

static void *run(void *arg)
{
	spi_solvers_watch *watch = arg;
	sp_store_reader *reader = NULL;
	pthread_mutex_lock(&watch->lock);
	while (!watch->stopping) {
		pthread_mutex_unlock(&watch->lock);
		int64_t began_us = spi_now_us();
		if (!reader && sp_store_reader_open(watch->store, &reader, NULL) != SP_OK)
			reader = NULL;
		spi_solvers *fresh = reader ? count_all(reader, atomic_load(&watch->number) + 1) : NULL;
		int64_t took_us = spi_now_us() - began_us;
		pthread_mutex_lock(&watch->lock);
		spi_solvers *old = fresh ? watch->latest : NULL;
		if (fresh) {
			watch->latest = fresh;
			atomic_store(&watch->number, fresh->number);
		}
		spi_solvers_give_back(old);
		pause_for(watch, took_us * PAUSE_TIMES > PAUSE_US ? took_us * PAUSE_TIMES : PAUSE_US);
	}
	pthread_mutex_unlock(&watch->lock);
	sp_store_reader_close(reader);
	return NULL;
}

static bool init_wake(pthread_cond_t *wake)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) != 0)
		return false;
	bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(wake, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	return ok;
}

sp_status spi_solvers_start(sp_store *store, spi_solvers_watch **ret, sp_error *err)
{
	spi_solvers_watch *watch = calloc(1, sizeof *watch);
	if (!watch || !init_wake(&watch->wake)) {
		free(watch);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory to count what solved tickets");
	}
	watch->store = store;
	pthread_mutex_init(&watch->lock, NULL);
	if (pthread_create(&watch->thread, NULL, run, watch) == 0) {
		*ret = watch;
		return SP_OK;
	}
	pthread_cond_destroy(&watch->wake);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no thread to count what solved tickets");
}

void spi_solvers_stop(spi_solvers_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->stopping = true;
	pthread_cond_signal(&watch->wake);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	spi_solvers_give_back(watch->latest);
	pthread_cond_destroy(&watch->wake);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void spi_solvers_take(spi_solvers_watch *watch, spi_solvers **have)
{
	if (!watch || atomic_load(&watch->number) == (*have ? (*have)->number : 0))
		return;
	pthread_mutex_lock(&watch->lock);
	spi_solvers *latest = watch->latest;
	if (latest)
		atomic_fetch_add(&latest->holders, 1);
	pthread_mutex_unlock(&watch->lock);
	spi_solvers_give_back(*have);
	*have = latest;
}
