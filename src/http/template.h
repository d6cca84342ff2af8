/**
 * @file template.h
 * Pages from templates: a small, logic-less subset of Mustache, and the values that fill it.
 *
 *   {{name}}  {{a.b}}            a value, escaped for HTML text and attribute values
 *   {{{name}}}                   a value that is safe HTML already (an article's text)
 *   {{#name}} … {{/name}}        for each item of a list; once for an object, a true or a text that is not empty
 *   {{^name}} … {{/name}}        when there is nothing of the kind
 *   {{>name}}                    another template
 *   {{t.key}}                    a text of the catalogue in the page's language, its {placeholders} filled from the
 *                                values; escaped. {{{t.key}}}: the catalogue's text is HTML, what fills it is still
 * escaped.
 *   {{! … }}                     a remark
 *
 * Names are looked up from the innermost section outwards. Templates are compiled once, at start; a template that
 * cannot be understood, a partial or a text that does not exist is an error then, not when a reader comes.
 */
#ifndef HTTP_TEMPLATE_H
#define HTTP_TEMPLATE_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/status.h"
#include "sportello/text.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- values: built for one page on the request's arena ---- */

/**
 * A value: an object with named members, a list of objects, a text or a yes/no.
 * Every function accepts NULL for what it builds on, and does nothing then: a page that ran out of memory is told from
 * spi_templates_render(), not from each line that fills it. Names must be literals (they are kept as they are), texts
 * are borrowed until the page is rendered.
 */
typedef struct spi_value spi_value;

spi_value *spi_object_new(sp_arena *arena);
void spi_put_text(spi_value *object, const char *name, const char *text); /**< NULL puts nothing */
void spi_put_len(spi_value *object, const char *name, const char *text, size_t len);
void spi_put_int(spi_value *object, const char *name, int64_t number);
void spi_put_bool(spi_value *object, const char *name, bool yes);
spi_value *spi_put_object(spi_value *object, const char *name); /**< the new member */
spi_value *spi_put_list(spi_value *object, const char *name);	/**< the new, empty list */
spi_value *spi_list_add(spi_value *list);						/**< a new object at its end */
/** A member, NULL when there is none of that name. */
const spi_value *spi_get_member(const spi_value *object, const char *name);
/** The text of a member, NULL when it has none of that name. */
const char *spi_get_text(const spi_value *object, const char *name);

/* ---- templates: immutable once loaded, shared between threads ---- */

typedef struct spi_templates spi_templates;

/**
 * Compile all `pages/<name>.html`.
 * @param dir  folder that holds pages/, NULL: the built-in ones
 * @return SP_OK; SP_ERR_INVALID (@p err names template, line and tag); SP_ERR_NOT_FOUND, SP_ERR_IO (the folder);
 * SP_ERR_NOMEM
 */
sp_status spi_templates_load(const char *dir, spi_templates **ret, sp_error *err);
/** The same from texts: a list of {name, text}, ended by a NULL name. */
sp_status spi_templates_compile(const char *const (*sources)[2], spi_templates **ret, sp_error *err);
void spi_templates_free(spi_templates *templates); /**< NULL is accepted */

/**
 * Write a page.
 * @param lang  language of the catalogue's texts
 * @param out   the page is appended
 * @return SP_OK; SP_ERR_NOT_FOUND (no such template); SP_ERR_NOMEM
 */
sp_status spi_templates_render(const spi_templates *templates, const char *name, const spi_value *values, sp_lang lang,
	sp_buffer *out, sp_error *err);

#endif
