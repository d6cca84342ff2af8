/* The sealed index: writing, records, validity, search, suggestions, candidates, notices, damage. */
#include "harness.h"

#include "base/file.h"
#include "index/document.h"
#include "index/features.h"
#include "index/record.h"
#include "index/slip.h"
#include "sportello/index.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TODAY 20261123

static const char *const yaml =
	"service:\n  name: {it: Prova}\n"
	"languages: [it, en]\n"
	"timezone: Europe/Rome\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen]}\n"
	"services:\n  app: {name: {it: App}}\n"
	"groups:\n  l1: {name: {it: Primo livello}, level: 1}\n"
	"categories:\n"
	"  accesso:\n    name: {it: Accesso}\n    service: app\n    group: l1\n    order: 1\n"
	"  pagamenti:\n    name: {it: Pagamenti}\n    service: app\n    group: l1\n    order: 2\n"
	"synonyms:\n  it:\n    - [cellulare, telefonino]\n    - [cie, \"carta d'identità elettronica\"]\n";

/* What the tests share: an index with a few articles, open for reading. */
typedef struct fixture {
	char folder[512];
	sp_kb_config *config;
	sp_analyser *analyser;
	sp_arena *arena;
	sp_index_writer *writer;
	sp_index *index;
	sp_error err;
} fixture;

static int fixtures;

static bool setup(fixture *f)
{
	char path[600];
	*f = (fixture){0};
	snprintf(f->folder, sizeof f->folder, "%s/index-%d", harness_folder(), ++fixtures);
	snprintf(path, sizeof path, "%s/kb/kb.yaml", f->folder);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	spi_mkdirs(path, NULL);
	*slash = '/';
	if (spi_file_write(path, yaml, strlen(yaml), &f->err) != SP_OK)
		return false;
	*slash = '\0';
	f->analyser = sp_analyser_new();
	f->arena = sp_arena_new(0);
	if (sp_kb_config_load(path, NULL, &f->config, &f->err) != SP_OK)
		return false;
	snprintf(path, sizeof path, "%s/ix", f->folder);
	strcpy(f->folder, path);
	return sp_index_writer_open(f->folder, NULL, &f->writer, &f->err) == SP_OK;
}

static void teardown(fixture *f)
{
	sp_index_close(f->index);
	sp_index_writer_close(f->writer);
	sp_kb_config_free(f->config);
	sp_analyser_free(f->analyser);
	sp_arena_free(f->arena);
}

/* Front matter lines over the usual ones, then the body. */
static sp_status put(fixture *f, const char *path, const char *title, const char *more, const char *body)
{
	char id[128], text[8192];
	const char *slug = strrchr(path, '/') + 1;
	snprintf(id, sizeof id, "%.*s", (int)(strlen(slug) - 3), slug);
	const char *category = strstr(path, "pagamenti") ? "pagamenti" : "accesso";
	snprintf(text, sizeof text,
		"---\nid: %s\ntitle: %s\ncategory: %s\nstatus: published\nupdated: 2026-01-02\n%s%s%s---\n%s", id, title,
		category, strstr(more, "type:") ? "" : "type: qa\n", strstr(more, "audience:") ? "" : "audience: [citizen]\n",
		more, body);
	sp_article *article;
	sp_view view;
	sp_status status = sp_article_parse(path, text, strlen(text), f->config, path, NULL, &article, &f->err);
	if (status != SP_OK)
		return status;
	status = sp_article_view(article, f->config->audiences[0].reads, f->arena, &view, &f->err);
	if (status == SP_OK) {
		sp_document document = {.article = article, .config = f->config, .view = &view};
		status = sp_index_writer_put(f->writer, &document, &f->err);
	}
	sp_article_free(article);
	return status;
}

