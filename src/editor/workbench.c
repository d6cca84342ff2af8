/* Keeps the latest bench of each language, and tells those who wait when it changed. The thread makes the one of the language
   that was asked for last; others are made when somebody asks. Where nobody looked for a while it rests: what is no longer so is
   put away, and made anew for whoever comes next. */
#include "editor/bench.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* How late somebody may hear that his time is over, and how long closing takes. */
#define STEP_MS 200
/* Where looking takes longer, the text that was saved is shown before its findings are known. */
#define SLOW_US 300000
#define REST_MS (3 * 60 * 1000)

struct sp_workbench {
	char *dir;
	sp_publisher *publisher;
	pthread_t thread;
	bool thread_runs;
	atomic_bool stops;

	pthread_mutex_t making; /* one bench is made at a time; guards the reader */
	sp_reader *reader;		/* for the configuration */
	int64_t took_us;		/* the last look of the thread, whose own this is */

	pthread_mutex_t lock; /* guards what follows */
	spi_bench *benches[SP_LANG_COUNT]; /* NULL: not made since the last change */
	spi_bench *last;	  /* the one made last: the next one is made from it; NULL: none yet */
	sp_lang lang;		  /* asked for last */
	uint64_t number, print;
	int64_t asked_us, rest_us; /* when somebody last asked; so long after that it rests */
	sp_bench_waiter *waiters;
	bool hurries;
};

/* ---- making one ---- */

static spi_bench *present(sp_workbench *workbench, sp_lang lang)
{
	pthread_mutex_lock(&workbench->lock);
	spi_bench *bench = workbench->benches[lang] ? spi_bench_ref(workbench->benches[lang]) : NULL;
	pthread_mutex_unlock(&workbench->lock);
	return bench;
}

/* The one made last, and the language that was asked for last. */
static spi_bench *latest(sp_workbench *workbench, sp_lang *ret_lang)
{
	pthread_mutex_lock(&workbench->lock);
	*ret_lang = workbench->lang;
	spi_bench *bench = workbench->last ? spi_bench_ref(workbench->last) : NULL;
	pthread_mutex_unlock(&workbench->lock);
	return bench;
}

/* With `lock` held. The one before is the caller's to give back. */
static spi_bench *keep_last(sp_workbench *workbench, spi_bench *bench)
{
	spi_bench *before = workbench->last;
	workbench->last = spi_bench_ref(bench);
	return before;
}

static void note_asked(sp_workbench *workbench)
{
	pthread_mutex_lock(&workbench->lock);
	workbench->asked_us = spi_now_us();
	pthread_mutex_unlock(&workbench->lock);
}

/* With `making` held. before: of any language; it knows what is the same as it was, and what broken files said. */
static spi_bench *make(sp_workbench *workbench, sp_lang lang, const spi_bench *before)
{
	sp_reader_refresh(workbench->reader, NULL);
	return spi_bench_make(workbench->dir, sp_reader_config(workbench->reader), workbench->publisher, lang, before);
}

bool sp_workbench_is_made(sp_workbench *workbench, sp_lang lang)
{
	pthread_mutex_lock(&workbench->lock);
	bool made = workbench->benches[lang] != NULL;
	pthread_mutex_unlock(&workbench->lock);
	return made;
}

const sp_bench *sp_workbench_take(sp_workbench *workbench, sp_lang lang)
{
	note_asked(workbench);
	spi_bench *bench = present(workbench, lang), *old = NULL;
	if (bench)
		return &bench->shown;
	pthread_mutex_lock(&workbench->making);
	bench = present(workbench, lang);
	sp_lang other;
	spi_bench *before = bench ? NULL : latest(workbench, &other);
	if (!bench && (bench = make(workbench, lang, before))) {
		pthread_mutex_lock(&workbench->lock);
		bench->shown.number = workbench->number;
		workbench->benches[lang] = spi_bench_ref(bench);
		workbench->lang = lang;
		old = keep_last(workbench, bench);
		pthread_mutex_unlock(&workbench->lock);
	}
	pthread_mutex_unlock(&workbench->making);
	spi_bench_unref(old);
	spi_bench_unref(before);
	return bench ? &bench->shown : NULL;
}

void sp_workbench_give_back(const sp_bench *shown)
{
	/* `shown` is the first member. */
	spi_bench_unref((spi_bench *)shown);
}

/* ---- those who wait ---- */

