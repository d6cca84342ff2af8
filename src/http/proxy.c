#include "http/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_MAX 64

static void of_v4(const void *four, spi_address *ret)
{
	static const unsigned char front[12] = {[10] = 0xff, [11] = 0xff};
	memcpy(ret->bytes, front, sizeof front);
	memcpy(ret->bytes + 12, four, 4);
}

bool spi_address_of(const struct sockaddr *from, spi_address *ret)
{
	if (from->sa_family == AF_INET)
		of_v4(&((const struct sockaddr_in *)from)->sin_addr, ret);
	else if (from->sa_family == AF_INET6)
		memcpy(ret->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof ret->bytes);
	else
		return false;
	return true;
}

static bool is_v4(const spi_address *address)
{
	static const unsigned char front[12] = {[10] = 0xff, [11] = 0xff};
	return memcmp(address->bytes, front, sizeof front) == 0;
}

bool spi_address_is_loopback(const spi_address *address)
{
	static const unsigned char one[16] = {[15] = 1};
	return is_v4(address) ? address->bytes[12] == 127 : memcmp(address->bytes, one, sizeof one) == 0;
}

size_t spi_address_len(const spi_address *address)
{
	return is_v4(address) ? sizeof address->bytes : sizeof address->bytes / 2;
}

static bool parse_plain(const char *text, spi_address *ret)
{
	struct in_addr four;
	if (inet_pton(AF_INET, text, &four) == 1) {
		of_v4(&four, ret);
		return true;
	}
	return inet_pton(AF_INET6, text, ret->bytes) == 1;
}

bool spi_address_parse(const char *text, size_t len, spi_address *ret)
{
	char copy[ADDRESS_MAX];
	while (len > 0 && (*text == ' ' || *text == '\t'))
		text++, len--;
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len == 0 || len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (copy[0] == '[') {
		char *end = strchr(copy, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		*end = '\0';
		return inet_pton(AF_INET6, copy + 1, ret->bytes) == 1;
	}
	if (parse_plain(copy, ret))
		return true;
	char *colon = strrchr(copy, ':'); /* an IPv4 address with a port */
	if (!colon || strchr(copy, ':') != colon)
		return false;
	*colon = '\0';
	return parse_plain(copy, ret);
}

bool spi_network_parse(const char *text, size_t len, spi_network *ret)
{
	const char *slash = memchr(text, '/', len);
	size_t address_len = slash ? (size_t)(slash - text) : len;
	if (!spi_address_parse(text, address_len, &ret->address))
		return false;
	unsigned most = is_v4(&ret->address) && !memchr(text, ':', address_len) ? 32 : 128, bits = most;
	if (slash) {
		size_t digits = len - address_len - 1;
		if (digits < 1 || digits > 3 || strspn(slash + 1, "0123456789") < digits)
			return false;
		bits = (unsigned)strtoul(slash + 1, NULL, 10);
	}
	ret->bits = bits + (128 - most);
	return bits <= most;
}

bool spi_network_is_everybody(const spi_network *network)
{
	return network->bits == 0 || (network->bits <= 96 && is_v4(&network->address));
}

static bool is_within(const spi_network *network, const spi_address *address)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;
	if (memcmp(network->address.bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || ((network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}

bool spi_network_has(const spi_network *networks, size_t count, const spi_address *address)
{
	for (size_t i = 0; i < count; i++)
		if (is_within(&networks[i], address))
			return true;
	return false;
}

void spi_proxy_client(const spi_network *proxies, size_t count, const spi_address *peer, const char *const *forwarded, size_t forwarded_count,
	spi_address *ret)
{
	*ret = *peer;
	while (forwarded_count > 0) {
		const char *value = forwarded[--forwarded_count], *end = value + strlen(value);
		while (end > value) {
			const char *from = end;
			spi_address before;
			while (from > value && from[-1] != ',')
				from--;
			/* Only what a proxy of ours wrote counts: it wrote what stands last. */
			if (!spi_network_has(proxies, count, ret) || !spi_address_parse(from, (size_t)(end - from), &before))
				return;
			*ret = before;
			end = from > value ? from - 1 : value;
		}
	}
}
