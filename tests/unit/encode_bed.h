/* A queue in front of a fake encoder, to try what stands in front of an encoder. */
#ifndef ENCODE_BED_H
#define ENCODE_BED_H

#include "fake_encoder.h"

#define TOKEN_ROW 40
#define PATIENT_MS 60000

typedef struct bed {
	fake_encoder fake;
	sp_encoder *encoder;
	sp_encode_queue *queue;
	sp_error err;
} bed;

bool open_bed(bed *b, const sp_encode_queue_settings *settings);
void close_bed(bed *b);
sp_encode_queue_stats stats_of(const bed *b);
void wait_for_encoded(const bed *b, unsigned count);

sp_status ask(bed *b, const char *text, float *ret_vector);
/* "<what> <number>" */
sp_status ask_number(bed *b, const char *what, int number, float *ret_vector);

/* Whether a vector is that of a normal form, as near as 16 bits go. */
bool is_vector_of(const float *vector, const char *normal);
bool same_vector(const float *a, const float *b);

/* With room for tokens of TOKEN_ROW bytes. */
typedef struct room {
	sp_token_rows tokens;
	signed char rows[SP_ENCODE_TOKENS_MAX * TOKEN_ROW];
} room;
/* Tokens that the room held before are gone. */
sp_status ask_tokens(bed *b, const char *text, float *ret_vector, room *ret);
bool are_tokens_of(const room *r, const char *normal);

/* Of a file to keep what is remembered in. */
void kept_path(char *ret, size_t size, const char *name);

#endif
