/* A full build: a new generation beside the present one, then CURRENT names it. Whatever fails before that leaves the
   present one as it was.

   Audiences are built one after the other, those who read least first. Who reads all that another one reads begins with
   a copy of that one's finished index, and only what differs is put: most articles are for everyone. A copy can hold
   nothing that is not for its reader, since it was made for someone who may read less. */
#include "publish/publisher.h"

#include "base/clock.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

/* Documents in one commit: bounds the memory. */
#define COMMIT_EACH 2000
#define PROGRESS_EACH 50

typedef struct build {
	sp_publisher *publisher;
	const spi_shared_config *shared;
	const sp_kb_config *config;
	spi_plan plan;
	spi_writers writers;
	sp_arena *arena; /* for one file */
	size_t done, total;
	bool in_parts;	 /* the audience's new articles were put side by side */
	unsigned generation;
	char folder[PATH_MAX]; /* with .tmp */
	sp_error *err;
} build;

static sp_audiences reads_of(const build *b, size_t audience)
{
	return b->config->audiences[audience].reads;
}

static void tell_progress(build *b)
{
	sp_publisher *publisher = b->publisher;
	b->done++;
	if (publisher->progress && b->done % PROGRESS_EACH == 0 && b->done < b->total)
		publisher->progress(SP_PUBLISH_INDEXING, b->done, b->total, publisher->arg);
}

/* What came with a copy was not counted. */
static void tell_finished(build *b, sp_audiences finished)
{
	sp_publisher *publisher = b->publisher;
	b->done = b->plan.count * (size_t)__builtin_popcount(finished);
	if (publisher->progress && b->total > 0)
		publisher->progress(SP_PUBLISH_INDEXING, b->done, b->total, publisher->arg);
}

/* base -1: the index is empty. */
static bool base_has(const build *b, const spi_file *file, int base)
{
	return base >= 0 && (file->audience & reads_of(b, (size_t)base));
}

static bool is_to_put(const build *b, const spi_file *file, size_t audience, int base)
{
	if (!file->wanted || !(file->audience & reads_of(b, audience)))
		return false;
	return !base_has(b, file, base) || !spi_plan_is_same_document(&b->plan, file, reads_of(b, (size_t)base), reads_of(b, audience));
}

/* One after the other, in the place of what is there already. */
static sp_status put_all(build *b, size_t audience, int base)
{
	const spi_table *table = &b->publisher->table;
	sp_status status = SP_OK;
	size_t put = 0;
	for (size_t i = 0; status == SP_OK && i < table->count; i++) {
		spi_file *file = table->items[i];
		if (!is_to_put(b, file, audience, base) || (b->in_parts && !base_has(b, file, base) && !file->is_lost))
			continue;
		sp_arena_reset(b->arena);
		tell_progress(b);
		status = spi_put_file(b->publisher, &b->writers, &b->plan, file, (sp_audiences)1 << audience, b->arena, b->err);
		if (status == SP_OK && ++put % COMMIT_EACH == 0)
			status = spi_writers_commit(&b->writers, b->err);
	}
	return status;
}

/* What no index has yet that this one begins with; in order. */
static size_t find_new(const build *b, size_t audience, int base, spi_file **ret)
{
	const spi_table *table = &b->publisher->table;
	size_t count = 0;
	for (size_t i = 0; i < table->count; i++)
		if (is_to_put(b, table->items[i], audience, base) && !base_has(b, table->items[i], base))
			ret[count++] = table->items[i];
	return count;
}

/* The finished index that holds most of what this audience reads and nothing else; -1 = none. */
static int find_base(const build *b, size_t audience, sp_audiences finished)
{
	int best = -1;
	for (size_t i = 0; i < b->config->audiences_count; i++) {
		if (!(finished >> i & 1) || (reads_of(b, i) & ~reads_of(b, audience)))
			continue;
		if (best < 0 || __builtin_popcount(reads_of(b, i)) > __builtin_popcount(reads_of(b, (size_t)best)))
			best = (int)i;
	}
	return best;
}

static void on_put(void *arg)
{
	tell_progress(arg);
}

static void path_of(const build *b, size_t audience, char ret[PATH_MAX + 64])
{
	snprintf(ret, PATH_MAX + 64, "%s/%s", b->folder, b->config->audiences[audience].key);
}

/* The new articles side by side; the index they come after is joined with them instead of copied. */
static sp_status begin_in_parts(build *b, size_t audience, int base, spi_file **files, size_t count)
{
	char from[PATH_MAX + 64];
	if (base >= 0)
		path_of(b, (size_t)base, from);
	spi_parts parts = {.publisher = b->publisher, .config = b->config, .plan = &b->plan, .folder = b->folder, .audience = audience,
		.base = base >= 0 ? from : NULL, .files = files, .count = count, .on_put = on_put, .arg = b};
	sp_status status = spi_parts_write(&parts, b->err);
	if (status == SP_OK)
		status = spi_writers_open(&b->writers, audience, b->err);
	if (status == SP_OK)
		status = sp_index_writer_configure(b->writers.items[audience], b->config, reads_of(b, audience), b->err);
	return status;
}

static sp_status begin_index(build *b, size_t audience, int base)
{
	char from[PATH_MAX + 64], to[PATH_MAX + 64];
	sp_status status = SP_OK;
	if (base >= 0) {
		path_of(b, (size_t)base, from);
		path_of(b, audience, to);
		status = spi_copy_folder(from, to, b->err);
	}
	return status == SP_OK ? spi_writers_open(&b->writers, audience, b->err) : status;
}

