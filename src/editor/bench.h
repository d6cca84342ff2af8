/* One moment of the workbench: made by bench.c, kept by workbench.c. */
#ifndef EDITOR_BENCH_H
#define EDITOR_BENCH_H

#include "sportello/arena.h"
#include "sportello/workbench.h"

#include <stdatomic.h>

typedef struct spi_bench {
	sp_bench shown;
	atomic_uint refs;
	sp_arena *arena; /* owns itself too */
	sp_findings *findings;
	uint64_t print; /* of all that an editor can see: stands for it when two are compared */
	uint64_t trace; /* of what it was made from: spi_bench_trace() at that time */
} spi_bench;

/* Look at the folder. config: for what the files say; borrowed. before: rows of files that did not change are taken from it;
   NULL = none. NULL when memory is out. */
spi_bench *spi_bench_make(const char *dir, const sp_kb_config *config, sp_publisher *publisher, sp_lang lang, const spi_bench *before);
/* A number that stands for what a bench would be made from now: the files' sizes and times, what is published, the day. Costs a look at
   each file's date, no reading. 0 when memory is out. */
uint64_t spi_bench_trace(const char *dir, sp_publisher *publisher);
spi_bench *spi_bench_ref(spi_bench *bench);
void spi_bench_unref(spi_bench *bench); /* NULL is accepted */

#endif
