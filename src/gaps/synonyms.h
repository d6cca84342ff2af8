/* kb.yaml with one more synonym, and every other byte as it was. */
#ifndef GAPS_SYNONYMS_H
#define GAPS_SYNONYMS_H

#include "sportello/buffer.h"
#include "sportello/kb.h"

/*
 * The file with `word` in the group of synonyms of that language that has `known`, or in a new group with it. Nothing changes when they
 * are in one already. What comes out was read again.
 * SP_ERR_INVALID: one of the words cannot stand there; SP_ERR_UNSUPPORTED: the file is written in a way that nothing can be
 * added to safely; SP_ERR_NOMEM.
 */
sp_status spi_synonyms_add(const char *bytes, size_t len, sp_lang lang, const char *word, const char *known, sp_buffer *out, sp_error *err);

#endif
