/* The conversations, the latest first, into what is counted of them. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/zone.h"
#include "gaps/gaps.h"
#include "gaps/wording.h"

#include <string.h>

sp_status spi_gap_no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static spi_gap_part *part_of(spi_gap_reading *r, int audience, sp_lang lang)
{
	spi_gap_part **slot = &r->parts[audience][lang];
	spi_gap_part *part = *slot;
	if (part)
		return part;
	if (!(part = sp_arena_calloc(r->arena, 1, sizeof *part)))
		return NULL;
	*part = (spi_gap_part){.audience = audience, .audience_key = sp_arena_strdup(r->result, r->config->audiences[audience].key), .lang = lang,
		.unanswered = {.max = (size_t)1 << 31}, .word_list = {.max = (size_t)1 << 31}, .shown_list = {.max = (size_t)1 << 31},
		.pair_list = {.max = (size_t)1 << 31}};
	part->texts.arena = part->spellings.arena = part->words.arena = part->shown.arena = part->pairs.arena = r->arena;
	return part->audience_key ? *slot = part : NULL;
}

void spi_gap_parts_release(spi_gap_reading *r)
{
	for (int a = 0; a < SP_AUDIENCES_MAX; a++)
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			spi_gap_part *part = r->parts[a][lang];
			if (!part)
				continue;
			sp_buffer_release(&part->unanswered);
			sp_buffer_release(&part->word_list);
			sp_buffer_release(&part->shown_list);
			sp_buffer_release(&part->pair_list);
		}
}

/* What is new under a key of a map, in the arena and in the part's list; NULL when memory is out. */
static void *need(spi_gap_reading *r, spi_map *map, sp_buffer *list, const char *key, size_t len, size_t size, bool *ret_new)
{
	void *found = spi_map_get(map, key, len);
	*ret_new = !found;
	if (found)
		return found;
	char *copy = sp_arena_strndup(r->arena, key, len);
	void *made = sp_arena_calloc(r->arena, 1, size);
	void **slot = copy && made ? spi_map_put(map, copy, len) : NULL;
	if (!slot)
		return NULL;
	*slot = made;
	if (list)
		sp_buffer_add(list, &made, sizeof made);
	return !list || sp_buffer_ok(list) ? made : NULL;
}

/* ---- a question ---- */

/* What was read in a text; the same text is read once. */
typedef struct reading {
	spi_gap_spelling *spelling; /* NULL: it says nothing of what is asked, or it is over the bounds */
	bool says;
	spi_gap_word **words; size_t words_count;
} reading;

/* NULL in ret: over the bounds. */
static sp_status spelling_of(spi_gap_reading *r, spi_gap_part *part, spi_asker asker, const char *text, spi_gap_spelling **ret, sp_error *err)
{
	bool is_new;
	size_t len;
	const char *form = spi_wording_form(text, strlen(text), r->scratch, &len);
	*ret = NULL;
	if (!form)
		return spi_gap_no_memory(err);
	if (len == 0 || (r->spellings >= SPI_GAP_SPELLINGS_MAX && !spi_map_get(&part->spellings, form, len)))
		return SP_OK;
	spi_gap_spelling *s = need(r, &part->spellings, NULL, form, len, sizeof *s, &is_new);
	if (!s)
		return spi_gap_no_memory(err);
	if (is_new) {
		r->spellings++;
		s->spelling = (spi_spelling){.text = sp_arena_strdup(r->arena, text), .form_len = len, .form = sp_arena_strndup(r->arena, form, len),
			.lang = part->lang};
		s->first = asker;
		s->is_short = sp_text_count_chars(text, strlen(text)) <= SPI_GAP_CHARS_MAX;
		if (!s->spelling.text || !s->spelling.form)
			return spi_gap_no_memory(err);
	}
	*ret = s;
	return SP_OK;
}

