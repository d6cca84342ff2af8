/* The store of what was made once, of an encoder that makes tokens: records of many lengths. */
#include "harness.h"
#include "vectors_bed.h"

#include "vectors/sum.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOKEN_BYTES 6
#define TOKEN_DIMENSIONS 5

/* A file's bytes, to be put back. */
typedef struct file_copy {
	char *bytes;
	size_t len;
} file_copy;

static bool take_copy(const char *path, file_copy *ret)
{
	FILE *file = fopen(path, "r");
	ret->len = (size_t)size_of(path);
	ret->bytes = malloc(ret->len + 1);
	bool ok = file && ret->bytes && fread(ret->bytes, 1, ret->len, file) == ret->len;
	return (!file || fclose(file) == 0) && ok;
}

static bool put_back(const char *path, const file_copy *copy, size_t len)
{
	FILE *file = fopen(path, "w");
	bool ok = file && fwrite(copy->bytes, 1, len, file) == len;
	return (!file || fclose(file) == 0) && ok;
}

static sp_status get_tokens(bed *b, const some_texts *t, float *ret, sp_token_table *ret_table)
{
	sp_error_clear(&b->err);
	return sp_vector_store_get(b->store, SP_ENCODE_PASSAGE, t->texts, t->lens, t->count, ret, ret_table, NULL, NULL, &b->err);
}

static size_t record_size(const some_texts *t, size_t i)
{
	size_t count = t->lens[i] < SP_ENCODE_TOKENS_MAX ? t->lens[i] : SP_ENCODE_TOKENS_MAX;
	return (28 + 2 * TOKEN_DIMENSIONS + count * TOKEN_BYTES + 7) & ~(size_t)7;
}

static void check_table(int line, const sp_token_table *table, const some_texts *t)
{
	signed char rows[SP_ENCODE_TOKENS_MAX * TOKEN_BYTES];
	sp_token_rows want = {.rows = rows};
	size_t start = 0;
	CHECK_INT(table->count, t->count);
	REQUIRE(table->count == t->count && table->starts && table->rows);
	for (size_t i = 0; i < t->count; i++) {
		fake_tokens(SP_ENCODE_PASSAGE, t->texts[i], t->lens[i], TOKEN_BYTES, &want);
		if (table->starts[i] != start || table->starts[i + 1] != start + want.count ||
			memcmp(table->rows + start * TOKEN_BYTES, rows, want.count * TOKEN_BYTES) != 0)
			harness_fail(__FILE__, line, "tokens of text %zu are others", i);
		start += want.count;
	}
}

/* All texts as they are to be, encoded again or not. */
static void check_all(int line, bed *b, const some_texts *t)
{
	static float vectors[TEXTS_MOST * TOKEN_DIMENSIONS], want[TOKEN_DIMENSIONS];
	sp_token_table table = {0};
	if (get_tokens(b, t, vectors, &table) != SP_OK) {
		harness_fail(__FILE__, line, "not got: %s", b->err.text);
		return;
	}
	check_table(line, &table, t);
	for (size_t i = 0; i < t->count; i++) {
		fake_vector(SP_ENCODE_PASSAGE, t->texts[i], t->lens[i], TOKEN_DIMENSIONS, want);
		if (t->lens[i] && fabs(dot_of(want, vectors + i * TOKEN_DIMENSIONS, TOKEN_DIMENSIONS) - 1) > 1e-3)
			harness_fail(__FILE__, line, "the vector of text %zu is another", i);
	}
	sp_token_table_release(&table);
	CHECK(!table.starts && !table.rows && table.count == 0);
}

static bool open_token_bed(bed *b, const char *name, char path[1024])
{
	b->fake.dimensions = TOKEN_DIMENSIONS;
	b->fake.token_bytes = TOKEN_BYTES;
	return open_store_bed(b, name) && find_file(b, ".made", path);
}

/* Some texts, an empty one, one longer than tokens are made of, and one twice. */
static void write_passages(some_texts *t, size_t count)
{
	static char long_text[SP_ENCODE_TOKENS_MAX + 50];
	memset(long_text, 'x', sizeof long_text);
	write_texts(t, "a passage", 0, count);
	t->texts[1] = "", t->lens[1] = 0;
	t->texts[2] = long_text, t->lens[2] = sizeof long_text;
	t->texts[count - 1] = t->texts[0], t->lens[count - 1] = t->lens[0];
}

TEST(test_tokens_kept)
{
	static some_texts t;
	static float vectors[90 * TOKEN_DIMENSIONS];
	char path[1024];
	size_t size = HEAD_BYTES;
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens", path));
	write_passages(&t, 90);
	REQUIRE(get_tokens(&b, &t, vectors, NULL) == SP_OK); /* made, wanted or not */
	CHECK(b.fake.texts == 89 && !b.fake.is_unsorted);
	check_all(__LINE__, &b, &t);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) == 89);
	check_all(__LINE__, &b, &t);
	CHECK_INT(b.fake.texts, 89);
	for (size_t i = 0; i < 89; i++)
		size += record_size(&t, i);
	CHECK_INT(size_of(path), size);
	close_store_bed(&b);
}

