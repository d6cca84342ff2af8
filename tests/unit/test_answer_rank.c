/* What the responder tells without an index: names, receipts, what a message shows by itself, the ranking. */
#include "harness.h"

#include "answer/decide.h"
#include "answer/rank.h"

/* ---- names ---- */

TEST(test_answer_names_round_trip)
{
	for (int kind = 0; kind < SP_DECIDE_COUNT; kind++)
		CHECK_INT(sp_decision_of(sp_decision_name((sp_decision_kind)kind)), kind);
	CHECK_STR(sp_decision_name(SP_DECIDE_ANSWER), "answer");
	CHECK_STR(sp_decision_name(SP_DECIDE_NONE), "none");
	CHECK_STR(sp_decision_name(SP_DECIDE_COUNT), "");
	CHECK_INT(sp_decision_of("Answer"), SP_DECIDE_COUNT);
	CHECK_INT(sp_decision_of(""), SP_DECIDE_COUNT);
	CHECK_STR(sp_reason_name(SP_REASON_KNOWN_PHRASING), "known-phrasing");
	CHECK_STR(sp_reason_name(SP_REASON_OFF_TOPIC), "off-topic");
	CHECK_STR(sp_reason_name(SP_REASON_COUNT), "");
	for (int a = 0; a < SP_REASON_COUNT; a++)
		for (int b = 0; b < a; b++)
			CHECK(strcmp(sp_reason_name((sp_reason)a), sp_reason_name((sp_reason)b)) != 0);
}

/* ---- receipts ---- */

#define VERSION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(test_answer_receipts_round_trip)
{
	static const struct {
		const char *article;
		sp_lang lang;
		int64_t at;
		const char *want;
	} cases[] = {
		{"spid-otp-non-arriva", SP_LANG_IT, 1795521600, "S1-spid-otp-non-arriva-it-0123456789ab-tp09c0"},
		{"a", SP_LANG_DE, 0, "S1-a-de-0123456789ab-0"},
		{"it-en-de", SP_LANG_EN, 35, "S1-it-en-de-en-0123456789ab-z"},
		{"182", SP_LANG_IT, 36, "S1-182-it-0123456789ab-10"},
	};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *article = NULL, *version = NULL;
		sp_lang lang = SP_LANG_NONE;
		int64_t at = -1;
		char *receipt = sp_receipt_make(cases[i].article, cases[i].lang, VERSION, cases[i].at, arena);
		CHECK_STR(receipt, cases[i].want);
		CHECK(sp_receipt_read(receipt, arena, &article, &lang, &version, &at));
		CHECK_STR(article, cases[i].article);
		CHECK_INT(lang, cases[i].lang);
		CHECK_STR(version, "0123456789ab");
		CHECK_INT(at, cases[i].at);
	}
	sp_arena_free(arena);
}

TEST(test_answer_bad_receipts_are_none)
{
	static const char *const bad[] = {"", "S1-", "S1", "s1-a-it-0123456789ab-0", "S2-a-it-0123456789ab-0",
		"S1-a-it-0123456789ab", "S1-a-it-0123456789ab-", "S1--it-0123456789ab-0", "S1-it-0123456789ab-0",
		"S1-a-fr-0123456789ab-0", "S1-a-it-0123456789a-0", "S1-a-it-0123456789abc-0", "S1-a-it-0123456789aG-0",
		"S1-a-it-0123456789ab-!", "S1-a-it-0123456789ab-zzzzzzzzzzzz", "S1-a-it-0123456789ab-1 ", "----", "S1-----",
		"S1-a\"b-it-0123456789ab-0", "S1-../a-it-0123456789ab-0", "S1--a-it-0123456789ab-0", "S1-a\nb-it-0123456789ab-0"};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *article, *version;
		sp_lang lang;
		int64_t at;
		if (sp_receipt_read(bad[i], arena, &article, &lang, &version, &at))
			harness_fail(__FILE__, __LINE__, "\"%s\" is read as a receipt", bad[i]);
	}
	sp_arena_free(arena);
}

