/* The responder: what a message shows by itself, the ranking, receipts, and each decision on a small knowledge base. */
#include "harness.h"

#include "answer/decide.h"
#include "answer/parts.h"
#include "answer/rank.h"
#include "base/file.h"
#include "sportello/publish.h"

#include <stdlib.h>

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
		"S1-a-it-0123456789ab-!", "S1-a-it-0123456789ab-zzzzzzzzzzzz", "S1-a-it-0123456789ab-1 ", "----", "S1-----"};
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

/* ---- decisions on a small knowledge base ---- */

#define TODAY 20261123

static const char kb_yaml[] =
	"service: {name: {it: Prova, en: Trial, de: Probe}}\n"
	"languages: [it, en, de]\n"
	"timezone: Europe/Rome\n"
	"answer_precision: 0.90\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen]}\n"
	"services: {app: {name: {it: App}, hours: app}}\n"
	"hours: {app: {mon-fri: \"08:00-20:00\"}}\n"
	"categories:\n"
	"  accesso: {name: {it: Accesso, en: Login, de: Anmeldung}, service: app, group: l1, fields: [email]}\n"
	"  pagamento: {name: {it: Pagamento, en: Payment, de: Zahlung}, service: app, group: l1, fields: [email]}\n"
	"groups: {l1: {name: {it: Primo livello}, level: 1, service: app}}\n"
	"fields: {email: {label: {it: E-mail}, why: {it: per rispondere}, validate: email}}\n";

static const struct article {
	const char *lang, *category, *id, *title, *more, *body;
} articles[] = {
	{"it", "accesso", "otp", "Non mi arriva il codice OTP",
		"questions: [\"il codice otp non arriva\", \"non ricevo l'sms con il codice\"]\n",
		"Il codice lo manda il gestore. Aspetta cinque minuti e chiedine uno nuovo."},
	{"it", "accesso", "password", "Ho dimenticato la password di SPID",
		"questions: [\"recuperare la password spid\", \"password persa\"]\n",
		"Vai sul sito del gestore e scegli il recupero della password."},
	{"it", "accesso", "pin-cie", "Ho perso il PIN della carta d'identità elettronica",
		"questions: [\"pin cie dimenticato\"]\n", "Il PIN si chiede al Comune, oppure si sblocca con il PUK."},
	{"it", "accesso", "sblocco", "Cambiare il codice di sblocco dell'app",
		"questions: [\"codice di sblocco dimenticato\"]\n",
		"Nelle impostazioni puoi scegliere un altro codice di sblocco."},
	{"it", "pagamento", "gia-pagato", "L'avviso risulta già pagato",
		"questions: [\"pagamento duplicato cosa significa\"]\ncodes: [PAA_PAGAMENTO_DUPLICATO]\n",
		"Per l'ente quell'avviso è chiuso. Cerca la ricevuta."},
	{"it", "pagamento", "ricevuta", "Dove trovo la ricevuta del pagamento", "questions: [\"mi serve la ricevuta\"]\n",
		"La ricevuta è nella sezione pagamenti e nella tua posta."},
	{"it", "pagamento", "carta-aggiungere", "Aggiungere una carta di credito",
		"questions: [\"come aggiungo una carta\"]\n", "Nel portafoglio premi Aggiungi e scegli la carta."},
	{"it", "pagamento", "carta-rimuovere", "Rimuovere una carta di credito", "questions: [\"come tolgo una carta\"]\n",
		"Nel portafoglio apri la carta e premi Rimuovi."},
	{"it", "pagamento", "commissioni", "Quanto costa pagare un avviso", "questions: [\"quanto sono le commissioni\"]\n",
		"La commissione la decide il prestatore del servizio di pagamento."},
	{"en", "accesso", "otp", "I do not receive the OTP code", "questions: [\"the otp code does not arrive\"]\n",
		"The provider sends the code. Wait five minutes and ask for a new one."},
	{"en", "pagamento", "ricevuta", "Where do I find my receipt", "questions: [\"i need the payment receipt\"]\n",
		"The receipt is in the payments section."},
	{"de", "accesso", "otp", "Ich bekomme den OTP-Code nicht", "questions: [\"der otp code kommt nicht an\"]\n",
		"Den Code schickt der Anbieter. Warte fünf Minuten."},
	{"de", "pagamento", "ricevuta", "Wo finde ich die Quittung",
		"questions: [\"ich brauche die quittung der zahlung\"]\n", "Die Quittung steht im Bereich Zahlungen."},
	{"it", "pagamento", "bonus-2021", "Il bonus del 2021",
		"questions: [\"come chiedo il bonus\"]\nvalid_from: 2021-01-01\nvalid_until: 2021-12-31\nreplaced_by: "
		"bonus-finito\n",
		"Il bonus si chiede nell'app."},
	{"it", "pagamento", "bonus-finito", "Il bonus è finito",
		"questions: [\"il bonus esiste ancora\"]\nvalid_from: 2022-01-01\nended: true\n",
		"Il bonus è finito nel 2021: non si può più chiedere."},
};

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	REQUIRE(file);
	fputs(text, file);
	CHECK_INT(fclose(file), 0);
}

