/* What a ticket's form is filled in with beforehand: what the person said in the conversation. Personal data are not: they are not kept. */
#ifndef HTTP_FILLED_H
#define HTTP_FILLED_H

#include "http/request.h"
#include "sportello/answer.h"

#define SPI_STORY_CHARS 200 /* a field that takes more tells a story */

static inline bool spi_is_story(const sp_field *field)
{
	return field->check == SP_FIELD_TEXT && field->max_chars > SPI_STORY_CHARS;
}

/* The latest day of what has happened: the real one, also where the articles of another day are shown. */
sp_date spi_latest_day(const spi_request *request);
/* A value a field, NULL where nothing is known of it: the words, the sum and the day go where only one field can be meant. In the arena; NULL
   when memory is out. */
const char **spi_filled(const spi_request *request, const int *fields, size_t count, const sp_said *said);

#endif
