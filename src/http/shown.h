/* What was noted of somebody's searches a moment ago: people see the same text again with each key they press, and an auditor wants to read
   of it once. A table of fixed size; what falls out of it is noted once more. */
#ifndef HTTP_SHOWN_H
#define HTTP_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#define SPI_SHOWN_S 600 /* after so long it is told again */

struct spi_shown;
struct spi_shown *spi_shown_new(void); /* NULL when memory is out */
void spi_shown_free(struct spi_shown *shown); /* NULL is accepted */
/* Whether this (a hash of who and what) was not there in the last SPI_SHOWN_S; now it is. Threads: any. */
bool spi_shown_add(struct spi_shown *shown, uint64_t what, int64_t now_utc_s);
/* As if it had not been added: it came to nothing. */
void spi_shown_take_back(struct spi_shown *shown, uint64_t what);

#endif
