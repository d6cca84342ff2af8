/* Gaps for who sits at a terminal. */
#include "sportello/catalog.h"
#include "sportello/gaps.h"

#include <inttypes.h>

static void heading(sp_buffer *out, sp_lang lang, const char *key, size_t count)
{
	sp_buffer_printf(out, "\n%s (%zu)\n", sp_catalog_text(lang, key), count);
}

static void list_texts(sp_buffer *out, const sp_strings *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		sp_buffer_printf(out, "      \"%s\"\n", texts->items[i]);
}

static void put_topics(const sp_gaps *gaps, sp_lang lang, sp_buffer *out)
{
	heading(out, lang, "gaps.topics", gaps->topics_count);
	for (size_t i = 0; i < gaps->topics_count; i++) {
		const sp_topic *topic = &gaps->topics[i];
		sp_buffer_printf(out, "%5" PRIu32 "  %-50s %s %.1f\n", topic->conversations, topic->name, sp_catalog_text(lang, "gaps.effect"), topic->effect);
		if (topic->nearest.id)
			sp_buffer_printf(out, "      %s: %s (%.2f)\n", sp_catalog_text(lang, "gaps.nearest"), topic->nearest.id, topic->near);
		list_texts(out, &topic->examples);
	}
}

static void put_unsolving(const sp_gaps *gaps, sp_lang lang, sp_buffer *out)
{
	heading(out, lang, "gaps.unsolving", gaps->unsolving_count);
	for (size_t i = 0; i < gaps->unsolving_count; i++) {
		const sp_unsolving *row = &gaps->unsolving[i];
		sp_buffer_printf(out, "%5" PRIu32 " / %-5" PRIu32 " %-44s >= %.0f %%   %s %.1f\n", row->failed, row->shown, row->article.id, 100 * row->low,
			sp_catalog_text(lang, "gaps.effect"), row->effect);
	}
}

static void put_wrong(const sp_gaps *gaps, sp_lang lang, sp_buffer *out)
{
	heading(out, lang, "gaps.wrong", gaps->wrong_count);
	for (size_t i = 0; i < gaps->wrong_count; i++) {
		const sp_wrong *row = &gaps->wrong[i];
		sp_buffer_printf(out, "%5" PRIu32 "  %s -> %s\n", row->by_person + row->by_agent, row->shown.id, row->solved.id);
		list_texts(out, &row->examples);
	}
}

static void put_words(const sp_gaps *gaps, sp_lang lang, sp_buffer *out)
{
	heading(out, lang, "gaps.words", gaps->words_count);
	for (size_t i = 0; i < gaps->words_count; i++) {
		const sp_missing_word *row = &gaps->words[i];
		sp_buffer_printf(out, "%5" PRIu32 "  %-24s", row->conversations, row->word);
		if (row->known)
			sp_buffer_printf(out, " = %s", row->known);
		sp_buffer_printf(out, "   %s %.1f\n", sp_catalog_text(lang, "gaps.effect"), row->effect);
	}
}

void sp_gaps_text(const sp_gaps *gaps, sp_lang lang, sp_buffer *out)
{
	sp_buffer_printf(out, "%s: %" PRIu32 "\n%s: %" PRIu32 " (%s: %" PRIu32 ")\n", sp_catalog_text(lang, "gaps.conversations"), gaps->conversations,
		sp_catalog_text(lang, "gaps.unanswered"), gaps->unanswered, sp_catalog_text(lang, "gaps.in-topics"), gaps->in_topics);
	put_topics(gaps, lang, out);
	put_unsolving(gaps, lang, out);
	put_wrong(gaps, lang, out);
	put_words(gaps, lang, out);
}
