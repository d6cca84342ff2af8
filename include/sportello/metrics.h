/**
 * @file metrics.h
 * What an operator watches: counters and time histograms, exported as Prometheus text (format 0.0.4).
 *
 * Counters are atomics in arrays indexed by enums: no lock, no allocation after the start. What only can be asked for
 * (generation, queue, memory) comes in at the export.
 * Threads: all functions may be called from any thread.
 */
#ifndef SPORTELLO_METRICS_H
#define SPORTELLO_METRICS_H

#include "sportello/answer.h"
#include "sportello/buffer.h"
#include "sportello/encoder.h"
#include "sportello/health.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(enum, name after sportello_, help) */
#define SP_COUNTER_LIST(X) \
	X(SP_COUNT_BY_WORDS, "chat_by_words_total", "Chat decisions made from words alone: they were sure, or there is no encoder.") \
	X(SP_COUNT_BY_VECTORS, "chat_by_vectors_total", "Chat decisions made from words and sentence vectors.") \
	X(SP_COUNT_RECALLED, "chat_recalled_total", "Chat replies to a first message that were given again as they were given before.") \
	X(SP_COUNT_ENCODER_BUSY, "chat_encoder_busy_total", "Chat decisions made from words alone because the encoder had no time.") \
	X(SP_COUNT_TICKETS_OPENED, "tickets_opened_total", "Tickets that were opened.") \
	X(SP_COUNT_TICKETS_REPLAYED, "tickets_replayed_total", "Repeated requests that got the ticket made before.") \
	X(SP_COUNT_TICKETS_CHANGED, "tickets_changed_total", "Changes to tickets.") \
	X(SP_COUNT_REPLIES, "ticket_replies_total", "Replies of agents to people on their tickets.") \
	X(SP_COUNT_REPLIES_REFUSED, "ticket_replies_refused_total", "Replies that held internal text, and were not sent.") \
	X(SP_COUNT_RETURNED, "tickets_returned_total", "Tickets sent back as level 1 could have solved them.") \
	X(SP_COUNT_FLAGS, "article_flags_total", "Articles that were told to be wrong.") \
	X(SP_COUNT_REVEALED, "ticket_fields_revealed_total", "Masked values of tickets that somebody asked to see.") \
	X(SP_COUNT_TURNS_UNRECORDED, "turns_unrecorded_total", "Chat replies that were given but could not be stored.") \
	X(SP_COUNT_WRITES_FAILED, "store_writes_failed_total", "Writes that the store refused or could not finish.") \
	X(SP_COUNT_SOLVED_YES, "feedback_solved_total", "Conversations whose person said that it solved the problem.") \
	X(SP_COUNT_SOLVED_NO, "feedback_unsolved_total", "Conversations whose person said that it did not.") \
	X(SP_COUNT_NOTICES_TOLD, "notices_told_total", "Conversations that were told of a known fault, once for each notice.") \
	X(SP_COUNT_SEARCHES, "searches_total", "Searches.") \
	X(SP_COUNT_SEARCHES_EMPTY, "searches_empty_total", "Searches that found nothing.") \
	X(SP_COUNT_CONNECTIONS_REFUSED, "connections_refused_total", "Connections that were closed because their address had too many.") \
	X(SP_COUNT_ABORTED, "requests_aborted_total", "Requests whose client went away before the reply.")
typedef enum sp_counter {
#define SP_COUNTER_ENUM(name, metric, help) name,
	SP_COUNTER_LIST(SP_COUNTER_ENUM)
#undef SP_COUNTER_ENUM
	SP_COUNTER_COUNT
} sp_counter;

/** What is asked for at the export. */
typedef struct sp_gauges {
	bool with_content;         /**< tell generation, articles, times of builds too: of articles that not everybody may read */
	uint64_t generation;
	uint64_t articles, broken_articles;
	int64_t published_utc_s;   /**< last change of what readers see; 0 = never */
	int64_t started_utc_s, now_utc_s;
	double build_s;
	unsigned requests_in_flight, store_writes_waiting, connections;
	bool words_only;           /**< no encoder, or its vectors are still being made */
} sp_gauges;

typedef struct sp_metrics sp_metrics;

/**
 * New counters, all zero.
 * @param routes  names for the label `route`; texts borrowed for the life of the object
 * @param count   how many; one more row, "none", is kept for requests without a route
 * @return NULL when memory is out
 */
sp_metrics *sp_metrics_new(const char *const *routes, size_t count);
void sp_metrics_free(sp_metrics *metrics); /**< NULL is accepted */

/** One more. */
void sp_metrics_count(sp_metrics *metrics, sp_counter counter);
/** How many so far. */
uint64_t sp_metrics_get(const sp_metrics *metrics, sp_counter counter);
/** A request that was answered. @p route: number in the list, anything above for "none"; @p us: time taken. */
void sp_metrics_request(sp_metrics *metrics, size_t route, int http_status, int64_t us);
/** A decision of the chat. */
void sp_metrics_decision(sp_metrics *metrics, sp_decision_kind kind, sp_reason reason);
/** A turn of the chat: how it was decided, and where its time went. */
void sp_metrics_turn(sp_metrics *metrics, const sp_decision *decision, const sp_stage_times *times);
/** Append the export; rows that never counted are left out, except those without labels. */
void sp_metrics_write(const sp_metrics *metrics, const sp_gauges *gauges, sp_buffer *out);
/** What the desk's state is, beside sp_store_health; for who runs the service. */
typedef struct sp_desk_gauges {
	sp_store_health health;
	bool last_write_ok;       /**< the store took its latest write */
	uint64_t audit_waiting;   /**< entries of the audit log that are not on disk yet */
} sp_desk_gauges;
/** Append it, as sportello_tickets, sportello_sessions, sportello_store_…. */
void sp_metrics_write_desk(const sp_desk_gauges *desk, sp_buffer *out);
/** Append when the certificate in use ends. */
void sp_metrics_write_certificate(int64_t until_utc_s, sp_buffer *out);
/** Append which parts of the sandbox are on. */
void sp_metrics_write_sandbox(bool files, bool network, bool calls, sp_buffer *out);
/** Append what stands in front of the encoder, as sportello_encoder_…; each row is as declared in encoder.h. */
void sp_metrics_write_encoder(const sp_encode_queue_stats *stats, sp_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
