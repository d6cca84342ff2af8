/* Procedures cut into steps, walks through them, and what is said on the way. */
#include "harness.h"

#include "answer/walk.h"

#include <stdint.h>
#include <stdlib.h>

static const char branching[] =
	"Intro with [a link](#passo-3-fine).\n\n## Passo 1: guarda\n\nGuarda [qui](#passo-2-riavvia).\n\n- [Sì, lo vedo](#passo-3-fine)\n"
	"- [No, non lo vedo](#passo-2-riavvia)\n- [Non c'è il menu](#passo-4-scrivici)\n\n## Passo 2: riavvia\n\n1. Spegni.\n2. Accendi.\n\n"
	"### Nota\n\n- [Guida](altro-articolo)\n- [Fine](#passo-3-fine)\n\n## Passo 3: fine\n\nBene.\n\n## Passo 4: scrivici\n\nScrivi.\n";
static const char line[] = "## Uno\n\nA.\n\n## Due\n\nB.\n\n- [Di nuovo](#uno)\n- [Avanti](#tre)\n\n## Tre\n\nC.\n\n## Quattro\n\nD.\n";

static sp_arena *arena;
static sp_analyser *analyser;

static void free_all(void)
{
	sp_analyser_free(analyser);
	sp_arena_free(arena);
}

static sp_steps cut(const char *markdown, const char *html)
{
	sp_steps steps = {0};
	if (!arena) {
		arena = sp_arena_new(0);
		analyser = sp_analyser_new();
		atexit(free_all);
	}
	sp_procedure procedure = {"guida", SP_LANG_IT, markdown, strlen(markdown), html};
	CHECK_INT(sp_procedure_steps(&procedure, arena, &steps), SP_OK);
	return steps;
}

TEST(test_walk_cut)
{
	sp_steps steps = cut(branching, "");
	CHECK_INT(steps.count, 4);
	CHECK_STR(steps.items[0].markdown, "Intro with [a link](#passo-3-fine).");
	CHECK_STR(steps.items[0].html, "<p>Intro with <a href=\"/a/guida?lang=it#passo-3-fine\">a link</a>.</p>\n");
	const sp_step *first = &steps.items[1];
	CHECK_STR(first->anchor, "passo-1-guarda");
	CHECK_STR(first->title, "Passo 1: guarda");
	CHECK_STR(first->markdown, "## Passo 1: guarda\n\nGuarda [qui](#passo-2-riavvia).");
	CHECK(strstr(first->html, "<h2 id=\"passo-1-guarda\">") && !strstr(first->html, "<li>"));
	CHECK(strstr(first->speech, "Guarda qui"));
	CHECK_INT(first->choices_count, 3);
	CHECK_STR(first->choices[1].label, "No, non lo vedo");
	CHECK_STR(first->choices[1].anchor, "passo-2-riavvia");
	/* A list that is not of headings alone stays text. */
	CHECK_INT(steps.items[2].choices_count, 0);
	CHECK(strstr(steps.items[2].markdown, "[Guida](altro-articolo)"));
	CHECK(strstr(steps.items[2].html, "/a/altro-articolo?lang=it"));
}

TEST(test_walk_where_steps_lead)
{
	sp_steps steps = cut(branching, "");
	for (size_t i = 2; i <= 4; i++) /* each is a branch of its own */
		CHECK(spi_step_is_end(&steps.items[i]));
	CHECK(!spi_step_is_end(&steps.items[1]));
	steps = cut(line, "");
	CHECK_INT(steps.items[1].next, 2);
	CHECK_INT(steps.items[2].next, 0);
	CHECK_INT(steps.items[3].next, 4);
	CHECK(spi_step_is_end(&steps.items[4]));
	CHECK_INT(sp_steps_first(&steps), 1);
	steps = cut("- [A](#a)\n- [B](#b)\n\n## A\n\nx\n\n## B\n\ny\n", "");
	CHECK_INT(sp_steps_first(&steps), 0);
	CHECK_INT(steps.items[0].choices_count, 2);
	CHECK_STR(steps.items[0].markdown, "");
	steps = cut("Only text.", "");
	CHECK_INT(steps.count, 0);
	CHECK_INT(sp_steps_find(&steps, "nowhere"), SIZE_MAX);
}

TEST(test_walk_keeps_whose_a_quote_is)
{
	sp_steps steps = cut("## A\n\n> all\n\n## B\n\n> agents\n",
		"<h2 id=\"a\">A</h2>\n<blockquote>\n<p>all</p>\n</blockquote>\n<h2 id=\"b\">B</h2>\n"
		"<blockquote class=\"audience\" data-audience=\"agent-l1\">\n<p>agents</p>\n</blockquote>\n");
	CHECK(strstr(steps.items[1].html, "<blockquote>"));
	CHECK(strstr(steps.items[2].html, "data-audience=\"agent-l1\""));
}