static void put_usual(fixture *f)
{
	CHECK_INT(put(f, "it/accesso/otp.md", "Non mi arriva il codice OTP",
				  "questions: [non ricevo l'sms con il codice, il codice otp non arriva]\nkeywords: [otp, sms]\n",
				  "Aspetta qualche minuto & controlla che il <telefono> abbia campo.\n\n## Se ancora non "
				  "arriva\n\nChiedi un nuovo codice "
				  "al tuo gestore di identità.\n"),
		SP_OK);
	CHECK_INT(put(f, "it/accesso/cellulare.md", "Ho cambiato cellulare",
				  "questions: [come entro dal nuovo cellulare]\n", "Installa l'app e accedi di nuovo.\n"),
		SP_OK);
	CHECK_INT(put(f, "it/pagamenti/doppio.md", "Ho pagato due volte",
				  "codes: [PAA_PAGAMENTO_DUPLICATO]\n"
				  "questions: [pagamento duplicato, addebito doppio]\nupdated: 2026-05-05\n",
				  "Se il pagamento risulta due volte chiedi il rimborso all'ente creditore.\n"),
		SP_ERR_INVALID);
	sp_error_clear(&f->err);
	CHECK_INT(put(f, "it/pagamenti/doppio.md", "Ho pagato due volte",
				  "codes: [PAA_PAGAMENTO_DUPLICATO]\n"
				  "questions: [pagamento duplicato, addebito doppio]\n",
				  "Se il pagamento risulta due volte chiedi il rimborso all'ente creditore.\n"),
		SP_OK);
	CHECK_INT(put(f, "it/pagamenti/tempi.md", "Quanto tempo ci vuole", "type: procedure\n",
				  "Il rimborso arriva in dieci giorni. Il perché è nelle regole della banca.\n"),
		SP_OK);
	CHECK_INT(put(f, "en/accesso/otp.md", "The OTP code does not arrive",
				  "questions: [I do not get the text message]\n", "Wait some minutes and ask for a new code.\n"),
		SP_OK);
	CHECK_INT(
		put(f, "it/accesso/cie.md", "Entrare con la CIE", "keywords: [cie]\n", "Avvicina la carta al telefono.\n"),
		SP_OK);
}

static bool open_usual(fixture *f)
{
	if (!setup(f))
		return false;
	put_usual(f);
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK && sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

static sp_result search(fixture *f, const char *text, sp_query query)
{
	sp_result result = {0};
	query.text = text;
	query.text_len = strlen(text);
	if (!query.day)
		query.day = TODAY;
	if (!query.limit)
		query.limit = 10;
	CHECK_INT(sp_index_search(f->index, f->analyser, &query, f->arena, &result, &f->err), SP_OK);
	return result;
}

#define USUAL                                                                                                          \
	(sp_query)                                                                                                         \
	{                                                                                                                  \
		.lang = SP_LANG_IT, .only_lang = true, .audience = -1                                                          \
	}

static sp_candidate *ask(fixture *f, const char *text, size_t *ret_count, sp_question_stats *stats)
{
	sp_candidate *list = NULL;
	*ret_count = 0;
	sp_ask what = {.text = text, .len = strlen(text), .lang = SP_LANG_IT, .only_lang = true, .day = TODAY, .limit = 10};
	CHECK_INT(sp_index_candidates(f->index, f->analyser, &what, f->arena, &list, ret_count, stats, &f->err), SP_OK);
	return list;
}

/* ---- writing and records ---- */

TEST(test_index_record_comes_back_whole)
{
	fixture f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_count(f.index), 6);
	REQUIRE(sp_index_get(f.index, "doppio", SP_LANG_IT, f.arena, &r, &f.err) == SP_OK);
	CHECK_STR(r.id, "doppio");
	CHECK_STR(r.title, "Ho pagato due volte");
	CHECK_STR(r.category, "pagamenti");
	CHECK_STR(r.replaced_by, "");
	CHECK_STR(r.competence, "");
	CHECK_INT(r.lang, SP_LANG_IT);
	CHECK_INT(r.type, SP_TYPE_QA);
	CHECK_INT(r.updated, 20260102);
	CHECK_INT(r.audience, 1);
	CHECK_INT(r.codes.count, 1);
	CHECK_STR(r.codes.items[0], "PAA_PAGAMENTO_DUPLICATO");
	CHECK_INT(r.questions.count, 2);
	CHECK_STR(r.questions.items[1], "addebito doppio");
	CHECK_INT(strlen(r.version), SP_VERSION_HEX);
	CHECK_HAS(r.html, "<p>Se il pagamento");
	CHECK_HAS(r.plain, "due volte chiedi");
	CHECK_INT(strlen(r.markdown), r.markdown_len);
	sp_record same;
	CHECK_INT(sp_index_get_docid(f.index, r.docid, f.arena, &same, &f.err), SP_OK);
	CHECK_STR(same.id, "doppio");
	teardown(&f);
}

