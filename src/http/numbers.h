/* Numbers as a reader of a language writes them: 1.234,5 in Italian and German, 1,234.5 in English.
   Threads: any. All texts are in the arena, NULL when memory is out. */
#ifndef HTTP_NUMBERS_H
#define HTTP_NUMBERS_H

#include "sportello/arena.h"
#include "sportello/text.h"

/* With thousands apart and this many digits behind the comma (0 to 3). Not a number: "–". */
const char *spi_number(sp_lang lang, double value, int digits, sp_arena *arena);
/* "45,2%"; a German reader sees "45,2 %". Not a number: "–". */
const char *spi_percent(sp_lang lang, double share, int digits, sp_arena *arena);
/* What fits a small place: "842", "12,3k", "1,2M". Not a number: "–". */
const char *spi_compact(sp_lang lang, double value, sp_arena *arena);
/* "45 s", "3 min 20 s", "2 h 5 min". Not a number: "–". */
const char *spi_duration(sp_lang lang, double seconds, sp_arena *arena);

#endif
