/* The body of POST /v1/chat: read, decided on a small knowledge base, put into words. */
#include "fuzz.h"
#include "request_bed.h"

#include "http/body.h"
#include "sportello/answer.h"

#include <jansson.h>
#include <string.h>

static const spi_member members[] = {
	{"conversation", SPI_STRING, false, 0}, {"message", SPI_STRING, true, 0}, {"lang", SPI_STRING, false, 0}, {"channel", SPI_STRING, false, 0},
	{"category", SPI_STRING, false, 0}, {"explain", SPI_BOOL, false, 0}, {"walk", SPI_BOOL, false, 0},
};

/* What was refused is told as JSON, whatever was in it. */
static void check_problem(const spi_request *request)
{
	const char *text = sp_buffer_text(&request->out);
	json_t *problem = json_loadb(text, request->out.len, JSON_REJECT_DUPLICATES, NULL);
	FUZZ_HOLDS(json_is_object(problem), text, request->out.len);
	FUZZ_HOLDS(request->reply.status >= 400 && request->reply.status < 500, text, request->out.len);
	json_decref(problem);
}

static void decide(fuzz_kb *kb, const char *message, size_t len, sp_lang lang)
{
	static sp_responder *responder;
	sp_decision decision;
	sp_reply reply;
	sp_question question = {.text = message, .len = len, .lang = lang, .day = FUZZ_TODAY};
	if (!responder)
		responder = sp_responder_new(NULL);
	if (sp_decide(responder, kb->index, kb->config, &question, kb->arena, &decision, NULL) != SP_OK)
		return;
	FUZZ_HOLDS(decision.confidence >= 0 && decision.confidence <= 1, message, len);
	if (sp_reply_compose(kb->index, kb->config, &decision, FUZZ_NOW_UTC_S, kb->arena, &reply, NULL) != SP_OK)
		return;
	fuzz_must_be_safe(reply.html, reply.html_len);
	FUZZ_HOLDS(reply.markdown_len > 0 && sp_text_is_utf8(reply.markdown, reply.markdown_len), message, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_kb *kb = fuzz_open_kb();
	request_bed bed;
	sp_lang lang;
	if (size > SPI_BODY_MAX)
		return 0;
	request_begin(&bed, "POST", kb->config);
	sp_buffer_add(&bed.request.body, data, size);
	const json_t *body = spi_body_read(&bed.request, members, sizeof members / sizeof *members);
	if (body && spi_body_lang(&bed.request, body, SP_LANG_NONE, &lang)) {
		const char *message = spi_body_text(body, "message");
		decide(kb, message, strlen(message), lang);
	} else {
		check_problem(&bed.request);
	}
	request_end(&bed);
	return 0;
}
