/* The audit log in SQLite. Entries are chained as audit.h says; the tables' triggers keep anything from being changed by mistake, and the chain
   shows what was changed on purpose. */
#include "store/sqlite.h"

#include "base/clock.h"
#include "base/hash.h"
#include "sportello/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const actions[SP_AUDIT_COUNT] = {
#define ACTION_TEXT(name, text) [name] = text,
	SP_AUDIT_LIST(ACTION_TEXT)
#undef ACTION_TEXT
};

const char *sp_audit_action_name(sp_audit_action action)
{
	return actions[action];
}

sp_audit_action sp_audit_action_of(const char *name)
{
	int action = 0;
	while (action < SP_AUDIT_COUNT && strcmp(actions[action], name) != 0)
		action++;
	return (sp_audit_action)action;
}

/* ---- the chain ---- */

static void add_part(spi_sha256 *sha, const char *text, size_t len)
{
	char head[24];
	int head_len = snprintf(head, sizeof head, "%zu:", len);
	spi_sha256_add(sha, head, (size_t)head_len);
	spi_sha256_add(sha, text, len);
	spi_sha256_add(sha, ",", 1);
}

static void add_number(spi_sha256 *sha, int64_t number)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%" PRId64, number);
	add_part(sha, text, (size_t)len);
}

static void chain(const char *previous, const sp_audit_entry *entry, char ret[SP_AUDIT_HASH_LEN + 1])
{
	const char *texts[] = {entry->subject, entry->action, entry->object, entry->detail};
	unsigned char digest[32];
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, previous, SP_AUDIT_HASH_LEN);
	add_number(&sha, entry->number);
	add_number(&sha, entry->at_utc_s);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		add_part(&sha, texts[i], strlen(texts[i]));
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, ret);
}

sp_status spi_sqlite_audit_head(void *db, sp_audit_head *ret, sp_error *err)
{
	static const char sql[] = "SELECT number, hash FROM audit_head";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "");
	if (status != SP_OK)
		return status;
	const char *hash = row ? (const char *)sqlite3_column_text(statement, 1) : NULL;
	bool is_head = hash && strlen(hash) == SP_AUDIT_HASH_LEN;
	if (is_head) {
		ret->number = sqlite3_column_int64(statement, 0);
		memcpy(ret->hash, hash, sizeof ret->hash);
	}
	if (row)
		sqlite3_reset(statement);
	return is_head ? SP_OK : sp_error_set(err, SP_ERR_CORRUPT, "audit", 0, "the audit log's head is not there");
}

/* ---- write ---- */

/* What was forgotten: never whom. */
static void forgotten_of(const sp_write_forget *forget, char *ret, size_t size)
{
	if (forget->what == SP_FORGET_TICKET)
		snprintf(ret, size, "ticket:%" PRId64, forget->ticket);
	else
		snprintf(ret, size, "%s", forget->what == SP_FORGET_CONVERSATION ? "conversation" : forget->what == SP_FORGET_PERSON ? "person" : "due");
}

/* What a write made or changed. */
static const char *object_of(const sp_write *write, char *ret, size_t size)
{
	switch (write->kind) {
	case SP_WRITE_TOKEN:
		snprintf(ret, size, "token:%" PRId64, write->as.token.id);
		break;
	case SP_WRITE_TOKEN_REVOKE:
		snprintf(ret, size, "token:%" PRId64, write->as.token_revoke.id);
		break;
	case SP_WRITE_TICKET:
		snprintf(ret, size, "ticket:%" PRId64, write->as.ticket.ticket.number);
		break;
	case SP_WRITE_TICKET_CHANGE:
		snprintf(ret, size, "ticket:%" PRId64, write->as.ticket_change.number);
		break;
	case SP_WRITE_TRAINING_FORGET:
		snprintf(ret, size, "training");
		break;
	case SP_WRITE_FORGET:
		forgotten_of(write->as.forget, ret, size);
		break;
	default:
		ret[0] = '\0';
	}
	return ret;
}

/* Of what was forgotten with a person, numbers alone: "1001 1002", as many as find room. */
static const char *detail_of(const sp_write *write, char *ret, size_t size)
{
	ret[0] = '\0';
	if (write->kind != SP_WRITE_FORGET || write->as.forget->what != SP_FORGET_PERSON)
		return ret;
	const char *lines = sp_buffer_text(&write->as.forget->numbers);
	size_t len = 0;
	while (*lines) {
		size_t one = strcspn(lines, "\n");
		if (len + one + sizeof " …" + 1 > size) {
			snprintf(ret + len, size - len, " …");
			break;
		}
		len += (size_t)snprintf(ret + len, size - len, "%s%.*s", len ? " " : "", (int)one, lines);
		lines += one + (lines[one] == '\n');
	}
	return ret;
}

static sp_status add_one(spi_sqlite *db, const sp_audit_entry *entry, sp_error *err)
{
	static const char sql_entry[] =
		"INSERT INTO audit (number, at_utc_s, subject, action, object, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	static const char sql_head[] = "UPDATE audit_head SET number = ?1, hash = ?2";
	sp_status status = spi_sqlite_run(db, sql_entry, err, "iisssss", entry->number, entry->at_utc_s, entry->subject,
		entry->action, entry->object, entry->detail, entry->hash);
	return status == SP_OK ? spi_sqlite_run(db, sql_head, err, "is", entry->number, entry->hash) : status;
}

