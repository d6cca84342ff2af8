/* sportello token add|list|revoke: who may read and do more than a citizen. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/audit.h"
#include "sportello/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

typedef struct token_options {
	const char *data, *kb, *subject, *role;
	spi_setting_list audience, group;
	unsigned days, id;
	bool json;
} token_options;

/* ---- what is given, and what kb.yaml has ---- */

static bool has(const sp_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

/* Keys of all values, each once. False: memory is out. */
static bool split(const spi_setting_list *given, sp_arena *arena, sp_strings *ret)
{
	size_t most = 0;
	for (size_t i = 0; i < given->count; i++)
		most += strlen(given->values[i]) + 1;
	ret->items = sp_arena_calloc(arena, most + 1, sizeof *ret->items);
	for (size_t i = 0; ret->items && i < given->count; i++)
		for (const char *at = given->values[i]; *at;) {
			size_t len = strcspn(at, ",");
			const char *key = sp_arena_strndup(arena, at, len);
			if (!key)
				return false;
			if (len > 0 && !has(ret, key))
				ret->items[ret->count++] = key;
			at += len + (at[len] == ',');
		}
	return ret->items != NULL;
}

static const char *join(const sp_strings *list, const char *between, sp_arena *arena)
{
	const char *text = "";
	for (size_t i = 0; text && i < list->count; i++)
		text = sp_arena_printf(arena, "%s%s%s", text, i > 0 ? between : "", list->items[i]);
	return text ? text : "";
}

/* An index is sealed for one audience, so what a token reads is one audience's: of several, the one that reads the others too. One that was not
   named never takes their place: it may read more. */
static sp_status one_audience(const sp_kb_config *config, const sp_strings *named, sp_arena *arena, const char **ret, sp_error *err)
{
	sp_audiences wanted = 0;
	for (size_t i = 0; i < named->count; i++) {
		int audience = sp_kb_audience(config, named->items[i]);
		if (audience < 0)
			return sp_error_set(err, SP_ERR_INVALID, "--audience", 0, "kb.yaml has no audience \"%s\"", named->items[i]);
		wanted |= (sp_audiences)1 << audience;
	}
	for (size_t i = 0; i < named->count; i++) {
		const sp_audience *audience = &config->audiences[sp_kb_audience(config, named->items[i])];
		if ((audience->reads & wanted) == wanted) {
			*ret = named->items[i];
			return SP_OK;
		}
	}
	return sp_error_set(err, SP_ERR_INVALID, "--audience", 0, "none of %s reads all the others; give kb.yaml an audience with "
		"`reads: [%s]` and name that one", join(named, ", ", arena), join(named, ", ", arena));
}

static sp_status check_groups(const sp_kb_config *config, const sp_strings *groups, sp_error *err)
{
	for (size_t i = 0; i < groups->count; i++)
		if (sp_kb_group(config, groups->items[i]) < 0)
			return sp_error_set(err, SP_ERR_INVALID, "--group", 0, "kb.yaml has no group \"%s\"", groups->items[i]);
	return SP_OK;
}

static sp_status resolve(const token_options *o, sp_arena *arena, sp_write_token *token, sp_error *err)
{
	sp_strings named = {0};
	sp_kb_config *config = NULL;
	if (!split(&o->audience, arena, &named) || !split(&o->group, arena, &token->groups))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (named.count == 0)
		return sp_error_set(err, SP_ERR_INVALID, "--audience", 0, "name an audience");
	token->audience = named.items[0];
	if (!o->kb && named.count > 1)
		return sp_error_set(err, SP_ERR_INVALID, "--audience", 0, "of several audiences kb.yaml says which one reads the others: name it with --kb");
	if (!o->kb)
		return SP_OK;
	sp_status status = sp_kb_config_load(o->kb, NULL, &config, err);
	if (status == SP_OK)
		status = one_audience(config, &named, arena, &token->audience, err);
	if (status == SP_OK)
		status = check_groups(config, &token->groups, err);
	sp_kb_config_free(config);
	return status;
}

/* ---- add ---- */

static void print_added(const sp_write_token *token, bool json)
{
	/* Shown once: only its hash is kept. */
	if (json)
		printf("{\"id\":%" PRId64 ",\"token\":\"%s\"}\n", token->id, token->secret);
	else
		printf("%s\n", token->secret);
}

static int add(sp_store *store, const token_options *o, sp_arena *arena)
{
	sp_error err = {0};
	int64_t now = spi_now_utc_s();
	sp_write write = {.kind = SP_WRITE_TOKEN, .as.token = {.subject = o->subject, .role = o->role, .at_utc_s = now,
		.expires_utc_s = o->days ? now + (int64_t)o->days * DAY_S : 0}};
	if (!o->subject || o->audience.count == 0)
		return spi_missing("token", o->subject ? "audience" : "subject");
	sp_status status = resolve(o, arena, &write.as.token, &err);
	if (status != SP_OK)
		return spi_refuse(&err, status);
	sp_audit entry = {.action = SP_AUDIT_TOKEN_ADD, .subject = spi_operator(), .at_utc_s = now,
		.detail = sp_arena_printf(arena, "%s %s %s", o->role, write.as.token.audience, o->subject)};
	write.audit = &entry;
	status = sp_store_write(store, &write, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	print_added(&write.as.token, o->json);
	explicit_bzero(write.as.token.secret, sizeof write.as.token.secret);
	return SPI_EXIT_OK;
}

/* ---- list ---- */

static void print_token(const sp_token_info *token, sp_arena *arena)
{
	char expires[32] = "-";
	if (token->expires_utc_s)
		spi_rfc3339(token->expires_utc_s, expires);
	printf("%" PRId64 "\t%s\t%s\t%s\t%s\t%s%s\n", token->id, token->subject, token->role, token->audience,
		token->groups.count ? join(&token->groups, ",", arena) : "-", expires,
		token->revoked ? "\trevoked" : token->expires_utc_s && token->expires_utc_s <= spi_now_utc_s() ? "\texpired" : "");
}

static void write_time(sp_json *out, const char *name, int64_t utc_s)
{
	char text[32];
	if (utc_s == 0)
		return;
	spi_rfc3339(utc_s, text);
	sp_json_string(out, name, text);
}

static void print_tokens_json(const sp_token_info *tokens, size_t count)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_array(&out, NULL);
	for (size_t i = 0; i < count; i++) {
		sp_json_object(&out, NULL);
		sp_json_int(&out, "id", tokens[i].id);
		sp_json_string(&out, "subject", tokens[i].subject);
		sp_json_string(&out, "role", tokens[i].role);
		sp_json_string(&out, "audience", tokens[i].audience);
		sp_json_array(&out, "groups");
		for (size_t g = 0; g < tokens[i].groups.count; g++)
			sp_json_string(&out, NULL, tokens[i].groups.items[g]);
		sp_json_array_end(&out);
		write_time(&out, "created", tokens[i].created_utc_s);
		write_time(&out, "expires", tokens[i].expires_utc_s);
		sp_json_bool(&out, "revoked", tokens[i].revoked);
		write_time(&out, "revoked_at", tokens[i].revoked_utc_s);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static int list(sp_store *store, const token_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_store_reader *reader = NULL;
	sp_token_info *tokens;
	size_t count;
	sp_status status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK)
		status = sp_store_tokens(reader, arena, &tokens, &count, &err);
	if (status == SP_OK && o->json)
		print_tokens_json(tokens, count);
	for (size_t i = 0; status == SP_OK && !o->json && i < count; i++)
		print_token(&tokens[i], arena);
	sp_store_reader_close(reader);
	return status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, status);
}

/* ---- revoke ---- */

static int revoke(sp_store *store, const token_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_audit entry = {.action = SP_AUDIT_TOKEN_REVOKE, .subject = spi_operator()};
	sp_write write = {.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke = {.id = o->id}, .audit = &entry};
	(void)arena;
	if (o->id == 0)
		return spi_missing("token", "id");
	sp_status status = sp_store_write(store, &write, &err);
	if (status == SP_OK && o->json)
		printf("{\"id\":%u,\"revoked\":true}\n", o->id);
	if (status == SP_OK)
		return SPI_EXIT_OK;
	int code = spi_fail(&err, status);
	return status == SP_ERR_NOT_FOUND ? SPI_EXIT_NO : code;
}

/* ---- the command ---- */

static const struct { const char *name; sp_store_mode mode; int (*run)(sp_store *, const token_options *, sp_arena *); } actions[] = {
	{"add", SP_STORE_BESIDE, add}, {"list", SP_STORE_READ, list}, {"revoke", SP_STORE_BESIDE, revoke},
};

static int run(size_t action, const token_options *o)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? spi_open_store(o->data, actions[action].mode, &store, &err) : SP_ERR_NOMEM;
	int code = status == SP_OK ? actions[action].run(store, o, arena) : spi_fail(&err, status);
	sp_store_close(store);
	sp_arena_free(arena);
	return code;
}

int spi_cmd_token(int argc, char **argv)
{
	token_options o = {.role = "reader"};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "subject", .type = SPI_SETTING_TEXT, .target = &o.subject},
		{.name = "role", .type = SPI_SETTING_CHOICE, .target = &o.role, .choices = "reader|agent|editor|manager|admin"},
		{.name = "audience", .type = SPI_SETTING_LIST, .target = &o.audience},
		{.name = "group", .type = SPI_SETTING_LIST, .target = &o.group},
		{.name = "days", .type = SPI_SETTING_NUMBER, .target = &o.days, .min = 1, .max = 36500},
		{.name = "id", .type = SPI_SETTING_NUMBER, .target = &o.id, .min = 1, .max = 4000000000u},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("token", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("token", "data");
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strcmp(words[0], actions[i].name) == 0)
			return run(i, &o);
	fprintf(stderr, "%s\n", spi_say("help.token.usage"));
	return SPI_EXIT_USAGE;
}
