/* How well questions without an answer are grouped into topics. usage: topics QUESTIONS.jsonl MODEL REMEMBERED
   The labelled questions that have an answer are the sample: those of one article are one topic, whoever groups them does not know it. Each
   half of the articles is grouped as src/gaps/topics.c does it, in samples of at most 400 questions, for many thresholds and ways to mix words
   and vectors. Prints for each way B-cubed precision, recall and F0.5 (Bagga and Baldwin 1998; each question counts once, so a large topic
   does not decide alone), and how the threshold that one half chooses does on the other. REMEMBERED: a file
   that keeps the vectors for the next time (a second of two processors for each hundred). Without MODEL ("-"): by words alone. */
#include "gaps/gaps.h"
#include "gaps/terms.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_MAX 400
#define QUESTIONS_MAX 4000
#define DEADLINE_MS 60000

typedef struct question { const char *text, *article; size_t topic; } question;

static void fail(const char *what)
{
	fprintf(stderr, "topics: %s\n", what);
	exit(3);
}

static size_t read_questions(const char *path, question *list, sp_arena *arena)
{
	char line[8192];
	size_t count = 0;
	FILE *file = fopen(path, "re");
	if (!file)
		fail("no such file of questions");
	while (count < QUESTIONS_MAX && fgets(line, sizeof line, file)) {
		json_t *row = json_loads(line, 0, NULL);
		const char *article = json_string_value(json_array_get(json_object_get(row, "articles"), 0));
		const char *text = json_string_value(json_object_get(row, "question"));
		if (text && article)
			list[count++] = (question){sp_arena_strdup(arena, text), sp_arena_strdup(arena, article), 0};
		json_decref(row);
	}
	fclose(file);
	return count;
}

/* ---- one sample ---- */

typedef struct sample {
	size_t count;
	size_t topic[SAMPLE_MAX];
	const char *text[SAMPLE_MAX];
	float *words, *cosine; /* count × count */
} sample;

static void compare_words(sample *s, sp_analyser *analyser, sp_arena *arena)
{
	spi_terms terms;
	spi_term_set *sets = sp_arena_calloc(arena, s->count + 1, sizeof *sets);
	spi_terms_open(&terms, arena);
	for (size_t i = 0; i < s->count; i++)
		if (!spi_terms_read(&terms, analyser, s->text[i], SP_LANG_IT, 1, &sets[i]))
			fail("out of memory");
	for (size_t i = 0; i < s->count; i++)
		if (!spi_terms_weigh(&terms, &sets[i]))
			fail("out of memory");
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < s->count; k++)
			s->words[i * s->count + k] = (float)spi_terms_cosine(&sets[i], &sets[k]);
}

static void compare_vectors(sample *s, sp_encode_queue *queue)
{
	size_t dimensions = sp_encoder_dimensions(sp_encode_queue_encoder(queue));
	float *vectors = calloc(s->count + 1, dimensions * sizeof *vectors);
	sp_error err = {0};
	for (size_t i = 0; i < s->count; i++)
		if (sp_encode_queue_ask(queue, s->text[i], strlen(s->text[i]), vectors + i * dimensions, NULL, &err) != SP_OK)
			fail(err.text);
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < s->count; k++)
			for (size_t d = 0; d < dimensions; d++)
				s->cosine[i * s->count + k] += vectors[i * dimensions + d] * vectors[k * dimensions + d];
	free(vectors);
}

typedef struct way { double words, far, same; } way; /* share of the words; cosines that count as none and as all */

static double mixed(const way *w, double words, double cosine)
{
	double meaning = (cosine - w->far) / (w->same - w->far);
	return w->words * words + (1 - w->words) * (meaning < 0 ? 0 : meaning > 1 ? 1 : meaning);
}

typedef struct score { double precision, recall; } score;

/* F with beta 0.5: a topic that mixes two subjects is of no use, one that is there twice is seen twice. */
static double f_of(score s)
{
	double below = 0.25 * s.precision + s.recall;
	return below > 0 ? 1.25 * s.precision * s.recall / below : 0;
}

static score group(const sample *s, const way *w, double threshold)
{
	size_t n = s->count, found[SAMPLE_MAX];
	sp_arena *arena = sp_arena_new(0);
	float *near = malloc((n * n + 1) * sizeof *near);
	double ones[SAMPLE_MAX];
	score sum = {0};
	for (size_t i = 0; i < n; i++)
		ones[i] = 1;
	for (size_t i = 0; i < n * n; i++)
		near[i] = (float)mixed(w, s->words[i], s->cosine[i]);
	if (!spi_gap_linkage(near, ones, n, threshold, found, arena))
		fail("out of memory");
	for (size_t i = 0; i < n; i++) {
		double both = 0, here = 0, there = 0;
		for (size_t k = 0; k < n; k++) {
			here += found[k] == found[i];
			there += s->topic[k] == s->topic[i];
			both += found[k] == found[i] && s->topic[k] == s->topic[i];
		}
		sum.precision += both / here / (double)n;
		sum.recall += both / there / (double)n;
	}
	free(near);
	sp_arena_free(arena);
	return sum;
}

