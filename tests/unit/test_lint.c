/* The editors' linter over whole folders: each rule with what breaks it and what does not. */
#include "harness.h"

#include "base/file.h"
#include "kb/lint/rules.h"
#include "sportello/catalog.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *const kb_yaml = "languages: [it, en]\n"
								   "audiences:\n  citizen: {}\n  psp: {reads: [citizen]}\n  agent-l1: {reads: [psp]}\n"
								   "categories: {c: {}, d: {}}\n"
								   "check: {rules: {no-source: off, quiz-missing: off}}\n";

static char dir[512];

static void fresh_folder(const char *config)
{
	static int number;
	char path[600];
	snprintf(dir, sizeof dir, "%s/kb%d", harness_folder(), ++number);
	spi_mkdirs(dir, NULL);
	snprintf(path, sizeof path, "%s/kb.yaml", dir);
	spi_file_write(path, config, strlen(config), NULL);
}

static void put(const char *path, const char *text)
{
	char full[1024], folder[1024];
	snprintf(full, sizeof full, "%s/%s", dir, path);
	snprintf(folder, sizeof folder, "%s", full);
	*strrchr(folder, '/') = '\0';
	spi_mkdirs(folder, NULL);
	FILE *f = fopen(full, "w");
	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static void link_to_nothing(const char *path)
{
	char full[1024];
	snprintf(full, sizeof full, "%s/%s", dir, path);
	CHECK_INT(symlink("nothing.md", full), 0);
}

/* An article kb/<lang>/c/<id>.md; extra: more front matter lines, starting on line 9. */
static void article(const char *lang, const char *id, const char *extra, const char *body)
{
	char path[128], text[8192];
	snprintf(path, sizeof path, "%s/c/%s.md", lang, id);
	snprintf(text, sizeof text,
		"---\nid: %s\ntype: %s\ntitle: T\ncategory: c\naudience: [%s]\nstatus: published\nupdated: 2026-01-01\n%s"
		"---\n%s",
		id, strstr(extra, "#procedure") ? "procedure" : "qa", strstr(extra, "#agents") ? "agent-l1" : "citizen", extra,
		body);
	put(path, text);
}

#define QUESTIONS(a) "questions: [" a " uno, " a " due, " a " tre, " a " quattro, " a " cinque]\n"

/* Findings as "file:line:column severity rule\n", files without folder. */
static char *check(void)
{
	static char text[16384];
	static const char *const severities[] = {"off", "advice", "warning", "error"};
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t articles = 0, count, len = 0;
	sp_error err = {0};
	if (sp_kb_check(dir, findings, &articles, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s: %s", err.source, err.text);
	const sp_finding *items = sp_findings_items(findings, &count);
	text[0] = '\0';
	for (size_t i = 0; i < count && len < sizeof text - 256; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s:%d:%d %s %s\n", items[i].file + strlen(dir) + 1,
			items[i].line, items[i].column, severities[items[i].severity], items[i].rule);
	sp_findings_free(findings);
	return text;
}

TEST(a_good_folder_has_no_findings)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "related: [b]\n",
		"## Due parole\n\nVedi [b](b), [qui](#due-parole) e [là](b#uno).\n");
	article("it", "b", QUESTIONS("b") "replaced_by: a\n", "## Uno\n\nx\n");
	article("en", "a", QUESTIONS("a"), "See [b](b#uno).\n");
	put("README.md", "x");
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
	put("it/loose.md", "x");
	put("it/c/deep/a.md", "x");
	put("fr/c/a.md", "x");
	put("de/c/a.md",
		"---\nid: a\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: "
		"2026-01-01\n---\nx\n");
	put("it/c/b\xff.md", "x");
	link_to_nothing("it/c/gone.md");
	CHECK_STR(check(),
		"de/c/a.md:1:1 error unknown-language\nde/c/a.md:2:5 warning no-original\nfr:1:1 warning misplaced-file\n"
		"it/c/b\xff.md:1:1 error file-name\nit/c/deep/a.md:1:1 warning misplaced-file\nit/c/gone.md:1:1 warning misplaced-file\nit/loose.md:1:1 warning misplaced-file\n");
}

TEST(ids_and_questions_are_unique)
{
	fresh_folder(kb_yaml);
	article("it", "a", "questions: [Non mi arriva il codice?, b, c, f, g]\n", "x\n");
	article("it", "b", "questions: [\"non  mi arriva il CODICE!\", d, e, D., h]\n", "x\n");
	article("en", "a", "questions: [non mi arriva il codice, b, c, f, g]\n", "x\n");
	put("it/d/a.md",
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
	put("it/c/n.md",
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
	put("it/c/bozza.md", "---\nid: bozza\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: 2026-01-01\n---\nx\n");
	put("it/c/ritirato.md",
		"---\nid: ritirato\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: retired\nupdated: 2026-01-01\n---\nx\n");
	put("it/c/interno.md", "---\nid: interno\ntype: training\ntitle: T\ncategory: c\naudience: [agent-l1]\nstatus: retired\n"
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
	put(path, text);
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
	put("it/c/b.md", "---\nid: b\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: retired\nupdated: 2026-01-01\n---\nx\n");
	CHECK_STR(check(), "it/c/b.draft.md:2:5 error waiting-edit\n");
	put("it/c/b.draft.md", "---\nid: c\ntype: qa\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: draft\nupdated: 2026-01-01\n---\nx\n");
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
	CHECK_INT(sp_kb_check_with(dir, &overlay, findings, &articles, NULL), SP_OK);
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

TEST(rules_have_names_and_texts)
{
	for (spi_rule rule = 0; rule < SPI_RULE_COUNT; rule++) {
		CHECK_INT(spi_rule_of(spi_rule_name(rule)), rule);
		CHECK(spi_rule_severity(rule, NULL) == SP_SEVERITY_ERROR || spi_rule_weight_of(rule) == SPI_RULE_SERVED);
	}
	CHECK_INT(spi_rule_of("nope"), SPI_RULE_COUNT);
}

/* Each rule is a heading of the article that it names, and of no other. */
TEST(each_rule_is_explained_in_one_article)
{
	for (spi_rule rule = 0; rule < SPI_RULE_COUNT; rule++) {
		char heading[80];
		snprintf(heading, sizeof heading, "\n## `%s`\n", spi_rule_name(rule));
		for (spi_rule other = 0; other < SPI_RULE_COUNT; other++) {
			const char *id = sp_rule_article(spi_rule_name(other));
			char path[128], text[16384] = "";
			snprintf(path, sizeof path, "kb/it/sportello/%s.md", id);
			FILE *f = fopen(path, "r");
			if (f) {
				text[fread(text, 1, sizeof text - 1, f)] = '\0';
				fclose(f);
			}
			bool is_own = strcmp(id, sp_rule_article(spi_rule_name(rule))) == 0;
			if (!strstr(text, heading) == is_own)
				harness_fail(__FILE__, __LINE__, "%s: %s", path, spi_rule_name(rule));
		}
	}
	CHECK(!sp_rule_article("nope"));
}

typedef struct keys {
	bool has[SPI_RULE_COUNT];
	int unknown;
} keys;

static void note_key(const char *key, const char *text, void *arg)
{
	keys *k = arg;
	char name[64];
	if (strncmp(key, "check.", 6) != 0 || strcmp(key, "check.hint") == 0 || strncmp(key, "check.severity.", 15) == 0)
		return;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(key + 6, "."), key + 6);
	spi_rule rule = spi_rule_of(name);
	if (rule == SPI_RULE_COUNT)
		k->unknown++;
	else
		k->has[rule] = true;
	CHECK(*text != '\0');
}

TEST(each_rule_has_a_text_in_each_language)
{
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		keys k = {{false}, 0};
		sp_catalog_each((sp_lang)lang, note_key, &k);
		CHECK_INT(k.unknown, 0);
		for (spi_rule rule = 0; rule < SPI_RULE_COUNT; rule++) {
			if (!k.has[rule])
				harness_fail(
					__FILE__, __LINE__, "%s has no text for %s", sp_lang_code((sp_lang)lang), spi_rule_name(rule));
		}
	}
}

/* Whether a message still has a {placeholder}, or is a key. */
TEST(messages_are_filled)
{
	fresh_folder(kb_yaml);
	put("it/c/z.md",
		"---\nid: y\ntype: q\ntitel: x\ntitle: [x]\ncategory: d\naudience: citizen\nstatus: s\nupdated: x\nquestions: "
		"a\nended: x\n"
		"window: {wait: 1, until: x}\nticket: {group: g, fields: [f]}\ncompetence: b\nstarts: x\ncovers: [x]\nrelated: "
		"[nn]\n---\n"
		"# h\n<b> ![x](y) [a](javascript:x) [b](../c) [c](nn) [d](#e)\n\n> [!f]\n> x\n> [!g]\n");
	put("it/c/y.md",
		"---\nid: y\ntype: qa\ntitle: x\ncategory: d\naudience: [citizen]\nstatus: published\nupdated: "
		"2020-01-01\nquestions: [a, a]\n"
		"review_by: 2020-01-01\nvalid_until: 2019-01-01\nreplaced_by: y\nrelated: [y, "
		"nn]\n---\nIT60X0542811101000000123456 [c](y#e)\n");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_findings *findings = sp_findings_new((sp_lang)lang);
		size_t count;
		CHECK_INT(sp_kb_check(dir, findings, NULL, NULL), SP_OK);
		const sp_finding *items = sp_findings_items(findings, &count);
		CHECK(count > 25);
		for (size_t i = 0; i < count; i++) {
			if (strpbrk(items[i].message, "{}") || strncmp(items[i].message, "check.", 6) == 0 ||
				strstr(items[i].message, "(null)"))
				harness_fail(__FILE__, __LINE__, "%s", items[i].message);
		}
		sp_findings_free(findings);
	}
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

/* An article of another day than all others here. */
static void article_of(const char *lang, const char *id, const char *updated, const char *body)
{
	char path[128], text[4096];
	snprintf(path, sizeof path, "%s/c/%s.md", lang, id);
	snprintf(text, sizeof text,
		"---\nid: %s\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: published\nupdated: %s\n---\n%s", id,
		updated, body);
	put(path, text);
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

/* The measure of the only finding. */
static double measure_of(void)
{
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t count;
	CHECK_INT(sp_kb_check(dir, findings, NULL, NULL), SP_OK);
	const sp_finding *items = sp_findings_items(findings, &count);
	CHECK_INT(count, 1);
	double measure = count == 1 ? items[0].measure : -1;
	sp_findings_free(findings);
	return measure;
}

#define HARD \
	"Nell'ambito delle disposizioni regolamentari precedentemente richiamate, l'amministrazione responsabile del " \
	"procedimento provvede, compatibilmente con le disponibilità organizzative, all'espletamento degli adempimenti " \
	"propedeutici al riconoscimento dell'agevolazione richiesta, fermo restando che l'eventuale incompletezza della " \
	"documentazione presentata determina l'inammissibilità della domanda, salvo che il richiedente provveda alla " \
	"regolarizzazione entro il termine perentorio indicato nella comunicazione trasmessa dall'ufficio competente"
#define EASY "Apri l'app. Tocca il tuo nome. Scegli la carta. Premi il tasto blu. Aspetta un poco. La carta è pronta.\n\n"

TEST(readability_of_what_citizens_read)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Breve.\n\n" HARD ".\n");
	CHECK_STR(check(), "it/c/a.md:13:1 advice readability\n");
	double measure = measure_of();
	CHECK(measure >= 0 && measure < 55);
	/* agents only; a block for them; a table; a code; a list whose items are short sentences each */
	fresh_folder("languages: [it]\naudiences: {citizen: {}, agent-l1: {reads: [citizen]}}\ncategories: {c: {}}\n"
				 "check: {rules: {no-source: off, near-duplicate: off}}\n");
	article("it", "a", QUESTIONS("a") "#agents\n", HARD "\n");
	article("it", "b", QUESTIONS("b"), EASY EASY EASY EASY "> [!agent-l1]\n> " HARD ".\n");
	article("it", "c", QUESTIONS("c"), EASY "| A |\n| --- |\n| " HARD " |\n");
	article("it", "d", QUESTIONS("d"), EASY "`" HARD "`\n\n[qui](https://example.org/" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)\n");
	article("it", "e", QUESTIONS("e"), "- apri la posta\n- cerca il nome\n- tocca il tasto\n" EASY EASY EASY);
	CHECK_STR(check(), "");
}

#define STORY \
	"Per avere il rimborso apri la pagina dei pagamenti e scegli quello che ti interessa. Poi tocca il tasto in fondo e " \
	"scrivi il motivo con parole tue. Ti chiediamo anche un documento, da caricare come foto. Quando hai finito premi " \
	"invia: ricevi subito un messaggio con il numero della pratica, e dopo qualche giorno la risposta dell'ufficio."

TEST(readability_of_each_language_and_its_threshold)
{
	static const char *const hard_en =
		"Notwithstanding considerations regarding administrative jurisdictional competencies, beneficiaries "
		"necessitating reimbursement authorisation must unequivocally demonstrate documentary eligibility, "
		"constituting irrevocable acknowledgement of organisational responsibilities regarding electronic "
		"identification infrastructures, interoperability specifications, reconciliation methodologies, "
		"notification procedures, verification mechanisms, accountability obligations, confidentiality "
		"requirements, intermediary relationships, supplementary documentation, retrospective compensation, "
		"jurisdictional limitations, administrative simplification, institutional communication, operational "
		"continuity, infrastructural modernisation, authorisation delegation and certification of "
		"accessibility, sustainability, proportionality and admissibility considerations.\n";
	fresh_folder(kb_yaml);
	article_of("it", "a", "2026-01-01", "x\n");
	article_of("en", "a", "2026-01-01", hard_en);
	CHECK_STR(check(), "en/c/a.md:10:1 advice readability\n");
	fresh_folder("languages: [it, en]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {rules: {no-source: off, quiz-missing: off}, "
				 "readability: {it: 100, en: 0}}\n");
	article_of("it", "a", "2026-01-01", STORY " " STORY "\n");
	article_of("en", "a", "2026-01-01", hard_en);
	CHECK_STR(check(), "it/c/a.md:10:1 advice readability\n");
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {readability: {it: 200, xx: 1}}\n");
	CHECK_STR(check(), "kb.yaml:4:27 error bad-value\nkb.yaml:4:32 error unknown-language\n");
}

TEST(priority_of_a_category)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {priority: high}}\n");
	CHECK_STR(check(), "");
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {priority: hihg}}\n");
	CHECK_STR(check(), "kb.yaml:3:28 error bad-value\n");
}

