#include "index/document.h"

#include "index/card.h"
#include "index/word_places.h"
#include "index/record.h"
#include "index/schema.h"

#include <stdio.h>

/* What is under way while a document is taken apart. */
typedef struct work {
	sp_analyser *analyser;
	const sp_document *document;
	sp_arena *arena;
	spi_indexed *out;
	spi_card_builder *card;
	sp_error *err;
} work;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

char *spi_document_key(const char *id, sp_lang lang, sp_arena *arena)
{
	char *key = sp_arena_printf(arena, "Q%s:%s", sp_lang_code(lang), id);
	if (key && strlen(key) > SPI_TERM_MAX)
		key[SPI_TERM_MAX] = '\0';
	return key;
}

/* ---- filters ---- */

static bool add_mark(work *w, char prefix, const char *text, size_t len)
{
	bool is_new;
	if (len > SPI_TERM_MAX - 1)
		len = SPI_TERM_MAX - 1;
	char *term = sp_arena_alloc(w->arena, len + 1);
	if (!term)
		return false;
	term[0] = prefix;
	memcpy(term + 1, text, len);
	return spi_termset_add(&w->out->marks, term, len + 1, &is_new) >= 0;
}

static bool add_mark_text(work *w, char prefix, const char *text)
{
	return add_mark(w, prefix, text, strlen(text));
}

static sp_audiences shown_audiences(const sp_document *document)
{
	return document->readable ? document->article->audience & document->readable : document->article->audience;
}

static bool add_marks(work *w)
{
	const sp_article *article = w->document->article;
	const sp_kb_config *config = w->document->config;
	bool ok = spi_termset_add(&w->out->marks, w->out->key, strlen(w->out->key), &(bool){false}) >= 0;
	ok &= add_mark_text(w, 'L', sp_lang_code(article->lang));
	ok &= add_mark_text(w, 'T', sp_article_type_name(article->type));
	if (article->category >= 0)
		ok &= add_mark_text(w, 'C', config->categories[article->category].key);
	for (int i = 0; i < SP_AUDIENCES_MAX; i++)
		if (shown_audiences(w->document) >> i & 1) {
			char number[12];
			ok &= add_mark(w, 'A', number, (size_t)snprintf(number, sizeof number, "%d", i));
		}
	if (w->out->validity[0])
		ok &= add_mark_text(w, 'D', "");
	if (article->type == SP_TYPE_NOTICE)
		ok &= add_mark_text(w, 'N', "");
	if (article->ended)
		ok &= add_mark_text(w, 'E', "");
	for (size_t i = 0; i < article->ticket_fields_count; i++)
		ok &= add_mark_text(w, 'F', config->fields[article->ticket_fields[i]].key);
	if (article->ticket_group >= 0)
		ok &= add_mark_text(w, 'G', config->groups[article->ticket_group].key);
	return ok;
}

/* ---- ranked words ---- */

static bool add_ranked(work *w, const char *term, size_t len, unsigned weight, unsigned most)
{
	bool is_new;
	long number = spi_termset_add(&w->out->ranked, term, len, &is_new);
	if (number < 0)
		return false;
	spi_term *item = &w->out->ranked.items[number];
	/* extra counts what the body gave, so that a long text does not outweigh a title. */
	if (most && item->extra + weight > most)
		return true;
	item->count += weight;
	if (most)
		item->extra += weight;
	return true;
}

static bool add_spelling(work *w, const sp_token *token)
{
	bool is_new;
	if (token->kind != SP_TOKEN_WORD || token->word_len > SPI_SPELL_MAX_BYTES ||
		sp_text_count_chars(token->word, token->word_len) < SPI_SPELL_MIN_CHARS)
		return true;
	long number = spi_termset_add(&w->out->words, token->word, token->word_len, &is_new);
	if (number >= 0)
		w->out->words.items[number].count++;
	return number >= 0;
}

/* How far words go beyond finding: into corrections, and into completions too. Of what nobody is shown, nowhere. */
typedef enum word_reach { FOUND_ONLY, SPELLED, COMPLETED } word_reach;

