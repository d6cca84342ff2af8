/* Making a backup: beside its place first, so that what stands there is whole. */
#include "backup/tree.h"

#include "base/clock.h"
#include "base/file.h"
#include "publish/folder.h"
#include "sportello/version.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAIT_MS 60000
#define LOCK_STEP_MS 500
#define TRIES 5

typedef struct taking { spi_tree *tree; bool is_gone; } taking;

static sp_status take_attachment(const char *id, int64_t bytes, void *arg, sp_error *err)
{
	taking *t = arg;
	char name[PATH_MAX], path[PATH_MAX];
	(void)bytes;
	snprintf(name, sizeof name, "attachments/%s", id);
	snprintf(path, sizeof path, "%.2000s/%.200s", t->tree->to, name);
	if (spi_exists(path))
		return SP_OK; /* of the try before */
	snprintf(path, sizeof path, "%.2000s/%.200s", t->tree->from, name);
	if (!spi_exists(path)) {
		t->is_gone = true;
		return SP_OK;
	}
	return spi_tree_file(t->tree, name, err);
}

/* The store first, then the files that it names. What is forgotten in between has no file any more: then the store is copied again. */
static sp_status take_store(spi_tree *tree, sp_error *err)
{
	char path[PATH_MAX];
	taking t = {.tree = tree, .is_gone = true};
	sp_status status = SP_OK;
	snprintf(path, sizeof path, "%.4000s/store.sqlite", tree->to);
	for (int i = 0; i < TRIES && t.is_gone && status == SP_OK; i++) {
		t.is_gone = false;
		unlink(path);
		status = sp_store_copy(tree->from, path, err);
		if (status == SP_OK)
			status = sp_store_attachment_ids(tree->to, take_attachment, &t, err);
	}
	return status == SP_OK ? spi_tree_note(tree, "store.sqlite", err) : status;
}

static sp_status take_key(spi_tree *tree, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%.4000s/person.key", tree->from);
	return spi_exists(path) ? spi_tree_file(tree, "person.key", err) : SP_OK;
}

static sp_status lock_index(const spi_tree *tree, int *ret_fd, sp_error *err)
{
	sp_status status = SP_ERR_BUSY;
	for (int waited = 0; status == SP_ERR_BUSY && waited < LOCK_WAIT_MS && !spi_tree_is_interrupted(); waited += LOCK_STEP_MS)
		status = spi_lock_if_there(tree->from, LOCK_STEP_MS, ret_fd, err);
	return status;
}

/* Nobody publishes meanwhile: what is copied belongs together. */
static sp_status take_index(spi_tree *tree, sp_error *err)
{
	char name[64];
	int lock_fd = -1;
	sp_status status = lock_index(tree, &lock_fd, err);
	unsigned current = status == SP_OK ? spi_current_of(tree->from) : 0;
	if (current) {
		snprintf(name, sizeof name, "index/g-%u", current);
		status = spi_tree_folder(tree, name, err);
		if (status == SP_OK)
			status = spi_tree_file(tree, "index/CURRENT", err);
	}
	if (status == SP_OK)
		status = spi_tree_folder(tree, "vectors", err);
	spi_lock_release(lock_fd);
	return status;
}

static sp_status write_file(const spi_tree *tree, const char *name, const sp_buffer *text, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%.2000s/%.200s", tree->to, name);
	if (!sp_buffer_ok(text))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = spi_file_write(path, text->data, text->len, err);
	if (status == SP_OK && chmod(path, 0600) != 0)
		status = sp_error_errno(err, errno, path, "close to others");
	return status;
}

static sp_status write_lists(spi_tree *tree, const sp_store_facts *facts, sp_error *err)
{
	sp_buffer text = SP_BUFFER_INIT;
	sp_json json;
	char time[32];
	spi_rfc3339(spi_now_utc_s(), time);
	sp_json_init(&json, &text);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "format", SPI_BACKUP_FORMAT);
	sp_json_string(&json, "version", sp_version());
	sp_json_string(&json, "made", time);
	sp_json_int(&json, "schema", facts->schema);
	sp_json_int(&json, "conversations", facts->conversations);
	sp_json_int(&json, "tickets", facts->tickets);
	sp_json_int(&json, "attachments", facts->attachments);
	sp_json_object_end(&json);
	sp_buffer_add_char(&text, '\n');
	sp_status status = write_file(tree, SPI_BACKUP_FILE, &text, err);
	sp_buffer_release(&text);
	if (status == SP_OK)
		status = spi_tree_note(tree, SPI_BACKUP_FILE, err);
	return status == SP_OK ? write_file(tree, SPI_SUMS_FILE, &tree->sums, err) : status;
}

