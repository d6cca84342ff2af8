/* Putting thousands of articles into a new index: parts of it are filled side by side, each by one thread with a writer of its own, then
   joined. Where a part ends depends on the number of articles alone, so that any machine makes the same index. */
#include "publish/publisher.h"

#include "base/crew.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

/* Articles in a part: few, so that what Xapian collects of them stays in the processor's cache; more where there would be too many parts
   to join them in one pass; not so many that memory grows. */
#define PART_FEWEST 50
#define PART_USUAL 500
#define PART_MOST 4000
#define PARTS_WANTED 8
#define PARTS_MOST 60

typedef struct filler {
	spi_writers writers;
	sp_arena *arena; /* for one file */
	sp_error err;
	sp_status status;
} filler;

typedef struct filling {
	const spi_parts *parts;
	size_t each, count;
	pthread_mutex_t telling;
	filler fillers[SPI_CREW_MAX];
} filling;

static size_t part_size(size_t files)
{
	size_t size = files / PARTS_WANTED + 1, least = files / PARTS_MOST + 1;
	size = size > PART_USUAL ? PART_USUAL : size < PART_FEWEST ? PART_FEWEST : size;
	size = size < least ? least : size;
	return size > PART_MOST ? PART_MOST : size;
}

/* No audience's key begins with a dot. */
static void path_of(const spi_parts *parts, const char *ending, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/.parts%s", parts->folder, ending);
}

static void path_of_part(const spi_parts *parts, size_t part, char ret[PATH_MAX])
{
	char ending[32];
	snprintf(ending, sizeof ending, "/%zu", part);
	path_of(parts, ending, ret);
}

static void tell(filling *f)
{
	pthread_mutex_lock(&f->telling);
	f->parts->on_put(f->parts->arg);
	pthread_mutex_unlock(&f->telling);
}

static sp_status put_files(filling *f, filler *one, size_t part)
{
	const spi_parts *parts = f->parts;
	size_t from = part * f->each, to = from + f->each < parts->count ? from + f->each : parts->count;
	sp_status status = spi_writers_open(&one->writers, parts->audience, &one->err);
	for (size_t i = from; status == SP_OK && i < to; i++) {
		sp_arena_reset(one->arena);
		status = spi_put_file(parts->publisher, &one->writers, parts->plan, parts->files[i], (sp_audiences)1 << parts->audience, one->arena, &one->err);
		tell(f);
	}
	return status;
}

static bool fill_part(void *arg, size_t worker, size_t part)
{
	filling *f = arg;
	filler *one = &f->fillers[worker];
	char folder[PATH_MAX];
	path_of_part(f->parts, part, folder);
	one->writers = (spi_writers){.publisher = f->parts->publisher, .folder = folder, .config = f->parts->config, .are_parts = true};
	if (!one->arena)
		one->arena = sp_arena_new(256 * 1024);
	one->status = one->arena ? put_files(f, one, part) : sp_error_set(&one->err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (one->status == SP_OK)
		one->status = spi_writers_commit(&one->writers, &one->err);
	spi_writers_close(&one->writers);
	return one->status == SP_OK;
}

static sp_status fill(filling *f, sp_error *err)
{
	sp_status status = SP_OK;
	pthread_mutex_init(&f->telling, NULL);
	spi_crew_run(spi_crew_size(f->count), f->count, fill_part, f);
	pthread_mutex_destroy(&f->telling);
	for (size_t i = 0; i < SPI_CREW_MAX; i++) {
		sp_arena_free(f->fillers[i].arena);
		if (status == SP_OK && f->fillers[i].status != SP_OK) {
			status = f->fillers[i].status;
			sp_error_copy(err, &f->fillers[i].err);
		}
	}
	return status;
}

/* Documents of the index that this one begins with keep their numbers: what was learned of them is known. */
static sp_status copy_learned(const char *base, const char *folder, sp_error *err)
{
	char from[PATH_MAX + 16], to[PATH_MAX + 16];
	snprintf(from, sizeof from, "%s/wording", base);
	snprintf(to, sizeof to, "%s/wording", folder);
	return spi_exists(from) ? spi_copy_folder(from, to, err) : SP_OK;
}

static sp_status join(const filling *f, sp_error *err)
{
	const spi_parts *parts = f->parts;
	const char *key = parts->config->audiences[parts->audience].key;
	char folder[PATH_MAX], part[PATH_MAX];
	sp_arena *arena = sp_arena_new(0);
	const char **sources = arena ? sp_arena_calloc(arena, f->count + 1, sizeof *sources) : NULL;
	size_t count = 0;
	bool ok = sources != NULL;
	if (ok && parts->base)
		sources[count++] = parts->base;
	for (size_t i = 0; ok && i < f->count; i++) {
		path_of_part(parts, i, part);
		sources[count] = sp_arena_printf(arena, "%s/%s", part, key);
		ok = sources[count++] != NULL;
	}
	snprintf(folder, sizeof folder, "%s/%s", parts->folder, key);
	sp_status status = ok ? sp_index_join(folder, sources, count, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_arena_free(arena);
	return status == SP_OK && parts->base ? copy_learned(parts->base, folder, err) : status;
}

sp_status spi_parts_write(const spi_parts *parts, sp_error *err)
{
	char folder[PATH_MAX];
	filling f = {.parts = parts, .each = part_size(parts->count)};
	f.count = (parts->count + f.each - 1) / f.each;
	path_of(parts, "", folder);
	sp_status status = fill(&f, err);
	if (status == SP_OK)
		status = join(&f, err);
	sp_status removed = spi_remove_tree(folder, status == SP_OK ? err : NULL);
	return status == SP_OK ? removed : status;
}
