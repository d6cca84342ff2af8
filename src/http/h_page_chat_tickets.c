/* Tickets on the chat's page: the form of one, and, where a conversation is told again, those that were opened in it, each
   after what had been said by then. Without their secrets: agents know a ticket's conversation, and are not to write in the
   citizen's name. The browser that opened one keeps the way to it. */
#include "http/ticket_page.h"

#include "http/filled.h"

#define PREFIX "chat-ticket-" /* of ids; "chat-message" is the chat's own */

sp_status spi_chat_tickets_read(spi_request *request, const char *conversation, const sp_dialogue *dialogue, spi_chat_tickets *ret, sp_error *err)
{
	sp_ticket *list = NULL;
	*ret = (spi_chat_tickets){0};
	if (!dialogue->ticket_open)
		return SP_OK;
	sp_status status = sp_store_conversation_tickets(request->worker->store, conversation, request->arena, &list, &ret->count, err);
	ret->list = list;
	return status;
}

/* Times are whole seconds: what was said in the same one was there before, for a form takes longer to fill in than that. */
static bool is_after(const sp_ticket *ticket, const sp_dialogue *dialogue, ptrdiff_t at)
{
	bool is_behind = at < 0 || ticket->created_utc_s >= dialogue->turns[at].at_utc_s;
	bool is_last = (size_t)(at + 1) >= dialogue->count;
	return is_behind && (is_last || ticket->created_utc_s < dialogue->turns[at + 1].at_utc_s);
}

static void put(const spi_request *request, spi_value *item, const sp_ticket *ticket)
{
	const char *when = ticket->state == SP_TICKET_NEW ? spi_ticket_page_when(request, ticket) : NULL;
	spi_put_int(item, "number", ticket->number);
	spi_put_text(item, "when", when ? when : "");
}

bool spi_chat_tickets_put(const spi_request *request, spi_value *into, const spi_chat_tickets *tickets, const sp_dialogue *dialogue, ptrdiff_t at)
{
	/* Also where there are none: a template would find those of what is around it. */
	spi_value *list = spi_put_list(into, "tickets");
	bool any = false;
	for (size_t i = 0; i < tickets->count; i++) {
		if (!is_after(&tickets->list[i], dialogue, at))
			continue;
		put(request, spi_list_add(list), &tickets->list[i]);
		any = true;
	}
	return any;
}

void spi_chat_ticket_form_put(
	spi_request *request, sp_index *index, spi_value *turn, const sp_reply *reply, const char *category)
{
	uint64_t seen = 0;
	char *key = sp_arena_alloc(request->arena, SP_CONVERSATION_ID_LEN + 1);
	spi_value *ticket = spi_put_object(turn, "ticket");
	if (!key || !ticket)
		return;
	sp_store_new_id(key);
	spi_put_text(ticket, "key", key);
	spi_put_text(ticket, "prefix", PREFIX);
	spi_value *fields = spi_put_list(ticket, "fields");
	const char **filled = spi_filled(request, reply->fields, reply->fields_count, &reply->said);
	bool has_category = category && sp_kb_category(request->config, category) >= 0;
	/* What happened is asked for once. */
	bool has_message = !has_category && !spi_page_has_story(request->config, reply->fields, reply->fields_count);
	bool is_filled = has_message && *reply->said.text;
	for (size_t i = 0; i < reply->fields_count; i++) {
		spi_page_field so_far = {.value = filled ? filled[i] : NULL};
		is_filled |= so_far.value != NULL;
		spi_page_put_field(request, fields, &request->config->fields[reply->fields[i]], &so_far, PREFIX);
	}
	spi_put_bool(ticket, "is_filled", is_filled);
	spi_put_bool(ticket, "left_out", reply->said.left_out);
	if (has_category)
		return;
	if (spi_page_categories(request, index, &seen, NULL) == SP_OK)
		spi_page_put_categories(request, ticket, seen);
	/* The conversation tells what it is about. */
	spi_put_bool(ticket, "category_optional", true);
	if (!has_message)
		return;
	spi_value *message = spi_put_object(ticket, "message_field");
	spi_put_bool(message, "message_optional", true);
	spi_put_text(message, "value", reply->said.text);
}
