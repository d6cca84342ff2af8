/* Any receiver of Standard Webhooks. The id of a message stays the same however often it is sent; the receiver takes it once. */
#include "connect/maker.h"

#include "base/clock.h"
#include "base/hash.h"
#include "connect/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static sp_status refuse_secret(const spi_secret *secret, sp_error *err)
{
	return sp_error_set(err, SP_ERR_INVALID, secret->env ? secret->env : secret->file, 0,
		"a secret of Standard Webhooks is whsec_ and 24 to 64 bytes in base64");
}

static sp_status check(spi_connect_settings *s, sp_arena *arena, sp_error *err)
{
	char secret[SPI_SECRET_MAX + 1];
	sp_buffer signature = SP_BUFFER_INIT;
	sp_status status = SP_OK;
	(void)arena;
	if (s->secrets_count == 0)
		return sp_error_set(err, SP_ERR_INVALID, s->file, 0, "webhook needs secrets: [{env: NAME}], what the receiver verifies with");
	for (size_t i = 0; status == SP_OK && i < s->secrets_count; i++) {
		status = spi_secret_read(&s->secrets[i], secret, err);
		if (status == SP_OK && spi_webhook_sign(secret, "", 0, "", 0, &signature) != SP_OK)
			status = refuse_secret(&s->secrets[i], err);
	}
	explicit_bzero(secret, sizeof secret);
	sp_buffer_release(&signature);
	return status;
}

/* Not to be guessed, and another one in each installation. */
static const char *message_id(const sp_outgoing *out, sp_arena *arena)
{
	char hex[65];
	spi_sha256 sha;
	unsigned char digest[32];
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, out->ticket.secret, strlen(out->ticket.secret));
	spi_sha256_add(&sha, &out->entry.revision, sizeof out->entry.revision);
	spi_sha256_end(&sha, digest);
	spi_sha256_hex(digest, sizeof digest, hex);
	return sp_arena_printf(arena, "msg_%.32s", hex);
}

/* One signature a secret: while secrets are changed, the receiver may have either. */
static bool sign(const spi_link *link, const char *id, int64_t now_s, const sp_buffer *body, sp_buffer *out, spi_answer *ret)
{
	char secret[SPI_SECRET_MAX + 1];
	sp_error err = {0};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < link->settings->secrets_count; i++) {
		status = spi_secret_read(&link->settings->secrets[i], secret, &err);
		if (i > 0)
			sp_buffer_add_char(out, ' ');
		if (status == SP_OK && (status = spi_webhook_sign(secret, id, now_s, body->data, body->len, out)) != SP_OK)
			refuse_secret(&link->settings->secrets[i], &err);
	}
	explicit_bzero(secret, sizeof secret);
	if (status == SP_OK && sp_buffer_ok(out))
		return true;
	ret->outcome = SPI_DENIED;
	ret->cause = SP_CAUSE_SECRET;
	snprintf(ret->why, sizeof ret->why, "%.120s: %.170s", err.source, err.text);
	return false;
}

static void write_message(const sp_outgoing *out, sp_buffer *body)
{
	char at[32];
	sp_json json;
	spi_rfc3339(out->step.at_utc_s, at);
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "type", out->entry.revision == 1 ? "ticket.opened" : "ticket.changed");
	sp_json_string(&json, "timestamp", at);
	sp_outgoing_json(out, &json, "data");
	sp_json_object_end(&json);
}

static void send_message(const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	sp_buffer body = SP_BUFFER_INIT, signatures = SP_BUFFER_INIT;
	int64_t now_s = spi_now_utc_s();
	const char *id = message_id(out, link->arena);
	ret->answer = (spi_answer){.outcome = SPI_AGAIN, .why = "out of memory"};
	write_message(out, &body);
	if (id && sp_buffer_ok(&body) && sign(link, id, now_s, &body, &signatures, &ret->answer)) {
		const char *headers[] = {sp_arena_printf(link->arena, "webhook-id: %s", id),
			sp_arena_printf(link->arena, "webhook-timestamp: %" PRId64, now_s),
			sp_arena_printf(link->arena, "webhook-signature: %s", sp_buffer_text(&signatures)), NULL};
		const spi_call_request request = {.method = "POST", .url = link->settings->url, .headers = headers, .body = &body, .any_reply = true};
		if (headers[0] && headers[1] && headers[2])
			spi_call_run(link->call, &request, &ret->answer);
		spi_put(ret->remote, sizeof ret->remote, out->remote ? out->remote : id);
	}
	sp_buffer_release(&body);
	sp_buffer_release(&signatures);
}

const spi_connect_maker spi_maker_webhook = {.kind = "webhook", .check = check, .send = send_message};