static void write_kb(const char *dir)
{
	char path[600], text[2000];
	CHECK_INT(spi_mkdirs(dir, NULL), SP_OK);
	snprintf(path, sizeof path, "%s/kb.yaml", dir);
	write_text(path, kb_yaml);
	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
		const struct article *a = &articles[i];
		snprintf(path, sizeof path, "%s/%s/%s", dir, a->lang, a->category);
		CHECK_INT(spi_mkdirs(path, NULL), SP_OK);
		snprintf(path, sizeof path, "%s/%s/%s/%s.md", dir, a->lang, a->category, a->id);
		snprintf(text, sizeof text,
			"---\nid: %s\ntype: qa\ntitle: \"%s\"\ncategory: %s\naudience: [citizen]\nstatus: published\n"
			"updated: 2026-01-02\nowner: team\n%s---\n\n%s\n",
			a->id, a->title, a->category, a->more, a->body);
		write_text(path, text);
	}
}

/* Everything that a decision needs, opened once for all tests. */
typedef struct opened {
	sp_publisher *publisher;
	sp_reader *reader;
	sp_index *index;
	sp_responder *responder;
	sp_kb_config config;
	sp_arena *arena;
} opened;

static opened shared;

/* At the end, for the leak checkers; before the harness removes the folder. */
static void close_base(void)
{
	sp_responder_free(shared.responder);
	sp_reader_close(shared.reader);
	if (shared.publisher)
		sp_publisher_close(shared.publisher);
	sp_arena_free(shared.arena);
}

static opened *base(void)
{
	static char kb[400], data[400];
	sp_error err = {0};
	if (shared.arena)
		return shared.index ? &shared : NULL;
	shared.arena = sp_arena_new(0);
	snprintf(kb, sizeof kb, "%s/kb", harness_folder());
	snprintf(data, sizeof data, "%s/data", harness_folder());
	write_kb(kb);
	atexit(close_base);
	sp_publish_options options = {.kb_dir = kb, .data_dir = data};
	sp_status status = sp_publisher_open(&options, &shared.publisher, &err);
	if (status == SP_OK)
		status = sp_reader_open(shared.publisher, &shared.reader, &err);
	if (status == SP_OK)
		status = sp_reader_refresh(shared.reader, &err);
	if (status == SP_OK)
		status = sp_reader_index(
			shared.reader, sp_kb_audience(sp_reader_config(shared.reader), "citizen"), &shared.index, &err);
	if (status != SP_OK) {
		harness_fail(__FILE__, __LINE__, "%s: %s:%d: %s", sp_status_name(status), err.source, err.line, err.text);
		return NULL;
	}
	CHECK_INT(sp_index_count(shared.index), sizeof articles / sizeof *articles);
	shared.config = *sp_reader_config(shared.reader);
	shared.responder = sp_responder_new(NULL);
	return shared.responder ? &shared : NULL;
}

static sp_status decide_on(
	const char *text, size_t len, sp_date day, const sp_dialogue *dialogue, sp_decision *ret, sp_error *err)
{
	opened *o = base();
	*ret = (sp_decision){.kind = SP_DECIDE_COUNT, .reason = SP_REASON_COUNT};
	if (!o)
		return SP_ERR_INTERNAL;
	sp_question question = {.text = text, .len = len, .lang = SP_LANG_NONE, .day = day, .dialogue = dialogue};
	return sp_decide(o->responder, o->index, &o->config, &question, o->arena, ret, err);
}

