/* One contact on one connection: its acts as calls, and what it hears of the replies. A call whose reply did not come is made again; what has
   its place in the store already (a turn, a feedback, a ticket by its key, a change by its revision) is not written twice. */
#include "cmd/replay.h"

#include "base/hash.h"
#include "sportello/ticket.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- words that stay: a contact's category and article outlive its reply ---- */

static bool grow(spi_guests *all)
{
	size_t cap = all->words_cap ? 2 * all->words_cap : 1024;
	const char **words = calloc(cap, sizeof *words);
	if (!words)
		return false;
	for (size_t i = 0; i < all->words_cap; i++)
		if (all->words[i]) {
			size_t at = spi_hash64(all->words[i], strlen(all->words[i])) & (cap - 1);
			while (words[at])
				at = (at + 1) & (cap - 1);
			words[at] = all->words[i];
		}
	free(all->words);
	all->words = words;
	all->words_cap = cap;
	return true;
}

/* NULL stays NULL. False: memory is out. */
static bool keep(spi_guests *all, const char *text, const char **ret)
{
	*ret = NULL;
	if (!text)
		return true;
	if (2 * all->words_count >= all->words_cap && !grow(all))
		return false;
	size_t at = spi_hash64(text, strlen(text)) & (all->words_cap - 1);
	while (all->words[at] && strcmp(all->words[at], text) != 0)
		at = (at + 1) & (all->words_cap - 1);
	if (!all->words[at]) {
		all->words[at] = sp_arena_strdup(all->arena, text);
		all->words_count += all->words[at] != NULL;
	}
	*ret = all->words[at];
	return *ret != NULL;
}

/* ---- saying ---- */

sp_status spi_guest_begin(spi_guest *g, const spi_guests *all, sp_error *err)
{
	sp_arena_reset(g->arena);
	g->busy = true;
	g->in_doubt = all->resumes;
	g->heard = (spi_heard){0};
	g->places = 0;
	g->said_count = 0;
	g->ticket = 0;
	g->steps_count = g->step = 0;
	g->said = sp_arena_calloc(g->arena, SPI_GUEST_SAID_MAX, sizeof *g->said);
	spi_replay_conversation(g->contact.number, g->conversation);
	return g->said ? spi_guest_say(g, all, err) : no_memory(err);
}

static void head(const spi_guest *g, const spi_guests *all, int64_t at_utc_s, bool with_place, sp_buffer *out)
{
	sp_buffer_printf(out, "Sportello-Replay: at=%" PRId64 "; kb=%s; person=%" PRIu64, at_utc_s, all->kb, g->contact.person);
	if (with_place)
		sp_buffer_printf(out, "; place=%u", g->places + 1);
	sp_buffer_add_text(out, "\r\n");
}

static void write_turn(const spi_guest *g, sp_json *json)
{
	sp_json_string(json, "conversation", g->conversation);
	sp_json_string(json, "message", g->contact.say);
	sp_json_string(json, "channel", g->contact.cell->channel);
	if (!g->in_doubt)
		return;
	sp_json_array(json, "said");
	for (size_t i = 0; i < g->said_count; i++)
		sp_json_string(json, NULL, g->said[i]);
	sp_json_array_end(json);
}

static void write_fields(const spi_guest *g, const spi_guests *all, sp_json *json)
{
	int category = g->contact.category ? sp_kb_category(all->config, g->contact.category) : -1;
	const sp_category *c = category >= 0 ? &all->config->categories[category] : NULL;
	sp_json_object(json, "fields");
	for (size_t i = 0; c && i < c->fields_count; i++) {
		const sp_field *field = &all->config->fields[c->fields[i]];
		const char *value = spi_replay_value(field, &g->contact, g->arena), *normal, *wrong;
		if (value && sp_ticket_check_field(field, value, strlen(value), 0, g->arena, &normal, &wrong) == SP_OK)
			sp_json_string(json, field->key, value);
	}
	sp_json_object_end(json);
}

