/* Analysis of text: tokens, folding, languages, readability, edits. */
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

static const char *normal(bench *b, const char *text)
{
	size_t len;
	const char *result = sp_text_normal_form(text, strlen(text), b->arena, &len);
	CHECK_INT(len, strlen(result));
	CHECK_STR(sp_text_normal_form(result, len, b->arena, NULL), result);
	return result;
}

TEST(test_text_normal_form)
{
	bench b;
	bench_open(&b);
	CHECK_STR(normal(&b, "  Perché,  NON va??  "), "perche non va");
	CHECK_STR(normal(&b, "L’app L`app l'APP"), "l'app l'app l'app");
	CHECK_STR(normal(&b, "non puo' andare"), "non puo andare");
	CHECK_STR(normal(&b, "non può andare"), "non puo andare");
	CHECK_STR(normal(&b, "'ciao' \"a\" (b)"), "ciao a b");
	CHECK_STR(normal(&b, "PAA_PAGAMENTO_DUPLICATO _x_"), "paa_pagamento_duplicato x_");
	CHECK_STR(normal(&b, "50 € + 1 😀 ﬁne"), "50 € + 1 fine");
	CHECK_STR(normal(&b, "a\xE2\x80\x8B" "b\xC2\xA0" "c\nd"), "ab c d");
	CHECK_STR(normal(&b, "...!"), "");
	CHECK_STR(normal(&b, ""), "");
	bench_close(&b);
}

TEST(test_text_fold)
{
	sp_arena *arena = sp_arena_new(0);
	size_t len = 0;
	CHECK_STR(sp_text_fold("Città, È!", strlen("Città, È!"), arena, &len), "citta, e!");
	CHECK_INT(len, 9);
	CHECK_STR(sp_text_fold("Straße Ñandú", strlen("Straße Ñandú"), arena, NULL), "strasse nandu");
	CHECK_STR(sp_text_fold("e\xCC\x81", 3, arena, NULL), "e");
	CHECK_STR(sp_text_fold("a\xFF", 2, arena, NULL), "a\xEF\xBF\xBD");
	CHECK_STR(sp_text_fold("한국", strlen("한국"), arena, NULL), "한국");
	CHECK_STR(sp_text_fold("", 0, arena, &len), "");
	CHECK_INT(len, 0);
	sp_arena_free(arena);
}

TEST(test_text_utf8)
{
	CHECK(sp_text_is_utf8("", 0));
	CHECK(sp_text_is_utf8("città 😀", strlen("città 😀")));
	CHECK(sp_text_is_utf8("\xEF\xBF\xBD", 3));
	CHECK(!sp_text_is_utf8("a\0b", 3));
	CHECK(!sp_text_is_utf8("\xC0\x80", 2));
	CHECK(!sp_text_is_utf8("\xED\xA0\x80", 3));
	CHECK(!sp_text_is_utf8("\xE2\x82", 2));
	CHECK(!sp_text_is_utf8("\xF4\x90\x80\x80", 4));
	CHECK(!sp_text_is_utf8("a\x80", 2));
	CHECK_INT(sp_text_count_chars("città", 6), 5);
	CHECK_INT(sp_text_count_chars("😀a", 5), 2);
	CHECK_INT(sp_text_count_chars("", 0), 0);
}

#define ALL_LANGS (1u << SP_LANG_IT | 1u << SP_LANG_EN | 1u << SP_LANG_DE)

static void check_language(const char *const *texts, size_t count, sp_lang lang)
{
	for (size_t i = 0; i < count; i++) {
		double confidence = -1;
		sp_lang got = sp_text_language(texts[i], strlen(texts[i]), ALL_LANGS, &confidence);
		if (got != lang || confidence < 0.5)
			harness_fail(__FILE__, __LINE__, "\"%s\": got %s %.2f, wanted %s", texts[i], sp_lang_code(got), confidence,
				sp_lang_code(lang));
	}
}

#define CHECK_LANGUAGE(texts, lang) check_language(texts, sizeof(texts) / sizeof((texts)[0]), lang)

