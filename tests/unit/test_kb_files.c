/* The folder of a knowledge base, and writing into it. */
#include "harness.h"

#include "base/file.h"
#include "kb/write.h"
#include "kb/yaml.h"
#include "sportello/kb.h"

#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(scan_takes_articles_only)
{
	const char *dir = harness_subfolder("scan");
	static const char *const files[] = {"it/first/b.md", "it/first/a.md", "en/first/a.md", "it/first/.hidden.md",
		"it/first/a.md~", "it/first/#a.md#", "it/first/.a.md.swp", "it/first/a.txt", "it/loose.md", "fr/first/a.md",
		"it/first/deep/a.md", "README.md", "kb.yaml", ".git/x/y.md"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		harness_write(dir, files[i], "x");
	char link[600], target[600];
	snprintf(link, sizeof link, "%s/it/first/out.md", dir);
	CHECK_INT(symlink("/etc/hostname", link), 0);
	snprintf(link, sizeof link, "%s/it/first/in.md", dir);
	snprintf(target, sizeof target, "%s/it/first/a.md", dir);
	CHECK_INT(symlink(target, link), 0);
	snprintf(link, sizeof link, "%s/it/out", dir);
	CHECK_INT(symlink("/etc", link), 0);
	sp_arena *arena = sp_arena_new(0);
	sp_kb_files found;
	CHECK_INT(sp_kb_scan(dir, arena, &found, NULL), SP_OK);
	static const char *const want[] = {"en/first/a.md", "it/first/a.md", "it/first/b.md", "it/first/in.md"};
	CHECK_INT(found.count, 4);
	for (size_t i = 0; i < found.count && i < 4; i++)
		CHECK_STR(found.items[i].path, want[i]);
	CHECK_INT(found.items[0].size, 1);
	CHECK(found.items[0].mtime_ns > 1600000000000000000);
	sp_error err = {0};
	CHECK_INT(sp_kb_scan("/nonexistent", arena, &found, &err), SP_ERR_NOT_FOUND);
	sp_arena_free(arena);
}

TEST(read_stays_inside)
{
	const char *dir = harness_subfolder("read");
	sp_arena *arena = sp_arena_new(0);
	const char *text;
	size_t len;
	char link[600];
	harness_write(dir, "it/c/a.md", "abc");
	CHECK_INT(sp_kb_read(dir, "it/c/a.md", 3, arena, &text, &len, NULL), SP_OK);
	CHECK_STR(text, "abc");
	CHECK_INT(sp_kb_read(dir, "it/c/a.md", 2, arena, &text, &len, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_kb_read(dir, "it/c/b.md", 2, arena, &text, &len, NULL), SP_ERR_NOT_FOUND);
	CHECK_INT(sp_kb_read(dir, "../read/it/c/a.md", 9, arena, &text, &len, NULL), SP_ERR_DENIED);
	CHECK_INT(sp_kb_read(dir, "it/../../x", 9, arena, &text, &len, NULL), SP_ERR_DENIED);
	CHECK_INT(sp_kb_read(dir, "/etc/hostname", 9, arena, &text, &len, NULL), SP_ERR_DENIED);
	snprintf(link, sizeof link, "%s/it/c/out.md", dir);
	CHECK_INT(symlink("/etc/hostname", link), 0);
	CHECK_INT(sp_kb_read(dir, "it/c/out.md", 999, arena, &text, &len, NULL), SP_ERR_DENIED);
	snprintf(link, sizeof link, "%s/it/c/pipe.md", dir);
	CHECK_INT(mkfifo(link, 0600), 0);
	CHECK_INT(sp_kb_read(dir, "it/c/pipe.md", 999, arena, &text, &len, NULL), SP_ERR_INVALID);
	sp_arena_free(arena);
}

static void check_yaml_text(const char *text, const char *want)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_arena *arena = sp_arena_new(0);
	spi_report report = {.file = "x"};
	sp_buffer_add_text(&out, "k: ");
	spi_yaml_write(&out, text);
	if (want)
		CHECK_STR(sp_buffer_text(&out) + 3, want);
	sp_buffer_add_char(&out, '\n');
	const spi_yaml *root = spi_yaml_read(out.data, out.len, 1, arena, &report);
	CHECK_STR(root && spi_yaml_get(root, "k") ? spi_yaml_get(root, "k")->text : "(nothing)", text);
	sp_arena_free(arena);
	sp_buffer_release(&out);
}

TEST(yaml_texts_are_quoted_when_they_must_be)
{
	check_yaml_text("Non mi arriva il codice", "Non mi arriva il codice");
	check_yaml_text("perché l'app non va?", "perché l'app non va?");
	check_yaml_text("a: b", "\"a: b\"");
	check_yaml_text("a #b", "\"a #b\"");
	check_yaml_text("yes", "\"yes\"");
	check_yaml_text("Null", "\"Null\"");
	check_yaml_text("2021-01-01", "\"2021-01-01\"");
	check_yaml_text("182", "\"182\"");
	check_yaml_text("- x", "\"- x\"");
	check_yaml_text("say \"hi\" \\ x", "\"say \\\"hi\\\" \\\\ x\"");
	check_yaml_text("a\x01z\x7f", "\"a\\x01z\\x7F\"");
	check_yaml_text("\xe2\x80\xa8x\xc2\x85y\xc2\x9fz\xef\xbb\xbf", NULL);
	check_yaml_text("*a & !b %c @d `e", NULL);
	check_yaml_text("è così", NULL);
}

static char *markdown_of(const char *text)
{
	static char out[4096];
	sp_buffer buf = SP_BUFFER_INIT;
	spi_markdown_write_text(&buf, text);
	snprintf(out, sizeof out, "%s", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
	return out;
}

TEST(plain_text_becomes_markdown_that_means_itself)
{
	CHECK_STR(markdown_of("Uno\r\ndue\n\n- tre\n"), "Uno\ndue\n\n- tre\n");
	CHECK_STR(markdown_of("\n\n  a\n\n\n"), "a\n");
	CHECK_STR(
		markdown_of("a\n---\n# b\n===\n> c\n```\n[!NOTE] d"), "a\n\\---\n\\# b\n\\===\n\\> c\n\\```\n\\[!NOTE] d\n");
	CHECK_STR(markdown_of("      rientrato   \nx"), "rientrato\nx\n");
	CHECK_STR(markdown_of("se <b> e 3 < 4 e </x> <!-- y"), "se \\<b> e 3 < 4 e \\</x> \\<!-- y\n");
	CHECK_STR(
		markdown_of("[link](https://example.com) e **grassetto**"), "[link](https://example.com) e **grassetto**\n");
}

static const char *const citizen[] = {"citizen"};

static sp_import_record record_of(const char *id, const char *title, const char *answer)
{
	return (sp_import_record){.id = id,
		.title = title,
		.answer = answer,
		.lang = SP_LANG_IT,
		.audience = {(const char **)(uintptr_t)citizen, 1},
		.updated = 20260102};
}

static char *content_of(const char *dir, const char *path)
{
	static char text[4096];
	sp_arena *arena = sp_arena_new(0);
	const char *bytes = NULL;
	size_t len = 0;
	sp_kb_read(dir, path, sizeof text - 1, arena, &bytes, &len, NULL);
	snprintf(text, sizeof text, "%s", bytes ? bytes : "(nothing)");
	sp_arena_free(arena);
	return text;
}

TEST(write_article)
{
	const char *dir = harness_subfolder("write");
	static const char *const questions[] = {"prima?", "seconda: ecco", "", "a\nb"};
	sp_import_record record = record_of("Refund_not.1", "Titolo: uno", "Testo\n# non un titolo\n");
	bool changed = false;
	sp_error err = {0};
	record.questions = (sp_strings){(const char **)(uintptr_t)questions, 4};
	record.keywords = record.audience;
	CHECK_INT(sp_kb_write_article(dir, &record, 0, &changed, &err), SP_OK);
	CHECK(changed);
	CHECK_STR(content_of(dir, "it/imported/Refund_not.1.md"),
		"---\nid: Refund_not.1\ntype: qa\ntitle: \"Titolo: uno\"\ncategory: imported\n"
		"audience:\n  - citizen\nquestions:\n  - prima?\n  - \"seconda: ecco\"\n  - a b\nkeywords:\n  - "
		"citizen\nstatus: published\n"
		"updated: 2026-01-02\n---\n\nTesto\n\\# non un titolo\n");
	CHECK_INT(sp_kb_write_article(dir, &record, 0, &changed, &err), SP_OK);
	CHECK(!changed);
	record.updated = 0; /* unknown: what is there stays */
	CHECK_INT(sp_kb_write_article(dir, &record, 0, &changed, &err), SP_OK);
	CHECK(!changed);
	record.answer = "Altro";
	CHECK_INT(sp_kb_write_article(dir, &record, 0, &changed, &err), SP_ERR_CONFLICT);
	CHECK_HAS(err.text, "Refund_not.1");
	CHECK_HAS(content_of(dir, "it/imported/Refund_not.1.md"), "Testo");
	CHECK_INT(sp_kb_write_article(dir, &record, SP_IMPORT_REPLACE, &changed, NULL), SP_OK);
	CHECK(changed);
	CHECK_HAS(content_of(dir, "it/imported/Refund_not.1.md"), "Altro");
	record.category = "Un'altra Categoria";
	sp_error_clear(&err);
	CHECK_INT(sp_kb_write_article(dir, &record, SP_IMPORT_REPLACE, &changed, &err), SP_ERR_CONFLICT);
	CHECK_HAS(err.source, "imported/Refund_not.1.md");
}

TEST(write_article_odd_records)
{
	const char *dir = harness_subfolder("odd");
	sp_import_record record = record_of("reverted_card_payment?", "T", "  ");
	sp_error err = {0};
	record.default_category = "Carte & Città";
	CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, &err), SP_OK);
	CHECK_HAS(content_of(dir, "it/carte-citta/reverted_card_payment%3F.md"), "---\n\nT\n");
	static const char *const bad[] = {"", "a/b", "../x", "a b", "é", ".x"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		record = record_of(bad[i], "T", "x");
		sp_error_clear(&err);
		CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, &err), SP_ERR_INVALID);
		CHECK_HAS(err.text, "the id must");
	}
	record = record_of("a", " \n", "x");
	CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, NULL), SP_ERR_INVALID);
	record = record_of("a", "T", "\xff");
	CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, NULL), SP_ERR_INVALID);
	record = record_of("a", "T", "x");
	record.audience.count = 0;
	sp_error_clear(&err);
	CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, &err), SP_ERR_INVALID);
	CHECK_HAS(err.text, "--audience");
	record = record_of("a", "T", "x");
	record.lang = SP_LANG_NONE;
	CHECK_INT(sp_kb_write_article(dir, &record, 0, NULL, NULL), SP_ERR_INVALID);
}

