/* The days that some words of a message name: "il 3 marzo", "3/3/2021", "due settimane fa", "last Monday". */
#ifndef ANSWER_DATE_NAMED_H
#define ANSWER_DATE_NAMED_H

#include "answer/date_message.h"

/* Days that some words from one on name. */
typedef struct spi_days_named {
	size_t words; /* 0: none */
	int64_t first, last;
	bool impossible; /* the 31st of February */
	bool alone;      /* a day of a month that is not said */
} spi_days_named;

/* What most words from one on name. */
spi_days_named spi_days_read(const spi_day_reading *r, size_t at);
/* "3 marzo 2021", "March 3rd" */
spi_days_named spi_days_read_with_month(const spi_day_reading *r, size_t at);
spi_days_named spi_days_one(size_t words, int64_t day);
/* A number of the month's days: "3", "3rd", "primo". 0 = none. */
int spi_day_number(const spi_day_reading *r, size_t at);
/* A number of a month's days with nothing that says which month: no hour, no price, no "3 giorni". */
bool spi_day_stands_alone(const spi_day_reading *r, size_t at);
/* A day of the calendar, since 1970-01-01; false: there is none. */
bool spi_day_civil(int year, int month, int day, int64_t *ret);

#endif
