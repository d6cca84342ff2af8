/* What a question finds in a sealed index, for the responder to rank. */
#include "index_bed.h"

#include "index/features.h"

#include <math.h>
#include <stdlib.h>

TEST(test_index_candidates_exact_phrasing)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask_for(&f, "Non ricevo  l’SMS con il codice!!", &count, &stats);
	REQUIRE(count >= 1);
	CHECK_STR(list[0].id, "otp");
	CHECK_STR(list[0].phrase, "non ricevo l'sms con il codice");
	CHECK_STR(list[0].title, "Non mi arriva il codice OTP");
	CHECK_STR(list[0].category, "accesso");
	CHECK(list[0].features[SP_FEATURE_EXACT] == 1.0f);
	CHECK(list[0].features[SP_FEATURE_TITLE_COVER] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_REVERSE_COVER] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_PHRASE_COSINE] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_GRAM_COSINE] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_BIGRAM_COVER] == 1.0f);
	CHECK(list[0].features[SP_FEATURE_NEAR_ALL] == 0.0f);
	CHECK(list[0].features[SP_FEATURE_BM25] > 0 && list[0].features[SP_FEATURE_BM25] < 1);
	CHECK_INT(stats.content_words, stats.known_words);
	CHECK(fabs(stats.idf_sum - stats.idf_known) < 1e-4);
	CHECK_STR(stats.corrected, NULL);
	for (size_t i = 1; i < count; i++)
		CHECK(list[i].features[SP_FEATURE_EXACT] == 0.0f);
	close_index_bed(&f);
}

TEST(test_index_candidates_code)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask_for(&f, "mi dice PAA_PAGAMENTO_DUPLICATO cosa vuol dire il codice", &count, &stats);
	REQUIRE(count >= 2);
	CHECK_STR(list[0].id, "doppio");
	CHECK(list[0].features[SP_FEATURE_CODE] == 1.0f);
	CHECK(list[1].features[SP_FEATURE_CODE] == 0.0f);
	close_index_bed(&f);
}

TEST(test_index_candidates_spelling_is_soft)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask_for(&f, "adebito dopio", &count, &stats);
	REQUIRE(count >= 1);
	CHECK_STR(list[0].id, "doppio");
	CHECK_STR(stats.corrected, "addebito doppio");
	CHECK_INT(stats.known_words, 2);
	CHECK(list[0].features[SP_FEATURE_TITLE_COVER] > 0.69f && list[0].features[SP_FEATURE_TITLE_COVER] < 0.71f);
	CHECK(list[0].features[SP_FEATURE_EXACT] == 0.0f);
	close_index_bed(&f);
}

TEST(test_index_candidates_covers)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask_for(&f, "otp gestore", &count, &stats);
	REQUIRE(count == 1);
	CHECK(list[0].features[SP_FEATURE_ANY_COVER] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_TAG_COVER] > 0.4f && list[0].features[SP_FEATURE_TAG_COVER] < 0.6f);
	CHECK(list[0].features[SP_FEATURE_TITLE_COVER] > 0.4f && list[0].features[SP_FEATURE_TITLE_COVER] < 0.6f);
	list = ask_for(&f, "qwrtz plkjh", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 2);
	CHECK_INT(stats.known_words, 0);
	list = ask_for(&f, "", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 0);
	close_index_bed(&f);
}

TEST(test_index_candidates_limits)
{
	index_bed f;
	size_t count;
	sp_candidate *list;
	char *text = malloc(40000);
	REQUIRE(open_usual(&f));
	sp_ask what = {.text = "a", .len = 1, .lang = SP_LANG_IT, .only_lang = true, .day = TODAY};
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_ERR_INVALID);
	sp_error_clear(&f.err);
	/* More distinct words than there are bits. */
	size_t len = 0;
	for (int i = 0; i < 2000; i++)
		len += (size_t)sprintf(text + len, "parola%d ", i);
	strcpy(text + len, "rimborso");
	what.text = text;
	what.len = strlen(text);
	what.limit = 50;
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	free(text);
	close_index_bed(&f);
}

