/* An index that was joined of parts is the one that a single writer would have made. */
#include "index_bed.h"

#include "base/file.h"

/* More than are joined in one pass. */
#define ARTICLES 70

static const char *const words[] = {"bonifico", "tessera", "ricevuta", "cellulare", "password", "identità", "rimborso", "addebito", "notifica", "cittadino"};

static const char *word(int number)
{
	return words[number % (int)(sizeof words / sizeof *words)];
}

static void put_numbered(index_bed *f, int number)
{
	char path[64], title[128], more[256], body[512];
	snprintf(path, sizeof path, "%s/accesso/a%02d.md", number % 9 == 8 ? "en" : "it", number);
	snprintf(title, sizeof title, "Come si chiede %s numero%d", word(number), number);
	snprintf(more, sizeof more, "questions: [dove trovo %s, %s smarrita %d]\nkeywords: [%s]\n%s", word(number + 1), word(number * 3), number, word(number / 7),
		number % 11 == 3 ? "valid_from: 2030-01-01\n" : "");
	snprintf(body, sizeof body, "Per %s serve anche %s.\n\n## Con %s\n\nAspetta la %s %s.\n", word(number), word(number * 7 + 2), word(number / 3), word(number / 5), word(number + 4));
	CHECK_INT(put_article(f, path, title, more, body), SP_OK);
}

static bool open_for_reading(index_bed *f)
{
	sp_index_writer_close(f->writer);
	f->writer = NULL;
	return sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

static bool write_alone(index_bed *f)
{
	if (!open_index_bed(f))
		return false;
	for (int i = 0; i < ARTICLES; i++)
		put_numbered(f, i);
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK;
}

/* Each article a part of its own. */
static bool write_parts(index_bed *f, const char *sources[ARTICLES])
{
	for (int i = 0; i < ARTICLES; i++) {
		sources[i] = sp_arena_printf(f->arena, "%s-parts/%d", f->folder, i);
		if (sp_index_part_open(sources[i], &f->writer, &f->err) != SP_OK)
			return false;
		put_numbered(f, i);
		CHECK_INT(sp_index_writer_commit(f->writer, &f->err), SP_OK);
		sp_index_writer_close(f->writer);
		f->writer = NULL;
	}
	return true;
}

static bool write_joined(index_bed *f)
{
	const char *sources[ARTICLES];
	if (!open_index_bed(f))
		return false;
	sp_index_writer_close(f->writer);
	f->writer = NULL;
	return spi_remove_tree(f->folder, &f->err) == SP_OK && write_parts(f, sources) && sp_index_join(f->folder, sources, ARTICLES, &f->err) == SP_OK &&
		   sp_index_writer_open(f->folder, NULL, &f->writer, &f->err) == SP_OK &&
		   sp_index_writer_configure(f->writer, f->config, 0, &f->err) == SP_OK && sp_index_writer_commit(f->writer, &f->err) == SP_OK;
}

static void check_same_hits(index_bed *one, index_bed *other, const char *text)
{
	sp_query query = {.lang = SP_LANG_IT, .audience = -1, .limit = 100, .want_facets = true, .want_snippets = true, .want_correction = true};
	sp_result a = search_for(one, text, query), b = search_for(other, text, query);
	CHECK_INT(b.total, a.total);
	CHECK_STR(b.corrected ? b.corrected : "", a.corrected ? a.corrected : "");
	CHECK_INT(b.categories.count, a.categories.count);
	REQUIRE(a.hits_count == b.hits_count);
	for (size_t i = 0; i < a.hits_count; i++) {
		CHECK_INT(b.hits[i].docid, a.hits[i].docid);
		CHECK_STR(b.hits[i].record.title, a.hits[i].record.title);
		CHECK_STR(b.hits[i].snippet, a.hits[i].snippet);
		CHECK(b.hits[i].score == a.hits[i].score);
	}
}

static void check_same_candidates(index_bed *one, index_bed *other, const char *text)
{
	size_t a_count, b_count;
	sp_question_stats a_stats, b_stats;
	sp_candidate *a = ask_for(one, text, &a_count, &a_stats), *b = ask_for(other, text, &b_count, &b_stats);
	CHECK_INT(b_stats.known_words, a_stats.known_words);
	CHECK(b_stats.idf_sum == a_stats.idf_sum);
	REQUIRE(a_count == b_count);
	for (size_t i = 0; i < a_count; i++) {
		CHECK_STR(b[i].id, a[i].id);
		CHECK(memcmp(b[i].features, a[i].features, sizeof a[i].features) == 0);
	}
}

static void check_same(index_bed *one, index_bed *other)
{
	static const char *const asked[] = {"dove trovo la ricevuta", "tessera smarrita", "telefonino", "rimbroso del bonifico", "numero12", "", "niente di tutto questo"};
	CHECK_INT(sp_index_count(other->index), sp_index_count(one->index));
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		check_same_hits(one, other, asked[i]);
		if (*asked[i])
			check_same_candidates(one, other, asked[i]);
	}
}

