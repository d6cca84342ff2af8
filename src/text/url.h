/* Web addresses and domain names in running text. */
#ifndef TEXT_URL_H
#define TEXT_URL_H

#include <stddef.h>

/* End of the web address or domain name at start, 0 when there is none; *ret_name: where its name begins, after the
   scheme and "www.". Looks no further than limit, and at no more than a few hundred bytes. */
size_t spi_url_end(const char *text, size_t limit, size_t start, size_t *ret_name);

#endif
