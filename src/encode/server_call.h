/* Requests to an embeddings server over HTTP: address, key, connections that are kept. */
#ifndef ENCODE_SERVER_CALL_H
#define ENCODE_SERVER_CALL_H

#include "sportello/buffer.h"
#include "sportello/encoder.h"

typedef struct spi_server_call spi_server_call;

/* Reads address, key file and timeout; asks nothing yet. */
sp_status spi_server_call_new(const sp_encoder_settings *settings, spi_server_call **ret, sp_error *err);
void spi_server_call_free(spi_server_call *call);
/* Calls end, now and from now on, with SP_ERR_BUSY. Threads: any. */
void spi_server_call_stop(spi_server_call *call);
/* Where it asks, without user, password and query: for people to read. */
const char *spi_server_call_address(const spi_server_call *call);
/*
 * Post JSON and take the reply's body, of reply->max bytes at most. All within the timeout, a second try included.
 * SP_ERR_IO (not reached, too late, broken off, any status but 200), SP_ERR_DENIED (401, 403), SP_ERR_BUSY (stopped), SP_ERR_NOMEM.
 * Threads: any.
 */
sp_status spi_server_call_post(spi_server_call *call, const sp_buffer *body, sp_buffer *reply, sp_error *err);

#endif
