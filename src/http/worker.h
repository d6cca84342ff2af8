/* What one thread of the pool owns, and the server that the threads share. A request is served from beginning to end by
   one thread, so nothing here needs a lock. */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include "http/limit.h"
#include "http/order.h"
#include "http/proxy.h"
#include "sportello/answer.h"
#include "sportello/kb.h"
#include "sportello/metrics.h"
#include "sportello/publish.h"
#include "sportello/server.h"
#include "sportello/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct spi_request;
struct spi_deflater;
struct spi_pages;
struct spi_page_cache;
struct spi_solvers;
struct spi_solvers_watch;
struct spi_gaps_finder;
struct spi_budget;
struct spi_crowd;
struct spi_patience;
struct spi_openings;
struct spi_retold;
struct spi_unsent;
struct spi_tls;
struct MHD_Daemon;

struct sp_server {
	sp_server_options options; /* texts owned */
	struct MHD_Daemon *daemon;
	struct spi_tls *tls;       /* NULL = plain HTTP */
	spi_network proxies[SP_TRUSTED_PROXIES_MAX]; size_t proxies_count;
	sp_metrics *metrics;
	struct spi_pages *pages;   /* templates and static files; immutable */
	const char **route_names;  /* for the metrics */
	pthread_key_t worker_key;
	int listen_fd;
	unsigned port;
	int64_t started_utc_s;
	atomic_bool stopping;      /* no new connections; replies close theirs */
	atomic_bool closing;       /* no request is left waiting any more */
	struct spi_acceptor *acceptor;
	atomic_uint connections;   /* open now */
	atomic_uint begun;         /* connections, so far; wraps */
	atomic_uint in_flight;     /* requests that are not answered to the end */
	atomic_uint asking;        /* requests that wait for the encoder */
	atomic_uint writing;       /* writes handed to the store that are not certain yet */
	atomic_uint uploads;       /* files that are held in memory (upload.h) */
	struct spi_budget *budget; /* of each client; NULL = no limit */
	struct spi_crowd *crowd;   /* connections of each address; NULL = no limit */
	_Atomic int64_t crowd_told_us; /* the log was told that one has too many */
	atomic_bool proxy_told;    /* and that there is a proxy which nobody named */
	struct spi_patience *patience;
	struct spi_openings *openings; /* replies; NULL = none are */
	struct spi_retold *retold; /* replies to who sends the same again; NULL = none are kept */
	struct spi_unsent *unsent; /* forms with mistakes; NULL = none are kept */
	spi_limit files;           /* that citizens send */
	struct spi_solvers_watch *solvers; /* NULL without a store */
	struct spi_shown *shown;   /* what the audit log was told of searches a moment ago; NULL without a store */
	struct spi_gaps_finder *gaps; /* NULL without a store */
	spi_order order;           /* of the messages of each conversation */
	spi_limit guesses;         /* walks' codes that were none, in the chat */
	spi_limit agents_guesses;  /* and of agents */
	spi_limit refusals;        /* refused sign-ins that are noted */
	struct spi_backlog *backlog; /* of the audit log; NULL without a store */
	struct { pthread_mutex_t lock; uint64_t generation; char kb[SP_KB_FINGERPRINT + 1]; } replay; /* the knowledge base's fingerprint, of a generation */
	struct { pthread_mutex_t lock; sp_workbench *workbench; bool closes; } desk; /* of editors, opened for the first of them (editor_desk.c) */
	atomic_int last_write;     /* sp_status of the store's latest write */
};

typedef struct spi_worker {
	sp_server *server;
	sp_reader *reader;         /* NULL while the knowledge base cannot be read */
	sp_responder *responder;
	sp_store_reader *store;    /* NULL while the store cannot be read */
	sp_buffer scratch;         /* free for use inside one call of a handler */
	struct spi_deflater *deflater;
	struct spi_page_cache *page_cache; /* the pages' own; NULL at first */
	struct spi_solvers *solvers; /* the latest that was taken; NULL at first */
	struct spi_request *free_requests;
	unsigned free_count;
	uint64_t id_state;
	int64_t round_us;          /* the longest that requests that could go on waited for this thread lately */
	int64_t round_at_us;       /* when that was seen last */
	int64_t came_us;           /* it comes round to its requests since then, or since later */
	int64_t left_us;           /* a handler ended */
} spi_worker;

/* This thread's worker, made at first use. NULL when memory is out. */
spi_worker *spi_worker_of_thread(sp_server *server);
/* Free a worker (also the destructor of the thread's slot). */
void spi_worker_free(void *worker);
/* Open what is not open yet and see the latest state. Called once for each request; cheap when nothing changed. */
sp_status spi_worker_refresh(spi_worker *worker, sp_error *err);
/* A request to fill, and back again. */
struct spi_request *spi_worker_take(spi_worker *worker);
void spi_worker_give_back(spi_worker *worker, struct spi_request *request);
/* 16 hex digits, not to be guessed from earlier ones. */
void spi_worker_new_id(spi_worker *worker, char ret[17]);

/* Compress for Content-Encoding: gzip into out. False when it does not pay or memory is out. */
bool spi_worker_gzip(spi_worker *worker, const void *data, size_t len, sp_buffer *out);

#endif