sp_status spi_sqlite_add_audit(spi_sqlite *db, const sp_write *write, sp_error *err)
{
	char object[96], detail[256];
	sp_audit_head head = {0};
	sp_status status = spi_sqlite_audit_head(db, &head, err);
	for (const sp_audit *note = write->audit; note && status == SP_OK; note = note->next) {
		sp_audit_entry entry = {
			.number = head.number + 1,
			.at_utc_s = note->at_utc_s ? note->at_utc_s : spi_now_utc_s(),
			.subject = note->subject ? note->subject : "",
			.action = actions[note->action],
			.object = note->object ? note->object : object_of(write, object, sizeof object),
			.detail = note->detail ? note->detail : detail_of(write, detail, sizeof detail),
			.hash = head.hash,
		};
		char hash[SP_AUDIT_HASH_LEN + 1];
		chain(head.hash, &entry, hash);
		memcpy(head.hash, hash, sizeof hash);
		head.number++;
		status = add_one(db, &entry, err);
	}
	return status;
}

/* ---- read ---- */

#define COLUMNS "number, at_utc_s, subject, action, object, detail, hash"

static bool read_entry(sqlite3_stmt *statement, sp_arena *arena, sp_audit_entry *ret)
{
	bool failed = false;
	*ret = (sp_audit_entry){
		.number = sqlite3_column_int64(statement, 0),
		.at_utc_s = sqlite3_column_int64(statement, 1),
		.subject = spi_sqlite_text(statement, 2, arena, &failed),
		.action = spi_sqlite_text(statement, 3, arena, &failed),
		.object = spi_sqlite_text(statement, 4, arena, &failed),
		.detail = spi_sqlite_text(statement, 5, arena, &failed),
		.hash = spi_sqlite_text(statement, 6, arena, &failed),
	};
	return !failed;
}

sp_status spi_sqlite_audit(void *db, const sp_audit_filter *filter, sp_arena *arena, sp_audit_entry **ret, size_t *ret_count,
	sp_error *err)
{
	static const char sql[] =
		"SELECT " COLUMNS " FROM audit WHERE (?1 = 0 OR number < ?1) AND at_utc_s >= ?2 AND (?3 = 0 OR at_utc_s < ?3) "
		"AND (?4 IS NULL OR subject = ?4) AND (?5 IS NULL OR action = ?5) ORDER BY number DESC LIMIT ?6";
	sp_audit_entry *entries = sp_arena_calloc(arena, filter->limit + 1u, sizeof *entries);
	sqlite3_stmt *statement;
	size_t count = 0;
	bool row = true;
	if (!entries)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "iiissi", filter->before_number, filter->from_utc_s,
		filter->until_utc_s, filter->subject, filter->action, (int64_t)filter->limit);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row)
		if (!read_entry(statement, arena, &entries[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	if (status == SP_OK) {
		*ret = entries;
		*ret_count = count;
	}
	return status;
}

/* ---- verify ---- */

static void find(sp_audit_check *check, sp_audit_fault fault, int64_t number, int64_t until)
{
	if (check->fault != SP_AUDIT_WHOLE)
		return;
	check->fault = fault;
	check->number = number;
	check->until = until;
}

/* A field's bytes as they are: a text with a zero inside must not pass for the part before it. */
static const char *column(sqlite3_stmt *statement, int number, bool *odd)
{
	const char *text = (const char *)sqlite3_column_text(statement, number);
	if (!text || strlen(text) != (size_t)sqlite3_column_bytes(statement, number))
		*odd = true;
	return text ? text : "";
}

static void look_at(sqlite3_stmt *statement, const sp_audit_head *noted, char previous[SP_AUDIT_HASH_LEN + 1], sp_audit_check *check)
{
	bool odd = false;
	char hash[SP_AUDIT_HASH_LEN + 1];
	sp_audit_entry entry = {.number = sqlite3_column_int64(statement, 0), .at_utc_s = sqlite3_column_int64(statement, 1),
		.subject = column(statement, 2, &odd), .action = column(statement, 3, &odd), .object = column(statement, 4, &odd),
		.detail = column(statement, 5, &odd), .hash = column(statement, 6, &odd)};
	if (entry.number != check->count + 1)
		find(check, SP_AUDIT_MISSING, check->count + 1, entry.number - 1);
	chain(previous, &entry, hash);
	if (odd || strcmp(hash, entry.hash) != 0)
		find(check, SP_AUDIT_CHANGED, entry.number, entry.number);
	if (noted && noted->number == entry.number && strcmp(noted->hash, entry.hash) != 0)
		find(check, SP_AUDIT_FORGED, entry.number, entry.number);
	memcpy(previous, hash, sizeof hash);
	check->count++;
}

static void look_at_end(const char *last, const sp_audit_head *noted, sp_audit_check *check)
{
	int64_t known = noted && noted->number > check->head.number ? noted->number : check->head.number;
	if (check->count < known)
		find(check, SP_AUDIT_CUT_OFF, check->count + 1, known);
	else if (check->count > check->head.number || strcmp(last, check->head.hash) != 0)
		find(check, SP_AUDIT_FORGED, check->count, check->count);
}

sp_status spi_sqlite_audit_verify(void *db, const sp_audit_head *noted, sp_audit_check *ret, sp_error *err)
{
	static const char sql[] = "SELECT " COLUMNS " FROM audit ORDER BY number";
	char previous[SP_AUDIT_HASH_LEN + 1];
	sqlite3_stmt *statement;
	bool row = true;
	*ret = (sp_audit_check){.fault = SP_AUDIT_WHOLE};
	memset(previous, '0', SP_AUDIT_HASH_LEN);
	previous[SP_AUDIT_HASH_LEN] = '\0';
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status == SP_OK)
		status = spi_sqlite_audit_head(db, &ret->head, err);
	if (status == SP_OK)
		status = spi_sqlite_query(db, sql, &statement, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row)
		look_at(statement, noted, previous, ret);
	if (status == SP_OK)
		look_at_end(previous, noted, ret);
	spi_sqlite_snapshot_end(db);
	return status;
}
