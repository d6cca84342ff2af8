#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define HOST_MAX 256

/* Split "host:port"; an IPv6 address stands in brackets. */
static bool split(const char *address, char host[HOST_MAX], const char **ret_port)
{
	const char *colon = strrchr(address, ':'), *start = address, *end = colon;
	if (!colon || (size_t)(colon - address) >= HOST_MAX)
		return false;
	if (*address == '[') {
		start = address + 1;
		end = colon - 1;
		if (end < start || *end != ']')
			return false;
	} else if (memchr(address, ':', (size_t)(colon - address))) {
		return false;
	}
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	size_t digits = strspn(colon + 1, "0123456789");
	*ret_port = colon + 1;
	return digits >= 1 && digits <= 5 && !colon[1 + digits] && strtol(colon + 1, NULL, 10) <= 65535;
}

static sp_status refuse(const char *address, int error, sp_error *err)
{
	if (error == EADDRINUSE)
		return sp_error_set(err, SP_ERR_BUSY, address, 0,
			"another program listens on %s already; stop it, or choose another port with --listen ADDR:PORT", address);
	if (error == EACCES || error == EPERM)
		return sp_error_set(err, SP_ERR_DENIED, address, 0,
			"may not listen on %s (ports under 1024 need a privilege); choose another port with --listen ADDR:PORT",
			address);
	if (error == EADDRNOTAVAIL)
		return sp_error_set(err, SP_ERR_USAGE, address, 0, "%s is not an address of this machine; see --listen",
			address);
	return sp_error_errno(err, error, address, "listen");
}

static int bind_and_listen(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, off = 0;
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static unsigned port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} bound;
	socklen_t len = sizeof bound;
	memset(&bound, 0, sizeof bound);
	if (getsockname(fd, &bound.any, &len) != 0)
		return 0;
	return ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
}

sp_status spi_listen(const char *address, int *ret_fd, unsigned *ret_port, sp_error *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	char host[HOST_MAX];
	const char *port;
	if (!address || !split(address, host, &port))
		return sp_error_set(err, SP_ERR_USAGE, address, 0, "write the address as 127.0.0.1:8080 or [::1]:8080");
	int problem = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
	if (problem)
		return sp_error_set(err, SP_ERR_USAGE, address, 0, "cannot find the address %s: %s", host,
			gai_strerror(problem));
	int fd = bind_and_listen(found), error = errno;
	freeaddrinfo(found);
	if (fd < 0)
		return refuse(address, error, err);
	*ret_fd = fd;
	*ret_port = port_of(fd);
	return SP_OK;
}