TEST(test_walk_broken_choices)
{
	sp_steps steps = cut("## A\n\n- [x](#nowhere)\n- [y](#b)\n\n## B\n\nt\n", "");
	CHECK_INT(steps.items[1].choices_count, 1);
	CHECK_STR(steps.items[1].choices[0].anchor, "b");
	steps = cut("## A\n\n- [x](#nowhere)\n\n## B\n\nt\n", "");
	CHECK_INT(steps.items[1].next, 2);
	/* Headings of the same text, code and odd ends. */
	steps = cut("## A\r\n\r\n```\r\n## no step\r\n```\r\n## A\r\n- [z](#a-1)", "");
	CHECK_INT(steps.count, 2);
	CHECK_STR(steps.items[2].anchor, "a-1");
	CHECK_INT(steps.items[2].choices_count, 1);
}

/* ---- the state ---- */

static sp_walk *start(const sp_steps *steps)
{
	sp_record article = {.id = "guida", .lang = SP_LANG_IT, .version = "v1"};
	return spi_walk_new(&article, steps, arena);
}

TEST(test_walk_forth_and_back)
{
	sp_steps steps = cut(line, "");
	sp_walk *walk = start(&steps);
	REQUIRE(walk);
	CHECK_STR(walk->step, "uno");
	spi_walk_go(walk, &steps, 2);
	spi_walk_go(walk, &steps, 1);
	spi_walk_go(walk, &steps, 2);
	spi_walk_go(walk, &steps, 3);
	spi_walk_go(walk, &steps, 4);
	CHECK_INT(walk->state, SP_WALK_ENDED);
	CHECK_INT(walk->seen.count, 4);
	CHECK_INT(walk->way.count, 6);
	spi_walk_back(walk, &steps);
	CHECK_STR(walk->step, "tre");
	CHECK_INT(walk->state, SP_WALK_GOING);
	for (int i = 0; i < 9; i++)
		spi_walk_back(walk, &steps);
	CHECK_STR(walk->step, "uno");
	CHECK_INT(walk->way.count, 1);
	for (size_t i = 0; i < 3 * SP_WALK_STEPS_KEPT; i++)
		spi_walk_go(walk, &steps, 1 + i % 2);
	CHECK_INT(walk->way.count, SP_WALK_STEPS_KEPT);
	spi_walk_restart(walk, &steps);
	CHECK_INT(walk->way.count, 1);
}

TEST(test_walk_fits_a_changed_article)
{
	sp_steps steps = cut(line, "");
	sp_walk *walk = start(&steps);
	REQUIRE(walk);
	spi_walk_go(walk, &steps, 2);
	spi_walk_go(walk, &steps, 3);
	sp_record article = {.id = "guida", .lang = SP_LANG_IT, .version = "v2"};
	steps = cut("## Zero\n\nZ.\n\n## Tre\n\nC.\n\n## Uno\n\nA.\n", "");
	CHECK(spi_walk_fit(walk, &article, &steps));
	CHECK_STR(walk->version, "v2");
	CHECK_STR(walk->step, "tre");
	CHECK_INT(walk->way.count, 2); /* "due" is forgotten */
	steps = cut("## Zero\n\nZ.\n\n## Altro\n\nC.\n", "");
	CHECK(!spi_walk_fit(walk, &article, &steps));
	CHECK_STR(walk->step, "zero");
	CHECK_INT(walk->way.count, 1);
	CHECK_INT(walk->seen.count, 1);
}

/* ---- what is said ---- */

static spi_move hear(const char *markdown, size_t at, const char *text, bool is_here)
{
	sp_steps steps = cut(markdown, "");
	spi_move move = {SPI_MOVE_NONE, 0};
	spi_hearing hearing = {.analyser = analyser, .arena = arena, .steps = &steps, .at = at, .lang = SP_LANG_IT, .title = "Guida",
		.text = text, .len = strlen(text), .is_here = is_here};
	CHECK_INT(spi_walk_hear(&hearing, &move), SP_OK);
	return move;
}

static void check_hear(const char *markdown, size_t at, const char *text, spi_move_kind kind, size_t step)
{
	spi_move move = hear(markdown, at, text, true);
	if (move.kind != kind || (kind == SPI_MOVE_STEP && move.step != step))
		harness_fail(__FILE__, __LINE__, "\"%s\": move %d to %zu, not %d to %zu", text, (int)move.kind, move.step, (int)kind, step);
}

