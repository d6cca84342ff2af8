/* The linter's findings on the editors' page: this file's, with the lines that they are about, then all. */
#include "http/editor.h"

#include "sportello/catalog.h"
#include "sportello/editor.h"

#include <string.h>

/* More than these nobody reads; the number is told. */
#define SHOWN_MAX 300
/* Lines shown before and after the one that is wrong. */
#define AROUND 2
#define LINE_MAX 400
#define PLACES_MAX 10

static const char *severity_class(sp_severity severity)
{
	return severity == SP_SEVERITY_ERROR ? "error" : severity == SP_SEVERITY_WARNING ? "warning" : "advice";
}

static bool is_here(const spi_editor *e, const sp_finding *finding)
{
	return e->row && strcmp(finding->file, e->row->path) == 0;
}

/* ---- lines of the file ---- */

/* A line by its number from 1, cut where it is endless; NULL when there is none. */
static const char *line_of(const spi_request *request, int number)
{
	const spi_editor *e = request->editor;
	const char *at = e->source, *end = e->source ? e->source + e->source_len : NULL;
	for (int i = 1; at && i < number; i++) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		at = next ? next + 1 : NULL;
	}
	if (!at || at >= end)
		return NULL;
	const char *stop = memchr(at, '\n', (size_t)(end - at));
	size_t len = (size_t)((stop ? stop : end) - at);
	if (len > LINE_MAX) {
		len = LINE_MAX;
		while (len > 0 && ((unsigned char)at[len] & 0xc0) == 0x80)
			len--;
	}
	/* What is not UTF-8 is what is wrong: it is not put into the page. */
	return sp_text_is_utf8(at, len) ? sp_arena_strndup(request->arena, at, len) : "�";
}

/* ---- one finding ---- */

/* The article that explains a rule, as somebody who may read it; "" where this knowledge base has none. */
static const char *rule_url(const spi_request *request, const char *rule)
{
	const char *id = sp_rule_article(rule);
	const sp_bench_article *row = id ? sp_bench_find(request->editor->bench, id, request->lang) : NULL;
	if (id && !row)
		row = sp_bench_find(request->editor->bench, id, request->config->default_lang);
	if (!row || !row->audience)
		return "";
	const char *reader = request->config->audiences[__builtin_ctz(row->audience)].key;
	return spi_page_url(request, "/editor/", (const spi_pair[]){{"id", id}, {"as", reader}, {"lang", sp_lang_code(request->lang)}, {0}});
}

static spi_value *put_finding(const spi_request *request, spi_value *list, const sp_finding *finding)
{
	spi_value *item = spi_list_add(list);
	const char *severity = severity_class(finding->severity);
	spi_put_text(item, "severity", severity);
	spi_put_text(item, "severity_name", spi_page_text(request, sp_arena_printf(request->arena, "check.severity.%s", severity)));
	spi_put_int(item, "line", finding->line);
	spi_put_int(item, "column", finding->column);
	spi_put_text(item, "rule", finding->rule);
	spi_put_text(item, "rule_url", rule_url(request, finding->rule));
	spi_put_text(item, "message", sp_arena_strdup(request->arena, finding->message));
	return item;
}

static size_t put_some(const spi_request *request, spi_value *list, const sp_finding *items, size_t items_count)
{
	size_t count = 0;
	for (size_t i = 0; i < items_count; i++) {
		if (!is_here(request->editor, &items[i]) || ++count > SHOWN_MAX)
			continue;
		spi_value *item = put_finding(request, list, &items[i]);
		spi_put_text(item, "source", line_of(request, items[i].line));
	}
	return count;
}

/* Rules that ask the index take their time: only this file's questions are asked. What keeps it from being asked is no finding. */
static size_t put_asked(const spi_request *request, spi_value *list)
{
	const spi_editor *e = request->editor;
	sp_findings *findings = e->row && e->source && e->sees_all ? sp_findings_new(request->lang) : NULL;
	size_t count = 0;
	if (findings && sp_check_asked_text(request->worker->reader, sp_responder_analyser(request->worker->responder), request->day,
		e->row->path, e->source, e->source_len, e->row->path, request->arena, findings, NULL) == SP_OK) {
		const sp_finding *items = sp_findings_items(findings, &count);
		count = put_some(request, list, items, count);
	}
	sp_findings_free(findings);
	return count;
}

static void put_here(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	spi_value *list = spi_put_list(page, "here");
	size_t count = put_some(request, list, e->bench->findings, e->bench->findings_count);
	count += put_asked(request, list);
	spi_put_int(page, "here_count", (int64_t)count);
	spi_put_bool(page, "here_errors", e->row && e->row->errors > 0);
	spi_put_bool(page, "here_any", count > 0);
}

/* File by file; an article's leads to it. */
static void put_all(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	spi_value *files = spi_put_list(page, "all"), *list = NULL;
	const char *last = "";
	for (size_t i = 0; i < e->bench->findings_count && i < SHOWN_MAX; i++) {
		const sp_finding *finding = &e->bench->findings[i];
		if (!list || strcmp(finding->file, last) != 0) {
			const sp_bench_article *row = sp_bench_find_path(e->bench, finding->file);
			spi_value *file = spi_list_add(files);
			spi_put_text(file, "file", sp_arena_strdup(request->arena, finding->file));
			spi_put_text(file, "url", row ? spi_editor_url(request, row->id, row->lang, NULL) : "");
			list = spi_put_list(file, "findings");
			last = finding->file;
		}
		put_finding(request, list, finding);
	}
	spi_put_int(page, "all_count", (int64_t)e->bench->findings_count);
	spi_put_bool(page, "all_errors", e->bench->errors > 0);
	spi_put_bool(page, "all_any", e->bench->findings_count > 0);
	spi_put_bool(page, "all_cut", e->bench->findings_count > SHOWN_MAX);
}

void spi_editor_put_findings(const spi_request *request, spi_value *page)
{
	put_here(request, page);
	put_all(request, page);
	spi_put_text(page, "check_problem", request->editor->bench->problem);
}

/* ---- where the file is broken ---- */

static void put_place(const spi_request *request, spi_value *list, const sp_finding *finding)
{
	spi_value *item = put_finding(request, list, finding);
	spi_value *lines = spi_put_list(item, "lines");
	int from = finding->line > AROUND ? finding->line - AROUND : 1;
	for (int number = from; number <= finding->line + AROUND; number++) {
		const char *text = line_of(request, number);
		if (!text)
			break;
		spi_value *line = spi_list_add(lines);
		spi_put_int(line, "number", number);
		spi_put_text(line, "text", text);
		spi_put_bool(line, "is_wrong", number == finding->line);
	}
}

void spi_editor_put_places(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	spi_value *list = spi_put_list(page, "places");
	size_t count = 0;
	for (size_t i = 0; i < e->bench->findings_count && count < PLACES_MAX; i++) {
		const sp_finding *finding = &e->bench->findings[i];
		if (!is_here(e, finding) || finding->severity != SP_SEVERITY_ERROR)
			continue;
		put_place(request, list, finding);
		count++;
	}
}
