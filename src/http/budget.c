#include "http/budget.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define WAYS 8
#define LOCKS 64
#define SETS (SPI_BUDGET_CLIENTS / WAYS)

/* When all that it spent is earned back says everything (as a bucket of tokens would, with one number). */
typedef struct client { uint64_t name; int64_t full_until_us; } client;

struct spi_budget {
	int64_t every_us, slack_us;
	uint64_t secret[2];
	pthread_mutex_t locks[LOCKS];
	client sets[SETS][WAYS];
};

spi_budget *spi_budget_new(unsigned rate, unsigned burst)
{
	spi_budget *budget = calloc(1, sizeof *budget);
	if (!budget)
		return NULL;
	if (getrandom(budget->secret, sizeof budget->secret, 0) != (ssize_t)sizeof budget->secret) {
		free(budget);
		return NULL;
	}
	budget->every_us = 1000000 / rate;
	budget->slack_us = budget->every_us * (burst > 0 ? burst - 1 : 0);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&budget->locks[i], NULL);
	return budget;
}

void spi_budget_free(spi_budget *budget)
{
	for (size_t i = 0; budget && i < LOCKS; i++)
		pthread_mutex_destroy(&budget->locks[i]);
	free(budget);
}

/* ---- names: SipHash-2-4 (Aumasson, Bernstein 2012), so that nobody can choose whom to share a place with ---- */

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

static uint64_t name_of(const spi_budget *budget, spi_client_kind kind, const void *key, size_t len)
{
	uint64_t a = budget->secret[0], b = budget->secret[1], word = 0;
	uint64_t v[4] = {a ^ 0x736f6d6570736575u, b ^ 0x646f72616e646f6du, a ^ 0x6c7967656e657261u, b ^ 0x7465646279746573u};
	take_in(v, (uint64_t)kind);
	for (size_t at = 0; at + 8 <= len; at += 8) {
		memcpy(&word, (const char *)key + at, 8);
		take_in(v, word);
	}
	word = (uint64_t)len << 56;
	memcpy(&word, (const char *)key + len / 8 * 8, len % 8);
	take_in(v, word);
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- spending ---- */

/* The client's place, or the one that is missed least. */
static client *place_of(client set[WAYS], uint64_t name)
{
	client *least = &set[0];
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].name == name)
			return &set[i];
		if (set[i].full_until_us < least->full_until_us)
			least = &set[i];
	}
	*least = (client){name, 0};
	return least;
}

static unsigned ask(spi_budget *budget, spi_client_kind kind, const void *key, size_t len, int64_t now_us, int64_t cost_us)
{
	uint64_t name = name_of(budget, kind, key, len);
	size_t set = name % SETS;
	pthread_mutex_t *lock = &budget->locks[set % LOCKS];
	pthread_mutex_lock(lock);
	client *c = place_of(budget->sets[set], name);
	int64_t from = c->full_until_us > now_us ? c->full_until_us : now_us, wait_us = from - now_us - budget->slack_us;
	if (wait_us <= 0)
		c->full_until_us = from + cost_us;
	pthread_mutex_unlock(lock);
	return wait_us <= 0 ? 0 : (unsigned)((wait_us + 999999) / 1000000);
}

unsigned spi_budget_spend(spi_budget *budget, spi_client_kind kind, const void *key, size_t len, int64_t now_us)
{
	return ask(budget, kind, key, len, now_us, budget->every_us);
}

unsigned spi_budget_look(spi_budget *budget, spi_client_kind kind, const void *key, size_t len, int64_t now_us)
{
	return ask(budget, kind, key, len, now_us, 0);
}
