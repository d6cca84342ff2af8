/* What the words of a question tell, as learned from the phrasings: the classifier of each document, and its file. */
#include "index_bed.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { FEW = 60, MANY = 300 };

static sp_status put_many(index_bed *f, int from, int to)
{
	sp_status status = SP_OK;
	for (int i = from; status == SP_OK && i < to; i++) {
		const char *path = sp_arena_printf(f->arena, "it/accesso/cosa%d.md", i);
		const char *title = sp_arena_printf(f->arena, "La pratica numero %d", i);
		const char *more = sp_arena_printf(f->arena,
			"questions:\n  - dove chiedo la pratica%d%c\n  - quanto costa la pratica%d%c\n  - la pratica%d%c non arriva\n"
			"  - rinnovo della pratica%d%c\n  - annullare la pratica%d%c\n",
			i, 'a', i, 'a', i, 'a', i, 'a', i, 'a');
		status = put_article(f, path, title, more, "Allo sportello.\n");
	}
	return status;
}

/* Much the same words; one is asked for what was lost, the other for what was stolen. */
static void put_two(index_bed *f)
{
	CHECK_INT(put_article(f, "it/accesso/persa.md", "La carta non si trova",
				  "questions:\n  - ho perso la carta\n  - carta smarrita cosa faccio\n  - non trovo la carta da ieri\n  - dove denuncio la carta persa\n"
				  "  - smarrimento della carta\n",
				  "Chiama.\n"),
		SP_OK);
	CHECK_INT(put_article(f, "it/accesso/rubata.md", "La carta non c'è, me la hanno presa",
				  "questions:\n  - mi hanno rubato la carta\n  - carta rubata cosa faccio\n  - furto della carta ieri\n  - dove denuncio la carta rubata\n"
				  "  - scippo della carta\n",
				  "Chiama.\n"),
		SP_OK);
}

static float wording_of(index_bed *f, const char *question, const char *id)
{
	size_t count;
	sp_question_stats stats;
	sp_candidate *list = ask_for(f, question, &count, &stats);
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].id, id) == 0)
			return list[i].features[SP_FEATURE_WORDING];
	return -99;
}

