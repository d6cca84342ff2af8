#include "http/unsent.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Two threads' times differ by no more: each has its request's. */
#define LATE_S 60

typedef struct kept {
	char name[SP_CONVERSATION_ID_LEN + 1], key[SP_CONVERSATION_ID_LEN + 1];
	uint64_t number; /* rises */
	char *form; /* NULL: the place is free */
	size_t len;
	int64_t until_utc_s;
} kept;

struct spi_unsent {
	pthread_mutex_t lock;
	kept items[SPI_UNSENT_MAX];
	size_t bytes;
	uint64_t number; /* of the last one */
	_Atomic int64_t first_utc_s; /* the first of them ends no earlier; INT64_MAX = there is none */
};

spi_unsent *spi_unsent_new(void)
{
	spi_unsent *unsent = calloc(1, sizeof *unsent);
	if (!unsent || pthread_mutex_init(&unsent->lock, NULL) != 0) {
		free(unsent);
		return NULL;
	}
	atomic_init(&unsent->first_utc_s, INT64_MAX);
	return unsent;
}

static void wipe(spi_unsent *unsent, kept *item)
{
	if (!item->form)
		return;
	explicit_bzero(item->form, item->len);
	free(item->form);
	unsent->bytes -= item->len;
	*item = (kept){.form = NULL};
}

void spi_unsent_free(spi_unsent *unsent)
{
	if (!unsent)
		return;
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		wipe(unsent, &unsent->items[i]);
	pthread_mutex_destroy(&unsent->lock);
	free(unsent);
}

/* In a time that says nothing about how much of it is right. */
static bool is_same(const char *a, const char *b)
{
	unsigned char differs = 0;
	for (size_t i = 0; i < SP_CONVERSATION_ID_LEN; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return !differs;
}

static kept *find(spi_unsent *unsent, const char *name)
{
	kept *found = NULL;
	if (strlen(name) != SP_CONVERSATION_ID_LEN)
		return NULL;
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		if (unsent->items[i].form && is_same(unsent->items[i].name, name))
			found = &unsent->items[i];
	return found;
}

/* Of one form, the oldest go until there are no more than so many. */
static void leave(spi_unsent *unsent, const char *key, size_t most)
{
	for (;;) {
		kept *oldest = NULL;
		size_t count = 0;
		for (size_t i = 0; i < SPI_UNSENT_MAX; i++) {
			kept *item = &unsent->items[i];
			if (!item->form || !is_same(item->key, key))
				continue;
			count++;
			if (!oldest || item->number < oldest->number)
				oldest = item;
		}
		if (count <= most)
			return;
		wipe(unsent, oldest);
	}
}

static kept *free_place(spi_unsent *unsent)
{
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		if (!unsent->items[i].form)
			return &unsent->items[i];
	return NULL;
}

/* Where the clock was set back, what would be kept for longer than it should goes now. */
static void tidy(spi_unsent *unsent, int64_t now_utc_s)
{
	int64_t first = INT64_MAX;
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++) {
		kept *item = &unsent->items[i];
		if (item->form && (item->until_utc_s <= now_utc_s || item->until_utc_s > now_utc_s + SPI_UNSENT_S + LATE_S))
			wipe(unsent, item);
		if (item->form && item->until_utc_s < first)
			first = item->until_utc_s;
	}
	atomic_store(&unsent->first_utc_s, first);
}

static kept *place_for(spi_unsent *unsent, const char *key, size_t len, int64_t now_utc_s)
{
	tidy(unsent, now_utc_s);
	leave(unsent, key, SPI_UNSENT_OF_ONE - 1);
	return len <= SPI_UNSENT_BYTES - unsent->bytes ? free_place(unsent) : NULL;
}

bool spi_unsent_keep(spi_unsent *unsent, const char *key, const char *form, size_t len, int64_t now_utc_s,
	char ret_name[SP_CONVERSATION_ID_LEN + 1])
{
	if (!unsent || strlen(key) != SP_CONVERSATION_ID_LEN || len == 0)
		return false;
	char *copy = malloc(len);
	if (!copy)
		return false;
	memcpy(copy, form, len);
	pthread_mutex_lock(&unsent->lock);
	kept *place = place_for(unsent, key, len, now_utc_s);
	if (place) {
		*place = (kept){.number = ++unsent->number, .form = copy, .len = len, .until_utc_s = now_utc_s + SPI_UNSENT_S};
		sp_store_new_id(place->name);
		memcpy(place->key, key, sizeof place->key);
		memcpy(ret_name, place->name, sizeof place->name);
		unsent->bytes += len;
		tidy(unsent, now_utc_s);
	}
	pthread_mutex_unlock(&unsent->lock);
	if (!place) {
		explicit_bzero(copy, len);
		free(copy);
	}
	return place != NULL;
}

bool spi_unsent_read(spi_unsent *unsent, const char *name, int64_t now_utc_s, sp_buffer *ret, char ret_key[SP_CONVERSATION_ID_LEN + 1])
{
	if (!unsent)
		return false;
	pthread_mutex_lock(&unsent->lock);
	tidy(unsent, now_utc_s);
	const kept *item = find(unsent, name);
	bool is_there = item != NULL;
	if (is_there) {
		sp_buffer_add(ret, item->form, item->len);
		memcpy(ret_key, item->key, sizeof item->key);
	}
	pthread_mutex_unlock(&unsent->lock);
	return is_there;
}

void spi_unsent_drop(spi_unsent *unsent, const char *key)
{
	if (!unsent || !key || strlen(key) != SP_CONVERSATION_ID_LEN)
		return;
	pthread_mutex_lock(&unsent->lock);
	leave(unsent, key, 0);
	pthread_mutex_unlock(&unsent->lock);
}

void spi_unsent_tidy(spi_unsent *unsent, int64_t now_utc_s)
{
	int64_t first_utc_s = unsent ? atomic_load(&unsent->first_utc_s) : INT64_MAX;
	if (first_utc_s == INT64_MAX || (first_utc_s > now_utc_s && first_utc_s - now_utc_s <= SPI_UNSENT_S + LATE_S))
		return;
	pthread_mutex_lock(&unsent->lock);
	tidy(unsent, now_utc_s);
	pthread_mutex_unlock(&unsent->lock);
}

size_t spi_unsent_count(spi_unsent *unsent)
{
	size_t count = 0;
	if (!unsent)
		return 0;
	pthread_mutex_lock(&unsent->lock);
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		count += unsent->items[i].form != NULL;
	pthread_mutex_unlock(&unsent->lock);
	return count;
}
