/* How well an article's card fits a question, as numbers (SP_FEATURES_LIST). No Xapian here: weights of words come in.
 */
#ifndef INDEX_FEATURES_H
#define INDEX_FEATURES_H

#include "index/card.h"
#include "index/phrases.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every form that is looked for (a typed word, a correction, a word of a synonym) has a bit. */
#define SPI_BITS SP_INDEX_QUERY_MAX_TERMS
#define SPI_SOFT_MAX 8		/* other ways to say one word */
#define SPI_FORMS_TABLE 512 /* power of two; each bit has two forms at most */
#define SPI_GRAMS_TABLE 1024
/* A function word says this much of what its rarity would. */
#define SPI_FUNCTION_SHARE 0.4f

/* Another way to say a word: a correction, or a synonym of one or more words, all of which must be there. */
typedef struct spi_soft {
	uint64_t bits;
	float weight;
} spi_soft;

/* One word of the question, however often it was typed. */
typedef struct spi_word {
	int bit;	  /* of the word itself */
	uint32_t hash;
	float rarity; /* idf */
	float weight; /* the same, less for a function word */
	float share;  /* of all articles, those that have it; after spi_question_finish() */
	bool is_function, is_known;
	size_t soft_count;
	spi_soft soft[SPI_SOFT_MAX];
} spi_word;

typedef struct spi_question {
	spi_word words[SPI_BITS];
	size_t words_count;
	int bits_count;
	float bit_share[SPI_BITS]; /* 1: typed; less: a correction or a synonym */
	int bit_word[SPI_BITS];	   /* the word that it stands for */
	struct {
		uint32_t hash;
		int bit;
	} forms[SPI_FORMS_TABLE];		   /* hash 0 = free */
	uint16_t used_forms[2 * SPI_BITS]; /* places in forms that are taken */
	size_t used_forms_count;
	struct {
		uint32_t gram;
		uint64_t words;
	} grams[SPI_GRAMS_TABLE]; /* gram 0 = free */
	size_t grams_count;
	unsigned char gram_counts[SPI_BITS]; /* of each word */
	struct {
		uint32_t items[SPI_GRAMS_MAX];
		size_t count;
	} word_grams[SPI_BITS]; /* of each word those that are in grams */
	uint64_t bit_words[SPI_BITS];		 /* the words that a bit may say something for; after spi_question_finish() */
	uint32_t bigrams[SPI_BITS];
	size_t bigrams_count;
	uint64_t normal_hash;
	bool leaves_out; /* the article's phrasing that the question is does not count; its title does */
	float rarity_sum, weight_sum, norm;
} spi_question;

void spi_question_init(spi_question *question);
/* A typed word; its number in words, -1 when there is no room. alt may be NULL; plain is what its grams are of. */
int spi_question_add_word(
	spi_question *question, uint32_t hash, uint32_t alt_hash, const char *plain, size_t plain_len, bool is_function);
/* A form that was not typed, standing for a word; its bit, -1 when there is no room. */
int spi_question_add_form(spi_question *question, int word, uint32_t hash, uint32_t alt_hash, float share);
void spi_question_add_soft(spi_question *question, int word, uint64_t bits, float weight);
/* After the words' weights are set: sums them up. */
void spi_question_finish(spi_question *question);
/* Bit of a form, -1 when the question has none. */
static inline int spi_question_bit(const spi_question *question, uint32_t hash)
{
	for (size_t at = hash % SPI_FORMS_TABLE; question->forms[at].hash; at = (at + 1) % SPI_FORMS_TABLE)
		if (question->forms[at].hash == hash)
			return question->forms[at].bit;
	return -1;
}

/* What a stem of a card is to the question. */
typedef struct spi_stem_fit {
	int bit;		 /* -1: none of its forms */
	float weight;	 /* its own, as the question's words are weighted */
	float dot;		 /* of the weighted vectors of words */
	float grams_dot; /* of their character 4-grams */
	int word;		 /* the question's that it is most like */
	float likeness;	 /* to that: 1 = it is the word; 0 = to none */
} spi_stem_fit;
spi_stem_fit spi_fit_stem(const spi_question *question, const spi_stem *stem, float weight);
/* The same bit by bit, for many stems at once: first a stem that is nothing to it, then by a form that it has, then for each word of the
   question that it shares 4-grams with, in their order. */
static inline spi_stem_fit spi_no_fit(float weight)
{
	spi_stem_fit fit = {-1, weight, 0, 0, 0, 0};
	return fit;
}
void spi_fit_form(const spi_question *question, int bit, spi_stem_fit *fit);
/* grams_count: all that the stem has. */
void spi_fit_grams(const spi_question *question, size_t word, size_t shared, size_t grams_count, spi_stem_fit *fit);
/* Whether it is anything to it. */
static inline bool spi_stem_fits(const spi_stem_fit *fit)
{
	return fit->bit >= 0 || fit->grams_dot != 0;
}

/* A stem of a card that is something to the question: its number on the card. */
typedef struct spi_met_stem {
	uint32_t number;
	spi_stem_fit fit;
} spi_met_stem;

/* Which fields of the article have a word of the question. */
enum { SPI_IN_TITLE = 1, SPI_IN_QUESTIONS = 2, SPI_IN_KEYWORDS = 4, SPI_IN_BODY = 8 };

typedef struct spi_fit {
	float features[SP_FEATURE_COUNT]; /* all but CODE and VECTOR */
	spi_phrase best;				  /* the nearest phrasing */
	unsigned fields;				  /* SPI_IN_… */
	uint64_t bits;					  /* of the forms that it has */
	bool no_memory;
} spi_fit;

/**
 * @param met    of the card's stems, in their order, those that are something to the question
 * @param arena  scratch
 * @return false when memory is out (ret->no_memory), or the card has no phrasing
 */
bool spi_fit_card(const spi_question *question, const spi_card *card, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases,
	sp_arena *arena, spi_fit *ret);

#ifdef __cplusplus
}
#endif
#endif
