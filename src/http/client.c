#include "http/client.h"

#include "base/clock.h"
#include "http/budget.h"
#include "http/session.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

/* Of IPv6 the network of 64 bits: whoever has one address of it has all. */
static void find_address(spi_request *request)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info ? info->client_addr : NULL;
	if (from && from->sa_family == AF_INET6) {
		const struct in6_addr *address = &((const struct sockaddr_in6 *)from)->sin6_addr;
		memcpy(request->client, address, IN6_IS_ADDR_V4MAPPED(address) ? 16 : 8);
	} else if (from && from->sa_family == AF_INET) {
		static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
		memcpy(request->client, mapped, sizeof mapped);
		memcpy(request->client + sizeof mapped, &((const struct sockaddr_in *)from)->sin_addr, 4);
	}
}

static bool has_limit(const spi_request *request)
{
	const sp_server *server = request->worker->server;
	return server->budget && (server->options.limit_local || !request->peer_is_loopback);
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
	find_address(request);
	request->has_credentials = spi_request_header(request, "Authorization") || spi_session_cookie(request, SPI_SESSION_COOKIE);
	return allow(request, request->has_credentials ?
		spi_budget_look(request->worker->server->budget, SPI_CLIENT_STRANGER, request->client, sizeof request->client, spi_now_us()) :
		spi_budget_spend(request->worker->server->budget, SPI_CLIENT_ADDRESS, request->client, sizeof request->client, spi_now_us()));
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
	spi_budget_spend(request->worker->server->budget, SPI_CLIENT_STRANGER, request->client, sizeof request->client, spi_now_us());
}
