/* Decisions after others: choices, what was not solved, follow-ups, tickets that were offered. */
#include "answer_bed.h"

/* Two articles that differ by one word: which one is asked. */
static sp_decision between_two(const sp_turn *turn)
{
	return after(turn, false, "problema con la carta di credito");
}

TEST(test_answer_choices)
{
	opened *o = answer_bed();
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
	opened *o = answer_bed();
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
	sp_dialogue dialogue = {.turns = turns, .count = 2};
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
	d = after(&ticket, false, "scrivetemi a maria.rossi@example.org, la password la so");
	check_decision(__LINE__, "data", &d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	/* Another question is another question. */
	d = after(&ticket, false, "altra domanda: dove trovo la ricevuta del pagamento");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "ricevuta");
	/* So is one whose question word comes last. */
	ticket.reason = SP_REASON_CASE;
	d = after(&ticket, false, "per riavere la password persa come si fa");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "password");
	ticket.reason = SP_REASON_PERSON;
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

static const sp_turn paid = {.question = "l'avviso risulta già pagato",
	.decision = SP_DECIDE_ANSWER,
	.reason = SP_REASON_KNOWN_PHRASING,
	.article = "gia-pagato",
	.category = "pagamento",
	.lang = SP_LANG_IT};

static sp_decision after_all(const sp_turn *turns, size_t count, const char *text)
{
	sp_dialogue dialogue = {.turns = turns, .count = count};
	sp_decision d = {0};
	sp_error err = {0};
	CHECK_INT(decide_on(text, strlen(text), TODAY, &dialogue, &d, &err), SP_OK);
	return d;
}

