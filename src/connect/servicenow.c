/* ServiceNow by its Table API: a record of `table` for each ticket, known again by correlation_id and correlation_display.
   Nothing there keeps two records from having the same correlation_id: that there is one is our work. Rows are read by what comes after the last
   one, not by a number of rows to pass over: what changes meanwhile goes to the end, and would move others to where nobody looks any more. */
#include "connect/maker.h"

#include "base/clock.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <string.h>

/* Characters that a record keeps. */
#define DESCRIPTION_MAX 4000
#define PAGE 100
#define PAGES_MAX 100
/* So many records fit the address of one question. */
#define RECORDS_ASKED_MAX 50
/* What is written there becomes visible a moment later, with the earlier time. */
#define OVERLAP_S 60
/* The two clocks may differ; only our own records are looked at. */
#define FIRST_LOOK_BACK_S 86400

/* Choices as they come with the product; "3/4" is on hold, awaiting the vendor. Who changed them says so in the settings. */
static const spi_mapping_row incident_in[] = {{"2", "assigned"}, {"3", "waiting"}, {"3/4", "escalated"}, {"6", "solved"}, {"7", "closed"},
	{"8", "closed"}};
static const spi_mapping_row incident_out[] = {{"assigned", "2"}, {"waiting", "3/1"}, {"escalated", "2"}, {"returned", "2"}, {"solved", "6"},
	{"reopened", "2"}, {"closed", "7"}};
static const spi_mapping_row case_in[] = {{"10", "assigned"}, {"18", "waiting"}, {"6", "solved"}, {"3", "closed"}, {"7", "closed"}};
static const spi_mapping_row case_out[] = {{"assigned", "10"}, {"waiting", "18"}, {"escalated", "10"}, {"returned", "10"}, {"solved", "6"},
	{"reopened", "10"}, {"closed", "3"}};

#define ROWS(rows) rows, sizeof rows / sizeof *rows

static bool set_defaults(spi_connect_settings *s, sp_arena *arena)
{
	bool is_case = strcmp(s->table, "sn_customerservice_case") == 0;
	return is_case ? spi_mapping_defaults(&s->states_in, ROWS(case_in), arena) && spi_mapping_defaults(&s->states_out, ROWS(case_out), arena) :
		spi_mapping_defaults(&s->states_in, ROWS(incident_in), arena) && spi_mapping_defaults(&s->states_out, ROWS(incident_out), arena);
}

