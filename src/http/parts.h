/* Pieces of JSON that several calls share, and checks of what several calls take. */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include "base/json.h"
#include "http/request.h"
#include "sportello/answer.h"

/* {id, lang, title, url} */
void spi_json_link(const spi_request *request, sp_json *json, const char *name, const char *id, const char *title,
	sp_lang lang);
/* What lists say of an article: id, lang, title, type, category, updated, url, into an open object. */
void spi_json_summary(const spi_request *request, sp_json *json, const sp_record *record);
/* "2021-03-02"; left out when there is none. */
void spi_json_date(sp_json *json, const char *name, sp_date date);
void spi_json_strings(sp_json *json, const char *name, const sp_strings *strings);
/* What a field asks for: {key, label, why, type, options?, max, keep_days}. */
/* latest: the last day that a date of what has happened may be; value: what it is filled in with beforehand, NULL = nothing. */
void spi_json_field(sp_json *json, const sp_field *field, sp_lang lang, sp_date latest, const char *value);

/* What is done with the caller's index; anything but SP_OK ends it. */
typedef sp_status spi_index_use(spi_request *request, sp_index *index, void *arg, sp_error *err);
/* Do it, again where the index changed underneath; a damaged one is reported, so that it is built anew. Returns the status;
   SP_ERR_BUSY with a reply in place when there is no index to ask. */
sp_status spi_with_index(spi_request *request, spi_index_use *use, void *arg, sp_error *err);
/* Whether a text of a person is short enough; else a 400 is in place that names the field and counts. */
bool spi_check_length(spi_request *request, const char *field, const char *text, size_t len);
/* The header Idempotency-Key, NULL where there is none; false with a 400 in place where it cannot be one. */
bool spi_check_key(spi_request *request, const char **ret_key);

/* Whether a channel's name can be one: a letter, then letters, digits and -, up to 32. */
bool spi_is_channel(const char *text);
/* Whether a text has the form of a conversation's id. */
bool spi_is_conversation(const char *text);
/* Whether the caller may know of a category of that key; else a 400 is in place. */
bool spi_check_category(spi_request *request, const char *key);
/* Page filters of search and the list of articles: type, category, page, per_page into a query; false with a 400 in
   place. */
bool spi_read_filters(spi_request *request, sp_query *query, uint32_t *ret_page);

#endif
