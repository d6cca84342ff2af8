/* What readers and the report see. The parts are counted, so that who still uses an old one can finish. */
#include "publish/publisher.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define YAML_MAX ((size_t)16 * 1024 * 1024)
#define LOAD_TRIES 5

/* The bytes that the configuration was read from; when the file was changed in between, both are read again. */
static sp_status load_both(spi_shared_config *shared, const char *dir, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/kb.yaml", dir);
	for (int i = 0; i < LOAD_TRIES; i++) {
		sp_kb_config_free(shared->config);
		shared->config = NULL;
		sp_status status = sp_kb_config_load(dir, NULL, &shared->config, err);
		if (status == SP_OK)
			status = spi_file_read(path, YAML_MAX, shared->arena, &shared->yaml, &shared->yaml_len, err);
		if (status != SP_OK)
			return status;
		if (spi_hash64(shared->yaml, shared->yaml_len) == shared->config->hash)
			return SP_OK;
	}
	return sp_error_set(err, SP_ERR_CHANGED, path, 0, "keeps changing while it is read");
}

sp_status spi_shared_config_load(const char *dir, spi_shared_config **ret, sp_error *err)
{
	spi_shared_config *shared = calloc(1, sizeof *shared);
	if (!shared)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	atomic_init(&shared->refs, 1);
	shared->arena = sp_arena_new(0);
	sp_status status =
		shared->arena ? load_both(shared, dir, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		*ret = shared;
	else
		spi_shared_config_unref(shared);
	return status;
}

spi_shared_config *spi_shared_config_ref(spi_shared_config *config)
{
	atomic_fetch_add(&config->refs, 1);
	return config;
}

void spi_shared_config_unref(spi_shared_config *config)
{
	if (!config || atomic_fetch_sub(&config->refs, 1) != 1)
		return;
	sp_kb_config_free(config->config);
	sp_arena_free(config->arena);
	free(config);
}

spi_snapshot *spi_snapshot_ref(spi_snapshot *snapshot)
{
	atomic_fetch_add(&snapshot->refs, 1);
	return snapshot;
}

void spi_snapshot_unref(spi_snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub(&snapshot->refs, 1) != 1)
		return;
	if (snapshot->hold_fd >= 0)
		close(snapshot->hold_fd);
	spi_shared_config_unref(snapshot->config);
	spi_moved_free(snapshot->moved);
	free(snapshot);
}

static spi_snapshot *make_snapshot(sp_publisher *publisher)
{
	spi_snapshot *snapshot = calloc(1, sizeof *snapshot);
	if (!snapshot)
		return NULL;
	atomic_init(&snapshot->refs, 1);
	snapshot->number = atomic_load(&publisher->number) + 1;
	snapshot->config = spi_shared_config_ref(publisher->config);
	spi_generation_path(publisher, publisher->generation, "", snapshot->folder);
	snapshot->hold_fd = spi_generation_hold(snapshot->folder);
	snapshot->moved = spi_moved_make(&publisher->table);
	if (snapshot->moved)
		return snapshot;
	spi_snapshot_unref(snapshot);
	return NULL;
}

/* ---- the report ---- */

/* Who serves no drafts serves no edit that waits either, good or not. */
static bool is_mistake(const sp_publisher *publisher, const spi_file *file)
{
	return !file->is_gone && (!file->is_waiting || publisher->drafts) && (file->broken || file->rival);
}

static bool add_mistake(spi_report *report, const char *dir, const spi_file *file)
{
	sp_broken *broken = &report->broken[report->broken_count++];
	broken->file = sp_arena_printf(report->arena, "%s/%s", dir, file->path);
	broken->line = file->broken ? file->broken_line : 1;
	broken->last_good_serves = file->put != 0;
	if (file->broken)
		broken->text = sp_arena_strdup(report->arena, file->broken);
	else
		broken->text = sp_arena_printf(
			report->arena, "its id \"%s\" is that of %s already; give it another", file->id, file->rival);
	return broken->file && broken->text;
}

static bool add_yaml(spi_report *report, const sp_publisher *publisher)
{
	sp_broken *broken = &report->broken[report->broken_count++];
	broken->file = sp_arena_printf(report->arena, "%s/kb.yaml", publisher->kb_dir);
	broken->line = publisher->yaml_broken_line;
	broken->text = sp_arena_strdup(report->arena, publisher->yaml_broken);
	broken->last_good_serves = true;
	return broken->file && broken->text;
}

static bool make_report(const sp_publisher *publisher, spi_report *ret)
{
	const spi_table *table = &publisher->table;
	size_t mistakes = publisher->yaml_broken != NULL;
	for (size_t i = 0; i < table->count; i++)
		mistakes += is_mistake(publisher, table->items[i]);
	*ret = (spi_report){.arena = sp_arena_new(0)};
	if (!ret->arena)
		return false;
	ret->broken = sp_arena_calloc(ret->arena, mistakes + 1, sizeof *ret->broken);
	bool ok = ret->broken && (!publisher->yaml_broken || add_yaml(ret, publisher));
	for (size_t i = 0; ok && i < table->count; i++) {
		ret->articles += table->items[i]->put != 0 && !table->items[i]->is_gone;
		if (is_mistake(publisher, table->items[i]))
			ok = add_mistake(ret, publisher->kb_dir, table->items[i]);
	}
	if (!ok)
		sp_arena_free(ret->arena);
	return ok;
}

/* ---- showing ---- */

static sp_status show(sp_publisher *publisher, bool with_snapshot, sp_error *err)
{
	spi_report report;
	spi_snapshot *snapshot = with_snapshot ? make_snapshot(publisher) : NULL;
	if ((with_snapshot && !snapshot) || !make_report(publisher, &report)) {
		spi_snapshot_unref(snapshot);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	pthread_mutex_lock(&publisher->shown);
	spi_snapshot *old = snapshot ? publisher->snapshot : NULL;
	sp_arena *old_arena = publisher->report.arena;
	publisher->report = report;
	if (snapshot) {
		publisher->snapshot = snapshot;
		publisher->published_utc_s = spi_now_utc_s();
		publisher->words_only = publisher->encoder == NULL;
		/* Last: who sees the new number finds the new snapshot. */
		atomic_store(&publisher->number, snapshot->number);
	}
	publisher->looks++;
	pthread_cond_broadcast(&publisher->looked);
	pthread_mutex_unlock(&publisher->shown);
	spi_snapshot_unref(old);
	sp_arena_free(old_arena);
	return SP_OK;
}

sp_status spi_show(sp_publisher *publisher, sp_error *err)
{
	return show(publisher, true, err);
}

sp_status spi_show_report(sp_publisher *publisher, sp_error *err)
{
	spi_moved *moved = spi_moved_make(&publisher->table);
	if (!moved)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	bool leads_elsewhere = publisher->snapshot && spi_moved_hash(moved) != spi_moved_hash(publisher->snapshot->moved);
	spi_moved_free(moved);
	return show(publisher, leads_elsewhere, err);
}
