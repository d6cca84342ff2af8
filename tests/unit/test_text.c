/* Analysis of text: tokens and their forms; readability. Languages, forms of a whole text and edits: test_text_*.c. */
#include "harness.h"

#include "sportello/text.h"
#include "text/words.h"

#include <stdlib.h>

/* What a test works with; made and freed by each. */
typedef struct bench {
	sp_analyser *analyser;
	sp_arena *arena;
	sp_tokens tokens;
	char line[4096];
} bench;

static void bench_open(bench *b)
{
	b->analyser = sp_analyser_new();
	b->arena = sp_arena_new(0);
}

static void bench_close(bench *b)
{
	sp_analyser_free(b->analyser);
	sp_arena_free(b->arena);
}

static void analyse(bench *b, sp_lang lang, const char *text)
{
	b->tokens = (sp_tokens){0};
	CHECK_INT(sp_analyse(b->analyser, text, strlen(text), lang, b->arena, &b->tokens), SP_OK);
}

/* One form of all tokens, separated by spaces. */
typedef enum form { FORM_TERM, FORM_WORD, FORM_PLAIN } form;

static const char *forms(bench *b, sp_lang lang, const char *text, form which)
{
	size_t used = 0;
	analyse(b, lang, text);
	b->line[0] = '\0';
	for (size_t i = 0; i < b->tokens.count; i++) {
		const sp_token *t = &b->tokens.items[i];
		const char *part = which == FORM_TERM ? t->term : which == FORM_WORD ? t->word : t->plain;
		used += (size_t)snprintf(b->line + used, sizeof(b->line) - used, "%s%s", i ? " " : "", part);
	}
	return b->line;
}

static const char *words(bench *b, sp_lang lang, const char *text)
{
	return forms(b, lang, text, FORM_WORD);
}

static bool has_form(const sp_token *token, const char *wanted)
{
	return strcmp(token->term, wanted) == 0 || (token->alt && strcmp(token->alt, wanted) == 0);
}

/* Whether a text of one word that is asked finds a text of one word that is indexed: terms and second forms alike. */
static bool meets(bench *b, sp_lang lang, const char *indexed, const char *asked)
{
	analyse(b, lang, indexed);
	sp_tokens index = b->tokens;
	analyse(b, lang, asked);
	if (index.count != 1 || b->tokens.count != 1)
		return false;
	const sp_token *token = &b->tokens.items[0];
	return has_form(&index.items[0], token->term) || (token->alt && has_form(&index.items[0], token->alt));
}

TEST(test_text_lang_codes)
{
	CHECK_STR(sp_lang_code(SP_LANG_IT), "it");
	CHECK_STR(sp_lang_code(SP_LANG_DE), "de");
	CHECK_STR(sp_lang_code(SP_LANG_NONE), "");
	CHECK_STR(sp_lang_code(SP_LANG_COUNT), "");
	CHECK_INT(sp_lang_of("it", 2), SP_LANG_IT);
	CHECK_INT(sp_lang_of("IT_it", 5), SP_LANG_IT);
	CHECK_INT(sp_lang_of("de-AT", 5), SP_LANG_DE);
	CHECK_INT(sp_lang_of("En", 2), SP_LANG_EN);
	CHECK_INT(sp_lang_of("ita", 3), SP_LANG_NONE);
	CHECK_INT(sp_lang_of("fr", 2), SP_LANG_NONE);
	CHECK_INT(sp_lang_of("i", 1), SP_LANG_NONE);
	CHECK_INT(sp_lang_of("", 0), SP_LANG_NONE);
	CHECK_INT(sp_lang_of(NULL, 0), SP_LANG_NONE);
}

TEST(test_text_elision)
{
	bench b;
	bench_open(&b);
	CHECK_STR(words(&b, SP_LANG_IT, "l'app"), "app");
	CHECK_STR(words(&b, SP_LANG_IT, "L’app dell’IBAN un'altra"), "app iban altra");
	CHECK_STR(words(&b, SP_LANG_IT, "all`app nell´app sull‘app dallʼapp quest'anno"), "app app app app anno");
	CHECK_STR(words(&b, SP_LANG_IT, "l' app e dell' iban"), "app e iban");
	CHECK_STR(words(&b, SP_LANG_IT, "c'è c'e' com'è dov’è"), "è è come è dove è");
	CHECK_STR(words(&b, SP_LANG_IT, "d'identità senz'altro qual'è"), "identità senza altro quale è");
	CHECK_STR(words(&b, SP_LANG_IT, "vent'anni e'stato McDonald's"), "vent anni è stato mcdonald");
	CHECK_STR(words(&b, SP_LANG_EN, "l'app"), "l'app");
	CHECK_STR(words(&b, SP_LANG_NONE, "l'app"), "l app");
	CHECK_STR(words(&b, SP_LANG_DE, "Wie geht's"), "wie geht");
	bench_close(&b);
}

