/**
 * @file outbox.h
 * What leaves for another system, and what comes back: the part of the store that connectors (connect.h) work on.
 *
 * Where a connector is named (sp_store_set_outbox()), every ticket that is opened and every change to a ticket that left writes an
 * entry in its own transaction. An entry goes when it was sent, or waits as dead until somebody sends it again or drops it. Entries
 * of a ticket leave in their order: one that has an earlier one before it waits, dead or not.
 */
#ifndef SPORTELLO_OUTBOX_H
#define SPORTELLO_OUTBOX_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_REMOTE_MAX 128 /**< bytes of an id in the other system */

/** What an attempt that failed came to. X(enum, name): the names are stored. */
#define SP_CAUSE_LIST(X) \
	X(SP_CAUSE_UNKNOWN, "unknown")   /* also: memory was out */ \
	X(SP_CAUSE_VALUE, "value")       /* HTTP 400, 422: a value, or one that lacks */ \
	X(SP_CAUSE_CREDENTIALS, "credentials") /* 401 */ \
	X(SP_CAUSE_DENIED, "denied")     /* 403 */ \
	X(SP_CAUSE_GONE, "gone")         /* 404, 410 */ \
	X(SP_CAUSE_BUSY, "busy")         /* 408, 409, 423, 425, 429 */ \
	X(SP_CAUSE_LARGE, "large")       /* 413 */ \
	X(SP_CAUSE_REFUSED, "refused")   /* other 4xx */ \
	X(SP_CAUSE_FAULT, "fault")       /* 5xx */ \
	X(SP_CAUSE_MOVED, "moved")       /* 3xx */ \
	X(SP_CAUSE_ODD, "odd")           /* an answer, but none that makes sense */ \
	X(SP_CAUSE_SILENT, "silent")     /* none in time */ \
	X(SP_CAUSE_CERTIFICATE, "certificate") \
	X(SP_CAUSE_NETWORK, "network")   /* not reached, or cut off */ \
	X(SP_CAUSE_SECRET, "secret")     /* ours cannot be read: nothing was sent */ \
	X(SP_CAUSE_FIRST, "first")       /* the ticket itself never left */
typedef enum sp_cause {
#define SP_CAUSE_ENUM(name, text) name,
	SP_CAUSE_LIST(SP_CAUSE_ENUM)
#undef SP_CAUSE_ENUM
	SP_CAUSE_COUNT
} sp_cause;
const char *sp_cause_name(sp_cause cause); /**< static; "unknown" for what is none */

typedef struct sp_outbox_entry {
	int64_t id;
	const char *connector;
	int64_t ticket;
	uint32_t revision;       /**< of the ticket: 1 = it was opened, else that change */
	bool dead, unsure;       /**< unsure: it may be there already */
	bool behind;             /**< waits for an earlier entry of its ticket */
	uint32_t attempts;
	int64_t made_utc_s, tried_utc_s, next_utc_ms;
	sp_cause cause_kind;     /**< of the last attempt: UNKNOWN where there was none */
	const char *cause;       /**< the other system's words, or the library's, in English; NULL = none */
} sp_outbox_entry;

/** A change as the history keeps it: what it said, NULL where it said nothing. */
typedef struct sp_ticket_step {
	const char *actor, *group, *assignee, *note, *article;
	sp_ticket_state state;   /**< after it */
	bool moved;              /**< it was another one before */
	bool overtaken;          /**< the other system moved the ticket after it: that state counts, on both sides */
	int level;
	sp_priority priority;    /**< that it was given; SP_PRIORITY_NONE = it stayed */
	int64_t at_utc_s;
	sp_post_kind post_kind;  /**< what came with it */
	const char *post;
} sp_ticket_step;

/** A turn of the conversation that led to the ticket. Of a long one: the question that it began with, the one that a procedure began with, and the
 *  last ones. */
typedef struct sp_outgoing_turn {
	sp_turn turn;
	int solved;              /**< what the person said of it: 1, 0; -1 = nothing */
	uint32_t left_out;       /**< turns before it that are not told */
} sp_outgoing_turn;

/** What an entry tells. */
typedef struct sp_outgoing {
	sp_outbox_entry entry;
	sp_ticket ticket;        /**< of revision 1: as it was opened; else as it is now */
	sp_ticket_step step;
	const sp_outgoing_turn *turns; size_t turns_count; /**< of revision 1 */
	const char *remote;      /**< id in the other system; NULL = it has none yet */
	const char *remote_state;
} sp_outgoing;

/** author: their name there, NULL = unknown; SP_COMMENT_OF_PERSON: who asked, not the desk. */
#define SP_COMMENT_OF_PERSON "@person"
typedef struct sp_comment { int64_t at_utc_s; const char *author, *text; } sp_comment;
bool sp_comment_is_of_person(const sp_comment *comment);
/** A comment in the other system that people may read. */
typedef struct sp_remote_comment { const char *remote; sp_comment comment; } sp_remote_comment;

