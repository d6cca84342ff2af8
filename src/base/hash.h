/* Hashes: SHA-256 (FIPS 180-4) for versions and secrets, a fast 64-bit one (FNV-1a with a final mix) for tables. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_sha256 {
	uint32_t state[8];
	uint64_t total; /* bytes so far */
	unsigned char block[64];
} spi_sha256;

void spi_sha256_init(spi_sha256 *sha);
void spi_sha256_add(spi_sha256 *sha, const void *data, size_t len);
void spi_sha256_end(spi_sha256 *sha, unsigned char ret[32]);
/* The digest in lower-case hex, with a final zero. */
void spi_hex(const unsigned char *data, size_t len, char *ret /* 2 * len + 1 */);
void spi_sha256_hex(const void *data, size_t len, char ret[65]);

/* Whether two texts are the same, in a time that says nothing about how much of them is; their length is no secret. */
bool spi_same_secret(const char *given, const char *wanted);

/* 64-bit hash; not for what an attacker may choose. */
uint64_t spi_hash64(const void *data, size_t len);
/* Start or go on with a value: spi_hash64_more(SPI_HASH64_SEED, …). */
#define SPI_HASH64_SEED 0xcbf29ce484222325u
uint64_t spi_hash64_more(uint64_t hash, const void *data, size_t len);

#ifdef __cplusplus
}
#endif
#endif
