/* Random names that nobody can guess. */
#ifndef STORE_IDS_H
#define STORE_IDS_H

#include <stddef.h>

/* @p count random characters of Crockford's base32 in lower case (no i, l, o, u), 5 bits each, and a final zero. */
void spi_random_text(char *ret, size_t count);

#endif
