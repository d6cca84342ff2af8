/* kb.yaml for an import: a minimal one for a new folder; in one that is there, the categories and languages that lack.
 */
#include "kb/config.h"
#include "kb/slug.h"
#include "kb/write.h"

#include "base/file.h"
#include "kb/lines.h"

#include <string.h>

typedef struct planner {
	const char *dir, *file;
	sp_arena *arena;
	sp_error *err;
	sp_strings keys, names; /* categories wanted: keys, and what people call them */
	unsigned langs;
} planner;

static sp_status no_memory(const planner *p)
{
	return sp_error_set(p->err, SP_ERR_NOMEM, p->file, 0, "not enough memory to write it");
}

static bool has(const sp_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}

static sp_status plan_categories(planner *p, const sp_strings *categories)
{
	p->keys.items = sp_arena_calloc(p->arena, categories->count + 1, sizeof(char *));
	p->names.items = sp_arena_calloc(p->arena, categories->count + 1, sizeof(char *));
	if (!p->keys.items || !p->names.items)
		return no_memory(p);
	for (size_t i = 0; i < categories->count; i++) {
		const char *key = spi_key_of(categories->items[i], p->arena);
		if (!key)
			return no_memory(p);
		if (!*key)
			return sp_error_set(p->err, SP_ERR_INVALID, p->file, 0,
				"no folder can be named after the category \"%.100s\"", categories->items[i]);
		if (has(&p->keys, key))
			continue;
		p->names.items[p->names.count++] = categories->items[i];
		p->keys.items[p->keys.count++] = key;
	}
	if (!p->keys.count)
		p->keys.items[p->keys.count++] = p->names.items[p->names.count++] = "imported";
	return SP_OK;
}

static void add_category(sp_buffer *out, const planner *p, size_t i, int indent)
{
	sp_buffer_printf(out, "%*s%s:\n%*sname: ", indent, "", p->keys.items[i], indent * 2, "");
	spi_yaml_write(out, p->names.items[i]);
	sp_buffer_add_char(out, '\n');
}

static sp_status write_new(planner *p)
{
	static const char audiences[] =
		"audiences:\n"
		"  citizen:\n"
		"    name: {it: Cittadini e imprese, en: Citizens and businesses, de: Bürger und Unternehmen}\n"
		"  creditor:\n"
		"    name: {it: Enti creditori, en: Creditor entities, de: Gläubigerkörperschaften}\n"
		"    reads: [citizen]\n"
		"  psp:\n"
		"    name: {it: Prestatori di servizi di pagamento, en: Payment service providers, de: Zahlungsdienstleister}\n"
		"    reads: [citizen]\n"
		"  partner:\n"
		"    name: {it: Partner tecnologici, en: Technology partners, de: Technologiepartner}\n"
		"    reads: [citizen]\n"
		"  agent-l1:\n"
		"    name: {it: Operatori di primo livello, en: First-level agents, de: Mitarbeiter der ersten Ebene}\n"
		"    reads: [citizen, creditor, psp, partner]\n"
		"  agent-l2:\n"
		"    name: {it: Operatori di secondo livello, en: Second-level agents, de: Mitarbeiter der zweiten Ebene}\n"
		"    reads: [citizen, creditor, psp, partner, agent-l1]\n";
	sp_buffer out = SP_BUFFER_INIT;
	const char *separator = "";
	sp_buffer_add_text(&out, "service:\n  name: {it: Assistenza, en: Support, de: Kundendienst}\nlanguages: [");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(p->langs >> lang & 1))
			continue;
		sp_buffer_printf(&out, "%s%s", separator, sp_lang_code((sp_lang)lang));
		separator = ", ";
	}
	sp_buffer_printf(&out, "]\ntimezone: Europe/Rome\n%scategories:\n", audiences);
	for (size_t i = 0; i < p->keys.count; i++)
		add_category(&out, p, i, 2);
	sp_status status = sp_buffer_ok(&out) ? spi_mkdirs(p->dir, p->err) : no_memory(p);
	if (status == SP_OK)
		status = spi_file_write(p->file, out.data, out.len, p->err);
	sp_buffer_release(&out);
	return status;
}

/* Cannot be put in by us, and how to do it by hand. */
static sp_status by_hand(const planner *p, const spi_yaml *node, const char *what, const char *where)
{
	return sp_error_set(p->err, SP_ERR_CONFLICT, p->file, node ? node->place.line : 0,
		"it does not know the %s; add it under %s:", what, where);
}

/* Lines for the categories that lack, to go before the first one that is there. */
static sp_status add_categories(
	const planner *p, const spi_yaml *root, const spi_lines *lines, sp_buffer *out, size_t *ret_at)
{
	const spi_yaml *map = spi_yaml_get(root, "categories");
	for (size_t i = 0; i < p->keys.count; i++) {
		if (map && map->kind == SPI_YAML_MAP) {
			const spi_yaml *child = map->first;
			while (child && strcmp(child->key, p->keys.items[i]) != 0)
				child = child->next;
			if (child)
				continue;
		}
		if (!map || map->kind != SPI_YAML_MAP || map->is_flow || !map->first)
			return by_hand(p, map, sp_arena_printf(p->arena, "category %s", p->keys.items[i]), "categories");
		*ret_at = spi_line_start(lines, map->first->key_place.line);
		add_category(out, p, i, map->first->key_place.column - 1);
	}
	return SP_OK;
}

