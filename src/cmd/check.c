/* sportello check: the editors' linter. Exit status 1 when there are errors. */
#include "cmd/cmd.h"

#include "cmd/check_asked.h"

#include <string.h>

static const char *severity_key(sp_severity severity)
{
	return severity == SP_SEVERITY_ERROR ? "check.severity.error" : severity == SP_SEVERITY_WARNING ? "check.severity.warning" :
	                                                                                                   "check.severity.advice";
}

static void print_text(const sp_finding *items, size_t count, size_t articles, sp_lang lang)
{
	size_t errors = 0;
	for (size_t i = 0; i < count; i++) {
		errors += items[i].severity == SP_SEVERITY_ERROR;
		printf("%s:%d:%d: %s: %s [%s]\n", items[i].file, items[i].line, items[i].column,
			sp_catalog_text(lang, severity_key(items[i].severity)), items[i].message, items[i].rule);
	}
	fprintf(stderr, "%s: %zu; %s: %zu; %s: %zu\n", sp_catalog_text(lang, "cmd.check.articles"), articles,
		sp_catalog_text(lang, "cmd.check.errors"), errors, sp_catalog_text(lang, "cmd.check.others"), count - errors);
}

static const char *severity_name(sp_severity severity)
{
	return severity == SP_SEVERITY_ERROR ? "error" : severity == SP_SEVERITY_WARNING ? "warning" : "advice";
}

static void print_json(const sp_finding *items, size_t count, size_t articles)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_int(&out, "articles", (int64_t)articles);
	sp_json_array(&out, "findings");
	for (size_t i = 0; i < count; i++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "file", items[i].file);
		sp_json_int(&out, "line", items[i].line);
		sp_json_int(&out, "column", items[i].column);
		sp_json_string(&out, "severity", severity_name(items[i].severity));
		sp_json_string(&out, "rule", items[i].rule);
		sp_json_string(&out, "message", items[i].message);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

int spi_cmd_check(int argc, char **argv)
{
	const char *kb = NULL, *format = "text", *lang_code = NULL;
	bool json = false, asked = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "format", .type = SPI_SETTING_CHOICE, .target = &format, .choices = "text|json"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = "asked", .type = SPI_SETTING_FLAG, .target = &asked},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang_code, .choices = "it|en|de"},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count, articles = 0;
	sp_error err = {0};
	if (!spi_read_args("check", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!kb)
		return spi_missing("check", "kb");
	sp_lang lang = lang_code ? sp_lang_of(lang_code, strlen(lang_code)) : spi_terminal_lang();
	sp_findings *findings = sp_findings_new(lang);
	sp_status status = findings ? sp_kb_check(kb, findings, &articles, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = spi_check_asked(kb, articles, asked, NULL, NULL, findings, &err);
	int code = SPI_EXIT_OK;
	if (status == SP_OK) {
		const sp_finding *items = sp_findings_items(findings, &count);
		if (json || strcmp(format, "json") == 0)
			print_json(items, count, articles);
		else
			print_text(items, count, articles, lang);
		code = sp_findings_count(findings, SP_SEVERITY_ERROR) > 0 ? SPI_EXIT_NO : SPI_EXIT_OK;
	} else {
		code = spi_fail(&err, status);
	}
	sp_findings_free(findings);
	return code;
}
