/* Adding phrasings to an article's file without touching anything else in it. */
#ifndef KB_QUESTIONS_ADD_H
#define KB_QUESTIONS_ADD_H

#include "sportello/kb.h"

/*
 * The file with more phrasings at the end of its `questions:` list, which is made when there is none. Every other byte
 * stays. What comes out was read again: it is the same article with these phrasings more.
 * path, bytes, len, config: as sp_article_parse() takes them
 * more: texts of one line each
 * SP_ERR_UNSUPPORTED when the front matter is written in a way that nothing can be added to safely; SP_ERR_INVALID when
 * it is no article; SP_ERR_NOMEM.
 */
sp_status spi_questions_add(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	const sp_strings *more, sp_buffer *out, sp_error *err);

#endif
