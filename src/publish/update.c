/* Bringing the present generation up to date: only what changed, and what it concerns, is put again. Each index's
   commit is whole; if this is broken off between two of them, the manifest still says that the rest is to be done. */
#include "publish/publisher.h"

typedef struct update {
	sp_publisher *publisher;
	const sp_kb_config *config;
	spi_plan plan;
	spi_writers writers;
	char folder[PATH_MAX];
	size_t done;
	bool is_in_part;   /* words are shown; vectors and what is learned are to come: with the index that is built anew right after this, */
	bool is_postponed; /* or later */
	sp_error *err;
} update;

/* Out first: another file may have the same id now. */
static sp_status take_out(update *u)
{
	const spi_table *table = &u->publisher->table;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < table->count; i++)
		if (table->items[i]->put && !table->items[i]->wanted) {
			status = spi_take_out_file(&u->writers, table->items[i], u->err);
			u->publisher->has_leftovers = true;
			u->done++;
		}
	return status;
}

/* Some no longer read it, or not all of it, as far as is known. */
static bool hides(const spi_file *file)
{
	return file->put && ((file->put_audience & ~file->audience) || (file->has_blocks && file->hidden != file->put_hidden));
}

static sp_status put_in(update *u, sp_arena *arena)
{
	const spi_table *table = &u->publisher->table;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < table->count; i++)
		if (table->items[i]->wanted && table->items[i]->put != table->items[i]->wanted) {
			sp_arena_reset(arena);
			u->publisher->has_leftovers |= hides(table->items[i]);
			status =
				spi_put_file(u->publisher, &u->writers, &u->plan, table->items[i], SPI_ALL_AUDIENCES, arena, u->err);
			table->items[i]->put_hidden = table->items[i]->hidden;
			u->done++;
		}
	return status;
}

/* Encoding takes a second where an article was written anew, and learning of its phrasings a while: what it says is not to wait for that. The manifest is written at
   the end, so a crash in between only means that the file is put once more. */
static sp_status show_words(update *u)
{
	if (!u->done || u->writers.took_out || !spi_writers_learn(&u->writers))
		return SP_OK;
	sp_status status = spi_writers_commit_words(&u->writers, u->err);
	if (status == SP_OK)
		status = spi_show(u->publisher, u->err);
	u->is_postponed = status == SP_OK && atomic_load(&u->publisher->learns_later);
	u->is_in_part = u->is_postponed || (status == SP_OK && u->publisher->has_leftovers);
	return status;
}

/* In part: as what nobody wants, so that it is put once more, whatever the file says then. */
static void mark_done(const update *u)
{
	const spi_table *table = &u->publisher->table;
	for (size_t i = 0; i < table->count; i++) {
		spi_file *file = table->items[i];
		if (file->put == file->wanted)
			continue;
		file->put = u->is_in_part && file->wanted ? ~file->wanted : file->wanted;
		file->put_audience = file->wanted ? file->audience : 0;
	}
}

static sp_status write_indexes(update *u)
{
	sp_arena *arena = sp_arena_new(256 * 1024);
	if (!arena)
		return sp_error_set(u->err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = take_out(u);
	if (status == SP_OK)
		status = put_in(u, arena);
	if (status == SP_OK)
		status = show_words(u);
	if (status == SP_OK && !u->is_in_part)
		status = spi_writers_commit(&u->writers, u->err);
	spi_writers_close(&u->writers);
	sp_arena_free(arena);
	if (status == SP_OK) {
		mark_done(u);
		spi_table_sweep(&u->publisher->table);
	}
	return status;
}

/* Readers first: the manifest only saves work after a restart. */
static sp_status finish(update *u, bool changed)
{
	sp_publisher *publisher = u->publisher;
	sp_status status = SP_OK;
	if (u->done && !u->is_in_part)
		status = spi_show(publisher, u->err);
	else if (changed)
		status = spi_show_report(publisher, u->err);
	if (status != SP_OK || (!changed && !u->done && !publisher->manifest_is_stale))
		return status;
	status = spi_generation_manifest(publisher, "/MANIFEST", publisher->generation, u->err);
	publisher->manifest_is_stale = status != SP_OK;
	return status;
}

sp_status spi_update(sp_publisher *publisher, sp_error *err)
{
	update u = {.publisher = publisher, .config = publisher->config->config, .err = err};
	bool changed = false;
	spi_generation_path(publisher, publisher->generation, "", u.folder);
	u.writers = (spi_writers){
		.publisher = publisher, .folder = u.folder, .config = u.config, .must_exist = true};
	sp_status status = spi_examine(publisher, u.config, false, &changed, err);
	if (status == SP_OK)
		status = spi_plan_make(publisher, u.config, &u.plan, err);
	if (status == SP_OK)
		status = write_indexes(&u);
	spi_writers_end(&u.writers, false);
	spi_plan_release(&u.plan);
	if (status == SP_OK)
		atomic_store(&publisher->is_learning_due, u.is_postponed);
	return status == SP_OK ? finish(&u, changed) : status;
}
