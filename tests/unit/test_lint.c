/* The editors' linter over whole folders: each rule with what breaks it and what does not. */
#include "lint_bed.h"

#include "kb/lint/rules.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void link_to_nothing(const char *path)
{
	char full[1024];
	snprintf(full, sizeof full, "%s/%s", lint_folder(), path);
	CHECK_INT(symlink("nothing.md", full), 0);
}

static void make_pipe(const char *path)
{
	char full[1024];
	snprintf(full, sizeof full, "%s/%s", lint_folder(), path);
	CHECK_INT(mkfifo(full, 0600), 0);
}

TEST(a_good_folder_has_no_findings)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "related: [b]\n",
		"## Due parole\n\nVedi [b](b), [qui](#due-parole) e [là](b#uno).\n");
	article("it", "b", QUESTIONS("b") "replaced_by: a\n", "## Uno\n\nx\n");
	article("en", "a", QUESTIONS("a"), "See [b](b#uno).\n");
	put_file("README.md", "x");
	CHECK_STR(check(), "");
}

TEST(folder_that_is_not_there)
{
	sp_findings *findings = sp_findings_new(SP_LANG_EN);
	sp_error err = {0};
	CHECK_INT(sp_kb_check("/nonexistent", findings, NULL, &err), SP_ERR_NOT_FOUND);
	CHECK_INT(sp_findings_count(findings, SP_SEVERITY_ADVICE), 0);
	sp_findings_free(findings);
}

TEST(a_broken_kb_yaml_does_not_hide_the_articles)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\nfoo: 1\ncheck: {rules: {no-source: off}}\n");
	article("it", "a", QUESTIONS("a"), "[x](nope)\n");
	CHECK_STR(check(), "it/c/a.md:11:5 error broken-link\nkb.yaml:4:1 error unknown-key\n");
	fresh_folder("languages: [it\n");
	article("it", "a", QUESTIONS("a"), "[x](nope)\n");
	CHECK_STR(check(), "kb.yaml:2:1 error yaml-syntax\n");
	fresh_folder("languages: [it]\n<<<<<<< HEAD\nopen_data: true\n=======\nopen_data: false\n>>>>>>> x\n");
	article("it", "a", QUESTIONS("a"), "[x](nope)\n");
	CHECK_STR(check(), "kb.yaml:2:1 error merge-conflict\n");
}

TEST(files_in_odd_places)
{
	fresh_folder(kb_yaml);
	put_file("it/loose.md", "x");
	put_file("it/c/deep/a.md", "x");
	put_file("fr/c/a.md", "x");
	put_file("de/c/a.md",
		"---\nid: a\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: "
		"2026-01-01\n---\nx\n");
	put_file("it/c/b\xff.md", "x");
	link_to_nothing("it/c/gone.md");
	make_pipe("it/c/pipe.md");
	put_file("it/c/folder.md/a.md", "x");
	CHECK_STR(check(),
		"de/c/a.md:1:1 error unknown-language\nde/c/a.md:2:5 warning no-original\nfr:1:1 warning misplaced-file\n"
		"it/c/b\xff.md:1:1 error file-name\nit/c/deep/a.md:1:1 warning misplaced-file\nit/c/folder.md:1:1 warning misplaced-file\n"
		"it/c/gone.md:1:1 warning misplaced-file\nit/c/pipe.md:1:1 warning misplaced-file\nit/loose.md:1:1 warning misplaced-file\n");
}

TEST(ids_and_questions_are_unique)
{
	fresh_folder(kb_yaml);
	article("it", "a", "questions: [Non mi arriva il codice?, b, c, f, g]\n", "x\n");
	article("it", "b", "questions: [\"non  mi arriva il CODICE!\", d, e, D., h]\n", "x\n");
	article("en", "a", "questions: [non mi arriva il codice, b, c, f, g]\n", "x\n");
	put_file("it/d/a.md",
		"---\nid: a\ntype: training\ntitle: T\ncategory: d\naudience: [citizen]\nstatus: published\nupdated: "
		"2026-01-01\n---\nx\n");
	CHECK_STR(check(),
		"it/c/b.md:9:13 warning duplicate-question\nit/c/b.md:9:48 warning duplicate-question\nit/d/a.md:2:5 error "
		"duplicate-id\n");
}

