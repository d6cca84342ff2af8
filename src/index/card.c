#include "index/card.h"

#include "base/hash.h"
#include "index/schema.h"

#include <stdlib.h>

#define CARD_FORMAT 3
#define STEMS_MAX 60000 /* their numbers take two bytes */

/* ---- what cards and questions share ---- */

bool spi_token_counts(const sp_token *token)
{
	return token->kind != SP_TOKEN_PERSONAL && token->term_len > 0 && token->term_len <= SPI_TERM_MAX;
}

uint64_t spi_normal_hash(const char *text, size_t len, sp_arena *arena)
{
	size_t normal_len = 0;
	const char *normal = sp_text_normal_form(text, len, arena, &normal_len);
	return normal && normal_len ? spi_hash64(normal, normal_len) : 0;
}

uint32_t spi_bigram_hash(uint32_t first, uint32_t second)
{
	uint64_t both = (uint64_t)first << 32 | second;
	return (uint32_t)spi_hash64(&both, sizeof both);
}

size_t spi_grams(const char *word, size_t len, uint32_t ret[SPI_GRAMS_MAX])
{
	char marked[SPI_GRAMS_MAX + 4];
	if (len > sizeof marked - 2)
		len = sizeof marked - 2;
	marked[0] = '^';
	memcpy(marked + 1, word, len);
	marked[len + 1] = '$';
	size_t windows = len + 2 > 4 ? len + 2 - 3 : 1, width = len + 2 > 4 ? 4 : len + 2, count = 0;
	for (size_t i = 0; i < windows && count < SPI_GRAMS_MAX; i++) {
		uint32_t gram = spi_term_hash(marked + i, width);
		size_t seen = 0;
		while (seen < count && ret[seen] != gram)
			seen++;
		if (seen == count)
			ret[count++] = gram;
	}
	return count;
}

/* ---- making one ---- */

typedef struct phrase {
	const char *text;
	size_t text_len;
	uint64_t normal_hash;
	uint16_t *stems;
	uint32_t *bigrams;
	size_t stems_count, bigrams_count;
} phrase;

typedef struct stem_detail {
	uint32_t alt_hash;
	const char *plain; /* borrowed: the word that the grams are of */
	uint16_t plain_len;
	bool is_function;
} stem_detail;

struct spi_card_builder {
	sp_arena *arena;
	spi_termset stems;
	stem_detail *details; /* of each stem */
	size_t details_cap;
	phrase *phrases;
	size_t phrases_count, phrases_cap, shown_count;
	spi_termset keywords, others; /* keywords: extra = number of the stem */
};

spi_card_builder *spi_card_builder_new(sp_arena *arena)
{
	spi_card_builder *builder = sp_arena_calloc(arena, 1, sizeof *builder);
	if (!builder)
		return NULL;
	builder->arena = arena;
	spi_termset_init(&builder->stems, arena);
	spi_termset_init(&builder->keywords, arena);
	spi_termset_init(&builder->others, arena);
	return builder;
}

static bool set_detail(spi_card_builder *builder, size_t number, const sp_token *token)
{
	if (number >= builder->details_cap) {
		size_t cap = builder->details_cap ? builder->details_cap * 2 : 64;
		stem_detail *details = sp_arena_alloc(builder->arena, cap * sizeof *details);
		if (!details)
			return false;
		if (builder->details_cap)
			memcpy(details, builder->details, builder->details_cap * sizeof *details);
		builder->details = details;
		builder->details_cap = cap;
	}
	builder->details[number] = (stem_detail){
		.alt_hash = token->alt ? spi_term_hash(token->alt, token->alt_len) : 0,
		.plain = token->plain,
		.plain_len = token->plain_len,
		.is_function = token->is_function_word,
	};
	return true;
}