/* ---- cues ---- */

typedef struct analysed {
	sp_arena *arena;
	sp_analyser *analyser;
	sp_tokens tokens;
	spi_cues cues;
} analysed;

static void analyse(analysed *a, const char *text, sp_lang lang)
{
	*a = (analysed){.arena = sp_arena_new(0), .analyser = sp_analyser_new()};
	CHECK_INT(sp_analyse(a->analyser, text, strlen(text), lang, a->arena, &a->tokens), SP_OK);
	spi_cues_find(&a->tokens, lang, &a->cues);
}

static void release(analysed *a)
{
	sp_analyser_free(a->analyser);
	sp_arena_free(a->arena);
}

typedef struct cue_case {
	const char *text;
	sp_lang lang;
	spi_cue cue;
	bool want;
} cue_case;

static void check_cues(const cue_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		analysed a;
		analyse(&a, cases[i].text, cases[i].lang);
		if (spi_has_cue(&a.cues, cases[i].cue) != cases[i].want)
			harness_fail(__FILE__, __LINE__, "\"%s\" (%s): cue %d is %s", cases[i].text, sp_lang_code(cases[i].lang),
				(int)cases[i].cue, cases[i].want ? "missing" : "there");
		release(&a);
	}
}
#define CUES(...)                                                                                                      \
	do {                                                                                                               \
		static const cue_case cases[] = {__VA_ARGS__};                                                                 \
		check_cues(cases, sizeof cases / sizeof *cases);                                                               \
	} while (0)

TEST(test_answer_cues_in_italian)
{
	CUES({"Voglio parlare con un operatore", SP_LANG_IT, SPI_CUE_PERSON, true},
		{"operatore", SP_LANG_IT, SPI_CUE_PERSON, true},
		{"mi può chiamare qualcuno?", SP_LANG_IT, SPI_CUE_PERSON, true},
		{"vorrei parlare subito con una persona", SP_LANG_IT, SPI_CUE_PERSON, true},
		{"l'operatore SPID non manda il codice", SP_LANG_IT, SPI_CUE_PERSON, false},
		{"Ciao!", SP_LANG_IT, SPI_CUE_GREETING, true},
		{"Buongiorno, non mi arriva il codice", SP_LANG_IT, SPI_CUE_GREETING, true},
		{"come pago un avviso", SP_LANG_IT, SPI_CUE_GREETING, false},
		{"grazie mille", SP_LANG_IT, SPI_CUE_THANKS, true}, {"arrivederci", SP_LANG_IT, SPI_CUE_GOODBYE, true},
		{"come stai?", SP_LANG_IT, SPI_CUE_SMALLTALK, true}, {"siete dei ladri", SP_LANG_IT, SPI_CUE_ABUSE, true},
		{"non ho risolto", SP_LANG_IT, SPI_CUE_NOT_SOLVED, true},
		{"NON HO RISOLTO!!!", SP_LANG_IT, SPI_CUE_NOT_SOLVED, true},
		{"come risolvo il blocco", SP_LANG_IT, SPI_CUE_NOT_SOLVED, false},
		{"potete controllare?", SP_LANG_IT, SPI_CUE_CASE_ACT, true},
		{"che tempo fa a Roma", SP_LANG_IT, SPI_CUE_OFF_TOPIC, true}, {"non funziona", SP_LANG_IT, SPI_CUE_VAGUE, true},
		{"e per la CIE?", SP_LANG_IT, SPI_CUE_FOLLOW_UP, true},
		{"la CIE e lo SPID", SP_LANG_IT, SPI_CUE_FOLLOW_UP, false}, /* only at the start */
		{"altra domanda: la ricevuta?", SP_LANG_IT, SPI_CUE_TOPIC_CHANGE, true});
}

