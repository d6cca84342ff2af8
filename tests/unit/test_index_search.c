/* Search in a sealed index, and what the day and typing so far make of it: validity, notices, suggestions. */
#include "index_bed.h"

#include <math.h>
#include <string.h>

/* ---- search ---- */

TEST(test_index_search_wants_all_words_first)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_result r = search_for(&f, "rimborso pagamento", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "doppio");
	CHECK(r.hits[0].score > 0 && r.hits[0].score <= 1);
	/* Nothing has both: some of them. */
	r = search_for(&f, "rimborso sms", USUAL);
	CHECK_INT(r.total, 3);
	close_index_bed(&f);
}

TEST(test_index_search_forms_of_words)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	CHECK_INT(search_for(&f, "pagamenti duplicati", USUAL).total, 1);
	CHECK_INT(search_for(&f, "PAGAMENTO", USUAL).total, 1);
	CHECK_INT(search_for(&f, "dell'addebito", USUAL).total, 1);
	CHECK_INT(search_for(&f, "paa_pagamento_duplicato", USUAL).total, 1);
	CHECK_INT(search_for(&f, "identita", USUAL).total, 1);
	CHECK_INT(search_for(&f, "perche banca", USUAL).total, 1);
	close_index_bed(&f);
}

TEST(test_index_search_function_words_do_not_flood)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	CHECK_INT(search_for(&f, "il rimborso della banca", USUAL).total, 1);
	CHECK_INT(search_for(&f, "xyzzy il di", USUAL).total, 0);
	close_index_bed(&f);
}

#define MANY 300
#define GAP 50

/* Hundreds of articles, some of them taken out again: every one has one word, every seventh another, more often the later it comes. */
static bool open_many(index_bed *f)
{
	char path[64], body[256];
	bool ok = open_index_bed(f);
	for (int i = 0; ok && i < MANY; i++) {
		snprintf(path, sizeof path, "it/accesso/a%03d.md", i);
		int len = snprintf(body, sizeof body, "Il comune.");
		for (int k = 0; i % 7 == 0 && k <= i / 70; k++)
			len += snprintf(body + len, sizeof body - (size_t)len, " Zanzara.");
		if (i == 7)
			snprintf(body + len, sizeof body - (size_t)len, " Di di di.");
		ok = put_article(f, path, "Pratica", "", body) == SP_OK;
	}
	ok = ok && sp_index_writer_commit(f->writer, &f->err) == SP_OK;
	for (int i = 1; ok && i < MANY; i += GAP) {
		snprintf(path, sizeof path, "a%03d", i);
		ok = sp_index_writer_remove(f->writer, path, SP_LANG_IT, &f->err) == SP_OK;
	}
	return ok && sp_index_writer_commit(f->writer, &f->err) == SP_OK && sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

static double score_of(const sp_result *r, const char *id)
{
	for (size_t i = 0; i < r->hits_count; i++)
		if (strcmp(r->hits[i].record.id, id) == 0)
			return r->hits[i].score;
	return -1;
}

TEST(test_index_search_weighs_many_by_how_often_a_word_is_there)
{
	index_bed f;
	sp_query query = USUAL;
	query.limit = 100;
	query.want_facets = true;
	REQUIRE(open_many(&f));
	sp_result r = search_for(&f, "comune", query);
	CHECK_INT(r.total, MANY - MANY / GAP);
	REQUIRE(r.types.count == 1);
	CHECK_INT(r.types.items[0].count, MANY - MANY / GAP);
	CHECK_STR(r.hits[0].record.id, "a000"); /* all weigh the same: by number */
	r = search_for(&f, "zanzara comune", query);
	CHECK_INT(r.total, 43);
	r = search_for(&f, "zanzara", query);
	CHECK_INT(r.total, 43);
	CHECK_STR(r.hits[0].record.id, "a280");
	/* BM25, by hand: k1 is 21, lengths say nothing; one time and five times. */
	CHECK(score_of(&r, "a014") > 0 && score_of(&r, "a280") <= 1);
	CHECK(fabs(score_of(&r, "a014") / score_of(&r, "a280") - (1.0 / 22) / (5.0 / 26)) < 1e-9);
	CHECK(score_of(&r, "a007") == score_of(&r, "a014"));
	/* A little word finds nothing, and ranks what is found. */
	r = search_for(&f, "zanzara di", query);
	CHECK_INT(r.total, 43);
	CHECK(score_of(&r, "a007") > score_of(&r, "a014"));
	close_index_bed(&f);
}

TEST(test_index_search_synonyms)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_result r = search_for(&f, "telefonino", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "cellulare");
	r = search_for(&f, "entrare con la carta d'identità elettronica", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "cie");
	close_index_bed(&f);
}

