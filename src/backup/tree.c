#include "backup/tree.h"

#include "base/file.h"
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)64 * 1024)
#define SUMS_MAX ((size_t)1 << 30)

static sp_status join(const char *folder, const char *name, char ret[PATH_MAX], sp_error *err)
{
	if (snprintf(ret, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		return sp_error_set(err, SP_ERR_INVALID, folder, 0, "the path is too long");
	return SP_OK;
}

bool spi_tree_is_interrupted(void)
{
	sigset_t waiting;
	return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGHUP) == 1);
}

/* An errno; out -1: only the sum. */
static int copy_bytes(int in, int out, char ret_sum[65], uint64_t *ret_bytes)
{
	spi_sha256 sha;
	unsigned char digest[32];
	char *piece = malloc(PIECE);
	int problem = piece ? 0 : ENOMEM;
	spi_sha256_init(&sha);
	*ret_bytes = 0;
	while (!problem) {
		ssize_t got = read(in, piece, PIECE);
		if (spi_tree_is_interrupted()) {
			problem = EINTR;
			break;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			problem = got < 0 ? errno : 0;
			break;
		}
		spi_sha256_add(&sha, piece, (size_t)got);
		*ret_bytes += (uint64_t)got;
		for (ssize_t at = 0; out >= 0 && at < got && !problem;) {
			ssize_t put = write(out, piece + at, (size_t)(got - at));
			if (put < 0 && errno != EINTR)
				problem = errno;
			else if (put > 0)
				at += put;
		}
	}
	free(piece);
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, ret_sum);
	return problem;
}

sp_status spi_tree_sum(const char *path, char ret[65], uint64_t *ret_bytes, sp_error *err)
{
	int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (in < 0)
		return sp_error_errno(err, errno, path, "open");
	int problem = copy_bytes(in, -1, ret, ret_bytes);
	close(in);
	return problem ? sp_error_errno(err, problem, path, "read") : SP_OK;
}

static sp_status note(spi_tree *tree, const char *name, const char *sum, uint64_t bytes, sp_error *err)
{
	sp_buffer_printf(&tree->sums, "%s  %s\n", sum, name);
	tree->files++;
	tree->bytes += bytes;
	return sp_buffer_ok(&tree->sums) ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

sp_status spi_tree_note(spi_tree *tree, const char *name, sp_error *err)
{
	char path[PATH_MAX], sum[65];
	uint64_t bytes = 0;
	sp_status status = join(tree->to, name, path, err);
	if (status == SP_OK)
		status = spi_tree_sum(path, sum, &bytes, err);
	return status == SP_OK ? note(tree, name, sum, bytes, err) : status;
}

static sp_status make_folder(const spi_tree *tree, const char *path, sp_error *err)
{
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? SP_OK : sp_error_errno(err, errno, path, "make the folder");
	if (tree->owner != (uid_t)-1 && chown(path, tree->owner, tree->group) != 0)
		return sp_error_errno(err, errno, path, "give away");
	return SP_OK;
}

sp_status spi_tree_make_above(const spi_tree *tree, const char *name, sp_error *err)
{
	char path[PATH_MAX];
	sp_status status = join(tree->to, name, path, err);
	for (char *slash = path + strlen(tree->to) + 1; status == SP_OK && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		status = make_folder(tree, path, err);
		*slash = '/';
	}
	return status;
}

sp_status spi_tree_file(spi_tree *tree, const char *name, sp_error *err)
{
	char from[PATH_MAX], to[PATH_MAX], sum[65];
	uint64_t bytes = 0;
	sp_status status = join(tree->from, name, from, err);
	if (status == SP_OK)
		status = join(tree->to, name, to, err);
	if (status == SP_OK)
		status = spi_tree_make_above(tree, name, err);
	if (status != SP_OK)
		return status;
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (in < 0)
		return sp_error_errno(err, errno, from, "open");
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), problem = out < 0 ? errno : 0;
	if (!problem && tree->owner != (uid_t)-1 && fchown(out, tree->owner, tree->group) != 0)
		problem = errno;
	if (!problem)
		problem = copy_bytes(in, out, sum, &bytes);
	close(in);
	if (out >= 0 && close(out) != 0 && !problem)
		problem = errno;
	return problem ? sp_error_errno(err, problem, to, "write") : note(tree, name, sum, bytes, err);
}

static bool is_passing(const char *name)
{
	const char *dot = strrchr(name, '.');
	return *name == '.' || (dot && (strncmp(dot, ".tmp", 4) == 0 || strcmp(dot, ".aside") == 0));
}

sp_status spi_tree_folder(spi_tree *tree, const char *name, sp_error *err)
{
	char path[PATH_MAX], below[PATH_MAX];
	struct dirent **entries = NULL;
	struct stat st;
	sp_status status = join(tree->from, name, path, err);
	int count = status == SP_OK ? scandir(path, &entries, NULL, alphasort) : -1;
	if (count < 0)
		return status != SP_OK || errno == ENOENT ? status : sp_error_errno(err, errno, path, "open the folder");
	for (int i = 0; i < count; i++) {
		if (status == SP_OK && !is_passing(entries[i]->d_name)) {
			snprintf(below, sizeof below, "%s/%s", name, entries[i]->d_name);
			status = join(tree->from, below, path, err);
			if (status == SP_OK && lstat(path, &st) == 0)
				status = S_ISDIR(st.st_mode) ? spi_tree_folder(tree, below, err) : S_ISREG(st.st_mode) ? spi_tree_file(tree, below, err) : SP_OK;
		}
		free(entries[i]);
	}
	free(entries);
	return status;
}

sp_status spi_tree_sync(const char *folder, sp_error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return sp_error_errno(err, errno, folder, "open the folder");
	int problem = syncfs(fd) == 0 ? 0 : errno;
	close(fd);
	return problem ? sp_error_errno(err, problem, folder, "sync") : SP_OK;
}

/* A name that leads nowhere but into the folder. */
static bool is_inside(const char *name)
{
	if (*name == '/' || *name == '\0')
		return false;
	for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return false;
	return true;
}

sp_status spi_sums_read(const char *folder, sp_status (*visit)(const char *sum, const char *name, void *arg, sp_error *err), void *arg,
	sp_error *err)
{
	char path[PATH_MAX], *text = NULL, *line;
	const char *bytes;
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? join(folder, SPI_SUMS_FILE, path, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK && !spi_exists(path))
		status = sp_error_set(err, SP_ERR_NOT_FOUND, folder, 0, "is no backup: there is no " SPI_SUMS_FILE " in it");
	if (status == SP_OK)
		status = spi_file_read(path, SUMS_MAX, arena, &bytes, &len, err);
	if (status == SP_OK && !(text = sp_arena_strndup(arena, bytes, len)))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (int number = 1; status == SP_OK && text && *text; number++) {
		line = text;
		text += strcspn(text, "\n");
		if (*text)
			*text++ = '\0';
		if (strspn(line, "0123456789abcdef") != 64 || strncmp(line + 64, "  ", 2) != 0 || !is_inside(line + 66))
			status = sp_error_set(err, SP_ERR_CORRUPT, path, number, "this line is none of a backup's list");
		else {
			line[64] = '\0';
			status = visit(line, line + 66, arg, err);
		}
	}
	sp_arena_free(arena);
	return status;
}
