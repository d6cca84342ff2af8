/* GET /v1/tickets/{number}/suggestions: articles that may solve it, with their score and why. */
#include "base/json.h"
#include "http/advice.h"
#include "http/handlers.h"
#include "http/tickets.h"

static void write_item(sp_json *json, const spi_suggested *item)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "id", item->id);
	sp_json_string(json, "lang", sp_lang_code(item->lang));
	sp_json_string(json, "title", item->title);
	sp_json_string(json, "type", sp_article_type_name(item->type));
	spi_json_text(json, "category", item->category);
	spi_json_text(json, "updated", item->updated);
	sp_json_string(json, "url", item->url);
	sp_json_number(json, "score", item->score, 3);
	spi_json_text(json, "phrase", item->phrase);
	spi_json_text(json, "words", item->words);
	sp_json_int(json, "solved", item->solved);
	sp_json_bool(json, "linked", item->linked);
	sp_json_bool(json, "public", item->insert != NULL);
	spi_json_text(json, "insert", item->insert);
	sp_json_object_end(json);
}

static void go_on(spi_request *request)
{
	spi_advice *advice = request->data;
	sp_json json;
	if (!spi_advice_find(request, advice, go_on))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", advice->ticket.number);
	sp_json_string(&json, "question", advice->question ? advice->question : "");
	sp_json_number(&json, "confidence", advice->confidence, 3);
	spi_json_text(&json, "why", advice->why);
	sp_json_array(&json, "articles");
	for (size_t i = 0; i < advice->count; i++)
		write_item(&json, &advice->items[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

void spi_h_ticket_suggestions(spi_request *request)
{
	int64_t number = spi_ticket_number(request);
	spi_advice *advice = number ? sp_arena_calloc(request->arena, 1, sizeof *advice) : NULL;
	if (!advice || !spi_ticket_read(request, number, &advice->ticket))
		return;
	request->data = advice;
	go_on(request);
}
