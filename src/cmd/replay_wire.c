/* Just enough HTTP/1.1 for a replay: calls to one server, whose replies name their length, on connections that are kept. */
#include "cmd/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define REPLY_MAX (4u << 20)
#define WAIT_S 30

sp_status spi_wire_find(const char *url, spi_wire_server *ret, sp_error *err)
{
	static const char wanted[] = "write the server as http://HOST:PORT (a replay is played on the server's own network, without TLS)";
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
	if (strncmp(url, "http://", 7) != 0)
		return sp_error_set(err, SP_ERR_USAGE, url, 0, "%s", wanted);
	const char *host = url + 7, *end = host + strcspn(host, "/"), *colon = memrchr(host, ':', (size_t)(end - host));
	bool in_brackets = *host == '[';
	if (colon && in_brackets && colon[-1] != ']')
		colon = NULL;
	size_t host_len = (size_t)((colon ? colon : end) - host), port_len = colon ? (size_t)(end - colon - 1) : 0;
	if (host_len == 0 || host_len >= sizeof ret->host || port_len >= sizeof ret->port || (*end && end[1]))
		return sp_error_set(err, SP_ERR_USAGE, url, 0, "%s", wanted);
	snprintf(ret->host, sizeof ret->host, "%.*s", (int)host_len, host);
	snprintf(ret->port, sizeof ret->port, "%.*s", (int)(port_len ? port_len : 2), port_len ? colon + 1 : "80");
	char name[256];
	snprintf(name, sizeof name, "%.*s", (int)(in_brackets ? host_len - 2 : host_len), in_brackets ? host + 1 : host);
	int problem = getaddrinfo(name, ret->port, &hints, &found);
	if (problem)
		return sp_error_set(err, SP_ERR_NOT_FOUND, url, 0, "%s", gai_strerror(problem));
	memcpy(&ret->address, found->ai_addr, found->ai_addrlen);
	ret->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	return SP_OK;
}

/* ---- a request ---- */

void spi_wire_write(sp_buffer *out, const spi_wire_server *server, const char *method, const char *path, const char *more, const char *body, size_t len)
{
	sp_buffer_printf(out, "%s %s HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
		method, path, server->host, server->port, server->token, len, more ? more : "");
	sp_buffer_add(out, body, len);
}

/* ---- a reply ---- */

bool spi_wire_header(const spi_wire_reply *reply, const char *name, char *ret, size_t size)
{
	const char *at = reply->head, *end = reply->head + reply->head_len;
	size_t name_len = strlen(name);
	while (at < end) {
		const char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
		if (!line_end)
			line_end = end;
		if ((size_t)(line_end - at) > name_len && at[name_len] == ':' && strncasecmp(at, name, name_len) == 0) {
			const char *value = at + name_len + 1;
			while (value < line_end && *value == ' ')
				value++;
			snprintf(ret, size, "%.*s", (int)(line_end - value), value);
			return true;
		}
		at = line_end + 2;
	}
	return false;
}

sp_status spi_wire_read(const char *data, size_t len, spi_wire_reply *ret, sp_error *err)
{
	char text[32];
	*ret = (spi_wire_reply){0};
	if (len > REPLY_MAX || (len >= 9 && memcmp(data, "HTTP/1.", 7) != 0))
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "the server's reply is not one of Sportello");
	const char *end = len ? memmem(data, len, "\r\n\r\n", 4) : NULL;
	if (!end)
		return SP_OK;
	ret->head = data;
	ret->head_len = (size_t)(end - data);
	if (!spi_wire_header(ret, "Content-Length", text, sizeof text))
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "the server's reply has no length");
	ret->body = end + 4;
	ret->body_len = (size_t)strtoull(text, NULL, 10);
	ret->len = ret->head_len + 4 + ret->body_len;
	if (ret->body_len > REPLY_MAX)
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "the server's reply is too long");
	ret->closes = spi_wire_header(ret, "Connection", text, sizeof text) && strcasecmp(text, "close") == 0;
	if (len >= ret->len)
		ret->status = (int)strtol(data + 9, NULL, 10);
	return SP_OK;
}

/* ---- connections ---- */

int spi_wire_connect(const spi_wire_server *server)
{
	int one = 1, fd = socket(server->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (const struct sockaddr *)&server->address, server->address_len) == 0 || errno == EINPROGRESS)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int connect_and_wait(const spi_wire_server *server)
{
	struct timeval wait = {.tv_sec = WAIT_S};
	int fd = socket(server->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (connect(fd, (const struct sockaddr *)&server->address, server->address_len) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static sp_status send_and_read(int fd, const sp_buffer *out, sp_buffer *in, spi_wire_reply *ret, sp_error *err)
{
	char piece[16384];
	sp_status status = SP_OK;
	for (size_t sent = 0; sent < out->len;) {
		ssize_t n = send(fd, sp_buffer_text(out) + sent, out->len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			return sp_error_errno(err, errno, NULL, "send to the server");
		sent += (size_t)n;
	}
	while (status == SP_OK && ret->status == 0) {
		ssize_t n = recv(fd, piece, sizeof piece, 0);
		if (n <= 0)
			return n < 0 ? sp_error_errno(err, errno, NULL, "read the server's reply") : sp_error_set(err, SP_ERR_IO, NULL, 0, "the server closed the connection");
		sp_buffer_add(in, piece, (size_t)n);
		status = spi_wire_read(sp_buffer_text(in), in->len, ret, err);
	}
	return status;
}

sp_status spi_wire_call(const spi_wire_server *server, const char *method, const char *path, const char *body, sp_buffer *in, spi_wire_reply *ret,
	sp_error *err)
{
	sp_buffer out = SP_BUFFER_INIT;
	int fd = connect_and_wait(server);
	*ret = (spi_wire_reply){0};
	if (fd < 0)
		return sp_error_errno(err, errno, server->host, "connect to the server");
	spi_wire_write(&out, server, method, path, NULL, body, strlen(body));
	sp_status status = sp_buffer_ok(&out) ? send_and_read(fd, &out, in, ret, err) : SP_ERR_NOMEM;
	close(fd);
	sp_buffer_release(&out);
	return status;
}