TEST(test_index_get_by_language)
{
	fixture f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_langs_of(f.index, "otp"), 1u << SP_LANG_IT | 1u << SP_LANG_EN);
	CHECK_INT(sp_index_langs_of(f.index, "nothing"), 0);
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_EN, f.arena, &r, &f.err), SP_OK);
	CHECK_STR(r.title, "The OTP code does not arrive");
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_NONE, f.arena, &r, &f.err), SP_OK);
	CHECK_INT(r.lang, SP_LANG_IT);
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_DE, f.arena, &r, &f.err), SP_ERR_NOT_FOUND);
	CHECK_STR(f.err.text, "there is no such article");
	teardown(&f);
}

TEST(test_index_replace_and_remove)
{
	fixture f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(put(&f, "it/accesso/cellulare.md", "Ho un apparecchio nuovissimo", "", "Altro testo.\n"), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "tempi", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "tempi", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "never-there", SP_LANG_IT, &f.err), SP_OK);
	/* Nothing is visible before the commit. */
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 6);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 5);
	CHECK_INT(sp_index_get(f.index, "tempi", SP_LANG_IT, f.arena, &r, &f.err), SP_ERR_NOT_FOUND);
	CHECK_INT(search(&f, "apparecchio", USUAL).total, 1);
	CHECK_INT(search(&f, "installa", USUAL).total, 0);
	teardown(&f);
}

TEST(test_index_spelling_forgets_replaced_words)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_correction = true;
	CHECK_STR(search(&f, "adebito", query).corrected, "addebito");
	CHECK_INT(sp_index_writer_remove(f.writer, "doppio", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_STR(search(&f, "adebito", query).corrected, NULL);
	teardown(&f);
}

TEST(test_index_uncommitted_changes_are_dropped)
{
	fixture f;
	REQUIRE(open_usual(&f));
	CHECK_INT(put(&f, "it/accesso/nuovo.md", "Un articolo nuovo", "", "Testo.\n"), SP_OK);
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 6);
	teardown(&f);
}

TEST(test_index_one_writer_at_a_time)
{
	fixture f;
	sp_index_writer *second = NULL;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_writer_open(f.folder, NULL, &second, &f.err), SP_ERR_BUSY);
	sp_error_clear(&f.err);
	teardown(&f);
}

/* ---- search ---- */

TEST(test_index_search_wants_all_words_first)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_result r = search(&f, "rimborso pagamento", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "doppio");
	CHECK(r.hits[0].score > 0 && r.hits[0].score <= 1);
	/* Nothing has both: some of them. */
	r = search(&f, "rimborso sms", USUAL);
	CHECK_INT(r.total, 3);
	teardown(&f);
}

TEST(test_index_search_forms_of_words)
{
	fixture f;
	REQUIRE(open_usual(&f));
	CHECK_INT(search(&f, "pagamenti duplicati", USUAL).total, 1);
	CHECK_INT(search(&f, "PAGAMENTO", USUAL).total, 1);
	CHECK_INT(search(&f, "dell'addebito", USUAL).total, 1);
	CHECK_INT(search(&f, "paa_pagamento_duplicato", USUAL).total, 1);
	CHECK_INT(search(&f, "identita", USUAL).total, 1);
	CHECK_INT(search(&f, "perche banca", USUAL).total, 1);
	teardown(&f);
}

TEST(test_index_search_function_words_do_not_flood)
{
	fixture f;
	REQUIRE(open_usual(&f));
	CHECK_INT(search(&f, "il rimborso della banca", USUAL).total, 1);
	CHECK_INT(search(&f, "xyzzy il di", USUAL).total, 0);
	teardown(&f);
}

TEST(test_index_search_synonyms)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_result r = search(&f, "telefonino", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "cellulare");
	r = search(&f, "entrare con la carta d'identità elettronica", USUAL);
	CHECK_INT(r.total, 1);
	CHECK_STR(r.hits[0].record.id, "cie");
	teardown(&f);
}