static bool add_tokens(work *w, const sp_tokens *tokens, unsigned weight, unsigned most, word_reach reach)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		if (!spi_token_counts(token))
			continue;
		if (!add_ranked(w, token->term, token->term_len, weight, most) || (reach >= SPELLED && !add_spelling(w, token)))
			return false;
		if (token->alt && token->alt_len <= SPI_TERM_MAX && !add_ranked(w, token->alt, token->alt_len, weight, most))
			return false;
		if (reach == COMPLETED && !add_mark(w, 'W', token->plain, token->plain_len))
			return false;
	}
	return true;
}

static sp_status analyse(work *w, const char *text, size_t len, sp_tokens *ret)
{
	sp_status status = sp_analyse(w->analyser, text, len, w->document->article->lang, w->arena, ret);
	if (status != SP_OK)
		return sp_error_set(w->err, status, w->document->article->path, 0, "its text cannot be taken apart into words");
	return SP_OK;
}

static sp_status add_phrase(work *w, const char *text, unsigned weight, bool shown)
{
	sp_tokens tokens = {0};
	char hash[20];
	size_t len = strlen(text);
	sp_status status = analyse(w, text, len, &tokens);
	if (status != SP_OK)
		return status;
	uint64_t normal = spi_normal_hash(text, len, w->arena);
	snprintf(hash, sizeof hash, "%016llx", (unsigned long long)normal);
	if (!add_tokens(w, &tokens, weight, 0, shown ? COMPLETED : FOUND_ONLY) ||
		!spi_card_add_phrase(w->card, text, len, &tokens, shown) ||
		(normal && !add_mark_text(w, 'P', hash)))
		return no_memory(w->err);
	return SP_OK;
}

static sp_status add_phrases(work *w, const sp_strings *phrases, bool shown)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < phrases->count; i++)
		status = add_phrase(w, phrases->items[i], SPI_WEIGHT_QUESTION, shown);
	return status;
}

static sp_status add_keywords(work *w)
{
	const sp_strings *keywords = &w->document->article->keywords;
	for (size_t i = 0; i < keywords->count; i++) {
		sp_tokens tokens = {0};
		sp_status status = analyse(w, keywords->items[i], strlen(keywords->items[i]), &tokens);
		if (status != SP_OK)
			return status;
		if (!add_tokens(w, &tokens, SPI_WEIGHT_KEYWORD, 0, SPELLED) || !spi_card_add_keyword(w->card, &tokens))
			return no_memory(w->err);
	}
	return SP_OK;
}

/* "E-1234" and "TRK/99" as they are looked for in a message: word by word, joined as the words of "PAA_X" are. */
static bool mark_words(work *w, const sp_tokens *tokens)
{
	const char *joined = tokens->count ? sp_arena_strndup(w->arena, tokens->items[0].plain, tokens->items[0].plain_len) : "";
	for (size_t i = 1; joined && i < tokens->count; i++)
		joined = sp_arena_printf(w->arena, "%s_%.*s", joined, (int)tokens->items[i].plain_len, tokens->items[i].plain);
	return joined && (!*joined || add_mark(w, 'K', joined, strlen(joined)));
}

/* A code filters as it is written, and ranks by its words. */
static sp_status add_codes(work *w)
{
	const sp_strings *codes = &w->document->article->codes;
	for (size_t i = 0; i < codes->count; i++) {
		sp_tokens tokens = {0};
		size_t len = strlen(codes->items[i]);
		sp_status status = analyse(w, codes->items[i], len, &tokens);
		if (status != SP_OK)
			return status;
		char *folded = sp_text_fold(codes->items[i], len, w->arena, &len);
		if (!folded || !add_mark(w, 'K', folded, len) || !mark_words(w, &tokens) || !add_tokens(w, &tokens, SPI_WEIGHT_CODE, 0, SPELLED) ||
			!spi_card_add_other(w->card, &tokens))
			return no_memory(w->err);
	}
	return SP_OK;
}

static sp_status add_text(work *w, const char *text, size_t len, unsigned weight, unsigned most, sp_tokens *ret)
{
	sp_status status = analyse(w, text, len, ret);
	if (status != SP_OK)
		return status;
	if (!add_tokens(w, ret, weight, most, SPELLED) || !spi_card_add_other(w->card, ret))
		return no_memory(w->err);
	return SP_OK;
}

