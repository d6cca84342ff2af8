#include "gaps/synonyms.h"

#include "kb/config.h"
#include "kb/write.h"
#include "kb/yaml.h"

#include <string.h>

#define WORD_MAX_CHARS 60

/* Where something is put in. */
typedef struct place {
	size_t at;
	sp_buffer text;
} place;

static size_t line_start(const char *bytes, size_t len, int line)
{
	size_t at = 0;
	for (int n = 1; n < line && at < len; n++) {
		const char *end = memchr(bytes + at, '\n', len - at);
		at = end ? (size_t)(end - bytes) + 1 : len;
	}
	return at;
}

static size_t line_length(const char *bytes, size_t len, size_t at)
{
	const char *end = memchr(bytes + at, '\n', len - at);
	return end ? (size_t)(end - bytes) - at : len - at;
}

/* In a flow list always with quotes, unless it is letters and blanks alone. */
static void add_word(sp_buffer *out, const char *word)
{
	bool plain = true;
	for (const char *c = word; *c; c++)
		plain &= (*c & 0x80) || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c == ' ' && c > word);
	for (const char *const *no = (const char *const[]){"no", "yes", "on", "off", "true", "false", "null", "y", "n", NULL}; *no; no++)
		plain &= strcasecmp(word, *no) != 0;
	if (plain) {
		sp_buffer_add_text(out, word);
		return;
	}
	sp_buffer_add_char(out, '"');
	for (const char *c = word; *c; c++) {
		if (*c == '"' || *c == '\\')
			sp_buffer_add_char(out, '\\');
		sp_buffer_add_char(out, *c);
	}
	sp_buffer_add_char(out, '"');
}

static bool has_word(const spi_yaml *group, const char *word)
{
	for (const spi_yaml *item = group->first; item; item = item->next)
		if (item->kind == SPI_YAML_SCALAR && item->text && strcasecmp(item->text, word) == 0)
			return true;
	return false;
}

/* Behind the last word of a group that stands on one line; false: it stands otherwise. */
static bool into_group(const char *bytes, size_t len, const spi_yaml *group, const char *word, place *ret)
{
	size_t start = line_start(bytes, len, group->place.line), line = line_length(bytes, len, start), end = line;
	if (!group->is_flow || memchr(bytes + start, '#', line))
		return false;
	while (end > 0 && strchr(" \t\r", bytes[start + end - 1]))
		end--;
	if (end == 0 || bytes[start + end - 1] != ']')
		return false;
	ret->at = start + end - 1;
	while (ret->at > start && bytes[ret->at - 1] == ' ')
		ret->at--;
	sp_buffer_add_text(&ret->text, ", ");
	add_word(&ret->text, word);
	return true;
}

static void add_group(sp_buffer *out, const char *indent, size_t indent_len, const char *word, const char *known, const char *line_end)
{
	sp_buffer_add(out, indent, indent_len);
	sp_buffer_add_text(out, "- [");
	add_word(out, known);
	sp_buffer_add_text(out, ", ");
	add_word(out, word);
	sp_buffer_printf(out, "]%s", line_end);
}

/* A new group before the first one of the language; false: the list is not one of lines. */
static bool before_groups(const char *bytes, size_t len, const spi_yaml *list, const char *word, const char *known, const char *line_end, place *ret)
{
	size_t indent = 0;
	if (list->is_flow || !list->first)
		return false;
	ret->at = line_start(bytes, len, list->first->place.line);
	while (ret->at + indent < len && bytes[ret->at + indent] == ' ')
		indent++;
	if (ret->at + indent >= len || bytes[ret->at + indent] != '-')
		return false;
	add_group(&ret->text, bytes + ret->at, indent, word, known, line_end);
	return true;
}

