/* Findings as SARIF 2.1.0 (OASIS): one run, the rules' descriptors, one result a finding. */
#include "cmd/check.h"

#include "base/hash.h"
#include "sportello/version.h"

#include <string.h>

static const char *level_of(sp_severity severity)
{
	return severity == SP_SEVERITY_ERROR ? "error" : severity == SP_SEVERITY_ADVICE ? "note" : "warning";
}

/* A message's text; in SARIF braces stand for places to fill in, unless doubled. */
static void add_message(sp_json *out, const char *name, const char *text)
{
	sp_buffer escaped = SP_BUFFER_INIT;
	for (const char *c = text; *c; c++) {
		if (*c == '{' || *c == '}')
			sp_buffer_add_char(&escaped, *c);
		sp_buffer_add_char(&escaped, *c);
	}
	sp_json_object(out, name);
	sp_json_string(out, "text", sp_buffer_text(&escaped));
	sp_json_object_end(out);
	sp_buffer_release(&escaped);
}

typedef struct first_text {
	const char *prefix, *text;
} first_text;

static void take_first(const char *key, const char *text, void *arg)
{
	first_text *first = arg;
	if (!first->text && strncmp(key, first->prefix, strlen(first->prefix)) == 0)
		first->text = text;
}

/* What a rule says, with … where each finding names something. */
static const char *description(const char *rule, sp_lang lang, sp_arena *arena)
{
	const char *key = sp_arena_printf(arena, "check.%s", rule), *variants = sp_arena_printf(arena, "check.%s.", rule);
	if (!key || !variants)
		return rule;
	first_text first = {variants, sp_catalog_find(lang, key)};
	if (!first.text)
		sp_catalog_each(lang, take_first, &first);
	sp_buffer text = SP_BUFFER_INIT;
	for (const char *c = first.text ? first.text : rule; *c; c++) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL;
		if (end)
			sp_buffer_add_text(&text, "…");
		else
			sp_buffer_add_char(&text, *c);
		c = end ? end : c;
	}
	const char *copy = sp_arena_strdup(arena, sp_buffer_text(&text));
	sp_buffer_release(&text);
	return copy ? copy : rule;
}

static void add_rules(sp_json *out, sp_lang lang, sp_arena *arena)
{
	size_t count;
	const sp_rule *rules = sp_rules(&count);
	sp_json_array(out, "rules");
	for (size_t i = 0; i < count; i++) {
		const char *text = description(rules[i].name, lang, arena);
		sp_json_object(out, NULL);
		sp_json_string(out, "id", rules[i].name);
		add_message(out, "shortDescription", text);
		add_message(out, "fullDescription", text);
		const char *help = sp_arena_printf(arena, "%s (kb/it/sportello/%s.md)", text, rules[i].article);
		add_message(out, "help", help ? help : text);
		sp_json_object(out, "defaultConfiguration");
		sp_json_bool(out, "enabled", rules[i].severity != SP_SEVERITY_OFF);
		sp_json_string(out, "level", level_of(rules[i].severity));
		sp_json_object_end(out);
		sp_json_object_end(out);
	}
	sp_json_array_end(out);
}

static void add_driver(sp_json *out, sp_lang lang, sp_arena *arena)
{
	sp_json_object(out, "tool");
	sp_json_object(out, "driver");
	sp_json_string(out, "name", "sportello");
	sp_json_string(out, "version", sp_version());
	sp_json_string(out, "semanticVersion", sp_version());
	sp_json_string(out, "language", sp_lang_code(lang));
	add_rules(out, lang, arena);
	sp_json_object_end(out);
	sp_json_object_end(out);
}

/* The characters of a path that a URI takes as they are; the others by their bytes. */
static const char *uri_of(const char *path, sp_arena *arena)
{
	sp_buffer uri = SP_BUFFER_INIT;
	if (*path == '/')
		sp_buffer_add_text(&uri, "file://");
	for (const char *c = path; *c; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
			strchr("-._~/", *c);
		if (is_plain)
			sp_buffer_add_char(&uri, *c);
		else
			sp_buffer_printf(&uri, "%%%02X", (unsigned)(unsigned char)*c);
	}
	const char *copy = sp_arena_strdup(arena, sp_buffer_text(&uri));
	sp_buffer_release(&uri);
	return copy;
}

static void add_location(sp_json *out, const sp_finding *item, const char *uri)
{
	sp_json_array(out, "locations");
	sp_json_object(out, NULL);
	sp_json_object(out, "physicalLocation");
	sp_json_object(out, "artifactLocation");
	sp_json_string(out, "uri", uri);
	if (strncmp(uri, "file:", 5) != 0)
		sp_json_string(out, "uriBaseId", "%SRCROOT%");
	sp_json_object_end(out);
	sp_json_object(out, "region");
	sp_json_int(out, "startLine", item->line);
	sp_json_int(out, "startColumn", item->column);
	sp_json_object_end(out);
	sp_json_object_end(out);
	sp_json_object_end(out);
	sp_json_array_end(out);
}

/* What stays the same when lines move: the same finding is known again. Same ones in a file are counted. */
static const char *fingerprint(const spi_check_result *result, size_t at, const char *uri, sp_arena *arena)
{
	const sp_finding *item = &result->items[at];
	int number = 1;
	for (size_t i = at; i-- > 0 && strcmp(result->items[i].file, item->file) == 0;)
		number += result->items[i].rule == item->rule && strcmp(result->items[i].message, item->message) == 0;
	uint64_t hash = spi_hash64_more(SPI_HASH64_SEED, uri, strlen(uri) + 1);
	hash = spi_hash64_more(hash, item->rule, strlen(item->rule) + 1);
	hash = spi_hash64_more(hash, item->message, strlen(item->message) + 1);
	return sp_arena_printf(arena, "%016llx:%d", (unsigned long long)hash, number);
}

static void add_results(sp_json *out, const spi_check_result *result, sp_arena *arena)
{
	size_t count;
	const sp_rule *rules = sp_rules(&count);
	sp_json_array(out, "results");
	for (size_t i = 0; i < result->count; i++) {
		const sp_finding *item = &result->items[i];
		const char *uri = uri_of(spi_check_path(result, item->file, arena), arena);
		size_t rule = 0;
		while (rule < count && strcmp(rules[rule].name, item->rule) != 0)
			rule++;
		if (!uri)
			continue;
		sp_json_object(out, NULL);
		sp_json_string(out, "ruleId", item->rule);
		if (rule < count)
			sp_json_int(out, "ruleIndex", (int64_t)rule);
		sp_json_string(out, "level", level_of(item->severity));
		add_message(out, "message", item->message);
		add_location(out, item, uri);
		sp_json_object(out, "partialFingerprints");
		sp_json_string(out, "sportelloFinding/v1", fingerprint(result, i, uri, arena));
		sp_json_object_end(out);
		sp_json_object_end(out);
	}
	sp_json_array_end(out);
}

void spi_check_sarif(const spi_check_result *result, sp_arena *arena)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
	sp_json_string(&out, "version", "2.1.0");
	sp_json_array(&out, "runs");
	sp_json_object(&out, NULL);
	add_driver(&out, result->lang, arena);
	sp_json_string(&out, "columnKind", "unicodeCodePoints");
	add_results(&out, result, arena);
	sp_json_object_end(&out);
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}
