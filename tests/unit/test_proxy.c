#include "harness.h"
#include "http/proxy.h"

#include <arpa/inet.h>

static const char *client_of(const char *proxies, const char *peer, const char *const *forwarded, size_t count)
{
	static char text[INET6_ADDRSTRLEN];
	spi_network networks[4];
	size_t networks_count = 0;
	spi_address from, client;
	for (const char *at = proxies; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (!spi_network_parse(at, strcspn(at, " "), &networks[networks_count++]))
			return "bad network";
	if (!spi_address_parse(peer, strlen(peer), &from))
		return "bad peer";
	spi_proxy_client(networks, networks_count, &from, forwarded, count, &client);
	if (!inet_ntop(AF_INET6, client.bytes, text, sizeof text))
		return "";
	return strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text;
}

static const char *one(const char *proxies, const char *peer, const char *forwarded)
{
	return client_of(proxies, peer, &forwarded, 1);
}

TEST(test_proxy_header_of_whoever_is_not_believed)
{
	CHECK_STR(one("", "203.0.113.7", "127.0.0.1"), "203.0.113.7");
	CHECK_STR(one("10.0.0.0/8", "203.0.113.7", "127.0.0.1"), "203.0.113.7");
	CHECK_STR(one("10.0.0.0/8", "11.0.0.1", "1.2.3.4"), "11.0.0.1");
}

TEST(test_proxy_header_of_ours_is)
{
	CHECK_STR(one("10.0.0.0/8", "10.200.3.4", "203.0.113.7"), "203.0.113.7");
	CHECK_STR(one("127.0.0.1", "127.0.0.1", "2001:db8::7"), "2001:db8::7");
	CHECK_STR(one("2001:db8:1::/48", "2001:db8:1::1", "[2001:db8:2::7]:443"), "2001:db8:2::7");
	CHECK_STR(one("127.0.0.1", "127.0.0.1", " 203.0.113.7:5678 "), "203.0.113.7");
}

TEST(test_proxy_only_what_our_proxy_wrote_counts)
{
	/* What stands in front, the client may have written itself. */
	CHECK_STR(one("10.0.0.1", "10.0.0.1", "127.0.0.1, 198.51.100.1, 203.0.113.7"), "203.0.113.7");
	/* Two of ours in a row. */
	CHECK_STR(one("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2"), "203.0.113.7");
	/* Several headers are one list. */
	const char *const two[] = {"1.1.1.1", "203.0.113.7"};
	CHECK_STR(client_of("10.0.0.1", "10.0.0.1", two, 2), "203.0.113.7");
	/* All of them ours: the first. */
	CHECK_STR(one("10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
}

TEST(test_proxy_what_is_no_address_ends_it)
{
	CHECK_STR(one("10.0.0.1", "10.0.0.1", ""), "10.0.0.1");
	CHECK_STR(one("10.0.0.1", "10.0.0.1", "unknown"), "10.0.0.1");
	CHECK_STR(one("10.0.0.0/8", "10.0.0.1", "203.0.113.7, _hidden, 10.0.0.2"), "10.0.0.2");
	CHECK_STR(one("10.0.0.1", "10.0.0.1", ",,,"), "10.0.0.1");
	CHECK_STR(client_of("10.0.0.1", "10.0.0.1", NULL, 0), "10.0.0.1");
}

TEST(test_proxy_networks)
{
	spi_network network;
	static const char *const bad[] = {"", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/a", "::/129", "example.org", "10.0.0.0/8/8", "10.0.0.0/0008",
		"[::1]x"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (spi_network_parse(bad[i], strlen(bad[i]), &network))
			harness_fail(__FILE__, __LINE__, "taken for a network: %s", bad[i]);
	spi_address address;
	REQUIRE(spi_network_parse("192.0.2.128/25", 14, &network));
	REQUIRE(spi_address_parse("192.0.2.127", 11, &address));
	CHECK(!spi_network_has(&network, 1, &address));
	REQUIRE(spi_address_parse("192.0.2.128", 11, &address));
	CHECK(spi_network_has(&network, 1, &address));
	REQUIRE(spi_network_parse("0.0.0.0/0", 9, &network));
	CHECK(spi_network_has(&network, 1, &address));
	REQUIRE(spi_address_parse("2001:db8::1", 11, &address));
	CHECK(!spi_network_has(&network, 1, &address));
	static const char *const everybody[] = {"0.0.0.0/0", "10.0.0.1/0", "::/0", "2001:db8::/0", "::ffff:0.0.0.0/96"};
	for (size_t i = 0; i < sizeof everybody / sizeof *everybody; i++)
		CHECK(spi_network_parse(everybody[i], strlen(everybody[i]), &network) && spi_network_is_everybody(&network));
	static const char *const some[] = {"10.0.0.0/8", "10.0.0.1", "0.0.0.0/1", "2001:db8::/32", "fd00::/8"};
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		CHECK(spi_network_parse(some[i], strlen(some[i]), &network) && !spi_network_is_everybody(&network));
}
