/* What an edit of a large index writes and learns, and what it leaves as it was. */
#include "harness.h"
#include "vectors_bed.h"

#include "base/file.h"
#include "base/hash.h"
#include "index/meaning.h"
#include "index/meaning_model.h"
#include "index/meaning_runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MANY 300 /* documents: one edit of them does not change what all are learned from */
#define FEW 40
#define PHRASINGS 5
#define TOKEN_BYTES 32

typedef struct index_bed {
	char folder[512];
	fake_encoder fake;
	sp_encoder *encoder;
	sp_vector_store *store;
	spi_meaning_writer *writer;
	uint64_t revision;
	spi_meaning *meaning;
	sp_error err;
} index_bed;

static bool open_writer(index_bed *b)
{
	return spi_meaning_writer_open(b->folder, b->revision, b->store, &b->writer, &b->err) == SP_OK;
}

/* made_in: the store; shared by tests, as making vectors is what takes time. */
static bool open_index(index_bed *b, const char *name, const char *made_in)
{
	char made[600];
	*b = (index_bed){.fake.token_bytes = TOKEN_BYTES};
	snprintf(b->folder, sizeof b->folder, "%s/%s", harness_folder(), name);
	snprintf(made, sizeof made, "%s/%s", harness_folder(), made_in);
	return fake_encoder_open(&b->fake, &b->encoder, &b->err) == SP_OK &&
		   sp_vector_store_open(made, b->encoder, &b->store, NULL, &b->err) == SP_OK && open_writer(b);
}

static void close_index(index_bed *b)
{
	spi_meaning_close(b->meaning);
	spi_meaning_writer_close(b->writer);
	sp_vector_store_close(b->store);
	sp_encoder_free(b->encoder);
	fake_encoder_end(&b->fake);
}

static void name_phrasing(char ret[64], uint32_t docid, int number, const char *version)
{
	snprintf(ret, 64, "question %d of %u %s", number, docid, version);
}

static void name_passage(char ret[64], uint32_t docid, const char *version)
{
	snprintf(ret, 64, "what %u says %s", docid, version);
}

static bool put(index_bed *b, uint32_t docid, const char *version, bool has_passage)
{
	char phrasings[PHRASINGS][64], title[64], passage[64] = "";
	const char *items[PHRASINGS];
	for (int i = 0; i < PHRASINGS; i++) {
		name_phrasing(phrasings[i], docid, i, version);
		items[i] = phrasings[i];
	}
	snprintf(title, sizeof title, "title %u", docid);
	if (has_passage)
		name_passage(passage, docid, version);
	sp_article article = {.title = title, .lang = SP_LANG_EN, .questions = {items, PHRASINGS}};
	sp_view view = {.plain = passage, .plain_len = strlen(passage)};
	return spi_meaning_put(b->writer, docid, &(sp_document){.article = &article, .view = &view}, &b->err) == SP_OK;
}

static bool fill(index_bed *b, uint32_t documents)
{
	for (uint32_t docid = 1; docid <= documents; docid++)
		if (!put(b, docid, "old", true))
			return false;
	return true;
}

/* Writes, and reads what was written. */
static bool commit(index_bed *b)
{
	spi_meaning_close(b->meaning);
	b->meaning = NULL;
	if (spi_meaning_write(b->writer, &b->revision, &b->err) != SP_OK)
		return false;
	spi_meaning_sweep(b->writer);
	return spi_meaning_open(b->folder, b->revision, &b->meaning, &b->err) == SP_OK;
}

static long size_of_tokens(const index_bed *b, int revision)
{
	char path[600];
	snprintf(path, sizeof path, "%s/vectors/tokens-%d", b->folder, revision);
	return size_of(path);
}

