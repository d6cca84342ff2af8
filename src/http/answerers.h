/* Threads for requests that may wait for the sentence encoder. A thread of libmicrohttpd serves many connections: while it waited, all
   of them would. So such a request's connection is suspended, one of these threads does the request, and the connection is resumed.
   As many wait at once as the encoder's batches need; who asks what words can decide finds a thread that does not wait.

   Threads are made when there is work for them, and end when there has been none for a while: what a thread holds (an index, a
   connection to the store) takes memory, and keeps an old index from going away. */
#ifndef HTTP_ANSWERERS_H
#define HTTP_ANSWERERS_H

#include "http/worker.h"

typedef struct spi_answerers spi_answerers;

/* Does a request, in the thread whose worker is given; NULL when there is no memory for one. */
typedef void spi_answer_request(struct spi_request *request, spi_worker *worker);

/* At most so many threads, and so many that stay. NULL when memory is out. */
spi_answerers *spi_answerers_new(sp_server *server, unsigned most, unsigned kept, spi_answer_request *answer);
/* Ends all threads; no request may be with them. NULL is accepted. */
void spi_answerers_free(spi_answerers *answerers);
/* Hand a request over; it may be done before this returns. False: there is no thread to be had. Threads: any. */
bool spi_answerers_take(spi_answerers *answerers, struct spi_request *request);

#endif
