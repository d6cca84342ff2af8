#include "base/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

typedef struct crew {
	spi_crew_work *work;
	void *arg;
	size_t items;
	atomic_size_t next; /* item that nobody has taken yet */
	atomic_bool failed;
} crew;

typedef struct worker {
	crew *all;
	size_t number;
	pthread_t thread;
	bool is_started;
} worker;

size_t spi_crew_size(size_t items)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t size = processors > 1 ? (size_t)processors : 1;
	if (size > items)
		size = items ? items : 1;
	return size < SPI_CREW_MAX ? size : SPI_CREW_MAX;
}

static void *run(void *arg)
{
	const worker *w = arg;
	crew *all = w->all;
	while (!atomic_load(&all->failed)) {
		size_t item = atomic_fetch_add(&all->next, 1);
		if (item >= all->items)
			break;
		if (!all->work(all->arg, w->number, item))
			atomic_store(&all->failed, true);
	}
	return NULL;
}

bool spi_crew_run(size_t workers, size_t items, spi_crew_work *work, void *arg)
{
	crew all = {.work = work, .arg = arg, .items = items};
	worker crew_of[SPI_CREW_MAX] = {0};
	workers = workers > SPI_CREW_MAX ? SPI_CREW_MAX : workers ? workers : 1;
	for (size_t i = 0; i < workers; i++)
		crew_of[i] = (worker){.all = &all, .number = i};
	for (size_t i = 1; i < workers; i++)
		crew_of[i].is_started = pthread_create(&crew_of[i].thread, NULL, run, &crew_of[i]) == 0;
	run(&crew_of[0]);
	for (size_t i = 1; i < workers; i++)
		if (crew_of[i].is_started)
			pthread_join(crew_of[i].thread, NULL);
	return !atomic_load(&all.failed);
}
