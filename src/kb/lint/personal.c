#include "kb/lint/lint.h"

#include "sportello/personal.h"

#include <string.h>

enum { SPANS_MAX = 32 };

static bool is_contact(sp_personal_kind kind)
{
	return kind == SP_PERSONAL_EMAIL || kind == SP_PERSONAL_PHONE;
}

/* All that is looked for has a digit or an @ in it. */
static size_t find_spans(const char *text, size_t len, sp_personal_span spans[SPANS_MAX])
{
	size_t count = strpbrk(text, "0123456789@") ? sp_personal_find(text, len, spans, SPANS_MAX) : 0;
	return count < SPANS_MAX ? count : SPANS_MAX;
}

/* Numbers inside addresses of pages are nobody's. */
static bool is_in_address(const char *text, size_t start)
{
	while (start > 0 && !strchr(" \t\n<>\"", text[start - 1])) {
		start--;
		if (strncmp(text + start, "://", 3) == 0)
			return true;
	}
	return false;
}

static void report_span(const sp_personal_span *span, spi_place place, spi_report *report)
{
	SPI_REPORT(report, is_contact(span->kind) ? SPI_RULE_PERSONAL_CONTACT : SPI_RULE_PERSONAL_DATA, place, NULL,
		{"kind", sp_personal_name(span->kind)});
}

static void check_text(const char *text, spi_place place, spi_report *report)
{
	sp_personal_span spans[SPANS_MAX];
	size_t count = find_spans(text, strlen(text), spans);
	for (size_t i = 0; i < count; i++)
		report_span(&spans[i], place, report);
}

void spi_lint_personal(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	sp_personal_span spans[SPANS_MAX];
	check_text(article->title, facts->title, report);
	for (size_t i = 0; i < facts->question_list.count; i++)
		check_text(facts->question_list.items[i].text, facts->question_list.items[i].place, report);
	size_t count = find_spans(article->body, article->body_len, spans);
	for (size_t i = 0; i < count; i++) {
		int line = article->body_line + spi_line_of(&facts->lines, spans[i].start) - 1;
		spi_place place = {line, spi_column_of(&facts->lines, spans[i].start)};
		if (!is_in_address(article->body, spans[i].start))
			report_span(&spans[i], place, report);
	}
}
