/* What each client may ask for, and requests whose end is in doubt. */
#include "harness.h"

#include "http/budget.h"
#include "http/crowd.h"
#include "http/framing.h"
#include "http/parts.h"

#include <stdint.h>
#include <string.h>

#define SECOND 1000000

static unsigned spend(spi_budget *budget, uint32_t client, int64_t now_us)
{
	return spi_budget_spend(budget, SPI_CLIENT_ADDRESS, &client, sizeof client, now_us);
}

TEST(test_limits_a_burst_then_so_many_a_second)
{
	spi_budget *budget = spi_budget_new(2, 5);
	int64_t now = 1000 * (int64_t)SECOND;
	for (int i = 0; i < 5; i++)
		CHECK_INT(spend(budget, 1, now), 0);
	CHECK_INT(spend(budget, 1, now), 1);
	CHECK_INT(spend(budget, 1, now + SECOND / 2), 0);
	CHECK_INT(spend(budget, 1, now + SECOND / 2), 1);
	CHECK_INT(spend(budget, 1, now + SECOND), 0);
	/* Refused ones cost nothing: after a pause all is earned back, and no more. */
	for (int i = 0; i < 100; i++)
		spend(budget, 1, now + SECOND);
	for (int i = 0; i < 5; i++)
		CHECK_INT(spend(budget, 1, now + 60 * (int64_t)SECOND), 0);
	CHECK_INT(spend(budget, 1, now + 60 * (int64_t)SECOND), 1);
	spi_budget_free(budget);
}

TEST(test_limits_a_slow_rate_says_how_long)
{
	spi_budget *budget = spi_budget_new(1, 1);
	int64_t now = 5 * (int64_t)SECOND;
	CHECK_INT(spend(budget, 7, now), 0);
	CHECK_INT(spend(budget, 7, now), 1);
	CHECK_INT(spend(budget, 7, now + SECOND - 1), 1);
	CHECK_INT(spend(budget, 7, now + SECOND), 0);
	spi_budget_free(budget);
}

static spi_address address(const char *text)
{
	spi_address found = {{0}};
	CHECK(spi_address_parse(text, strlen(text), &found));
	return found;
}

TEST(test_limits_so_many_connections_of_an_address)
{
	spi_crowd *crowd = spi_crowd_new(2);
	spi_address a = address("203.0.113.7"), b = address("203.0.113.8"), six = address("2001:db8::1"), same = address("2001:db8::ffff:1"), other = address("2001:db8:0:1::1");
	CHECK(spi_crowd_enter(crowd, &a) && !spi_crowd_is_full(crowd, &a));
	CHECK(spi_crowd_enter(crowd, &a) && spi_crowd_is_full(crowd, &a));
	CHECK(!spi_crowd_enter(crowd, &a)); /* counts until it has left */
	spi_crowd_leave(crowd, &a);
	CHECK(spi_crowd_is_full(crowd, &a) && !spi_crowd_is_full(crowd, &b) && spi_crowd_enter(crowd, &b));
	spi_crowd_leave(crowd, &a);
	CHECK(!spi_crowd_is_full(crowd, &a));
	CHECK(spi_crowd_enter(crowd, &six) && spi_crowd_enter(crowd, &same) && spi_crowd_is_full(crowd, &six));
	CHECK(!spi_crowd_is_full(crowd, &other));
	for (int i = 0; i < 2; i++)
		spi_crowd_leave(crowd, i ? &six : &same);
	spi_crowd_leave(crowd, &other); /* that never came */
	CHECK(spi_crowd_enter(crowd, &other));
	spi_crowd_free(crowd);
}

