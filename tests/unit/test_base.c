#include "harness.h"

#include "base/clock.h"
#include "base/csv_text.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/line.h"
#include "base/siphash.h"
#include "base/utf8.h"
#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/catalog.h"
#include "sportello/status.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(test_status_first_error_wins)
{
	sp_error err = {0};
	CHECK_INT(sp_error_set(&err, SP_ERR_FULL, "a.md", 3, "no room for %d", 7), SP_ERR_FULL);
	CHECK_INT(sp_error_set(&err, SP_ERR_IO, "b.md", 4, "later"), SP_ERR_IO);
	CHECK_INT(err.status, SP_ERR_FULL);
	CHECK_STR(err.source, "a.md");
	CHECK_STR(err.text, "no room for 7");
	sp_error_clear(&err);
	CHECK_INT(err.status, SP_OK);
	CHECK_INT(sp_error_set(NULL, SP_ERR_IO, NULL, 0, "nobody listens"), SP_ERR_IO);
}

TEST(test_status_errno)
{
	CHECK_INT(sp_error_errno(NULL, ENOSPC, "f", "write"), SP_ERR_FULL);
	CHECK_INT(sp_error_errno(NULL, ENOENT, "f", "open"), SP_ERR_NOT_FOUND);
	CHECK_INT(sp_error_errno(NULL, EACCES, "f", "open"), SP_ERR_DENIED);
	CHECK_INT(sp_error_errno(NULL, EROFS, "f", "write"), SP_ERR_IO);
	CHECK_INT(sp_status_http(SP_ERR_NOT_FOUND), 404);
	CHECK_INT(sp_status_exit(SP_ERR_USAGE), 2);
	CHECK_STR(sp_status_name((sp_status)999), "internal");
}

TEST(test_arena_alignment_and_reset)
{
	sp_arena *arena = sp_arena_new(64);
	for (size_t size = 1; size < 300; size += 7) {
		char *p = sp_arena_alloc(arena, size);
		REQUIRE(p);
		CHECK_INT((uintptr_t)p % 16, 0);
		memset(p, 0xAB, size);
	}
	CHECK(sp_arena_used(arena) > 6000);
	sp_arena_reset(arena);
	CHECK_INT(sp_arena_used(arena), 0);
	volatile size_t huge = SIZE_MAX - 3; /* volatile: or the compiler sees through the test */
	CHECK(sp_arena_calloc(arena, huge, 2) == NULL);
	CHECK(sp_arena_alloc(arena, huge) == NULL);
	CHECK_STR(sp_arena_printf(arena, "%s-%d", "x", 5), "x-5");
	CHECK_STR(sp_arena_strndup(arena, "abcdef", 3), "abc");
	CHECK(sp_arena_strdup(arena, NULL) == NULL);
	sp_arena_free(arena);
	sp_arena_free(NULL);
}

TEST(test_buffer_maximum_is_remembered)
{
	sp_buffer buf = {.max = 8};
	sp_buffer_add_text(&buf, "12345678");
	CHECK(sp_buffer_ok(&buf));
	sp_buffer_add_char(&buf, '9');
	CHECK(!sp_buffer_ok(&buf));
	sp_buffer_add_text(&buf, "x");
	CHECK_STR(sp_buffer_text(&buf), "12345678");
	CHECK(sp_buffer_detach(&buf, NULL) == NULL);
	sp_buffer_clear(&buf);
	CHECK(sp_buffer_ok(&buf));
	sp_buffer_release(&buf);
	size_t len = 7;
	char *empty = sp_buffer_detach(&(sp_buffer)SP_BUFFER_INIT, &len);
	CHECK_STR(empty, "");
	CHECK_INT(len, 0);
	free(empty);
}

TEST(test_buffer_html)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_buffer_add_html(&buf, "<a href='x'>\"&amp;", 18);
	CHECK_STR(sp_buffer_text(&buf), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;amp;");
	sp_buffer_release(&buf);
}

static void check_json_string(const char *text, size_t len, const char *want)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json json;
	sp_json_init(&json, &buf);
	sp_json_string_len(&json, NULL, text, len);
	CHECK_STR(sp_buffer_text(&buf), want);
	sp_buffer_release(&buf);
}

