/* What a search can say beyond words: the service of a category, the days, and which articles solved such tickets. For the call and for the
   agents' page alike. */
#ifndef HTTP_SEARCH_MORE_H
#define HTTP_SEARCH_MORE_H

#include "http/request.h"

/* Whether the caller works here: what is not in force, and what solved tickets, is for them. */
bool spi_search_is_staff(const spi_request *request);
/* Only articles of a service's categories, by its key. False when there is no such service. */
bool spi_search_of_service(const spi_request *request, const char *service, sp_query *query);
/* SP_VALIDITIES when there is none of this name. */
sp_validity spi_search_validity(const char *name);
/* Such tickets: of this category, else of this group, else all. Nothing for who does not work here. */
void spi_search_rank(spi_request *request, sp_query *query, const char *category, const char *group);
/* Counts of services, from those of categories; most frequent first. In the arena. */
sp_facets spi_search_services(const spi_request *request, const sp_facets *categories);

#endif