TEST(test_limits_clients_and_kinds_do_not_meet)
{
	spi_budget *budget = spi_budget_new(1, 1);
	uint32_t key = 9;
	CHECK_INT(spend(budget, 9, SECOND), 0);
	CHECK_INT(spend(budget, 10, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_PERSON, &key, sizeof key, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_STRANGER, &key, sizeof key, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_STRANGER, "123456789", 9, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_STRANGER, "123456780", 9, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_STRANGER, "123456789", 9, SECOND), 1);
	CHECK_INT(spi_budget_look(budget, SPI_CLIENT_STRANGER, "123456789", 9, SECOND), 1);
	CHECK_INT(spi_budget_look(budget, SPI_CLIENT_STRANGER, "x", 1, SECOND), 0);
	CHECK_INT(spi_budget_spend(budget, SPI_CLIENT_STRANGER, "x", 1, SECOND), 0);
	spi_budget_free(budget);
}

/* Ten times as many clients as are remembered: no more memory, and who asks all the time is not forgotten for those who came once. */
TEST(test_limits_more_clients_than_are_remembered)
{
	spi_budget *budget = spi_budget_new(1, 20);
	uint32_t greedy = UINT32_MAX;
	unsigned let_through = 0;
	int64_t now = SECOND;
	for (uint32_t i = 0; i < 10 * SPI_BUDGET_CLIENTS; i++) {
		now += 10;
		CHECK_INT(spend(budget, i, now), 0);
		if (i % 1000 == 0)
			let_through += spend(budget, greedy, now) == 0;
	}
	/* 6.5 s: twenty, and one for each second. */
	CHECK(let_through >= 20 && let_through <= 30);
	spi_budget_free(budget);
}

/* ---- framing ---- */

TEST(test_limits_signs_of_headers)
{
	CHECK(spi_framing_is_header("X-A_b.1", 7, "a\tb \xc3\xa9", 6));
	CHECK(spi_framing_is_header("X", 1, "", 0));
	CHECK(!spi_framing_is_header("", 0, "a", 1));
	CHECK(!spi_framing_is_header("X ", 2, "a", 1));
	CHECK(!spi_framing_is_header("X:", 2, "a", 1));
	CHECK(!spi_framing_is_header("X\0Y", 3, "a", 1));
	CHECK(!spi_framing_is_header("X\xc3\xa9", 3, "a", 1));
	CHECK(!spi_framing_is_header("X", 1, "a\rb", 3));
	CHECK(!spi_framing_is_header("X", 1, "a\nb", 3));
	CHECK(!spi_framing_is_header("X", 1, "a\0b", 3));
	CHECK(!spi_framing_is_header("X", 1, "\x7f", 1));
}

TEST(test_limits_one_end)
{
	static const struct { const char *version; spi_pair headers[3]; bool good; } cases[] = {
		{"HTTP/1.1", {{"Host", "x"}}, true}, {"HTTP/1.1", {{"host", "x"}, {"Content-Length", "0"}}, true},
		{"HTTP/1.1", {{"Host", "x"}, {"transfer-encoding", "Chunked"}}, true}, {"HTTP/1.0", {{"X", "y"}}, true}, {"HTTP/1.1", {{"X", "y"}}, false},
		{"HTTP/1.1", {{"Host", "x"}, {"HOST", "x"}}, false}, {"HTTP/1.1", {{"Host", "x"}, {"Content-Length", "1"}, {"content-length", "1"}}, false},
		{"HTTP/1.1", {{"Host", "x"}, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}, false},
		{"HTTP/1.1", {{"Host", "x"}, {"Content-Length", "1,1"}}, false}, {"HTTP/1.1", {{"Host", "x"}, {"Transfer-Encoding", "gzip, chunked"}}, false},
		{"HTTP/1.1", {{"Host", "x"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, false},
		{"HTTP/1.0", {{"Host", "x"}, {"Transfer-Encoding", "chunked"}}, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		spi_request request = {.headers_count = 0};
		for (size_t k = 0; k < 3 && cases[i].headers[k].name; k++)
			request.headers[request.headers_count++] = cases[i].headers[k];
		const char *wrong = spi_framing_wrong(&request, cases[i].version);
		if (cases[i].good != (wrong == NULL))
			harness_fail(__FILE__, __LINE__, "case %zu: %s", i, wrong ? wrong : "nothing is wrong");
	}
}
