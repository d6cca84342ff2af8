/* A maker of vectors, as a table of functions. Each stands in a file of its own and has one line in encoder.c. */
#ifndef ENCODE_MAKER_H
#define ENCODE_MAKER_H

#include "sportello/encoder.h"

#include <stdbool.h>

typedef struct spi_maker {
	/* Whether it is meant by what --encoder says. */
	bool (*is_meant)(const char *name);
	/* Make ret_state; name as given by the user. SP_ERR_UNSUPPORTED when this build cannot. */
	sp_status (*open)(const char *name, void **ret_state, sp_error *err);
	void (*close)(void *state);
	const char *(*name)(const void *state);
	size_t (*dimensions)(const void *state);
	sp_status (*encode)(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
		float *ret_vectors, sp_error *err);
} spi_maker;

extern const spi_maker spi_maker_none;	 /* words only */
extern const spi_maker spi_maker_absent; /* known by name, not in this build */

#endif
