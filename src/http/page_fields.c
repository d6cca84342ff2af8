/* Fields of a ticket as a form shows them. */
#include "http/pages.h"

#include "http/filled.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <string.h>

bool spi_page_has_story(const sp_kb_config *config, const int *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spi_is_story(&config->fields[fields[i]]))
			return true;
	return false;
}

static void put_options(spi_value *item, const sp_field *field, const char *value)
{
	spi_put_bool(item, "is_choice", true);
	spi_value *options = spi_put_list(item, "options");
	for (size_t i = 0; i < field->options_count; i++) {
		spi_value *option = spi_list_add(options);
		spi_put_text(option, "name", field->options[i]);
		spi_put_bool(option, "selected", value && strcmp(value, field->options[i]) == 0);
	}
}

static void put_input(const spi_request *request, spi_value *item, const sp_field *field)
{
	static const struct {
		const char *type, *mode, *complete;
	} kinds[] = {
		[SP_FIELD_TEXT] = {"text", NULL, NULL},
		[SP_FIELD_EMAIL] = {"email", NULL, "email"},
		[SP_FIELD_PHONE] = {"tel", NULL, "tel"},
		[SP_FIELD_DATE] = {"date", NULL, NULL},
		[SP_FIELD_PAST_DATE] = {"date", NULL, NULL},
		[SP_FIELD_AMOUNT] = {"text", "decimal", NULL},
		[SP_FIELD_CODICE_FISCALE] = {"text", NULL, NULL},
		[SP_FIELD_IBAN] = {"text", NULL, NULL},
		[SP_FIELD_NOTICE_NUMBER] = {"text", "numeric", NULL},
		[SP_FIELD_IUV] = {"text", NULL, NULL},
		[SP_FIELD_CHOICE] = {"text", NULL, NULL},
	};
	spi_put_text(item, "input", kinds[field->check].type);
	spi_put_text(item, "mode", kinds[field->check].mode);
	spi_put_text(item, "latest", field->check == SP_FIELD_PAST_DATE ? spi_page_iso_date(request, spi_latest_day(request)) : "");
	spi_put_text(item, "complete", kinds[field->check].complete);
}

/* What a browser lets be written: it cuts what is pasted without a word. */
static int64_t room(const sp_field *field)
{
	if (field->check != SP_FIELD_TEXT)
		return SP_FIELD_WRITTEN_MAX;
	return field->max_chars ? field->max_chars : SP_MESSAGE_MAX_CHARS;
}

void spi_page_put_field(const spi_request *request, spi_value *list, const sp_field *field,
	const spi_page_field *written, const char *prefix)
{
	spi_value *item = spi_list_add(list);
	const char *value = written && written->value ? written->value : "",
			   *why = sp_texts_get(&field->why, request->lang);
	bool has_hint = *why || field->keep_days, has_error = written && written->error;
	sp_arena *arena = request->arena;
	spi_put_text(item, "key", field->key);
	spi_put_text(item, "prefix", prefix);
	spi_put_text(item, "label", sp_texts_get(&field->label, request->lang));
	spi_put_text(item, "value", value);
	spi_put_bool(item, "hint", has_hint);
	spi_put_text(item, "why", why);
	spi_put_text(item, "days", field->keep_days ? sp_arena_printf(arena, "%u", field->keep_days) : "");
	spi_put_int(item, "max", room(field));
	spi_put_text(item, "error", has_error ? written->error : "");
	/* Ids of what describes the field: its mistake first. */
	const char *mistake = has_error ? sp_arena_printf(arena, "%sf-%s-error ", prefix, field->key) : "";
	const char *hint = has_hint ? sp_arena_printf(arena, "%sf-%s-hint", prefix, field->key) : "";
	spi_put_text(item, "described", sp_arena_printf(arena, "%s%s", mistake ? mistake : "", hint ? hint : ""));
	spi_put_bool(item, "optional", !(written && written->is_needed));
	if (field->check == SP_FIELD_CHOICE)
		put_options(item, field, value);
	else if (spi_is_story(field))
		spi_put_bool(item, "is_long", true);
	else
		put_input(request, item, field);
}

void spi_page_put_categories(const spi_request *request, spi_value *into, uint64_t seen)
{
	spi_put_bool(into, "categories_any", seen != 0);
	spi_value *list = spi_put_list(into, "categories");
	for (size_t i = 0; i < request->config->categories_count && i < 64; i++) {
		const sp_category *category = &request->config->categories[i];
		spi_value *item = seen >> i & 1 ? spi_list_add(list) : NULL;
		spi_put_text(item, "key", category->key);
		spi_put_text(item, "name", sp_texts_get(&category->name, request->lang));
	}
}
