/* sportello token add|list|revoke: who may read and do more than a citizen. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/store.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

typedef struct token_options {
	const char *data, *subject, *role, *audience;
	unsigned days, id;
	bool json;
} token_options;

static int add(sp_store *store, const token_options *options)
{
	sp_error err = {0};
	int64_t now = spi_now_utc_s();
	sp_write write = {.kind = SP_WRITE_TOKEN, .as.token = {.subject = options->subject, .role = options->role,
		.audience = options->audience, .at_utc_s = now, .expires_utc_s = options->days ? now + (int64_t)options->days * DAY_S : 0}};
	if (!options->subject || !options->audience)
		return spi_missing("token", options->subject ? "audience" : "subject");
	sp_status status = sp_store_write(store, &write, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	/* Shown once: only its hash is kept. */
	if (options->json)
		printf("{\"id\":%lld,\"token\":\"%s\"}\n", (long long)write.as.token.id, write.as.token.secret);
	else
		printf("%s\n", write.as.token.secret);
	return SPI_EXIT_OK;
}

static void print_token(const sp_token_info *token)
{
	char expires[32] = "-";
	if (token->expires_utc_s)
		spi_rfc3339(token->expires_utc_s, expires);
	printf("%lld\t%s\t%s\t%s\t%s%s\n", (long long)token->id, token->subject, token->role, token->audience, expires,
		token->revoked ? "\trevoked" : "");
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
		sp_json_bool(&out, "revoked", tokens[i].revoked);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static int list(sp_store *store, const token_options *options)
{
	sp_error err = {0};
	sp_store_reader *reader = NULL;
	sp_token_info *tokens;
	size_t count;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_store_reader_open(store, &reader, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_store_tokens(reader, arena, &tokens, &count, &err);
	if (status == SP_OK && options->json)
		print_tokens_json(tokens, count);
	for (size_t i = 0; status == SP_OK && !options->json && i < count; i++)
		print_token(&tokens[i]);
	if (reader)
		sp_store_reader_close(reader);
	sp_arena_free(arena);
	return status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, status);
}

static int revoke(sp_store *store, const token_options *options)
{
	sp_error err = {0};
	sp_write write = {.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke = {.id = options->id}};
	if (options->id == 0)
		return spi_missing("token", "id");
	sp_status status = sp_store_write(store, &write, &err);
	if (status == SP_OK)
		return SPI_EXIT_OK;
	int code = spi_fail(&err, status);
	return status == SP_ERR_NOT_FOUND ? SPI_EXIT_NO : code;
}

int spi_cmd_token(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(sp_store *, const token_options *); } actions[] = {{"add", add}, {"list", list},
		{"revoke", revoke}};
	token_options o = {.role = "reader"};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "subject", .type = SPI_SETTING_TEXT, .target = &o.subject},
		{.name = "role", .type = SPI_SETTING_CHOICE, .target = &o.role, .choices = "reader|agent|editor|manager|admin"},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &o.audience},
		{.name = "days", .type = SPI_SETTING_NUMBER, .target = &o.days, .max = 36500},
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
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(words[0], actions[i].name) != 0)
			continue;
		sp_error err = {0};
		sp_store *store;
		sp_status status = sp_store_open(o.data, strcmp(words[0], "list") == 0 ? SP_STORE_READ : SP_STORE_BESIDE, &store, &err);
		if (status != SP_OK)
			return spi_fail(&err, status);
		int code = actions[i].run(store, &o);
		sp_store_close(store);
		return code;
	}
	fprintf(stderr, "%s\n", spi_say("help.token.usage"));
	return SPI_EXIT_USAGE;
}
