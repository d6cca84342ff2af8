/*
 * Blocks for one audience, `> [!agent-l1]`: found once in the source of a body, cut out of it for each view.
 *
 * What a reader may not see must be in no file that is made for him, so the cut is made in the source, before anything
 * is rendered: a link definition, a heading or half a code fence of a hidden block then cannot act on what is left.
 * cmark says which lines belong to a block quote (lazy continuation lines too); the marker is read from the
 * source itself, because cmark may take `[!agent-l1]` for a link. Whatever looks like a marker and is not one that
 * holds (unknown audience, wrong place, missing bracket) is a finding, and what it stands on is shown to nobody.
 */
#ifndef KB_BLOCKS_H
#define KB_BLOCKS_H

#include "kb/lines.h"
#include "kb/markdown.h"
#include "kb/report.h"

typedef struct spi_block {
	size_t start, end;               /* bytes of the body, without the last line's end */
	size_t marker_start, marker_end; /* the marker, with the blanks behind it; equal when there is none */
	size_t quote;                    /* the '>' that the block has when its marker is gone */
	sp_audiences audience;           /* 0 = nobody */
	const char *name;                /* of the audience; NULL = nobody */
	int parent;                      /* the group that it is in, -1 = none */
	bool is_group;                   /* no block itself: a list, item or quote that holds blocks and nothing else */
	size_t children;                 /* of a group */
} spi_block;

struct spi_blocks {
	spi_block *items; /* those inside before those that hold them */
	size_t count;
};

/*
 * Find the blocks of a parsed body.
 * config: NULL: no audience is known, all blocks are nobody's.
 * body_line: the body's first line in its file, for findings.
 * Each node that is a block carries its index + 1 as user data afterwards.
 * Returns NULL when memory is out.
 */
struct spi_blocks *spi_blocks_find(cmark_node *root, const spi_lines *lines, const sp_kb_config *config, int body_line,
	spi_report *report, sp_arena *arena);

/*
 * The body as those see it who read the audiences in readable.
 * ret_quotes: the audiences' quotes in it, by line.
 * Returns NULL when memory is out.
 */
const char *spi_blocks_cut_source(const struct spi_blocks *blocks, const char *body, size_t len, sp_audiences readable,
	sp_arena *arena, size_t *ret_len); /* the same, the markers of what is left stay */
const char *spi_blocks_cut(const struct spi_blocks *blocks, const char *body, size_t len, sp_audiences readable,
	sp_arena *arena, size_t *ret_len, spi_quote **ret_quotes, size_t *ret_quotes_count);

/*
 * Stands where a block was, so that what comes before and after it is read as before (a list must not go on behind it).
 * As HTML it is dropped with all other HTML.
 */
#define SPI_SEPARATOR "<!-- -->"

/* A deletion from a text. */
typedef struct spi_cut {
	size_t start, end;
	bool separate; /* leave a separator */
} spi_cut;

/*
 * What to delete so that a block is gone from a text that people read: its line stays, empty, unless there is a blank
 * line before it anyway; behind a bullet, the item's next text moves up.
 */
spi_cut spi_cut_block(const spi_lines *lines, size_t block_start, size_t block_end);
/* The text without the cuts (in any order, they may overlap; they are sorted). NULL when memory is out. */
char *spi_cuts_apply(spi_cut *cuts, size_t count, const char *text, size_t len, sp_arena *arena, size_t *ret_len);
/* Where a byte of the text is after the (sorted) cuts; SIZE_MAX when it is cut away. */
size_t spi_cuts_move(const spi_cut *cuts, size_t count, size_t offset);

#endif
