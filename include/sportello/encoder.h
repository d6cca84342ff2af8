/**
 * @file encoder.h
 * Text to vector, behind one table of functions. This build has the maker "none": words only.
 *
 * The index stores the name of the encoder that made its vectors and never mixes two. With "none" there are no
 * vectors, SP_FEATURE_VECTOR stays 0, and the service says so in /readyz and in its log.
 */
#ifndef SPORTELLO_ENCODER_H
#define SPORTELLO_ENCODER_H

#include "sportello/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sp_encode_role { SP_ENCODE_QUESTION, SP_ENCODE_PASSAGE } sp_encode_role;

typedef struct sp_encoder sp_encoder;

/** Make an encoder: "none", "e5" or an http(s) address of an OpenAI-compatible /v1/embeddings server.
 *  SP_ERR_UNSUPPORTED when this build has no such maker; SP_ERR_USAGE when the name means nothing. */
sp_status sp_encoder_new(const char *name, sp_encoder **ret, sp_error *err);
void sp_encoder_free(sp_encoder *encoder);
/** What the index stores: maker and model, "none" for none. */
const char *sp_encoder_name(const sp_encoder *encoder);
/** Numbers in a vector; 0 = this encoder makes none. */
size_t sp_encoder_dimensions(const sp_encoder *encoder);
/**
 * Encode @p count texts; row i of @p ret_vectors (dimensions numbers each, unit length) is text i's vector.
 * Threads: any.
 */
sp_status sp_encoder_encode(sp_encoder *encoder, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
