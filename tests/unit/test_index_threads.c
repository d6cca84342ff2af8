/* One index a thread, as the service has it: what the library below keeps once for all threads may not be touched by them. */
#include "index_bed.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 6, ROUNDS = 10000 };

typedef struct reading {
	const index_bed *bed;
	pthread_t thread;
	atomic_bool *begin;
	unsigned wrong;
} reading;

/* Everything, something, and what a longer question asks. */
static bool reads_right(sp_index *index, sp_analyser *analyser, sp_arena *arena)
{
	static const char *const texts[] = {"", "c", "rimborso pagamento"};
	static const uint64_t want[] = {5, 0, 1};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sp_query query = USUAL;
		sp_result result = {0};
		query.text = texts[i];
		query.text_len = strlen(texts[i]);
		query.day = TODAY;
		query.limit = 10;
		if (sp_index_search(index, analyser, &query, arena, &result, NULL) != SP_OK || (want[i] && result.total != want[i]))
			return false;
	}
	return true;
}

static void *read_on(void *arg)
{
	reading *r = arg;
	sp_index *index = NULL;
	sp_analyser *analyser = sp_analyser_new();
	sp_arena *arena = sp_arena_new(0);
	if (sp_index_open(r->bed->folder, &index, NULL) != SP_OK)
		r->wrong++;
	while (!atomic_load(r->begin)) {
	}
	for (int i = 0; i < ROUNDS && r->wrong == 0; i++) {
		r->wrong += !reads_right(index, analyser, arena);
		sp_arena_reset(arena);
	}
	sp_index_close(index);
	sp_arena_free(arena);
	sp_analyser_free(analyser);
	return NULL;
}

TEST(test_index_threads_share_nothing)
{
	index_bed f;
	atomic_bool begin = false;
	reading readings[THREADS];
	REQUIRE(open_usual(&f));
	for (int i = 0; i < THREADS; i++) {
		readings[i] = (reading){.bed = &f, .begin = &begin};
		pthread_create(&readings[i].thread, NULL, read_on, &readings[i]);
	}
	atomic_store(&begin, true);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(readings[i].thread, NULL);
		CHECK_INT(readings[i].wrong, 0);
	}
	close_index_bed(&f);
}
