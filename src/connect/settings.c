#include "connect/settings.h"

#include "base/file.h"
#include "base/hash.h"
#include "kb/yaml.h"
#include "sportello/ticket.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 * 1024)

const char *spi_mapping_get(const spi_mapping *map, const char *key)
{
	for (size_t i = 0; key && i < map->count; i++)
		if (strcmp(map->rows[i].key, key) == 0)
			return map->rows[i].value;
	return NULL;
}

/* What is read, from where. */
typedef struct reading {
	const char *file;
	sp_arena *arena;
	spi_report report;
	sp_error *err;
	sp_status status; /* the first that went wrong */
} reading;

__attribute__((format(printf, 3, 4))) static void complain(reading *r, const spi_yaml *node, const char *format, ...)
{
	char text[SP_ERROR_TEXT_MAX];
	va_list values;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	if (r->status == SP_OK)
		r->status = sp_error_set(r->err, SP_ERR_INVALID, r->file, node ? node->place.line : 1, "%s", text);
}

/* ---- single values ---- */

static const char *text_of(reading *r, const spi_yaml *map, const char *key, const char *fallback)
{
	const spi_yaml *node = spi_yaml_get(map, key);
	if (!node)
		return fallback;
	if (node->kind != SPI_YAML_SCALAR) {
		complain(r, node, "%s is one text", key);
		return fallback;
	}
	return node->text;
}

static int64_t time_of(reading *r, const spi_yaml *map, const char *key, int64_t fallback_s, int64_t min_s, int64_t max_s)
{
	const spi_yaml *node = map ? spi_yaml_get(map, key) : NULL;
	if (!node)
		return fallback_s;
	char *end = NULL;
	long number = node->kind == SPI_YAML_SCALAR && isdigit((unsigned char)node->text[0]) ? strtol(node->text, &end, 10) : -1;
	const char *unit = end ? end : "";
	int64_t each = strcmp(unit, "s") == 0 ? 1 : strcmp(unit, "m") == 0 ? 60 : strcmp(unit, "h") == 0 ? 3600 :
		strcmp(unit, "d") == 0 ? 86400 : 0;
	if (number < 0 || number > 1000000 || each == 0 || number * each < min_s || number * each > max_s) {
		complain(r, node, "%s is a time from %llds to %llds, written as 30s, 15m, 2h or 7d", key, (long long)min_s, (long long)max_s);
		return fallback_s;
	}
	return number * each;
}

static bool flag_of(reading *r, const spi_yaml *map, const char *key)
{
	const char *text = text_of(r, map, key, "false");
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		complain(r, spi_yaml_get(map, key), "%s is true or false", key);
	return strcmp(text, "true") == 0;
}

static spi_mapping map_of(reading *r, const spi_yaml *root, const char *key)
{
	const spi_yaml *node = spi_yaml_get(root, key);
	spi_mapping map = {0};
	if (!node)
		return map;
	spi_mapping_row *rows = sp_arena_calloc(r->arena, node->count + 1, sizeof *rows);
	if (node->kind != SPI_YAML_MAP || !rows) {
		complain(r, node, "%s is a list of `name: value`", key);
		return map;
	}
	for (const spi_yaml *child = node->first; child; child = child->next) {
		if (child->kind != SPI_YAML_SCALAR)
			complain(r, child, "%s.%s is one value", key, child->key);
		else
			rows[map.count++] = (spi_mapping_row){child->key, child->text};
	}
	map.rows = rows;
	return map;
}

/* ---- secrets ---- */

static const char *beside(reading *r, const char *path)
{
	const char *slash = strrchr(r->file, '/');
	if (path[0] == '/' || !slash)
		return path;
	return sp_arena_printf(r->arena, "%.*s/%s", (int)(slash - r->file), r->file, path);
}

static spi_secret secret_in(reading *r, const spi_yaml *node, const char *key)
{
	spi_secret secret = {0};
	if (!node)
		return secret;
	const char *env = node->kind == SPI_YAML_MAP ? text_of(r, node, "env", NULL) : NULL;
	const char *file = node->kind == SPI_YAML_MAP ? text_of(r, node, "file", NULL) : NULL;
	if (node->kind != SPI_YAML_MAP || node->count != 1 || (!env && !file)) {
		complain(r, node, "a secret does not stand in this file: write %s: {env: NAME} or %s: {file: PATH}", key, key);
		return secret;
	}
	secret.env = env;
	secret.file = file ? beside(r, file) : NULL;
	return secret;
}

