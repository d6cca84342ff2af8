/* A maker of vectors, as a table of functions. Each stands in a file of its own and has one line in encoder.c. */
#ifndef ENCODE_MAKER_H
#define ENCODE_MAKER_H

#include "sportello/encoder.h"

#include <stdbool.h>

typedef struct spi_maker {
	/* Whether it is meant by what --encoder says. */
	bool (*is_meant)(const char *name);
	/* Make ret_state; settings->name is never NULL. SP_ERR_UNSUPPORTED when this build cannot. */
	sp_status (*open)(const sp_encoder_settings *settings, void **ret_state, sp_error *err);
	void (*close)(void *state);
	const char *(*name)(const void *state);
	size_t (*dimensions)(const void *state);
	sp_status (*encode)(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
		float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err);
	/* NULL: makes none, and encode() need not look at ret_tokens. */
	size_t (*token_bytes)(const void *state);
	/* End what encode() waits for, now and from now on; any thread. NULL: it does not wait for others. */
	void (*stop)(void *state);
} spi_maker;

extern const spi_maker spi_maker_none;	 /* words only */
extern const spi_maker spi_maker_e5;	 /* in the process; not in every build */
extern const spi_maker spi_maker_server; /* an embeddings server, asked over HTTP */
extern const spi_maker spi_maker_absent; /* known by name, not in this build */

/* An encoder of a maker that stands in no list, with a state that is there already; the encoder's end closes it. */
sp_status spi_encoder_of_maker(const spi_maker *maker, void *state, sp_encoder **ret, sp_error *err);

/* Whether it works in the process: what is encoded costs nothing but time. */
bool spi_encoder_is_here(const sp_encoder *encoder);

/* How many bytes of a text are encoded: SP_ENCODE_TEXT_MAX, less what is left of a character there. */
size_t spi_encode_cut(const char *text, size_t len);

#endif
