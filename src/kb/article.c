/* An article file: front matter and body. */
#include "kb/facts.h"

#include "base/clock.h"
#include "base/hash.h"
#include "kb/keys.h"
#include "kb/lint/lint.h"
#include "kb/quiz.h"
#include "kb/slug.h"

#include <stdio.h>
#include <string.h>

typedef struct reader {
	sp_article *article;
	spi_facts *facts;
	const sp_kb_config *config;
	spi_report *report;
	sp_arena *arena;
	const spi_yaml *root;
} reader;

static spi_place place_of(const spi_yaml *node)
{
	return node ? node->place : (spi_place){2, 1};
}

static const spi_yaml *need(reader *r, const char *key)
{
	const spi_yaml *node = spi_yaml_get(r->root, key);
	if (!node)
		SPI_REPORT(r->report, SPI_RULE_MISSING_FIELD, place_of(r->root->first ? r->root : NULL), NULL, {"key", key});
	return node;
}

/* As need(), of what an article can do without: it is told, and served all the same. */
static const spi_yaml *want(reader *r, const char *key)
{
	bool was_broken = r->report->broken;
	sp_error *err = r->report->err;
	r->report->err = NULL;
	const spi_yaml *node = need(r, key);
	r->report->err = err;
	r->report->broken = was_broken;
	return node;
}

static const char *text_of(reader *r, const char *key)
{
	return spi_yaml_text(spi_yaml_get(r->root, key), r->report);
}

static sp_date date_of(reader *r, const char *key)
{
	return spi_yaml_date(spi_yaml_get(r->root, key), r->report);
}

static sp_strings strings_of(reader *r, const spi_yaml *node)
{
	return spi_yaml_strings(node, r->arena, r->report);
}

/* Which of the names a value is; -1 (a finding) when none. */
static int one_of(reader *r, const spi_yaml *node, const char *const *names, size_t count, spi_rule rule)
{
	const char *text = spi_yaml_text(node, r->report);
	for (size_t i = 0; text && i < count; i++) {
		if (strcmp(names[i], text) == 0)
			return (int)i;
	}
	if (text)
		SPI_REPORT(r->report, rule, node->place, NULL, {"value", text},
			{"suggestion", spi_nearest(text, names, count, sizeof *names)});
	return -1;
}

/* Index of what a value names in the configuration; -1 (a finding when it names something) when there is none. */
static int reference(reader *r, const spi_yaml *node, const void *items, size_t count, size_t size, spi_rule rule)
{
	const char *text = spi_yaml_text(node, r->report);
	for (size_t i = 0; text && i < count; i++) {
		if (strcmp(*(const char *const *)((const char *)items + i * size), text) == 0)
			return (int)i;
	}
	if (text)
		SPI_REPORT(
			r->report, rule, node->place, NULL, {"value", text}, {"suggestion", spi_nearest(text, items, count, size)});
	return -1;
}

static int reference_to_field(reader *r, const spi_yaml *node)
{
	return reference(
		r, node, r->config->fields, r->config->fields_count, sizeof *r->config->fields, SPI_RULE_UNKNOWN_FIELD);
}

static int reference_to_category(reader *r, const spi_yaml *node)
{
	return reference(r, node, r->config->categories, r->config->categories_count, sizeof *r->config->categories,
		SPI_RULE_UNKNOWN_CATEGORY);
}

static void add_refs(reader *r, spi_refs *refs, const spi_yaml *list)
{
	if (!list || list->kind != SPI_YAML_LIST)
		return;
	for (const spi_yaml *item = list->first; item; item = item->next) {
		if (item->kind == SPI_YAML_SCALAR && !item->is_null)
			spi_refs_add(refs, item->text, item->place, r->arena);
	}
}

static void read_identity(reader *r)
{
	sp_article *a = r->article;
	const spi_yaml *id = need(r, "id"), *title = need(r, "title"), *category = need(r, "category");
	r->facts->status = place_of(spi_yaml_get(r->root, "status"));
	a->id = spi_yaml_text(id, r->report);
	if (a->id && !sp_kb_is_id(a->id, strlen(a->id)))
		SPI_REPORT(r->report, SPI_RULE_BAD_ID, id->place, NULL, {"value", a->id});
	a->title = spi_yaml_text(title, r->report);
	a->category = reference_to_category(r, category);
	int type = one_of(r, need(r, "type"), spi_article_types, SP_TYPE_COUNT, SPI_RULE_UNKNOWN_TYPE);
	int status = one_of(r, need(r, "status"), spi_article_statuses, 3, SPI_RULE_UNKNOWN_STATUS);
	a->type = type < 0 ? SP_TYPE_QA : (sp_article_type)type;
	a->status = status < 0 ? SP_STATUS_DRAFT : (sp_article_status)status;
	a->owner = text_of(r, "owner");
	r->facts->id = place_of(id);
	r->facts->title = place_of(title);
	r->facts->category = place_of(category);
}

