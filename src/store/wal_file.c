/* A file of SQLite whose writes that follow each other are held until it is synced, read, measured or cut, and then given to the system as one. */
#include "store/wal_file.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define NAME "sportello"
/* SQLite gives the system fewer than 128 kB in one call, and cuts off the rest. */
#define HELD_MAX (120 * 1024)

typedef struct wal_file {
	sqlite3_file base;   /* first: it is what SQLite knows */
	unsigned char *held; /* HELD_MAX bytes, from the offset at on */
	int len;
	sqlite3_int64 at;
	sqlite3_file *real;  /* in the same piece of memory, behind */
} wal_file;

static sqlite3_vfs *under, ours;

static wal_file *of(sqlite3_file *file)
{
	return (wal_file *)(void *)file;
}

/* What fails is held no more: SQLite takes the commit back, and writes those pages again with the next. */
static int let_go(wal_file *w)
{
	int len = w->len;
	w->len = 0;
	return len > 0 ? w->real->pMethods->xWrite(w->real, w->held, len, w->at) : SQLITE_OK;
}

static int wal_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	wal_file *w = of(file);
	int code = SQLITE_OK;
	if (w->len > 0 && (at != w->at + w->len || len > HELD_MAX - w->len))
		code = let_go(w);
	if (code != SQLITE_OK || len > HELD_MAX)
		return code != SQLITE_OK ? code : w->real->pMethods->xWrite(w->real, bytes, len, at);
	if (w->len == 0)
		w->at = at;
	memcpy(w->held + w->len, bytes, (size_t)len);
	w->len += len;
	return SQLITE_OK;
}

static int wal_read(sqlite3_file *file, void *ret, int len, sqlite3_int64 at)
{
	int code = let_go(of(file));
	return code == SQLITE_OK ? of(file)->real->pMethods->xRead(of(file)->real, ret, len, at) : code;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int code = let_go(of(file));
	return code == SQLITE_OK ? of(file)->real->pMethods->xTruncate(of(file)->real, size) : code;
}

static int wal_sync(sqlite3_file *file, int flags)
{
	int code = let_go(of(file));
	return code == SQLITE_OK ? of(file)->real->pMethods->xSync(of(file)->real, flags) : code;
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	int code = let_go(of(file));
	return code == SQLITE_OK ? of(file)->real->pMethods->xFileSize(of(file)->real, ret) : code;
}

static int wal_close(sqlite3_file *file)
{
	wal_file *w = of(file);
	int written = let_go(w), closed = w->real->pMethods->xClose(w->real);
	free(w->held);
	return written != SQLITE_OK ? written : closed;
}

static int wal_lock(sqlite3_file *file, int level)
{
	return of(file)->real->pMethods->xLock(of(file)->real, level);
}

static int wal_unlock(sqlite3_file *file, int level)
{
	return of(file)->real->pMethods->xUnlock(of(file)->real, level);
}

static int wal_check_lock(sqlite3_file *file, int *ret)
{
	return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, ret);
}

static int wal_control(sqlite3_file *file, int what, void *arg)
{
	return of(file)->real->pMethods->xFileControl(of(file)->real, what, arg);
}

static int wal_sector(sqlite3_file *file)
{
	return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

static int wal_device(sqlite3_file *file)
{
	return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
}

static const sqlite3_io_methods methods = {.iVersion = 1, .xClose = wal_close, .xRead = wal_read, .xWrite = wal_write, .xTruncate = wal_truncate,
	.xSync = wal_sync, .xFileSize = wal_size, .xLock = wal_lock, .xUnlock = wal_unlock, .xCheckReservedLock = wal_check_lock,
	.xFileControl = wal_control, .xSectorSize = wal_sector, .xDeviceCharacteristics = wal_device};

/* Files that are no log are the system's own. */
static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return under->xOpen(under, name, file, flags, ret_flags);
	wal_file *w = of(file);
	*w = (wal_file){.held = malloc(HELD_MAX), .real = (sqlite3_file *)(void *)(w + 1)};
	if (!w->held)
		return SQLITE_NOMEM;
	int code = under->xOpen(under, name, w->real, flags, ret_flags);
	if (code == SQLITE_OK) {
		w->base.pMethods = &methods;
		return SQLITE_OK;
	}
	free(w->held);
	return code;
}

static void make(void)
{
	under = sqlite3_vfs_find(NULL);
	if (!under)
		return;
	ours = *under;
	ours.zName = NAME;
	ours.pNext = NULL;
	ours.szOsFile = (int)sizeof(wal_file) + under->szOsFile;
	ours.xOpen = open_file;
	if (sqlite3_vfs_register(&ours, 0) != SQLITE_OK)
		under = NULL;
}

const char *spi_wal_vfs(void)
{
	static pthread_once_t made = PTHREAD_ONCE_INIT;
	pthread_once(&made, make);
	return under ? NAME : NULL;
}
