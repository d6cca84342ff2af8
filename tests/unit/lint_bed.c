#include "lint_bed.h"

#include "base/file.h"
#include "kb/lint/rules.h"

const char *const kb_yaml = "languages: [it, en]\n"
							"audiences:\n  citizen: {}\n  psp: {reads: [citizen]}\n  agent-l1: {reads: [psp]}\n"
							"categories: {c: {}, d: {}}\n"
							"check: {rules: {no-source: off, quiz-missing: off}}\n";

static char dir[512];

const char *lint_folder(void)
{
	return dir;
}

void fresh_folder(const char *config)
{
	static int number;
	char path[600];
	snprintf(dir, sizeof dir, "%s/kb%d", harness_folder(), ++number);
	spi_mkdirs(dir, NULL);
	snprintf(path, sizeof path, "%s/kb.yaml", dir);
	spi_file_write(path, config, strlen(config), NULL);
}

void put_file(const char *path, const char *text)
{
	char full[1024], folder[1024];
	snprintf(full, sizeof full, "%s/%s", dir, path);
	snprintf(folder, sizeof folder, "%s", full);
	*strrchr(folder, '/') = '\0';
	spi_mkdirs(folder, NULL);
	FILE *f = fopen(full, "w");
	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

void article(const char *lang, const char *id, const char *extra, const char *body)
{
	char path[128], text[8192];
	snprintf(path, sizeof path, "%s/c/%s.md", lang, id);
	snprintf(text, sizeof text,
		"---\nid: %s\ntype: %s\ntitle: T\ncategory: c\naudience: [%s]\nstatus: published\nupdated: 2026-01-01\n%s"
		"---\n%s",
		id, strstr(extra, "#procedure") ? "procedure" : "qa", strstr(extra, "#agents") ? "agent-l1" : "citizen", extra,
		body);
	put_file(path, text);
}

char *check(void)
{
	static char text[16384];
	static const char *const severities[] = {"off", "advice", "warning", "error"};
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t articles = 0, count, len = 0;
	sp_error err = {0};
	if (sp_kb_check(dir, findings, &articles, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s: %s", err.source, err.text);
	const sp_finding *items = sp_findings_items(findings, &count);
	text[0] = '\0';
	for (size_t i = 0; i < count && len < sizeof text - 256; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s:%d:%d %s %s\n", items[i].file + strlen(dir) + 1,
			items[i].line, items[i].column, severities[items[i].severity], items[i].rule);
	sp_findings_free(findings);
	return text;
}

void article_of(const char *lang, const char *id, const char *updated, const char *body)
{
	char path[128], text[4096];
	snprintf(path, sizeof path, "%s/c/%s.md", lang, id);
	snprintf(text, sizeof text,
		"---\nid: %s\ntype: training\ntitle: T\ncategory: c\naudience: [citizen]\nstatus: published\nupdated: %s\n---\n%s", id,
		updated, body);
	put_file(path, text);
}

double measure_of(void)
{
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	size_t count;
	CHECK_INT(sp_kb_check(dir, findings, NULL, NULL), SP_OK);
	const sp_finding *items = sp_findings_items(findings, &count);
	CHECK_INT(count, 1);
	double measure = count == 1 ? items[0].measure : -1;
	sp_findings_free(findings);
	return measure;
}
