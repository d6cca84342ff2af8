/* What a backup that was killed left beside its place: nobody takes it up again, and it holds what people wrote. */
#include "backup/tree.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int spi_backup_hold(const char *part)
{
	int fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		(void)flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* "backup.tmp1234", and no process 1234 is there. */
static bool is_of_the_dead(const char *name)
{
	const char *dot = strrchr(name, '.');
	char *end;
	if (!dot || dot == name || strncmp(dot, ".tmp", 4) != 0 || dot[4] < '1' || dot[4] > '9')
		return false;
	long pid = strtol(dot + 4, &end, 10);
	return !*end && pid > 0 && pid <= INT_MAX && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* A store, or nothing yet. */
static bool holds_a_backup(int fd)
{
	bool empty = true, store = false;
	int copy = dup(fd);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	if (!dir) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
		empty &= dots;
		store |= strncmp(entry->d_name, "store.sqlite", strlen("store.sqlite")) == 0;
	}
	closedir(dir);
	return empty || store;
}

/* Ours, closed to others as we make them, and nobody holds it: of another machine or container the process cannot be seen from here. */
static void remove_if_left(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700 && flock(fd, LOCK_EX | LOCK_NB) == 0 && holds_a_backup(fd))
		(void)spi_remove_tree(path, NULL);
	close(fd);
}

void spi_backup_sweep(const char *to)
{
	char folder[PATH_MAX], path[PATH_MAX];
	const char *slash = strrchr(to, '/');
	size_t len = slash == to ? 1 : slash ? (size_t)(slash - to) : 0;
	snprintf(folder, sizeof folder, "%.*s", (int)(len ? len : 1), len ? to : ".");
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (is_of_the_dead(entry->d_name) && (size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < sizeof path)
			remove_if_left(path);
	closedir(dir);
}
