#include "base/sorted.h"

#include <string.h>

size_t spi_first_from(const void *list, size_t count, spi_key_of *key_of, const char *key)
{
	size_t from = 0, to = count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(key_of(list, middle), key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}
