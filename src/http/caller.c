#include "http/caller.h"

#include "http/grants.h"
#include "http/log.h"
#include "http/session.h"

#include <string.h>
#include <strings.h>

#define TOKEN_MAX 128

/* Who may call what: a route's `who`. */
static const struct { unsigned roles; const char *wanted; } rules[] = {
	[SPI_ANYONE] = {~0u, ""},
	[SPI_AGENTS] = {SPI_DESK, "agent or admin"},
	[SPI_EDITORS] = {SPI_IS(EDITOR) | SPI_IS(ADMIN), "editor or admin"},
	[SPI_MANAGERS] = {SPI_IS(MANAGER) | SPI_IS(ADMIN), "manager or admin"},
	[SPI_CURATORS] = {SPI_IS(EDITOR) | SPI_IS(MANAGER) | SPI_IS(ADMIN), "editor, manager or admin"},
	[SPI_STAFF] = {SPI_WORKS_HERE, "agent, editor, manager or admin"},
	[SPI_ADMINS] = {SPI_IS(ADMIN), "admin"},
};

static const char *const names[] = {[SPI_ROLE_READER] = "reader", [SPI_ROLE_AGENT] = "agent", [SPI_ROLE_EDITOR] = "editor",
	[SPI_ROLE_MANAGER] = "manager", [SPI_ROLE_ADMIN] = "admin"};

unsigned spi_roles_of(const char *text)
{
	unsigned roles = 0;
	for (size_t len = 0; text && *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		for (int role = SPI_ROLE_READER; role <= SPI_ROLE_ADMIN; role++)
			if (strlen(names[role]) == len && memcmp(text, names[role], len) == 0)
				roles |= 1u << role;
	}
	return roles;
}

const char *spi_roles_text(sp_arena *arena, unsigned roles)
{
	const char *text = "";
	for (int role = SPI_ROLE_READER; text && role <= SPI_ROLE_ADMIN; role++)
		if (roles >> role & 1)
			text = sp_arena_printf(arena, "%s%s%s", text, *text ? "," : "", names[role]);
	return text;
}

static void refuse_token(spi_request *request, const char *why)
{
	spi_problem(request, SPI_UNAUTHORIZED, "%s", why);
	spi_reply_header(request, "WWW-Authenticate", "Bearer realm=\"sportello\", error=\"invalid_token\"");
}

static void keys_came(void *request)
{
	spi_request_go_on(request);
}

/* The keys are fetched; then the request is looked at once more from its beginning. */
static bool wait_for_keys(spi_request *request)
{
	sp_identity_job *job = request->keys_asked ? NULL : sp_arena_calloc(request->arena, 1, sizeof *job);
	if (!job || !spi_request_may_wait(request))
		return false;
	*job = (sp_identity_job){.kind = SP_IDENTITY_KEYS, .arena = request->arena, .done = keys_came, .arg = request};
	request->keys_asked = true;
	if (sp_identity_submit(request->worker->server->options.identity, job) == SP_OK) {
		spi_request_wait(request, NULL);
		return true;
	}
	spi_request_wait_not(request);
	return false;
}

/* A signed token of an app. What is wrong with it is for the log alone. */
static bool find_signed(spi_request *request, const char *text, size_t len)
{
	sp_identified who = {0};
	spi_granted granted;
	sp_error err = {0};
	sp_status status = sp_identity_check(request->worker->server->options.identity, text, len, request->now_utc_s, request->arena, &who, &err);
	if (status == SP_ERR_LATER && wait_for_keys(request))
		return false;
	if (status == SP_ERR_NOMEM) {
		spi_reply_error(request, status, &err);
		return false;
	}
	if (status) {
		spi_log_error(request, SP_ERR_DENIED, &err);
		refuse_token(request, "the token is not known, was revoked, or has expired");
		return false;
	}
	if (!spi_grants_join(request, &who, &granted)) {
		refuse_token(request, "the token's audience is not one of kb.yaml any more");
		return false;
	}
	request->caller.subject = who.subject;
	request->caller.roles = spi_roles_of(granted.role);
	request->caller.audience_key = granted.audience;
	request->caller.groups = granted.groups;
	return true;
}