static sp_decision after(const sp_turn *turn, bool ticket_open, const char *text)
{
	sp_dialogue dialogue = {turn, 1, ticket_open};
	sp_decision decision;
	sp_error err = {0};
	if (decide_on(text, strlen(text), TODAY, turn ? &dialogue : NULL, &decision, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "\"%s\": %s", text, err.text);
	return decision;
}

static sp_decision decide(const char *text)
{
	return after(NULL, false, text);
}

static const char *first_of(const sp_decision *decision)
{
	return decision->count > 0 ? decision->candidates[0].id : "";
}

static void check_decision(int line, const char *text, const sp_decision *got, sp_decision_kind kind, sp_reason reason)
{
	if (got->kind != kind || got->reason != reason)
		harness_fail(__FILE__, line, "\"%s\": got %s/%s (%.2f, %s), wanted %s/%s", text, sp_decision_name(got->kind),
			sp_reason_name(got->reason), got->confidence, first_of(got), sp_decision_name(kind),
			sp_reason_name(reason));
}
#define DECIDES(text, kind, reason)                                                                                    \
	do {                                                                                                               \
		sp_decision decision_ = decide(text);                                                                          \
		check_decision(__LINE__, text, &decision_, kind, reason);                                                      \
	} while (0)

TEST(test_answer_known_phrasing)
{
	/* The editors' own words, however typed. */
	static const char *const texts[] = {"il codice otp non arriva", "Il codice OTP non arriva?!",
		"IL CODICE OTP NON ARRIVA", "non ricevo l'sms con il codice", "non ricevo l’sms con il codice",
		"Non mi arriva il codice OTP"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sp_decision d = decide(texts[i]);
		check_decision(__LINE__, texts[i], &d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
		CHECK_STR(first_of(&d), "otp");
		CHECK(d.confidence >= 0.9);
		CHECK_STR(d.category, "accesso");
		CHECK_INT(d.lang, SP_LANG_IT);
	}
}

TEST(test_answer_in_the_language_of_the_message)
{
	sp_decision d = decide("the otp code does not arrive");
	check_decision(__LINE__, "en", &d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	CHECK_INT(d.lang, SP_LANG_EN);
	CHECK_INT(d.candidates[0].lang, SP_LANG_EN);
	d = decide("ich brauche die quittung der zahlung");
	check_decision(__LINE__, "de", &d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	CHECK_INT(d.candidates[0].lang, SP_LANG_DE);
	CHECK_STR(first_of(&d), "ricevuta");
}

TEST(test_answer_in_another_language_where_there_is_no_other)
{
	sp_decision d = decide("I get the message PAA_PAGAMENTO_DUPLICATO when I want to pay");
	check_decision(__LINE__, "en", &d, SP_DECIDE_ANSWER, SP_REASON_CODE);
	CHECK_INT(d.lang, SP_LANG_EN);
	CHECK_STR(first_of(&d), "gia-pagato");
	CHECK_INT(d.candidates[0].lang, SP_LANG_IT);
	CHECK(d.candidates[0].is_foreign);
	/* What is translated is never given in another language. */
	d = decide("where is the otp code");
	for (size_t i = 0; i < d.count; i++)
		CHECK(strcmp(d.candidates[i].id, "otp") != 0 || d.candidates[i].lang == SP_LANG_EN);
}

TEST(test_answer_a_language_that_is_not_spoken)
{
	DECIDES("J'ai oublié mon mot de passe", SP_DECIDE_NONE, SP_REASON_LANGUAGE);
	DECIDES("Я забыл пароль", SP_DECIDE_NONE, SP_REASON_LANGUAGE);
	/* What names an error is understood in any. */
	DECIDES("Que veut dire PAA_PAGAMENTO_DUPLICATO pour mon compte?", SP_DECIDE_ANSWER, SP_REASON_CODE);
}

static size_t questions_in(const char *text, spi_part parts[SPI_PARTS_MAX])
{
	sp_analyser *analyser = sp_analyser_new();
	sp_arena *arena = sp_arena_new(0);
	sp_tokens tokens;
	spi_cues cues;
	CHECK_INT(sp_analyse(analyser, text, strlen(text), SP_LANG_IT, arena, &tokens), SP_OK);
	spi_cues_find(&tokens, SP_LANG_IT, &cues);
	size_t count = spi_questions_find(text, strlen(text), &tokens, &cues, parts);
	sp_arena_free(arena);
	sp_analyser_free(analyser);
	return count;
}

TEST(test_answer_questions_of_a_message)
{
	static const struct { const char *text; size_t count; const char *last; } cases[] = {
		{"come cambio il pin?", 1, NULL},
		{"come cambio il pin della cie? e poi come pago un avviso?", 2, "come pago un avviso?"},
		{"Ciao, come cambio il pin e come pago un avviso", 2, "e come pago un avviso"},
		{"Come pago? Ho un avviso della mensa, è scaduto ieri.", 1, NULL},             /* its own circumstances */
		{"Ho perso il telefono. Come entro? Dove trovo la ricevuta? Grazie.", 2, "Dove trovo la ricevuta? Grazie."},
		{"Ho pagato due volte? Come posso avere questo rimborso?", 1, NULL},           /* speaks of the same */
		{"come pago? quando apre? dove abitate? chi paga? quanto costa?", 1, NULL},      /* too many: a person reads it as one */
		{"Non funziona. Ho riavviato. Aiuto!", 1, NULL},
		{"?", 1, NULL}, {"", 1, NULL}, {"??? ... !!!", 1, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		spi_part parts[SPI_PARTS_MAX];
		size_t count = questions_in(cases[i].text, parts);
		if (count != cases[i].count)
			harness_fail(__FILE__, __LINE__, "\"%s\": %zu questions, wanted %zu", cases[i].text, count, cases[i].count);
		else if (cases[i].last && strncmp(cases[i].text + parts[count - 1].start, cases[i].last, strlen(cases[i].last)) != 0)
			harness_fail(__FILE__, __LINE__, "\"%s\": the last is \"%s\"", cases[i].text, cases[i].text + parts[count - 1].start);
	}
}

TEST(test_answer_pieces_of_a_message)
{
	char text[4000] = "";
	spi_part parts[16];
	sp_analyser *analyser = sp_analyser_new();
	sp_arena *arena = sp_arena_new(0);
	sp_tokens tokens;
	for (int i = 0; i < 100; i++)
		strcat(text, "parola ");
	strcat(text, "fine. Poi due. Infine ho trovato questo problema.");
	CHECK_INT(sp_analyse(analyser, text, strlen(text), SP_LANG_IT, arena, &tokens), SP_OK);
	size_t count = spi_pieces_find(text, strlen(text), &tokens, parts, 16);
	/* Thirty words at most; two words are no piece; all of the text is in one. */
	CHECK_INT(count, 5);
	CHECK_INT(parts[0].start, 0);
	CHECK_HAS(text + parts[4].start, "Poi due. Infine");
	CHECK_INT(parts[4].end, strlen(text));
	for (size_t i = 1; i < count; i++)
		CHECK_INT(parts[i].start, parts[i - 1].end);
	CHECK_INT(spi_pieces_find(text, strlen(text), &tokens, parts, 2), 2);
	sp_arena_free(arena);
	sp_analyser_free(analyser);
}

TEST(test_answer_several_questions)
{
	sp_decision d = decide("come tolgo una carta? e poi mi serve la ricevuta, dove la trovo?");
	check_decision(__LINE__, "several", &d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	CHECK_STR(first_of(&d), "carta-rimuovere");
	REQUIRE(d.also_count == 1);
	CHECK_STR(d.also[0].id, "ricevuta");
	d = decide("come tolgo una carta? e poi come aggiungo una carta? inoltre quanto sono le commissioni");
	CHECK_INT(d.also_count, 2);
	/* The same thing twice is one question, and so is one with an unsure half. */
	d = decide("come tolgo una carta? e poi come rimuovo una carta di credito?");
	CHECK_INT(d.also_count, 0);
	d = decide("come tolgo una carta? e poi quanto vale un gatto siamese?");
	CHECK_INT(d.also_count, 0);
	/* Who asks for a person gets one. */
	DECIDES("come tolgo una carta? voglio parlare con un operatore", SP_DECIDE_TICKET, SP_REASON_PERSON);
}

TEST(test_answer_the_question_in_a_long_story)
{
	static const char story[] = "Buongiorno, vi scrivo perché sono giorni che ci provo e nessuno mi aiuta. Mio figlio abita a Torino e viene una "
		"volta al mese, di solito mi aiuta lui. Ieri sono stata un'ora in coda e poi ho dovuto rinunciare. Ho dimenticato la password di "
		"SPID. La mia vicina mi ha detto che a lei è successa la stessa cosa in vacanza. Vi ringrazio per la pazienza e scusate il disturbo.";
	sp_decision d = decide(story);
	CHECK_STR(first_of(&d), "password");
	CHECK_INT(d.candidates[0].features[SP_FEATURE_EXACT], 0);
}

TEST(test_answer_code)
{
	sp_decision d = decide("mi esce scritto PAA_PAGAMENTO_DUPLICATO e poi si ferma");
	check_decision(__LINE__, "code", &d, SP_DECIDE_ANSWER, SP_REASON_CODE);
	CHECK_STR(first_of(&d), "gia-pagato");
	d = decide("paa_pagamento_duplicato");
	check_decision(__LINE__, "code", &d, SP_DECIDE_ANSWER, SP_REASON_CODE);
}

TEST(test_answer_sure)
{
	sp_decision d = decide("ho dimenticato la password di spid come faccio");
	check_decision(__LINE__, "sure", &d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	CHECK_STR(first_of(&d), "password");
	CHECK(d.confidence >= spi_answer_threshold(0.9, &d.stats));
}

TEST(test_answer_messages_that_decide_alone)
{
	DECIDES("voglio parlare con un operatore", SP_DECIDE_TICKET, SP_REASON_PERSON);
	DECIDES("buongiorno, vorrei parlare con una persona", SP_DECIDE_TICKET, SP_REASON_PERSON);
	DECIDES("I want to talk to a person", SP_DECIDE_TICKET, SP_REASON_PERSON);
	DECIDES("Ich möchte mit einem Menschen sprechen", SP_DECIDE_TICKET, SP_REASON_PERSON);
	DECIDES("ciao", SP_DECIDE_NONE, SP_REASON_GREETING);
	DECIDES("Buongiorno a tutti!", SP_DECIDE_NONE, SP_REASON_GREETING);
	DECIDES("grazie mille", SP_DECIDE_NONE, SP_REASON_THANKS);
	DECIDES("arrivederci", SP_DECIDE_NONE, SP_REASON_GOODBYE);
	DECIDES("ciao, come stai?", SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	DECIDES("siete dei ladri", SP_DECIDE_NONE, SP_REASON_ABUSE);
	DECIDES("???", SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	DECIDES("👍", SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	DECIDES("qwzrtpl xkvbnm", SP_DECIDE_NONE, SP_REASON_GIBBERISH);
	DECIDES("che tempo fa domani a Firenze", SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

TEST(test_answer_a_greeting_does_not_hide_the_question)
{
	sp_decision d = decide("Buongiorno, non mi arriva il codice OTP, grazie");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "otp");
}

TEST(test_answer_vague_asks_back)
{
	sp_decision d = decide("ho un problema");
	check_decision(__LINE__, "vague", &d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	CHECK_INT(d.choices, 0);
	DECIDES("non funziona", SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	DECIDES("I have a problem", SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

TEST(test_answer_case_goes_to_a_person)
{
	DECIDES("ho pagato 54,20 euro il 3 marzo e l'avviso risulta ancora da pagare, potete controllare?",
		SP_DECIDE_TICKET, SP_REASON_CASE);
	sp_decision d = decide("il mio IBAN IT60X0542811101000000123456 è sbagliato, correggete");
	check_decision(__LINE__, "iban", &d, SP_DECIDE_TICKET, SP_REASON_CASE);
	CHECK(strstr(d.masked, "IT60X0542811101000000123456") == NULL);
}

TEST(test_answer_no_answer_is_a_ticket)
{
	/* About us, and about nothing that an article says; choices were offered, and were none. */
	const char *ids[] = {"pin-cie", "carta-aggiungere"};
	sp_turn offered = {.question = "il canone", .decision = SP_DECIDE_CLARIFY, .reason = SP_REASON_CHOICES, .offered = {ids, 2},
		.lang = SP_LANG_IT};
	static const char text[] = "il pagamento del canone con la carta dello zio emigrato";
	sp_decision d = after(&offered, false, text);
	check_decision(__LINE__, text, &d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}

/* Two articles that differ by one word: which one is asked. */
static sp_decision between_two(const sp_turn *turn)
{
	return after(turn, false, "problema con la carta di credito");
}

TEST(test_answer_choices)
{
	opened *o = base();
	REQUIRE(o);
	o->config.answer_precision = 0.999;
	sp_decision d = between_two(NULL);
	check_decision(__LINE__, "carta di credito", &d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
	CHECK(d.choices >= 2 && d.choices <= SP_CHOICES_MAX);
	REQUIRE(d.count >= 2);
	CHECK(strncmp(d.candidates[0].id, "carta-", 6) == 0);
	CHECK(strncmp(d.candidates[1].id, "carta-", 6) == 0);
	o->config.answer_precision = 0.9;
}

TEST(test_answer_never_asks_twice_about_the_same)
{
	opened *o = base();
	REQUIRE(o);
	o->config.answer_precision = 0.999;
	const char *ids[] = {"carta-aggiungere", "carta-rimuovere"};
	sp_turn offered = {.question = "problema con la carta di credito",
		.decision = SP_DECIDE_CLARIFY,
		.reason = SP_REASON_CHOICES,
		.category = "pagamento",
		.offered = {ids, 2},
		.lang = SP_LANG_IT};
	sp_decision d = between_two(&offered);
	CHECK(d.kind != SP_DECIDE_CLARIFY);
	o->config.answer_precision = 0.9;
}

TEST(test_answer_two_questions_back_are_enough)
{
	sp_turn vague = {
		.question = "ho un problema", .decision = SP_DECIDE_CLARIFY, .reason = SP_REASON_TOO_VAGUE, .lang = SP_LANG_IT};
	sp_turn turns[] = {vague, vague};
	sp_dialogue dialogue = {turns, 2, false};
	sp_decision d;
	sp_error err = {0};
	static const char *const texts[] = {"non funziona", "la carta", "problema con la carta di credito"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		CHECK_INT(decide_on(texts[i], strlen(texts[i]), TODAY, &dialogue, &d, &err), SP_OK);
		if (d.kind == SP_DECIDE_CLARIFY)
			harness_fail(__FILE__, __LINE__, "\"%s\" is a third question back", texts[i]);
	}
	CHECK_INT(decide_on("non funziona", 12, TODAY, &dialogue, &d, &err), SP_OK);
	check_decision(__LINE__, "non funziona", &d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}

TEST(test_answer_a_choice_that_is_tapped_is_answered)
{
	const char *ids[] = {"carta-aggiungere", "carta-rimuovere"};
	sp_turn offered = {.question = "problema con la carta di credito",
		.decision = SP_DECIDE_CLARIFY,
		.reason = SP_REASON_CHOICES,
		.category = "pagamento",
		.offered = {ids, 2},
		.lang = SP_LANG_IT};
	sp_decision d = after(&offered, false, "Rimuovere una carta di credito");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "carta-rimuovere");
	/* "none of these" is no fourth question. */
	d = after(&offered, false, "Nessuna di queste");
	CHECK_INT(d.kind, SP_DECIDE_TICKET);
	/* A title in another language does not change the dialogue's. */
	offered.lang = SP_LANG_EN;
	d = after(&offered, false, "Rimuovere una carta di credito");
	check_decision(__LINE__, "tapped", &d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	CHECK_INT(d.lang, SP_LANG_EN);
	CHECK_INT(d.candidates[0].lang, SP_LANG_IT);
	d = after(&offered, false, "come posso rimuovere una carta di credito");
	CHECK_INT(d.lang, SP_LANG_IT);
}

static const sp_turn answered = {.question = "il codice otp non arriva",
	.decision = SP_DECIDE_ANSWER,
	.reason = SP_REASON_KNOWN_PHRASING,
	.article = "otp",
	.category = "accesso",
	.lang = SP_LANG_IT};

TEST(test_answer_not_solved)
{
	sp_decision d = after(&answered, false, "non ho risolto");
	check_decision(__LINE__, "non ho risolto", &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	CHECK_STR(d.category, "accesso");
	d = after(&answered, false, "no");
	check_decision(__LINE__, "no", &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* The same word without an answer before it is no complaint. */
	CHECK_INT(decide("no").kind, SP_DECIDE_NONE);
	/* With another question in it, that one is answered. */
	d = after(&answered, false, "non ho risolto, ho dimenticato la password di SPID");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "password");
	d = after(&answered, false, "grazie, risolto");
	check_decision(__LINE__, "grazie, risolto", &d, SP_DECIDE_NONE, SP_REASON_THANKS);
}

TEST(test_answer_details_after_a_ticket_was_offered)
{
	sp_turn ticket = {.question = "voglio un operatore",
		.decision = SP_DECIDE_TICKET,
		.reason = SP_REASON_PERSON,
		.category = "accesso",
		.lang = SP_LANG_IT};
	sp_decision d = after(&ticket, false, "succede da martedì mattina con il telefono vecchio");
	check_decision(__LINE__, "details", &d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	CHECK_STR(d.category, "accesso");
	/* Another question is another question. */
	d = after(&ticket, false, "altra domanda: dove trovo la ricevuta del pagamento");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "ricevuta");
	d = after(&ticket, false, "grazie");
	check_decision(__LINE__, "grazie", &d, SP_DECIDE_NONE, SP_REASON_THANKS);
	/* Once it was sent, there is nothing to add to. */
	d = after(&ticket, true, "il codice otp non arriva");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
}

TEST(test_answer_follow_up_leans_on_the_last)
{
	sp_turn turn = {.question = "come tolgo una carta",
		.decision = SP_DECIDE_ANSWER,
		.reason = SP_REASON_KNOWN_PHRASING,
		.article = "carta-rimuovere",
		.category = "pagamento",
		.lang = SP_LANG_IT};
	sp_decision alone = decide("e per aggiungere?"), d = after(&turn, false, "e per aggiungere?");
	CHECK_STR(first_of(&d), "carta-aggiungere");
	/* What was talked of counts too: the other card's article is a candidate only with it. */
	bool has = false, had = false;
	for (size_t i = 0; i < d.count; i++)
		has |= strcmp(d.candidates[i].id, "carta-rimuovere") == 0;
	for (size_t i = 0; i < alone.count; i++)
		had |= strcmp(alone.candidates[i].id, "carta-rimuovere") == 0;
	CHECK(has && !had);
}

TEST(test_answer_on_another_day)
{
	sp_decision d;
	sp_error err = {0};
	const char *text = "come chiedo il bonus";
	CHECK_INT(decide_on(text, strlen(text), 20210315, NULL, &d, &err), SP_OK);
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "bonus-2021");
	/* Today the old question finds what came after it. */
	d = decide(text);
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "bonus-finito");
	for (size_t i = 0; i < d.count; i++)
		CHECK(strcmp(d.candidates[i].id, "bonus-2021") != 0);
}

TEST(test_answer_bad_messages)
{
	static const struct {
		const char *text;
		size_t len;
		sp_status want;
		const char *says;
	} cases[] = {
		{"", 0, SP_ERR_INVALID, "is empty"},
		{"ciao \xff", 6, SP_ERR_INVALID, "UTF-8"},
		{"\xc3", 1, SP_ERR_INVALID, "UTF-8"},
		{"a\0b", 3, SP_ERR_INVALID, "UTF-8"},
		{"\xed\xa0\x80", 3, SP_ERR_INVALID, "UTF-8"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_decision d;
		sp_error err = {0};
		CHECK_INT(decide_on(cases[i].text, cases[i].len, TODAY, NULL, &d, &err), cases[i].want);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_INT(d.kind, SP_DECIDE_COUNT); /* untouched */
	}
}

TEST(test_answer_length_is_counted_in_characters)
{
	static char text[2 * SP_MESSAGE_MAX_CHARS + 8];
	sp_decision d;
	sp_error err = {0};
	for (int i = 0; i < SP_MESSAGE_MAX_CHARS; i++)
		memcpy(text + 2 * i, "è", 2);
	CHECK_INT(decide_on(text, 2 * SP_MESSAGE_MAX_CHARS, TODAY, NULL, &d, &err), SP_OK);
	memcpy(text + 2 * SP_MESSAGE_MAX_CHARS, "!", 2);
	CHECK_INT(decide_on(text, 2 * SP_MESSAGE_MAX_CHARS + 1, TODAY, NULL, &d, &err), SP_ERR_TOO_LARGE);
	CHECK_HAS(err.text, "has 2001 characters; at most 2000 are read");
}

TEST(test_answer_the_same_input_gives_the_same_output)
{
	sp_decision a = decide("problema con la carta di credito"), b = decide("problema con la carta di credito");
	CHECK_INT(a.kind, b.kind);
	CHECK_INT(a.count, b.count);
	CHECK(a.confidence == b.confidence);
	for (size_t i = 0; i < a.count && i < b.count; i++) {
		CHECK_STR(a.candidates[i].id, b.candidates[i].id);
		CHECK(a.candidates[i].score == b.candidates[i].score);
		CHECK(i == 0 || a.candidates[i].score <= a.candidates[i - 1].score);
	}
}

/* ---- replies ---- */

static sp_reply reply_to(const char *text)
{
	opened *o = base();
	sp_reply reply = {0};
	sp_error err = {0};
	if (!o)
		return reply;
	sp_decision d = decide(text);
	if (sp_reply_compose(o->index, &o->config, &d, 1795521600, o->arena, &reply, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "\"%s\": %s", text, err.text);
	return reply;
}

TEST(test_answer_reply_is_the_articles_own)
{
	sp_reply r = reply_to("il codice otp non arriva");
	REQUIRE(r.article);
	CHECK_STR(r.article->id, "otp");
	CHECK_HAS(r.markdown, "Aspetta cinque minuti e chiedine uno nuovo.");
	CHECK_HAS(r.html, "Aspetta cinque minuti");
	CHECK_HAS(r.speech, "Aspetta cinque minuti");
	CHECK_INT(strlen(r.markdown), r.markdown_len);
	CHECK_INT(r.fields_count, 0);
	sp_arena *arena = sp_arena_new(0);
	const char *article = "", *version = "";
	sp_lang lang = SP_LANG_NONE;
	int64_t at = 0;
	CHECK(sp_receipt_read(r.receipt, arena, &article, &lang, &version, &at));
	CHECK_STR(article, "otp");
	CHECK_INT(lang, SP_LANG_IT);
	CHECK_INT(at, 1795521600);
	CHECK_INT(strncmp(version, r.article->version, 12), 0);
	sp_arena_free(arena);
}

TEST(test_answer_reply_in_another_language_says_so)
{
	sp_reply r = reply_to("I get the message PAA_PAGAMENTO_DUPLICATO when I want to pay");
	REQUIRE(r.article);
	CHECK_INT(r.lang, SP_LANG_EN);
	CHECK_INT(r.article->lang, SP_LANG_IT);
	CHECK_HAS(r.markdown, "This article exists only in Italian:\n\n**L'avviso risulta già pagato**");
	CHECK_INT(strncmp(r.markdown, "This article", 12), 0);
	CHECK_HAS(r.html, "<p>This article exists only in Italian:</p>\n<div lang=\"it\">\n<p><strong>L");
	CHECK_HAS(r.html, "Cerca la ricevuta.</p>\n</div>");
	CHECK_HAS(r.speech, "This article exists only in Italian");
	r = reply_to("the otp code does not arrive");
	CHECK(!strstr(r.markdown, "exists only") && !strstr(r.html, "lang="));
}

TEST(test_answer_reply_says_which_languages_are_spoken)
{
	sp_reply r = reply_to("J'ai oublié mon mot de passe");
	CHECK_INT(r.lang, SP_LANG_IT);
	CHECK_HAS(r.markdown, "italiano, inglese e tedesco");
	CHECK_HAS(r.markdown, "\n\nI understand Italian, English and German.");
	CHECK_HAS(r.html, "<div lang=\"en\">\n<p>I understand");
}

TEST(test_answer_reply_offers_the_other_questions)
{
	sp_reply r = reply_to("come tolgo una carta? e poi mi serve la ricevuta, dove la trovo?");
	REQUIRE(r.article && r.choices_count == 1);
	CHECK_STR(r.article->id, "carta-rimuovere");
	CHECK_STR(r.choices[0].article, "ricevuta");
	CHECK_STR(r.choices[0].label, "Dove trovo la ricevuta del pagamento");
	CHECK_STR(r.choices[0].value, r.choices[0].label);
	CHECK_HAS(r.markdown, "Hai chiesto più di una cosa");
	r = reply_to("How do I get PAA_PAGAMENTO_DUPLICATO away? And where do I find my receipt?");
	REQUIRE(r.article && r.choices_count == 1);
	CHECK_STR(r.choices[0].label, "Where do I find my receipt");
	r = reply_to("Where do I find my receipt? And how do I get PAA_PAGAMENTO_DUPLICATO away?");
	REQUIRE(r.article && r.choices_count == 1);
	CHECK_STR(r.choices[0].value, "L'avviso risulta già pagato");
	CHECK_STR(r.choices[0].label, "L'avviso risulta già pagato (in Italian)");
	CHECK_INT(r.choices[0].lang, SP_LANG_IT);
}

TEST(test_answer_reply_of_a_ticket_asks_what_the_group_needs)
{
	sp_reply r = reply_to("ho pagato 54,20 euro il 3 marzo e l'avviso risulta ancora da pagare, potete controllare?");
	CHECK(r.article == NULL && r.receipt == NULL);
	CHECK_INT(r.fields_count, 1);
	CHECK_INT(r.group, 0);
	CHECK(r.markdown_len > 20);
	r = reply_to("ciao");
	CHECK(r.article == NULL);
	CHECK_INT(r.fields_count, 0);
	CHECK_INT(r.choices_count, 0);
	CHECK_INT(r.group, -1);
}

TEST(test_answer_reply_that_asks_back_offers_a_way_out)
{
	sp_reply r = reply_to("ho un problema");
	REQUIRE(r.choices_count >= 2);
	CHECK_STR(r.choices[0].label, "Accesso");
	/* The last one leads to a person. */
	const char *last = r.choices[r.choices_count - 1].value;
	CHECK_INT(decide(last).kind, SP_DECIDE_TICKET);
}