TEST(test_tokens_of_questions_are_not_kept)
{
	static some_texts t;
	static float vectors[20 * TOKEN_DIMENSIONS];
	sp_token_table table = {.count = 77};
	char path[1024];
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens-questions", path));
	write_texts(&t, "x", 0, 20);
	REQUIRE(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t.texts, t.lens, 20, vectors, &table, NULL, NULL, &b.err) == SP_OK);
	CHECK(table.count == 20 && table.starts && table.starts[0] == 0 && table.starts[20] == 0);
	sp_token_table_release(&table);
	CHECK_INT(size_of(path), HEAD_BYTES + 20 * 40);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_PASSAGE, NULL, NULL, 0, NULL, &table, NULL, NULL, &b.err), SP_OK);
	CHECK(table.count == 0 && table.starts && table.starts[0] == 0);
	sp_token_table_release(&table);
	sp_token_table_release(NULL);
	b.fake.fails_at = b.fake.calls + 1;
	table = (sp_token_table){.count = 77};
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_PASSAGE, t.texts, t.lens, 20, vectors, &table, NULL, NULL, &b.err), SP_ERR_IO);
	CHECK(table.count == 0 && !table.starts && !table.rows);
	close_store_bed(&b);
}

/* Records of one encoder without tokens: the table is there, and empty. */
TEST(test_tokens_of_an_encoder_without)
{
	static some_texts t;
	static float vectors[3 * DIMENSIONS];
	sp_token_table table = {0};
	bed b = {0};
	REQUIRE(open_store_bed(&b, "tokens-none"));
	write_texts(&t, "x", 0, 3);
	REQUIRE(get_tokens(&b, &t, vectors, &table) == SP_OK);
	CHECK(table.count == 3 && table.starts[3] == 0);
	sp_token_table_release(&table);
	close_store_bed(&b);
	bed c = {.fake = {.token_bytes = SP_TOKEN_BYTES_MAX + 1}};
	CHECK(!open_store_bed(&c, "tokens-too-many"));
	CHECK_HAS(c.err.text, "1025 bytes");
	close_store_bed(&c);
}

/* Wherever a crash cuts the last batch, what stands whole before it is kept and the rest is made again. */
TEST(test_tokens_torn_anywhere)
{
	static some_texts t;
	char path[1024], aside[1024];
	file_copy all = {0};
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens-torn", path));
	write_texts(&t, "f", 0, 3);
	check_all(__LINE__, &b, &t);
	long first = size_of(path);
	write_texts(&t, "t", 0, 4);
	t.lens[3] = 0; /* the last in its batch */
	check_all(__LINE__, &b, &t);
	close_store(&b);
	REQUIRE(take_copy(path, &all));
	for (size_t cut = (size_t)first; cut <= all.len; cut++) {
		/* The longest comes first. */
		size_t whole = 0, end = (size_t)first;
		while (whole < 4 && end + record_size(&t, whole < 3 ? 2 - whole : 3) <= cut)
			end += record_size(&t, whole < 3 ? 2 - whole : 3), whole++;
		REQUIRE(put_back(path, &all, cut) && reopen(&b) == SP_OK);
		CHECK(b.found == SP_STORE_GOOD && size_of(path) == (long)end);
		CHECK_INT(sp_vector_store_count(b.store), 3 + whole);
		if (cut % 8 == 3)
			check_all(__LINE__, &b, &t);
		CHECK_INT(sp_vector_store_count(b.store), cut % 8 == 3 ? 7 : 3 + whole);
		close_store(&b);
	}
	CHECK(!find_file(&b, ".aside", aside));
	free(all.bytes);
	close_store_bed(&b);
}

/* The same where not the end but some pages of the last batch did not come to the disk; in the batch before it is damage. */
TEST(test_tokens_damage_or_crash)
{
	static some_texts t;
	char path[1024], aside[1024];
	file_copy all = {0};
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens-damage", path));
	write_texts(&t, "f", 0, 2);
	check_all(__LINE__, &b, &t);
	long first = size_of(path);
	write_texts(&t, "t", 0, 3);
	check_all(__LINE__, &b, &t);
	close_store(&b);
	REQUIRE(take_copy(path, &all));
	for (long at = HEAD_BYTES; at < (long)all.len; at++) {
		REQUIRE(put_back(path, &all, all.len) && flip(path, at) && reopen(&b) == SP_OK);
		CHECK_INT(b.found, at < first ? SP_STORE_DAMAGED : SP_STORE_GOOD);
		CHECK(find_file(&b, ".aside", aside) == (at < first));
		size_t count = sp_vector_store_count(b.store);
		CHECK(at < first ? count == 0 : count >= 2 && count < 5);
		if (at % 8 == 0)
			check_all(__LINE__, &b, &t);
		close_store(&b);
		unlink(aside);
	}
	/* Room that was taken for a batch, and never written. */
	REQUIRE(put_back(path, &all, all.len) && truncate(path, (long)all.len + 3001) == 0 && reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) == 5 && size_of(path) == (long)all.len);
	/* More than any batch takes. */
	close_store(&b);
	REQUIRE(truncate(path, (long)all.len + 32 * (28 + 10 + 128 * TOKEN_BYTES + 8)) == 0 && reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_DAMAGED && find_file(&b, ".aside", aside));
	free(all.bytes);
	close_store_bed(&b);
}