static bool find_token(spi_request *request, const char *header)
{
	spi_caller *caller = &request->caller;
	sp_token_info token;
	sp_error err = {0};
	if (strncasecmp(header, "Bearer ", 7) != 0) {
		refuse_token(request, "send the token as Authorization: Bearer spt_…");
		return false;
	}
	const char *secret = header + 7 + strspn(header + 7, " ");
	size_t len = strlen(secret);
	if (strncmp(secret, "spt_", 4) != 0 && sp_identity_has_issuers(request->worker->server->options.identity))
		return find_signed(request, secret, len);
	if (len > TOKEN_MAX) {
		refuse_token(request, "the token is not known, was revoked, or has expired");
		return false;
	}
	if (!request->worker->store) {
		spi_problem(request, SPI_UNAVAILABLE, "tokens cannot be looked up right now");
		return false;
	}
	sp_status status = sp_store_token(request->worker->store, secret, len, request->now_utc_s, request->arena, &token,
		&err);
	if (status == SP_ERR_DENIED || status == SP_ERR_NOT_FOUND || status == SP_ERR_INVALID) {
		refuse_token(request, "the token is not known, was revoked, or has expired");
		return false;
	}
	if (status) {
		spi_reply_error(request, status, &err);
		return false;
	}
	caller->subject = token.subject;
	caller->roles = spi_roles_of(token.role);
	caller->audience_key = token.audience;
	caller->groups = token.groups;
	caller->token = token.id;
	return true;
}

static void be_citizen(spi_caller *caller)
{
	caller->audience_key = "citizen";
}

/* The cookie where there is one and the session goes on; else a citizen. */
static bool find_session(spi_request *request)
{
	switch (spi_session_bind(request)) {
	case SPI_SESSION_NONE:
		be_citizen(&request->caller);
		return true;
	case SPI_SESSION_OVER:
		be_citizen(&request->caller);
		spi_session_drop_cookie(request);
		/* A page leads on to signing in, or is shown as anybody sees it. A program must not take another reader's view for its own. */
		if (request->route->page || request->route->always)
			return true;
		spi_problem(request, SPI_UNAUTHORIZED, "the session is over; sign in again");
		spi_session_drop_cookie(request);
		return false;
	case SPI_SESSION_FAILED:
		spi_problem(request, SPI_UNAVAILABLE, "sessions cannot be looked up right now");
		return false;
	case SPI_SESSION_BOUND:
		break;
	}
	return spi_session_guard(request);
}

bool spi_caller_find(spi_request *request)
{
	spi_caller *caller = &request->caller;
	const char *header = spi_request_header(request, "Authorization");
	if (header ? !find_token(request, header) : !find_session(request))
		return false;
	caller->audience = sp_kb_audience(request->config, caller->audience_key);
	if (caller->audience >= 0 || !caller->subject)
		return true;
	refuse_token(request, "the token's audience is not one of kb.yaml any more");
	return false;
}

bool spi_caller_may_call(spi_request *request)
{
	const spi_caller *caller = &request->caller;
	spi_who who = request->route->who;
	if (who == SPI_ANYONE || request->worker->server->options.workbench || /* a preview is its editor's own */
		 rules[who].roles & caller->roles)
		return true;
	if (caller->subject) {
		spi_problem(request, SPI_FORBIDDEN, "this call needs a token with the role %s", rules[who].wanted);
	} else if (request->route->page) {
		spi_session_ask_for(request);
	} else {
		spi_problem(request, SPI_UNAUTHORIZED, "this call needs a token with the role %s", rules[who].wanted);
		spi_reply_header(request, "WWW-Authenticate", "Bearer realm=\"sportello\"");
	}
	return false;
}
