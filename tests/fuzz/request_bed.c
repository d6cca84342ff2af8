#include "request_bed.h"

#include "http/body.h"

#include <string.h>

void request_begin(request_bed *bed, const char *method, const sp_kb_config *config)
{
	memset(bed, 0, sizeof *bed);
	bed->worker.server = &bed->server;
	bed->request.worker = &bed->worker;
	bed->request.method = method;
	bed->request.config = config;
	bed->request.arena = sp_arena_new(0);
	strcpy(bed->request.id, "0123456789abcdef");
}

void request_end(request_bed *bed)
{
	spi_body_release(&bed->request);
	sp_buffer_release(&bed->request.uri);
	sp_buffer_release(&bed->request.body);
	sp_buffer_release(&bed->request.out);
	sp_buffer_release(&bed->worker.scratch);
	sp_arena_free(bed->request.arena);
}
