/* Bytes of attachments: a file each, named by a random id, so that to remove one is to remove its bytes. */
#include "store/sqlite.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The folder's path (id NULL), or that of a file in it. */
static char *path_of(const spi_sqlite *db, const char *id)
{
	char *path = NULL;
	return asprintf(&path, "%s/" SPI_ATTACHMENTS "%s%s", db->data_dir, id ? "/" : "", id ? id : "") < 0 ? NULL : path;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

/* The folder is made with the first file. */
static sp_status make_folder(const spi_sqlite *db, char **ret, sp_error *err)
{
	char *folder = path_of(db, NULL);
	if (!folder)
		return spi_out_of_memory(err);
	sp_status status = SP_OK;
	if (mkdir(folder, 0700) == 0)
		status = spi_sync_folder(db->data_dir, err);
	else if (errno != EEXIST)
		status = sp_error_errno(err, errno, folder, "make");
	*ret = folder;
	return status;
}

sp_status spi_attachment_write(const spi_sqlite *db, const char *id, const void *data, size_t len, sp_error *err)
{
	char *folder = NULL, *path = path_of(db, id);
	if (!path)
		return spi_out_of_memory(err);
	sp_status status = make_folder(db, &folder, err);
	if (status == SP_OK) {
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		int problem = fd < 0 ? errno : write_all(fd, data, len);
		if (fd >= 0)
			close(fd);
		if (fd >= 0 && problem)
			unlink(path);
		status = problem ? sp_error_errno(err, problem, path, "write") : spi_sync_folder(folder, err);
	}
	free(folder);
	free(path);
	return status;
}

sp_status spi_attachment_read(const spi_sqlite *db, const char *id, size_t len, sp_arena *arena, const char **ret, sp_error *err)
{
	size_t got = 0;
	char *path = path_of(db, id);
	if (!path)
		return spi_out_of_memory(err);
	sp_status status = spi_file_read(path, len, arena, ret, &got, err);
	if (status == SP_OK && got != len)
		status = sp_error_set(err, SP_ERR_CORRUPT, path, 0, "the file has %zu bytes, not %zu", got, len);
	free(path);
	return status;
}

static sp_status sync_folder(const spi_sqlite *db, sp_error *err)
{
	char *folder = path_of(db, NULL);
	sp_status status = folder ? spi_sync_folder(folder, err) : spi_out_of_memory(err);
	free(folder);
	return status;
}

sp_status spi_attachments_remove(const spi_sqlite *db, const char *ids, sp_error *err)
{
	sp_status status = SP_OK;
	if (!*ids)
		return SP_OK;
	while (*ids) {
		char id[SP_CONVERSATION_ID_LEN + 1];
		size_t len = strcspn(ids, "\n");
		snprintf(id, sizeof id, "%.*s", (int)len, ids);
		char *path = path_of(db, id);
		if (!path)
			return spi_out_of_memory(err);
		if (unlink(path) != 0 && errno != ENOENT)
			status = sp_error_errno(err, errno, path, "remove");
		free(path);
		ids += len + (ids[len] == '\n');
	}
	return status == SP_OK ? sync_folder(db, err) : status;
}

/* ---- files without a row: of a crash between one and the other ---- */

static sp_status is_known(spi_sqlite *db, const char *id, bool *ret, sp_error *err)
{
	static const char sql[] = "SELECT 1 FROM attachments WHERE id = ?1";
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_first(db, sql, &statement, ret, err, "s", id);
	if (status == SP_OK && *ret)
		sqlite3_reset(statement);
	return status;
}

static bool is_old(const DIR *folder, const char *name, int64_t older_than_s)
{
	struct stat st;
	return fstatat(dirfd((DIR *)folder), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (int64_t)time(NULL) - st.st_mtime >= older_than_s;
}

sp_status spi_attachments_sweep(spi_sqlite *db, int64_t older_than_s, sp_error *err)
{
	char *path = path_of(db, NULL);
	DIR *folder = path ? opendir(path) : NULL;
	int why = errno;
	sp_status status = !path ? spi_out_of_memory(err) : folder || why == ENOENT ? SP_OK : sp_error_errno(err, why, path, "read");
	const struct dirent *entry;
	while (status == SP_OK && folder && (entry = readdir(folder))) {
		bool known = true;
		if (entry->d_name[0] != '.' && is_old(folder, entry->d_name, older_than_s))
			status = is_known(db, entry->d_name, &known, err);
		if (status == SP_OK && !known && unlinkat(dirfd(folder), entry->d_name, 0) != 0)
			status = sp_error_errno(err, errno, path, "remove a file in");
	}
	if (folder)
		closedir(folder);
	free(path);
	return status;
}
