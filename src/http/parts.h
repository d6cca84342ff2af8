/* Pieces of JSON that several calls share, and checks of what several calls take. */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include "http/request.h"
#include "sportello/answer.h"

/* {id, lang, title, url} */
void spi_json_link(const spi_request *request, sp_json *json, const char *name, const char *id, const char *title,
	sp_lang lang);
/* "2021-03-02"; left out when there is none. */
void spi_json_date(sp_json *json, const char *name, sp_date date);
/* RFC 3339; left out when 0. */
void spi_json_time(sp_json *json, const char *name, int64_t utc_s);
/* Left out when NULL or "". */
void spi_json_text(sp_json *json, const char *name, const char *text);
void spi_json_strings(sp_json *json, const char *name, const sp_strings *strings);
/* What a field asks for: {key, label, why, type, options?, max, keep_days}. */
void spi_json_field(sp_json *json, const sp_field *field, sp_lang lang);

/* Whether a channel's name can be one: a letter, then letters, digits and -, up to 32. */
bool spi_is_channel(const char *text);
/* Whether a text has the form of a conversation's id. */
bool spi_is_conversation(const char *text);
/* Page filters of search and the list of articles: type, category, page, per_page into a query; false with a 400 in
   place. */
bool spi_read_filters(spi_request *request, sp_query *query, uint32_t *ret_page);

#endif
