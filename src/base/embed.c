#include "base/embed.h"

#include <string.h>

const spi_embedded *spi_embedded_find(const spi_embedded *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}
