/*
 * What a text says in figures: amounts, durations, dates, telephone numbers, addresses; made the same across the
 * languages' ways of writing (1.500 and 1,500; "30 giugno 2021", "June 30, 2021", "30. Juni 2021", 2021-06-30).
 */
#ifndef KB_LINT_VALUES_H
#define KB_LINT_VALUES_H

#include "sportello/text.h"

typedef enum spi_value_kind {
	SPI_VALUE_NUMBER,
	SPI_VALUE_DATE,
	SPI_VALUE_PHONE,
	SPI_VALUE_EMAIL,
	SPI_VALUE_ADDRESS,
	SPI_VALUE_KINDS,
} spi_value_kind;

/* What is counted. From SPI_UNIT_EURO on it is the same thing in every language; SPI_UNIT_NOUN: the word that follows. */
typedef enum spi_unit {
	SPI_UNIT_NONE,
	SPI_UNIT_NOUN,
	SPI_UNIT_EURO,
	SPI_UNIT_PERCENT,
	SPI_UNIT_SECOND,
	SPI_UNIT_MINUTE,
	SPI_UNIT_HOUR,
	SPI_UNIT_DAY,
	SPI_UNIT_WEEK,
	SPI_UNIT_MONTH,
	SPI_UNIT_YEAR,
	SPI_UNIT_DIGIT,
	SPI_UNIT_CHARACTER,
	SPI_UNIT_TIMES,
	SPI_UNIT_ATTEMPT,
} spi_unit;

typedef struct spi_value {
	spi_value_kind kind;
	spi_unit unit;
	bool in_words;     /* "tre giorni" */
	int64_t number;    /* of a number: thousandths; of a date: 20210630, parts that are not said are 0; else a hash */
	uint32_t noun;     /* of SPI_UNIT_NOUN: the word's hash */
	size_t start, end; /* bytes of the text; with the sign or word of money, without other units */
} spi_value;

/* The values of a text (a piece, with its marks), at most max. Codes are passed over. */
size_t spi_values_find(const char *text, size_t len, sp_lang lang, spi_value *values, size_t max);

/* Whether they say the same, a date's missing parts and a number's unknown unit left open. */
bool spi_value_meets(const spi_value *a, const spi_value *b);
/* A number for comparing that is the same for the same value. */
uint64_t spi_value_key(const spi_value *value);

/* What a word has to do with numbers, in values_words.c. */
typedef struct spi_number_word {
	uint32_t word;                  /* hash; 0 = none */
	uint8_t month;                  /* 1 to 12, in any language */
	uint8_t unit;                   /* spi_unit, in any language */
	uint8_t number[SP_LANG_COUNT];  /* that it means */
} spi_number_word;
/* By spi_word.whole; never NULL: all zero when it has nothing to do with them. Any thread. */
const spi_number_word *spi_number_word_of(uint32_t word);

#endif
