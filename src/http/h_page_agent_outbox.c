/* GET and POST /agent/outbox: what another system did not take and was given up, for who runs the service: why, and once more. The same as
   `sportello outbox list --dead` and `resend`. */
#include "http/agent_ticket.h"
#include "http/audit.h"
#include "sportello/connect.h"
#include "sportello/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 200

/* An admin of a partner's groups works for another house: what other tickets came to is not theirs. */
static bool may(const spi_request *request)
{
	return spi_caller_has(request, SPI_IS(ADMIN)) && !spi_caller_is_partner(request);
}

static bool check_may(spi_request *request)
{
	if (may(request))
		return true;
	spi_problem(request, SPI_FORBIDDEN, "deliveries of all groups are not for an agent of a partner's groups alone");
	return false;
}

static uint64_t count_dead(const spi_request *request, uint64_t *ret_waiting)
{
	sp_outbox_counts counts = {0};
	if (!request->worker->store || sp_store_outbox_counts(request->worker->store, NULL, &counts, NULL) != SP_OK)
		counts = (sp_outbox_counts){0};
	*ret_waiting = counts.waiting;
	return counts.dead;
}

static void put_count(spi_value *page, uint64_t dead)
{
	spi_put_int(page, "unsent", (int64_t)dead);
	spi_put_bool(page, "unsent_any", dead > 0);
	spi_put_bool(page, "unsent_one", dead == 1);
}

/* ---- the system now ---- */

/* "ServiceNow (desk-uno)"; the name alone of one that is not in the settings any more. */
static const char *system_name(const spi_request *request, const char *name, const sp_connector_state *now)
{
	bool is_now = now->name && strcmp(now->name, name) == 0;
	const char *kind = is_now ? spi_page_text(request, sp_arena_printf(request->arena, "agent-outbox.kind.%s", now->kind)) : NULL;
	if (!kind || !*kind)
		return name;
	return strcmp(name, now->kind) == 0 ? kind : sp_arena_printf(request->arena, "%s (%s)", kind, name);
}

/* A pause is not always the credentials': "", ".secret", ".gone". */
static const char *of_pause(const sp_connector_state *now)
{
	return now->condition != SP_CONNECTOR_PAUSED ? "" : now->cause == SP_CAUSE_SECRET ? ".secret" : now->cause == SP_CAUSE_GONE ? ".gone" : "";
}

/* How the system is now: whoever sends again while it is down only waits. */
static void put_system(const spi_request *request, spi_value *page, const sp_connector_state *now, uint64_t waiting)
{
	spi_put_int(page, "waiting", (int64_t)waiting);
	if (!now->name)
		return;
	spi_value *system = spi_put_object(page, "system_now");
	spi_put_text(system, "system", system_name(request, now->name, now));
	spi_put_text(system, "condition", spi_page_text(request,
		sp_arena_printf(request->arena, "agent-outbox.condition.%s%s", sp_connector_condition_name(now->condition), of_pause(now))));
	bool bad = now->condition != SP_CONNECTOR_UP;
	spi_put_bool(system, "bad", bad);
	spi_put_bool(system, "stuck", bad && waiting > 0);
	spi_put_text(system, "remedy", now->condition != SP_CONNECTOR_PAUSED ? "" :
		spi_page_text(request, sp_arena_printf(request->arena, "agent-outbox.remedy%s", of_pause(now))));
	spi_put_text(system, "why", bad ? now->why : "");
	spi_put_text(system, "next", bad && now->next_utc_s ? spi_page_time(request, now->next_utc_s) : "");
}

void spi_agent_put_unsent(const spi_request *request, spi_value *page)
{
	uint64_t waiting, dead;
	sp_connector_state now = {0};
	sp_connector *connector = request->worker->server->options.connector;
	if (!may(request))
		return;
	dead = count_dead(request, &waiting);
	if (!dead && !connector)
		return;
	if (connector)
		sp_connector_get_state(connector, &now);
	put_count(page, dead);
	put_system(request, page, &now, waiting);
	spi_put_text(page, "outbox_url", spi_page_url(request, "/agent/outbox", NULL));
}

/* ---- the list ---- */

static void put_entry(const spi_request *request, spi_value *list, const sp_outbox_entry *e, const sp_connector_state *now)
{
	spi_value *row = spi_list_add(list);
	spi_put_int(row, "id", e->id);
	spi_put_int(row, "number", e->ticket);
	spi_put_int(row, "change", e->revision - 1);
	spi_put_bool(row, "is_opening", e->revision == 1);
	spi_put_text(row, "url", spi_page_url(request, sp_arena_printf(request->arena, "/agent/tickets/%" PRId64, e->ticket), NULL));
	spi_put_text(row, "system", system_name(request, e->connector, now));
	spi_put_bool(row, "is_off", !now->name || strcmp(now->name, e->connector) != 0);
	spi_put_text(row, "since", spi_page_time(request, e->made_utc_s));
	spi_put_int(row, "tries", e->attempts);
	spi_put_text(row, "cause", spi_page_text(request, sp_arena_printf(request->arena, "agent-outbox.cause.%s", sp_cause_name(e->cause_kind))));
	spi_put_text(row, "raw", e->cause ? e->cause : "");
	spi_put_bool(row, "unsure", e->unsure);
}

