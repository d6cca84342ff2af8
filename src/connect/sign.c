#include "connect/sign.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 64
#define SECRET_MIN 24
#define SECRET_MAX 64

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void spi_base64(const void *data, size_t len, sp_buffer *out)
{
	const unsigned char *in = data;
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)in[i] << 16 | (have > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (have > 2 ? in[i + 2] : 0);
		const char group[4] = {digits[bits >> 18], digits[bits >> 12 & 63], have > 1 ? digits[bits >> 6 & 63] : '=',
			have > 2 ? digits[bits & 63] : '='};
		sp_buffer_add(out, group, sizeof group);
	}
}

long spi_base64_decode(const char *text, size_t len, unsigned char *ret, size_t max)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t count = 0;
	while (len > 0 && text[len - 1] == '=')
		len--;
	if (len % 4 == 1)
		return -1;
	for (size_t i = 0; i < len; i++) {
		const char *at = text[i] ? strchr(digits, text[i]) : NULL;
		if (!at)
			return -1;
		bits = bits << 6 | (uint32_t)(at - digits);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (count == max)
			return -1;
		ret[count++] = (unsigned char)(bits >> have);
	}
	return (long)count;
}

void spi_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len, unsigned char ret[32])
{
	unsigned char block[BLOCK] = {0}, pad[BLOCK];
	spi_sha256 sha;
	if (key_len > BLOCK) {
		spi_sha256_init(&sha);
		spi_sha256_add(&sha, key, key_len);
		spi_sha256_end(&sha, block);
	} else {
		memcpy(block, key, key_len);
	}
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x36;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, pad, BLOCK);
	spi_sha256_add(&sha, data, len);
	spi_sha256_end(&sha, ret);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x5c;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, pad, BLOCK);
	spi_sha256_add(&sha, ret, 32);
	spi_sha256_end(&sha, ret);
	explicit_bzero(block, sizeof block);
	explicit_bzero(pad, sizeof pad);
}

sp_status spi_webhook_sign(const char *secret, const char *id, int64_t timestamp_s, const void *body, size_t len, sp_buffer *out)
{
	unsigned char key[SECRET_MAX], mac[32];
	sp_buffer signed_text = SP_BUFFER_INIT;
	long key_len = strncmp(secret, "whsec_", 6) == 0 ? spi_base64_decode(secret + 6, strlen(secret + 6), key, sizeof key) : -1;
	if (key_len < SECRET_MIN)
		return SP_ERR_INVALID;
	sp_buffer_printf(&signed_text, "%s.%" PRId64 ".", id, timestamp_s);
	sp_buffer_add(&signed_text, body, len);
	bool ok = sp_buffer_ok(&signed_text);
	if (ok) {
		spi_hmac_sha256(key, (size_t)key_len, signed_text.data, signed_text.len, mac);
		sp_buffer_add_text(out, "v1,");
		spi_base64(mac, sizeof mac, out);
	}
	explicit_bzero(key, sizeof key);
	sp_buffer_release(&signed_text);
	return ok ? SP_OK : SP_ERR_NOMEM;
}
