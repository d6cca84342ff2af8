/* What people in the other system read of a ticket, in the language of the settings, else the ticket's own: names for what has a key; and the same
   as JSON for machines, keys as they are. */
#include "connect/maker.h"

#include "base/json.h"
#include "connect/names.h"
#include "sportello/answer.h"
#include "sportello/catalog.h"
#include "sportello/text.h"
#include "ticket/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define SUBJECT_CHARS 120
#define MARK "[Sportello "

const char *spi_reference(const spi_connect_settings *settings, int64_t ticket, sp_arena *arena)
{
	return sp_arena_printf(arena, "%s%" PRId64, settings->prefix, ticket);
}

const char *spi_mark(const spi_connect_settings *settings, const sp_outgoing *out, sp_arena *arena)
{
	return sp_arena_printf(arena, MARK "%s%" PRId64 "/%" PRIu32 "]", settings->prefix, out->entry.ticket, out->entry.revision);
}

bool spi_is_ours(const char *text)
{
	size_t len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	size_t line = len;
	while (line > 0 && text[line - 1] != '\n' && text[line - 1] != '\r')
		line--;
	return len > 0 && text[len - 1] == ']' && strncmp(text + line, MARK, strlen(MARK)) == 0 &&
		memchr(text + line, ']', len - line) == text + len - 1;
}

/* How a text is said: in one language, with the names of one knowledge base. */
typedef struct saying { const spi_connect_settings *settings; const sp_kb_config *names; sp_lang lang; } saying;

sp_lang spi_lang_there(const spi_connect_settings *s, const sp_outgoing *out)
{
	sp_lang lang = s->lang != SP_LANG_NONE ? s->lang : out->ticket.lang;
	return lang != SP_LANG_NONE ? lang : s->names ? s->names->default_lang : SP_LANG_IT;
}

static saying saying_of(const spi_connect_settings *s, const sp_outgoing *out)
{
	return (saying){s, s->names, spi_lang_there(s, out)};
}

static const char *say(const saying *s, const char *key)
{
	return sp_catalog_text(s->lang, key);
}

static const char *named(const saying *s, spi_key_kind what, const char *key)
{
	return spi_called(s->names, what, key, s->lang);
}

/* ---- the ticket ---- */

/* The first characters of a text, line ends as blanks. */
static const char *head_of(const char *text, size_t chars, sp_arena *arena)
{
	size_t len = 0, count = 0;
	while (text[len] && count < chars) {
		len++;
		while (((unsigned char)text[len] & 0xc0) == 0x80)
			len++;
		count++;
	}
	char *copy = sp_arena_printf(arena, "%.*s%s", (int)len, text, text[len] ? "…" : "");
	for (char *at = copy; at && *at; at++)
		if (*at == '\n' || *at == '\r' || *at == '\t')
			*at = ' ';
	return copy ? copy : "";
}

const char *spi_subject(const spi_connect_settings *s, const sp_outgoing *out, sp_arena *arena)
{
	const saying how = saying_of(s, out);
	const char *category = named(&how, SPI_NAMED_CATEGORY, out->ticket.category);
	const char *about = out->ticket.message ? out->ticket.message : category ? category : "";
	return sp_arena_printf(arena, "%s %s%" PRId64 "%s%s", say(&how, "connect.ticket"), s->prefix, out->entry.ticket, *about ? ": " : "",
		head_of(about, SUBJECT_CHARS - 40, arena));
}

static void add_line(sp_buffer *text, const char *label, const char *value)
{
	if (value && *value)
		sp_buffer_printf(text, "%s: %s\n", label, value);
}

static void add_fields(const saying *s, const sp_ticket *ticket, sp_buffer *text)
{
	bool headed = false;
	for (size_t i = 0; i < ticket->values_count; i++) {
		if (spi_mapping_get(&s->settings->fields, ticket->values[i].field))
			continue;
		if (!headed)
			sp_buffer_printf(text, "\n%s\n", say(s, "connect.data"));
		headed = true;
		sp_buffer_printf(text, "- %s: %s\n", named(s, SPI_NAMED_FIELD, ticket->values[i].field), ticket->values[i].value);
	}
}