static bool find_place(const char *bytes, size_t len, const spi_yaml *root, sp_lang lang, const char *word, const char *known, place *ret)
{
	const char *line_end = len > 1 && memchr(bytes, '\n', len) && ((const char *)memchr(bytes, '\n', len))[-1] == '\r' ? "\r\n" : "\n";
	const spi_yaml *all = spi_yaml_get(root, "synonyms"), *list = all ? spi_yaml_get(all, sp_lang_code(lang)) : NULL;
	if (all && (all->kind != SPI_YAML_MAP || all->is_flow))
		return false;
	for (const spi_yaml *group = list ? list->first : NULL; group; group = group->next)
		if (group->kind == SPI_YAML_LIST && has_word(group, known) && into_group(bytes, len, group, word, ret))
			return true;
	if (list)
		return before_groups(bytes, len, list, word, known, line_end, ret);
	if (all && all->first) {
		ret->at = line_start(bytes, len, all->first->key_place.line);
		sp_buffer_printf(&ret->text, "%*s%s:%s", all->first->key_place.column - 1, "", sp_lang_code(lang), line_end);
		size_t deep = (size_t)all->first->key_place.column + 1;
		add_group(&ret->text, "        ", deep < 8 ? deep : 8, word, known, line_end);
		return true;
	}
	ret->at = len;
	sp_buffer_printf(&ret->text, "%ssynonyms:%s  %s:%s", len && bytes[len - 1] != '\n' ? line_end : "", line_end, sp_lang_code(lang), line_end);
	add_group(&ret->text, "    ", 4, word, known, line_end);
	return !all;
}

/* Whether both stand in one group of what was written. */
static bool is_done(const char *bytes, size_t len, sp_lang lang, const char *word, const char *known, size_t *ret_groups)
{
	spi_report quiet = {.file = "kb.yaml"};
	sp_kb_config *config = spi_config_read(bytes, len, &quiet);
	bool found = false;
	*ret_groups = 0;
	for (size_t i = 0; config && !quiet.broken && i < config->synonyms_count; i++) {
		bool has[2] = {false, false};
		const sp_synonyms *group = &config->synonyms[i];
		++*ret_groups;
		for (size_t k = 0; group->lang == lang && k < group->count; k++) {
			has[0] |= strcasecmp(group->words[k], word) == 0;
			has[1] |= strcasecmp(group->words[k], known) == 0;
		}
		found |= has[0] && has[1];
	}
	sp_kb_config_free(config);
	return found;
}

static bool may_stand(const char *word)
{
	size_t chars = sp_text_count_chars(word, strlen(word));
	if (chars == 0 || chars > WORD_MAX_CHARS || !sp_text_is_utf8(word, strlen(word)) || *word == ' ')
		return false;
	for (const char *c = word; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || strchr("<>[]{}#,:", *c))
			return false;
	return true;
}

static sp_status add(const char *bytes, size_t len, const spi_yaml *root, sp_lang lang, const char *word, const char *known, sp_buffer *out,
	sp_error *err)
{
	place put = {0};
	size_t before, after;
	bool placed = find_place(bytes, len, root, lang, word, known, &put);
	if (placed) {
		sp_buffer_add(out, bytes, put.at);
		sp_buffer_add(out, sp_buffer_text(&put.text), put.text.len);
		sp_buffer_add(out, bytes + put.at, len - put.at);
	}
	bool whole = sp_buffer_ok(&put.text) && sp_buffer_ok(out);
	sp_buffer_release(&put.text);
	if (!whole)
		return sp_error_set(err, SP_ERR_NOMEM, "kb.yaml", 0, "out of memory");
	(void)is_done(bytes, len, lang, word, known, &before);
	if (placed && is_done(out->data, out->len, lang, word, known, &after) && after >= before)
		return SP_OK;
	sp_buffer_clear(out);
	return sp_error_set(err, SP_ERR_UNSUPPORTED, "kb.yaml", 1,
		"its synonyms are written in a way that nothing can be added to safely; make them lists, one group a line");
}

sp_status spi_synonyms_add(const char *bytes, size_t len, sp_lang lang, const char *word, const char *known, sp_buffer *out, sp_error *err)
{
	spi_report quiet = {.file = "kb.yaml"};
	size_t groups;
	if (!may_stand(word) || !may_stand(known) || lang == SP_LANG_NONE)
		return sp_error_set(err, SP_ERR_INVALID, "kb.yaml", 0, "these cannot be synonyms");
	sp_buffer_clear(out);
	if (is_done(bytes, len, lang, word, known, &groups)) {
		sp_buffer_add(out, bytes, len);
		return SP_OK;
	}
	sp_arena *arena = sp_arena_new(len * 4 + 4096);
	const spi_yaml *root = arena ? spi_yaml_read(bytes, len, 1, arena, &quiet) : NULL;
	sp_status status = root ? add(bytes, len, root, lang, word, known, out, err)
		: quiet.broken ? sp_error_set(err, SP_ERR_UNSUPPORTED, "kb.yaml", 1, "it cannot be read") : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_arena_free(arena);
	return status;
}
