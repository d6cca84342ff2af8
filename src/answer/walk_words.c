/* What a person says on the way through a procedure: a choice in the editors' words or roughly in them, which one ("la seconda"), yes or
   no, or the way ("indietro"). */
#include "answer/walk.h"

#include "answer/place.h"
#include "sportello/catalog.h"

#include <stdint.h>
#include <string.h>

#define CHOICES_MAX 16
#define ROUGHLY 0.55       /* from here on a choice is meant, */
#define LAST_TRY 0.3       /* the same where nothing else answers */
#define ROUGHLY_MARGIN 0.2 /* when the next best is this far below */
#define LAST_TRY_MARGIN 0.1
#define OF_A_QUESTION 0.75 /* share of a question's words that must be the choice's */
#define POINTS_WITHIN 3    /* words: "sì, quello via sms" */
#define SHARED_WEIGHT 0.3  /* of a word that other choices have too */

/* The words of a choice. */
typedef struct option {
	sp_tokens tokens;
	bool says_yes, says_no;
} option;

typedef struct listening {
	const spi_hearing *h;
	const sp_step *step;
	sp_tokens tokens;   /* of the message, in the procedure's language */
	option options[CHOICES_MAX];
	size_t count;
	spi_places places;  /* in the procedure's language */
	bool says_no;
} listening;

static bool said_in(const sp_tokens *tokens, spi_walk_cue cue, sp_lang first)
{
	if (first >= 0 && spi_walk_cue_said(tokens, first, cue))
		return true;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (lang != (int)first && spi_walk_cue_said(tokens, (sp_lang)lang, cue))
			return true;
	return false;
}

static bool said(const listening *l, spi_walk_cue cue)
{
	return said_in(&l->tokens, cue, l->h->lang);
}

static sp_status listen(listening *l)
{
	const spi_hearing *h = l->h;
	sp_status status = sp_analyse(h->analyser, h->text, h->len, h->lang, h->arena, &l->tokens);
	for (size_t i = 0; status == SP_OK && i < l->count; i++) {
		const char *label = l->step->choices[i].label;
		option *o = &l->options[i];
		status = sp_analyse(h->analyser, label, strlen(label), h->lang, h->arena, &o->tokens);
		if (status != SP_OK)
			return status;
		o->says_yes = spi_walk_cue_said(&o->tokens, h->lang, SPI_WALK_SAYS_YES);
		o->says_no = spi_walk_cue_said(&o->tokens, h->lang, SPI_WALK_SAYS_NO);
	}
	l->says_no = said(l, SPI_WALK_SAYS_NO);
	if (status == SP_OK) {
		spi_cues cues;
		spi_cues_find(&l->tokens, h->lang, &cues);
		spi_places_find(&l->tokens, &cues, h->lang, l->count, &l->places);
	}
	return status;
}

/* ---- which choice ---- */

/* The very words: what is sent when a choice is tapped. */
static bool is_text(const spi_hearing *h, const char *text)
{
	size_t said_len = 0, text_len = 0;
	const char *heard = sp_text_normal_form(h->text, h->len, h->arena, &said_len);
	const char *wanted = sp_text_normal_form(text, strlen(text), h->arena, &text_len);
	return heard && wanted && text_len > 0 && said_len == text_len && memcmp(heard, wanted, text_len) == 0;
}

static size_t by_text(const listening *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (is_text(l->h, l->step->choices[i].label))
			return i;
	return SIZE_MAX;
}

static size_t by_number(const listening *l)
{
	if (l->places.none || l->places.all || l->places.count > 0)
		return l->places.count == 1 && l->places.at[0] < l->count ? l->places.at[0] : SIZE_MAX;
	for (size_t i = 0; i < 4 && i < l->count; i++)
		if (said(l, (spi_walk_cue)(SPI_WALK_FIRST + i)))
			return i;
	return l->count > 0 && said(l, SPI_WALK_LAST) ? l->count - 1 : SIZE_MAX;
}

/* The only one that begins with the word. */
static size_t by_first_word(const listening *l, spi_walk_cue cue)
{
	size_t found = SIZE_MAX, count = 0;
	for (size_t i = 0; i < l->count; i++) {
		sp_tokens first = {l->options[i].tokens.items, l->options[i].tokens.count > 0};
		if (!said_in(&first, cue, l->h->lang))
			continue;
		found = i;
		count++;
	}
	return count == 1 ? found : SIZE_MAX;
}

