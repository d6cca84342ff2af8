/* The ledger's figures for a request: the call and the dashboard ask for them in the same words. */
#ifndef HTTP_DEFLECTION_H
#define HTTP_DEFLECTION_H

#include "http/request.h"
#include "sportello/figures.h"

typedef struct spi_deflection {
	sp_ledger_query query, before_query;
	sp_ledger_figures now, before; /* in the request's arena */
	bool compares;                 /* with the days just before */
	sp_figures figures;            /* of these, once found: it points into this */
} spi_deflection;

/* What the address asks for: from, to, by, across, category, channel, of_lang, audience, article, group, rules, compare, public.
   False: the reply says what is wrong. A page may change the query before it is found. */
bool spi_deflection_read(spi_request *request, spi_deflection *ret);
/* The figures. False: likewise. @p deflection must stay where it is. */
bool spi_deflection_find(spi_request *request, spi_deflection *deflection);

#endif
