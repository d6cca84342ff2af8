/**
 * @file life.h
 * The life of an article: draft, published, retired. Its files are edited in place: of the front matter only the lines that say so
 * change (status, updated, reviewed_by, replaced_by).
 *
 * An edit of a published article waits in `<id>.draft.md` beside it (sp_kb_is_waiting()); to publish it is one rename, so that
 * whatever breaks it off leaves the old text or the new one.
 * Threads: any, but one at a time on one folder.
 */
#ifndef SPORTELLO_LIFE_H
#define SPORTELLO_LIFE_H

#include "sportello/arena.h"
#include "sportello/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which article. All borrowed for the call. */
typedef struct sp_life {
	const char *dir;       /**< of the knowledge base */
	const char *id;
	sp_lang lang;          /**< SP_LANG_NONE: the one that there is; of several, each call says what it does */
	sp_arena *arena;       /**< owns what is returned */
} sp_life;

/**
 * Make the copy in which an edit waits: status draft, and nobody has reviewed it. Of several languages the service's own.
 * @param ret_path  the copy, as the user would open it
 * @return SP_OK; SP_ERR_NOT_FOUND (no such article); SP_ERR_CONFLICT (an edit waits already; it is no published one);
 *         SP_ERR_INVALID (kb.yaml or the article cannot be read); SP_ERR_UNSUPPORTED (its front matter cannot be edited safely);
 *         others of the file system
 */
sp_status sp_life_edit(const sp_life *life, const char **ret_path, sp_error *err);

typedef struct sp_life_publish {
	const char *reviewed_by; /**< who read it; NULL: as the text says */
	bool as_is;              /**< `updated` stays as it is; else it becomes today */
} sp_life_publish;
/**
 * Publish an edit that waits, or a first draft. Of several languages the one in which something waits; where that are several, none.
 * @param findings  receives the linter's on the text as it will be, and errors that it would make elsewhere
 * @param ret_path  the published file, as the user would open it
 * @return SP_OK; SP_ERR_INVALID (there are errors among the findings: it is as it was; or as above); SP_ERR_NOT_FOUND (no such article);
 *         SP_ERR_CONFLICT (nothing waits; the published text moved on since the edit was begun; the owner cannot be the reviewer);
 *         SP_ERR_USAGE (a language must be named); others as above
 */
sp_status sp_life_make_public(const sp_life *life, const sp_life_publish *options, sp_findings *findings, const char **ret_path,
	sp_error *err);

/** A place that names an article. */
typedef struct sp_life_link { const char *file; int line; } sp_life_link;
typedef struct sp_life_retired {
	sp_strings files;      /**< that were retired, as the user would open them */
	sp_life_link *links; size_t links_count; /**< where other articles name it, by file */
	bool is_hidden;        /**< some of its readers may not read the successor: for them it is gone */
} sp_life_retired;
/**
 * Retire an article; without a language, in all that it is there in. One that is retired can be given another successor.
 * @param replaced_by  id of a published article; NULL: it has ended and nothing takes its place
 * @return SP_OK; SP_ERR_NOT_FOUND (it, or the successor); SP_ERR_CONFLICT (an edit waits; it was never published; the successor is
 *         not published, or leads back to it); others as above. What was retired before a failure stays retired
 */
sp_status sp_life_retire(const sp_life *life, const char *replaced_by, sp_life_retired *ret, sp_error *err);

/**
 * Write a folder of a knowledge base as it will be when all edits that wait are published: to ask what that does to the answers.
 * @param to  made anew; what is there is removed
 * @return SP_OK; SP_ERR_UNSUPPORTED (an edit's front matter cannot be edited safely); others of the file system
 */
sp_status sp_life_lay_ahead(const char *dir, const char *to, size_t *ret_waiting, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
