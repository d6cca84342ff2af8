#include "http/talk.h"

#include "base/hash.h"

#include "sportello/outbox.h"

#include <stdlib.h>
#include <string.h>

static int by_time(const void *a, const void *b)
{
	const spi_said *x = a, *y = b;
	return x->at_utc_s < y->at_utc_s ? -1 : x->at_utc_s > y->at_utc_s;
}

sp_status spi_talk_read(spi_request *request, int64_t number, spi_said **ret, size_t *ret_count, sp_error *err)
{
	sp_ticket_event *events = NULL;
	sp_comment *comments = NULL;
	size_t events_count = 0, comments_count = 0, count = 0;
	sp_store_reader *store = request->worker->store;
	*ret_count = 0;
	if (!store)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the store cannot be read");
	sp_status status = sp_store_ticket_events(store, number, request->arena, &events, &events_count, err);
	if (status == SP_OK)
		status = sp_store_comments(store, number, request->arena, &comments, &comments_count, err);
	if (status != SP_OK)
		return status;
	spi_said *list = sp_arena_calloc(request->arena, events_count + comments_count + 1, sizeof *list);
	if (!list)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < events_count; i++) {
		const sp_ticket_event *event = &events[i];
		if (event->post_kind == SP_POST_REPLY || event->post_kind == SP_POST_ANSWER)
			list[count++] = (spi_said){event->at_utc_s, event->post_kind == SP_POST_ANSWER, event->post,
				event->post_kind == SP_POST_REPLY, event->actor, event->article};
	}
	for (size_t i = 0; i < comments_count; i++) {
		bool of_person = sp_comment_is_of_person(&comments[i]);
		list[count++] = (spi_said){comments[i].at_utc_s, of_person, comments[i].text, false, of_person ? NULL : comments[i].author, NULL};
	}
	qsort(list, count, sizeof *list, by_time);
	*ret = list;
	*ret_count = count;
	return SP_OK;
}

/* Plain text as it was written: paragraphs and line ends. */
static void add_plain(const char *text, sp_buffer *out)
{
	sp_buffer_add_text(out, "<p>");
	while (*text) {
		size_t len = strcspn(text, "\r\n");
		sp_buffer_add_html(out, text, len);
		text += len;
		size_t ends = 0;
		for (; *text == '\r' || *text == '\n'; text++)
			ends += *text == '\n';
		if (ends && *text)
			sp_buffer_add_text(out, ends > 1 ? "</p><p>" : "<br>");
	}
	sp_buffer_add_text(out, "</p>");
}

const char *spi_said_html(spi_request *request, const spi_said *said)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_status status = SP_OK;
	if (!said->text) /* memory was out */
		return NULL;
	if (said->is_markdown)
		status = sp_markdown_html(said->text, strlen(said->text), &out);
	else
		add_plain(said->text, &out);
	const char *html = status == SP_OK && sp_buffer_ok(&out) ? sp_arena_strdup(request->arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return html;
}

bool spi_is_secret(const char *given, const char *secret)
{
	return given && *secret && spi_same_secret(given, secret);
}
