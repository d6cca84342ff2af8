/* Changes to the bytes of one file, by place; what they leave out stays as it is, byte for byte. */
#ifndef KB_FIX_EDITS_H
#define KB_FIX_EDITS_H

#include "kb/facts.h"
#include "kb/fix/mend.h"

typedef enum spi_edit_kind {
	SPI_EDIT_MARK,   /* the byte order mark */
	SPI_EDIT_LINE_END,
	SPI_EDIT_BLANKS, /* at the end of a line */
	SPI_EDIT_LAST,   /* the last line's missing end */
	SPI_EDIT_MEND,   /* of a rule */
	SPI_EDIT_KINDS,
} spi_edit_kind;

typedef struct spi_edit {
	size_t start, end; /* bytes that go */
	const char *text;  /* that comes instead */
	spi_edit_kind kind;
	const spi_mend *mend;
	bool is_done; /* set by spi_edits_apply() */
} spi_edit;

typedef struct spi_edits {
	sp_arena *arena;
	const char *text; /* the file */
	size_t len;
	spi_lines lines;
	spi_edit *items;
	size_t count, cap;
	bool failed; /* memory was out */
} spi_edits;

/* Begin with a file's bytes, borrowed. */
bool spi_edits_init(spi_edits *edits, const char *text, size_t len, sp_arena *arena);
/* NULL when memory is out (edits->failed). */
spi_edit *spi_edits_add(spi_edits *edits, spi_edit_kind kind, size_t start, size_t end, const char *text);
/* Forget all after the first count. */
void spi_edits_cut(spi_edits *edits, size_t count);
/* The text with the edits made; of two that overlap the first that begins, or the longer, is done. NULL when memory is out. */
const char *spi_edits_apply(spi_edits *edits, size_t *ret_len);

/*
 * Byte order mark, line ends, blanks at the ends of lines, the missing last line end.
 * is_yaml: the whole file is YAML (kb.yaml); else it is an article. Blanks stay where they mean something: in code, as
 * Markdown's line break, in YAML's texts of several lines; and in a file that cannot be read.
 */
void spi_edits_blanks(spi_edits *edits, bool is_yaml);

/* What a rule proposes, if the file has there what the rule saw. */
void spi_edits_mend(spi_edits *edits, const spi_mend *mend);

#endif
