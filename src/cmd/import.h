/* Records on their way in: what a file says, before the first article is written. */
#ifndef CMD_IMPORT_H
#define CMD_IMPORT_H

#include "sportello/convert.h"
#include "sportello/kb.h"

typedef struct spi_importing {
	const char *path, *audience, *category;
	const char *map; /* file that says what audiences and categories of the other system are; NULL = none */
	sp_lang lang;
	sp_arena *arena;
	struct spi_import_row { sp_import_record record; int line; } *rows;
	size_t count, cap;
	size_t notes, left_out;
} spi_importing;

sp_status spi_import_take(spi_importing *im, const sp_import_record *record, int line, sp_error *err);
/* jsonl and csv (import_rows.c). */
sp_status spi_import_jsonl(spi_importing *im, sp_error *err);
sp_status spi_import_csv(spi_importing *im, sp_error *err);
/* Other systems' exports (import_other.c). */
sp_status spi_import_other(spi_importing *im, sp_convert_format format, sp_error *err);

#endif
