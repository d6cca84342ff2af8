/* A card: what is needed to rank one article for a question, packed, so that some thirty are read and judged in
   microseconds. It holds the article's name, its phrasings (title first, then the questions), the stems in them with
   their character 4-grams, which stems are keywords, and hashes of all other stems of the article. */
#ifndef INDEX_CARD_H
#define INDEX_CARD_H

#include "index/bytes.h"
#include "index/termset.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_GRAMS_MAX 32	 /* of one word */
#define SPI_PHRASES_MAX 4000 /* of one article */
#define SPI_PHRASE_STEMS_MAX 255

/* A card's bytes, taken apart. Borrows them. */
typedef struct spi_card {
	sp_lang lang;
	sp_article_type type;
	const char *id, *category;
	size_t id_len, category_len;
	size_t stems_count;
	const unsigned char *hashes;	 /* two u32 a stem: its own hash, the hash of its second form (0 = none) */
	const unsigned char *stem_flags; /* one a stem: number of grams, SPI_STEM_FUNCTION */
	const unsigned char *stem_wdfs;	 /* one a stem: its weight in the article, 255 = that or more */
	const unsigned char *grams;		 /* u32, of all stems one after the other */
	size_t kept_len;				 /* bytes that hold all but hashes, flags and grams, which come last */
	size_t keywords_count;
	const unsigned char *keywords; /* u16: numbers of stems */
	size_t others_count;
	const unsigned char *others;	 /* u32, sorted: stems that are only in headings and body */
	const unsigned char *other_wdfs; /* one for each of them */
	size_t phrases_count, shown_count; /* those that people may be shown come first */
	spi_bytes phrases; /* read with spi_card_phrase() */
} spi_card;

/* One stem of a card. Borrows the card's bytes. */
typedef struct spi_stem {
	uint32_t hash, alt_hash; /* alt_hash 0 = none */
	bool is_function;
	const unsigned char *grams;
	size_t grams_count;
} spi_stem;

#define SPI_STEM_FUNCTION 0x80 /* a function word */
#define SPI_STEM_GRAMS 0x3f

typedef struct spi_phrase {
	uint64_t normal_hash;
	const char *text;
	size_t text_len;
	size_t stems_count;
	const unsigned char *stems; /* u16: numbers of stems, each once */
	size_t bigrams_count;
	const unsigned char *bigrams; /* u32: neighbouring content words */
} spi_phrase;

/* False when the bytes are no card. */
bool spi_card_parse(const void *bytes, size_t len, spi_card *ret);
/* The same for a card that may have been cut to kept_len: hashes, stem_flags and grams are NULL. */
bool spi_card_parse_kept(const void *bytes, size_t len, spi_card *ret);
/* Stem number i; *grams begins as card->grams and is moved on. */
static inline spi_stem spi_card_stem(const spi_card *card, size_t i, const unsigned char **grams)
{
	spi_stem stem = {spi_u32_at(card->hashes, 2 * i), spi_u32_at(card->hashes, 2 * i + 1), (card->stem_flags[i] & SPI_STEM_FUNCTION) != 0, *grams,
		(size_t)card->stem_flags[i] & SPI_STEM_GRAMS};
	*grams += stem.grams_count * 4;
	return stem;
}
/* The next phrasing of card.phrases; false at the end. */
bool spi_card_phrase(spi_bytes *phrases, spi_phrase *ret);

typedef struct spi_card_builder spi_card_builder;
/* All memory of a builder is of the arena; NULL when it is out. */
spi_card_builder *spi_card_builder_new(sp_arena *arena);
/* Functions return false when memory is out. */
/* shown: people may see it; those that they may not come last. */
bool spi_card_add_phrase(spi_card_builder *builder, const char *text, size_t len, const sp_tokens *tokens, bool shown);
bool spi_card_add_keyword(spi_card_builder *builder, const sp_tokens *tokens);
bool spi_card_add_other(spi_card_builder *builder, const sp_tokens *tokens);
/* Append the card to out, and its stems as text to out_stems. ranked: weights of all terms (their count). */
void spi_card_finish(const spi_card_builder *builder, const sp_article *article, const char *category,
	const spi_termset *ranked, sp_buffer *out, sp_buffer *out_stems);
/* Whether a token takes part in ranking (personal data does not). */
bool spi_token_counts(const sp_token *token);

/* Hash of a phrasing's normal form; 0 for a text without words. */
uint64_t spi_normal_hash(const char *text, size_t len, sp_arena *arena);
/* Hash of two neighbouring stems. */
uint32_t spi_bigram_hash(uint32_t first, uint32_t second);
/* The 4-grams of ^word$, each once. Returns how many. */
size_t spi_grams(const char *word, size_t len, uint32_t ret[SPI_GRAMS_MAX]);
/* Stem number n of a text that spi_card_finish() made; false when there is none. */
bool spi_card_stem_text(const void *bytes, size_t len, size_t n, const char **ret, size_t *ret_len);

#ifdef __cplusplus
}
#endif
#endif
