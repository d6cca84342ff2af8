/* A connector's life: opened, one thread that sends and reads back, closed. */
#include "connect/connector_private.h"

#include "base/clock.h"
#include "sportello/ticket.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define IDLE_MS 1000
#define GRACE_MS 3000

static const spi_connect_maker *const makers[] = {&spi_maker_servicenow, &spi_maker_zendesk, &spi_maker_webhook};

const char *sp_connector_condition_name(sp_connector_condition condition)
{
	static const char *const names[SP_CONNECTOR_CONDITIONS] = {"up", "down", "paused"};
	return condition >= 0 && condition < SP_CONNECTOR_CONDITIONS ? names[condition] : "";
}

/* ---- for its files ---- */

bool spi_connector_is_stopping(sp_connector *c)
{
	pthread_mutex_lock(&c->lock);
	bool stopping = c->stopping;
	pthread_mutex_unlock(&c->lock);
	return stopping;
}

/* splitmix64 */
uint64_t spi_connector_random(sp_connector *c)
{
	uint64_t z = c->random += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void spi_connector_log(sp_connector *c, const char *level, int64_t ticket, const char *text, const char *why)
{
	char time[32];
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	if (!c->log)
		return;
	spi_rfc3339(spi_now_utc_s(), time);
	sp_json_init(&json, &line);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "time", time);
	sp_json_string(&json, "level", level);
	sp_json_string(&json, "connector", c->settings.name);
	if (ticket)
		sp_json_int(&json, "ticket", ticket);
	sp_json_string(&json, "text", text);
	if (why && *why)
		sp_json_string(&json, "cause", why);
	sp_json_object_end(&json);
	if (sp_buffer_ok(&line))
		c->log(sp_buffer_text(&line), c->arg);
	sp_buffer_release(&line);
}

sp_status spi_connector_write(sp_connector *c, sp_outbox_write *outbox)
{
	sp_error err = {0};
	sp_write write = {.kind = SP_WRITE_OUTBOX, .as.outbox = outbox};
	outbox->connector = c->settings.name;
	if (outbox->at_utc_ms == 0)
		outbox->at_utc_ms = spi_now_utc_ms();
	sp_status status = sp_store_write(c->store, &write, &err);
	if (status != SP_OK && status != SP_ERR_NOT_FOUND)
		spi_connector_log(c, "error", 0, "the outbox cannot be written", err.text);
	return status;
}

/* ---- the thread ---- */

/* Somebody has put something right: what was set aside for a while, with all works or not, is tried with the others. */
static void hurry(sp_connector *c)
{
	sp_outbox_write write = {.action = SP_OUTBOX_HURRY, .settle_ms = c->settings.settle_ms};
	(void)spi_connector_write(c, &write);
	c->next_poll_ms = 0;
}

