/* GET /v1/tickets/{number}/draft: a new article out of a solved ticket, as a Markdown file for an editor. It holds the person's questions and
   our replies, personal data removed; never a note, a dossier or anything else that is ours alone. */
#include "base/clock.h"
#include "http/handlers.h"
#include "http/talk.h"
#include "http/tasks.h"
#include "http/tickets.h"
#include "kb/slug.h"
#include "kb/write.h"
#include "sportello/catalog.h"
#include "sportello/personal.h"
#include "sportello/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define QUESTIONS_MAX 8
#define QUESTION_CHARS 160
#define TITLE_CHARS 80
#define ID_CHARS 60
#define YEAR_S ((int64_t)365 * 86400)

/* ---- without what is of one person ---- */

/* Masks (<iban>) out of a text that was masked: an article says what holds for everybody. */
static const char *without_data(spi_request *request, const char *text)
{
	sp_buffer masked = SP_BUFFER_INIT, out = SP_BUFFER_INIT;
	sp_personal_mask(text, strlen(text), &masked);
	for (const char *at = sp_buffer_text(&masked); *at;) {
		size_t skipped = 0;
		for (int kind = 0; *at == '<' && !skipped && kind < SP_PERSONAL_COUNT; kind++) {
			const char *name = sp_personal_name((sp_personal_kind)kind);
			size_t len = strlen(name);
			if (strncmp(at + 1, name, len) == 0 && at[len + 1] == '>')
				skipped = len + 2;
		}
		if (skipped)
			sp_buffer_add_text(&out, "…");
		else
			sp_buffer_add_char(&out, *at);
		at += skipped ? skipped : 1;
	}
	const char *copy = sp_buffer_ok(&masked) && sp_buffer_ok(&out) ? sp_arena_strdup(request->arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&masked);
	sp_buffer_release(&out);
	return copy ? copy : "";
}

/* Whether a line begins with one of the words of a list ("gentile|buongiorno"), whatever its case. */
static bool begins_with(spi_request *request, const char *line, size_t len, const char *words)
{
	size_t form_len = 0;
	const char *form = sp_text_normal_form(line, len, request->arena, &form_len);
	while (form && *words) {
		size_t word = strcspn(words, "|");
		if (word <= form_len && strncmp(form, words, word) == 0 && (form[word] == '\0' || form[word] == ' '))
			return true;
		words += word + (words[word] == '|');
	}
	return false;
}

#define SALUTATION_CHARS 60

/* A reply without its salutation (a name stands there) and all that follows its complimentary close. */
static const char *body_of(spi_request *request, sp_lang lang, const char *text)
{
	const char *greetings = sp_catalog_text(lang, "agent-ticket.draft.greetings"), *closings = sp_catalog_text(lang, "agent-ticket.draft.closings");
	sp_buffer out = SP_BUFFER_INIT;
	bool first = true;
	while (*text) {
		size_t len = strcspn(text, "\n");
		bool blank = strspn(text, " \t\r") >= len;
		bool drop = first && !blank && len < SALUTATION_CHARS && begins_with(request, text, len, greetings);
		if (!blank && !first && len < SALUTATION_CHARS && begins_with(request, text, len, closings))
			break;
		if (!drop && (out.len || !blank)) {
			sp_buffer_add(&out, text, len);
			sp_buffer_add_char(&out, '\n');
		}
		first = first && blank;
		text += len + (text[len] != '\0');
	}
	while (out.len && strchr(" \t\r\n", out.data[out.len - 1]))
		out.data[--out.len] = '\0';
	const char *body = sp_buffer_ok(&out) ? without_data(request, sp_buffer_text(&out)) : "";
	sp_buffer_release(&out);
	return body;
}

/* The beginning of a text on one line, cut at a sentence's end where there is one. */
static const char *line_of(spi_request *request, const char *text, size_t chars)
{
	size_t len = 0, count = 0, last_blank = 0;
	text += strspn(text, " \t\r\n");
	for (; text[len] && text[len] != '\n' && count < chars; count++) {
		if (count > 8 && strchr(".?!", text[len]) && (!text[len + 1] || strchr(" \n", text[len + 1]))) {
			len += text[len] != '.';
			break;
		}
		if (text[len] == ' ')
			last_blank = len;
		do
			len++;
		while (((unsigned char)text[len] & 0xc0) == 0x80);
	}
	if (count == chars && text[len] && last_blank)
		len = last_blank;
	return sp_arena_strndup(request->arena, text, len);
}

/* ---- the record ---- */

