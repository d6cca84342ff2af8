#include "harness.h"

#include "base/file.h"
#include "base/hash.h"
#include "encode/maker.h"
#include "sportello/vectors.h"
#include "vectors/kernels.h"
#include "vectors/sum.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIMENSIONS 384
#define HEAD_BYTES 512
#define RECORD_BYTES (24 + 2 * DIMENSIONS)

/* ---- an encoder that counts ---- */

typedef struct fake {
	const char *name;
	size_t dimensions;
	unsigned calls, texts, largest;
	unsigned fails_at; /* call; 0 = none */
	bool gives_nan;
	bool is_sorted;    /* texts of each call came the longest first */
} fake;

/* A vector of unit length that depends on text and role alone. */
static void vector_of(sp_encode_role role, const char *text, size_t len, size_t dimensions, float *ret)
{
	uint64_t state = spi_hash64(text, len) + (uint64_t)role;
	double sum = 0;
	for (size_t i = 0; i < dimensions; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		ret[i] = len ? (float)((double)(state >> 40) / (1 << 24) - 0.5) : 0;
		sum += (double)ret[i] * ret[i];
	}
	for (size_t i = 0; i < dimensions && sum > 0; i++)
		ret[i] = (float)(ret[i] / sqrt(sum));
}

static void fake_close(void *state)
{
	(void)state;
}

static const char *fake_name(const void *state)
{
	return ((const fake *)state)->name;
}

static size_t fake_dimensions(const void *state)
{
	return ((const fake *)state)->dimensions;
}

static sp_status fake_encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	fake *f = state;
	f->calls++;
	f->largest = count > f->largest ? (unsigned)count : f->largest;
	if (f->calls == f->fails_at)
		return sp_error_set(err, SP_ERR_IO, "fake", 0, "does not feel like it");
	f->texts += (unsigned)count;
	for (size_t i = 0; i < count; i++) {
		vector_of(role, texts[i], lens[i], f->dimensions, ret_vectors + i * f->dimensions);
		if (i > 0 && lens[i] > lens[i - 1])
			f->is_sorted = false;
	}
	if (f->gives_nan)
		ret_vectors[count * f->dimensions - 1] = NAN;
	return SP_OK;
}

static const spi_maker fake_maker = {
	.close = fake_close, .name = fake_name, .dimensions = fake_dimensions, .encode = fake_encode};

/* ---- a store to try ---- */

typedef struct bed {
	char folder[512];
	fake fake;
	sp_encoder *encoder;
	sp_vector_store *store;
	bool damaged;
	sp_error err;
} bed;

static sp_status reopen(bed *b)
{
	sp_vector_store_close(b->store);
	b->store = NULL;
	sp_error_clear(&b->err);
	return sp_vector_store_open(b->folder, b->encoder, &b->store, &b->damaged, &b->err);
}

static bool open_bed(bed *b, const char *name)
{
	snprintf(b->folder, sizeof b->folder, "%s/%s/vectors", harness_folder(), name);
	if (!b->fake.name)
		b->fake.name = "fake one";
	if (!b->fake.dimensions)
		b->fake.dimensions = DIMENSIONS;
	b->fake.is_sorted = true;
	return spi_encoder_of_maker(&fake_maker, &b->fake, &b->encoder, &b->err) == SP_OK && reopen(b) == SP_OK;
}

static void close_bed(bed *b)
{
	sp_vector_store_close(b->store);
	sp_encoder_free(b->encoder);
}

#define TEXTS_MOST 400

/* "<what> <first>" and so on, of several lengths. */
typedef struct texts {
	char room[TEXTS_MOST][64];
	const char *texts[TEXTS_MOST];
	size_t lens[TEXTS_MOST], count;
} texts;

static void write_texts(texts *t, const char *what, int first, size_t count)
{
	t->count = count;
	for (size_t i = 0; i < count; i++) {
		int number = first + (int)i;
		snprintf(t->room[i], sizeof t->room[i], "%s %d%.*s", what, number, number % 30, "..............................");
		t->texts[i] = t->room[i];
		t->lens[i] = strlen(t->room[i]);
	}
}

static sp_status get(bed *b, const texts *t, float *ret)
{
	sp_error_clear(&b->err);
	return sp_vector_store_get(b->store, SP_ENCODE_QUESTION, t->texts, t->lens, t->count, ret, NULL, NULL, NULL, &b->err);
}

