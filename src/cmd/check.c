/* sportello check: the editors' linter. Exit status 1 when there are errors. */
#include "cmd/check.h"

#include "cmd/check_asked.h"

#include <string.h>

typedef struct options {
	const char *kb, *format, *lang, *since;
	bool json, fix, dry_run, asked;
} options;

static spi_check_writer *writer_of(const options *o)
{
	static const struct {
		const char *format;
		spi_check_writer *write;
	} writers[] = {{"text", spi_check_text}, {"json", spi_check_json}, {"github", spi_check_github}, {"sarif", spi_check_sarif}};
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
		if (strcmp(writers[i].format, o->json ? "json" : o->format) == 0)
			return writers[i].write;
	}
	return spi_check_text;
}

/* Mend, if that is wanted; then look at what is there. */
static sp_status examine(const options *o, sp_findings *mended, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	sp_status status = SP_OK;
	if (o->fix || o->dry_run)
		status = spi_check_fix(o->kb, o->since, o->dry_run, mended, err);
	if (status == SP_OK)
		status = o->since ? spi_check_since(o->kb, o->since, findings, ret_articles, err)
						  : sp_kb_check(o->kb, findings, ret_articles, err);
	if (status == SP_OK)
		status = spi_check_asked(o->kb, o->since, *ret_articles, o->asked, findings, err);
	return status;
}

static int check(const options *o, sp_lang lang, sp_findings *mended, sp_findings *findings, sp_arena *arena)
{
	sp_error err = {0};
	spi_check_result result = {
		.kb = o->kb, .lang = lang, .has_mended = o->fix || o->dry_run, .is_look = o->dry_run};
	if (!mended || !findings || !arena)
		return spi_fail(&err, SP_ERR_NOMEM);
	sp_status status = examine(o, mended, findings, &result.articles, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	result.items = sp_findings_items(findings, &result.count);
	result.mended = sp_findings_items(mended, &result.mended_count);
	writer_of(o)(&result, arena);
	return sp_findings_count(findings, SP_SEVERITY_ERROR) > 0 ? SPI_EXIT_NO : SPI_EXIT_OK;
}

int spi_cmd_check(int argc, char **argv)
{
	options o = {.format = "text"};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "format", .type = SPI_SETTING_CHOICE, .target = &o.format, .choices = "text|json|github|sarif"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &o.lang, .choices = "it|en|de"},
		{.name = "since", .type = SPI_SETTING_TEXT, .target = &o.since},
		{.name = "asked", .type = SPI_SETTING_FLAG, .target = &o.asked},
		{.name = "fix", .type = SPI_SETTING_FLAG, .target = &o.fix},
		{.name = "dry-run", .type = SPI_SETTING_FLAG, .target = &o.dry_run},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("check", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.kb)
		return spi_missing("check", "kb");
	sp_lang lang = o.lang ? sp_lang_of(o.lang, strlen(o.lang)) : spi_terminal_lang();
	sp_findings *mended = sp_findings_new(lang), *findings = sp_findings_new(lang);
	sp_arena *arena = sp_arena_new(0);
	int code = check(&o, lang, mended, findings, arena);
	sp_findings_free(mended);
	sp_findings_free(findings);
	sp_arena_free(arena);
	return code;
}