static sp_status check(spi_connect_settings *s, sp_arena *arena, sp_error *err)
{
	bool basic = s->user && spi_secret_is_set(&s->password);
	if (!basic && !spi_secret_is_set(&s->token))
		return sp_error_set(err, SP_ERR_INVALID, s->file, 0, "servicenow needs auth: {user: NAME, password: {env: NAME}} or auth: {token: {file: PATH}}");
	if (!s->table)
		s->table = "incident";
	if (!s->category_field)
		s->category_field = "category";
	if (!s->group_field)
		s->group_field = "assignment_group";
	if (!s->priority_field)
		s->priority_field = strcmp(s->table, "incident") == 0 ? "urgency" : "priority";
	return set_defaults(s, arena) ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- records ---- */

static const char *table_url(const spi_link *link, const char *record)
{
	return sp_arena_printf(link->arena, "%s/api/now/table/%s%s%s?sysparm_fields=sys_id,number,state,hold_reason,correlation_id"
		"&sysparm_exclude_reference_link=true", link->settings->url, link->settings->table, record ? "/" : "", record ? record : "");
}

/* A query as the Table API wants it: its parts divided by ^, the whole percent-encoded. */
static const char *query_url(const spi_link *link, const char *table, const char *query, const char *fields, unsigned limit)
{
	sp_buffer escaped = SP_BUFFER_INIT;
	spi_call_escape(query, &escaped);
	const char *url = sp_buffer_ok(&escaped) ? sp_arena_printf(link->arena, "%s/api/now/table/%s?sysparm_query=%s&sysparm_fields=%s"
		"&sysparm_limit=%u&sysparm_display_value=false&sysparm_exclude_reference_link=true", link->settings->url, table,
		sp_buffer_text(&escaped), fields, limit) : NULL;
	sp_buffer_release(&escaped);
	return url;
}

static void state_text(json_t *record, sp_arena *arena, char ret[SPI_REMOTE_STATE_MAX])
{
	const char *state = spi_value_text(record, "state", arena), *hold = spi_value_text(record, "hold_reason", arena);
	const char *whole = *hold ? sp_arena_printf(arena, "%s/%s", state, hold) : state;
	spi_put(ret, SPI_REMOTE_STATE_MAX, whole ? whole : "");
}

/* False: it has no sys_id, so whatever it is, it is no record. */
static bool read_record(json_t *record, sp_arena *arena, spi_sent *ret)
{
	spi_put(ret->remote, sizeof ret->remote, spi_value_text(record, "sys_id", arena));
	spi_put(ret->label, sizeof ret->label, spi_value_text(record, "number", arena));
	state_text(record, arena, ret->state);
	return ret->remote[0] != '\0';
}

/* What names a field that a table does not have, or that our user may not read, is left out of a query without a word: then anybody's records come. */
static bool is_of(const spi_link *link, const sp_outgoing *out, json_t *record)
{
	const char *reference = spi_reference(link->settings, out->entry.ticket, link->arena);
	return reference && strcmp(spi_value_text(record, "correlation_id", link->arena), reference) == 0;
}

static void tell_no_reference(const spi_link *link, spi_answer *ret)
{
	ret->cause = SP_CAUSE_ODD;
	snprintf(ret->why, sizeof ret->why, "records of %.60s do not keep correlation_id: `table` must be one that extends task, and our user must be "
		"allowed to read and write correlation_id and correlation_display", link->settings->table);
}

/* The oldest record of this ticket. */
static void find(const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	const char *query = sp_arena_printf(link->arena, "correlation_id=%s^correlation_display=%s^ORDERBYsys_created_on^ORDERBYsys_id",
		spi_reference(link->settings, out->entry.ticket, link->arena), link->settings->display);
	const char *url = query ? query_url(link, link->settings->table, query, "sys_id,number,state,hold_reason,correlation_id", 2) : NULL;
	spi_sent second = {0};
	spi_ask(link, "GET", url, NULL, NULL, &ret->answer);
	json_t *rows = json_object_get(ret->answer.json, "result"), *first = json_array_get(rows, 0);
	if (ret->answer.outcome == SPI_DONE && first && !is_of(link, out, first)) {
		ret->answer.outcome = SPI_REFUSED;
		tell_no_reference(link, &ret->answer);
	}
	ret->found = ret->answer.outcome == SPI_DONE && first && read_record(first, link->arena, ret);
	if (ret->found && is_of(link, out, json_array_get(rows, 1)) && read_record(json_array_get(rows, 1), link->arena, &second)) {
		memcpy(ret->second, second.remote, sizeof ret->second);
		memcpy(ret->second_label, second.label, sizeof ret->second_label);
	}
}

/* ---- sending ---- */

static void set_text(sp_json *json, const char *name, const char *value)
{
	if (name && value && *value)
		sp_json_string(json, name, value);
}

/* What is longer is cut there, without a word: the whole is in a note then. */
static void set_description(sp_json *json, const char *text, sp_arena *arena)
{
	size_t at = 0, chars = 0;
	for (; text[at] && chars < DESCRIPTION_MAX; chars++)
		for (at++; ((unsigned char)text[at] & 0xc0) == 0x80;)
			at++;
	sp_json_string(json, "description", text[at] ? sp_arena_strndup(arena, text, at) : text);
	if (text[at])
		sp_json_string(json, "work_notes", text);
}

static void set_all(sp_json *json, const spi_mapping *map)
{
	for (size_t i = 0; i < map->count; i++)
		sp_json_string(json, map->rows[i].key, map->rows[i].value);
}

static void set_default(sp_json *json, const spi_mapping *map, const char *name, const char *value)
{
	if (!spi_mapping_get(map, name))
		set_text(json, name, value);
}

/* An incident is neither resolved nor closed without these two, as it comes with the product: what the settings do not say. */
static void set_solved(sp_json *json, const spi_link *link, const sp_outgoing *out)
{
	const spi_connect_settings *s = link->settings;
	const sp_fill fills[] = {{"number", spi_reference(s, out->entry.ticket, link->arena)}, {NULL, NULL}};
	set_all(json, &s->set_solved);
	if (strcmp(s->table, "incident") != 0)
		return;
	set_default(json, &s->set_solved, "close_code", "Solution provided");
	set_default(json, &s->set_solved, "close_notes", sp_catalog_fill(spi_lang_there(s, out), "connect.close-notes", fills, link->arena));
}

/* "3/1" is state 3 with hold_reason 1. */
static void set_state(sp_json *json, const char *state, sp_arena *arena)
{
	const char *slash = state ? strchr(state, '/') : NULL;
	set_text(json, "state", slash ? sp_arena_strndup(arena, state, (size_t)(slash - state)) : state);
	set_text(json, "hold_reason", slash ? slash + 1 : NULL);
}

static void write_ticket(const spi_link *link, const sp_outgoing *out, sp_buffer *body)
{
	const spi_connect_settings *s = link->settings;
	const sp_ticket *ticket = &out->ticket;
	sp_buffer text = SP_BUFFER_INIT;
	sp_json json;
	spi_describe_ticket(s, out, link->arena, &text);
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "correlation_id", spi_reference(s, out->entry.ticket, link->arena));
	sp_json_string(&json, "correlation_display", s->display);
	sp_json_string(&json, "short_description", spi_subject(s, out, link->arena));
	set_description(&json, sp_buffer_text(&text), link->arena);
	set_text(&json, s->group_field, spi_mapping_get(&s->groups, ticket->group));
	set_text(&json, s->category_field, spi_mapping_get(&s->categories, ticket->category));
	set_text(&json, s->priority_field, spi_priority_there(s, ticket->priority, ticket->category));
	for (size_t i = 0; i < ticket->values_count; i++)
		set_text(&json, spi_mapping_get(&s->fields, ticket->values[i].field), ticket->values[i].value);
	set_all(&json, &s->set);
	sp_json_object_end(&json);
	sp_buffer_release(&text);
}

