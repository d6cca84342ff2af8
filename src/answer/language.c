/* In which language a message is answered. */
#include "answer/decide.h"

#include <string.h>

#define SURE_OF_LANGUAGE 0.75 /* from here on the text's language goes before the one of the page */
#define PASTED_SIGNS 6
#define PASTED_SHARE 25   /* one of so many characters is such a sign */
#define PASTED_SURE 0.4

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

/* Something of a program: braces, equals signs, quotes, stack traces. */
static bool looks_pasted(const sp_question *question)
{
	size_t signs = 0;
	for (size_t i = 0; i < question->len; i++)
		signs += question->text[i] != '\0' && strchr("{}[]()<>=;:\"|", question->text[i]) != NULL;
	return question->len > 0 && signs >= PASTED_SIGNS && signs * PASTED_SHARE >= question->len;
}

sp_lang spi_choose_language(const sp_question *question, const sp_kb_config *config, const sp_turn *last, sp_index *index, sp_arena *arena)
{
	double sure = 0;
	sp_lang found = sp_text_language(question->text, question->len, config->langs, &sure);
	if (looks_pasted(question)) /* the words of a log are English, whoever pastes it */
		sure = sure < PASTED_SURE ? sure : PASTED_SURE;
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
