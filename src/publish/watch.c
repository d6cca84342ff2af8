/* The background thread: hears of changes in the kb folder and of builds by other processes (inotify), waits until they
   settle, and brings everything up to date. It also repairs a damaged index. */
#include "publish/publisher.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* Changes that come together are published together: after so long without a new one, and at the latest. */
#define QUIET_MS 20
#define LATEST_MS 100
/* What takes more than words (vectors, what is learned) waits for more quiet, as the next change would wait for it; but not for ever. */
#define LEARN_QUIET_MS 500
#define LEARN_LATEST_MS 10000
/* What inotify cannot tell (network folders, a queue that overflowed) is looked for now and then. */
#define LOOK_MS 30000
/* Without inotify; after a failure, twice as long each time, up to LOOK_MS. */
#define RETRY_MS 2000
/* Folders below the kb folder that hold articles: <lang>/<category>. */
#define DEPTH_MAX 2

#define KB_EVENTS                                                                                                      \
	(IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define INDEX_EVENTS (IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* ---- what is watched ---- */

/* The folder and those below it. Adding one twice does nothing. */
static bool watch_folder(int inotify, const char *path, int depth)
{
	if (inotify_add_watch(inotify, path, KB_EVENTS) < 0)
		return errno == ENOENT || errno == ENOTDIR;
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	bool ok = true;
	for (struct dirent *entry; dir && ok && (entry = readdir(dir));) {
		char below[PATH_MAX];
		if (entry->d_name[0] == '.' || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
		ok = watch_folder(inotify, below, depth + 1);
	}
	if (dir)
		closedir(dir);
	return ok;
}

static bool watch_all(sp_publisher *publisher, int inotify)
{
	char path[PATH_MAX];
	if (inotify < 0)
		return false;
	snprintf(path, sizeof path, "%s/index", publisher->data_dir);
	inotify_add_watch(inotify, path, INDEX_EVENTS);
	return watch_folder(inotify, publisher->kb_dir, 0);
}

/* ---- events ---- */

static bool is_own_noise(const struct inotify_event *event)
{
	/* Our lock, manifests under way, generations that we make and remove. */
	return event->len && (strcmp(event->name, "LOCK") == 0 || strncmp(event->name, "g-", 2) == 0 ||
							 strncmp(event->name, "CURRENT.", 8) == 0);
}

/* Read all that waits; whether any of it matters. */
static bool drain(int inotify)
{
	_Alignas(struct inotify_event) char bytes[16 * 1024];
	bool matters = false;
	for (ssize_t len; (len = read(inotify, bytes, sizeof bytes)) > 0;)
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
			matters |= !is_own_noise(event);
			at += (ssize_t)sizeof *event + (ssize_t)event->len;
		}
	return matters;
}

static void settle(int inotify)
{
	int64_t until_us = spi_now_us() + LATEST_MS * 1000;
	struct pollfd one = {.fd = inotify, .events = POLLIN};
	while (spi_now_us() < until_us && poll(&one, 1, QUIET_MS) > 0)
		drain(inotify);
}

static void drop_wakes(int wake_fd)
{
	uint64_t count;
	while (read(wake_fd, &count, sizeof count) > 0)
		continue;
}

/* Sleep until something is to be done; whether it was heard of. */
static bool wait_for_work(sp_publisher *publisher, int inotify, int timeout_ms)
{
	struct pollfd both[] = {{.fd = publisher->wake_fd, .events = POLLIN}, {.fd = inotify, .events = POLLIN}};
	int64_t until_us = spi_now_us() + (int64_t)timeout_ms * 1000;
	for (;;) {
		int64_t left_ms = (until_us - spi_now_us()) / 1000;
		if (left_ms <= 0 || poll(both, inotify < 0 ? 1 : 2, (int)left_ms) <= 0)
			return false;
		if (both[0].revents) {
			drop_wakes(publisher->wake_fd);
			return true;
		}
		if (drain(inotify)) {
			settle(inotify);
			return true;
		}
	}
}

/* ---- the thread ---- */

/* What the thread remembers from one round to the next. */
typedef struct round {
	int inotify;
	bool hears, told_deaf, is_gone, has_heard;
	int64_t learning_due_us; /* since when; 0 = it is not */
	sp_status last;
	int retry_ms;
} round;

/* A failure is told once, not every time that it is tried again. */
static void look(sp_publisher *publisher, round *r)
{
	sp_error why = {0};
	bool is_late = r->learning_due_us && spi_now_us() - r->learning_due_us > LEARN_LATEST_MS * 1000;
	atomic_store(&publisher->learns_later, r->has_heard && !is_late);
	sp_status status = spi_bring_up_to_date(publisher, false, &why);
	atomic_store(&publisher->learns_later, false);
	bool is_due = atomic_load(&publisher->is_learning_due);
	r->learning_due_us = !is_due ? 0 : r->learning_due_us ? r->learning_due_us : spi_now_us();
	/* Also where nothing is published anew: a file may be wrong in a way that only its editor needs to know. */
	spi_tell_looked(publisher);
	if (status != SP_OK && status != r->last)
		spi_notice(publisher, "could not be brought up to date: %s%s%s; what was published before is served",
			why.source, why.source[0] ? ": " : "", why.text);
	r->retry_ms = status == SP_OK ? RETRY_MS : r->retry_ms > LOOK_MS / 2 ? LOOK_MS : r->retry_ms * 2;
	r->last = status;
}

/* Vectors that are still to be made. Whether there are more. */
static bool encode(sp_publisher *publisher, round *r)
{
	sp_error why = {0};
	if (!spi_encode_is_due(publisher))
		return false;
	sp_status status = spi_encode_some(publisher, &why);
	if (status != SP_OK && status != SP_ERR_BUSY && status != r->last)
		spi_notice(publisher, "sentence vectors could not be made: %s%s%s; answers come from words alone", why.source,
			why.source[0] ? ": " : "", why.text);
	if (status != SP_OK)
		r->last = status;
	return spi_encode_is_due(publisher);
}

/* Nothing tells that a folder which is not there comes back: somebody puts another checkout in its place. */
static bool is_gone(const char *folder)
{
	struct stat st;
	return stat(folder, &st) != 0;
}

static void hear(sp_publisher *publisher, round *r)
{
	if (r->inotify < 0)
		r->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	r->hears = watch_all(publisher, r->inotify);
	if (!r->hears && !r->told_deaf)
		spi_notice(
			publisher, "changes cannot be watched (inotify); the folder is looked at every %d s", RETRY_MS / 1000);
	r->told_deaf = !r->hears;
	r->is_gone = is_gone(publisher->kb_dir);
}

static void *run(void *arg)
{
	sp_publisher *publisher = arg;
	round r = {.inotify = -1, .retry_ms = RETRY_MS};
	while (!atomic_load(&publisher->stops)) {
		bool watches = atomic_load(&publisher->watches);
		/* Watch before looking: what comes after the look is heard. */
		if (watches)
			hear(publisher, &r);
		if (watches || atomic_load(&publisher->is_damaged))
			look(publisher, &r);
		bool more = watches && encode(publisher, &r);
		int pause_ms = r.last != SP_OK ? r.retry_ms : watches && (!r.hears || r.is_gone) ? RETRY_MS : LOOK_MS;
		if (r.learning_due_us && r.last == SP_OK)
			pause_ms = LEARN_QUIET_MS;
		if (more && r.last == SP_OK)
			pause_ms = 1;
		r.has_heard = wait_for_work(publisher, r.inotify, pause_ms);
	}
	if (r.inotify >= 0)
		close(r.inotify);
	return NULL;
}

sp_status spi_thread_start(sp_publisher *publisher, sp_error *err)
{
	int problem = 0;
	pthread_mutex_lock(&publisher->thread_lock);
	if (!publisher->thread_runs) {
		problem = pthread_create(&publisher->thread, NULL, run, publisher);
		publisher->thread_runs = problem == 0;
	}
	pthread_mutex_unlock(&publisher->thread_lock);
	return problem ? sp_error_errno(err, problem, NULL, "start a thread") : SP_OK;
}

void spi_thread_wake(sp_publisher *publisher)
{
	uint64_t one = 1;
	/* It only fails when the counter is full: then the thread is to wake anyway. */
	if (write(publisher->wake_fd, &one, sizeof one) < 0)
		return;
}

void spi_thread_stop(sp_publisher *publisher)
{
	atomic_store(&publisher->stops, true);
	pthread_mutex_lock(&publisher->thread_lock);
	bool runs = publisher->thread_runs;
	pthread_mutex_unlock(&publisher->thread_lock);
	if (!runs)
		return;
	spi_thread_wake(publisher);
	pthread_join(publisher->thread, NULL);
	publisher->thread_runs = false;
}

sp_status sp_publisher_watch(sp_publisher *publisher, sp_error *err)
{
	atomic_store(&publisher->watches, true);
	sp_status status = spi_thread_start(publisher, err);
	spi_thread_wake(publisher);
	return status;
}
