/* Between opening the file of vectors that were made once and writing it. */
#ifndef VECTORS_MADE_FILE_H
#define VECTORS_MADE_FILE_H

#include "vectors/made.h"

#include <sys/types.h>

/* Records begin here. */
#define SPI_MADE_HEAD_SIZE 512

/* Give errno; what is missing at the file's end is EIO. */
int spi_made_read_at(int fd, void *data, size_t len, off_t at);
int spi_made_write_at(int fd, const void *data, size_t len, off_t at);
int spi_made_write_head(const spi_made *made, int fd);
/* Put a file with what was used in the place of what is there. */
sp_status spi_made_replace(spi_made *made, sp_error *err);

#endif