TEST(test_text_vowel_and_apostrophe_is_accent)
{
	bench b;
	bench_open(&b);
	CHECK_STR(words(&b, SP_LANG_IT, "puo' perche' e' piu' citta'"), "può perché è più città");
	CHECK_STR(words(&b, SP_LANG_IT, "puo’ cioe` attivita´ ne' caffe'"), "può cioè attività né caffè");
	CHECK_STR(words(&b, SP_LANG_IT, "un po' di"), "un po di");
	CHECK_STR(words(&b, SP_LANG_IT, "premi 'Continua' e non puo' andare"), "premi continua e non può andare");
	CHECK_STR(words(&b, SP_LANG_IT, "la voce ‘Profilo’"), "la voce profilo");
	analyse(&b, SP_LANG_IT, "non puo' andare");
	CHECK_INT(b.tokens.items[1].start, 4);
	CHECK_INT(b.tokens.items[1].end, 8);
	bench_close(&b);
}

TEST(test_text_italian_accents_are_optional)
{
	static const char *const ways[][4] = {
		{"più", "piu", "piu'", "PIÙ"}, {"può", "puo", "puo'", "puo`"}, {"perché", "perche", "perche'", "perchè"},
		{"città", "citta", "citta'", "CITTA'"}, {"velocità", "velocita", "velocita'", "velocitá"},
		{"attività", "attivita", "attivita'", "Attività"}, {"sarà", "sara", "sara'", "SARÀ"},
		{"modalità", "modalita", "modalita'", "modalita’"}, {"già", "gia", "gia'", "giá"},
		{"lunedì", "lunedi", "lunedi'", "lunedí"}, {"metà", "meta", "meta'", "metá"},
		{"identità", "identita", "identita'", "IDENTITA’"}, {"è", "e", "e'", "é"}, {"così", "cosi", "cosi'", "cosí"},
		{"però", "pero", "pero'", "peró"}, {"né", "ne", "ne'", "nè"}, {"potrò", "potro", "potro'", "potró"},
		{"pagherò", "paghero", "paghero'", "PAGHERÒ"}, {"novità", "novita", "novita'", "novitá"},
		{"disabilità", "disabilita", "disabilita'", "disabilitá"}, {"po", "po'", "pò", "Po’"},
		{"finché", "finche", "finche'", "finchè"}, {"caffè", "caffe", "caffe'", "caffé"},
		{"e\xCC\x80", "è", "e'", "e"}, /* combining grave */
	};
	bench b;
	bench_open(&b);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (int x = 0; x < 4; x++) {
			for (int y = 0; y < 4; y++) {
				if (!meets(&b, SP_LANG_IT, ways[i][x], ways[i][y]))
					harness_fail(__FILE__, __LINE__, "%s does not find %s", ways[i][y], ways[i][x]);
			}
		}
	}
	CHECK(!meets(&b, SP_LANG_IT, "città", "cittadino"));
	CHECK(!meets(&b, SP_LANG_IT, "pagare", "pegno"));
	bench_close(&b);
}

TEST(test_text_german_umlauts)
{
	static const char *const ways[][3] = {
		{"Münze", "muenze", "munze"}, {"Änderung", "aenderung", "anderung"}, {"löschen", "loeschen", "loschen"},
		{"Rückerstattung", "rueckerstattung", "ruckerstattung"}, {"Straße", "strasse", "STRASSE"},
		{"Gebühren", "gebuehren", "gebuhren"}, {"u\xCC\x88" "ber", "ueber", "über"}, {"Schlüssel", "schluessel", "SCHLÜSSEL"},
		{"ungültig", "ungueltig", "ungultig"}, {"größer", "groesser", "grosser"},
	};
	bench b;
	bench_open(&b);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (int x = 1; x < 3; x++) {
			if (!meets(&b, SP_LANG_DE, ways[i][0], ways[i][x]) || !meets(&b, SP_LANG_DE, ways[i][x], ways[i][0]))
				harness_fail(__FILE__, __LINE__, "%s and %s do not meet", ways[i][x], ways[i][0]);
		}
	}
	analyse(&b, SP_LANG_DE, "Münze");
	REQUIRE(b.tokens.count == 1);
	CHECK_STR(b.tokens.items[0].term, "munz");
	CHECK_STR(b.tokens.items[0].alt, "muenz");
	CHECK_STR(b.tokens.items[0].word, "münze");
	CHECK_STR(b.tokens.items[0].plain, "munze");
	bench_close(&b);
}