typedef struct sp_outbox_counts {
	uint64_t waiting, dead;
	int64_t oldest_utc_s;    /**< when the oldest that waits was made; 0 = none waits */
	int64_t next_utc_ms;     /**< when the next one may leave; 0 = none waits (those behind others do not count) */
} sp_outbox_counts;

typedef enum sp_outbox_action {
	SP_OUTBOX_RECOVER, /**< at the start: attempts that a crash cut off are unsure, and wait until begun + settle_ms */
	SP_OUTBOX_BEGIN,   /**< an attempt at `id` begins at at_utc_ms. SP_ERR_NOT_FOUND when somebody dropped it */
	SP_OUTBOX_SENT,    /**< it arrived: the entry goes; a remote id, label and state are kept */
	SP_OUTBOX_AGAIN,   /**< it did not, or that is unsure: again at next_utc_ms */
	SP_OUTBOX_DEAD,    /**< it never will by itself */
	SP_OUTBOX_RESEND,  /**< a dead one (id 0: all) is tried again as if it were new. SP_ERR_NOT_FOUND when there is none */
	SP_OUTBOX_HURRY,   /**< what waits for its next attempt may be tried now; what may have arrived, settle_ms from now at most */
	SP_OUTBOX_DROP,    /**< it (id 0: all dead) is not sent; with the opening of a ticket all of it goes. SP_ERR_NOT_FOUND likewise */
	SP_OUTBOX_REMOTE,  /**< news of the record `remote`: its state, comments. Nothing new changes nothing; SP_ERR_NOT_FOUND: not ours */
	SP_OUTBOX_CURSOR,  /**< what comes back was read up to `cursor` */
} sp_outbox_action;

typedef struct sp_outbox_write {
	sp_outbox_action action;
	const char *connector;
	int64_t id;
	int64_t at_utc_ms, next_utc_ms, settle_ms;
	bool unsure;
	bool anew;                 /**< AGAIN: the time after which it is given up begins now: what was refused was not this entry */
	sp_cause cause_kind;       /**< AGAIN, DEAD */
	const char *cause;         /**< likewise */
	const char *remote, *label, *remote_state; /**< SENT, REMOTE; NULL = unknown, unchanged */
	const char *version;       /**< REMOTE: of the record; NULL likewise */
	sp_ticket_state state;     /**< REMOTE: what that state means here; SP_TICKET_STATE_COUNT = nothing */
	const sp_remote_comment *comments; size_t comments_count;
	const char *cursor;
	uint32_t changed;          /**< out: entries (RESEND, HURRY, DROP, RECOVER); comments and moves that were news (REMOTE) */
} sp_outbox_write;

/** Write entries for this connector from now on. Before the first write is submitted. */
sp_status sp_store_set_outbox(sp_store *store, const char *connector, sp_error *err);

typedef struct sp_outbox_filter {
	const char *connector;   /**< NULL = all */
	bool dead;               /**< only dead ones */
	int64_t due_utc_ms;      /**< only those that may leave at this moment; 0 = all */
	uint32_t limit;          /**< 0 = 500 */
} sp_outbox_filter;
/** Entries in their order; those that may leave: the longest due first. */
sp_status sp_store_outbox(sp_store_reader *reader, const sp_outbox_filter *filter, sp_arena *arena, sp_outbox_entry **ret,
	size_t *ret_count, sp_error *err);
/** SP_ERR_NOT_FOUND when there is no such entry. */
sp_status sp_store_outgoing(sp_store_reader *reader, int64_t id, sp_arena *arena, sp_outgoing *ret, sp_error *err);
/** connector NULL: of all of them, and next_utc_ms stays 0. */
sp_status sp_store_outbox_counts(sp_store_reader *reader, const char *connector, sp_outbox_counts *ret, sp_error *err);
typedef struct sp_remote { int64_t ticket; const char *state, *version; } sp_remote;
/** What is known of a record in the other system: its ticket, 0 when it is none of ours; its last state and version, NULL when unknown. */
sp_status sp_store_remote(sp_store_reader *reader, const char *connector, const char *remote, sp_arena *arena, sp_remote *ret,
	sp_error *err);
/** How far it was read; NULL when it never was. */
sp_status sp_store_cursor(sp_store_reader *reader, const char *connector, sp_arena *arena, const char **ret, sp_error *err);
/** A ticket's comments, oldest first. */
sp_status sp_store_comments(sp_store_reader *reader, int64_t ticket, sp_arena *arena, sp_comment **ret, size_t *ret_count, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