static sp_status fill(spi_tree *tree, bool without_index, sp_backup_info *ret, sp_error *err)
{
	sp_status status = take_store(tree, err);
	if (status == SP_OK)
		status = take_key(tree, err);
	if (status == SP_OK)
		status = spi_tree_folder(tree, "versions", err);
	if (status == SP_OK && !without_index)
		status = take_index(tree, err);
	if (status == SP_OK)
		status = sp_store_examine(tree->to, &ret->store, err);
	if (status == SP_OK && !ret->store.is_sound)
		status = sp_error_set(err, SP_ERR_CORRUPT, tree->from, 0, "the store is damaged (%s): restore the last good backup", ret->store.fault);
	if (status == SP_OK && ret->store.missing_attachment[0])
		status = sp_error_set(err, SP_ERR_CORRUPT, tree->from, 0, "the attachment %s is missing or cut short; sportello doctor says more",
			ret->store.missing_attachment);
	if (status == SP_OK && ret->store.key_is_short)
		status = sp_error_set(err, SP_ERR_CORRUPT, tree->from, 0, "person.key is cut short; sportello doctor says more");
	if (status == SP_OK)
		status = write_lists(tree, &ret->store, err);
	if (status == SP_OK)
		status = spi_tree_sync(tree->to, err);
	ret->files = tree->files;
	ret->bytes = tree->bytes;
	return status;
}

/* There it goes with what it is to replace, and what is forgotten stays in it. */
static sp_status need_outside(const char *to, size_t len, const char *data_dir, sp_error *err)
{
	char above[PATH_MAX], folder[PATH_MAX], data[PATH_MAX];
	while (len > 0 && to[len - 1] != '/')
		len--;
	snprintf(above, sizeof above, "%.*s", len ? (int)len : 1, len ? to : ".");
	size_t data_len = realpath(above, folder) && realpath(data_dir, data) ? strlen(data) : 0;
	if (!data_len || strncmp(folder, data, data_len) != 0 || (folder[data_len] && folder[data_len] != '/'))
		return SP_OK;
	return sp_error_set(err, SP_ERR_CONFLICT, to, 0, "is in the data folder, and would be lost with it; name a folder elsewhere, best on another machine");
}

sp_status sp_backup_make(const char *data_dir, const char *to, bool without_index, sp_backup_info *ret, sp_error *err)
{
	char beside[PATH_MAX];
	*ret = (sp_backup_info){0};
	size_t len = strlen(to);
	while (len > 1 && to[len - 1] == '/')
		len--;
	if (len + 32 >= sizeof beside)
		return sp_error_set(err, SP_ERR_INVALID, to, 0, "the path is too long");
	sp_status outside = need_outside(to, len, data_dir, err);
	if (outside != SP_OK)
		return outside;
	if (spi_exists(to))
		return sp_error_set(err, SP_ERR_CONFLICT, to, 0, "is there already; a backup is never written over, name a new folder");
	spi_backup_sweep(to);
	snprintf(beside, sizeof beside, "%.*s.tmp%ld", (int)len, to, (long)getpid());
	if (mkdir(beside, 0700) != 0)
		return sp_error_errno(err, errno, beside, "make the folder");
	int held = spi_backup_hold(beside);
	spi_tree tree = {.from = data_dir, .to = beside, .sums = SP_BUFFER_INIT, .owner = (uid_t)-1};
	sp_status status = fill(&tree, without_index, ret, err);
	sp_buffer_release(&tree.sums);
	/* The empty folder of somebody quicker is no backup; one that holds something makes this fail. */
	if (status == SP_OK && rename(beside, to) != 0)
		status = sp_error_errno(err, errno, to, "put in place");
	if (held >= 0)
		close(held);
	if (status == SP_OK)
		return spi_tree_sync(to, err);
	(void)spi_remove_tree(beside, NULL);
	return status;
}
