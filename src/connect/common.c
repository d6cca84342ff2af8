/* What the makers share: who we are, a request, a value of a reply, states. */
#include "connect/maker.h"

#include "connect/sign.h"

#include <stdio.h>
#include <string.h>

static const char *header_of(const spi_connect_settings *s, char secret[SPI_SECRET_MAX + 1], sp_arena *arena)
{
	sp_buffer plain = SP_BUFFER_INIT, coded = SP_BUFFER_INIT;
	const char *header = NULL;
	if (spi_secret_is_set(&s->token))
		return sp_arena_printf(arena, "Authorization: Bearer %s", secret);
	sp_buffer_printf(&plain, "%s%s:%s", s->user, spi_secret_is_set(&s->api_token) ? "/token" : "", secret);
	spi_base64(sp_buffer_text(&plain), plain.len, &coded);
	if (sp_buffer_ok(&plain) && sp_buffer_ok(&coded))
		header = sp_arena_printf(arena, "Authorization: Basic %s", sp_buffer_text(&coded));
	if (plain.data)
		explicit_bzero(plain.data, plain.len);
	sp_buffer_release(&plain);
	sp_buffer_release(&coded);
	return header;
}

const char *spi_auth_header(const spi_link *link, spi_answer *ret)
{
	const spi_connect_settings *s = link->settings;
	char secret[SPI_SECRET_MAX + 1];
	sp_error err = {0};
	const spi_secret *which = spi_secret_is_set(&s->token) ? &s->token : spi_secret_is_set(&s->api_token) ? &s->api_token : &s->password;
	const char *header = NULL;
	*ret = (spi_answer){.outcome = SPI_AGAIN, .why = "out of memory"};
	if (spi_secret_read(which, secret, &err) == SP_OK) {
		header = header_of(s, secret, link->arena);
	} else {
		ret->outcome = SPI_DENIED;
		ret->cause = SP_CAUSE_SECRET;
		snprintf(ret->why, sizeof ret->why, "%.120s: %.170s", err.source, err.text);
	}
	explicit_bzero(secret, sizeof secret);
	return header;
}

void spi_ask(const spi_link *link, const char *method, const char *url, const sp_buffer *body, const char *more_header, spi_answer *ret)
{
	const char *headers[3] = {spi_auth_header(link, ret), more_header, NULL};
	const spi_call_request request = {.method = method, .url = url, .headers = headers, .body = body};
	if (!headers[0] || !url || (body && !sp_buffer_ok(body)))
		return;
	spi_call_run(link->call, &request, ret);
}

const char *spi_value_text(json_t *object, const char *name, sp_arena *arena)
{
	json_t *value = json_object_get(object, name);
	const char *text = NULL;
	if (json_is_string(value))
		text = sp_arena_strndup(arena, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		text = sp_arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		text = json_is_true(value) ? "true" : "false";
	else if (json_is_object(value)) /* a reference: {"link", "value"} */
		return spi_value_text(value, "value", arena);
	return text ? text : "";
}

void spi_put(char *ret, size_t size, const char *text)
{
	size_t len = strlen(text);
	memcpy(ret, len < size ? text : "", len < size ? len + 1 : 1);
}

sp_ticket_state spi_state_in(const spi_connect_settings *settings, const char *state)
{
	char first[SPI_REMOTE_STATE_MAX];
	const char *meant = spi_mapping_get(&settings->states_in, state);
	snprintf(first, sizeof first, "%.*s", (int)strcspn(state, "/"), state);
	return sp_ticket_state_of(meant ? meant : spi_mapping_get(&settings->states_in, first));
}

bool spi_mapping_defaults(spi_mapping *map, const spi_mapping_row *rows, size_t count, sp_arena *arena)
{
	spi_mapping_row *all = sp_arena_calloc(arena, map->count + count + 1, sizeof *all);
	if (!all)
		return false;
	if (map->count)
		memcpy(all, map->rows, map->count * sizeof *all);
	memcpy(all + map->count, rows, count * sizeof *all); /* the first of a key counts */
	*map = (spi_mapping){all, map->count + count};
	return true;
}
