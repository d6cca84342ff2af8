/* sportello import: other people's FAQs into Markdown. All is read and checked before the first file is written. */
#include "cmd/cmd.h"
#include "cmd/import.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_CATEGORY "imported"

static bool has(const sp_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static sp_status gather_categories(spi_importing *im, sp_strings *ret, unsigned *ret_langs, sp_error *err)
{
	*ret = (sp_strings){sp_arena_calloc(im->arena, im->count + 1, sizeof *ret->items), 0};
	if (!ret->items)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < im->count; i++) {
		const sp_import_record *record = &im->rows[i].record;
		const char *category = record->category ? record->category : record->default_category;
		*ret_langs |= 1u << record->lang;
		if (!has(ret, category))
			ret->items[ret->count++] = category;
	}
	return SP_OK;
}

/* Each record in turn; what is wrong names its line. */
static sp_status each(spi_importing *im, const char *kb, unsigned flags, size_t *ret_changed, sp_error *err)
{
	*ret_changed = 0;
	for (size_t i = 0; i < im->count; i++) {
		bool changed = false;
		sp_error why = {0};
		sp_status status = sp_kb_write_article(kb, &im->rows[i].record, flags, &changed, &why);
		if (status != SP_OK)
			return sp_error_set(err, status, im->path, im->rows[i].line, "%s: %s", why.source, why.text);
		*ret_changed += changed;
	}
	return SP_OK;
}

/* Who reads a record is said in it, or in the map for those of other systems. */
static sp_status check_record(const spi_importing *im, const sp_kb_config *config, const struct spi_import_row *row, sp_error *err)
{
	char known[512] = "";
	const sp_strings *audience = &row->record.audience;
	for (size_t i = 0; i < audience->count; i++) {
		if (sp_kb_audience(config, audience->items[i]) >= 0)
			continue;
		for (size_t k = 0, used = 0; k < config->audiences_count && used < sizeof known; k++)
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", config->audiences[k].key);
		return sp_error_set(err, SP_ERR_INVALID, row->line || !im->map ? im->path : im->map, row->line,
			"record %s: kb.yaml knows no audience \"%.100s\"; write one of its audiences (%s), or add this one to kb.yaml", row->record.id ? row->record.id : "",
			audience->items[i], known);
	}
	return SP_OK;
}

/* Articles for an audience that kb.yaml does not have would be shown to nobody, without a word. A folder without kb.yaml gets one. */
static sp_status check_audiences(const spi_importing *im, const char *kb, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_status status = SP_OK;
	if (sp_kb_config_load(kb, NULL, &config, NULL) != SP_OK)
		return SP_OK; /* what is wrong with kb.yaml, sp_kb_prepare() says */
	if (im->audience && sp_kb_audience(config, im->audience) < 0)
		status = sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", im->audience);
	for (size_t i = 0; status == SP_OK && i < im->count; i++)
		status = check_record(im, config, &im->rows[i], err);
	sp_kb_config_free(config);
	return status;
}

static sp_status write_all(spi_importing *im, const char *kb, bool replace, size_t *ret_changed, sp_error *err)
{
	sp_strings categories;
	unsigned langs = 0, flags = replace ? SP_IMPORT_REPLACE : 0;
	sp_status status = check_audiences(im, kb, err);
	if (status == SP_OK)
		status = each(im, kb, flags | SP_IMPORT_LOOK, ret_changed, err);
	if (status == SP_OK)
		status = gather_categories(im, &categories, &langs, err);
	if (status == SP_OK)
		status = spi_mkdirs(kb, err);
	if (status == SP_OK)
		status = sp_kb_prepare(kb, &categories, langs, err);
	if (status == SP_OK)
		status = check_audiences(im, kb, err);
	return status == SP_OK ? each(im, kb, flags, ret_changed, err) : status;
}

static sp_status read_file(spi_importing *im, const char *format, sp_error *err)
{
	if (strcmp(format, "jsonl") == 0)
		return spi_import_jsonl(im, err);
	if (strcmp(format, "csv") == 0)
		return spi_import_csv(im, err);
	return spi_import_other(im, sp_convert_format_of(format), err);
}

/* Our own formats lose nothing, so there is nothing to tell of them. */
static void print_json(const spi_importing *im, size_t changed)
{
	if (im->notes || im->left_out)
		printf("{\"read\":%zu,\"written\":%zu,\"notes\":%zu,\"left_out\":%zu}\n", im->count, changed, im->notes, im->left_out);
	else
		printf("{\"read\":%zu,\"written\":%zu}\n", im->count, changed);
}

static void print_text(const spi_importing *im, size_t changed)
{
	printf("%s: %zu; %s: %zu", spi_say("cmd.import.read"), im->count, spi_say("cmd.import.written"), changed);
	if (im->notes || im->left_out)
		printf("; %s: %zu; %s: %zu", spi_say("cmd.import.notes"), im->notes, spi_say("cmd.import.left-out"), im->left_out);
	putchar('\n');
}

static int run(spi_importing *im, const char *format, const char *kb, bool replace, bool json)
{
	sp_error err = {0};
	size_t changed = 0;
	sp_status status = read_file(im, format, &err);
	if (status == SP_OK)
		status = write_all(im, kb, replace, &changed, &err);
	if (status != SP_OK) {
		int code = spi_fail(&err, status);
		return status == SP_ERR_INVALID || status == SP_ERR_CONFLICT ? SPI_EXIT_NO : code;
	}
	if (json)
		print_json(im, changed);
	else
		print_text(im, changed);
	return SPI_EXIT_OK;
}

int spi_cmd_import(int argc, char **argv)
{
	const char *kb = NULL, *format = "jsonl", *lang = "it";
	spi_importing im = {.category = DEFAULT_CATEGORY};
	bool replace = false, json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "format", .type = SPI_SETTING_CHOICE, .target = &format, .choices = "jsonl|csv|faqpage|zendesk|servicenow|phpmyfaq"},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &im.audience},
		{.name = "category", .type = SPI_SETTING_TEXT, .target = &im.category},
		{.name = "map", .type = SPI_SETTING_TEXT, .target = &im.map},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "replace", .type = SPI_SETTING_FLAG, .target = &replace},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("import", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!kb)
		return spi_missing("import", "kb");
	bool is_ours = strcmp(format, "jsonl") == 0 || strcmp(format, "csv") == 0;
	if (!is_ours && !im.audience && !im.map) /* who may read it is for a person to say */
		return spi_missing("import", "audience");
	if (is_ours && !im.audience)
		im.audience = "citizen";
	im.path = words[0];
	im.lang = sp_lang_of(lang, strlen(lang));
	im.arena = sp_arena_new(0);
	if (!im.arena)
		return SPI_EXIT_FAILED;
	int code = run(&im, format, kb, replace, json);
	free(im.rows);
	sp_arena_free(im.arena);
	return code;
}
