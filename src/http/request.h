/* One request: what the client said, checked and decoded, who is asking, and where the reply grows. No libmicrohttpd in
   here: handlers see checked values only, and tests can make requests of their own.

   Life: made when the request line is there, filled when the headers are, run when the body is; freed (recycled) when
   the reply was sent. Everything that a handler makes lives in request->arena or request->out.

   Writing: nothing is acknowledged before it is on disk. A handler that has something to store calls
   spi_request_write() and returns without a reply; `then` runs on the same thread when the outcome is certain (the
   write's status), and leaves the reply. In between other requests ran on this thread: what came from the reader
   (config, index, texts of the configuration) is not valid in `then`, only the arena, request->out and what was copied
   there are. request->config is fresh again in `then`; request->write is not there any more: keep it in data.

   Asking: a thread serves many connections, so no handler waits for the sentence encoder either. One that was told
   SP_ERR_LATER calls spi_request_wait() and returns in the same way; `then` runs when spi_request_go_on() was called. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "http/reply.h"
#include "http/route.h"
#include "http/worker.h"
#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/index.h"
#include "sportello/kb.h"
#include "sportello/store.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPI_URL_MAX 8192
#define SPI_HEADERS_MAX 64
#define SPI_QUERY_MAX 32

typedef struct spi_pair {
	const char *name, *value;
} spi_pair;

typedef enum spi_role {
	SPI_ROLE_NONE, SPI_ROLE_READER, SPI_ROLE_AGENT, SPI_ROLE_EDITOR, SPI_ROLE_MANAGER, SPI_ROLE_ADMIN
} spi_role;
#define SPI_IS(role) (1u << SPI_ROLE_##role)
#define SPI_DESK (SPI_IS(AGENT) | SPI_IS(ADMIN))
#define SPI_WORKS_HERE (SPI_DESK | SPI_IS(EDITOR) | SPI_IS(MANAGER))

typedef struct spi_caller {
	int audience;             /* index in the configuration; -1 = none */
	const char *audience_key; /* in the arena; "citizen" without a token */
	unsigned roles;           /* bits, SPI_IS(): several of who is in several groups of a provider; 0 without a token */
	const char *subject;      /* in the arena; NULL without a token or session */
	sp_strings groups;        /* named by token or session; none = those that the audience stands for: spi_caller_serves() */
	int64_t token;            /* number of the token, also of one that was signed in with; 0 = none */
	const char *session;      /* id of the session (session.h); NULL = no cookie, or a token beside it */
	bool local;               /* from this machine, and not through a proxy */
} spi_caller;

typedef struct spi_request {
	spi_worker *worker;
	const spi_route *route;   /* NULL when none fits */
	size_t route_number;
	char id[17];              /* X-Request-Id */
	const char *method;       /* "GET"; HEAD is told apart by is_head */
	bool is_head;
	const char *path;         /* percent-decoded UTF-8 */
	const char *params[SPI_PARAMS_MAX]; /* decoded values of {name}, in order */
	spi_pair query[SPI_QUERY_MAX]; size_t query_count;
	spi_pair headers[SPI_HEADERS_MAX]; size_t headers_count;
	sp_buffer body;           /* as it came */
	spi_caller caller;
	spi_address from;         /* who asks, as proxy.h has it; zeros when it is not known. Never logged, never stored */
	sp_lang lang;             /* ?lang, else Accept-Language, else the configuration's default */
	bool lang_asked;          /* ?lang was there and is known */
	bool lang_unknown;        /* ?lang was there and is not */
	const sp_kb_config *config; /* NULL only for routes with `always` and in spi_page_problem */
	sp_date day;              /* the knowledge base as valid on this day */
	int64_t now_utc_s;        /* the clock: for what is stored; a replay's */
	int64_t clock_utc_s;      /* the clock, whatever is replayed: for the audit log */
	struct spi_replay *replay; /* replay.h; NULL = none */
	int64_t moment_utc_s;     /* the moment shown to readers: now, or noon of --as-of's day */
	sp_arena *arena;
	sp_buffer out;            /* the body of the reply is written here */
	spi_reply reply;
	struct spi_editor *editor; /* on the editors' page: links lead there (editor.h); NULL elsewhere */
	void *data;               /* the handler's own, from before to after a write */
	sp_write *write;          /* the write that was asked for */

	/* Its place among the messages of a conversation (order.c); NULL = none. */
	const char *conversation;
	struct spi_request *behind;

	/* The dispatcher's (access.c). */
	bool keys_asked;          /* for a signed token: once a request */
	bool waits;               /* spi_request_wait() was called */
	bool is_noted;            /* what is read is in the audit log: each reading is */
	atomic_int wait;          /* how far the wait is: both sides may be first */
	int64_t resumed_us;       /* since when it waits for its thread; 0 = it does not */
	spi_handler *then;
	void *json;               /* the body read by body.c; freed with the request */
	sp_json writer;           /* of a problem that is being written */
	const char *problem_detail;
	int problem_kind;
	sp_buffer uri;            /* raw request target */
	void *connection;
	struct spi_exchange *exchange; /* of its connection (patience.h); may be NULL */
	spi_pair form[SPI_QUERY_MAX]; size_t form_count; bool form_read;
	uint64_t dropped;         /* bytes of the body that were read past */
	int64_t began_us, took_us;
	uint32_t body_max;        /* the route's, or what its gate said */
	bool uploads;             /* has one of the places for files (upload.h) */
	bool bad_header;          /* one of its headers cannot be what it looks like (framing.h) */
	bool bad_line;            /* a line of its head ends otherwise than by CR and LF, or goes on in the next one */
	const char *line;         /* while the headers come: where the next line begins */
	bool misframed;           /* refused for what framing.h says: nothing more is read from this connection */
	bool has_credentials;     /* a token or a session's cookie, good or not */
	bool begun, refused, answered, uri_too_long, too_many_headers, peer_is_loopback;
	struct spi_request *next;
} spi_request;

