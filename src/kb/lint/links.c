/* What articles name of each other. */
#include "kb/lint/lint.h"

#include <string.h>

enum { SUGGEST_MAX = 2000 }; /* with more articles than this nobody waits for a suggestion */

typedef struct linker {
	spi_checker *c;
	spi_entry *entry;
	spi_report report;
} linker;

/* The article in this language, else in the default one, else in any: as a reader would be led. */
spi_entry *spi_lint_find(const spi_checker *c, const spi_entry *entry, const char *id)
{
	size_t len = strlen(id);
	if (entry->waits && strcmp(id, entry->id) == 0)
		return (spi_entry *)entry;
	spi_entry *found = spi_map_get(&c->by_id[entry->lang], id, len);
	if (!found)
		found = spi_map_get(&c->by_id[c->config->default_lang], id, len);
	return found ? found : spi_map_get(&c->ids, id, len);
}

static spi_entry *find(const linker *l, const char *id)
{
	return spi_lint_find(l->c, l->entry, id);
}

static const char **all_ids(const linker *l)
{
	const char **ids = sp_arena_calloc(l->c->arena, l->c->count + 1, sizeof *ids);
	for (size_t i = 0; ids && i < l->c->count; i++)
		ids[i] = l->c->entries[i]->id;
	return ids;
}

/* The only article that a broken link or related id can mean; a successor and what a notice covers are the editor's. */
static void propose_id(linker *l, const spi_ref *ref, spi_rule rule, const char **ids)
{
	if (!spi_findings_wants_mends(l->c->findings) || (rule != SPI_RULE_BROKEN_LINK && rule != SPI_RULE_BROKEN_RELATED))
		return;
	const char *meant = spi_only_near(ref->text, ids, l->c->count, sizeof *ids);
	if (meant && strcmp(meant, l->entry->id) != 0)
		spi_propose(&l->report, rule, ref->place, SPI_MEND_REPLACE, ref->text, meant);
}

static void report_missing(linker *l, const spi_ref *ref, spi_rule rule, const char *variant)
{
	const char **ids = l->c->count <= SUGGEST_MAX ? all_ids(l) : NULL;
	SPI_REPORT(&l->report, rule, ref->place, variant, {"value", ref->text},
		{"suggestion", ids ? spi_nearest(ref->text, ids, l->c->count, sizeof *ids) : ""});
	if (ids)
		propose_id(l, ref, rule, ids);
}

void spi_lint_missing(spi_checker *c, const spi_entry *entry, const spi_ref *ref, spi_rule rule, const char *variant)
{
	linker l = {c, (spi_entry *)entry, {.findings = c->findings, .config = c->config, .file = entry->file}};
	report_missing(&l, ref, rule, variant);
}

static spi_entry *need(linker *l, const spi_ref *ref, spi_rule rule)
{
	spi_entry *found = find(l, ref->text);
	if (!found)
		report_missing(l, ref, rule, NULL);
	return found;
}

bool spi_all_can_read(const sp_kb_config *config, sp_audiences from, sp_audiences to)
{
	for (size_t i = 0; i < config->audiences_count; i++) {
		sp_audiences reads = config->audiences[i].reads;
		if ((reads & from) && !(reads & to))
			return false;
	}
	return true;
}

/* The same for a link inside a block: who sees it must be able to read the article around it and the block's audience.
 */
static bool link_can_be_followed(
	const sp_kb_config *config, const spi_entry *entry, const spi_ref *ref, sp_audiences to)
{
	if (ref->only == ~(sp_audiences)0)
		return spi_all_can_read(config, entry->audience, to);
	for (size_t i = 0; i < config->audiences_count; i++) {
		sp_audiences reads = config->audiences[i].reads;
		if ((reads & entry->audience) && (reads & ref->only) && !(reads & to))
			return false;
	}
	return true;
}

static bool has_anchor(const spi_entry *entry, const char *anchor)
{
	for (size_t i = 0; i < entry->anchors_count; i++) {
		if (strcmp(entry->anchors[i], anchor) == 0)
			return true;
	}
	return false;
}

static void propose_anchor(linker *l, const spi_ref *ref, const spi_entry *target)
{
	const char *meant = spi_findings_wants_mends(l->c->findings)
		? spi_only_near(ref->anchor, target->anchors, target->anchors_count, sizeof *target->anchors)
		: NULL;
	char *old = meant ? sp_arena_printf(l->c->arena, "%s#%s", ref->text, ref->anchor) : NULL;
	char *new = meant ? sp_arena_printf(l->c->arena, "%s#%s", ref->text, meant) : NULL;
	if (old)
		spi_propose(&l->report, SPI_RULE_BROKEN_ANCHOR, ref->place, SPI_MEND_REPLACE, old, new);
}

static void check_link(linker *l, const spi_ref *ref)
{
	const spi_entry *target = need(l, ref, SPI_RULE_BROKEN_LINK);
	if (!target)
		return;
	if (ref->anchor && *ref->anchor && !has_anchor(target, ref->anchor)) {
		SPI_REPORT(&l->report, SPI_RULE_BROKEN_ANCHOR, ref->place, "other", {"value", ref->anchor}, {"id", ref->text},
			{"suggestion", spi_nearest(ref->anchor, target->anchors, target->anchors_count, sizeof *target->anchors)});
		propose_anchor(l, ref, target);
	}
	if (!link_can_be_followed(l->c->config, l->entry, ref, target->audience))
		SPI_REPORT(&l->report, SPI_RULE_HIDDEN_LINK, ref->place, NULL, {"id", ref->text});
}

static void check_related(linker *l)
{
	for (size_t i = 0; i < l->entry->facts.related_list.count; i++) {
		const spi_ref *ref = &l->entry->facts.related_list.items[i];
		if (strcmp(ref->text, l->entry->id) == 0)
			SPI_REPORT(&l->report, SPI_RULE_BROKEN_RELATED, ref->place, "self", {"value", ref->text});
		else
			need(l, ref, SPI_RULE_BROKEN_RELATED);
	}
}

void spi_lint_links(spi_checker *c, spi_entry *entry)
{
	linker l = {c, entry, {.findings = c->findings, .config = c->config, .file = entry->file}};
	for (size_t i = 0; i < entry->facts.outline.articles.count; i++)
		check_link(&l, &entry->facts.outline.articles.items[i]);
	check_related(&l);
	for (size_t i = 0; i < entry->facts.covers_list.count; i++)
		need(&l, &entry->facts.covers_list.items[i], SPI_RULE_BROKEN_COVERS);
}