TEST(links_lead_somewhere)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "related: [b, x, a]\nreplaced_by: y\n", "[b](b) [x](x)\n\n[y](b#no) [z](b#sì)\n");
	article("it", "b", QUESTIONS("b"), "## Sì!\n\nx\n");
	put_file("it/c/n.md",
		"---\nid: n\ntype: notice\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: published\nupdated: 2026-01-01\n"
		"starts: 2026-01-01T00:00:00Z\nends: 2026-01-02T00:00:00Z\ncovers: {articles: [a, zz], categories: "
		"[c]}\n---\nx\n");
	CHECK_STR(check(),
		"it/c/a.md:10:14 error broken-related\nit/c/a.md:10:17 error broken-related\nit/c/a.md:11:14 error "
		"broken-successor\n"
		"it/c/a.md:13:12 error broken-link\nit/c/a.md:15:5 error broken-anchor\nit/c/n.md:11:24 error broken-covers\n");
}

TEST(successors_do_not_go_in_circles)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "replaced_by: b\n", "x\n");
	article("it", "b", QUESTIONS("b") "replaced_by: c\n", "x\n");
	article("it", "c", QUESTIONS("c") "replaced_by: a\n", "x\n");
	article("it", "d", QUESTIONS("d") "replaced_by: c\n", "x\n");
	article("it", "e", QUESTIONS("e") "replaced_by: f\n", "x\n");
	article("it", "f", QUESTIONS("f"), "x\n");
	article("it", "g", QUESTIONS("g") "replaced_by: g\n", "x\n");
	CHECK_STR(check(), "it/c/a.md:10:14 error broken-successor\nit/c/g.md:10:14 error broken-successor\n");
}

TEST(successors_can_be_read_by_who_reads_what_they_replace)
{
	static const char over[] = "valid_until: 2021-12-31\n";
	char extra[512];
	fresh_folder(kb_yaml);
	article("it", "agenti", QUESTIONS("agenti") "#agents\n", "x\n");
	article("it", "oggi", QUESTIONS("oggi"), "x\n");
	article("it", "finito", QUESTIONS("finito") "valid_until: 2021-12-31\nreplaced_by: oggi\n", "x\n");
	article("it", "tradotto", QUESTIONS("tradotto") "#agents\n", "x\n");
	article("en", "tradotto", QUESTIONS("tradotto"), "x\n");
	put_file("it/c/bozza.md", "---\nid: bozza\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: 2026-01-01\n---\nx\n");
	put_file("it/c/ritirato.md",
		"---\nid: ritirato\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: retired\nupdated: 2026-01-01\n---\nx\n");
	put_file("it/c/interno.md", "---\nid: interno\ntype: training\ntitle: T\ncategory: c\naudience: [agent-l1]\nstatus: retired\n"
						   "updated: 2026-01-01\nreplaced_by: oggi\n---\nx\n");
	static const struct { const char *id, *to; } good[] = {{"g1", "oggi"}, {"g2", "finito"}, {"g3", "tradotto"}},
		bad[] = {{"b1", "agenti"}, {"b2", "bozza"}, {"b3", "ritirato"}, {"b4", "b3"}, {"b5", "interno"}};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		snprintf(extra, sizeof extra, "questions: [%s uno, %s due, %s tre, %s quattro, %s cinque]\n%sreplaced_by: %s\n", good[i].id,
			good[i].id, good[i].id, good[i].id, good[i].id, over, good[i].to);
		article("it", good[i].id, extra, "x\n");
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(extra, sizeof extra, "questions: [%s uno, %s due, %s tre, %s quattro, %s cinque]\n%sreplaced_by: %s\n", bad[i].id,
			bad[i].id, bad[i].id, bad[i].id, bad[i].id, over, bad[i].to);
		article("it", bad[i].id, extra, "x\n");
	}
	CHECK_STR(check(), "it/c/b1.md:11:14 warning hidden-successor\nit/c/b2.md:11:14 warning hidden-successor\n"
					   "it/c/b3.md:11:14 warning hidden-successor\nit/c/b4.md:11:14 warning hidden-successor\n"
					   "it/c/b5.md:11:14 warning hidden-successor\n");
}