static sp_status write_index(build *b, size_t audience, int base)
{
	spi_file **files = calloc(b->publisher->table.count + 1, sizeof(spi_file *));
	if (!files)
		return sp_error_set(b->err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	size_t count = find_new(b, audience, base, files);
	/* Vectors belong to the numbers of documents, which one writer gives. */
	b->in_parts = count >= SPI_PARTS_MIN && !b->publisher->encoder;
	sp_status status = b->in_parts ? begin_in_parts(b, audience, base, files, count) : begin_index(b, audience, base);
	free(files);
	if (status == SP_OK)
		status = put_all(b, audience, base);
	if (status == SP_OK)
		status = spi_writers_commit(&b->writers, b->err);
	spi_writers_close(&b->writers);
	return status;
}

/* SIZE_MAX: all that get an index have it. */
static size_t next_audience(const build *b, sp_audiences finished)
{
	size_t next = SIZE_MAX;
	for (size_t i = 0; i < b->config->audiences_count; i++)
		if (!(finished >> i & 1) && spi_publishes(b->publisher, b->config, i) &&
			(next == SIZE_MAX || __builtin_popcount(reads_of(b, i)) < __builtin_popcount(reads_of(b, next))))
			next = i;
	return next;
}

static sp_status write_indexes(build *b)
{
	sp_audiences finished = 0;
	sp_status status = SP_OK;
	b->total = b->plan.count * (b->publisher->only_audience ? 1 : b->config->audiences_count);
	b->arena = sp_arena_new(256 * 1024);
	if (!b->arena)
		return sp_error_set(b->err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t audience; status == SP_OK && (audience = next_audience(b, finished)) != SIZE_MAX;) {
		status = write_index(b, audience, find_base(b, audience, finished));
		finished |= (sp_audiences)1 << audience;
		tell_finished(b, finished);
	}
	sp_arena_free(b->arena);
	return status;
}

/* kb.yaml as it was read for this build, which may not be what the folder holds now. */
static sp_status copy_yaml(build *b)
{
	char path[PATH_MAX];
	spi_generation_path(b->publisher, b->generation, ".tmp/kb.yaml", path);
	return spi_file_write(path, b->shared->yaml, b->shared->yaml_len, b->err);
}

static void mark_put(const spi_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		table->items[i]->put = table->items[i]->wanted;
		table->items[i]->put_audience = table->items[i]->wanted ? table->items[i]->audience : 0;
		table->items[i]->put_hidden = table->items[i]->hidden;
	}
}

static sp_status write_generation(build *b)
{
	sp_status status = spi_remove_tree(b->folder, b->err);
	if (status == SP_OK)
		status = spi_mkdirs(b->folder, b->err);
	if (status == SP_OK)
		status = copy_yaml(b);
	if (status == SP_OK)
		status = write_indexes(b);
	if (status != SP_OK)
		return status;
	mark_put(&b->publisher->table);
	spi_table_sweep(&b->publisher->table);
	status = spi_generation_manifest(b->publisher, ".tmp/MANIFEST", b->generation, b->err);
	/* All at once, so that the disk writes what was copied first while the rest is made. */
	if (status == SP_OK)
		status = spi_sync_tree(b->folder, b->err);
	return status == SP_OK ? spi_generation_publish(b->publisher, b->generation, b->err) : status;
}

static void adopt(build *b, spi_shared_config *config)
{
	sp_publisher *publisher = b->publisher;
	spi_shared_config_unref(publisher->config);
	publisher->config = config;
	publisher->generation = b->generation;
	publisher->has_leftovers = false;
	publisher->manifest_is_stale = false;
	spi_generation_note_manifest(publisher);
}

/* The build did not come about: the present generation's indexes hold what its manifest says. */
static void forget_table(build *b)
{
	char path[PATH_MAX];
	sp_publisher *publisher = b->publisher;
	spi_remove_tree(b->folder, NULL);
	spi_table_release(&publisher->table);
	if (!publisher->generation)
		return;
	spi_generation_path(publisher, publisher->generation, "/MANIFEST", path);
	spi_manifest_read(path, publisher->encoder_name, &publisher->table, NULL);
	spi_generation_note_manifest(publisher);
}

sp_status spi_build_take(sp_publisher *publisher, spi_shared_config *config, sp_error *err)
{
	build b = {.publisher = publisher, .shared = config, .config = config->config, .err = err};
	bool changed;
	int64_t start_us = spi_now_us();
	b.generation = spi_generation_next(publisher);
	spi_generation_path(publisher, b.generation, ".tmp", b.folder);
	b.writers = (spi_writers){.publisher = publisher, .folder = b.folder, .config = b.config};
	sp_status status = spi_examine(publisher, b.config, true, &changed, err);
	if (status == SP_OK)
		status = spi_plan_make(publisher, b.config, &b.plan, err);
	if (status == SP_OK)
		status = write_generation(&b);
	spi_writers_end(&b.writers, status == SP_OK);
	spi_plan_release(&b.plan);
	if (status != SP_OK) {
		forget_table(&b);
		spi_shared_config_unref(config);
		return status;
	}
	adopt(&b, config);
	pthread_mutex_lock(&publisher->shown); /* who asks for the state reads it */
	publisher->build_s = (double)(spi_now_us() - start_us) / 1e6;
	pthread_mutex_unlock(&publisher->shown);
	status = spi_show(publisher, err);
	spi_generation_clean(publisher, b.generation);
	return status;
}
