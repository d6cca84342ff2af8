/* What an open history holds, for the files of this module. */
#ifndef HISTORY_PRIVATE_H
#define HISTORY_PRIVATE_H

#include "sportello/history.h"

#include <git2.h>

struct sp_history {
	git_repository *repository;
	git_commit *commit;
	git_tree *root; /* of the commit */
	git_tree *tree; /* of the folder then; root itself where the folder is the repository's */
	char *prefix;   /* of the folder in the repository, "" or with a slash at its end */
	char *dir;      /* as the caller named it, for errors */
	char *real;     /* its real path */
	char hex[GIT_OID_HEXSZ + 1];
};

/* Note what libgit2 says about a failed call; what: what was tried ("read the commit"). */
sp_status spi_git_error(sp_error *err, int code, const char *source, const char *what);
/* A file's bytes as a checkout would write them. path: in the repository. Dispose of ret with git_buf_dispose(). */
sp_status spi_git_bytes(git_repository *repository, const git_oid *id, const char *path, git_buf *ret, sp_error *err);

#endif
