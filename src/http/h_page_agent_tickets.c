/* GET /agent/tickets: the queue. */
#include "http/agent_ticket.h"
#include "http/known.h"
#include "http/queue.h"
#include "sportello/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *spi_page_open_time(const spi_request *request, int64_t minutes)
{
	char d[24], h[24], m[24], n[24];
	snprintf(n, sizeof n, "%" PRId64, minutes);
	snprintf(h, sizeof h, "%" PRId64, minutes / 60);
	snprintf(m, sizeof m, "%" PRId64, minutes % 60);
	sp_fill fills[] = {{"n", n}, {"h", h}, {"m", m}, {"d", d}, {NULL, NULL}};
	const char *key = minutes < 60 ? "agent-ticket.minutes" : "agent-ticket.hours";
	if (minutes >= 48 * 60) {
		snprintf(d, sizeof d, "%" PRId64, minutes / (24 * 60));
		snprintf(h, sizeof h, "%" PRId64, minutes / 60 % 24);
		key = "agent-ticket.days";
	} else {
		d[0] = '\0';
	}
	return sp_catalog_fill(request->lang, key, fills, request->arena);
}

const char *spi_ticket_state_text(const spi_request *request, sp_ticket_state state)
{
	char key[64];
	snprintf(key, sizeof key, "agent-ticket.state.%s", sp_ticket_state_name(state));
	return sp_catalog_text(request->lang, key);
}

/* ---- filters ---- */

static void put_option(spi_value *list, const char *value, const char *name, const char *chosen)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "value", value);
	spi_put_text(item, "name", name);
	spi_put_bool(item, "chosen", strcmp(value, chosen ? chosen : "") == 0);
}

typedef struct grouping {
	const char *chosen;
	sp_group_count *open;
	size_t count;
} grouping;

static uint32_t open_of(const grouping *g, const char *key)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->open[i].group && strcmp(g->open[i].group, key) == 0)
			return g->open[i].open;
	return 0;
}

/* With the number of its open tickets. Mine all, of others those that have some. */
static size_t put_some(const spi_request *request, spi_value *list, const grouping *g, bool mine)
{
	size_t count = 0;
	for (size_t i = 0; i < request->config->groups_count; i++) {
		const sp_group *group = &request->config->groups[i];
		uint32_t open = open_of(g, group->key);
		bool is_chosen = g->chosen && strcmp(g->chosen, group->key) == 0;
		if (spi_caller_serves(request, group) != mine || (!mine && ((!open && !is_chosen) || !spi_caller_sees(request, group->key))))
			continue;
		put_option(list, group->key, sp_arena_printf(request->arena, "%s (%u)", sp_texts_get(&group->name, request->lang), open), g->chosen);
		count++;
	}
	return count;
}

static void put_groups(const spi_request *request, spi_value *page, const spi_queue_view *view)
{
	spi_value *list = spi_put_list(page, "groups");
	grouping g = {.chosen = view->all_groups ? "all" : view->group};
	if (!request->worker->store || sp_store_open_by_group(request->worker->store, request->arena, &g.open, &g.count, NULL) != SP_OK)
		g.count = 0;
	put_option(list, "", spi_page_text(request, "agent-tickets.group.mine"), g.chosen);
	put_some(request, list, &g, true);
	if (!spi_caller_is_partner(request))
		put_option(list, "all", spi_page_text(request, "agent-tickets.group.all"), g.chosen);
	spi_put_bool(page, "others_any", put_some(request, spi_put_list(page, "others"), &g, false) > 0);
}

static void put_states(const spi_request *request, spi_value *page, const spi_queue_view *view)
{
	spi_value *list = spi_put_list(page, "states");
	put_option(list, "", spi_page_text(request, "agent-tickets.state.open"), view->state);
	for (int state = 0; state < SP_TICKET_STATE_COUNT; state++)
		put_option(list, sp_ticket_state_name((sp_ticket_state)state), spi_ticket_state_text(request, (sp_ticket_state)state), view->state);
}

/* Those alone that the caller may know of. */
static void put_categories(spi_request *request, spi_value *page, const spi_queue_view *view)
{
	const sp_kb_config *config = request->config;
	spi_value *list = spi_put_list(page, "categories");
	put_option(list, "", spi_page_text(request, "agent-tickets.any"), view->category);
	for (size_t i = 0; i < config->categories_count; i++)
		if (spi_known_category(request, config->categories[i].key) >= 0)
			put_option(list, config->categories[i].key, sp_texts_get(&config->categories[i].name, request->lang), view->category);
}

