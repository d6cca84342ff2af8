/* The quiz of a training's module by itself. What cannot be asked is left out when it is served, so each flaw is told. */
#include "kb/lint/lint.h"
#include "kb/quiz.h"

#include <string.h>

static void report_flaws(const sp_article *article, const spi_quiz *quiz, spi_report *report)
{
	for (size_t i = 0; i < quiz->count; i++)
		if (quiz->items[i].flaw)
			SPI_REPORT(report, SPI_RULE_QUIZ_FORM, ((spi_place){article->quiz_line + quiz->items[i].line - 1, 1}),
				quiz->items[i].flaw, {"value", quiz->items[i].question.title});
	if (quiz->stray_line)
		spi_report_add(
			report, SPI_RULE_QUIZ_FORM, (spi_place){article->quiz_line + quiz->stray_line - 1, 1}, "stray", NULL);
	if (!quiz->count)
		spi_report_add(report, SPI_RULE_QUIZ_FORM, (spi_place){article->quiz_line, 1}, "none", NULL);
}

static void join(spi_refs *into, const spi_refs *from, sp_arena *arena)
{
	for (size_t i = 0; i < from->count; i++) {
		spi_ref *ref = spi_refs_add(into, from->items[i].text, from->items[i].place, arena);
		if (ref)
			*ref = from->items[i];
	}
}

/* Its links and what is not shown are looked at as those of the body are. */
static bool read_outline(const sp_article *article, spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	sp_arena *arena = article->arena;
	sp_article part = {.type = SP_TYPE_QA, .lang = article->lang, .body_line = article->quiz_line};
	spi_outline outline = {0};
	spi_lines lines;
	cmark_node *root = spi_markdown_parse(article->quiz, article->quiz_len);
	bool ok = root && spi_lines_read(&lines, article->quiz, article->quiz_len, arena);
	const struct spi_blocks *blocks = ok ? spi_blocks_find(root, &lines, config, article->quiz_line, report, arena) : NULL;
	ok = blocks && spi_outline_read(&outline, NULL, root, blocks, &part, &lines, arena);
	cmark_node_free(root);
	if (!ok)
		return false;
	join(&facts->outline.articles, &outline.articles, arena);
	join(&facts->outline.headings_named, &outline.headings_named, arena);
	join(&facts->outline.unsafe, &outline.unsafe, arena);
	join(&facts->outline.nowhere, &outline.nowhere, arena);
	join(&facts->outline.images, &outline.images, arena);
	join(&facts->outline.html, &outline.html, arena);
	return true;
}

bool spi_lint_quiz(const sp_article *article, spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	spi_quiz quiz;
	if (!read_outline(article, facts, config, report) ||
		!spi_quiz_read(article->quiz, article->quiz_len, article->lang, article->arena, &quiz))
		return false;
	for (size_t i = 0; i < quiz.count; i++)
		if (quiz.items[i].question.article)
			spi_refs_add(&facts->quiz_articles, quiz.items[i].question.article,
				(spi_place){article->quiz_line + quiz.items[i].line - 1, 1}, article->arena);
	report_flaws(article, &quiz, report);
	return true;
}

/* Choices that stand before the quiz would be read with their marks by everybody. */
static void report_open(const sp_article *article, spi_report *report)
{
	sp_arena *scratch = sp_arena_new(0);
	cmark_node *root = scratch ? spi_markdown_parse(article->body, article->body_len) : NULL;
	spi_nodes nodes = root ? spi_nodes_of(root, scratch) : (spi_nodes){0};
	for (size_t i = 0; i < nodes.count; i++) {
		bool right;
		if (!spi_node_is(nodes.items[i], CMARK_NODE_ITEM) || !spi_is_marked_item(nodes.items[i], &right))
			continue;
		int line = article->body_line + cmark_node_get_start_line(nodes.items[i]) - 1;
		spi_report_add(report, SPI_RULE_QUIZ_OPEN, (spi_place){line, 1}, NULL, NULL);
		break;
	}
	cmark_node_free(root);
	sp_arena_free(scratch);
}

void spi_lint_training(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	if (article->type != SP_TYPE_TRAINING)
		return;
	report_open(article, report);
	bool is_original = !report->config || article->lang == report->config->default_lang;
	if (article->status == SP_STATUS_PUBLISHED && is_original && !facts->module_list.count)
		spi_report_add(report, SPI_RULE_QUIZ_MISSING, facts->module, "none", NULL);
}