TEST(test_index_search_correction)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_correction = true;
	sp_result r = search(&f, "Il mio rinborso, grazie", query);
	CHECK_STR(r.corrected, "Il mio rimborso, grazie");
	CHECK(r.used_correction);
	CHECK_INT(r.total, 2);
	/* Known words, codes and numbers are left alone. */
	CHECK_STR(search(&f, "rimborso", query).corrected, NULL);
	CHECK_STR(search(&f, "PAA_PAGAMENTO_DUPLICATA 2031", query).corrected, NULL);
	query.want_correction = false;
	r = search(&f, "rinborso", query);
	CHECK_STR(r.corrected, NULL);
	CHECK_INT(r.total, 0);
	teardown(&f);
}

TEST(test_index_search_filters_and_facets)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_query query = {.lang = SP_LANG_IT, .audience = -1, .want_facets = true};
	sp_result r = search(&f, "", query);
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
	CHECK_INT(search(&f, "", query).total, 1);
	query.type = NULL;
	query.category = "pagamenti";
	CHECK_INT(search(&f, "", query).total, 2);
	query.category = "nothing";
	CHECK_INT(search(&f, "", query).total, 0);
	query.category = NULL;
	query.audience = 1;
	CHECK_INT(search(&f, "", query).total, 0);
	teardown(&f);
}

TEST(test_index_search_pages_and_order)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_query query = {.lang = SP_LANG_IT, .only_lang = true, .audience = -1, .limit = 2, .offset = 4};
	sp_result r = search(&f, "", query);
	CHECK_INT(r.total, 5);
	CHECK_INT(r.hits_count, 1);
	CHECK_STR(r.hits[0].record.title, "Quanto tempo ci vuole");
	query.offset = 100;
	r = search(&f, "", query);
	CHECK_INT(r.total, 5);
	CHECK_INT(r.hits_count, 0);
	query = (sp_query){.day = TODAY, .limit = 101, .audience = -1};
	CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &r, &f.err), SP_ERR_INVALID);
	CHECK_STR(f.err.source, "limit");
	sp_error_clear(&f.err);
	query = (sp_query){.limit = 10, .audience = -1};
	CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &r, &f.err), SP_ERR_INVALID);
	CHECK_STR(f.err.source, "day");
	teardown(&f);
}

TEST(test_index_snippets_and_why)
{
	fixture f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_snippets = true;
	sp_result r = search(&f, "telefoni campo", query);
	REQUIRE(r.hits_count == 1);
	CHECK_HAS(r.hits[0].snippet, "&amp; controlla");
	CHECK_HAS(r.hits[0].snippet, "<mark>campo</mark>");
	CHECK_STR(r.hits[0].why, "body");
	CHECK_STR(search(&f, "otp", query).hits[0].why, "title questions keywords");
	/* No word of the question in the text: its beginning. */
	r = search(&f, "sms", query);
	CHECK_INT(strncmp(r.hits[0].snippet, "Aspetta qualche minuto", 22), 0);
	teardown(&f);
}

