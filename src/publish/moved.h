/* What is no longer served but leads on: retired articles, and those that end and name a successor. One list for all audiences lives
   in the snapshot; who asks is told only of what its audience may have read. */
#ifndef PUBLISH_MOVED_H
#define PUBLISH_MOVED_H

#include "publish/table.h"

typedef struct spi_moved spi_moved;

/* Of the files that are there. NULL when memory is out. */
spi_moved *spi_moved_make(const spi_table *table);
void spi_moved_free(spi_moved *moved); /* NULL is accepted */
/* Stands for all that it says. */
uint64_t spi_moved_hash(const spi_moved *moved);

typedef struct spi_moved_entry {
	const char *id, *replaced_by; /* replaced_by "" = nothing */
	sp_lang lang;
	sp_audiences audience;
	bool retired;                 /* else it is served until its last day: */
	sp_date valid_until;
} spi_moved_entry;

/* The article in a language; SP_LANG_NONE: in whatever it is there, retired ones first. NULL when there is none for these readers. */
const spi_moved_entry *spi_moved_find(const spi_moved *moved, const char *id, sp_lang lang, sp_audiences reads);

#endif