TEST(test_json_strings)
{
	check_json_string("a\"b\\c\n\t\x01", 8, "\"a\\\"b\\\\c\\n\\u0009\\u0001\"");
	check_json_string("perch\xC3\xA9 \xF0\x9F\x91\x8D", 12, "\"perch\xC3\xA9 \xF0\x9F\x91\x8D\"");
	check_json_string("\xFF\xC3", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	check_json_string("\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
	check_json_string("", 0, "\"\"");
	check_json_string("\0x", 2, "\"\\u0000x\"");
}

TEST(test_json_commas_and_nesting)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json json;
	sp_json_init(&json, &buf);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "a");
	sp_json_int(&json, NULL, -1);
	sp_json_object(&json, NULL);
	sp_json_object_end(&json);
	sp_json_bool(&json, NULL, true);
	sp_json_array_end(&json);
	sp_json_number(&json, "n", 0.12345, 3);
	sp_json_number(&json, "nan", NAN, 3);
	sp_json_string(&json, "s", NULL);
	sp_json_object_end(&json);
	CHECK_STR(sp_buffer_text(&buf), "{\"a\":[-1,{},true],\"n\":0.123,\"nan\":null,\"s\":null}");
	sp_buffer_release(&buf);
}

TEST(test_sha256_vectors)
{
	char hex[65], *million = malloc(1000000);
	spi_sha256_hex("", 0, hex);
	CHECK_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	spi_sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
	CHECK_STR(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	REQUIRE(million);
	memset(million, 'a', 1000000);
	spi_sha256_hex(million, 1000000, hex);
	CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

static void check_time(const char *text, bool ok, int64_t want)
{
	int64_t got = -1;
	CHECK_INT(spi_rfc3339_parse(text, strlen(text), &got), ok);
	if (ok)
		CHECK_INT(got, want);
}

TEST(test_clock_rfc3339)
{
	char text[32];
	spi_rfc3339(0, text);
	CHECK_STR(text, "1970-01-01T00:00:00Z");
	spi_rfc3339(1615766400 + 3661, text);
	CHECK_STR(text, "2021-03-15T01:01:01Z");
	spi_rfc3339(-1, text);
	CHECK_STR(text, "1969-12-31T23:59:59Z");
	check_time("2021-03-15", true, 1615766400);
	check_time("2021-03-15T02:00:00+01:00", true, 1615766400 + 3600);
	check_time("2020-02-29T00:00:00.5Z", true, 1582934400);
	check_time("2021-02-29", false, 0);
	check_time("2021-13-01", false, 0);
	check_time("2021-03-15T25:00:00Z", false, 0);
	check_time("2021-03-15T02:00:00", false, 0);
	check_time("2021-03-15x", false, 0);
	check_time("", false, 0);
}

static void check_moment(const char *text, const char *zone, int64_t want)
{
	int64_t got = -1;
	CHECK_INT(spi_moment_parse(text, strlen(text), zone, &got), want >= 0);
	CHECK_INT(got, want >= 0 ? want : -1);
}

TEST(test_clock_moments_as_people_write_them)
{
	/* Rome: an hour before UTC in winter, two in summer. */
	check_moment("2021-03-15T02:00:05+01:00", "Europe/Rome", 1615770005);
	check_moment("2021-03-15T02:00Z", "Europe/Rome", 1615773600);
	check_moment("2021-03-15T02:00", "Europe/Rome", 1615770000);
	check_moment("2021-03-15 02:00:05", "Europe/Rome", 1615770005);
	check_moment("2021-07-15T02:00", "Europe/Rome", 1626307200);
	check_moment("2021-07-15T02:00", NULL, 1626314400);
	check_moment("2021-03-15", "Europe/Rome", -1);
	check_moment("2021-03-15T2:00", "Europe/Rome", -1);
	check_moment("2021-03-15T24:00", "Europe/Rome", -1);
	check_moment("2021-03-15T02:00:", "Europe/Rome", -1);
	check_moment("2021-03-15T02:00+1", "Europe/Rome", -1);
	check_moment("2021-03-15T02", "Europe/Rome", -1);
	check_moment("2021-02-30T02:00", "Europe/Rome", -1);
	check_moment("", "Europe/Rome", -1);
}

TEST(test_utf8)
{
	static const uint32_t points[] = {0x41, 0xE9, 0x20AC, 0x1F44D, 0x10FFFF};
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		char bytes[4];
		uint32_t back;
		size_t len = spi_utf8_encode(points[i], bytes);
		CHECK_INT(spi_utf8_decode(bytes, len, &back), len);
		CHECK_INT(back, points[i]);
		CHECK(len == 1 || (spi_utf8_decode(bytes, len - 1, &back) == 1 && back == 0xFFFD));
	}
	uint32_t point;
	CHECK_INT(spi_utf8_decode("\xC0\x80", 2, &point), 1); /* overlong */
	CHECK_INT(point, 0xFFFD);
}

TEST(test_file_write_and_read)
{
	char path[512];
	sp_error err = {0};
	sp_arena *arena = sp_arena_new(0);
	const char *text;
	size_t len;
	snprintf(path, sizeof path, "%s/deep/er/file.txt", harness_folder());
	CHECK_INT(spi_file_write(path, "x", 1, &err), SP_ERR_NOT_FOUND);
	sp_error_clear(&err);
	snprintf(path, sizeof path, "%s/deep/er", harness_folder());
	CHECK_INT(spi_mkdirs(path, &err), SP_OK);
	CHECK_INT(spi_mkdirs(path, &err), SP_OK);
	snprintf(path, sizeof path, "%s/deep/er/file.txt", harness_folder());
	CHECK_INT(spi_file_write(path, "one", 3, &err), SP_OK);
	CHECK_INT(spi_file_write(path, "second", 6, &err), SP_OK);
	CHECK_INT(spi_file_read(path, 6, arena, &text, &len, &err), SP_OK);
	CHECK_STR(text, "second");
	CHECK_INT(len, 6);
	CHECK_INT(spi_file_read(path, 5, arena, &text, &len, &err), SP_ERR_TOO_LARGE);
	CHECK_HAS(err.text, "6 bytes");
	sp_error_clear(&err);
	CHECK_INT(spi_mkdirs(path, &err), SP_ERR_INVALID);
	sp_error_clear(&err);
	CHECK_INT(spi_file_read(harness_folder(), 100, arena, &text, &len, &err), SP_ERR_INVALID);
	snprintf(path, sizeof path, "%s/deep", harness_folder());
	CHECK_INT(spi_remove_tree(path, NULL), SP_OK);
	CHECK(!spi_exists(path));
	CHECK_INT(spi_remove_tree(path, NULL), SP_OK);
	sp_arena_free(arena);
}

TEST(test_sync_tree)
{
	char folder[300], path[400];
	sp_error err = {0};
	snprintf(folder, sizeof folder, "%s/tree", harness_folder());
	snprintf(path, sizeof path, "%s/below/further", folder);
	CHECK_INT(spi_mkdirs(path, &err), SP_OK);
	snprintf(path, sizeof path, "%s/below/file", folder);
	CHECK_INT(spi_file_write(path, "text", 4, &err), SP_OK);
	CHECK_INT(spi_sync_tree(folder, &err), SP_OK);
	CHECK_INT(spi_sync_tree(path, &err), SP_OK); /* a file */
	snprintf(path, sizeof path, "%s/nothing", folder);
	CHECK_INT(spi_sync_tree(path, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.source, "nothing");
}

TEST(test_catalog_fills_and_falls_back)
{
	sp_arena *arena = sp_arena_new(0);
	const sp_fill fills[] = {{"when", "domani dalle 8"}, {NULL, NULL}};
	CHECK_HAS(sp_catalog_fill(SP_LANG_IT, "reply.ticket.next", fills, arena), "domani dalle 8");
	CHECK_HAS(sp_catalog_fill(SP_LANG_EN, "reply.ticket.next", NULL, arena), "{when}");
	CHECK(strcmp(sp_catalog_text(SP_LANG_IT, "reply.greeting"), sp_catalog_text(SP_LANG_DE, "reply.greeting")) != 0);
	CHECK_STR(sp_catalog_text(SP_LANG_IT, "no.such.key"), "no.such.key");
	CHECK(sp_catalog_find(SP_LANG_EN, "no.such.key") == NULL);
	sp_arena_free(arena);
}

static sp_lang other;

static void check_key(const char *key, const char *text, void *arg)
{
	(void)arg;
	/* Both directions: the same key, and the same placeholders in any order. */
	const char *there = sp_catalog_find(other, key);
	if (!there || there == sp_catalog_find(SP_LANG_IT, key)) {
		if (other != SP_LANG_IT || !there)
			harness_fail(__FILE__, __LINE__, "%s has no text in %s", key, sp_lang_code(other));
		return;
	}
	/* Times are said in each language's own way: "half past" needs other parts than "21:30". */
	if (strncmp(key, "when.time.", 10) == 0)
		return;
	for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
		char name[64];
		const char *close = strchr(open, '}');
		if (!close)
			break;
		snprintf(name, sizeof name, "%.*s", (int)(close + 1 - open), open);
		if (!strstr(there, name))
			harness_fail(__FILE__, __LINE__, "%s in %s has no %s", key, sp_lang_code(other), name);
	}
}

TEST(test_catalog_has_every_key_in_every_language)
{
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++)
		for (other = 0; other < SP_LANG_COUNT; other++)
			if (lang != other)
				CHECK(sp_catalog_each(lang, check_key, NULL) > 50);
}

