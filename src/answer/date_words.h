/* What days are made of, as people say them: months, weekdays, numbers, "ago". From cues/<lang>/dates.txt. */
#ifndef ANSWER_DATE_WORDS_H
#define ANSWER_DATE_WORDS_H

#include "sportello/text.h"

#include <stddef.h>
#include <stdint.h>

#define SPI_DATE_PHRASE 4 /* words of an entry */

/* X(enum, name in the file) */
#define SPI_DATE_KINDS(X) \
	X(KIND_DAY, "day")               /* value: days ago */ \
	X(KIND_NOW, "now")               /* today, where it is said of a payment or asked for: "e adesso?" names no day */ \
	X(KIND_WEEKDAY, "weekday")       /* 1 = Monday */ \
	X(KIND_MONTH, "month") \
	X(KIND_WEAK_MONTH, "weak-month") /* another word too: with a day, a year or "in" only */ \
	X(KIND_FEAST, "feast")           /* month * 100 + day */ \
	X(KIND_NUMBER, "number") \
	X(KIND_SOME, "some") \
	X(KIND_UNIT, "unit")             /* days; 0: less than one */ \
	X(KIND_AGO, "ago") \
	X(KIND_SINCE, "since")           /* before the number: "vor", "da" */ \
	X(KIND_LAST, "last") \
	X(KIND_NEXT, "next") \
	X(KIND_THIS, "this") \
	X(KIND_IN, "in") \
	X(KIND_OF, "of") \
	X(KIND_BETWEEN, "between")       /* a day and its week, month or year: "giovedì della settimana scorsa" */ \
	X(KIND_ORDINAL, "ordinal")       /* ending of a number */ \
	X(KIND_AROUND, "around") \
	X(KIND_DUE, "due")               /* a day beside it is when something ends, not when something happened */ \
	X(KIND_UNTIL, "until")           /* the same, right before a day */ \
	X(KIND_SPLIT, "split")           /* the same in two words, the day between them: "läuft … ab" */ \
	X(KIND_PAID, "paid")             /* between the two: the day is when it was paid */
typedef enum spi_date_kind {
#define KIND_ENUM(name, text) name,
	SPI_DATE_KINDS(KIND_ENUM)
#undef KIND_ENUM
	KIND_COUNT
} spi_date_kind;

typedef struct spi_date_entry {
	spi_date_kind kind;
	int value;
	size_t count;
	struct { const char *text; size_t len; } words[SPI_DATE_PHRASE];
} spi_date_entry;

/* By kind: those of one are items[from[kind]..from[kind + 1]), in the file's order. */
typedef struct spi_date_words {
	spi_date_entry *items;
	size_t count, from[KIND_COUNT + 1];
	uint32_t begun[256]; /* kinds, a bit each, of which an entry begins with that byte: most words of a message begin none */
} spi_date_words;
_Static_assert(KIND_COUNT <= 32, "a bit each");

/* Those of a language (not SP_LANG_NONE); read once, never changed after. Any thread. */
const spi_date_words *spi_date_words_of(sp_lang lang);

#endif
