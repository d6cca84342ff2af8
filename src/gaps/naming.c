/* Which words say what some questions are about: the frequent ones among them that are rare elsewhere, as their people write them. */
#include "gaps/terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8 /* forms of a stem that are counted */

typedef struct form { const char *word; uint32_t times; spi_asker first; bool by_two; } form;

typedef struct stem {
	double rarity, score;
	uint32_t times;
	spi_asker first;
	bool by_two;
	form forms[WORDS_MAX];
	size_t forms_count;
} stem;

void spi_naming_open(spi_naming *naming, const spi_terms *terms, sp_arena *arena)
{
	*naming = (spi_naming){.terms = terms, .arena = arena, .stems = {.arena = arena}};
}

static stem *stem_of(spi_naming *naming, const sp_token *token)
{
	stem *found = spi_map_get(&naming->stems, token->term, token->term_len);
	const uint32_t *number = spi_map_get(&naming->terms->numbers, token->term, token->term_len);
	if (found)
		return found;
	stem *made = sp_arena_calloc(naming->arena, 1, sizeof *made);
	void **slot = made ? spi_map_put(&naming->stems, token->term, token->term_len) : NULL;
	if (!slot)
		return NULL;
	/* One that only rarer spellings have is as rare as can be. */
	made->rarity = number && naming->terms->rarity ? naming->terms->rarity[*number] : log(1 + naming->terms->all);
	*slot = made;
	sp_buffer_add(&naming->list, &made, sizeof made);
	return sp_buffer_ok(&naming->list) ? made : NULL;
}

static void count_form(stem *of, const sp_token *token, spi_asker asker)
{
	size_t i = 0;
	while (i < of->forms_count && strcmp(of->forms[i].word, token->word) != 0)
		i++;
	if (i == WORDS_MAX)
		return;
	if (i == of->forms_count)
		of->forms[of->forms_count++] = (form){.word = token->word, .first = asker};
	of->forms[i].times++;
	of->forms[i].by_two |= of->forms[i].first != asker;
}

bool spi_naming_add(spi_naming *naming, sp_analyser *analyser, const char *text, sp_lang lang, spi_asker asker)
{
	sp_tokens tokens;
	if (sp_analyse(analyser, text, strlen(text), lang, naming->arena, &tokens) != SP_OK)
		return false;
	for (size_t i = 0; i < tokens.count; i++) {
		const sp_token *token = &tokens.items[i];
		if (token->is_function_word || (token->kind != SP_TOKEN_WORD && token->kind != SP_TOKEN_CODE) || token->term_len < 2)
			continue;
		stem *of = stem_of(naming, token);
		if (!of)
			return false;
		if (of->times == 0)
			of->first = asker;
		of->times++;
		of->by_two |= of->first != asker;
		count_form(of, token, asker);
	}
	return true;
}

static int by_score(const void *left, const void *right)
{
	const stem *a = *(stem *const *)left, *b = *(stem *const *)right;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return strcmp(a->forms[0].word, b->forms[0].word);
}

/* The form that most use; one that a single person wrote is not told. */
static const char *form_of(const stem *of)
{
	const form *best = NULL;
	for (size_t i = 0; i < of->forms_count; i++)
		if (of->forms[i].by_two && (!best || of->forms[i].times > best->times))
			best = &of->forms[i];
	return best ? best->word : NULL;
}

bool spi_naming_close(spi_naming *naming, size_t most, sp_arena *result, sp_strings *ret)
{
	stem **list = (stem **)(void *)naming->list.data;
	size_t count = naming->list.len / sizeof *list;
	for (size_t i = 0; i < count; i++)
		list[i]->score = list[i]->times * list[i]->rarity;
	if (count > 1)
		qsort(list, count, sizeof *list, by_score);
	*ret = (sp_strings){.items = sp_arena_calloc(result, most + 1, sizeof(char *))};
	bool ok = ret->items != NULL;
	for (size_t i = 0; ok && i < count && ret->count < most; i++) {
		const char *word = list[i]->by_two ? form_of(list[i]) : NULL;
		if (word)
			ok = (ret->items[ret->count++] = sp_arena_strdup(result, word)) != NULL;
	}
	sp_buffer_release(&naming->list);
	return ok;
}