/* What was asked, what was shown, and whether it helped. */
static void add_turns(const saying *s, const sp_outgoing *out, sp_buffer *text)
{
	if (out->turns_count > 0)
		sp_buffer_printf(text, "\n%s\n", say(s, "connect.tried"));
	for (size_t i = 0; i < out->turns_count; i++) {
		const sp_outgoing_turn *turn = &out->turns[i];
		if (turn->left_out)
			sp_buffer_printf(text, "  (…) %s: %" PRIu32 "\n", say(s, "connect.left-out"), turn->left_out);
		sp_buffer_printf(text, "- %s\n", turn->turn.question ? turn->turn.question : "");
		if (turn->turn.article)
			sp_buffer_printf(text, "  → %s%s%s%s%s\n", turn->turn.article, turn->turn.step && *turn->turn.step ? "#" : "",
				turn->turn.step ? turn->turn.step : "", turn->solved < 0 ? "" : " ", turn->solved < 0 ? "" :
				say(s, turn->solved ? "connect.solved" : "connect.not-solved"));
	}
}

const char *spi_priority_there(const spi_connect_settings *s, sp_priority priority, const char *category)
{
	const char *there = spi_mapping_get(&s->priorities, sp_priority_name(priority));
	if (!there && (priority == SP_PRIORITY_NORMAL || priority == SP_PRIORITY_NONE)) {
		there = spi_mapping_get(&s->priorities, category);
		there = there ? there : spi_mapping_get(&s->priorities, "default");
	}
	return there;
}

/* Where it has no place of its own there. */
static void add_priority(const saying *s, sp_priority priority, const char *category, sp_buffer *text)
{
	char key[64];
	snprintf(key, sizeof key, "connect.priority.%s", sp_priority_name(priority));
	if (priority != SP_PRIORITY_NONE && !spi_priority_there(s->settings, priority, category))
		add_line(text, say(s, "connect.priority"), say(s, key));
}

void spi_describe_ticket(const spi_connect_settings *s, const sp_outgoing *out, sp_arena *arena, sp_buffer *text)
{
	const sp_ticket *ticket = &out->ticket;
	const saying how = saying_of(s, out);
	const char *mark = spi_mark(s, out, arena);
	if (ticket->message)
		sp_buffer_printf(text, "%s\n\n", ticket->message);
	add_line(text, say(&how, "connect.category"), named(&how, SPI_NAMED_CATEGORY, ticket->category));
	add_line(text, say(&how, "connect.group"), named(&how, SPI_NAMED_GROUP, ticket->group));
	if (ticket->priority != SP_PRIORITY_NORMAL)
		add_priority(&how, ticket->priority, ticket->category, text);
	add_line(text, say(&how, "connect.channel"), named(&how, SPI_NAMED_CHANNEL, ticket->channel));
	add_line(text, say(&how, "connect.audience"), named(&how, SPI_NAMED_AUDIENCE, ticket->audience));
	add_line(text, say(&how, "connect.lang"), named(&how, SPI_NAMED_LANG, sp_lang_code(ticket->lang)));
	add_line(text, say(&how, "connect.article"), ticket->article);
	add_line(text, say(&how, "connect.note"), ticket->note);
	add_fields(&how, ticket, text);
	add_turns(&how, out, text);
	sp_buffer_printf(text, "\n%s", mark ? mark : "");
}

/* ---- a change ---- */

bool spi_is_for_the_person(const sp_outgoing *out)
{
	return out->step.post_kind == SP_POST_REPLY || out->step.post_kind == SP_POST_ANSWER;
}

/* What came with it. A reply goes as it is; of the others it is said what they are. */
static void add_post(const saying *s, const sp_ticket_step *step, sp_buffer *text)
{
	static const char *const heads[SP_POST_KINDS] = {[SP_POST_ANSWER] = "connect.answer", [SP_POST_DOSSIER] = "connect.dossier",
		[SP_POST_RETURN] = "connect.return"};
	if (!step->post)
		return;
	if (heads[step->post_kind])
		sp_buffer_printf(text, "%s\n", say(s, heads[step->post_kind]));
	sp_buffer_printf(text, "%s\n", step->post);
}