TEST(links_to_what_readers_may_not_read)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "[b](b)\n\n> [!agent-l1]\n> [b](b)\n\n> [!psp]\n> [b](b)\n");
	article("it", "b", QUESTIONS("b") "#agents\n", "[a](a)\n");
	CHECK_STR(check(), "it/c/a.md:11:5 warning hidden-link\nit/c/a.md:17:7 warning hidden-link\n");
}

TEST(translations_have_an_original)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "x\n");
	article("en", "a", QUESTIONS("a"), "x\n");
	article("en", "b", QUESTIONS("b"), "x\n");
	CHECK_STR(check(), "en/c/b.md:2:5 warning no-original\n");
}

TEST(validity_and_review)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "valid_until: 2021-12-31\nreview_by: 2020-01-01\n", "x\n");
	article("it", "b", QUESTIONS("b") "valid_until: 2021-12-31\nended: true\n", "x\n");
	article("it", "c", QUESTIONS("c") "valid_until: 2021-12-31\nreplaced_by: a\n", "x\n");
	article("it", "d", QUESTIONS("d") "valid_until: 2999-12-31\nreview_by: 2999-12-31\n", "x\n");
	CHECK_STR(check(), "it/c/a.md:10:14 warning ended-without-successor\nit/c/a.md:11:12 warning review-overdue\n"
					   "it/c/c.md:11:14 warning hidden-successor\n");
}

/* A waiting edit kb/it/c/<id>.draft.md. */
static void waiting(const char *id, const char *status, const char *updated, const char *extra, const char *body)
{
	char path[128], text[4096];
	snprintf(path, sizeof path, "it/c/%s.draft.md", id);
	snprintf(text, sizeof text,
		"---\nid: %s\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: %s\nupdated: %s\n%s---\n%s", id, status, updated,
		extra, body);
	put_file(path, text);
}

TEST(waiting_edits_are_read_like_articles)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "## Uno\n\nx\n");
	article("it", "b", QUESTIONS("b"), "x\n");
	waiting("a", "draft", "2026-01-01", QUESTIONS("a"), "## Due\n\n[a](a#due)\n");
	CHECK_STR(check(), "");
	waiting("a", "draft", "2026-01-02", "questions: [a uno, b due, mai, mai]\n", "[x](x) [a](a#uno)\n");
	CHECK_STR(check(), "it/c/a.draft.md:9:20 warning duplicate-question\nit/c/a.draft.md:9:32 warning duplicate-question\n"
					   "it/c/a.draft.md:11:5 error broken-link\nit/c/a.draft.md:11:12 error broken-anchor\n");
}

TEST(waiting_edits_belong_to_a_published_text)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "x\n");
	waiting("a", "published", "2026-01-01", "", "x\n");
	CHECK(strstr(check(), "it/c/a.draft.md:7:9 error waiting-edit\n"));
	waiting("a", "draft", "2025-12-31", "", "x\n");
	CHECK_STR(check(), "it/c/a.draft.md:8:10 error waiting-edit\n");
	waiting("b", "draft", "2026-01-01", "", "x\n");
	CHECK_STR(check(), "it/c/a.draft.md:8:10 error waiting-edit\nit/c/b.draft.md:2:5 error waiting-edit\n");
	waiting("a", "draft", "2026-01-01", "", "x\n");
	put_file("it/c/b.md", "---\nid: b\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: retired\nupdated: 2026-01-01\n---\nx\n");
	CHECK_STR(check(), "it/c/b.draft.md:2:5 error waiting-edit\n");
	put_file("it/c/b.draft.md", "---\nid: c\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: 2026-01-01\n---\nx\n");
	CHECK_STR(check(), "it/c/b.draft.md:2:5 warning id-file-name\nit/c/b.draft.md:2:5 error waiting-edit\n");
}

TEST(a_folder_as_it_will_be)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "## Uno\n\nx\n");
	article("it", "b", QUESTIONS("b"), "[a](a#uno)\n");
	waiting("a", "published", "2020-01-01", "", "x\n");
	static const char text[] = "---\nid: a\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: published\nupdated: 2026-01-02\n"
							   QUESTIONS("a") "---\n## Due\n";
	const sp_kb_overlay overlay = {"it/c/a.md", text, sizeof text - 1};
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t articles = 0, count;
	CHECK_INT(sp_kb_check_with(lint_folder(), &overlay, findings, &articles, NULL), SP_OK);
	const sp_finding *items = sp_findings_items(findings, &count);
	CHECK_INT(articles, 2);
	CHECK_INT(count, 1);
	CHECK(count == 1 && strcmp(items[0].rule, "broken-anchor") == 0 && strstr(items[0].file, "it/c/b.md"));
	sp_findings_free(findings);
}