TEST(test_text_language_italian)
{
	static const char *const texts[] = {
		"app io non funziona", "non riesco ad accedere", "come faccio a entrare con lo spid", "il codice otp non arriva",
		"ho pagato due volte la stessa tari", "dove trovo la ricevuta", "perche non mi arriva il messaggio",
		"voglio cancellare il mio account", "nn riesco a pagare il bolo", "quanto tempo per il rimborso",
		"carta non accettata", "che cos'è il cashback", "mi hanno rubato il telefono", "posso delegare mia madre",
		"il pagamento risulta in corso", "come si cambia la mail", "l'app si blocca subito", "ho perso le credenziali",
		"vorrei parlare con un operatore", "quando scade l'avviso", "la mia carta e stata clonata", "c'è un errore",
		"non trovo la patente", "come aggiungo un metodo di pagamento", "chi decide se ho diritto al bonus",
		"ma quanto ci mettete a rispondere", "non mi fa entrare con la cie", "ricevuta del bollo auto smarrita",
		"mi avete addebitato 2 volte", "grazie mille a tutti", "serve lo spid per usare io?", "dov'è il qr code",
		"PERCHÉ NON FUNZIONA NIENTE", "l'IBAN è sbagliato, come lo modifico?", "login spid bloccato", "reset password non arriva",
		"pagato due volte",
	};
	CHECK_LANGUAGE(texts, SP_LANG_IT);
}

TEST(test_text_language_english)
{
	static const char *const texts[] = {
		"how do I log in", "I can't sign in with my card", "where is my receipt", "the otp code never arrives",
		"I paid twice, how do I get my money back", "delete my account please", "why was my card declined",
		"what is the cashback", "the app keeps crashing", "I have lost my phone", "is it possible to pay with paypal",
		"my payment is still pending", "how long does a refund take", "who can help me", "I forgot my password",
		"do I need spid to use the app", "it says the code is wrong", "when does the notice expire",
		"can I change my email adress", "I didnt recieve the message", "how to add a payment method",
		"the amount is different from the letter", "I want to talk to a person", "there is an error on the screen",
		"you charged me two times", "thank you very much", "does it work from abroad", "someone used my card",
		"where can I find the notice number", "my bank refused the payment", "am I entitled to the bonus",
		"WHY IS NOTHING WORKING", "what should I do now?", "i paid twice", "hello i need help", "forgot password", "lost spid password",
		"refund needed", "app stopped",
	};
	CHECK_LANGUAGE(texts, SP_LANG_EN);
}

TEST(test_text_language_german)
{
	static const char *const texts[] = {
		"ich kann mich nicht anmelden", "wie melde ich mich an", "wo ist meine quittung", "der otp code kommt nicht an",
		"ich habe zweimal bezahlt", "bitte mein konto löschen", "warum wurde meine karte abgelehnt",
		"was ist der cashback", "die app stürzt ab", "ich habe mein handy verloren", "kann ich mit paypal bezahlen",
		"meine zahlung ist noch in bearbeitung", "wie lange dauert die rückerstattung", "wer kann mir helfen",
		"ich habe mein passwort vergessen", "brauche ich spid fuer die app", "der code ist falsch",
		"wann laeuft der bescheid ab", "wie aendere ich meine adresse", "ich habe keine nachricht bekommen",
		"wie füge ich eine zahlungsart hinzu", "der betrag stimmt nicht", "ich möchte mit einem menschen sprechen",
		"es gibt einen fehler", "sie haben mich doppelt belastet", "vielen dank für die hilfe",
		"funktioniert das auch im ausland", "jemand hat meine karte benutzt", "wo finde ich die nummer",
		"meine bank hat die überweisung zurückgewiesen", "habe ich anspruch auf den bonus",
		"WARUM GEHT NICHTS", "was muss ich jetzt tun?", "doppelt bezahlt", "karte gesperrt", "spid funktioniert", "zugang verloren",
	};
	CHECK_LANGUAGE(texts, SP_LANG_DE);
}

