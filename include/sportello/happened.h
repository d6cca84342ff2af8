/**
 * @file happened.h
 * What happened in conversations, one at a time: for who looks at what did not go well (gaps.h).
 */
#ifndef SPORTELLO_HAPPENED_H
#define SPORTELLO_HAPPENED_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_happened {
	int64_t conversation;   /**< its number */
	int64_t began_utc_s, last_utc_s;
	const char *audience;   /**< key of who asked */
	const char *person;     /**< keyed hash of who it is, where a ticket told; NULL = unknown */
	const sp_turn *turns; size_t count; /**< oldest first; a forgotten one's texts are "" */
	const signed char *said; /**< of each turn's answer the person's last word: 1 it solved it, -1 it did not, 0 nothing */
	bool ticket;            /**< one was opened in it */
	const char *linked;     /**< id of the article that an agent linked to that ticket last; NULL = none */
} sp_happened;

/** Texts are borrowed for the call. Anything but SP_OK ends the reading and is returned. */
typedef sp_status sp_happened_visit(const sp_happened *happened, void *arg, sp_error *err);

/** The conversations that began in [from, until), seconds UTC, the latest first; all as they were at one moment.
 *  SP_ERR_IO; SP_ERR_NOMEM; what @p visit returned. Threads: as all of sp_store_reader. */
sp_status sp_store_happened(sp_store_reader *reader, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg,
	sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