static void add_question(spi_request *request, sp_strings *list, const char *text)
{
	const char *line = text ? line_of(request, without_data(request, text), QUESTION_CHARS) : NULL;
	if (!line || !*line || list->count == QUESTIONS_MAX)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], line) == 0)
			return;
	list->items[list->count++] = line;
}

static void add_questions(spi_request *request, const sp_ticket *ticket, sp_strings *list)
{
	sp_desk_turn *turns = NULL;
	size_t count = 0;
	add_question(request, list, spi_ticket_story(request, ticket));
	if (ticket->conversation && sp_store_desk_turns(request->worker->store, ticket->conversation, request->arena, &turns, &count, NULL) != SP_OK)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (turns[i].turn.decision != SP_DECIDE_NONE && turns[i].turn.reason != SP_REASON_PERSON &&
			turns[i].turn.reason != SP_REASON_ACCEPTED && !sp_reason_is_step(turns[i].turn.reason))
			add_question(request, list, turns[i].turn.question);
}

static const char *answer_of(spi_request *request, const sp_ticket *ticket, const spi_said *said, size_t count)
{
	sp_buffer out = SP_BUFFER_INIT;
	for (size_t i = 0; i < count; i++) {
		const char *body = said[i].is_markdown ? body_of(request, ticket->lang, said[i].text) : "";
		if (*body)
			sp_buffer_printf(&out, "%s%s\n", out.len ? "\n" : "", body);
	}
	const char *text = sp_buffer_ok(&out) && out.len ? sp_arena_strdup(request->arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return text;
}

static const char *id_of(spi_request *request, const char *title, int64_t number)
{
	char *key = spi_key_of(title, request->arena);
	size_t len = key ? strlen(key) : 0;
	if (len > ID_CHARS)
		len = ID_CHARS;
	while (len > 0 && key[len - 1] == '-')
		len--;
	/* The number keeps it apart from other articles until an editor has a better name. */
	return sp_arena_printf(request->arena, "%.*s%s%" PRId64, (int)len, len ? key : "", len ? "-" : "ticket-", number);
}

static sp_date day_of(spi_request *request, int64_t utc_s)
{
	return sp_date_of(utc_s, request->config->timezone);
}

static void write_draft(spi_request *request, const sp_ticket *ticket, const char *answer)
{
	const char *items[QUESTIONS_MAX], *audience[1] = {ticket->audience && *ticket->audience ? ticket->audience : "citizen"};
	sp_strings questions = {items, 0};
	add_questions(request, ticket, &questions);
	const char *title = questions.count ? line_of(request, questions.items[0], TITLE_CHARS) : NULL;
	sp_fill fills[] = {{"number", sp_arena_printf(request->arena, "%" PRId64, ticket->number)}, {NULL, NULL}};
	if (!title || !*title)
		title = sp_catalog_fill(ticket->lang, "agent-ticket.draft.title", fills, request->arena);
	const char *category = ticket->category ? ticket->category : request->config->categories_count ? request->config->categories[0].key : "";
	sp_import_record record = {.id = id_of(request, title, ticket->number), .title = title, .answer = answer, .category = category,
		.lang = ticket->lang, .questions = questions, .audience = {audience, 1}, .updated = day_of(request, request->now_utc_s),
		.is_markdown = true, .type = "qa", .status = "draft", .owner = request->caller.subject,
		.review_by = day_of(request, request->now_utc_s + YEAR_S)};
	spi_record_write(&request->out, &record, category, record.updated, request->arena);
	spi_reply_text(request, 200, "text/markdown; charset=utf-8");
	spi_reply_header(request, "Content-Disposition",
		sp_arena_printf(request->arena, "attachment; filename=\"%s.md\"", record.id));
}

void spi_h_ticket_draft(spi_request *request)
{
	sp_ticket ticket;
	spi_said *said = NULL;
	size_t count = 0;
	sp_error err = {0};
	int64_t number = spi_ticket_number(request);
	if (!number || !spi_ticket_read(request, number, &ticket))
		return;
	sp_status status = spi_talk_read(request, number, &said, &count, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	const char *answer = answer_of(request, &ticket, said, count);
	if (ticket.state != SP_TICKET_SOLVED && ticket.state != SP_TICKET_CLOSED)
		spi_problem(request, SPI_CONFLICT, "%s", sp_catalog_text(request->lang, "agent-ticket.error.not-solved"));
	else if (!answer)
		spi_problem(request, SPI_CONFLICT, "%s", sp_catalog_text(request->lang, "agent-ticket.error.no-reply"));
	else
		write_draft(request, &ticket, answer);
}
