#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sp_status read_all(int fd, const char *path, size_t max, sp_arena *arena, const char **ret, size_t *ret_len,
	sp_error *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return sp_error_errno(err, errno, path, "look at");
	if (!S_ISREG(st.st_mode))
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "is not a regular file");
	if ((uint64_t)st.st_size > max)
		return sp_error_set(err, SP_ERR_TOO_LARGE, path, 0, "has %lld bytes; at most %zu are read",
			(long long)st.st_size, max);
	size_t size = (size_t)st.st_size, have = 0;
	char *text = sp_arena_alloc(arena, size + 1);
	if (!text)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	while (have < size) {
		ssize_t n = read(fd, text + have, size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sp_error_errno(err, errno, path, "read");
		if (n == 0)
			break; /* it became shorter meanwhile */
		have += (size_t)n;
	}
	text[have] = '\0';
	*ret = text;
	*ret_len = have;
	return SP_OK;
}

sp_status spi_file_read(const char *path, size_t max, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err)
{
	/* O_NONBLOCK: a FIFO in the folder must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "open");
	sp_status status = read_all(fd, path, max, arena, ret, ret_len, err);
	close(fd);
	return status;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		data += n, len -= (size_t)n;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

static sp_status sync_parent(const char *path, sp_error *err)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (!slash)
		return spi_sync_folder(".", err);
	snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return spi_sync_folder(folder, err);
}

sp_status spi_file_replace(const char *beside, const char *path, int problem, sp_error *err)
{
	if (!problem && rename(beside, path) != 0)
		problem = errno;
	if (problem) {
		unlink(beside);
		return sp_error_errno(err, problem, path, "write");
	}
	return sync_parent(path, err);
}

sp_status spi_file_write(const char *path, const void *data, size_t len, sp_error *err)
{
	char beside[PATH_MAX];
	if ((size_t)snprintf(beside, sizeof beside, "%s.tmp%ld", path, (long)getpid()) >= sizeof beside)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "the path is too long");
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "write");
	int problem = write_all(fd, data, len);
	if (close(fd) != 0 && !problem)
		problem = errno;
	return spi_file_replace(beside, path, problem, err);
}

static int rewrite_beside(const char *beside, const struct stat *st, const void *data, size_t len)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	int problem = 0;
	if (st->st_uid != geteuid() || st->st_gid != getegid())
		problem = fchown(fd, st->st_uid, st->st_gid) != 0 && errno != EPERM ? errno : 0; /* another's file becomes ours */
	if (!problem && fchmod(fd, st->st_mode & 07777) != 0)
		problem = errno;
	if (!problem)
		problem = write_all(fd, data, len);
	if (close(fd) != 0 && !problem)
		problem = errno;
	return problem;
}

sp_status spi_file_rewrite(const char *path, const void *data, size_t len, sp_error *err)
{
	struct stat st;
	char beside[PATH_MAX];
	char *real = realpath(path, NULL);
	sp_status status;
	if (!real || stat(real, &st) != 0)
		status = sp_error_errno(err, errno, path, "write");
	else if ((size_t)snprintf(beside, sizeof beside, "%s.tmp%ld", real, (long)getpid()) >= sizeof beside)
		status = sp_error_set(err, SP_ERR_INVALID, path, 0, "the path is too long");
	else if (access(real, W_OK) != 0) /* one that must not be written is not to be replaced either */
		status = sp_error_errno(err, errno, path, "write");
	else
		status = spi_file_replace(beside, real, rewrite_beside(beside, &st, data, len), err);
	free(real);
	return status;
}

static sp_status make_folders(const char *path, mode_t last, sp_error *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	if (len >= sizeof part)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "the path is too long");
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		bool is_last = path[i + strspn(path + i, "/")] == '\0';
		if (mkdir(part, is_last ? last : 0777) != 0 && errno != EEXIST)
			return sp_error_errno(err, errno, path, "make the folder");
	}
	struct stat st;
	if (stat(path, &st) != 0)
		return sp_error_errno(err, errno, path, "make the folder");
	if (!S_ISDIR(st.st_mode))
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "is a file, a folder is needed there");
	return SP_OK;
}

sp_status spi_mkdirs(const char *path, sp_error *err)
{
	return make_folders(path, 0777, err);
}

sp_status spi_mkdirs_closed(const char *path, sp_error *err)
{
	return make_folders(path, 0700, err);
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

sp_status spi_remove_tree(const char *path, sp_error *err)
{
	if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return sp_error_errno(err, errno, path, "remove");
	return SP_OK;
}

sp_status spi_sync_folder(const char *path, sp_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "open the folder");
	int problem = fsync(fd) == 0 ? 0 : errno;
	close(fd);
	/* Some file systems cannot sync a folder; they say EINVAL. */
	return problem && problem != EINVAL ? sp_error_errno(err, problem, path, "sync the folder") : SP_OK;
}

static int sync_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)ftw;
	if (flag != FTW_DP && (flag != FTW_F || !S_ISREG(st->st_mode)))
		return flag == FTW_DNR || flag == FTW_NS ? -1 : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (flag == FTW_DP ? O_DIRECTORY : 0));
	if (fd < 0)
		return -1;
	bool ok = fsync(fd) == 0 || (flag == FTW_DP && errno == EINVAL); /* some file systems cannot sync a folder */
	int problem = errno;
	close(fd);
	errno = problem;
	return ok ? 0 : -1;
}

sp_status spi_sync_tree(const char *path, sp_error *err)
{
	if (nftw(path, sync_entry, 32, FTW_DEPTH | FTW_PHYS) != 0)
		return sp_error_errno(err, errno, path, "sync");
	return SP_OK;
}

bool spi_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}
