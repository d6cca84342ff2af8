/**
 * @file keep.h
 * What people's data the store keeps and for how long, who is behind a ticket, and the files that people send: the part of the
 * store that forgets.
 *
 * What is forgotten is a person's text: questions, comments, messages, values of fields, notes, names and bytes of files, comments
 * that came back from another system, walks through procedures, keyed hashes of who it was. What stays are rows that figures count:
 * of a conversation its channel, audience and times, of its turns and feedback decisions, categories, articles and answers yes or no;
 * of a ticket its number, state, level, group, category, article, language, times, that a conversation led to it, and who of us did
 * what when. So the ledger (ledger.h) gives the same figures before and after; its log has no text at all. Secrets and ids in links are replaced by new ones: an old
 * link leads nowhere.
 *
 * The bytes go too: deleted rows are overwritten (secure_delete), the file is written anew without them (VACUUM), the log is cut to
 * nothing, files of attachments are removed. Where that cannot be done at once (another process reads), sp_forget.scrubbed is false
 * and sp_store_scrub() does it later; it is noted in the store, so a crash does not lose it. Copies of the folder made before, and
 * what a disk keeps below its file system, are out of the store's reach; so are records in another system (sp_forget.remote says which).
 */
#ifndef SPORTELLO_KEEP_H
#define SPORTELLO_KEEP_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_store sp_store;
typedef struct sp_store_reader sp_store_reader;

/* ---- who it is about ---- */

/** Room for what a person is known by: `email:ada@example.com`, `codice-fiscale:…`, `phone:…`, `subject:…`, and a zero. */
#define SP_PERSON_MAX 320

/**
 * What the value of a field tells about who it is, in one form however it was typed.
 * @return false when such a field tells nothing (an amount, a date…), or the value is too long
 */
bool sp_person_of_field(sp_field_check check, const char *value, char ret[SP_PERSON_MAX]);
/** The same of an address, a code or a number by itself, as somebody types it; or of `subject:` and what an app's token calls its user. */
bool sp_person_of_text(const char *text, char ret[SP_PERSON_MAX]);

/** What a field of a ticket says about who it is; texts borrowed. */
typedef struct sp_person { const char *field, *person; } sp_person;

/* ---- attachments ---- */

#define SP_ATTACHMENT_NAME_MAX 100           /**< characters of a name */
#define SP_ATTACHMENT_BYTES_MAX (20u << 20)  /**< the most that kb.yaml may allow */

/** A file that came with a ticket; the bytes were checked before (attachment.h). */
typedef struct sp_attachment {
	char id[27];            /**< random */
	int64_t ticket;
	const char *name, *type;
	uint64_t bytes;
	int64_t at_utc_s;
	const char *actor;      /**< who sent it: "citizen", a token's subject */
} sp_attachment;

typedef struct sp_write_attachment {
	sp_attachment attachment;    /**< in: ticket, name, type, at, actor; out: id, bytes */
	const void *data; size_t len;
	const char *idempotency_key; /**< NULL = none */
	uint64_t fingerprint;        /**< of the request; another one under the same key is SP_ERR_CONFLICT */
	uint32_t most;               /**< files that a ticket may have; one more is SP_ERR_CONFLICT with source "attachments"; a closed ticket takes none, source "state" */
	const char *note;            /**< for the ticket's history and what leaves for another system; NULL = none */
	bool replayed;               /**< out: the key was known; nothing was stored */
	bool written;                /**< the store's own */
} sp_write_attachment;

typedef struct sp_write_detach {
	int64_t ticket;
	const char *id;         /**< SP_ERR_NOT_FOUND when the ticket has no such file */
	const char *actor;
	int64_t at_utc_s;
} sp_write_detach;

/** Files of a ticket, the oldest first. */
sp_status sp_store_attachments(sp_store_reader *reader, int64_t ticket, sp_arena *arena, sp_attachment **ret, size_t *ret_count, sp_error *err);
/** One with its bytes, owned by @p arena. SP_ERR_NOT_FOUND when there is none. */
sp_status sp_store_attachment(sp_store_reader *reader, int64_t ticket, const char *id, sp_arena *arena, sp_attachment *ret,
	const char **ret_data, sp_error *err);

/** Other tickets about the same person that are neither solved nor closed: those of the same category first, then the others;
 *  at most 20 of each, the newest first. */
sp_status sp_store_same_person(sp_store_reader *reader, int64_t ticket, sp_arena *arena, int64_t **ret_duplicates, size_t *ret_duplicates_count,
	int64_t **ret_others, size_t *ret_others_count, sp_error *err);