/* ---- halves ---- */

/* Articles of one half, at most SAMPLE_MAX questions a sample. */
static size_t make_samples(const question *list, size_t count, int half, sample *samples, sp_analyser *analyser, sp_encode_queue *queue, sp_arena *arena)
{
	size_t made = 1;
	memset(samples, 0, 2 * sizeof *samples);
	for (size_t i = 0; i < count; i++) {
		if ((int)(list[i].topic % 2) != half)
			continue;
		sample *s = &samples[list[i].topic / 2 % 2];
		made = 2;
		if (s->count < SAMPLE_MAX) {
			s->topic[s->count] = list[i].topic;
			s->text[s->count++] = list[i].text;
		}
	}
	for (size_t i = 0; i < made; i++) {
		sample *s = &samples[i];
		s->words = sp_arena_calloc(arena, s->count * s->count + 1, sizeof(float));
		s->cosine = sp_arena_calloc(arena, s->count * s->count + 1, sizeof(float));
		compare_words(s, analyser, arena);
		if (queue)
			compare_vectors(s, queue);
	}
	return made;
}

static score group_all(const sample *samples, size_t count, const way *w, double threshold)
{
	score mean = {0};
	for (size_t i = 0; i < count; i++) {
		score s = group(&samples[i], w, threshold);
		mean.precision += s.precision / (double)count;
		mean.recall += s.recall / (double)count;
	}
	return mean;
}

/* Both halves, for each threshold; and which threshold one half chooses, as it does on the other. */
static void tell(const sample halves[2][2], const size_t made[2], const way *w)
{
	double best[2] = {0}, at[2] = {0};
	printf("\nwords %.1f, vectors from %.2f to %.2f\nthreshold  precision  recall  F0.5\n", w->words, w->far, w->same);
	for (double threshold = 0.06; threshold < 0.51; threshold += 0.02) {
		score sum = {0};
		for (int half = 0; half < 2; half++) {
			score s = group_all(halves[half], made[half], w, threshold);
			if (f_of(s) > best[half])
				best[half] = f_of(s), at[half] = threshold;
			sum.precision += s.precision / 2;
			sum.recall += s.recall / 2;
		}
		printf("%.2f       %.3f      %.3f   %.3f\n", threshold, sum.precision, sum.recall, f_of(sum));
	}
	for (int half = 0; half < 2; half++)
		printf("%.2f is best on half %d (F %.3f), and gives F %.3f on the other\n", at[half], half, best[half],
			f_of(group_all(halves[1 - half], made[1 - half], w, at[half])));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static question list[QUESTIONS_MAX];
	static sample halves[2][2];
	size_t made[2];
	sp_arena *arena = sp_arena_new(0);
	sp_encoder *encoder = NULL;
	sp_encode_queue *queue = NULL;
	sp_error err = {0};
	if (argc != 4)
		fail("usage: topics QUESTIONS.jsonl MODEL|- REMEMBERED");
	bool with_vectors = strcmp(argv[2], "-") != 0;
	const sp_encoder_settings settings = {.name = "e5", .model = argv[2]};
	const sp_encode_queue_settings queue_settings = {.deadline_ms = DEADLINE_MS, .file = argv[3]};
	if (with_vectors && (sp_encoder_new(&settings, &encoder, &err) != SP_OK || sp_encode_queue_new(encoder, &queue_settings, &queue, &err) != SP_OK))
		fail(err.text);
	size_t count = read_questions(argv[1], list, arena), topics = 0;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;
		while (k < i && strcmp(list[k].article, list[i].article) != 0)
			k++;
		list[i].topic = k < i ? list[k].topic : topics++;
	}
	sp_responder *responder = sp_responder_new(NULL);
	for (int half = 0; half < 2; half++) {
		made[half] = make_samples(list, count, half, halves[half], sp_responder_analyser(responder), queue, arena);
		printf("half %d: %zu and %zu questions\n", half, halves[half][0].count, halves[half][1].count);
	}
	tell(halves, made, &(way){1, 0, 1});
	for (double words = 0; with_vectors && words < 0.75; words += 0.2)
		for (double same = 0.92; same < 0.97; same += 0.04)
			tell(halves, made, &(way){words, 0.82, same});
	sp_responder_free(responder);
	sp_encode_queue_free(queue);
	sp_encoder_free(encoder);
	sp_arena_free(arena);
	return 0;
}
