/**
 * @file store.h
 * What must not be lost: conversations, feedback, tickets, tokens, and the ledger of what happened.
 *
 * One table of functions (src/store/engine.h) with SQLite (WAL, synchronous=FULL) as the default engine. All writes go through one writer
 * thread that commits what is waiting as one transaction; a write is reported done only after its commit is on
 * disk. Reads have a connection per thread.
 * What is kept for how long, and how it is forgotten: keep.h.
 * The schema has a version; older data is migrated in one transaction, newer data is refused (SP_ERR_NEWER).
 */
#ifndef SPORTELLO_STORE_H
#define SPORTELLO_STORE_H

#include "sportello/answer.h"
#include "sportello/arena.h"
#include "sportello/keep.h"
#include "sportello/status.h"
#include "sportello/ticket.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_store sp_store;

#define SP_STORE_SCHEMA 11
#define SP_CONVERSATION_ID_LEN 26 /* base32: 40 bits of the time, 90 random ones */
#define SP_SECRET_LEN 26          /* base32 of 130 random bits */
#define SP_IDEMPOTENCY_KEY_MAX 128
#define SP_SESSION_ID_LEN 52 /* base32 of 260 random bits */

typedef enum sp_store_mode {
	SP_STORE_SERVE,  /**< made when missing, migrated when older; keeps other services out */
	SP_STORE_READ,   /**< changes nothing; beside a running service too. SP_ERR_NOT_FOUND when missing, SP_ERR_UNSUPPORTED when older */
	SP_STORE_BESIDE, /**< as SP_STORE_SERVE, for a single write: does not mind a service that has it open */
} sp_store_mode;

/** Open the store in a data folder.
 *  SP_ERR_NEWER; SP_ERR_BUSY (another service has it); SP_ERR_CORRUPT; SP_ERR_FULL; SP_ERR_DENIED; SP_ERR_IO; SP_ERR_NOMEM */
sp_status sp_store_open(const char *data_dir, sp_store_mode mode, sp_store **ret, sp_error *err);
/** Waits for the writes that were submitted, then closes. */
void sp_store_close(sp_store *store);

/** A new id for a conversation, a file or a request: SP_CONVERSATION_ID_LEN characters and a zero. It begins with the time in milliseconds, so that ids
 *  that are made one after the other lie beside each other in the store (as ULIDs and UUIDs of version 7, RFC 9562, do); the rest nobody can guess.
 *  Any thread. */
void sp_store_new_id(char ret[SP_CONVERSATION_ID_LEN + 1]);
/** A new random code for a walk. */
void sp_store_new_code(char ret[SP_WALK_CODE_LEN + 1]);

/* ---- writes ---- */

typedef enum sp_write_kind {
	SP_WRITE_TURN, SP_WRITE_FEEDBACK, SP_WRITE_TICKET, SP_WRITE_TICKET_CHANGE, SP_WRITE_TOKEN, SP_WRITE_TOKEN_REVOKE,
	SP_WRITE_OUTBOX, /**< outbox.h */
	SP_WRITE_TRAINING, SP_WRITE_TRAINING_FORGET,
	SP_WRITE_FLAG, SP_WRITE_FLAG_DONE, /**< desk.h */
	SP_WRITE_SESSION, SP_WRITE_SESSION_SEEN, SP_WRITE_SESSION_END,
	SP_WRITE_ATTACHMENT, SP_WRITE_DETACH, SP_WRITE_FORGET, /**< keep.h */
	SP_WRITE_SCRUB, SP_WRITE_VECTORS_DONE, /**< the functions of keep.h make them */
	SP_WRITE_LEDGER, /**< the functions of ledger.h make them */
	SP_WRITE_AUDIT, /**< only what @ref sp_write.audit says */
} sp_write_kind;

