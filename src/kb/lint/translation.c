/* Translations: that they are there, are not older than the original, and say the same in figures. */
#include "kb/lint/lint.h"

#include <stdio.h>
#include <string.h>

static spi_report report_for(const spi_checker *c, const spi_entry *entry)
{
	return (spi_report){.findings = c->findings, .config = c->config, .file = entry->file};
}

static spi_entry *in_language(const spi_checker *c, const spi_entry *entry, sp_lang lang)
{
	return spi_map_get(&c->by_id[lang], entry->id, strlen(entry->id));
}

static void check_wanted(spi_checker *c, const spi_entry *entry)
{
	spi_report report = report_for(c, entry);
	if (entry->status != SP_STATUS_PUBLISHED)
		return;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (entry->languages >> lang & 1 && lang != (int)entry->lang && !in_language(c, entry, (sp_lang)lang))
			SPI_REPORT(&report, SPI_RULE_MISSING_TRANSLATION, entry->facts.languages, NULL,
				{"lang", sp_lang_code((sp_lang)lang)}, {"id", entry->id});
	}
}

static void check_day(spi_checker *c, const spi_entry *entry, const spi_entry *original)
{
	char mine[16], theirs[16];
	spi_report report = report_for(c, entry);
	if (!entry->updated || original->updated <= entry->updated || entry->status != SP_STATUS_PUBLISHED ||
		original->status != SP_STATUS_PUBLISHED)
		return;
	SPI_REPORT(&report, SPI_RULE_OUTDATED_TRANSLATION, entry->facts.updated, NULL,
		{"date", spi_write_date(original->updated, theirs)}, {"own", spi_write_date(entry->updated, mine)},
		{"file", original->path});
}

/* Who moves the end of a notice forgets the other languages: there it would end, or last, alone. */
static void check_times(spi_checker *c, const spi_entry *entry, const spi_entry *original)
{
	spi_report report = report_for(c, entry);
	if (entry->type != SP_TYPE_NOTICE || original->type != SP_TYPE_NOTICE || entry->status != SP_STATUS_PUBLISHED ||
		original->status != SP_STATUS_PUBLISHED || (entry->starts_utc_s == original->starts_utc_s && entry->ends_utc_s == original->ends_utc_s))
		return;
	SPI_REPORT(&report, SPI_RULE_OUTDATED_TRANSLATION, entry->facts.ends, "times", {"file", original->path});
}

static bool has(const spi_entry *original, const spi_value *value)
{
	for (size_t i = 0; i < original->text.said_count; i++) {
		if (spi_value_meets(value, &original->text.said[i].value))
			return true;
	}
	return false;
}

/* Web pages have addresses of their own in each language, and words for numbers are free. */
static bool is_comparable(const spi_value *value)
{
	return value->kind != SPI_VALUE_ADDRESS && !(value->in_words && value->number == 1000);
}

/* A translation may leave out a value, but must not have one that the original does not. */
static void check_values(spi_checker *c, const spi_entry *entry, const spi_entry *original)
{
	spi_report report = report_for(c, entry);
	if (!spi_entries_overlap(entry, original))
		return;
	for (size_t i = 0; i < entry->text.body_said_count; i++) {
		const spi_said *said = &entry->text.said[i];
		if (is_comparable(&said->value) && !has(original, &said->value))
			SPI_REPORT(&report, SPI_RULE_CONTRADICTION, said->place, "translation", {"value", said->as_written},
				{"file", original->path});
	}
}

void spi_lint_translation(spi_checker *c, spi_entry *entry)
{
	sp_lang lang = c->config->default_lang;
	if (entry->lang == lang) {
		check_wanted(c, entry);
		return;
	}
	const spi_entry *original = in_language(c, entry, lang);
	spi_report report = report_for(c, entry);
	if (!original) {
		SPI_REPORT(&report, SPI_RULE_NO_ORIGINAL, entry->facts.id, NULL, {"id", entry->id}, {"lang", sp_lang_code(lang)});
		return;
	}
	check_day(c, entry, original);
	check_times(c, entry, original);
	check_values(c, entry, original);
}
