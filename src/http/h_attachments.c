/* POST /v1/tickets/{number}/attachments, GET and DELETE of one. */
#include "http/attachments.h"
#include "http/audit.h"
#include "http/handlers.h"
#include "http/parts.h"

#include <inttypes.h>
#include <string.h>

/* ---- adding ---- */

static void refuse(spi_request *request, spi_problem_kind kind, const char *message)
{
	sp_json *json = spi_problem_begin(request, kind, "%s", message);
	sp_json_string(json, "field", "file");
	sp_json_string(json, "message", message);
	spi_problem_end(request);
}

static void added(spi_request *request)
{
	spi_attaching *a = request->data;
	const sp_attachment *file = &a->attachment.attachment;
	spi_attachment_stored(request, a);
	if (a->wrong) {
		refuse(request, SPI_CONFLICT, a->wrong);
	} else if (a->write.status == SP_ERR_CONFLICT) {
		spi_problem(request, SPI_KEY_REUSED, "this Idempotency-Key came with another file before; use a new key for a new file");
	} else if (a->write.status) {
		spi_reply_error(request, a->write.status, &a->write.error);
	} else {
		sp_json json;
		sp_json_init(&json, &request->out);
		spi_json_attachment(request, &json, NULL, file);
		spi_reply_json(request, a->attachment.replayed ? 200 : 201);
		spi_reply_header(request, "Location", sp_arena_printf(request->arena, "/v1/tickets/%" PRId64 "/attachments/%s", file->ticket, file->id));
		if (a->attachment.replayed)
			spi_reply_header(request, "Idempotency-Replayed", "true");
	}
}

void spi_h_attachment_add(spi_request *request)
{
	sp_ticket ticket;
	spi_upload upload;
	const char *key;
	if (!spi_check_key(request, &key) || spi_ticket_access(request, &ticket) == SPI_TICKET_NOBODY || !spi_upload_read(request, &upload))
		return;
	spi_attaching *a = spi_attachment_prepare(request, &ticket, &upload, key);
	if (!a)
		return;
	request->data = a;
	if (a->wrong)
		refuse(request, SPI_INVALID_FIELDS, a->wrong);
	else
		spi_request_write(request, &a->write, added);
}

/* ---- one of them ---- */

/* A header's value of a name in any script: RFC 6266 and 8187. Names have no quotes. */
static const char *disposition(spi_request *request, const char *name)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_buffer_add_text(&out, "attachment; filename=\"");
	for (const char *at = name; *at; at++)
		if ((*at & 0xc0) != 0x80)
			sp_buffer_add_char(&out, (unsigned char)*at < 0x80 ? *at : '_');
	sp_buffer_add_text(&out, "\"; filename*=UTF-8''");
	for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", *at))
			sp_buffer_add_char(&out, (char)*at);
		else
			sp_buffer_printf(&out, "%%%02X", *at);
	}
	const char *text = sp_arena_strdup(request->arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return text;
}

void spi_h_attachment(spi_request *request)
{
	sp_ticket ticket;
	sp_attachment file;
	sp_error err = {0};
	const char *data = NULL;
	spi_ticket_who who = spi_ticket_access(request, &ticket);
	if (who == SPI_TICKET_NOBODY)
		return;
	sp_status status = sp_store_attachment(request->worker->store, ticket.number, request->params[1], request->arena, &file, &data, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	if (who == SPI_TICKET_AGENT &&
		!spi_audit_soon(request, SP_AUDIT_FILE_READ, sp_arena_printf(request->arena, "ticket:%" PRId64, ticket.number), file.id))
		return;
	/* It came from somebody: saved, never shown as a part of our pages. */
	spi_reply_static(request, file.type, data, (size_t)file.bytes, NULL, 0, NULL);
	spi_reply_header(request, "Content-Disposition", disposition(request, file.name));
	spi_reply_header(request, "Content-Security-Policy", "default-src 'none'; sandbox");
	spi_reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

static void removed(spi_request *request)
{
	const sp_write *write = request->data;
	if (write->status)
		spi_reply_error(request, write->status, &write->error);
	else
		spi_reply_empty(request);
}

void spi_h_attachment_remove(spi_request *request)
{
	sp_ticket ticket;
	if (spi_ticket_access(request, &ticket) == SPI_TICKET_NOBODY)
		return;
	sp_write *write = spi_attachment_removal(request, &ticket, request->params[1]);
	if (!write)
		return;
	request->data = write;
	spi_request_write(request, write, removed);
}
