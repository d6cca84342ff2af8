/* The state of a walk: where it is, the way there, what was shown. */
#include "answer/walk.h"

#include <ctype.h>
#include <string.h>

bool spi_step_is_end(const sp_step *step)
{
	return step->choices_count == 0 && step->next == 0;
}

static sp_strings room(const sp_strings *from, sp_arena *arena)
{
	sp_strings list = {sp_arena_calloc(arena, SP_WALK_STEPS_KEPT, sizeof *list.items), 0};
	size_t skipped = from && from->count > SP_WALK_STEPS_KEPT ? from->count - SP_WALK_STEPS_KEPT : 0;
	for (size_t i = skipped; list.items && from && i < from->count; i++)
		list.items[list.count++] = from->items[i];
	return list;
}

/* Of very long walks the oldest part is forgotten. */
static void add(sp_strings *list, const char *anchor)
{
	if (list->count == SP_WALK_STEPS_KEPT)
		memmove(list->items, list->items + 1, --list->count * sizeof *list->items);
	list->items[list->count++] = anchor;
}

static bool holds(const sp_strings *list, const char *anchor)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], anchor) == 0)
			return true;
	return false;
}

sp_walk *spi_walk_copy(const sp_walk *walk, sp_arena *arena)
{
	sp_walk *copy = sp_arena_alloc(arena, sizeof *copy);
	if (!copy)
		return NULL;
	*copy = *walk;
	copy->way = room(&walk->way, arena);
	copy->seen = room(&walk->seen, arena);
	return copy->way.items && copy->seen.items ? copy : NULL;
}

sp_walk *spi_walk_new(const sp_record *article, const sp_steps *steps, sp_arena *arena)
{
	const sp_walk none = {.article = article->id, .lang = article->lang, .version = article->version};
	sp_walk *walk = spi_walk_copy(&none, arena);
	if (walk)
		spi_walk_go(walk, steps, sp_steps_first(steps));
	return walk;
}

static void arrive(sp_walk *walk, const sp_steps *steps, size_t step)
{
	walk->step = steps->items[step].anchor;
	walk->state = spi_step_is_end(&steps->items[step]) ? SP_WALK_ENDED : SP_WALK_GOING;
	if (!holds(&walk->seen, walk->step))
		add(&walk->seen, walk->step);
}

void spi_walk_go(sp_walk *walk, const sp_steps *steps, size_t step)
{
	add(&walk->way, steps->items[step].anchor);
	arrive(walk, steps, step);
}

void spi_walk_back(sp_walk *walk, const sp_steps *steps)
{
	if (walk->way.count > 1)
		walk->way.count--;
	arrive(walk, steps, sp_steps_find(steps, walk->way.items[walk->way.count - 1]));
}

void spi_walk_restart(sp_walk *walk, const sp_steps *steps)
{
	walk->way.count = 0;
	spi_walk_go(walk, steps, sp_steps_first(steps));
}

static void keep_known(sp_strings *list, const sp_steps *steps)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		size_t step = sp_steps_find(steps, list->items[i]);
		if (step <= steps->count)
			list->items[kept++] = steps->items[step].anchor;
	}
	list->count = kept;
}

bool spi_walk_fit(sp_walk *walk, const sp_record *article, const sp_steps *steps)
{
	size_t at = sp_steps_find(steps, walk->step);
	walk->version = article->version;
	keep_known(&walk->way, steps);
	keep_known(&walk->seen, steps);
	if (at > steps->count) {
		spi_walk_restart(walk, steps);
		return false;
	}
	if (walk->way.count == 0 || strcmp(walk->way.items[walk->way.count - 1], walk->step) != 0)
		add(&walk->way, steps->items[at].anchor);
	arrive(walk, steps, at);
	return true;
}

/* ---- codes ---- */

/* Past a word that people put before it. */
static size_t skip_word(const char *text, size_t len)
{
	static const char *const words[] = {"codice", "code", "il codice", "the code", "der code", "mein code", "my code"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t word = strlen(words[i]);
		if (len > word && strncasecmp(text, words[i], word) == 0 && strchr(" :", text[word]))
			return word + 1;
	}
	return 0;
}

bool sp_walk_code_read(const char *text, size_t len, char ret[SP_WALK_CODE_LEN + 1])
{
	size_t count = 0, digits = 0;
	for (size_t i = skip_word(text, len); i < len; i++) {
		int c = toupper((unsigned char)text[i]);
		if (strchr(" -.:", c))
			continue;
		if (count == SP_WALK_CODE_LEN || !c || !strchr(SP_WALK_CODE_ALPHABET, c))
			return false;
		ret[count++] = (char)c;
		digits += isdigit(c) != 0;
	}
	ret[count] = '\0';
	return count == SP_WALK_CODE_LEN && digits > 0 && digits < SP_WALK_CODE_LEN;
}