/* The only one that says yes (or no); of two the other than the one that says the opposite. */
static size_t by_polarity(const listening *l, bool yes)
{
	size_t found = by_first_word(l, yes ? SPI_WALK_YES : SPI_WALK_NO), same = 0, opposite = 0, other = SIZE_MAX;
	if (found != SIZE_MAX)
		return found;
	for (size_t i = 0; i < l->count; i++) {
		bool is_same = yes ? l->options[i].says_yes && !l->options[i].says_no : l->options[i].says_no;
		bool is_opposite = yes ? l->options[i].says_no : l->options[i].says_yes && !l->options[i].says_no;
		if (is_same)
			found = i, same++;
		if (is_opposite)
			opposite++;
		else
			other = i;
	}
	if (same == 1)
		return found;
	return same == 0 && l->count == 2 && opposite == 1 ? other : SIZE_MAX;
}

static bool counts(const sp_token *token, bool all)
{
	return all || !token->is_function_word;
}

static bool same_word(const sp_token *a, const sp_token *b)
{
	if (a->term_len > 0 && a->term_len == b->term_len && memcmp(a->term, b->term, a->term_len) == 0)
		return true;
	size_t shorter = a->plain_len < b->plain_len ? a->plain_len : b->plain_len;
	int limit = shorter >= 8 ? 2 : shorter >= 4 ? 1 : 0;
	return limit > 0 && sp_text_edit_distance(a->plain, a->plain_len, b->plain, b->plain_len, limit) <= limit;
}

static bool has_word(const sp_tokens *tokens, const sp_token *word, bool all)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (counts(&tokens->items[i], all) && same_word(&tokens->items[i], word))
			return true;
	return false;
}

static bool has_content(const sp_tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (!tokens->items[i].is_function_word)
			return true;
	return false;
}

/* What tells a choice from the others counts most. */
static double weight(const listening *l, size_t choice, const sp_token *word, bool all)
{
	for (size_t i = 0; i < l->count; i++)
		if (i != choice && has_word(&l->options[i].tokens, word, all))
			return SHARED_WEIGHT;
	return 1;
}

/* How much a message and a choice have of each other. */
static double likeness(const listening *l, size_t choice, double *ret_share)
{
	const sp_tokens *words = &l->options[choice].tokens;
	bool all = !has_content(words);
	double in_message = 0, of_message = 0, in_choice = 0, of_choice = 0;
	for (size_t i = 0; i < l->tokens.count; i++) {
		if (!counts(&l->tokens.items[i], all))
			continue;
		of_message += weight(l, choice, &l->tokens.items[i], all);
		in_message += has_word(words, &l->tokens.items[i], all) ? weight(l, choice, &l->tokens.items[i], all) : 0;
	}
	for (size_t i = 0; i < words->count; i++) {
		if (!counts(&words->items[i], all))
			continue;
		of_choice += weight(l, choice, &words->items[i], all);
		in_choice += has_word(&l->tokens, &words->items[i], all) ? weight(l, choice, &words->items[i], all) : 0;
	}
	double share = of_message > 0 ? in_message / of_message : 0, recall = of_choice > 0 ? in_choice / of_choice : 0;
	*ret_share = share;
	double both = share + recall > 0 ? 2 * share * recall / (share + recall) : 0;
	return l->says_no == l->options[choice].says_no ? both : both / 2;
}

static size_t roughly(const listening *l)
{
	double best = 0, second = 0, best_share = 0;
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < l->count; i++) {
		double share, like = likeness(l, i, &share);
		if (like > best)
			second = best, best = like, best_share = share, found = i;
		else if (like > second)
			second = like;
	}
	bool asks = memchr(l->h->text, '?', l->h->len) != NULL;
	/* "quello via sms" is one of them, though few of its words are the choice's; "e con la mia carta?" asks on, and is none. */
	const sp_tokens start = {l->tokens.items, l->tokens.count < POINTS_WITHIN ? l->tokens.count : POINTS_WITHIN};
	bool points = spi_walk_cue_said(&start, l->h->lang, SPI_POINTS);
	if (asks && !points && !l->h->is_last_try && spi_cue_from(&l->tokens, 0, l->h->lang, SPI_CUE_FOLLOW_UP))
		return SIZE_MAX;
	bool is_lax = l->h->is_last_try || points;
	double least = is_lax ? LAST_TRY : ROUGHLY, margin = is_lax ? LAST_TRY_MARGIN : ROUGHLY_MARGIN;
	return best >= least && best - second >= margin && (!asks || best_share >= OF_A_QUESTION) ? found : SIZE_MAX;
}

