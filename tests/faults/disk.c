/* Loaded before the C library (LD_PRELOAD): a disk that is read-only, full or broken, for files below the folder DISK_FOLDER. The file DISK_FILE says, at any
   moment: the errno that calls get (0: all is well), and which of them, 1 = those that write or change names, 2 = those that sync. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };
static const volatile int *fault; /* errno, which */
static char folder[PATH_MAX];

__attribute__((constructor)) static void load(void)
{
	const char *path = getenv("DISK_FILE"), *below = getenv("DISK_FOLDER");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 2 * sizeof *fault, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (!below || page == MAP_FAILED || (size_t)snprintf(folder, sizeof folder, "%s/", below) >= sizeof folder)
		return;
	fault = page;
}

static int fails(int which)
{
	if (!fault || !fault[0] || !(fault[1] & which))
		return 0;
	errno = fault[0];
	return 1;
}

static int is_below(const char *path)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

static int fails_at(const char *path, int which)
{
	return fault && fault[0] && path && is_below(path) && fails(which);
}

static int fails_on(int fd, int which)
{
	char link[64], path[PATH_MAX];
	if (!fault || !fault[0])
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof path - 1);
	if (len <= 0)
		return 0;
	path[len] = '\0';
	return is_below(path) && fails(which);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_FD(type, name, which, args, ...) \
	type name args \
	{ \
		static __typeof__(&name) next; \
		if (!next) \
			next = NEXT(name); \
		return fails_on(fd, which) ? -1 : next(__VA_ARGS__); \
	}
#define AT_PATH(name, args, ...) \
	int name args \
	{ \
		static __typeof__(&name) next; \
		if (!next) \
			next = NEXT(name); \
		return fails_at(path, WRITES) ? -1 : next(__VA_ARGS__); \
	}

ON_FD(ssize_t, write, WRITES, (int fd, const void *data, size_t len), fd, data, len)
ON_FD(ssize_t, pwrite, WRITES, (int fd, const void *data, size_t len, off_t at), fd, data, len, at)
ON_FD(ssize_t, pwrite64, WRITES, (int fd, const void *data, size_t len, off64_t at), fd, data, len, at)
ON_FD(ssize_t, writev, WRITES, (int fd, const struct iovec *parts, int count), fd, parts, count)
ON_FD(ssize_t, pwritev, WRITES, (int fd, const struct iovec *parts, int count, off_t at), fd, parts, count, at)
ON_FD(int, ftruncate, WRITES, (int fd, off_t len), fd, len)
ON_FD(int, ftruncate64, WRITES, (int fd, off64_t len), fd, len)
ON_FD(int, fallocate, WRITES, (int fd, int mode, off_t at, off_t len), fd, mode, at, len)
ON_FD(int, fsync, SYNCS, (int fd), fd)
ON_FD(int, fdatasync, SYNCS, (int fd), fd)
AT_PATH(unlink, (const char *path), path)
AT_PATH(rmdir, (const char *path), path)
AT_PATH(mkdir, (const char *path, mode_t mode), path, mode)
AT_PATH(rename, (const char *path, const char *to), path, to)
AT_PATH(link, (const char *path, const char *to), path, to)

#define OPENS(name) \
	int name(const char *path, int flags, ...) \
	{ \
		static int (*next)(const char *, int, ...); \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0; \
		va_end(args); \
		if (!next) \
			*(void **)&next = dlsym(RTLD_NEXT, #name); \
		return flags & (O_CREAT | O_TRUNC) && fails_at(path, WRITES) ? -1 : next(path, flags, mode); \
	}
OPENS(open)
OPENS(open64)
