/* Finding the repository, the revision in it, and the folder in that. */
#include "history/history_private.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *said(void)
{
	const git_error *error = git_error_last();
	return error && error->message ? error->message : "no reason given";
}

sp_status spi_git_error(sp_error *err, int code, const char *source, const char *what)
{
	const git_error *error = git_error_last();
	sp_status status = SP_ERR_CORRUPT;
	if (error && error->klass == GIT_ERROR_NOMEMORY)
		status = SP_ERR_NOMEM;
	else if (error && (error->klass == GIT_ERROR_OS || error->klass == GIT_ERROR_FILESYSTEM))
		status = SP_ERR_IO;
	else if (code == GIT_ENOTFOUND)
		status = SP_ERR_NOT_FOUND;
	return sp_error_set(err, status, source, 0, "git cannot %s: %s", what, said());
}

/* libgit2 passes over a .git that may not be looked into, as if there were none. The first one on the way up; its folder's length. */
static size_t closed_repository(const char *real)
{
	char path[PATH_MAX];
	for (size_t len = strlen(real); len > 0; len--) {
		if (real[len] != '/' && real[len] != '\0')
			continue;
		snprintf(path, sizeof path, "%.*s/.git/HEAD", (int)len, real);
		if (access(path, R_OK) != 0 && errno == EACCES)
			return len;
	}
	return 0;
}

/* Why there was none. libgit2 1.5 says "not found" too where the owner is another one and no folder is marked as safe;
   looking for the repository does not ask for its owner. */
static sp_status no_repository(int code, const char *dir, const char *real, sp_error *err)
{
	git_buf found = GIT_BUF_INIT;
	sp_status status;
	bool is_there = (code == GIT_ENOTFOUND || code == GIT_EOWNER) && git_repository_discover(&found, real, 0, NULL) == 0;
	size_t len = is_there ? found.size : 0;
	if (len > 6 && strcmp(found.ptr + len - 6, "/.git/") == 0)
		len -= 6;
	if (is_there || code == GIT_EOWNER)
		status = sp_error_set(err, SP_ERR_DENIED, dir, 0,
			"the git repository around it belongs to another user, so git does not trust it; if you do: git config "
			"--global --add safe.directory %.*s",
			len ? (int)len : 1, len ? found.ptr : "*");
	else if (code == GIT_ENOTFOUND && (len = closed_repository(real)) > 0)
		status = sp_error_set(err, SP_ERR_DENIED, dir, 0, "%.*s/.git cannot be read; check its permissions", (int)len, real);
	else if (code == GIT_ENOTFOUND)
		status = sp_error_set(err, SP_ERR_NOT_FOUND, dir, 0,
			"there is no git repository around this folder, so there is no earlier state; put it under git (git init, git "
			"add, git commit)");
	else if (strstr(said(), "objectformat"))
		status = sp_error_set(err, SP_ERR_UNSUPPORTED, dir, 0,
			"the git repository around it names its commits by SHA-256, which is not read here; use one by SHA-1 (git init without "
			"--object-format)");
	else
		status = spi_git_error(err, code, dir, "open the repository");
	git_buf_dispose(&found);
	return status;
}

/* Where the folder is in the repository's working tree. */
static sp_status find_prefix(sp_history *h, sp_error *err)
{
	const char *workdir = git_repository_workdir(h->repository), *real = h->real;
	char *top = workdir ? realpath(workdir, NULL) : NULL;
	size_t len = top ? strlen(top) : 0;
	if (len == 1)
		len = 0; /* the root of the file system */
	bool is_inside = top && strncmp(real, top, len) == 0 && (real[len] == '/' || !real[len]);
	free(top);
	if (!is_inside)
		return sp_error_set(err, SP_ERR_NOT_FOUND, h->dir, 0,
			"this folder is not in the working tree of the git repository around it; name the folder of a checkout");
	const char *inside = real + len + (real[len] == '/');
	size_t size = strlen(inside) + 2;
	h->prefix = malloc(size);
	if (!h->prefix)
		return sp_error_set(err, SP_ERR_NOMEM, h->dir, 0, "not enough memory to look into its history");
	snprintf(h->prefix, size, "%s%s", inside, *inside ? "/" : "");
	return SP_OK;
}

static sp_status open_repository(sp_history *h, sp_error *err)
{
	int code = git_repository_open_ext(&h->repository, h->real, 0, NULL);
	return code ? no_repository(code, h->dir, h->real, err) : find_prefix(h, err);
}