TEST(test_index_joined_is_as_if_written_by_one)
{
	index_bed alone, joined;
	REQUIRE(write_alone(&alone) && write_joined(&joined));
	REQUIRE(open_for_reading(&alone) && open_for_reading(&joined));
	CHECK_INT(sp_index_count(joined.index), ARTICLES);
	sp_result slip = search_for(&joined, "rimbroso", (sp_query){.lang = SP_LANG_IT, .audience = -1, .want_correction = true});
	CHECK_STR(slip.corrected ? slip.corrected : "", "rimborso");
	CHECK(search_for(&joined, "telefonino", (sp_query){.lang = SP_LANG_IT, .audience = -1}).total > 0); /* by a synonym */
	check_same(&alone, &joined);
	close_index_bed(&alone);
	close_index_bed(&joined);
}

/* What comes later finds what it replaces or takes back: documents, and words of the spelling dictionary. */
TEST(test_index_joined_goes_on_as_if_written_by_one)
{
	index_bed beds[2];
	REQUIRE(write_alone(&beds[0]) && write_joined(&beds[1]));
	for (int i = 0; i < 2; i++) {
		index_bed *f = &beds[i];
		CHECK_INT(sp_index_writer_remove(f->writer, "a05", SP_LANG_IT, &f->err), SP_OK);
		CHECK_INT(put_article(f, "it/accesso/a12.md", "Un titolo quokka", "", "Tutto nuovo.\n"), SP_OK);
		CHECK_INT(put_article(f, "it/accesso/b99.md", "Ancora una ricevuta", "", "In fondo.\n"), SP_OK);
		CHECK_INT(sp_index_writer_commit(f->writer, &f->err), SP_OK);
		REQUIRE(open_for_reading(f));
	}
	CHECK_INT(sp_index_count(beds[1].index), ARTICLES);
	CHECK_INT(search_for(&beds[1], "numero12", USUAL).total, 0);
	CHECK_INT(search_for(&beds[1], "quokka", USUAL).total, 1);
	check_same(&beds[0], &beds[1]);
	close_index_bed(&beds[0]);
	close_index_bed(&beds[1]);
}

/* A part that is missing, and one that is no index. */
TEST(test_index_join_of_what_is_not_there)
{
	index_bed f;
	REQUIRE(open_index_bed(&f));
	const char *none[] = {"/nowhere/at/all"};
	char folder[600];
	snprintf(folder, sizeof folder, "%s-other", f.folder);
	CHECK(sp_index_join(folder, none, 1, &f.err) != SP_OK);
	CHECK(f.err.text[0] != '\0');
	sp_index *index;
	CHECK(sp_index_open(folder, &index, NULL) != SP_OK);
	close_index_bed(&f);
}
