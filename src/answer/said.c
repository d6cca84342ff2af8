/* What a person said of the matter: for the text to another body, and for the form of a ticket, so that nothing is asked twice. */
#include "answer/said.h"
#include "answer/cues.h"
#include "answer/dates.h"
#include "answer/day_told.h"
#include "answer/window.h"
#include "sportello/personal.h"
#include "text/currency.h"

#include <ctype.h>
#include <string.h>

#define SAID_MAX 800 /* bytes */

/* ---- what tells something ---- */

/* Not which way to go in a procedure, which of several was meant, a number that is masked, thanks, or that a person is wanted. */
bool sp_turn_tells_little(const sp_turn *turn)
{
	return turn->question && turn->decision != SP_DECIDE_NONE && turn->reason != SP_REASON_NUMBER_TOLD &&
		!sp_reason_is_step(turn->reason) && turn->reason != SP_REASON_PERSON && turn->reason != SP_REASON_NOT_SOLVED && turn->reason != SP_REASON_NEXT_BEST && turn->reason != SP_REASON_CHOSEN &&
		turn->reason != SP_REASON_ACCEPTED;
}

/* "Non ho risolto, vorrei un operatore": whatever was answered to it, that is not what the matter is. */
static bool only_asks_on(const char *text, sp_lang lang, sp_arena *arena)
{
	static const spi_cue asking_on[] = {SPI_CUE_NOT_SOLVED, SPI_CUE_PERSON, SPI_CUE_SENT_BACK, SPI_CUE_THANKS, SPI_CUE_GREETING, SPI_CUE_CLOSING};
	sp_analyser *analyser = sp_analyser_new();
	sp_tokens tokens = {0};
	spi_cues cues;
	bool ok = analyser && sp_analyse(analyser, text, strlen(text), lang, arena, &tokens) == SP_OK;
	sp_analyser_free(analyser);
	if (!ok || tokens.count > SPI_CUE_TOKENS)
		return false;
	spi_cues_find(&tokens, lang, &cues);
	uint64_t covered = 0;
	for (size_t i = 0; i < sizeof asking_on / sizeof *asking_on; i++)
		covered |= cues.covered[asking_on[i]];
	return covered && !(cues.content & ~covered);
}

bool sp_turn_tells(const sp_turn *turn, sp_arena *arena)
{
	return sp_turn_tells_little(turn) && !only_asks_on(turn->question, turn->lang, arena);
}

/* ---- the words ---- */

/* Whether there is more in it than masked data and marks. */
static bool has_words(const char *text, bool *ret_left_out)
{
	for (size_t mask; *text; text += mask > 0 ? mask : 1) {
		mask = sp_personal_mask_at(text, NULL);
		if (mask == 0 && !strchr(" .,;:-#\n", *text))
			return true;
		*ret_left_out |= mask > 0;
	}
	return false;
}

/* Masked data are left out: what stands for them helps nobody. */
static void add_words(sp_buffer *out, const char *text, bool *ret_left_out)
{
	if (!has_words(text, ret_left_out))
		return;
	if (out->len > 0)
		sp_buffer_add_char(out, '\n');
	while (*text && out->len < SAID_MAX) {
		size_t mask = sp_personal_mask_at(text, NULL), len = 1;
		if (mask > 0) {
			*ret_left_out = true;
			text += mask;
			text += *text == ' ' && (out->len == 0 || sp_buffer_text(out)[out->len - 1] == ' ') ? 1 : 0;
			continue;
		}
		while (((unsigned char)text[len] & 0xC0) == 0x80)
			len++;
		sp_buffer_add(out, text, len);
		text += len;
	}
}

/* ---- the day and the sum ---- */

/* What of one kind was named: where two different ones were, it is not known which is meant. */
static void note_day(const sp_turn *turn, sp_date today, sp_said *said, bool *doubt)
{
	spi_dates dates;
	bool by_itself = turn->reason == SP_REASON_DAY_TOLD;
	if (by_itself)
		spi_is_only_days(turn->question, strlen(turn->question), turn->lang, sp_date_days(today), &dates);
	else
		spi_dates_find(turn->question, strlen(turn->question), turn->lang, sp_date_days(today), NULL, &dates);
	if (dates.count == 0)
		return;
	if (by_itself) /* it says which is meant, and puts right what was said before */
		said->day = 0, *doubt = false;
	sp_date found = spi_date_of_days(dates.first);
	*doubt |= dates.count > 1 || dates.first != dates.last || found > today || (said->day && said->day != found);
	said->day = found;
}

