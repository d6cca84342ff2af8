/* Files as they were: one of them, or all into a folder. */
#include "history/history_private.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 32 }; /* of folders in folders */

sp_status spi_git_bytes(git_repository *repository, const git_oid *id, const char *path, git_buf *ret, sp_error *err)
{
	git_blob *blob = NULL;
	git_blob_filter_options options;
	git_blob_filter_options_init(&options, GIT_BLOB_FILTER_OPTIONS_VERSION);
	int code = git_blob_lookup(&blob, repository, id);
	if (!code)
		code = git_blob_filter(ret, blob, path, &options);
	git_blob_free(blob);
	if (code == GIT_ENOTFOUND) /* git itself would fetch it now */
		return sp_error_set(err, SP_ERR_NOT_FOUND, path, 0,
			"this clone left out what the file was (git clone --filter); fetch it (git fetch --refetch --no-filter; in CI a checkout without "
			"filter)");
	return code ? spi_git_error(err, code, path, "read the file") : SP_OK;
}

static sp_status read_entry(sp_history *h, const git_tree_entry *entry, const char *path, size_t max, sp_arena *arena,
	const char **ret, size_t *ret_len, sp_error *err)
{
	git_buf bytes = GIT_BUF_INIT;
	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "was not a regular file then");
	const char *full = sp_arena_printf(arena, "%s%s", h->prefix, path);
	if (!full)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "not enough memory to read it");
	sp_status status = spi_git_bytes(h->repository, git_tree_entry_id(entry), full, &bytes, err);
	if (status == SP_OK && bytes.size > max)
		status = sp_error_set(
			err, SP_ERR_TOO_LARGE, path, 0, "had %zu bytes then; at most %zu are read", bytes.size, max);
	char *copy = status == SP_OK ? sp_arena_strndup(arena, bytes.size ? bytes.ptr : "", bytes.size) : NULL;
	if (status == SP_OK && !copy)
		status = sp_error_set(err, SP_ERR_NOMEM, path, 0, "not enough memory to read it");
	if (status == SP_OK) {
		*ret = copy;
		*ret_len = bytes.size;
	}
	git_buf_dispose(&bytes);
	return status;
}

sp_status sp_history_read(sp_history *history, const char *path, size_t max, sp_arena *arena, const char **ret,
	size_t *ret_len, sp_error *err)
{
	git_tree_entry *entry = NULL;
	int code = git_tree_entry_bypath(&entry, history->tree, path);
	if (code == GIT_ENOTFOUND || (!code && !entry))
		return sp_error_set(err, SP_ERR_NOT_FOUND, path, 0, "was not there at the revision %.10s", history->hex);
	if (code)
		return spi_git_error(err, code, path, "find the file");
	sp_status status = read_entry(history, entry, path, max, arena, ret, ret_len, err);
	git_tree_entry_free(entry);
	return status;
}

/* Writing all of them. Folders are opened one from the other and no link is followed, so nothing gets outside. */
typedef struct writer {
	sp_history *h;
	sp_arena *arena;
	sp_error *err;
} writer;

static int write_bytes(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			bytes += n, len -= (size_t)n;
	}
	return 0;
}

static sp_status write_file(writer *w, int dir, const char *name, const git_tree_entry *entry, const char *path)
{
	git_buf bytes = GIT_BUF_INIT;
	mode_t mode = git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666;
	sp_status status = spi_git_bytes(w->h->repository, git_tree_entry_id(entry), path, &bytes, w->err);
	if (status != SP_OK)
		return status;
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	int problem = fd < 0 ? errno : write_bytes(fd, bytes.ptr, bytes.size);
	if (fd >= 0 && close(fd) != 0 && !problem)
		problem = errno;
	git_buf_dispose(&bytes);
	return problem ? sp_error_errno(w->err, problem, path, "write") : SP_OK;
}

static sp_status write_link(writer *w, int dir, const char *name, const git_tree_entry *entry, const char *path)
{
	git_blob *blob = NULL;
	int code = git_blob_lookup(&blob, w->h->repository, git_tree_entry_id(entry));
	if (code)
		return spi_git_error(w->err, code, path, "read the link");
	char *target = sp_arena_strndup(w->arena, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	if (!target || symlinkat(target, dir, name) != 0)
		return sp_error_errno(w->err, target ? errno : ENOMEM, path, "write");
	return SP_OK;
}

static sp_status write_tree(writer *w, int dir, const git_tree *tree, const char *path, int depth);

static sp_status write_folder(
	writer *w, int dir, const char *name, const git_tree_entry *entry, const char *path, int depth)
{
	git_tree *tree = NULL;
	if (depth >= DEPTH_MAX)
		return sp_error_set(w->err, SP_ERR_TOO_LARGE, path, 0, "has more than %d folders in each other", DEPTH_MAX);
	int code = git_tree_lookup(&tree, w->h->repository, git_tree_entry_id(entry));
	if (code)
		return spi_git_error(w->err, code, path, "read the folder");
	int fd = mkdirat(dir, name, 0777) == 0 ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	sp_status status = fd < 0 ? sp_error_errno(w->err, errno, path, "make the folder")
							  : write_tree(w, fd, tree, path, depth + 1);
	if (fd >= 0)
		close(fd);
	git_tree_free(tree);
	return status;
}

static bool is_name(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/');
}

static sp_status write_tree(writer *w, int dir, const git_tree *tree, const char *path, int depth)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		const char *name = git_tree_entry_name(entry);
		const char *full = sp_arena_printf(w->arena, "%s%s%s", path, depth ? "/" : "", name);
		if (!full)
			return sp_error_set(w->err, SP_ERR_NOMEM, path, 0, "not enough memory to write it");
		if (!is_name(name))
			return sp_error_set(w->err, SP_ERR_CORRUPT, full, 0, "cannot be the name of a file; the repository is damaged");
		if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
			status = write_folder(w, dir, name, entry, full, depth);
		else if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
			status = write_link(w, dir, name, entry, full);
		else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
			status = write_file(w, dir, name, entry, full);
	}
	return status;
}

static sp_status need_empty(const char *into, sp_error *err)
{
	size_t entries = 0;
	DIR *dir = opendir(into);
	if (!dir)
		return sp_error_errno(err, errno, into, "open the folder");
	for (struct dirent *entry; (entry = readdir(dir));)
		entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return entries ? sp_error_set(err, SP_ERR_CONFLICT, into, 0, "is not empty; name an empty folder") : SP_OK;
}

sp_status sp_history_extract(sp_history *history, const char *into, sp_error *err)
{
	sp_status status = spi_mkdirs(into, err);
	if (status == SP_OK)
		status = need_empty(into, err);
	if (status != SP_OK)
		return status;
	writer w = {history, sp_arena_new(0), err};
	int fd = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!w.arena || fd < 0)
		status = sp_error_errno(err, w.arena ? errno : ENOMEM, into, "open the folder");
	else
		status = write_tree(&w, fd, history->tree, history->prefix, 0);
	if (fd >= 0)
		close(fd);
	sp_arena_free(w.arena);
	return status;
}