static sp_status read_words(spi_gap_reading *r, spi_gap_part *part, spi_asker asker, const sp_tokens *tokens, reading *ret, sp_error *err)
{
	ret->words = sp_arena_calloc(r->arena, tokens->count + 1, sizeof(spi_gap_word *));
	if (!ret->words)
		return spi_gap_no_memory(err);
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		bool is_new;
		if (token->kind != SP_TOKEN_WORD || token->is_function_word || token->word_len < 3)
			continue;
		if (r->vocabulary >= SPI_GAP_VOCABULARY_MAX && !spi_map_get(&part->words, token->word, token->word_len))
			continue;
		spi_gap_word *word = need(r, &part->words, &part->word_list, token->word, token->word_len, sizeof *word, &is_new);
		if (!word || (is_new && !(word->word = sp_arena_strndup(r->arena, token->word, token->word_len))))
			return spi_gap_no_memory(err);
		if (is_new)
			word->first = asker;
		r->vocabulary += is_new;
		ret->words[ret->words_count++] = word;
	}
	return SP_OK;
}

static sp_status read_anew(spi_gap_reading *r, spi_gap_part *part, spi_asker asker, const char *stored, reading *ret, sp_error *err)
{
	sp_tokens tokens;
	spi_cues cues;
	const char *text = spi_wording_clean(stored, r->scratch);
	if (!text || sp_analyse(r->analyser, text, strlen(text), part->lang, r->scratch, &tokens) != SP_OK)
		return spi_gap_no_memory(err);
	spi_cues_find(&tokens, part->lang, &cues);
	const char *rest = spi_wording_without_courtesy(text, &tokens, &cues, r->scratch);
	if (!rest || (strcmp(rest, text) != 0 && sp_analyse(r->analyser, rest, strlen(rest), part->lang, r->scratch, &tokens) != SP_OK))
		return spi_gap_no_memory(err);
	sp_status status = spi_wording_says_something(rest, part->lang, r->analyser, r->scratch, &ret->says, err);
	if (status == SP_OK && ret->says)
		status = spelling_of(r, part, asker, rest, &ret->spelling, err);
	return status == SP_OK && ret->says ? read_words(r, part, asker, &tokens, ret, err) : status;
}

/* A text that says nothing is not kept: there are many, and they are short. */
static sp_status read_text(spi_gap_reading *r, spi_gap_part *part, spi_asker asker, const char *stored, reading *ret, sp_error *err)
{
	bool is_new;
	size_t len = stored ? strlen(stored) : 0;
	*ret = (reading){0};
	const reading *known = len ? spi_map_get(&part->texts, stored, len) : NULL;
	if (known)
		*ret = *known;
	if (known || !len)
		return SP_OK;
	sp_status status = read_anew(r, part, asker, stored, ret, err);
	if (status != SP_OK || !ret->spelling || part->texts.count >= SPI_GAP_SPELLINGS_MAX)
		return status;
	reading *kept = need(r, &part->texts, NULL, stored, len, sizeof *kept, &is_new);
	if (!kept)
		return spi_gap_no_memory(err);
	*kept = *ret;
	return SP_OK;
}

/* lost: the conversation was. */
static void count_text(const sp_happened *h, spi_asker asker, const reading *text, bool lost)
{
	spi_gap_spelling *s = text->spelling;
	if (s) {
		s->by_two |= s->first != asker;
		s->spelling.conversations += s->spelling.last_conversation != h->conversation;
		s->spelling.last_conversation = h->conversation;
	}
	for (size_t i = 0; i < text->words_count; i++) {
		spi_gap_word *word = text->words[i];
		word->times++;
		word->by_two |= word->first != asker;
		word->conversations += word->last_conversation != h->conversation;
		word->lost += lost && word->last_conversation != h->conversation;
		word->last_conversation = h->conversation;
		if (s && s->by_two && s->is_short && (!word->example || s->spelling.conversations > word->example->spelling.conversations))
			word->example = s;
	}
}

/* ---- what is a gap ---- */

static bool is_answer(const sp_turn *turn)
{
	return turn->decision == SP_DECIDE_ANSWER;
}

static bool is_unanswered(const sp_happened *h, size_t i)
{
	const sp_turn *turn = &h->turns[i];
	switch (turn->reason) {
	case SP_REASON_NO_ANSWER:
	case SP_REASON_UNKNOWN_CODE:
	case SP_REASON_OFF_TOPIC:
	case SP_REASON_GIBBERISH: /* words that no article has */
		return !is_answer(turn);
	case SP_REASON_CHOICES:
		for (size_t k = i; k < h->count; k++)
			if (is_answer(&h->turns[k]))
				return false;
		return turn->decision == SP_DECIDE_CLARIFY;
	default:
		return false;
	}
}

