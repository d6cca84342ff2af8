/* The writer thread: many writes in one transaction, and what each of them is told. */
#include "store_bed.h"

#include "store/engine.h"
#include "store/queue.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

static void count_done(sp_write *write, void *arg)
{
	(void)write;
	sem_post(arg);
}

TEST(test_store_bad_write_does_not_fail_its_neighbours)
{
	sp_store *store = open_store("batch");
	enum { COUNT = 90 };
	static sp_write writes[COUNT];
	sem_t done;
	sem_init(&done, 0, 0);
	static const char long_id[] = "an id of more than 64 characters, which is too long for a conversation";
	for (int i = 0; i < COUNT; i++) { /* good, bad at once, bad in its second statement */
		writes[i] = i % 3 == 0 ? ticket_write(NULL, "bene") : i % 3 == 1 ? change_write(99, SP_TICKET_SOLVED) :
			ticket_write(NULL, "male");
		if (i % 3 == 2)
			writes[i].as.ticket.ticket.conversation = long_id;
		writes[i].done = count_done;
		writes[i].arg = &done;
		CHECK_INT(sp_store_submit(store, &writes[i]), SP_OK);
	}
	for (int i = 0; i < COUNT; i++)
		while (sem_wait(&done) != 0)
			continue;
	for (int i = 0; i < COUNT; i++)
		CHECK_INT(writes[i].status, i % 3 == 0 ? SP_OK : i % 3 == 1 ? SP_ERR_NOT_FOUND : SP_ERR_INVALID);
	sp_store_close(store);
	sem_destroy(&done);
	CHECK_INT(sql("batch", "SELECT count(*) FROM tickets WHERE message = 'bene'"), 30);
	CHECK_INT(sql("batch", "SELECT count(*) FROM tickets"), 30);
}

TEST(test_store_same_key_twice_at_once_is_one_ticket)
{
	sp_store *store = open_store("twice");
	sp_write writes[2];
	sem_t done;
	sem_init(&done, 0, 0);
	for (int i = 0; i < 2; i++) {
		writes[i] = ticket_write(NULL, "uno");
		writes[i].as.ticket.idempotency_key = "same";
		writes[i].done = count_done;
		writes[i].arg = &done;
		CHECK_INT(sp_store_submit(store, &writes[i]), SP_OK);
	}
	sp_store_close(store); /* does what was submitted first */
	CHECK_INT(writes[0].status, SP_OK);
	CHECK_INT(writes[1].status, SP_OK);
	CHECK(!writes[0].as.ticket.replayed);
	CHECK(writes[1].as.ticket.replayed);
	CHECK_INT(writes[1].as.ticket.ticket.number, writes[0].as.ticket.ticket.number);
	sem_destroy(&done);
}

enum { THREADS = 8, EACH = 100 };

typedef struct client {
	pthread_t thread;
	sp_store *store;
	int64_t numbers[EACH];
	int missing;
} client;

/* Every ticket is there for another reader as soon as it was reported done. */
static void *be_client(void *arg)
{
	client *me = arg;
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	if (sp_store_reader_open(me->store, &reader, NULL) != SP_OK)
		return NULL;
	for (int i = 0; i < EACH; i++) {
		sp_write write = ticket_write(NULL, "insieme");
		sp_ticket ticket;
		if (sp_store_write(me->store, &write, NULL) == SP_OK)
			me->numbers[i] = write.as.ticket.ticket.number;
		me->missing += sp_store_ticket(reader, me->numbers[i], arena, &ticket, NULL) != SP_OK;
		sp_arena_reset(arena);
	}
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	return NULL;
}