/* Whether the comment of this very change is there. Own ones are looked for among all: public and internal. */
static bool is_told(const spi_link *link, const sp_outgoing *out, spi_answer *ret)
{
	const char *query = sp_arena_printf(link->arena, "element_id=%s^valueLIKE%s", out->remote, spi_mark(link->settings, out, link->arena));
	spi_ask(link, "GET", query ? query_url(link, "sys_journal_field", query, "sys_id", 1) : NULL, NULL, NULL, ret);
	return ret->outcome == SPI_DONE && json_array_size(json_object_get(ret->json, "result")) > 0;
}

static void write_change(const spi_link *link, const sp_outgoing *out, const char *comment, sp_buffer *body)
{
	const spi_connect_settings *s = link->settings;
	const char *state = spi_moves(out) ? spi_mapping_get(&s->states_out, sp_ticket_state_name(out->step.state)) : NULL;
	sp_json json;
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	set_state(&json, state, link->arena);
	if (spi_moves(out) && (out->step.state == SP_TICKET_SOLVED || out->step.state == SP_TICKET_CLOSED))
		set_solved(&json, link, out);
	set_text(&json, s->group_field, spi_mapping_get(&s->groups, out->step.group));
	if (out->step.priority != SP_PRIORITY_NONE)
		set_text(&json, s->priority_field, spi_priority_there(s, out->step.priority, out->ticket.category));
	set_text(&json, s->public_notes || spi_is_for_the_person(out) ? "comments" : "work_notes", comment);
	sp_json_object_end(&json);
}

/* 403 is also said where a rule there does not want this very change: a field lacks, the record is closed. No right of ours, and no waiting,
   mends that. */
static void tell_rules(spi_answer *ret)
{
	if (ret->status != 403 || (!strstr(ret->why, "Data Policy Exception") && !strstr(ret->why, "aborted by Business Rule")))
		return;
	ret->outcome = SPI_REFUSED;
	ret->cause = SP_CAUSE_VALUE;
}

static void send_ticket(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret)
{
	spi_ask(link, "POST", table_url(link, NULL), body, NULL, ret);
	tell_rules(ret);
	if (ret->outcome == SPI_DONE && !is_of(link, out, json_object_get(ret->json, "result")))
		tell_no_reference(link, ret);
}

static void send_change(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret)
{
	spi_ask(link, "PATCH", table_url(link, out->remote), body, NULL, ret);
	tell_rules(ret);
}