TEST(acronyms_that_nobody_explains)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Vai al CUP.\n\nIl CUP e i CUPs: chiedi del PRA.\n");
	CHECK_STR(check(), "it/c/a.md:11:1 advice unexplained-acronym\nit/c/a.md:13:1 advice unexplained-acronym\n");
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Vai al CUP.\n");
	CHECK_INT((int)measure_of(), 1);
}

TEST(acronyms_that_are_explained_or_none)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {rules: {no-source: off}, acronyms: "
				 "[PRA]}\n");
	article("it", "a", QUESTIONS("a"), "Il CUP (centro per le prenotazioni) e il foglio delle multe (FDM). Il PRA.\n");
	article("it", "b", QUESTIONS("b"), "Il centro unico di prenotazione ti chiama. Il CUP è aperto.\n");
	article("it", "c", QUESTIONS("c") "keywords: [carta fedeltà]\n", "La CF non si perde.\n");
	article("it", "d", QUESTIONS("d"), "`XYZ` PPT_RPT_DUPLICATA XYZ_1 Luigi XIV, capo IV. NON farlo MAI.\n\n    XYZ\n");
	article("it", "e", QUESTIONS("e"), "Codice A1, R01, M-ABC-12 e l'OSTACOLO. [Qui](https://example.org/XYZ).\n");
	CHECK_STR(check(), "");
}