TEST(few_questions)
{
	fresh_folder(kb_yaml);
	article("it", "a", "questions: [x, y]\n", "x\n");
	article("it", "b", "", "x\n");
	CHECK_STR(check(), "it/c/a.md:9:12 advice few-questions\nit/c/b.md:2:1 advice few-questions\n");
}

TEST(severities_of_kb_yaml)
{
	fresh_folder(
		"languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\n"
		"check: {rules: {no-source: off, few-questions: error, broken-link: off, raw-html: advice, audience-marker: warning}}\n");
	article("it", "a", "", "[x](nope) <b>\n\n> [!x]\n> y\n");
	CHECK_STR(check(),
		"it/c/a.md:2:1 error few-questions\nit/c/a.md:10:11 advice raw-html\nit/c/a.md:12:3 warning audience-marker\n");
}

static char *check_procedure(const char *body)
{
	fresh_folder(kb_yaml);
	article("it", "p", QUESTIONS("p") "#procedure\n", body);
	return check();
}

TEST(procedures_can_be_walked)
{
	CHECK_STR(check_procedure("Intro\n\n## Uno\n\nx\n\n## Due\n\ny\n"), "");
	CHECK_STR(check_procedure("## Uno\n\n- [Sì](#due)\n- [No](#tre)\n\n## Due\n\nfine\n\n## Tre\n\nfine\n"), "");
	CHECK_STR(check_procedure("- [a](#tre)\n- [b](#due)\n\n## Due\n\nx\n\n## Tre\n\n- [torna](#due)\n"), "");
	CHECK_STR(check_procedure("## Uno\n\n- [Sì](#dettaglio)\n\n## Due\n\nx\n\n### Dettaglio\n\nx\n"), "");
	/* no choice: something else is in the list */
	CHECK_STR(check_procedure("## Uno\n\n- [Sì](#uno)\n- altro\n\n## Due\n\nx\n"), "");
}

TEST(procedures_that_cannot_be_walked)
{
	CHECK_STR(check_procedure("x\n"), "it/c/p.md:2:1 warning procedure-steps\n");
	CHECK_STR(check_procedure("## Uno\n\n- [Sì](#du)\n- [No](#tre)\n\n## Due\n\nx\n\n## Tre\n\nx\n"),
		"it/c/p.md:14:8 error procedure-missing-step\n");
	CHECK_STR(check_procedure("## Uno\n\n- [Sì](#tre)\n\n## Due\n\nx\n\n## Tre\n\nx\n"),
		"it/c/p.md:16:1 error procedure-unreachable\n");
	CHECK_STR(
		check_procedure("## Uno\n\n- [a](#due)\n\n## Due\n\n- [b](#uno)\n"), "it/c/p.md:12:1 error procedure-no-end\n");
	CHECK_STR(check_procedure("## Uno\n\n[x](#due)\n"), "it/c/p.md:14:5 error broken-anchor\n");
}

TEST(languages_that_an_article_must_exist_in)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "languages: [en]\n", "x\n");
	article("en", "a", QUESTIONS("a"), "x\n");
	article("it", "b", QUESTIONS("b") "languages: [en, it]\n", "x\n");
	article("it", "c", QUESTIONS("c") "languages: [de, xx]\n", "x\n"); /* de is not in kb.yaml */
	CHECK_STR(check(),
		"it/c/b.md:10:12 warning missing-translation\nit/c/c.md:10:13 error unknown-language\n"
		"it/c/c.md:10:17 error unknown-language\n");
}

TEST(translations_older_than_their_original)
{
	fresh_folder(kb_yaml);
	article_of("it", "a", "2026-02-01", "x\n");
	article_of("en", "a", "2026-01-31", "x\n");
	article_of("it", "b", "2026-02-01", "x\n");
	article_of("en", "b", "2026-02-01", "x\n");
	CHECK_STR(check(), "en/c/a.md:8:10 warning outdated-translation\n");
}

