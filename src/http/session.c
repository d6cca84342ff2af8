#include "http/session.h"

#include "base/hash.h"
#include "http/audit.h"
#include "http/caller.h"
#include "http/log.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The end of an idle session is known to the minute, and no request waits for it to be noted. */
#define SEEN_EVERY_S 60
#define FORM_TOKEN_FIELD "form_token"
#define FORM_TOKEN_SALT "sportello form\n"
#define NEXT_MAX 2000

/* ---- cookies ---- */

const char *spi_session_cookie(const spi_request *request, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < request->headers_count; i++) {
		if (strcasecmp(request->headers[i].name, "Cookie") != 0)
			continue;
		const char *at = request->headers[i].value;
		while (*at) {
			at += strspn(at, "; \t");
			size_t all = strcspn(at, ";");
			if (all > len && at[len] == '=' && memcmp(at, name, len) == 0)
				return sp_arena_strndup(request->arena, at + len + 1, all - len - 1);
			at += all;
		}
	}
	return NULL;
}

/* One word about our cookie a reply: the last one counts. */
static void leave_cookie(spi_request *request, const char *value)
{
	spi_reply *reply = &request->reply;
	for (size_t i = 0; i < reply->headers_count; i++)
		if (strcmp(reply->headers[i].name, "Set-Cookie") == 0 &&
			strncmp(reply->headers[i].value, SPI_SESSION_COOKIE "=", sizeof SPI_SESSION_COOKIE) == 0) {
			reply->headers[i].value = value;
			return;
		}
	spi_reply_header(request, "Set-Cookie", value);
}

void spi_session_set_cookie(spi_request *request, const char *id)
{
	const char *value = sp_arena_printf(request->arena, SPI_SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", id);
	if (value)
		leave_cookie(request, value);
}

void spi_session_drop_cookie(spi_request *request)
{
	leave_cookie(request, SPI_SESSION_COOKIE "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
	spi_reply_cache(request, SPI_CACHE_NEVER);
}

/* ---- who is signed in ---- */

int64_t spi_session_idle_s(const spi_request *request)
{
	unsigned wanted = request->worker->server->options.session_idle_s;
	return wanted ? wanted : SPI_SESSION_IDLE_S;
}

typedef struct seen {
	sp_write write;
	char id[SP_SESSION_ID_LEN + 1];
} seen;

static void forget(sp_write *write, void *arg)
{
	(void)write;
	free(arg);
}

/* Nobody waits for it: when it fails, the session ends earlier than it should. */
static void note_seen(const spi_request *request, const char *id, int64_t seen_utc_s)
{
	int64_t every = spi_session_idle_s(request) / 4 < SEEN_EVERY_S ? spi_session_idle_s(request) / 4 : SEEN_EVERY_S;
	seen *note = request->now_utc_s - seen_utc_s >= every ? calloc(1, sizeof *note) : NULL;
	if (!note)
		return;
	memcpy(note->id, id, sizeof note->id);
	note->write = (sp_write){.kind = SP_WRITE_SESSION_SEEN, .done = forget, .arg = note};
	note->write.as.session_seen.id = note->id;
	note->write.as.session_seen.at_utc_s = request->now_utc_s;
	if (sp_store_submit(request->worker->server->options.store, &note->write) != SP_OK)
		free(note);
}

spi_session_state spi_session_bind(spi_request *request)
{
	const char *id = spi_session_cookie(request, SPI_SESSION_COOKIE);
	spi_caller *caller = &request->caller;
	sp_session session;
	sp_error err = {0};
	if (!id)
		return SPI_SESSION_NONE;
	if (strlen(id) != SP_SESSION_ID_LEN)
		return SPI_SESSION_OVER;
	if (!request->worker->store)
		return SPI_SESSION_FAILED;
	sp_status status = sp_store_session(request->worker->store, id, SP_SESSION_ID_LEN, request->now_utc_s, spi_session_idle_s(request),
		request->arena, &session, &err);
	if (status == SP_ERR_DENIED)
		return SPI_SESSION_OVER;
	if (status) {
		spi_log_error(request, status, &err);
		return SPI_SESSION_FAILED;
	}
	caller->subject = session.subject;
	caller->roles = spi_roles_of(session.role);
	caller->audience_key = session.audience;
	caller->groups = session.groups;
	caller->token = session.token;
	caller->session = id;
	note_seen(request, id, session.seen_utc_s);
	return SPI_SESSION_BOUND;
}

/* ---- other sites' pages ---- */

static bool is_same_host(const char *origin, const char *host)
{
	const char *at = origin && host ? strstr(origin, "://") : NULL;
	return at && *host && strcasecmp(at + 3, host) == 0;
}

/* Behind a proxy the Host that arrives may be another than the one that people see: that is the public address's. */
static bool is_our_origin(const spi_request *request, const char *origin)
{
	const char *public_url = request->worker->server->options.public_url;
	if (is_same_host(origin, spi_request_header(request, "Host")))
		return true;
	size_t len = strlen(origin);
	return public_url && strncasecmp(public_url, origin, len) == 0 && (public_url[len] == '\0' || public_url[len] == '/');
}

bool spi_session_is_own_page(const spi_request *request, bool unsaid)
{
	const char *site = spi_request_header(request, "Sec-Fetch-Site"), *origin = spi_request_header(request, "Origin");
	if (site)
		return strcmp(site, "same-origin") == 0;
	return origin ? is_our_origin(request, origin) : unsaid;
}

const char *spi_session_form_token(const spi_request *request)
{
	char *token = request->caller.session ? sp_arena_alloc(request->arena, 65) : NULL;
	spi_sha256 sha;
	unsigned char digest[32];
	if (!token)
		return NULL;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, FORM_TOKEN_SALT, strlen(FORM_TOKEN_SALT));
	spi_sha256_add(&sha, request->caller.session, strlen(request->caller.session));
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, token);
	return token;
}