/* What lacks in the list of languages, to go behind its last item. */
static sp_status add_languages(
	const planner *p, const spi_yaml *root, const spi_lines *lines, sp_buffer *out, size_t *ret_at)
{
	const spi_yaml *list = spi_yaml_get(root, "languages"), *last = list ? list->first : NULL;
	unsigned have = 0;
	for (const spi_yaml *item = last; item; item = item->next) {
		sp_lang lang = item->text ? sp_lang_of(item->text, item->len) : SP_LANG_NONE;
		have |= lang == SP_LANG_NONE ? 0 : 1u << lang;
		last = item;
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(p->langs >> lang & 1) || have >> lang & 1)
			continue;
		size_t start = last ? spi_line_start(lines, last->place.line) : 0;
		size_t at = start + (last ? (size_t)last->place.column - 1 : 0);
		if (!last || !last->text || strncmp(lines->text + at, last->text, last->len) != 0)
			return by_hand(p, list, sp_arena_printf(p->arena, "language %s", sp_lang_code((sp_lang)lang)), "languages");
		*ret_at = list->is_flow ? at + last->len : spi_line_end(lines, last->place.line);
		if (list->is_flow)
			sp_buffer_printf(out, ", %s", sp_lang_code((sp_lang)lang));
		else
			sp_buffer_printf(out, "\n%*s- %s", list->place.column - 1, "", sp_lang_code((sp_lang)lang));
	}
	return SP_OK;
}

typedef struct insertion {
	sp_buffer text;
	size_t at;
} insertion;

static void apply(const insertion *first, const insertion *second, const char *text, size_t len, sp_buffer *out)
{
	if (second->at < first->at) {
		apply(second, first, text, len, out);
		return;
	}
	sp_buffer_add(out, text, first->at);
	sp_buffer_add(out, first->text.data, first->text.len);
	sp_buffer_add(out, text + first->at, second->at - first->at);
	sp_buffer_add(out, second->text.data, second->text.len);
	sp_buffer_add(out, text + second->at, len - second->at);
}

/* What was written must be a kb.yaml still; if not, the old one stays. */
static sp_status write_changed(planner *p, const sp_buffer *text)
{
	spi_report report = {.file = p->file, .err = p->err};
	if (!sp_buffer_ok(text))
		return no_memory(p);
	sp_kb_config *config = spi_config_read(text->data, text->len, &report);
	bool good = config && !report.broken;
	sp_kb_config_free(config);
	return good ? spi_file_write(p->file, text->data, text->len, p->err) : SP_ERR_INVALID;
}

static sp_status extend(planner *p, const char *text, size_t len, const spi_yaml *root)
{
	insertion categories = {.at = 0}, languages = {.at = 0};
	sp_buffer changed = SP_BUFFER_INIT;
	spi_lines lines;
	if (!spi_lines_read(&lines, text, len, p->arena))
		return no_memory(p);
	sp_status status = add_categories(p, root, &lines, &categories.text, &categories.at);
	if (status == SP_OK)
		status = add_languages(p, root, &lines, &languages.text, &languages.at);
	if (status == SP_OK && (categories.text.len || languages.text.len)) {
		apply(&categories, &languages, text, len, &changed);
		status = write_changed(p, &changed);
	}
	sp_buffer_release(&categories.text);
	sp_buffer_release(&languages.text);
	sp_buffer_release(&changed);
	return status;
}

/* kb.yaml is there: it must be good before anything is put into it. */
static sp_status prepare_old(planner *p)
{
	const char *text;
	size_t len;
	spi_report report = {.file = p->file, .err = p->err};
	sp_status status = spi_config_bytes(p->dir, p->arena, &text, &len, p->err);
	if (status != SP_OK)
		return status;
	sp_kb_config *config = spi_config_read(text, len, &report);
	bool good = config && !report.broken;
	sp_kb_config_free(config);
	const spi_yaml *root = good ? spi_yaml_read(text, len, 1, p->arena, &report) : NULL;
	return root ? extend(p, text, len, root) : SP_ERR_INVALID;
}

sp_status sp_kb_prepare(const char *dir, const sp_strings *categories, unsigned langs, sp_error *err)
{
	planner p = {.dir = dir, .arena = sp_arena_new(0), .err = err, .langs = langs ? langs : 1u << SP_LANG_IT};
	if (!p.arena)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory");
	p.file = sp_arena_printf(p.arena, "%s/" SPI_CONFIG_FILE, dir);
	sp_status status = p.file ? plan_categories(&p, categories) : no_memory(&p);
	if (status == SP_OK)
		status = spi_exists(p.file) ? prepare_old(&p) : write_new(&p);
	sp_arena_free(p.arena);
	return status;
}