TEST(articles_that_are_nearly_the_same)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), STORY "\n");
	article("it", "b", QUESTIONS("b"), "Ciao. " STORY "\n");
	CHECK_STR(check(), "it/c/b.md:4:8 warning near-duplicate\n");
	/* of other days, other readers, another language, a draft, too short to tell */
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "valid_until: 2999-12-31\n", STORY "\n");
	article("it", "b", QUESTIONS("b") "valid_from: 3000-01-01\n", STORY "\n");
	article("it", "c", QUESTIONS("c") "#agents\n", STORY "\n");
	article("en", "a", QUESTIONS("a"), STORY "\n");
	article("it", "e", QUESTIONS("e"), "Apri l'app e tocca il tasto.\n");
	article("it", "f", QUESTIONS("f"), "Apri l'app e tocca il tasto.\n");
	CHECK_STR(check(), "");
}

/* What check() says of two articles of this text each. */
static char *check_two(const char *a, const char *b)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), a);
	article("it", "b", QUESTIONS("b"), b);
	return check();
}

#define SENTENCE(value) "La banca restituisce i soldi della commissione entro " value ".\n"
#define AT_B(line) "it/c/b.md:" line ":1 warning contradiction\n"

TEST(statements_that_contradict_each_other)
{
	CHECK_STR(check_two(SENTENCE("5 giorni"), SENTENCE("7 giorni")), AT_B("11"));
	CHECK_STR(check_two(SENTENCE("cinque giorni"), "Altro.\n\n" SENTENCE("7 giorni")), AT_B("13"));
	CHECK_STR(check_two(SENTENCE("il 30 giugno 2021"), SENTENCE("il 30/7/2021")), AT_B("11"));
	CHECK_STR(check_two("Chiama il servizio clienti della banca allo 06 1234 567.\n",
				  "Chiama il servizio clienti della banca allo 06 1234 568.\n"), AT_B("11"));
	CHECK_STR(check_two("Scrivi una richiesta all'ufficio reclami: reclami@ente.it.\n",
				  "Scrivi una richiesta all'ufficio reclami: reclamo@ente.it.\n"), AT_B("11"));
	CHECK_STR(check_two("Trovi il modulo per la richiesta sul [sito](https://www.ente.it/a).\n",
				  "Trovi il modulo per la richiesta sul [sito](https://www.ente.it/b).\n"), AT_B("11"));
	/* a word more in a long sentence */
	CHECK_STR(check_two("Quando paghi con carta la banca chiede una commissione massima pari a 2 euro.\n",
				  "Quando paghi con carta la banca chiede sempre una commissione massima pari a 3 euro.\n"), AT_B("11"));
}