/* The stem's number, -1 when memory is out, STEMS_MAX when there is no room for more. */
static long add_stem(spi_card_builder *builder, const sp_token *token)
{
	bool is_new;
	if (builder->stems.count >= STEMS_MAX) {
		long found = spi_termset_find(&builder->stems, token->term, token->term_len);
		return found < 0 ? STEMS_MAX : found;
	}
	long number = spi_termset_add(&builder->stems, token->term, token->term_len, &is_new);
	if (number >= 0 && is_new && !set_detail(builder, (size_t)number, token))
		return -1;
	return number;
}

static phrase *next_phrase(spi_card_builder *builder)
{
	if (builder->phrases_count == builder->phrases_cap) {
		size_t cap = builder->phrases_cap ? builder->phrases_cap * 2 : 16;
		phrase *phrases = sp_arena_alloc(builder->arena, cap * sizeof *phrases);
		if (!phrases)
			return NULL;
		if (builder->phrases_count)
			memcpy(phrases, builder->phrases, builder->phrases_count * sizeof *phrases);
		builder->phrases = phrases;
		builder->phrases_cap = cap;
	}
	return &builder->phrases[builder->phrases_count++];
}

static void add_once(phrase *p, uint16_t number)
{
	for (size_t i = 0; i < p->stems_count; i++)
		if (p->stems[i] == number)
			return;
	if (p->stems_count < SPI_PHRASE_STEMS_MAX)
		p->stems[p->stems_count++] = number;
}

bool spi_card_add_phrase(spi_card_builder *builder, const char *text, size_t len, const sp_tokens *tokens, bool shown)
{
	if (builder->phrases_count >= SPI_PHRASES_MAX)
		return true;
	phrase *p = next_phrase(builder);
	builder->shown_count += shown;
	size_t room = tokens->count ? tokens->count : 1;
	if (!p)
		return false;
	*p = (phrase){.text = text, .text_len = len > UINT16_MAX ? UINT16_MAX : len};
	p->normal_hash = spi_normal_hash(text, len, builder->arena);
	p->stems = sp_arena_alloc(builder->arena, room * sizeof *p->stems);
	p->bigrams = sp_arena_alloc(builder->arena, room * sizeof *p->bigrams);
	if (!p->stems || !p->bigrams)
		return false;
	uint32_t before = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		if (!spi_token_counts(token))
			continue;
		long number = add_stem(builder, token);
		if (number < 0)
			return false;
		if (number == STEMS_MAX)
			continue;
		add_once(p, (uint16_t)number);
		if (token->is_function_word)
			continue;
		uint32_t hash = builder->stems.items[number].hash;
		if (before && p->bigrams_count < SPI_PHRASE_STEMS_MAX)
			p->bigrams[p->bigrams_count++] = spi_bigram_hash(before, hash);
		before = hash;
	}
	return true;
}

bool spi_card_add_keyword(spi_card_builder *builder, const sp_tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		if (!spi_token_counts(token))
			continue;
		bool is_new;
		long number = add_stem(builder, token);
		long at = spi_termset_add(&builder->keywords, token->term, token->term_len, &is_new);
		if (number < 0 || at < 0)
			return false;
		builder->keywords.items[at].extra = (uint32_t)number;
	}
	return true;
}

bool spi_card_add_other(spi_card_builder *builder, const sp_tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		bool is_new;
		if (spi_token_counts(token) && spi_termset_add(&builder->others, token->term, token->term_len, &is_new) < 0)
			return false;
		if (spi_token_counts(token) && token->alt &&
			spi_termset_add(&builder->others, token->alt, token->alt_len, &is_new) < 0)
			return false;
	}
	return true;
}

static unsigned wdf_of(const spi_termset *ranked, const spi_term *term)
{
	long number = spi_termset_find(ranked, term->text, term->len);
	uint32_t weight = number < 0 ? 0 : ranked->items[number].count;
	return weight < 255 ? weight : 255;
}

