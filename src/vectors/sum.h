/* A checksum for large files: 64 bits, of eight bytes at once. Against damage, not malice.
   Method: XXH64 (Y. Collet, "xxHash fast digest algorithm", 2012-2021); in this machine's byte order. */
#ifndef VECTORS_SUM_H
#define VECTORS_SUM_H

#include <stddef.h>
#include <stdint.h>

/* Go on from the sum of what stands before, or from 0. */
uint64_t spi_vectors_sum(uint64_t before, const void *data, size_t len);

#endif