/** A turn of a conversation; the conversation is made when it does not exist. */
typedef struct sp_write_turn {
	const char *conversation;
	const char *channel;    /**< "web", "app", "phone"… */
	const char *audience;   /**< key */
	sp_turn turn;
	double confidence;
	const char *article_version; /**< NULL = none */
	const sp_walk *walk;    /**< as it is now: becomes the conversation's last one; NULL = none, or unchanged */
	const char *person;     /**< who asks, as sp_person_of_text() gives it: only a keyed hash is stored; NULL = unknown */
	uint32_t took_ms;       /**< from the request until the reply was composed */
	uint32_t notices;       /**< known faults that it told of */
	uint32_t place;         /**< that it is to have among the conversation's turns and feedback, from 1: SP_ERR_CONFLICT where the next one is
	                             another; 0 = the next one */
} sp_write_turn;

typedef struct sp_write_feedback {
	const char *conversation;
	bool solved;
	const char *comment;    /**< masked; NULL = none */
	int64_t at_utc_s;
	uint32_t place;         /**< as a turn's */
} sp_write_feedback;

typedef struct sp_ticket_value { const char *field; const char *value; } sp_ticket_value;

typedef struct sp_ticket {
	int64_t number;         /**< 0 before it is stored */
	char secret[SP_SECRET_LEN + 1]; /**< lets the citizen see its state */
	sp_ticket_state state;
	const char *conversation; /**< NULL = none */
	const char *category, *group; /**< keys; NULL = unknown */
	int level;              /**< sp_group_level of the group */
	const char *article;    /**< last article shown, NULL = none */
	const char *channel, *audience, *message;
	sp_lang lang;
	const sp_ticket_value *values; size_t values_count;
	int64_t created_utc_s, updated_utc_s; /**< in: 0 = now */
	const char *assignee, *note;
	uint32_t revision;      /**< 1 when made, one more with each change; for If-Match */
	int64_t forgotten_utc_s; /**< its data are gone since (keep.h); 0 = they are there */
	sp_priority priority;   /**< 0 in: normal */
} sp_ticket;

typedef struct sp_write_ticket {
	sp_ticket ticket;           /**< in: what to store; out: number, secret, state, times. Texts borrowed until done */
	const char *idempotency_key; /**< NULL = none */
	const char *caller;         /**< whose key it is ("citizen", a token's subject) */
	uint64_t fingerprint;       /**< of the request; another fingerprint under the same key is SP_ERR_CONFLICT */
	const sp_person *persons; size_t persons_count; /**< what its fields say about who it is; only keyed hashes are stored */
	bool replayed;              /**< out: the key was known; the ticket is the one made then */
	int64_t open_before;        /**< out: a ticket of the same conversation and category that was open already; 0 = none */
} sp_write_ticket;

typedef struct sp_write_ticket_change {
	int64_t number;
	uint32_t if_revision;       /**< 0 = any; else SP_ERR_CONFLICT when another */
	sp_ticket_state state;      /**< SP_TICKET_STATE_COUNT = unchanged; a move not allowed is SP_ERR_CONFLICT */
	const char *group, *assignee, *note; /**< NULL = unchanged; an assignee or note "" takes the old one away */
	int level;                  /**< of @ref group; 0 = unchanged */
	const char *article;        /**< link, NULL = none */
	sp_priority priority;       /**< 0 = unchanged */
	sp_post_kind post_kind;     /**< what comes with it: SP_POST_NONE, or @ref post */
	const char *post;
	const char *actor;
	int64_t at_utc_s;
	uint32_t revision;          /**< out */
} sp_write_ticket_change;

typedef struct sp_token_info {
	int64_t id;
	const char *subject, *role; /**< role: agent, editor, manager, admin, reader */
	const char *audience;       /**< key */
	sp_strings groups;          /**< keys of the groups whose queue is theirs; none = those that the audience stands for */
	int64_t created_utc_s, expires_utc_s; /**< expires 0 = never */
	int64_t revoked_utc_s;      /**< 0 = it was not */
	bool revoked;
} sp_token_info;

typedef struct sp_write_token {
	const char *subject, *role, *audience;
	sp_strings groups;
	int64_t at_utc_s, expires_utc_s;
	char secret[64];            /**< out: the token, shown once; only its SHA-256 is stored */
	int64_t id;                 /**< out */
} sp_write_token;

