#include "http/shown.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS 8192

struct spi_shown {
	pthread_mutex_t lock;
	struct { uint64_t what; int64_t at_utc_s; } slots[SLOTS];
};

struct spi_shown *spi_shown_new(void)
{
	struct spi_shown *shown = calloc(1, sizeof *shown);
	if (shown)
		pthread_mutex_init(&shown->lock, NULL);
	return shown;
}

void spi_shown_free(struct spi_shown *shown)
{
	if (!shown)
		return;
	pthread_mutex_destroy(&shown->lock);
	free(shown);
}

bool spi_shown_add(struct spi_shown *shown, uint64_t what, int64_t now_utc_s)
{
	size_t at = what % SLOTS;
	pthread_mutex_lock(&shown->lock);
	bool is_new = shown->slots[at].what != what || now_utc_s - shown->slots[at].at_utc_s >= SPI_SHOWN_S;
	if (is_new) {
		shown->slots[at].what = what;
		shown->slots[at].at_utc_s = now_utc_s;
	}
	pthread_mutex_unlock(&shown->lock);
	return is_new;
}

void spi_shown_take_back(struct spi_shown *shown, uint64_t what)
{
	size_t at = what % SLOTS;
	pthread_mutex_lock(&shown->lock);
	if (shown->slots[at].what == what)
		shown->slots[at].at_utc_s -= SPI_SHOWN_S;
	pthread_mutex_unlock(&shown->lock);
}
