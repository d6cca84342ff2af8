/**
 * @file catalog.h
 * The texts that people read (replies, pages, messages of the linter), by language and key.
 *
 * They live in `web/texts/<lang>/<file>.properties`: lines `key = text`, `#` comments, a line that starts with
 * white space goes on with the one before, `\n` for a line end, `{name}` for what is filled in. The build puts all
 * files into the library; nothing is read at run time. A key missing in a language falls back to Italian, a key
 * missing there to the key itself (a test makes sure that no key is missing anywhere).
 * Threads: all functions may be called from any thread.
 */
#ifndef SPORTELLO_CATALOG_H
#define SPORTELLO_CATALOG_H

#include "sportello/arena.h"
#include "sportello/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What fills a `{name}`; a list of them ends with a NULL name. */
typedef struct sp_fill {
	const char *name;
	const char *value;
} sp_fill;

/** The text of a key, placeholders and all. Never NULL; static. */
const char *sp_catalog_text(sp_lang lang, const char *key);
/** The same, NULL when no language has the key. */
const char *sp_catalog_find(sp_lang lang, const char *key);
/** The text with its placeholders filled; owned by @p arena; NULL when memory is out. Unknown placeholders stay. */
const char *sp_catalog_fill(sp_lang lang, const char *key, const sp_fill *fills, sp_arena *arena);
/** All keys and texts of a language, in order of keys, for tests and for the pages' scripts. */
size_t sp_catalog_each(sp_lang lang, void (*visit)(const char *key, const char *text, void *arg), void *arg);

#ifdef __cplusplus
}
#endif
#endif
