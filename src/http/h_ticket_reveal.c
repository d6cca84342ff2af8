/* POST /v1/tickets/{number}/reveal {field}: a value that is masked, after it was noted who asked to see it. */
#include "http/audit.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/reveal.h"
#include "http/tickets.h"

#include <inttypes.h>
#include <string.h>

const char *spi_reveal_value(const sp_ticket *ticket, const char *field)
{
	for (size_t i = 0; field && i < ticket->values_count; i++)
		if (strcmp(ticket->values[i].field, field) == 0)
			return ticket->values[i].value;
	return NULL;
}

sp_write *spi_reveal_note(spi_request *request, const sp_ticket *ticket, const char *field, spi_handler *then)
{
	const char *object = sp_arena_printf(request->arena, "ticket:%" PRId64, ticket->number);
	return object ? spi_audit_first(request, SP_AUDIT_UNMASK, object, field, then) : NULL;
}

bool spi_reveal_noted(spi_request *request, const sp_write *write)
{
	sp_metrics *metrics = request->worker->server->metrics;
	sp_metrics_count(metrics, write->status ? SP_COUNT_WRITES_FAILED : SP_COUNT_REVEALED);
	if (write->status)
		spi_reply_error(request, write->status, &write->error);
	return !write->status;
}

typedef struct reveal {
	sp_ticket ticket;
	const char *field, *value;
	sp_write *write;
} reveal;

static void noted(spi_request *request)
{
	const reveal *r = request->data;
	sp_json json;
	if (!spi_reveal_noted(request, r->write))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", r->ticket.number);
	sp_json_string(&json, "field", r->field);
	sp_json_string(&json, "value", r->value);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

void spi_h_ticket_reveal(spi_request *request)
{
	static const spi_member members[] = {{"field", SPI_STRING, true, 0}};
	int64_t number = spi_ticket_number(request);
	const json_t *body = number ? spi_body_read(request, members, sizeof members / sizeof *members) : NULL;
	reveal *r = body ? sp_arena_calloc(request->arena, 1, sizeof *r) : NULL;
	if (!r || !spi_ticket_read(request, number, &r->ticket))
		return;
	r->field = spi_body_text(body, "field");
	r->value = spi_reveal_value(&r->ticket, r->field);
	if (!r->value) {
		spi_problem_field(request, SPI_NOT_FOUND, "field", "the ticket has no value of this field");
		return;
	}
	request->data = r;
	r->write = spi_reveal_note(request, &r->ticket, r->field, noted);
}
