/* How usual a question's words are in an article's phrasings. */
#include "index_bed.h"

#include <math.h>
#include <string.h>

/* Both have the question's nearest phrasing, word for word but for one; only one is asked for refunds again and again. */
static bool open_two(index_bed *f)
{
	if (!open_index_bed(f))
		return false;
	put_article(f, "it/accesso/rimborsi.md", "Quando arriva il denaro",
		"questions:\n  - quando arriva il rimborso della multa\n  - rimborso non arrivato\n  - aspetto il rimborso da mesi\n"
		"  - rimborso multa mai visto\n",
		"Entro sessanta giorni.\n");
	put_article(f, "it/accesso/multe.md", "Come si paga una sanzione",
		"questions:\n  - quando arriva il verbale della multa\n  - pagare una multa online\n  - multa rimborso tempi\n  - sconto entro cinque giorni\n",
		"Con l'avviso.\n");
	put_article(f, "it/accesso/altro.md", "Orari degli uffici", "questions:\n  - a che ora aprite\n", "Alle nove.\n");
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK && sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

static const sp_candidate *of(const sp_candidate *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].id, id) == 0)
			return &list[i];
	return NULL;
}

TEST(test_odds_count_all_phrasings)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_two(&f));
	sp_candidate *list = ask_for(&f, "rimborso", &count, &stats);
	const sp_candidate *often = of(list, count, "rimborsi"), *once = of(list, count, "multe");
	REQUIRE(often && once);
	CHECK(often->features[SP_FEATURE_WORD_ODDS] > 0);
	CHECK(often->features[SP_FEATURE_WORD_ODDS] > once->features[SP_FEATURE_WORD_ODDS] + 0.5f);
	list = ask_for(&f, "multa rimborso", &count, &stats);
	often = of(list, count, "rimborsi"), once = of(list, count, "multe");
	REQUIRE(often && once);
	/* Together in two phrasings of four, and in one. */
	CHECK(once->features[SP_FEATURE_PAIR_ODDS] > 0);
	CHECK(often->features[SP_FEATURE_PAIR_ODDS] > once->features[SP_FEATURE_PAIR_ODDS]);
	list = ask_for(&f, "sconto verbale", &count, &stats);
	once = of(list, count, "multe");
	REQUIRE(once);
	CHECK(once->features[SP_FEATURE_WORD_ODDS] > 0);
	CHECK(once->features[SP_FEATURE_PAIR_ODDS] == 0);
	close_index_bed(&f);
}

/* Odds of the words for the article that is asked for refunds; -99 when it is not found. */
static float odds_of(index_bed *f, const char *question)
{
	size_t count;
	sp_question_stats stats;
	sp_candidate *list = ask_for(f, question, &count, &stats);
	const sp_candidate *often = of(list, count, "rimborsi");
	return often ? often->features[SP_FEATURE_WORD_ODDS] : -99;
}

/* Words that no article has say nothing for or against one; one that is mistyped counts as far as it is like the right one. */
TEST(test_odds_unknown_and_mistyped_words)
{
	index_bed f;
	REQUIRE(open_two(&f));
	float right = odds_of(&f, "rimborso"), mistyped = odds_of(&f, "rimboorso");
	CHECK(fabsf(odds_of(&f, "rimborso zzkwq xxvrt") - right) < 1e-5f);
	CHECK(mistyped > 0 && mistyped < right);
	close_index_bed(&f);
}

/* The phrasing that is asked, where it is not to count: neither its words nor its pairs. */
TEST(test_odds_left_out)
{
	index_bed f;
	size_t count;
	sp_candidate *list;
	REQUIRE(open_two(&f));
	sp_ask what = {.text = "multa rimborso tempi", .lang = SP_LANG_IT, .only_lang = true, .day = TODAY, .limit = 10};
	what.len = strlen(what.text);
	REQUIRE(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err) == SP_OK);
	const sp_candidate *with = of(list, count, "multe");
	what.left_out_of = "multe";
	REQUIRE(with && sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err) == SP_OK);
	const sp_candidate *without = of(list, count, "multe");
	REQUIRE(without);
	CHECK(with->features[SP_FEATURE_PAIR_ODDS] > 0);
	CHECK(without->features[SP_FEATURE_PAIR_ODDS] == 0);
	CHECK(without->features[SP_FEATURE_WORD_ODDS] < with->features[SP_FEATURE_WORD_ODDS] - 0.3f);
	close_index_bed(&f);
}
