/* Who a request comes from: whoever connected, or, where that is one of our proxies, whom it says it stands for. What anybody may send
   (X-Forwarded-For) is believed of a configured address alone. */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* An IPv4 address is one of IPv6 (::ffff:a.b.c.d), so that there is one kind. */
typedef struct spi_address { unsigned char bytes[16]; } spi_address;
typedef struct spi_network { spi_address address; unsigned bits; } spi_network;

bool spi_address_of(const struct sockaddr *from, spi_address *ret);
/* "203.0.113.7", "2001:db8::1", "[2001:db8::1]:443", "203.0.113.7:443"; blanks around it do not matter. */
bool spi_address_parse(const char *text, size_t len, spi_address *ret);
bool spi_address_is_loopback(const spi_address *address);
/* Bytes of it that tell one client from another: of IPv6 the network of 64 bits, as whoever has one address of it has all. */
size_t spi_address_len(const spi_address *address);
/* "10.0.0.0/8", "2001:db8::/32", or one address. */
bool spi_network_parse(const char *text, size_t len, spi_network *ret);
/* All addresses, or all of IPv4: as a proxy that would be everybody. */
bool spi_network_is_everybody(const spi_network *network);
bool spi_network_has(const spi_network *networks, size_t count, const spi_address *address);

/**
 * The client: the last address that no proxy of ours wrote about another one of ours.
 * @param forwarded  values of X-Forwarded-For in the order that they came; what is no address ends it (the one before counts)
 */
void spi_proxy_client(const spi_network *proxies, size_t count, const spi_address *peer, const char *const *forwarded, size_t forwarded_count,
	spi_address *ret);

#endif