static size_t missing(const bed *b, const texts *t)
{
	return sp_vector_store_missing(b->store, SP_ENCODE_QUESTION, t->texts, t->lens, t->count);
}

/* Path of the store's only file with that ending; false when there is none or several. */
static bool find_file(const bed *b, const char *ending, char ret[1024])
{
	int found = 0;
	DIR *dir = opendir(b->folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name), end = strlen(ending);
		if (len < end || strcmp(entry->d_name + len - end, ending) != 0)
			continue;
		found++;
		snprintf(ret, 1024, "%s/%s", b->folder, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found == 1;
}

static long size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

/* Change a byte of a file. */
static bool flip(const char *path, long at)
{
	FILE *file = fopen(path, "r+");
	if (!file)
		return false;
	fseek(file, at, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, at, SEEK_SET);
	fputc(byte ^ 0x10, file);
	return fclose(file) == 0 && byte != EOF;
}

static double dot_of(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * b[i];
	return sum;
}

/* ---- made once ---- */

TEST(test_vectors_made_once)
{
	static texts t;
	static float first[200 * DIMENSIONS], second[200 * DIMENSIONS], want[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_bed(&b, "once"));
	CHECK(!b.damaged && sp_vector_store_encoder(b.store) == b.encoder);
	write_texts(&t, "come pago", 0, 200);
	CHECK_INT(missing(&b, &t), 200);
	REQUIRE(get(&b, &t, first) == SP_OK);
	CHECK(b.fake.texts == 200 && b.fake.calls == 7 && b.fake.largest == 32 && b.fake.is_sorted);
	CHECK(missing(&b, &t) == 0 && sp_vector_store_count(b.store) == 200);
	for (size_t i = 0; i < t.count; i++) {
		vector_of(SP_ENCODE_QUESTION, t.texts[i], t.lens[i], DIMENSIONS, want);
		CHECK(fabs(dot_of(want, first + i * DIMENSIONS, DIMENSIONS) - 1) < 1e-4);
	}
	CHECK(get(&b, &t, second) == SP_OK && memcmp(first, second, sizeof first) == 0);
	memset(second, 0, sizeof second);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged && sp_vector_store_count(b.store) == 200);
	CHECK(get(&b, &t, second) == SP_OK && memcmp(first, second, sizeof first) == 0);
	CHECK_INT(b.fake.texts, 200);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL), SP_OK);
	close_bed(&b);
}

TEST(test_vectors_same_texts_and_roles)
{
	const char *t[] = {"a", "b", "a", "", "b", "a"};
	const size_t lens[] = {1, 1, 1, 0, 1, 1};
	float questions[6][DIMENSIONS], passages[6][DIMENSIONS], zeros[DIMENSIONS] = {0};
	bed b = {0};
	REQUIRE(open_bed(&b, "roles"));
	REQUIRE(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t, lens, 6, questions[0], NULL, NULL, NULL, &b.err) == SP_OK);
	CHECK(b.fake.texts == 3 && b.fake.calls == 1);
	CHECK(memcmp(questions[0], questions[2], sizeof *questions) == 0);
	CHECK(memcmp(questions[1], questions[4], sizeof *questions) == 0);
	CHECK(memcmp(questions[0], questions[1], sizeof *questions) != 0 && memcmp(questions[3], zeros, sizeof zeros) == 0);
	CHECK_INT(sp_vector_store_missing(b.store, SP_ENCODE_PASSAGE, t, lens, 1), 1);
	REQUIRE(sp_vector_store_get(b.store, SP_ENCODE_PASSAGE, t, lens, 6, passages[0], NULL, NULL, NULL, &b.err) == SP_OK);
	CHECK(b.fake.texts == 6 && sp_vector_store_count(b.store) == 6);
	CHECK(memcmp(questions[0], passages[0], sizeof *passages) != 0);
	close_bed(&b);
}

