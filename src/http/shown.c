#include "http/shown.h"

#include <pthread.h>
#include <stdlib.h>

/* What falls on the same row has some room beside each other; the oldest gives way. */
#define ROWS 2048
#define BESIDE 8

typedef struct slot {
	uint64_t what;
	int64_t at_utc_s;
} slot;

struct spi_shown {
	pthread_mutex_t lock;
	slot rows[ROWS][BESIDE];
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

/* The one that has it, else the oldest. */
static slot *find(struct spi_shown *shown, uint64_t what)
{
	slot *row = shown->rows[what % ROWS], *oldest = row;
	for (size_t i = 0; i < BESIDE; i++) {
		if (row[i].what == what)
			return &row[i];
		if (row[i].at_utc_s < oldest->at_utc_s)
			oldest = &row[i];
	}
	return oldest;
}

bool spi_shown_add(struct spi_shown *shown, uint64_t what, int64_t now_utc_s)
{
	pthread_mutex_lock(&shown->lock);
	slot *at = find(shown, what);
	bool is_new = at->what != what || now_utc_s - at->at_utc_s >= SPI_SHOWN_S;
	if (is_new)
		*at = (slot){what, now_utc_s};
	pthread_mutex_unlock(&shown->lock);
	return is_new;
}

void spi_shown_take_back(struct spi_shown *shown, uint64_t what)
{
	pthread_mutex_lock(&shown->lock);
	slot *at = find(shown, what);
	if (at->what == what)
		*at = (slot){0};
	pthread_mutex_unlock(&shown->lock);
}
