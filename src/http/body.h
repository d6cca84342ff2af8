/* JSON that comes in: read (jansson), and checked against a list of members before a handler sees it. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum spi_member_type { SPI_STRING, SPI_BOOL, SPI_OBJECT, SPI_INTEGER, SPI_STRINGS } spi_member_type;

typedef struct spi_member {
	const char *name;
	spi_member_type type;
	bool required;
	uint32_t max_chars; /* strings; 0 = no other limit than the body's */
} spi_member;

/* The body as an object with these members and no other ("x-…" ones are passed over; null counts as not there).
   NULL, with a 400 in place, when it is not so: position of malformed JSON, name of a wrong or unknown member.
   Owned by the request; texts in it live as long as the request. */
const json_t *spi_body_read(spi_request *request, const spi_member *members, size_t count);
/* Text of a member, NULL when it is not there. */
const char *spi_body_text(const json_t *body, const char *name);
/* Texts of a member SPI_STRINGS, none when it is not there. False: memory is out. */
bool spi_body_texts(spi_request *request, const json_t *body, const char *name, sp_strings *ret);
/* Language of a member; false, with a 400 in place, when it is there and not one of this service. Not there:
   fallback. */
bool spi_body_lang(spi_request *request, const json_t *body, sp_lang fallback, sp_lang *ret);
/* Free what spi_body_read() made. */
void spi_body_release(spi_request *request);
/* 400 that names the languages that there are. */
void spi_problem_lang(spi_request *request);

#endif
