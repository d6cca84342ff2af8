/* Gaps (include/sportello/gaps.h) for calls and pages: found on a thread of its own, as it takes seconds; kept for a few minutes. A request
   that needs others than are kept waits without holding its thread. */
#ifndef HTTP_GAPS_H
#define HTTP_GAPS_H

#include "http/request.h"
#include "sportello/gaps.h"

typedef struct spi_gaps_finder spi_gaps_finder;

/* SP_ERR_NOMEM. */
sp_status spi_gaps_start(const sp_server_options *options, spi_gaps_finder **ret, sp_error *err);
/* When no request waits any more. NULL is accepted. */
void spi_gaps_stop(spi_gaps_finder *finder);

/* Leaves a reply. */
typedef void spi_gaps_user(spi_request *request, const sp_gaps *gaps);
/* The caller's gaps of the days and the language that the query names (from, to, asked_in), for the call of `use`. Where there are none yet,
   `again` is called later; where there cannot be any, an error reply is in place. */
void spi_gaps_use(spi_request *request, spi_gaps_user *use, spi_handler *again);

#endif
