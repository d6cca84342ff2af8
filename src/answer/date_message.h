/* The words of a message as days are looked for in them. */
#ifndef ANSWER_DATE_MESSAGE_H
#define ANSWER_DATE_MESSAGE_H

#include "answer/date_words.h"
#include "answer/dates.h"

#define SPI_DAY_WORDS_MAX 128 /* of a message; what comes later is not looked at */
#define SPI_DAYS_ALONE_MAX 4  /* "il 20 o il 21" */

typedef struct spi_day_word {
	const char *text;
	size_t len;
	int number;   /* digits at its beginning; -1 = none */
	size_t digits;
	char after;   /* what stands between it and the next word, where that is one character; else a blank */
	bool aside;   /* it says nothing else */
} spi_day_word;

typedef struct spi_day_reading {
	const spi_date_words *known;
	sp_lang lang;
	spi_day_word words[SPI_DAY_WORDS_MAX];
	size_t count;
	int64_t today;
	size_t due_words; /* "scadenza", beside no day so far */
	bool tells_payment; /* "pagato" */
	bool reads_now;   /* "adesso" is a day */
	bool counts_end;  /* what is asked for is when something ends: "scadeva il 10" tells it */
	bool answers;     /* to the question when it was: "il 23" is a day */
	spi_dates *ret;
	size_t alone[SPI_DAYS_ALONE_MAX], alone_count; /* words that are a day of a month, whichever */
} spi_day_reading;

/* Cut a text, folded already, into r->words; they lie in it. */
void spi_day_words_cut(spi_day_reading *r, const char *text, size_t len);
/* The longest entry of a kind that stands at a word; NULL = none. */
const spi_date_entry *spi_day_words_of(const spi_day_reading *r, size_t at, spi_date_kind wanted);
/* How many words it takes; 0 for NULL. */
size_t spi_day_words_length(const spi_date_entry *e);

#endif
