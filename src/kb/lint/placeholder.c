/* Text that a skeleton (`sportello new`) left for the editor: a draft may have it, a published article may not. */
#include "kb/lint/lint.h"

#include <string.h>

#define SHOWN_MAX 80

/* The first mark of any language in a line; NULL when there is none. */
static const char *find_mark(const char *line, size_t len)
{
	const char *first = NULL;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const char *mark = sp_catalog_text((sp_lang)lang, "placeholder.mark");
		const char *found = memmem(line, len, mark, strlen(mark));
		if (found && (!first || found < first))
			first = found;
	}
	return first;
}

/* As far as its bracket closes, and not longer than a line of the terminal. */
static size_t shown(const char *mark, size_t len)
{
	const char *end = memchr(mark, ']', len);
	len = end ? (size_t)(end - mark) + 1 : len;
	if (len <= SHOWN_MAX)
		return len;
	len = SHOWN_MAX;
	while (len > 0 && ((unsigned char)mark[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void report_line(const spi_lines *file, int number, const char *mark, sp_arena *arena, spi_report *report)
{
	const char *end = file->text + spi_line_end(file, number);
	const char *text = sp_arena_strndup(arena, mark, shown(mark, (size_t)(end - mark)));
	if (text)
		SPI_REPORT(report, SPI_RULE_PLACEHOLDER, ((spi_place){number, spi_column_of(file, (size_t)(mark - file->text))}), NULL, {"text", text});
}

void spi_lint_placeholders(const sp_article *article, const spi_lines *file, spi_report *report)
{
	sp_severity before = report->at_most;
	if (article->status == SP_STATUS_DRAFT)
		report->at_most = SP_SEVERITY_WARNING;
	for (int line = 1; line <= file->count; line++) {
		size_t start = spi_line_start(file, line);
		const char *mark = find_mark(file->text + start, spi_line_end(file, line) - start);
		if (mark)
			report_line(file, line, mark, article->arena, report);
	}
	report->at_most = before;
}
