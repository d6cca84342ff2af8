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

void spi_lint_questions(spi_checker *c, spi_entry *entry)
{
	spi_report report = report_for(c, entry);
	for (size_t i = 0; i < entry->facts.question_list.count; i++) {
		const spi_ref *question = &entry->facts.question_list.items[i];
		size_t len;
		char *normal = sp_text_normal_form(question->text, strlen(question->text), c->arena, &len);
		void **slot = normal && len ? spi_map_put(&c->questions[entry->lang], normal, len) : NULL;
		if (!slot)
			continue;
		const spi_entry *other = *slot;
		if (other == entry)
			spi_propose(&report, SPI_RULE_DUPLICATE_QUESTION, question->place, SPI_MEND_ITEM, question->text, NULL);
		if (other)
			SPI_REPORT(&report, SPI_RULE_DUPLICATE_QUESTION, question->place, other == entry ? "same" : NULL,
				{"value", question->text}, {"file", other->path});
		else
			*slot = entry;
	}
}
