#include "base/siphash.h"

#include <string.h>
#include <sys/random.h>

static uint64_t turn(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void rounds(uint64_t v[4], int count)
{
	while (count-- > 0) {
		v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
		v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
		v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
		v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
	}
}

static void take_in(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	rounds(v, 2);
	v[0] ^= word;
}

uint64_t spi_siphash(const uint64_t secret[2], const void *data, size_t len)
{
	uint64_t a = secret[0], b = secret[1], word = 0;
	uint64_t v[4] = {a ^ 0x736f6d6570736575u, b ^ 0x646f72616e646f6du, a ^ 0x6c7967656e657261u, b ^ 0x7465646279746573u};
	for (size_t at = 0; at + 8 <= len; at += 8) {
		memcpy(&word, (const char *)data + at, 8);
		take_in(v, word);
	}
	word = (uint64_t)len << 56;
	memcpy(&word, (const char *)data + len / 8 * 8, len % 8);
	take_in(v, word);
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void spi_siphash_secret(uint64_t ret[2])
{
	while (getrandom(ret, 16, 0) != 16)
		continue; /* a signal came; it does not fail once it was seeded */
}
