/* A piece: a run of letters and digits as it stands in the text, folded and composed (NFKC case folding). */
#ifndef TEXT_PIECE_H
#define TEXT_PIECE_H

#include "text/analyser.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct spi_piece {
	size_t start, end; /* in the text */
	size_t len;
	bool has_letter, has_digit, has_upper, has_lower, has_underscore;
	bool starts_with_letter;
	bool to_compose; /* holds decomposed code points */
	char word[SPI_WORD_MAX + 4];
} spi_piece;

/* Read the piece at start (a letter or digit is there) up to limit at most. Inside it may be single underscores between
   letters or digits, and, where it has been digits so far, single points, commas and colons between digits. */
void spi_piece_read(spi_piece *piece, const char *text, size_t limit, size_t start);
/* The next word from *pos on, which moves behind it; false when there is none. */
bool spi_piece_next(spi_piece *piece, const char *text, size_t len, size_t *pos);
/* Empty, to be filled with spi_piece_add(). */
void spi_piece_init(spi_piece *piece, size_t start);
/* Append bytes that are folded already; what does not fit is dropped, whole characters at a time. */
void spi_piece_add(spi_piece *piece, const char *bytes, size_t len);
/* Append the code points from start to end, folded. */
void spi_piece_add_range(spi_piece *piece, const char *text, size_t start, size_t end);
/* Compose what was added. */
void spi_piece_finish(spi_piece *piece);

/* The word without accents, not ended by a zero; its length. */
size_t spi_piece_plain(const spi_piece *piece, char ret[SPI_WORD_MAX]);

#endif
