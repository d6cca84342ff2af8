/* DELETE /v1/tickets/{number} and POST /v1/forget: the data of one ticket, conversation or person, at once. */
#include "http/audit.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/log.h"
#include "http/tickets.h"
#include "sportello/keep.h"

#include <stdlib.h>
#include <string.h>

typedef struct forgetting {
	sp_write write;
	sp_write_forget forget;
} forgetting;

/* Lines of numbers as an array. */
static void write_numbers(sp_json *json, const char *name, const char *lines)
{
	sp_json_array(json, name);
	for (; *lines; lines += strcspn(lines, "\n") + 1)
		sp_json_int(json, NULL, strtoll(lines, NULL, 10));
	sp_json_array_end(json);
}

/* The next of a line's columns; it ends at a tab or at the line's end. */
static void write_column(sp_json *json, const char *name, const char **at)
{
	size_t len = strcspn(*at, "\t\n");
	if (len > 0)
		sp_json_string_len(json, name, *at, len);
	*at += len + 1;
}

/* Records in other systems, which are theirs to delete. */
static void write_remote(sp_json *json, const char *lines)
{
	sp_json_array(json, "remote");
	while (*lines) {
		sp_json_object(json, NULL);
		sp_json_int(json, "ticket", strtoll(lines, NULL, 10));
		lines += strcspn(lines, "\t") + 1;
		write_column(json, "connector", &lines);
		write_column(json, "id", &lines);
		write_column(json, "label", &lines);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void done(spi_request *request)
{
	forgetting *f = request->data;
	sp_write_forget *forget = &f->forget;
	if (f->write.status) {
		spi_reply_error(request, f->write.status, &f->write.error);
	} else {
		sp_json json;
		if (!forget->scrubbed && !forget->dry_run)
			spi_log_error(request, SP_ERR_BUSY, &f->write.error); /* the service tries again */
		sp_json_init(&json, &request->out);
		sp_json_object(&json, NULL);
		sp_forgotten_json(&forget->forgotten, &json, "forgotten");
		write_numbers(&json, forget->what == SP_FORGET_CONVERSATION ? "tickets_kept" : "tickets", sp_buffer_text(&forget->numbers));
		write_remote(&json, sp_buffer_text(&forget->remote));
		sp_json_bool(&json, "dry_run", forget->dry_run);
		sp_json_bool(&json, "bytes_gone", forget->scrubbed);
		sp_json_object_end(&json);
		spi_reply_json(request, 200);
	}
	sp_write_forget_release(forget);
}

static forgetting *begin(spi_request *request, sp_forget_what what)
{
	forgetting *f = sp_arena_calloc(request->arena, 1, sizeof *f);
	if (!f)
		return NULL;
	f->forget = (sp_write_forget){.what = what, .at_utc_s = request->now_utc_s};
	f->write = (sp_write){.kind = SP_WRITE_FORGET, .as.forget = &f->forget};
	request->data = f;
	return f;
}

void spi_h_ticket_forget(spi_request *request)
{
	int64_t number = spi_ticket_number(request);
	forgetting *f = number ? begin(request, SP_FORGET_TICKET) : NULL;
	if (!f)
		return;
	f->forget.ticket = number;
	if (spi_audit_with(request, &f->write, SP_AUDIT_DATA_DELETE, NULL, NULL))
		spi_request_write(request, &f->write, done);
}

/* One of conversation and person. */
static bool read_what(spi_request *request, const json_t *body, forgetting *f)
{
	const char *conversation = spi_body_text(body, "conversation"), *person = spi_body_text(body, "person");
	char *known = sp_arena_alloc(request->arena, SP_PERSON_MAX);
	if (!known)
		return false;
	if (!conversation == !person) {
		spi_problem(request, SPI_MISSING_MEMBER, "name what to forget: conversation or person, one of them");
		return false;
	}
	if (person && !sp_person_of_text(person, known)) {
		spi_problem_field(request, SPI_BAD_VALUE, "person", "a person is known by an e-mail address, a codice fiscale, a telephone number, or subject: and what an app calls them");
		return false;
	}
	f->forget.what = person ? SP_FORGET_PERSON : SP_FORGET_CONVERSATION;
	f->forget.conversation = conversation;
	f->forget.named = person;
	f->forget.person = person ? known : NULL;
	return true;
}

void spi_h_forget(spi_request *request)
{
	static const spi_member members[] = {
		{"conversation", SPI_STRING, false, 64}, {"person", SPI_STRING, false, 200}, {"dry_run", SPI_BOOL, false, 0},
	};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	forgetting *f = body ? begin(request, SP_FORGET_PERSON) : NULL;
	if (!f || !read_what(request, body, f))
		return;
	f->forget.dry_run = json_is_true(json_object_get(body, "dry_run"));
	if (spi_audit_with(request, &f->write, SP_AUDIT_DATA_DELETE, NULL, NULL))
		spi_request_write(request, &f->write, done);
}
