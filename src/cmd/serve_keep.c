#include "cmd/serve_keep.h"

#include "base/clock.h"
#include "base/zone.h"
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NIGHT_MIN (3 * 60) /* of the knowledge base's time zone: few write while the store is written anew */
#define AGAIN_S 300
#define DAY_S 86400

/* Texts of the configuration live until the next look. */
static const sp_kb_config *config_of(spi_keeper *k)
{
	if (!k->config && sp_reader_open(k->publisher, &k->config, NULL) != SP_OK)
		k->config = NULL;
	if (k->config)
		(void)sp_reader_refresh(k->config, NULL); /* else the one from before */
	return k->config ? sp_reader_config(k->config) : NULL;
}

static int64_t next_night(const sp_kb_config *config, int64_t now_utc_s)
{
	spi_local local = spi_zone_local(config->timezone, now_utc_s);
	int64_t day = spi_days_of_civil(local.year, local.month, local.day);
	int64_t at = spi_zone_utc_s(config->timezone, day, NIGHT_MIN);
	return at > now_utc_s ? at : spi_zone_utc_s(config->timezone, day + 1, NIGHT_MIN);
}

static void log_forgotten(const spi_keeper *k, const sp_write_forget *forget)
{
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	char time[32];
	if (!sp_forgotten_any(&forget->forgotten))
		return;
	spi_rfc3339(forget->at_utc_s, time);
	sp_json_init(&json, &line);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "time", time);
	sp_json_string(&json, "level", "info");
	sp_forgotten_json(&forget->forgotten, &json, "forgotten");
	sp_json_bool(&json, "bytes_gone", forget->scrubbed);
	sp_json_object_end(&json);
	k->log(sp_buffer_text(&line), k->arg);
	sp_buffer_release(&line);
}

static void forget_due(spi_keeper *k, const sp_kb_config *config, int64_t now_utc_s)
{
	sp_error err = {0};
	sp_keeping keeping;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_keeping_of(config, arena, &keeping) : SP_ERR_NOMEM;
	sp_write_forget forget = {.what = SP_FORGET_DUE, .keeping = &keeping, .at_utc_s = now_utc_s};
	sp_write write = {.kind = SP_WRITE_FORGET, .as.forget = &forget};
	if (status == SP_OK)
		status = sp_store_write(k->store, &write, &err);
	if (status == SP_OK)
		log_forgotten(k, &forget);
	else
		spi_fail(&err, status);
	k->next_utc_s = status == SP_OK ? next_night(config, now_utc_s) : now_utc_s + AGAIN_S;
	sp_write_forget_release(&forget);
	sp_arena_free(arena);
}

/* Vectors of questions tell something of what was asked. */
static void empty_vectors(spi_keeper *k, const sp_kb_config *config, int64_t now_utc_s)
{
	sp_error err = {0};
	bool due = false;
	int64_t times = 0;
	char aside[4096];
	if (!k->reader && sp_store_reader_open(k->store, &k->reader, NULL) != SP_OK)
		return;
	sp_status status = sp_store_vectors_due(k->reader, (int64_t)config->keep.conversations * DAY_S, now_utc_s, &due, &times, &err);
	if (status == SP_OK && due) {
		sp_encode_queue_forget(k->queue);
		status = sp_encode_queue_save(k->queue, &err);
		if ((size_t)snprintf(aside, sizeof aside, "%s.aside", k->vectors) < sizeof aside)
			unlink(aside);
		if (status == SP_OK)
			status = sp_store_vectors_done(k->store, times, now_utc_s, &err);
	}
	if (status != SP_OK)
		spi_fail(&err, status);
}

void spi_keeper_look(spi_keeper *k)
{
	int64_t now_utc_s = spi_now_utc_s();
	sp_error err = {0};
	const sp_kb_config *config = config_of(k);
	if (!config)
		return;
	if (now_utc_s >= k->next_utc_s)
		forget_due(k, config, now_utc_s);
	empty_vectors(k, config, now_utc_s);
	if (now_utc_s < k->scrub_utc_s)
		return;
	k->scrub_utc_s = now_utc_s + AGAIN_S;
	sp_status status = sp_store_scrub(k->store, &err);
	if (status != SP_OK && status != SP_ERR_BUSY) /* somebody reads: the next time */
		spi_fail(&err, status);
}

void spi_keeper_close(spi_keeper *k)
{
	sp_store_reader_close(k->reader);
	if (k->config)
		sp_reader_close(k->config);
	k->reader = NULL;
	k->config = NULL;
}