/* After a sweep no batch is half written: damage before the last record is damage. */
TEST(test_tokens_sweep)
{
	static some_texts t;
	char path[1024], aside[1024];
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens-sweep", path));
	write_passages(&t, 100);
	check_all(__LINE__, &b, &t);
	REQUIRE(reopen(&b) == SP_OK);
	t.count = 30;
	check_all(__LINE__, &b, &t);
	CHECK(sp_vector_store_sweep(b.store, &b.err) == SP_OK && sp_vector_store_count(b.store) == 30 && b.fake.texts == 99);
	check_all(__LINE__, &b, &t);
	CHECK_INT(b.fake.texts, 99);
	t.count = 100;
	check_all(__LINE__, &b, &t);
	CHECK_INT(b.fake.texts, 99 + 69);
	REQUIRE(reopen(&b) == SP_OK && b.found == SP_STORE_GOOD);
	t.count = 30;
	check_all(__LINE__, &b, &t);
	CHECK_INT(b.fake.texts, 99 + 69);
	CHECK(sp_vector_store_sweep(b.store, &b.err) == SP_OK && sp_vector_store_count(b.store) == 30);
	REQUIRE(flip(path, size_of(path) - 1000) && reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_DAMAGED && find_file(&b, ".aside", aside));
	check_all(__LINE__, &b, &t);
	close_store_bed(&b);
}

static bool write_head(const char *path, uint32_t format, uint32_t token_bytes, const char *old_name)
{
	unsigned char head[HEAD_BYTES];
	uint64_t sum = 0;
	FILE *file = fopen(path, "r+");
	if (!file || fread(head, 1, sizeof head, file) != sizeof head)
		return false;
	memcpy(head + 8, &format, sizeof format);
	memcpy(head + 16, &sum, sizeof sum);
	memcpy(head + 24, &token_bytes, sizeof token_bytes);
	if (old_name)
		snprintf((char *)head + 24, sizeof head - 24, "%s", old_name);
	sum = spi_vectors_sum(0, head, sizeof head);
	memcpy(head + 16, &sum, sizeof sum);
	rewind(file);
	return (fwrite(head, 1, sizeof head, file) == sizeof head) & (fclose(file) == 0);
}

/* One of the format before, or with other tokens, is replaced; a newer one is left alone. */
TEST(test_tokens_other_formats)
{
	static some_texts t;
	char path[1024], other[1024];
	bed b = {0};
	REQUIRE(open_token_bed(&b, "tokens-formats", path));
	write_passages(&t, 40);
	check_all(__LINE__, &b, &t);
	for (int i = 0; i < 3; i++) {
		close_store(&b);
		b.fake.token_bytes = i == 2 ? 0 : TOKEN_BYTES;
		REQUIRE(i == 2 || write_head(path, i == 0 ? 1 : 2, 0, i == 0 ? "fake one" : NULL));
		REQUIRE(reopen(&b) == SP_OK);
		CHECK(b.found == SP_STORE_OLD && sp_vector_store_count(b.store) == 0 && size_of(path) == HEAD_BYTES);
		CHECK(!find_file(&b, ".aside", other) && !find_file(&b, ".new", other));
		if (i < 2)
			check_all(__LINE__, &b, &t);
		REQUIRE(reopen(&b) == SP_OK && b.found == SP_STORE_GOOD);
	}
	REQUIRE(write_head(path, 3, TOKEN_BYTES, NULL));
	CHECK_INT(reopen(&b), SP_ERR_NEWER);
	CHECK_HAS(b.err.text, "newer version");
	CHECK_INT(size_of(path), HEAD_BYTES);
	close_store_bed(&b);
}

/* More than is read at once. */
TEST(test_tokens_large_file)
{
	static some_texts t;
	static float vectors[TEXTS_MOST * DIMENSIONS];
	sp_token_table first = {0}, second = {0};
	bed b = {.fake = {.token_bytes = SP_TOKEN_BYTES_MAX}};
	REQUIRE(open_store_bed(&b, "tokens-large"));
	write_texts(&t, "a passage of some length", 0, TEXTS_MOST);
	REQUIRE(get_tokens(&b, &t, vectors, &first) == SP_OK && reopen(&b) == SP_OK);
	CHECK_INT(sp_vector_store_count(b.store), TEXTS_MOST);
	REQUIRE(get_tokens(&b, &t, vectors, &second) == SP_OK && first.starts[TEXTS_MOST] * SP_TOKEN_BYTES_MAX > 10 << 20);
	CHECK(memcmp(first.rows, second.rows, first.starts[TEXTS_MOST] * SP_TOKEN_BYTES_MAX) == 0);
	CHECK(memcmp(first.starts, second.starts, (TEXTS_MOST + 1) * sizeof *first.starts) == 0 && b.fake.texts == TEXTS_MOST);
	sp_token_table_release(&first);
	sp_token_table_release(&second);
	close_store_bed(&b);
}
