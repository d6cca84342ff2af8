/**
 * @file sqlite.h
 * What the SQLite engine's files share: a connection with its prepared statements, and the shortest way to run one.
 *
 * A statement is prepared when it is used first and kept with the connection. It is known by the address of its text,
 * so every query is a static array next to the values that it takes, and never has a value in its text.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/engine.h"

#include <sqlite3.h>
#include <sys/types.h>

#define SPI_STATEMENTS_MAX 256
#define SPI_PLACES 1024 /* a power of two */
#define SPI_STORE_FILE "store.sqlite"
#define SPI_LOCK_FILE "store.lock"
#define SPI_PERSON_KEY_FILE "person.key"
#define SPI_PERSON_KEY_LEN 32
#define SPI_ATTACHMENTS "attachments"

typedef struct spi_sqlite {
	sqlite3 *handle;
	char *path;
	dev_t device; /* of the file as it was opened to write; place.c */
	ino_t inode;  /* 0 = not known */
	int lock_fd; /* -1 = none */
	char *data_dir;
	unsigned char person_key[SPI_PERSON_KEY_LEN]; /* of a connection that writes */
	char *outbox; /* connector that entries are written for; NULL = none */
	struct spi_prepared { const char *sql; sqlite3_stmt *statement; } prepared[SPI_STATEMENTS_MAX];
	size_t prepared_count;
	uint16_t places[SPI_PLACES]; /* of the prepared, by the address of their text; index + 1, 0 = free */
	int64_t keys_pruned_utc_s; /* when old idempotency keys were looked for last */
	bool writes;
	struct spi_ledger_memory *ledger; /* what is not in the ledger's tables yet; NULL = nothing yet */
	struct spi_checkpoint *checkpoint; /* of a service's connection that writes */
	struct spi_ledger_words *words;   /* of a connection that writes, likewise */
} spi_sqlite;

/* sqlite.c */

/** Note the connection's last error as a status; @p what says what was tried. */
sp_status spi_sqlite_error(spi_sqlite *db, int code, const char *what, sp_error *err);
/**
 * A statement with its values, ready for spi_sqlite_step(). Reset it with sqlite3_reset() when done.
 * @param types  a letter a value: s = const char * (NULL = null; must live until the reset), i = int64_t, n = int,
 *               d = double
 */
sp_status spi_sqlite_query(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, sp_error *err, const char *types, ...);
/* Both in one: the query, and its first row where it has one. */
sp_status spi_sqlite_first(spi_sqlite *db, const char *sql, sqlite3_stmt **ret, bool *ret_row, sp_error *err, const char *types, ...);
/** The next row. On failure and at the end the statement is reset. */
sp_status spi_sqlite_step(spi_sqlite *db, sqlite3_stmt *statement, bool *ret_row, sp_error *err);
/** Run a text of fixed statements, without values; @p what says what it is for. */
sp_status spi_sqlite_exec(spi_sqlite *db, const char *sql, const char *what, sp_error *err);
/** Run a statement that gives no rows. */
sp_status spi_sqlite_run(spi_sqlite *db, const char *sql, sp_error *err, const char *types, ...);
/** The text of a column, copied; NULL for null. Sets @p failed when memory is out, else leaves it. */
const char *spi_sqlite_text(sqlite3_stmt *statement, int column, sp_arena *arena, bool *failed);
/** Several reads that must see the same moment. */
sp_status spi_sqlite_snapshot(spi_sqlite *db, sp_error *err);
void spi_sqlite_snapshot_end(spi_sqlite *db);
sp_status spi_out_of_memory(sp_error *err);
/** Whether the file has all pages but those that its log holds. alone: nobody else writes; else a file with a log is not looked at, as both change
 *  meanwhile. SP_ERR_CORRUPT, SP_ERR_IO, SP_ERR_NOMEM. */
sp_status spi_sqlite_check_length(spi_sqlite *db, bool alone, sp_error *err);

/* place.c */

/** SP_ERR_CORRUPT where the store is not there but was: an empty one is not begun then. */
sp_status spi_sqlite_check_was_there(const spi_sqlite *db, const char *data_dir, sp_error *err);
/** Remember which file is open. */
void spi_sqlite_note_place(spi_sqlite *db);
/** SP_ERR_IO when that is not the file of this name any more. */
sp_status spi_sqlite_check_place(const spi_sqlite *db, sp_error *err);