/* No number is far off, whatever their number and size. */
TEST(test_vectors_rounded_little)
{
	static const size_t sizes[] = {1, 3, 7, 385, SP_VECTORS_DIMENSIONS_MAX};
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		static float got[3 * SP_VECTORS_DIMENSIONS_MAX], want[SP_VECTORS_DIMENSIONS_MAX];
		static texts t;
		char name[32];
		bed b = {.fake = {.dimensions = sizes[s]}};
		snprintf(name, sizeof name, "sizes-%zu", sizes[s]);
		REQUIRE(open_bed(&b, name));
		write_texts(&t, "x", 0, 3);
		CHECK(get(&b, &t, got) == SP_OK && reopen(&b) == SP_OK && get(&b, &t, got) == SP_OK && b.fake.texts == 3);
		for (size_t k = 0; k < 3; k++) {
			vector_of(SP_ENCODE_QUESTION, t.texts[k], t.lens[k], sizes[s], want);
			for (size_t i = 0; i < sizes[s]; i++)
				if (fabsf(want[i] - got[k * sizes[s] + i]) > 1.0f / 32000)
					harness_fail(__FILE__, __LINE__, "number %zu of %zu: %g, wanted %g", i, sizes[s],
						(double)got[k * sizes[s] + i], (double)want[i]);
		}
		close_bed(&b);
	}
}

TEST(test_vectors_other_encoder_other_file)
{
	static texts t;
	static float vectors[10 * DIMENSIONS];
	char path[1024];
	bed a = {0}, b = {.fake = {.name = "fake two http://host:1/v1?x=/../y", .dimensions = 8}}, none = {.fake = {.name = "none"}};
	REQUIRE(open_bed(&a, "others"));
	write_texts(&t, "x", 0, 10);
	REQUIRE(get(&a, &t, vectors) == SP_OK);
	REQUIRE(open_bed(&b, "others")); /* both at once */
	CHECK(sp_vector_store_count(b.store) == 0 && get(&b, &t, vectors) == SP_OK && b.fake.texts == 10);
	CHECK(!find_file(&a, ".made", path));
	CHECK(sp_vector_store_count(a.store) == 10 && get(&a, &t, vectors) == SP_OK && a.fake.texts == 10);
	close_bed(&a);
	close_bed(&b);
	none.fake.dimensions = 0;
	REQUIRE(spi_encoder_of_maker(&fake_maker, &none.fake, &none.encoder, NULL) == SP_OK);
	CHECK_INT(sp_vector_store_open(a.folder, none.encoder, &none.store, NULL, &none.err), SP_ERR_UNSUPPORTED);
	close_bed(&none);
}

TEST(test_vectors_closed_to_others)
{
	struct stat st;
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "mode") && find_file(&b, ".made", path));
	CHECK(stat(b.folder, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	close_bed(&b);
}

typedef struct steps {
	size_t calls, done, total;
	bool are_good;
} steps;

static void on_progress(void *arg, size_t done, size_t total)
{
	steps *s = arg;
	s->are_good = s->are_good && done > s->done && done <= total && (s->calls == 0 || total == s->total);
	s->calls++;
	s->done = done;
	s->total = total;
}

TEST(test_vectors_progress)
{
	static texts t;
	static float vectors[120 * DIMENSIONS];
	steps s = {.are_good = true}, none = {.are_good = true};
	bed b = {0};
	REQUIRE(open_bed(&b, "progress"));
	write_texts(&t, "x", 0, 20);
	REQUIRE(get(&b, &t, vectors) == SP_OK);
	write_texts(&t, "x", 0, 120);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t.texts, t.lens, 120, vectors, NULL, on_progress, &s, &b.err), SP_OK);
	CHECK(s.are_good && s.calls == 4 && s.done == 100 && s.total == 100);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t.texts, t.lens, 120, vectors, NULL, on_progress, &none, &b.err), SP_OK);
	CHECK_INT(none.calls, 0);
	close_bed(&b);
}

TEST(test_vectors_busy)
{
	bed b = {0};
	sp_vector_store *second = NULL;
	sp_error err = {0};
	REQUIRE(open_bed(&b, "busy"));
	CHECK_INT(sp_vector_store_open(b.folder, b.encoder, &second, NULL, &err), SP_ERR_BUSY);
	CHECK(second == NULL);
	CHECK_HAS(err.text, "another process");
	sp_vector_store_close(b.store);
	b.store = NULL;
	CHECK_INT(sp_vector_store_open(b.folder, b.encoder, &b.store, NULL, NULL), SP_OK);
	close_bed(&b);
}

/* ---- when something goes wrong ---- */

