/* Comma-separated values (RFC 4180), read record by record. */
#ifndef CMD_CSV_H
#define CMD_CSV_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stddef.h>

typedef struct spi_csv {
	const char *at, *end;
	const char *path;
	char separator; /* found out from the first line: , or ; or a tab */
	int line;       /* of the record that was read last */
	int next_line;
} spi_csv;

/* Start on a text (borrowed); a byte order mark is passed over. */
void spi_csv_init(spi_csv *csv, const char *path, const char *text, size_t len);
/* Read the next record's fields into the arena. *ret_count 0 at the end. SP_ERR_INVALID for a quote that is never closed. */
sp_status spi_csv_next(spi_csv *csv, sp_arena *arena, const char ***ret_fields, size_t *ret_count, sp_error *err);

#endif
