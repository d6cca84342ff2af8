/* One HTTP request to the other system (libcurl). A connector has one, used by its thread alone but for spi_call_stop(). */
#ifndef CONNECT_CALL_H
#define CONNECT_CALL_H

#include "connect/settings.h"
#include "sportello/buffer.h"
#include "sportello/outbox.h"
#include "sportello/status.h"

#include <jansson.h>

#define SPI_WHY_MAX 300
#define SPI_REPLY_MAX ((size_t)8 * 1024 * 1024)

typedef struct spi_call spi_call;

/* What a request came to. */
typedef enum spi_outcome {
	SPI_DONE,
	SPI_AGAIN,   /* not done: another time */
	SPI_UNSURE,  /* it may have been done */
	SPI_REFUSED, /* and always will be */
	SPI_DENIED,  /* who we say we are is not believed, or may not */
} spi_outcome;

typedef struct spi_answer {
	spi_outcome outcome;
	long status;            /* HTTP; 0 = none came */
	int64_t retry_after_s;  /* 0 = nothing said */
	json_t *json;           /* of a 2xx, where JSON was wanted; NULL = none. spi_answer_clear() */
	sp_cause cause;         /* when not done */
	char why[SPI_WHY_MAX];  /* likewise, in the words of who said it; personal data masked */
} spi_answer;

typedef struct spi_call_request {
	const char *method;     /* GET, POST, PATCH, PUT */
	const char *url;
	const char *const *headers; /* "Name: value"; ends with NULL */
	const sp_buffer *body;  /* NULL = none */
	const char *type;       /* of the body; NULL = application/json */
	bool any_reply;         /* what a 2xx says does not matter */
} spi_call_request;

sp_status spi_call_new(const spi_connect_settings *settings, spi_call **ret, sp_error *err);
void spi_call_free(spi_call *call);
/* End a request under way after so many milliseconds. Any thread. */
void spi_call_stop(spi_call *call, int64_t grace_ms);

/* Only a GET is ever repeated by itself, and only what is not a GET may be SPI_UNSURE. Personal data in what the other system says
   is masked. */
void spi_call_run(spi_call *call, const spi_call_request *request, spi_answer *ret);
void spi_answer_clear(spi_answer *answer);
/* Percent-encode for a query. */
void spi_call_escape(const char *text, sp_buffer *out);

#endif
