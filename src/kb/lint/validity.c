#include "kb/lint/lint.h"

#include <stdio.h>

const char *spi_write_date(sp_date date, char text[16])
{
	snprintf(text, 16, "%04d-%02d-%02d", (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100));
	return text;
}

void spi_lint_validity(const sp_article *article, const spi_facts *facts, sp_date today, spi_report *report)
{
	char date[16];
	if (article->status != SP_STATUS_PUBLISHED)
		return;
	bool is_over = article->valid_until && article->valid_until < today;
	if (is_over && !article->replaced_by && !article->ended)
		SPI_REPORT(report, SPI_RULE_ENDED_WITHOUT_SUCCESSOR, facts->valid_until, NULL,
			{"date", spi_write_date(article->valid_until, date)});
	if (article->review_by && article->review_by < today)
		SPI_REPORT(
			report, SPI_RULE_REVIEW_OVERDUE, facts->review_by, NULL, {"date", spi_write_date(article->review_by, date)});
}