TEST(test_vectors_encoder_fails_midway)
{
	static texts t;
	static float vectors[100 * DIMENSIONS];
	bed b = {.fake = {.fails_at = 3}};
	REQUIRE(open_bed(&b, "fails"));
	write_texts(&t, "x", 0, 100);
	CHECK_INT(get(&b, &t, vectors), SP_ERR_IO);
	CHECK_STR(b.err.text, "does not feel like it");
	CHECK_INT(sp_vector_store_count(b.store), 64);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged && missing(&b, &t) == 36);
	CHECK(get(&b, &t, vectors) == SP_OK && b.fake.texts == 100);
	b.fake.gives_nan = true;
	write_texts(&t, "y", 0, 5);
	CHECK_INT(get(&b, &t, vectors), SP_ERR_INVALID);
	CHECK_HAS(b.err.text, "no number");
	CHECK_STR(b.err.source, "fake one");
	b.fake.gives_nan = false;
	CHECK(sp_vector_store_count(b.store) == 100 && get(&b, &t, vectors) == SP_OK);
	close_bed(&b);
}

/* Wherever a crash cuts the last batch, what was before it is there and the rest is made again. */
TEST(test_vectors_torn_tail)
{
	static texts t;
	static float before[40 * DIMENSIONS], after[40 * DIMENSIONS];
	static const struct { long size; size_t left; } cuts[] = {{HEAD_BYTES + 40 * RECORD_BYTES - 1, 39},
		{HEAD_BYTES + 39 * RECORD_BYTES + 1, 39}, {HEAD_BYTES + 33 * RECORD_BYTES, 33}, {HEAD_BYTES + 8 * RECORD_BYTES + 16, 8},
		{HEAD_BYTES + 7, 0}, {HEAD_BYTES, 0}};
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "torn") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 40);
	REQUIRE(get(&b, &t, before) == SP_OK && size_of(path) == HEAD_BYTES + 40 * RECORD_BYTES);
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		sp_vector_store_close(b.store);
		b.store = NULL;
		REQUIRE(truncate(path, cuts[i].size) == 0 && reopen(&b) == SP_OK);
		CHECK(!b.damaged);
		CHECK_INT(sp_vector_store_count(b.store), cuts[i].left);
		CHECK_INT(size_of(path), HEAD_BYTES + (long)cuts[i].left * RECORD_BYTES);
		CHECK(get(&b, &t, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
	}
	/* A batch whose room was taken, but that never came to the disk. */
	sp_vector_store_close(b.store);
	b.store = NULL;
	REQUIRE(truncate(path, HEAD_BYTES + 30 * RECORD_BYTES) == 0 && truncate(path, HEAD_BYTES + 61 * RECORD_BYTES + 5) == 0);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged && sp_vector_store_count(b.store) == 30);
	CHECK(!find_file(&b, ".aside", path));
	close_bed(&b);
}

TEST(test_vectors_damage_is_put_aside)
{
	static texts t;
	static float before[100 * DIMENSIONS], after[100 * DIMENSIONS];
	static const long places[] = {HEAD_BYTES + 50 * RECORD_BYTES + 300, HEAD_BYTES, HEAD_BYTES + 17,
		HEAD_BYTES + 3 * RECORD_BYTES - 1, 0, 9, 30, HEAD_BYTES - 1};
	char path[1024], aside[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "damage") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 100);
	REQUIRE(get(&b, &t, before) == SP_OK);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		sp_vector_store_close(b.store);
		b.store = NULL;
		REQUIRE(flip(path, places[i]) && reopen(&b) == SP_OK);
		CHECK(b.damaged && sp_vector_store_count(b.store) == 0);
		CHECK(find_file(&b, ".aside", aside) && size_of(aside) == HEAD_BYTES + 100 * RECORD_BYTES);
		CHECK(get(&b, &t, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
		unlink(aside);
	}
	REQUIRE(truncate(path, 100) == 0 && reopen(&b) == SP_OK);
	CHECK(b.damaged);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged);
	close_bed(&b);
}

/* Damage that comes while it is open is no vector. */
TEST(test_vectors_damaged_while_open)
{
	static texts t;
	static float vectors[50 * DIMENSIONS];
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "damage-open") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 50);
	REQUIRE(get(&b, &t, vectors) == SP_OK && flip(path, HEAD_BYTES + 100));
	CHECK_INT(get(&b, &t, vectors), SP_ERR_CORRUPT);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.damaged && get(&b, &t, vectors) == SP_OK);
	close_bed(&b);
}

