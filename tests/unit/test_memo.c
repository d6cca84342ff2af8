#include "harness.h"

#include "base/hash.h"
#include "base/memo.h"

#include <stdlib.h>

#define ITEM 1000 /* bytes that each counts */

static int released;

static void release(void *item)
{
	released++;
	free(item);
}

static spi_memo_key key_of(int number)
{
	spi_memo_key key;
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, &number, sizeof number);
	spi_sha256_end(&sha, key.bytes);
	return key;
}

static bool keep(spi_memo *memo, int number, int value)
{
	spi_memo_key key = key_of(number);
	int *item = malloc(sizeof *item);
	if (item)
		*item = value;
	return item && spi_memo_keep_take(memo, &key, item, ITEM);
}

/* -1 = not known. */
static int recall(spi_memo *memo, int number)
{
	spi_memo_key key = key_of(number);
	const int *item = spi_memo_recall(memo, &key);
	return item ? *item : -1;
}

TEST(test_memo_recalls_what_it_was_given)
{
	released = 0;
	spi_memo *memo = spi_memo_new(1000 * ITEM, release);
	REQUIRE(memo);
	CHECK_INT(recall(memo, 1), -1);
	for (int i = 0; i < 500; i++)
		CHECK(keep(memo, i, i * 10));
	for (int i = 0; i < 500; i++)
		CHECK_INT(recall(memo, i), i * 10);
	CHECK_INT(recall(memo, 500), -1);
	CHECK_INT(released, 0);
	CHECK(keep(memo, 7, 1));
	CHECK_INT(released, 1);
	CHECK_INT(recall(memo, 7), 1);
	CHECK_INT(recall(memo, 8), 80);
	spi_memo_clear(memo);
	CHECK_INT(released, 501);
	CHECK_INT(recall(memo, 8), -1);
	CHECK(keep(memo, 8, 2));
	CHECK_INT(recall(memo, 8), 2);
	spi_memo_free(memo);
	CHECK_INT(released, 502);
	spi_memo_free(NULL);
}

TEST(test_memo_forgets_what_was_not_asked_for)
{
	const int room = 10; /* of each half, and a little more for itself */
	released = 0;
	spi_memo *memo = spi_memo_new(room * (ITEM + 200), release);
	REQUIRE(memo);
	for (int i = 0; i < 1000; i++) {
		CHECK(keep(memo, i, i));
		CHECK_INT(recall(memo, 0), 0); /* asked for again and again: it stays */
		CHECK(i + 1 - released <= 2 * (room + 2));
	}
	CHECK_INT(recall(memo, 999), 999);
	CHECK_INT(recall(memo, 500), -1);
	/* Replaced while it is in the older half. */
	for (int i = 0; i < room; i++)
		CHECK(keep(memo, 2000 + i, i));
	CHECK(keep(memo, 2000, 77));
	CHECK_INT(recall(memo, 2000), 77);
	spi_memo_free(memo);
	CHECK_INT(released, 1000 + room + 1);
}

TEST(test_memo_what_is_too_large_is_gone)
{
	released = 0;
	spi_memo *memo = spi_memo_new(ITEM / 2, release);
	REQUIRE(memo);
	CHECK(!keep(memo, 1, 1));
	CHECK_INT(released, 1);
	CHECK_INT(recall(memo, 1), -1);
	spi_memo_free(memo);
	CHECK_INT(released, 1);
}
