#include "harness.h"
#include "vectors_bed.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- made once ---- */

TEST(test_vectors_made_once)
{
	static some_texts t;
	static float first[200 * DIMENSIONS], second[200 * DIMENSIONS], want[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "once"));
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_encoder(b.store) == b.encoder);
	write_texts(&t, "come pago", 0, 200);
	CHECK_INT(missing(&b, &t), 200);
	REQUIRE(get(&b, &t, first) == SP_OK);
	CHECK(b.fake.texts == 200 && b.fake.calls == 7 && b.fake.largest == 32 && !b.fake.is_unsorted);
	CHECK(missing(&b, &t) == 0 && sp_vector_store_count(b.store) == 200);
	for (size_t i = 0; i < t.count; i++) {
		fake_vector(SP_ENCODE_QUESTION, t.texts[i], t.lens[i], DIMENSIONS, want);
		CHECK(fabs(dot_of(want, first + i * DIMENSIONS, DIMENSIONS) - 1) < 1e-4);
	}
	CHECK(get(&b, &t, second) == SP_OK && memcmp(first, second, sizeof first) == 0);
	memset(second, 0, sizeof second);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) == 200);
	CHECK(get(&b, &t, second) == SP_OK && memcmp(first, second, sizeof first) == 0);
	CHECK_INT(b.fake.texts, 200);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL), SP_OK);
	close_store_bed(&b);
}

TEST(test_vectors_same_texts_and_roles)
{
	const char *t[] = {"a", "b", "a", "", "b", "a"};
	const size_t lens[] = {1, 1, 1, 0, 1, 1};
	float questions[6][DIMENSIONS], passages[6][DIMENSIONS], zeros[DIMENSIONS] = {0};
	bed b = {0};
	REQUIRE(open_store_bed(&b, "roles"));
	REQUIRE(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t, lens, 6, questions[0], NULL, NULL, NULL, &b.err) == SP_OK);
	CHECK(b.fake.texts == 3 && b.fake.calls == 1);
	CHECK(memcmp(questions[0], questions[2], sizeof *questions) == 0);
	CHECK(memcmp(questions[1], questions[4], sizeof *questions) == 0);
	CHECK(memcmp(questions[0], questions[1], sizeof *questions) != 0 && memcmp(questions[3], zeros, sizeof zeros) == 0);
	CHECK_INT(sp_vector_store_missing(b.store, SP_ENCODE_PASSAGE, t, lens, 1), 1);
	REQUIRE(sp_vector_store_get(b.store, SP_ENCODE_PASSAGE, t, lens, 6, passages[0], NULL, NULL, NULL, &b.err) == SP_OK);
	CHECK(b.fake.texts == 6 && sp_vector_store_count(b.store) == 6);
	CHECK(memcmp(questions[0], passages[0], sizeof *passages) != 0);
	close_store_bed(&b);
}

/* No number is far off, whatever their number and size. */
TEST(test_vectors_rounded_little)
{
	static const size_t sizes[] = {1, 3, 7, 385, SP_VECTORS_DIMENSIONS_MAX};
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		static float got[3 * SP_VECTORS_DIMENSIONS_MAX], want[SP_VECTORS_DIMENSIONS_MAX];
		static some_texts t;
		char name[32];
		bed b = {.fake = {.dimensions = sizes[s]}};
		snprintf(name, sizeof name, "sizes-%zu", sizes[s]);
		REQUIRE(open_store_bed(&b, name));
		write_texts(&t, "x", 0, 3);
		CHECK(get(&b, &t, got) == SP_OK && reopen(&b) == SP_OK && get(&b, &t, got) == SP_OK && b.fake.texts == 3);
		for (size_t k = 0; k < 3; k++) {
			fake_vector(SP_ENCODE_QUESTION, t.texts[k], t.lens[k], sizes[s], want);
			for (size_t i = 0; i < sizes[s]; i++)
				if (fabsf(want[i] - got[k * sizes[s] + i]) > 1.0f / 32000)
					harness_fail(__FILE__, __LINE__, "number %zu of %zu: %g, wanted %g", i, sizes[s],
						(double)got[k * sizes[s] + i], (double)want[i]);
		}
		close_store_bed(&b);
	}
}