static void read_audience(reader *r)
{
	const spi_yaml *list = spi_yaml_get(r->root, "audience");
	r->facts->audience = place_of(list);
	if (!spi_yaml_is(list, SPI_YAML_LIST, r->report))
		return;
	for (const spi_yaml *item = list->first; item; item = item->next) {
		int audience = reference(r, item, r->config->audiences, r->config->audiences_count,
			sizeof *r->config->audiences, SPI_RULE_UNKNOWN_AUDIENCE);
		if (audience >= 0)
			r->article->audience |= (sp_audiences)1 << audience;
	}
}

/* The languages that the article must exist in. */
static void read_languages(reader *r)
{
	const spi_yaml *list = spi_yaml_get(r->root, "languages");
	r->facts->languages = place_of(list);
	if (!spi_yaml_is(list, SPI_YAML_LIST, r->report))
		return;
	for (const spi_yaml *item = list->first; item; item = item->next) {
		const char *code = spi_yaml_text(item, r->report);
		sp_lang lang = code && strlen(code) == 2 ? sp_lang_of(code, 2) : SP_LANG_NONE;
		if (lang != SP_LANG_NONE && r->config->langs >> lang & 1)
			r->article->languages |= 1u << lang;
		else if (code)
			SPI_REPORT(r->report, SPI_RULE_UNKNOWN_LANGUAGE, item->place, "wanted", {"value", code});
	}
}

static void read_lists(reader *r)
{
	sp_article *a = r->article;
	const spi_yaml *questions = spi_yaml_get(r->root, "questions"), *related = spi_yaml_get(r->root, "related");
	a->questions = strings_of(r, questions);
	a->keywords = strings_of(r, spi_yaml_get(r->root, "keywords"));
	a->codes = strings_of(r, spi_yaml_get(r->root, "codes"));
	a->source = strings_of(r, spi_yaml_get(r->root, "source"));
	a->related = strings_of(r, related);
	add_refs(r, &r->facts->question_list, questions);
	add_refs(r, &r->facts->related_list, related);
	r->facts->questions = place_of(questions ? questions : NULL);
}

static void read_dates(reader *r)
{
	sp_article *a = r->article;
	a->valid_from = date_of(r, "valid_from");
	a->valid_until = date_of(r, "valid_until");
	const spi_yaml *updated = want(r, "updated");
	a->updated = spi_yaml_date(updated, r->report);
	r->facts->updated = place_of(updated);
	a->review_by = date_of(r, "review_by");
	a->replaced_by = text_of(r, "replaced_by");
	a->ended = spi_yaml_bool(spi_yaml_get(r->root, "ended"), r->report);
	a->reviewed_by = text_of(r, "reviewed_by");
	r->facts->valid_until = place_of(spi_yaml_get(r->root, "valid_until"));
	r->facts->review_by = place_of(spi_yaml_get(r->root, "review_by"));
	r->facts->replaced_by = place_of(spi_yaml_get(r->root, "replaced_by"));
}

static void read_window(reader *r)
{
	sp_article *a = r->article;
	const spi_yaml *map = spi_yaml_get(r->root, "window");
	if (!spi_yaml_is(map, SPI_YAML_MAP, r->report))
		return;
	spi_yaml_check_keys(map, spi_keys_window, r->report);
	const spi_yaml *from = spi_yaml_get(map, "from");
	if (!from)
		SPI_REPORT(r->report, SPI_RULE_MISSING_FIELD, map->place, NULL, {"key", "window.from"});
	a->window.from = spi_yaml_text(from, r->report);
	int64_t wait = spi_yaml_days(spi_yaml_get(map, "wait"), r->report);
	int64_t until = spi_yaml_days(spi_yaml_get(map, "until"), r->report);
	a->window.wait_days = wait > 0 ? (uint32_t)wait : 0;
	a->window.until_days = until > 0 ? (uint32_t)until : 0;
	if (wait > 0 && until > 0 && until <= wait)
		spi_report_add(r->report, SPI_RULE_DATE_ORDER, map->place, "window", NULL);
}