TEST(test_text_stems)
{
	bench b;
	bench_open(&b);
	CHECK_STR(forms(&b, SP_LANG_IT, "ricevute ricevuta", FORM_TERM), "ricev ricev");
	CHECK_STR(forms(&b, SP_LANG_EN, "payments paying users' user's", FORM_TERM), "payment pay user user");
	CHECK_STR(forms(&b, SP_LANG_DE, "Zahlungen Zahlung", FORM_TERM), "zahlung zahlung");
	CHECK_STR(forms(&b, SP_LANG_NONE, "Pagamenti Città", FORM_TERM), "pagamenti citta");
	CHECK_STR(forms(&b, SP_LANG_EN, "don't dont can’t", FORM_TERM), "dont dont cant");
	CHECK_STR(words(&b, SP_LANG_EN, "Don’t rock'n'roll"), "don't rock'n'roll");
	analyse(&b, SP_LANG_IT, "ricevute");
	CHECK(b.tokens.items[0].alt == NULL);
	CHECK_INT(b.tokens.items[0].alt_len, 0);
	CHECK_INT(b.tokens.items[0].term_len, 5);
	CHECK_INT(b.tokens.items[0].word_len, 8);
	bench_close(&b);
}

static void check_kind(bench *b, const char *text, sp_token_kind kind, const char *term)
{
	analyse(b, SP_LANG_IT, text);
	CHECK_INT(b->tokens.count, 1);
	if (b->tokens.count != 1)
		return;
	CHECK_INT(b->tokens.items[0].kind, kind);
	CHECK_STR(b->tokens.items[0].term, term);
	CHECK_INT(b->tokens.items[0].start, 0);
	CHECK_INT(b->tokens.items[0].end, strlen(text));
}

TEST(test_text_numbers_and_codes_whole)
{
	bench b;
	bench_open(&b);
	check_kind(&b, "PAA_PAGAMENTO_DUPLICATO", SP_TOKEN_CODE, "paa_pagamento_duplicato");
	check_kind(&b, "ppt_stazione_int_pa_timeout", SP_TOKEN_CODE, "ppt_stazione_int_pa_timeout");
	check_kind(&b, "R01", SP_TOKEN_CODE, "r01");
	check_kind(&b, "r01", SP_TOKEN_NUMBER, "r01");
	check_kind(&b, "3D", SP_TOKEN_NUMBER, "3d");
	check_kind(&b, "3-D", SP_TOKEN_NUMBER, "3d");
	check_kind(&b, "18app", SP_TOKEN_NUMBER, "18app");
	check_kind(&b, "2021", SP_TOKEN_NUMBER, "2021");
	check_kind(&b, "50,00", SP_TOKEN_NUMBER, "50,00");
	check_kind(&b, "1.000", SP_TOKEN_NUMBER, "1.000");
	check_kind(&b, "18:30", SP_TOKEN_NUMBER, "18:30");
	check_kind(&b, "SPID", SP_TOKEN_WORD, "spid");
	check_kind(&b, "m²", SP_TOKEN_NUMBER, "m2");
	CHECK_STR(words(&b, SP_LANG_IT, "3d secure"), "3d secure");
	CHECK_STR(words(&b, SP_LANG_IT, "3-D Secure"), "3d secure");
	CHECK_STR(words(&b, SP_LANG_IT, "pago 50,00€, poi 1.000."), "pago 50,00 poi 1.000");
	CHECK_STR(words(&b, SP_LANG_IT, "50,00EUR 01/12/2020"), "50,00 eur 01 12 2020");
	CHECK_STR(words(&b, SP_LANG_IT, "_corsivo_ a__b _X_Y_"), "corsivo a b x_y");
	bench_close(&b);
}