/* Closed as the settings say that a ticket of ours is. Where a rule there wants more than that, somebody does it: it is told. */
static void withdraw(const spi_link *link, const sp_outgoing *out, const spi_sent *two, spi_answer *ret)
{
	const spi_connect_settings *s = link->settings;
	const sp_fill fills[] = {{"number", two->label}, {NULL, NULL}};
	sp_buffer body = SP_BUFFER_INIT;
	sp_json json;
	sp_json_init(&json, &body);
	sp_json_object(&json, NULL);
	set_state(&json, spi_mapping_get(&s->states_out, sp_ticket_state_name(SP_TICKET_CLOSED)), link->arena);
	set_solved(&json, link, out);
	set_text(&json, "work_notes", sp_catalog_fill(spi_lang_there(s, out), "connect.twice", fills, link->arena));
	sp_json_object_end(&json);
	spi_ask(link, "PATCH", table_url(link, two->second), &body, NULL, ret);
	sp_buffer_release(&body);
}

static const spi_records records = {.member = "result", .read = read_record, .find = find, .is_told = is_told, .write_ticket = write_ticket,
	.send_ticket = send_ticket, .write_change = write_change, .send_change = send_change,
	.withdraw = withdraw};

/* ---- what comes back ---- */

/* "2026-11-23 15:46:26", in UTC, and back. */
static int64_t moment_of(const char *text)
{
	char copy[32];
	int64_t utc_s = 0;
	snprintf(copy, sizeof copy, "%.19sZ", text);
	if (copy[10] == ' ')
		copy[10] = 'T';
	return spi_rfc3339_parse(copy, strlen(copy), &utc_s) ? utc_s : 0;
}

static void moment_text(int64_t utc_s, char ret[32])
{
	spi_rfc3339(utc_s, ret);
	ret[10] = ' ';
	ret[19] = '\0';
}

typedef struct reading {
	const spi_link *link;
	spi_changed *changed;
	void *arg;
	int64_t latest_s;  /* of the records read */
	int64_t comment_s; /* of the comments read */
	sp_buffer ids;     /* of the records read, divided by commas */
	size_t ids_count;
	bool stopped;
	bool is_cut;       /* there was more than PAGES_MAX */
} reading;

typedef void read_row(reading *r, json_t *row);

static void read_state(reading *r, json_t *row)
{
	char state[SPI_REMOTE_STATE_MAX];
	const char *updated = spi_value_text(row, "sys_updated_on", r->link->arena);
	const spi_news news = {.remote = spi_value_text(row, "sys_id", r->link->arena), .state = state, .version = updated};
	int64_t at_s = moment_of(updated);
	state_text(row, r->link->arena, state);
	sp_buffer_printf(&r->ids, "%s%s", r->ids_count++ ? "," : "", news.remote);
	r->stopped = !r->changed(r->arg, &news);
	if (at_s > r->latest_s)
		r->latest_s = at_s;
}

static sp_remote_comment comment_of(json_t *row, sp_arena *arena)
{
	return (sp_remote_comment){spi_value_text(row, "sys_id", arena), {moment_of(spi_value_text(row, "sys_created_on", arena)),
		spi_value_text(row, "sys_created_by", arena), spi_value_text(row, "value", arena)}};
}

static void read_comment(reading *r, json_t *row)
{
	sp_remote_comment comment = comment_of(row, r->link->arena);
	const spi_news news = {.remote = spi_value_text(row, "element_id", r->link->arena), .state = "", .version = "", .comment = &comment};
	r->comment_s = comment.comment.at_utc_s;
	if (*comment.comment.text && !spi_is_ours(comment.comment.text))
		r->stopped = !r->changed(r->arg, &news);
}

/* Which rows, in which order: by a time, then by sys_id. */
typedef struct row_kind { const char *table, *which, *fields, *time; read_row *visit; } row_kind;

/* The last row that was read. */
typedef struct place { const char *time, *id; } place;

/* One page; the number of its rows. */
static size_t read_page(reading *r, const row_kind *of, const char *query, place *last, spi_answer *ret)
{
	json_t *found, *row;
	size_t i, count;
	spi_ask(r->link, "GET", query ? query_url(r->link, of->table, query, of->fields, PAGE) : NULL, NULL, NULL, ret);
	found = json_object_get(ret->json, "result");
	count = ret->outcome == SPI_DONE ? json_array_size(found) : 0;
	json_array_foreach(found, i, row)
		if (!r->stopped) {
			*last = (place){spi_value_text(row, of->time, r->link->arena), spi_value_text(row, "sys_id", r->link->arena)};
			of->visit(r, row);
		}
	spi_answer_clear(ret);
	return count;
}