TEST(test_text_language_says_little_of_little)
{
	static const char *const texts[] = {"FAQ", "SPID", "otp", "cashback", "login", "iban", "app io", "password reset",
		"bonus", "cie pin", "email", "qr code", "spid login", "paypal", "PAA_PAGAMENTO_DUPLICATO", "account", "ok", "pos",
		"in", "a", "no", "login problem", "rimborso", "refund", "Erstattung", "Amazon Prime", "Netflix", "Windows 10",
		"login spid", "reset password", "payment failed", "customer care", "smart working e spid", "errore payment failed", "one time password", "money transfer"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double confidence = -1;
		sp_text_language(texts[i], strlen(texts[i]), ALL_LANGS, &confidence);
		if (confidence < 0 || confidence >= 0.5)
			harness_fail(__FILE__, __LINE__, "\"%s\": confidence %.2f", texts[i], confidence);
	}
	double confidence = -1;
	CHECK_INT(sp_text_language("", 0, ALL_LANGS, &confidence), SP_LANG_NONE);
	CHECK(confidence == 0);
	CHECK_INT(sp_text_language("12345 ... 😀", 14, ALL_LANGS, NULL), SP_LANG_NONE);
	CHECK_INT(sp_text_language("spid", 4, ALL_LANGS, NULL), SP_LANG_NONE);
	CHECK_INT(sp_text_language("come posso pagare", 17, 0, NULL), SP_LANG_NONE);
}

TEST(test_text_language_candidates)
{
	const char *german = "ich kann mich nicht anmelden";
	double confidence = -1;
	sp_text_language(german, strlen(german), 1u << SP_LANG_IT | 1u << SP_LANG_EN, &confidence);
	CHECK(confidence < 0.5); /* neither of those asked for */
	CHECK_INT(sp_text_language("non funziona niente", 19, 1u << SP_LANG_IT, &confidence), SP_LANG_IT);
	CHECK(confidence >= 0.5);
}

static void check_seen(int line, const char *text, const char *want)
{
	sp_arena *arena = sp_arena_new(0);
	size_t len = 0;
	const char *seen = sp_text_as_seen(text, strlen(text), arena, &len);
	if (!seen || len != strlen(want) || memcmp(seen, want, len) != 0)
		harness_fail(__FILE__, line, "\"%s\": got \"%.*s\", wanted \"%s\"", text, (int)len, seen, want);
	if (strcmp(text, want) == 0 && seen != text)
		harness_fail(__FILE__, line, "\"%s\" was copied", text);
	sp_arena_free(arena);
}
#define SEEN(text, want) check_seen(__LINE__, text, want)

TEST(test_text_as_seen)
{
	SEEN("n\u043En r\u0456esco \u0430d entrare", "non riesco ad entrare");
	SEEN("\u0435 con la cie?", "e con la cie?"); /* a whole word, in a text that is ours */
	SEEN("\u0421\u041E\u0421 la S\u03A1ID non va", "COC la SPID non va");
	SEEN("non\u200B ri\u200Desco\uFEFF \u202Ead\u202C entra\u00ADre", "non riesco ad entrare");
	SEEN("citt\u00E0 perch\u00E9 gr\u00FC\u00DFe", "citt\u00E0 perch\u00E9 gr\u00FC\u00DFe");
	SEEN("\u042F \u0437\u0430\u0431\u044B\u043B \u043F\u0430\u0440\u043E\u043B\u044C \u043E\u0442 SPID", "\u042F \u0437\u0430\u0431\u044B\u043B \u043F\u0430\u0440\u043E\u043B\u044C \u043E\u0442 SPID");
	SEEN("\u03C0\u03BB SPID non funziona", "\u03C0\u03BB SPID non funziona");
	SEEN("\u0430\u0441", "\u0430\u0441");
	SEEN("\u200B", "");
	SEEN("\xFF\xC2 n\u043En", "\xFF\xC2 non");
}

