#include "http/unsent.h"

#include "sportello/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct kept {
	char key[SP_CONVERSATION_ID_LEN];
	char *form; /* NULL: the place is free */
	size_t len;
	int64_t until_utc_s;
} kept;

struct spi_unsent {
	pthread_mutex_t lock;
	kept items[SPI_UNSENT_MAX];
	size_t bytes;
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

/* In a time that says nothing about how much of the key is right. */
static bool has_key(const kept *item, const char *key)
{
	unsigned char differs = item->form == NULL;
	for (size_t i = 0; i < sizeof item->key; i++)
		differs |= (unsigned char)(item->key[i] ^ key[i]);
	return !differs;
}

static kept *find(spi_unsent *unsent, const char *key)
{
	kept *found = NULL;
	if (strlen(key) != SP_CONVERSATION_ID_LEN)
		return NULL;
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		if (has_key(&unsent->items[i], key))
			found = &unsent->items[i];
	return found;
}

static kept *free_place(spi_unsent *unsent)
{
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++)
		if (!unsent->items[i].form)
			return &unsent->items[i];
	return NULL;
}

static void tidy(spi_unsent *unsent, int64_t now_utc_s)
{
	int64_t first = INT64_MAX;
	for (size_t i = 0; i < SPI_UNSENT_MAX; i++) {
		kept *item = &unsent->items[i];
		if (item->form && item->until_utc_s <= now_utc_s)
			wipe(unsent, item);
		if (item->form && item->until_utc_s < first)
			first = item->until_utc_s;
	}
	atomic_store(&unsent->first_utc_s, first);
}

bool spi_unsent_keep(spi_unsent *unsent, const char *key, const char *form, size_t len, int64_t now_utc_s)
{
	if (!unsent || strlen(key) != SP_CONVERSATION_ID_LEN || len == 0)
		return false;
	char *copy = malloc(len);
	if (!copy)
		return false;
	memcpy(copy, form, len);
	pthread_mutex_lock(&unsent->lock);
	kept *before = find(unsent, key);
	if (before)
		wipe(unsent, before);
	tidy(unsent, now_utc_s);
	kept *place = len <= SPI_UNSENT_BYTES - unsent->bytes ? free_place(unsent) : NULL;
	if (place) {
		*place = (kept){.form = copy, .len = len, .until_utc_s = now_utc_s + SPI_UNSENT_S};
		memcpy(place->key, key, sizeof place->key);
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

bool spi_unsent_read(spi_unsent *unsent, const char *key, int64_t now_utc_s, sp_buffer *ret)
{
	if (!unsent)
		return false;
	pthread_mutex_lock(&unsent->lock);
	tidy(unsent, now_utc_s);
	const kept *item = find(unsent, key);
	bool is_there = item != NULL;
	if (is_there)
		sp_buffer_add(ret, item->form, item->len);
	pthread_mutex_unlock(&unsent->lock);
	return is_there;
}

void spi_unsent_drop(spi_unsent *unsent, const char *key)
{
	if (!unsent || !key)
		return;
	pthread_mutex_lock(&unsent->lock);
	kept *item = find(unsent, key);
	if (item)
		wipe(unsent, item);
	pthread_mutex_unlock(&unsent->lock);
}

void spi_unsent_tidy(spi_unsent *unsent, int64_t now_utc_s)
{
	if (!unsent || atomic_load(&unsent->first_utc_s) > now_utc_s)
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
