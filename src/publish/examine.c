/* Looking at the folder: which files are there, which changed, what they say. */
#include "publish/publisher.h"

#include "base/crew.h"
#include "base/file.h"
#include "base/hash.h"
#include "publish/versions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A file that was written this shortly before it was read may be written again without its time changing. */
#define RACY_NS 50000000
/* Texts synced one by one; more of them are synced together with all else on the disk. */
#define DURABLE_MAX 16

/* One pass over the folder. */
typedef struct pass {
	sp_publisher *publisher;
	const sp_kb_config *config;
	bool everything, changed;
	spi_file **looked; /* of each file, when all were looked at beforehand (look_at_all); else NULL */
	sp_arena *arena; /* for one file */
	spi_table next;
	sp_error *err;
} pass;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the good text of a file ---- */

static sp_status store(
	sp_publisher *publisher, const char *version, const char *path, const char *bytes, size_t len, sp_error *err)
{
	pthread_mutex_lock(&publisher->storing);
	bool durable = publisher->durable_left > 0;
	if (durable)
		publisher->durable_left--;
	else
		publisher->needs_sync = true;
	pthread_mutex_unlock(&publisher->storing);
	return spi_version_store(publisher->data_dir, version, path, bytes, len, durable, err);
}

/* The kept text; when it was lost, the file itself, if it is still the same. */
static sp_status load_text(
	sp_publisher *publisher, const spi_file *file, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err)
{
	char hash[SP_VERSION_HEX + 1];
	sp_error kept = {0};
	sp_status status = spi_version_load(publisher->data_dir, file->version, arena, NULL, ret, ret_len, &kept);
	if (status == SP_OK)
		return SP_OK;
	if (status == SP_ERR_NOMEM ||
		sp_kb_read(publisher->kb_dir, file->path, SP_ARTICLE_MAX_BYTES, arena, ret, ret_len, NULL) != SP_OK) {
		sp_error_copy(err, &kept);
		return status;
	}
	spi_sha256_hex(*ret, *ret_len, hash);
	if (strcmp(hash, file->version) != 0) {
		sp_error_copy(err, &kept);
		return status;
	}
	return store(publisher, hash, file->path, *ret, *ret_len, err);
}

sp_status spi_load_article(
	sp_publisher *publisher, spi_file *file, const sp_kb_config *config, sp_article **ret, sp_error *err)
{
	const char *bytes;
	char name[PATH_MAX];
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return no_memory(err);
	snprintf(name, sizeof name, "%s/%s", publisher->kb_dir, file->path);
	sp_status status = load_text(publisher, file, arena, &bytes, &len, err);
	if (status == SP_OK)
		status = sp_article_parse(file->path, bytes, len, config, name, NULL, ret, err);
	sp_arena_free(arena);
	return status;
}

/* ---- one file that changed ---- */

/* The present text is no good: note why; what is served is what was good before, as long as the present one does not take it from some
   of its readers (who writes sees it in any case). readers: whom the present text names. */
static sp_status take_broken(pass *p, spi_file *file, const spi_file *before, sp_audiences readers, const sp_error *why)
{
	sp_article *article = NULL;
	if (!spi_file_break(file, why->line, why->text[0] ? why->text : sp_status_name(why->status)))
		return no_memory(p->err);
	if (!before || !before->version[0])
		return SP_OK;
	memcpy(file->version, before->version, sizeof file->version);
	if (spi_load_article(p->publisher, file, p->config, &article, NULL) != SP_OK || !article) {
		file->version[0] = '\0';
		return SP_OK;
	}
	bool ok = true;
	/* One that was retired has no readers: it only leads on. */
	if (!p->publisher->drafts && article->status != SP_STATUS_RETIRED && article->audience & ~readers)
		file->version[0] = '\0';
	else
		ok = spi_file_describe(file, article);
	sp_article_free(article);
	return ok ? SP_OK : no_memory(p->err);
}

static sp_status take_good(pass *p, spi_file *file, const sp_article *article, const char *bytes, size_t len)
{
	if (!spi_file_describe(file, article))
		return no_memory(p->err);
	/* A retired one leads its old questions to its successor. */
	bool is_draft = article->status == SP_STATUS_DRAFT || file->is_waiting;
	if (is_draft && !p->publisher->drafts)
		return SP_OK;
	return store(p->publisher, file->version, file->path, bytes, len, p->err);
}

static sp_status take_text(pass *p, spi_file *file, const spi_file *before, const char *bytes, size_t len)
{
	char name[PATH_MAX];
	sp_article *article;
	sp_error why = {0};
	snprintf(name, sizeof name, "%s/%s", p->publisher->kb_dir, file->path);
	sp_status status = sp_article_parse(file->path, bytes, len, p->config, name, NULL, &article, &why);
	if (status == SP_ERR_NOMEM)
		return no_memory(p->err);
	sp_audiences readers;
	if (status != SP_OK)
		return sp_article_readers(bytes, len, p->config, &readers) == SP_OK ? take_broken(p, file, before, readers, &why) : no_memory(p->err);
	status = take_good(p, file, article, bytes, len);
	sp_article_free(article);
	return status;
}