/* Until somebody wakes it, or it is time. */
static void rest(sp_connector *c)
{
	int64_t now_ms = spi_now_utc_ms(), until_ms = now_ms + IDLE_MS;
	struct timespec until;
	if (c->soonest_ms && c->soonest_ms < until_ms && c->soonest_ms > c->hold_until_ms)
		until_ms = c->soonest_ms;
	if (c->hold_until_ms > now_ms && c->hold_until_ms < until_ms)
		until_ms = c->hold_until_ms;
	until_ms = until_ms > now_ms ? until_ms : now_ms + 1;
	until = (struct timespec){.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
	pthread_mutex_lock(&c->lock);
	while (!c->woken && !c->stopping && pthread_cond_timedwait(&c->work_came, &c->lock, &until) != ETIMEDOUT)
		;
	c->woken = false;
	bool at_once = c->at_once;
	if (at_once && c->state.condition != SP_CONNECTOR_UP)
		c->hold_until_ms = 0;
	c->at_once = false;
	pthread_mutex_unlock(&c->lock);
	if (at_once)
		hurry(c);
}

static void *run(void *arg)
{
	sp_connector *c = arg;
	spi_connector_recover(c);
	while (!spi_connector_is_stopping(c)) {
		if (c->lost_track)
			spi_connector_recover(c);
		if (spi_now_utc_ms() >= c->hold_until_ms)
			spi_connector_send(c);
		if (c->maker->poll && spi_now_utc_ms() >= c->next_poll_ms && spi_now_utc_ms() >= c->hold_until_ms && !spi_connector_is_stopping(c))
			spi_connector_poll(c);
		rest(c);
	}
	return NULL;
}

static sp_status start_thread(sp_connector *c, sp_error *err)
{
	/* Signals are for the program's main thread. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return sp_error_errno(err, failed, NULL, "start the connector's thread");
	pthread_setname_np(c->thread, "connector");
	return SP_OK;
}

/* ---- opening and closing ---- */

static sp_status find_maker(sp_connector *c, sp_error *err)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (strcmp(makers[i]->kind, c->settings.kind) == 0)
			c->maker = makers[i];
	if (!c->maker && strcmp(c->settings.kind, "none") != 0)
		return sp_error_set(err, SP_ERR_INVALID, c->settings.file, 0, "there is no connector \"%s\"; choose none, servicenow, zendesk or webhook",
			c->settings.kind);
	return c->maker ? c->maker->check(&c->settings, c->arena, err) : SP_OK;
}

static void free_all(sp_connector *c)
{
	spi_call_free(c->call);
	spi_names_clear(&c->names);
	sp_store_reader_close(c->reader);
	sp_arena_free(c->work);
	sp_arena_free(c->arena);
	pthread_cond_destroy(&c->work_came);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static sp_status open_parts(sp_connector *c, const sp_connector_options *options, sp_error *err)
{
	c->arena = sp_arena_new(0);
	c->work = sp_arena_new(0);
	if (!c->arena || !c->work)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	/* Who waits for a lucky number at the same moment as others, waits in vain. */
	if (getrandom(&c->random, sizeof c->random, GRND_NONBLOCK) < 0)
		c->random = (uint64_t)spi_now_us();
	sp_status status = spi_connect_settings_read(options->file, c->arena, &c->settings, err);
	if (status == SP_OK)
		status = find_maker(c, err);
	if (status == SP_OK && options->kb && !(c->names.file = sp_arena_printf(c->arena, "%s/kb.yaml", options->kb)))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	c->names.dir = options->kb ? sp_arena_strdup(c->arena, options->kb) : NULL;
	if (status != SP_OK || !c->maker)
		return status;
	c->state = (sp_connector_state){.name = c->settings.name, .kind = c->maker->kind, .since_utc_s = spi_now_utc_s()};
	status = spi_call_new(&c->settings, &c->call, err);
	if (status == SP_OK)
		status = sp_store_reader_open(c->store, &c->reader, err);
	if (status == SP_OK)
		status = sp_store_set_outbox(c->store, c->settings.name, err);
	return status == SP_OK ? start_thread(c, err) : status;
}

sp_status sp_connector_open(const sp_connector_options *options, sp_connector **ret, sp_error *err)
{
	sp_connector *c = calloc(1, sizeof *c);
	if (!c)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	c->store = options->store;
	c->log = options->log;
	c->notice = options->notice;
	c->arg = options->arg;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work_came, NULL);
	sp_status status = open_parts(c, options, err);
	if (status == SP_OK && c->maker) {
		*ret = c;
		return SP_OK;
	}
	free_all(c);
	if (status == SP_OK)
		*ret = NULL;
	return status;
}

sp_status sp_connector_check(const char *file, sp_error *err)
{
	sp_connector *c = calloc(1, sizeof *c);
	if (!c || !(c->arena = sp_arena_new(0))) {
		free(c);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work_came, NULL);
	sp_status status = spi_connect_settings_read(file, c->arena, &c->settings, err);
	if (status == SP_OK)
		status = find_maker(c, err);
	free_all(c);
	return status;
}

void sp_connector_files(const char *file, void (*visit)(const char *path, bool is_secret, void *arg), void *arg)
{
	sp_arena *arena = sp_arena_new(0);
	spi_connect_settings settings = {0};
	if (arena && spi_connect_settings_read(file, arena, &settings, NULL) == SP_OK) {
		const char *const files[] = {settings.ca_file, settings.password.file, settings.api_token.file, settings.token.file};
		for (size_t i = 0; i < sizeof files / sizeof *files; i++)
			if (files[i])
				visit(files[i], i > 0, arg);
		for (size_t i = 0; i < settings.secrets_count; i++)
			if (settings.secrets[i].file)
				visit(settings.secrets[i].file, true, arg);
	}
	sp_arena_free(arena);
}

static bool is_known(const sp_kb_config *config, char what, const char *key)
{
	switch (what) {
	case 'g':
		return sp_kb_group(config, key) >= 0;
	case 'f':
		return sp_kb_field(config, key) >= 0;
	case 'p':
		return sp_priority_of(key) != SP_PRIORITY_NONE || strcmp(key, "default") == 0 || sp_kb_category(config, key) >= 0;
	default:
		return sp_kb_category(config, key) >= 0;
	}
}

void sp_connector_strangers(const char *file, const sp_kb_config *config, void (*visit)(const char *map, const char *key, void *arg), void *arg)
{
	sp_arena *arena = sp_arena_new(0);
	spi_connect_settings settings = {0};
	if (arena && spi_connect_settings_read(file, arena, &settings, NULL) == SP_OK) {
		const struct { const char *name; const spi_mapping *map; } maps[] = {{"groups", &settings.groups}, {"categories", &settings.categories},
			{"priorities", &settings.priorities}, {"fields", &settings.fields}};
		for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
			for (size_t k = 0; k < maps[i].map->count; k++)
				if (!is_known(config, maps[i].name[0], maps[i].map->rows[k].key))
					visit(maps[i].name, maps[i].map->rows[k].key, arg);
	}
	sp_arena_free(arena);
}

void sp_connector_close(sp_connector *c)
{
	if (!c)
		return;
	spi_call_stop(c->call, GRACE_MS);
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_signal(&c->work_came);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	free_all(c);
}

static void wake(sp_connector *c, bool at_once)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->woken = true;
	c->at_once |= at_once;
	pthread_cond_signal(&c->work_came);
	pthread_mutex_unlock(&c->lock);
}

bool sp_connector_differs(const sp_connector *c)
{
	return c && spi_connect_settings_differ(&c->settings);
}

void sp_connector_wake(sp_connector *c)
{
	wake(c, false);
}

void sp_connector_retry(sp_connector *c)
{
	wake(c, true);
}

void sp_connector_get_state(sp_connector *c, sp_connector_state *ret)
{
	pthread_mutex_lock(&c->lock);
	*ret = c->state;
	pthread_mutex_unlock(&c->lock);
}
