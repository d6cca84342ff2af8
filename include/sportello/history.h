/**
 * @file history.h
 * A folder of the knowledge base as it was at a revision of the git repository that holds it.
 *
 * The repository is only read: index, references and working files stay as they are. Paths are relative to the folder,
 * as sp_kb_scan() gives them, wherever in the repository the folder is (its root too; working trees of
 * `git worktree` as well). Bytes come as a checkout would write them (line ends by .gitattributes).
 * Links (symbolic ones) are kept as links; submodules inside the folder are passed over.
 */
#ifndef SPORTELLO_HISTORY_H
#define SPORTELLO_HISTORY_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A knowledge base at a revision. One thread at a time. */
typedef struct sp_history sp_history;

/**
 * Open the repository around @p dir at a revision.
 * @param dir  folder of the knowledge base, in a working tree; must exist
 * @param rev  as git names revisions: HEAD~1, main, v1.2, 3f2a9c1, main@{yesterday}, HEAD@{2026-01-31} (times are those of
 *             the reference's log on this machine); `main...` is where HEAD left main
 * @param ret  set on success; free with sp_history_close()
 * @return SP_OK; SP_ERR_NOT_FOUND (no such folder, no repository around it, no such revision, or no kb.yaml in that folder
 *         then); SP_ERR_INVALID (not one revision); SP_ERR_DENIED (the repository belongs to somebody else and is not
 *         marked as safe); SP_ERR_NOMEM; SP_ERR_CORRUPT, SP_ERR_IO. @p err names the remedy
 */
sp_status sp_history_open(const char *dir, const char *rev, sp_history **ret, sp_error *err);
void sp_history_close(sp_history *history); /**< NULL is accepted */

/** The commit that it is open at, 40 hexadecimal digits. Owned by the history. */
const char *sp_history_commit(const sp_history *history);
/** When it was committed, seconds since 1970 UTC. */
int64_t sp_history_time(const sp_history *history);

/**
 * Read one file as it was.
 * @param path   relative to the folder
 * @param max    most bytes to read
 * @param arena  owns the bytes, with a final zero behind them
 * @return SP_OK; SP_ERR_NOT_FOUND (it was not there then); SP_ERR_INVALID (a folder or a link); SP_ERR_TOO_LARGE; …
 */
sp_status sp_history_read(sp_history *history, const char *path, size_t max, sp_arena *arena, const char **ret,
	size_t *ret_len, sp_error *err);

typedef enum sp_change_kind {
	SP_CHANGE_ADDED,   /**< not there then; committed, staged or new and untracked */
	SP_CHANGE_CHANGED, /**< other bytes, or another kind of file */
	SP_CHANGE_REMOVED, /**< there then, not any more */
} sp_change_kind;

typedef struct sp_change {
	const char *path; /**< relative to the folder */
	sp_change_kind kind;
} sp_change;
typedef struct sp_changes { sp_change *items; size_t count; } sp_changes;

/**
 * The files that differ between the revision and the folder as it is on disk, sorted by path; each path once.
 * New files that git ignores are passed over. A renamed file is one removed and one added. A mode alone is no change.
 * @param arena  owns the result
 */
sp_status sp_history_changes(sp_history *history, sp_arena *arena, sp_changes *ret, sp_error *err);

/**
 * Write all files of the folder as they were into another folder.
 * @param into  is made when it is not there; must be empty (SP_ERR_CONFLICT). After a failure it holds what was
 *              written until then; the caller removes it
 */
sp_status sp_history_extract(sp_history *history, const char *into, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