/* How near a document is to a phrasing; all zero when it is not there. */
static spi_nearness near_to(const index_bed *b, uint32_t docid, const char *phrasing)
{
	float vector[DIMENSIONS];
	const spi_nearness *near;
	fake_vector(SP_ENCODE_QUESTION, phrasing, strlen(phrasing), DIMENSIONS, vector);
	size_t count = spi_meaning_compare(b->meaning, vector, SP_LANG_EN, &near);
	for (size_t i = 0; i < count; i++)
		if (near[i].docid == docid)
			return near[i];
	return (spi_nearness){0};
}

/* How well a document's tokens answer the words of a passage as it was in a version: 1 = the same. */
static float answers(const index_bed *b, uint32_t docid, const char *version)
{
	char passage[64], text[160];
	signed char rows[SP_ENCODE_TOKENS_MAX * TOKEN_BYTES];
	float best = 0, all;
	name_passage(passage, docid, version);
	snprintf(text, sizeof text, "title %u. %s", docid, passage);
	sp_token_rows question = {.rows = rows};
	fake_tokens(SP_ENCODE_PASSAGE, text, strlen(text), TOKEN_BYTES, &question);
	return spi_meaning_ask_tokens(b->meaning, &question, NULL) == SP_OK && spi_meaning_tokens(b->meaning, docid, &best, &all) ? best : 0;
}

TEST(test_meaning_edit_writes_and_learns_what_changed)
{
	index_bed b;
	char old[64], new[64], other[64];
	REQUIRE(open_index(&b, "edit", "made") && fill(&b, MANY) && commit(&b));
	name_phrasing(old, 150, 2, "old");
	name_phrasing(new, 150, 2, "new");
	name_phrasing(other, 7, 1, "old");
	spi_nearness before = near_to(&b, 7, other);
	float tokens = answers(&b, 7, "old");
	CHECK(near_to(&b, 150, old).class_score > near_to(&b, 150, new).class_score + 0.5f);
	REQUIRE(put(&b, 150, "new", true) && commit(&b));
	CHECK(near_to(&b, 150, new).phrase > 0.99f && near_to(&b, 150, old).phrase < 0.5f);
	CHECK(near_to(&b, 150, new).class_score > near_to(&b, 150, old).class_score + 0.5f);
	spi_nearness after = near_to(&b, 7, other);
	CHECK(after.phrase == before.phrase && after.all == before.all);
	CHECK(fabsf(after.class_score - before.class_score) < 0.1f);
	CHECK(answers(&b, 150, "new") > answers(&b, 150, "old"));
	CHECK(answers(&b, 7, "old") == tokens);
	CHECK(size_of_tokens(&b, 1) > 20 * size_of_tokens(&b, 2) && size_of_tokens(&b, 2) > 0);
	close_index(&b);
}

TEST(test_meaning_edits_gather_across_writers_until_all_is_learned_again)
{
	index_bed b;
	REQUIRE(open_index(&b, "gather", "made") && fill(&b, MANY) && commit(&b));
	float tokens = answers(&b, 7, "old");
	for (uint32_t docid = 11; docid <= 16; docid++) {
		spi_meaning_writer_close(b.writer);
		REQUIRE(open_writer(&b) && put(&b, docid, "new", true) && commit(&b));
		CHECK(size_of_tokens(&b, 1) > 0);
	}
	CHECK(answers(&b, 11, "new") > answers(&b, 11, "old") && answers(&b, 16, "new") > answers(&b, 16, "old"));
	long since = size_of_tokens(&b, 7);
	REQUIRE(put(&b, 17, "new", true) && commit(&b));
	CHECK_INT(size_of_tokens(&b, 1), -1);
	CHECK(size_of_tokens(&b, 8) > 20 * since);
	CHECK(answers(&b, 11, "new") > answers(&b, 11, "old") && answers(&b, 17, "new") > answers(&b, 17, "old"));
	CHECK(answers(&b, 7, "old") == tokens);
	close_index(&b);
}

