/* Where articles name another one: links, related, what a notice covers, what a module is made of, successors. */
#ifndef KB_NAMING_H
#define KB_NAMING_H

#include "sportello/kb.h"

typedef struct spi_naming {
	const char *path; /* relative to the folder */
	int line;
} spi_naming;

/* All places outside the article itself, by path and line. Files that cannot be read have none. texts: of arena. */
sp_status spi_naming_find(const char *dir, const sp_kb_config *config, const char *id, sp_arena *arena, spi_naming **ret,
	size_t *ret_count, sp_error *err);

#endif