TEST(prepare_writes_and_extends)
{
	char dir[640];
	static const char *const first[] = {"Carte & conti", "app", "app"}, *const second[] = {"nuova"};
	sp_strings categories = {(const char **)(uintptr_t)first, 3};
	sp_kb_config *config = NULL;
	sp_error err = {0};
	snprintf(dir, sizeof dir, "%s/fresh", harness_subfolder("prepare"));
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_EN, &err), SP_OK);
	CHECK_INT(sp_kb_config_load(dir, NULL, &config, &err), SP_OK);
	REQUIRE(config);
	CHECK_INT(config->audiences_count, 6);
	CHECK_INT(config->categories_count, 2);
	CHECK(sp_kb_category(config, "carte-conti") >= 0);
	CHECK_STR(
		sp_texts_get(&config->categories[sp_kb_category(config, "carte-conti")].name, SP_LANG_EN), "Carte & conti");
	CHECK_INT(config->langs, 1u << SP_LANG_EN);
	sp_kb_config_free(config);
	categories = (sp_strings){(const char **)(uintptr_t)second, 1};
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_IT, &err), SP_OK);
	CHECK_INT(sp_kb_config_load(dir, NULL, &config, &err), SP_OK);
	CHECK_INT(config->categories_count, 3);
	CHECK_INT(config->langs, 1u << SP_LANG_EN | 1u << SP_LANG_IT);
	CHECK_INT(config->default_lang, SP_LANG_EN);
	uint64_t hash = config->hash;
	sp_kb_config_free(config);
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_IT, &err), SP_OK);
	CHECK_INT(sp_kb_config_load(dir, NULL, &config, &err), SP_OK);
	CHECK(config->hash == hash);
	sp_kb_config_free(config);
}

