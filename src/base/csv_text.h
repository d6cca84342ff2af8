/* A text as a cell of CSV (RFC 4180). */
#ifndef SPI_BASE_CSV_TEXT_H
#define SPI_BASE_CSV_TEXT_H

#include "sportello/buffer.h"

/* In quotes where it must be. What a spreadsheet would take for a formula gets an apostrophe in front: it is shown, not worked out. */
void spi_csv_text(sp_buffer *out, const char *text);

#endif