TEST(test_index_snippet_finds_the_place_in_a_long_text)
{
	fixture f;
	char body[4000] = "";
	REQUIRE(setup(&f));
	for (int i = 0; i < 60; i++)
		strcat(body, "Testo che riempie la pagina senza dire. ");
	strcat(body, "Qui c'è il salmone & la trota. ");
	for (int i = 0; i < 20; i++)
		strcat(body, "Ancora testo che riempie. ");
	CHECK_INT(put(&f, "it/accesso/lungo.md", "Lungo", "", body), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
	sp_query query = USUAL;
	query.want_snippets = true;
	sp_result r = search(&f, "trota salmone", query);
	REQUIRE(r.hits_count == 1);
	CHECK_HAS(r.hits[0].snippet, "<mark>salmone</mark> &amp; la <mark>trota</mark>.");
	CHECK_INT(strncmp(r.hits[0].snippet, "… ", 4), 0);
	CHECK_STR(r.hits[0].snippet + strlen(r.hits[0].snippet) - 4, " …");
	CHECK(strlen(r.hits[0].snippet) < 300);
	teardown(&f);
}

/* ---- validity ---- */

static uint32_t found_on(fixture *f, const char *text, sp_date day)
{
	sp_query query = USUAL;
	query.day = day;
	return search(f, text, query).total;
}

TEST(test_index_validity)
{
	fixture f;
	REQUIRE(setup(&f));
	CHECK_INT(put(&f, "it/accesso/a.md", "Cashback limitato", "valid_from: 2020-12-01\nvalid_until: 2021-06-30\n",
				  "Testo.\n"),
		SP_OK);
	CHECK_INT(put(&f, "it/accesso/b.md", "Bonus finito",
				  "valid_from: 2020-12-01\nvalid_until: 2021-06-30\nended: true\n", "Finito.\n"),
		SP_OK);
	CHECK_INT(put(&f, "it/accesso/c.md", "Sempre valido", "", "Testo.\n"), SP_OK);
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
	teardown(&f);
}

TEST(test_index_notices)
{
	fixture f;
	sp_record *list;
	size_t count;
	REQUIRE(setup(&f));
	CHECK_INT(put(&f, "it/accesso/guasto.md", "Accesso fermo",
				  "type: notice\nstarts: 2026-11-20T08:00:00Z\n"
				  "ends: 2026-11-24T08:00:00Z\ncovers: {categories: [accesso]}\n",
				  "Stiamo riparando.\n"),
		SP_OK);
	CHECK_INT(put(&f, "it/accesso/sciopero.md", "Sciopero",
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
	CHECK_INT(found_on(&f, "sciopero", 20261121), 0);
	CHECK_INT(found_on(&f, "sciopero", 20261123), 1);
	CHECK_INT(found_on(&f, "sciopero", 20261125), 0);
	teardown(&f);
}

/* ---- suggestions ---- */

TEST(test_index_suggest)
{
	fixture f;
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
	teardown(&f);
}

/* ---- candidates ---- */

TEST(test_index_candidates_exact_phrasing)
{
	fixture f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask(&f, "Non ricevo  l’SMS con il codice!!", &count, &stats);
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
	teardown(&f);
}

TEST(test_index_candidates_code)
{
	fixture f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask(&f, "mi dice PAA_PAGAMENTO_DUPLICATO cosa vuol dire il codice", &count, &stats);
	REQUIRE(count >= 2);
	CHECK_STR(list[0].id, "doppio");
	CHECK(list[0].features[SP_FEATURE_CODE] == 1.0f);
	CHECK(list[1].features[SP_FEATURE_CODE] == 0.0f);
	teardown(&f);
}

TEST(test_index_candidates_spelling_is_soft)
{
	fixture f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask(&f, "adebito dopio", &count, &stats);
	REQUIRE(count >= 1);
	CHECK_STR(list[0].id, "doppio");
	CHECK_STR(stats.corrected, "addebito doppio");
	CHECK_INT(stats.known_words, 2);
	CHECK(list[0].features[SP_FEATURE_TITLE_COVER] > 0.69f && list[0].features[SP_FEATURE_TITLE_COVER] < 0.71f);
	CHECK(list[0].features[SP_FEATURE_EXACT] == 0.0f);
	teardown(&f);
}

TEST(test_index_candidates_covers)
{
	fixture f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	sp_candidate *list = ask(&f, "otp gestore", &count, &stats);
	REQUIRE(count == 1);
	CHECK(list[0].features[SP_FEATURE_ANY_COVER] > 0.999f);
	CHECK(list[0].features[SP_FEATURE_TAG_COVER] > 0.4f && list[0].features[SP_FEATURE_TAG_COVER] < 0.6f);
	CHECK(list[0].features[SP_FEATURE_TITLE_COVER] > 0.4f && list[0].features[SP_FEATURE_TITLE_COVER] < 0.6f);
	list = ask(&f, "qwrtz plkjh", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 2);
	CHECK_INT(stats.known_words, 0);
	list = ask(&f, "", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 0);
	teardown(&f);
}

TEST(test_index_candidates_limits)
{
	fixture f;
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
	teardown(&f);
}

TEST(test_index_candidates_across_languages)
{
	fixture f;
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
	CHECK_INT(put(&f, "en/accesso/cie.md", "Log in with the CIE", "keywords: [cie]\nvalid_until: 2020-01-01\n", "Hold the card to the phone.\n"), SP_OK);
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
	teardown(&f);
}

TEST(test_index_candidates_never_personal_data)
{
	fixture f;
	size_t count;
	sp_question_stats stats;
	REQUIRE(open_usual(&f));
	ask(&f, "mario.bianchi@example.com", &count, &stats);
	CHECK_INT(count, 0);
	CHECK_INT(stats.words, 0);
	teardown(&f);
}

TEST(test_index_also_finds_successor)
{
	fixture f;
	REQUIRE(setup(&f));
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
	sp_candidate *list = ask(&f, "vecchia domanda sul cashback", &count, &stats);
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
	ask(&f, "cashbak", &count, &stats);
	CHECK(stats.corrected == NULL);
	teardown(&f);
}

/* ---- damage ---- */

static void change_seal(const char *folder, const char *from, const char *to)
{
	char path[600];
	const char *text;
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	snprintf(path, sizeof path, "%s/SEAL", folder);
	if (spi_file_read(path, 100000, arena, &text, &len, NULL) == SP_OK) {
		const char *at = strstr(text, from);
		char *changed = at ? sp_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) : NULL;
		CHECK(changed != NULL);
		if (changed)
			spi_file_write(path, changed, strlen(changed), NULL);
	}
	sp_arena_free(arena);
}

static sp_status reopen_new(fixture *f)
{
	sp_index_close(f->index);
	f->index = NULL;
	sp_error_clear(&f->err);
	return sp_index_open(f->folder, &f->index, &f->err);
}

TEST(test_index_damage_is_told_apart)
{
	fixture f;
	char path[600];
	sp_index *none;
	REQUIRE(open_usual(&f));
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	CHECK_INT(sp_index_open("/nonexistent/index", &none, &f.err), SP_ERR_NOT_FOUND);
	char ours[40], next[40];
	snprintf(ours, sizeof ours, "sportello-index %d", SP_INDEX_FORMAT);
	snprintf(next, sizeof next, "sportello-index %d", SP_INDEX_FORMAT + 1);
	change_seal(f.folder, ours, next);
	CHECK_INT(reopen_new(&f), SP_ERR_NEWER);
	CHECK_HAS(f.err.text, "newer version");
	change_seal(f.folder, next, "sportello-index 0");
	CHECK_INT(reopen_new(&f), SP_ERR_INVALID);
	change_seal(f.folder, "sportello-index 0", ours);
	CHECK_INT(reopen_new(&f), SP_OK);
	snprintf(path, sizeof path, "%s/words/postlist.glass", f.folder);
	struct stat st;
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(truncate(path, st.st_size / 2), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	CHECK_HAS(f.err.source, "postlist.glass");
	CHECK_HAS(f.err.text, "shorter");
	CHECK_INT(unlink(path), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	CHECK_HAS(f.err.text, "missing");
	snprintf(path, sizeof path, "%s/SEAL", f.folder);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	teardown(&f);
}

TEST(test_index_files_full_of_noise)
{
	fixture f;
	char path[600];
	REQUIRE(open_usual(&f));
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	static const char *const names[] = {"postlist", "docdata", "iamglass"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/words/%s%s", f.folder, names[i], i < 2 ? ".glass" : "");
		struct stat st;
		REQUIRE(stat(path, &st) == 0);
		FILE *file = fopen(path, "r+");
		for (long at = 0; file && at < st.st_size; at++)
			fputc((int)(at * 37 & 0xff), file);
		if (file)
			fclose(file);
	}
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	teardown(&f);
}

/* ---- what the files hold, cut at every byte ---- */

static bool make_document(fixture *f, sp_document *ret, sp_view *view)
{
	sp_article *article;
	const char *text =
		"---\nid: a\ntype: qa\ntitle: Titolo\ncategory: accesso\naudience: [citizen]\nstatus: published\n"
		"updated: 2026-01-02\nquestions: [una domanda breve]\nkeywords: [uno, due]\n---\nCorpo del testo.\n";
	if (sp_article_parse("it/accesso/a.md", text, strlen(text), f->config, "a.md", NULL, &article, &f->err) != SP_OK ||
		sp_article_view(article, 1, f->arena, view, &f->err) != SP_OK)
		return false;
	*ret = (sp_document){.article = article, .config = f->config, .view = view};
	return true;
}

TEST(test_index_record_cut_short)
{
	fixture f;
	sp_document document;
	sp_view view;
	sp_record record;
	sp_buffer bytes = SP_BUFFER_INIT;
	REQUIRE(setup(&f) && make_document(&f, &document, &view));
	spi_record_encode(&document, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		char *copy = malloc(len + 1); /* so that a read past the end is seen */
		memcpy(copy, bytes.data, len);
		CHECK_INT(spi_record_decode(copy, len, f.arena, &record, NULL), SP_ERR_CORRUPT);
		free(copy);
		sp_arena_reset(f.arena);
	}
	CHECK_INT(spi_record_decode(bytes.data, bytes.len, f.arena, &record, NULL), SP_OK);
	CHECK_STR(record.speech, "Corpo del testo.");
	sp_buffer_release(&bytes);
	sp_article_free((sp_article *)document.article);
	teardown(&f);
}

TEST(test_index_card_cut_short_or_changed)
{
	fixture f;
	sp_document document;
	sp_view view;
	spi_indexed indexed;
	spi_card card;
	spi_fit fit;
	spi_phrase phrase;
	REQUIRE(setup(&f) && make_document(&f, &document, &view));
	REQUIRE(spi_index_document(f.analyser, &document, f.arena, &indexed, &f.err) == SP_OK);
	CHECK_STR(indexed.key, "Qit:a");
	spi_question *question = malloc(sizeof *question);
	spi_question_init(question);
	CHECK_INT(spi_question_add_word(question, spi_term_hash("domand", 6), 0, "domanda", 7, false), 0);
	question->words[0].weight = question->words[0].rarity = 2.0f;
	spi_question_finish(question);
	float weights[300];
	for (int i = 0; i < 300; i++)
		weights[i] = 1.0f;
	for (size_t len = 0; len <= indexed.card.len; len++) {
		unsigned char *copy = malloc(len + 1);
		memcpy(copy, indexed.card.data, len);
		/* Whole: every byte changed in turn; it may say anything, but nothing outside of it is read. */
		for (size_t at = 0; at < (len == indexed.card.len ? len : 1); at++) {
			if (len == indexed.card.len)
				copy[at] ^= 0xff;
			if (spi_card_parse(copy, len, &card) && card.stems_count <= 300) {
				CHECK(
					len == indexed.card.len || !spi_fit_card(question, &card, weights, f.arena, &fit) || fit.best.text);
				spi_bytes phrases = card.phrases;
				for (int i = 0; i < 10 && spi_card_phrase(&phrases, &phrase); i++)
					continue;
				if (len == indexed.card.len)
					spi_fit_card(question, &card, weights, f.arena, &fit);
			}
			if (len == indexed.card.len)
				copy[at] ^= 0xff;
		}
		free(copy);
	}
	REQUIRE(spi_card_parse(indexed.card.data, indexed.card.len, &card));
	CHECK_INT(card.phrases_count, 2);
	REQUIRE(spi_fit_card(question, &card, weights, f.arena, &fit));
	CHECK_INT(fit.fields, SPI_IN_QUESTIONS);
	CHECK_INT(strncmp(fit.best.text, "una domanda breve", fit.best.text_len), 0);
	free(question);
	spi_indexed_release(&indexed);
	sp_article_free((sp_article *)document.article);
	teardown(&f);
}

TEST(test_index_slips_of_the_fingers)
{
	static const struct {
		const char *typed, *better;
		bool is_slip;
	} cases[] = {
		{"marito", "merito", false},
		{"cassa", "causa", false},
		{"codoce", "codice", true},
		{"dopio", "doppio", true},
		{"pagamanto", "pagamento", true},
		{"perchè", "perché", true},
		{"cdoice", "codice", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (spi_is_slip(cases[i].typed, strlen(cases[i].typed), cases[i].better, strlen(cases[i].better)) !=
			cases[i].is_slip)
			harness_fail(__FILE__, __LINE__, "%s for %s: wanted %d", cases[i].typed, cases[i].better, cases[i].is_slip);
	CHECK_INT(spi_slip_edits(7), 1);
	CHECK_INT(spi_slip_edits(8), 2);
}