TEST(test_index_search_correction)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_correction = true;
	sp_result r = search_for(&f, "Il mio rinborso, grazie", query);
	CHECK_STR(r.corrected, "Il mio rimborso, grazie");
	CHECK(r.used_correction);
	CHECK_INT(r.total, 2);
	/* Known words, codes and numbers are left alone. */
	CHECK_STR(search_for(&f, "rimborso", query).corrected, NULL);
	CHECK_STR(search_for(&f, "PAA_PAGAMENTO_DUPLICATA 2031", query).corrected, NULL);
	query.want_correction = false;
	r = search_for(&f, "rinborso", query);
	CHECK_STR(r.corrected, NULL);
	CHECK_INT(r.total, 0);
	close_index_bed(&f);
}

TEST(test_index_search_filters_and_facets)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = {.lang = SP_LANG_IT, .audience = -1, .want_facets = true};
	sp_result r = search_for(&f, "", query);
	CHECK_INT(r.total, 6);
	CHECK_INT(r.hits_count, 6);
	/* Own language first, then by title. */
	CHECK_STR(r.hits[0].record.title, "Entrare con la CIE");
	CHECK_STR(r.hits[5].record.title, "The OTP code does not arrive");
	REQUIRE(r.categories.count == 2 && r.langs.count == 2 && r.types.count == 2 && r.audiences.count == 1);
	CHECK_STR(r.categories.items[0].value, "accesso");
	CHECK_INT(r.categories.items[0].count, 4);
	CHECK_STR(r.langs.items[0].value, "it");
	CHECK_INT(r.langs.items[0].count, 5);
	CHECK_STR(r.types.items[1].value, "procedure");
	CHECK_INT(r.types.items[1].count, 1);
	CHECK_STR(r.audiences.items[0].value, "citizen");
	CHECK_INT(r.audiences.items[0].count, 6);
	query.type = "procedure";
	CHECK_INT(search_for(&f, "", query).total, 1);
	query.type = NULL;
	query.category = "pagamenti";
	CHECK_INT(search_for(&f, "", query).total, 2);
	query.category = "nothing";
	CHECK_INT(search_for(&f, "", query).total, 0);
	query.category = NULL;
	query.audience = 1;
	CHECK_INT(search_for(&f, "", query).total, 0);
	close_index_bed(&f);
}

/* ---- what is being typed, and what solved tickets ---- */

TEST(test_index_search_goes_on_with_the_last_word)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	CHECK_INT(search_for(&f, "rimbo", query).total, 0);
	query.partial = true;
	query.want_snippets = true;
	sp_result r = search_for(&f, "rimbo", query);
	CHECK_INT(r.total, 2);
	CHECK(strstr(r.hits[0].snippet, "<mark>") != NULL);
	REQUIRE(r.hits[0].words.count == 1);
	CHECK_STR(r.hits[0].words.items[0], "rimbo");
	/* More than its stem was typed; one letter wrong; a code. */
	CHECK_INT(search_for(&f, "pagamen", query).total, search_for(&f, "pagamento", USUAL).total);
	CHECK_INT(search_for(&f, "rinbors", query).total, 2);
	CHECK_INT(search_for(&f, "paa_pagam", query).total, 1);
	/* Only the last one, and only while nothing stands behind it. */
	CHECK_INT(search_for(&f, "rimbo ", query).total, 0);
	CHECK_INT(search_for(&f, "rimbo pagamento", query).hits[0].missing.count, 1);
	close_index_bed(&f);
}