static void put_done(const spi_request *request, spi_value *page)
{
	static const char *const known[] = {"one", "all", "none"};
	const char *done = spi_request_query(request, "done");
	for (size_t i = 0; done && i < sizeof known / sizeof *known; i++)
		if (strcmp(done, known[i]) == 0)
			spi_put_text(page, "done", spi_page_text(request, sp_arena_printf(request->arena, "agent-outbox.done.%s", done)));
}

void spi_h_page_agent_outbox(spi_request *request)
{
	const sp_outbox_filter filter = {.dead = true, .limit = SHOWN_MAX};
	sp_connector *connector = request->worker->server->options.connector;
	sp_connector_state now = {0};
	sp_outbox_entry *entries = NULL;
	size_t count = 0;
	uint64_t waiting = 0;
	sp_error err = {0};
	if (!check_may(request))
		return;
	sp_status status = request->worker->store ? sp_store_outbox(request->worker->store, &filter, request->arena, &entries, &count, &err) : SP_ERR_IO;
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	if (connector)
		sp_connector_get_state(connector, &now);
	spi_value *page = spi_page_new(request);
	spi_agent_put_frame(request, page, SPI_AGENT_TICKETS, spi_page_text(request, "agent-outbox.title"));
	put_done(request, page);
	put_count(page, count_dead(request, &waiting));
	put_system(request, page, &now, waiting);
	spi_put_text(page, "queue_url", spi_page_url(request, "/agent/tickets", NULL));
	spi_put_bool(page, "none", count == 0);
	spi_put_bool(page, "some", count > 1);
	spi_put_bool(page, "cut", count == SHOWN_MAX);
	spi_put_int(page, "max", SHOWN_MAX);
	spi_value *list = spi_put_list(page, "entries");
	for (size_t i = 0; i < count; i++)
		put_entry(request, list, &entries[i], &now);
	spi_page_send(request, "agent-outbox", page, 200);
}

/* ---- once more ---- */

typedef struct resending { sp_write write; sp_outbox_write outbox; } resending;

static void done(spi_request *request)
{
	const resending *r = request->data;
	sp_status status = r->write.status;
	spi_page_form_lang(request);
	if (status && status != SP_ERR_NOT_FOUND) {
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, status, &r->write.error);
		return;
	}
	sp_connector_wake(request->worker->server->options.connector);
	/* None: somebody else did it a moment before. */
	const spi_pair pairs[] = {{"done", status ? "none" : r->outbox.id ? "one" : "all"}, {0}};
	spi_reply_redirect(request, 303, spi_page_url(request, "/agent/outbox", pairs));
}

/* One by its number, or all: never all by leaving something out. */
static bool read_which(spi_request *request, int64_t *ret)
{
	const char *what = spi_request_form(request, "do"), *id = spi_request_form(request, "id");
	char *end;
	*ret = 0;
	if (what && strcmp(what, "all") == 0 && !id)
		return true;
	if (!what || strcmp(what, "one") != 0 || !id)
		return false;
	*ret = strtoll(id, &end, 10);
	return *ret > 0 && *end == '\0';
}

/* Which ticket's it is; NULL where it is not there any more. */
static const char *ticket_of(const spi_request *request, int64_t id)
{
	sp_outgoing outgoing;
	if (!id || !request->worker->store || sp_store_outgoing(request->worker->store, id, request->arena, &outgoing, NULL) != SP_OK)
		return NULL;
	return sp_arena_printf(request->arena, "ticket:%" PRId64, outgoing.entry.ticket);
}

void spi_h_page_agent_outbox_resend(spi_request *request)
{
	resending *r = sp_arena_calloc(request->arena, 1, sizeof *r);
	int64_t id = 0;
	spi_page_form_lang(request);
	if (!r || !check_may(request))
		return;
	if (!read_which(request, &id)) {
		spi_problem(request, SPI_BAD_REQUEST, "say which one is sent again, by its number, or that all are");
		return;
	}
	r->outbox = (sp_outbox_write){.action = SP_OUTBOX_RESEND, .id = id};
	r->write = (sp_write){.kind = SP_WRITE_OUTBOX, .as.outbox = &r->outbox};
	request->data = r;
	const char *object = id ? sp_arena_printf(request->arena, "outbox:%" PRId64, id) : "outbox";
	if (spi_audit_with(request, &r->write, SP_AUDIT_OUTBOX_RESEND, object, ticket_of(request, id)))
		spi_request_write(request, &r->write, done);
}