/* schema.c */

/** Make sure that the file is ours and not newer than we are; a reader needs it to be of this very version. */
sp_status spi_sqlite_check_schema(spi_sqlite *db, spi_open_mode mode, sp_error *err);
/** Bring it up to date. */
sp_status spi_sqlite_migrate(spi_sqlite *db, sp_error *err);

/* names.c: how enums are stored. The words are the data's own and stay when those elsewhere change. */

const char *spi_decision_text(sp_decision_kind kind);  /* NULL when there is none */
sp_decision_kind spi_decision_of(const char *text);    /* SP_DECIDE_COUNT when there is none */
const char *spi_reason_text(sp_reason reason);         /* NULL when there is none */
sp_reason spi_reason_of(const char *text);             /* SP_REASON_COUNT when there is none */
const char *spi_lang_text(sp_lang lang);               /* "" for none */
sp_lang spi_lang_of(const char *text);

/* conversations.c */

sp_status spi_sqlite_add_turn(spi_sqlite *db, const sp_write_turn *turn, sp_error *err);
sp_status spi_sqlite_add_feedback(spi_sqlite *db, const sp_write_feedback *feedback, sp_error *err);
/** Number of a conversation, made when it is not there. */
sp_status spi_sqlite_need_conversation(spi_sqlite *db, const char *id, const char *channel, const char *audience,
	int64_t at_utc_s, int64_t *ret_number, sp_error *err);
sp_status spi_sqlite_count(void *db, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err);
sp_status spi_sqlite_dialogue(void *db, const char *conversation, sp_arena *arena, sp_dialogue *ret, sp_error *err);
/** A turn from the columns question, decision, reason, article, category, offered, lang, at_utc_s. False: memory is out. */
bool spi_sqlite_read_turn(sqlite3_stmt *statement, sp_arena *arena, sp_turn *turn);
/* Of a conversation before a place: the first request, and the last one that was more than which way to go in a procedure; -1 = none. They may be
   the same. In conversations.c. */
sp_status spi_sqlite_began(spi_sqlite *db, int64_t conversation, int64_t before, int64_t ret[2], sp_error *err);

/** Texts as one, a line each; NULL when there is none. @p out owns it. */
sp_status spi_sqlite_join_lines(const sp_strings *items, sp_buffer *out, const char **ret, sp_error *err);
/** And back. False: memory is out. */
bool spi_sqlite_split_lines(const char *text, sp_arena *arena, sp_strings *ret);

/* walks.c */

/** Store a walk as its conversation's last one; new where its number is 0. */
sp_status spi_sqlite_put_walk(spi_sqlite *db, int64_t conversation, const sp_walk *walk, sp_error *err);
/** A conversation's last walk (by its number, 0 = none) and the earlier one, into a dialogue. */
sp_status spi_sqlite_read_walks(spi_sqlite *db, int64_t number, sp_arena *arena, sp_dialogue *ret, sp_error *err);
sp_status spi_sqlite_walk(void *db, const char *code, int64_t now_utc_s, sp_arena *arena, sp_walk *ret, sp_error *err);

/* confirmed.c */

sp_status spi_sqlite_confirmed(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_confirmed_visit *visit, void *arg,
	sp_error *err);
/** Place of the last request, when it was answered; -1 when not. */
ptrdiff_t spi_last_answer(const sp_turn *turns, size_t count);
/* health.c */
sp_status spi_sqlite_health(void *db, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err);
/* happened.c */
sp_status spi_sqlite_happened(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg, sp_error *err);
/* solvers.c */
sp_status spi_sqlite_solvings(void *db, sp_arena *arena, sp_solving **ret, size_t *ret_count, sp_error *err);
/* asked.c */
sp_status spi_sqlite_asked(void *db, const char *audience, int64_t from_utc_s, int64_t until_utc_s, uint32_t most, sp_arena *arena,
	sp_asked **ret, size_t *ret_count, sp_error *err);

/* tickets_write.c */

sp_status spi_sqlite_add_ticket(spi_sqlite *db, sp_write_ticket *write, sp_error *err);
sp_status spi_sqlite_change_ticket(spi_sqlite *db, sp_write_ticket_change *change, sp_error *err);