TEST(test_meaning_what_is_taken_out_is_gone_and_stays_so)
{
	index_bed b;
	char phrasing[64];
	REQUIRE(open_index(&b, "removed", "made") && fill(&b, MANY) && commit(&b));
	name_phrasing(phrasing, 20, 0, "old");
	float whole = answers(&b, 30, "old");
	REQUIRE(spi_meaning_remove(b.writer, 20, &b.err) == SP_OK && put(&b, 30, "new", false) && commit(&b));
	CHECK_INT(near_to(&b, 20, phrasing).docid, 0);
	CHECK(answers(&b, 20, "old") == 0 && answers(&b, 30, "old") < 0.6f * whole); /* phrasings are left of it */
	for (uint32_t docid = 41; docid <= 46; docid++)
		REQUIRE(put(&b, docid, "new", true));
	REQUIRE(commit(&b));
	CHECK_INT(size_of_tokens(&b, 1), -1);
	CHECK(answers(&b, 20, "old") == 0 && answers(&b, 30, "old") < 0.6f * whole && answers(&b, 31, "old") > 0.9f * whole);
	close_index(&b);
}

TEST(test_meaning_small_index_learns_all_with_every_change)
{
	index_bed edited, anew;
	char phrasing[64];
	REQUIRE(open_index(&edited, "small", "made") && fill(&edited, FEW) && commit(&edited));
	REQUIRE(put(&edited, 9, "new", true) && commit(&edited));
	CHECK_INT(size_of_tokens(&edited, 1), -1);
	REQUIRE(open_index(&anew, "anew", "made-anew") && fill(&anew, FEW) && put(&anew, 9, "new", true) && commit(&anew));
	for (uint32_t docid = 1; docid <= FEW; docid++) {
		name_phrasing(phrasing, docid, 3, docid == 9 ? "new" : "old");
		spi_nearness a = near_to(&edited, docid, phrasing), b = near_to(&anew, docid, phrasing);
		CHECK(fabsf(a.class_score - b.class_score) < 0.02f && fabsf(a.all - b.all) < 0.01f);
	}
	close_index(&edited);
	close_index(&anew);
}

/* How much nearer a question is to those that no article answers; NAN when there are none. */
static float unanswered(const index_bed *b, const char *question)
{
	float ret;
	near_to(b, 0, question);
	return spi_meaning_unanswered(b->meaning, SP_LANG_EN, &ret) ? ret : NAN;
}

static bool put_unanswered(index_bed *b, const char *const *questions, size_t count)
{
	const sp_strings list = {(const char **)questions, count};
	return spi_meaning_put_unanswered(b->writer, SP_LANG_EN, &list, &b->err) == SP_OK;
}

TEST(test_meaning_tells_questions_that_no_article_answers)
{
	index_bed b;
	const char *const questions[] = {"where is the moon", "who feeds the quokka", "why is the sea wet"};
	const spi_nearness *near;
	float vector[DIMENSIONS] = {1};
	char phrasing[64];
	name_phrasing(phrasing, 3, 1, "old");
	CHECK(open_index(&b, "unanswered", "made"));
	CHECK(fill(&b, FEW) && commit(&b));
	double phrasings = spi_meaning_phrasings(b.meaning, SP_LANG_EN);
	spi_nearness before = near_to(&b, 3, phrasing);
	CHECK(isnan(unanswered(&b, questions[0])));
	CHECK(put_unanswered(&b, questions, 3) && commit(&b));
	CHECK(unanswered(&b, questions[1]) > 0.2f);
	CHECK(unanswered(&b, phrasing) < -0.1f);
	float other;
	CHECK(!spi_meaning_unanswered(b.meaning, SP_LANG_IT, &other)); /* of this language none are known */
	/* They are no article, and what was learned of the articles is as it was. */
	CHECK_INT((int)spi_meaning_compare(b.meaning, vector, SP_LANG_EN, &near), FEW);
	CHECK(fabs(spi_meaning_phrasings(b.meaning, SP_LANG_EN) - phrasings) < 1e-6);
	spi_nearness after = near_to(&b, 3, phrasing);
	CHECK(fabsf(after.class_score - before.class_score) < 0.02f && fabsf(after.all - before.all) < 0.01f);
	/* They stay when an article changes, and go when the list is empty. */
	CHECK(put(&b, 5, "new", true) && commit(&b));
	CHECK(unanswered(&b, questions[2]) > 0.2f);
	CHECK(put_unanswered(&b, NULL, 0) && commit(&b));
	CHECK(isnan(unanswered(&b, questions[2])));
	close_index(&b);
}