static void notice(const char *lang, const char *id, const char *ends)
{
	char text[600];
	snprintf(text, sizeof text, "---\nid: %s\ntype: notice\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: published\nupdated: 2026-02-01\n"
		"owner: o\nstarts: 2026-02-01T08:00+01:00\nends: %s\ncovers: {categories: [c]}\n---\n\nx\n", id, ends);
	char path[60];
	snprintf(path, sizeof path, "%s/c/%s.md", lang, id);
	put_file(path, text);
}

TEST(notices_that_end_at_another_time_in_another_language)
{
	fresh_folder(kb_yaml);
	notice("it", "a", "2026-02-01T22:00+01:00");
	notice("en", "a", "2026-02-01T20:00+01:00");
	notice("it", "b", "2026-02-01T22:00+01:00");
	notice("en", "b", "2026-02-01T21:00+00:00"); /* the same moment */
	CHECK_STR(check(), "en/c/a.md:11:7 warning outdated-translation\n");
}

TEST(what_an_article_rests_on_and_who_read_it)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {rules: {unreviewed: warning}}\n");
	article("it", "a", QUESTIONS("a"), "x\n");
	article("it", "b", QUESTIONS("b") "source: [Legge 1]\nreviewed_by: Maria\n", "x\n");
	CHECK_STR(check(), "it/c/a.md:7:9 advice no-source\nit/c/a.md:7:9 warning unreviewed\n");
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\n");
	article("it", "a", QUESTIONS("a"), "x\n");
	CHECK_STR(check(), "it/c/a.md:7:9 advice no-source\n");
}

TEST(text_that_is_still_to_be_written)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Prima [DA COMPLETARE: il resto].\n");
	article("it", "b", QUESTIONS("b"), "Si dice DA COMPLETARE, anche tra parentesi: (DA COMPLETARE).\n");
	CHECK_STR(check(), "it/c/a.md:11:7 error placeholder\n");
}
TEST(priority_of_a_category)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {priority: high}}\n");
	CHECK_STR(check(), "");
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {priority: hihg}}\n");
	CHECK_STR(check(), "kb.yaml:3:28 error bad-value\n");
}

TEST(what_kb_yaml_has_and_nothing_uses)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\nservices:\n  s: {hours: h}\n  t: {}\nhours:\n  h: {mon: closed}\n"
				 "  i: {mon: closed}\nfields:\n  f: {validate: text}\n  g: {validate: text}\n  k: {validate: text}\n"
				 "bodies:\n  b: {name: B}\n  d: {name: D}\ncategories: {c: {service: s, fields: [f]}}\n"
				 "check: {rules: {no-source: off}}\n");
	article("it", "a", QUESTIONS("a") "competence: b\nticket: {fields: [g]}\n", "x\n");
	CHECK_STR(check(),
		"kb.yaml:5:3 advice unused-name\nkb.yaml:8:3 advice unused-name\nkb.yaml:12:3 advice unused-name\n"
		"kb.yaml:15:3 advice unused-name\n");
}

/* CPU seconds of a check of that many articles that all point at one another. */
static double check_many(int articles)
{
	fresh_folder(kb_yaml);
	sp_buffer body = SP_BUFFER_INIT;
	for (int i = 0; i < 30; i++)
		sp_buffer_add_text(&body, "Apri l'app, tocca **Profilo** e leggi [questo](a0).\n\n");
	for (int i = 0; i < articles; i++) {
		char id[16], extra[256];
		snprintf(id, sizeof id, "a%d", i);
		snprintf(extra, sizeof extra, "questions: [domanda %d, altra %d, terza %d, %d quarta, %d quinta]\nreplaced_by: a%d\n", i, i,
			i, i, i, i ? i - 1 : articles - 1);
		article("it", id, extra, sp_buffer_text(&body));
	}
	sp_buffer_release(&body);
	struct timespec start, end;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	const char *got = check();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	static const char wanted[] = "it/c/a0.md:10:14 error broken-successor\nit/c/a1.md:4:8 warning near-duplicate\n";
	CHECK(strncmp(got, wanted, strlen(wanted)) == 0);
	return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

/* Four times the articles take about four times as long; a pass over all pairs would take sixteen. */
TEST(cost_grows_with_the_number_of_articles)
{
	double few = check_many(500), many = check_many(2000);
	if (many > 10 * few)
		harness_fail(__FILE__, __LINE__, "500 articles %.3f s, 2000 articles %.3f s", few, many);
}
