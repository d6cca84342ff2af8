/* Files that the build puts into the library (embed.sh makes the tables). Immutable. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_embedded {
	const char *name; /* path below the folder that was embedded */
	const char *data; /* followed by a zero */
	const char *end;
} spi_embedded;

/* A table ends with a NULL name; sorted by name. */
extern const spi_embedded spi_embedded_texts[];  /* web/texts: "it/check.properties" */
extern const spi_embedded spi_embedded_web[];    /* the pages as served: "static/app.css", "pages/home.html" */
extern const spi_embedded spi_embedded_schema[]; /* src/store/schema: "0001-first.sql" */
extern const spi_embedded spi_embedded_cues[];   /* src/answer/cues: "it/person.txt" */
extern const spi_embedded spi_embedded_skeletons[]; /* web/skeletons: "articles/it/qa.md", "kb/common/.editorconfig" */

/* NULL when the table has no such name. */
const spi_embedded *spi_embedded_find(const spi_embedded *table, const char *name);

#ifdef __cplusplus
}
#endif
#endif
