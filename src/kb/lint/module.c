/* What a training's module is made of, and what its quiz asks about: run when all articles are known. */
#include "kb/lint/lint.h"

#include <string.h>

static bool has(const spi_refs *refs, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(refs->items[i].text, id) == 0)
			return true;
	return false;
}

/* Why an article is no part of its module for anybody, as a variant of "module-dropped"; NULL when it is one. */
static const char *why_dropped(const spi_entry *article, sp_date today)
{
	if (article->status == SP_STATUS_RETIRED)
		return "retired";
	if (article->status == SP_STATUS_DRAFT)
		return "draft";
	return article->valid_until && article->valid_until < today && !article->ended ? "over" : NULL;
}

static void check_article(spi_checker *c, spi_entry *entry, size_t number, spi_report *report)
{
	const spi_ref *ref = &entry->facts.module_list.items[number];
	const spi_entry *article = spi_lint_find(c, entry, ref->text);
	if (has(&entry->facts.module_list, number, ref->text)) {
		SPI_REPORT(report, SPI_RULE_MODULE_ARTICLES, ref->place, "twice", {"value", ref->text});
		return;
	}
	if (!article) {
		spi_lint_missing(c, entry, ref, SPI_RULE_MODULE_ARTICLES, NULL);
		return;
	}
	if (article->type == SP_TYPE_TRAINING) {
		SPI_REPORT(report, SPI_RULE_MODULE_ARTICLES, ref->place, "training", {"value", ref->text});
		return;
	}
	const char *dropped = why_dropped(article, c->today);
	if (!spi_all_can_read(c->config, entry->audience, article->audience))
		SPI_REPORT(report, SPI_RULE_MODULE_HIDDEN, ref->place, NULL, {"id", ref->text});
	else if (dropped)
		SPI_REPORT(report, SPI_RULE_MODULE_DROPPED, ref->place, dropped, {"id", ref->text});
	else if (!has(&entry->facts.quiz_articles, entry->facts.quiz_articles.count, ref->text))
		SPI_REPORT(report, SPI_RULE_QUIZ_MISSING, ref->place, NULL, {"id", ref->text});
}

void spi_lint_module(spi_checker *c, spi_entry *entry)
{
	spi_report report = {.findings = c->findings, .config = c->config, .file = entry->file};
	if (entry->type != SP_TYPE_TRAINING || entry->named_status == SP_STATUS_RETIRED)
		return;
	for (size_t i = 0; i < entry->facts.module_list.count; i++)
		check_article(c, entry, i, &report);
	for (size_t i = 0; i < entry->facts.quiz_articles.count; i++) {
		const spi_ref *ref = &entry->facts.quiz_articles.items[i];
		if (!has(&entry->facts.module_list, entry->facts.module_list.count, ref->text))
			SPI_REPORT(&report, SPI_RULE_QUIZ_ARTICLE, ref->place, NULL, {"id", ref->text});
	}
}
