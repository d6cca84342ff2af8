/* kb.yaml and articles, as they are read. */
#include "harness.h"

#include "base/file.h"
#include "kb/lines.h"
#include "kb/yaml.h"
#include "sportello/kb.h"

#include <stdlib.h>

static const char *const kb_yaml =
	"service:\n  name: {it: Prova, en: Trial}\n"
	"languages: [it, en]\n"
	"timezone: Europe/Rome\n"
	"answer_precision: 0.85\n"
	"resolved_window: 12h\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  psp: {name: PSP, reads: [citizen]}\n"
	"  agent-l1: {reads: [psp]}\n"
	"services:\n  app: {name: App, hours: office}\n"
	"hours:\n  office:\n    mon-fri: \"08:00-20:00\"\n    sat: \"08:30-24:00\"\n    sun: closed\n"
	"holidays: [01-01, 2026-12-24, easter-monday]\n"
	"categories:\n"
	"  second:\n    name: Due\n    service: app\n    group: l1\n    fields: [email, idp]\n    order: 2\n"
	"  first: {name: {it: Uno}, order: 1}\n"
	"groups:\n  l1: {name: Primo, level: 1, service: app}\n  out: {name: Fuori, level: partner}\n"
	"fields:\n"
	"  email: {label: E-mail, validate: email, max: 254, keep: 90d}\n"
	"  idp:\n    label: {it: Gestore}\n    why: {it: Serve}\n    validate: choice\n    options: [A, Poste Italiane]\n"
	"bodies:\n  comune:\n    name: il Comune\n    contact: |\n      Vai allo **sportello**.\n"
	"synonyms:\n  it:\n    - [telefono, cellulare]\n"
	"check:\n  rules: {few-questions: off, personal-contact: warning, no-source: off, unexplained-acronym: off}\n";