/* tickets_read.c */

sp_status spi_sqlite_ticket(void *db, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err);
/** Within a snapshot. */
sp_status spi_sqlite_one_ticket(spi_sqlite *db, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err);
sp_status spi_sqlite_tickets(void *db, const sp_ticket_filter *filter, sp_arena *arena, sp_ticket **ret,
	size_t *ret_count, sp_error *err);
sp_status spi_sqlite_conversation_tickets(void *db, const char *conversation, sp_arena *arena, sp_ticket **ret, size_t *ret_count, sp_error *err);

/** One step in a ticket's history. */
typedef struct spi_history {
	int64_t ticket, at_utc_s;
	uint32_t revision;
	int level;
	sp_priority priority; /* 0 = not said */
	const char *actor, *state, *group, *assignee, *note, *article;
} spi_history;
sp_status spi_sqlite_add_history(spi_sqlite *db, const spi_history *step, sp_error *err);

/* outbox_write.c */

sp_status spi_sqlite_outbox_write(spi_sqlite *db, sp_outbox_write *write, sp_error *err);
/** A ticket was opened (revision 1) or changed: an entry, where a connector is named and the ticket is there or on its way. */
sp_status spi_sqlite_outbox_add(spi_sqlite *db, int64_t ticket, uint32_t revision, int64_t at_utc_s, sp_error *err);
/* outbox_remote.c */
sp_status spi_sqlite_outbox_remote(spi_sqlite *db, sp_outbox_write *write, sp_error *err);

/* outbox_read.c */

sp_status spi_sqlite_outbox(void *db, const sp_outbox_filter *filter, sp_arena *arena, sp_outbox_entry **ret, size_t *ret_count,
	sp_error *err);
sp_status spi_sqlite_outgoing(void *db, int64_t id, sp_arena *arena, sp_outgoing *ret, sp_error *err);
sp_status spi_sqlite_outbox_counts(void *db, const char *connector, sp_outbox_counts *ret, sp_error *err);
sp_status spi_sqlite_remote(void *db, const char *connector, const char *remote, sp_arena *arena, sp_remote *ret, sp_error *err);
sp_status spi_sqlite_cursor(void *db, const char *connector, sp_arena *arena, const char **ret, sp_error *err);
sp_status spi_sqlite_comments(void *db, int64_t ticket, sp_arena *arena, sp_comment **ret, size_t *ret_count, sp_error *err);

/* person.c */

#define SPI_PERSON_HASH_LEN 32 /* hex digits */
/** Read the folder's key, made when it is not there. */
sp_status spi_person_key(const char *data_dir, unsigned char ret[SPI_PERSON_KEY_LEN], sp_error *err);
/** HMAC-SHA-256 (RFC 2104), cut to 128 bits, in hex. */
void spi_person_hash(const unsigned char key[SPI_PERSON_KEY_LEN], const char *person, char ret[SPI_PERSON_HASH_LEN + 1]);
/** A ticket's persons, and its conversation's. */
sp_status spi_sqlite_add_persons(spi_sqlite *db, const sp_write_ticket *write, int64_t conversation, sp_error *err);
sp_status spi_sqlite_same_person(void *db, int64_t ticket, sp_arena *arena, bool same_category, int64_t **ret, size_t *ret_count, sp_error *err);

/** The newest ticket of the same conversation and category that was opened before it and is open still; 0 = none. */
sp_status spi_sqlite_open_before(void *db, int64_t ticket, int64_t *ret, sp_error *err);

/* files.c: bytes of attachments, a file each. Ids are our own. */

sp_status spi_attachment_write(const spi_sqlite *db, const char *id, const void *data, size_t len, sp_error *err);
sp_status spi_attachment_read(const spi_sqlite *db, const char *id, size_t len, sp_arena *arena, const char **ret, sp_error *err);
/** Ids, a line each; fine when a file is not there. */
sp_status spi_attachments_remove(const spi_sqlite *db, const char *ids, sp_error *err);
/** Files that no row names and that are at least so old. */
sp_status spi_attachments_sweep(spi_sqlite *db, int64_t older_than_s, sp_error *err);

/* attachments.c */

