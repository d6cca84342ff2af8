/**
 * @file server.h
 * The HTTP service: chat, search, articles, tickets, pages. libmicrohttpd, epoll, a pool of threads.
 */
#ifndef SPORTELLO_SERVER_H
#define SPORTELLO_SERVER_H

#include "sportello/connect.h"
#include "sportello/encoder.h"
#include "sportello/identity.h"
#include "sportello/publish.h"
#include "sportello/sandbox.h"
#include "sportello/status.h"
#include "sportello/store.h"
#include "sportello/workbench.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_server sp_server;

typedef struct sp_server_options {
	const char *listen;      /**< "127.0.0.1:8080", "[::1]:0"; port 0 = any free one */
	const char *tls_cert, *tls_key; /**< PEM files; both, or NULL and NULL = plain HTTP */
	/** Proxies that stand in front of it, "10.0.0.0/8" or one address: of them alone X-Forwarded-For is believed. */
	const char *const *trusted_proxies; size_t trusted_proxies_count;
	unsigned threads;        /**< 0 = one a processor */
	unsigned connections;    /**< most at once; 0 = 4096 */
	unsigned idle_timeout_s; /**< 0 = 30 */
	unsigned request_timeout_s; /**< over the idle time: to send a request whole, or to take its reply; one second more for each 8 kB. 0 = 60 */
	unsigned client_rate;    /**< requests of one client a second; 0 = no limit */
	unsigned client_burst;   /**< so many at once when it was quiet before; 0 = four seconds' worth */
	unsigned client_connections; /**< of one address, never more than half of all; a trusted proxy has no limit; 0 = no limit */
	bool limit_local;        /**< clients on this machine have limits too; a proxy on it that is not a trusted one counts as one of them */
	const char *web_dir;     /**< serve pages from this folder instead of the built-in ones (for who works on them); NULL = built in */
	const char *public_url;  /**< address that the world knows; NULL = relative links */
	unsigned session_idle_s; /**< who is signed in and asks for nothing for so long is signed out; 0 = 1800 */
	unsigned session_limit_s; /**< and after so long in any case; 0 = 36000 */
	sp_date as_of;           /**< show the knowledge base of this day; 0 = today */
	int as_of_minute;        /**< local minute of that day + 1, for opening hours and notices; 0 = noon */
	int join_s;              /**< a message within so many seconds of the one before may be the end of it; 0 = never */
	sp_publisher *publisher; /**< borrowed, like the two below */
	sp_store *store;
	sp_identity *identity;   /**< whom people sign in with, whose tokens count; borrowed; NULL = our own tokens alone */
	sp_connector *connector; /**< that tickets leave by; borrowed; NULL = none */
	/** Serve the editors' pages, and nothing else, to whoever may connect; then there need be no store. Borrowed; NULL = there are no
	 *  such pages. Whoever asks must name this machine, by an address, as localhost or as @ref listen does. */
	sp_workbench *workbench;
	/** Folder of the knowledge base: editors and administrators who are signed in, or have a token, see the same page beside all others,
	 *  of what their audience may read. NULL = there is no such page. */
	const char *kb_dir;
	/** Take part in a replay (`sportello replay --server`): an administrator's token may then write at moments that are over. The data folder,
	 *  which must hold nothing of people; NULL = never. */
	const char *replay_dir;
	sp_encoder *encoder;
	sp_encode_queue *queue;  /**< in front of that encoder; borrowed; NULL = words only */
	const sp_sandbox_state *sandbox; /**< told in /metrics; borrowed; NULL = there is none */
	void (*log)(const char *line, void *arg); /**< access and error log, one JSON object a line; NULL = none */
	void *arg;
} sp_server_options;

#define SP_TRUSTED_PROXIES_MAX 64

/** Start listening. SP_ERR_BUSY: the port is in use; SP_ERR_DENIED: may not bind, or may not use the key; SP_ERR_USAGE: address not understood;
 *  SP_ERR_INVALID, SP_ERR_NOT_FOUND: certificate or key. One server with TLS a process. */
sp_status sp_server_start(const sp_server_options *options, sp_server **ret, sp_error *err);
/** Take over certificate and key anew, where it has them; after a failure the old ones serve. Any thread, one at a time. */
sp_status sp_server_reload(sp_server *server, sp_error *err);
/** Whether certificate and key can be used, and from when until when. */
sp_status sp_tls_check(const char *cert_file, const char *key_file, int64_t *ret_from_utc_s, int64_t *ret_until_utc_s, sp_error *err);
/** Port that it listens on. */
unsigned sp_server_port(const sp_server *server);
/** Take no more connections, finish the requests under way (at most @p grace_s seconds), stop and free. */
void sp_server_stop(sp_server *server, unsigned grace_s);

#ifdef __cplusplus
}
#endif
#endif
