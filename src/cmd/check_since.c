/* What a change brought: the old state goes into a temporary folder while it is compared. */
#include "cmd/check.h"

#include "base/file.h"
#include "sportello/history.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef sp_status with_before(const char *before, void *arg, sp_error *err);

/* Ending the program by a signal waits until the folder is gone. */
static void hold_signals(sigset_t *ret_before)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t held;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaddset(&held, signals[i]);
	pthread_sigmask(SIG_BLOCK, &held, ret_before);
}

/* TMPDIR; else memory, where there is room: writing ten thousand files to a disk takes longer than checking them. */
static const char *temporary_place(void)
{
	enum { ROOM_MIB = 256 };
	static const char memory[] = "/dev/shm";
	struct statvfs room;
	const char *named = getenv("TMPDIR");
	if (named && *named)
		return named;
	bool fits = access(memory, W_OK | X_OK) == 0 && statvfs(memory, &room) == 0 &&
		(uint64_t)room.f_bavail * room.f_frsize >> 20 >= ROOM_MIB;
	return fits ? memory : "/tmp";
}

/* Do something with the folder as it was at the revision. */
static sp_status do_with_before(const char *kb, const char *rev, with_before *act, void *arg, sp_error *err)
{
	char folder[512];
	const char *where = temporary_place();
	sp_history *history = NULL;
	sigset_t signals;
	if ((size_t)snprintf(folder, sizeof folder, "%s/sportello-XXXXXX", where) >= sizeof folder)
		return sp_error_set(err, SP_ERR_INVALID, where, 0, "the path in TMPDIR is too long");
	sp_status status = sp_history_open(kb, rev, &history, err);
	if (status != SP_OK)
		return status;
	hold_signals(&signals);
	if (!mkdtemp(folder)) {
		status = sp_error_errno(err, errno, folder, "make a temporary folder (TMPDIR names where)");
	} else {
		status = sp_history_extract(history, folder, err);
		if (status == SP_OK)
			status = act(folder, arg, err);
		sp_status removed = spi_remove_tree(folder, status == SP_OK ? err : NULL);
		status = status == SP_OK ? removed : status;
	}
	pthread_sigmask(SIG_SETMASK, &signals, NULL);
	sp_history_close(history);
	return status;
}

typedef struct since_arg {
	const char *kb;
	sp_findings *findings;
	size_t *ret_articles;
} since_arg;

static sp_status check_since(const char *before, void *arg, sp_error *err)
{
	const since_arg *since = arg;
	return sp_kb_check_since(since->kb, before, since->findings, since->ret_articles, err);
}

sp_status spi_check_since(const char *kb, const char *rev, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	since_arg since = {kb, findings, ret_articles};
	return do_with_before(kb, rev, check_since, &since, err);
}

typedef struct fix_arg {
	const char *kb;
	bool look;
	sp_findings *mended;
} fix_arg;

static sp_status fix(const char *before, void *arg, sp_error *err)
{
	const fix_arg *fix = arg;
	return sp_kb_fix(fix->kb, before, fix->look ? SP_FIX_LOOK : 0, fix->mended, err);
}

sp_status spi_check_fix(const char *kb, const char *rev, bool look, sp_findings *mended, sp_error *err)
{
	fix_arg arg = {kb, look, mended};
	return rev ? do_with_before(kb, rev, fix, &arg, err) : fix(NULL, &arg, err);
}
