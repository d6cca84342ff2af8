/* Entries of the audit log that nobody waits for. One write is on its way at a time and takes all that came together meanwhile, so
   readers make no more writes than the disk takes, and the store's queue has one place filled. */
#include "http/backlog.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* So many are kept while the store cannot be written; then nothing more is shown that must be noted. */
#define MOST 10000

typedef struct note {
	sp_audit entry; /* first: what the store follows by next */
	char texts[];
} note;

struct spi_backlog {
	sp_store *store;
	void (*lost)(size_t count, void *arg);
	void *arg;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t quiet;
	sp_write write;       /* the one on its way */
	bool writing;
	note *first, *last;   /* what waits */
	note *sent_last;      /* of what is on its way */
	size_t waiting, sent;
};

struct spi_backlog *spi_backlog_new(sp_store *store, void (*lost)(size_t count, void *arg), void *arg)
{
	struct spi_backlog *backlog = calloc(1, sizeof *backlog);
	if (!backlog)
		return NULL;
	backlog->store = store;
	backlog->lost = lost;
	backlog->arg = arg;
	pthread_mutex_init(&backlog->lock, NULL);
	pthread_cond_init(&backlog->quiet, NULL);
	return backlog;
}

static note *next_of(const note *n)
{
	return (note *)(void *)n->entry.next;
}

static void free_notes(note *first)
{
	while (first) {
		note *next = next_of(first);
		free(first);
		first = next;
	}
}

static void send_waiting(struct spi_backlog *backlog);

/* What could not be written stands in front again, for the next try. */
static void put_back(struct spi_backlog *backlog, note *first)
{
	backlog->sent_last->entry.next = backlog->first ? &backlog->first->entry : NULL;
	if (!backlog->first)
		backlog->last = backlog->sent_last;
	backlog->first = first;
	backlog->waiting += backlog->sent;
}

static void written(sp_write *write, void *arg)
{
	struct spi_backlog *backlog = arg;
	note *sent = (note *)(void *)write->audit;
	pthread_mutex_lock(&backlog->lock);
	bool failed = write->status != SP_OK;
	backlog->writing = false;
	if (failed)
		put_back(backlog, sent);
	else
		free_notes(sent);
	/* After a failure the next entry, or the end, tries again: not this moment. */
	if (!failed && backlog->first)
		send_waiting(backlog);
	if (!backlog->writing)
		pthread_cond_broadcast(&backlog->quiet);
	pthread_mutex_unlock(&backlog->lock);
}

/* With the lock. */
static void send_waiting(struct spi_backlog *backlog)
{
	note *first = backlog->first;
	backlog->write = (sp_write){.kind = SP_WRITE_AUDIT, .audit = &first->entry, .done = written, .arg = backlog};
	backlog->sent = backlog->waiting;
	backlog->sent_last = backlog->last;
	backlog->first = backlog->last = NULL;
	backlog->waiting = 0;
	backlog->writing = sp_store_submit(backlog->store, &backlog->write) == SP_OK;
	if (!backlog->writing)
		put_back(backlog, first);
}

static const char *keep(char **at, const char *text)
{
	size_t len = strlen(text) + 1;
	char *kept = memcpy(*at, text, len);
	*at += len;
	return kept;
}

static note *copy(const sp_audit *entry)
{
	const char *subject = entry->subject ? entry->subject : "", *object = entry->object ? entry->object : "",
		*detail = entry->detail ? entry->detail : "";
	note *n = malloc(sizeof *n + strlen(subject) + strlen(object) + strlen(detail) + 3);
	if (!n)
		return NULL;
	char *at = n->texts;
	n->entry = (sp_audit){.action = entry->action, .at_utc_s = entry->at_utc_s};
	n->entry.subject = keep(&at, subject);
	n->entry.object = keep(&at, object);
	n->entry.detail = keep(&at, detail);
	return n;
}

bool spi_backlog_add(struct spi_backlog *backlog, const sp_audit *entry)
{
	note *n = copy(entry);
	if (!n)
		return false;
	pthread_mutex_lock(&backlog->lock);
	bool room = backlog->waiting < MOST;
	if (room) {
		if (backlog->last)
			backlog->last->entry.next = &n->entry;
		else
			backlog->first = n;
		backlog->last = n;
		backlog->waiting++;
	}
	if (!backlog->writing && backlog->first)
		send_waiting(backlog);
	pthread_mutex_unlock(&backlog->lock);
	if (!room)
		free(n);
	return room;
}

size_t spi_backlog_waiting(struct spi_backlog *backlog)
{
	if (!backlog)
		return 0;
	pthread_mutex_lock(&backlog->lock);
	size_t count = backlog->waiting + (backlog->writing ? backlog->sent : 0);
	pthread_mutex_unlock(&backlog->lock);
	return count;
}

void spi_backlog_free(struct spi_backlog *backlog)
{
	if (!backlog)
		return;
	pthread_mutex_lock(&backlog->lock);
	while (backlog->writing)
		pthread_cond_wait(&backlog->quiet, &backlog->lock);
	if (backlog->first)
		send_waiting(backlog); /* the last try of what failed before */
	while (backlog->writing)
		pthread_cond_wait(&backlog->quiet, &backlog->lock);
	size_t lost = backlog->waiting;
	pthread_mutex_unlock(&backlog->lock);
	if (lost > 0)
		backlog->lost(lost, backlog->arg);
	free_notes(backlog->first);
	pthread_cond_destroy(&backlog->quiet);
	pthread_mutex_destroy(&backlog->lock);
	free(backlog);
}