TEST(test_answer_cues_in_english)
{
	CUES({"I want to talk to a person", SP_LANG_EN, SPI_CUE_PERSON, true},
		{"can I speak to an agent please", SP_LANG_EN, SPI_CUE_PERSON, true},
		{"how do I pay a notice", SP_LANG_EN, SPI_CUE_PERSON, false}, {"hello", SP_LANG_EN, SPI_CUE_GREETING, true},
		{"thank you", SP_LANG_EN, SPI_CUE_THANKS, true}, {"bye", SP_LANG_EN, SPI_CUE_GOODBYE, true},
		{"it still does not work", SP_LANG_EN, SPI_CUE_NOT_SOLVED, true},
		{"what's the weather like", SP_LANG_EN, SPI_CUE_OFF_TOPIC, true},
		{"I have a problem", SP_LANG_EN, SPI_CUE_VAGUE, true});
}

TEST(test_answer_cues_in_german)
{
	CUES({"Ich möchte mit einem Menschen sprechen", SP_LANG_DE, SPI_CUE_PERSON, true},
		{"Mitarbeiter", SP_LANG_DE, SPI_CUE_PERSON, true},
		{"Wie bezahle ich einen Bescheid", SP_LANG_DE, SPI_CUE_PERSON, false},
		{"Hallo", SP_LANG_DE, SPI_CUE_GREETING, true}, {"Danke schön", SP_LANG_DE, SPI_CUE_THANKS, true},
		{"Auf Wiedersehen", SP_LANG_DE, SPI_CUE_GOODBYE, true},
		{"Das hat nicht geholfen", SP_LANG_DE, SPI_CUE_NOT_SOLVED, true},
		{"Wie ist das Wetter", SP_LANG_DE, SPI_CUE_OFF_TOPIC, true},
		{"Es funktioniert nicht", SP_LANG_DE, SPI_CUE_VAGUE, true});
}

TEST(test_answer_cues_of_no_language_or_no_text)
{
	analysed a;
	analyse(&a, "operatore hello Danke", SP_LANG_NONE);
	for (int cue = 0; cue < SPI_CUE_COUNT; cue++)
		CHECK(!spi_has_cue(&a.cues, (spi_cue)cue));
	release(&a);
	analyse(&a, "", SP_LANG_IT);
	CHECK_INT(a.cues.count, 0);
	CHECK_INT(a.cues.content, 0);
	release(&a);
}

TEST(test_answer_cues_look_at_the_first_words_only)
{
	char text[1200] = "";
	for (int i = 0; i < SPI_CUE_TOKENS; i++)
		strcat(text, "pagamento ");
	strcat(text, "operatore umano");
	analysed a;
	analyse(&a, text, SP_LANG_IT);
	CHECK_INT(a.cues.count, SPI_CUE_TOKENS);
	CHECK(!spi_has_cue(&a.cues, SPI_CUE_PERSON));
	release(&a);
	analyse(&a, text + strlen("pagamento pagamento "), SP_LANG_IT);
	CHECK(spi_has_cue(&a.cues, SPI_CUE_PERSON));
	release(&a);
}

/* ---- individual cases ---- */

static double case_score(const char *text)
{
	analysed a;
	analyse(&a, text, SP_LANG_IT);
	double score = spi_case_score(text, strlen(text), &a.tokens, &a.cues);
	release(&a);
	return score;
}

TEST(test_answer_case_score)
{
	CHECK(case_score("come pago un avviso") == 0);
	CHECK(case_score("quanto costa pagare 3 avvisi") == 0);
	CHECK(case_score("ho pagato 87 euro") > 0);
	CHECK(case_score("ho pagato 54,20 euro") > case_score("ho pagato 54 euro"));
	CHECK(case_score("il 3 marzo") > 0);
	CHECK(case_score("potete controllare?") > 0);
	/* A sum, a day and a wish together are a case. */
	CHECK(case_score("ho pagato 54,20 euro il 3 marzo e non risulta, potete controllare?") >= 2);
	/* So is what names a person or an account. */
	CHECK(case_score("il mio IBAN è IT60X0542811101000000123456") >= 2);
	CHECK(case_score("posso usare la carta 3d secure dal 2021?") < 2);
}

