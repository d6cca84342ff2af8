/* Ids and questions: each once. */
#include "kb/lint/lint.h"

#include <string.h>

static spi_report report_for(const spi_checker *c, const spi_entry *entry)
{
	return (spi_report){.findings = c->findings, .config = c->config, .file = entry->file};
}

void spi_lint_identity(spi_checker *c, spi_entry *entry)
{
	size_t len = strlen(entry->id);
	spi_report report = report_for(c, entry);
	void **slot = spi_map_put(&c->by_id[entry->lang], entry->id, len);
	if (slot && *slot)
		SPI_REPORT(&report, SPI_RULE_DUPLICATE_ID, entry->facts.id, NULL, {"id", entry->id},
			{"file", ((spi_entry *)*slot)->path});
	else if (slot)
		*slot = entry;
	slot = spi_map_put(&c->ids, entry->id, len);
	if (slot && !*slot)
		*slot = entry;
}

/* Beside it, with the same id: the text that an edit is to take the place of. */
static spi_entry *replaced_by_edit(const spi_checker *c, const spi_entry *entry)
{
	spi_entry *live = spi_map_get(&c->by_id[entry->lang], entry->id, strlen(entry->id));
	const char *path = sp_kb_waiting_other(entry->path, c->arena);
	return live && path && strcmp(live->path, path) == 0 ? live : NULL;
}

void spi_lint_waiting(spi_checker *c, spi_entry *entry)
{
	char mine[16], theirs[16];
	spi_report report = report_for(c, entry);
	const spi_entry *live = replaced_by_edit(c, entry);
	if (entry->named_status != SP_STATUS_DRAFT)
		spi_report_add(&report, SPI_RULE_WAITING_EDIT, entry->facts.status, "status", NULL);
	if (!live)
		SPI_REPORT(&report, SPI_RULE_WAITING_EDIT, entry->facts.id, "alone", {"id", entry->id});
	else if (live->status != SP_STATUS_PUBLISHED)
		SPI_REPORT(&report, SPI_RULE_WAITING_EDIT, entry->facts.id, "not-published", {"file", live->path});
	else if (entry->updated < live->updated)
		SPI_REPORT(&report, SPI_RULE_WAITING_EDIT, entry->facts.updated, "older", {"date", spi_write_date(live->updated, theirs)},
			{"own", spi_write_date(entry->updated, mine)}, {"file", live->path});
}

void spi_lint_questions(spi_checker *c, spi_entry *entry)
{
	spi_report report = report_for(c, entry);
	const spi_entry *live = entry->waits ? replaced_by_edit(c, entry) : NULL;
	for (size_t i = 0; i < entry->facts.question_list.count; i++) {
		const spi_ref *question = &entry->facts.question_list.items[i];
		size_t len;
		char *normal = sp_text_normal_form(question->text, strlen(question->text), c->arena, &len);
		void **slot = normal && len ? spi_map_put(&c->questions[entry->lang], normal, len) : NULL;
		if (!slot)
			continue;
		const spi_entry *other = *slot != live ? *slot : NULL; /* those of the text that it replaces are its own */
		if (other == entry)
			spi_propose(&report, SPI_RULE_DUPLICATE_QUESTION, question->place, SPI_MEND_ITEM, question->text, NULL);
		if (other)
			SPI_REPORT(&report, SPI_RULE_DUPLICATE_QUESTION, question->place, other == entry ? "same" : NULL,
				{"value", question->text}, {"file", other->path});
		else
			*slot = entry;
	}
}
