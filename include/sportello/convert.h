/**
 * @file convert.h
 * Other systems' articles: their HTML as Markdown, their exports as records.
 *
 * What comes in is nobody's friend: sizes, nesting and numbers are bounded, nothing is fetched, no entity is expanded, and
 * what comes out has no raw HTML, no unsafe link and no audience marker.
 * Threads: any, each with an arena of its own.
 */
#ifndef SPORTELLO_CONVERT_H
#define SPORTELLO_CONVERT_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_CONVERT_MAX_BYTES ((size_t)256 * 1024 * 1024) /**< a whole export */
#define SP_CONVERT_MAX_HTML ((size_t)1024 * 1024)        /**< one article */

/** Formats that are understood: X(enum, name on the command line) */
#define SP_CONVERT_LIST(X) \
	X(SP_CONVERT_FAQPAGE, "faqpage")       /* schema.org FAQPage or QAPage: JSON-LD in a saved HTML page, or alone */ \
	X(SP_CONVERT_ZENDESK, "zendesk")       /* Help Center API: {"articles", "sections", "categories", "translations"} */ \
	X(SP_CONVERT_SERVICENOW, "servicenow") /* kb_knowledge records: {"result": […]} or {"records": […]} */ \
	X(SP_CONVERT_PHPMYFAQ, "phpmyfaq")     /* its XML and its JSON export */

typedef enum sp_convert_format {
#define SP_CONVERT_ENUM(name, text) name,
	SP_CONVERT_LIST(SP_CONVERT_ENUM)
#undef SP_CONVERT_ENUM
	SP_CONVERT_COUNT
} sp_convert_format;

/** SP_CONVERT_COUNT when there is none of this name. */
sp_convert_format sp_convert_format_of(const char *name);

/** One article as it will be. Texts live in the arena. */
typedef struct sp_converted {
	const char *record;   /**< how to name it to people: "article 42" */
	const char *id;       /**< from the title: stable, one for all translations */
	const char *title, *markdown;
	const char *category; /**< as the other system calls it; NULL = none */
	sp_lang lang;         /**< SP_LANG_NONE: it does not say */
	const char *status;   /**< "draft", "published", "retired" */
	sp_strings keywords;
	sp_strings segments;  /**< groups of users that it is limited to there; none: everybody */
	sp_date updated, valid_until;
	const char *source;   /**< its address; NULL = none */
} sp_converted;

/** Something that was lost or changed on the way: text `convert.<what>` of the catalogue. */
typedef void sp_convert_note(const char *record, const char *field, const char *what, const char *value, void *arg);

/**
 * Read an export.
 * @param name   of the file, for errors
 * @param note   may be NULL
 * @param ret    owned by @p arena
 * @return SP_OK; SP_ERR_INVALID (not of this format: @p err says where); SP_ERR_TOO_LARGE; SP_ERR_NOMEM
 */
sp_status sp_convert_read(sp_convert_format format, const char *name, const char *bytes, size_t len, sp_convert_note *note,
	void *arg, sp_arena *arena, sp_converted **ret, size_t *ret_count, sp_error *err);

/**
 * HTML as Markdown, appended to @p out: headings from level 2, lists, tables, links, emphasis, code, line breaks. Scripts, styles and
 * forms are dropped; an image leaves its alternative text.
 * @param record, note, arg  told what was dropped; note may be NULL
 * @return SP_OK; SP_ERR_TOO_LARGE (more than SP_CONVERT_MAX_HTML); SP_ERR_NOMEM
 */
sp_status sp_convert_html(const char *html, size_t len, const char *record, sp_convert_note *note, void *arg, sp_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