/** A quiz that somebody passed: about one article of one training module. */
typedef struct sp_training_pass {
	const char *subject;    /**< of the token or the session */
	const char *module, *article; /**< ids */
	const char *audience;   /**< key: as whom it was read */
	const char *version;    /**< of the article's file */
	const char *content;    /**< hash of what that audience read in it */
	const char *questions;  /**< hash of what was asked */
	uint32_t score;         /**< questions, all of them right */
	int64_t at_utc_s;
} sp_training_pass;
/** Who signed in with a browser, until they sign out, were idle for too long, or their time is over; with a token, not for longer than
 *  that is valid. */
typedef struct sp_session {
	const char *subject, *role, *audience; /**< role: one, or several with commas between */
	sp_strings groups;          /**< as a token's */
	int64_t token;              /**< number of the token that they signed in with; 0 = with an identity provider */
	int64_t created_utc_s, seen_utc_s, until_utc_s; /**< in: created, until */
} sp_session;

typedef struct sp_write_session {
	sp_session session;
	const char *replaces;       /**< id of a session that ends with this; NULL = none */
	char id[SP_SESSION_ID_LEN + 1]; /**< out: only its SHA-256 is stored */
} sp_write_session;

typedef struct sp_write {
	sp_write_kind kind;
	union {
		sp_write_turn turn;
		sp_write_feedback feedback;
		sp_write_ticket ticket;
		sp_write_ticket_change ticket_change;
		sp_write_token token;
		struct { int64_t id; } token_revoke;
		sp_write_session session;
		struct { const char *id; int64_t at_utc_s; } session_seen;
		struct { const char *id; } session_end; /**< one that is over already is no error */
		struct sp_outbox_write *outbox; /**< borrowed until done, as those below */
		sp_write_attachment *attachment;
		sp_write_detach *detach;
		sp_write_forget *forget;
		struct { int64_t times, at_utc_s; } vectors_done;
		struct { int64_t window_s; const char *timezone; bool force; } ledger;
		sp_training_pass training; /**< takes the place of what the subject passed before about that article in that module */
		struct { const char *subject; } training_forget; /**< all that somebody passed */
		struct sp_write_flag *flag;     /**< likewise */
		struct sp_write_flag_done *flag_done;
	} as;
	const struct sp_audit *audit; /**< audit.h: noted in the same transaction; borrowed until done; NULL = nothing */
	sp_status status;  /**< out */
	sp_error error;    /**< out */
	/** Called from the writer thread once the outcome is certain (committed and synced, or failed). Must be quick. */
	void (*done)(struct sp_write *write, void *arg);
	void *arg;
	bool with_next;        /**< the store's own, like the next: in one transaction with what follows */
	struct sp_write *next;
} sp_write;

/** Hand a write over. @p write and what it points to must live until done was called.
 *  SP_ERR_BUSY when the queue is full, SP_ERR_DENIED when opened to be read only (done is not called then). Any thread. */
sp_status sp_store_submit(sp_store *store, sp_write *write);
/** Hand several over, in their order, that are committed together: after a crash all of them are there, or none. (One that fails by
 *  itself leaves the others.) They count as one place each in the queue. As sp_store_submit(). */
sp_status sp_store_submit_all(sp_store *store, sp_write *writes, size_t count);
/** Hand it over and wait; where nothing else is being written, this thread writes it. Returns the write's status; detail in @p err. Any thread but
 *  the writer's. */
sp_status sp_store_write(sp_store *store, sp_write *write, sp_error *err);

/* ---- reads: one sp_store_reader a thread ---- */

typedef struct sp_store_reader sp_store_reader;
sp_status sp_store_reader_open(sp_store *store, sp_store_reader **ret, sp_error *err);
void sp_store_reader_close(sp_store_reader *reader);