TEST(prepare_keeps_what_editors_wrote)
{
	const char *dir = harness_subfolder("keep");
	static const char *const wanted[] = {"b"};
	sp_strings categories = {(const char **)(uintptr_t)wanted, 1};
	sp_error err = {0};
	harness_write(dir, "kb.yaml",
		"# ours\nlanguages:\n  - it # first\naudiences: {x: {}}\ncategories:\n    # the first\n    a: {name: A}\n");
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_DE, &err), SP_OK);
	CHECK_STR(content_of(dir, "kb.yaml"),
		"# ours\nlanguages:\n  - it # first\n  - de\naudiences: {x: {}}\ncategories:\n    # the first\n"
		"    b:\n        name: b\n    a: {name: A}\n");
	harness_write(dir, "kb.yaml", "languages: [it]\naudiences: {x: {}}\ncategories: {a: {}}\n");
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_IT, &err), SP_ERR_CONFLICT);
	CHECK_HAS(err.text, "category b");
	CHECK_INT(err.line, 3);
	harness_write(dir, "kb.yaml", "languages: [it]\nnonsense: 1\n");
	sp_error_clear(&err);
	CHECK_INT(sp_kb_prepare(dir, &categories, 1u << SP_LANG_IT, &err), SP_ERR_INVALID);
	CHECK_STR(content_of(dir, "kb.yaml"), "languages: [it]\nnonsense: 1\n");
}
