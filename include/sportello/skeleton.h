/**
 * @file skeleton.h
 * New articles and new knowledge bases from the skeletons that are built in (web/skeletons).
 *
 * A skeleton is right in all that a program can know; what only its editor knows stands in it as a mark of the article's
 * language (the linter's rule `placeholder`), and its status is draft.
 */
#ifndef SPORTELLO_SKELETON_H
#define SPORTELLO_SKELETON_H

#include "sportello/arena.h"
#include "sportello/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_skeleton {
	const char *type;     /**< "qa"… */
	const char *id, *category;
	const char *title, *owner; /**< NULL: a mark */
	const char *audience; /**< keys with commas between; NULL: none, and the linter says so */
	sp_lang lang;         /**< SP_LANG_NONE: the knowledge base's first */
	int64_t now_utc_s;
} sp_skeleton;

/**
 * Write the skeleton of an article to its place.
 * @param dir       folder of kb.yaml
 * @param arena     owns what is returned
 * @param ret_path  the new file
 * @return SP_OK; SP_ERR_INVALID (unknown category, audience, language, bad id: the text says which, and what was meant);
 *         SP_ERR_CONFLICT (this language has the id already); SP_ERR_NOT_FOUND (no kb.yaml); others of the file system
 */
sp_status sp_skeleton_article(const char *dir, const sp_skeleton *what, sp_arena *arena, const char **ret_path, sp_error *err);

/**
 * Write a starter knowledge base: kb.yaml, an example of each type, and what editors' programs, git and CI look for.
 * @param dir        may be there, but none of the files
 * @param ret_files  paths written, relative to @p dir
 * @return SP_OK; SP_ERR_CONFLICT (a file is there already: nothing was written); others of the file system
 */
sp_status sp_skeleton_kb(const char *dir, sp_lang lang, int64_t now_utc_s, sp_arena *arena, sp_strings *ret_files, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