TEST(test_text_compounds)
{
	bench b;
	bench_open(&b);
	CHECK_STR(words(&b, SP_LANG_IT, "e-mail E-Mail email e mail e‑mail"), "email email email email email");
	CHECK_STR(words(&b, SP_LANG_DE, "E-Mail-Adresse"), "email adresse");
	CHECK_STR(words(&b, SP_LANG_IT, "wi-fi Wi Fi on-line"), "wifi wifi online");
	CHECK_STR(words(&b, SP_LANG_IT, "e mailing e\tmail"), "e mailing e mail");
	CHECK_STR(words(&b, SP_LANG_EN, "multi-factor"), "multi factor");
	CHECK_STR(words(&b, SP_LANG_IT, "S.p.A. p.a. c.f. n.b"), "spa pa cf nb");
	CHECK_STR(words(&b, SP_LANG_DE, "z.B. Konto"), "zb konto");
	CHECK_STR(words(&b, SP_LANG_IT, "P.IVA I. Ho"), "p iva i ho");
	bench_close(&b);
}

TEST(test_text_web_addresses_whole)
{
	bench b;
	bench_open(&b);
	check_kind(&b, "ioapp.it", SP_TOKEN_CODE, "ioapp.it");
	check_kind(&b, "www.PagoPA.gov.it", SP_TOKEN_CODE, "pagopa.gov.it");
	check_kind(&b, "https://io.italia.it/cashback?x=1", SP_TOKEN_CODE, "io.italia.it/cashback?x=1");
	check_kind(&b, "http://example.com", SP_TOKEN_CODE, "example.com");
	check_kind(&b, "io.italia.it", SP_TOKEN_CODE, "io.italia.it");
	check_kind(&b, "example.io/app", SP_TOKEN_CODE, "example.io/app");
	CHECK_STR(words(&b, SP_LANG_IT, "vai su ioapp.it/faq, poi ioapp.it."), "vai su ioapp.it/faq poi ioapp.it");
	CHECK_STR(words(&b, SP_LANG_IT, "(https://example.com/a)"), "example.com/a");
	CHECK_STR(words(&b, SP_LANG_IT, "non funziona.io ho scritto"), "non funziona io ho scritto");
	CHECK_STR(words(&b, SP_LANG_IT, "grazie.ciao file.pdf 3.it"), "grazie ciao file pdf 3.it");
	CHECK_STR(words(&b, SP_LANG_IT, "http:// www. https"), "http www https");
	bench_close(&b);
}

TEST(test_text_personal_data_is_one_token)
{
	bench b;
	bench_open(&b);
	check_kind(&b, "IT60 X054 2811 1010 0000 0123 456", SP_TOKEN_PERSONAL, "<iban>");
	check_kind(&b, "mario.rossi@example.com", SP_TOKEN_PERSONAL, "<email>");
	check_kind(&b, "<codice-fiscale>", SP_TOKEN_PERSONAL, "<codice-fiscale>");
	CHECK_STR(words(&b, SP_LANG_IT, "il tel è +39 333 1234567, grazie"), "il tel è <phone> grazie");
	CHECK_STR(words(&b, SP_LANG_IT, "dell'mario@example.com"), "<email>");
	CHECK_STR(words(&b, SP_LANG_IT, "x <ciao> <iban"), "x ciao iban");
	analyse(&b, SP_LANG_IT, "cf RSSMRA80A01H501U");
	REQUIRE(b.tokens.count == 2);
	CHECK_INT(b.tokens.items[1].start, 3);
	CHECK_INT(b.tokens.items[1].end, 19);
	CHECK_STR(b.tokens.items[1].word, "<codice-fiscale>");
	CHECK(!b.tokens.items[1].is_function_word);
	bench_close(&b);
}

TEST(test_text_offsets_and_positions)
{
	bench b;
	bench_open(&b);
	const char *text = "Perché L’APP? È giù. «ﬁne»";
	analyse(&b, SP_LANG_IT, text);
	REQUIRE(b.tokens.count == 5);
	static const char *const originals[] = {"Perché", "APP", "È", "giù", "ﬁne"};
	static const int positions[] = {1, 2, 13, 14, 25};
	for (size_t i = 0; i < 5; i++) {
		const sp_token *t = &b.tokens.items[i];
		CHECK_INT(t->end - t->start, strlen(originals[i]));
		CHECK(strncmp(text + t->start, originals[i], strlen(originals[i])) == 0);
		CHECK_INT(t->position, positions[i]);
	}
	CHECK_STR(b.tokens.items[4].word, "fine");
	analyse(&b, SP_LANG_IT, "uno\n\n\ndue\ntre v. 2");
	REQUIRE(b.tokens.count == 5);
	CHECK_INT(b.tokens.items[1].position, 12); /* a paragraph ends, a line does not */
	CHECK_INT(b.tokens.items[2].position, 13);
	bench_close(&b);
}