/** How many conversations and tickets there are. */
sp_status sp_store_count(sp_store_reader *reader, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err);
/** The last turns of a conversation. SP_ERR_NOT_FOUND when there is no such conversation. */
sp_status sp_store_dialogue(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_dialogue *ret, sp_error *err);
/** The tickets that were opened in a conversation, the first one first: the newest 20, without their values, and without those whose data are gone. None where
 *  there is no such conversation. */
sp_status sp_store_conversation_tickets(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_ticket **ret, size_t *ret_count,
	sp_error *err);
/** The walk that a code belongs to, as it is now; SP_ERR_NOT_FOUND also when the code's time is over at @p now_utc_s. */
sp_status sp_store_walk(sp_store_reader *reader, const char *code, int64_t now_utc_s, sp_arena *arena, sp_walk *ret, sp_error *err);
sp_status sp_store_ticket(sp_store_reader *reader, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err);
typedef struct sp_ticket_filter { const char *state, *group, *category; int64_t before_number; uint32_t limit; } sp_ticket_filter;
/** Newest first; without those whose data are gone. */
sp_status sp_store_tickets(sp_store_reader *reader, const sp_ticket_filter *filter, sp_arena *arena, sp_ticket **ret, size_t *ret_count, sp_error *err);
/** The token's owner; SP_ERR_DENIED when unknown, revoked or expired at @p now_utc_s. */
sp_status sp_store_token(sp_store_reader *reader, const char *secret, size_t len, int64_t now_utc_s, sp_arena *arena, sp_token_info *ret, sp_error *err);
/** The session of an id; SP_ERR_DENIED when there is none, or it is over at @p now_utc_s (seen last @p idle_s ago or earlier, its own end,
 *  its token's). */
sp_status sp_store_session(sp_store_reader *reader, const char *id, size_t len, int64_t now_utc_s, int64_t idle_s, sp_arena *arena,
	sp_session *ret, sp_error *err);
sp_status sp_store_tokens(sp_store_reader *reader, sp_arena *arena, sp_token_info **ret, size_t *ret_count, sp_error *err);

/** An answer that a person said was right, and the conversation up to it. */
typedef struct sp_confirmed {
	int64_t conversation;   /**< its number */
	const char *audience;   /**< key of who asked */
	const sp_turn *turns;   /**< of the conversation, oldest first */
	size_t at;              /**< the one that was answered: turns[at].article is what solved it */
} sp_confirmed;
/** Texts are borrowed for the call. Anything but SP_OK ends the reading and is returned. */
typedef sp_status sp_confirmed_visit(const sp_confirmed *confirmed, void *arg, sp_error *err);
/** The answers given in [from, until), seconds UTC, of which the person's last word was "solved" and about whose article
 *  no ticket was opened in the same conversation. Conversations in the order in which they began. */
sp_status sp_store_confirmed(sp_store_reader *reader, int64_t from_utc_s, int64_t until_utc_s, sp_confirmed_visit *visit,
	void *arg, sp_error *err);

/** Tickets of one category and group that one article solved: an agent linked it, and they are solved or closed. */
typedef struct sp_solving {
	const char *article, *category, *group; /**< the last two NULL = none */
	uint32_t tickets;
} sp_solving;
/** All of them, by article. */
sp_status sp_store_solvings(sp_store_reader *reader, sp_arena *arena, sp_solving **ret, size_t *ret_count, sp_error *err);

/** A question that people began with, personal data masked, and how many conversations did. */
typedef struct sp_asked { const char *question; sp_lang lang; uint32_t times; } sp_asked;
/** What the conversations of an audience (key) in [from, until), seconds UTC, were about: the first message of each that was no
 *  greeting, at most @p most different ones, the most frequent first. */
sp_status sp_store_asked(sp_store_reader *reader, const char *audience, int64_t from_utc_s, int64_t until_utc_s, uint32_t most,
	sp_arena *arena, sp_asked **ret, size_t *ret_count, sp_error *err);

/** What a subject passed; NULL: everybody, by subject. */
sp_status sp_store_training(sp_store_reader *reader, const char *subject, sp_arena *arena, sp_training_pass **ret, size_t *ret_count,
	sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