/* Digits with what people write between them; its end is a digit. */
static size_t number_at(const char *text)
{
	size_t len = isdigit((unsigned char)*text) ? strspn(text, "0123456789.,'") : 0;
	while (len > 0 && !isdigit((unsigned char)text[len - 1]))
		len--;
	return len;
}

static void note_amounts(const char *text, sp_arena *arena, sp_said *said, bool *doubt)
{
	const char *end = text + strlen(text);
	bool is_after_currency = false;
	for (const char *at = text; *at;) {
		size_t number = number_at(at), word = number == 0 ? spi_currency_at(at, (size_t)(end - at)) : 0;
		if (number > 0) {
			const char *behind = at + number + strspn(at + number, " ");
			if (is_after_currency || spi_currency_at(behind, (size_t)(end - behind)) > 0) {
				char *found = sp_arena_strndup(arena, at, number);
				*doubt |= !found || (said->amount && strcmp(said->amount, found) != 0);
				said->amount = found;
			}
			is_after_currency = false;
			at += number;
		} else if (word > 0 && (at == text || !isalpha((unsigned char)at[-1]))) {
			at += word;
			is_after_currency = number_at(at + strspn(at, " ")) > 0;
			at += strspn(at, " ");
		} else {
			/* "20 centesimi" are part of a sum that is in two parts. */
			*doubt |= strncasecmp(at, "cent", 4) == 0 && at > text && at[-1] == ' ' && at > text + 1 && isdigit((unsigned char)at[-2]);
			is_after_currency = false;
			at++;
		}
	}
}

/* ---- all together ---- */

typedef struct gathering {
	sp_buffer words;
	sp_said said;
	const char *timezone;
	sp_arena *arena;
	bool doubt_day, doubt_amount;
} gathering;

static void gather(gathering *g, const sp_turn *turn, int64_t at_utc_s)
{
	add_words(&g->words, turn->question, &g->said.left_out);
	note_day(turn, sp_date_of(at_utc_s, g->timezone), &g->said, &g->doubt_day);
	note_amounts(turn->question, g->arena, &g->said, &g->doubt_amount);
}

/* Where the matter began: after the last answer about another category. */
static size_t beginning(const sp_dialogue *before, const char *category)
{
	size_t i = sp_dialogue_known(before);
	while (i > 0) {
		const sp_turn *turn = sp_dialogue_turn(before, i - 1);
		if (turn->decision == SP_DECIDE_ANSWER && turn->category && category && strcmp(turn->category, category) != 0)
			break;
		i--;
	}
	return i;
}

static sp_status finish(gathering *g, sp_said *ret)
{
	g->said.text = sp_buffer_ok(&g->words) ? sp_arena_strndup(g->arena, sp_buffer_text(&g->words), g->words.len) : NULL;
	sp_buffer_release(&g->words);
	if (!g->said.text)
		return SP_ERR_NOMEM;
	if (g->doubt_day)
		g->said.day = 0;
	if (g->doubt_amount)
		g->said.amount = NULL;
	*ret = g->said;
	return SP_OK;
}

/* @p now: what was said last, NULL = it is in the dialogue. */
static sp_status gather_all(gathering *g, const sp_dialogue *dialogue, const char *category, const sp_turn *now, int64_t now_utc_s, sp_said *ret)
{
	const sp_turn *something = NULL; /* "non funziona" says little, but more than nothing */
	for (size_t i = beginning(dialogue, category); i < sp_dialogue_known(dialogue); i++) {
		const sp_turn *turn = sp_dialogue_turn(dialogue, i);
		if (sp_turn_tells(turn, g->arena))
			gather(g, turn, turn->at_utc_s);
		else if (!something && sp_turn_tells_little(turn))
			something = turn;
	}
	if (now && sp_turn_tells(now, g->arena))
		gather(g, now, now_utc_s);
	else if (now && !something && sp_turn_tells_little(now))
		something = now;
	if (g->words.len == 0 && something)
		add_words(&g->words, something->question, &g->said.left_out);
	return finish(g, ret);
}

sp_status sp_said_find(const sp_kb_config *config, const sp_dialogue *dialogue, const char *category, sp_arena *arena, sp_said *ret)
{
	gathering g = {.words = SP_BUFFER_INIT, .timezone = config->timezone, .arena = arena};
	return gather_all(&g, dialogue, category, NULL, 0, ret);
}

sp_status spi_said_so_far(const spi_composing *c, sp_said *ret)
{
	const sp_decision *decision = c->decision;
	const sp_turn now = {.question = decision->masked, .decision = decision->kind, .reason = decision->reason, .lang = decision->lang};
	gathering g = {.words = SP_BUFFER_INIT, .timezone = c->config->timezone, .arena = c->arena};
	return gather_all(&g, decision->before, decision->category, &now, c->now_utc_s, ret);
}
