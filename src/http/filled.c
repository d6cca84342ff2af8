#include "http/filled.h"

#include "http/pages.h"
#include "sportello/text.h"
#include "sportello/ticket.h"

#include <string.h>

sp_date spi_latest_day(const spi_request *request)
{
	sp_date today = sp_date_of(request->now_utc_s, request->config->timezone);
	return today > request->day ? today : request->day;
}

/* The only field of a kind; -1: there is none, or more than one. */
static ptrdiff_t only(const sp_kb_config *config, const int *fields, size_t count, sp_field_check check)
{
	ptrdiff_t found = -1;
	for (size_t i = 0; i < count; i++) {
		if (config->fields[fields[i]].check != check)
			continue;
		if (found >= 0)
			return -1;
		found = (ptrdiff_t)i;
	}
	return found;
}

/* What fits: a browser would cut the rest, where a word may be in the middle. */
static const char *shortened(const spi_request *request, const char *text, const sp_field *field)
{
	size_t chars = sp_text_count_chars(text, strlen(text)), len = strlen(text);
	if (chars <= field->max_chars)
		return text;
	for (; len > 0 && chars > field->max_chars; len--)
		chars -= ((unsigned char)text[len - 1] & 0xC0) != 0x80;
	while (len > 0 && text[len - 1] != ' ' && text[len - 1] != '\n')
		len--;
	return sp_arena_strndup(request->arena, text, len);
}

const char **spi_filled(const spi_request *request, const int *fields, size_t count, const sp_said *said)
{
	const sp_kb_config *config = request->config;
	const char **values = sp_arena_calloc(request->arena, count + 1, sizeof *values);
	if (!values)
		return NULL;
	for (size_t i = 0; i < count && said->text && *said->text; i++) {
		if (!spi_is_story(&config->fields[fields[i]]))
			continue;
		values[i] = shortened(request, said->text, &config->fields[fields[i]]);
		break; /* the first of them asks what happened */
	}
	ptrdiff_t day = only(config, fields, count, SP_FIELD_PAST_DATE), amount = only(config, fields, count, SP_FIELD_AMOUNT);
	if (day >= 0 && said->day)
		values[day] = spi_page_iso_date(request, said->day);
	const char *normal, *wrong;
	if (amount >= 0 && said->amount && sp_ticket_check_field(&config->fields[fields[amount]], said->amount, strlen(said->amount), 0,
		request->arena, &normal, &wrong) == SP_OK)
		values[amount] = said->amount;
	return values;
}
