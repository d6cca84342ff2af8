/* Values of other systems' records. */
#include "convert/records.h"

#include "base/utf8.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

void *spi_named(const spi_map *map, const char *name)
{
	return spi_map_get(map, name, strlen(name));
}

bool spi_name(spi_map *map, const char *name, const void *value)
{
	void **place = spi_map_put(map, name, strlen(name));
	if (place)
		*place = (void *)(uintptr_t)value;
	return place;
}

json_t *spi_reading_json(const spi_reading *r)
{
	json_error_t problem;
	size_t mark = spi_utf8_mark(r->bytes, r->len);
	json_t *root = json_loadb(r->bytes + mark, r->len - mark, JSON_DECODE_ANY, &problem);
	if (!root)
		sp_error_set(r->err, SP_ERR_INVALID, r->name, problem.line, "not JSON: %s (column %d)", problem.text, problem.column);
	return root;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

static const char *scalar(const spi_reading *r, const json_t *value)
{
	if (json_is_string(value))
		return is_blank(json_string_value(value)) ? NULL : sp_arena_strndup(r->arena, json_string_value(value), json_string_length(value));
	if (json_is_integer(value))
		return sp_arena_printf(r->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return NULL;
}

const char *spi_json_text_of(const spi_reading *r, const json_t *object, const char *member)
{
	return scalar(r, json_object_get(object, member));
}

const char *spi_json_form_of(const spi_reading *r, const json_t *object, const char *member, bool display)
{
	const json_t *value = json_object_get(object, member);
	if (!json_is_object(value))
		return scalar(r, value);
	const char *wanted = scalar(r, json_object_get(value, display ? "display_value" : "value"));
	return wanted ? wanted : scalar(r, json_object_get(value, display ? "value" : "display_value"));
}

sp_strings spi_json_list_of(const spi_reading *r, const json_t *object, const char *member)
{
	const json_t *list = json_object_get(object, member);
	sp_strings texts = {0};
	size_t count = json_array_size(list);
	texts.items = count ? sp_arena_calloc(r->arena, count, sizeof *texts.items) : NULL;
	for (size_t i = 0; texts.items && i < count; i++) {
		const char *text = scalar(r, json_array_get(list, i));
		if (text)
			texts.items[texts.count++] = text;
	}
	return texts;
}

sp_strings spi_divided(const spi_reading *r, const char *text)
{
	sp_strings texts = {0};
	size_t most = 1;
	for (const char *at = text; at && *at; at++)
		most += *at == ',';
	texts.items = text ? sp_arena_calloc(r->arena, most, sizeof *texts.items) : NULL;
	while (texts.items && *text) {
		text += strspn(text, ", \t\r\n");
		size_t len = strcspn(text, ","), end = len;
		while (end > 0 && isspace((unsigned char)text[end - 1]))
			end--;
		if (end > 0)
			texts.items[texts.count++] = sp_arena_strndup(r->arena, text, end);
		text += len;
	}
	return texts;
}

bool spi_json_true(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);
	return json_is_true(value) || (json_is_string(value) && strcmp(json_string_value(value), "true") == 0);
}

sp_date spi_day_of(const char *text)
{
	return text && strlen(text) >= 10 ? sp_date_parse(text, 10) : 0;
}

/* ---- HTML in texts ---- */

const char *spi_unescaped(const spi_reading *r, const char *text)
{
	static const struct { const char *entity; char c; } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#039;", '\''},
		{"&#39;", '\''}, {"&amp;", '&'}};
	if (!text || strchr(text, '<') || !strstr(text, "&lt;"))
		return text;
	char *copy = sp_arena_strdup(r->arena, text), *out = copy;
	while (copy && *text) {
		size_t i = 0, count = sizeof entities / sizeof *entities;
		while (i < count && strncmp(text, entities[i].entity, strlen(entities[i].entity)) != 0)
			i++;
		*out++ = i < count ? entities[i].c : *text;
		text += i < count ? strlen(entities[i].entity) : 1;
	}
	if (copy)
		*out = '\0';
	return copy;
}

static const char *one_line(const spi_reading *r, const char *text)
{
	char *line = sp_arena_strdup(r->arena, text), *out = line;
	for (; line && *text; text++) {
		bool nbsp = strncmp(text, "\xc2\xa0", 2) == 0;
		if (!nbsp && !isspace((unsigned char)*text))
			*out++ = *text;
		else if (out > line && out[-1] != ' ')
			*out++ = ' ';
		text += nbsp;
	}
	while (line && out > line && out[-1] == ' ')
		out--;
	if (line)
		*out = '\0';
	return line;
}

const char *spi_plain_of(const spi_reading *r, const char *html)
{
	if (!html || (!strchr(html, '<') && !strchr(html, '&')))
		return html ? one_line(r, html) : NULL;
	size_t len = strlen(html);
	htmlDocPtr doc = len <= SP_CONVERT_MAX_HTML ? htmlReadMemory(html, (int)len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD) : NULL;
	xmlChar *content = doc ? xmlNodeGetContent(xmlDocGetRootElement(doc)) : NULL;
	const char *text = content ? one_line(r, (const char *)content) : "";
	xmlFree(content);
	xmlFreeDoc(doc);
	return text;
}
