/* Forms with mistakes, while they are mended: how long they are kept, for whom, and how many. */
#include "harness.h"

#include "http/unsent.h"

#include <string.h>

#define NOW 1795521600

static const char *key_of(size_t number)
{
	static char key[27];
	snprintf(key, sizeof key, "%026zu", number);
	return key;
}

static const char *keep(spi_unsent *unsent, size_t number, const char *form, int64_t now_utc_s)
{
	static char names[4][SP_CONVERSATION_ID_LEN + 1];
	static unsigned next;
	char *name = names[next++ % 4];
	return spi_unsent_keep(unsent, key_of(number), form, strlen(form), now_utc_s, name) ? name : NULL;
}

static const char *read_form(spi_unsent *unsent, const char *name, int64_t now_utc_s)
{
	static char text[96];
	char key[SP_CONVERSATION_ID_LEN + 1];
	sp_buffer form = SP_BUFFER_INIT;
	bool there = spi_unsent_read(unsent, name, now_utc_s, &form, key);
	snprintf(text, sizeof text, "%s%s%s", there ? sp_buffer_text(&form) : "none", there ? " of " : "", there ? key + 25 : "");
	sp_buffer_release(&form);
	return text;
}

TEST(test_unsent_under_its_name_alone)
{
	char name[SP_CONVERSATION_ID_LEN + 1];
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	const char *one = keep(unsent, 1, "a=1", NOW), *two = keep(unsent, 2, "b=2", NOW);
	REQUIRE(one && two);
	CHECK_STR(read_form(unsent, one, NOW), "a=1 of 1");
	CHECK_STR(read_form(unsent, two, NOW), "b=2 of 2");
	CHECK_STR(read_form(unsent, key_of(3), NOW), "none");
	CHECK_STR(read_form(unsent, "", NOW), "none");
	CHECK_STR(read_form(unsent, "1", NOW), "none");
	/* Who knows the form's key, as it came from a link of theirs, gets nothing by it. */
	CHECK_STR(read_form(unsent, key_of(1), NOW), "none");
	const char *again = keep(unsent, 1, "a=3", NOW + 5);
	REQUIRE(again);
	CHECK(strcmp(again, one) != 0);
	CHECK_STR(read_form(unsent, again, NOW + 5), "a=3 of 1");
	CHECK_STR(read_form(unsent, one, NOW + 5), "a=1 of 1");
	CHECK_INT(spi_unsent_count(unsent), 3);
	spi_unsent_drop(unsent, again);
	CHECK_INT(spi_unsent_count(unsent), 3);
	spi_unsent_drop(unsent, key_of(1));
	CHECK_STR(read_form(unsent, one, NOW + 5), "none");
	CHECK_STR(read_form(unsent, again, NOW + 5), "none");
	CHECK_STR(read_form(unsent, two, NOW + 5), "b=2 of 2");
	CHECK(!spi_unsent_keep(unsent, "short", "a", 1, NOW, name));
	CHECK(!spi_unsent_keep(unsent, key_of(4), "", 0, NOW, name));
	spi_unsent_free(unsent);
}

TEST(test_unsent_of_one_form_only_the_last_few)
{
	char first[SP_CONVERSATION_ID_LEN + 1], last[SP_CONVERSATION_ID_LEN + 1];
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	REQUIRE(keep(unsent, 2, "b=2", NOW));
	CHECK(spi_unsent_keep(unsent, key_of(1), "a=1", 3, NOW, first));
	for (int i = 0; i < SPI_UNSENT_MAX; i++)
		CHECK(spi_unsent_keep(unsent, key_of(1), "a=2", 3, NOW, last));
	CHECK_INT(spi_unsent_count(unsent), SPI_UNSENT_OF_ONE + 1);
	CHECK_STR(read_form(unsent, first, NOW), "none");
	CHECK_STR(read_form(unsent, last, NOW), "a=2 of 1");
	spi_unsent_free(unsent);
}

TEST(test_unsent_for_some_minutes_only)
{
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	const char *one = keep(unsent, 1, "a=1", NOW), *two = keep(unsent, 2, "b=2", NOW + 60);
	REQUIRE(one && two);
	CHECK_STR(read_form(unsent, one, NOW + SPI_UNSENT_S - 1), "a=1 of 1");
	spi_unsent_tidy(unsent, NOW + SPI_UNSENT_S - 1);
	CHECK_INT(spi_unsent_count(unsent), 2);
	/* Nobody has to ask for it: it is gone. */
	spi_unsent_tidy(unsent, NOW + SPI_UNSENT_S);
	CHECK_INT(spi_unsent_count(unsent), 1);
	CHECK_STR(read_form(unsent, two, NOW + 60 + SPI_UNSENT_S), "none");
	CHECK_INT(spi_unsent_count(unsent), 0);
	spi_unsent_free(unsent);
}

TEST(test_unsent_not_longer_where_the_clock_is_set_back)
{
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	const char *one = keep(unsent, 1, "a=1", NOW);
	/* Requests that began a moment before see it. */
	CHECK_STR(read_form(unsent, one, NOW - 5), "a=1 of 1");
	spi_unsent_tidy(unsent, NOW - 5);
	CHECK_INT(spi_unsent_count(unsent), 1);
	spi_unsent_tidy(unsent, NOW - 3600);
	CHECK_INT(spi_unsent_count(unsent), 0);
	spi_unsent_free(unsent);
}

TEST(test_unsent_of_others_make_room_only_in_time)
{
	spi_unsent *unsent = spi_unsent_new();
	static char large[SPI_UNSENT_BYTES];
	char name[SP_CONVERSATION_ID_LEN + 1], first[SP_CONVERSATION_ID_LEN + 1];
	REQUIRE(unsent);
	memset(large, 'x', sizeof large);
	CHECK(spi_unsent_keep(unsent, key_of(0), "a=1", 3, NOW, first));
	for (size_t i = 1; i < SPI_UNSENT_MAX; i++)
		CHECK(keep(unsent, i, "a=1", NOW));
	CHECK(!keep(unsent, SPI_UNSENT_MAX, "b=2", NOW));
	CHECK_STR(read_form(unsent, first, NOW), "a=1 of 0");
	CHECK(keep(unsent, SPI_UNSENT_MAX, "b=2", NOW + SPI_UNSENT_S));
	CHECK_INT(spi_unsent_count(unsent), 1);
	CHECK(!spi_unsent_keep(unsent, key_of(1), large, sizeof large, NOW + SPI_UNSENT_S, name));
	spi_unsent_drop(unsent, key_of(SPI_UNSENT_MAX));
	CHECK(spi_unsent_keep(unsent, key_of(1), large, sizeof large, NOW + SPI_UNSENT_S, name));
	spi_unsent_free(unsent);
}

TEST(test_unsent_of_nothing)
{
	char name[SP_CONVERSATION_ID_LEN + 1];
	CHECK(!spi_unsent_keep(NULL, key_of(1), "a", 1, NOW, name));
	CHECK_STR(read_form(NULL, key_of(1), NOW), "none");
	spi_unsent_drop(NULL, key_of(1));
	spi_unsent_tidy(NULL, NOW);
	CHECK_INT(spi_unsent_count(NULL), 0);
	spi_unsent_free(NULL);
}
