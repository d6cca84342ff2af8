/* GET and POST /agent/sign-in, POST /agent/sign-out: with a token, where there is no identity provider or it is down. */
#include "http/audit.h"
#include "http/pages.h"
#include "http/session.h"
#include "sportello/catalog.h"

#include <inttypes.h>
#include <string.h>

#define TOKEN_MAX 128

/* Where who signed in goes on: agents and the like to the console, others to what they may read. */
static const char *home_of(const spi_request *request, const char *role)
{
	const char *path = strcmp(role, "reader") == 0 ? "/" : "/agent/";
	return spi_page_url(request, path, NULL);
}

/* In every answer of these pages: no error of a page may show what was typed. */
void spi_page_sign_in_again(spi_request *request, const char *next, const char *error, int status)
{
	const char *provider = sp_identity_provider(request->worker->server->options.identity);
	spi_value *page = spi_page_new(request);
	const char *told = spi_request_query(request, "done");
	spi_put_text(page, "title", spi_page_text(request, "access.sign-in.title"));
	spi_put_bool(page, "noindex", true);
	spi_put_text(page, "next", spi_session_next(next, ""));
	sp_fill fills[] = {{"name", provider ? provider : ""}, {0}};
	if (error)
		spi_put_text(page, "error", sp_catalog_fill(request->lang, error, fills, request->arena));
	if (provider) {
		spi_pair pairs[] = {{"next", spi_session_next(next, "")}, {0}};
		spi_put_text(page, "provider", sp_catalog_fill(request->lang, "access.sign-in.provider", fills, request->arena));
		spi_put_text(page, "provider_url", spi_page_url(request, "/agent/sign-in/provider", pairs));
	}
	if (told && strcmp(told, "out") == 0 && !error)
		spi_put_text(page, "done", spi_page_text(request, "access.sign-out.done"));
	spi_page_send(request, "sign-in", page, status);
	spi_reply_cache(request, SPI_CACHE_NEVER);
}

void spi_h_page_sign_in(spi_request *request)
{
	const char *next = spi_request_query(request, "next");
	if (request->caller.session)
		spi_reply_redirect(request, 303, spi_session_next(next, spi_caller_has(request, SPI_WORKS_HERE) ? "/agent/" : "/"));
	else
		spi_page_sign_in_again(request, next, NULL, 200);
}

/* ---- with a token ---- */

static const char *form_next(spi_request *request)
{
	return spi_request_form(request, "next");
}

static void signed_in(spi_request *request)
{
	const sp_write *write = request->data;
	spi_page_form_lang(request);
	if (write->status) {
		spi_page_sign_in_again(request, form_next(request), "access.sign-in.error.unavailable", 503);
		return;
	}
	spi_session_set_cookie(request, write->as.session.id);
	spi_reply_redirect(request, 303, spi_session_next(form_next(request), home_of(request, write->as.session.session.role)));
	spi_reply_cache(request, SPI_CACHE_NEVER);
}

/* As copied: with blanks around it, maybe. */
static const char *given_token(spi_request *request, size_t *ret_len)
{
	const char *token = spi_request_form(request, "token");
	if (!token)
		token = "";
	token += strspn(token, " \t\r\n");
	*ret_len = strcspn(token, " \t\r\n");
	return token;
}

static const char *why_not(sp_status status, size_t len)
{
	if (len == 0)
		return "access.sign-in.error.empty";
	return status == SP_ERR_DENIED ? "access.sign-in.error.token" : "access.sign-in.error.unavailable";
}

void spi_h_page_sign_in_token(spi_request *request)
{
	size_t len;
	const char *secret = given_token(request, &len);
	sp_token_info token = {0};
	sp_status status = len == 0 || len > TOKEN_MAX ? SP_ERR_DENIED : SP_ERR_BUSY;
	spi_page_form_lang(request);
	if (!spi_session_is_own_page(request, true)) {
		spi_problem(request, SPI_FORBIDDEN, "signing in begins on this service's own page");
		return;
	}
	if (status != SP_ERR_DENIED && request->worker->store)
		status = sp_store_token(request->worker->store, secret, len, request->now_utc_s, request->arena, &token, NULL);
	if (!status && sp_kb_audience(request->config, token.audience) < 0)
		status = SP_ERR_DENIED;
	if (status) {
		const char *why = why_not(status, len);
		if (status == SP_ERR_DENIED && len > 0)
			spi_audit_refused(request, NULL, "token", "not valid");
		spi_page_sign_in_again(request, form_next(request), why, status == SP_ERR_DENIED ? 422 : 503);
		return;
	}
	sp_session who = {.subject = token.subject, .role = token.role, .audience = token.audience, .groups = token.groups, .token = token.id};
	/* The session is the token's owner's: so is the entry. */
	request->caller.subject = token.subject;
	request->data = spi_session_begin(request, &who, sp_arena_printf(request->arena, "token:%" PRId64, token.id), signed_in);
}

/* ---- sign out ---- */

static void leave(spi_request *request)
{
	spi_pair pairs[] = {{"done", "out"}, {0}};
	spi_page_form_lang(request);
	if (request->caller.session)
		spi_session_drop_cookie(request);
	spi_reply_redirect(request, 303, spi_page_url(request, "/agent/sign-in", pairs));
}

static void signed_out(spi_request *request)
{
	const sp_write *write = request->data;
	if (write->status) {
		spi_problem(request, SPI_UNAVAILABLE, "the session could not be ended; try again");
		return;
	}
	/* Who came from an identity provider is led to where its own session ends: this machine may be another's next. */
	if (request->caller.token == 0 && spi_provider_sign_out(request, leave))
		return;
	leave(request);
}

void spi_h_page_sign_out(spi_request *request)
{
	sp_write *write = request->caller.session ? sp_arena_calloc(request->arena, 1, sizeof *write) : NULL;
	if (!request->caller.session) {
		leave(request); /* with no word about the cookie: another site's form comes without it */
	} else if (write) {
		write->kind = SP_WRITE_SESSION_END;
		write->as.session_end.id = request->caller.session;
		request->data = write;
		if (spi_audit_with(request, write, SP_AUDIT_SIGN_OUT, "", NULL))
			spi_request_write(request, write, signed_out);
	}
}

/* ---- the same address once more ---- */

void spi_page_go_on(spi_request *request, const char *address)
{
	spi_value *page = spi_page_new(request);
	spi_put_text(page, "title", spi_page_text(request, "access.go-on.title"));
	spi_put_bool(page, "noindex", true);
	spi_put_text(page, "address", address);
	spi_page_send(request, "sign-in-go-on", page, 200);
	spi_reply_header(request, "Refresh", sp_arena_printf(request->arena, "0; url=%s", address));
	spi_reply_cache(request, SPI_CACHE_NEVER);
}
