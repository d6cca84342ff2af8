#include "publish/versions.h"

#include "base/file.h"
#include "base/hash.h"
#include "sportello/kb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define VERSION_FILE_MAX ((size_t)2 * 1024 * 1024)
#define PREFIX_MIN 12 /* what a receipt names */

static void path_of(const char *data_dir, const char *version, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/versions/%.2s/%s", data_dir, version, version);
}

/* ---- storing ---- */

static sp_status write_parts(
	const char *to, const char *path, const char *bytes, size_t len, bool durable, sp_error *err)
{
	struct iovec parts[] = {{(void *)path, strlen(path)}, {(void *)"\n", 1}, {(void *)bytes, len}};
	size_t all = strlen(path) + 1 + len;
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return sp_error_errno(err, errno, to, "create");
	ssize_t written = writev(fd, parts, 3);
	int problem = written < 0 ? errno : (size_t)written < all ? ENOSPC : 0;
	if (!problem && durable && fsync(fd) != 0)
		problem = errno;
	if (close(fd) != 0 && !problem)
		problem = errno;
	return problem ? sp_error_errno(err, problem, to, "write") : SP_OK;
}

/* A first build has thousands: they are synced together. What a crash leaves unfinished does not agree with its name.
 */
sp_status spi_version_store(const char *data_dir, const char *version, const char *path, const char *bytes, size_t len,
	bool durable, sp_error *err)
{
	char to[PATH_MAX], beside[PATH_MAX + 16];
	struct stat st;
	sp_error why = {0};
	path_of(data_dir, version, to);
	if (stat(to, &st) == 0 && (size_t)st.st_size > len)
		return SP_OK;
	snprintf(beside, sizeof beside, "%s.tmp", to);
	sp_status status = write_parts(beside, path, bytes, len, durable, &why);
	if (status != SP_OK) { /* mostly there is no such folder yet */
		snprintf(beside, sizeof beside, "%s/versions/%.2s", data_dir, version);
		status = spi_mkdirs(beside, err);
		snprintf(beside, sizeof beside, "%s.tmp", to);
		if (status == SP_OK)
			status = write_parts(beside, path, bytes, len, durable, err);
	}
	if (status == SP_OK && rename(beside, to) != 0)
		status = sp_error_errno(err, errno, to, "rename");
	if (status != SP_OK)
		unlink(beside);
	return status;
}

sp_status spi_versions_sync(const char *data_dir, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/versions", data_dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? SP_OK : sp_error_errno(err, errno, path, "open");
	int problem = syncfs(fd) == 0 ? 0 : errno;
	close(fd);
	return problem ? sp_error_errno(err, problem, path, "sync") : SP_OK;
}

/* ---- loading ---- */

static bool is_version_name(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");
	return !text[len] && len >= PREFIX_MIN && len <= SP_VERSION_HEX;
}

/* The whole name of the version that begins so; false when there is none. */
static bool complete(const char *data_dir, const char *prefix, char ret[SP_VERSION_HEX + 1])
{
	char path[PATH_MAX];
	bool found = false;
	snprintf(path, sizeof path, "%s/versions/%.2s", data_dir, prefix);
	DIR *dir = opendir(path);
	if (!dir)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(dir));) {
		found = strlen(entry->d_name) == SP_VERSION_HEX && strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
		if (found)
			memcpy(ret, entry->d_name, SP_VERSION_HEX + 1);
	}
	closedir(dir);
	return found;
}

static sp_status read_version(const char *file, const char *version, sp_arena *arena, const char **ret_path,
	const char **ret, size_t *ret_len, sp_error *err)
{
	const char *text;
	char hash[SP_VERSION_HEX + 1];
	size_t len;
	sp_status status = spi_file_read(file, VERSION_FILE_MAX, arena, &text, &len, err);
	if (status != SP_OK)
		return status;
	const char *end = memchr(text, '\n', len);
	size_t rest = end ? len - (size_t)(end + 1 - text) : 0;
	if (end)
		spi_sha256_hex(end + 1, rest, hash);
	if (!end || strcmp(hash, version) != 0)
		return sp_error_set(err, SP_ERR_CORRUPT, file, 0, "is not the text that it is named after");
	char *path = sp_arena_strndup(arena, text, (size_t)(end - text));
	if (!path)
		return sp_error_set(err, SP_ERR_NOMEM, file, 0, "out of memory");
	if (ret_path)
		*ret_path = path;
	*ret = end + 1;
	*ret_len = rest;
	return SP_OK;
}

sp_status spi_version_load(const char *data_dir, const char *version, sp_arena *arena, const char **ret_path,
	const char **ret, size_t *ret_len, sp_error *err)
{
	char whole[SP_VERSION_HEX + 1], file[PATH_MAX];
	if (!is_version_name(version))
		return sp_error_set(err, SP_ERR_NOT_FOUND, version, 0, "is no version of an article");
	if (strlen(version) == SP_VERSION_HEX)
		memcpy(whole, version, sizeof whole);
	else if (!complete(data_dir, version, whole))
		return sp_error_set(err, SP_ERR_NOT_FOUND, version, 0, "no such version was ever published here");
	path_of(data_dir, whole, file);
	return read_version(file, whole, arena, ret_path, ret, ret_len, err);
}
