#include "store/checkpoint.h"

#include "base/file.h"
#include "store/wal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
/* Another process may write the whole file anew (scrub.c): a write waits for it rather than fail. */
#define WRITER_TIMEOUT_MS 30000
#define WAL_KEPT_BYTES "67108864"
/* Before it is copied back, where that has no thread of its own (checkpoint.h). */
#define WAL_PAGES "12000"
/* What one batch writes must fit, or it is written more than once. */
#define WRITER_CACHE_KB "32768"

sp_status spi_out_of_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- errors ---- */

/* SQLite keeps the system's reason for some failures only; for the others errno still says it. */
static sp_status io_status(spi_sqlite *db, int extended, int system_errno)
{
	int why = db->handle && sqlite3_system_errno(db->handle) ? sqlite3_system_errno(db->handle) : system_errno;
	if (extended == SQLITE_IOERR_NOMEM)
		return SP_ERR_NOMEM;
	if (why == ENOSPC || why == EDQUOT || why == EFBIG)
		return SP_ERR_FULL;
	return why == EACCES || why == EPERM ? SP_ERR_DENIED : SP_ERR_IO;
}

static sp_status status_of(spi_sqlite *db, int code, int system_errno)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return SP_ERR_NOMEM;
	case SQLITE_FULL:
		return SP_ERR_FULL;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return io_status(db, code, system_errno);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return SP_ERR_DENIED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return SP_ERR_CORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SP_ERR_BUSY;
	case SQLITE_TOOBIG:
		return SP_ERR_TOO_LARGE;
	case SQLITE_CONSTRAINT:
		return SP_ERR_INVALID;
	default:
		return SP_ERR_INTERNAL;
	}
}

static const char *remedy(sp_status status)
{
	switch (status) {
	case SP_ERR_FULL:
		return "; make room on the disk, nothing was lost";
	case SP_ERR_CORRUPT:
		return "; stop the service and restore the file from a backup";
	case SP_ERR_DENIED:
		return "; give the service's user the right to write there";
	case SP_ERR_BUSY:
		return "; try again in a moment";
	default:
		return "";
	}
}

sp_status spi_sqlite_error(spi_sqlite *db, int code, const char *what, sp_error *err)
{
	int system_errno = errno;
	if (db->handle && sqlite3_extended_errcode(db->handle) != SQLITE_OK)
		code = sqlite3_extended_errcode(db->handle);
	sp_status status = status_of(db, code, system_errno);
	return sp_error_set(err, status, db->path, 0, "cannot %s: %s%s", what,
		db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code), remedy(status));
}

/* ---- statements ---- */

sp_status spi_sqlite_exec(spi_sqlite *db, const char *sql, const char *what, sp_error *err)
{
	errno = 0;
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? SP_OK : spi_sqlite_error(db, code, what, err);
}

static sp_status prepare(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, sp_error *err)
{
	size_t at = (size_t)((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 32) & (SPI_PLACES - 1);
	while (db->places[at] && db->prepared[db->places[at] - 1].sql != sql)
		at = (at + 1) & (SPI_PLACES - 1);
	if (db->places[at]) {
		*ret = db->prepared[db->places[at] - 1].statement;
		return SP_OK;
	}
	if (db->prepared_count == SPI_STATEMENTS_MAX)
		return sp_error_set(err, SP_ERR_INTERNAL, db->path, 0, "more statements than SPI_STATEMENTS_MAX");
	int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
	if (code != SQLITE_OK)
		return spi_sqlite_error(db, code, "read the store", err);
	db->prepared[db->prepared_count++] = (struct spi_prepared){sql, *ret};
	db->places[at] = (uint16_t)db->prepared_count;
	return SP_OK;
}

static int bind(sqlite3_stmt *statement, const char *types, va_list values)
{
	int code = SQLITE_OK;
	for (int i = 1; *types && code == SQLITE_OK; i++, types++) {
		switch (*types) {
		case 's':
			code = sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, SQLITE_STATIC);
			break;
		case 'i':
			code = sqlite3_bind_int64(statement, i, va_arg(values, int64_t));
			break;
		case 'n':
			code = sqlite3_bind_int(statement, i, va_arg(values, int));
			break;
		case 'd':
			code = sqlite3_bind_double(statement, i, va_arg(values, double));
			break;
		default:
			code = SQLITE_MISUSE;
		}
	}
	return code;
}

