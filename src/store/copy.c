/* The store as one file of its own: copied while others write, and read for what is wrong with it. */
#include "sportello/backup.h"

#include "base/file.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 30000

static sp_status open_plain(spi_sqlite *db, char *path, int flags, sp_error *err)
{
	*db = (spi_sqlite){.lock_fd = -1, .path = path};
	int code = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (code != SQLITE_OK)
		return spi_sqlite_error(db, code, "open the store", err);
	sqlite3_busy_timeout(db->handle, WAIT_MS);
	return SP_OK;
}

static void close_plain(spi_sqlite *db)
{
	for (size_t i = 0; i < db->prepared_count; i++)
		sqlite3_finalize(db->prepared[i].statement);
	sqlite3_close(db->handle);
}

static sp_status open_in(spi_sqlite *db, const char *folder, char path[PATH_MAX], sp_error *err)
{
	if (snprintf(path, PATH_MAX, "%s/" SPI_STORE_FILE, folder) >= PATH_MAX)
		return sp_error_set(err, SP_ERR_INVALID, folder, 0, "the path is too long");
	if (!spi_exists(path))
		return sp_error_set(err, SP_ERR_NOT_FOUND, folder, 0, "there is no " SPI_STORE_FILE " in this folder; name the service's data folder");
	return open_plain(db, path, SQLITE_OPEN_READONLY, err);
}

/* In one step: a snapshot of the log is read, so that no write of others begins it anew, nor waits for it. */
static sp_status copy_pages(spi_sqlite *from, spi_sqlite *to, sp_error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	if (!backup)
		return spi_sqlite_error(to, SQLITE_ERROR, "copy the store", err);
	int stepped = sqlite3_backup_step(backup, -1), ended = sqlite3_backup_finish(backup);
	if (stepped != SQLITE_DONE)
		return spi_sqlite_error(ended != SQLITE_OK ? to : from, stepped, "copy the store", err);
	/* One file, without a log beside it: it may be carried anywhere. */
	return spi_sqlite_exec(to, "PRAGMA journal_mode = DELETE", "finish the copy", err);
}

static sp_status number(spi_sqlite *db, const char *sql, int64_t *ret, sp_error *err)
{
	sqlite3_stmt *statement = NULL;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "");
	if (status == SP_OK && row) {
		*ret = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

/* Of what a later version wrote it is not known which files belong to it. */
static sp_status need_known(spi_sqlite *db, sp_error *err)
{
	int64_t schema = 0;
	sp_status status = number(db, "PRAGMA user_version", &schema, err);
	if (status == SP_OK && schema > SP_STORE_SCHEMA)
		status = sp_error_set(err, SP_ERR_NEWER, db->path, 0, "a newer version of sportello wrote it (schema %lld, this one knows up to %d): back it up with that version",
			(long long)schema, SP_STORE_SCHEMA);
	return status;
}

sp_status sp_store_copy(const char *data_dir, const char *to, sp_error *err)
{
	spi_sqlite from = {0}, copy = {0};
	char path[PATH_MAX], target[PATH_MAX];
	if (snprintf(target, sizeof target, "%s", to) >= (int)sizeof target)
		return sp_error_set(err, SP_ERR_INVALID, to, 0, "the path is too long");
	sp_status status = open_in(&from, data_dir, path, err);
	if (status == SP_OK)
		status = need_known(&from, err);
	int fd = status == SP_OK ? open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	if (status == SP_OK && fd < 0)
		status = errno == EEXIST ? sp_error_set(err, SP_ERR_CONFLICT, to, 0, "the file is there already") : sp_error_errno(err, errno, to, "make");
	if (fd >= 0)
		close(fd);
	if (status == SP_OK)
		status = open_plain(&copy, target, SQLITE_OPEN_READWRITE, err);
	if (status == SP_OK)
		status = copy_pages(&from, &copy, err);
	close_plain(&copy);
	close_plain(&from);
	return status;
}

/* ---- what is in it ---- */

/* A damaged file may make the check itself fail: that is a finding, too. */
static void look_at_pages(spi_sqlite *db, sp_store_facts *ret)
{
	static const char sql[] = "SELECT integrity_check FROM pragma_integrity_check(1) UNION ALL "
		"SELECT 'a row of ' || \"table\" || ' refers to one of ' || parent || ' that is not there' FROM pragma_foreign_key_check";
	sqlite3_stmt *statement = NULL;
	sp_error err = {0};
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, &err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, &err)) == SP_OK && row) {
		const char *said = (const char *)sqlite3_column_text(statement, 0);
		if (said && strcmp(said, "ok") != 0 && !ret->fault[0])
			snprintf(ret->fault, sizeof ret->fault, "%s", said);
	}
	if (status != SP_OK && !ret->fault[0])
		snprintf(ret->fault, sizeof ret->fault, "%.255s", err.text);
	ret->is_sound = !ret->fault[0];
}