/* Value of a query parameter, the first when there are several; NULL when it is not there. Valid UTF-8. */
const char *spi_request_query(const spi_request *request, const char *name);
/* The same of a choice: NULL also where it was left open, as a form sends it. */
const char *spi_request_choice(const spi_request *request, const char *name);
/* A header, any case; NULL when it is not there. */
const char *spi_request_header(const spi_request *request, const char *name);
/* Value of a field of an urlencoded form (route with SPI_BODY_FORM); NULL when it is not there. Valid UTF-8. */
const char *spi_request_form(spi_request *request, const char *name);
/* All fields of the form, in order. False when it cannot be read (bad escapes, not UTF-8, too many fields). */
bool spi_request_form_all(spi_request *request, const spi_pair **ret, size_t *ret_count);
/* A number from the query, fallback when absent. False, with a 400 in place, when it is not a number in [min, max]. */
bool spi_request_number(spi_request *request, const char *name, uint32_t min, uint32_t max, uint32_t fallback,
	uint32_t *ret);
/* Whether Accept names the type ("text/html", "text/csv") itself. */
bool spi_request_accepts(const spi_request *request, const char *type);

/* Whether the caller has one of these roles: bits, SPI_IS(). */
static inline bool spi_caller_has(const spi_request *request, unsigned roles)
{
	return (request->caller.roles & roles) != 0;
}
/* Whether a group's queue is the caller's: agents have that of the groups that their token names, else of their audience's level;
   an admin without any has all. In groups.c, like what follows. */
bool spi_caller_serves(const spi_request *request, const sp_group *group);
/* Whether the caller is an agent of partners' groups alone, or of none: somebody of another house, who sees what was passed to them. */
bool spi_caller_is_partner(const spi_request *request);
/* Whether tickets of a group (NULL = none) are there for the caller: for a partner theirs, for other agents all. Others are asked for a
   ticket's secret elsewhere. */
bool spi_caller_sees(const spi_request *request, const char *group);

/* An audience's sealed index, to be asked about the request's moment. */
sp_status spi_request_index_of(const spi_request *request, int audience, sp_index **ret, sp_error *err);
/* The caller's sealed index; NULL, with an error reply in place, when it cannot be opened. */
sp_index *spi_request_index(spi_request *request);
/* Whether this record is there for readers on the request's day and moment (validity, notices' start and end). */
bool spi_request_may_show(const spi_request *request, const sp_record *record);
/* An id as a part of a path: '?' would begin the query. In the arena. */
const char *spi_id_in_address(const spi_request *request, const char *id);
/* Address of an article's page, "/a/<id>?lang=xx", with the public address in front when there is one. In the arena. */
const char *spi_article_url(const spi_request *request, const char *id, sp_lang lang);

/* The knowledge base of another day: its noon is the moment shown. */
void spi_request_set_day(spi_request *request, sp_date day);

/* Hand a write to the store when the handler has returned, and go on with `then`. The write must live in the arena. */
void spi_request_write(spi_request *request, sp_write *write, spi_handler *then);

/* Whether the request may be left waiting for the encoder: not while the server closes. True: spi_request_wait() or
   spi_request_wait_not() is to follow. */
bool spi_request_may_wait(spi_request *request);
void spi_request_wait_not(spi_request *request);
/* What a request waits for its thread in all, before it begins, after the encoder and after the store, as others did lately: as far as that is
   more than the encoder's deadline leaves room for. In access.c. */
int64_t spi_request_rounds_us(const spi_request *request);
/* Go on with `then` when spi_request_go_on() is called. */
void spi_request_wait(spi_request *request, spi_handler *then);
/* Once for each wait, maybe before spi_request_wait(); the request may not be touched afterwards. Threads: any. In access.c. */
void spi_request_go_on(spi_request *request);

/* Steps before the handler (request.c); each false with a reply in place. */
bool spi_request_parse_target(spi_request *request);  /* uri → path, query */
bool spi_request_find_route(spi_request *request);    /* 404, 405, OPTIONS, content type, declared length */
bool spi_request_bind(spi_request *request);          /* configuration, day, caller, language, who may */
/* See the latest configuration again: after a write, and when an index kept changing. */
bool spi_request_rebind(spi_request *request);
/* Percent-decode; plus: '+' is a blank. NULL when an escape is broken, or the result is not UTF-8 or holds NUL. */
char *spi_percent_decode(const char *text, size_t len, bool plus, sp_arena *arena);
/* Best language for an Accept-Language header among those of the bits; SP_LANG_NONE when none fits. */
sp_lang spi_accept_language(const char *header, unsigned langs);

#endif