/* What each stem is, for who meets it the first time. */
static void put_stems(const spi_card_builder *builder, sp_buffer *out, sp_buffer *out_stems)
{
	const spi_termset *stems = &builder->stems;
	uint32_t grams[SPI_GRAMS_MAX];
	for (size_t i = 0; i < stems->count; i++) {
		spi_put_u32(out, stems->items[i].hash);
		spi_put_u32(out, builder->details[i].alt_hash);
		spi_bytes_put_text(out_stems, stems->items[i].text, stems->items[i].len);
	}
	for (size_t i = 0; i < stems->count; i++) {
		size_t count = spi_grams(builder->details[i].plain, builder->details[i].plain_len, grams);
		spi_put_u8(out, (unsigned)count | (builder->details[i].is_function ? SPI_STEM_FUNCTION : 0));
	}
	for (size_t i = 0; i < stems->count; i++) {
		size_t count = spi_grams(builder->details[i].plain, builder->details[i].plain_len, grams);
		sp_buffer_add(out, grams, count * sizeof *grams);
	}
}

static void put_weights(const spi_card_builder *builder, const spi_termset *ranked, sp_buffer *out)
{
	spi_put_u16(out, (unsigned)builder->stems.count);
	for (size_t i = 0; i < builder->stems.count; i++)
		spi_put_u8(out, wdf_of(ranked, &builder->stems.items[i]));
}

static void put_keywords(const spi_card_builder *builder, sp_buffer *out)
{
	size_t count = 0;
	for (size_t i = 0; i < builder->keywords.count; i++)
		count += builder->keywords.items[i].extra < STEMS_MAX;
	spi_put_u16(out, (unsigned)count);
	for (size_t i = 0; i < builder->keywords.count; i++)
		if (builder->keywords.items[i].extra < STEMS_MAX)
			spi_put_u16(out, builder->keywords.items[i].extra);
}

typedef struct other {
	uint32_t hash;
	unsigned wdf;
} other;

static int by_hash(const void *a, const void *b)
{
	const other *left = a, *right = b;
	return (left->hash > right->hash) - (left->hash < right->hash);
}

static void put_others(const spi_card_builder *builder, const spi_termset *ranked, sp_buffer *out)
{
	const spi_termset *terms = &builder->others;
	other *others = sp_arena_alloc(builder->arena, (terms->count + 1) * sizeof *others);
	size_t count = 0;
	if (!others) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < terms->count; i++)
		if (spi_termset_find(&builder->stems, terms->items[i].text, terms->items[i].len) < 0)
			others[count++] = (other){terms->items[i].hash, wdf_of(ranked, &terms->items[i])};
	qsort(others, count, sizeof *others, by_hash);
	spi_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		spi_put_u32(out, others[i].hash);
	for (size_t i = 0; i < count; i++)
		spi_put_u8(out, others[i].wdf);
}

static void put_phrases(const spi_card_builder *builder, sp_buffer *out)
{
	spi_put_u16(out, (unsigned)builder->phrases_count);
	spi_put_u16(out, (unsigned)builder->shown_count);
	for (size_t i = 0; i < builder->phrases_count; i++) {
		const phrase *p = &builder->phrases[i];
		spi_put_u64(out, p->normal_hash);
		spi_put_u16(out, (unsigned)p->text_len);
		sp_buffer_add(out, p->text, p->text_len);
		spi_put_u8(out, (unsigned)p->stems_count);
		sp_buffer_add(out, p->stems, p->stems_count * sizeof *p->stems);
		spi_put_u8(out, (unsigned)p->bigrams_count);
		sp_buffer_add(out, p->bigrams, p->bigrams_count * sizeof *p->bigrams);
	}
}