static void write_step(const spi_guest *g, const spi_guests *all, sp_json *json)
{
	const spi_desk_step *step = &g->steps[g->step];
	int category = g->contact.category ? sp_kb_category(all->config, g->contact.category) : -1;
	const char *group = step->level2 ? spi_replay_group(all->config, SP_LEVEL_2, category >= 0 ? all->config->categories[category].service : -1) : NULL;
	sp_json_string(json, "state", sp_ticket_state_name(step->state));
	if (group)
		sp_json_string(json, "group", group);
}

sp_status spi_guest_say(spi_guest *g, const spi_guests *all, sp_error *err)
{
	sp_buffer body = SP_BUFFER_INIT, more = SP_BUFFER_INIT;
	sp_json json;
	char path[96] = "/v1/chat";
	const char *method = "POST";
	sp_json_init(&json, &body);
	sp_json_object(&json, NULL);
	if (g->ticket) {
		method = "PATCH";
		snprintf(path, sizeof path, "/v1/tickets/%" PRId64, g->ticket);
		head(g, all, g->steps[g->step].at_utc_s, false, &more);
		sp_buffer_printf(&more, "If-Match: \"r%zu\"\r\n", g->step + 1);
		write_step(g, all, &json);
	} else if (g->contact.act == SPI_ACT_TICKET) {
		snprintf(path, sizeof path, "/v1/tickets");
		head(g, all, g->contact.at_utc_s, false, &more);
		sp_buffer_printf(&more, "Idempotency-Key: replay-%" PRIu64 "\r\n", g->contact.number);
		sp_json_string(&json, "conversation", g->conversation);
		sp_json_string(&json, "channel", g->contact.cell->channel);
		write_fields(g, all, &json);
	} else {
		head(g, all, g->contact.at_utc_s, true, &more);
		if (g->contact.act == SPI_ACT_SAY) {
			write_turn(g, &json);
		} else {
			snprintf(path, sizeof path, "/v1/chat/%s/feedback", g->conversation);
			sp_json_bool(&json, "solved", g->contact.act == SPI_ACT_SOLVED);
		}
	}
	sp_json_object_end(&json);
	sp_buffer_clear(&g->out);
	sp_buffer_clear(&g->in);
	g->sent = 0;
	spi_wire_write(&g->out, all->server, method, path, sp_buffer_text(&more), sp_buffer_text(&body), body.len);
	bool ok = sp_buffer_ok(&body) && sp_buffer_ok(&more) && sp_buffer_ok(&g->out);
	sp_buffer_release(&body);
	sp_buffer_release(&more);
	all->play->result.calls++;
	return ok ? SP_OK : no_memory(err);
}

/* ---- hearing ---- */

static sp_decision_kind decision_of(const char *name)
{
	int kind = 0;
	while (kind < SP_DECIDE_COUNT && (!name || strcmp(name, sp_decision_name((sp_decision_kind)kind)) != 0))
		kind++;
	return (sp_decision_kind)kind;
}