static bool has_form_token(spi_request *request)
{
	const char *given = spi_request_form(request, FORM_TOKEN_FIELD), *wanted = spi_session_form_token(request);
	return given && wanted && spi_same_secret(given, wanted);
}

bool spi_session_guard(spi_request *request)
{
	const spi_route *route = request->route;
	if (strcmp(request->method, "GET") == 0)
		return true;
	bool needs_token = route->body == SPI_BODY_FORM && (route->who != SPI_ANYONE || route->form_token);
	if (spi_session_is_own_page(request, false) && (!needs_token || has_form_token(request)))
		return true;
	request->caller.session = NULL;
	request->caller.subject = NULL;
	spi_problem(request, SPI_FORBIDDEN, "a change in the name of who is signed in must come from this service's own pages");
	return false;
}

/* ---- to signing in and back ---- */

/* A path of ours: what a browser could take for another host, or what could end the header, is none. */
const char *spi_session_next(const char *next, const char *fallback)
{
	if (!next || next[0] != '/' || strlen(next) > NEXT_MAX)
		return fallback;
	for (const char *at = next; *at; at++)
		if (*at <= ' ' || *at > '~' || *at == '\\' || (*at == '/' && at[1] == '/'))
			return fallback;
	return strncmp(next, "/agent/sign-", 12) == 0 ? fallback : next;
}

/* Where somebody was: the page of a form that was sent when its session was over already, too. */
static const char *page_of(const spi_request *request)
{
	const char *uri = sp_buffer_text(&request->uri);
	size_t len = strcspn(uri, "?");
	if (strcmp(request->method, "GET") == 0)
		return uri;
	const char *path = spi_routes_match("GET", uri, len).route ? sp_arena_strndup(request->arena, uri, len) : NULL;
	return path ? path : "/agent/";
}

static const char *sign_in_address(const spi_request *request)
{
	sp_buffer out = SP_BUFFER_INIT;
	const char *here = page_of(request);
	sp_buffer_add_text(&out, "/agent/sign-in");
	if (spi_session_next(here, NULL)) {
		sp_buffer_add_text(&out, "?next=");
		for (const char *at = here; *at; at++)
			if (strchr("?&=+#%", *at))
				sp_buffer_printf(&out, "%%%02X", (unsigned char)*at);
			else
				sp_buffer_add_char(&out, *at);
	}
	if (request->lang_asked)
		sp_buffer_printf(&out, "%clang=%s", strchr(sp_buffer_text(&out), '?') ? '&' : '?', sp_lang_code(request->lang));
	const char *address = sp_arena_strdup(request->arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return address ? address : "/agent/sign-in";
}

/* A link in a mail, or another site's: the browser kept our cookie back (SameSite=Strict). Asked for once more by a page of ours, the same
   address has it. */
static bool may_be_signed_in(const spi_request *request)
{
	const char *site = spi_request_header(request, "Sec-Fetch-Site");
	return site && strcmp(site, "cross-site") == 0 && strcmp(request->method, "GET") == 0 &&
		spi_session_next(sp_buffer_text(&request->uri), NULL);
}

void spi_session_ask_for(spi_request *request)
{
	if (may_be_signed_in(request))
		spi_page_go_on(request, sp_buffer_text(&request->uri));
	else
		spi_reply_redirect(request, 303, sign_in_address(request));
	spi_reply_cache(request, SPI_CACHE_NEVER);
}

/* ---- begin ---- */

sp_write *spi_session_begin(spi_request *request, const sp_session *who, const char *how, spi_handler *then)
{
	unsigned wanted = request->worker->server->options.session_limit_s;
	sp_write *write = sp_arena_calloc(request->arena, 1, sizeof *write);
	if (!write)
		return NULL;
	write->kind = SP_WRITE_SESSION;
	write->as.session.session = *who;
	write->as.session.session.created_utc_s = request->now_utc_s;
	write->as.session.session.until_utc_s = request->now_utc_s + (wanted ? wanted : SPI_SESSION_LIMIT_S);
	write->as.session.replaces = spi_session_cookie(request, SPI_SESSION_COOKIE);
	if (!spi_audit_with(request, write, SP_AUDIT_SIGN_IN, how, NULL))
		return NULL;
	spi_request_write(request, write, then);
	return write;
}