/* Appendix A of the paper. */
TEST(test_base_siphash)
{
	unsigned char bytes[16];
	uint64_t secret[2], second[2];
	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	memcpy(secret, bytes, sizeof secret);
	CHECK(spi_siphash(secret, bytes, 15) == UINT64_C(0xa129ca6149be45e5));
	spi_siphash_secret(secret);
	spi_siphash_secret(second);
	CHECK(spi_siphash(secret, "a", 1) != spi_siphash(second, "a", 1));
}

/* What a spreadsheet would work out ("=HYPERLINK(...)", a call of another program) is told as text, with a comma in it too. */
TEST(test_base_csv_text)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{"", ""}, {"accesso", "accesso"}, {"a,b", "\"a,b\""}, {"a;b", "\"a;b\""}, {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""},
		{"=1+1", "\"'=1+1\""}, {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""}, {"+39 02", "\"'+39 02\""},
		{"-", "\"'-\""}, {"@SUM(A1,A2)", "\"'@SUM(A1,A2)\""}, {"\t=1", "\"'\t=1\""}, {"\r=1", "\"'\r=1\""}, {"\n=1", "\"'\n=1\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_buffer out = SP_BUFFER_INIT;
		spi_csv_text(&out, cases[i].text);
		CHECK_STR(sp_buffer_text(&out), cases[i].cell);
		sp_buffer_release(&out);
	}
}

/* Through what lies on it, nearest to what does not; level where points fall, or are all in one place. */
TEST(test_base_line)
{
	spi_line rising = {0}, near = {0}, falling = {0}, one = {0};
	for (int x = 0; x < 5; x++) {
		spi_line_add(&rising, x, 3 + 0.5 * x);
		spi_line_add(&near, x, 3 + 0.5 * x + (x == 1 || x == 3 ? 0.2 : 0)); /* as much on both sides: it lies higher, and is as steep */
		spi_line_add(&falling, x, 3 - 0.5 * x);
		spi_line_add(&one, 0.7, x);
	}
	CHECK(fabs(spi_line_rising_at(&rising, -2) - 2) < 1e-9 && fabs(spi_line_rising_at(&rising, 9) - 7.5) < 1e-9);
	CHECK(fabs(spi_line_rising_at(&near, 2) - 4.08) < 1e-9 && fabs(spi_line_rising_at(&near, 4) - 5.08) < 1e-9);
	CHECK(fabs(spi_line_rising_at(&falling, 9) - 2) < 1e-9);
	CHECK(fabs(spi_line_rising_at(&one, 9) - 2) < 1e-9);
}