/* Read and parse into a new entry. *ret NULL: it went away meanwhile. */
static sp_status look_at(pass *p, const sp_kb_file *found, const spi_file *before, spi_file **ret)
{
	const char *bytes;
	size_t len;
	sp_error why = {0};
	int64_t read_ns = now_ns();
	*ret = NULL;
	sp_status status = sp_kb_read(p->publisher->kb_dir, found->path, SP_ARTICLE_MAX_BYTES, p->arena, &bytes, &len, &why);
	if (status == SP_ERR_NOT_FOUND)
		return SP_OK;
	spi_file *file = status == SP_ERR_NOMEM ? NULL : spi_file_new(found->path);
	if (!file)
		return no_memory(p->err);
	file->size = found->size;
	file->mtime_ns = read_ns - found->mtime_ns < RACY_NS ? 0 : found->mtime_ns;
	status = status == SP_OK ? take_text(p, file, before, bytes, len) : take_broken(p, file, before, ~(sp_audiences)0, &why);
	if (status != SP_OK) {
		spi_file_unref(file);
		return status;
	}
	*ret = file;
	return SP_OK;
}

static bool is_same_text(pass *p, const sp_kb_file *found, const spi_file *before)
{
	const char *bytes;
	char hash[SP_VERSION_HEX + 1];
	size_t len;
	if (before->broken || !before->version[0] ||
		sp_kb_read(p->publisher->kb_dir, found->path, SP_ARTICLE_MAX_BYTES, p->arena, &bytes, &len, NULL) != SP_OK)
		return false;
	spi_sha256_hex(bytes, len, hash);
	return strcmp(hash, before->version) == 0;
}

/* ---- all files ---- */

static bool says_the_same(const spi_file *a, const spi_file *b)
{
	return strcmp(a->version, b->version) == 0 && a->broken_line == b->broken_line && !a->broken == !b->broken &&
		   (!a->broken || strcmp(a->broken, b->broken) == 0);
}

static void tell_broken(pass *p, const spi_file *file)
{
	spi_notice_broken(p->publisher, p->publisher->kb_dir, file->path, file->broken_line, file->broken,
		file->version[0] ? "its last good version goes on answering" : "it is not served");
}

static sp_status add(pass *p, spi_file *file)
{
	return spi_table_add(&p->next, file) ? SP_OK : no_memory(p->err);
}

/* The new entry in place of the old one: it inherits what the indexes hold, unless it has another id now. */
static sp_status replace(pass *p, spi_file *file, spi_file *before)
{
	bool same_key = before && before->lang == file->lang && strcmp(before->id, file->id) == 0;
	if (!before || !says_the_same(file, before)) {
		p->changed = true;
		if (file->broken && (!file->is_waiting || p->publisher->drafts))
			tell_broken(p, file);
	}
	if (same_key) {
		file->put = before->put;
		file->put_audience = before->put_audience;
		file->put_hidden = before->put_hidden;
	} else if (before && before->put) {
		spi_file *ghost = spi_file_ghost(before);
		if (!ghost)
			return no_memory(p->err);
		sp_status status = add(p, ghost);
		if (status != SP_OK)
			return status;
	}
	return SP_OK;
}

static sp_status look_again(pass *p, size_t number, const sp_kb_file *found, const spi_file *before, spi_file **ret)
{
	if (!p->looked)
		return look_at(p, found, before, ret);
	*ret = p->looked[number];
	p->looked[number] = NULL;
	return SP_OK;
}

static sp_status examine_file(pass *p, size_t number, const sp_kb_file *found, spi_file *before)
{
	bool same_stat = before && before->size == found->size && before->mtime_ns == found->mtime_ns;
	spi_file *file;
	sp_arena_reset(p->arena);
	if (before && !p->everything && (same_stat || is_same_text(p, found, before))) {
		if (!same_stat && now_ns() - found->mtime_ns > RACY_NS) {
			before->size = found->size;
			before->mtime_ns = found->mtime_ns;
			p->publisher->manifest_is_stale = true;
		}
		return add(p, spi_file_ref(before));
	}
	sp_status status = look_again(p, number, found, before, &file);
	if (status != SP_OK || !file)
		return status;
	status = replace(p, file, before);
	if (status == SP_OK)
		return add(p, file);
	spi_file_unref(file);
	return status;
}

