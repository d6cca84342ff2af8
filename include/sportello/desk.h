/**
 * @file desk.h
 * Work at the desk: the queue of tickets, what was said and done on one, and articles that are told to be wrong.
 *
 * Part of the store (store.h): reads go through a reader, writes are SP_WRITE_TICKET_CHANGE with a post, SP_WRITE_FLAG and
 * SP_WRITE_FLAG_DONE. Texts of a read are owned by its arena.
 */
#ifndef SPORTELLO_DESK_H
#define SPORTELLO_DESK_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the queue ---- */

#define SP_QUEUE_GROUPS_MAX 64
#define SP_QUEUE_MAX 5000 /**< tickets that one reading gives at most */

typedef struct sp_queue_filter {
	const char *const *groups; size_t groups_count; /**< keys; none = all */
	bool all_states;         /**< solved and closed ones too */
	const char *state, *category, *assignee; /**< NULL = any; an assignee of "" = nobody's */
} sp_queue_filter;

/** A ticket as the queue knows it. */
typedef struct sp_queue_item {
	int64_t number;
	sp_ticket_state state;
	const char *category, *group, *assignee, *message;
	int level;
	sp_lang lang;
	sp_priority priority;
	uint32_t revision;
	int64_t created_utc_s, updated_utc_s;
	int64_t said_utc_s;      /**< the person's last word; at first that of the ticket itself */
	int64_t replied_utc_s;   /**< ours after it, here or in the other system; 0 = none yet */
} sp_queue_item;

/** The oldest first; at most SP_QUEUE_MAX. */
sp_status sp_store_queue(sp_store_reader *reader, const sp_queue_filter *filter, sp_arena *arena, sp_queue_item **ret, size_t *ret_count,
	sp_error *err);

/** How many open tickets a group has. */
typedef struct sp_group_count { const char *group; uint32_t open; } sp_group_count;
/** Of every group that has some, by key. */
sp_status sp_store_open_by_group(sp_store_reader *reader, sp_arena *arena, sp_group_count **ret, size_t *ret_count, sp_error *err);

/* ---- one ticket ---- */

/** A step of a ticket's life: who did what. */
typedef struct sp_ticket_event {
	uint32_t revision;
	int64_t at_utc_s;
	const char *actor;       /**< subject of a token, "citizen", a connector's name; NULL = unknown */
	sp_ticket_state state;   /**< after it */
	bool moved;              /**< it was another one before */
	int level;
	const char *group, *assignee, *note, *article; /**< what it said; NULL = nothing, "" = taken away */
	sp_priority priority;    /**< likewise; 0 = nothing */
	sp_post_kind post_kind;
	const char *post;        /**< NULL = none */
} sp_ticket_event;
/** All steps, oldest first: the first one opened it. */
sp_status sp_store_ticket_events(sp_store_reader *reader, int64_t number, sp_arena *arena, sp_ticket_event **ret, size_t *ret_count,
	sp_error *err);

/** A turn of the conversation that led to a ticket. */
typedef struct sp_desk_turn {
	sp_turn turn;
	double confidence;
	const char *article_version; /**< NULL = none */
	int solved;                  /**< what the person said of it: 1, 0; -1 = nothing */
	uint32_t skipped_asking, skipped_showing; /**< turns between the one before and this one: that ask something, more than a step; that showed an article */
} sp_desk_turn;
/** Turns, oldest first; of more than 200 the first and the last 199, those in between are counted. None when there is no such conversation. */
sp_status sp_store_desk_turns(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_desk_turn **ret, size_t *ret_count,
	sp_error *err);

/* ---- "this article is wrong" ---- */

/* X(enum, name) */
#define SP_FLAG_REASON_LIST(X) \
	X(SP_FLAG_WRONG, "wrong") X(SP_FLAG_OUTDATED, "outdated") X(SP_FLAG_INCOMPLETE, "incomplete") X(SP_FLAG_UNCLEAR, "unclear") \
	X(SP_FLAG_LEAKS, "leaks") /* says to readers what is not for them */
typedef enum sp_flag_reason {
#define SP_FLAG_ENUM(name, text) name,
	SP_FLAG_REASON_LIST(SP_FLAG_ENUM)
#undef SP_FLAG_ENUM
	SP_FLAG_REASONS
} sp_flag_reason;
const char *sp_flag_reason_name(sp_flag_reason reason);
/** SP_FLAG_REASONS when it is none. */
sp_flag_reason sp_flag_reason_of(const char *name);

typedef struct sp_flag {
	int64_t id;
	const char *article; sp_lang lang;
	const char *version, *owner; /**< NULL = unknown */
	int64_t ticket;              /**< 0 = none */
	sp_flag_reason reason;
	const char *text;            /**< personal data masked; NULL = none */
	const char *actor;
	int64_t at_utc_s;
	const char *done_by, *answer; /**< NULL = open */
	int64_t done_utc_s;
} sp_flag;

typedef struct sp_write_flag {
	sp_flag flag;                /**< in; out: id */
} sp_write_flag;
typedef struct sp_write_flag_done {
	int64_t id;                  /**< SP_ERR_NOT_FOUND; SP_ERR_CONFLICT when it is done already */
	const char *actor, *answer;  /**< answer may be NULL */
	int64_t at_utc_s;
} sp_write_flag_done;

typedef struct sp_flag_filter {
	bool open, done;             /**< which; neither = both */
	const char *owner, *article; /**< NULL = any */
	int64_t ticket;              /**< 0 = any */
	uint32_t limit;              /**< 0 = 100, at most 500 */
	int64_t before_id;           /**< 0 = from the newest */
} sp_flag_filter;
/** The newest first. @p ret_open (may be NULL): how many are open in all. */
sp_status sp_store_flags(sp_store_reader *reader, const sp_flag_filter *filter, sp_arena *arena, sp_flag **ret, size_t *ret_count,
	uint64_t *ret_open, sp_error *err);
/** As an element of a list; `Flag` in openapi.json. */
void sp_flag_json(const sp_flag *flag, sp_json *json);

#ifdef __cplusplus
}
#endif
#endif
