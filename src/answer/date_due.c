#include "answer/date_due.h"

#include "answer/date_named.h"
#include "text/words.h"

#include <string.h>

/* Words between "scadenza" and its day, and so many of them that say something: "la scadenza del mio avviso tari era il 10" */
#define BEFORE 6
#define BEFORE_TELLING 2
#define AFTER 3  /* between a day and what is said of it: "am 10. November war sie fällig" */

/* Whether a clause ends between a word and the next one. */
static bool ends_clause(const spi_day_reading *r, size_t at)
{
	if (at + 1 >= r->count)
		return true;
	const char *from = r->words[at].text + r->words[at].len;
	for (const char *c = from; c < r->words[at + 1].text; c++)
		if (strchr(".,;!?", *c))
			return true;
	return false;
}

static bool is_small(const spi_day_reading *r, size_t at)
{
	const spi_day_word *w = &r->words[at];
	return spi_day_words_of(r, at, KIND_AROUND) || spi_day_words_of(r, at, KIND_WEEKDAY) || spi_is_function_word(w->text, w->len, r->lang);
}

/* "scadenza: 10 novembre", "entro il 10 novembre" */
static bool is_behind(const spi_day_reading *r, size_t from, size_t at)
{
	size_t telling = 0;
	for (size_t i = at; i > from && at - i <= BEFORE; i--) {
		bool is_beside = i == at && spi_day_words_of(r, i - 1, KIND_DUE); /* "scad. 10/11" */
		if (!is_beside && (ends_clause(r, i - 1) || spi_day_words_of(r, i - 1, KIND_PAID)))
			return false;
		if (spi_day_words_of(r, i - 1, KIND_DUE) || (telling == 0 && spi_day_words_of(r, i - 1, KIND_UNTIL)))
			return true;
		telling += !is_small(r, i - 1);
		if (telling > BEFORE_TELLING)
			return false;
	}
	return false;
}

/* "il 9 novembre ma scadeva il 10": what is said of the next day is not said of this one. */
static bool has_day_of_its_own(const spi_day_reading *r, size_t due)
{
	for (size_t i = due; i < r->count && i <= due + BEFORE + 1; i++) {
		if (i > due && spi_days_read(r, i).words > 0)
			return true;
		if (ends_clause(r, i))
			return false;
	}
	return false;
}

/* "am 10. November fällig", "il 10 novembre era la scadenza" */
static bool is_before(const spi_day_reading *r, size_t at, size_t words)
{
	bool is_paid = at > 0 && spi_day_words_of(r, at - 1, KIND_PAID);
	is_paid |= at > 1 && is_small(r, at - 1) && spi_day_words_of(r, at - 2, KIND_PAID);
	for (size_t i = at + words; !is_paid && i < r->count && i - at - words <= AFTER; i++) {
		if (ends_clause(r, i - 1) || spi_day_words_of(r, i, KIND_PAID))
			return false;
		if (spi_day_words_of(r, i, KIND_DUE))
			return !has_day_of_its_own(r, i);
	}
	return false;
}

static bool is_word(const spi_day_reading *r, size_t at, const spi_date_entry *e, size_t which)
{
	return at < r->count && r->words[at].len == e->words[which].len && memcmp(r->words[at].text, e->words[which].text, e->words[which].len) == 0;
}

/* "sie lief am 10. November ab" */
static bool is_between(const spi_day_reading *r, size_t from, size_t at, size_t words)
{
	for (size_t i = r->known->from[KIND_SPLIT]; i < r->known->from[KIND_SPLIT + 1]; i++) {
		const spi_date_entry *e = &r->known->items[i];
		if (e->count != 2 || !is_word(r, at + words, e, 1))
			continue;
		for (size_t k = at; k > from && at - k <= BEFORE && !ends_clause(r, k - 1); k--)
			if (is_word(r, k - 1, e, 0))
				return true;
	}
	return false;
}

bool spi_day_is_due(const spi_day_reading *r, size_t from, size_t at, size_t words)
{
	return is_behind(r, from, at) || is_before(r, at, words) || is_between(r, from, at, words);
}

bool spi_days_speak_of_end(const spi_day_reading *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (spi_day_words_of(r, i, KIND_DUE))
			return true;
	return false;
}
