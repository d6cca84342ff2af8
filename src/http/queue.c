#include "http/queue.h"

#include "http/known.h"

#include <stdlib.h>
#include <string.h>

#define PER_PAGE 25
#define PER_PAGE_MAX 100
#define ABOUT_CHARS 160

const char *spi_wait_name(spi_wait wait)
{
	static const char *const names[] = {
#define WAIT_NAME(name, text) text,
		SPI_WAIT_LIST(WAIT_NAME)
#undef WAIT_NAME
	};
	return (unsigned)wait < SPI_WAITS ? names[wait] : "";
}

spi_wait spi_wait_of(sp_ticket_state state, int level)
{
	if (state == SP_TICKET_WAITING)
		return SPI_WAIT_CITIZEN;
	if (state == SP_TICKET_SOLVED || state == SP_TICKET_CLOSED)
		return SPI_WAIT_NOBODY;
	return level == SP_LEVEL_PARTNER ? SPI_WAIT_PARTNER : SPI_WAIT_US;
}

/* ---- filters ---- */

static bool bad(spi_request *request, const char *field, const char *what)
{
	if (request->route->page)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, field, "there is no %s of this name", what);
	return false;
}

static const char *text_of(const spi_request *request, const char *name)
{
	const char *text = spi_request_query(request, name);
	return text && *text ? text : NULL;
}

static bool is_wait(const char *name)
{
	for (int wait = 0; wait < SPI_WAITS; wait++)
		if (strcmp(spi_wait_name((spi_wait)wait), name) == 0)
			return true;
	return false;
}

