/* GET /v1/receipts/{code}: the very text that somebody was shown. */
#include "http/handlers.h"
#include "http/parts.h"
#include "http/receipts.h"

#include <string.h>

static void write_changes(sp_json *json, const spi_receipt *r)
{
	sp_json_array(json, "changes");
	for (size_t i = 0; i < r->changes_count; i++) {
		sp_json_array(json, NULL);
		for (size_t k = 0; k < r->changes[i].count; k++) {
			const spi_diff_run *run = &r->changes[i].runs[k];
			char mark[2] = {run->mark, '\0'};
			sp_json_object(json, NULL);
			sp_json_string(json, "mark", mark);
			sp_json_string_len(json, "text", run->text, run->len);
			sp_json_object_end(json);
		}
		sp_json_array_end(json);
	}
	sp_json_array_end(json);
}

static void write_now(const spi_request *request, sp_json *json, const spi_receipt *r)
{
	sp_json_object(json, "now");
	sp_json_bool(json, "shown", r->is_there);
	if (r->is_there) {
		sp_json_bool(json, "changed", r->changed);
		sp_json_string(json, "version", r->now.version);
		sp_json_string(json, "title", r->now.title);
		sp_json_string(json, "url", spi_article_url(request, r->now.id, r->now.lang));
		write_changes(json, r);
	}
	sp_json_object_end(json);
}

static void write_receipt(spi_request *request, const spi_receipt *r)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "code", r->code);
	sp_json_bool(&json, "mended", r->mended);
	spi_json_time(&json, "at", r->shown_utc_s);
	sp_json_string(&json, "id", r->id);
	sp_json_string(&json, "lang", sp_lang_code(r->lang));
	sp_json_string(&json, "title", r->title);
	sp_json_string(&json, "version", r->version);
	sp_json_string(&json, "audience", request->config->audiences[r->audience].key);
	sp_json_string_len(&json, "markdown", r->view.markdown, r->view.markdown_len);
	sp_json_string_len(&json, "html", r->view.html, r->view.html_len);
	write_now(request, &json, r);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

void spi_h_receipt(spi_request *request)
{
	spi_receipt *r = sp_arena_calloc(request->arena, 1, sizeof *r);
	sp_error err = {0};
	sp_status status = r ? spi_receipt_find(request, request->params[0], spi_request_query(request, "audience"), r, &err) : SP_ERR_NOMEM;
	if (request->reply.status) /* it could not be noted */
		return;
	if (status == SP_OK) {
		write_receipt(request, r);
	} else if (status == SP_ERR_NOT_FOUND) {
		spi_problem(request, SPI_NOT_FOUND, "there is no receipt with this code");
	} else if (status == SP_ERR_INVALID) {
		spi_problem(request, SPI_GONE, "the text of this receipt cannot be read any more: kb.yaml has changed since");
	} else if (status == SP_ERR_BUSY) {
		spi_problem(request, SPI_TOO_MANY_REQUESTS, "too many codes that are none were tried; wait a minute");
		spi_reply_header(request, "Retry-After", "60");
	} else {
		spi_reply_error(request, status, &err);
	}
}
