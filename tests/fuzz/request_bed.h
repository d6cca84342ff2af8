/* A request without a connection, as the unit tests of HTTP have it. */
#ifndef FUZZ_REQUEST_BED_H
#define FUZZ_REQUEST_BED_H

#include "http/parts.h"
#include "http/request.h"

typedef struct request_bed {
	sp_server server;
	spi_worker worker;
	spi_request request;
} request_bed;

void request_begin(request_bed *bed, const char *method, const sp_kb_config *config);
void request_end(request_bed *bed);

#endif