sp_status spi_sqlite_add_attachment(spi_sqlite *db, sp_write_attachment *write, sp_error *err);
sp_status spi_sqlite_detach(spi_sqlite *db, const sp_write_detach *write, sp_error *err);
sp_status spi_sqlite_attachments(void *db, int64_t ticket, sp_arena *arena, sp_attachment **ret, size_t *ret_count, sp_error *err);
sp_status spi_sqlite_attachment(void *db, int64_t ticket, const char *id, sp_arena *arena, sp_attachment *ret, const char **ret_data,
	sp_error *err);

/* forget.c, forget_due.c, forget_person.c */

sp_status spi_sqlite_forget(spi_sqlite *db, sp_write_forget *forget, sp_error *err);
sp_status spi_forget_due(spi_sqlite *db, sp_write_forget *forget, sp_error *err);
sp_status spi_forget_person(spi_sqlite *db, sp_write_forget *forget, sp_error *err);
sp_status spi_forget_ticket(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err);
sp_status spi_forget_conversation(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err);
/** Run a statement and count the rows that it changed. */
sp_status spi_forget_run(spi_sqlite *db, uint64_t *count, const char *sql, sp_error *err, const char *types, ...);
/** The first column of a query's rows, all read before any is changed. free() it. */
typedef struct spi_numbers { int64_t *items; size_t count, room; } spi_numbers;
sp_status spi_sqlite_numbers(spi_sqlite *db, sqlite3_stmt *statement, spi_numbers *ret, sp_error *err);

/* scrub.c */

/** Note that bytes of deleted rows may be left, and how much that matters: by the next night, or as soon as may be. */
enum { SPI_SCRUB_SOON = 1, SPI_SCRUB_NOW = 2 };
sp_status spi_sqlite_need_scrub(spi_sqlite *db, int how, sp_error *err);
/** Where they may be, and matter at least so much: write the file anew and cut the log. */
sp_status spi_sqlite_scrub(spi_sqlite *db, int at_least, sp_error *err);
sp_status spi_sqlite_note(spi_sqlite *db, const char *name, int64_t value, sp_error *err);
sp_status spi_sqlite_noted(spi_sqlite *db, const char *name, int64_t *ret, sp_error *err);
sp_status spi_sqlite_vectors_due(void *db, int64_t keep_s, int64_t now_utc_s, bool *ret, int64_t *ret_times, sp_error *err);
sp_status spi_sqlite_vectors_done(spi_sqlite *db, int64_t times, int64_t at_utc_s, sp_error *err);

/* ledger_build.c, ledger_read.c */

/** The write that is under way changed what is in memory. */
void spi_ledger_touch(spi_sqlite *db);
/** Before anything is written: what an older version counted in another way, or a damaged one, is counted anew. */
sp_status spi_ledger_open(spi_sqlite *db, sp_error *err);
/** As sp_ledger_keep(), in a batch; @p force: also where nothing says that it is needed; window 0 = as it is. *ret_new: the tables are, or were begun to
 *  be, made anew. */
sp_status spi_ledger_keep(spi_sqlite *db, int64_t window_s, const char *timezone, bool force, bool *ret_new, sp_error *err);
sp_status spi_ledger_figures(void *db, const sp_ledger_query *query, const sp_dim *by, size_t count, sp_arena *arena, sp_ledger_figures *ret,
	sp_error *err);
sp_status spi_ledger_kept(void *db, int64_t *ret_window_s, char ret_timezone[SP_TIMEZONE_MAX], sp_error *err);
sp_status spi_ledger_verify(void *db, sp_ledger_check *ret, sp_error *err);

/* ledger_memory.c: what becomes of the ledger's contacts and roll-ups, until it is written */

typedef struct spi_ledger_memory spi_ledger_memory;
void spi_ledger_memory_free(spi_ledger_memory *memory);
/** Forget what is not written: it is made from the log again. */
void spi_ledger_memory_drop(spi_sqlite *db);
/** In a batch, first: as the log has it, also where another process wrote since the last one. */
sp_status spi_ledger_batch_begins(spi_sqlite *db, sp_error *err);
/** ... and last: enough came together to be written; committed; or rolled back. */
sp_status spi_ledger_write_due(spi_sqlite *db, sp_error *err);
void spi_ledger_batch_is_done(spi_sqlite *db);
void spi_ledger_batch_is_undone(spi_sqlite *db);
/** Whether the tables are behind the log. */
bool spi_ledger_is_behind(const spi_sqlite *db);
void spi_ledger_write_begins(spi_sqlite *db);
/** Whether the write that is under way changed something in memory: then it cannot be undone alone. */
bool spi_ledger_is_touched(const spi_sqlite *db);
/** All of it, in a batch, before anything there reads the ledger's tables. */
sp_status spi_ledger_write_all(spi_sqlite *db, sp_error *err);