/* ---- ranking ---- */

static sp_candidate candidate(const char *id, float bm25, float cosine)
{
	sp_candidate c = {.id = id, .title = id, .category = "x"};
	c.features[SP_FEATURE_BM25] = bm25;
	c.features[SP_FEATURE_PHRASE_COSINE] = cosine;
	c.features[SP_FEATURE_ANY_COVER] = bm25;
	return c;
}

TEST(test_answer_rank_is_determined)
{
	sp_candidate a[] = {
		candidate("c", 0.5f, 0.5f), candidate("a", 0.5f, 0.5f), candidate("z", 0.9f, 0.9f), candidate("b", 0.5f, 0.5f)};
	sp_candidate b[] = {a[3], a[2], a[1], a[0]};
	sp_question_stats stats = {0};
	spi_rank(a, 4, &stats);
	spi_rank(b, 4, &stats);
	static const char *const want[] = {"z", "a", "b", "c"};
	for (int i = 0; i < 4; i++) {
		CHECK_STR(a[i].id, want[i]);
		CHECK_STR(b[i].id, want[i]);
		CHECK(a[i].score == b[i].score);
	}
	CHECK(a[0].score > a[1].score);
	spi_rank(NULL, 0, &stats);
	spi_rank(a, 1, &stats);
	CHECK_STR(a[0].id, "z");
}

TEST(test_answer_confidence_is_a_probability)
{
	sp_question_stats stats = {.words = 3, .content_words = 3, .known_words = 3, .idf_sum = 9, .idf_known = 9};
	sp_candidate weak[] = {candidate("a", 0.1f, 0.1f), candidate("b", 0.1f, 0.1f)};
	sp_candidate strong[] = {candidate("a", 1, 1), candidate("b", 0.1f, 0.1f)};
	strong[0].features[SP_FEATURE_TITLE_COVER] = strong[0].features[SP_FEATURE_ANY_COVER] = 1;
	strong[0].features[SP_FEATURE_REVERSE_COVER] = strong[0].features[SP_FEATURE_GRAM_COSINE] = 1;
	spi_rank(weak, 2, &stats);
	spi_rank(strong, 2, &stats);
	double low = spi_confidence(weak, 2, &stats), high = spi_confidence(strong, 2, &stats);
	CHECK(low >= 0 && low <= 1 && high >= 0 && high <= 1);
	CHECK(high > low);
	CHECK(spi_choice_confidence(strong, 2, &stats) > spi_choice_confidence(weak, 2, &stats));
	CHECK(spi_confidence(NULL, 0, &stats) == 0);
	CHECK(spi_choice_confidence(NULL, 0, &stats) == 0);
	sp_question_stats nothing = {0};
	double lost = spi_confidence(strong, 1, &nothing);
	CHECK(lost >= 0 && lost <= 1);
}

/* "mi scrivi una poesia": one article of a small knowledge base has "scrivendo" in its text, and no other has any of the words. */
TEST(test_answer_what_words_find_alone_is_as_sure_as_what_it_has_of_the_question)
{
	sp_question_stats stats = {.words = 4, .content_words = 2, .known_words = 1, .idf_sum = 7.1, .idf_known = 2.2};
	sp_candidate mentions = candidate("a", 0.01f, 0), about = candidate("b", 0.8f, 0.8f), same = candidate("c", 0.01f, 0);
	mentions.features[SP_FEATURE_ANY_COVER] = 0.3f;
	about.features[SP_FEATURE_TITLE_COVER] = about.features[SP_FEATURE_GRAM_COSINE] = 0.8f;
	same.features[SP_FEATURE_EXACT] = 1;
	spi_rank(&mentions, 1, &stats);
	spi_rank(&about, 1, &stats);
	spi_rank(&same, 1, &stats);
	CHECK(spi_confidence(&mentions, 1, &stats) < 0.5);
	CHECK(spi_confidence(&about, 1, &stats) >= spi_answer_threshold(0.9, &stats));
	CHECK(spi_confidence(&same, 1, &stats) > spi_confidence(&mentions, 1, &stats));
	/* Where phrasings were learned from, or meanings compared, more is known than that. */
	stats.has_wording = true;
	double learned = spi_confidence(&mentions, 1, &stats);
	stats.has_wording = false;
	CHECK(learned != spi_confidence(&mentions, 1, &stats));
}