/* With `lock` held. */
static bool has_news(const sp_workbench *workbench, const sp_bench_waiter *waiter)
{
	return waiter->wants_bench ? workbench->benches[waiter->lang] != NULL : waiter->seen != workbench->number;
}

/* Take out all whom there is something to tell; with `lock` held. */
static sp_bench_waiter *take_told(sp_workbench *workbench)
{
	sp_bench_waiter *told = NULL, **at = &workbench->waiters;
	int64_t now_us = spi_now_us();
	while (*at) {
		sp_bench_waiter *waiter = *at;
		if (!has_news(workbench, waiter) && now_us < waiter->until_us && !workbench->hurries) {
			at = &waiter->next;
			continue;
		}
		*at = waiter->next;
		waiter->next = told;
		told = waiter;
	}
	return told;
}

static void tell(sp_bench_waiter *told)
{
	while (told) {
		sp_bench_waiter *next = told->next; /* who is told may be gone */
		told->done(told->arg);
		told = next;
	}
}

void sp_workbench_wait(sp_workbench *workbench, sp_bench_waiter *waiter)
{
	pthread_mutex_lock(&workbench->lock);
	workbench->asked_us = spi_now_us();
	waiter->until_us = workbench->asked_us + (int64_t)waiter->patience_ms * 1000;
	waiter->next = workbench->waiters;
	workbench->waiters = waiter;
	sp_bench_waiter *told = take_told(workbench);
	pthread_mutex_unlock(&workbench->lock);
	tell(told);
}

void sp_workbench_hurry(sp_workbench *workbench)
{
	pthread_mutex_lock(&workbench->lock);
	workbench->hurries = true;
	sp_bench_waiter *told = take_told(workbench);
	pthread_mutex_unlock(&workbench->lock);
	tell(told);
}

uint64_t sp_workbench_number(sp_workbench *workbench)
{
	pthread_mutex_lock(&workbench->lock);
	uint64_t number = workbench->number;
	workbench->asked_us = spi_now_us();
	pthread_mutex_unlock(&workbench->lock);
	return number;
}

void sp_workbench_rest_after(sp_workbench *workbench, unsigned idle_ms)
{
	pthread_mutex_lock(&workbench->lock);
	workbench->rest_us = (int64_t)idle_ms * 1000;
	pthread_mutex_unlock(&workbench->lock);
}

/* ---- following ---- */

/* With `lock` held: all benches into old. Whether there were any. */
static bool take_off(sp_workbench *workbench, spi_bench *old[SP_LANG_COUNT])
{
	bool had = false;
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		old[i] = workbench->benches[i];
		workbench->benches[i] = NULL;
		had |= old[i] != NULL;
	}
	return had;
}

static void give_all_back(spi_bench *old[SP_LANG_COUNT])
{
	for (int i = 0; i < SP_LANG_COUNT; i++)
		spi_bench_unref(old[i]);
}

static void replace(sp_workbench *workbench, sp_lang lang, spi_bench *bench)
{
	spi_bench *old[SP_LANG_COUNT];
	pthread_mutex_lock(&workbench->lock);
	take_off(workbench, old);
	if (bench->print != workbench->print)
		workbench->number++;
	workbench->print = bench->print;
	bench->shown.number = workbench->number;
	workbench->benches[lang] = bench;
	spi_bench *last = keep_last(workbench, bench);
	pthread_mutex_unlock(&workbench->lock);
	give_all_back(old);
	spi_bench_unref(last);
}

/* Nobody looks: what is no longer so is put away, and a page that stayed open somewhere is told so when it asks again. */
static void put_away_stale(sp_workbench *workbench)
{
	sp_lang lang;
	spi_bench *old[SP_LANG_COUNT] = {0}, *last = latest(workbench, &lang);
	if (!last || spi_bench_trace(workbench->dir, workbench->publisher) != last->trace) {
		pthread_mutex_lock(&workbench->lock);
		workbench->number += take_off(workbench, old);
		pthread_mutex_unlock(&workbench->lock);
	}
	give_all_back(old);
	spi_bench_unref(last);
}

static bool rests(sp_workbench *workbench)
{
	pthread_mutex_lock(&workbench->lock);
	bool rests = !workbench->waiters && spi_now_us() - workbench->asked_us >= workbench->rest_us;
	pthread_mutex_unlock(&workbench->lock);
	return rests;
}

