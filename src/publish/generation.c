/* Folders of generations, the file CURRENT that names one of them, and the lock between processes. */
#include "publish/publisher.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_STEP_MS 20
/* Waiting is told after so long (a multiple of the step). */
#define LOCK_TELL_MS 2000

/* ---- lock ---- */

/* Whether the file that we hold is still the one of that name (index/ may have been removed meanwhile). */
static bool is_same_file(int fd, const char *path)
{
	struct stat held, named;
	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
		   held.st_ino == named.st_ino;
}

/* *ret_fd -1: another process holds it. */
static sp_status try_lock(const char *path, int *ret_fd, sp_error *err)
{
	*ret_fd = -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "open");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_same_file(fd, path))
		*ret_fd = fd;
	else
		close(fd);
	return SP_OK;
}

sp_status spi_lock_take(sp_publisher *publisher, int wait_ms, int *ret_fd, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/index", publisher->data_dir);
	sp_status status = spi_mkdirs(path, err);
	snprintf(path, sizeof path, "%s/index/LOCK", publisher->data_dir);
	int fd = -1;
	for (int waited = 0; status == SP_OK; waited += LOCK_STEP_MS) {
		status = try_lock(path, &fd, err);
		if (status != SP_OK || fd >= 0)
			break;
		if (waited == LOCK_TELL_MS)
			spi_notice(publisher, "another process is building the index; waiting for it");
		if (waited >= wait_ms || atomic_load(&publisher->stops))
			return sp_error_set(
				err, SP_ERR_BUSY, path, 0, "another process is building the index; try again when it is done");
		nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP_MS * 1000000L}, NULL);
	}
	if (status == SP_OK)
		*ret_fd = fd;
	return status;
}

sp_status spi_lock_if_there(const char *data_dir, int wait_ms, int *ret_fd, sp_error *err)
{
	char path[PATH_MAX];
	*ret_fd = -1;
	snprintf(path, sizeof path, "%s/index/LOCK", data_dir);
	sp_status status = SP_OK;
	for (int waited = 0; status == SP_OK && spi_exists(path) && *ret_fd < 0; waited += LOCK_STEP_MS) {
		status = try_lock(path, ret_fd, err);
		if (status == SP_OK && *ret_fd < 0 && waited >= wait_ms)
			return sp_error_set(err, SP_ERR_BUSY, path, 0, "the index is being built; try again when it is done, or leave it out");
		if (*ret_fd < 0)
			nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP_MS * 1000000L}, NULL);
	}
	return status;
}

void spi_lock_release(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* ---- folders ---- */

void spi_generation_path(const sp_publisher *publisher, unsigned generation, const char *ending, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/index/g-%u%s", publisher->data_dir, generation, ending);
}

/* "g-12" or "g-12.tmp"; 0 when it is neither. */
static unsigned number_of(const char *name, bool *ret_is_tmp)
{
	char *end;
	if (strncmp(name, "g-", 2) != 0 || name[2] < '1' || name[2] > '9')
		return 0;
	unsigned long number = strtoul(name + 2, &end, 10);
	*ret_is_tmp = strcmp(end, ".tmp") == 0;
	return number > 0x7fffffff || (*end && !*ret_is_tmp) ? 0 : (unsigned)number;
}

unsigned spi_current_of(const char *data_dir)
{
	char path[PATH_MAX], name[64] = "";
	bool is_tmp;
	snprintf(path, sizeof path, "%s/index/CURRENT", data_dir);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(name, sizeof name, file))
		name[0] = '\0';
	fclose(file);
	name[strcspn(name, "\n")] = '\0';
	unsigned number = number_of(name, &is_tmp);
	return number && !is_tmp ? number : 0;
}

unsigned spi_generation_current(const sp_publisher *publisher)
{
	return spi_current_of(publisher->data_dir);
}

