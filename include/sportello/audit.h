/**
 * @file audit.h
 * The audit log: who read which internal article, changed which ticket, was shown what is masked, made which token, signed in and out.
 *
 * It only grows. Each entry has a number (1, 2, 3…) and a hash: SHA-256 over the hash of the entry before (64 hex digits; zeros for
 * the first) and the entry's number, time, subject, action, object and detail, each as its length in bytes, a colon, the bytes
 * and a comma ("4:1234,"). Number and hash of the last entry, the head, are also kept apart: an entry that was changed, taken out or cut off shows,
 * and with a head that was noted elsewhere also where all after it was written anew.
 *
 * It names those who work here, articles, tickets and tokens by number or id; nothing that citizens wrote or are is in it, so that deletions
 * of people's data leave it whole.
 */
#ifndef SPORTELLO_AUDIT_H
#define SPORTELLO_AUDIT_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_AUDIT_HASH_LEN 64

/** X(enum, name): the names are the data's own, so old ones stay. */
#define SP_AUDIT_LIST(X) \
	X(SP_AUDIT_ARTICLE_READ, "article-read") /* internal article, or one with an internal block; object it/<id>, detail its version */ \
	X(SP_AUDIT_SEARCH_SHOWN, "search-shown") /* a search showed pieces of them: object search, detail it/<id> of each, each once in ten minutes */ \
	X(SP_AUDIT_TICKET_READ, "ticket-read")  /* object ticket:<number> */ \
	X(SP_AUDIT_FILE_READ, "file-read")      /* a person's file was opened; object ticket:<number>, detail the file's id */ \
	X(SP_AUDIT_UNMASK, "unmask")            /* masked data was shown; object what, detail which fields */ \
	X(SP_AUDIT_TICKET_CHANGE, "ticket-change") /* object ticket:<number>, detail names of what was changed */ \
	X(SP_AUDIT_TOKEN_ADD, "token-add")      /* object token:<id>, detail role and audience */ \
	X(SP_AUDIT_TOKEN_REVOKE, "token-revoke") \
	X(SP_AUDIT_SIGN_IN, "sign-in")          /* object how: token:<id>, provider */ \
	X(SP_AUDIT_SIGN_OUT, "sign-out") \
	X(SP_AUDIT_REFUSED, "refused")          /* a sign-in that came to nothing; object how, detail why */ \
	X(SP_AUDIT_DATA_DELETE, "data-delete")  /* a person's data was deleted on request; object what, by number */ \
	X(SP_AUDIT_OUTBOX_RESEND, "outbox-resend") /* what another system did not take is sent again; object outbox:<id>, or outbox: all of it; detail ticket:<number> of one */ \
	X(SP_AUDIT_OUTBOX_DROP, "outbox-drop")  /* it will not be sent; the same */
typedef enum sp_audit_action {
#define SP_AUDIT_ENUM(name, text) name,
	SP_AUDIT_LIST(SP_AUDIT_ENUM)
#undef SP_AUDIT_ENUM
	SP_AUDIT_COUNT
} sp_audit_action;

const char *sp_audit_action_name(sp_audit_action action); /**< static */
sp_audit_action sp_audit_action_of(const char *name);     /**< SP_AUDIT_COUNT when there is none */

/** What is to be noted: as sp_write.audit, in the transaction of that write; of a write of kind SP_WRITE_AUDIT it is all there is. */
typedef struct sp_audit {
	sp_audit_action action;
	const char *subject;      /**< who; NULL = unknown */
	const char *object;       /**< what; NULL = what the write made or changed: "token:5", "ticket:1001" */
	const char *detail;       /**< NULL = none */
	int64_t at_utc_s;         /**< 0 = now */
	const struct sp_audit *next; /**< another one; NULL = none */
} sp_audit;

/** What was noted. */
typedef struct sp_audit_entry {
	int64_t number, at_utc_s;
	const char *subject, *action, *object, *detail;
	const char *hash;
} sp_audit_entry;

typedef struct sp_audit_filter {
	int64_t from_utc_s, until_utc_s; /**< [from, until); until 0 = no end */
	const char *subject, *action;    /**< NULL = any */
	int64_t before_number;           /**< 0 = any */
	uint32_t limit;
} sp_audit_filter;

/** Newest first. */
sp_status sp_store_audit(sp_store_reader *reader, const sp_audit_filter *filter, sp_arena *arena, sp_audit_entry **ret, size_t *ret_count,
	sp_error *err);

typedef struct sp_audit_head {
	int64_t number;                 /**< 0 = there is no entry */
	char hash[SP_AUDIT_HASH_LEN + 1]; /**< zeros then */
} sp_audit_head;
/** The last entry, as it is kept apart. */
sp_status sp_store_audit_head(sp_store_reader *reader, sp_audit_head *ret, sp_error *err);

typedef enum sp_audit_fault {
	SP_AUDIT_WHOLE,
	SP_AUDIT_CHANGED,   /**< the entry does not say what it said when it was written */
	SP_AUDIT_MISSING,   /**< entries from number to @ref sp_audit_check.until are not there */
	SP_AUDIT_CUT_OFF,   /**< the same, at the end */
	SP_AUDIT_FORGED,    /**< the entry does not follow from the one before, or is not the one that was noted elsewhere */
} sp_audit_fault;

typedef struct sp_audit_check {
	sp_audit_fault fault;
	int64_t number, until;  /**< of what is wrong first */
	int64_t count;          /**< entries that were read */
	sp_audit_head head;
} sp_audit_check;

/** Read the whole log and see whether it is whole. @p noted: a head of earlier that was kept elsewhere; NULL = none. */
sp_status sp_store_audit_verify(sp_store_reader *reader, const sp_audit_head *noted, sp_audit_check *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
