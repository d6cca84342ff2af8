#include "answer/parts.h"

#include <string.h>

#define SENTENCES_MAX 24
#define NAMED_LEAST 2  /* words that say something, to have named a thing */
#define PIECE_LEAST 3  /* words */
#define PIECE_COMMA 18 /* from here on a comma ends a piece */
#define PIECE_MOST 30

/* A sentence, or the part of one up to what leads over to another question; tokens from first on, without those that only lead in. */
typedef struct sentence {
	size_t first, count;
	size_t end;      /* in the text */
	bool asks, leads_over;
	bool refers;     /* to what was said before */
	bool says;       /* has a word that says something */
} sentence;

static bool has(uint64_t set, size_t i)
{
	return i < SPI_CUE_TOKENS && set >> i & 1;
}

/* Whether the sentence ends between two tokens; is_question: with a question mark. */
static bool ends_between(const char *text, size_t from, size_t to, bool *is_question)
{
	bool ends = false;
	*is_question = false;
	for (size_t i = from; i < to; i++) {
		*is_question |= text[i] == '?';
		ends |= text[i] == '?' || text[i] == '!' || text[i] == ';' || text[i] == '\n' ||
				(text[i] == '.' && (i + 1 >= to || text[i + 1] == ' ' || text[i + 1] == '\n'));
	}
	return ends;
}

/* What only leads in: "ciao", "e poi". The question word of "e come" is part of the question. */
static size_t pass_over(const sp_tokens *tokens, const spi_cues *cues, size_t i, size_t end)
{
	uint64_t lead = cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_NEXT] | cues->covered[SPI_CUE_TOPIC_CHANGE];
	while (i + 1 < end && has(lead, i) && !spi_cue_from(tokens, i, cues->lang, SPI_CUE_QUESTION))
		i++;
	return i;
}

/* "This" after a thing was named is that thing: "mi serve la ricevuta, dove la trovo?" */
static void look_at_words(const sp_tokens *tokens, const spi_cues *cues, size_t end, sentence *s)
{
	size_t said = 0;
	for (size_t i = s->first; i < end; i++) {
		s->refers |= has(cues->covered[SPI_CUE_SAME], i) && said < NAMED_LEAST;
		said += !tokens->items[i].is_function_word;
	}
	s->says = said > 0;
}

static size_t cut(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues, sentence ret[SENTENCES_MAX])
{
	size_t count = 0, begin = 0;
	uint64_t next = cues->covered[SPI_CUE_NEXT];
	for (size_t i = 0; i < tokens->count; i++) {
		bool last = i + 1 == tokens->count, is_question;
		size_t to = last ? len : tokens->items[i + 1].start;
		bool ends = ends_between(text, tokens->items[i].end, to, &is_question);
		if (!last && !ends && !(has(next, i + 1) && !has(next, i)))
			continue;
		if (count == SENTENCES_MAX)
			return 0;
		sentence *s = &ret[count++];
		*s = (sentence){.first = pass_over(tokens, cues, begin, i + 1), .end = to, .leads_over = has(next, begin)};
		s->count = i + 1 - s->first;
		s->asks = is_question || spi_cue_from(tokens, s->first, cues->lang, SPI_CUE_QUESTION);
		look_at_words(tokens, cues, i + 1, s);
		begin = i + 1;
	}
	return count;
}

/* "ok e come lo pago": what is said before the question ends no sentence for who is in a hurry. */
static bool asks_after_courtesy(const sp_tokens *tokens, const spi_cues *cues)
{
	const uint64_t courtesy = cues->covered[SPI_CUE_CLOSING] | cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_OPENING];
	size_t first = 0;
	while (first < cues->count && courtesy >> first & 1)
		first++;
	return first > 0 && first < cues->count && spi_cue_from(tokens, first, cues->lang, SPI_CUE_QUESTION);
}

bool spi_asks(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues)
{
	if (memchr(text, '?', len) || spi_has_cue(cues, SPI_CUE_QUESTION))
		return true;
	if (asks_after_courtesy(tokens, cues))
		return true;
	for (size_t i = 1; i < tokens->count && i < SPI_CUE_TOKENS; i++) {
		size_t from = tokens->items[i - 1].end, to = tokens->items[i].start;
		if (to > from && text[from] != ' ' && text[from] != '\'' && spi_cue_from(tokens, i, cues->lang, SPI_CUE_QUESTION))
			return true;
	}
	return false;
}

size_t spi_questions_find(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues, spi_part ret[SPI_PARTS_MAX])
{
	sentence sentences[SENTENCES_MAX];
	/* Most messages are one question, and say so at little cost. */
	if (!memchr(text, '?', len) && !spi_has_cue(cues, SPI_CUE_NEXT))
		return 1;
	size_t count = cut(text, len, tokens, cues, sentences), parts = 0;
	bool open = false; /* the last part has its question */
	for (size_t i = 0; i < count; i++) {
		const sentence *s = &sentences[i];
		bool begins = parts == 0 || (open && s->says && !s->refers && (s->asks || s->leads_over));
		if (begins && parts == SPI_PARTS_MAX)
			return 1;
		if (begins) {
			ret[parts++].start = tokens->items[s->first].start;
			open = false;
		}
		ret[parts - 1].end = s->end;
		open |= s->asks;
	}
	/* Told after all questions, though led over to: no question of its own. */
	if (parts > 1 && !open) {
		ret[parts - 2].end = ret[parts - 1].end;
		parts--;
	}
	return parts > 0 ? parts : 1;
}

static bool has_comma(const char *text, size_t from, size_t to)
{
	return memchr(text + from, ',', to - from) != NULL;
}

size_t spi_pieces_find(const char *text, size_t len, const sp_tokens *tokens, spi_part *ret, size_t max)
{
	size_t count = 0, begin = 0;
	for (size_t i = 0; i < tokens->count && count < max; i++) {
		bool last = i + 1 == tokens->count, is_question;
		size_t from = tokens->items[i].end, to = last ? len : tokens->items[i + 1].start, words = i + 1 - begin;
		bool ends = ends_between(text, from, to, &is_question) && words >= PIECE_LEAST;
		if (!last && !ends && words < PIECE_MOST && !(words >= PIECE_COMMA && has_comma(text, from, to)))
			continue;
		ret[count++] = (spi_part){tokens->items[begin].start, to};
		begin = i + 1;
	}
	return count;
}
