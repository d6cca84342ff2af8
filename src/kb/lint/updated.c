/* Whether a text that changed says so. */
#include "kb/lint/since.h"

#include <string.h>

typedef struct reading {
	const sp_article *article;
	const spi_facts *facts;
	sp_view view;
} reading;

/* An article with all that anybody sees of it. */
static bool read_article(const char *path, const char *text, size_t len, const sp_kb_config *config, sp_arena *arena,
	sp_article **ret_article, reading *ret)
{
	spi_report report = {.file = path};
	spi_facts *facts = NULL;
	*ret_article = text ? spi_article_read(path, text, len, config, &report, &facts) : NULL;
	ret->article = *ret_article;
	ret->facts = facts;
	return *ret_article && sp_article_view(*ret_article, ~(sp_audiences)0, arena, &ret->view, NULL) == SP_OK;
}

/* Compared as people read it: blanks at the ends of lines are no change. */
static bool reads_the_same(const reading *a, const reading *b)
{
	return strcmp(a->article->title, b->article->title) == 0 && a->view.html_len == b->view.html_len &&
		memcmp(a->view.html, b->view.html, a->view.html_len) == 0;
}

static void check_pair(const spi_pairs *pairs, const spi_pair *pair, const sp_kb_config *config, sp_findings *findings)
{
	sp_article *now_article = NULL, *then_article = NULL;
	reading now = {0}, then = {0};
	size_t len = strlen(pairs->dir);
	spi_report report = {.findings = findings, .config = config,
		.file = sp_arena_printf(pairs->arena, "%s%s%s", pairs->dir, len && pairs->dir[len - 1] == '/' ? "" : "/", pair->now)};
	if (report.file && read_article(pair->now, pair->now_text, pair->now_len, config, pairs->arena, &now_article, &now) &&
		read_article(pair->then, pair->then_text, pair->then_len, config, pairs->arena, &then_article, &then) &&
		now.article->updated && now.article->updated <= then.article->updated && !reads_the_same(&now, &then))
		spi_report_add(&report, SPI_RULE_UPDATED_NOT_MOVED, now.facts->updated, NULL, NULL);
	sp_article_free(now_article);
	sp_article_free(then_article);
}

bool spi_lint_updated(const spi_pairs *pairs, sp_findings *findings)
{
	sp_kb_config *config = NULL;
	sp_error err = {0};
	sp_status status = sp_kb_config_load(pairs->dir, NULL, &config, &err);
	for (size_t i = 0; status == SP_OK && i < pairs->count; i++) {
		const spi_pair *pair = &pairs->items[i];
		if (pair->now_text && pair->then && pair->then_text && strchr(pair->now, '/')) /* kb.yaml is no article */
			check_pair(pairs, pair, config, findings);
	}
	sp_kb_config_free(config);
	return status != SP_ERR_NOMEM;
}