static sp_status query(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, sp_error *err, const char *types,
	va_list values)
{
	sp_status status = prepare(db, sql, ret, err);
	if (status != SP_OK)
		return status;
	int code = bind(*ret, types, values);
	return code == SQLITE_OK ? SP_OK : spi_sqlite_error(db, code, "use the store", err);
}

sp_status spi_sqlite_query(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, sp_error *err, const char *types, ...)
{
	va_list values;
	va_start(values, types);
	sp_status status = query(db, sql, ret, err, types, values);
	va_end(values);
	return status;
}

sp_status spi_sqlite_first(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, bool *ret_row, sp_error *err, const char *types, ...)
{
	va_list values;
	va_start(values, types);
	sp_status status = query(db, sql, ret, err, types, values);
	va_end(values);
	return status == SP_OK ? spi_sqlite_step(db, *ret, ret_row, err) : status;
}

sp_status spi_sqlite_step(spi_sqlite *db, sqlite3_stmt *statement, bool *ret_row, sp_error *err)
{
	errno = 0;
	int code = sqlite3_step(statement);
	*ret_row = code == SQLITE_ROW;
	if (code == SQLITE_ROW)
		return SP_OK;
	sp_status status = SP_OK;
	if (code != SQLITE_DONE)
		status = spi_sqlite_error(db, code, db->lock_fd >= 0 ? "write the store" : "read the store", err);
	sqlite3_reset(statement);
	return status;
}

sp_status spi_sqlite_run(spi_sqlite *db, const char *sql, sp_error *err, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;
	va_start(values, types);
	sp_status status = query(db, sql, &statement, err, types, values);
	va_end(values);
	bool row = false;
	if (status == SP_OK)
		status = spi_sqlite_step(db, statement, &row, err);
	if (row)
		sqlite3_reset(statement);
	return status;
}

const char *spi_sqlite_text(sqlite3_stmt *statement, int column, sp_arena *arena, bool *failed)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return NULL;
	const char *text = (const char *)sqlite3_column_text(statement, column);
	if (text)
		text = sp_arena_strndup(arena, text, (size_t)sqlite3_column_bytes(statement, column));
	if (!text)
		*failed = true;
	return text;
}

static const char sql_begin_read[] = "BEGIN", sql_begin_write[] = "BEGIN IMMEDIATE", sql_commit[] = "COMMIT",
	sql_savepoint[] = "SAVEPOINT one", sql_release[] = "RELEASE one", sql_undo[] = "ROLLBACK TO one";

sp_status spi_sqlite_snapshot(spi_sqlite *db, sp_error *err)
{
	return spi_sqlite_run(db, sql_begin_read, err, "");
}