TEST(test_store_many_threads_write_together)
{
	sp_store *store = open_store("together");
	static client clients[THREADS];
	static bool seen[THREADS * EACH];
	for (int i = 0; i < THREADS; i++) {
		clients[i].store = store;
		REQUIRE(pthread_create(&clients[i].thread, NULL, be_client, &clients[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(clients[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		CHECK_INT(clients[i].missing, 0);
		for (int k = 0; k < EACH; k++) {
			int64_t at = clients[i].numbers[k] - 1001;
			REQUIRE(at >= 0 && at < THREADS * EACH);
			CHECK(!seen[at]); /* none twice, none left out */
			seen[at] = true;
		}
	}
	sp_store_close(store);
}

static void hold_up(sp_write *write, void *arg)
{
	(void)write;
	sem_t *gates = arg;
	sem_post(&gates[0]);
	while (sem_wait(&gates[1]) != 0)
		continue;
}

TEST(test_store_full_queue_says_so)
{
	sp_store *store = open_store("queue");
	sem_t gates[2], done;
	sem_init(&gates[0], 0, 0);
	sem_init(&gates[1], 0, 0);
	sem_init(&done, 0, 0);
	sp_write first = {.kind = SP_WRITE_TOKEN_REVOKE, .done = hold_up, .arg = gates}, last = first;
	CHECK_INT(sp_store_submit(store, &first), SP_OK);
	while (sem_wait(&gates[0]) != 0) /* the writer is held up */
		continue;
	sp_write *writes = calloc(SPI_QUEUE_MAX, sizeof *writes);
	REQUIRE(writes != NULL);
	int accepted = 0;
	for (int i = 0; i < SPI_QUEUE_MAX; i++) {
		writes[i] = (sp_write){.kind = SP_WRITE_TOKEN_REVOKE, .done = count_done, .arg = &done};
		accepted += sp_store_submit(store, &writes[i]) == SP_OK;
	}
	CHECK_INT(accepted, SPI_QUEUE_MAX);
	sp_error err = {0};
	CHECK_INT(sp_store_submit(store, &last), SP_ERR_BUSY);
	CHECK_INT(sp_store_write(store, &last, &err), SP_ERR_BUSY);
	CHECK_HAS(err.text, "try again");
	sem_post(&gates[1]);
	sp_store_close(store);
	int finished;
	sem_getvalue(&done, &finished);
	CHECK_INT(finished, SPI_QUEUE_MAX);
	CHECK_INT(writes[SPI_QUEUE_MAX - 1].status, SP_ERR_NOT_FOUND);
	free(writes);
	sem_destroy(&gates[0]);
	sem_destroy(&gates[1]);
	sem_destroy(&done);
}

static void write_from_within(sp_write *write, void *arg)
{
	sp_write inner = turn_write("inner", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	write->status = sp_store_write(*(sp_store **)arg, &inner, NULL);
}

TEST(test_store_writer_thread_does_not_wait_for_itself)
{
	sp_store *store = open_store("within");
	sp_write write = turn_write("outer", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	write.done = write_from_within;
	write.arg = &store;
	CHECK_INT(sp_store_submit(store, &write), SP_OK);
	sp_store_close(store);
	CHECK_INT(write.status, SP_ERR_USAGE);
}

/* An engine of the worst kind. What a write does is its token's number. */
enum { GOES_WELL, IS_REFUSED, BREAKS_ALL };

typedef struct bad_engine {
	bool in_batch, commit_fails;
	int begun, committed;
} bad_engine;

static sp_status bad_begin(void *db, sp_error *err)
{
	(void)err;
	bad_engine *engine = db;
	engine->in_batch = true;
	engine->begun++;
	return SP_OK;
}

static sp_status bad_apply(void *db, sp_write *write, sp_error *err)
{
	bad_engine *engine = db;
	if (write->as.token_revoke.id == GOES_WELL)
		return SP_OK;
	engine->in_batch = write->as.token_revoke.id != BREAKS_ALL;
	return sp_error_set(err, engine->in_batch ? SP_ERR_INVALID : SP_ERR_FULL, NULL, 0, "as told");
}

static bool bad_in_batch(void *db)
{
	return ((bad_engine *)db)->in_batch;
}

static sp_status bad_commit(void *db, sp_error *err)
{
	bad_engine *engine = db;
	if (engine->commit_fails)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the disk went away");
	engine->committed++;
	return SP_OK;
}

static void bad_rollback(void *db)
{
	((bad_engine *)db)->in_batch = false;
}

/* Submit some writes as one batch and wait for them. */
static void write_together(spi_queue *queue, sp_write *writes, const int64_t *orders, size_t count)
{
	sem_t gates[2];
	sem_init(&gates[0], 0, 0);
	sem_init(&gates[1], 0, 0);
	sp_write first = {.kind = SP_WRITE_TOKEN_REVOKE, .done = hold_up, .arg = gates};
	CHECK_INT(spi_queue_submit(queue, &first), SP_OK);
	while (sem_wait(&gates[0]) != 0) /* the writer is held up: what comes now goes together */
		continue;
	for (size_t i = 0; i < count; i++) {
		writes[i] = (sp_write){.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = orders[i]};
		CHECK_INT(spi_queue_submit(queue, &writes[i]), SP_OK);
	}
	sem_post(&gates[1]);
	spi_queue_stop(queue);
	sem_destroy(&gates[0]);
	sem_destroy(&gates[1]);
}

static void bad_after(void *db, sp_write *write)
{
	(void)db;
	(void)write;
}

static const spi_engine bad_engine_table = {.name = "bad", .after = bad_after, .begin = bad_begin, .apply = bad_apply,
	.in_batch = bad_in_batch, .commit = bad_commit, .rollback = bad_rollback};

TEST(test_store_broken_transaction_takes_those_before_it_and_no_others)
{
	static const int64_t orders[] = {GOES_WELL, IS_REFUSED, BREAKS_ALL, GOES_WELL, GOES_WELL};
	static const sp_status want[] = {SP_ERR_FULL, SP_ERR_INVALID, SP_ERR_FULL, SP_OK, SP_OK};
	bad_engine engine = {0};
	sp_write writes[5];
	spi_queue *queue;
	REQUIRE(spi_queue_start(&bad_engine_table, &engine, &queue, NULL) == SP_OK);
	write_together(queue, writes, orders, 5);
	for (int i = 0; i < 5; i++)
		CHECK_INT(writes[i].status, want[i]);
	CHECK_STR(writes[0].error.text, "as told");
	CHECK_STR(writes[4].error.text, "");
	CHECK_INT(engine.begun, 3);
	CHECK_INT(engine.committed, 2);
}

TEST(test_store_failed_commit_fails_all_of_it)
{
	static const int64_t orders[] = {GOES_WELL, IS_REFUSED, GOES_WELL};
	static const sp_status want[] = {SP_ERR_IO, SP_ERR_INVALID, SP_ERR_IO};
	bad_engine engine = {.commit_fails = true};
	sp_write writes[3];
	spi_queue *queue;
	REQUIRE(spi_queue_start(&bad_engine_table, &engine, &queue, NULL) == SP_OK);
	write_together(queue, writes, orders, 3);
	for (int i = 0; i < 3; i++)
		CHECK_INT(writes[i].status, want[i]);
	CHECK_STR(writes[2].error.text, "the disk went away");
	CHECK(!engine.in_batch);
}

/* An engine that looks who comes, and whether somebody is there already. */
typedef struct narrow_engine {
	atomic_int inside, met, applied;
	pthread_t last;
} narrow_engine;

static sp_status narrow_begin(void *db, sp_error *err)
{
	(void)err;
	narrow_engine *engine = db;
	engine->met += atomic_fetch_add(&engine->inside, 1) != 0;
	return SP_OK;
}

static sp_status narrow_apply(void *db, sp_write *write, sp_error *err)
{
	(void)write;
	(void)err;
	narrow_engine *engine = db;
	engine->last = pthread_self();
	engine->applied++;
	sched_yield();
	return SP_OK;
}

static bool narrow_in_batch(void *db)
{
	(void)db;
	return true;
}

static sp_status narrow_commit(void *db, sp_error *err)
{
	(void)db;
	(void)err;
	return SP_OK;
}

static void narrow_rest(void *db)
{
	narrow_engine *engine = db;
	atomic_fetch_sub(&engine->inside, 1);
}

static const spi_engine narrow_engine_table = {.name = "narrow", .after = bad_after, .begin = narrow_begin, .apply = narrow_apply,
	.in_batch = narrow_in_batch, .commit = narrow_commit, .rest = narrow_rest};

TEST(test_store_lone_write_stays_in_its_thread)
{
	narrow_engine engine = {0};
	spi_queue *queue;
	sp_write write = {.kind = SP_WRITE_TOKEN_REVOKE};
	REQUIRE(spi_queue_start(&narrow_engine_table, &engine, &queue, NULL) == SP_OK);
	CHECK_INT(spi_queue_write(queue, &write, NULL), SP_OK);
	CHECK(pthread_equal(engine.last, pthread_self()));
	CHECK_INT(engine.inside, 0);
	spi_queue_stop(queue);
}

#define LONERS 4
#define LONE_WRITES 500

static void *write_alone_and_not(void *arg)
{
	spi_queue *queue = arg;
	sem_t done;
	sem_init(&done, 0, 0);
	for (int i = 0; i < LONE_WRITES; i++) {
		sp_write waited = {.kind = SP_WRITE_TOKEN_REVOKE}, given = {.kind = SP_WRITE_TOKEN_REVOKE, .done = count_done, .arg = &done};
		CHECK_INT(spi_queue_submit(queue, &given), SP_OK);
		CHECK_INT(spi_queue_write(queue, &waited, NULL), SP_OK);
		while (sem_wait(&done) != 0)
			continue;
	}
	sem_destroy(&done);
	return NULL;
}

TEST(test_store_those_who_write_themselves_never_meet)
{
	narrow_engine engine = {0};
	pthread_t threads[LONERS];
	spi_queue *queue;
	REQUIRE(spi_queue_start(&narrow_engine_table, &engine, &queue, NULL) == SP_OK);
	for (int i = 0; i < LONERS; i++)
		REQUIRE(pthread_create(&threads[i], NULL, write_alone_and_not, queue) == 0);
	for (int i = 0; i < LONERS; i++)
		pthread_join(threads[i], NULL);
	spi_queue_stop(queue);
	CHECK_INT(engine.met, 0);
	CHECK_INT(engine.applied, 2 * LONERS * LONE_WRITES);
}

TEST(test_store_lone_write_that_fails_leaves_the_queue_usable)
{
	static const struct {
		int64_t order;
		bool commit_fails;
		sp_status want;
	} cases[] = {{IS_REFUSED, false, SP_ERR_INVALID}, {BREAKS_ALL, false, SP_ERR_FULL}, {GOES_WELL, true, SP_ERR_IO}, {GOES_WELL, false, SP_OK}};
	bad_engine engine = {0};
	spi_queue *queue;
	sem_t done;
	sem_init(&done, 0, 0);
	REQUIRE(spi_queue_start(&bad_engine_table, &engine, &queue, NULL) == SP_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_write lone = {.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = cases[i].order}, given = lone;
		sp_error err = {0};
		given.done = count_done;
		given.arg = &done;
		engine.commit_fails = cases[i].commit_fails;
		CHECK_INT(spi_queue_write(queue, &lone, &err), cases[i].want);
		CHECK((err.text[0] == '\0') == (cases[i].want == SP_OK));
		CHECK_INT(spi_queue_submit(queue, &given), SP_OK);
		while (sem_wait(&done) != 0)
			continue;
		CHECK_INT(given.status, cases[i].want);
	}
	spi_queue_stop(queue);
	sem_destroy(&done);
}

/* An engine that lets its first write wait at a gate, and notes who came in which order and together with whom. */
typedef struct gate_engine {
	sem_t at_gate, open;
	int64_t order[8];
	int applied, committed;
} gate_engine;

static sp_status gate_begin(void *db, sp_error *err)
{
	(void)db;
	(void)err;
	return SP_OK;
}

static sp_status gate_apply(void *db, sp_write *write, sp_error *err)
{
	(void)err;
	gate_engine *engine = db;
	engine->order[engine->applied++] = write->as.token_revoke.id;
	if (engine->applied > 1)
		return SP_OK;
	sem_post(&engine->at_gate);
	while (sem_wait(&engine->open) != 0)
		continue;
	return SP_OK;
}

static sp_status gate_commit(void *db, sp_error *err)
{
	(void)err;
	((gate_engine *)db)->committed++;
	return SP_OK;
}

static const spi_engine gate_engine_table = {.name = "gate", .after = bad_after, .begin = gate_begin, .apply = gate_apply,
	.in_batch = narrow_in_batch, .commit = gate_commit};

static void *write_first(void *arg)
{
	sp_write write = {.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = 1};
	CHECK_INT(spi_queue_write(arg, &write, NULL), SP_OK);
	return NULL;
}

static void *stop_queue(void *arg)
{
	spi_queue_stop(arg);
	return NULL;
}

TEST(test_store_what_came_while_one_wrote_alone_goes_together_and_before_the_end)
{
	gate_engine engine = {0};
	pthread_t lone, stopper;
	sp_write writes[3];
	spi_queue *queue;
	sem_t done;
	int told;
	sem_init(&done, 0, 0);
	sem_init(&engine.at_gate, 0, 0);
	sem_init(&engine.open, 0, 0);
	REQUIRE(spi_queue_start(&gate_engine_table, &engine, &queue, NULL) == SP_OK);
	REQUIRE(pthread_create(&lone, NULL, write_first, queue) == 0);
	while (sem_wait(&engine.at_gate) != 0)
		continue;
	for (int i = 0; i < 3; i++) {
		writes[i] = (sp_write){.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = 2 + i, .done = count_done, .arg = &done};
		CHECK_INT(spi_queue_submit(queue, &writes[i]), SP_OK);
	}
	REQUIRE(pthread_create(&stopper, NULL, stop_queue, queue) == 0);
	sem_post(&engine.open);
	pthread_join(lone, NULL);
	pthread_join(stopper, NULL);
	sem_getvalue(&done, &told);
	CHECK_INT(told, 3);
	CHECK_INT(engine.applied, 4);
	for (int i = 0; i < 4; i++)
		CHECK_INT(engine.order[i], 1 + i);
	CHECK_INT(engine.committed, 2);
	sem_destroy(&done);
	sem_destroy(&engine.at_gate);
	sem_destroy(&engine.open);
}
