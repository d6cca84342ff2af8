/* GET /agent/sign-in/provider and /agent/sign-in/callback: to the identity provider and back.

   Between the two a cookie of its own keeps a random secret (and where to go on): the provider's redirect comes from another site, so it is Lax,
   lives for ten minutes, and is good for one answer. The session's cookie is left on a page of ours that goes on by itself, as a Strict one does
   not go along with a redirect that another site began. */
#include "http/audit.h"
#include "http/grants.h"
#include "http/log.h"
#include "http/pages.h"
#include "http/session.h"
#include "sportello/identity.h"
#include "store/ids.h"

#include <string.h>

#define FLOW_COOKIE "__Host-sportello-flow"
#define SECRET_LEN 52
#define CALLBACK "/agent/sign-in/callback"

typedef struct flow {
	sp_identity_job job;
	spi_handler *otherwise;
	const char *next;
	spi_granted granted;
	const sp_write *write;
} flow;

/* ---- the flow's cookie ---- */

static void leave_flow(spi_request *request, const char *secret, const char *next)
{
	bool kept = next && !strpbrk(next, ";,\"");
	spi_reply_header(request, "Set-Cookie", sp_arena_printf(request->arena,
		FLOW_COOKIE "=%s.%s; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax", secret, kept ? next : ""));
}

