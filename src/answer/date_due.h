/* Days until when something holds ("scadeva il 10 novembre", "due by the 10th"): nothing happened on them. */
#ifndef ANSWER_DATE_DUE_H
#define ANSWER_DATE_DUE_H

#include "answer/date_message.h"

/* Whether the day that some words from at on name is one; from: the first word that is no part of the day before. */
bool spi_day_is_due(const spi_day_reading *r, size_t from, size_t at, size_t words);
/* Whether words speak of an end: "termine previsto per il rimborso". */
bool spi_days_speak_of_end(const spi_day_reading *r);

#endif