static sp_choice_kind choice_kind_of(const char *name)
{
	for (int kind = 1; name && kind < SP_CHOICE_KINDS; kind++)
		if (strcmp(name, sp_choice_kind_name((sp_choice_kind)kind)) == 0)
			return (sp_choice_kind)kind;
	return (sp_choice_kind)0;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool hear_choices(spi_guest *g, spi_guests *all, const json_t *list)
{
	size_t count = json_array_size(list);
	spi_heard_choice *choices = sp_arena_calloc(g->arena, count + 1, sizeof *choices);
	for (size_t i = 0; choices && i < count; i++) {
		const json_t *choice = json_array_get(list, i);
		choices[i].value = sp_arena_strdup(g->arena, text_of(choice, "value"));
		choices[i].kind = choice_kind_of(text_of(choice, "kind"));
		if (!choices[i].value || !keep(all, text_of(choice, "article"), &choices[i].article))
			return false;
	}
	g->heard.choices = choices;
	g->heard.choices_count = count;
	return choices != NULL;
}

static sp_status hear_turn(spi_guest *g, spi_guests *all, const json_t *body, sp_error *err)
{
	g->heard = (spi_heard){.decision = decision_of(text_of(body, "decision"))};
	if (g->heard.decision == SP_DECIDE_COUNT || !json_is_true(json_object_get(body, "recorded")))
		return sp_error_set(err, SP_ERR_BUSY, NULL, 0, "the server could not store a turn");
	if (!keep(all, text_of(json_object_get(body, "article"), "id"), &g->heard.article) || !keep(all, text_of(body, "category"), &g->heard.category) ||
		!hear_choices(g, all, json_object_get(body, "choices")))
		return no_memory(err);
	if (g->said_count == SPI_GUEST_SAID_MAX)
		return sp_error_set(err, SP_ERR_TOO_LARGE, NULL, 0, "a contact has too many turns");
	g->said[g->said_count++] = sp_arena_strdup(g->arena, g->contact.say);
	g->places++;
	spi_contact_hear(&g->contact, &g->heard);
	return SP_OK;
}

static sp_status hear_ticket(spi_guest *g, const json_t *body, sp_error *err)
{
	g->ticket = json_integer_value(json_object_get(body, "number"));
	if (g->ticket <= 0)
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "the server opened a ticket without a number");
	g->steps_count = spi_desk_steps(&g->contact, g->contact.at_utc_s, g->steps);
	return SP_OK;
}

static void end_step(spi_guest *g)
{
	if (++g->step < g->steps_count)
		return;
	g->ticket = 0;
	spi_contact_go_on(&g->contact);
}

static sp_status hear_good(spi_guest *g, spi_guests *all, const spi_wire_reply *reply, sp_error *err)
{
	sp_status status = SP_OK;
	if (g->ticket) {
		end_step(g);
		return SP_OK;
	}
	if (g->contact.act == SPI_ACT_SOLVED || g->contact.act == SPI_ACT_NOT_SOLVED) {
		g->places++;
		spi_contact_go_on(&g->contact);
		return SP_OK;
	}
	json_t *body = json_loadb(reply->body, reply->body_len, 0, NULL);
	if (!body)
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "the server's reply is no JSON");
	status = g->contact.act == SPI_ACT_TICKET ? hear_ticket(g, body, err) : hear_turn(g, all, body, err);
	json_decref(body);
	return status;
}

/* A change that was made already, before its reply was lost. */
static bool was_done(const spi_guest *g, const spi_wire_reply *reply)
{
	char tag[32];
	return g->ticket && g->in_doubt && reply->status == 412 && spi_wire_header(reply, "ETag", tag, sizeof tag) && strncmp(tag, "\"r", 2) == 0 &&
		strtoull(tag + 2, NULL, 10) > g->step + 1;
}

static sp_status refused(const spi_wire_reply *reply, sp_error *err)
{
	json_t *body = json_loadb(reply->body, reply->body_len, 0, NULL);
	const char *detail = text_of(body, "detail"), *field = text_of(body, "field");
	bool is_kb = reply->status == 409 && field && strcmp(field, "kb") == 0;
	if (is_kb)
		sp_error_set(err, SP_ERR_CONFLICT, "--kb", 0, "%s", spi_say("replay.kb-changed"));
	else
		sp_error_set(err, SP_ERR_DENIED, NULL, 0, "%s: %d: %s", spi_say("replay.refused"), reply->status, detail ? detail : "");
	json_decref(body);
	return is_kb ? SP_ERR_CONFLICT : SP_ERR_DENIED;
}

sp_status spi_guest_hear(spi_guest *g, spi_guests *all, const spi_wire_reply *reply, sp_error *err)
{
	if (reply->status == 503 || reply->status == 429)
		return SP_ERR_BUSY;
	bool good = reply->status == 200 || reply->status == 201 || was_done(g, reply);
	sp_status status = good ? hear_good(g, all, reply, err) : refused(reply, err);
	if (status == SP_OK)
		g->in_doubt = all->resumes;
	return status;
}
