#include "http/client.h"

#include "base/clock.h"
#include "http/budget.h"
#include "http/session.h"

#include <string.h>

/* Where a proxy of ours stands in between, it is whom that speaks for who has a limit. */
static bool has_limit(const spi_request *request)
{
	const sp_server *server = request->worker->server;
	return server->budget && (server->options.limit_local || !spi_address_is_loopback(&request->from));
}

static bool allow(spi_request *request, unsigned wait_s)
{
	if (wait_s == 0)
		return true;
	spi_problem(request, SPI_TOO_MANY_REQUESTS, "too many requests; come again in %u s", wait_s);
	spi_reply_header(request, "Retry-After", sp_arena_printf(request->arena, "%u", wait_s));
	return false;
}

bool spi_client_may_ask(spi_request *request)
{
	if (!has_limit(request))
		return true;
	request->has_credentials = spi_request_header(request, "Authorization") || spi_session_cookie(request, SPI_SESSION_COOKIE);
	return allow(request, request->has_credentials ?
		spi_budget_look(request->worker->server->budget, SPI_CLIENT_STRANGER, request->from.bytes, spi_address_len(&request->from), spi_now_us()) :
		spi_budget_spend(request->worker->server->budget, SPI_CLIENT_ADDRESS, request->from.bytes, spi_address_len(&request->from), spi_now_us()));
}

bool spi_client_may_go_on(spi_request *request)
{
	const char *subject = request->caller.subject;
	if (!request->has_credentials)
		return true;
	request->has_credentials = false; /* once a request */
	return !subject || allow(request, spi_budget_spend(request->worker->server->budget, SPI_CLIENT_PERSON, subject, strlen(subject), spi_now_us()));
}

void spi_client_was_refused(spi_request *request)
{
	if (!request->has_credentials || request->caller.subject)
		return;
	request->has_credentials = false;
	spi_budget_spend(request->worker->server->budget, SPI_CLIENT_STRANGER, request->from.bytes, spi_address_len(&request->from), spi_now_us());
}
