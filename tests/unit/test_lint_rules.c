/* The editors' linter, the rules themselves: each has a name, an article that explains it and texts in every language. */
#include "lint_bed.h"

#include "kb/lint/rules.h"
#include "sportello/catalog.h"

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
	put_file("it/c/z.md",
		"---\nid: y\ntype: q\ntitel: x\ntitle: [x]\ncategory: d\naudience: citizen\nstatus: s\nupdated: x\nquestions: "
		"a\nended: x\n"
		"window: {wait: 1, until: x}\nticket: {group: g, fields: [f]}\ncompetence: b\nstarts: x\ncovers: [x]\nrelated: "
		"[nn]\n---\n"
		"# h\n<b> ![x](y) [a](javascript:x) [b](../c) [c](nn) [d](#e)\n\n> [!f]\n> x\n> [!g]\n");
	put_file("it/c/y.md",
		"---\nid: y\ntype: qa\ntitle: x\ncategory: d\naudience: [citizen]\nstatus: published\nupdated: "
		"2020-01-01\nquestions: [a, a]\n"
		"review_by: 2020-01-01\nvalid_until: 2019-01-01\nreplaced_by: y\nrelated: [y, "
		"nn]\n---\nIT60X0542811101000000123456 [c](y#e)\n");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_findings *findings = sp_findings_new((sp_lang)lang);
		size_t count;
		CHECK_INT(sp_kb_check(lint_folder(), findings, NULL, NULL), SP_OK);
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
