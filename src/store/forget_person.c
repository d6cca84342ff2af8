/* What is forgotten of one person: tickets whose fields name them, conversations that led there, and texts elsewhere that do. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define NEEDLE_MIN 5 /* shorter ones are in texts by chance */

static sp_status each(spi_sqlite *db, sp_write_forget *forget, const char *sql, const char *value,
	sp_status (*one)(spi_sqlite *, sp_write_forget *, int64_t, sp_error *), sp_error *err)
{
	sqlite3_stmt *statement;
	spi_numbers numbers = {0};
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "s", value);
	if (status == SP_OK)
		status = spi_sqlite_numbers(db, statement, &numbers, err);
	for (size_t i = 0; status == SP_OK && i < numbers.count; i++)
		status = one(db, forget, numbers.items[i], err);
	free(numbers.items);
	return status;
}

static sp_status by_hash(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	/* Conversations first: the tickets' hashes lead to them. */
	static const char sql_conversations[] =
		"SELECT number FROM conversations WHERE person = ?1 UNION SELECT t.conversation FROM ticket_persons p "
		"JOIN tickets t ON t.number = p.ticket WHERE p.hash = ?1 AND t.conversation IS NOT NULL";
	static const char sql_tickets[] = "SELECT ticket FROM ticket_persons WHERE hash = ?1";
	char hash[SPI_PERSON_HASH_LEN + 1];
	spi_person_hash(db->person_key, forget->person, hash);
	sp_status status = each(db, forget, sql_conversations, hash, spi_forget_conversation, err);
	return status == SP_OK ? each(db, forget, sql_tickets, hash, spi_forget_ticket, err) : status;
}

/* Letters of ASCII alone have cases here: addresses and codes have no others. */
#define NAMES(column) "instr(lower(" column "), lower(?1)) > 0"

/* Tickets from before there were hashes, and fields that take any text. */
static sp_status by_value(spi_sqlite *db, sp_write_forget *forget, const char *needle, sp_error *err)
{
	static const char sql_conversations[] =
		"SELECT DISTINCT t.conversation FROM ticket_values v JOIN tickets t ON t.number = v.ticket "
		"WHERE t.conversation IS NOT NULL AND " NAMES("v.value");
	static const char sql_tickets[] = "SELECT DISTINCT ticket FROM ticket_values WHERE " NAMES("value");
	sp_status status = each(db, forget, sql_conversations, needle, spi_forget_conversation, err);
	return status == SP_OK ? each(db, forget, sql_tickets, needle, spi_forget_ticket, err) : status;
}

/* Texts that name them in what is somebody else's: only these go. */
static sp_status mentions(spi_sqlite *db, sp_write_forget *forget, const char *needle, sp_error *err)
{
	static const char message[] = "UPDATE tickets SET message = NULL, revision = revision + 1 WHERE " NAMES("message");
	static const char note[] = "UPDATE tickets SET note = NULL, revision = revision + 1 WHERE " NAMES("note");
	static const char history[] = "UPDATE ticket_history SET note = NULL WHERE " NAMES("note");
	static const char comment[] = "UPDATE ticket_comments SET text = '', author = NULL WHERE " NAMES("text") " OR " NAMES("author");
	static const char turn[] = "UPDATE turns SET question = '' WHERE " NAMES("question");
	static const char feedback[] = "UPDATE feedback SET comment = NULL WHERE " NAMES("comment");
	static const char file[] = "UPDATE attachments SET name = 'file' WHERE " NAMES("name");
	static const char cause[] = "UPDATE outbox SET cause = NULL WHERE " NAMES("cause");
	static const char post[] = "UPDATE ticket_posts SET text = '' WHERE " NAMES("text");
	static const char flag[] = "UPDATE article_flags SET text = NULL, answer = NULL WHERE " NAMES("text") " OR " NAMES("answer");
	static const char *const all[] = {message, note, history, comment, post, flag, turn, feedback, file, cause};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < sizeof all / sizeof *all; i++)
		status = spi_forget_run(db, &forget->forgotten.mentions, all[i], err, "s", needle);
	return status;
}

sp_status spi_forget_person(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	const char *colon = forget->person ? strchr(forget->person, ':') : NULL;
	const char *needles[] = {forget->named, colon ? colon + 1 : NULL};
	/* Nobody writes into a text what an app calls them; it may be any word. */
	bool is_subject = forget->person && strncmp(forget->person, "subject:", strlen("subject:")) == 0;
	sp_status status = forget->person ? by_hash(db, forget, err) : SP_OK;
	for (size_t i = 0; status == SP_OK && !is_subject && i < 2; i++) {
		if (!needles[i] || strlen(needles[i]) < NEEDLE_MIN || (i == 1 && needles[0] && strcasecmp(needles[0], needles[1]) == 0))
			continue;
		status = by_value(db, forget, needles[i], err);
		if (status == SP_OK)
			status = mentions(db, forget, needles[i], err);
	}
	return status;
}
