#include "http/crowd.h"

#include "base/siphash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096

typedef struct member {
	struct member *next;
	spi_address address;
	unsigned connections;
} member;

struct spi_crowd {
	unsigned most;
	uint64_t secret[2];
	pthread_mutex_t lock;
	member *places[PLACES];
};

spi_crowd *spi_crowd_new(unsigned most)
{
	spi_crowd *crowd = calloc(1, sizeof *crowd);
	if (!crowd)
		return NULL;
	crowd->most = most;
	spi_siphash_secret(crowd->secret);
	pthread_mutex_init(&crowd->lock, NULL);
	return crowd;
}

void spi_crowd_free(spi_crowd *crowd)
{
	if (!crowd)
		return;
	for (size_t i = 0; i < PLACES; i++)
		for (member *m = crowd->places[i], *next; m; m = next) {
			next = m->next;
			free(m);
		}
	pthread_mutex_destroy(&crowd->lock);
	free(crowd);
}

/* Where the pointer to it stands; to NULL when it is not there. */
static member **find(spi_crowd *crowd, const spi_address *from, spi_address *ret_name)
{
	*ret_name = *from;
	memset(ret_name->bytes + spi_address_len(from), 0, sizeof ret_name->bytes - spi_address_len(from));
	member **at = &crowd->places[spi_siphash(crowd->secret, ret_name->bytes, sizeof ret_name->bytes) % PLACES];
	while (*at && memcmp((*at)->address.bytes, ret_name->bytes, sizeof ret_name->bytes) != 0)
		at = &(*at)->next;
	return at;
}

bool spi_crowd_is_full(spi_crowd *crowd, const spi_address *from)
{
	spi_address name;
	pthread_mutex_lock(&crowd->lock);
	const member *m = *find(crowd, from, &name);
	bool is_full = m && m->connections >= crowd->most;
	pthread_mutex_unlock(&crowd->lock);
	return is_full;
}

bool spi_crowd_enter(spi_crowd *crowd, const spi_address *from)
{
	spi_address name;
	pthread_mutex_lock(&crowd->lock);
	member **at = find(crowd, from, &name);
	if (!*at && (*at = calloc(1, sizeof **at)))
		(*at)->address = name;
	bool may = *at && ++(*at)->connections <= crowd->most;
	pthread_mutex_unlock(&crowd->lock);
	return may;
}

void spi_crowd_leave(spi_crowd *crowd, const spi_address *from)
{
	spi_address name;
	pthread_mutex_lock(&crowd->lock);
	member **at = find(crowd, from, &name), *m = *at;
	if (m && --m->connections == 0) {
		*at = m->next;
		free(m);
	}
	pthread_mutex_unlock(&crowd->lock);
}
