/* The linter's second pass: rules that ask the index. */
#include "sportello/editor.h"

#include "base/clock.h"
#include "kb/facts.h"
#include "kb/report.h"

#include <string.h>

typedef struct pass {
	const sp_check_asked *options;
	bool drafts; /* are asked too */
	sp_findings *findings;
	sp_reader *reader;
	const sp_kb_config *config;
	sp_analyser *analyser;
	sp_arena *arena;
	sp_date day;
} pass;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static const char *join(const pass *p, const char *path)
{
	const char *dir = p->options->kb_dir;
	size_t len = strlen(dir);
	return sp_arena_printf(p->arena, "%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", path);
}

static sp_status report(const pass *p, const char *path, const char *file, const sp_article *article, const spi_facts *facts, const sp_contested *items,
	size_t count, sp_error *err)
{
	spi_report to = {.findings = p->findings, .config = p->config, .file = file ? file : join(p, path)};
	if (!to.file)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		size_t number = items[i].question;
		if (p->options->wants && !p->options->wants(path, article->questions.items[number], p->options->arg))
			continue;
		spi_place place = number < facts->question_list.count ? facts->question_list.items[number].place : facts->questions;
		SPI_REPORT(&to, SPI_RULE_BETTER_ELSEWHERE, place, NULL, {"value", article->questions.items[number]}, {"article", items[i].id},
			{"title", items[i].title}, {"phrase", items[i].phrase});
	}
	return SP_OK;
}

/* The first audience that it is for: all that those people may read competes with it. */
static int audience_of(const sp_article *article)
{
	return article->audience ? __builtin_ctz(article->audience) : -1;
}

static bool answers_on(const sp_article *article, bool drafts, sp_date day)
{
	bool is_live = article->status == SP_STATUS_PUBLISHED || (drafts && article->status == SP_STATUS_DRAFT);
	return is_live && (!article->valid_from || article->valid_from <= day) &&
		   (!article->valid_until || article->ended || article->valid_until >= day);
}

/* file: how findings name it; NULL = as a command would open it. */
static sp_status ask_article(const pass *p, const char *path, const char *file, const sp_article *article, const spi_facts *facts, sp_error *err)
{
	sp_contest contest = {.config = p->config, .audience = audience_of(article), .analyser = p->analyser, .day = p->day,
		.vectors = p->options->vectors};
	sp_contested *items;
	size_t count;
	if (contest.audience < 0 || article->questions.count == 0 || !answers_on(article, p->drafts, p->day))
		return SP_OK;
	sp_status status = sp_reader_index(p->reader, contest.audience, &contest.index, err);
	if (status == SP_OK)
		status = sp_contested_find(&contest, article, p->arena, &items, &count, err);
	return status == SP_OK ? report(p, path, file, article, facts, items, count, err) : status;
}

static sp_status ask_file(const pass *p, const char *path, sp_error *err)
{
	const char *bytes;
	size_t len;
	spi_facts *facts;
	spi_report quiet = {.config = p->config, .file = path};
	sp_arena_reset(p->arena);
	/* The first pass tells of what cannot be read. */
	if (sp_kb_read(p->options->kb_dir, path, SP_ARTICLE_MAX_BYTES, p->arena, &bytes, &len, NULL) != SP_OK)
		return SP_OK;
	sp_article *article = spi_article_read(path, bytes, len, p->config, &quiet, &facts);
	sp_status status = article && !quiet.broken ? ask_article(p, path, NULL, article, facts, err) : SP_OK;
	sp_article_free(article);
	return status;
}

static sp_status ask_files(const pass *p, sp_error *err)
{
	sp_kb_files files = {0};
	sp_strings closed; /* as of files: the first pass told */
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_kb_scan_open(p->options->kb_dir, arena, &files, &closed, err) : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++)
		if (sp_kb_is_waiting(files.items[i].path))
			continue;
		else if (!p->options->wants || p->options->wants(files.items[i].path, NULL, p->options->arg))
			status = ask_file(p, files.items[i].path, err);
	sp_arena_free(arena);
	return status;
}

static sp_status ask_published(pass *p, sp_publisher *publisher, sp_error *err)
{
	sp_status status = sp_reader_open(publisher, &p->reader, err);
	if (status == SP_OK)
		status = sp_reader_refresh(p->reader, err);
	if (status != SP_OK)
		return status;
	p->config = sp_reader_config(p->reader);
	p->day = sp_date_of(spi_now_utc_s(), p->config->timezone);
	p->analyser = sp_analyser_new();
	p->arena = sp_arena_new(0);
	status = p->analyser && p->arena ? ask_files(p, err) : no_memory(err);
	sp_analyser_free(p->analyser);
	sp_arena_free(p->arena);
	return status;
}

static bool is_wanted(const char *kb_dir)
{
	sp_kb_config *config;
	if (sp_kb_config_load(kb_dir, NULL, &config, NULL) != SP_OK)
		return false; /* the first pass says why */
	bool wanted = spi_rule_severity(SPI_RULE_BETTER_ELSEWHERE, config) != SP_SEVERITY_OFF;
	sp_kb_config_free(config);
	return wanted;
}

sp_status sp_check_asked_add(const sp_check_asked *options, sp_findings *findings, sp_error *err)
{
	pass p = {.options = options, .findings = findings};
	sp_publisher *publisher = NULL;
	const sp_publish_options publish = {.kb_dir = options->kb_dir, .data_dir = options->data_dir};
	if (!is_wanted(options->kb_dir))
		return SP_OK;
	sp_status status = sp_publisher_open(&publish, &publisher, err);
	if (status == SP_OK)
		status = ask_published(&p, publisher, err);
	if (p.reader)
		sp_reader_close(p.reader);
	if (publisher)
		sp_publisher_close(publisher);
	return status;
}

sp_status sp_check_asked_text(sp_reader *reader, sp_analyser *analyser, sp_date day, const char *path, const char *bytes, size_t len,
	const char *file, sp_arena *arena, sp_findings *findings, sp_error *err)
{
	static const sp_check_asked nothing_else = {.kb_dir = ""};
	spi_facts *facts;
	const sp_kb_config *config = sp_reader_config(reader);
	spi_report quiet = {.config = config, .file = file};
	const pass p = {.options = &nothing_else, .drafts = true, .findings = findings, .reader = reader, .config = config,
		.analyser = analyser, .arena = arena, .day = day};
	if (spi_rule_severity(SPI_RULE_BETTER_ELSEWHERE, config) == SP_SEVERITY_OFF)
		return SP_OK;
	sp_article *article = spi_article_read(path, bytes, len, config, &quiet, &facts);
	sp_status status = article && !quiet.broken ? ask_article(&p, path, file, article, facts, err) : SP_OK;
	sp_article_free(article);
	return status;
}
