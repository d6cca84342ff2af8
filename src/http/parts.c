#include "http/parts.h"

#include "http/known.h"
#include "http/turn.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX 10000
#define PER_PAGE 20
#define PER_PAGE_MAX 100
#define CHANNEL_MAX 32

void spi_json_link(const spi_request *request, sp_json *json, const char *name, const char *id, const char *title,
	sp_lang lang)
{
	sp_json_object(json, name);
	sp_json_string(json, "id", id);
	sp_json_string(json, "lang", sp_lang_code(lang));
	sp_json_string(json, "title", title);
	sp_json_string(json, "url", spi_article_url(request, id, lang));
	sp_json_object_end(json);
}

void spi_json_date(sp_json *json, const char *name, sp_date date)
{
	char text[16];
	if (!date)
		return;
	snprintf(text, sizeof text, "%04d-%02d-%02d", date / 10000 % 10000, date / 100 % 100, date % 100);
	sp_json_string(json, name, text);
}

void spi_json_strings(sp_json *json, const char *name, const sp_strings *strings)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < strings->count; i++)
		sp_json_string(json, NULL, strings->items[i]);
	sp_json_array_end(json);
}

const char *spi_field_type(sp_field_check check)
{
	static const char *const names[] = {
		[SP_FIELD_TEXT] = "text", [SP_FIELD_EMAIL] = "email", [SP_FIELD_PHONE] = "phone", [SP_FIELD_DATE] = "date",
		[SP_FIELD_PAST_DATE] = "date",
		[SP_FIELD_AMOUNT] = "amount", [SP_FIELD_CODICE_FISCALE] = "codice-fiscale", [SP_FIELD_IBAN] = "iban",
		[SP_FIELD_NOTICE_NUMBER] = "notice-number", [SP_FIELD_IUV] = "iuv", [SP_FIELD_CHOICE] = "choice",
	};
	return (size_t)check < sizeof names / sizeof *names ? names[check] : "text";
}

void spi_json_field(sp_json *json, const sp_field *field, sp_lang lang, sp_date latest, const char *value)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "key", field->key);
	sp_json_string(json, "label", sp_texts_get(&field->label, lang));
	sp_json_string(json, "why", sp_texts_get(&field->why, lang));
	sp_json_string(json, "type", spi_field_type(field->check));
	if (field->options_count) {
		sp_strings options = {field->options, field->options_count};
		spi_json_strings(json, "options", &options);
	}
	sp_json_int(json, "max", field->max_chars);
	sp_json_int(json, "keep_days", field->keep_days);
	if (field->check == SP_FIELD_PAST_DATE)
		spi_json_date(json, "latest", latest);
	spi_json_text(json, "value", value);
	sp_json_object_end(json);
}

bool spi_is_channel(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return len > 0 && len <= CHANNEL_MAX && text[len] == '\0' && text[0] >= 'a';
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool spi_is_conversation(const char *text)
{
	size_t len = 0;
	while (is_letter_or_digit(text[len]))
		len++;
	return len == SP_CONVERSATION_ID_LEN && text[len] == '\0';
}

static bool is_type(const char *text)
{
	for (int type = 0; type < SP_TYPE_COUNT; type++)
		if (strcmp(text, sp_article_type_name((sp_article_type)type)) == 0)
			return true;
	return false;
}

bool spi_check_category(spi_request *request, const char *key)
{
	if (spi_known_category(request, key) >= 0)
		return true;
	if (!request->reply.status)
		spi_problem_field(request, SPI_BAD_VALUE, "category", "there is no category of this name");
	return false;
}

bool spi_read_filters(spi_request *request, sp_query *query, uint32_t *ret_page)
{
	const char *type = spi_request_choice(request, "type"), *category = spi_request_choice(request, "category");
	if (type && !is_type(type)) {
		spi_problem_field(request, SPI_BAD_VALUE, "type",
			"type must be one of use-case, qa, procedure, training, notice");
		return false;
	}
	if (category && !spi_check_category(request, category))
		return false;
	if (!spi_request_number(request, "page", 1, PAGES_MAX, 1, ret_page) ||
	    !spi_request_number(request, "per_page", 1, PER_PAGE_MAX, PER_PAGE, &query->limit))
		return false;
	query->offset = (*ret_page - 1) * query->limit;
	query->type = type;
	query->category = category;
	return true;
}

void spi_json_summary(const spi_request *request, sp_json *json, const sp_record *record)
{
	sp_json_string(json, "id", record->id);
	sp_json_string(json, "lang", sp_lang_code(record->lang));
	sp_json_string(json, "title", record->title);
	sp_json_string(json, "type", sp_article_type_name(record->type));
	sp_json_string(json, "category", record->category);
	spi_json_date(json, "updated", record->updated);
	sp_json_string(json, "url", spi_article_url(request, record->id, record->lang));
}

/* ---- asking the index ---- */

#define TRIES 4

sp_status spi_with_index(spi_request *request, spi_index_use *use, void *arg, sp_error *err)
{
	sp_status status = SP_OK;
	for (int tries = 0; tries < TRIES; tries++) {
		sp_index *index = spi_request_index(request);
		if (!index)
			return SP_ERR_BUSY;
		sp_error_clear(err);
		status = use(request, index, arg, err);
		if (status != SP_ERR_CHANGED)
			break;
		if (!spi_request_rebind(request))
			return SP_ERR_BUSY;
	}
	if (status == SP_ERR_CORRUPT)
		sp_reader_report_damage(request->worker->reader);
	return status;
}

bool spi_check_length(spi_request *request, const char *field, const char *text, size_t len)
{
	size_t chars = sp_text_count_chars(text, len);
	if (chars <= SP_MESSAGE_MAX_CHARS)
		return true;
	sp_json *json = spi_problem_begin(request, SPI_MESSAGE_TOO_LONG, "%s has %zu characters; it may have up to %d", field, chars,
		SP_MESSAGE_MAX_CHARS);
	sp_json_string(json, "field", field);
	sp_json_int(json, "count", (int64_t)chars);
	sp_json_int(json, "max", SP_MESSAGE_MAX_CHARS);
	spi_problem_end(request);
	return false;
}

bool spi_check_key(spi_request *request, const char **ret_key)
{
	const char *key = spi_request_header(request, "Idempotency-Key");
	size_t len = 0;
	while (key && key[len] > 0x20 && key[len] < 0x7f)
		len++;
	*ret_key = key;
	if (!key || (len > 0 && len <= SP_IDEMPOTENCY_KEY_MAX && !key[len]))
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "Idempotency-Key", "the key must be 1 to %d visible ASCII characters", SP_IDEMPOTENCY_KEY_MAX);
	return false;
}
