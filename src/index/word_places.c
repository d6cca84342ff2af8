#include "index/word_places.h"

#include "index/card.h"

/* Form: how many different terms, the hash of each; then for each word how far behind the one before, its length, its term's number. A second form
   of the same word comes next, no farther. */

static bool put_place(const sp_token *token, const char *term, size_t len, spi_termset *terms, uint32_t *from, sp_buffer *out)
{
	bool is_new;
	long number = spi_termset_add(terms, term, len, &is_new);
	if (number < 0)
		return false;
	spi_put_varint(out, token->start - *from);
	spi_put_varint(out, token->end - token->start);
	spi_put_varint(out, (uint64_t)number);
	*from = token->start;
	return true;
}

static bool put_all(const sp_tokens *tokens, spi_termset *terms, sp_buffer *out)
{
	uint32_t from = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		if (token->end > SPI_PLACES_TEXT_MAX)
			break;
		if (!spi_token_counts(token))
			continue;
		if (!put_place(token, token->term, token->term_len, terms, &from, out) ||
			(token->alt && !put_place(token, token->alt, token->alt_len, terms, &from, out)))
			return false;
	}
	return true;
}

bool spi_places_encode(const sp_tokens *tokens, sp_arena *arena, sp_buffer *out)
{
	spi_termset terms;
	sp_buffer words = SP_BUFFER_INIT;
	spi_termset_init(&terms, arena);
	bool ok = put_all(tokens, &terms, &words) && sp_buffer_ok(&words);
	spi_put_varint(out, terms.count);
	for (size_t i = 0; i < terms.count; i++)
		spi_put_u32(out, terms.items[i].hash);
	sp_buffer_add(out, words.data, words.len);
	sp_buffer_release(&words);
	return ok && sp_buffer_ok(out);
}

/* The question's bit of each term, -1 = none. */
static int *bits_of(const unsigned char *hashes, size_t count, const spi_question *question, sp_arena *arena, bool *ret_any)
{
	int *bits = sp_arena_alloc(arena, (count + 1) * sizeof *bits);
	*ret_any = false;
	for (size_t i = 0; bits && i < count; i++) {
		bits[i] = spi_question_bit(question, spi_u32_at(hashes, i));
		*ret_any |= bits[i] >= 0;
	}
	return bits;
}

static bool take_met(spi_bytes *in, size_t text_len, const int *bits, size_t terms, spi_place *ret, size_t *ret_count)
{
	uint64_t start = 0, met_until = 0;
	while (in->at < in->end) {
		start += spi_take_varint(in);
		uint64_t end = start + spi_take_varint(in), number = spi_take_varint(in);
		if (in->bad || number >= terms || start > text_len || end < start || end > text_len)
			return false;
		if (bits[number] < 0 || start < met_until)
			continue;
		ret[(*ret_count)++] = (spi_place){(uint32_t)start, (uint32_t)end, bits[number]};
		met_until = end;
	}
	return true;
}

sp_status spi_places_met(spi_bytes places, size_t text_len, const spi_question *question, sp_arena *arena, spi_place **ret, size_t *ret_count)
{
	uint64_t terms = spi_take_varint(&places);
	bool any;
	*ret_count = 0;
	if (places.bad || terms > (size_t)(places.end - places.at) / sizeof(uint32_t))
		return SP_ERR_CORRUPT;
	const unsigned char *hashes = spi_take(&places, (size_t)terms * sizeof(uint32_t));
	int *bits = bits_of(hashes, (size_t)terms, question, arena, &any);
	/* Each takes three bytes. */
	*ret = bits ? sp_arena_alloc(arena, ((any ? (size_t)(places.end - places.at) / 3 : 0) + 1) * sizeof **ret) : NULL;
	if (!*ret)
		return SP_ERR_NOMEM;
	return !any || take_met(&places, text_len, bits, (size_t)terms, *ret, ret_count) ? SP_OK : SP_ERR_CORRUPT;
}