static void put_filters(spi_request *request, spi_value *page, const spi_queue_view *view)
{
	const char *any = spi_page_text(request, "agent-tickets.any");
	put_groups(request, page, view);
	put_states(request, page, view);
	spi_value *who = spi_put_list(page, "people");
	put_option(who, "", any, view->who);
	put_option(who, "me", spi_page_text(request, "agent-tickets.who.me"), view->who);
	put_option(who, "nobody", spi_page_text(request, "agent-tickets.who.nobody"), view->who);
	spi_value *waits = spi_put_list(page, "waits");
	put_option(waits, "", any, view->wait);
	for (int wait = 0; wait < SPI_WAITS; wait++) {
		const char *name = spi_wait_name((spi_wait)wait);
		put_option(waits, name, spi_page_text(request, sp_arena_printf(request->arena, "agent-ticket.wait.%s", name)), view->wait);
	}
	put_categories(request, page, view);
	spi_put_bool(page, "overdue", view->overdue);
	spi_put_bool(page, "filtered", view->group || view->all_groups || view->state || view->who || view->wait || view->category || view->overdue);
}

/* ---- the list ---- */

static void put_item(const spi_request *request, spi_value *list, const spi_queued *queued)
{
	const sp_queue_item *item = &queued->item;
	const sp_category *category = spi_page_category(request, item->category);
	spi_value *row = spi_list_add(list);
	spi_put_int(row, "number", item->number);
	spi_put_int(row, "revision", item->revision);
	spi_put_text(row, "url", spi_page_url(request, sp_arena_printf(request->arena, "/agent/tickets/%" PRId64, item->number), NULL));
	spi_put_text(row, "about", *queued->about ? queued->about : spi_page_text(request, "agent-ticket.untold"));
	spi_put_text(row, "about_lang", item->lang != request->lang ? sp_lang_code(item->lang) : "");
	spi_put_text(row, "state", spi_ticket_state_text(request, item->state));
	spi_put_text(row, "wait", spi_page_text(request, sp_arena_printf(request->arena, "agent-ticket.wait.%s", spi_wait_name(queued->wait))));
	spi_put_bool(row, "high", item->priority == SP_PRIORITY_HIGH);
	spi_put_bool(row, "low", item->priority == SP_PRIORITY_LOW);
	spi_put_text(row, "group", spi_group_name(request, item->group));
	spi_put_text(row, "category", category ? sp_texts_get(&category->name, request->lang) : "");
	spi_put_text(row, "assignee", item->assignee ? item->assignee : "");
	spi_put_text(row, "age", spi_page_open_time(request, queued->age_min));
	if (queued->wait != SPI_WAIT_NOBODY)
		spi_put_text(row, "since", spi_page_open_time(request, queued->open_min));
	spi_put_text(row, "due", queued->due_utc_s ? spi_page_time(request, queued->due_utc_s) : "");
	spi_put_bool(row, "overdue", queued->overdue);
	spi_put_bool(row, "can_take", !item->assignee && item->state != SP_TICKET_SOLVED && item->state != SP_TICKET_CLOSED);
}

static void put_pager(const spi_request *request, spi_value *page, const spi_queue_view *view)
{
	spi_pair pairs[SPI_QUERY_MAX + 1] = {0};
	size_t count = 0;
	for (size_t i = 0; i < request->query_count; i++)
		if (strcmp(request->query[i].name, "page") != 0 && strcmp(request->query[i].name, "lang") != 0)
			pairs[count++] = request->query[i];
	spi_page_put_pager(request, page, "/agent/tickets", pairs, view->page, view->total, view->per_page);
}

void spi_h_page_agent_tickets(spi_request *request)
{
	spi_queue_view view;
	sp_error err = {0};
	if (!spi_queue_read_query(request, &view))
		return;
	sp_status status = spi_queue_fill(request, &view, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	spi_value *page = spi_page_new(request);
	spi_agent_put_frame(request, page, SPI_AGENT_TICKETS, spi_page_text(request, "agent-tickets.title"));
	put_filters(request, page, &view);
	spi_agent_put_unsent(request, page);
	const char *done = spi_request_query(request, "done");
	bool is_done = done && (strcmp(done, "escalate") == 0 || strcmp(done, "return") == 0);
	spi_put_text(page, "done", is_done ? spi_page_text(request, sp_arena_printf(request->arena, "agent-ticket.done.%s", done)) : "");
	spi_put_int(page, "count", view.total);
	spi_put_bool(page, "one", view.total == 1);
	spi_put_bool(page, "none", view.total == 0);
	spi_put_bool(page, "late_any", view.overdue_total > 0);
	spi_put_int(page, "late", view.overdue_total);
	spi_put_bool(page, "cut", view.cut);
	spi_put_int(page, "max", SP_QUEUE_MAX);
	spi_value *list = spi_put_list(page, "tickets");
	for (size_t i = 0; i < view.count; i++)
		put_item(request, list, &view.items[i]);
	put_pager(request, page, &view);
	spi_page_send(request, "agent-tickets", page, 200);
}
