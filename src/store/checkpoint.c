/* The log's pages are copied back into the file by a thread of its own, so that no write waits for it; the writer copies the few that came
   meanwhile, between two batches, and begins the log anew. The thread is started when there is first something to copy. */
#include "store/checkpoint.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Copied back from so many pages on (16 MB): pages that every batch writes are then copied once for many batches. */
#define PAGES_MIN 4000
/* So many the writer copies by itself; and after so many more it is tried again, where readers kept the log from beginning anew. */
#define PAGES_FEW 300
/* More than this the log does not grow while the thread is at work: the writer waits for it. */
#define PAGES_MAX (3 * PAGES_MIN)
#define ROUNDS_MAX 4

typedef enum work { IDLE, WANTED, COPIED } work;

struct spi_checkpoint {
	pthread_t thread;
	bool has_thread;
	char *path;
	int frames;      /* in the log, after the last commit; of the writer's thread, as those below */
	int next;        /* not before there are so many */
	int rounds;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	work work;
	int copied;      /* frames of the log that are in the file */
	bool stopping;
};

/* ---- the thread ---- */

static sqlite3 *open_file(const char *path)
{
	sqlite3 *handle = NULL;
	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
		sqlite3_exec(handle, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL) == SQLITE_OK)
		return handle;
	sqlite3_close(handle);
	return NULL;
}

/* Frames that are in the file now, and on the disk: SQLite syncs the file only where the whole log was copied, and that will be the writer's
   share. 0: it failed. */
static int copy(sqlite3 *handle)
{
	int log = 0, copied = 0;
	sqlite3_file *file = NULL;
	if (!handle || sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &copied) != SQLITE_OK)
		return 0;
	if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file->pMethods ||
		file->pMethods->xSync(file, SQLITE_SYNC_FULL) != SQLITE_OK)
		return 0;
	return copied;
}

static void *run(void *arg)
{
	spi_checkpoint *c = arg;
	sqlite3 *handle = NULL;
	pthread_setname_np(pthread_self(), "store-copy");
	pthread_mutex_lock(&c->lock);
	while (!c->stopping) {
		if (c->work != WANTED) {
			pthread_cond_wait(&c->changed, &c->lock);
			continue;
		}
		pthread_mutex_unlock(&c->lock);
		if (!handle)
			handle = open_file(c->path);
		int copied = copy(handle); /* what fails here, the writer tries itself */
		pthread_mutex_lock(&c->lock);
		c->copied = copied;
		c->work = COPIED;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	sqlite3_close(handle);
	return NULL;
}

/* Without a thread the writer does all of it. */
static void start(spi_checkpoint *c)
{
	sigset_t all, before;
	if (c->has_thread)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	c->has_thread = pthread_create(&c->thread, NULL, run, c) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- the writer ---- */

/* After each commit: so many pages are in the log. */
static int committed(void *arg, sqlite3 *handle, const char *name, int frames)
{
	(void)handle;
	(void)name;
	spi_checkpoint *c = arg;
	if (frames < c->frames)
		c->next = PAGES_MIN; /* it began anew */
	c->frames = frames;
	return SQLITE_OK;
}

sp_status spi_checkpoint_open(spi_sqlite *db, sp_error *err)
{
	spi_checkpoint *c = calloc(1, sizeof *c);
	if (c)
		c->path = strdup(db->path);
	if (!c || !c->path) {
		free(c);
		return spi_out_of_memory(err);
	}
	c->next = PAGES_MIN;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	db->checkpoint = c;
	sqlite3_wal_hook(db->handle, committed, c);
	return SP_OK;
}

void spi_checkpoint_close(spi_sqlite *db)
{
	spi_checkpoint *c = db->checkpoint;
	if (!c)
		return;
	sqlite3_wal_hook(db->handle, NULL, NULL);
	if (c->has_thread) {
		pthread_mutex_lock(&c->lock);
		c->stopping = true;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
		pthread_join(c->thread, NULL);
	}
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c->path);
	free(c);
	db->checkpoint = NULL;
}

/* What failed is tried again later; the log only grows meanwhile. */
static void copy_rest(spi_sqlite *db, spi_checkpoint *c)
{
	int log = 0, copied = 0;
	(void)sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
	c->work = IDLE;
	c->rounds = 0;
	c->next = c->frames + PAGES_FEW;
}

void spi_checkpoint_rest(spi_sqlite *db)
{
	spi_checkpoint *c = db->checkpoint;
	if (!c || c->frames < c->next)
		return;
	start(c);
	pthread_mutex_lock(&c->lock);
	while (c->work == WANTED && c->has_thread && c->frames >= PAGES_MAX)
		pthread_cond_wait(&c->changed, &c->lock);
	if (!c->has_thread || (c->work == COPIED && (c->frames - c->copied <= PAGES_FEW || c->rounds >= ROUNDS_MAX))) {
		copy_rest(db, c);
	} else if (c->work != WANTED) {
		c->rounds++;
		c->work = WANTED;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
}

void spi_checkpoint_wait(spi_sqlite *db)
{
	spi_checkpoint *c = db->checkpoint;
	if (!c || !c->has_thread)
		return;
	pthread_mutex_lock(&c->lock);
	while (c->work == WANTED)
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
}
