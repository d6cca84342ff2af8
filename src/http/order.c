#include "http/order.h"

#include "http/request.h"

#include <string.h>

void spi_order_init(spi_order *order)
{
	pthread_mutex_init(&order->lock, NULL);
	order->first = order->last = NULL;
}

void spi_order_end(spi_order *order)
{
	pthread_mutex_destroy(&order->lock);
}

static spi_request *first_of(const spi_order *order, const char *conversation)
{
	spi_request *at = order->first;
	while (at && strcmp(at->conversation, conversation) != 0)
		at = at->behind;
	return at;
}

bool spi_order_enter(spi_order *order, spi_request *request, const char *conversation)
{
	pthread_mutex_lock(&order->lock);
	bool is_free = !first_of(order, conversation);
	request->conversation = conversation;
	request->behind = NULL;
	if (order->last)
		order->last->behind = request;
	else
		order->first = request;
	order->last = request;
	pthread_mutex_unlock(&order->lock);
	return is_free;
}

void spi_order_leave(spi_order *order, spi_request *request)
{
	if (!request->conversation)
		return;
	pthread_mutex_lock(&order->lock);
	bool was_its_turn = first_of(order, request->conversation) == request;
	spi_request *before = NULL;
	for (spi_request *at = order->first; at != request; at = at->behind)
		before = at;
	if (before)
		before->behind = request->behind;
	else
		order->first = request->behind;
	if (order->last == request)
		order->last = before;
	spi_request *next = was_its_turn ? first_of(order, request->conversation) : NULL;
	request->conversation = NULL;
	pthread_mutex_unlock(&order->lock);
	if (next)
		spi_request_go_on(next);
}