/* ---- runs of rows ---- */

static int highest_first(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x < y) - (x > y);
}

/* Of every length, with equal ones among them: cosines, their highest and their exponentials as one after the other gives them; what is
   behind the run stays. */
TEST(test_meaning_runs)
{
	enum { MOST = 41 };
	for (size_t count = 1; count <= MOST; count++) {
		float dots[MOST + 1], lengths[MOST + 1], wanted[MOST], highest[SPI_HIGHEST];
		double all = 0;
		for (size_t i = 0; i < count; i++) {
			uint64_t chance = spi_hash64(&(size_t){i * 64 + count}, sizeof(size_t));
			dots[i] = (float)(chance % 40) / 50 - 0.3f;
			lengths[i] = 0.5f + (float)(chance >> 32 & 0xff) / 512;
			wanted[i] = (dots[i] - 0.1f) / lengths[i];
			all += exp(SPI_SHARPNESS * ((double)wanted[i] - 1));
		}
		dots[count] = lengths[count] = 7;
		spi_run_near near = spi_run_centre(dots, lengths, count, 0.1f);
		CHECK(memcmp(dots, wanted, count * sizeof *dots) == 0 && dots[count] == 7);
		CHECK(fabs((double)near.all / all - 1) < 1e-5);
		for (int k = 0; k < SPI_HIGHEST; k++)
			highest[k] = -INFINITY;
		spi_run_highest(dots, count / 2, highest);
		spi_run_highest(dots + count / 2, count - count / 2, highest);
		qsort(wanted, count, sizeof *wanted, highest_first);
		CHECK(near.most == wanted[0]);
		for (size_t k = 0; k < SPI_HIGHEST; k++)
			CHECK(highest[k] == (k < count ? wanted[k] : -INFINITY));
	}
}

/* What a run is: owner, kind and language in a row; what this version does not know is no index of its own. */
TEST(test_meaning_runs_found)
{
	const sp_vector_row labels[] = {{1, spi_row_label(SPI_ROW_TITLE, SP_LANG_IT)}, {1, spi_row_label(SPI_ROW_QUESTION, SP_LANG_IT)},
		{1, spi_row_label(SPI_ROW_QUESTION, SP_LANG_IT)}, {2, spi_row_label(SPI_ROW_QUESTION, SP_LANG_IT)},
		{2, spi_row_label(SPI_ROW_QUESTION, SP_LANG_DE)}, {3, spi_row_label(SPI_ROW_KINDS, SP_LANG_IT)}};
	spi_runs runs;
	REQUIRE(spi_runs_find(labels, 5, &runs, NULL) == SP_OK);
	CHECK_INT(runs.count, 4);
	CHECK(runs.items[1].owner == 1 && runs.items[1].kind == SPI_ROW_QUESTION && runs.items[1].first == 1 && runs.items[1].count == 2);
	CHECK(runs.items[3].owner == 2 && runs.items[3].lang == SP_LANG_DE && runs.items[3].first == 4 && runs.items[3].count == 1);
	spi_runs_release(&runs);
	CHECK_INT(spi_runs_find(labels, 6, &runs, NULL), SP_ERR_CORRUPT);
	spi_runs_release(&runs);
	REQUIRE(spi_runs_find(labels, 0, &runs, NULL) == SP_OK);
	CHECK_INT(runs.count, 0);
	spi_runs_release(&runs);
}
