/* Whether those who read an article get on to what takes its place, by the way that the service leads them. */
#include "kb/lint/lint.h"

#include <string.h>

/* So many successors one after the other are followed. */
#define STEPS_MAX 8

/* Following the successors must come to an end. */
static bool is_circle(const spi_checker *c, spi_entry *from, int mark)
{
	for (spi_entry *at = from; at; at = at->replaced_by ? spi_lint_find(c, from, at->replaced_by) : NULL) {
		if (at->mark == mark)
			return true;
		if (at->mark > 0 && at->mark < mark && at != from)
			return false; /* looked at before: it ended, or its circle is told there */
		at->mark = mark;
	}
	return false;
}

static bool is_over(const spi_checker *c, const spi_entry *entry)
{
	bool ended = entry->valid_until && entry->valid_until < c->today && !entry->ended;
	return entry->status == SP_STATUS_RETIRED || (entry->status == SP_STATUS_PUBLISHED && ended);
}

/* What these readers find at an id, in any language: the article, else one that leads them on, else NULL. */
static const spi_entry *find_for(const spi_checker *c, const char *id, sp_audiences reads)
{
	const spi_entry *leads = NULL;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const spi_entry *at = spi_map_get(&c->by_id[lang], id, strlen(id));
		if (!at || !(at->audience & reads))
			continue;
		if (at->status == SP_STATUS_PUBLISHED && !is_over(c, at))
			return at;
		if (at->replaced_by && is_over(c, at))
			leads = at;
	}
	return leads;
}

/* Where these readers are left with nothing to read; NULL = they get to an article. */
static const char *lost_at(const spi_checker *c, const spi_entry *entry, sp_audiences reads)
{
	const char *id = entry->replaced_by;
	for (int step = 0; step < STEPS_MAX; step++) {
		const spi_entry *next = find_for(c, id, reads);
		if (!next)
			return id;
		if (!is_over(c, next))
			return NULL;
		id = next->replaced_by;
	}
	return NULL;
}

/* Variant of the text: what keeps everybody from reading it; NULL = it is for others. */
static const char *why_lost(const spi_checker *c, const spi_entry *entry, const char *id)
{
	const spi_entry *found = spi_lint_find(c, entry, id);
	if (found && found->status == SP_STATUS_DRAFT)
		return "draft";
	return found && is_over(c, found) && !found->replaced_by ? "over" : NULL;
}

static void check_readers(const spi_checker *c, const spi_entry *entry, spi_report *report)
{
	for (size_t i = 0; i < c->config->audiences_count; i++) {
		sp_audiences reads = c->config->audiences[i].reads;
		const char *id = reads & entry->audience ? lost_at(c, entry, reads) : NULL;
		if (!id)
			continue;
		/* One that is not there at all is told of where it is named. */
		if (spi_lint_find(c, entry, id))
			SPI_REPORT(report, SPI_RULE_HIDDEN_SUCCESSOR, entry->facts.replaced_by, why_lost(c, entry, id), {"value", id});
		return;
	}
}

void spi_lint_successor(spi_checker *c, spi_entry *entry)
{
	const spi_ref ref = {.text = entry->replaced_by, .place = entry->facts.replaced_by};
	spi_report report = {.findings = c->findings, .config = c->config, .file = entry->file};
	if (!ref.text)
		return;
	if (!spi_lint_find(c, entry, ref.text))
		spi_lint_missing(c, entry, &ref, SPI_RULE_BROKEN_SUCCESSOR, NULL);
	else if (is_circle(c, entry, (int)c->marks++ + 1))
		SPI_REPORT(&report, SPI_RULE_BROKEN_SUCCESSOR, ref.place, "circle", {"value", ref.text});
	else if (entry->status != SP_STATUS_DRAFT)
		check_readers(c, entry, &report);
}
