/* The store's log and its file: pages are copied back while more are written. */
#include "harness.h"

#include "sportello/keep.h"
#include "sportello/store.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MB (1 << 20)
#define NOON INT64_C(1795521600) /* 2026-11-24T12:00:00Z */

static const char *path_of(const char *file)
{
	static char path[500];
	snprintf(path, sizeof path, "%s/long-log%s%s", harness_folder(), file ? "/" : "", file ? file : "");
	return path;
}

static sp_write ticket_write(const char *message)
{
	sp_write write = {.kind = SP_WRITE_TICKET};
	write.as.ticket.ticket = (sp_ticket){.state = SP_TICKET_NEW, .category = "accesso-spid", .group = "l1-app-io", .level = 1, .channel = "web",
		.audience = "citizen", .message = message, .lang = SP_LANG_IT, .created_utc_s = NOON};
	return write;
}

static bool is_whole(void)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	CHECK_INT(sqlite3_open(path_of("store.sqlite"), &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL), SQLITE_OK);
	bool whole = sqlite3_step(s) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
	sqlite3_finalize(s);
	sqlite3_close(db);
	return whole;
}

/* Long tickets of 32 kB, 64 together, until so many bytes were written. */
static void fill(sp_store *store, size_t bytes)
{
	static sp_write writes[64];
	static char message[32 * 1024];
	memset(message, 'x', sizeof message - 1);
	for (size_t written = 0; written < bytes; written += sizeof message * 64) {
		for (size_t i = 0; i < 64; i++)
			writes[i] = ticket_write(message);
		CHECK_INT(sp_store_submit_all(store, writes, 63), SP_OK);
		CHECK_INT(sp_store_write(store, &writes[63], NULL), SP_OK);
	}
}

/* Its pages are copied back while more are written, so that it begins anew; also beside who reads. */
TEST(test_store_log_does_not_grow_for_ever)
{
	struct stat wal = {0}, file = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	uint64_t conversations, tickets = 0;
	REQUIRE(sp_store_open(path_of(NULL), SP_STORE_SERVE, &store, NULL) == SP_OK);
	REQUIRE(sp_store_reader_open(store, &reader, NULL) == SP_OK);
	fill(store, 100 * MB);
	CHECK_INT(stat(path_of("store.sqlite-wal"), &wal), 0);
	CHECK_INT(stat(path_of("store.sqlite"), &file), 0);
	CHECK(wal.st_size < 60 * MB);
	CHECK(file.st_size > 30 * MB);
	CHECK_INT(sp_store_count(reader, &conversations, &tickets, NULL), SP_OK);
	CHECK_INT(tickets, 100 * MB / (32 * 1024));
	CHECK_INT(sp_store_scrub(store, NULL), SP_OK);
	sp_store_reader_close(reader);
	sp_store_close(store);
	CHECK_INT(stat(path_of("store.sqlite-wal"), &wal), -1);
	CHECK(is_whole());
	unlink(path_of("store.sqlite"));
	unlink(path_of("person.key"));
}
