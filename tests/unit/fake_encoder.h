/* An encoder that does as it is told. Its vectors and tokens depend on text and role alone. */
#ifndef FAKE_ENCODER_H
#define FAKE_ENCODER_H

#include "sportello/encoder.h"

#include <pthread.h>

#define DIMENSIONS 384 /* of a fake that says nothing else */

/* Zeroed but for what a test wants; may be changed, under lock, while it is used. */
typedef struct fake_encoder {
	pthread_mutex_t lock;
	pthread_cond_t change;
	const char *name;      /* NULL: "fake one" */
	size_t dimensions;     /* 0: DIMENSIONS */
	size_t token_bytes;    /* 0: makes no tokens */
	bool is_shut;          /* who encodes waits at the gate */
	sp_status fails;
	unsigned fails_at;     /* the number of a call that fails, SP_ERR_IO; 0 = none */
	bool gives_nan;        /* as the last number of the last vector */
	unsigned text_us;      /* time that it takes for each text */
	unsigned calls, largest, at_gate;
	unsigned texts;        /* of calls that did not fail */
	bool is_unsorted;      /* texts of some call did not come the longest first */
	sp_encode_role role;   /* of the last call */
	char last[SP_ENCODE_TEXT_MAX + 1];
} fake_encoder;

/* The fake lives longer than the encoder; end it with fake_encoder_end(). */
sp_status fake_encoder_open(fake_encoder *fake, sp_encoder **ret, sp_error *err);
void fake_encoder_end(fake_encoder *fake);

/* Of unit length; all zeros for an empty text. */
void fake_vector(sp_encode_role role, const char *text, size_t len, size_t dimensions, float *ret);
/* A token for each byte, SP_ENCODE_TOKENS_MAX at most. */
void fake_tokens(sp_encode_role role, const char *text, size_t len, size_t token_bytes, sp_token_rows *ret);

#endif
