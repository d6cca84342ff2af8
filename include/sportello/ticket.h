/**
 * @file ticket.h
 * Tickets: the fields they ask for, the states they go through, who gets them, and when somebody is there.
 */
#ifndef SPORTELLO_TICKET_H
#define SPORTELLO_TICKET_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(enum, name) */
#define SP_TICKET_STATE_LIST(X) \
	X(SP_TICKET_NEW, "new") \
	X(SP_TICKET_ASSIGNED, "assigned") \
	X(SP_TICKET_WAITING, "waiting")       /* for the citizen */ \
	X(SP_TICKET_ESCALATED, "escalated")   /* at level 2 or a partner */ \
	X(SP_TICKET_RETURNED, "returned")     /* back at level 1 */ \
	X(SP_TICKET_SOLVED, "solved") \
	X(SP_TICKET_REOPENED, "reopened") \
	X(SP_TICKET_CLOSED, "closed")
typedef enum sp_ticket_state {
#define SP_TICKET_ENUM(name, text) name,
	SP_TICKET_STATE_LIST(SP_TICKET_ENUM)
#undef SP_TICKET_ENUM
	SP_TICKET_STATE_COUNT
} sp_ticket_state;

/* X(enum, name) */
#define SP_PRIORITY_LIST(X) X(SP_PRIORITY_HIGH, "high") X(SP_PRIORITY_NORMAL, "normal") X(SP_PRIORITY_LOW, "low")
typedef enum sp_priority {
	SP_PRIORITY_NONE,
#define SP_PRIORITY_ENUM(name, text) name,
	SP_PRIORITY_LIST(SP_PRIORITY_ENUM)
#undef SP_PRIORITY_ENUM
	SP_PRIORITIES
} sp_priority;
/** "" for none. */
const char *sp_priority_name(sp_priority priority);
/** SP_PRIORITY_NONE when it is none. */
sp_priority sp_priority_of(const char *name);

/* X(enum, name): texts that come with a change of a ticket */
#define SP_POST_LIST(X) \
	X(SP_POST_REPLY, "reply")      /* of an agent, for the person */ \
	X(SP_POST_ANSWER, "answer")    /* of the person */ \
	X(SP_POST_DOSSIER, "dossier")  /* of who escalated it, for who gets it */ \
	X(SP_POST_RETURN, "return")    /* of level 2: why level 1 could have solved it */
typedef enum sp_post_kind {
	SP_POST_NONE,
#define SP_POST_ENUM(name, text) name,
	SP_POST_LIST(SP_POST_ENUM)
#undef SP_POST_ENUM
	SP_POST_KINDS
} sp_post_kind;
/** "" for none. */
const char *sp_post_kind_name(sp_post_kind kind);
/** SP_POST_NONE when it is none. */
sp_post_kind sp_post_kind_of(const char *name);

const char *sp_ticket_state_name(sp_ticket_state state);
/** SP_TICKET_STATE_COUNT when it is none. */
sp_ticket_state sp_ticket_state_of(const char *name);
/** Whether a ticket may go from one state to another (the only allowed moves are one table). */
bool sp_ticket_may_move(sp_ticket_state from, sp_ticket_state to);
/** The same of a ticket at this level: only what is above level 1 is returned to it, escalated or opened there. */
bool sp_ticket_may_move_at(int level, sp_ticket_state from, sp_ticket_state to);

/** The first step of the shortest way of allowed moves; SP_TICKET_STATE_COUNT when there is none, or it is there already. */
sp_ticket_state sp_ticket_step_towards(sp_ticket_state from, sp_ticket_state to);

/** Characters that may be written where a number, a date… is asked for, with all the spaces that people write; a field's own limit is for the normal
 *  form. Of a text it is for what is written. */
#define SP_FIELD_WRITTEN_MAX 256

/**
 * Check what a person wrote in a field.
 * @param today  the latest day of what has happened; 0 = any day may have been
 * @param ret_normal  the value in its normal form (IBAN in capitals without spaces…), owned by @p arena; set on SP_OK
 * @param ret_message_key  catalogue key of what is wrong (`field.iban.invalid`…), set on SP_ERR_INVALID; static
 */
sp_status sp_ticket_check_field(const sp_field *field, const char *value, size_t len, sp_date today, sp_arena *arena,
	const char **ret_normal, const char **ret_message_key);

/** Group of a ticket about @p category (-1 = unknown) and perhaps an article that names its own; -1 when there is none. */
int sp_ticket_group(const sp_kb_config *config, int category, const char *article_group);

/** Service whose people answer a ticket of a category (-1 = unknown) that goes to a group (-1 = unknown). Where neither names one: the one
 *  that is there last, so that what is promised holds whichever it will be; -1 when there is none at all. */
int sp_ticket_service(const sp_kb_config *config, int category, int group, int64_t utc_s);

/** Whether a service is open at a moment, and when it opens next (0 = never). Local time of config->timezone. */
bool sp_service_is_open(const sp_kb_config *config, int service, int64_t utc_s, int64_t *ret_opens_utc_s, int64_t *ret_closes_utc_s);
/** When, after a moment, the first of all services opens or closes; 0 = none does. Until then, and on the same day, what is said of when
 *  somebody is there stays the same. */
int64_t sp_services_change(const sp_kb_config *config, int64_t utc_s);
/** Seconds between two moments in which a service is open (all of them where it has no hours); 0 when they are the wrong way round. */
int64_t sp_service_open_s(const sp_kb_config *config, int service, int64_t from_utc_s, int64_t until_utc_s);
/** The moment at which a service has been open for so many seconds since another one; 0 = not within two years. */
int64_t sp_service_after(const sp_kb_config *config, int service, int64_t from_utc_s, int64_t open_s);
/** "oggi fino alle 20", "domani dalle 8", "lunedì dalle 8:30" for a reader, from the catalogue; owned by @p arena. */
const char *sp_service_when(const sp_kb_config *config, int service, int64_t utc_s, sp_lang lang, sp_arena *arena);

#ifdef __cplusplus
}
#endif
#endif
