/*
 * The words of a body as people read them, piece by piece, for rules about the text. Taken along while the outline is
 * read, as the parsed tree is not kept.
 */
#ifndef KB_PROSE_H
#define KB_PROSE_H

#include "kb/markdown.h"
#include "kb/report.h"

typedef enum spi_piece_kind {
	SPI_PIECE_PARAGRAPH,
	SPI_PIECE_HEADING,
	SPI_PIECE_ITEM, /* a paragraph of a list's item */
	SPI_PIECE_ROW,  /* of a table; " | " between its cells */
	SPI_PIECE_CODE, /* a block of code */
} spi_piece_kind;

/* Marks inside a piece's text; no other character below a blank is in it but the line ends of the source. */
#define SPI_MARK_CODE '\x01'   /* a code within a line starts */
#define SPI_MARK_TARGET '\x02' /* behind a link's text: the address that it leads to starts */
#define SPI_MARK_END '\x03'

typedef struct spi_piece {
	const char *text;
	size_t len;
	spi_place place;
	sp_audiences only; /* the readers of the block that it is in; all bits when it is in none */
	spi_piece_kind kind;
} spi_piece;

typedef struct spi_prose {
	spi_piece *items;
	size_t count, cap;
	/* while it is read */
	sp_arena *arena;
	sp_buffer text;
	bool open;
} spi_prose;

/* One step of a walk through the tree. place: of the node. */
void spi_prose_visit(
	spi_prose *prose, cmark_node *node, cmark_event_type event, sp_audiences only, spi_place place);
/* After the walk. */
void spi_prose_end(spi_prose *prose);

/* The line of the file where a byte of a piece stands. */
spi_place spi_piece_place(const spi_piece *piece, size_t offset);
/* The byte after the marked part (code or target) that starts at offset. */
size_t spi_piece_skip(const char *text, size_t len, size_t offset);

#endif
