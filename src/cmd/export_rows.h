/* Articles of one audience as rows, in the formats that `sportello import` reads. */
#ifndef CMD_EXPORT_ROWS_H
#define CMD_EXPORT_ROWS_H

#include "sportello/kb.h"

typedef struct spi_export {
	const char *kb, *audience;
	sp_lang lang;   /* SP_LANG_NONE: all */
	sp_date day;    /* 0: today */
	bool csv;
} spi_export;

/* All rows, appended; without what may not be read. SP_ERR_USAGE: kb.yaml does not know the audience. */
sp_status spi_export_rows(const spi_export *what, sp_buffer *out, size_t *ret_count, sp_error *err);

#endif
