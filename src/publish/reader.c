/* One thread's handles on what is published. In the steady state a request costs one atomic load here. */
#include "publish/publisher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sp_reader {
	sp_publisher *publisher;
	spi_snapshot *snapshot;
	sp_index *indexes[SP_AUDIENCES_MAX]; /* opened at first use */
};

static spi_snapshot *take_snapshot(sp_publisher *publisher)
{
	pthread_mutex_lock(&publisher->shown);
	spi_snapshot *snapshot = publisher->snapshot ? spi_snapshot_ref(publisher->snapshot) : NULL;
	pthread_mutex_unlock(&publisher->shown);
	return snapshot;
}

sp_status sp_reader_open(sp_publisher *publisher, sp_reader **ret, sp_error *err)
{
	sp_reader *reader = calloc(1, sizeof *reader);
	if (!reader)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	reader->publisher = publisher;
	reader->snapshot = take_snapshot(publisher);
	if (!reader->snapshot) {
		free(reader);
		return sp_error_set(err, SP_ERR_NOT_FOUND, publisher->data_dir, 0, "nothing is published yet");
	}
	*ret = reader;
	return SP_OK;
}

static void close_index(sp_reader *reader, size_t audience)
{
	sp_index_close(reader->indexes[audience]);
	reader->indexes[audience] = NULL;
}

void sp_reader_close(sp_reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
		close_index(reader, i);
	spi_snapshot_unref(reader->snapshot);
	free(reader);
}

/* One that cannot be read any more is opened anew when it is asked for, which says why. */
static void renew_index(sp_reader *reader, size_t audience, bool same_folder)
{
	if (!reader->indexes[audience])
		return;
	if (!same_folder || sp_index_reopen(reader->indexes[audience], NULL) != SP_OK)
		close_index(reader, audience);
}

sp_status sp_reader_refresh(sp_reader *reader, sp_error *err)
{
	if (atomic_load(&reader->publisher->number) == reader->snapshot->number)
		return SP_OK;
	spi_snapshot *snapshot = take_snapshot(reader->publisher);
	if (!snapshot)
		return sp_error_set(err, SP_ERR_NOT_FOUND, reader->publisher->data_dir, 0, "nothing is published");
	bool same_folder = strcmp(snapshot->folder, reader->snapshot->folder) == 0;
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
		renew_index(reader, i, same_folder);
	spi_snapshot_unref(reader->snapshot);
	reader->snapshot = snapshot;
	return SP_OK;
}

uint64_t sp_reader_generation(const sp_reader *reader)
{
	return reader->snapshot->number;
}

const sp_kb_config *sp_reader_config(const sp_reader *reader)
{
	return reader->snapshot->config->config;
}

sp_status sp_reader_index(sp_reader *reader, int audience, sp_index **ret, sp_error *err)
{
	char folder[PATH_MAX + 128];
	const sp_kb_config *config = sp_reader_config(reader);
	if (audience < 0 || (size_t)audience >= config->audiences_count)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "audience", 0, "there is no such audience");
	if (!reader->indexes[audience]) {
		snprintf(folder, sizeof folder, "%s/%s", reader->snapshot->folder, config->audiences[audience].key);
		sp_status status = sp_index_open(folder, &reader->indexes[audience], err);
		if (status == SP_ERR_CORRUPT || status == SP_ERR_NOT_FOUND)
			sp_reader_report_damage(reader);
		if (status != SP_OK)
			return status;
	}
	*ret = reader->indexes[audience];
	return SP_OK;
}

bool sp_reader_moved(const sp_reader *reader, int audience, const char *id, sp_lang lang, sp_moved *ret)
{
	const sp_kb_config *config = sp_reader_config(reader);
	if (audience < 0 || (size_t)audience >= config->audiences_count)
		return false;
	const spi_moved_entry *entry = spi_moved_find(reader->snapshot->moved, id, lang, config->audiences[audience].reads);
	if (entry)
		*ret = (sp_moved){.retired = entry->retired, .valid_until = entry->valid_until, .replaced_by = entry->replaced_by};
	return entry != NULL;
}

void sp_reader_report_damage(sp_reader *reader)
{
	sp_publisher *publisher = reader->publisher;
	/* What was replaced meanwhile needs no repair. */
	if (atomic_load(&publisher->number) != reader->snapshot->number || atomic_exchange(&publisher->is_damaged, true))
		return;
	spi_notice(publisher, "the index is damaged; it is built again in the background");
	if (spi_thread_start(publisher, NULL) == SP_OK)
		spi_thread_wake(publisher);
}