sp_status spi_secret_read(const spi_secret *secret, char *ret, sp_error *err)
{
	static const char blanks[] = " \t\r\n";
	const char *text = secret->env ? getenv(secret->env) : NULL;
	size_t len = text ? strlen(text) : 0;
	if (secret->env && !text)
		return sp_error_set(err, SP_ERR_NOT_FOUND, secret->env, 0, "this environment variable is to hold a secret and is not set");
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK && secret->file)
		status = spi_file_read(secret->file, SPI_SECRET_MAX, arena, &text, &len, err);
	if (status == SP_OK && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* an editor's mark is no part of it */
		text += 3;
		len -= 3;
	}
	while (status == SP_OK && len > 0 && strchr(blanks, *text))
		text++, len--;
	while (status == SP_OK && len > 0 && strchr(blanks, text[len - 1]))
		len--;
	bool is_line = status == SP_OK && len > 0 && len <= SPI_SECRET_MAX;
	for (size_t i = 0; is_line && i < len; i++)
		is_line = (unsigned char)text[i] >= ' ' && text[i] != 0x7f;
	if (is_line) {
		memcpy(ret, text, len);
		ret[len] = '\0';
	} else if (status == SP_OK) {
		status = sp_error_set(err, SP_ERR_INVALID, secret->env ? secret->env : secret->file, 0,
			"a secret is one line of 1 to %d bytes", SPI_SECRET_MAX);
	}
	sp_arena_free(arena);
	return status;
}

/* Said at the start rather than at the first ticket. */
static void try_secret(reading *r, const spi_secret *secret)
{
	char text[SPI_SECRET_MAX + 1];
	if (r->status == SP_OK && spi_secret_is_set(secret))
		r->status = spi_secret_read(secret, text, r->err);
	explicit_bzero(text, sizeof text);
}

static void read_secrets(reading *r, const spi_yaml *root, spi_connect_settings *s)
{
	const spi_yaml *auth = spi_yaml_get(root, "auth"), *secrets = spi_yaml_get(root, "secrets");
	if (auth && auth->kind == SPI_YAML_MAP) {
		s->user = text_of(r, auth, "user", NULL);
		s->password = secret_in(r, spi_yaml_get(auth, "password"), "password");
		s->api_token = secret_in(r, spi_yaml_get(auth, "api_token"), "api_token");
		s->token = secret_in(r, spi_yaml_get(auth, "token"), "token");
	} else if (auth) {
		complain(r, auth, "auth is a list: user and password, user and api_token, or token");
	}
	for (const spi_yaml *item = secrets ? secrets->first : NULL; item; item = item->next) {
		if (s->secrets_count == SPI_SECRETS_MAX) {
			complain(r, item, "at most %d secrets at a time", SPI_SECRETS_MAX);
			break;
		}
		s->secrets[s->secrets_count++] = secret_in(r, item, "secret");
	}
	const spi_secret *const all[] = {&s->password, &s->api_token, &s->token};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		try_secret(r, all[i]);
	for (size_t i = 0; i < s->secrets_count; i++)
		try_secret(r, &s->secrets[i]);
}

/* ---- the whole ---- */

static bool is_word(const char *text, const char *more)
{
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(more, *text))
			return false;
	return true;
}

static bool is_host(const char *host, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(host, name, len) == 0;
}

/* Secrets and people's data never go over a network in the clear. */
static void check_url(reading *r, const spi_yaml *root, spi_connect_settings *s)
{
	const spi_yaml *node = spi_yaml_get(root, "url");
	const char *host = strstr(s->url, "://");
	if (!host || host[3] == '\0' || strchr(host + 3, '@')) {
		complain(r, node, "url is the address of the other system, as https://example.service-now.com, without user or password");
		return;
	}
	host += 3;
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
	s->is_local = is_host(host, len, "localhost") || is_host(host, len, "[::1]") || strncmp(host, "127.", 4) == 0;
	if (strncmp(s->url, "https://", 8) != 0 && !(s->is_local && strncmp(s->url, "http://", 7) == 0))
		complain(r, node, "url must begin with https:// (http:// only for this machine)");
	size_t end = strlen(s->url);
	while (end > 0 && s->url[end - 1] == '/')
		end--;
	s->url = sp_arena_strndup(r->arena, s->url, end);
}

static void check_states(reading *r, const spi_yaml *root, const spi_connect_settings *s)
{
	for (size_t i = 0; i < s->states_in.count; i++)
		if (sp_ticket_state_of(s->states_in.rows[i].value) == SP_TICKET_STATE_COUNT)
			complain(r, spi_yaml_get(root, "states_in"), "states_in: there is no state \"%s\"", s->states_in.rows[i].value);
	for (size_t i = 0; i < s->states_out.count; i++)
		if (sp_ticket_state_of(s->states_out.rows[i].key) == SP_TICKET_STATE_COUNT)
			complain(r, spi_yaml_get(root, "states_out"), "states_out: there is no state \"%s\"", s->states_out.rows[i].key);
}

static void check_keys(reading *r, const spi_yaml *root)
{
	static const char *const known[] = {"connector", "name", "url", "ca_file", "auth", "secrets", "table", "display", "prefix", "lang",
		"requester", "public_notes", "category_field", "priority_field", "group_field", "groups", "categories", "priorities", "fields",
		"set", "set_solved", "states_in", "states_out", "timeout", "retry", "poll", "pause"};
	for (const spi_yaml *child = root->first; child; child = child->next) {
		bool found = false;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			found = found || strcmp(known[i], child->key) == 0;
		if (!found)
			complain(r, child, "unknown setting %s", child->key);
	}
}