TEST(test_vectors_other_encoder_other_file)
{
	static some_texts t;
	static float vectors[10 * DIMENSIONS];
	char path[1024];
	bed a = {0}, b = {.fake = {.name = "fake two http://host:1/v1?x=/../y", .dimensions = 8}}, none = {0};
	REQUIRE(open_store_bed(&a, "others"));
	write_texts(&t, "x", 0, 10);
	REQUIRE(get(&a, &t, vectors) == SP_OK);
	REQUIRE(open_store_bed(&b, "others")); /* both at once */
	CHECK(sp_vector_store_count(b.store) == 0 && get(&b, &t, vectors) == SP_OK && b.fake.texts == 10);
	CHECK(!find_file(&a, ".made", path));
	CHECK(sp_vector_store_count(a.store) == 10 && get(&a, &t, vectors) == SP_OK && a.fake.texts == 10);
	close_store_bed(&a);
	close_store_bed(&b);
	REQUIRE(sp_encoder_new(&(sp_encoder_settings){.name = "none"}, &none.encoder, NULL) == SP_OK);
	CHECK_INT(sp_vector_store_open(a.folder, none.encoder, &none.store, NULL, &none.err), SP_ERR_UNSUPPORTED);
	sp_encoder_free(none.encoder);
}

TEST(test_vectors_closed_to_others)
{
	struct stat st;
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "mode") && find_file(&b, ".made", path));
	CHECK(stat(b.folder, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	close_store_bed(&b);
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
	static some_texts t;
	static float vectors[120 * DIMENSIONS];
	steps s = {.are_good = true}, none = {.are_good = true};
	bed b = {0};
	REQUIRE(open_store_bed(&b, "progress"));
	write_texts(&t, "x", 0, 20);
	REQUIRE(get(&b, &t, vectors) == SP_OK);
	write_texts(&t, "x", 0, 120);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t.texts, t.lens, 120, vectors, NULL, on_progress, &s, &b.err), SP_OK);
	CHECK(s.are_good && s.calls == 4 && s.done == 100 && s.total == 100);
	CHECK_INT(sp_vector_store_get(b.store, SP_ENCODE_QUESTION, t.texts, t.lens, 120, vectors, NULL, on_progress, &none, &b.err), SP_OK);
	CHECK_INT(none.calls, 0);
	close_store_bed(&b);
}

TEST(test_vectors_busy)
{
	bed b = {0};
	sp_vector_store *second = NULL;
	sp_error err = {0};
	REQUIRE(open_store_bed(&b, "busy"));
	CHECK_INT(sp_vector_store_open(b.folder, b.encoder, &second, NULL, &err), SP_ERR_BUSY);
	CHECK(second == NULL);
	CHECK_HAS(err.text, "another process");
	close_store(&b);
	CHECK_INT(sp_vector_store_open(b.folder, b.encoder, &b.store, NULL, NULL), SP_OK);
	close_store_bed(&b);
}

/* ---- when something goes wrong ---- */

TEST(test_vectors_encoder_fails_midway)
{
	static some_texts t;
	static float vectors[100 * DIMENSIONS];
	bed b = {.fake = {.fails_at = 3}};
	REQUIRE(open_store_bed(&b, "fails"));
	write_texts(&t, "x", 0, 100);
	CHECK_INT(get(&b, &t, vectors), SP_ERR_IO);
	CHECK_STR(b.err.text, "does not feel like it");
	CHECK_INT(sp_vector_store_count(b.store), 64);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD && missing(&b, &t) == 36);
	CHECK(get(&b, &t, vectors) == SP_OK && b.fake.texts == 100);
	b.fake.gives_nan = true;
	write_texts(&t, "y", 0, 5);
	CHECK_INT(get(&b, &t, vectors), SP_ERR_INVALID);
	CHECK_HAS(b.err.text, "no number");
	CHECK_STR(b.err.source, "fake one");
	b.fake.gives_nan = false;
	CHECK(sp_vector_store_count(b.store) == 100 && get(&b, &t, vectors) == SP_OK);
	close_store_bed(&b);
}