static bool is_within(const sp_tokens *words, const sp_tokens *message)
{
	for (size_t from = 0; words->count > 1 && from + words->count <= message->count; from++) {
		size_t same = 0;
		while (same < words->count && same_word(&words->items[same], &message->items[from + same]))
			same++;
		if (same == words->count)
			return true;
	}
	return false;
}

/* All of a choice's words in a row, within a longer message. */
static size_t by_words(const listening *l)
{
	size_t found = SIZE_MAX, count = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (l->says_no != l->options[i].says_no || !is_within(&l->options[i].tokens, &l->tokens))
			continue;
		found = i;
		count++;
	}
	return count == 1 && !memchr(l->h->text, '?', l->h->len) ? found : SIZE_MAX;
}

static size_t find_choice(const listening *l)
{
	size_t found = by_number(l);
	if (found == SIZE_MAX && said(l, SPI_WALK_YES))
		found = by_polarity(l, true);
	/* "non funziona" is a no where two choices are a yes and a no; among more it may be said of any of them. */
	if (found == SIZE_MAX && (said(l, SPI_WALK_NO) || (said(l, SPI_WALK_FAILED) && l->count == 2)))
		found = by_polarity(l, false);
	/* None of them, or more than one: no other words make that one. */
	if (found == SIZE_MAX && (l->places.none || l->places.all || l->places.count > 1))
		return SIZE_MAX;
	if (found == SIZE_MAX)
		found = by_words(l);
	return found == SIZE_MAX ? roughly(l) : found;
}

/* "anzi no è su carta": what is behind the words that only say that something else is meant; false: nothing is. */
static bool leave_out_lead(listening *l)
{
	uint64_t lead = spi_walk_cue_covered(&l->tokens, l->h->lang, SPI_WALK_LEAD);
	size_t first = 0;
	while (first < l->tokens.count && first < SPI_CUE_TOKENS && lead >> first & 1)
		first++;
	if (first == 0 || first == l->tokens.count)
		return false;
	l->tokens.items += first;
	l->tokens.count -= first;
	l->says_no = said(l, SPI_WALK_SAYS_NO);
	return has_content(&l->tokens);
}

/* ---- which way ---- */

/* "ok grazie, torniamo alle notifiche": words of its title, and no others, behind what leads back. */
static bool is_led_back(const listening *l)
{
	const spi_hearing *h = l->h;
	sp_tokens title, behind = l->tokens;
	uint64_t to = spi_walk_cue_covered(&l->tokens, h->lang, SPI_WALK_TO);
	if (!to || sp_analyse(h->analyser, h->title, strlen(h->title), h->lang, h->arena, &title) != SP_OK)
		return false;
	size_t first = 64 - (size_t)__builtin_clzll(to);
	behind.items += first;
	behind.count -= first;
	for (size_t i = 0; i < behind.count; i++)
		if (!behind.items[i].is_function_word && !has_word(&title, &behind.items[i], false))
			return false;
	return has_content(&behind);
}

/* One of the choices that we put there ourselves, in any language: the page's may be another one by now. */
static bool is_catalog(const spi_hearing *h, const char *key)
{
	sp_fill fills[] = {{"title", h->title}, {NULL, NULL}};
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const char *text = sp_catalog_fill((sp_lang)lang, key, fills, h->arena);
		if (text && is_text(h, text))
			return true;
	}
	return false;
}

static bool hear_way(const listening *l, spi_move *ret)
{
	static const struct { spi_move_kind kind; const char *key; spi_walk_cue cue; } ways[] = {
		{SPI_MOVE_AGAIN, "walk.return", SPI_WALK_RETURN}, {SPI_MOVE_AGAIN, NULL, SPI_WALK_WHERE},
		{SPI_MOVE_RESTART, "walk.restart", SPI_WALK_RESTART}, {SPI_MOVE_ALL, "walk.all", SPI_WALK_ALL},
		{SPI_MOVE_BACK, "walk.back", SPI_WALK_BACK}, {SPI_MOVE_WAIT, NULL, SPI_WALK_WAIT},
	};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!l->h->is_here && (ways[i].kind == SPI_MOVE_BACK || ways[i].kind == SPI_MOVE_WAIT))
			continue;
		if ((ways[i].key && is_catalog(l->h, ways[i].key)) || said(l, ways[i].cue)) {
			ret->kind = ways[i].kind;
			return true;
		}
	}
	return false;
}

