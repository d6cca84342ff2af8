/* What of kb.yaml a caller may know of. A category under which it may read nothing does not exist for it, nor do the fields and groups that
   only such categories and articles have. */
#ifndef HTTP_KNOWN_H
#define HTTP_KNOWN_H

#include "http/request.h"

/* The category of that key, -1 when there is none for this caller today, or no index to ask. */
int spi_known_category(spi_request *request, const char *key);
/* The field of that key: one that a known category or an article that the caller may read asks for; else -1. */
int spi_known_field(spi_request *request, const char *key);
/* The group of that key: one that gets the tickets of a known category, or of an article that the caller may read; else -1. */
int spi_known_group(spi_request *request, const char *key);
/* Whether the caller may read an article of that id, in any language and on any day. */
bool spi_known_article(const spi_request *request, const char *id);

#endif