static void tell_early(sp_workbench *workbench)
{
	pthread_mutex_lock(&workbench->making);
	uint64_t before = sp_reader_generation(workbench->reader);
	sp_reader_refresh(workbench->reader, NULL);
	bool is_news = sp_reader_generation(workbench->reader) != before;
	pthread_mutex_unlock(&workbench->making);
	pthread_mutex_lock(&workbench->lock);
	workbench->number += is_news;
	sp_bench_waiter *told = take_told(workbench);
	pthread_mutex_unlock(&workbench->lock);
	tell(told);
}

static void look(sp_workbench *workbench)
{
	int64_t began_us = spi_now_us();
	if (workbench->took_us > SLOW_US)
		tell_early(workbench);
	sp_lang lang;
	spi_bench *before = latest(workbench, &lang);
	pthread_mutex_lock(&workbench->making);
	spi_bench *bench = make(workbench, lang, before);
	pthread_mutex_unlock(&workbench->making);
	/* Without memory the old one stays until the next look. */
	if (bench)
		replace(workbench, lang, bench);
	spi_bench_unref(before);
	workbench->took_us = spi_now_us() - began_us;
}

/* A bench that somebody waits for; SP_LANG_NONE = none. */
static sp_lang wanted(sp_workbench *workbench)
{
	sp_lang lang = SP_LANG_NONE;
	pthread_mutex_lock(&workbench->lock);
	for (const sp_bench_waiter *waiter = workbench->waiters; waiter && lang == SP_LANG_NONE; waiter = waiter->next)
		if (waiter->wants_bench && !workbench->benches[waiter->lang])
			lang = waiter->lang;
	pthread_mutex_unlock(&workbench->lock);
	return lang;
}

static void *run(void *arg)
{
	sp_workbench *workbench = arg;
	uint64_t seen = sp_publisher_looks(workbench->publisher, UINT64_MAX, 0);
	look(workbench);
	while (!atomic_load(&workbench->stops)) {
		uint64_t looks = sp_publisher_looks(workbench->publisher, seen, STEP_MS);
		if (looks != seen && rests(workbench))
			put_away_stale(workbench);
		else if (looks != seen)
			look(workbench);
		seen = looks;
		sp_lang lang = wanted(workbench);
		if (lang != SP_LANG_NONE)
			sp_workbench_give_back(sp_workbench_take(workbench, lang));
		pthread_mutex_lock(&workbench->lock);
		sp_bench_waiter *told = take_told(workbench);
		pthread_mutex_unlock(&workbench->lock);
		tell(told);
	}
	return NULL;
}

/* ---- opening ---- */

static sp_status start(sp_workbench *workbench, sp_error *err)
{
	sp_status status = sp_reader_open(workbench->publisher, &workbench->reader, err);
	if (status != SP_OK)
		return status;
	workbench->lang = sp_reader_config(workbench->reader)->default_lang;
	int problem = pthread_create(&workbench->thread, NULL, run, workbench);
	workbench->thread_runs = problem == 0;
	return problem ? sp_error_errno(err, problem, NULL, "start a thread") : SP_OK;
}

sp_status sp_workbench_open(sp_publisher *publisher, const char *kb_dir, sp_workbench **ret, sp_error *err)
{
	sp_workbench *workbench = calloc(1, sizeof *workbench);
	if (!workbench)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	pthread_mutex_init(&workbench->making, NULL);
	pthread_mutex_init(&workbench->lock, NULL);
	workbench->publisher = publisher;
	/* Numbers of a later run are higher: a page that stayed open is told. */
	workbench->number = (uint64_t)spi_now_utc_s() << 16;
	workbench->asked_us = spi_now_us();
	workbench->rest_us = (int64_t)REST_MS * 1000;
	workbench->dir = strdup(kb_dir);
	sp_status status =
		workbench->dir ? start(workbench, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		*ret = workbench;
	else
		sp_workbench_close(workbench);
	return status;
}

void sp_workbench_close(sp_workbench *workbench)
{
	if (!workbench)
		return;
	sp_workbench_hurry(workbench);
	atomic_store(&workbench->stops, true);
	if (workbench->thread_runs)
		pthread_join(workbench->thread, NULL);
	give_all_back(workbench->benches);
	spi_bench_unref(workbench->last);
	sp_reader_close(workbench->reader);
	pthread_mutex_destroy(&workbench->making);
	pthread_mutex_destroy(&workbench->lock);
	free(workbench->dir);
	free(workbench);
}

const char *sp_workbench_dir(const sp_workbench *workbench)
{
	return workbench->dir;
}
