/* GET /v1/queue: the tickets of the caller's groups, what is due first at the top. */
#include "base/json.h"
#include "http/handlers.h"
#include "http/queue.h"

static void write_item(const spi_request *request, sp_json *json, const spi_queued *queued)
{
	const sp_queue_item *item = &queued->item;
	sp_json_object(json, NULL);
	sp_json_int(json, "number", item->number);
	sp_json_string(json, "state", sp_ticket_state_name(item->state));
	sp_json_string(json, "waiting_on", spi_wait_name(queued->wait));
	sp_json_string(json, "priority", sp_priority_name(item->priority));
	spi_json_text(json, "category", item->category);
	spi_json_text(json, "group", item->group);
	spi_json_text(json, "group_name", spi_group_name(request, item->group));
	sp_json_int(json, "level", item->level);
	spi_json_text(json, "assignee", item->assignee);
	spi_json_text(json, "about", queued->about);
	spi_json_text(json, "lang", sp_lang_code(item->lang));
	spi_json_time(json, "created", item->created_utc_s);
	spi_json_time(json, "updated", item->updated_utc_s);
	spi_json_time(json, "since", queued->since_utc_s);
	sp_json_int(json, "age_minutes", queued->age_min);
	sp_json_int(json, "since_minutes", queued->open_min);
	spi_json_time(json, "due", queued->due_utc_s);
	sp_json_bool(json, "overdue", queued->overdue);
	sp_json_int(json, "revision", item->revision);
	sp_json_object_end(json);
}

void spi_h_queue(spi_request *request)
{
	spi_queue_view view;
	sp_error err = {0};
	sp_json json;
	if (!spi_queue_read_query(request, &view))
		return;
	sp_status status = spi_queue_fill(request, &view, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "total", view.total);
	sp_json_int(&json, "overdue", view.overdue_total);
	sp_json_int(&json, "mine", view.mine_total);
	sp_json_int(&json, "page", view.page);
	sp_json_array(&json, "tickets");
	for (size_t i = 0; i < view.count; i++)
		write_item(request, &json, &view.items[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json_tagged(request);
}
