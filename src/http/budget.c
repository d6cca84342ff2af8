#include "http/budget.h"

#include "base/siphash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
	spi_siphash_secret(budget->secret);
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

/* Nobody can choose whom to share a place with. */
static uint64_t name_of(const spi_budget *budget, spi_client_kind kind, const void *key, size_t len)
{
	const uint64_t secret[2] = {budget->secret[0] ^ (uint64_t)kind, budget->secret[1]};
	return spi_siphash(secret, key, len);
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