static void read_ticket(reader *r)
{
	sp_article *a = r->article;
	const spi_yaml *map = spi_yaml_get(r->root, "ticket");
	if (!spi_yaml_is(map, SPI_YAML_MAP, r->report))
		return;
	spi_yaml_check_keys(map, spi_keys_ticket, r->report);
	a->ticket_group = reference(r, spi_yaml_get(map, "group"), r->config->groups, r->config->groups_count,
		sizeof *r->config->groups, SPI_RULE_UNKNOWN_GROUP);
	const spi_yaml *list = spi_yaml_get(map, "fields");
	if (!spi_yaml_is(list, SPI_YAML_LIST, r->report) || !list->count)
		return;
	a->ticket_fields = sp_arena_calloc(r->arena, list->count, sizeof *a->ticket_fields);
	for (const spi_yaml *item = list->first; a->ticket_fields && item; item = item->next) {
		int field = reference_to_field(r, item);
		if (field >= 0)
			a->ticket_fields[a->ticket_fields_count++] = field;
	}
}

static int64_t moment_of(reader *r, const char *key)
{
	const spi_yaml *node = spi_yaml_get(r->root, key);
	const char *text = spi_yaml_text(node, r->report);
	int64_t moment = 0;
	if (text && !spi_moment_parse(text, node->len, r->config->timezone, &moment)) {
		SPI_REPORT(r->report, SPI_RULE_BAD_DATE, node->place, "moment", {"key", key}, {"value", text},
			{"timezone", r->config->timezone ? r->config->timezone : "UTC"});
		return 0;
	}
	return moment;
}

static void read_covers(reader *r, const spi_yaml *map)
{
	sp_article *a = r->article;
	if (!spi_yaml_is(map, SPI_YAML_MAP, r->report))
		return;
	spi_yaml_check_keys(map, spi_keys_covers, r->report);
	const spi_yaml *articles = spi_yaml_get(map, "articles"), *categories = spi_yaml_get(map, "categories");
	a->covers.articles = strings_of(r, articles);
	a->covers.categories = strings_of(r, categories);
	a->covers.codes = strings_of(r, spi_yaml_get(map, "codes"));
	add_refs(r, &r->facts->covers_list, articles);
	for (const spi_yaml *item = categories && categories->kind == SPI_YAML_LIST ? categories->first : NULL; item;
		 item = item->next) {
		if (item->kind == SPI_YAML_SCALAR)
			reference_to_category(r, item);
	}
}

/* Only a notice begins, ends and covers. */
static void read_notice(reader *r)
{
	static const char *const keys[] = {"starts", "ends", "covers"};
	for (size_t i = 0; r->article->type != SP_TYPE_NOTICE && i < 3; i++) {
		const spi_yaml *node = spi_yaml_get(r->root, keys[i]);
		if (node)
			SPI_REPORT(r->report, SPI_RULE_NOTICE_ONLY, node->key_place, NULL, {"key", keys[i]});
	}
	r->article->starts_utc_s = moment_of(r, "starts");
	r->article->ends_utc_s = moment_of(r, "ends");
	r->facts->starts = place_of(spi_yaml_get(r->root, "starts"));
	r->facts->ends = place_of(spi_yaml_get(r->root, "ends"));
	read_covers(r, spi_yaml_get(r->root, "covers"));
}

/* Only a training is made of articles. */
static void read_module(reader *r)
{
	const spi_yaml *node = spi_yaml_get(r->root, "articles");
	r->facts->module = place_of(node);
	if (node && r->article->type != SP_TYPE_TRAINING)
		spi_report_add(r->report, SPI_RULE_TRAINING_ONLY, node->key_place, NULL, NULL);
	else
		r->article->articles = strings_of(r, node);
	if (node && r->article->type == SP_TYPE_TRAINING)
		add_refs(r, &r->facts->module_list, node);
}

static void read_front_matter(reader *r)
{
	spi_yaml_check_keys(r->root, spi_keys_article, r->report);
	read_identity(r);
	read_audience(r);
	read_languages(r);
	read_lists(r);
	read_dates(r);
	r->article->competence = reference(r, spi_yaml_get(r->root, "competence"), r->config->bodies,
		r->config->bodies_count, sizeof *r->config->bodies, SPI_RULE_UNKNOWN_BODY);
	read_window(r);
	read_ticket(r);
	read_notice(r);
	read_module(r);
}

static bool is_fence(const spi_lines *lines, int line, const char *fence)
{
	size_t start = spi_line_start(lines, line), end = spi_line_end(lines, line);
	if (line == 1 && end - start >= 3 && memcmp(lines->text, "\xef\xbb\xbf", 3) == 0)
		start += 3;
	while (end > start && (lines->text[end - 1] == ' ' || lines->text[end - 1] == '\t'))
		end--;
	return end - start == 3 && memcmp(lines->text + start, fence, 3) == 0;
}

