#include "access/config.h"

#include "base/file.h"
#include "kb/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 * 1024)

/* What is read, from where. */
typedef struct reading {
	const char *file;
	const sp_kb_config *kb;
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

static void *take(reading *r, size_t count, size_t size)
{
	void *room = sp_arena_calloc(r->arena, count + 1, size);
	if (!room && r->status == SP_OK)
		r->status = sp_error_set(r->err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return room;
}

static void check_keys(reading *r, const spi_yaml *map, const char *known)
{
	for (const spi_yaml *child = map->first; child; child = child->next) {
		const char *at = strstr(known, child->key);
		size_t len = strlen(child->key);
		while (at && ((at > known && at[-1] != ' ') || (at[len] != ' ' && at[len] != '\0')))
			at = strstr(at + 1, child->key);
		if (!at || len == 0)
			complain(r, child, "unknown setting %s; known here: %s", child->key, known);
	}
}

static const char *text_of(reading *r, const spi_yaml *map, const char *key, const char *fallback)
{
	const spi_yaml *node = spi_yaml_get(map, key);
	if (!node)
		return fallback;
	if (node->kind != SPI_YAML_SCALAR || !*node->text) {
		complain(r, node, "%s is one text", key);
		return fallback;
	}
	return node->text;
}

static const char *need(reading *r, const spi_yaml *map, const char *key)
{
	const char *text = text_of(r, map, key, NULL);
	if (!text)
		complain(r, map, "`%s:` is missing", key);
	return text ? text : "";
}

static int64_t seconds_of(reading *r, const spi_yaml *map, const char *key, int64_t fallback, int64_t min, int64_t max)
{
	const char *text = text_of(r, map, key, NULL);
	char *end;
	if (!text)
		return fallback;
	long number = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : -1;
	long each = number < 0 ? 0 : strcmp(end, "s") == 0 ? 1 : strcmp(end, "m") == 0 ? 60 : strcmp(end, "h") == 0 ? 3600 : 0;
	if (each == 0 || number > 100000 || number * each < min || number * each > max) {
		complain(r, spi_yaml_get(map, key), "%s is a time from %llds to %llds, written as 30s, 5m or 1h", key, (long long)min, (long long)max);
		return fallback;
	}
	return number * each;
}

static const char *beside(reading *r, const char *path)
{
	const char *slash = strrchr(r->file, '/');
	if (!path || path[0] == '/' || !slash)
		return path;
	return sp_arena_printf(r->arena, "%.*s/%s", (int)(slash - r->file), r->file, path);
}

/* A secret does not stand in the file; that it can be read is said at the start rather than at the first sign-in. */
static spi_secret secret_of(reading *r, const spi_yaml *map, const char *key)
{
	const spi_yaml *node = spi_yaml_get(map, key);
	char text[SPI_SECRET_MAX + 1];
	spi_secret secret = {0};
	if (!node)
		return secret;
	if (node->kind != SPI_YAML_MAP || node->count != 1 || (!spi_yaml_get(node, "env") && !spi_yaml_get(node, "file"))) {
		complain(r, node, "a secret does not stand in this file: write %s: {env: NAME} or %s: {file: PATH}", key, key);
		return secret;
	}
	secret.env = text_of(r, node, "env", NULL);
	secret.file = beside(r, text_of(r, node, "file", NULL));
	if (r->status == SP_OK)
		r->status = spi_secret_read(&secret, text, r->err);
	explicit_bzero(text, sizeof text);
	return secret;
}

/* ---- addresses ---- */

static bool is_host(const char *host, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(host, name, len) == 0;
}

bool spi_access_is_safe(const char *url, bool *ret_local)
{
	const char *host = url ? strstr(url, "://") : NULL;
	*ret_local = false;
	if (!host || host[3] == '\0' || strpbrk(host + 3, "@\\ \r\n"))
		return false;
	host += 3;
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	*ret_local = is_host(host, len, "localhost") || is_host(host, len, "[::1]") || is_host(host, len, "127.0.0.1");
	return strncmp(url, "https://", 8) == 0 || (*ret_local && strncmp(url, "http://", 7) == 0);
}

static const char *address_of(reading *r, const spi_yaml *map, const char *key)
{
	const char *url = text_of(r, map, key, NULL);
	bool local;
	if (url && !spi_access_is_safe(url, &local))
		complain(r, spi_yaml_get(map, key), "%s must begin with https:// (http:// only for this machine)", key);
	return url;
}

/* ---- who becomes what ---- */

static const char *role_of(reading *r, const spi_yaml *map, const char *fallback)
{
	static const char *const roles[] = {"reader", "agent", "editor", "manager", "admin"};
	const char *role = fallback ? text_of(r, map, "role", fallback) : need(r, map, "role");
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(role, roles[i]) == 0)
			return roles[i];
	complain(r, spi_yaml_get(map, "role"), "there is no role \"%s\"; choose reader, agent, editor, manager or admin", role);
	return "reader";
}

static sp_strings groups_of(reading *r, const spi_yaml *map)
{
	const spi_yaml *node = spi_yaml_get(map, "groups");
	sp_strings groups = {0};
	if (!node)
		return groups;
	groups.items = take(r, node->count, sizeof *groups.items);
	if (node->kind != SPI_YAML_LIST || !groups.items) {
		complain(r, node, "groups is a list of keys of kb.yaml");
		return groups;
	}
	for (const spi_yaml *item = node->first; item; item = item->next) {
		const char *key = item->kind == SPI_YAML_SCALAR ? item->text : "";
		if (!*key || (r->kb && sp_kb_group(r->kb, key) < 0))
			complain(r, item, "kb.yaml has no group \"%s\"", key);
		groups.items[groups.count++] = key;
	}
	return groups;
}

/* key: what a row's value is called. A role that is not named is the fallback; without one it must be named. */
static spi_grants rules_of(reading *r, const spi_yaml *map, const char *key, const char *role)
{
	const spi_yaml *node = spi_yaml_get(map, "mapping");
	spi_grants rules = {0};
	const char *known = sp_arena_printf(r->arena, "%s role audience groups", key);
	if (!node || node->kind != SPI_YAML_LIST || node->count == 0) {
		complain(r, node ? node : map, "`mapping:` says who gets in: a list of {%s, role, audience}", key);
		return rules;
	}
	spi_grant *rows = take(r, node->count, sizeof *rows);
	for (const spi_yaml *item = node->first; item && rows && known; item = item->next) {
		if (item->kind != SPI_YAML_MAP) {
			complain(r, item, "a row of the mapping is {%s, role, audience}", key);
			break;
		}
		check_keys(r, item, known);
		spi_grant rule = {need(r, item, key), {role_of(r, item, role), need(r, item, "audience"), groups_of(r, item)}};
		if (r->kb && sp_kb_audience(r->kb, rule.gives.audience) < 0)
			complain(r, item, "kb.yaml has no audience \"%s\"", rule.gives.audience);
		rows[rules.count++] = rule;
	}
	rules.rows = rows;
	return rules;
}

/* ---- the whole ---- */

static void read_provider(reading *r, const spi_yaml *map, spi_provider_config *ret)
{
	check_keys(r, map, "issuer name client_id client_secret scope subject_claim groups_claim mapping");
	ret->issuer = address_of(r, map, "issuer");
	if (!ret->issuer)
		complain(r, map, "`issuer:` is missing");
	ret->name = need(r, map, "name");
	ret->client_id = need(r, map, "client_id");
	ret->client_secret = secret_of(r, map, "client_secret");
	ret->scope = text_of(r, map, "scope", "openid profile");
	ret->subject_claim = text_of(r, map, "subject_claim", "sub");
	ret->groups_claim = text_of(r, map, "groups_claim", "groups");
	ret->rules = rules_of(r, map, "group", NULL);
	if (strncmp(ret->scope, "openid", 6) != 0 || (ret->scope[6] && ret->scope[6] != ' '))
		complain(r, spi_yaml_get(map, "scope"), "scope begins with openid");
}

static void read_issuer(reading *r, const spi_yaml *map, spi_issuer_config *ret)
{
	check_keys(r, map, "issuer keys_url keys_file audience claim mapping");
	ret->issuer = need(r, map, "issuer");
	ret->keys_url = address_of(r, map, "keys_url");
	ret->keys_file = beside(r, text_of(r, map, "keys_file", NULL));
	ret->audience = need(r, map, "audience");
	ret->claim = need(r, map, "claim");
	ret->rules = rules_of(r, map, "value", "reader");
	if (!ret->keys_url == !ret->keys_file)
		complain(r, map, "name one of keys_url and keys_file");
}

static void read_all(reading *r, const spi_yaml *root, spi_access_config *ret)
{
	const spi_yaml *provider = spi_yaml_get(root, "provider"), *issuers = spi_yaml_get(root, "issuers");
	check_keys(r, root, "provider issuers ca_file timeout refetch skew");
	ret->ca_file = beside(r, text_of(r, root, "ca_file", NULL));
	if (ret->ca_file && access(ret->ca_file, R_OK) != 0)
		complain(r, spi_yaml_get(root, "ca_file"), "ca_file: %s cannot be read: %s", ret->ca_file, strerror(errno));
	ret->timeout_ms = 1000 * seconds_of(r, root, "timeout", 5, 1, 30);
	ret->refetch_s = seconds_of(r, root, "refetch", 30, 1, 3600);
	ret->skew_s = seconds_of(r, root, "skew", 60, 0, 300);
	if (provider && provider->kind != SPI_YAML_MAP)
		complain(r, provider, "provider is a list of `name: value`");
	else if (provider)
		read_provider(r, provider, &ret->provider);
	for (const spi_yaml *item = issuers ? issuers->first : NULL; item; item = item->next) {
		if (issuers->kind != SPI_YAML_LIST || item->kind != SPI_YAML_MAP || ret->issuers_count == SPI_ISSUERS_MAX) {
			complain(r, item, "issuers is a list of at most %d: issuer, keys_url or keys_file, audience, claim, mapping", SPI_ISSUERS_MAX);
			break;
		}
		read_issuer(r, item, &ret->issuers[ret->issuers_count++]);
	}
	if (!provider && ret->issuers_count == 0)
		complain(r, root, "there is neither `provider:` nor `issuers:`");
}

sp_status spi_access_config_read(const char *file, const sp_kb_config *kb, sp_arena *arena, spi_access_config *ret, sp_error *err)
{
	const char *bytes;
	size_t len;
	reading r = {.file = file, .kb = kb, .arena = arena, .err = err, .report = {.file = file, .err = err}};
	sp_status status = spi_file_read(file, FILE_MAX, arena, &bytes, &len, err);
	if (status != SP_OK)
		return status;
	const spi_yaml *root = spi_yaml_read(bytes, len, 1, arena, &r.report);
	if (!root)
		return r.report.broken ? sp_error_set(err, SP_ERR_INVALID, file, 0, "this is not YAML") : sp_error_set(err, SP_ERR_NOMEM, file, 0, "out of memory");
	*ret = (spi_access_config){.file = sp_arena_strdup(arena, file)};
	if (!ret->file)
		return sp_error_set(err, SP_ERR_NOMEM, file, 0, "out of memory");
	read_all(&r, root, ret);
	return r.status;
}
