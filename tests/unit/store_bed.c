#include "store_bed.h"

#include <sqlite3.h>

const char *folder_of(const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/%s", harness_folder(), name);
	return path;
}

const char *file_of(const char *name, const char *file)
{
	static char path[500];
	snprintf(path, sizeof path, "%s/%s/%s", harness_folder(), name, file);
	return path;
}

sp_store *open_store(const char *name)
{
	sp_store *store = NULL;
	sp_error err = {0};
	if (sp_store_open(folder_of(name), SP_STORE_SERVE, &store, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "open %s: %s: %s", name, err.source, err.text);
	return store;
}

sp_store_reader *open_reader(sp_store *store)
{
	sp_store_reader *reader = NULL;
	sp_error err = {0};
	if (sp_store_reader_open(store, &reader, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "reader: %s: %s", err.source, err.text);
	return reader;
}

/* A statement by the side door, to see or spoil what is stored; the first column of its first row, or -1. */
long long sql(const char *name, const char *text)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	long long value = -1;
	CHECK_INT(sqlite3_open(file_of(name, "store.sqlite"), &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	CHECK_INT(sqlite3_finalize(statement), SQLITE_OK);
	sqlite3_close(db);
	return value;
}

sp_write turn_write(const char *conversation, int64_t at_utc_s, sp_decision_kind decision, const char *category,
	const char *article)
{
	sp_write write = {.kind = SP_WRITE_TURN};
	write.as.turn = (sp_write_turn){
		.conversation = conversation, .channel = "web", .audience = "citizen", .confidence = 0.5,
		.turn = {
			.question = "come si fa", .decision = decision, .category = category, .article = article,
			.lang = SP_LANG_IT, .reason = decision == SP_DECIDE_NONE ? SP_REASON_GREETING : SP_REASON_SURE,
			.at_utc_s = at_utc_s,
		},
	};
	return write;
}

void say(sp_store *store, const char *conversation, int64_t at_utc_s, sp_decision_kind decision,
	const char *category, const char *article)
{
	sp_write write = turn_write(conversation, at_utc_s, decision, category, article);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

void judge(sp_store *store, const char *conversation, int64_t at_utc_s, bool solved)
{
	sp_write write = {.kind = SP_WRITE_FEEDBACK};
	write.as.feedback = (sp_write_feedback){.conversation = conversation, .solved = solved, .at_utc_s = at_utc_s};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

sp_write ticket_write(const char *conversation, const char *message)
{
	static const sp_ticket_value values[] = {{"email", "ada@example.com"}, {"device", "Telefono \"X\" 'è"}};
	sp_write write = {.kind = SP_WRITE_TICKET};
	write.as.ticket.caller = "citizen";
	write.as.ticket.ticket = (sp_ticket){
		.state = SP_TICKET_NEW, .conversation = conversation, .category = "accesso-spid", .group = "l1-app-io",
		.level = 1, .article = "spid-otp", .channel = "web", .audience = "citizen", .message = message,
		.lang = SP_LANG_IT, .values = values, .values_count = 2, .created_utc_s = NOON,
	};
	return write;
}

int64_t add_ticket(sp_store *store, const char *conversation, const char *category, const char *group, int level)
{
	sp_write write = ticket_write(conversation, "non va");
	write.as.ticket.ticket.category = category;
	write.as.ticket.ticket.group = group;
	write.as.ticket.ticket.level = level;
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	return write.as.ticket.ticket.number;
}

sp_write change_write(int64_t number, sp_ticket_state state)
{
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE};
	write.as.ticket_change = (sp_write_ticket_change){.number = number, .state = state, .actor = "anna",
		.at_utc_s = NOON + 60};
	return write;
}

sp_status change(sp_store *store, int64_t number, sp_ticket_state state, const char *group, int level)
{
	sp_write write = change_write(number, state);
	write.as.ticket_change.group = group;
	write.as.ticket_change.level = level;
	return sp_store_write(store, &write, NULL);
}