void spi_sqlite_snapshot_end(spi_sqlite *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- open and close ---- */

static void engine_close(void *handle);

/* One service a data folder. The lock goes with the process, however it ends; the number in the file is for people. */
static sp_status lock_folder(spi_sqlite *db, const char *data_dir, sp_error *err)
{
	char *path = NULL;
	if (asprintf(&path, "%s/" SPI_LOCK_FILE, data_dir) < 0)
		return spi_out_of_memory(err);
	sp_status status = SP_OK;
	char holder[24] = "";
	db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock_fd < 0) {
		status = sp_error_errno(err, errno, path, "open");
	} else if (flock(db->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;
		ssize_t got = pread(db->lock_fd, holder, sizeof holder - 1, 0);
		holder[got > 0 ? strcspn(holder, "\n") : 0] = '\0';
		status = why != EWOULDBLOCK ? sp_error_errno(err, why, path, "lock") :
			sp_error_set(err, SP_ERR_BUSY, data_dir, 0, "another sportello (process %s) uses this data folder; stop "
				"it, or choose another folder with --data", holder[0] ? holder : "unknown");
	} else {
		int len = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
		if (ftruncate(db->lock_fd, 0) != 0 || pwrite(db->lock_fd, holder, (size_t)len, 0) != len)
			status = sp_error_errno(err, errno, path, "write");
	}
	free(path);
	return status;
}

/* A service that runs keeps its lock; SQLite's own locks keep the single write of this process apart from its writes. */
static sp_status lock_if_free(spi_sqlite *db, const char *data_dir, sp_error *err)
{
	sp_error why = {0};
	sp_status status = lock_folder(db, data_dir, &why);
	if (status == SP_ERR_BUSY) {
		close(db->lock_fd);
		db->lock_fd = -1;
		return SP_OK;
	}
	sp_error_copy(err, &why);
	return status;
}

/* The file holds people's data: nobody else may read it. SQLite gives its side files the same rights. */
static sp_status make_file(const spi_sqlite *db, const char *data_dir, sp_error *err)
{
	int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? SP_OK : sp_error_errno(err, errno, db->path, "make");
	close(fd);
	return spi_sync_folder(data_dir, err);
}

static sp_status set_up(spi_sqlite *db, spi_open_mode mode, sp_error *err)
{
	static const char common[] = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";
	static const char writer[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = " WAL_PAGES ";"
		"PRAGMA cache_size = -" WRITER_CACHE_KB "; PRAGMA journal_size_limit = " WAL_KEPT_BYTES "; PRAGMA secure_delete = ON;";
	sqlite3_extended_result_codes(db->handle, 1);
	/* Without it every statement that may use a partial index is read and planned anew each time that it is given values. */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	sqlite3_busy_timeout(db->handle, mode == SPI_OPEN_READER ? BUSY_TIMEOUT_MS : WRITER_TIMEOUT_MS);
	sp_status status = spi_sqlite_check_schema(db, mode, err);
	if (status != SP_OK)
		return status;
	status = spi_sqlite_exec(db, common, "open the store", err);
	if (status != SP_OK || mode == SPI_OPEN_READER)
		return status;
	status = spi_sqlite_exec(db, writer, "open the store", err);
	if (status == SP_OK)
		status = spi_sqlite_migrate(db, err);
	if (status == SP_OK)
		status = spi_ledger_open(db, err);
	if (status == SP_OK && mode == SPI_OPEN_WRITER)
		status = spi_checkpoint_open(db, err);
	if (status == SP_OK)
		status = spi_person_key(db->data_dir, db->person_key, err);
	/* Nobody else writes: a file without a row is of a crash. */
	return status == SP_OK && mode == SPI_OPEN_WRITER ? spi_attachments_sweep(db, 0, err) : status;
}

/* SQLite's own statistics take a lock at every allocation. */
static pthread_once_t configured = PTHREAD_ONCE_INIT;
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* where something else has begun to use it, it stays as it is */
}

static sp_status open_file(spi_sqlite *db, const char *data_dir, spi_open_mode mode, sp_error *err)
{
	sp_status status = SP_OK;
	if (mode != SPI_OPEN_READER) {
		status = mode == SPI_OPEN_BESIDE ? lock_if_free(db, data_dir, err) : lock_folder(db, data_dir, err);
		if (status == SP_OK)
			status = spi_sqlite_check_was_there(db, data_dir, err);
		if (status == SP_OK)
			status = make_file(db, data_dir, err);
	} else if (!spi_exists(db->path)) {
		status = sp_error_set(err, SP_ERR_NOT_FOUND, data_dir, 0, "there is no " SPI_STORE_FILE " in this folder; "
			"`sportello serve --data` makes it, or name another folder with --data");
	}
	if (status != SP_OK)
		return status;
	pthread_once(&configured, configure);
	int flags = mode == SPI_OPEN_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, db->writes ? spi_wal_vfs() : NULL);
	if (code != SQLITE_OK)
		return spi_sqlite_error(db, code, "open the store", err);
	if (mode == SPI_OPEN_WRITER)
		spi_sqlite_note_place(db);
	status = spi_sqlite_check_length(db, mode == SPI_OPEN_WRITER, err);
	return status == SP_OK ? set_up(db, mode, err) : status;
}