/* ledger_words.c */

typedef struct spi_ledger_words spi_ledger_words;
/** New ones are gone with their batch. */
void spi_ledger_words_forget(spi_sqlite *db);
void spi_ledger_words_free(spi_sqlite *db);

typedef struct spi_checkpoint spi_checkpoint; /* checkpoint.h */

/* training.c */

sp_status spi_sqlite_put_training(spi_sqlite *db, const sp_training_pass *pass, sp_error *err);
sp_status spi_sqlite_forget_training(spi_sqlite *db, const char *subject, sp_error *err);
sp_status spi_sqlite_training(void *db, const char *subject, sp_arena *arena, sp_training_pass **ret, size_t *ret_count,
	sp_error *err);

/* desk_read.c */

sp_status spi_sqlite_open_by_group(void *db, sp_arena *arena, sp_group_count **ret, size_t *ret_count, sp_error *err);
sp_status spi_sqlite_queue(void *db, const sp_queue_filter *filter, sp_arena *arena, sp_queue_item **ret, size_t *ret_count, sp_error *err);
sp_status spi_sqlite_ticket_events(void *db, int64_t number, sp_arena *arena, sp_ticket_event **ret, size_t *ret_count, sp_error *err);
sp_status spi_sqlite_desk_turns(void *db, const char *conversation, sp_arena *arena, sp_desk_turn **ret, size_t *ret_count, sp_error *err);

/* flags.c */

sp_status spi_sqlite_add_flag(spi_sqlite *db, sp_write_flag *write, sp_error *err);
sp_status spi_sqlite_flag_done(spi_sqlite *db, const sp_write_flag_done *write, sp_error *err);
sp_status spi_sqlite_flags(void *db, const sp_flag_filter *filter, sp_arena *arena, sp_flag **ret, size_t *ret_count, uint64_t *ret_open,
	sp_error *err);

/* tokens.c */

bool spi_is_role(const char *role); /* NULL is none */
bool spi_are_roles(const char *roles); /* one, or several with commas between */
sp_status spi_sqlite_add_token(spi_sqlite *db, sp_write_token *token, sp_error *err);
sp_status spi_sqlite_revoke_token(spi_sqlite *db, int64_t id, sp_error *err);
sp_status spi_sqlite_token(void *db, const char *secret, size_t len, int64_t now_utc_s, sp_arena *arena,
	sp_token_info *ret, sp_error *err);
sp_status spi_sqlite_tokens(void *db, sp_arena *arena, sp_token_info **ret, size_t *ret_count, sp_error *err);

/* audit.c */

/** Note all that a write says, after it was made: NULL is nothing. */
sp_status spi_sqlite_add_audit(spi_sqlite *db, const sp_write *write, sp_error *err);
sp_status spi_sqlite_audit_head(void *db, sp_audit_head *ret, sp_error *err);
sp_status spi_sqlite_audit(void *db, const sp_audit_filter *filter, sp_arena *arena, sp_audit_entry **ret, size_t *ret_count,
	sp_error *err);
sp_status spi_sqlite_audit_verify(void *db, const sp_audit_head *noted, sp_audit_check *ret, sp_error *err);

/* sessions.c */

sp_status spi_sqlite_add_session(spi_sqlite *db, sp_write_session *write, sp_error *err);
sp_status spi_sqlite_see_session(spi_sqlite *db, const char *id, int64_t now_utc_s, sp_error *err);
sp_status spi_sqlite_end_session(spi_sqlite *db, const char *id, sp_error *err);
sp_status spi_sqlite_session(void *db, const char *id, size_t len, int64_t now_utc_s, int64_t idle_s, sp_arena *arena,
	sp_session *ret, sp_error *err);

#endif