TEST(test_vectors_newer_store)
{
	char path[1024];
	uint32_t format = 2;
	uint64_t sum = 0;
	unsigned char head[HEAD_BYTES];
	bed b = {0};
	REQUIRE(open_bed(&b, "newer") && find_file(&b, ".made", path));
	FILE *file = fopen(path, "r+");
	REQUIRE(file && fread(head, 1, sizeof head, file) == sizeof head);
	memcpy(head + 8, &format, sizeof format);
	memcpy(head + 16, &sum, sizeof sum);
	sum = spi_vectors_sum(0, head, sizeof head);
	memcpy(head + 16, &sum, sizeof sum);
	rewind(file);
	CHECK(fwrite(head, 1, sizeof head, file) == sizeof head && fclose(file) == 0);
	CHECK_INT(reopen(&b), SP_ERR_NEWER);
	CHECK_HAS(b.err.text, "newer version");
	CHECK_INT(size_of(path), HEAD_BYTES);
	close_bed(&b);
}

/* No room: said so, what was there is kept, and it goes on when there is room. */
TEST(test_vectors_full)
{
	static texts t;
	static float vectors[100 * DIMENSIONS];
	struct rlimit old, limit;
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "full") && find_file(&b, ".made", path) && getrlimit(RLIMIT_FSIZE, &old) == 0);
	write_texts(&t, "x", 0, 100);
	limit = (struct rlimit){HEAD_BYTES + 70 * RECORD_BYTES + 9, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	sp_status status = get(&b, &t, vectors), again = get(&b, &t, vectors);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK_INT(status, SP_ERR_FULL);
	CHECK_INT(again, SP_ERR_FULL);
	CHECK_HAS(b.err.text, "no room");
	CHECK(sp_vector_store_count(b.store) == 64 && size_of(path) == HEAD_BYTES + 64 * RECORD_BYTES);
	CHECK(get(&b, &t, vectors) == SP_OK && sp_vector_store_count(b.store) == 100);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged && missing(&b, &t) == 0);
	close_bed(&b);
}

/* Killed at any moment, the store is there again with all batches that it told of. */
TEST(test_vectors_killed)
{
	static texts t;
	static float vectors[TEXTS_MOST * DIMENSIONS];
	bed b = {0};
	REQUIRE(open_bed(&b, "killed"));
	write_texts(&t, "x", 0, TEXTS_MOST);
	for (int round = 0; round < 8; round++) {
		int told[2];
		size_t count = 0, at_least = 0;
		sp_vector_store_close(b.store);
		b.store = NULL;
		REQUIRE(pipe(told) == 0);
		pid_t child = fork();
		if (child == 0) {
			if (reopen(&b) == SP_OK)
				for (t.count = 0; t.count < TEXTS_MOST; t.count += 8) {
					size_t n = get(&b, &t, vectors) == SP_OK ? sp_vector_store_count(b.store) : 0;
					if (write(told[1], &n, sizeof n) != sizeof n)
						break;
				}
			_exit(0);
		}
		close(told[1]);
		for (int i = 0; i <= round * 5 && read(told[0], &count, sizeof count) == sizeof count; i++)
			at_least = count;
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(told[0]);
		REQUIRE(reopen(&b) == SP_OK);
		CHECK(!b.damaged && sp_vector_store_count(b.store) >= at_least);
	}
	close_bed(&b);
}

/* ---- sweep ---- */

