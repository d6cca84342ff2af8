/* Zendesk by its Ticketing API. A repeated POST with the same Idempotency-Key gives the ticket made before, for two hours; later,
   and where a setting changed meanwhile, it is looked for by its external_id, which there may be many of. */
#include "connect/maker.h"

#include "base/clock.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 50
/* The two clocks may differ, and "too recent" is refused there. Everybody's tickets are told: so it is no longer. */
#define FIRST_LOOK_BACK_S 3600

/* "On hold" is what waits for somebody else there: a partner, a vendor. */
static const spi_mapping_row states_in[] = {{"open", "assigned"}, {"pending", "waiting"}, {"hold", "escalated"}, {"solved", "solved"},
	{"closed", "closed"}};
static const spi_mapping_row states_out[] = {{"assigned", "open"}, {"waiting", "pending"}, {"escalated", "hold"}, {"returned", "open"},
	{"solved", "solved"}, {"reopened", "open"}, {"closed", "solved"}};

#define ROWS(rows) rows, sizeof rows / sizeof *rows

static sp_status check(spi_connect_settings *s, sp_arena *arena, sp_error *err)
{
	if (!(s->user && spi_secret_is_set(&s->api_token)) && !spi_secret_is_set(&s->token))
		return sp_error_set(err, SP_ERR_INVALID, s->file, 0, "zendesk needs auth: {user: EMAIL, api_token: {env: NAME}} or auth: {token: {file: PATH}}");
	for (size_t i = 0; i < s->fields.count; i++)
		if (s->fields.rows[i].value[strspn(s->fields.rows[i].value, "0123456789")])
			return sp_error_set(err, SP_ERR_INVALID, s->file, 0, "fields: zendesk knows a field of its own by a number, not by \"%s\"",
				s->fields.rows[i].value);
	bool ok = spi_mapping_defaults(&s->states_in, ROWS(states_in), arena) && spi_mapping_defaults(&s->states_out, ROWS(states_out), arena);
	return ok ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static bool read_ticket(json_t *ticket, sp_arena *arena, spi_sent *ret)
{
	spi_put(ret->remote, sizeof ret->remote, spi_value_text(ticket, "id", arena));
	spi_put(ret->label, sizeof ret->label, ret->remote);
	spi_put(ret->state, sizeof ret->state, spi_value_text(ticket, "status", arena));
	return ret->remote[0] != '\0';
}

/* The oldest of this external_id. */
static void find(const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	sp_arena *arena = link->arena;
	json_t *ticket, *oldest = NULL;
	size_t i;
	spi_ask(link, "GET", sp_arena_printf(arena, "%s/api/v2/tickets.json?external_id=%s", link->settings->url,
		spi_reference(link->settings, out->entry.ticket, arena)), NULL, NULL, &ret->answer);
	json_array_foreach(json_object_get(ret->answer.json, "tickets"), i, ticket)
		if (!oldest || json_integer_value(json_object_get(ticket, "id")) < json_integer_value(json_object_get(oldest, "id")))
			oldest = ticket;
	ret->found = ret->answer.outcome == SPI_DONE && oldest && read_ticket(oldest, arena, ret);
}

/* ---- sending ---- */

/* A number as a number, anything else as a text. */
static void set_value(sp_json *json, const char *name, const char *value)
{
	size_t len = value ? strlen(value) : 0;
	if (len > 0 && len < 18 && value[strspn(value, "0123456789")] == '\0')
		sp_json_int(json, name, strtoll(value, NULL, 10));
	else if (len > 0)
		sp_json_string(json, name, value);
}

static void write_custom_fields(const spi_connect_settings *s, const sp_ticket *ticket, sp_json *json)
{
	sp_json_array(json, "custom_fields");
	for (size_t i = 0; i < ticket->values_count; i++) {
		const char *id = spi_mapping_get(&s->fields, ticket->values[i].field);
		if (!id)
			continue;
		sp_json_object(json, NULL);
		set_value(json, "id", id);
		sp_json_string(json, "value", ticket->values[i].value);
		sp_json_object_end(json);
	}
	const char *category = s->category_field ? spi_mapping_get(&s->categories, ticket->category) : NULL;
	if (category) {
		sp_json_object(json, NULL);
		set_value(json, "id", s->category_field);
		sp_json_string(json, "value", category);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

/* Who asked, where the settings name the field that tells. */
static void write_requester(const spi_connect_settings *s, const sp_ticket *ticket, sp_json *json)
{
	for (size_t i = 0; s->requester && i < ticket->values_count; i++)
		if (strcmp(ticket->values[i].field, s->requester) == 0) {
			sp_json_object(json, "requester");
			sp_json_string(json, "name", ticket->values[i].value);
			sp_json_string(json, "email", ticket->values[i].value);
			sp_json_object_end(json);
			return;
		}
}

static void write_comment(sp_json *json, const char *text, bool is_public)
{
	sp_json_object(json, "comment");
	sp_json_string(json, "body", text);
	sp_json_bool(json, "public", is_public);
	sp_json_object_end(json);
}

static void write_ticket(const spi_link *link, const sp_outgoing *out, sp_buffer *body)
{
	const spi_connect_settings *s = link->settings;
	const sp_ticket *ticket = &out->ticket;
	sp_buffer text = SP_BUFFER_INIT;
	sp_json json;
	const char *priority = spi_priority_there(s, ticket->priority, ticket->category);
	spi_describe_ticket(s, out, link->arena, &text);
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	sp_json_object(&json, "ticket");
	sp_json_string(&json, "external_id", spi_reference(s, out->entry.ticket, link->arena));
	sp_json_string(&json, "subject", spi_subject(s, out, link->arena));
	write_comment(&json, sp_buffer_text(&text), s->public_notes);
	write_requester(s, ticket, &json);
	set_value(&json, "group_id", spi_mapping_get(&s->groups, ticket->group));
	if (priority)
		sp_json_string(&json, "priority", priority);
	write_custom_fields(s, ticket, &json);
	for (size_t i = 0; i < s->set.count; i++)
		set_value(&json, s->set.rows[i].key, s->set.rows[i].value);
	sp_json_array(&json, "tags");
	sp_json_string(&json, NULL, "sportello");
	if (ticket->category && !s->category_field && spi_mapping_get(&s->categories, ticket->category))
		sp_json_string(&json, NULL, spi_mapping_get(&s->categories, ticket->category));
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	sp_json_object_end(&json);
	sp_buffer_release(&text);
}

/* The secret makes it another one in each installation, whatever their numbers; nobody learns the secret from it. */
static const char *key_header(const sp_outgoing *out, sp_arena *arena)
{
	char hex[65];
	spi_sha256_hex(out->ticket.secret, strlen(out->ticket.secret), hex);
	return sp_arena_printf(arena, "Idempotency-Key: sportello-%lld-%.16s", (long long)out->entry.ticket, hex);
}

static void send_ticket(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret)
{
	spi_ask(link, "POST", sp_arena_printf(link->arena, "%s/api/v2/tickets.json", link->settings->url), body, key_header(out, link->arena), ret);
	/* The key was used with other words, before a setting changed: so it is there. */
	if (ret->outcome == SPI_REFUSED && strstr(ret->why, "IdempotentRequestError"))
		ret->outcome = SPI_UNSURE;
}

/* ---- comments ---- */

/* users: those of the page. */
typedef bool visit_comment(json_t *comment, json_t *users, void *arg);

/* All of a ticket's comments, page after page, until one is the last or visit says no. */
static void each_comment(const spi_link *link, const char *remote, visit_comment *visit, void *arg, spi_answer *ret)
{
	const char *url = sp_arena_printf(link->arena, "%s/api/v2/tickets/%s/comments.json?include=users&page[size]=100", link->settings->url, remote);
	for (int page = 0; url && page < PAGES_MAX; page++) {
		json_t *comment;
		size_t i;
		bool more = true;
		spi_ask(link, "GET", url, NULL, NULL, ret);
		json_array_foreach(json_object_get(ret->json, "comments"), i, comment)
			more = more && visit(comment, json_object_get(ret->json, "users"), arg);
		json_t *meta = json_object_get(ret->json, "meta");
		const char *after = json_string_value(json_object_get(meta, "after_cursor"));
		url = more && after && json_is_true(json_object_get(meta, "has_more")) ? sp_arena_printf(link->arena,
			"%s/api/v2/tickets/%s/comments.json?include=users&page[size]=100&page[after]=%s", link->settings->url, remote, after) : NULL;
		spi_answer_clear(ret);
	}
}

typedef struct marked { const char *mark; bool found; } marked;

static bool look_for_mark(json_t *comment, json_t *users, void *arg)
{
	(void)users;
	marked *m = arg;
	const char *body = json_string_value(json_object_get(comment, "body"));
	m->found = body && m->mark && strstr(body, m->mark);
	return !m->found;
}

static void write_change(const spi_link *link, const sp_outgoing *out, const char *text, sp_buffer *body)
{
	const spi_connect_settings *s = link->settings;
	const char *state = spi_moves(out) ? spi_mapping_get(&s->states_out, sp_ticket_state_name(out->step.state)) : NULL;
	sp_json json;
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	sp_json_object(&json, "ticket");
	if (state)
		sp_json_string(&json, "status", state);
	if (spi_moves(out) && (out->step.state == SP_TICKET_SOLVED || out->step.state == SP_TICKET_CLOSED))
		for (size_t i = 0; i < s->set_solved.count; i++)
			set_value(&json, s->set_solved.rows[i].key, s->set_solved.rows[i].value);
	set_value(&json, "group_id", spi_mapping_get(&s->groups, out->step.group));
	const char *priority = out->step.priority ? spi_priority_there(s, out->step.priority, out->ticket.category) : NULL;
	if (priority)
		sp_json_string(&json, "priority", priority);
	if (text)
		write_comment(&json, text, s->public_notes || spi_is_for_the_person(out));
	sp_json_object_end(&json);
	sp_json_object_end(&json);
}

static bool is_told(const spi_link *link, const sp_outgoing *out, spi_answer *ret)
{
	marked m = {.mark = spi_mark(link->settings, out, link->arena)};
	each_comment(link, out->remote, look_for_mark, &m, ret);
	return m.found;
}

static void send_change(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret)
{
	spi_ask(link, "PUT", sp_arena_printf(link->arena, "%s/api/v2/tickets/%s.json", link->settings->url, out->remote), body, NULL, ret);
}

static const spi_records records = {.member = "ticket", .read = read_ticket, .find = find, .is_told = is_told, .write_ticket = write_ticket,
	.send_ticket = send_ticket, .write_change = write_change, .send_change = send_change};

typedef struct gathered { sp_arena *arena; sp_remote_comment *list; size_t count, room, seen; } gathered;

/* Who asked answers their e-mail: that is no answer of the desk. */
static bool is_of_the_person(json_t *comment, json_t *users)
{
	json_int_t author = json_integer_value(json_object_get(comment, "author_id"));
	json_t *user;
	size_t i;
	json_array_foreach(users, i, user)
		if (json_integer_value(json_object_get(user, "id")) == author) {
			const char *role = json_string_value(json_object_get(user, "role"));
			return role && strcmp(role, "end-user") == 0;
		}
	return false;
}

static bool gather(json_t *comment, json_t *users, void *arg)
{
	gathered *g = arg;
	const char *text = spi_value_text(comment, "body", g->arena), *at = spi_value_text(comment, "created_at", g->arena);
	int64_t at_s = 0;
	/* The first is what the ticket was opened with: with a requester it is theirs there, though we wrote it. */
	bool is_first = g->seen++ == 0, of_person = is_of_the_person(comment, users);
	if (!json_is_true(json_object_get(comment, "public")) || !*text || ((is_first || !of_person) && spi_is_ours(text)))
		return true;
	if (g->count == g->room) {
		sp_remote_comment *more = sp_arena_calloc(g->arena, g->room = g->room ? 2 * g->room : 16, sizeof *more);
		if (more && g->count)
			memcpy(more, g->list, g->count * sizeof *more);
		g->list = more;
	}
	if (!g->list)
		return false;
	if (!spi_rfc3339_parse(at, strlen(at), &at_s))
		at_s = spi_now_utc_s();
	g->list[g->count++] = (sp_remote_comment){spi_value_text(comment, "id", g->arena),
		{at_s, of_person ? SP_COMMENT_OF_PERSON : NULL, text}};
	return true;
}

static void comments(const spi_link *link, const char *remote, const sp_remote_comment **ret_comments, size_t *ret_count, spi_answer *ret)
{
	gathered g = {.arena = link->arena};
	each_comment(link, remote, gather, &g, ret);
	*ret_comments = g.list;
	*ret_count = g.list ? g.count : 0;
}

/* ---- what comes back ---- */

static bool tell(json_t *ticket, sp_arena *arena, spi_changed *changed, void *arg)
{
	const spi_news news = {.remote = spi_value_text(ticket, "id", arena), .state = spi_value_text(ticket, "status", arena),
		.version = spi_value_text(ticket, "updated_at", arena)};
	return changed(arg, &news);
}

static void poll(const spi_link *link, const char *cursor, spi_changed *changed, void *arg, const char **ret_cursor, spi_answer *ret)
{
	const char *base = sp_arena_printf(link->arena, "%s/api/v2/incremental/tickets/cursor.json", link->settings->url);
	sp_buffer url = SP_BUFFER_INIT;
	bool more = true;
	for (int page = 0; more && page < PAGES_MAX; page++) {
		json_t *ticket;
		size_t i;
		sp_buffer_clear(&url);
		sp_buffer_printf(&url, "%s?", base ? base : "");
		if (cursor) {
			sp_buffer_add_text(&url, "cursor=");
			spi_call_escape(cursor, &url);
		} else {
			sp_buffer_printf(&url, "start_time=%lld", (long long)(spi_now_utc_s() - FIRST_LOOK_BACK_S));
		}
		spi_ask(link, "GET", sp_buffer_ok(&url) ? sp_buffer_text(&url) : NULL, NULL, NULL, ret);
		more = ret->outcome == SPI_DONE && json_is_false(json_object_get(ret->json, "end_of_stream"));
		json_array_foreach(json_object_get(ret->json, "tickets"), i, ticket)
			if (!tell(ticket, link->arena, changed, arg)) {
				spi_answer_clear(ret);
				goto out;
			}
		const char *after = ret->outcome == SPI_DONE ? spi_value_text(ret->json, "after_cursor", link->arena) : "";
		if (*after)
			*ret_cursor = cursor = after;
		spi_answer_clear(ret);
	}
out:
	sp_buffer_release(&url);
}

const spi_connect_maker spi_maker_zendesk = {.kind = "zendesk", .check = check, .records = &records,
	.poll = poll, .comments = comments};