static sp_status visit_attachments(spi_sqlite *db, sp_status (*visit)(const char *, int64_t, void *, sp_error *), void *arg, sp_error *err)
{
	static const char there[] = "SELECT count(*) FROM sqlite_schema WHERE name = 'attachments'";
	static const char sql[] = "SELECT id, bytes FROM attachments";
	sqlite3_stmt *statement = NULL;
	int64_t is_there = 0;
	bool row = true;
	sp_status status = number(db, there, &is_there, err);
	if (status != SP_OK || !is_there) /* a store of before */
		return status;
	status = spi_sqlite_query(db, sql, &statement, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		status = visit((const char *)sqlite3_column_text(statement, 0), sqlite3_column_int64(statement, 1), arg, err);
		if (status != SP_OK)
			sqlite3_reset(statement);
	}
	return status;
}

typedef struct looking { const char *folder; sp_store_facts *facts; } looking;

static sp_status look_at_file(const char *id, int64_t bytes, void *arg, sp_error *err)
{
	looking *l = arg;
	char path[PATH_MAX];
	struct stat st;
	(void)err;
	l->facts->attachments++;
	snprintf(path, sizeof path, "%s/" SPI_ATTACHMENTS "/%s", l->folder, id);
	if (!l->facts->missing_attachment[0] && (stat(path, &st) != 0 || st.st_size != bytes))
		snprintf(l->facts->missing_attachment, sizeof l->facts->missing_attachment, "%s", id);
	return SP_OK;
}

static void look_at_key(const char *folder, sp_store_facts *ret)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%.4000s/" SPI_PERSON_KEY_FILE, folder);
	ret->has_key = stat(path, &st) == 0;
	ret->key_is_short = ret->has_key && st.st_size < SPI_PERSON_KEY_LEN;
}

/* SQLite takes an empty file, and one that was cut down to nothing, for a store without tables. */
static sp_status need_tables(spi_sqlite *db, const char *path, sp_error *err)
{
	int64_t tables = 0;
	sp_status status = number(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (status != SP_OK || tables > 0)
		return status;
	return sp_error_set(err, SP_ERR_NOT_FOUND, path, 0, "the file is empty: sportello serve begins a new store in it; if it was in use before, restore "
		"the last backup first");
}

static sp_status look_inside(spi_sqlite *db, const char *folder, sp_store_facts *ret, sp_error *err)
{
	looking l = {.folder = folder, .facts = ret};
	sp_status status = need_tables(db, db->path, err);
	if (status == SP_OK)
		status = number(db, "PRAGMA user_version", &ret->schema, err);
	if (status != SP_OK || ret->schema > SP_STORE_SCHEMA) /* what a later version keeps where is not known */
		return status;
	status = number(db, "SELECT count(*) FROM conversations", &ret->conversations, err);
	if (status == SP_OK)
		status = number(db, "SELECT count(*) FROM tickets", &ret->tickets, err);
	return status == SP_OK ? visit_attachments(db, look_at_file, &l, err) : status;
}

sp_status sp_store_examine(const char *folder, sp_store_facts *ret, sp_error *err)
{
	spi_sqlite db = {0};
	char path[PATH_MAX];
	*ret = (sp_store_facts){0};
	look_at_key(folder, ret);
	sp_status status = open_in(&db, folder, path, err);
	if (status == SP_OK)
		look_at_pages(&db, ret);
	if (status == SP_OK && ret->is_sound)
		status = look_inside(&db, folder, ret, err);
	close_plain(&db);
	return status;
}

sp_status sp_store_attachment_ids(const char *folder, sp_status (*visit)(const char *id, int64_t bytes, void *arg, sp_error *err), void *arg,
	sp_error *err)
{
	spi_sqlite db = {0};
	char path[PATH_MAX];
	sp_status status = open_in(&db, folder, path, err);
	if (status == SP_OK)
		status = visit_attachments(&db, visit, arg, err);
	close_plain(&db);
	return status;
}
