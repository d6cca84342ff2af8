/* Base64 (RFC 4648, section 4), HMAC-SHA256 (RFC 2104), and the signature of Standard Webhooks. */
#ifndef CONNECT_SIGN_H
#define CONNECT_SIGN_H

#include "sportello/buffer.h"
#include "sportello/status.h"

#include <stdint.h>

void spi_base64(const void *data, size_t len, sp_buffer *out);
/* Bytes of a base64 text, "=" at the end or not; -1 when it is none or they do not fit. */
long spi_base64_decode(const char *text, size_t len, unsigned char *ret, size_t max);
void spi_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len, unsigned char ret[32]);

/* Append "v1,<base64>" of `id.timestamp.body`. A secret is "whsec_" and base64 of its 24 to 64 bytes. SP_ERR_INVALID when it is not. */
sp_status spi_webhook_sign(const char *secret, const char *id, int64_t timestamp_s, const void *body, size_t len, sp_buffer *out);

#endif
