#include "vectors/sum.h"

#include <string.h>

#define PRIME_1 0x9E3779B185EBCA87u
#define PRIME_2 0xC2B2AE3D27D4EB4Fu
#define PRIME_3 0x165667B19E3779F9u
#define PRIME_4 0x85EBCA77C2B2AE63u
#define PRIME_5 0x27D4EB2F165667C5u

static uint64_t rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static uint64_t word(const unsigned char *at)
{
	uint64_t x;
	memcpy(&x, at, sizeof x);
	return x;
}

static uint64_t round_of(uint64_t lane, uint64_t input)
{
	return rotate(lane + input * PRIME_2, 31) * PRIME_1;
}

static uint64_t merge(uint64_t sum, uint64_t lane)
{
	return (sum ^ round_of(0, lane)) * PRIME_1 + PRIME_4;
}

/* Four lanes: the processor works on them side by side. */
static uint64_t sum_stripes(uint64_t before, const unsigned char *at, const unsigned char *end)
{
	uint64_t a = before + PRIME_1 + PRIME_2, b = before + PRIME_2, c = before, d = before - PRIME_1;
	for (; end - at >= 32; at += 32) {
		a = round_of(a, word(at));
		b = round_of(b, word(at + 8));
		c = round_of(c, word(at + 16));
		d = round_of(d, word(at + 24));
	}
	uint64_t sum = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
	return merge(merge(merge(merge(sum, a), b), c), d);
}

uint64_t spi_vectors_sum(uint64_t before, const void *data, size_t len)
{
	const unsigned char *at = data, *end = at + len;
	uint64_t sum = len >= 32 ? sum_stripes(before, at, end) : before + PRIME_5;
	at += len & ~(size_t)31;
	sum += len;
	for (; end - at >= 8; at += 8)
		sum = rotate(sum ^ round_of(0, word(at)), 27) * PRIME_1 + PRIME_4;
	if (end - at >= 4) {
		uint32_t half;
		memcpy(&half, at, sizeof half);
		sum = rotate(sum ^ half * PRIME_1, 23) * PRIME_2 + PRIME_3;
		at += 4;
	}
	for (; at < end; at++)
		sum = rotate(sum ^ *at * PRIME_5, 11) * PRIME_1;
	sum = (sum ^ sum >> 33) * PRIME_2;
	sum = (sum ^ sum >> 29) * PRIME_3;
	return sum ^ sum >> 32;
}
