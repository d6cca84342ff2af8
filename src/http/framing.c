#include "http/framing.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool spi_framing_is_header(const char *name, size_t name_len, const char *value, size_t value_len)
{
	for (size_t i = 0; i < name_len; i++)
		if (!isalnum((unsigned char)name[i]) && (name[i] == '\0' || !strchr("!#$%&'*+-.^_`|~", name[i])))
			return false;
	for (size_t i = 0; i < value_len; i++)
		if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
			return false;
	return name_len > 0;
}

/* How often a header is there; its last value. */
static size_t count(const spi_request *request, const char *name, const char **ret)
{
	size_t found = 0;
	*ret = "";
	for (size_t i = 0; i < request->headers_count; i++)
		if (strcasecmp(request->headers[i].name, name) == 0) {
			*ret = request->headers[i].value;
			found++;
		}
	return found;
}

/* A name or an address, and a port (RFC 9110, 7.2); nothing else gets to where a page or a cache would take it for one. */
static bool is_host(const char *host)
{
	for (; *host; host++)
		if (!isalnum((unsigned char)*host) && !strchr("-._~!$&'()*+,;=:[]%", *host))
			return false;
	return true;
}

/* Of two a proxy may have looked at the other one. */
static bool is_there_twice(const spi_request *request)
{
	static const char *const once[] = {"Authorization", "Content-Type", "Origin", "Sec-Fetch-Site"};
	const char *value;
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		if (count(request, once[i], &value) > 1)
			return true;
	return false;
}

const char *spi_framing_wrong(const spi_request *request, const char *version)
{
	const char *length, *encoding, *host;
	size_t lengths = count(request, "Content-Length", &length), encodings = count(request, "Transfer-Encoding", &encoding);
	size_t hosts = count(request, "Host", &host);
	bool is_1_1 = strcmp(version, "HTTP/1.1") == 0;
	if (request->bad_line)
		return "each line ends by CR and LF, and none goes on in the next one";
	if (request->bad_header)
		return "a header has signs that do not belong there";
	if (lengths > 1 || (lengths && strspn(length, "0123456789") != strlen(length)))
		return "Content-Length may be there once, and is a number";
	if (lengths && encodings)
		return "either Content-Length or Transfer-Encoding says how long a body is, not both";
	if (encodings && (encodings > 1 || strcasecmp(encoding, "chunked") != 0 || !is_1_1))
		return "Transfer-Encoding may be there once, and is chunked, with HTTP/1.1";
	if (hosts > 1 || (is_1_1 && hosts == 0))
		return "the header Host is needed, once";
	if (!is_host(host))
		return "Host is a name or an address, and a port";
	if (is_there_twice(request))
		return "Authorization, Content-Type, Origin and Sec-Fetch-Site may be there once";
	return NULL;
}
