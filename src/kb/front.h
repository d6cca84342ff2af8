/* The front matter of a file, edited in place: what is not meant stays as it is, byte for byte (comments, order, quotes). */
#ifndef KB_FRONT_H
#define KB_FRONT_H

#include "kb/lines.h"
#include "sportello/buffer.h"
#include "sportello/kb.h"

typedef struct spi_front {
	const char *bytes; /* the whole file; borrowed */
	size_t len;
	size_t start, end; /* the front matter, between its fences */
	const char *line_end; /* as the first line ends */
	spi_lines lines;   /* of the whole file */
} spi_front;

/* Where a field of the root stands. Places are bytes of the file. */
typedef struct spi_front_field {
	bool found;
	bool odd;       /* it, or the whole, is written in a way that nothing can be done to safely */
	bool is_empty;  /* `key:` and nothing */
	bool is_list, is_flow;
	bool in_block;  /* its last piece is a text of several lines (| or >) */
	char quote;     /* of a text: '"', '\'', or 0 */
	size_t items;   /* of a list */
	size_t first_key; /* of all the keys of the root; SIZE_MAX = there is none */
	size_t key, begin, begin_end, last_end; /* its key; the value's start; the end of a list's opening; the end of its last piece */
} spi_front_field;

/* False when there is no front matter, or memory is out. */
bool spi_front_open(spi_front *front, const char *bytes, size_t len, sp_arena *arena);
/* False when it is no YAML; a field that is not there is told by `found`. */
bool spi_front_find(const spi_front *front, const char *key, spi_front_field *ret);
/* Where the line after the field begins. */
size_t spi_front_behind(const spi_front *front, const spi_front_field *field);
/* The blanks before a byte on its line. */
const char *spi_front_indent(const spi_front *front, size_t at, size_t *ret_len);

/* One field and the text that it is to have; NULL = the field goes. */
typedef struct spi_front_edit {
	const char *key, *value;
	const char *after; /* a new field is put behind this one, where that is there, else at the end; may be NULL */
} spi_front_edit;

/*
 * The file with these fields; a text stays in the quotes that it was in.
 * SP_ERR_UNSUPPORTED: a field cannot be edited safely (err says which and where); SP_ERR_INVALID: there is no front matter; SP_ERR_NOMEM.
 */
sp_status spi_front_set(const char *path, const char *bytes, size_t len, const spi_front_edit *edits, size_t count, sp_arena *arena,
	const char **ret, size_t *ret_len, sp_error *err);

#endif