/* Format, how many bytes of what is always asked for follow, those, and what the stems are. */
void spi_card_finish(const spi_card_builder *builder, const sp_article *article, const char *category,
	const spi_termset *ranked, sp_buffer *out, sp_buffer *out_stems)
{
	spi_put_u8(out, CARD_FORMAT);
	size_t at = out->len;
	spi_put_u32(out, 0);
	size_t from = out->len;
	spi_put_u8(out, (unsigned)article->lang);
	spi_put_u8(out, article->type);
	spi_bytes_put_text(out, article->id, strlen(article->id));
	spi_bytes_put_text(out, category, strlen(category));
	put_weights(builder, ranked, out);
	put_keywords(builder, out);
	put_others(builder, ranked, out);
	put_phrases(builder, out);
	uint32_t len = (uint32_t)(out->len - from);
	if (!out->failed)
		memcpy(out->data + at, &len, sizeof len);
	put_stems(builder, out, out_stems);
}

/* ---- reading one ---- */

/* All but what the stems are; that is what in is left with. */
static bool parse(spi_bytes *in, spi_card *ret)
{
	const unsigned char *begin = in->at;
	unsigned format = spi_take_u8(in);
	size_t len = spi_take_u32(in);
	const unsigned char *from = spi_take(in, len);
	if (format != CARD_FORMAT || !from)
		return false;
	spi_bytes kept = {from, from + len, false};
	unsigned lang = spi_take_u8(&kept), type = spi_take_u8(&kept);
	if (lang >= SP_LANG_COUNT || type >= SP_TYPE_COUNT)
		return false;
	ret->lang = (sp_lang)lang;
	ret->type = (sp_article_type)type;
	ret->id = spi_take_text(&kept, &ret->id_len);
	ret->category = spi_take_text(&kept, &ret->category_len);
	ret->stems_count = spi_take_u16(&kept);
	ret->stem_wdfs = spi_take(&kept, ret->stems_count);
	ret->keywords_count = spi_take_u16(&kept);
	ret->keywords = spi_take(&kept, ret->keywords_count * 2);
	ret->others_count = spi_take_u32(&kept);
	ret->others = spi_take(&kept, ret->others_count * 4);
	ret->other_wdfs = spi_take(&kept, ret->others_count);
	ret->phrases_count = spi_take_u16(&kept);
	ret->shown_count = spi_take_u16(&kept);
	ret->phrases = kept;
	ret->kept_len = (size_t)(in->at - begin);
	ret->hashes = ret->stem_flags = ret->grams = NULL;
	return !kept.bad;
}

bool spi_card_parse(const void *bytes, size_t len, spi_card *ret)
{
	const unsigned char *from = bytes;
	spi_bytes in = {from, from + len, false};
	if (!parse(&in, ret))
		return false;
	ret->hashes = spi_take(&in, ret->stems_count * 8);
	ret->stem_flags = spi_take(&in, ret->stems_count);
	size_t grams = 0;
	for (size_t i = 0; ret->stem_flags && i < ret->stems_count; i++)
		grams += ret->stem_flags[i] & SPI_STEM_GRAMS;
	ret->grams = spi_take(&in, grams * 4);
	return !in.bad;
}

bool spi_card_parse_kept(const void *bytes, size_t len, spi_card *ret)
{
	const unsigned char *from = bytes;
	spi_bytes in = {from, from + len, false};
	return parse(&in, ret);
}

bool spi_card_phrase(spi_bytes *phrases, spi_phrase *ret)
{
	if (phrases->at == phrases->end)
		return false;
	ret->normal_hash = spi_take_u64(phrases);
	ret->text_len = spi_take_u16(phrases);
	ret->text = (const char *)spi_take(phrases, ret->text_len);
	ret->stems_count = spi_take_u8(phrases);
	ret->stems = spi_take(phrases, ret->stems_count * 2);
	ret->bigrams_count = spi_take_u8(phrases);
	ret->bigrams = spi_take(phrases, ret->bigrams_count * 4);
	return !phrases->bad;
}

bool spi_card_stem_text(const void *bytes, size_t len, size_t n, const char **ret, size_t *ret_len)
{
	const unsigned char *from = bytes;
	spi_bytes in = {from, from + len, false};
	for (size_t i = 0; i <= n; i++)
		*ret = spi_take_text(&in, ret_len);
	return !in.bad;
}
