/* Processor time of a decision from words alone. usage: decide KB DATA QUESTIONS; QUESTIONS: one a line. DATA is made when it is not there.
   Prints one JSON object: articles, questions, median_us, p99_us of the thread's processor time; of each question's first and of its second time
   (again_median_us, again_p99_us), when what was found for it is remembered. */
#include "sportello/answer.h"
#include "sportello/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUESTIONS_MAX 8192
#define LINE_MAX_BYTES 4096

static void fail(const sp_error *err)
{
	fprintf(stderr, "decide: %s %s\n", err->source, err->text);
	exit(3);
}

static double thread_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Microseconds of each question, the first and the second time; how many. */
static size_t measure(FILE *questions, sp_index *index, const sp_kb_config *config, double *ret, double *ret_again)
{
	char line[LINE_MAX_BYTES];
	size_t count = 0;
	sp_error err = {0};
	sp_responder *responder = sp_responder_new(NULL);
	sp_arena *arena = sp_arena_new(0);
	sp_date day = sp_date_of(time(NULL), config->timezone);
	while (responder && arena && count < QUESTIONS_MAX && fgets(line, sizeof line, questions)) {
		sp_decision decision;
		sp_question question = {.text = line, .len = strcspn(line, "\n"), .lang = SP_LANG_IT, .day = day};
		if (question.len == 0)
			continue;
		for (int time = 0; time < 2; time++) {
			double began_us = thread_us();
			if (sp_decide(responder, index, config, &question, arena, &decision, &err) != SP_OK)
				fail(&err);
			*(time ? &ret_again[count] : &ret[count]) = thread_us() - began_us;
			sp_arena_reset(arena);
		}
		count++;
	}
	sp_responder_free(responder);
	sp_arena_free(arena);
	return count;
}

int main(int argc, char **argv)
{
	static double us[QUESTIONS_MAX], again_us[QUESTIONS_MAX];
	sp_error err = {0};
	sp_encoder *encoder;
	sp_publisher *publisher;
	sp_reader *reader;
	sp_index *index;
	FILE *questions = argc == 4 ? fopen(argv[3], "r") : NULL;
	if (!questions)
		return 2;
	sp_encoder_settings none = {.name = "none"};
	if (sp_encoder_new(&none, &encoder, &err) != SP_OK)
		fail(&err);
	sp_publish_options publish = {.kb_dir = argv[1], .data_dir = argv[2], .encoder = encoder};
	if (sp_publisher_open(&publish, &publisher, &err) != SP_OK || sp_reader_open(publisher, &reader, &err) != SP_OK)
		fail(&err);
	const sp_kb_config *config = sp_reader_config(reader);
	if (sp_reader_index(reader, 0, &index, &err) != SP_OK)
		fail(&err);
	size_t count = measure(questions, index, config, us, again_us);
	qsort(us, count, sizeof *us, by_size);
	qsort(again_us, count, sizeof *again_us, by_size);
	printf("{\"articles\":%u,\"questions\":%zu,\"median_us\":%.0f,\"p99_us\":%.0f,\"again_median_us\":%.0f,\"again_p99_us\":%.0f}\n",
		sp_index_count(index), count, count ? us[count / 2] : 0, count ? us[count * 99 / 100] : 0, count ? again_us[count / 2] : 0,
		count ? again_us[count * 99 / 100] : 0);
	sp_reader_close(reader);
	sp_publisher_close(publisher);
	sp_encoder_free(encoder);
	fclose(questions);
	return count ? 0 : 3;
}