/* Wherever a crash cuts the last batch, what was before it is there and the rest is made again. */
TEST(test_vectors_torn_tail)
{
	static some_texts t;
	static float before[40 * DIMENSIONS], after[40 * DIMENSIONS];
	static const struct { long size; size_t left; } cuts[] = {{HEAD_BYTES + 40 * RECORD_BYTES - 1, 39},
		{HEAD_BYTES + 39 * RECORD_BYTES + 1, 39}, {HEAD_BYTES + 33 * RECORD_BYTES, 33}, {HEAD_BYTES + 8 * RECORD_BYTES + 16, 8},
		{HEAD_BYTES + 7, 0}, {HEAD_BYTES, 0}};
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "torn") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 40);
	REQUIRE(get(&b, &t, before) == SP_OK && size_of(path) == HEAD_BYTES + 40 * RECORD_BYTES);
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		close_store(&b);
		REQUIRE(truncate(path, cuts[i].size) == 0 && reopen(&b) == SP_OK);
		CHECK(b.found == SP_STORE_GOOD);
		CHECK_INT(sp_vector_store_count(b.store), cuts[i].left);
		CHECK_INT(size_of(path), HEAD_BYTES + (long)cuts[i].left * RECORD_BYTES);
		CHECK(get(&b, &t, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
	}
	/* A batch whose room was taken, but that never came to the disk. */
	close_store(&b);
	REQUIRE(truncate(path, HEAD_BYTES + 30 * RECORD_BYTES) == 0 && truncate(path, HEAD_BYTES + 61 * RECORD_BYTES + 5) == 0);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) == 30);
	CHECK(!find_file(&b, ".aside", path));
	close_store_bed(&b);
}

TEST(test_vectors_damage_is_put_aside)
{
	static some_texts t;
	static float before[100 * DIMENSIONS], after[100 * DIMENSIONS];
	static const long places[] = {HEAD_BYTES + 50 * RECORD_BYTES + 300, HEAD_BYTES, HEAD_BYTES + 17,
		HEAD_BYTES + 3 * RECORD_BYTES - 1, 0, 9, 30, HEAD_BYTES - 1};
	char path[1024], aside[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "damage") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 100);
	REQUIRE(get(&b, &t, before) == SP_OK);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		close_store(&b);
		REQUIRE(flip(path, places[i]) && reopen(&b) == SP_OK);
		CHECK(b.found == SP_STORE_DAMAGED && sp_vector_store_count(b.store) == 0);
		CHECK(find_file(&b, ".aside", aside) && size_of(aside) == HEAD_BYTES + 100 * RECORD_BYTES);
		CHECK(get(&b, &t, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
		unlink(aside);
	}
	REQUIRE(truncate(path, 100) == 0 && reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_DAMAGED);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_GOOD);
	close_store_bed(&b);
}

/* Damage that comes while it is open is no vector. */
TEST(test_vectors_damaged_while_open)
{
	static some_texts t;
	static float vectors[50 * DIMENSIONS];
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "damage-open") && find_file(&b, ".made", path));
	write_texts(&t, "x", 0, 50);
	REQUIRE(get(&b, &t, vectors) == SP_OK && flip(path, HEAD_BYTES + 100));
	CHECK_INT(get(&b, &t, vectors), SP_ERR_CORRUPT);
	REQUIRE(reopen(&b) == SP_OK);
	CHECK(b.found == SP_STORE_DAMAGED && get(&b, &t, vectors) == SP_OK);
	close_store_bed(&b);
}

/* No room: said so, what was there is kept, and it goes on when there is room. */
TEST(test_vectors_full)
{
	static some_texts t;
	static float vectors[100 * DIMENSIONS];
	struct rlimit old, limit;
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "full") && find_file(&b, ".made", path) && getrlimit(RLIMIT_FSIZE, &old) == 0);
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
	CHECK(b.found == SP_STORE_GOOD && missing(&b, &t) == 0);
	close_store_bed(&b);
}

/* Killed at any moment, the store is there again with all batches that it told of. */
TEST(test_vectors_killed)
{
	static some_texts t;
	static float vectors[TEXTS_MOST * DIMENSIONS];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "killed"));
	write_texts(&t, "x", 0, TEXTS_MOST);
	for (int round = 0; round < 8; round++) {
		int told[2];
		size_t count = 0, at_least = 0;
		close_store(&b);
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
		CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) >= at_least);
	}
	close_store_bed(&b);
}

/* ---- sweep ---- */

TEST(test_vectors_sweep)
{
	static some_texts all, few;
	static float before[100 * DIMENSIONS], after[100 * DIMENSIONS];
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "sweep") && find_file(&b, ".made", path));
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
	CHECK(b.found == SP_STORE_GOOD && sp_vector_store_count(b.store) == 100 && b.fake.texts == 170);
	CHECK(get(&b, &all, after) == SP_OK && memcmp(before, after, sizeof before) == 0);
	close_store_bed(&b);
}

TEST(test_vectors_sweep_without_room)
{
	static some_texts t;
	static float vectors[100 * DIMENSIONS];
	struct rlimit old, limit;
	char path[1024];
	bed b = {0};
	REQUIRE(open_store_bed(&b, "sweep-full") && getrlimit(RLIMIT_FSIZE, &old) == 0);
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
	close_store_bed(&b);
}
