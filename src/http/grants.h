/* What somebody is who is in several rows of a mapping at once (sportello/identity.h): what all of them give together. */
#ifndef HTTP_GRANTS_H
#define HTTP_GRANTS_H

#include "http/request.h"
#include "sportello/identity.h"

typedef struct spi_granted {
	const char *role;      /* one, or several with commas between */
	const char *audience;
	sp_strings groups;     /* none = those that the audience stands for */
} spi_granted;

/* Every role that a row gives; admin holds the others. The audience that reads those of the other rows: an index is sealed for one, so where
   none of them reads all, it is the first row's among those that no other reads; never one that no row names. The queue's groups of every row
   that makes an agent. False: kb.yaml has none of the audiences any more, or memory is out. Texts are in the arena. */
bool spi_grants_join(spi_request *request, const sp_identified *who, spi_granted *ret);

#endif
