/* Messages of one conversation, one after the other: each is read in the light of those before it, also when two come at the very
   same time. */
#ifndef HTTP_ORDER_H
#define HTTP_ORDER_H

#include <pthread.h>
#include <stdbool.h>

struct spi_request;

/* Requests that are being answered or wait for their turn, in the order in which they came. */
typedef struct spi_order {
	pthread_mutex_t lock;
	struct spi_request *first, *last;
} spi_order;

void spi_order_init(spi_order *order);
void spi_order_end(spi_order *order);

/* Take a place behind the others of the conversation (text in the request's arena). True: it is this request's turn. False: it is to wait;
   spi_request_go_on() is called when its turn has come. Threads: any. */
bool spi_order_enter(spi_order *order, struct spi_request *request, const char *conversation);
/* Give the place back, and call the next one. Nothing happens to a request that has none. */
void spi_order_leave(spi_order *order, struct spi_request *request);

#endif
