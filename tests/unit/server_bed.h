/* An embeddings server that does as it is told, in the test's program, and an encoder that asks it. */
#ifndef SERVER_BED_H
#define SERVER_BED_H

#include "sportello/encoder.h"

#include <pthread.h>

#define DIMENSIONS 64
#define CONNECTIONS_MAX 64

typedef struct fake_server fake_server;
typedef struct server_connection { fake_server *server; int fd; pthread_t thread; } server_connection;

struct fake_server {
	int listener;
	unsigned port;
	pthread_t thread;
	server_connection connections[CONNECTIONS_MAX];
	pthread_mutex_t lock; /* of all below */
	size_t connections_count;
	/* what it does */
	unsigned spared;      /* so many requests first are answered as they should be */
	unsigned busy;        /* then so many with that status; all, when a body is given */
	int status;
	const char *headers, *body;
	size_t dimensions;
	const char *model;    /* NULL = what was asked for */
	unsigned delay_ms;
	bool backwards, closes, drops_next, breaks_off;
	/* what it saw */
	unsigned requests, texts, largest;
	char head[4096], last[4096]; /* of the last request: its head, its last text */
	char asked_model[128];       /* "" = none */
	bool wants_floats;
};

/* On a port of its own. */
void start_server(fake_server *f);
void stop_server(fake_server *f);

typedef struct bed {
	fake_server fake;
	sp_encoder_settings settings;
	char address[128];
	sp_encoder *encoder;
	sp_error err;
} bed;

/* path: what follows host and port. */
sp_status open_server_bed(bed *b, const char *path);
void close_server_bed(bed *b);
sp_status encode_one(bed *b, sp_encode_role role, const char *text, float *ret);
/* How far a vector is from what this text's should be. */
double distance(const float *vector, const char *text);

#endif