TEST(statements_that_only_look_alike)
{
	CHECK_STR(check_two(SENTENCE("5 giorni"), SENTENCE("cinque giorni")), "");
	CHECK_STR(check_two(SENTENCE("il 30 giugno 2021"), SENTENCE("il 30.06.2021")), "");
	CHECK_STR(check_two(SENTENCE("1.500 euro"), SENTENCE("€ 1500,00")), "");
	CHECK_STR(check_two(SENTENCE("5 giorni"), "Il Comune restituisce i soldi della multa entro 7 giorni.\n"), "");
	CHECK_STR(check_two("Entro 5 giorni.\n", "Entro 7 giorni.\n"), "");
	CHECK_STR(check_two("## Passo 4: chiama il servizio clienti della banca\n\nx\n",
				  "## Passo 5: chiama il servizio clienti della banca\n\nx\n"), "");
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "valid_until: 2999-12-31\n", SENTENCE("5 giorni"));
	article("it", "b", QUESTIONS("b") "valid_from: 3000-01-01\n", SENTENCE("7 giorni"));
	CHECK_STR(check(), "");
}

TEST(one_question_and_two_answers)
{
	static const char *const first = "questions: [Quanti giorni servono per il rimborso?, a, b, c, d]\n";
	fresh_folder(kb_yaml);
	article("it", "a", first, "Servono 5 giorni.\n");
	article("it", "b", "questions: [per il rimborso servono quanti giorni, e, f, g, h]\n", "Di solito 7 giorni.\n");
	CHECK_STR(check(), "it/c/b.md:11:1 warning contradiction\n");
	fresh_folder(kb_yaml);
	article("it", "a", first, "Servono 5 giorni. Costa 2 euro.\n");
	article("it", "b", "questions: [per il rimborso servono quanti giorni, e, f, g, h]\n", "In 5 giorni, fino a 30 minuti.\n");
	article("it", "c", "questions: [quanti giorni servono per la carta, i, j, k, l]\n", "Dopo 9 giorni.\n");
	CHECK_STR(check(), "");
}

/* What check() says of an original and a translation of it. */
static char *check_translated(const char *it, const char *en)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), it);
	article("en", "a", QUESTIONS("b"), en);
	return check();
}

TEST(translations_say_the_same_in_figures)
{
	CHECK_STR(check_translated("Costa 1.500 euro entro il 30 giugno 2021, chiama lo 800 123 456.\n",
				  "It costs €1,500 by June 30, 2021; call +39 800 123 456.\n"), "");
	CHECK_STR(check_translated("Dalle 8 alle 20, per tre giorni, 2,5%.\n", "From 8 am to 8 pm, for 3 days, 2.5%.\n"), "");
	CHECK_STR(check_translated("Costa 1.500 euro.\n", "It costs money.\n"), "");
	CHECK_STR(check_translated("Costa 1.500 euro.\n", "It costs 1,600 euro.\n"), "en/c/a.md:11:1 warning contradiction\n");
	CHECK_STR(check_translated("Entro il 30 giugno.\n", "By 30 July.\n"), "en/c/a.md:11:1 warning contradiction\n");
	CHECK_STR(check_translated("Chiama lo 06 1234 567.\n", "Call 06 1234 568.\n"), "en/c/a.md:11:1 warning contradiction\n");
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