TEST(test_index_search_facets_that_let_a_filter_be_changed)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = {.lang = SP_LANG_IT, .audience = -1, .want_facets = true, .wide_facets = true, .category = "pagamenti"};
	sp_result r = search_for(&f, "", query);
	CHECK_INT(r.total, 2);
	REQUIRE(r.categories.count == 2);
	CHECK_INT(r.categories.items[0].count, 4);
	CHECK_INT(r.categories.items[1].count, 2);
	/* The others count what is left. */
	uint32_t types = 0;
	for (size_t i = 0; i < r.types.count; i++)
		types += r.types.items[i].count;
	CHECK_INT(types, 2);
	static const char *const none[] = {"nothing"}, *const both[] = {"accesso", "pagamenti"};
	query.category = NULL;
	query.categories = none;
	query.categories_count = 1;
	CHECK_INT(search_for(&f, "", query).total, 0);
	query.categories = both;
	query.categories_count = 2;
	CHECK_INT(search_for(&f, "", query).total, 6);
	close_index_bed(&f);
}

TEST(test_index_search_moves_up_what_solved_tickets)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	sp_result plain = search_for(&f, "rimborso", query);
	REQUIRE(plain.total == 2);
	const char *second = sp_arena_strdup(f.arena, plain.hits[1].record.id);
	sp_solved solved[] = {{second, 1000}, {"nowhere", 5}};
	sp_solvers solvers = {7, solved, 2};
	query.solvers = &solvers;
	sp_result moved = search_for(&f, "rimborso", query);
	CHECK_INT(moved.total, 2);
	/* It rises as far as the boost lets it, and no further. */
	bool is_near = plain.hits[1].score * (1 + SP_SOLVERS_BOOST) > plain.hits[0].score * 1.01;
	bool is_far = plain.hits[1].score * (1 + SP_SOLVERS_BOOST) < plain.hits[0].score;
	CHECK(is_near || is_far);
	CHECK_STR(moved.hits[is_near ? 0 : 1].record.id, second);
	CHECK_INT(moved.hits[is_near ? 0 : 1].solved, 1000);
	CHECK_INT(moved.hits[is_near ? 1 : 0].solved, 0);
	/* Pages go on where the one before ended. */
	query.limit = 1;
	query.offset = 1;
	sp_result page = search_for(&f, "rimborso", query);
	CHECK_INT(page.hits_count, 1);
	CHECK_STR(page.hits[0].record.id, moved.hits[1].record.id);
	close_index_bed(&f);
}

TEST(test_index_search_pages_and_order)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = {.lang = SP_LANG_IT, .only_lang = true, .audience = -1, .limit = 2, .offset = 4};
	sp_result r = search_for(&f, "", query);
	CHECK_INT(r.total, 5);
	CHECK_INT(r.hits_count, 1);
	CHECK_STR(r.hits[0].record.title, "Quanto tempo ci vuole");
	query.offset = 100;
	r = search_for(&f, "", query);
	CHECK_INT(r.total, 5);
	CHECK_INT(r.hits_count, 0);
	query = (sp_query){.day = TODAY, .limit = 101, .audience = -1};
	CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &r, &f.err), SP_ERR_INVALID);
	CHECK_STR(f.err.source, "limit");
	sp_error_clear(&f.err);
	query = (sp_query){.limit = 10, .audience = -1};
	CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &r, &f.err), SP_ERR_INVALID);
	CHECK_STR(f.err.source, "day");
	close_index_bed(&f);
}

