/* Where to go on after signing in, claims along a path, and the audit log's backlog when nothing can be written. */
#include "harness.h"

#include "access/claims.h"
#include "http/backlog.h"
#include "http/session.h"

#include <string.h>

TEST(test_access_next_is_a_path_of_ours)
{
	static const char *const good[] = {"/agent/", "/agent/tickets/7?x=%2F%2Fa#b", "/", "/a/b?c=d"};
	static const char *const bad[] = {"", "agent", "//a", "/\\a", "/a//b", "https://a", "/a b", "/a\tb", "/a\r\nb", "/\x80", "/agent/sign-out"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_STR(spi_session_next(good[i], "no"), good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_STR(spi_session_next(bad[i], "no"), "no");
	CHECK_STR(spi_session_next(NULL, "no"), "no");
}

TEST(test_access_claim_along_dots)
{
	json_t *claims = json_loads("{\"a\": {\"b\": {\"c\": [\"x\"]}}, \"d.e\": \"whole\", \"d\": {\"e\": \"part\"}, \"f\": \"text\"}", 0, NULL);
	REQUIRE(claims != NULL);
	CHECK(json_is_array(spi_claim(claims, "a.b.c")));
	CHECK_STR(json_string_value(spi_claim(claims, "d.e")), "whole");
	CHECK(spi_claim(claims, "a.b.x") == NULL);
	CHECK(spi_claim(claims, "f.g") == NULL);
	CHECK(spi_claim(claims, "a..b") == NULL);
	CHECK(spi_claim(claims, "x") == NULL);
	json_decref(claims);
}

static void on_lost(size_t count, void *arg)
{
	*(size_t *)arg += count;
}

/* A store that is only read refuses every write: what is noted is kept up to a limit, then refused, and told at the end. */
TEST(test_access_backlog_says_what_it_lost)
{
	char folder[400];
	sp_store *store = NULL;
	size_t lost = 0, kept = 0;
	snprintf(folder, sizeof folder, "%s/lost", harness_folder());
	REQUIRE(sp_store_open(folder, SP_STORE_SERVE, &store, NULL) == SP_OK);
	sp_store_close(store);
	REQUIRE(sp_store_open(folder, SP_STORE_READ, &store, NULL) == SP_OK);
	struct spi_backlog *backlog = spi_backlog_new(store, on_lost, &lost);
	REQUIRE(backlog != NULL);
	sp_audit entry = {.action = SP_AUDIT_ARTICLE_READ, .subject = "ada", .object = "it/a", .at_utc_s = 1};
	while (kept < 20000 && spi_backlog_add(backlog, &entry))
		kept++;
	CHECK_INT(kept, 10000);
	CHECK(!spi_backlog_add(backlog, &entry));
	spi_backlog_free(backlog);
	CHECK_INT(lost, kept);
	sp_store_close(store);
}

TEST(test_access_backlog_writes_all_before_it_ends)
{
	char folder[400];
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_audit_check check;
	size_t lost = 0;
	snprintf(folder, sizeof folder, "%s/all", harness_folder());
	REQUIRE(sp_store_open(folder, SP_STORE_SERVE, &store, NULL) == SP_OK);
	struct spi_backlog *backlog = spi_backlog_new(store, on_lost, &lost);
	REQUIRE(backlog != NULL);
	for (int i = 0; i < 3000; i++) {
		sp_audit entry = {.action = SP_AUDIT_ARTICLE_READ, .subject = "ada", .object = "it/a", .at_utc_s = i};
		CHECK(spi_backlog_add(backlog, &entry));
	}
	spi_backlog_free(backlog);
	CHECK_INT(lost, 0);
	REQUIRE(sp_store_reader_open(store, &reader, NULL) == SP_OK);
	CHECK_INT(sp_store_audit_verify(reader, NULL, &check, NULL), SP_OK);
	CHECK_INT(check.fault, SP_AUDIT_WHOLE);
	CHECK_INT(check.count, 3000);
	sp_store_reader_close(reader);
	sp_store_close(store);
}
