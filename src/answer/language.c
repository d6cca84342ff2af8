/* In which language a message is answered. */
#include "answer/decide.h"

#include <string.h>

#define SURE_OF_LANGUAGE 0.75 /* from here on the text's language goes before the one of the page */

static bool is_title_of(sp_index *index, const char *id, sp_lang lang, const sp_question *question, sp_arena *arena)
{
	sp_record record;
	return sp_index_get(index, id, lang, arena, &record, NULL) == SP_OK && strlen(record.title) == question->len &&
	       memcmp(record.title, question->text, question->len) == 0;
}

/* Whether the message is the title of something that was offered. */
static bool is_tapped(const sp_question *question, const sp_turn *last, sp_index *index, sp_arena *arena)
{
	for (size_t i = 0; last && i < last->offered.count; i++) {
		unsigned langs = sp_index_langs_of(index, last->offered.items[i]);
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			if (langs >> lang & 1 && is_title_of(index, last->offered.items[i], (sp_lang)lang, question, arena))
				return true;
	}
	return false;
}

sp_lang spi_choose_language(const sp_question *question, const sp_kb_config *config, const sp_turn *last, sp_index *index, sp_arena *arena)
{
	double sure = 0;
	sp_lang found = sp_text_language(question->text, question->len, config->langs, &sure);
	bool changes = last && last->lang != SP_LANG_NONE && found != last->lang;
	if (changes && is_tapped(question, last, index, arena))
		return last->lang;
	if (found != SP_LANG_NONE && sure >= SURE_OF_LANGUAGE)
		return found;
	if (question->lang != SP_LANG_NONE)
		return question->lang;
	if (last && last->lang != SP_LANG_NONE)
		return last->lang;
	return found != SP_LANG_NONE && sure >= 0.5 ? found : config->default_lang;
}
