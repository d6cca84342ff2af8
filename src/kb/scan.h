/* Walking the folder of a knowledge base. */
#ifndef KB_SCAN_H
#define KB_SCAN_H

#include "sportello/kb.h"

typedef enum spi_odd { SPI_ODD_PLACE, SPI_ODD_NAME, SPI_ODD_LANGUAGE, SPI_ODD_OUTSIDE, SPI_ODD_CLOSED, SPI_ODD_NOTHING, SPI_ODD_NO_FILE } spi_odd;

/* Told of each Markdown file that the scan passes over and an editor may have meant otherwise; path is relative. */
typedef void spi_scan_odd(void *arg, spi_odd what, const char *path);

/* As sp_kb_scan(), and tells of what it passes over: a folder that may not be read (CLOSED) too, which without odd is an error; a link
   to nothing (NOTHING). odd may be NULL. deep: also below the folders that articles are in, which may hold many other files. */
sp_status spi_scan(const char *dir, sp_arena *arena, bool deep, spi_scan_odd *odd, void *arg, sp_kb_files *ret, sp_error *err);

#endif