/* "posso donare dei libri?", asked of a dozen articles of a library: one of so few is the nearest of all, and far from what is asked. */
TEST(test_answer_of_few_articles_the_nearest_may_be_far)
{
	sp_question_stats stats = {.words = 4, .content_words = 3, .idf_sum = 9, .idf_known = 6, .has_vector = true, .has_tokens = true, .readable = 12,
		.nearest_phrase = 0.3, .nearest_passage = 0.25, .nearest_all = 0.3, .nearest_tokens = 0.5, .phrasings = 1};
	sp_candidate list[] = {candidate("a", 0.3f, 0.3f), candidate("b", 0.1f, 0.1f)};
	for (int i = 0; i < 2; i++) {
		float less = 0.05f * (float)i;
		list[i].features[SP_FEATURE_NEAR_PHRASE] = list[i].features[SP_FEATURE_NEAR_ALL] = 0.3f - less;
		list[i].features[SP_FEATURE_NEAR_PASSAGE] = 0.25f - less;
		list[i].features[SP_FEATURE_TOKENS] = list[i].features[SP_FEATURE_TOKENS_ALL] = 0.5f - less;
	}
	spi_rank(list, 2, &stats);
	double few = spi_confidence(list, 2, &stats), few_choices = spi_choice_confidence(list, 2, &stats);
	stats.readable = 10;
	double fewest = spi_confidence(list, 2, &stats);
	stats.readable = 3;
	CHECK(spi_confidence(list, 2, &stats) == fewest && fewest < few);
	stats.readable = 60;
	double many = spi_confidence(list, 2, &stats);
	CHECK(few < many - 0.05 && few_choices < spi_choice_confidence(list, 2, &stats) - 0.05);
	stats.readable = 5000;
	CHECK(spi_confidence(list, 2, &stats) == many);
	stats.readable = 0; /* not known */
	CHECK(spi_confidence(list, 2, &stats) == many);
	/* What is asked in its words, all of them, is answered all the same. */
	for (int f = SP_FEATURE_TITLE_COVER; f <= SP_FEATURE_ANY_COVER; f++)
		list[0].features[f] = 1;
	stats.readable = 12;
	stats.nearest_phrase = stats.nearest_all = stats.nearest_tokens = stats.nearest_passage = 0.8;
	list[0].features[SP_FEATURE_NEAR_PHRASE] = list[0].features[SP_FEATURE_NEAR_ALL] = list[0].features[SP_FEATURE_NEAR_PASSAGE] = 0.8f;
	list[0].features[SP_FEATURE_TOKENS] = list[0].features[SP_FEATURE_TOKENS_ALL] = 0.8f;
	spi_rank(list, 2, &stats);
	CHECK(spi_confidence(list, 2, &stats) >= spi_answer_threshold(0.9, &stats));
}

static void check_thresholds(const sp_question_stats *compared)
{
	double last = 0;
	for (int i = 0; i <= 1000; i++) {
		double threshold = spi_answer_threshold(i / 1000.0, compared);
		CHECK(threshold >= last);
		CHECK(threshold >= 0 && threshold <= 1);
		last = threshold;
	}
	CHECK(spi_answer_threshold(0.999, compared) > spi_answer_threshold(0.5, compared));
	CHECK(spi_answer_threshold(2, compared) == spi_answer_threshold(1, compared));
}

TEST(test_answer_threshold_grows_with_precision)
{
	check_thresholds(&(sp_question_stats){0});
	check_thresholds(&(sp_question_stats){.has_vector = true});
	check_thresholds(&(sp_question_stats){.has_vector = true, .has_tokens = true});
}
