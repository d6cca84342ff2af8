/* Findings for people, as JSON, and as the commands that GitHub's runners make annotations of. */
#include "cmd/check.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A finding is one line: a file's name, or a value that is told, may have line breaks of its own that would look like another finding. */
static void print_in_line(const char *text)
{
	for (; *text; text++)
		putchar(*text == '\n' || *text == '\r' ? '?' : *text);
}

static void print_lines(const sp_finding *items, size_t count, const char *severity, sp_lang lang)
{
	static const char *const keys[] = {NULL, "check.severity.advice", "check.severity.warning", "check.severity.error"};
	for (size_t i = 0; i < count; i++) {
		print_in_line(items[i].file);
		printf(":%d:%d: %s: ", items[i].line, items[i].column, sp_catalog_text(lang, severity ? severity : keys[items[i].severity]));
		print_in_line(items[i].message);
		printf(" [%s]\n", items[i].rule);
	}
}

void spi_check_lines(const sp_finding *items, size_t count, sp_lang lang)
{
	print_lines(items, count, NULL, lang);
}

static void print_summary(const spi_check_result *result)
{
	size_t errors = 0;
	for (size_t i = 0; i < result->count; i++)
		errors += result->items[i].severity == SP_SEVERITY_ERROR;
	fprintf(stderr, "%s: %zu; %s: %zu; %s: %zu", sp_catalog_text(result->lang, "cmd.check.articles"), result->articles,
		sp_catalog_text(result->lang, "cmd.check.errors"), errors, sp_catalog_text(result->lang, "cmd.check.others"),
		result->count - errors);
	if (result->has_mended)
		fprintf(stderr, "; %s: %zu",
			sp_catalog_text(result->lang, result->is_look ? "cmd.check.mendable" : "cmd.check.mended"),
			result->mended_count);
	fputc('\n', stderr);
}

void spi_check_text(const spi_check_result *result, sp_arena *arena)
{
	(void)arena;
	print_lines(result->mended, result->mended_count,
		result->is_look ? "check.severity.mendable" : "check.severity.mended", result->lang);
	print_lines(result->items, result->count, NULL, result->lang);
	print_summary(result);
}

void spi_check_add(sp_json *out, const char *name, const sp_finding *items, size_t count, const char *severity)
{
	sp_json_array(out, name);
	for (size_t i = 0; i < count; i++) {
		sp_json_object(out, NULL);
		sp_json_string(out, "file", items[i].file);
		sp_json_int(out, "line", items[i].line);
		sp_json_int(out, "column", items[i].column);
		sp_json_string(out, "severity", severity ? severity : sp_severity_name(items[i].severity));
		sp_json_string(out, "rule", items[i].rule);
		sp_json_string(out, "message", items[i].message);
		sp_json_object_end(out);
	}
	sp_json_array_end(out);
}

void spi_check_json(const spi_check_result *result, sp_arena *arena)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	(void)arena;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_int(&out, "articles", (int64_t)result->articles);
	if (result->has_mended)
		spi_check_add(&out, result->is_look ? "mendable" : "mended", result->mended, result->mended_count,
			result->is_look ? "mendable" : "mended");
	spi_check_add(&out, "findings", result->items, result->count, NULL);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

const char *spi_check_path(const spi_check_result *result, const char *file, sp_arena *arena)
{
	char here[PATH_MAX];
	char *real = realpath(result->kb, NULL);
	size_t kb = strlen(result->kb), len = getcwd(here, sizeof here) ? strlen(here) : 0;
	const char *path = NULL;
	if (real && len && strncmp(file, result->kb, kb) == 0) {
		const char *rest = file + kb + strspn(file + kb, "/"), *folder = real;
		if (len == 1) /* the root of all */
			folder = real + 1;
		else if (strncmp(real, here, len) == 0 && (real[len] == '/' || !real[len]))
			folder = real + len + (real[len] == '/');
		path = sp_arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", rest);
	}
	free(real);
	return path ? path : file;
}

/* In the value of a property a comma or a colon would end it. */
static void print_escaped(const char *text, bool is_property)
{
	for (; *text; text++) {
		if (strchr(is_property ? "%\r\n:," : "%\r\n", *text))
			printf("%%%02X", (unsigned)(unsigned char)*text);
		else
			putchar(*text);
	}
}

void spi_check_github(const spi_check_result *result, sp_arena *arena)
{
	static const char *const commands[] = {"debug", "notice", "warning", "error"};
	for (size_t i = 0; i < result->count; i++) {
		const sp_finding *item = &result->items[i];
		printf("::%s file=", commands[item->severity]);
		print_escaped(spi_check_path(result, item->file, arena), true);
		printf(",line=%d,col=%d,title=", item->line, item->column);
		print_escaped(item->rule, true);
		printf("::");
		print_escaped(item->message, false);
		putchar('\n');
	}
	print_summary(result);
}