/* "grazie" is no request; what was not understood, or was about something else, is one. */
static bool is_request(const sp_turn *turn)
{
	return turn->decision != SP_DECIDE_NONE || turn->reason == SP_REASON_OFF_TOPIC || turn->reason == SP_REASON_GIBBERISH;
}

/* Its last request was not answered. */
static bool is_abandoned(const sp_happened *h)
{
	size_t i = h->count;
	while (i > 0 && !is_request(&h->turns[i - 1]))
		i--;
	return i > 0 && !is_answer(&h->turns[i - 1]);
}

static sp_status add_unanswered(spi_gap_reading *r, spi_gap_part *part, const spi_unanswered *row, sp_error *err)
{
	if (!row->spelling || r->unanswered >= SPI_GAP_UNANSWERED_MAX) {
		r->gaps->passed_over++;
		return SP_OK;
	}
	r->unanswered++;
	sp_buffer_add(&part->unanswered, row, sizeof *row);
	return sp_buffer_ok(&part->unanswered) ? SP_OK : spi_gap_no_memory(err);
}

/* ---- articles ---- */

typedef struct outcome { bool lost, returned; } outcome;

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* An article counts once for a conversation: at its last turn with it. */
static bool is_last_of(const sp_happened *h, size_t i)
{
	for (size_t k = i + 1; k < h->count; k++)
		if (is_answer(&h->turns[k]) && same(h->turns[k].article, h->turns[i].article))
			return false;
	return true;
}

static sp_status count_shown(spi_gap_reading *r, const sp_happened *h, size_t i, spi_gap_part *part, const outcome *fate, sp_error *err)
{
	bool is_new, no = false, ticket = h->ticket;
	const char *id = h->turns[i].article;
	spi_gap_shown *shown = need(r, &part->shown, &part->shown_list, id, strlen(id), sizeof *shown, &is_new);
	if (!shown || (is_new && !(shown->id = sp_arena_strdup(r->result, id))))
		return spi_gap_no_memory(err);
	shown->lang = part->lang;
	for (size_t k = 0; k <= i; k++)
		if (h->said[k] && same(h->turns[k].article, id))
			no = h->said[k] < 0;
	/* A ticket that came after another answer is that one's. */
	for (size_t k = i + 1; k < h->count; k++)
		ticket &= !is_answer(&h->turns[k]);
	shown->shown++;
	shown->no += no;
	shown->tickets += ticket;
	shown->returned += fate->returned;
	shown->failed += no || ticket || fate->returned;
	return SP_OK;
}

static sp_status add_pair(spi_gap_reading *r, spi_gap_part *part, const char *shown, const char *solved, bool by_agent,
	spi_gap_spelling *example, sp_error *err)
{
	bool is_new;
	const char *key = sp_arena_printf(r->scratch, "%s\n%s", shown, solved);
	spi_gap_pair *pair = key ? need(r, &part->pairs, &part->pair_list, key, strlen(key), sizeof *pair, &is_new) : NULL;
	if (!pair)
		return spi_gap_no_memory(err);
	if (is_new)
		*pair = (spi_gap_pair){.shown = sp_arena_strdup(r->result, shown), .solved = sp_arena_strdup(r->result, solved), .lang = part->lang};
	pair->by_person += !by_agent;
	pair->by_agent += by_agent;
	for (size_t i = 0; i < pair->examples_count; i++)
		if (pair->examples[i] == example)
			return SP_OK;
	if (example && pair->examples_count < sizeof pair->examples / sizeof *pair->examples)
		pair->examples[pair->examples_count++] = example;
	return pair->shown && pair->solved ? SP_OK : spi_gap_no_memory(err);
}

/* Which article solved what this one did not: one that the person said yes to afterwards, or the agent's. */
static const char *solver_of(const sp_happened *h, size_t i, bool *ret_by_agent)
{
	const char *shown = h->turns[i].article;
	*ret_by_agent = false;
	for (size_t k = i + 1; h->said[i] < 0 && k < h->count; k++)
		if (is_answer(&h->turns[k]) && h->said[k] > 0 && h->turns[k].article && !same(h->turns[k].article, shown))
			return h->turns[k].article;
	for (size_t k = i + 1; k < h->count; k++)
		if (is_answer(&h->turns[k]))
			return NULL;
	*ret_by_agent = true;
	return h->ticket && h->linked && !same(h->linked, shown) ? h->linked : NULL;
}