sp_status spi_generation_publish(const sp_publisher *publisher, unsigned generation, sp_error *err)
{
	char built[PATH_MAX], path[PATH_MAX], line[32];
	spi_generation_path(publisher, generation, ".tmp", built);
	spi_generation_path(publisher, generation, "", path);
	if (rename(built, path) != 0)
		return sp_error_errno(err, errno, path, "rename");
	snprintf(path, sizeof path, "%s/index/CURRENT", publisher->data_dir);
	int len = snprintf(line, sizeof line, "g-%u\n", generation);
	return spi_file_write(path, line, (size_t)len, err);
}

/* ---- manifest ---- */

static bool look_at_manifest(const sp_publisher *publisher, uint64_t *ret_inode, int64_t *ret_mtime_ns)
{
	char path[PATH_MAX];
	struct stat st;
	spi_generation_path(publisher, publisher->generation, "/MANIFEST", path);
	if (stat(path, &st) != 0)
		return false;
	*ret_inode = st.st_ino;
	*ret_mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return true;
}

void spi_generation_note_manifest(sp_publisher *publisher)
{
	if (!look_at_manifest(publisher, &publisher->manifest.inode, &publisher->manifest.mtime_ns))
		publisher->manifest.inode = 0;
}

bool spi_generation_is_ours(const sp_publisher *publisher)
{
	uint64_t inode;
	int64_t mtime_ns;
	return look_at_manifest(publisher, &inode, &mtime_ns) && inode == publisher->manifest.inode &&
		   mtime_ns == publisher->manifest.mtime_ns;
}

sp_status spi_generation_manifest(sp_publisher *publisher, const char *ending, unsigned generation, sp_error *err)
{
	char path[PATH_MAX];
	spi_generation_path(publisher, generation, ending, path);
	sp_status status = spi_manifest_write(path, &publisher->table, publisher->encoder_name, err);
	if (status == SP_OK)
		spi_generation_note_manifest(publisher);
	return status;
}

/* ---- all of them ---- */

/* Calls for each generation's folder. */
static void each_generation(
	const sp_publisher *publisher, void (*call)(const char *path, unsigned number, bool is_tmp, void *arg), void *arg)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/index", publisher->data_dir);
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		bool is_tmp = false;
		unsigned number = number_of(entry->d_name, &is_tmp);
		if (!number)
			continue;
		snprintf(path, sizeof path, "%s/index/%.64s", publisher->data_dir, entry->d_name);
		call(path, number, is_tmp, arg);
	}
	closedir(dir);
}

static void keep_highest(const char *path, unsigned number, bool is_tmp, void *arg)
{
	unsigned *highest = arg;
	(void)path, (void)is_tmp;
	if (number > *highest)
		*highest = number;
}

unsigned spi_generation_next(const sp_publisher *publisher)
{
	unsigned highest = publisher->generation;
	each_generation(publisher, keep_highest, &highest);
	return highest + 1;
}

/* The present one, and the one before it, whose readers may not have let go yet. */
typedef struct keeping {
	unsigned current, previous;
} keeping;

static void keep_previous(const char *path, unsigned number, bool is_tmp, void *arg)
{
	keeping *k = arg;
	(void)path;
	if (!is_tmp && number < k->current && number > k->previous)
		k->previous = number;
}

/* Held by a shared lock on the folder itself. */
int spi_generation_hold(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		flock(fd, LOCK_SH | LOCK_NB);
	return fd;
}

static bool is_held(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
	if (fd >= 0)
		close(fd);
	return held;
}

static void remove_other(const char *path, unsigned number, bool is_tmp, void *arg)
{
	const keeping *k = arg;
	if (is_tmp || (number != k->current && number != k->previous && !is_held(path)))
		spi_remove_tree(path, NULL);
}

/* Written beside CURRENT and never renamed: a crash. */
static void remove_half_written(const sp_publisher *publisher)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/index", publisher->data_dir);
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (strncmp(entry->d_name, "CURRENT.", 8) == 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

void spi_generation_clean(const sp_publisher *publisher, unsigned current)
{
	keeping k = {.current = current};
	each_generation(publisher, keep_previous, &k);
	each_generation(publisher, remove_other, &k);
	remove_half_written(publisher);
}
