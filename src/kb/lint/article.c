#include "kb/lint/lint.h"

#include "kb/slug.h"

#include <stdio.h>
#include <string.h>

/* The folder's or file's name in a path: "it/accesso-spid/otp.md" has "it", "accesso-spid", "otp.md". */
static char *part_of(const char *path, int number, sp_arena *arena)
{
	while (number-- > 0 && *path) {
		path += strcspn(path, "/");
		path += *path == '/';
	}
	return sp_arena_strndup(arena, path, strcspn(path, "/"));
}

static void check_path(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	char *folder = part_of(article->path, 1, article->arena), *file = part_of(article->path, 2, article->arena);
	char *wanted = spi_id_file_name(article->id, article->arena);
	if (!folder || !file || !wanted)
		return;
	size_t len = strlen(file);
	size_t end = strlen(sp_kb_is_waiting(article->path) ? SP_KB_WAITING : ".md");
	if (len > end && strcmp(file + len - 3, ".md") == 0)
		file[len - end] = '\0';
	if (*file && strcmp(file, wanted) != 0)
		SPI_REPORT(
			report, SPI_RULE_ID_FILE_NAME, facts->id, NULL, {"id", article->id}, {"file", file}, {"wanted", wanted});
	const char *category = article->category >= 0 ? config->categories[article->category].key : folder;
	if (strcmp(folder, category) != 0)
		SPI_REPORT(report, SPI_RULE_CATEGORY_FOLDER, facts->category, NULL, {"category", category}, {"folder", folder});
}

static void check_dates(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	if (article->valid_from && article->valid_until && article->valid_until < article->valid_from)
		spi_report_add(report, SPI_RULE_DATE_ORDER, facts->valid_until, NULL, NULL);
	if (article->type != SP_TYPE_NOTICE)
		return;
	if (!article->starts_utc_s || !article->ends_utc_s)
		spi_report_add(report, SPI_RULE_NOTICE_TIMES, (spi_place){2, 1}, NULL, NULL);
	else if (article->ends_utc_s <= article->starts_utc_s)
		spi_report_add(report, SPI_RULE_NOTICE_TIMES, facts->ends, "order", NULL);
}

static void check_questions(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	if (article->status != SP_STATUS_PUBLISHED || article->type == SP_TYPE_NOTICE ||
		article->type == SP_TYPE_TRAINING || article->questions.count >= SPI_QUESTIONS_WANTED)
		return;
	char have[24], wanted[24];
	snprintf(have, sizeof have, "%zu", article->questions.count);
	snprintf(wanted, sizeof wanted, "%d", SPI_QUESTIONS_WANTED);
	SPI_REPORT_MEASURED(report, SPI_RULE_FEW_QUESTIONS, facts->questions, NULL, (double)article->questions.count,
		{"count", have}, {"wanted", wanted});
}

static void check_care(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	if (article->status != SP_STATUS_PUBLISHED || article->type == SP_TYPE_NOTICE)
		return;
	if (!article->source.count)
		spi_report_add(report, SPI_RULE_NO_SOURCE, facts->status, NULL, NULL);
	if (!article->reviewed_by)
		spi_report_add(report, SPI_RULE_UNREVIEWED, facts->status, NULL, NULL);
}

void spi_lint_article(const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	check_path(article, facts, config, report);
	if (!article->audience)
		spi_report_add(report, SPI_RULE_NO_AUDIENCE, facts->audience, NULL, NULL);
	check_dates(article, facts, report);
	check_questions(article, facts, report);
	check_care(article, facts, report);
	spi_lint_personal(article, facts, report);
	if (report->findings) { /* when served, nobody asks how it reads */
		spi_lint_readability(article, facts, config, report);
		spi_lint_acronyms(article, facts, config, report);
	}
}