static sp_status engine_open(const char *data_dir, spi_open_mode mode, void **ret, sp_error *err)
{
	spi_sqlite *db = calloc(1, sizeof *db);
	if (!db)
		return spi_out_of_memory(err);
	db->lock_fd = -1;
	db->data_dir = strdup(data_dir);
	if (asprintf(&db->path, "%s/" SPI_STORE_FILE, data_dir) < 0)
		db->path = NULL;
	if (!db->data_dir || !db->path) {
		engine_close(db);
		return spi_out_of_memory(err);
	}
	db->writes = mode != SPI_OPEN_READER;
	sp_status status = open_file(db, data_dir, mode, err);
	if (status != SP_OK) {
		engine_close(db);
		return status;
	}
	*ret = db;
	return SP_OK;
}

static sp_status engine_set_outbox(void *handle, const char *connector, sp_error *err)
{
	spi_sqlite *db = handle;
	char *copy = strdup(connector);
	if (!copy)
		return spi_out_of_memory(err);
	free(db->outbox);
	db->outbox = copy;
	return SP_OK;
}

/* ---- writes ---- */

static void engine_rollback(void *db)
{
	spi_sqlite_snapshot_end(db);
	spi_ledger_batch_is_undone(db);
}

static sp_status engine_begin(void *handle, sp_error *err)
{
	spi_sqlite *db = handle;
	sp_status status = spi_sqlite_check_place(db, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql_begin_write, err, "");
	if (status != SP_OK)
		return status;
	status = spi_ledger_batch_begins(db, err);
	if (status != SP_OK)
		engine_rollback(db);
	return status;
}

static sp_status commit(spi_sqlite *db, sp_error *err)
{
	sp_status status = spi_sqlite_run(db, sql_commit, err, "");
	if (status == SP_OK)
		spi_ledger_batch_is_done(db);
	return status;
}

static sp_status engine_commit(void *db, sp_error *err)
{
	sp_status status = spi_ledger_write_due(db, err);
	return status == SP_OK ? commit(db, err) : status;
}

/* So that a store that is closed is whole without its log. What cannot be written now is made from that the next time. */
static void write_behind(spi_sqlite *db)
{
	if (!db->writes || !spi_ledger_is_behind(db) || engine_begin(db, NULL) != SP_OK)
		return;
	if (spi_ledger_write_all(db, NULL) != SP_OK || commit(db, NULL) != SP_OK)
		engine_rollback(db);
}

static void engine_close(void *handle)
{
	spi_sqlite *db = handle;
	if (!db)
		return;
	write_behind(db);
	spi_checkpoint_close(db);
	for (size_t i = 0; i < db->prepared_count; i++)
		sqlite3_finalize(db->prepared[i].statement);
	sqlite3_close(db->handle);
	if (db->lock_fd >= 0)
		close(db->lock_fd); /* gives the lock back */
	spi_ledger_memory_free(db->ledger);
	spi_ledger_words_free(db);
	free(db->outbox);
	explicit_bzero(db->person_key, sizeof db->person_key);
	free(db->data_dir);
	free(db->path);
	free(db);
}

static bool engine_in_batch(void *db)
{
	return !sqlite3_get_autocommit(((spi_sqlite *)db)->handle);
}

/* Counted anew from the log where that is needed; else nothing is written, so that a service starts on a full disk, too. */
static sp_status keep_ledger(spi_sqlite *db, const sp_write *write, sp_error *err)
{
	bool is_new = false;
	sp_status status = spi_ledger_keep(db, write->as.ledger.window_s, write->as.ledger.timezone, write->as.ledger.force, &is_new, err);
	if (is_new) {
		spi_ledger_memory_drop(db);
		spi_ledger_touch(db);
	}
	return status;
}

