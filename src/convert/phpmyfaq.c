/* phpMyFAQ: its XML export (<phpmyfaq><article id>…) and its JSON export ([{"faq": {…}}]). Answers are HTML, escaped once more. */
#include "convert/records.h"

#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

/* "Payments >> Refunds": the innermost. */
static const char *last_part(const char *path)
{
	for (const char *at = path; at && (at = strstr(at, ">>"));)
		path = at += 2;
	return path ? path + strspn(path, " ") : NULL;
}

static sp_status take(spi_reading *r, const char *id, const char *const values[6], bool is_active)
{
	spi_found *found = spi_reading_add(r);
	if (!found)
		return SP_ERR_NOMEM;
	found->native = id;
	found->record = sp_arena_printf(r->arena, "article %s", id ? id : "?");
	found->lang = values[0];
	found->category = last_part(values[1]);
	found->keywords = spi_divided(r, values[2]);
	found->title = spi_plain_of(r, values[3]);
	found->html = spi_unescaped(r, values[4]);
	found->updated = spi_day_of(values[5]);
	found->status = is_active ? "published" : "draft";
	return SP_OK;
}

/* ---- JSON ---- */

static const char *either(const spi_reading *r, const json_t *object, const char *one, const char *other)
{
	const char *text = spi_json_text_of(r, object, one);
	return text ? text : spi_json_text_of(r, object, other);
}

static sp_status read_json(spi_reading *r)
{
	json_t *root = spi_reading_json(r);
	sp_status status = json_is_array(root) ? SP_OK : SP_ERR_INVALID;
	if (root && status != SP_OK)
		spi_reading_bad(r, "it is no list of {\"faq\": …}");
	for (size_t i = 0; status == SP_OK && i < json_array_size(root); i++) {
		const json_t *item = json_array_get(root, i), *faq = json_object_get(item, "faq");
		faq = faq ? faq : item;
		const char *const values[6] = {either(r, faq, "language", "lang"), either(r, faq, "category", "category_name"),
			spi_json_text_of(r, faq, "keywords"), either(r, faq, "question", "title"), either(r, faq, "answer", "content"),
			either(r, faq, "last_modified", "updated")};
		const char *active = spi_json_text_of(r, faq, "active");
		status = take(r, spi_json_text_of(r, faq, "id"), values, !active || strcasecmp(active, "yes") == 0);
	}
	json_decref(root);
	return status;
}

/* ---- XML ---- */

static const char *child_text(const spi_reading *r, const xmlNode *article, const char *name)
{
	for (const xmlNode *child = article->children; child; child = child->next) {
		if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, name) != 0)
			continue;
		xmlChar *content = xmlNodeGetContent(child);
		const char *text = content && ((const char *)content)[strspn((const char *)content, " \t\r\n")]
			? sp_arena_strdup(r->arena, (const char *)content)
			: NULL;
		xmlFree(content);
		return text;
	}
	return NULL;
}

static sp_status read_articles(spi_reading *r, const xmlNode *root)
{
	sp_status status = SP_OK;
	for (const xmlNode *node = root->children; node && status == SP_OK; node = node->next) {
		if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "article") != 0)
			continue;
		xmlChar *id = xmlGetProp((xmlNode *)(uintptr_t)node, BAD_CAST "id");
		const char *day = child_text(r, node, "data");
		const char *const values[6] = {child_text(r, node, "language"), child_text(r, node, "category"), child_text(r, node, "keywords"),
			child_text(r, node, "question"), child_text(r, node, "answer"), day ? day : child_text(r, node, "date")};
		status = take(r, id ? sp_arena_strdup(r->arena, (const char *)id) : NULL, values, true);
		xmlFree(id);
	}
	return status;
}

static sp_status read_xml(spi_reading *r)
{
	if (r->len > INT32_MAX)
		return spi_reading_bad(r, "it is too large");
	xmlParserCtxtPtr parser = xmlNewParserCtxt();
	/* No XML_PARSE_NOENT: entities of the file stay what they are; no network, no DTD. */
	xmlDocPtr doc = parser ? xmlCtxtReadMemory(parser, r->bytes, (int)r->len, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA) : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	sp_status status = SP_OK;
	if (!doc) {
		const xmlError *problem = parser ? xmlCtxtGetLastError(parser) : NULL;
		status = sp_error_set(r->err, SP_ERR_INVALID, r->name, problem ? problem->line : 0, "not XML: %.200s",
			problem && problem->message ? problem->message : "");
	} else if (!root || strcmp((const char *)root->name, "phpmyfaq") != 0) {
		status = spi_reading_bad(r, "it is no export of phpMyFAQ: the root element is not <phpmyfaq>");
	} else {
		status = read_articles(r, root);
	}
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(parser);
	return status;
}

sp_status spi_read_phpmyfaq(spi_reading *r)
{
	size_t first = strspn(r->bytes, "\xef\xbb\xbf \t\r\n");
	return r->bytes[first] == '<' ? read_xml(r) : read_json(r);
}
