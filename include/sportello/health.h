/**
 * @file health.h
 * How the store is, for who watches the service: sizes of its files, and counts of what is in it. Nothing of people.
 */
#ifndef SPORTELLO_HEALTH_H
#define SPORTELLO_HEALTH_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_store_health {
	uint64_t bytes;         /**< of the database's file */
	uint64_t log_bytes;     /**< of the write-ahead log beside it; 0 = there is none */
	uint64_t tickets[SP_TICKET_STATE_COUNT]; /**< by state */
	uint64_t sessions;      /**< that are not over at @p now_utc_s */
} sp_store_health;

/** SP_ERR_IO; SP_ERR_CORRUPT. Threads: as all of sp_store_reader. Some indexes are counted, no table is read. */
sp_status sp_store_health_get(sp_store_reader *reader, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
