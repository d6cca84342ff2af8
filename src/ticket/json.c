#include "ticket/json.h"

#include "base/json.h"
#include "sportello/ticket.h"

void spi_json_ticket_members(sp_json *json, const sp_ticket *ticket)
{
	sp_json_string(json, "state", sp_ticket_state_name(ticket->state));
	spi_json_time(json, "created", ticket->created_utc_s);
	spi_json_text(json, "category", ticket->category);
	spi_json_text(json, "group", ticket->group);
	sp_json_int(json, "level", ticket->level);
	spi_json_text(json, "channel", ticket->channel);
	spi_json_text(json, "audience", ticket->audience);
	spi_json_text(json, "lang", sp_lang_code(ticket->lang));
	spi_json_text(json, "message", ticket->message);
	spi_json_text(json, "article", ticket->article);
	spi_json_text(json, "assignee", ticket->assignee);
	spi_json_text(json, "note", ticket->note);
	sp_json_object(json, "fields");
	for (size_t i = 0; i < ticket->values_count; i++)
		sp_json_string(json, ticket->values[i].field, ticket->values[i].value);
	sp_json_object_end(json);
}
