/* schema.org: questions with their accepted answers, in the JSON-LD of a saved page (any number of blocks) or in a file of its own. */
#include "convert/records.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a page says of all its questions. */
typedef struct page {
	spi_reading *r;
	const char *lang, *source;
	sp_date updated;
	sp_status status;
	size_t blocks;
} page;

/* "Question", "https://schema.org/Question", ["Question", …] */
static bool is_type(const json_t *object, const char *wanted)
{
	const json_t *type = json_object_get(object, "@type");
	for (size_t i = 0; i < (json_is_array(type) ? json_array_size(type) : 1); i++) {
		const char *name = json_string_value(json_is_array(type) ? json_array_get(type, i) : type);
		const char *slash = name ? strrchr(name, '/') : NULL;
		if (name && strcmp(slash ? slash + 1 : name, wanted) == 0)
			return true;
	}
	return false;
}

/* The accepted answer, else the first suggested one; of several the first with a text. */
static const char *answer_of(const page *p, const json_t *question)
{
	static const char *const members[] = {"acceptedAnswer", "suggestedAnswer"};
	for (size_t m = 0; m < 2; m++) {
		const json_t *answer = json_object_get(question, members[m]);
		for (size_t i = 0; i < (json_is_array(answer) ? json_array_size(answer) : 1); i++) {
			const json_t *one = json_is_array(answer) ? json_array_get(answer, i) : answer;
			const char *text = json_is_string(one) ? json_string_value(one) : spi_json_text_of(p->r, one, "text");
			if (text)
				return sp_arena_strdup(p->r->arena, text);
		}
	}
	return NULL;
}

static void take_question(page *p, const json_t *question)
{
	spi_reading *r = p->r;
	const char *title = spi_json_text_of(r, question, "name"), *lang = spi_json_text_of(r, question, "inLanguage");
	const char *day = spi_json_text_of(r, question, "dateModified"), *source = spi_json_text_of(r, question, "url");
	spi_found *found = spi_reading_add(r);
	if (!found) {
		p->status = SP_ERR_NOMEM;
		return;
	}
	found->record = sp_arena_printf(r->arena, "question %zu", r->count);
	found->title = spi_plain_of(r, spi_unescaped(r, title ? title : spi_json_text_of(r, question, "text")));
	found->html = spi_unescaped(r, answer_of(p, question));
	found->lang = lang ? lang : p->lang;
	found->updated = day ? spi_day_of(day) : p->updated;
	found->source = source ? source : p->source;
}

static void look_through(page *p, const json_t *value, int depth)
{
	const char *key;
	json_t *member;
	if (p->status != SP_OK)
		return;
	if (depth > SPI_JSON_DEPTH_MAX) {
		spi_reading_tell(p->r, p->r->name, "JSON-LD", "depth", "");
		return;
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		look_through(p, json_array_get(value, i), depth + 1);
	if (!json_is_object(value))
		return;
	if (is_type(value, "Question")) {
		take_question(p, value);
		return;
	}
	page below = *p;
	const char *lang = spi_json_text_of(p->r, value, "inLanguage"), *day = spi_json_text_of(p->r, value, "dateModified");
	if (lang)
		below.lang = lang;
	if (day)
		below.updated = spi_day_of(day);
	json_object_foreach((json_t *)(uintptr_t)value, key, member) {
		look_through(&below, member, depth + 1);
	}
	p->status = below.status;
}

static void take_block(page *p, const char *text)
{
	json_error_t problem;
	json_t *root = json_loads(text, 0, &problem);
	p->blocks++;
	if (root)
		look_through(p, root, 0);
	else
		spi_reading_tell(p->r, sp_arena_printf(p->r->arena, "JSON-LD %zu", p->blocks), "script", "json", problem.text);
	json_decref(root);
}

static char *attribute(const page *p, const xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST name);
	char *copy = value ? sp_arena_strdup(p->r->arena, (const char *)value) : NULL;
	xmlFree(value);
	return copy;
}

/* The next node of the document, in its order: no recursion, a page may be as deep as it likes. */
static const xmlNode *next_of(const xmlNode *node)
{
	if (node->children && node->type == XML_ELEMENT_NODE)
		return node->children;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

static void read_page(page *p, const xmlNode *root, bool blocks)
{
	for (const xmlNode *node = root; node && p->status == SP_OK; node = next_of(node)) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		const char *name = (const char *)node->name;
		if (!blocks && strcmp(name, "html") == 0 && !p->lang)
			p->lang = attribute(p, node, "lang");
		const char *rel = !blocks && strcmp(name, "link") == 0 ? attribute(p, node, "rel") : NULL;
		if (rel && strcasecmp(rel, "canonical") == 0)
			p->source = attribute(p, node, "href");
		const char *type = blocks && strcmp(name, "script") == 0 ? attribute(p, node, "type") : NULL;
		if (type && strncasecmp(type, "application/ld+json", 19) == 0) {
			xmlChar *text = xmlNodeGetContent(node);
			take_block(p, text ? (const char *)text : "");
			xmlFree(text);
		}
	}
}

static sp_status read_html(page *p)
{
	spi_reading *r = p->r;
	if (r->len > INT32_MAX)
		return spi_reading_bad(r, "it is too large");
	htmlDocPtr doc = htmlReadMemory(r->bytes, (int)r->len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	if (root) {
		read_page(p, root, false);
		read_page(p, root, true);
	}
	xmlFreeDoc(doc);
	return p->status == SP_OK && p->blocks == 0 ? spi_reading_bad(r, "the page has no JSON-LD (script type=\"application/ld+json\")") : p->status;
}

sp_status spi_read_faqpage(spi_reading *r)
{
	page p = {.r = r};
	size_t first = strspn(r->bytes, "\xef\xbb\xbf \t\r\n");
	sp_status status;
	if (r->bytes[first] == '{' || r->bytes[first] == '[') {
		json_t *root = spi_reading_json(r);
		if (!root)
			return SP_ERR_INVALID;
		look_through(&p, root, 0);
		json_decref(root);
		status = p.status;
	} else {
		status = read_html(&p);
	}
	if (status == SP_OK && r->count == 0)
		return spi_reading_bad(r, "there is no Question of schema.org in it");
	return status;
}