/* ---- the whole ---- */

static sp_status take_turn(spi_gap_reading *r, const sp_happened *h, size_t i, int audience, spi_asker asker, const outcome *fate, bool *counted,
	sp_error *err)
{
	const sp_turn *turn = &h->turns[i];
	reading text;
	bool by_agent;
	if (turn->lang == SP_LANG_NONE || (r->options->lang != SP_LANG_NONE && turn->lang != r->options->lang))
		return SP_OK;
	spi_gap_part *part = part_of(r, audience, turn->lang);
	if (!part)
		return spi_gap_no_memory(err);
	sp_status status = read_text(r, part, asker, turn->question, &text, err);
	if (status == SP_OK)
		count_text(h, asker, &text, fate->lost);
	if (status == SP_OK && text.says && is_unanswered(h, i)) {
		int year;
		unsigned month, day;
		spi_civil_of_days(spi_zone_local(r->config->timezone, turn->at_utc_s).days, &year, &month, &day);
		spi_unanswered row = {text.spelling, h->conversation, asker, year * 100 + (int32_t)month, turn->reason, fate->lost};
		r->gaps->unanswered += !*counted;
		*counted = true;
		status = add_unanswered(r, part, &row, err);
	}
	if (status != SP_OK || !is_answer(turn) || !turn->article || !is_last_of(h, i))
		return status;
	const char *solver = solver_of(h, i, &by_agent);
	status = count_shown(r, h, i, part, fate, err);
	return status == SP_OK && solver ? add_pair(r, part, turn->article, solver, by_agent, text.spelling, err) : status;
}

/* Whether the same person came back about the same category; and notes that they came. */
static sp_status note_return(spi_gap_reading *r, const sp_happened *h, bool *ret, sp_error *err)
{
	const char *category = NULL;
	bool is_new;
	*ret = false;
	for (size_t i = 0; i < h->count; i++)
		if (h->turns[i].category)
			category = h->turns[i].category;
	if (!h->person || !category)
		return SP_OK;
	const char *key = sp_arena_printf(r->scratch, "%s %s", h->person, category);
	int64_t *later = key ? need(r, &r->returns, NULL, key, strlen(key), sizeof *later, &is_new) : NULL;
	if (!later)
		return spi_gap_no_memory(err);
	*ret = !is_new && *later - h->last_utc_s <= r->config->resolved_window_s;
	*later = h->began_utc_s;
	return SP_OK;
}

static void count_outcome(spi_gap_reading *r, const sp_happened *h, bool lost)
{
	bool answered = false, no = false;
	for (size_t i = 0; i < h->count; i++) {
		answered |= is_answer(&h->turns[i]);
		if (h->said[i])
			no = h->said[i] < 0;
	}
	r->gaps->conversations++;
	r->gaps->lost += lost;
	r->gaps->answered += answered;
	r->gaps->solved += answered && !no && !h->ticket;
	r->first_utc_s = h->began_utc_s; /* the latest come first */
}

static sp_status take(const sp_happened *h, void *arg, sp_error *err)
{
	spi_gap_reading *r = arg;
	int audience = sp_kb_audience(r->config, h->audience);
	outcome fate = {.lost = h->ticket || is_abandoned(h)};
	bool counted = false;
	if (audience < 0 || !(r->options->readable >> audience & 1))
		return SP_OK;
	sp_arena_reset(r->scratch);
	spi_asker asker = h->person ? spi_hash64(h->person, strlen(h->person)) | (uint64_t)1 << 63 : (uint64_t)h->conversation;
	sp_status status = note_return(r, h, &fate.returned, err);
	count_outcome(r, h, fate.lost);
	for (size_t i = 0; status == SP_OK && i < h->count; i++)
		status = take_turn(r, h, i, audience, asker, &fate, &counted, err);
	return status;
}

sp_status spi_gap_read(spi_gap_reading *r, sp_error *err)
{
	r->returns.arena = r->arena;
	return sp_store_happened(r->options->store, r->options->from_utc_s, r->options->until_utc_s, take, r, err);
}
