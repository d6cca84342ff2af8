/* Reading a backup: to see that it is whole, and to put it back. */
#include "backup/tree.h"

#include "base/file.h"
#include "kb/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE "store.sqlite"
#define LOCK "store.lock"
#define FACTS_MAX ((size_t)64 << 10)

typedef struct verifying { const char *folder; sp_backup_info *info; bool has_store; } verifying;

static sp_status verify_file(const char *sum, const char *name, void *arg, sp_error *err)
{
	verifying *v = arg;
	char path[PATH_MAX], found[65];
	uint64_t bytes = 0;
	snprintf(path, sizeof path, "%.2000s/%.2000s", v->folder, name);
	sp_status status = spi_tree_sum(path, found, &bytes, err);
	if (status == SP_ERR_NOT_FOUND)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "a file of this backup is missing; take another backup");
	if (status == SP_OK && strcmp(sum, found) != 0)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is not as it was when the backup was made; take another backup");
	v->has_store = v->has_store || strcmp(name, STORE) == 0;
	v->info->files++;
	v->info->bytes += bytes;
	return status;
}

static const char *scalar_of(const spi_yaml *map, const char *key)
{
	const spi_yaml *node = map && map->kind == SPI_YAML_MAP ? spi_yaml_get(map, key) : NULL;
	return node && node->kind == SPI_YAML_SCALAR ? node->text : NULL;
}

/* What a later version laid out otherwise may read like a damaged one, or like a whole one with something missing: this comes before all
   else. A file that cannot be read is what the sums are for. */
static sp_status need_format(const char *folder, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_status status = SP_OK;
	sp_arena *arena = sp_arena_new(0);
	const char *path = arena ? sp_arena_printf(arena, "%s/" SPI_BACKUP_FILE, folder) : NULL;
	spi_report quiet = {.file = path};
	bool is_read = path && spi_file_read(path, FACTS_MAX, arena, &bytes, &len, NULL) == SP_OK;
	const spi_yaml *facts = is_read ? spi_yaml_read(bytes, len, 1, arena, &quiet) : NULL; /* JSON is YAML, too */
	const char *format = scalar_of(facts, "format"), *version = scalar_of(facts, "version");
	if (format && strtoll(format, NULL, 10) > SPI_BACKUP_FORMAT)
		status = sp_error_set(err, SP_ERR_NEWER, folder, 0, "a newer version of sportello (%.40s) made it (format %.20s, this one knows up to %d): restore it with that version, or take an older backup",
			version ? version : "?", format, SPI_BACKUP_FORMAT);
	sp_arena_free(arena);
	return status;
}

sp_status sp_backup_verify(const char *folder, sp_backup_info *ret, sp_error *err)
{
	verifying v = {.folder = folder, .info = ret};
	*ret = (sp_backup_info){0};
	sp_status status = need_format(folder, err);
	if (status == SP_OK)
		status = spi_sums_read(folder, verify_file, &v, err);
	if (status == SP_OK && !v.has_store)
		status = sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "the backup has no store; take another one");
	if (status == SP_OK)
		status = sp_store_examine(folder, &ret->store, err);
	if (status == SP_OK && !ret->store.is_sound)
		status = sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "its store is damaged: %s", ret->store.fault);
	if (status == SP_OK && ret->store.schema > SP_STORE_SCHEMA)
		status = sp_error_set(err, SP_ERR_NEWER, folder, 0, "a newer version of sportello made it (schema %lld, this one knows up to %d): restore it with that version, or take an older backup",
			(long long)ret->store.schema, SP_STORE_SCHEMA);
	if (status == SP_OK && ret->store.missing_attachment[0])
		status = sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "the attachment %s is not in it", ret->store.missing_attachment);
	if (status == SP_OK && ret->store.key_is_short)
		status = sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "its person.key is cut short; take another backup, or remove it and its line in "
			SPI_SUMS_FILE);
	return status;
}

/* ---- restore ---- */

static sp_status need_empty(const char *folder, sp_error *err)
{
	DIR *dir = opendir(folder);
	if (!dir)
		return sp_error_errno(err, errno, folder, "open the folder");
	bool is_empty = true;
	for (struct dirent *entry; is_empty && (entry = readdir(dir));)
		is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return is_empty ? SP_OK : sp_error_set(err, SP_ERR_CONFLICT, folder, 0, "holds something already, and nothing is written over: stop the "
		"service, move the folder away, and restore into a new one");
}

/* The store comes last: where it is, all is. A service that is started meanwhile waits at the lock. */
static sp_status put_file(const char *sum, const char *name, void *arg, sp_error *err)
{
	(void)sum;
	if (strcmp(name, STORE) == 0 || strcmp(name, SPI_BACKUP_FILE) == 0)
		return SP_OK;
	return spi_tree_file(arg, name, err);
}

static int lock(const spi_tree *tree, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%.4000s/" LOCK, tree->to);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && (tree->owner == (uid_t)-1 || fchown(fd, tree->owner, tree->group) == 0))
		return fd;
	sp_error_errno(err, errno, path, "lock");
	if (fd >= 0)
		close(fd);
	return -1;
}

static void empty(const char *folder)
{
	char path[PATH_MAX];
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			snprintf(path, sizeof path, "%.3000s/%s", folder, entry->d_name);
			(void)spi_remove_tree(path, NULL);
		}
	if (dir)
		closedir(dir);
}

static sp_status fill(const char *folder, const char *data_dir, sp_error *err)
{
	spi_tree tree = {.from = folder, .to = data_dir, .sums = SP_BUFFER_INIT, .owner = (uid_t)-1};
	struct stat st;
	if (stat(data_dir, &st) != 0)
		return sp_error_errno(err, errno, data_dir, "look at");
	if (geteuid() == 0 && st.st_uid != 0) {
		tree.owner = st.st_uid;
		tree.group = st.st_gid;
	}
	int lock_fd = lock(&tree, err);
	if (lock_fd < 0)
		return err ? err->status : SP_ERR_IO;
	sp_status status = spi_sums_read(folder, put_file, &tree, err);
	if (status == SP_OK)
		status = spi_tree_sync(data_dir, err);
	if (status == SP_OK)
		status = spi_tree_file(&tree, STORE, err);
	if (status == SP_OK)
		status = spi_tree_sync(data_dir, err);
	if (status != SP_OK)
		empty(data_dir);
	close(lock_fd);
	sp_buffer_release(&tree.sums);
	return status;
}

sp_status sp_backup_restore(const char *folder, const char *data_dir, sp_backup_info *ret, sp_error *err)
{
	bool is_there = spi_exists(data_dir);
	sp_status status = is_there ? need_empty(data_dir, err) : SP_OK;
	if (status == SP_OK)
		status = sp_backup_verify(folder, ret, err);
	if (status == SP_OK && !is_there)
		status = spi_mkdirs_closed(data_dir, err);
	return status == SP_OK ? fill(folder, data_dir, err) : status;
}