static void read_times(reading *r, const spi_yaml *root, spi_connect_settings *s)
{
	const spi_yaml *retry = spi_yaml_get(root, "retry");
	s->timeout_ms = 1000 * time_of(r, root, "timeout", 20, 1, 600);
	s->poll_ms = 1000 * time_of(r, root, "poll", 60, 1, 86400);
	s->pause_ms = 1000 * time_of(r, root, "pause", 300, 1, 86400);
	if (retry && retry->kind != SPI_YAML_MAP)
		complain(r, retry, "retry is a list: first, most, settle, give_up");
	s->first_ms = 1000 * time_of(r, retry, "first", 2, 1, 3600);
	s->most_ms = 1000 * time_of(r, retry, "most", 900, 1, 86400);
	s->settle_ms = 1000 * time_of(r, retry, "settle", 90, 1, 3600);
	s->give_up_s = time_of(r, retry, "give_up", 7 * 86400, 1, 365 * 86400);
}

static void read_all(reading *r, const spi_yaml *root, spi_connect_settings *s)
{
	const char *lang = text_of(r, root, "lang", NULL);
	check_keys(r, root);
	s->kind = text_of(r, root, "connector", NULL);
	if (!s->kind)
		complain(r, NULL, "`connector:` is missing; it is none, servicenow, zendesk or webhook");
	s->name = text_of(r, root, "name", s->kind);
	if (s->name && (!*s->name || strlen(s->name) > 40 || !is_word(s->name, "-_.")))
		complain(r, spi_yaml_get(root, "name"), "name is a word of up to 40 letters, digits, - and _");
	s->lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	if (lang && s->lang == SP_LANG_NONE)
		complain(r, spi_yaml_get(root, "lang"), "lang is it, en or de");
	s->table = text_of(r, root, "table", NULL);
	if (s->table && !is_word(s->table, "_"))
		complain(r, spi_yaml_get(root, "table"), "table is the name of a table");
	s->prefix = text_of(r, root, "prefix", "");
	if (strlen(s->prefix) > 40 || !is_word(s->prefix, "-_"))
		complain(r, spi_yaml_get(root, "prefix"), "prefix has letters, digits, - and _ only");
	s->display = text_of(r, root, "display", "Sportello");
	if (!is_word(s->display, "-_ "))
		complain(r, spi_yaml_get(root, "display"), "display has letters, digits, - and _ only");
	s->requester = text_of(r, root, "requester", NULL);
	s->public_notes = flag_of(r, root, "public_notes");
	s->category_field = text_of(r, root, "category_field", NULL);
	s->priority_field = text_of(r, root, "priority_field", NULL);
	s->group_field = text_of(r, root, "group_field", NULL);
	s->ca_file = text_of(r, root, "ca_file", NULL);
	s->ca_file = s->ca_file ? beside(r, s->ca_file) : NULL;
	if (s->ca_file && access(s->ca_file, R_OK) != 0)
		complain(r, spi_yaml_get(root, "ca_file"), "ca_file: %s cannot be read: %s", s->ca_file, strerror(errno));
	spi_mapping *const maps[] = {&s->groups, &s->categories, &s->priorities, &s->fields, &s->set, &s->set_solved, &s->states_in, &s->states_out};
	static const char *const names[] = {"groups", "categories", "priorities", "fields", "set", "set_solved", "states_in", "states_out"};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		*maps[i] = map_of(r, root, names[i]);
	read_times(r, root, s);
	check_states(r, root, s);
	s->url = text_of(r, root, "url", "");
	if (s->kind && strcmp(s->kind, "none") != 0) {
		check_url(r, root, s);
		read_secrets(r, root, s);
	}
}

bool spi_connect_settings_differ(const spi_connect_settings *settings)
{
	const char *bytes;
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	bool differ = arena && (spi_file_read(settings->file, FILE_MAX, arena, &bytes, &len, NULL) != SP_OK || spi_hash64(bytes, len) != settings->hash);
	sp_arena_free(arena);
	return differ;
}

sp_status spi_connect_settings_read(const char *file, sp_arena *arena, spi_connect_settings *ret, sp_error *err)
{
	const char *bytes;
	size_t len;
	reading r = {.file = file, .arena = arena, .err = err, .report = {.file = file, .err = err}};
	sp_status status = spi_file_read(file, FILE_MAX, arena, &bytes, &len, err);
	if (status != SP_OK)
		return status;
	const spi_yaml *root = spi_yaml_read(bytes, len, 1, arena, &r.report);
	if (!root)
		return r.report.broken ? sp_error_set(err, SP_ERR_INVALID, file, 0, "this is not YAML") : sp_error_set(err, SP_ERR_NOMEM, file, 0, "out of memory");
	*ret = (spi_connect_settings){.file = file, .hash = spi_hash64(bytes, len)};
	read_all(&r, root, ret);
	return r.status;
}