/** As sp_write_ticket.open_before, later: whoever has that ticket's secret came in the same conversation. */
sp_status sp_store_open_before(sp_store_reader *reader, int64_t ticket, int64_t *ret, sp_error *err);

/* ---- forgetting ---- */

/** How long is kept what; seconds, 0 = for as long as what it belongs to, and at the top for ever. */
typedef struct sp_keep_field { const char *field; int64_t keep_s; } sp_keep_field;
typedef struct sp_keeping {
	int64_t conversations_s; /**< after the last word: questions, comments, walks */
	int64_t feedback_s;      /**< comments of feedback */
	int64_t tickets_s;       /**< after the last change: all text of a ticket, its files, what came back */
	int64_t comments_s;      /**< what came back from another system */
	int64_t attachments_s;   /**< after they came */
	const sp_keep_field *fields; size_t fields_count; /**< values of these, after the ticket was opened */
} sp_keeping;
/** What kb.yaml says, the fields in @p arena. */
sp_status sp_keeping_of(const sp_kb_config *config, sp_arena *arena, sp_keeping *ret);

typedef enum sp_forget_what {
	SP_FORGET_DUE,          /**< all whose time is over at at_utc_s */
	SP_FORGET_TICKET,       /**< one ticket, and the conversation that led to it. SP_ERR_NOT_FOUND */
	SP_FORGET_CONVERSATION, /**< one conversation; its tickets stay, and are told. SP_ERR_NOT_FOUND */
	SP_FORGET_PERSON,       /**< tickets and conversations of a person, and texts elsewhere that name the address, code or number */
} sp_forget_what;

/* X(member, name): what is counted */
#define SP_FORGOTTEN_LIST(X) \
	X(conversations, "conversations") X(questions, "questions") X(feedback, "feedback_comments") X(walks, "walks") \
	X(tickets, "tickets") X(values, "field_values") X(notes, "notes") X(comments, "remote_comments") \
	X(attachments, "attachments") X(outbox, "outbox_entries") X(mentions, "mentions")
typedef struct sp_forgotten {
#define SP_FORGOTTEN_MEMBER(member, name) uint64_t member;
	SP_FORGOTTEN_LIST(SP_FORGOTTEN_MEMBER)
#undef SP_FORGOTTEN_MEMBER
} sp_forgotten;
/** Whether anything was forgotten. */
bool sp_forgotten_any(const sp_forgotten *forgotten);
void sp_forgotten_json(const sp_forgotten *forgotten, sp_json *json, const char *name);

typedef struct sp_write_forget {
	sp_forget_what what;
	const sp_keeping *keeping;   /**< DUE */
	int64_t ticket;              /**< TICKET */
	const char *conversation;    /**< CONVERSATION: its id */
	const char *person;          /**< PERSON: as sp_person_of_text() gives it */
	const char *named;           /**< PERSON: as it was typed; texts that hold it, or what @ref person has after the colon, go too */
	int64_t at_utc_s;
	bool dry_run;                /**< count only */
	sp_forgotten forgotten;      /**< out */
	sp_buffer numbers;           /**< out: tickets that were forgotten (CONVERSATION: that stay), as "1001\n1002\n"; the caller releases it */
	sp_buffer remote;            /**< out: records in other systems, "ticket connector id label\n", tabs between; likewise */
	sp_buffer files;             /**< the store's own; likewise */
	bool scrubbed;               /**< out: the bytes are gone too */
} sp_write_forget;
void sp_write_forget_release(sp_write_forget *forget);

/**
 * Do what is left to be done after something was forgotten: nothing where nothing is. (The name of a file that its owner took away
 * may wait for the next SP_FORGET_DUE; its bytes went at once.) Takes the time to write the whole store once.
 * @return SP_OK: no byte is left; SP_ERR_BUSY: somebody reads, again in a while
 * Threads: any but the writer's; waits.
 */
sp_status sp_store_scrub(sp_store *store, sp_error *err);

/** Whether vectors of questions that were asked are to be emptied: something was forgotten since that was done last, or they may be
 *  older than @p keep_s (0 = they may be of any age). */
sp_status sp_store_vectors_due(sp_store_reader *reader, int64_t keep_s, int64_t now_utc_s, bool *ret, int64_t *ret_times, sp_error *err);
/** They were; @p times as it was told. */
sp_status sp_store_vectors_done(sp_store *store, int64_t times, int64_t now_utc_s, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
