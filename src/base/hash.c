#include "base/hash.h"

#include <string.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(const unsigned char *block, uint32_t w[64])
{
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
		       block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

/* One round. What the standard calls a to h goes round by one place a round, so that nothing is moved. */
static inline void turn(uint32_t s[8], int i, uint32_t add)
{
	uint32_t *a = &s[(8 - i) & 7], *b = &s[(9 - i) & 7], *c = &s[(10 - i) & 7], *d = &s[(11 - i) & 7];
	uint32_t *e = &s[(12 - i) & 7], *f = &s[(13 - i) & 7], *g = &s[(14 - i) & 7], *h = &s[(15 - i) & 7];
	uint32_t t1 = *h + (rotate(*e, 6) ^ rotate(*e, 11) ^ rotate(*e, 25)) + ((*e & *f) ^ (~*e & *g)) + add;
	*d += t1;
	*h = t1 + (rotate(*a, 2) ^ rotate(*a, 13) ^ rotate(*a, 22)) + ((*a & *b) ^ (*a & *c) ^ (*b & *c));
}

static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[64], s[8];
	schedule(block, w);
	memcpy(s, state, sizeof s);
	for (int i = 0; i < 64; i += 8) {
#pragma GCC unroll 8
		for (int k = 0; k < 8; k++)
			turn(s, k, round_constants[i + k] + w[i + k]);
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void spi_sha256_init(spi_sha256 *sha)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	memcpy(sha->state, start, sizeof start);
	sha->total = 0;
}

void spi_sha256_add(spi_sha256 *sha, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t have = sha->total % 64;
	sha->total += len;
	while (len > 0) {
		size_t take = 64 - have < len ? 64 - have : len;
		memcpy(sha->block + have, bytes, take);
		bytes += take, len -= take, have += take;
		if (have == 64) {
			compress(sha->state, sha->block);
			have = 0;
		}
	}
}

void spi_sha256_end(spi_sha256 *sha, unsigned char ret[32])
{
	uint64_t bits = sha->total * 8;
	static const unsigned char padding[64] = {0x80};
	size_t have = sha->total % 64;
	unsigned char length[8];
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	spi_sha256_add(sha, padding, (have < 56 ? 56 : 120) - have);
	spi_sha256_add(sha, length, sizeof length);
	for (int i = 0; i < 32; i++)
		ret[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void spi_hex(const unsigned char *data, size_t len, char *ret)
{
	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = "0123456789abcdef"[data[i] >> 4];
		ret[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
	}
	ret[2 * len] = '\0';
}

void spi_sha256_hex(const void *data, size_t len, char ret[65])
{
	spi_sha256 sha;
	unsigned char digest[32];
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, data, len);
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, ret);
}

uint64_t spi_hash64_more(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

uint64_t spi_hash64(const void *data, size_t len)
{
	uint64_t hash = spi_hash64_more(SPI_HASH64_SEED, data, len);
	/* FNV's low bits are weak for short keys: finish as MurmurHash3 does. */
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
	return hash ^ hash >> 33;
}

bool spi_same_secret(const char *given, const char *wanted)
{
	size_t len = strlen(wanted);
	unsigned char wrong = 0;
	if (strlen(given) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		wrong |= (unsigned char)(given[i] ^ wanted[i]);
	return wrong == 0;
}
