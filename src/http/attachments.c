#include "http/attachments.h"

#include "base/hash.h"
#include "sportello/attachment.h"
#include "sportello/catalog.h"
#include "sportello/connect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KILOBYTE 1024u
#define MEGABYTE (1u << 20)

void spi_json_attachment(const spi_request *request, sp_json *json, const char *name, const sp_attachment *file)
{
	(void)request;
	sp_json_object(json, name);
	sp_json_string(json, "id", file->id);
	sp_json_string(json, "name", file->name);
	sp_json_string(json, "type", file->type);
	sp_json_int(json, "bytes", (int64_t)file->bytes);
	spi_json_time(json, "at", file->at_utc_s);
	sp_json_string(json, "by", file->actor);
	sp_json_object_end(json);
}

static const char *size_text(const spi_request *request, uint64_t bytes)
{
	uint64_t kilobytes = (bytes + KILOBYTE - 1) / KILOBYTE;
	return kilobytes < KILOBYTE ? sp_arena_printf(request->arena, "%" PRIu64 " KB", kilobytes) :
		sp_arena_printf(request->arena, "%" PRIu64 " MB", (kilobytes + KILOBYTE / 2) / KILOBYTE);
}

spi_value *spi_put_attached(const spi_request *request, spi_value *list, const sp_attachment *file, const char *secret)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "name", file->name);
	spi_put_text(item, "size", size_text(request, file->bytes));
	spi_put_text(item, "url", sp_arena_printf(request->arena, "/v1/tickets/%" PRId64 "/attachments/%s%s%s", file->ticket, file->id,
		secret ? "?secret=" : "", secret ? secret : ""));
	return item;
}

const char *spi_attachment_text(const spi_request *request, const char *key)
{
	char max[16], mb[16];
	snprintf(max, sizeof max, "%u", request->config->attachments.max);
	snprintf(mb, sizeof mb, "%u", request->config->attachments.max_bytes / MEGABYTE);
	sp_fill fills[] = {{"max", max}, {"mb", mb}, {NULL, NULL}};
	const char *text = sp_catalog_fill(request->lang, key, fills, request->arena);
	return text ? text : "";
}

/* The checked copy, in the arena. False: memory is out. */
static bool check(spi_request *request, const spi_upload *upload, spi_attaching *a)
{
	sp_attachment_kind kind = SP_ATTACHMENT_COUNT;
	const char *key = NULL;
	sp_buffer clean = SP_BUFFER_INIT;
	sp_status status = sp_attachment_check(upload->data, upload->len, &kind, &clean, &key);
	if (status == SP_ERR_INVALID) {
		a->wrong = spi_attachment_text(request, key);
	} else if (status == SP_OK) {
		a->attachment.data = sp_arena_strndup(request->arena, sp_buffer_text(&clean), clean.len);
		a->attachment.len = clean.len;
		a->attachment.attachment.type = sp_attachment_type(kind);
		a->attachment.attachment.name = sp_attachment_name(upload->name, kind, request->arena);
	}
	sp_buffer_release(&clean);
	return a->wrong || (a->attachment.data && a->attachment.attachment.name);
}

spi_attaching *spi_attachment_prepare(spi_request *request, const sp_ticket *ticket, const spi_upload *upload, const char *key)
{
	spi_attaching *a = sp_arena_calloc(request->arena, 1, sizeof *a);
	if (!a)
		return NULL;
	a->attachment = (sp_write_attachment){
		.attachment = {.ticket = ticket->number, .at_utc_s = request->now_utc_s,
			.actor = sp_arena_strdup(request->arena, spi_ticket_actor(request))},
		.idempotency_key = key, .fingerprint = spi_hash64(upload->data ? upload->data : "", upload->len),
		.most = request->config->attachments.max, .note = sp_catalog_text(ticket->lang, "ticket.attached"),
	};
	a->write = (sp_write){.kind = SP_WRITE_ATTACHMENT, .as.attachment = &a->attachment};
	if (upload->len > request->config->attachments.max_bytes)
		a->wrong = spi_attachment_text(request, "attachment.heavy");
	else if (!check(request, upload, a))
		return NULL;
	return a;
}

void spi_attachment_stored(spi_request *request, spi_attaching *a)
{
	sp_metrics *metrics = request->worker->server->metrics;
	if (a->write.status == SP_OK) {
		sp_connector_wake(request->worker->server->options.connector);
		sp_metrics_count(metrics, SP_COUNT_TICKETS_CHANGED);
	} else if (a->write.status == SP_ERR_CONFLICT && strcmp(a->write.error.source, "attachments") == 0) {
		a->wrong = spi_attachment_text(request, "attachment.many");
	} else if (a->write.status == SP_ERR_CONFLICT && strcmp(a->write.error.source, "state") == 0) {
		a->wrong = spi_attachment_text(request, "attachment.closed");
	} else if (a->write.status != SP_ERR_CONFLICT && a->write.status != SP_ERR_NOT_FOUND) {
		sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
	}
}

sp_write *spi_attachment_removal(spi_request *request, const sp_ticket *ticket, const char *id)
{
	struct { sp_write write; sp_write_detach detach; } *r = sp_arena_calloc(request->arena, 1, sizeof *r);
	if (!r)
		return NULL;
	r->detach = (sp_write_detach){.ticket = ticket->number, .id = sp_arena_strdup(request->arena, id), .at_utc_s = request->now_utc_s,
		.actor = sp_arena_strdup(request->arena, spi_ticket_actor(request))};
	r->write = (sp_write){.kind = SP_WRITE_DETACH, .as.detach = &r->detach};
	return r->detach.id ? &r->write : NULL;
}