TEST(test_text_foreign_languages)
{
	static const char *const foreign[] = {"J'ai oublié mon mot de passe SPID", "Pozabil sem geslo, kaj naj naredim?", "Kako placam racun?", "bonjour", "no puedo entrar en mi cuenta, he olvidado la contraseña",
		"Como posso pagar com o meu cartão?", "nu pot sa intru in contul meu", "Nuk mund të hyj në llogarinë time",
		"Nie mogę się zalogować, zapomniałem hasło", "Ik heb mijn wachtwoord vergeten", "Я забыл пароль от SPID",
		"نسيت كلمة المرور الخاصة بي", "我忘记了我的密码 SPID"};
	static const char *const ours[] = {"", "12345 ...", "spid", "pagopa iuv otp", "non mi fa entrare con la cie", "posso pagare con la carta?",
		"ho pagato la mensa per mia figlia", "I forgot my password", "Ich habe mein Passwort vergessen", "ke fare nn mi ariva il kodice",
		"πλ SPID non funziona", "hola, non riesco a entrare", "asdkjh qwpoei zzxmn"};
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (!sp_text_is_foreign(foreign[i], strlen(foreign[i]), ALL_LANGS))
			harness_fail(__FILE__, __LINE__, "\"%s\" is taken for ours", foreign[i]);
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (sp_text_is_foreign(ours[i], strlen(ours[i]), ALL_LANGS))
			harness_fail(__FILE__, __LINE__, "\"%s\" is taken for foreign", ours[i]);
	/* One of ours that is not asked for. */
	CHECK(sp_text_is_foreign("Ich habe mein Passwort vergessen", 32, 1u << SP_LANG_IT));
	CHECK(!sp_text_is_foreign("passwort", 8, 1u << SP_LANG_IT));
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

static int edits(const char *a, const char *b, int limit)
{
	int there = sp_text_edit_distance(a, strlen(a), b, strlen(b), limit);
	CHECK_INT(sp_text_edit_distance(b, strlen(b), a, strlen(a), limit), there);
	return there;
}

TEST(test_text_edit_distance)
{
	CHECK_INT(edits("", "", 2), 0);
	CHECK_INT(edits("spid", "spid", 0), 0);
	CHECK_INT(edits("spid", "sipd", 2), 1);
	CHECK_INT(edits("spid", "spidd", 2), 1);
	CHECK_INT(edits("rimborso", "rinborso", 2), 1);
	CHECK_INT(edits("rimborso", "rmborsso", 3), 2);
	CHECK_INT(edits("città", "citta", 2), 1);
	CHECK_INT(edits("è", "e", 1), 1);
	CHECK_INT(edits("ca", "abc", 5), 3); /* restricted: no edit inside a transposition */
	CHECK_INT(edits("kitten", "sitting", 5), 3);
	CHECK_INT(edits("kitten", "sitting", 3), 3);
	CHECK_INT(edits("kitten", "sitting", 2), 3);
	CHECK_INT(edits("kitten", "sitting", 1), 2);
	CHECK_INT(edits("abc", "xyz", 0), 1);
	CHECK_INT(edits("abc", "xyz", -5), 1);
	CHECK_INT(edits("", "abc", 3), 3);
	CHECK_INT(edits("", "abc", 2), 3);
	CHECK_INT(edits("abcdef", "badcfe", 3), 3);
	char long_word[130];
	memset(long_word, 'a', sizeof(long_word));
	CHECK_INT(sp_text_edit_distance(long_word, 64, long_word, 63, 2), 1);
	CHECK_INT(sp_text_edit_distance(long_word, 65, long_word, 64, 2), 3);
	CHECK_INT(sp_text_edit_distance(long_word, 65, long_word, 65, 2), 0);
	CHECK_INT(sp_text_edit_distance("a", 1, "b", 1, 1 << 30), 1);
}

/* Against the plain recurrence, on all words of up to four letters of a small alphabet. */
static int slow_distance(const char *a, int n, const char *b, int m)
{
	int table[8][8];
	for (int i = 0; i <= n; i++) {
		for (int j = 0; j <= m; j++) {
			int cost = i == 0 ? j : j == 0 ? i : 99;
			if (i && j) {
				int change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
				int add = (table[i - 1][j] < table[i][j - 1] ? table[i - 1][j] : table[i][j - 1]) + 1;
				cost = change < add ? change : add;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && table[i - 2][j - 2] + 1 < cost)
				cost = table[i - 2][j - 2] + 1;
			table[i][j] = cost;
		}
	}
	return table[n][m];
}

static int make_word(int code, char word[8])
{
	int len = 0;
	for (; code > 0; code /= 4) {
		if (code % 4 == 0)
			return -1;
		word[len++] = "abc"[code % 4 - 1];
	}
	return len;
}

TEST(test_text_edit_distance_equals_the_plain_one)
{
	char a[8], b[8];
	for (int x = 0; x < 256; x++) {
		for (int y = 0; y < 256; y++) {
			int n = make_word(x, a), m = make_word(y, b);
			if (n < 0 || m < 0)
				continue;
			int want = slow_distance(a, n, b, m);
			for (int limit = 0; limit < 5; limit++) {
				int got = sp_text_edit_distance(a, (size_t)n, b, (size_t)m, limit);
				if (got != (want <= limit ? want : limit + 1))
					harness_fail(__FILE__, __LINE__, "%.*s %.*s limit %d: got %d, wanted %d", n, a, m, b, limit, got, want);
			}
		}
	}
}