/* It does not say which choice it is: "sì", where none says so; "non funziona", of more than two; more than one; "fatto", where it is asked with
   what result; that the step was not understood, or what comes if it fails. */
static bool is_unclear(const listening *l, bool failed, bool supposes, bool is_done)
{
	if (said(l, SPI_WALK_NOT_CLEAR))
		return true;
	if (l->count == 0)
		return false;
	bool of_more = l->count > 1 && (l->places.all || l->places.count > 1), of_any = supposes || (l->count > 2 && said(l, SPI_WALK_FAILED));
	bool which = l->step->next == 0 && !l->h->is_over && is_done && !failed;
	return said(l, SPI_WALK_YES) || said(l, SPI_WALK_NO) || of_any || of_more || which;
}

/* "fatto", "non funziona", where there is no choice to make. */
static bool hear_on(const listening *l, spi_move *ret)
{
	bool goes_on = l->step->next > 0, supposes = said(l, SPI_WALK_SUPPOSES), of_none = l->count > 1 && l->places.none;
	bool is_failed = is_catalog(l->h, "walk.failed") || said(l, SPI_WALK_FAILED) || (l->count == 0 && said(l, SPI_WALK_NO));
	bool failed = supposes ? !goes_on : is_failed;
	bool is_done = is_catalog(l->h, "walk.next") || said(l, SPI_WALK_NEXT) || said(l, SPI_WALK_YES) || said(l, SPI_WALK_DONE);
	if (is_unclear(l, is_failed, supposes, is_done)) {
		ret->kind = SPI_MOVE_UNCLEAR;
	} else if (failed || of_none) {
		ret->kind = SPI_MOVE_FAILED;
	} else if (goes_on && (is_done || supposes)) {
		ret->kind = SPI_MOVE_STEP;
		ret->step = l->step->next;
	} else if (l->h->is_over && is_done) {
		ret->kind = SPI_MOVE_END;
	}
	return ret->kind != SPI_MOVE_NONE;
}

static void take_choice(const listening *l, size_t choice, spi_move *ret)
{
	ret->kind = SPI_MOVE_STEP;
	ret->step = sp_steps_find(l->h->steps, l->step->choices[choice].anchor);
}

sp_status spi_walk_hear(const spi_hearing *hearing, spi_move *ret)
{
	const sp_step *step = &hearing->steps->items[hearing->at];
	listening l = {.h = hearing, .step = step, .count = step->choices_count < CHOICES_MAX ? step->choices_count : CHOICES_MAX};
	*ret = (spi_move){SPI_MOVE_NONE, 0};
	sp_status status = listen(&l);
	if (status != SP_OK)
		return status;
	size_t choice = by_text(&l);
	/* After something else a short word may be about that. */
	if (choice != SIZE_MAX && (hearing->is_here || l.options[choice].tokens.count > 1)) {
		take_choice(&l, choice, ret);
		return SP_OK;
	}
	bool is_known = hearing->is_going || hearing->is_over;
	if (!hearing->is_here && is_known && !hearing->wants_person && said(&l, SPI_WALK_DONE)) {
		ret->kind = hearing->is_going ? SPI_MOVE_AGAIN : SPI_MOVE_END;
		return SP_OK;
	}
	if (!hearing->wants_person && is_led_back(&l))
		ret->kind = SPI_MOVE_AGAIN;
	if (hearing->wants_person || ret->kind != SPI_MOVE_NONE || hear_way(&l, ret) || !hearing->is_here)
		return SP_OK;
	choice = find_choice(&l);
	listening rest = l;
	if (choice == SIZE_MAX && leave_out_lead(&rest))
		choice = find_choice(&rest);
	if (choice != SIZE_MAX)
		take_choice(&l, choice, ret);
	else
		hear_on(&l, ret);
	return SP_OK;
}