/* All rows since a moment, page after page: the rest of the second that the last page ended in, then what is later. */
static void read_rows(reading *r, const row_kind *of, const char *since, spi_answer *ret)
{
	sp_arena *arena = r->link->arena;
	place last = {0};
	const char *query = of->which ? sp_arena_printf(arena, "%s^%s>=%s^ORDERBY%s^ORDERBYsys_id", of->which, of->time, since, of->time) : NULL;
	bool in_second = false;
	for (unsigned page = 0; !r->stopped; page++) {
		r->is_cut = page == PAGES_MAX;
		if (r->is_cut)
			return;
		bool more = read_page(r, of, query, &last, ret) == PAGE;
		if (ret->outcome != SPI_DONE || (!more && !in_second) || !last.time || !*last.time || !*last.id)
			return;
		in_second = more;
		query = more ? sp_arena_printf(arena, "%s^%s=%s^sys_id>%s^ORDERBYsys_id", of->which, of->time, last.time, last.id) :
			sp_arena_printf(arena, "%s^%s>%s^ORDERBY%s^ORDERBYsys_id", of->which, of->time, last.time, of->time);
	}
}

/* A comment changes its record: only those that changed are asked for, not everybody's of the table, but when they are too many. */
static void read_comments(reading *r, const char *since, spi_answer *ret)
{
	const char *of = r->ids_count <= RECORDS_ASKED_MAX && sp_buffer_ok(&r->ids) ?
		sp_arena_printf(r->link->arena, "^element_idIN%s", sp_buffer_text(&r->ids)) : "";
	const row_kind kind = {.table = "sys_journal_field", .fields = "sys_id,element_id,value,sys_created_on,sys_created_by", .time = "sys_created_on",
		.which = of ? sp_arena_printf(r->link->arena, "name=%s%s^element=comments", r->link->settings->table, of) : NULL, .visit = read_comment};
	read_rows(r, &kind, since, ret);
}

/* Two questions, however many records changed. */
static void poll(const spi_link *link, const char *cursor, spi_changed *changed, void *arg, const char **ret_cursor, spi_answer *ret)
{
	char since[32];
	const spi_connect_settings *s = link->settings;
	int64_t from_s = cursor ? moment_of(cursor) : spi_now_utc_s() - FIRST_LOOK_BACK_S;
	reading r = {.link = link, .changed = changed, .arg = arg, .latest_s = from_s};
	moment_text(from_s - OVERLAP_S, since);
	const row_kind kind = {.table = s->table, .which = sp_arena_printf(link->arena, "correlation_display=%s", s->display),
		.fields = "sys_id,state,hold_reason,sys_updated_on", .time = "sys_updated_on", .visit = read_state};
	read_rows(&r, &kind, since, ret);
	if (ret->outcome == SPI_DONE && !r.stopped && r.ids_count > 0)
		read_comments(&r, since, ret);
	/* Comments of days are many: the next time goes on where these end. */
	if (r.is_cut && r.comment_s > from_s && r.comment_s < r.latest_s)
		r.latest_s = r.comment_s;
	moment_text(r.latest_s, since);
	*ret_cursor = sp_arena_strdup(link->arena, since);
	sp_buffer_release(&r.ids);
}

static void comments(const spi_link *link, const char *remote, const sp_remote_comment **ret_comments, size_t *ret_count, spi_answer *ret)
{
	const char *query = sp_arena_printf(link->arena, "name=%s^element_id=%s^element=comments^ORDERBYsys_created_on", link->settings->table, remote);
	spi_ask(link, "GET", query ? query_url(link, "sys_journal_field", query, "sys_id,value,sys_created_on,sys_created_by", PAGE) : NULL,
		NULL, NULL, ret);
	json_t *rows = json_object_get(ret->json, "result"), *row;
	size_t count = 0, i;
	sp_remote_comment *list = sp_arena_calloc(link->arena, json_array_size(rows) + 1, sizeof *list);
	json_array_foreach(rows, i, row) {
		sp_remote_comment comment = comment_of(row, link->arena);
		if (list && *comment.comment.text && !spi_is_ours(comment.comment.text))
			list[count++] = comment;
	}
	*ret_comments = list;
	*ret_count = list ? count : 0;
}

const spi_connect_maker spi_maker_servicenow = {.kind = "servicenow", .check = check, .records = &records,
	.poll = poll, .polls_comments = true, .comments = comments};
