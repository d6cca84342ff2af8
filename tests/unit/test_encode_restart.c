/* What the queue remembers over restarts, whatever happened to its file. */
#include "harness.h"

#include "base/file.h"
#include "base/hash.h"
#include "encode_bed.h"

#include <sys/stat.h>

#define KEPT 12

/* A file of KEPT questions; their vectors into ret. */
static bool write_kept(const char *path, float ret[KEPT][DIMENSIONS])
{
	bed b = {.fake.token_bytes = TOKEN_ROW};
	if (!open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}))
		return false;
	bool ok = true;
	for (int i = 0; i < KEPT; i++)
		ok = ask_number(&b, "Segreta", i, ret[i]) == SP_OK && ok;
	close_bed(&b);
	return ok;
}

/* Open a queue on the file and ask again: how many had to be encoded. */
static int encoded_again_by(const char *path, const fake_encoder *by, float want[KEPT][DIMENSIONS])
{
	bed b = {.fake = *by};
	float vector[DIMENSIONS];
	room r;
	if (!open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path})) {
		harness_fail(__FILE__, __LINE__, "does not open: %s", b.err.text);
		return -1;
	}
	for (int i = 0; i < KEPT; i++) {
		char text[64];
		snprintf(text, sizeof text, "segreta %d", i);
		CHECK_INT(ask_tokens(&b, text, vector, &r), SP_OK);
		CHECK(by->dimensions != DIMENSIONS || same_vector(vector, want[i]));
		CHECK(by->token_bytes == TOKEN_ROW ? are_tokens_of(&r, text) : r.tokens.count == (by->token_bytes ? strlen(text) : 0));
	}
	int encoded = (int)stats_of(&b).encoded;
	close_bed(&b);
	return encoded;
}

static int encoded_again(const char *path, const char *name, size_t dimensions, float want[KEPT][DIMENSIONS])
{
	return encoded_again_by(path, &(fake_encoder){.name = name, .dimensions = dimensions, .token_bytes = TOKEN_ROW}, want);
}

TEST(test_encode_remembered_restart)
{
	static float want[KEPT][DIMENSIONS];
	char path[600], aside[620];
	struct stat st;
	sp_arena *arena = sp_arena_new(0);
	const char *bytes = NULL;
	size_t len = 0;
	kept_path(path, sizeof path, "restart");
	snprintf(aside, sizeof aside, "%s.aside", path);
	REQUIRE(arena && write_kept(path, want));
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	REQUIRE(spi_file_read(path, 1 << 20, arena, &bytes, &len, NULL) == SP_OK);
	CHECK(memmem(bytes, len, "segreta", 7) == NULL && memmem(bytes, len, "Segreta", 7) == NULL);
	CHECK(memmem(bytes, len, "fake one", 8) != NULL);
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), 0);
	CHECK(!spi_exists(aside));
	CHECK_INT(encoded_again(path, "fake two", DIMENSIONS, want), KEPT);
	CHECK(spi_exists(aside));
	CHECK_INT(encoded_again(path, "fake two", DIMENSIONS, want), 0);
	CHECK_INT(encoded_again(path, "fake two", 32, want), KEPT);
	CHECK_INT(encoded_again(path, "fake two", 32, want), 0);
	sp_arena_free(arena);
}

/* Rows of tokens of another length, none any more, or where there were none: of no use. */
TEST(test_encode_remembered_other_tokens_after_restart)
{
	static float want[KEPT][DIMENSIONS];
	char path[600], aside[620];
	kept_path(path, sizeof path, "other_tokens");
	snprintf(aside, sizeof aside, "%s.aside", path);
	REQUIRE(write_kept(path, want));
	static const size_t sizes[] = {TOKEN_ROW, TOKEN_ROW / 2, 0, TOKEN_ROW};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		fake_encoder by = {.name = "fake one", .dimensions = DIMENSIONS, .token_bytes = sizes[i]};
		CHECK_INT(encoded_again_by(path, &by, want), i == 0 ? 0 : KEPT);
		CHECK(spi_exists(aside) == (i > 0));
		CHECK_INT(encoded_again_by(path, &by, want), 0);
	}
}

static bool put_file(const char *path, const char *bytes, size_t len)
{
	return spi_file_write(path, bytes, len, NULL) == SP_OK;
}