bool spi_describe_change(const spi_connect_settings *s, const sp_outgoing *out, sp_arena *arena, sp_buffer *text)
{
	const sp_ticket_step *step = &out->step;
	const saying how = saying_of(s, out);
	const char *mark = spi_mark(s, out, arena);
	size_t before = text->len;
	bool for_person = spi_is_for_the_person(out); /* then nothing of ours goes with it */
	add_post(&how, step, text);
	if (step->note && *step->note && !for_person)
		sp_buffer_printf(text, "%s\n", step->note);
	if (!for_person) {
		add_line(text, say(&how, "connect.article"), step->article);
		add_line(text, say(&how, "connect.assignee"), step->assignee);
		if (!spi_mapping_get(&s->groups, step->group))
			add_line(text, say(&how, "connect.group"), named(&how, SPI_NAMED_GROUP, step->group));
		add_priority(&how, step->priority, out->ticket.category, text);
	}
	if (spi_moves(out) && !for_person && !spi_mapping_get(&s->states_out, sp_ticket_state_name(step->state)))
		add_line(text, say(&how, "connect.state"), named(&how, SPI_NAMED_STATE, sp_ticket_state_name(step->state)));
	if (text->len == before)
		return false;
	sp_buffer_printf(text, "\n%s", mark ? mark : "");
	return true;
}

/* ---- for machines ---- */

static void json_turns(sp_json *json, const sp_outgoing *out)
{
	if (out->turns_count == 0)
		return;
	sp_json_array(json, "conversation");
	for (size_t i = 0; i < out->turns_count; i++) {
		const sp_turn *turn = &out->turns[i].turn;
		sp_json_object(json, NULL);
		spi_json_time(json, "at", turn->at_utc_s);
		sp_json_string(json, "question", turn->question ? turn->question : "");
		spi_json_text(json, "decision", sp_decision_name(turn->decision));
		spi_json_text(json, "article", turn->article);
		spi_json_text(json, "step", turn->step);
		if (out->turns[i].solved >= 0)
			sp_json_bool(json, "solved", out->turns[i].solved != 0);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_opened(sp_json *json, const sp_outgoing *out)
{
	const sp_ticket *ticket = &out->ticket;
	spi_json_ticket_members(json, ticket);
	sp_json_string(json, "priority", sp_priority_name(ticket->priority));
	json_turns(json, out);
}

static void json_changed(sp_json *json, const sp_ticket_step *step)
{
	sp_json_string(json, "state", sp_ticket_state_name(step->state));
	sp_json_bool(json, "moved", step->moved);
	spi_json_time(json, "at", step->at_utc_s);
	sp_json_int(json, "level", step->level);
	spi_json_text(json, "actor", step->actor);
	spi_json_text(json, "group", step->group);
	spi_json_text(json, "assignee", step->assignee);
	spi_json_text(json, "priority", sp_priority_name(step->priority));
	spi_json_text(json, "note", step->note);
	spi_json_text(json, "article", step->article);
	if (step->post) {
		sp_json_object(json, "post");
		sp_json_string(json, "kind", sp_post_kind_name(step->post_kind));
		sp_json_bool(json, "public", step->post_kind == SP_POST_REPLY || step->post_kind == SP_POST_ANSWER);
		sp_json_string(json, "text", step->post);
		sp_json_object_end(json);
	}
}

void sp_outgoing_json(const sp_outgoing *out, sp_json *json, const char *name)
{
	sp_json_object(json, name);
	sp_json_int(json, "number", out->entry.ticket);
	sp_json_int(json, "revision", out->entry.revision);
	if (out->entry.revision == 1)
		json_opened(json, out);
	else
		json_changed(json, &out->step);
	sp_json_object_end(json);
}