static sp_status add_body(work *w)
{
	const sp_view *view = w->document->view;
	sp_tokens tokens = {0};
	sp_status status = add_text(w, view->plain, view->plain_len, SPI_WEIGHT_BODY, SPI_WEIGHT_BODY_MAX, &tokens);
	if (status == SP_OK && !spi_places_encode(&tokens, w->arena, &w->out->places))
		return no_memory(w->err);
	for (size_t i = 0; status == SP_OK && i < view->headings.count; i++)
		status = add_text(w, view->headings.items[i], strlen(view->headings.items[i]), SPI_WEIGHT_HEADING, 0, &tokens);
	return status;
}

/* ---- values ---- */

static sp_date later(sp_date a, sp_date b)
{
	return a > b ? a : b;
}

static sp_date sooner(sp_date a, sp_date b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

void spi_validity(const sp_article *article, const char *timezone, sp_date *ret_from, sp_date *ret_until)
{
	sp_date starts = article->starts_utc_s ? sp_date_of(article->starts_utc_s, timezone) : 0;
	sp_date ends = article->ends_utc_s ? sp_date_of(article->ends_utc_s, timezone) : 0;
	*ret_from = later(article->valid_from, starts);
	*ret_until = sooner(article->ended ? 0 : article->valid_until, ends);
}

static void put_values(work *w)
{
	const sp_article *article = w->document->article;
	const char *category = article->category >= 0 ? w->document->config->categories[article->category].key : "";
	sp_date from, until;
	spi_validity(article, w->document->config->timezone, &from, &until);
	if (from || until)
		snprintf(w->out->validity, sizeof w->out->validity, "%d %d", (int)from, (int)until);
	snprintf(w->out->sort_updated, sizeof w->out->sort_updated, "%08d", (int)article->updated);
	spi_put_u8(&w->out->facets, article->type);
	spi_put_u8(&w->out->facets, (unsigned)article->lang);
	spi_put_u32(&w->out->facets, shown_audiences(w->document));
	sp_buffer_add_text(&w->out->facets, category);
	spi_card_finish(w->card, article, category, &w->out->ranked, &w->out->card, &w->out->stems);
	spi_record_encode(w->document, &w->out->places, &w->out->record);
	for (size_t i = 0; i < w->out->words.count; i++) {
		const spi_term *word = &w->out->words.items[i];
		spi_put_varint(&w->out->words_text, word->count);
		spi_bytes_put_text(&w->out->words_text, word->text, word->len);
	}
}

static bool prepare(work *w)
{
	spi_indexed *out = w->out;
	spi_termset_init(&out->ranked, w->arena);
	spi_termset_init(&out->marks, w->arena);
	spi_termset_init(&out->words, w->arena);
	const char *title = w->document->article->title;
	out->sort_title = sp_text_fold(title, strlen(title), w->arena, &out->sort_title_len);
	out->key = spi_document_key(w->document->article->id, w->document->article->lang, w->arena);
	w->card = spi_card_builder_new(w->arena);
	return out->sort_title && out->key && w->card;
}

sp_status spi_index_document(
	sp_analyser *analyser, const sp_document *document, sp_arena *arena, spi_indexed *ret, sp_error *err)
{
	work w = {.analyser = analyser, .document = document, .arena = arena, .out = ret, .err = err};
	*ret = (spi_indexed){0};
	if (!prepare(&w))
		return no_memory(err);
	sp_status status = add_phrase(&w, document->article->title, SPI_WEIGHT_TITLE, true);
	if (status == SP_OK)
		status = add_phrases(&w, &document->article->questions, true);
	if (status == SP_OK)
		status = add_phrases(&w, &document->also, false);
	if (status == SP_OK)
		status = add_keywords(&w);
	if (status == SP_OK)
		status = add_codes(&w);
	if (status == SP_OK)
		status = add_body(&w);
	if (status != SP_OK)
		return status;
	put_values(&w);
	if (!add_marks(&w) || !sp_buffer_ok(&ret->card) || !sp_buffer_ok(&ret->stems) || !sp_buffer_ok(&ret->facets) ||
		!sp_buffer_ok(&ret->words_text) || !sp_buffer_ok(&ret->record))
		return no_memory(err);
	return SP_OK;
}

void spi_indexed_release(spi_indexed *indexed)
{
	sp_buffer_release(&indexed->card);
	sp_buffer_release(&indexed->stems);
	sp_buffer_release(&indexed->facets);
	sp_buffer_release(&indexed->words_text);
	sp_buffer_release(&indexed->places);
	sp_buffer_release(&indexed->record);
}