static void drop_flow(spi_request *request)
{
	spi_reply_header(request, "Set-Cookie", FLOW_COOKIE "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
}

static bool read_flow(spi_request *request, flow *f)
{
	const char *cookie = spi_session_cookie(request, FLOW_COOKIE);
	if (!cookie || strlen(cookie) <= SECRET_LEN || cookie[SECRET_LEN] != '.')
		return false;
	f->job.secret = sp_arena_strndup(request->arena, cookie, SECRET_LEN);
	f->next = spi_session_next(cookie + SECRET_LEN + 1, NULL);
	return f->job.secret != NULL;
}

/* ---- asking ---- */

static void go_on(void *request)
{
	spi_request_go_on(request);
}

/* Where the provider sends browsers to. NULL: it is not known under which address the world sees us. */
static const char *our_address(const spi_request *request, const char *path)
{
	const char *public_url = request->worker->server->options.public_url, *host = spi_request_header(request, "Host");
	if (public_url)
		return sp_arena_printf(request->arena, "%s%s", public_url, path);
	return request->caller.local && host ? sp_arena_printf(request->arena, "http://%s%s", host, path) : NULL;
}

static bool ask(spi_request *request, flow *f, sp_identity_kind kind, const char *path, spi_handler *then)
{
	f->job.kind = kind;
	f->job.arena = request->arena;
	f->job.now_utc_s = request->now_utc_s;
	f->job.done = go_on;
	f->job.arg = request;
	f->job.return_url = our_address(request, path);
	request->data = f;
	if (!f->job.return_url) {
		sp_error err = {.text = "serve needs --public-url, so that the identity provider can send browsers back"};
		spi_log_error(request, SP_ERR_USAGE, &err);
		return false;
	}
	if (!spi_request_may_wait(request))
		return false;
	if (sp_identity_submit(request->worker->server->options.identity, &f->job) != SP_OK) {
		spi_request_wait_not(request);
		return false;
	}
	spi_request_wait(request, then);
	return true;
}

static bool has_provider(spi_request *request)
{
	if (sp_identity_provider(request->worker->server->options.identity))
		return true;
	spi_problem(request, SPI_NOT_FOUND, "there is no identity provider here");
	return false;
}

static void refuse(spi_request *request, const flow *f, const char *error, const char *why, int status)
{
	if (why)
		spi_audit_refused(request, f->job.who.subject, "provider", why);
	spi_page_sign_in_again(request, f->next, error, status);
	drop_flow(request);
}

/* ---- there ---- */

static void begun(spi_request *request)
{
	flow *f = request->data;
	if (f->job.status) {
		spi_log_error(request, f->job.status, &f->job.error);
		refuse(request, f, "access.sign-in.error.provider", NULL, 503);
		return;
	}
	leave_flow(request, f->job.secret, f->next);
	spi_reply_redirect(request, 303, f->job.url);
	spi_reply_cache(request, SPI_CACHE_NEVER);
}

void spi_h_page_sign_in_provider(spi_request *request)
{
	flow *f = sp_arena_calloc(request->arena, 1, sizeof *f);
	char *secret = sp_arena_alloc(request->arena, SECRET_LEN + 1);
	if (!f || !secret || !has_provider(request))
		return;
	spi_random_text(secret, SECRET_LEN);
	f->job.secret = secret;
	f->next = spi_session_next(spi_request_query(request, "next"), NULL);
	if (!ask(request, f, SP_IDENTITY_BEGIN, CALLBACK, begun))
		refuse(request, f, "access.sign-in.error.provider", NULL, 503);
}

/* ---- and back ---- */

static void signed_in(spi_request *request)
{
	const flow *f = request->data;
	if (f->write->status) {
		refuse(request, f, "access.sign-in.error.unavailable", NULL, 503);
		return;
	}
	const char *home = strcmp(f->granted.role, "reader") == 0 ? "/" : "/agent/";
	spi_page_go_on(request, f->next ? f->next : home);
	spi_session_set_cookie(request, f->write->as.session.id);
	drop_flow(request);
}

static void tell_failure(spi_request *request, const flow *f)
{
	spi_log_error(request, f->job.status, &f->job.error);
	if (f->job.status == SP_ERR_NOT_FOUND)
		refuse(request, f, "access.sign-in.error.nobody", "not in the mapping", 403);
	else if (f->job.status == SP_ERR_DENIED)
		refuse(request, f, "access.sign-in.error.again", "not valid", 422);
	else
		refuse(request, f, "access.sign-in.error.provider", NULL, 503);
}

static void finished(spi_request *request)
{
	flow *f = request->data;
	const sp_identified *who = &f->job.who;
	if (!f->job.status && !spi_grants_join(request, who, &f->granted))
		f->job.status = SP_ERR_NOT_FOUND;
	if (f->job.status) {
		tell_failure(request, f);
		return;
	}
	sp_session session = {.subject = who->subject, .role = f->granted.role, .audience = f->granted.audience, .groups = f->granted.groups};
	request->caller.subject = who->subject; /* the entry in the audit log is theirs */
	f->write = spi_session_begin(request, &session, "provider", signed_in);
}

void spi_h_page_sign_in_callback(spi_request *request)
{
	flow *f = sp_arena_calloc(request->arena, 1, sizeof *f);
	if (!f || !has_provider(request))
		return;
	f->job.code = spi_request_query(request, "code");
	f->job.state = spi_request_query(request, "state");
	f->job.issuer = spi_request_query(request, "iss");
	if (!read_flow(request, f) || !f->job.code)
		refuse(request, f, "access.sign-in.error.again", "not valid", 422);
	else if (!ask(request, f, SP_IDENTITY_FINISH, CALLBACK, finished))
		refuse(request, f, "access.sign-in.error.provider", NULL, 503);
}

/* ---- out ---- */

static void ended(spi_request *request)
{
	const flow *f = request->data;
	spi_page_form_lang(request);
	if (f->job.status) {
		f->otherwise(request);
		return;
	}
	spi_page_go_on(request, f->job.url);
	spi_session_drop_cookie(request);
}

bool spi_provider_sign_out(spi_request *request, spi_handler *otherwise)
{
	flow *f = sp_arena_calloc(request->arena, 1, sizeof *f);
	if (!f || !sp_identity_provider(request->worker->server->options.identity))
		return false;
	f->otherwise = otherwise;
	return ask(request, f, SP_IDENTITY_END, "/agent/sign-in?done=out", ended);
}