TEST(test_text_unicode)
{
	bench b;
	bench_open(&b);
	CHECK_STR(words(&b, SP_LANG_IT, "Ｐａｇａ ﬁnanza ZE\xE2\x80\x8BRO soft\xC2\xADhyphen"), "paga finanza zero softhyphen");
	CHECK_STR(words(&b, SP_LANG_IT, "citta\xCC\x80 u\xCC\xA3\xCC\x82n"), "città ụ̂n");
	CHECK_STR(words(&b, SP_LANG_IT, "a—b…c·d😀e"), "a b c d e");
	CHECK_STR(words(&b, SP_LANG_IT, "a\xFF" "b \xC3"), "a b");
	CHECK_STR(words(&b, SP_LANG_NONE, "привет Ελλάδα 中文"), "привет ελλάδα 中文");
	CHECK_STR(forms(&b, SP_LANG_NONE, "Łódź Søren", FORM_PLAIN), "lodz soren");
	CHECK_STR(words(&b, SP_LANG_IT, "\xCC\x80 ' ... _ 😀"), "");
	CHECK_STR(words(&b, SP_LANG_IT, ""), "");
	bench_close(&b);
}

TEST(test_text_function_words)
{
	static const char *const yes_it[] = {"il", "perché", "come", "è", "dove", "quale", "nell'", "sono", "mi"};
	static const char *const no_it[] = {"pagamento", "posso", "vorrei", "faccio", "app", "aiuto", "cittadino"};
	bench b;
	bench_open(&b);
	for (size_t i = 0; i < sizeof(yes_it) / sizeof(yes_it[0]); i++) {
		analyse(&b, SP_LANG_IT, yes_it[i]);
		if (b.tokens.count != 1 || !b.tokens.items[0].is_function_word)
			harness_fail(__FILE__, __LINE__, "%s is a function word", yes_it[i]);
	}
	for (size_t i = 0; i < sizeof(no_it) / sizeof(no_it[0]); i++) {
		analyse(&b, SP_LANG_IT, no_it[i]);
		if (b.tokens.count != 1 || b.tokens.items[0].is_function_word)
			harness_fail(__FILE__, __LINE__, "%s is no function word", no_it[i]);
	}
	CHECK(spi_is_function_word("how", 3, SP_LANG_EN));
	CHECK(spi_is_function_word("don't", 5, SP_LANG_EN));
	CHECK(spi_is_function_word("warum", 5, SP_LANG_DE));
	CHECK(!spi_is_function_word("warum", 5, SP_LANG_IT));
	CHECK(!spi_is_function_word("war", 3, SP_LANG_NONE));
	CHECK(!spi_is_function_word("", 0, SP_LANG_IT));
	bench_close(&b);
}

TEST(test_text_word_lists_are_sorted)
{
	const spi_word_list *lists[] = {&spi_function_words_it, &spi_function_words_en, &spi_function_words_de};
	for (size_t l = 0; l < 3; l++) {
		for (size_t i = 1; i < lists[l]->count; i++) {
			if (strcmp(lists[l]->words[i - 1], lists[l]->words[i]) >= 0)
				harness_fail(__FILE__, __LINE__, "%s stands after %s", lists[l]->words[i], lists[l]->words[i - 1]);
		}
		for (size_t i = 0; i < lists[l]->count; i++)
			CHECK(spi_word_list_has(lists[l], lists[l]->words[i], strlen(lists[l]->words[i])));
	}
}

TEST(test_text_same_result_warm_and_cold)
{
	bench warm, cold;
	char first[4096];
	const char *text = "Perché l'app non trova i pagamenti già fatti? Münze und Straße, user's payments";
	bench_open(&warm);
	for (int lang = SP_LANG_NONE; lang < SP_LANG_COUNT; lang++) {
		forms(&warm, (sp_lang)lang, text, FORM_TERM);
		snprintf(first, sizeof(first), "%s", forms(&warm, (sp_lang)lang, text, FORM_TERM));
		bench_open(&cold);
		CHECK_STR(first, forms(&cold, (sp_lang)lang, text, FORM_TERM));
		bench_close(&cold);
	}
	bench_close(&warm);
	sp_analyser_free(NULL);
}