TEST(test_index_candidates_across_languages)
{
	index_bed f;
	size_t count;
	sp_candidate *list;
	REQUIRE(open_usual(&f));
	/* There in both: the translation alone. */
	sp_ask what = {.text = "otp", .len = 3, .lang = SP_LANG_IT, .day = TODAY, .limit = 10};
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK(list[0].lang == SP_LANG_IT && !list[0].is_foreign);
	what.lang = SP_LANG_EN;
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK(list[0].lang == SP_LANG_EN && !list[0].is_foreign);
	/* There in Italian alone. */
	what.text = "cie";
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(list[0].id, "cie");
	CHECK(list[0].lang == SP_LANG_IT && list[0].is_foreign);
	what.only_lang = true;
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	CHECK_INT(count, 0);
	/* Nobody reads English in German: what is there in no German is found in any language. */
	what = (sp_ask){.text = "otp", .len = 3, .lang = SP_LANG_DE, .day = TODAY, .limit = 10};
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	CHECK_INT(count, 2);
	/* A translation that is not valid on the day is none. */
	CHECK_INT(put_article(&f, "en/accesso/cie.md", "Log in with the CIE", "keywords: [cie]\nvalid_until: 2020-01-01\n", "Hold the card to the phone.\n"), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	what = (sp_ask){.text = "cie", .len = 3, .lang = SP_LANG_EN, .day = TODAY, .limit = 10};
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK_INT(list[0].lang, SP_LANG_IT);
	what.day = 20190601;
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK_INT(list[0].lang, SP_LANG_EN);
	close_index_bed(&f);
}

TEST(test_index_candidates_never_personal_data)
{
	index_bed f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	ask_for(&f, "mario.bianchi@example.com", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 0);
	close_index_bed(&f);
}

TEST(test_index_also_finds_successor)
{
	index_bed f;
	REQUIRE(open_index_bed(&f));
	const char *phrases[] = {"vecchia domanda sul cashback"};
	const char *text =
		"---\nid: nuovo\ntype: qa\ntitle: Regole nuove\ncategory: accesso\naudience: [citizen]\nstatus: published\n"
		"updated: 2026-01-02\n---\nTesto.\n";
	sp_article *article;
	sp_view view;
	REQUIRE(sp_article_parse("it/accesso/nuovo.md", text, strlen(text), f.config, "nuovo.md", NULL, &article, &f.err) ==
			SP_OK);
	REQUIRE(sp_article_view(article, 1, f.arena, &view, &f.err) == SP_OK);
	sp_document document = {.article = article, .config = f.config, .view = &view, .also = {phrases, 1}};
	CHECK_INT(sp_index_writer_put(f.writer, &document, &f.err), SP_OK);
	sp_article_free(article);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	size_t count;
	sp_question_stats stats;
	sp_candidate *list = ask_for(&f, "vecchia domanda sul cashback", &count, &stats);
	REQUIRE(count == 1);
	CHECK_STR(list[0].id, "nuovo");
	CHECK(list[0].features[SP_FEATURE_EXACT] == 1.0f);
	/* Nobody is shown it, whole or as a word to correct to. */
	sp_suggestion *suggestions;
	CHECK_INT(sp_index_suggest(f.index, f.analyser, "vecch", 5, SP_LANG_IT, TODAY, 5, f.arena, &suggestions, &count, &f.err), SP_OK);
	CHECK_INT(count, 0);
	CHECK_INT(sp_index_suggest(f.index, f.analyser, "regole", 6, SP_LANG_IT, TODAY, 5, f.arena, &suggestions, &count, &f.err), SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(suggestions[0].text, "Regole nuove");
	ask_for(&f, "cashbak", &count, &stats);
	CHECK(stats.corrected == NULL);
	close_index_bed(&f);
}
