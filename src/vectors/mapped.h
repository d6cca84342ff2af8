/* A file of an index that is written once, whole, and mapped from then on: a head with magic, format and a checksum over all. In this
   machine's byte order; a file of another counts as damaged or newer, and is made again from the articles. */
#ifndef VECTORS_MAPPED_H
#define VECTORS_MAPPED_H

#include "sportello/status.h"

#include <stddef.h>
#include <stdint.h>

/* The file's parts and its rows begin at multiples of it. */
#define SPI_MAPPED_ALIGNMENT 64

typedef struct spi_mapped_head {
	char magic[8];
	uint32_t format;
	uint32_t width;   /* of a row */
	uint64_t count;   /* of labels */
	uint64_t rows;    /* where there is not one for each label; else 0 */
	uint64_t unused[3];
	uint64_t sum;     /* of all before and all after */
} spi_mapped_head;
_Static_assert(sizeof(spi_mapped_head) == SPI_MAPPED_ALIGNMENT, "labels and rows are aligned");

typedef struct spi_mapped {
	const spi_mapped_head *head; /* the file begins with it */
	size_t size;
} spi_mapped;

size_t spi_mapped_aligned(size_t n);
/* What stands so many bytes from the start of the file. */
const void *spi_mapped_at(const spi_mapped *mapped, size_t at);

/* Put the checksum into a whole file and write it, durable. file begins with its head; magic is of 8 characters. */
sp_status spi_mapped_write(const char *path, const char *magic, void *file, size_t size, sp_error *err);
/* Map it when magic, format and checksum are right. SP_ERR_NOT_FOUND, SP_ERR_CORRUPT, SP_ERR_NEWER, SP_ERR_IO. */
sp_status spi_mapped_open(const char *path, const char *magic, uint32_t format, spi_mapped *ret, sp_error *err);
/* A zeroed one is accepted. */
void spi_mapped_close(spi_mapped *mapped);
/* Says what to do about it. */
sp_status spi_mapped_damaged(const char *path, const char *what, sp_error *err);

#endif
