/* What each client may ask for: so many requests a second, and so many at once when it was quiet before. A client is an address, or who a
   token or session stands for. The table has a fixed size and needs no clearing: where it is full, the client that spent least lately is
   forgotten, and begins anew. Threads: any. */
#ifndef HTTP_BUDGET_H
#define HTTP_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct spi_budget spi_budget;

#define SPI_BUDGET_CLIENTS 65536 /* that are remembered; 1 MB */

/* What a client is known by; kinds do not meet. */
typedef enum spi_client_kind { SPI_CLIENT_ADDRESS, SPI_CLIENT_STRANGER /* an address that tries out tokens */, SPI_CLIENT_PERSON } spi_client_kind;

/* @p burst at once, @p rate of them a second earned back. NULL when memory is out. */
spi_budget *spi_budget_new(unsigned rate, unsigned burst);
void spi_budget_free(spi_budget *budget); /* NULL is accepted */

/* Spend one. 0 = it was there; else the seconds, at least one, until there is one again: nothing was spent. */
unsigned spi_budget_spend(spi_budget *budget, spi_client_kind kind, const void *key, size_t len, int64_t now_us);
/* The same without spending. */
unsigned spi_budget_look(spi_budget *budget, spi_client_kind kind, const void *key, size_t len, int64_t now_us);

#endif