TEST(test_answer_next_best_once_then_a_person)
{
	static const char text[] = "non funziona, il pagamento non c'è";
	sp_decision d = after(&paid, false, text);
	check_decision(__LINE__, text, &d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST);
	CHECK_STR(first_of(&d), "ricevuta");
	sp_turn next = paid;
	next.reason = SP_REASON_NEXT_BEST;
	next.article = "ricevuta";
	sp_turn turns[] = {paid, next};
	d = after_all(turns, 2, text);
	check_decision(__LINE__, text, &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
}

/* Who says nothing but that it did not help gets what answers the question nearly as well. */
TEST(test_answer_next_best_is_of_the_question_that_was_answered)
{
	static const char question[] = "la carta di credito";
	static const char *const complaints[] = {"non ho risolto", "non mi aiuta", "no"}, *const was_right[] = {"ho fatto come dici ma resta uguale", "non ho capito"};
	sp_turn asked = {.question = question, .decision = SP_DECIDE_ANSWER, .reason = SP_REASON_SURE, .category = "pagamento", .lang = SP_LANG_IT};
	sp_decision first = decide(question);
	asked.article = first_of(&first);
	CHECK(strncmp(asked.article, "carta-", strlen("carta-")) == 0);
	const char *other = strcmp(asked.article, "carta-rimuovere") == 0 ? "carta-aggiungere" : "carta-rimuovere";
	for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++) {
		sp_decision d = after(&asked, false, complaints[i]);
		check_decision(__LINE__, complaints[i], &d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST);
		CHECK_STR(first_of(&d), other);
	}
	/* Once; then a person. */
	sp_turn next = asked;
	next.reason = SP_REASON_NEXT_BEST;
	next.article = other;
	sp_turn turns[] = {asked, next};
	sp_decision d = after_all(turns, 2, complaints[0]);
	check_decision(__LINE__, complaints[0], &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* What was done as it says, or not understood, was the right one. */
	for (size_t i = 0; i < sizeof was_right / sizeof *was_right; i++) {
		d = after(&asked, false, was_right[i]);
		check_decision(__LINE__, was_right[i], &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	}
	/* The question by itself has something else first: what comes second is not known. */
	asked.article = "commissioni";
	d = after(&asked, false, complaints[0]);
	check_decision(__LINE__, complaints[0], &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
}

TEST(test_answer_sent_back_by_somebody_else)
{
	static const char text[] = "la banca dice di sentire voi";
	sp_decision d = after(&paid, false, text);
	check_decision(__LINE__, text, &d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* At the beginning it is a message like others. */
	CHECK(decide(text).reason != SP_REASON_NOT_SOLVED);
}

TEST(test_answer_what_closes_a_dialogue)
{
	static const char *const texts[] = {"ok scrivo al comune", "ah la usa mia moglie. capito", "meno male, pensavo peggio", "grazie, ora li chiamo"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sp_decision d = after(&paid, false, texts[i]);
		check_decision(__LINE__, texts[i], &d, SP_DECIDE_NONE, SP_REASON_THANKS);
	}
	/* What goes on, or asks, does not. */
	static const char *const more[] = {"ok ma la ricevuta non la trovo", "ok, dove trovo la ricevuta?", "va bene, altra domanda: la ricevuta del pagamento"};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (after(&paid, false, more[i]).kind == SP_DECIDE_NONE)
			harness_fail(__FILE__, __LINE__, "\"%s\" closes nothing", more[i]);
}

TEST(test_answer_a_topic_reaches_over_small_talk)
{
	const sp_turn aside = {.question = "un attimo", .decision = SP_DECIDE_NONE, .reason = SP_REASON_SMALLTALK, .lang = SP_LANG_IT};
	const sp_turn turns[] = {paid, aside};
	sp_decision d = after_all(turns, 2, "e la ricevuta?");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "ricevuta");
	CHECK(d.in_context);
	CHECK_STR(d.earlier, "L'avviso risulta già pagato");
	/* A change of topic stands alone. */
	d = after_all(turns, 2, "altra domanda: e la ricevuta?");
	CHECK(!d.in_context);
}

TEST(test_answer_a_code_said_before_is_not_said_again)
{
	const sp_turn code = {.question = "PAA_PAGAMENTO_DUPLICATO", .decision = SP_DECIDE_CLARIFY, .reason = SP_REASON_TOO_VAGUE, .lang = SP_LANG_IT};
	CHECK(after(&code, false, "come tolgo una carta").reason != SP_REASON_CODE);
}

TEST(test_answer_one_of_the_choices_in_free_words)
{
	const char *ids[] = {"carta-aggiungere", "carta-rimuovere"};
	const sp_turn offered = {.question = "problema con la carta di credito", .decision = SP_DECIDE_CLARIFY, .reason = SP_REASON_CHOICES,
		.category = "pagamento", .offered = {ids, 2}, .lang = SP_LANG_IT};
	sp_decision d = after(&offered, false, "vorrei rimuovere la vecchia");
	CHECK_INT(d.kind, SP_DECIDE_ANSWER);
	CHECK_STR(first_of(&d), "carta-rimuovere");
}

TEST(test_answer_three_turns_without_progress_end_with_a_person)
{
	const sp_turn lost = {.question = "xkqz", .decision = SP_DECIDE_NONE, .reason = SP_REASON_GIBBERISH, .lang = SP_LANG_IT};
	const sp_turn turns[] = {lost, lost, lost};
	sp_decision d = after_all(turns, 2, "qwzx plok");
	check_decision(__LINE__, "third", &d, SP_DECIDE_NONE, SP_REASON_GIBBERISH);
	d = after_all(turns, 3, "qwzx plok");
	check_decision(__LINE__, "fourth", &d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}

TEST(test_answer_who_asks_for_a_person_and_who_only_tells_of_one)
{
	sp_decision d = after(&paid, false, "basta, mettetemi in contatto con qualcuno");
	check_decision(__LINE__, "person", &d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	CHECK(after(&paid, false, "ho parlato con una persona del comune").reason != SP_REASON_PERSON);
}

TEST(test_answer_details_go_on_after_a_question_in_between)
{
	const sp_turn ticket = {.question = "mi hanno scalato 54,20 euro due volte, verificate", .decision = SP_DECIDE_TICKET,
		.reason = SP_REASON_CASE, .category = "pagamento", .lang = SP_LANG_IT};
	const sp_turn asked = {.question = "dove trovo la ricevuta?", .decision = SP_DECIDE_ANSWER, .reason = SP_REASON_SURE,
		.article = "ricevuta", .category = "pagamento", .lang = SP_LANG_IT};
	const sp_turn turns[] = {ticket, asked};
	sp_decision d = after_all(turns, 2, "sulla ricevuta c'è scritto 3410");
	check_decision(__LINE__, "told", &d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	/* Asked on, or about something else, it is no detail; nor without a ticket. */
	CHECK(after_all(turns, 2, "e come tolgo una carta?").reason != SP_REASON_DETAILS);
	CHECK(after_all(turns, 2, "ho dimenticato la password di SPID").reason != SP_REASON_DETAILS);
	CHECK(after(&asked, false, "sulla ricevuta c'è scritto 3410").reason != SP_REASON_DETAILS);
	sp_dialogue sent = {.turns = turns, .count = 2, .ticket_open = true};
	sp_error err = {0};
	static const char text[] = "sulla ricevuta c'è scritto 3410";
	CHECK_INT(decide_on(text, sizeof text - 1, TODAY, &sent, &d, &err), SP_OK);
	CHECK(d.reason != SP_REASON_DETAILS);
}

TEST(test_answer_a_ticket_is_of_what_was_talked_of)
{
	sp_turn password = {.question = "ho dimenticato la password di SPID", .decision = SP_DECIDE_ANSWER, .reason = SP_REASON_SURE,
		.article = "password", .category = "talked-of", .lang = SP_LANG_IT};
	static const char *const persons[] = {"Vorrei parlare con una persona", "Parla con una persona", "voglio un operatore", "operatore"};
	for (size_t i = 0; i < sizeof persons / sizeof *persons; i++) {
		sp_decision d = after(&password, false, persons[i]);
		check_decision(__LINE__, persons[i], &d, SP_DECIDE_TICKET, SP_REASON_PERSON);
		CHECK_STR(d.category, "talked-of");
	}
	sp_turn turns[] = {password, {.question = "non ho risolto", .decision = SP_DECIDE_TICKET, .reason = SP_REASON_NOT_SOLVED, .category = "talked-of",
		.lang = SP_LANG_IT}};
	sp_decision d = after_all(turns, 2, "non ho risolto, la carta non c'entra");
	check_decision(__LINE__, "details", &d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	CHECK_STR(d.category, "talked-of");
}

TEST(test_answer_not_understood_is_no_thanks)
{
	sp_turn password = {.question = "ho dimenticato la password di SPID", .decision = SP_DECIDE_ANSWER, .reason = SP_REASON_SURE,
		.article = "password", .category = "accesso", .lang = SP_LANG_IT};
	CHECK(after(&password, false, "non ho capito").reason != SP_REASON_THANKS);
	CHECK_INT(after(&password, false, "ho capito").reason, SP_REASON_THANKS);
}

/* By which its first candidate is above the second. */
static double ahead(const sp_decision *d)
{
	return d->count > 1 ? d->candidates[0].score - d->candidates[1].score : 0;
}

TEST(test_answer_in_context_less_is_enough_and_least_where_the_second_is_far)
{
	const sp_turn turn = {.question = "come tolgo una carta", .decision = SP_DECIDE_ANSWER, .reason = SP_REASON_KNOWN_PHRASING,
		.article = "carta-rimuovere", .category = "pagamento", .lang = SP_LANG_IT};
	sp_decision near = after(&turn, false, "e commissioni o password?"), far = after(&turn, false, "aggiungere o rimuovere?");
	CHECK(ahead(&near) < 0.2 && ahead(&far) > 0.2);
	CHECK(near.threshold < decide("e commissioni o password?").threshold);
	CHECK(far.threshold < near.threshold);
	check_decision(__LINE__, "far", &far, SP_DECIDE_ANSWER, SP_REASON_SURE);
	CHECK(near.kind != SP_DECIDE_ANSWER);
	/* After a question back words alone are not: of the choices one is always ahead. */
	const char *ids[] = {"carta-aggiungere", "commissioni"};
	const sp_turn offered = {.question = "problema con la carta di credito", .decision = SP_DECIDE_CLARIFY, .reason = SP_REASON_CHOICES,
		.category = "pagamento", .offered = {ids, 2}, .lang = SP_LANG_IT};
	sp_decision chosen = after(&offered, false, "aggiungere o rimuovere?");
	CHECK(ahead(&chosen) > 0.2);
	CHECK_INT(chosen.threshold * 1000, near.threshold * 1000);
}