static sp_status no_revision(const sp_history *h, int code, const char *rev, sp_error *err)
{
	if (code == GIT_EAMBIGUOUS)
		return sp_error_set(err, SP_ERR_INVALID, rev, 0, "more than one revision can be meant; write more of its digits");
	if (code == GIT_EINVALIDSPEC)
		return sp_error_set(err, SP_ERR_INVALID, rev, 0,
			"is not how git names a revision; write for example HEAD~1, main, a tag, or main@{yesterday}");
	if (code != GIT_ENOTFOUND)
		return spi_git_error(err, code, rev, "find the revision");
	if (git_repository_is_shallow(h->repository))
		return sp_error_set(err, SP_ERR_NOT_FOUND, rev, 0,
			"there is no such revision in this repository, which has only the last commits; fetch the others (git fetch "
			"--unshallow; in CI a checkout with the whole history, fetch-depth: 0)");
	return sp_error_set(err, SP_ERR_NOT_FOUND, rev, 0,
		"there is no such revision in the git repository of %s; git log and git branch -a show those that there are",
		h->dir);
}

/* `a...b`: where the two parted. `a..b` names no single state. */
static int find_commit(sp_history *h, const char *rev)
{
	git_revspec spec = {0};
	git_object *peeled = NULL;
	int code = git_revparse(&spec, h->repository, rev);
	if (!code && spec.flags & GIT_REVSPEC_MERGE_BASE) {
		git_oid base;
		code = git_merge_base(&base, h->repository, git_object_id(spec.from), git_object_id(spec.to));
		if (!code)
			code = git_commit_lookup(&h->commit, h->repository, &base);
	} else if (!code && spec.flags & GIT_REVSPEC_RANGE) {
		code = GIT_EINVALIDSPEC;
	} else if (!code) {
		code = git_object_peel(&peeled, spec.from, GIT_OBJECT_COMMIT);
		if (code == GIT_EPEEL)
			code = GIT_EINVALIDSPEC; /* a tree or a file */
		h->commit = (git_commit *)peeled;
	}
	git_object_free(spec.from);
	git_object_free(spec.to);
	return code;
}

static sp_status not_there_then(const sp_history *h, const char *rev, const char *what, sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOT_FOUND, h->dir, 0,
		"%s at the revision %s (%.10s); name a later one (git log -- %s/kb.yaml shows them)", what, rev, h->hex, h->dir);
}

static sp_status find_folder(sp_history *h, const char *rev, sp_error *err)
{
	git_tree_entry *entry = NULL;
	size_t len = strlen(h->prefix);
	if (!len) {
		if (git_tree_dup(&h->tree, h->root))
			return spi_git_error(err, 0, h->dir, "read the folder");
	} else {
		h->prefix[len - 1] = '\0'; /* without the slash */
		int code = git_tree_entry_bypath(&entry, h->root, h->prefix);
		h->prefix[len - 1] = '/';
		if (code == GIT_ENOTFOUND || (!code && git_tree_entry_type(entry) != GIT_OBJECT_TREE)) {
			git_tree_entry_free(entry);
			return not_there_then(h, rev, "this folder was not there", err);
		}
		if (!code)
			code = git_tree_lookup(&h->tree, h->repository, git_tree_entry_id(entry));
		git_tree_entry_free(entry);
		if (code)
			return spi_git_error(err, code, h->dir, "read the folder");
	}
	return git_tree_entry_byname(h->tree, "kb.yaml")
		? SP_OK
		: not_there_then(h, rev, "this folder had no kb.yaml, so it was no knowledge base,", err);
}

static sp_status open_all(sp_history *h, const char *rev, sp_error *err)
{
	sp_status status = open_repository(h, err);
	if (status != SP_OK)
		return status;
	int code = find_commit(h, rev);
	if (code)
		return no_revision(h, code, rev, err);
	git_oid_tostr(h->hex, sizeof h->hex, git_commit_id(h->commit));
	code = git_commit_tree(&h->root, h->commit);
	return code ? spi_git_error(err, code, rev, "read the commit") : find_folder(h, rev, err);
}

sp_status sp_history_open(const char *dir, const char *rev, sp_history **ret, sp_error *err)
{
	if (git_libgit2_init() < 0)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to look into its history");
	sp_history *h = calloc(1, sizeof *h);
	sp_status status = SP_OK;
	if (h) {
		h->real = realpath(dir, NULL);
		h->dir = strdup(dir);
	} else {
		git_libgit2_shutdown();
	}
	if (!h || !h->dir)
		status = sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to look into its history");
	else if (!h->real)
		status = sp_error_set(
			err, SP_ERR_NOT_FOUND, dir, 0, "there is no such folder; name the folder of the knowledge base with --kb");
	else
		status = open_all(h, rev, err);
	if (status == SP_OK)
		*ret = h;
	else
		sp_history_close(h);
	return status;
}

void sp_history_close(sp_history *h)
{
	if (!h)
		return;
	git_tree_free(h->tree);
	git_tree_free(h->root);
	git_commit_free(h->commit);
	git_repository_free(h->repository);
	git_libgit2_shutdown();
	free(h->prefix);
	free(h->dir);
	free(h->real);
	free(h);
}

const char *sp_history_commit(const sp_history *history)
{
	return history->hex;
}

int64_t sp_history_time(const sp_history *history)
{
	return git_commit_time(history->commit);
}