int spi_front_matter_end(const spi_lines *lines, spi_report *report)
{
	if (!lines->count || !is_fence(lines, 1, "---")) {
		spi_report_add(report, SPI_RULE_FRONT_MATTER, (spi_place){1, 1}, "missing", NULL);
		return 0;
	}
	for (int line = 2; line <= lines->count; line++) {
		if (is_fence(lines, line, "---") || is_fence(lines, line, "..."))
			return line;
	}
	spi_report_add(report, SPI_RULE_FRONT_MATTER, (spi_place){1, 1}, "unclosed", NULL);
	return 0;
}

/* A module's quiz, from its heading to the end of the file, is taken out of the body: nothing that shows or searches a body comes
   to see it. False when memory is out. */
static bool take_quiz(reader *r)
{
	sp_article *a = r->article;
	spi_lines lines;
	cmark_node *root = spi_markdown_parse(a->body, a->body_len);
	cmark_node *heading = root ? spi_quiz_heading(root) : NULL;
	int line = heading ? cmark_node_get_start_line(heading) : 0;
	cmark_node_free(root);
	if (!line)
		return root;
	if (!spi_lines_read(&lines, a->body, a->body_len, r->arena))
		return false;
	size_t at = spi_line_start(&lines, line);
	a->quiz = a->body + at;
	a->quiz_len = a->body_len - at;
	a->quiz_line = a->body_line + line - 1;
	a->body = sp_arena_strndup(r->arena, a->body, at);
	a->body_len = at;
	return a->body;
}

static bool read_body(reader *r)
{
	sp_article *a = r->article;
	if (a->type == SP_TYPE_TRAINING && !take_quiz(r))
		return false;
	if (!spi_lines_read(&r->facts->lines, a->body, a->body_len, r->arena))
		return false;
	cmark_node *root = spi_markdown_parse(a->body, a->body_len);
	if (!root)
		return false;
	a->blocks = spi_blocks_find(root, &r->facts->lines, r->config, a->body_line, r->report, r->arena);
	spi_prose *prose = r->report->findings ? &r->facts->prose : NULL; /* when served, nobody asks how it reads */
	r->facts->prose.arena = r->arena;
	bool ok = a->blocks && spi_outline_read(&r->facts->outline, prose, root, a->blocks, a, &r->facts->lines, r->arena);
	cmark_node_free(root);
	return ok && (!a->quiz || spi_lint_quiz(a, r->facts, r->config, r->report));
}

static bool read_path(sp_article *a, const char *path, spi_report *report)
{
	a->path = sp_arena_strdup(a->arena, path);
	size_t lang_len = strcspn(path, "/");
	a->lang = lang_len == 2 ? sp_lang_of(path, lang_len) : SP_LANG_NONE;
	if (a->lang != SP_LANG_NONE && report->config->langs >> a->lang & 1)
		return a->path;
	char code[16];
	snprintf(code, sizeof code, "%.*s", (int)lang_len, path);
	SPI_REPORT(report, SPI_RULE_UNKNOWN_LANGUAGE, ((spi_place){1, 1}), "folder", {"value", code});
	return a->path && a->lang != SP_LANG_NONE;
}

/* The front matter as the reader's root; false when there is none that can be read. end: its last line. */
static bool find_front_matter(reader *r, const spi_lines *lines, const char *text, int *ret_end)
{
	int end = *ret_end = spi_front_matter_end(lines, r->report);
	size_t from = end ? spi_line_start(lines, 2) : 0;
	r->root = end ? spi_yaml_read(text + from, spi_line_start(lines, end) - from, 2, r->arena, r->report) : NULL;
	return r->root;
}

/* Readers would see both sides, and git's marks between them. */
static bool has_conflict(const spi_lines *lines, spi_report *report)
{
	int line = spi_line_of_conflict(lines);
	if (line)
		spi_report_add(report, SPI_RULE_MERGE_CONFLICT, (spi_place){line, 1}, NULL, NULL);
	return line > 0;
}

/* Everything of the file into the article; false when there is none to speak of. */
static bool read_file(reader *r, const char *path, const char *bytes, size_t len)
{
	sp_article *a = r->article;
	const char *text = sp_arena_strndup(r->arena, bytes, len);
	spi_lines lines;
	int end;
	if (!text || !spi_lines_read(&lines, text, len, r->arena) || has_conflict(&lines, r->report) || !read_path(a, path, r->report) ||
		!find_front_matter(r, &lines, text, &end))
		return false;
	size_t body = spi_line_start(&lines, end + 1);
	a->body = text + body;
	a->body_len = len - body;
	a->body_line = end + 1;
	spi_sha256_hex(bytes, len, a->version);
	read_front_matter(r);
	spi_lint_placeholders(a, &lines, r->report);
	return read_body(r);
}

