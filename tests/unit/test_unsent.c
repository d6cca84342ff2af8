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

static bool keep(spi_unsent *unsent, size_t number, const char *form, int64_t now_utc_s)
{
	return spi_unsent_keep(unsent, key_of(number), form, strlen(form), now_utc_s);
}

static const char *read_form(spi_unsent *unsent, const char *key, int64_t now_utc_s)
{
	static char text[64];
	sp_buffer form = SP_BUFFER_INIT;
	bool there = spi_unsent_read(unsent, key, now_utc_s, &form);
	snprintf(text, sizeof text, "%s", there ? sp_buffer_text(&form) : "none");
	sp_buffer_release(&form);
	return text;
}

TEST(test_unsent_under_its_key_alone)
{
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	CHECK(keep(unsent, 1, "a=1", NOW));
	CHECK(keep(unsent, 2, "b=2", NOW));
	CHECK_STR(read_form(unsent, key_of(1), NOW), "a=1");
	CHECK_STR(read_form(unsent, key_of(2), NOW), "b=2");
	CHECK_STR(read_form(unsent, key_of(3), NOW), "none");
	CHECK_STR(read_form(unsent, "", NOW), "none");
	CHECK_STR(read_form(unsent, "1", NOW), "none");
	CHECK(keep(unsent, 1, "a=3", NOW + 5));
	CHECK_STR(read_form(unsent, key_of(1), NOW + 5), "a=3");
	CHECK_INT(spi_unsent_count(unsent), 2);
	spi_unsent_drop(unsent, key_of(1));
	CHECK_STR(read_form(unsent, key_of(1), NOW + 5), "none");
	CHECK_STR(read_form(unsent, key_of(2), NOW + 5), "b=2");
	CHECK(!spi_unsent_keep(unsent, "short", "a", 1, NOW));
	CHECK(!spi_unsent_keep(unsent, key_of(4), "", 0, NOW));
	spi_unsent_free(unsent);
}

TEST(test_unsent_for_some_minutes_only)
{
	spi_unsent *unsent = spi_unsent_new();
	REQUIRE(unsent);
	CHECK(keep(unsent, 1, "a=1", NOW));
	CHECK(keep(unsent, 2, "b=2", NOW + 60));
	CHECK_STR(read_form(unsent, key_of(1), NOW + SPI_UNSENT_S - 1), "a=1");
	spi_unsent_tidy(unsent, NOW + SPI_UNSENT_S - 1);
	CHECK_INT(spi_unsent_count(unsent), 2);
	/* Nobody has to ask for it: it is gone. */
	spi_unsent_tidy(unsent, NOW + SPI_UNSENT_S);
	CHECK_INT(spi_unsent_count(unsent), 1);
	CHECK_STR(read_form(unsent, key_of(2), NOW + 60 + SPI_UNSENT_S), "none");
	CHECK_INT(spi_unsent_count(unsent), 0);
	spi_unsent_free(unsent);
}

TEST(test_unsent_of_others_make_room_only_in_time)
{
	spi_unsent *unsent = spi_unsent_new();
	static char large[SPI_UNSENT_BYTES];
	REQUIRE(unsent);
	memset(large, 'x', sizeof large);
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		CHECK(keep(unsent, i, "a=1", NOW));
	CHECK(!keep(unsent, SPI_UNSENT_MAX, "b=2", NOW));
	CHECK(keep(unsent, 7, "c=3", NOW)); /* its own is taken the place of */
	CHECK_STR(read_form(unsent, key_of(0), NOW), "a=1");
	CHECK(keep(unsent, SPI_UNSENT_MAX, "b=2", NOW + SPI_UNSENT_S));
	CHECK_INT(spi_unsent_count(unsent), 1);
	CHECK(!spi_unsent_keep(unsent, key_of(1), large, sizeof large, NOW + SPI_UNSENT_S));
	spi_unsent_drop(unsent, key_of(SPI_UNSENT_MAX));
	CHECK(spi_unsent_keep(unsent, key_of(1), large, sizeof large, NOW + SPI_UNSENT_S));
	spi_unsent_free(unsent);
}

TEST(test_unsent_of_nothing)
{
	CHECK(!spi_unsent_keep(NULL, key_of(1), "a", 1, NOW));
	CHECK_STR(read_form(NULL, key_of(1), NOW), "none");
	spi_unsent_drop(NULL, key_of(1));
	spi_unsent_tidy(NULL, NOW);
	CHECK_INT(spi_unsent_count(NULL), 0);
	spi_unsent_free(NULL);
}