static sp_status apply(spi_sqlite *db, sp_write *write, sp_error *err)
{
	switch (write->kind) {
	case SP_WRITE_TURN:
		return spi_sqlite_add_turn(db, &write->as.turn, err);
	case SP_WRITE_FEEDBACK:
		return spi_sqlite_add_feedback(db, &write->as.feedback, err);
	case SP_WRITE_TICKET:
		return spi_sqlite_add_ticket(db, &write->as.ticket, err);
	case SP_WRITE_TICKET_CHANGE:
		return spi_sqlite_change_ticket(db, &write->as.ticket_change, err);
	case SP_WRITE_TOKEN:
		return spi_sqlite_add_token(db, &write->as.token, err);
	case SP_WRITE_TOKEN_REVOKE:
		return spi_sqlite_revoke_token(db, write->as.token_revoke.id, err);
	case SP_WRITE_OUTBOX:
		return spi_sqlite_outbox_write(db, write->as.outbox, err);
	case SP_WRITE_TRAINING:
		return spi_sqlite_put_training(db, &write->as.training, err);
	case SP_WRITE_TRAINING_FORGET:
		return spi_sqlite_forget_training(db, write->as.training_forget.subject, err);
	case SP_WRITE_FLAG:
		return spi_sqlite_add_flag(db, write->as.flag, err);
	case SP_WRITE_FLAG_DONE:
		return spi_sqlite_flag_done(db, write->as.flag_done, err);
	case SP_WRITE_AUDIT:
		return SP_OK;
	case SP_WRITE_SESSION:
		return spi_sqlite_add_session(db, &write->as.session, err);
	case SP_WRITE_SESSION_SEEN:
		return spi_sqlite_see_session(db, write->as.session_seen.id, write->as.session_seen.at_utc_s, err);
	case SP_WRITE_SESSION_END:
		return spi_sqlite_end_session(db, write->as.session_end.id, err);
	case SP_WRITE_ATTACHMENT:
		return spi_sqlite_add_attachment(db, write->as.attachment, err);
	case SP_WRITE_DETACH:
		return spi_sqlite_detach(db, write->as.detach, err);
	case SP_WRITE_FORGET:
		return spi_sqlite_forget(db, write->as.forget, err);
	case SP_WRITE_SCRUB:
		return SP_OK; /* afterwards, as it cannot be in a batch */
	case SP_WRITE_LEDGER:
		return keep_ledger(db, write, err);
	case SP_WRITE_VECTORS_DONE:
		return spi_sqlite_vectors_done(db, write->as.vectors_done.times, write->as.vectors_done.at_utc_s, err);
	}
	return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "no such kind of write: %d", (int)write->kind);
}

/* Take back what the savepoint holds. SQLite may have given up the whole transaction by itself (disk full, memory out); and once the
   ledger's memory was changed too, which is a write's last step and can fail by nothing else, it goes whole. */
static void undo(spi_sqlite *db)
{
	if (engine_in_batch(db) && !spi_ledger_is_touched(db) && spi_sqlite_run(db, sql_undo, NULL, "") == SP_OK &&
		spi_sqlite_run(db, sql_release, NULL, "") == SP_OK)
		return;
	engine_rollback(db);
}

/* What is refused before it has changed anything, but for failures that spare nobody (the disk, memory): by far the most of all writes. */
static bool needs_savepoint(const sp_write *write)
{
	bool is_plain = (write->kind == SP_WRITE_TURN && !write->as.turn.walk) || write->kind == SP_WRITE_FEEDBACK ||
		write->kind == SP_WRITE_TICKET || write->kind == SP_WRITE_TICKET_CHANGE;
	return !is_plain || write->audit;
}