TEST(test_text_limits)
{
	bench b;
	bench_open(&b);
	const size_t max = (size_t)16 << 20;
	char *text = malloc(max + 1);
	REQUIRE(text != NULL);
	memset(text, 'a', max + 1);
	sp_tokens tokens = {.count = 77};
	CHECK_INT(sp_analyse(b.analyser, text, max + 1, SP_LANG_IT, b.arena, &tokens), SP_ERR_TOO_LARGE);
	CHECK_INT(tokens.count, 77);
	CHECK_INT(sp_analyse(b.analyser, text, max, SP_LANG_IT, b.arena, &tokens), SP_OK);
	REQUIRE(tokens.count == 1);
	CHECK_INT(tokens.items[0].start, 0);
	CHECK_INT(tokens.items[0].end, max);
	CHECK_INT(tokens.items[0].word_len, 240);
	for (size_t i = 0; i + 1 < 600; i += 2)
		memcpy(text + i, "\xC3\xA0", 2);
	CHECK_INT(sp_analyse(b.analyser, text, 600, SP_LANG_IT, b.arena, &tokens), SP_OK);
	REQUIRE(tokens.count == 1);
	CHECK_INT(tokens.items[0].word_len, 240);
	CHECK(sp_text_is_utf8(tokens.items[0].word, tokens.items[0].word_len));
	CHECK_INT(sp_analyse(b.analyser, "", 0, SP_LANG_IT, b.arena, &tokens), SP_OK);
	CHECK_INT(tokens.count, 0);
	free(text);
	bench_close(&b);
}

/* Shapes that would hurt if anything looked back or ahead without a bound. */
TEST(test_text_long_input_is_linear)
{
	static const char *const shapes[] = {"a.", "a@", "1.", "12 ", "a'", "l'", "a-", "RF12 ", "IT60 ", "www.", "e-mail ",
		"\xCC\x81", "<iban>", "_a", "a@b."};
	const size_t len = (size_t)1 << 20;
	bench b;
	bench_open(&b);
	char *text = malloc(len);
	REQUIRE(text != NULL);
	for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
		size_t shape_len = strlen(shapes[s]);
		for (size_t i = 0; i < len; i++)
			text[i] = shapes[s][i % shape_len];
		sp_tokens tokens;
		CHECK_INT(sp_analyse(b.analyser, text, len, SP_LANG_IT, b.arena, &tokens), SP_OK);
		CHECK(sp_text_normal_form(text, len, b.arena, NULL) != NULL);
		sp_arena_reset(b.arena);
	}
	free(text);
	bench_close(&b);
}

TEST(test_text_readability)
{
	size_t words_seen = 99;
	/* 2 sentences, 8 words, 33 letters */
	const char *text = "Apri la app sul telefono. Premi il tasto.";
	double want = 89 + (300.0 * 2 - 10.0 * 33) / 8;
	CHECK(sp_text_readability(text, strlen(text), SP_LANG_IT, &words_seen) - (want > 100 ? 100 : want) == 0);
	CHECK_INT(words_seen, 8);
	const char *hard = "Conseguentemente l'interoperabilità amministrativa, presupponendo l'ottemperanza procedimentale, "
		"comporta l'assoggettamento all'obbligatorietà telematica.";
	double score = sp_text_readability(hard, strlen(hard), SP_LANG_IT, &words_seen);
	CHECK_INT(words_seen, 14);
	CHECK(score > 0 && score < 30);
	/* 1 sentence, 6 words, 6 syllables */
	CHECK(sp_text_readability("The cat sat on the mat.", 23, SP_LANG_EN, NULL) == 100);
	/* 1 sentence, 3 words, 12 syllables: under 0 */
	CHECK(sp_text_readability("Interoperability notwithstanding constitutionality", 50, SP_LANG_EN, NULL) == 0);
	/* 1 sentence, 4 words, 6 syllables: Ich be-zah-le das heu-te = 1+3+1+2 = 7 */
	want = 180 - 4 - 58.5 * 7 / 4;
	score = sp_text_readability("Ich bezahle das heute.", 22, SP_LANG_DE, NULL);
	CHECK(score > want - 0.001 && score < want + 0.001);
	CHECK(sp_text_readability("", 0, SP_LANG_IT, &words_seen) == -1);
	CHECK_INT(words_seen, 0);
	CHECK(sp_text_readability("... !? 😀", 11, SP_LANG_DE, NULL) == -1);
	/* numbers with a point and web addresses end no sentence; an empty line does */
	sp_text_readability("Vai su ioapp.it e paga 1.000 euro", 33, SP_LANG_IT, &words_seen);
	CHECK_INT(words_seen, 7);
	CHECK(sp_text_readability("parole semplici\n\nparole semplici", 32, SP_LANG_IT, NULL) >
		sp_text_readability("parole semplici\nparole semplici", 31, SP_LANG_IT, NULL));
}
