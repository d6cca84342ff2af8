/* Looking up in lists that are sorted by a text. */
#ifndef BASE_SORTED_H
#define BASE_SORTED_H

#include <stddef.h>

/* The text of one item. */
typedef const char *spi_key_of(const void *list, size_t item);

/* The first item whose text is not before key (in strcmp's order); count when all are before it. */
size_t spi_first_from(const void *list, size_t count, spi_key_of *key_of, const char *key);

#endif
