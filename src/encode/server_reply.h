/* What an embeddings server says: vectors, or why there are none. Nothing in it is trusted. */
#ifndef ENCODE_SERVER_REPLY_H
#define ENCODE_SERVER_REPLY_H

#include "sportello/status.h"

#include <stddef.h>

#define SPI_SERVER_DIMENSIONS_MAX 8192
/* Texts in one request: what Text Embeddings Inference takes unless told otherwise. */
#define SPI_SERVER_TEXTS_MAX 32
/* Texts of others in an error of ours: so many characters, and bytes with the final zero. */
#define SPI_SERVER_SAID_CHARS 200
#define SPI_SERVER_SAID_MAX 301

/* A text as it may be shown: cut at a character, control characters are spaces, the key (NULL = none) is not in it. */
void spi_server_clean(const char *text, size_t len, const char *key, char ret[SPI_SERVER_SAID_MAX]);
/* The message in an error's body, as the servers write it (OpenAI's form, TEI's, FastAPI's), else the body; cleaned. */
void spi_server_error_text(const char *body, size_t len, const char *key, char ret[SPI_SERVER_SAID_MAX]);

typedef struct spi_server_reply {
	size_t dimensions;
	char model[SPI_SERVER_SAID_MAX]; /* as the server names it; "" = it does not say */
} spi_server_reply;

/*
 * Read a reply of count vectors (SPI_SERVER_TEXTS_MAX at most), in any order, each with its index. rows[i] gets text i's,
 * scaled to unit length.
 * dimensions: what they must have; 0 = any number up to SPI_SERVER_DIMENSIONS_MAX, the same in all (there is room for so many).
 * SP_ERR_IO, naming the address: what came is not that.
 */
sp_status spi_server_reply_read(const char *body, size_t len, const char *address, size_t count, size_t dimensions,
	float *const *rows, spi_server_reply *ret, sp_error *err);

#endif
