/* Each decision on a single message, and the replies, on a small knowledge base. */
#include "answer_bed.h"

#include "answer/parts.h"
#include "answer/rank.h"

/* ---- decisions ---- */

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
	static const char text[] = "il canone e il vecchio libretto dello zio emigrato";
	sp_decision d = after(&offered, false, text);
	check_decision(__LINE__, text, &d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
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
	opened *o = answer_bed();
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

static int64_t until(const char *text, int64_t now_utc_s)
{
	sp_decision decision = decide(text);
	sp_reply reply = {0};
	sp_error err = {0};
	opened *o = answer_bed();
	CHECK_INT(sp_reply_compose(o->index, &o->config, &decision, now_utc_s, o->arena, &reply, &err), SP_OK);
	return reply.until_utc_s;
}

TEST(test_answer_reply_says_how_long_it_holds)
{
	const int64_t monday = 1795388400, hour = 3600; /* 23 November 2026, 0:00 in Rome; the app is there from 8 to 20 */
	CHECK_INT(until("il codice otp non arriva", monday), monday + 24 * hour);
	CHECK_INT(until("il codice otp non arriva", monday + 24 * hour - 1), monday + 24 * hour);
	CHECK_INT(until("ciao", monday + 10 * hour), monday + 24 * hour);
	CHECK_INT(until("voglio parlare con un operatore", monday), monday + 8 * hour);
	CHECK_INT(until("voglio parlare con un operatore", monday + 8 * hour), monday + 20 * hour);
	CHECK_INT(until("voglio parlare con un operatore", monday + 20 * hour - 1), monday + 20 * hour);
	CHECK_INT(until("voglio parlare con un operatore", monday + 20 * hour), monday + 24 * hour);
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
