/* Messages of one conversation wait for each other, whichever threads they come on; those of others do not. */
#include "harness.h"

#include "http/order.h"
#include "http/request.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { THREADS = 8, CONVERSATIONS = 3, ROUNDS = 2000 };

/* A request, and what its thread waits on; the request first, so that one is the other. */
typedef struct waiting {
	spi_request request;
	sem_t turn;
} waiting;

/* In the place of the server's. */
void spi_request_go_on(spi_request *request)
{
	sem_post(&((waiting *)request)->turn);
}

typedef struct talk {
	spi_order order;
	unsigned turns[CONVERSATIONS];  /* by whose turn it is alone, without a lock: two at once would lose one */
	atomic_uint inside[CONVERSATIONS];
	atomic_uint together, waited;
} talk;

typedef struct talker { talk *talk; unsigned seed; pthread_t thread; } talker;

static const char *const names[CONVERSATIONS] = {"uno", "due", "tre"};

static void say(talk *t, waiting *w, unsigned which)
{
	if (!spi_order_enter(&t->order, &w->request, names[which])) {
		atomic_fetch_add(&t->waited, 1);
		sem_wait(&w->turn);
	}
	if (atomic_fetch_add(&t->inside[which], 1) != 0)
		atomic_fetch_add(&t->together, 1);
	t->turns[which]++;
	atomic_fetch_sub(&t->inside[which], 1);
	spi_order_leave(&t->order, &w->request);
}

static void *talk_on(void *arg)
{
	talker *me = arg;
	waiting w = {.request = {.worker = NULL}};
	sem_init(&w.turn, 0, 0);
	for (int i = 0; i < ROUNDS; i++) {
		me->seed = me->seed * 1103515245 + 12345;
		say(me->talk, &w, (me->seed >> 16) % CONVERSATIONS);
	}
	sem_destroy(&w.turn);
	return NULL;
}

TEST(test_order_one_at_a_time)
{
	static talk t;
	talker talkers[THREADS];
	spi_order_init(&t.order);
	for (unsigned i = 0; i < THREADS; i++) {
		talkers[i] = (talker){.talk = &t, .seed = i};
		pthread_create(&talkers[i].thread, NULL, talk_on, &talkers[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(talkers[i].thread, NULL);
	CHECK_INT(t.turns[0] + t.turns[1] + t.turns[2], THREADS * ROUNDS);
	CHECK_INT(t.together, 0);
	CHECK(t.order.first == NULL && t.order.last == NULL);
	spi_order_end(&t.order);
}

static bool has_turn(waiting *w)
{
	return sem_trywait(&w->turn) == 0;
}

/* In the order in which they came; one that gives up while it waits is passed over, and nobody is called twice. */
TEST(test_order_as_they_came)
{
	spi_order order;
	waiting w[5] = {{.request = {.worker = NULL}}};
	spi_order_init(&order);
	for (int i = 0; i < 5; i++)
		sem_init(&w[i].turn, 0, 0);
	CHECK(spi_order_enter(&order, &w[0].request, "uno"));
	CHECK(!spi_order_enter(&order, &w[1].request, "uno"));
	CHECK(spi_order_enter(&order, &w[2].request, "due"));
	CHECK(!spi_order_enter(&order, &w[3].request, "uno"));
	CHECK(!spi_order_enter(&order, &w[4].request, "uno"));
	spi_order_leave(&order, &w[1].request); /* its client has gone */
	CHECK(!has_turn(&w[3]) && !has_turn(&w[4]));
	spi_order_leave(&order, &w[2].request);
	CHECK(!has_turn(&w[3]));
	spi_order_leave(&order, &w[0].request);
	CHECK(has_turn(&w[3]) && !has_turn(&w[4]) && !has_turn(&w[1]));
	spi_order_leave(&order, &w[0].request); /* has no place any more */
	spi_order_leave(&order, &w[3].request);
	CHECK(has_turn(&w[4]) && !has_turn(&w[3]));
	spi_order_leave(&order, &w[4].request);
	CHECK(spi_order_enter(&order, &w[1].request, "uno"));
	spi_order_leave(&order, &w[1].request);
	for (int i = 0; i < 5; i++)
		sem_destroy(&w[i].turn);
	spi_order_end(&order);
}