static sp_status engine_apply(void *handle, sp_write *write, sp_error *err)
{
	spi_sqlite *db = handle;
	spi_ledger_write_begins(db);
	int64_t changes = sqlite3_total_changes64(db->handle);
	bool saves = needs_savepoint(write);
	sp_status status = saves ? spi_sqlite_run(db, sql_savepoint, err, "") : SP_OK;
	if (status != SP_OK)
		return status;
	status = apply(db, write, err);
	if (status == SP_OK && write->audit)
		status = spi_sqlite_add_audit(db, write, err);
	bool only_counted = write->kind == SP_WRITE_FORGET && write->as.forget->dry_run;
	if (status == SP_OK && !only_counted)
		return saves ? spi_sqlite_run(db, sql_release, err, "") : SP_OK;
	if (saves)
		undo(db);
	else if (!engine_in_batch(db) || changes != sqlite3_total_changes64(db->handle) || spi_ledger_is_touched(db))
		engine_rollback(db);
	return status;
}

static void after_forgetting(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	if (forget->dry_run)
		return;
	sp_status status = spi_attachments_remove(db, sp_buffer_text(&forget->files), err);
	if (status == SP_OK)
		status = spi_sqlite_scrub(db, SPI_SCRUB_SOON, err);
	forget->scrubbed = status == SP_OK;
}

static void engine_after(void *handle, sp_write *write)
{
	spi_sqlite *db = handle;
	switch (write->kind) {
	case SP_WRITE_ATTACHMENT:
		if (write->status != SP_OK && write->as.attachment->written)
			(void)spi_attachments_remove(db, write->as.attachment->attachment.id, NULL);
		break;
	case SP_WRITE_DETACH: /* a file that cannot be removed now goes with the next sweep */
		if (write->status == SP_OK)
			(void)spi_attachments_remove(db, write->as.detach->id, NULL);
		break;
	case SP_WRITE_FORGET:
		if (write->status == SP_OK)
			after_forgetting(db, write->as.forget, &write->error);
		break;
	case SP_WRITE_SCRUB:
		if (write->status == SP_OK)
			write->status = spi_sqlite_scrub(db, SPI_SCRUB_NOW, &write->error);
		break;
	default:
		break;
	}
}

static void engine_rest(void *db)
{
	spi_checkpoint_rest(db);
}

const spi_engine spi_engine_sqlite = {
	.name = "sqlite",
	.open = engine_open,
	.close = engine_close,
	.set_outbox = engine_set_outbox,
	.begin = engine_begin,
	.apply = engine_apply,
	.in_batch = engine_in_batch,
	.commit = engine_commit,
	.rollback = engine_rollback,
	.after = engine_after,
	.rest = engine_rest,
	.dialogue = spi_sqlite_dialogue,
	.count = spi_sqlite_count,
	.ticket = spi_sqlite_ticket,
	.tickets = spi_sqlite_tickets,
	.token = spi_sqlite_token,
	.session = spi_sqlite_session,
	.audit = spi_sqlite_audit,
	.audit_head = spi_sqlite_audit_head,
	.audit_verify = spi_sqlite_audit_verify,
	.tokens = spi_sqlite_tokens,
	.walk = spi_sqlite_walk,
	.confirmed = spi_sqlite_confirmed,
	.happened = spi_sqlite_happened,
	.health = spi_sqlite_health,
	.solvings = spi_sqlite_solvings,
	.asked = spi_sqlite_asked,
	.outbox = spi_sqlite_outbox,
	.outgoing = spi_sqlite_outgoing,
	.outbox_counts = spi_sqlite_outbox_counts,
	.remote = spi_sqlite_remote,
	.cursor = spi_sqlite_cursor,
	.comments = spi_sqlite_comments,
	.attachments = spi_sqlite_attachments,
	.attachment = spi_sqlite_attachment,
	.same_person = spi_sqlite_same_person,
	.open_before = spi_sqlite_open_before,
	.conversation_tickets = spi_sqlite_conversation_tickets,
	.vectors_due = spi_sqlite_vectors_due,
	.training = spi_sqlite_training,
	.open_by_group = spi_sqlite_open_by_group,
	.queue = spi_sqlite_queue,
	.ticket_events = spi_sqlite_ticket_events,
	.desk_turns = spi_sqlite_desk_turns,
	.flags = spi_sqlite_flags,
	.ledger_figures = spi_ledger_figures,
	.ledger_kept = spi_ledger_kept,
	.ledger_verify = spi_ledger_verify,
};