/* What older versions wrote, whole: head, name, no rows, sum. */
TEST(test_encode_remembered_file_of_the_first_format)
{
	char path[600], aside[620], bytes[64] = "SPASKED\n";
	const uint32_t head[] = {1, DIMENSIONS, 0, 0, 8, 0};
	kept_path(path, sizeof path, "first_format");
	snprintf(aside, sizeof aside, "%s.aside", path);
	memcpy(bytes + 8, head, sizeof head);
	memcpy(bytes + 8 + sizeof head, "fake one", 8);
	uint64_t sum = spi_hash64_more(SPI_HASH64_SEED, bytes, 16 + sizeof head);
	memcpy(bytes + 16 + sizeof head, &sum, sizeof sum);
	REQUIRE(put_file(path, bytes, 24 + sizeof head));
	bed b = {0};
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}));
	CHECK(spi_exists(aside) && !spi_exists(path));
	CHECK_INT(ask(&b, "spid", vector), SP_OK);
	close_bed(&b);
	CHECK(spi_exists(path));
}

TEST(test_encode_remembered_damaged_files)
{
	static float want[KEPT][DIMENSIONS];
	char path[600];
	sp_arena *arena = sp_arena_new(0);
	const char *bytes = NULL;
	size_t len = 0;
	kept_path(path, sizeof path, "damaged");
	REQUIRE(arena && write_kept(path, want));
	REQUIRE(spi_file_read(path, 1 << 20, arena, &bytes, &len, NULL) == SP_OK);
	char *copy = sp_arena_alloc(arena, len + 1);
	REQUIRE(copy != NULL);
	for (size_t at = 0; at < len; at += at < 100 ? 1 : 97) { /* one bit wrong */
		memcpy(copy, bytes, len);
		copy[at] ^= 0x10;
		REQUIRE(put_file(path, copy, len));
		CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	}
	for (size_t cut = 0; cut < len; cut += cut < 100 ? 7 : 509) {
		REQUIRE(put_file(path, bytes, cut));
		CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	}
	memcpy(copy, bytes, len);
	copy[len] = 'x';
	REQUIRE(put_file(path, copy, len + 1));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	const size_t first_row = 24 + strlen("fake one");
	memcpy(copy, bytes, len);
	copy[first_row + 20] = (char)(SP_ENCODE_TOKENS_MAX + 72); /* tokens of a row: more than there is room for, not more than the file has */
	REQUIRE(put_file(path, copy, len));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	REQUIRE(put_file(path, bytes, len));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), 0);
	sp_arena_free(arena);
}

TEST(test_encode_remembered_smaller_after_restart)
{
	static float want[KEPT][DIMENSIONS];
	bed b = {.fake.token_bytes = TOKEN_ROW};
	float vector[DIMENSIONS];
	char path[600];
	kept_path(path, sizeof path, "smaller");
	REQUIRE(write_kept(path, want));
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path, .remembered_max = 5}));
	for (int i = KEPT - 5; i < KEPT; i++) { /* the latest are kept */
		CHECK_INT(ask_number(&b, "segreta", i, vector), SP_OK);
		CHECK(same_vector(vector, want[i]));
	}
	CHECK_INT(stats_of(&b).encoded, 0);
	CHECK_INT(ask_number(&b, "segreta", 0, vector), SP_OK);
	CHECK_INT(stats_of(&b).encoded, 1);
	close_bed(&b);
}

TEST(test_encode_remembered_save)
{
	bed b = {0};
	float vector[DIMENSIONS];
	char path[600];
	struct stat before, after;
	kept_path(path, sizeof path, "save");
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}));
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	CHECK(!spi_exists(path)); /* nothing to tell */
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &before) == 0);
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &after) == 0);
	CHECK(before.st_ino == after.st_ino); /* nothing new: not written again */
	CHECK_INT(ask(&b, "due", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &after) == 0);
	CHECK(after.st_size > before.st_size);
	close_bed(&b);

	bed nowhere = {0};
	REQUIRE(open_bed(&nowhere, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = "/nowhere/at/all"}));
	CHECK_INT(ask(&nowhere, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(nowhere.queue, &nowhere.err), SP_ERR_NOT_FOUND);
	CHECK_HAS(nowhere.err.source, "/nowhere/at/all");
	close_bed(&nowhere);
}

TEST(test_encode_remembered_forgotten)
{
	bed b = {0};
	float vector[DIMENSIONS];
	char path[600];
	struct stat before, after;
	kept_path(path, sizeof path, "forgotten");
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}));
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &before) == 0);
	sp_encode_queue_forget(b.queue);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &after) == 0);
	CHECK(after.st_size < before.st_size);
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(stats_of(&b).encoded, 2);
	close_bed(&b);
}
