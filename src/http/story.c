/* What tickets, their calls and their pages share: what it is about, values with their data hidden, names. */
#include "http/filled.h"
#include "http/tasks.h"

#include "sportello/catalog.h"
#include "sportello/personal.h"
#include "sportello/text.h"

#include <stdio.h>
#include <string.h>

#define TAIL_CHARS 4    /* of a value that stay to be seen */
#define TAIL_FROM 8     /* of a value as long as this */
#define DOTS "\u2022\u2022\u2022\u2022"

static const char *masked(spi_request *request, const char *text)
{
	sp_buffer *scratch = &request->worker->scratch;
	sp_buffer_clear(scratch);
	sp_personal_mask(text, strlen(text), scratch);
	return sp_buffer_ok(scratch) ? sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len) : NULL;
}

const char *spi_masks_in_words(spi_request *request, const char *text)
{
	sp_buffer *scratch = &request->worker->scratch;
	sp_personal_kind kind;
	char key[64];
	if (!text || !strchr(text, '<'))
		return text;
	sp_buffer_clear(scratch);
	while (*text) {
		size_t mask = sp_personal_mask_at(text, &kind), len = mask ? mask : 1 + strcspn(text + 1, "<");
		if (mask) {
			snprintf(key, sizeof key, "page.hidden.%s", sp_personal_name(kind));
			sp_buffer_add_text(scratch, sp_catalog_text(request->lang, key));
		} else {
			sp_buffer_add(scratch, text, len);
		}
		text += len;
	}
	return sp_buffer_ok(scratch) ? sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len) : NULL;
}

const char *spi_ticket_story(spi_request *request, const sp_ticket *ticket)
{
	const char *story = ticket->message, *best = NULL;
	for (size_t i = 0; !story && i < ticket->values_count; i++) {
		int field = sp_kb_field(request->config, ticket->values[i].field);
		if (field < 0 || !spi_is_story(&request->config->fields[field]))
			continue;
		if (!best || strlen(ticket->values[i].value) > strlen(best))
			best = ticket->values[i].value;
	}
	if (!story && best)
		story = masked(request, best);
	return story ? story : "";
}

/* The last characters of a value, behind dots. */
static const char *tail_of(spi_request *request, const char *value)
{
	size_t chars = sp_text_count_chars(value, strlen(value)), len = strlen(value), left = TAIL_CHARS;
	if (chars < TAIL_FROM || strchr(value, '@'))
		return DOTS;
	const char *at = value + len;
	while (left > 0 && at > value) {
		at--;
		left -= ((unsigned char)*at & 0xc0) != 0x80;
	}
	return sp_arena_printf(request->arena, DOTS "%s", at);
}

static bool is_personal(sp_field_check check)
{
	return check == SP_FIELD_EMAIL || check == SP_FIELD_PHONE || check == SP_FIELD_CODICE_FISCALE || check == SP_FIELD_IBAN ||
		check == SP_FIELD_NOTICE_NUMBER || check == SP_FIELD_IUV;
}

/* A field that is in kb.yaml no more may have held anything. */
bool spi_show_value(spi_request *request, const sp_ticket_value *value, spi_shown_value *ret)
{
	int number = sp_kb_field(request->config, value->field);
	const sp_field *field = number >= 0 ? &request->config->fields[number] : NULL;
	*ret = (spi_shown_value){.field = value->field, .label = field ? sp_texts_get(&field->label, request->lang) : value->field};
	if (!field || is_personal(field->check)) {
		ret->text = tail_of(request, value->value);
		ret->is_masked = true;
	} else if (field->check == SP_FIELD_TEXT) {
		ret->text = masked(request, value->value);
		ret->is_masked = ret->text && strcmp(ret->text, value->value) != 0;
	} else {
		ret->text = value->value;
	}
	return ret->text != NULL;
}

const char *spi_group_name(const spi_request *request, const char *key)
{
	int group = key ? sp_kb_group(request->config, key) : -1;
	return group >= 0 ? sp_texts_get(&request->config->groups[group].name, request->lang) : key;
}

int spi_ticket_service(const spi_request *request, const char *category, const char *group)
{
	const sp_kb_config *config = request->config;
	int g = group ? sp_kb_group(config, group) : -1, c = category ? sp_kb_category(config, category) : -1;
	int service = g >= 0 ? config->groups[g].service : -1;
	return service < 0 && c >= 0 ? config->categories[c].service : service;
}