static sp_kb_config *load(const char *text)
{
	sp_kb_config *config = NULL;
	sp_error err = {0};
	const char *dir = harness_subfolder("config");
	harness_write(dir, "kb.yaml", text);
	if (sp_kb_config_load(dir, NULL, &config, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s:%d:%d: %s", err.source, err.line, err.column, err.text);
	return config;
}

/* All findings as "line:column rule\n". */
static char *list(sp_findings *findings)
{
	static char text[8192];
	size_t count, len = 0;
	const sp_finding *items = sp_findings_items(findings, &count);
	text[0] = '\0';
	for (size_t i = 0; i < count && len < sizeof text - 128; i++)
		len += (size_t)snprintf(
			text + len, sizeof text - len, "%d:%d %s\n", items[i].line, items[i].column, items[i].rule);
	return text;
}

TEST(dates)
{
	CHECK_INT(sp_date_parse("2021-03-15", 10), 20210315);
	CHECK_INT(sp_date_parse("2020-02-29", 10), 20200229);
	static const char *const bad[] = {"2021-02-29", "2021-13-01", "2021-00-10", "2021-01-32", "2021-1-010", "20210315",
		"2021/03/15", "2021-03-15x", "-021-03-15", "0000-01-01", ""};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_INT(sp_date_parse(bad[i], strlen(bad[i])), 0);
	CHECK_INT(sp_date_of(1609455600, "Europe/Rome"), 20210101); /* 2020-12-31T23:00:00Z */
	CHECK_INT(sp_date_of(1609455600, "UTC"), 20201231);
	CHECK_INT(sp_date_of(1609455600, "Nowhere/None"), 20201231);
	CHECK_INT(sp_date_of(0, NULL), 19700101);
}

TEST(texts)
{
	sp_texts texts = {{[SP_LANG_EN] = "x", [SP_LANG_DE] = "y"}};
	CHECK_STR(sp_texts_get(&texts, SP_LANG_DE), "y");
	CHECK_STR(sp_texts_get(&texts, SP_LANG_IT), "x");
	CHECK_STR(sp_texts_get(&texts, SP_LANG_NONE), "x");
	sp_texts none = {{NULL}};
	CHECK_STR(sp_texts_get(&none, SP_LANG_IT), "");
}

TEST(config_says_all)
{
	sp_kb_config *c = load(kb_yaml);
	REQUIRE(c);
	CHECK_STR(sp_texts_get(&c->name, SP_LANG_EN), "Trial");
	CHECK_INT(c->default_lang, SP_LANG_IT);
	CHECK_INT(c->langs, 3);
	CHECK_STR(c->timezone, "Europe/Rome");
	CHECK(c->answer_precision > 0.849 && c->answer_precision < 0.851);
	CHECK_INT(c->resolved_window_s, 12 * 3600);
	CHECK_INT(c->audiences_count, 3);
	CHECK_INT(c->audiences[0].reads, 1);
	CHECK_INT(c->audiences[1].reads, 3);
	CHECK_INT(c->audiences[2].reads, 7);
	CHECK_INT(c->hours[0].days[4].open_min, 480);
	CHECK_INT(c->hours[0].days[4].close_min, 1200);
	CHECK_INT(c->hours[0].days[5].open_min, 510);
	CHECK_INT(c->hours[0].days[5].close_min, 1440);
	CHECK_INT(c->hours[0].days[6].close_min, 0);
	CHECK_INT(c->holidays_count, 3);
	CHECK_STR(c->holidays[2], "easter-monday");
	CHECK_INT(c->services[0].hours, 0);
	CHECK_STR(c->categories[0].key, "first");
	CHECK_STR(sp_texts_get(&c->categories[1].name, SP_LANG_EN), "Due");
	CHECK_INT(c->categories[0].group, -1);
	CHECK_INT(c->categories[1].group, sp_kb_group(c, "l1"));
	CHECK_INT(c->categories[1].fields_count, 2);
	CHECK_INT(c->categories[1].fields[1], sp_kb_field(c, "idp"));
	CHECK_INT(c->groups[1].level, SP_LEVEL_PARTNER);
	CHECK_INT(c->groups[1].service, -1);
	CHECK_INT(c->fields[0].check, SP_FIELD_EMAIL);
	CHECK_INT(c->fields[0].max_chars, 254);
	CHECK_INT(c->fields[0].keep_days, 90);
	CHECK_INT(c->fields[1].check, SP_FIELD_CHOICE);
	CHECK_STR(c->fields[1].options[1], "Poste Italiane");
	CHECK_INT(c->fields[1].max_chars, 200);
	CHECK_STR(sp_texts_get(&c->bodies[0].contact, SP_LANG_IT), "Vai allo **sportello**.\n");
	CHECK_INT(c->synonyms_count, 1);
	CHECK_STR(c->synonyms[0].words[1], "cellulare");
	CHECK_INT(c->rules_count, 4);
	CHECK_INT(sp_kb_category(c, "nope"), -1);
	CHECK_INT(sp_kb_audience(c, NULL), -1);
	sp_kb_config_free(c);
}

TEST(config_defaults)
{
	sp_kb_config *c = load("languages: [en]\naudiences: {citizen: {}}\ncategories: {a: {}}\n");
	REQUIRE(c);
	CHECK_INT(c->default_lang, SP_LANG_EN);
	CHECK(c->answer_precision > 0.859 && c->answer_precision < 0.861);
	CHECK_INT(c->resolved_window_s, 86400);
	CHECK_INT(
		c->services_count + c->groups_count + c->fields_count + c->bodies_count + c->synonyms_count + c->rules_count,
		0);
	sp_kb_config_free(c);
}

TEST(config_that_is_not_there)
{
	sp_kb_config *c = NULL;
	sp_error err = {0};
	CHECK_INT(sp_kb_config_load("/nonexistent/folder", NULL, &c, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.text, "no such folder");
	sp_error_clear(&err);
	CHECK_INT(sp_kb_config_load(harness_subfolder("empty"), NULL, &c, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.text, "no kb.yaml");
	CHECK(!c);
}

TEST(config_mistakes_are_found_in_their_place)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"langauges: [it]\n", "1:1 missing-field\n1:1 missing-field\n1:1 missing-field\n1:1 unknown-key\n"},
		{"[a]\n", "1:1 yaml-syntax\n"},
		{"a: b: c\n", "1:5 yaml-syntax\n"},
		{"a: \"b\n", "2:1 yaml-syntax\n"},
		{"? [a]\n: b\n", "1:3 yaml-syntax\n"},
		{"a: 1\n---\nb: 2\n", "2:1 yaml-syntax\n"},
		{"a: &x 1\n", "1:4 yaml-alias\n"},
		{"a: *x\n", "1:4 yaml-alias\n"},
		{"a: [[[[[[[[[[[[[1]]]]]]]]]]]]]\n", "1:15 yaml-limit\n"},
		{"languages: [it]\ncategories: {a: {}}\naudiences:\n  x: {reads: [y]}\n  z: {nome: a}\n",
			"4:15 unknown-audience\n5:7 unknown-key\n"},
		{"languages: [fr, 'it']\nlanguages: [en]\naudiences: {x: {}}\ncategories: {a: {}}\n",
			"1:13 unknown-language\n2:1 duplicate-key\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {group: g, fields: [f], service: s, order: x}}\n",
			"3:25 unknown-group\n3:37 unknown-field\n3:50 unknown-service\n3:60 bad-value\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {}, à: {}}\nanswer_precision: 1.5\nresolved_window: "
		 "1w\ntimezone: Rome\nholidays: [02-30, 2026-02-29]\n",
			"3:21 bad-value\n4:19 bad-value\n5:18 bad-value\n6:11 bad-value\n7:12 bad-date\n7:19 bad-date\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\nhours:\n  h:\n    fri-mon: '08:00-09:00'\n    mon: "
		 "'09:00-08:00'\n    tue: '8-9'\n    wed: '08:00-24:30'\n",
			"6:5 bad-value\n7:10 bad-value\n8:10 bad-value\n9:10 bad-value\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\nfields:\n  f: {validate: mail, keep: 3h, max: 0}\n "
		 " g: {validate: choice}\n  h: {label: {fr: x}}\n",
			"5:17 bad-value\n5:29 bad-value\n5:38 bad-value\n6:3 missing-field\n7:15 unknown-language\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\ncheck: {rules: {raw-htm: off, raw-html: no, "
		 "bad-id: off}}\nsynonyms: {it: [[a], b]}\n",
			"4:17 unknown-rule\n4:41 bad-value\n4:45 unknown-rule\n5:17 bad-value\n5:22 wrong-type\n"},
		{"languages: it\naudiences: {x: {}}\ncategories: {a: b}\ngroups: {g: {level: 3}}\n",
			"1:12 wrong-type\n3:17 wrong-type\n4:21 bad-value\n"},
		{"languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\nservice: {name: \"\x07\"}\n", "4:18 yaml-syntax\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_findings *findings = sp_findings_new(SP_LANG_EN);
		sp_kb_config *config = NULL;
		sp_error err = {0};
		const char *dir = harness_subfolder("bad");
		harness_write(dir, "kb.yaml", cases[i].text);
		CHECK_INT(sp_kb_config_load(dir, findings, &config, &err), SP_ERR_INVALID);
		CHECK(!config);
		CHECK_STR(list(findings), cases[i].want);
		CHECK(err.line > 0 && strstr(err.source, "/bad/kb.yaml"));
		sp_findings_free(findings);
	}
}

TEST(config_error_names_the_place_and_the_remedy)
{
	sp_kb_config *config = NULL;
	sp_error err = {0};
	const char *dir = harness_subfolder("bad");
	harness_write(dir, "kb.yaml", "languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\ntimezoone: Europe/Rome\n");
	CHECK_INT(sp_kb_config_load(dir, NULL, &config, &err), SP_ERR_INVALID);
	CHECK_INT(err.line, 4);
	CHECK_INT(err.column, 1);
	CHECK_STR(err.text, "There is no field \"timezoone\". Remove or correct it. Did you mean \"timezone\"?");
}

TEST(yaml_bombs_are_refused_quickly)
{
	sp_buffer text = SP_BUFFER_INIT;
	sp_buffer_add_text(&text, "a: ");
	for (int i = 0; i < 100000; i++)
		sp_buffer_add_char(&text, '[');
	sp_arena *arena = sp_arena_new(0);
	spi_report report = {.file = "x"};
	CHECK(!spi_yaml_read(text.data, text.len, 1, arena, &report));
	CHECK(report.broken);
	sp_buffer_clear(&text);
	for (int i = 0; i < 5000; i++)
		sp_buffer_printf(&text, "k%d: 1\n", i);
	report.broken = false;
	CHECK(!spi_yaml_read(text.data, text.len, 1, arena, &report));
	CHECK(report.broken);
	sp_buffer_release(&text);
	sp_arena_free(arena);
}

#define FRONT                                                                                                          \
	"---\nid: a\ntype: qa\ntitle: A\ncategory: first\naudience: [citizen]\nstatus: published\nupdated: 2026-01-01\n"

static sp_article *parse(const char *text, sp_findings *findings, sp_error *err)
{
	static sp_kb_config *config; /* for the life of the test program */
	sp_article *article = NULL;
	if (!config)
		config = load(kb_yaml);
	sp_article_parse("it/first/a.md", text, strlen(text), config, "a.md", findings, &article, err);
	return article;
}

TEST(article_says_all)
{
	sp_error err = {0};
	sp_article *a = parse(
		"---\nid: a\ntype: notice\ntitle: \"A: b\"\ncategory: first\naudience: [citizen, agent-l1]\n"
		"questions:\n  - uno\n  - \"due: tre\"\nkeywords: [k]\nstatus: draft\nvalid_from: 2020-12-01\nvalid_until: "
		"2021-12-31\n"
		"updated: 2021-03-02\nowner: team\nreview_by: 2021-09-01\nrelated: [b, c]\ncodes: [PAA_X]\ncompetence: comune\n"
		"window: {from: acquisto, wait: 3d, until: 120d}\nticket: {group: out, fields: [idp]}\nreplaced_by: z\nended: "
		"true\n"
		"source: [\"L. 1/2020, art. 2\"]\ncovers: {articles: [x], categories: [second], codes: [Y]}\n"
		"starts: 2021-03-02T08:00:00+01:00\nends: 2021-03-03T00:00:00Z\n---\n\nCiao\n",
		NULL, &err);
	if (!a)
		harness_fail(__FILE__, __LINE__, "%d: %s", err.line, err.text);
	REQUIRE(a);
	CHECK_STR(a->id, "a");
	CHECK_STR(a->title, "A: b");
	CHECK_STR(a->path, "it/first/a.md");
	CHECK_INT(a->lang, SP_LANG_IT);
	CHECK_INT(a->type, SP_TYPE_NOTICE);
	CHECK_INT(a->status, SP_STATUS_DRAFT);
	CHECK_INT(a->category, 0);
	CHECK_INT(a->audience, 5);
	CHECK_INT(a->questions.count, 2);
	CHECK_STR(a->questions.items[1], "due: tre");
	CHECK_STR(a->keywords.items[0], "k");
	CHECK_INT(a->valid_from, 20201201);
	CHECK_INT(a->valid_until, 20211231);
	CHECK_INT(a->updated, 20210302);
	CHECK_INT(a->review_by, 20210901);
	CHECK_STR(a->owner, "team");
	CHECK_INT(a->related.count, 2);
	CHECK_STR(a->codes.items[0], "PAA_X");
	CHECK_INT(a->competence, 0);
	CHECK_STR(a->window.from, "acquisto");
	CHECK_INT(a->window.wait_days, 3);
	CHECK_INT(a->window.until_days, 120);
	CHECK_INT(a->ticket_group, 1);
	CHECK_INT(a->ticket_fields_count, 1);
	CHECK_INT(a->ticket_fields[0], 1);
	CHECK_STR(a->replaced_by, "z");
	CHECK(a->ended);
	CHECK_STR(a->source.items[0], "L. 1/2020, art. 2");
	CHECK_STR(a->covers.articles.items[0], "x");
	CHECK_STR(a->covers.categories.items[0], "second");
	CHECK_STR(a->covers.codes.items[0], "Y");
	CHECK_INT(a->starts_utc_s, 1614668400);
	CHECK_INT(a->ends_utc_s, 1614729600);
	CHECK_STR(a->body, "\nCiao\n");
	CHECK_INT(a->body_line, 29);
	CHECK_INT(strlen(a->version), 64);
	sp_article_free(a);
	sp_article_free(NULL);
}

TEST(article_defaults)
{
	sp_article *a = parse(FRONT "---\nx\n", NULL, NULL);
	REQUIRE(a);
	CHECK_INT(a->competence, -1);
	CHECK_INT(a->ticket_group, -1);
	CHECK_INT(a->questions.count + a->related.count + (size_t)a->valid_from + (size_t)a->review_by, 0);
	CHECK(!a->window.from && !a->replaced_by && !a->ended);
	sp_article_free(a);
	a = parse("\xef\xbb\xbf---  \r\nid: a\r\ntype: qa\r\ntitle: A\r\ncategory: first\r\naudience: [citizen]\r\nstatus: "
			  "published\r\n"
			  "updated: 2026-01-01\r\n...\r\nx\r\n",
		NULL, NULL);
	REQUIRE(a);
	CHECK_STR(a->body, "x\r\n");
	CHECK_INT(a->body_line, 10);
	sp_article_free(a);
}

TEST(article_version_is_the_sha256_of_its_bytes)
{
	sp_article *a = parse(FRONT "---\nx\n", NULL, NULL), *b = parse(FRONT "---\nx \n", NULL, NULL);
	REQUIRE(a && b);
	CHECK(strcmp(a->version, b->version) != 0);
	sp_article_free(a);
	sp_article_free(b);
}

static void check_findings(const char *text, const char *want, int line)
{
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	sp_error err = {0};
	sp_article *a = parse(text, findings, &err);
	bool errors = false;
	size_t count;
	const sp_finding *items = sp_findings_items(findings, &count);
	for (size_t i = 0; i < count; i++)
		errors |= items[i].severity == SP_SEVERITY_ERROR &&
			spi_rule_weight_of(spi_rule_of(items[i].rule)) != SPI_RULE_SERVED;
	if (strcmp(list(findings), want) != 0)
		harness_fail(__FILE__, line, "got\n%s, wanted\n%s", list(findings), want);
	if (!a != errors || (errors && err.status != SP_ERR_INVALID))
		harness_fail(
			__FILE__, line, "%s although there are %s errors", a ? "served" : "refused", errors ? "some" : "no");
	/* without a collector the outcome is the same */
	sp_article *b = parse(text, NULL, NULL);
	if (!a != !b)
		harness_fail(__FILE__, line, "the collector makes a difference");
	sp_article_free(a);
	sp_article_free(b);
	sp_findings_free(findings);
}
#define CHECK_FINDINGS(text, want) check_findings(text, want, __LINE__)

TEST(article_front_matter_mistakes)
{
	CHECK_FINDINGS("", "1:1 front-matter\n");
	CHECK_FINDINGS("# Title\n", "1:1 front-matter\n");
	CHECK_FINDINGS("---\nid: a\n", "1:1 front-matter\n");
	CHECK_FINDINGS("---\n- a\n---\nx\n", "2:1 yaml-syntax\n");
	CHECK_FINDINGS("---\nid: a\ntitle: b: c\n---\nx\n", "3:9 yaml-syntax\n");
	CHECK_FINDINGS("---\nid: a\n\ttitle: b\n---\nx\n", "3:1 yaml-syntax\n");
	CHECK_FINDINGS("---\n---\nx\n",
		"2:1 missing-field\n2:1 missing-field\n2:1 missing-field\n2:1 missing-field\n2:1 missing-field\n2:1 "
		"missing-field\n");
	CHECK_FINDINGS("---\nid: a\nx: &a [*a]\n---\nx\n", "3:4 yaml-alias\n");
	CHECK_FINDINGS("---\nid: \xff\n---\nx\n", "2:5 not-utf8\n");
	CHECK_FINDINGS("---\nid: a\n<<<<<<< HEAD\ntitle: b\n=======\ntitle: c\n>>>>>>> x\n---\nx\n", "3:1 merge-conflict\n");
	CHECK_FINDINGS("---\r\nid: a\r\n---\r\nx\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> x\r\n", "5:1 merge-conflict\n");
	CHECK_FINDINGS("---\nid: perch\xc3\xa9 \xc3\n---\nx\n", "2:12 not-utf8\n");
	CHECK_FINDINGS(FRONT "titel: x\n---\nx\n", "9:1 unknown-key\n");
	CHECK_FINDINGS(FRONT "title: B\n---\nx\n", "9:1 duplicate-key\n");
	CHECK_FINDINGS(FRONT "keywords: otp\n---\nx\n", "9:11 wrong-type\n");
	CHECK_FINDINGS(FRONT "questions: [a, [b], '']\n---\nx\n", "9:16 wrong-type\n9:21 wrong-type\n");
	CHECK_FINDINGS(FRONT "owner: {a: b}\n---\nx\n", "9:8 wrong-type\n");
	CHECK_FINDINGS(FRONT "owner: ' '\n---\nx\n", "9:8 wrong-type\n");
	CHECK_FINDINGS(FRONT "owner:\nkeywords: ~\n---\nx\n", "");
	CHECK_FINDINGS(FRONT "ended: yes\n---\nx\n", "9:8 bad-value\n");
	CHECK_FINDINGS(FRONT "valid_from: 2020-02-30\n---\nx\n", "9:13 bad-date\n");
	CHECK_FINDINGS(FRONT "valid_from: 2021-02-01\nvalid_until: 2021-01-31\n---\nx\n", "10:14 date-order\n");
	CHECK_FINDINGS(
		FRONT "window: {wait: 3d, until: 2d, x: 1}\n---\nx\n", "9:9 date-order\n9:9 missing-field\n9:31 unknown-key\n");
	CHECK_FINDINGS(FRONT "window: {from: x, wait: 36h}\n---\nx\n", "9:25 bad-value\n");
	CHECK_FINDINGS(FRONT "ticket: {group: l2, fields: [mail], x: 1}\n---\nx\n",
		"9:17 unknown-group\n9:30 unknown-field\n9:37 unknown-key\n");
	CHECK_FINDINGS(FRONT "competence: comuni\n---\nx\n", "9:13 unknown-body\n");
	CHECK_FINDINGS(
		FRONT "starts: 2021-01-01T00:00:00Z\ncovers: {articles: [a]}\n---\nx\n", "9:1 notice-only\n10:1 notice-only\n");
}

TEST(article_required_fields_and_known_names)
{
	CHECK_FINDINGS("---\nid: -a\ntype: q\ntitle: A\ncategory: frist\naudience: [citzen, agent-l1]\nstatus: "
				   "live\nupdated: soon\n---\nx\n",
		"2:5 bad-id\n2:5 id-file-name\n3:7 unknown-type\n5:11 unknown-category\n6:12 unknown-audience\n7:9 "
		"unknown-status\n8:10 bad-date\n");
	CHECK_FINDINGS("---\nid: a\ntype: qa\ntitle: A\ncategory: first\nstatus: published\nupdated: 2026-01-01\n---\nx\n",
		"2:1 no-audience\n");
	CHECK_FINDINGS("---\nid: a\ntype: qa\ntitle: A\ncategory: first\naudience: []\nstatus: published\nupdated: "
				   "2026-01-01\n---\nx\n",
		"6:11 no-audience\n");
	CHECK_FINDINGS("---\nid: b\ntype: qa\ntitle: A\ncategory: second\naudience: [psp]\nstatus: published\nupdated: "
				   "2026-01-01\n---\nx\n",
		"2:5 id-file-name\n5:11 category-folder\n");
	CHECK_FINDINGS("---\nid: a\ntype: notice\ntitle: A\ncategory: first\naudience: [psp]\nstatus: published\nupdated: "
				   "2026-01-01\n---\nx\n",
		"2:1 notice-times\n");
	CHECK_FINDINGS(
		"---\nid: a\ntype: notice\ntitle: A\ncategory: first\naudience: [psp]\nstatus: published\nupdated: 2026-01-01\n"
		"starts: 2026-01-02T00:00:00Z\nends: 2026-01-01\n---\nx\n",
		"2:1 notice-times\n10:7 bad-date\n");
	CHECK_FINDINGS(
		"---\nid: a\ntype: notice\ntitle: A\ncategory: first\naudience: [psp]\nstatus: published\nupdated: 2026-01-01\n"
		"starts: 2026-01-02T00:00:00Z\nends: 2026-01-01T23:59:59Z\ncovers: {categories: [x]}\n---\nx\n",
		"10:7 notice-times\n11:23 unknown-category\n");
}

TEST(article_body_mistakes)
{
	CHECK_FINDINGS(FRONT "---\n\n<!-- only a comment -->\n", "10:1 empty-body\n");
	CHECK_FINDINGS(FRONT "---\n# H\n\nx\n=\n", "10:1 heading-1\n12:1 heading-1\n");
	CHECK_FINDINGS(FRONT "---\nè <b>x</b> <!-- c -->\n\n<div>\n", "10:3 raw-html\n10:7 raw-html\n12:1 raw-html\n");
	CHECK_FINDINGS(FRONT "---\nx ![a](b.png)\n", "10:3 image\n");
	CHECK_FINDINGS(FRONT "---\n- è [a](javascript:x)\n- [b](../x.md) [c](<>)\n",
		"10:9 unsafe-link\n11:7 broken-link\n11:16 broken-link\n");
	CHECK_FINDINGS(FRONT "---\n## Un titolo\n\n[a](#un-titolo) [b](#altro)\n", "12:21 broken-anchor\n");
	CHECK_FINDINGS(FRONT "---\n[a](#perch%C3%A9) \n\n### Perché\n", "");
	CHECK_FINDINGS(FRONT "---\nScrivi a a@example.com\n", "10:10 personal-contact\n");
	CHECK_FINDINGS(FRONT "---\nIl conto è IT60 X054 2811 1010 0000 0123 456.\n", "10:12 personal-data\n");
}

TEST(article_messages_are_in_the_language_asked_for)
{
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t count;
	sp_error err = {0};
	CHECK(!parse(FRONT "titel: x\n---\nx\n", findings, &err));
	const sp_finding *items = sp_findings_items(findings, &count);
	REQUIRE(count == 1);
	CHECK_STR(items[0].message, "Il campo «titel» non esiste. Toglilo o correggilo. Forse volevi scrivere «title»?");
	CHECK_STR(items[0].file, "a.md");
	CHECK_STR(items[0].rule, "unknown-key");
	CHECK_INT(items[0].severity, SP_SEVERITY_ERROR);
	CHECK_STR(err.text, "There is no field \"titel\". Remove or correct it. Did you mean \"title\"?");
	CHECK_STR(err.source, "a.md");
	CHECK_INT(err.line, 9);
	sp_findings_free(findings);
}

TEST(article_too_large)
{
	size_t len = (1 << 20) + 1;
	char *text = malloc(len + 1);
	memset(text, 'x', len);
	text[len] = '\0';
	CHECK_FINDINGS(text, "1:1 too-large\n");
	free(text);
}

TEST(article_cut_anywhere_never_crashes)
{
	static const char text[] = FRONT "questions: [a, 'b', \"c\"]\nwindow: {from: x, wait: 3d}\nticket: {fields: "
									 "[email]}\n---\n## A\n\n> [!psp]\n> [x](y)\n\n- [a](#a)\n";
	char part[sizeof text];
	for (size_t len = 0; len < sizeof text; len++) {
		memcpy(part, text, len);
		part[len] = '\0';
		sp_findings *findings = sp_findings_new(SP_LANG_DE);
		sp_article *a = parse(part, findings, NULL);
		CHECK(a || sp_findings_count(findings, SP_SEVERITY_ERROR) > 0);
		sp_article_free(a);
		sp_findings_free(findings);
	}
}

TEST(lines_end_as_commonmark_ends_them)
{
	sp_arena *arena = sp_arena_new(0);
	spi_lines lines;
	CHECK(spi_lines_read(&lines, "a\nbè\r\nc\rd", 10, arena));
	CHECK_INT(lines.count, 4);
	CHECK_INT(spi_line_end(&lines, 2), 5);
	CHECK_INT(spi_line_start(&lines, 4), 9);
	CHECK_INT(spi_line_of(&lines, 5), 2);
	CHECK_INT(spi_column_of(&lines, 5), 3);
	CHECK_INT(spi_line_start(&lines, 99), 10);
	CHECK(spi_lines_read(&lines, "", 0, arena));
	CHECK_INT(lines.count, 0);
	sp_arena_free(arena);
}