static bool commit_and_open(index_bed *f)
{
	sp_index_close(f->index);
	f->index = NULL;
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK && sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

/* How many files of what was learned there are; the name of one. */
static int files_of(const index_bed *f, char ret[64])
{
	char path[600];
	int count = 0;
	snprintf(path, sizeof path, "%s/wording", f->folder);
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (entry->d_name[0] != '.') {
			snprintf(ret, 64, "%.60s", entry->d_name);
			count++;
		}
	if (dir)
		closedir(dir);
	return count;
}

TEST(test_wording_tells_two_alike_apart)
{
	index_bed f;
	REQUIRE(open_index_bed(&f));
	put_two(&f);
	put_many(&f, 0, FEW);
	REQUIRE(commit_and_open(&f));
	float right = wording_of(&f, "hanno rubato carta in strada", "rubata"), wrong = wording_of(&f, "hanno rubato carta in strada", "persa");
	CHECK(right > wrong + 0.3f);
	CHECK(right > 0);
	CHECK(wrong >= -2 && right <= 2);
	CHECK(wording_of(&f, "ho smarrito la carta", "persa") > wording_of(&f, "ho smarrito la carta", "rubata") + 0.3f);
	/* By groups of letters too: a slip of the pen. */
	CHECK(wording_of(&f, "carta smarita", "persa") > wording_of(&f, "carta smarita", "rubata"));
	close_index_bed(&f);
}

TEST(test_wording_needs_phrasings)
{
	index_bed f;
	char name[64];
	REQUIRE(open_index_bed(&f));
	for (int i = 0; i < FEW; i++)
		CHECK_INT(put_article(&f, sp_arena_printf(f.arena, "it/accesso/cosa%d.md", i),
					  sp_arena_printf(f.arena, "La pratica numero %d", i), "questions: [dove la chiedo]\n", "Allo sportello.\n"),
			SP_OK);
	REQUIRE(commit_and_open(&f));
	CHECK(wording_of(&f, "la pratica 7", "cosa7") == 0);
	CHECK_INT(files_of(&f, name), 0);
	close_index_bed(&f);
}

TEST(test_wording_needs_documents)
{
	index_bed f;
	char name[64];
	REQUIRE(open_index_bed(&f));
	put_two(&f);
	put_many(&f, 0, 10);
	REQUIRE(commit_and_open(&f));
	CHECK(wording_of(&f, "hanno rubato carta in strada", "rubata") == 0);
	CHECK_INT(files_of(&f, name), 0);
	close_index_bed(&f);
}

TEST(test_wording_of_one_that_changed)
{
	index_bed f;
	char name[64];
	REQUIRE(open_index_bed(&f));
	put_many(&f, 0, MANY);
	REQUIRE(commit_and_open(&f));
	CHECK_INT(files_of(&f, name), 1);
	CHECK_STR(name, "classes-1");
	float before = wording_of(&f, "rinnovo della pratica7a", "cosa7");
	CHECK(before > 0);
	put_two(&f);
	REQUIRE(commit_and_open(&f));
	CHECK_INT(files_of(&f, name), 1);
	CHECK_STR(name, "classes-2");
	/* What did not change is much as it was; what is new is known; what is gone is not. */
	CHECK(fabsf(wording_of(&f, "rinnovo della pratica7a", "cosa7") - before) < 0.03f);
	CHECK(wording_of(&f, "hanno rubato carta in strada", "rubata") > wording_of(&f, "hanno rubato carta in strada", "persa") + 0.3f);
	CHECK_INT(sp_index_writer_remove(f.writer, "persa", SP_LANG_IT, &f.err), SP_OK);
	REQUIRE(commit_and_open(&f));
	CHECK(wording_of(&f, "hanno rubato carta in strada", "persa") == -99);
	CHECK(wording_of(&f, "hanno rubato carta in strada", "rubata") > 0);
	/* Nothing changed: nothing is learned. */
	REQUIRE(commit_and_open(&f));
	files_of(&f, name);
	CHECK_STR(name, "classes-3");
	close_index_bed(&f);
}

/* The words of a change are there before what is learned of them: a new one has no classifier yet. */
TEST(test_wording_comes_after_the_words)
{
	index_bed f;
	REQUIRE(open_index_bed(&f));
	put_many(&f, 0, FEW);
	REQUIRE(commit_and_open(&f));
	put_two(&f);
	CHECK_INT(sp_index_writer_commit_words(f.writer, &f.err), SP_OK);
	sp_index_close(f.index);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	CHECK(wording_of(&f, "mi hanno rubato la carta", "rubata") == -1);
	REQUIRE(commit_and_open(&f));
	CHECK(wording_of(&f, "mi hanno rubato la carta", "rubata") > 0);
	close_index_bed(&f);
}

TEST(test_wording_damaged)
{
	index_bed f;
	char path[700], name[64];
	REQUIRE(open_index_bed(&f));
	put_many(&f, 0, FEW);
	REQUIRE(commit_and_open(&f));
	REQUIRE(files_of(&f, name) == 1);
	sp_index_close(f.index);
	f.index = NULL;
	snprintf(path, sizeof path, "%s/wording/%s", f.folder, name);
	REQUIRE(truncate(path, 2000) == 0);
	CHECK_INT(sp_index_open(f.folder, &f.index, &f.err), SP_ERR_CORRUPT);
	sp_error_clear(&f.err);
	REQUIRE(unlink(path) == 0);
	CHECK_INT(sp_index_open(f.folder, &f.index, &f.err), SP_ERR_CORRUPT);
	close_index_bed(&f);
}