TEST(test_walk_hears_choices)
{
	static const struct { const char *text; size_t step; } said[] = {{"Sì, lo vedo", 3}, {"si lo vedo", 3}, {"SI", 3}, {"ja", 3},
		{"la prima", 3}, {"2", 2}, {"la seconda", 2}, {"third one", 4}, {"l'ultima", 4}, {"non c'è il menu", 4}, {"non c'e nessun menù", 4},
		{"il menu non c'è", 4}, {"non lo vedo", 2}, {"no non lo vedo proprio", 2}};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		check_hear(branching, 1, said[i].text, SPI_MOVE_STEP, said[i].step);
	check_hear(branching, 1, "no", SPI_MOVE_STEP, 2); /* two say no, one begins with it */
	static const char no_yes[] = "## A\n\n- [Uso SPID](#b)\n- [Uso la carta](#c)\n\n## B\n\nx\n\n## C\n\ny\n";
	check_hear(no_yes, 1, "no", SPI_MOVE_UNCLEAR, 0);
	check_hear(no_yes, 1, "sì", SPI_MOVE_UNCLEAR, 0);
	check_hear(no_yes, 1, "con la crta", SPI_MOVE_STEP, 3);
	/* What points at one of them need not be like it; what asks on is none. */
	static const char by_name[] = "## A\n\n- [Aspetto un SMS](#b)\n- [Uso una app](#c)\n\n## B\n\nx\n\n## C\n\ny\n";
	check_hear(by_name, 1, "quello che mandano via sms", SPI_MOVE_STEP, 2);
	check_hear(by_name, 1, "e con la mia app?", SPI_MOVE_NONE, 0);
	check_hear(by_name, 1, "la app?", SPI_MOVE_STEP, 3);
	static const char *const others[] = {"quanto costa la commissione", "la quarta", "che cos'è SPID?", "voglio pagare un bollettino"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		check_hear(branching, 1, others[i], SPI_MOVE_NONE, 0);
}

TEST(test_walk_hears_the_way)
{
	static const struct { const char *text; spi_move_kind kind; size_t step; } said[] = {{"fatto", SPI_MOVE_STEP, 2},
		{"Fatto, avanti", SPI_MOVE_STEP, 2}, {"Done, next", SPI_MOVE_STEP, 2}, {"ok", SPI_MOVE_STEP, 2}, {"weiter", SPI_MOVE_STEP, 2},
		{"indietro", SPI_MOVE_BACK, 0}, {"go back", SPI_MOVE_BACK, 0}, {"ricomincia da capo", SPI_MOVE_RESTART, 0},
		{"torna all'inizio", SPI_MOVE_RESTART, 0}, {"dall'inizio", SPI_MOVE_RESTART, 0}, {"non c'è", SPI_MOVE_FAILED, 0},
		{"dove ero?", SPI_MOVE_AGAIN, 0}, {"dov'eravamo rimasti", SPI_MOVE_AGAIN, 0}, {"wo war ich?", SPI_MOVE_AGAIN, 0},
		{"Torna a «Guida»", SPI_MOVE_AGAIN, 0}, {"tutti i passi", SPI_MOVE_ALL, 0}, {"un momento", SPI_MOVE_WAIT, 0},
		{"Non funziona", SPI_MOVE_FAILED, 0}, {"no", SPI_MOVE_FAILED, 0}, {"das funktioniert nicht", SPI_MOVE_FAILED, 0},
		{"il pagamento non funziona con la carta", SPI_MOVE_NONE, 0}, {"si le ho attivate", SPI_MOVE_STEP, 2}, {"già fatto", SPI_MOVE_STEP, 2}};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		check_hear(line, 1, said[i].text, said[i].kind, said[i].step);
	/* At an end nothing goes on. */
	check_hear(line, 4, "fatto", SPI_MOVE_NONE, 0);
	check_hear(line, 4, "no", SPI_MOVE_FAILED, 0);
}

TEST(test_walk_hears_little_from_elsewhere)
{
	CHECK_INT(hear(line, 1, "fatto", false).kind, SPI_MOVE_NONE);
	CHECK_INT(hear(line, 1, "no", false).kind, SPI_MOVE_NONE);
	CHECK_INT(hear(line, 1, "indietro", false).kind, SPI_MOVE_NONE);
	CHECK_INT(hear(branching, 1, "2", false).kind, SPI_MOVE_NONE);
	CHECK_INT(hear(line, 1, "dove ero", false).kind, SPI_MOVE_AGAIN);
	CHECK_INT(hear(branching, 1, "No, non lo vedo", false).kind, SPI_MOVE_STEP);
}

TEST(test_walk_codes)
{
	char code[SP_WALK_CODE_LEN + 1];
	static const char *const good[] = {"K7M2QX", "k7m 2qx", "K7M-2QX", "codice K7M 2QX", "Code: k7m2qx."};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK(sp_walk_code_read(good[i], strlen(good[i]), code));
		CHECK_STR(code, "K7M2QX");
	}
	static const char *const bad[] = {"", "grazie", "K7M2Q", "K7M2QXX", "234679", "AAAAAA", "K7M2Q0", "K7M2QI", "non va", "K7M\0QX"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!sp_walk_code_read(bad[i], strlen(bad[i]), code));
}