/* What is not in the folder any more, and what was gone already. */
static sp_status add_gone(pass *p, const sp_kb_files *files)
{
	size_t at = 0;
	const spi_table *table = &p->publisher->table;
	for (size_t i = 0; i < table->count; i++) {
		spi_file *file = table->items[i];
		int order = 1;
		while (at < files->count && (order = strcmp(files->items[at].path, file->path)) < 0)
			at++;
		if (at < files->count && order == 0 && !file->is_gone)
			continue;
		p->changed |= !file->is_gone;
		spi_file *ghost = file->put ? spi_file_ghost(file) : NULL;
		if (file->put && !ghost)
			return no_memory(p->err);
		sp_status status = ghost ? add(p, ghost) : SP_OK;
		if (status != SP_OK)
			return status;
	}
	return SP_OK;
}

/* ---- all files side by side ---- */

typedef struct looker {
	pass own; /* memory and error of its own; what it shares is only read */
	sp_error err;
	sp_status status;
} looker;

typedef struct looking {
	pass *all;
	const sp_kb_files *files;
	looker lookers[SPI_CREW_MAX];
} looking;

static bool look_at_one(void *arg, size_t worker, size_t number)
{
	looking *l = arg;
	looker *one = &l->lookers[worker];
	const sp_kb_file *found = &l->files->items[number];
	if (!one->own.arena) {
		one->own = *l->all;
		one->own.err = &one->err;
		one->own.arena = sp_arena_new(64 * 1024);
	}
	if (!one->own.arena) {
		one->status = no_memory(&one->err);
		return false;
	}
	sp_arena_reset(one->own.arena);
	one->status = look_at(&one->own, found, spi_table_find(&l->all->publisher->table, found->path), &l->all->looked[number]);
	return one->status == SP_OK;
}

/* Reading and parsing, each file by itself; what comes of it is added in order, by examine_file(). */
static sp_status look_at_all(pass *p, const sp_kb_files *files)
{
	looking l = {.all = p, .files = files};
	sp_status status = SP_OK;
	p->looked = calloc(files->count + 1, sizeof(spi_file *));
	if (!p->looked)
		return no_memory(p->err);
	spi_crew_run(spi_crew_size(files->count), files->count, look_at_one, &l);
	for (size_t i = 0; i < SPI_CREW_MAX; i++) {
		sp_arena_free(l.lookers[i].own.arena);
		if (status == SP_OK && l.lookers[i].status != SP_OK) {
			status = l.lookers[i].status;
			sp_error_copy(p->err, &l.lookers[i].err);
		}
	}
	return status;
}

static void free_looked(pass *p, size_t count)
{
	for (size_t i = 0; p->looked && i < count; i++)
		spi_file_unref(p->looked[i]);
	free(p->looked);
	p->looked = NULL;
}

static sp_status examine_all(pass *p, const sp_kb_files *files)
{
	sp_publisher *publisher = p->publisher;
	sp_status status = p->everything ? look_at_all(p, files) : SP_OK;
	for (size_t i = 0; status == SP_OK && i < files->count; i++)
		status = examine_file(p, i, &files->items[i], spi_table_find(&publisher->table, files->items[i].path));
	free_looked(p, files->count);
	if (status == SP_OK)
		status = add_gone(p, files);
	if (status == SP_OK && publisher->needs_sync)
		status = spi_versions_sync(publisher->data_dir, p->err);
	if (status == SP_OK)
		publisher->needs_sync = false;
	return status;
}

/* Another folder stands in its place, or none: files that could not be read are not gone because of that. */
static sp_status check_same_folder(const sp_publisher *publisher, const struct stat *listed, sp_error *err)
{
	struct stat now;
	if (stat(publisher->kb_dir, &now) != 0)
		return sp_error_errno(err, errno, publisher->kb_dir, "find the folder");
	if (now.st_dev != listed->st_dev || now.st_ino != listed->st_ino)
		return sp_error_set(err, SP_ERR_BUSY, publisher->kb_dir, 0, "was replaced while it was looked at");
	return SP_OK;
}

sp_status spi_examine(
	sp_publisher *publisher, const sp_kb_config *config, bool everything, bool *ret_changed, sp_error *err)
{
	pass p = {.publisher = publisher, .config = config, .everything = everything, .err = err};
	sp_kb_files files = {0};
	struct stat listed = {0};
	if (stat(publisher->kb_dir, &listed) != 0)
		return sp_error_errno(err, errno, publisher->kb_dir, "find the folder");
	sp_arena *list = sp_arena_new(0);
	p.arena = sp_arena_new(64 * 1024);
	sp_status status = list && p.arena ? spi_list_files(publisher, list, &files, err) : no_memory(err);
	/* With many, all are synced at once in any case. */
	publisher->durable_left = everything && files.count > DURABLE_MAX ? 0 : DURABLE_MAX;
	if (status == SP_OK)
		status = examine_all(&p, &files);
	if (status == SP_OK)
		status = check_same_folder(publisher, &listed, err);
	if (status == SP_OK) {
		spi_table old = publisher->table;
		publisher->table = p.next;
		p.next = old;
		spi_table_sort(&publisher->table);
		*ret_changed = p.changed;
	}
	spi_table_release(&p.next);
	sp_arena_free(p.arena);
	sp_arena_free(list);
	return status;
}
