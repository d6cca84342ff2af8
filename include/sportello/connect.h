/**
 * @file connect.h
 * Connectors: tickets leave for another system (ServiceNow, Zendesk, any receiver of signed webhooks), and what is done with them
 * there comes back.
 *
 * One connector a service, described by a settings file (YAML). It has a thread of its own, which takes the outbox's entries
 * (outbox.h) in order per ticket, asks the other system whether a record is there where it cannot be sure, repeats what failed
 * with exponential backoff and full jitter, and reads back states and public comments. The service never waits for it.
 */
#ifndef SPORTELLO_CONNECT_H
#define SPORTELLO_CONNECT_H

#include "sportello/buffer.h"
#include "sportello/outbox.h"
#include "sportello/status.h"
#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_connector sp_connector;

typedef struct sp_connector_options {
	const char *file;       /**< settings; relative names of files in it are relative to its folder */
	const char *kb;         /**< folder of the knowledge base, for the names of what tickets have keys of; read anew when kb.yaml changed. NULL = keys are told */
	sp_store *store;        /**< borrowed; opened to serve. Open the connector before anything is written */
	void (*log)(const char *line, void *arg); /**< one JSON object a line; NULL = none. Called from the connector's thread */
	void (*notice)(const char *text, void *arg); /**< for who runs the service: the other system went down, refuses us, works again */
	void *arg;
} sp_connector_options;

/**
 * Read the settings, see that its secrets are there, and start the thread. The other system need not be there.
 * @param ret  NULL where the settings say `connector: none`
 * @return SP_OK; SP_ERR_INVALID (settings; the line is in @p err), SP_ERR_NOT_FOUND (file), SP_ERR_DENIED, SP_ERR_NOMEM, SP_ERR_IO
 */
sp_status sp_connector_open(const sp_connector_options *options, sp_connector **ret, sp_error *err);
/** Only read the settings, and see that what they name and its secrets are there. Statuses as sp_connector_open(). */
sp_status sp_connector_check(const char *file, sp_error *err);
/** Name the files that a connector reads while it works: secrets, authorities. Nothing when the settings cannot be read. */
void sp_connector_files(const char *file, void (*visit)(const char *path, bool is_secret, void *arg), void *arg);
/** Call @p visit for each key of groups, categories, priorities and fields that kb.yaml does not have: nothing is ever sent by it. No one where the
 *  file cannot be read. */
void sp_connector_strangers(const char *file, const sp_kb_config *config, void (*visit)(const char *map, const char *key, void *arg), void *arg);
/** End the thread (a request under way has three seconds) and free. NULL is accepted. Before the store is closed. */
void sp_connector_close(sp_connector *connector);
/** Whether the settings file is another one than it was opened with: secrets are read anew each time, what stands in the file itself at the
 *  start. False for NULL. Any thread. */
bool sp_connector_differs(const sp_connector *connector);
/** Something may be in the outbox. NULL is accepted. Any thread. */
void sp_connector_wake(sp_connector *connector);
/** Somebody has put something right: a system that is down or refuses us is asked now, not when it is time, and so is what
 *  waits for its next attempt. NULL is accepted. Any thread. */
void sp_connector_retry(sp_connector *connector);

typedef enum sp_connector_condition {
	SP_CONNECTOR_UP,     /**< works, or was not needed yet */
	SP_CONNECTOR_DOWN,   /**< cannot be reached, or fails; tried again */
	SP_CONNECTOR_PAUSED, /**< refuses who we say we are (401, 403), wants no more (410), or our secret cannot be used: nothing is sent but a try now and then */
	SP_CONNECTOR_CONDITIONS
} sp_connector_condition;
/** "up", "down", "paused". */
const char *sp_connector_condition_name(sp_connector_condition condition);

typedef struct sp_connector_state {
	const char *name, *kind; /**< live as long as the connector */
	sp_connector_condition condition;
	char why[300];           /**< of DOWN, PAUSED; personal data masked */
	sp_cause cause;          /**< likewise: its kind */
	int64_t since_utc_s;     /**< of the condition */
	int64_t next_utc_s;      /**< DOWN, PAUSED: when it is tried again */
	uint64_t sent, found, failed, dead, denied, news, polls_failed;
} sp_connector_state;
/** Any thread. */
void sp_connector_get_state(sp_connector *connector, sp_connector_state *ret);
/** Append its rows to the Prometheus export; @p counts of its outbox. Any thread. */
void sp_connector_write_metrics(sp_connector *connector, const sp_outbox_counts *counts, int64_t now_utc_s, sp_buffer *out);

/** What an entry tells, as one JSON object: what a webhook receives as `data`, and an operator is shown. */
void sp_outgoing_json(const sp_outgoing *outgoing, sp_json *json, const char *name);

#ifdef __cplusplus
}
#endif
#endif
