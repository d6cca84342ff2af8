/* GET /agent/receipts: a code that somebody reads out opens the text that they were shown. */
#include "http/agent.h"
#include "http/receipts.h"
#include "sportello/catalog.h"

#include <string.h>

#define CODE_MAX_CHARS 300
#define LINES_MAX 200 /* more of a difference nobody reads; that there is more is told */
#define VERSION_SHOWN 12

typedef struct asked {
	const char *code;
	spi_receipt receipt;
	bool is_busy;            /* too many codes were tried */
	sp_status status;
} asked;

static void put_line(const spi_request *request, spi_value *list, char mark, const char *text, size_t len)
{
	while (len > 0 && strchr("\r\n", text[len - 1]))
		len--;
	if (len == 0)
		return;
	spi_value *item = spi_list_add(list);
	spi_put_bool(item, "gone", mark == '-');
	spi_put_bool(item, "come", mark == '+');
	spi_put_text(item, "text", sp_arena_strndup(request->arena, text, len));
}

static void put_changes(const spi_request *request, spi_value *into, const spi_receipt *r)
{
	spi_value *list = spi_put_list(into, "lines");
	size_t count = 0;
	for (size_t i = 0; i < r->changes_count; i++) {
		if (i > 0)
			spi_put_bool(spi_list_add(list), "skipped", true);
		for (size_t k = 0; k < r->changes[i].count; k++) {
			const char *text = r->changes[i].runs[k].text, *end = text + r->changes[i].runs[k].len;
			for (const char *stop; text < end && count < LINES_MAX; text = stop, count++) {
				stop = memchr(text, '\n', (size_t)(end - text));
				stop = stop ? stop + 1 : end;
				put_line(request, list, r->changes[i].runs[k].mark, text, (size_t)(stop - text));
			}
		}
	}
	spi_put_bool(into, "is_cut", count == LINES_MAX);
	spi_put_bool(into, "has_lines", count > 0);
}

static void put_now(const spi_request *request, spi_value *into, const spi_receipt *r)
{
	if (!r->is_there) {
		spi_put_bool(into, "withdrawn", true);
		return;
	}
	const spi_pair pairs[] = {{"id", r->id}, {"of", sp_lang_code(r->lang)}, {0}};
	spi_put_text(into, "url", spi_page_url(request, "/agent/", pairs));
	spi_put_bool(into, "same", !r->changed);
	if (r->changed) {
		spi_value *changed = spi_put_object(into, "changed");
		spi_put_text(changed, "updated", spi_page_date(request, r->now.updated));
		put_changes(request, changed, r);
	}
}

static void put_receipt(const spi_request *request, spi_value *page, const spi_receipt *r)
{
	size_t len;
	spi_value *into = spi_put_object(page, "receipt");
	const char *html = spi_agent_mark_blocks(request, r->view.html, r->view.html_len, &len);
	spi_put_text(into, "code", r->code);
	spi_put_bool(into, "mended", r->mended);
	spi_put_text(into, "when", r->shown_utc_s ? spi_page_time(request, r->shown_utc_s) : "");
	spi_put_text(into, "name", r->title);
	if (r->lang != request->lang)
		spi_put_text(into, "other_lang", sp_lang_code(r->lang));
	spi_put_text(into, "version", sp_arena_strndup(request->arena, r->version, VERSION_SHOWN));
	spi_put_text(into, "audience_name", sp_texts_get(&request->config->audiences[r->audience].name, request->lang));
	spi_put_len(into, "html", html, len);
	put_now(request, into, r);
}

static sp_status compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	asked *a = request->data;
	(void)index;
	spi_agent_put_frame(request, page, SPI_AGENT_RECEIPTS, spi_page_text(request, "agent.receipts.title"));
	spi_put_text(page, "code", a->code);
	if (!*a->code)
		return SP_OK;
	sp_status status = spi_receipt_find(request, a->code, NULL, &a->receipt, err);
	a->is_busy = status == SP_ERR_BUSY;
	if (status == SP_OK)
		put_receipt(request, page, &a->receipt);
	else if (status == SP_ERR_NOT_FOUND || status == SP_ERR_BUSY || status == SP_ERR_INVALID)
		spi_put_text(page, "problem", spi_page_text(request, status == SP_ERR_NOT_FOUND ? "agent.receipts.none" :
			status == SP_ERR_BUSY ? "agent.receipts.busy" : "agent.receipts.unreadable"));
	else
		return status;
	return SP_OK;
}

void spi_h_page_agent_receipts(spi_request *request)
{
	asked *a = sp_arena_calloc(request->arena, 1, sizeof *a);
	const char *code = spi_request_query(request, "code");
	code = code ? code + strspn(code, " \t\r\n") : "";
	if (sp_text_count_chars(code, strlen(code)) > CODE_MAX_CHARS) {
		spi_problem_field(request, SPI_MESSAGE_TOO_LONG, "code", "code may have up to %d characters", CODE_MAX_CHARS);
		return;
	}
	if (!a) {
		spi_reply_error(request, SP_ERR_NOMEM, NULL);
		return;
	}
	a->code = code;
	request->data = a;
	spi_page_serve(request, "agent-receipts", compose);
	if (a->is_busy && request->reply.status == 200)
		request->reply.status = 429; /* the page, all the same, says so in words */
}
