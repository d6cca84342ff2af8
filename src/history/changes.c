/* What differs between then and the files on disk. */
#include "history/history_private.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_path(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Candidates: every path for which then, git's index and disk are not all the same, sorted. libgit2 compares by way of the
   index, whose state of a file may be neither, so each is looked at again. */
static const char **candidates(const sp_history *h, const git_diff *diff, sp_arena *arena, size_t *ret_count)
{
	size_t count = git_diff_num_deltas(diff), len = strlen(h->prefix), used = 0;
	const char **paths = sp_arena_calloc(arena, count + 1, sizeof *paths);
	for (size_t i = 0; paths && i < count; i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);
		const char *path = delta->new_file.path ? delta->new_file.path : delta->old_file.path;
		size_t path_len = strlen(path);
		if (strncmp(path, h->prefix, len) != 0 || path[path_len - 1] == '/') /* the latter: a repository inside */
			continue;
		paths[used] = sp_arena_strdup(arena, path + len);
		if (!paths[used++])
			return NULL;
	}
	if (used)
		qsort(paths, used, sizeof *paths, by_path);
	*ret_count = used;
	return paths;
}

static bool same_kind(const git_tree_entry *entry, const struct stat *st)
{
	return S_ISLNK(st->st_mode) ? git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK
								: S_ISREG(st->st_mode) && git_tree_entry_filemode(entry) != GIT_FILEMODE_LINK;
}

static bool same_bytes(const sp_history *h, const git_tree_entry *entry, const char *full, const struct stat *st)
{
	git_oid id;
	char target[PATH_MAX];
	if (S_ISLNK(st->st_mode)) {
		ssize_t len = readlink(full, target, sizeof target);
		return len >= 0 && git_odb_hash(&id, target, (size_t)len, GIT_OBJECT_BLOB) == 0 &&
			git_oid_equal(&id, git_tree_entry_id(entry));
	}
	/* As it would be committed: filters of .gitattributes applied. */
	return git_repository_hashfile(&id, h->repository, full, GIT_OBJECT_BLOB, NULL) == 0 &&
		git_oid_equal(&id, git_tree_entry_id(entry));
}

/* How a path has changed; false: it has not. */
static bool kind_of(const sp_history *h, const char *path, sp_change_kind *ret)
{
	git_tree_entry *entry = NULL;
	struct stat st = {0};
	char full[PATH_MAX];
	bool fits = (size_t)snprintf(full, sizeof full, "%s/%s", h->real, path) < sizeof full;
	bool is_there = fits && lstat(full, &st) == 0 && !S_ISDIR(st.st_mode);
	bool was_there = git_tree_entry_bypath(&entry, h->tree, path) == 0 && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
	bool differs = is_there != was_there;
	if (is_there && was_there)
		differs = !same_kind(entry, &st) || !same_bytes(h, entry, full, &st);
	*ret = !was_there ? SP_CHANGE_ADDED : is_there ? SP_CHANGE_CHANGED : SP_CHANGE_REMOVED;
	git_tree_entry_free(entry);
	return differs;
}

static sp_status collect(const sp_history *h, const git_diff *diff, sp_arena *arena, sp_changes *ret, sp_error *err)
{
	size_t count = 0, used = 0;
	const char **paths = candidates(h, diff, arena, &count);
	sp_change *items = paths ? sp_arena_calloc(arena, count + 1, sizeof *items) : NULL;
	if (!items)
		return sp_error_set(err, SP_ERR_NOMEM, h->dir, 0, "not enough memory to compare it");
	for (size_t i = 0; i < count; i++) {
		sp_change change = {.path = paths[i]};
		bool is_double = i && strcmp(paths[i - 1], paths[i]) == 0; /* one kind of file then, another now */
		if (!is_double && kind_of(h, change.path, &change.kind))
			items[used++] = change;
	}
	*ret = (sp_changes){items, used};
	return SP_OK;
}

sp_status sp_history_changes(sp_history *history, sp_arena *arena, sp_changes *ret, sp_error *err)
{
	git_diff *diff = NULL;
	git_diff_options options;
	char *paths[] = {history->prefix};
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_INCLUDE_TYPECHANGE |
		GIT_DIFF_DISABLE_PATHSPEC_MATCH | GIT_DIFF_IGNORE_SUBMODULES;
	if (*history->prefix)
		options.pathspec = (git_strarray){paths, 1};
	int code = git_diff_tree_to_workdir_with_index(&diff, history->repository, history->root, &options);
	if (code)
		return spi_git_error(err, code, history->dir, "compare the folder with the revision");
	sp_status status = collect(history, diff, arena, ret, err);
	git_diff_free(diff);
	return status;
}
