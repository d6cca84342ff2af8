#include "answer/number_told.h"

#include "answer/day_told.h"
#include "answer/rank.h"
#include "answer/rules.h"
#include "sportello/catalog.h"
#include "sportello/personal.h"

#include <string.h>

#define DIGITS_LEAST 10      /* shorter ones are codes of errors, numbers of tickets, sums */
#define GROUP_LEAST 3
#define ADDRESSES_MAX 4
#define NAMELESS "number-told.what.number"
#define NUMBERS_IN_A_ROW 2   /* then a person */
#define OFFERED_GUIDES 2     /* of the choices: guides to what is done with such a number come first */
#define OFFERED_CONFIDENCE 0.3

const char *spi_number_told_key(const char *masked, sp_arena *arena)
{
	sp_personal_kind kind;
	for (; *masked; masked++)
		if (sp_personal_mask_at(masked, &kind) > 0)
			return sp_arena_printf(arena, "number-told.what.%s", sp_personal_name(kind));
	return NAMELESS;
}

/* "windows11" is none. */
static bool is_digits(const sp_token *token)
{
	return token->kind == SP_TOKEN_NUMBER && strspn(token->plain, "0123456789.,-/") >= token->plain_len;
}

/* "15.11.2026" has eight. */
static size_t count_digits(const sp_token *token)
{
	size_t count = 0;
	for (const char *at = token->plain; *at; at++)
		count += *at >= '0' && *at <= '9';
	return count;
}

/* In groups, as people copy it: "0123 4567 8901"; 03 04 2021 is none. */
static bool is_group(const sp_token *token)
{
	return is_digits(token) && token->plain_len >= GROUP_LEAST;
}

/* Its tokens, a bit each; 0: there is none that is long enough. */
static uint64_t numbers_in(const spi_deciding *d)
{
	uint64_t personal = 0, groups = 0;
	size_t digits = 0;
	for (size_t i = 0; i < d->cues.count; i++) {
		const sp_token *token = &d->tokens.items[i];
		bool goes_on = i > 0 && groups >> (i - 1) & 1;
		if (token->kind == SP_TOKEN_PERSONAL) {
			personal |= UINT64_C(1) << i;
		} else if (is_group(token) || (goes_on && is_digits(token))) {
			groups |= UINT64_C(1) << i;
			digits += count_digits(token);
		}
	}
	return personal | (digits >= DIGITS_LEAST ? groups : 0);
}

/* What names it is beside it: "codice avviso". */
static bool is_only_number(const spi_deciding *d)
{
	uint64_t numbers = numbers_in(d), courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	if (!numbers || d->tokens.count > d->cues.count || spi_says(d, SPI_CUE_TOPIC_CHANGE))
		return false;
	uint64_t named = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_NUMBER_NAMED);
	if (d->asks && d->cues.content & ~numbers)
		return false;
	return spi_unexplained(d, numbers | named | courtesy) == 0;
}

/* What is known for somebody's by its form is masked already; of the others nothing is kept either. */
static bool mask_digits(spi_deciding *d)
{
	char *masked = sp_arena_strdup(d->arena, d->decision->masked);
	for (char *at = masked; at && *at; at++)
		if (*at >= '0' && *at <= '9')
			*at = '#';
	d->decision->masked = masked;
	return masked;
}

/* "scrivetemi a maria.rossi@example.org", "333 1234567": who leaves an address after an answer is to be reached there. */
static bool leaves_address(const spi_deciding *d)
{
	if (!spi_last_was(d, SP_DECIDE_ANSWER) || d->asks || d->tokens.count > d->cues.count || !numbers_in(d))
		return false;
	sp_personal_span spans[ADDRESSES_MAX];
	size_t count = sp_personal_find(d->question->text, d->question->len, spans, ADDRESSES_MAX);
	bool is_address = count > 0 && count <= ADDRESSES_MAX;
	for (size_t i = 0; i < count && i < ADDRESSES_MAX; i++)
		is_address &= spans[i].kind == SP_PERSONAL_EMAIL || spans[i].kind == SP_PERSONAL_PHONE;
	uint64_t said = numbers_in(d) | spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_NUMBER_NAMED) | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	return is_address && spi_unexplained(d, said) <= 1;
}

static size_t numbers_in_a_row(const sp_dialogue *dialogue)
{
	size_t numbers = 0;
	for (size_t i = dialogue ? dialogue->count : 0; i > 0 && dialogue->turns[i - 1].reason == SP_REASON_NUMBER_TOLD; i--)
		numbers++;
	return numbers;
}

static void put_guides_first(spi_retrieval *found)
{
	size_t guides = 0;
	const char *category = found->candidates[0].category;
	for (size_t i = 0; i < found->count && guides < OFFERED_GUIDES; i++) {
		sp_candidate candidate = found->candidates[i];
		if (candidate.type != SP_TYPE_PROCEDURE || strcmp(candidate.category, category) != 0)
			continue;
		memmove(found->candidates + guides + 1, found->candidates + guides, (i - guides) * sizeof candidate);
		found->candidates[guides++] = candidate;
	}
}

/* Where nothing was talked of: what the articles know of such numbers, looked for by their name. */
static sp_status offer_articles(spi_deciding *d, sp_error *err)
{
	const char *key = spi_number_told_key(d->decision->masked, d->arena);
	const char *name = key ? sp_catalog_text(d->decision->lang, key) : NULL;
	if (!name)
		return SP_ERR_NOMEM;
	if (strcmp(key, NAMELESS) == 0) /* it may be anything */
		return SP_OK;
	d->found.text = name, d->found.len = strlen(name);
	sp_status status = spi_retrieve(&d->found, err);
	if (status != SP_OK)
		return status;
	spi_judge(d);
	if (d->choice_confidence < OFFERED_CONFIDENCE || d->found.count < 2) {
		d->found.count = 0;
		return SP_OK;
	}
	put_guides_first(&d->found);
	d->decision->choices = d->found.count < SP_CHOICES_MAX ? d->found.count : SP_CHOICES_MAX;
	return SP_OK;
}

sp_status spi_decide_by_number_told(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	*ret = false;
	if (spi_ticket_offered(d))
		return SP_OK;
	if (leaves_address(d)) {
		*ret = spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
		return SP_OK;
	}
	if (!is_only_number(d))
		return SP_OK;
	if (!mask_digits(d))
		return SP_ERR_NOMEM;
	/* A number has no language. */
	sp_lang before = dialogue && dialogue->count > 0 ? dialogue->turns[dialogue->count - 1].lang : SP_LANG_NONE;
	if (d->question->lang == SP_LANG_NONE && before != SP_LANG_NONE)
		d->decision->lang = d->found.lang = before;
	*ret = true;
	if (numbers_in_a_row(dialogue) >= NUMBERS_IN_A_ROW) {
		spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
		return SP_OK;
	}
	spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_NUMBER_TOLD);
	const sp_turn *last = d->last;
	bool is_known = last && (last->decision == SP_DECIDE_ANSWER || last->decision == SP_DECIDE_TICKET || last->offered.count > 0);
	return is_known ? SP_OK : offer_articles(d, err);
}
