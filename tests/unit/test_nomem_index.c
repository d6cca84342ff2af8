/* Memory that runs out (nomem.h) in an index that nothing was read from yet, and what it tells afterwards. */
#include "harness.h"
#include "index_bed.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

TEST(test_nomem_index_is_tried_without_sanitizers)
{
	CHECK(true); /* they have a malloc of their own */
}

#else

#define NOMEM_NEW
#include "nomem.h"

static index_bed bed;

/* With phrasings that something is learned of. */
static bool put_asked_often(const char *path, const char *about)
{
	sp_buffer more = SP_BUFFER_INIT;
	sp_buffer_printf(&more, "questions:\n");
	for (int i = 0; i < 6; i++)
		sp_buffer_printf(&more, "  - %s domanda numero %d\n", about, i);
	bool ok = put_article(&bed, path, about, sp_buffer_text(&more), "Si chiede allo sportello.\n") == SP_OK;
	sp_buffer_release(&more);
	return ok;
}

static bool put_many(void)
{
	char path[64], about[64];
	bool ok = true;
	for (int i = 0; ok && i < 60; i++) {
		snprintf(path, sizeof path, "it/accesso/pratica%d.md", i);
		snprintf(about, sizeof about, "la pratica%d", i);
		ok = put_asked_often(path, about);
	}
	return ok;
}

static bool opened(void)
{
	static bool is_open;
	if (!is_open && open_usual(&bed) && put_many() && sp_index_writer_commit(bed.writer, &bed.err) == SP_OK) {
		is_open = true;
		sp_index_close(bed.index);
		bed.index = NULL;
	}
	return is_open;
}

static sp_status look(sp_index *index, sp_analyser *analyser, sp_arena *arena, uint64_t *ret_total)
{
	static const char text[] = "codice otp telefonino pagamentto doppio rimborso";
	sp_result found;
	sp_suggestion *suggestions;
	sp_candidate *candidates;
	size_t count;
	sp_query query = {.text = text, .text_len = sizeof text - 1, .lang = SP_LANG_IT, .day = TODAY, .audience = -1, .limit = 10};
	sp_ask ask = {.text = text, .len = sizeof text - 1, .lang = SP_LANG_IT, .day = TODAY, .limit = 5};
	sp_status status = sp_index_search(index, analyser, &query, arena, &found, NULL);
	if (status == SP_OK)
		*ret_total = found.total;
	if (status == SP_OK)
		status = sp_index_suggest(index, analyser, "rimb", 4, SP_LANG_IT, TODAY, 5, arena, &suggestions, &count, NULL);
	if (status == SP_OK)
		status = sp_index_candidates(index, analyser, &ask, arena, &candidates, &count, NULL, NULL);
	return status;
}

/* An index of its own each time: all lists, cards and records are read. */
static sp_status open_and_look(sp_arena *arena)
{
	sp_index *index = NULL;
	sp_analyser *analyser = sp_analyser_new();
	uint64_t total;
	sp_status status = analyser ? sp_index_open(bed.folder, &index, NULL) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = look(index, analyser, arena, &total);
	sp_index_close(index);
	sp_analyser_free(analyser);
	return status;
}

/* After a failure the same index is asked again, with memory: what it kept in between must be right. */
static sp_status look_again(sp_arena *arena)
{
	static uint64_t right;
	sp_index *index = NULL;
	uint64_t total = 0;
	size_t all = fail_at;
	fail_at = 0; /* opening is tried by the other test */
	sp_analyser *analyser = sp_analyser_new();
	CHECK_INT(sp_index_open(bed.folder, &index, NULL), SP_OK);
	asked = 0, fail_at = all;
	sp_status status = look(index, analyser, arena, &total);
	size_t tried = asked;
	fail_at = 0;
	sp_arena *with_memory = sp_arena_new(0);
	CHECK_INT(look(index, analyser, with_memory, &total), SP_OK);
	if (!right)
		right = total;
	CHECK_INT(total, right);
	CHECK(total > 0);
	sp_arena_free(with_memory);
	sp_index_close(index);
	sp_analyser_free(analyser);
	asked = tried;
	return status;
}

TEST(test_nomem_index_open)
{
	REQUIRE(opened());
	try_some(open_and_look, 2000);
}

TEST(test_nomem_index_asked_again)
{
	REQUIRE(opened());
	try_some(look_again, 2000);
	close_index_bed(&bed);
}

#endif