TEST(test_vectors_sweep)
{
	static texts all, few;
	static float before[100 * DIMENSIONS], after[100 * DIMENSIONS];
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "sweep") && find_file(&b, ".made", path));
	write_texts(&all, "x", 0, 100);
	REQUIRE(get(&b, &all, before) == SP_OK);
	CHECK(sp_vector_store_sweep(b.store, &b.err) == SP_OK && sp_vector_store_count(b.store) == 100);
	REQUIRE(reopen(&b) == SP_OK);
	write_texts(&few, "x", 30, 50); /* half of them: not worth it */
	CHECK(get(&b, &few, after) == SP_OK && sp_vector_store_sweep(b.store, &b.err) == SP_OK);
	CHECK_INT(sp_vector_store_count(b.store), 100);
	REQUIRE(reopen(&b) == SP_OK);
	write_texts(&few, "x", 40, 30);
	CHECK(get(&b, &few, after) == SP_OK && sp_vector_store_sweep(b.store, &b.err) == SP_OK);
	CHECK_INT(sp_vector_store_count(b.store), 30);
	CHECK_INT(size_of(path), HEAD_BYTES + 30 * RECORD_BYTES);
	CHECK(get(&b, &few, after) == SP_OK && memcmp(after, before + 40 * DIMENSIONS, 30 * DIMENSIONS * sizeof *after) == 0);
	CHECK(b.fake.texts == 100 && missing(&b, &all) == 70);
	CHECK(get(&b, &all, after) == SP_OK && memcmp(before, after, sizeof before) == 0); /* it goes on in the new file */
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(!b.damaged && sp_vector_store_count(b.store) == 100 && b.fake.texts == 170);
	CHECK(get(&b, &all, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
	close_bed(&b);
}

TEST(test_vectors_sweep_without_room)
{
	static texts t;
	static float vectors[100 * DIMENSIONS];
	struct rlimit old, limit;
	char path[1024];
	bed b = {0};
	REQUIRE(open_bed(&b, "sweep-full") && getrlimit(RLIMIT_FSIZE, &old) == 0);
	write_texts(&t, "x", 0, 100);
	REQUIRE(get(&b, &t, vectors) == SP_OK && reopen(&b) == SP_OK);
	t.count = 20;
	REQUIRE(get(&b, &t, vectors) == SP_OK);
	limit = (struct rlimit){HEAD_BYTES + 10 * RECORD_BYTES, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	sp_status status = sp_vector_store_sweep(b.store, &b.err);
	setrlimit(RLIMIT_FSIZE, &old);
	t.count = 100;
	CHECK_INT(status, SP_ERR_FULL);
	CHECK(sp_vector_store_count(b.store) == 100 && get(&b, &t, vectors) == SP_OK && b.fake.texts == 100);
	CHECK(!find_file(&b, ".new", path));
	close_bed(&b);
}

/* ---- rows of one index ---- */

static void random_rows(float *rows, sp_vector_row *labels, size_t count, size_t dimensions)
{
	for (size_t i = 0; i < count; i++) {
		char text[32];
		snprintf(text, sizeof text, "row %zu of %zu", i, dimensions);
		vector_of(SP_ENCODE_PASSAGE, text, i % 7 == 5 ? 0 : strlen(text), dimensions, rows + i * dimensions);
		labels[i] = (sp_vector_row){(uint32_t)i / 3 + 1, (uint32_t)i % 3};
	}
}

static void read_rows(const sp_vectors *vectors, float *ret)
{
	for (size_t i = 0; i < sp_vectors_count(vectors); i++)
		sp_vectors_get_row(vectors, i, ret + i * sp_vectors_dimensions(vectors));
}

static bool same_files(const char *a, const char *b)
{
	const char *bytes[2] = {0};
	size_t lens[2] = {0};
	sp_arena *arena = sp_arena_new(0);
	bool same = arena && spi_file_read(a, 1 << 28, arena, &bytes[0], &lens[0], NULL) == SP_OK &&
				spi_file_read(b, 1 << 28, arena, &bytes[1], &lens[1], NULL) == SP_OK && lens[0] == lens[1] &&
				memcmp(bytes[0], bytes[1], lens[0]) == 0;
	sp_arena_free(arena);
	return same;
}

/* Rows of each number and length come back, near what they were, and are the same when they are written again. */
static void check_rows(size_t count, size_t dimensions)
{
	char path[600], again[620];
	float *rows = malloc((count * dimensions + 1) * sizeof *rows), *back = malloc((count * dimensions + 1) * sizeof *back);
	float *query = malloc(dimensions * sizeof *query), *dots = malloc((count + 1) * sizeof *dots);
	sp_vector_row *labels = calloc(count + 1, sizeof *labels);
	sp_vectors *vectors = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/rows-%zu-%zu", harness_folder(), count, dimensions);
	snprintf(again, sizeof again, "%s-again", path);
	random_rows(rows, labels, count, dimensions);
	vector_of(SP_ENCODE_QUESTION, "query", 5, dimensions, query);
	CHECK_INT(sp_vectors_write(path, rows, labels, count, dimensions, &err), SP_OK);
	CHECK_INT(sp_vectors_open(path, &vectors, &err), SP_OK);
	REQUIRE(vectors);
	CHECK(sp_vectors_count(vectors) == count && sp_vectors_dimensions(vectors) == dimensions);
	CHECK(memcmp(sp_vectors_labels(vectors), labels, count * sizeof *labels) == 0);
	read_rows(vectors, back);
	dots[count] = 12345;
	sp_vectors_dot(vectors, query, dots);
	CHECK(dots[count] == 12345.0f);
	for (size_t i = 0; i < count; i++) {
		CHECK(fabs(dot_of(query, back + i * dimensions, dimensions) - (double)dots[i]) < 1e-5);
		for (size_t k = 0; k < dimensions; k++)
			CHECK(fabsf(rows[i * dimensions + k] - back[i * dimensions + k]) <= 1.0f / 250);
	}
	CHECK(sp_vectors_write(again, back, labels, count, dimensions, &err) == SP_OK && same_files(path, again));
	sp_vectors_close(vectors);
	free(rows), free(back), free(query), free(dots), free(labels);
}

TEST(test_vectors_rows_come_back)
{
	static const size_t counts[] = {0, 1, 2, 3, 4, 5, 9, 64, 333};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		check_rows(counts[i], DIMENSIONS);
	for (size_t dimensions = 1; dimensions < 200; dimensions += 9)
		check_rows(6, dimensions);
	check_rows(3, SP_VECTORS_DIMENSIONS_MAX);
}

/* What was quantised quantises to itself, for any size of numbers. */
TEST(test_vectors_quantised_again)
{
	enum { COUNT = 4000, WIDTH = 16 };
	static float rows[COUNT * WIDTH], back[COUNT * WIDTH];
	static sp_vector_row labels[COUNT];
	char path[600], again[600];
	sp_vectors *vectors;
	snprintf(path, sizeof path, "%s/stable", harness_folder());
	snprintf(again, sizeof again, "%s/stable-again", harness_folder());
	random_rows(rows, labels, COUNT, WIDTH);
	for (size_t i = 0; i < COUNT * WIDTH; i++)
		rows[i] *= ldexpf(1 + (float)(i / WIDTH) / COUNT, (int)(i / WIDTH % 80) - 40);
	REQUIRE(sp_vectors_write(path, rows, labels, COUNT, WIDTH, NULL) == SP_OK && sp_vectors_open(path, &vectors, NULL) == SP_OK);
	read_rows(vectors, back);
	sp_vectors_close(vectors);
	CHECK(sp_vectors_write(again, back, labels, COUNT, WIDTH, NULL) == SP_OK && same_files(path, again));
	for (size_t i = 0; i < COUNT; i++) {
		float most = 0;
		for (size_t k = 0; k < WIDTH; k++)
			most = fmaxf(most, fabsf(rows[i * WIDTH + k]));
		for (size_t k = 0; k < WIDTH; k++)
			CHECK(fabsf(rows[i * WIDTH + k] - back[i * WIDTH + k]) <= most / 253);
	}
}

TEST(test_vectors_rows_refused)
{
	float rows[6] = {1, 2, 3, 4, NAN, 6};
	sp_vector_row labels[2] = {{1, 0}, {2, 0}};
	char path[600];
	sp_vectors *vectors = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/refused", harness_folder());
	CHECK_INT(sp_vectors_open(path, &vectors, &err), SP_ERR_NOT_FOUND);
	sp_error_clear(&err);
	CHECK_INT(sp_vectors_write(path, rows, labels, 2, 3, &err), SP_ERR_INVALID);
	CHECK_HAS(err.text, "vector 1");
	CHECK(!spi_exists(path));
	rows[4] = -INFINITY;
	CHECK_INT(sp_vectors_write(path, rows, labels, 2, 3, NULL), SP_ERR_INVALID);
	CHECK_INT(sp_vectors_write(path, rows, labels, 0, 0, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_vectors_write(path, rows, labels, 0, SP_VECTORS_DIMENSIONS_MAX + 1, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_vectors_open(harness_folder(), &vectors, NULL), SP_ERR_CORRUPT);
	CHECK(vectors == NULL);
}

/* Every byte counts, and every length but the right one is wrong. */
TEST(test_vectors_rows_damaged)
{
	float rows[3 * 40];
	sp_vector_row labels[3];
	char path[600];
	sp_vectors *vectors = NULL;
	snprintf(path, sizeof path, "%s/rows-damaged", harness_folder());
	random_rows(rows, labels, 3, 40);
	REQUIRE(sp_vectors_write(path, rows, labels, 3, 40, NULL) == SP_OK);
	long size = size_of(path);
	CHECK_INT(size, 64 + 64 + 3 * 64);
	for (long at = 0; at < size; at++) {
		REQUIRE(flip(path, at));
		sp_status status = sp_vectors_open(path, &vectors, NULL);
		if (status != (at >= 8 && at < 12 ? SP_ERR_NEWER : SP_ERR_CORRUPT))
			harness_fail(__FILE__, __LINE__, "byte %ld: %s", at, sp_status_name(status));
		REQUIRE(flip(path, at));
	}
	CHECK_INT(sp_vectors_open(path, &vectors, NULL), SP_OK);
	sp_vectors_close(vectors);
	CHECK(truncate(path, size + 1) == 0 && sp_vectors_open(path, &vectors, NULL) == SP_ERR_CORRUPT);
	for (long cut = size - 1; cut >= 0; cut -= 13)
		CHECK(truncate(path, cut) == 0 && sp_vectors_open(path, &vectors, NULL) == SP_ERR_CORRUPT);
}

/* ---- kernels ---- */

/* All give what the plain one gives; a row's product is the same bits wherever it stands. */
TEST(test_vectors_kernels_agree)
{
	enum { COUNT = 23, STRIDE = 384, ROOM = 16 };
	static _Alignas(SPI_ROW_ALIGNMENT) int8_t rows[COUNT * STRIDE];
	static float query[STRIDE], scales[COUNT], want[COUNT], got[COUNT + ROOM];
	size_t kernels_count, chosen = 0;
	const spi_kernel *kernels = spi_kernels(&kernels_count);
	vector_of(SP_ENCODE_QUESTION, "query", 5, STRIDE, query);
	for (size_t i = 0; i < sizeof rows; i++)
		rows[i] = (int8_t)((int)(spi_hash64(&i, sizeof i) % 255) - 127);
	memcpy(rows + 20 * STRIDE, rows + 1 * STRIDE, STRIDE);
	for (size_t i = 0; i < COUNT; i++)
		scales[i] = 1.0f / (float)(900 + i);
	scales[20] = scales[1];
	CHECK_STR(kernels[kernels_count - 1].name, "scalar");
	for (size_t k = 0; k < kernels_count; k++) {
		if (!kernels[k].is_supported())
			continue;
		chosen++;
		for (size_t stride = 64; stride <= STRIDE; stride += 64)
			for (size_t count = 0; count <= COUNT; count++) {
				memset(got, 0x55, sizeof got);
				spi_dot_all(&kernels[kernels_count - 1], rows, stride, scales, count, query, want);
				spi_dot_all(&kernels[k], rows, stride, scales, count, query, got);
				for (size_t i = 0; i < count; i++)
					if (!(fabsf(want[i] - got[i]) < 1e-4f))
						harness_fail(__FILE__, __LINE__, "%s, row %zu of %zu: %g, wanted %g", kernels[k].name, i, count,
							(double)got[i], (double)want[i]);
				CHECK(memcmp(&got[count], "UUUUUUUU", 8) == 0);
				CHECK(stride < STRIDE || count < 21 || memcmp(&got[1], &got[20], sizeof *got) == 0);
			}
	}
	CHECK(chosen >= 1);
	for (size_t i = 0; i < COUNT; i++)
		CHECK(fabsf(want[i]) > 0);
	CHECK_STR(sp_vectors_kernel(), spi_kernel_choose()->name);
}

/* Test vectors of the algorithm's author. */
TEST(test_vectors_sum)
{
	CHECK(spi_vectors_sum(0, "", 0) == 0xEF46DB3751D8E999u);
	CHECK(spi_vectors_sum(0, "a", 1) == 0xD24EC4F1A98C6E5Bu);
	CHECK(spi_vectors_sum(0, "abc", 3) == 0x44BC2CF5AD770999u);
	CHECK(spi_vectors_sum(0, "Nobody inspects the spammish repetition", 39) == 0xFBCEA83C8A378BF1u);
}
