/* GET /v1/audit: the log of who read and did what, for admins. */
#include "base/zone.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "sportello/audit.h"

#include <string.h>

#define LIMIT 100
#define LIMIT_MAX 1000

static bool read_day(spi_request *request, const char *name, int plus, int64_t *ret)
{
	const char *text = spi_request_query(request, name);
	sp_date date = text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = 0;
	if (text && date)
		*ret = spi_zone_utc_s(request->config->timezone,
			sp_date_days(date) + plus, 0);
	if (text && !date)
		spi_problem_field(request, SPI_BAD_VALUE, name, "%s must be a day like 2026-11-23", name);
	return !text || date;
}

static bool read_filter(spi_request *request, sp_audit_filter *ret)
{
	uint32_t before;
	ret->subject = spi_request_query(request, "subject");
	ret->action = spi_request_query(request, "action");
	if (ret->action && sp_audit_action_of(ret->action) == SP_AUDIT_COUNT) {
		spi_problem_field(request, SPI_BAD_VALUE, "action", "there is no such action in the audit log");
		return false;
	}
	if (!read_day(request, "from", 0, &ret->from_utc_s) || !read_day(request, "to", 1, &ret->until_utc_s) ||
		!spi_request_number(request, "before", 1, UINT32_MAX, 0, &before) ||
		!spi_request_number(request, "limit", 1, LIMIT_MAX, LIMIT, &ret->limit))
		return false;
	ret->before_number = before;
	return true;
}

static void write_entry(sp_json *json, const sp_audit_entry *entry)
{
	sp_json_object(json, NULL);
	sp_json_int(json, "number", entry->number);
	spi_json_time(json, "at", entry->at_utc_s);
	sp_json_string(json, "subject", entry->subject);
	sp_json_string(json, "action", entry->action);
	sp_json_string(json, "object", entry->object);
	sp_json_string(json, "detail", entry->detail);
	sp_json_string(json, "hash", entry->hash);
	sp_json_object_end(json);
}

static void write_head(sp_json *json, const sp_audit_head *head)
{
	sp_json_object(json, "head");
	sp_json_int(json, "number", head->number);
	sp_json_string(json, "hash", head->hash);
	sp_json_object_end(json);
}

void spi_h_audit(spi_request *request)
{
	sp_audit_filter filter = {0};
	sp_audit_entry *entries = NULL;
	sp_audit_head head;
	size_t count = 0;
	sp_error err = {0};
	sp_json json;
	if (!read_filter(request, &filter))
		return;
	sp_status status = request->worker->store ? sp_store_audit_head(request->worker->store, &head, &err) : SP_ERR_IO;
	if (!status)
		status = sp_store_audit(request->worker->store, &filter, request->arena, &entries, &count, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	write_head(&json, &head);
	sp_json_array(&json, "entries");
	for (size_t i = 0; i < count; i++)
		write_entry(&json, &entries[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