TEST(test_index_snippets_and_why)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_snippets = true;
	sp_result r = search_for(&f, "telefoni campo", query);
	REQUIRE(r.hits_count == 1);
	CHECK_HAS(r.hits[0].snippet, "&amp; controlla");
	CHECK_HAS(r.hits[0].snippet, "<mark>campo</mark>");
	CHECK_STR(r.hits[0].why, "body");
	CHECK_STR(search_for(&f, "otp", query).hits[0].why, "title questions keywords");
	/* No word of the question in the text: its beginning. */
	r = search_for(&f, "sms", query);
	CHECK_INT(strncmp(r.hits[0].snippet, "Aspetta qualche minuto", 22), 0);
	close_index_bed(&f);
}

TEST(test_index_snippet_finds_the_place_in_a_long_text)
{
	index_bed f;
	char body[4000] = "";
	REQUIRE(open_index_bed(&f));
	for (int i = 0; i < 60; i++)
		strcat(body, "Testo che riempie la pagina senza dire. ");
	strcat(body, "Qui c'è il salmone & la trota. ");
	for (int i = 0; i < 20; i++)
		strcat(body, "Ancora testo che riempie. ");
	CHECK_INT(put_article(&f, "it/accesso/lungo.md", "Lungo", "", body), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	sp_query query = USUAL;
	query.want_snippets = true;
	sp_result r = search_for(&f, "trota salmone", query);
	REQUIRE(r.hits_count == 1);
	CHECK_HAS(r.hits[0].snippet, "<mark>salmone</mark> &amp; la <mark>trota</mark>.");
	CHECK_INT(strncmp(r.hits[0].snippet, "… ", 4), 0);
	CHECK_STR(r.hits[0].snippet + strlen(r.hits[0].snippet) - 4, " …");
	CHECK(strlen(r.hits[0].snippet) < 300);
	close_index_bed(&f);
}

/* ---- validity ---- */

static uint32_t found_on(index_bed *f, const char *text, sp_date day)
{
	sp_query query = USUAL;
	query.day = day;
	return search_for(f, text, query).total;
}

TEST(test_index_validity)
{
	index_bed f;
	REQUIRE(open_index_bed(&f));
	CHECK_INT(put_article(&f, "it/accesso/a.md", "Cashback limitato", "valid_from: 2020-12-01\nvalid_until: 2021-06-30\n",
				  "Testo.\n"),
		SP_OK);
	CHECK_INT(put_article(&f, "it/accesso/b.md", "Bonus finito",
				  "valid_from: 2020-12-01\nvalid_until: 2021-06-30\nended: true\n", "Finito.\n"),
		SP_OK);
	CHECK_INT(put_article(&f, "it/accesso/c.md", "Sempre valido", "", "Testo.\n"), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	CHECK_INT(found_on(&f, "cashback", 20201130), 0);
	CHECK_INT(found_on(&f, "cashback", 20201201), 1);
	CHECK_INT(found_on(&f, "cashback", 20210630), 1);
	CHECK_INT(found_on(&f, "cashback", 20210701), 0);
	CHECK_INT(found_on(&f, "bonus", 20201130), 0);
	CHECK_INT(found_on(&f, "bonus", 20260101), 1);
	CHECK_INT(found_on(&f, "", 20201130), 1);
	CHECK_INT(found_on(&f, "", 20210101), 3);
	size_t count;
	sp_candidate *list;
	sp_ask what = {
		.text = "Cashback limitato", .len = 17, .lang = SP_LANG_IT, .only_lang = true, .day = 20260101, .limit = 10};
	CHECK_INT(sp_index_candidates(f.index, f.analyser, &what, f.arena, &list, &count, NULL, &f.err), SP_OK);
	CHECK_INT(count, 0);
	close_index_bed(&f);
}

TEST(test_index_notices)
{
	index_bed f;
	sp_record *list;
	size_t count;
	REQUIRE(open_index_bed(&f));
	CHECK_INT(put_article(&f, "it/accesso/guasto.md", "Accesso fermo",
				  "type: notice\nstarts: 2026-11-20T08:00:00Z\n"
				  "ends: 2026-11-24T08:00:00Z\ncovers: {categories: [accesso]}\n",
				  "Stiamo riparando.\n"),
		SP_OK);
	CHECK_INT(put_article(&f, "it/accesso/sciopero.md", "Sciopero",
				  "type: notice\nstarts: 2026-11-22T08:00:00Z\n"
				  "ends: 2026-11-23T08:00:00Z\n",
				  "Oggi poche persone.\n"),
		SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	int64_t both = 1795420800; /* 2026-11-23T08:00:00Z */
	CHECK_INT(sp_index_notices(f.index, both - 1, SP_LANG_IT, f.arena, &list, &count, &f.err), SP_OK);
	REQUIRE(count == 2);
	CHECK_STR(list[0].id, "sciopero");
	CHECK_STR(list[1].id, "guasto");
	CHECK_STR(list[1].covers.categories.items[0], "accesso");
	CHECK_INT(sp_index_notices(f.index, both, SP_LANG_EN, f.arena, &list, &count, &f.err), SP_OK);
	CHECK_INT(count, 1);
	CHECK_INT(sp_index_notices(f.index, both + 86400, SP_LANG_IT, f.arena, &list, &count, &f.err), SP_OK);
	CHECK_INT(count, 0);
	/* Each beginning and end, in turn. */
	const int64_t changes[] = {1795161600, 1795334400, both, both + 86400, 0};
	for (int64_t now = 0, next, i = 0; i < 5; i++, now = next) {
		CHECK_INT(sp_index_notices_change(f.index, now, &next, &f.err), SP_OK);
		CHECK_INT(next, changes[i]);
	}
	CHECK_INT(found_on(&f, "sciopero", 20261121), 0);
	CHECK_INT(found_on(&f, "sciopero", 20261123), 1);
	CHECK_INT(found_on(&f, "sciopero", 20261125), 0);
	/* Of a moment, then of a whole day again, then of a moment: what was known of the one is not taken for the other. */
	for (int i = 0; i < 2; i++) {
		sp_index_at(f.index, 1795334400 - 3600); /* 2026-11-22T07:00:00Z */
		CHECK_INT(found_on(&f, "sciopero", 20261122), 0);
		sp_index_at(f.index, 1795334400);
		CHECK_INT(found_on(&f, "sciopero", 20261122), 1);
		sp_index_at(f.index, 1795161600 - 3600); /* before all notices */
		CHECK_INT(found_on(&f, "fermo", 20261120), 0);
		sp_index_at(f.index, 0);
		CHECK_INT(found_on(&f, "fermo", 20261120), 1);
	}
	close_index_bed(&f);
}

/* ---- suggestions ---- */

TEST(test_index_suggest)
{
	index_bed f;
	sp_suggestion *list;
	size_t count;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_suggest(f.index, f.analyser, "non ric", 7, SP_LANG_IT, TODAY, 5, f.arena, &list, &count, &f.err),
		SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(list[0].text, "non ricevo l'sms con il codice");
	CHECK_STR(list[0].id, "otp");
	CHECK_INT(
		sp_index_suggest(f.index, f.analyser, "ho", 2, SP_LANG_IT, TODAY, 5, f.arena, &list, &count, &f.err), SP_OK);
	REQUIRE(count == 2);
	CHECK_STR(list[0].text, "Ho pagato due volte");
	CHECK_STR(list[1].text, "Ho cambiato cellulare");
	CHECK_INT(
		sp_index_suggest(f.index, f.analyser, "codice ot", 9, SP_LANG_IT, TODAY, 5, f.arena, &list, &count, &f.err),
		SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(list[0].text, "Non mi arriva il codice OTP");
	CHECK_INT(
		sp_index_suggest(f.index, f.analyser, "zz", 2, SP_LANG_IT, TODAY, 5, f.arena, &list, &count, &f.err), SP_OK);
	CHECK_INT(count, 0);
	CHECK_INT(
		sp_index_suggest(f.index, f.analyser, "", 0, SP_LANG_IT, TODAY, 5, f.arena, &list, &count, &f.err), SP_OK);
	CHECK_INT(count, 0);
	close_index_bed(&f);
}
