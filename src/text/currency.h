/* The euro as people write it beside a sum: "€", "euro", "euros", "EUR". */
#ifndef TEXT_CURRENCY_H
#define TEXT_CURRENCY_H

#include <stddef.h>

/* Bytes of it at the beginning of a text, not as the beginning of another word ("europeo"); 0 = none. */
size_t spi_currency_at(const char *text, size_t len);
/* The same at its end, not as the end of another word ("neuro"). */
size_t spi_currency_before(const char *text, size_t len);

#endif
