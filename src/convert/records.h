/* What the readers of exports share: records as found, and what becomes of them. */
#ifndef CONVERT_RECORDS_H
#define CONVERT_RECORDS_H

#include "sportello/convert.h"

#include "kb/map.h"

#include <jansson.h>

#define SPI_RECORDS_MAX 100000
/* Objects inside one another in JSON that is looked through. */
#define SPI_JSON_DEPTH_MAX 40

/* A record as found: texts of the arena. */
typedef struct spi_found {
	const char *record, *native; /* native: what its translations share; NULL = none */
	const char *title, *html, *category, *status, *source, *lang;
	sp_strings keywords, segments;
	sp_date updated, valid_until;
} spi_found;

typedef struct spi_reading {
	const char *name;
	const char *bytes;
	size_t len;
	sp_convert_note *note;
	void *arg;
	sp_arena *arena;
	sp_error *err;
	spi_found *items;
	size_t count, cap;
} spi_reading;

/* A map from texts. */
void *spi_named(const spi_map *map, const char *name);
bool spi_name(spi_map *map, const char *name, const void *value); /* false when memory is out */

void spi_reading_tell(const spi_reading *r, const char *record, const char *field, const char *what, const char *value);
/* NULL (an error in place) when memory is out or there are too many. Cleared. */
spi_found *spi_reading_add(spi_reading *r);
sp_status spi_reading_bad(const spi_reading *r, const char *what);

/* The whole file as JSON; NULL with an error that names the line. */
json_t *spi_reading_json(const spi_reading *r);

/* A member as text in the arena: of a text or number, or of ServiceNow's {value, display_value} (display: which of them). NULL: none, or
   blank. */
const char *spi_json_text_of(const spi_reading *r, const json_t *object, const char *member);
const char *spi_json_form_of(const spi_reading *r, const json_t *object, const char *member, bool display);
/* A list of texts or numbers. */
sp_strings spi_json_list_of(const spi_reading *r, const json_t *object, const char *member);
/* "a, b" as a list. */
sp_strings spi_divided(const spi_reading *r, const char *text);
bool spi_json_true(const json_t *object, const char *member);
/* The day that a time starts with ("2026-01-02T…", "2026-01-02 …"); 0 = none. */
sp_date spi_day_of(const char *text);
/* HTML that was escaped once more: undone. */
const char *spi_unescaped(const spi_reading *r, const char *text);
/* Text without tags and entities, on one line. */
const char *spi_plain_of(const spi_reading *r, const char *html);

sp_status spi_read_faqpage(spi_reading *r);
sp_status spi_read_zendesk(spi_reading *r);
sp_status spi_read_servicenow(spi_reading *r);
sp_status spi_read_phpmyfaq(spi_reading *r);

#endif