static bool is_on(const char *text)
{
	return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

static bool read_numbers(spi_request *request, spi_queue_view *view)
{
	if (!request->route->page)
		return spi_request_number(request, "page", 1, SP_QUEUE_MAX, 1, &view->page) &&
			spi_request_number(request, "per_page", 1, PER_PAGE_MAX, PER_PAGE, &view->per_page);
	const char *page = spi_request_query(request, "page");
	unsigned long number = page ? strtoul(page, NULL, 10) : 1;
	view->page = number >= 1 && number <= SP_QUEUE_MAX ? (uint32_t)number : 1;
	view->per_page = PER_PAGE;
	return true;
}

bool spi_queue_read_query(spi_request *request, spi_queue_view *view)
{
	*view = (spi_queue_view){.group = text_of(request, "group"), .state = text_of(request, "state"),
		.category = text_of(request, "category"), .who = text_of(request, "who"), .wait = text_of(request, "wait"),
		.overdue = is_on(spi_request_query(request, "overdue"))};
	bool all = view->group && strcmp(view->group, "all") == 0;
	view->all_groups = all && !spi_caller_is_partner(request); /* all of a partner's are those of their groups */
	if (all)
		view->group = NULL;
	if (view->group && (sp_kb_group(request->config, view->group) < 0 || !spi_caller_sees(request, view->group))) {
		view->group = NULL;
		if (!bad(request, "group", "group"))
			return false;
	}
	if (view->state && sp_ticket_state_of(view->state) == SP_TICKET_STATE_COUNT) {
		view->state = NULL;
		if (!bad(request, "state", "state"))
			return false;
	}
	if (view->category && spi_known_category(request, view->category) < 0) {
		view->category = NULL;
		if (!bad(request, "category", "category"))
			return false;
	}
	if (view->who && strcmp(view->who, "me") != 0 && strcmp(view->who, "nobody") != 0) {
		view->who = NULL;
		if (!bad(request, "who", "choice (me, nobody)"))
			return false;
	}
	if (view->wait && !is_wait(view->wait)) {
		view->wait = NULL;
		if (!bad(request, "wait", "choice (us, citizen, partner, nobody)"))
			return false;
	}
	return read_numbers(request, view);
}

/* ---- one ticket ---- */

static void reckon(const spi_request *request, const sp_queue_item *item, spi_queued *ret)
{
	const sp_kb_config *config = request->config;
	int group = item->group ? sp_kb_group(config, item->group) : -1;
	int service = spi_ticket_service(request, item->category, item->group);
	int64_t target_s = group >= 0 ? config->groups[group].target_s : 0;
	*ret = (spi_queued){.item = *item, .wait = spi_wait_of(item->state, item->level), .about = ""};
	ret->since_utc_s = item->replied_utc_s ? item->updated_utc_s : item->said_utc_s;
	ret->age_min = sp_service_open_s(config, service, item->created_utc_s, request->now_utc_s) / 60;
	ret->open_min = sp_service_open_s(config, service, ret->since_utc_s, request->now_utc_s) / 60;
	if (ret->wait != SPI_WAIT_US || !target_s || item->replied_utc_s)
		return;
	ret->due_utc_s = sp_service_after(config, service, ret->since_utc_s, target_s);
	ret->overdue = ret->due_utc_s && ret->due_utc_s < request->now_utc_s;
}

/* High before others; then what is due first, then what waits longest; what waits for somebody else comes last. */
static int in_order(const void *a, const void *b)
{
	const spi_queued *x = a, *y = b;
	bool x_us = x->wait == SPI_WAIT_US, y_us = y->wait == SPI_WAIT_US;
	if (x_us != y_us)
		return x_us ? -1 : 1;
	if (x->item.priority != y->item.priority)
		return x->item.priority < y->item.priority ? -1 : 1;
	int64_t x_due = x->due_utc_s ? x->due_utc_s : INT64_MAX, y_due = y->due_utc_s ? y->due_utc_s : INT64_MAX;
	if (x_due != y_due)
		return x_due < y_due ? -1 : 1;
	if (x->since_utc_s != y->since_utc_s)
		return x->since_utc_s < y->since_utc_s ? -1 : 1;
	return x->item.number < y->item.number ? -1 : x->item.number > y->item.number;
}

/* The beginning of a text, on one line. */
static const char *head_of(const char *text, sp_arena *arena)
{
	size_t len = 0, chars = 0;
	for (; text[len] && chars < ABOUT_CHARS; chars++)
		do
			len++;
		while (((unsigned char)text[len] & 0xc0) == 0x80);
	char *copy = sp_arena_printf(arena, "%.*s%s", (int)len, text, text[len] ? "…" : "");
	for (char *at = copy; at && *at; at++)
		if (*at == '\n' || *at == '\r' || *at == '\t')
			*at = ' ';
	return copy ? copy : "";
}

static void tell(spi_request *request, spi_queued *queued)
{
	sp_ticket ticket;
	const char *story = queued->item.message;
	if (!story && sp_store_ticket(request->worker->store, queued->item.number, request->arena, &ticket, NULL) == SP_OK)
		story = spi_ticket_story(request, &ticket);
	queued->about = head_of(story ? story : "", request->arena);
}

/* ---- the whole ---- */

static sp_status read_items(spi_request *request, const spi_queue_view *view, sp_queue_item **ret, size_t *ret_count, sp_error *err)
{
	const sp_kb_config *config = request->config;
	const char *groups[SP_QUEUE_GROUPS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < config->groups_count && count < SP_QUEUE_GROUPS_MAX; i++) {
		const sp_group *group = &config->groups[i];
		if (view->group ? strcmp(view->group, group->key) == 0 : spi_caller_serves(request, group))
			groups[count++] = group->key;
	}
	sp_queue_filter filter = {.groups = groups, .groups_count = view->all_groups ? 0 : count, .state = view->state,
		.category = view->category};
	if (view->who)
		filter.assignee = strcmp(view->who, "me") == 0 ? request->caller.subject : "";
	*ret_count = 0;
	if (count == 0 && !view->all_groups)
		return SP_OK;
	if (!request->worker->store)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the store cannot be read");
	return sp_store_queue(request->worker->store, &filter, request->arena, ret, ret_count, err);
}

static bool passes(const spi_queue_view *view, const spi_queued *queued)
{
	return (!view->wait || strcmp(view->wait, spi_wait_name(queued->wait)) == 0) && (!view->overdue || queued->overdue);
}

sp_status spi_queue_fill(spi_request *request, spi_queue_view *view, sp_error *err)
{
	sp_queue_item *items = NULL;
	size_t count = 0, kept = 0;
	sp_status status = read_items(request, view, &items, &count, err);
	spi_queued *all = status == SP_OK ? sp_arena_calloc(request->arena, count + 1, sizeof *all) : NULL;
	if (status != SP_OK || !all)
		return status != SP_OK ? status : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		reckon(request, &items[i], &all[kept]);
		view->overdue_total += all[kept].overdue;
		view->mine_total += items[i].assignee && request->caller.subject && strcmp(items[i].assignee, request->caller.subject) == 0;
		kept += passes(view, &all[kept]);
	}
	qsort(all, kept, sizeof *all, in_order);
	size_t from = (size_t)(view->page - 1) * view->per_page;
	view->total = (uint32_t)kept;
	view->cut = count == SP_QUEUE_MAX;
	view->items = from < kept ? all + from : all;
	view->count = from >= kept ? 0 : kept - from < view->per_page ? kept - from : view->per_page;
	for (size_t i = 0; i < view->count; i++)
		tell(request, &view->items[i]);
	return SP_OK;
}