/* The first byte that is not UTF-8, or is a NUL, as a place. */
static spi_place bad_byte(const char *bytes, size_t len)
{
	spi_place place = {1, 1};
	size_t start = 0;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n' && i + 1 < len)
			continue;
		if (!sp_text_is_utf8(bytes + start, i + 1 - start))
			break;
		start = i + 1;
		place.line++;
	}
	size_t good = start;
	while (good < len) { /* the longest good beginning of the line, a character at a time */
		size_t size = 1;
		while (size < 4 && good + size < len && ((unsigned char)bytes[good + size] & 0xc0) == 0x80)
			size++;
		if (!sp_text_is_utf8(bytes + good, size))
			break;
		good += size;
		place.column++;
	}
	return place;
}

static bool is_readable(const char *bytes, size_t len, spi_report *report)
{
	if (len > SP_ARTICLE_MAX_BYTES)
		spi_report_add(report, SPI_RULE_TOO_LARGE, (spi_place){1, 1}, NULL, NULL);
	else if (!sp_text_is_utf8(bytes, len))
		spi_report_add(report, SPI_RULE_NOT_UTF8, bad_byte(bytes, len), NULL, NULL);
	else
		return true;
	return false;
}

sp_article *spi_article_read(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	spi_report *report, spi_facts **ret_facts)
{
	report->config = config;
	if (!is_readable(bytes, len, report))
		return NULL;
	sp_arena *arena = sp_arena_new(len * 4 + 4096);
	sp_article *article = arena ? sp_arena_calloc(arena, 1, sizeof *article) : NULL;
	spi_facts *facts = article ? sp_arena_calloc(arena, 1, sizeof *facts) : NULL;
	if (facts) {
		article->arena = arena;
		article->category = article->competence = article->ticket_group = -1;
		reader r = {.article = article, .facts = facts, .config = config, .report = report, .arena = arena};
		if (read_file(&r, path, bytes, len)) {
			spi_lint_body(article, facts, report);
			spi_lint_training(article, facts, report);
			if (article->id && article->title) {
				spi_lint_article(article, facts, config, report);
				if (ret_facts)
					*ret_facts = facts;
				return article;
			}
		}
	}
	sp_arena_free(arena);
	return NULL;
}

sp_status sp_article_parse(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	const char *file, sp_findings *findings, sp_article **ret, sp_error *err)
{
	sp_error cause = {0};
	spi_report report = {.findings = findings, .file = file, .err = &cause};
	sp_article *article = spi_article_read(path, bytes, len, config, &report, NULL);
	if (article && !report.broken) {
		*ret = article;
		return SP_OK;
	}
	sp_article_free(article);
	if (!cause.status)
		sp_error_set(&cause, SP_ERR_NOMEM, file, 0, "not enough memory to read it");
	sp_error_copy(err, &cause);
	return cause.status;
}

sp_status sp_article_readers(const char *bytes, size_t len, const sp_kb_config *config, sp_audiences *ret)
{
	sp_error cause = {0};
	sp_article article = {0};
	spi_facts facts = {0};
	spi_report report = {.config = config, .err = &cause};
	sp_arena *arena = sp_arena_new(0);
	sp_status status = SP_ERR_NOMEM;
	spi_lines lines;
	int end;
	*ret = 0;
	reader r = {.article = &article, .facts = &facts, .config = config, .report = &report, .arena = arena};
	const char *text = arena && is_readable(bytes, len, &report) ? sp_arena_strndup(arena, bytes, len) : NULL;
	if (text && spi_lines_read(&lines, text, len, arena) && find_front_matter(&r, &lines, text, &end)) {
		const char *stands = text_of(&r, "status");
		bool withdrawn = stands && (strcmp(stands, "draft") == 0 || strcmp(stands, "retired") == 0);
		read_audience(&r);
		*ret = withdrawn ? 0 : article.audience;
		status = SP_OK;
	} else if (cause.status) { /* it is said what is wrong with it; else there was no memory to find out */
		*ret = ~(sp_audiences)0;
		status = SP_OK;
	}
	sp_arena_free(arena);
	return status;
}

void sp_article_free(sp_article *article)
{
	if (article)
		sp_arena_free(article->arena);
}
