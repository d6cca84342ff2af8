/* Contacts into the store of this process. Some thousands of them are one chunk, committed together: so the store always holds the first so many
   contacts, each of them whole, and a replay that was cut off knows from their number alone where to go on. Chunks wait in line while
   the next ones are made; their number bounds the memory. */
#include "cmd/replay.h"

#include "base/file.h"
#include "sportello/ledger.h"
#include "sportello/ticket.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CHUNKS 4
#define CHUNK_WRITES 16384 /* the larger, the more of what is written lies beside each other */
#define FIRST_CHUNK_WRITES 512   /* each is twice the one before: what is played first is soon on disk */
#define CONTACT_WRITES 40        /* more than one contact can have */
#define FIRST_TICKET 1001        /* of a fresh store (schema 1) */
#define VALUES_MOST 12

typedef struct chunk {
	sp_arena *arena;
	sp_write *writes; size_t count;
	bool busy;
	spi_recorder *recorder;
} chunk;

struct spi_recorder {
	sp_store *store;
	const sp_kb_config *config;
	uint64_t done;
	int64_t next_ticket;
	char conversation[SP_CONVERSATION_ID_LEN + 1];
	chunk chunks[CHUNKS], *now;
	size_t limit; /* writes of the chunk that is being filled */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	sp_status status; /* of the first write that failed */
	sp_error error;
};

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- opening ---- */

static sp_status check_folder(const char *data, const spi_replay_mark *mark, bool resume, sp_arena *arena, sp_error *err)
{
	const char *path = sp_arena_printf(arena, "%s/" SPI_REPLAY_FILE, data), *store = sp_arena_printf(arena, "%s/store.sqlite", data), *before;
	const char *now = sp_arena_printf(arena, "%s\n%s\n", mark->identity, mark->kb);
	size_t len, first = strlen(mark->identity);
	if (!path || !store || !now)
		return no_memory(err);
	if (!spi_exists(path)) {
		if (spi_exists(store))
			return sp_error_set(err, SP_ERR_CONFLICT, data, 0, "%s", spi_say("replay.not-fresh"));
		return spi_file_write(path, now, strlen(now), err);
	}
	if (!resume)
		return sp_error_set(err, SP_ERR_CONFLICT, data, 0, "%s", spi_say("replay.is-there"));
	sp_status status = spi_file_read(path, 4096, arena, &before, &len, err);
	if (status != SP_OK || strcmp(before, now) == 0)
		return status;
	bool same = len > first && strncmp(before, now, first + 1) == 0;
	return sp_error_set(err, SP_ERR_CONFLICT, data, 0, "%s", spi_say(same ? "replay.kb-changed" : "replay.is-other"));
}

static sp_status count_all(spi_recorder *r, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err)
{
	sp_store_reader *reader = NULL;
	sp_status status = sp_store_reader_open(r->store, &reader, err);
	if (status == SP_OK)
		status = sp_store_count(reader, ret_conversations, ret_tickets, err);
	sp_store_reader_close(reader);
	return status;
}

static sp_status open_store(spi_recorder *r, const char *data, sp_error *err)
{
	sp_status status = spi_open_store(data, SP_STORE_SERVE, &r->store, err);
	if (status == SP_OK)
		status = sp_ledger_keep(r->store, r->config->resolved_window_s, r->config->timezone, err);
	if (status == SP_OK)
		status = count_all(r, &r->done, &(uint64_t){0}, err);
	return status;
}

static bool make_chunks(spi_recorder *r)
{
	for (size_t i = 0; i < CHUNKS; i++) {
		r->chunks[i] = (chunk){.arena = sp_arena_new(1 << 20), .recorder = r, .writes = calloc(CHUNK_WRITES, sizeof(sp_write))};
		if (!r->chunks[i].arena || !r->chunks[i].writes)
			return false;
	}
	return true;
}

sp_status spi_recorder_open(const char *data, const sp_kb_config *config, const spi_replay_mark *mark, bool resume, spi_recorder **ret, sp_error *err)
{
	sp_arena *arena = sp_arena_new(0);
	spi_recorder *r = calloc(1, sizeof *r);
	if (!arena || !r) {
		sp_arena_free(arena);
		free(r);
		return no_memory(err);
	}
	r->config = config;
	r->next_ticket = FIRST_TICKET;
	r->limit = FIRST_CHUNK_WRITES;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->freed, NULL);
	sp_status status = make_chunks(r) ? check_folder(data, mark, resume, arena, err) : no_memory(err);
	if (status == SP_OK)
		status = open_store(r, data, err);
	sp_arena_free(arena);
	if (status == SP_OK)
		*ret = r;
	else
		spi_recorder_close(r);
	return status;
}

void spi_recorder_close(spi_recorder *r)
{
	if (!r)
		return;
	sp_store_close(r->store);
	for (size_t i = 0; i < CHUNKS; i++) {
		sp_arena_free(r->chunks[i].arena);
		free(r->chunks[i].writes);
	}
	pthread_cond_destroy(&r->freed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

uint64_t spi_recorder_done(const spi_recorder *r)
{
	return r->done;
}

/* ---- chunks ---- */

/* On the writer's thread, after the last write of a chunk; all before it are settled then. */
static void chunk_done(sp_write *write, void *arg)
{
	chunk *c = arg;
	spi_recorder *r = c->recorder;
	(void)write;
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < c->count && r->status == SP_OK; i++)
		if (c->writes[i].status != SP_OK) {
			r->status = c->writes[i].status;
			r->error = c->writes[i].error;
		}
	c->busy = false;
	pthread_cond_signal(&r->freed);
	pthread_mutex_unlock(&r->lock);
}

static sp_status failed(spi_recorder *r, sp_error *err)
{
	sp_error_copy(err, &r->error);
	return r->status;
}

static sp_status hand_over(spi_recorder *r, sp_error *err)
{
	chunk *c = r->now;
	r->now = NULL;
	if (!c || c->count == 0)
		return SP_OK;
	c->writes[c->count - 1].done = chunk_done;
	c->writes[c->count - 1].arg = c;
	pthread_mutex_lock(&r->lock);
	c->busy = true;
	pthread_mutex_unlock(&r->lock);
	sp_status status = sp_store_submit_all(r->store, c->writes, c->count);
	return status == SP_OK ? SP_OK : sp_error_set(err, status, NULL, 0, "the store takes no more");
}

static sp_status next_chunk(spi_recorder *r, sp_error *err)
{
	pthread_mutex_lock(&r->lock);
	while (!r->now && r->status == SP_OK) {
		for (size_t i = 0; i < CHUNKS && !r->now; i++)
			if (!r->chunks[i].busy)
				r->now = &r->chunks[i];
		if (!r->now)
			pthread_cond_wait(&r->freed, &r->lock);
	}
	sp_status status = r->status == SP_OK ? SP_OK : failed(r, err);
	pthread_mutex_unlock(&r->lock);
	if (status == SP_OK && r->now->count > 0) { /* of its last use */
		memset(r->now->writes, 0, r->now->count * sizeof *r->now->writes);
		r->now->count = 0;
		sp_arena_reset(r->now->arena);
	}
	return status;
}

static sp_write *add(spi_recorder *r, sp_write_kind kind, sp_error *err)
{
	if (!r->now && next_chunk(r, err) != SP_OK)
		return NULL;
	if (r->now->count == CHUNK_WRITES) {
		sp_error_set(err, SP_ERR_TOO_LARGE, NULL, 0, "a contact has too many acts");
		return NULL;
	}
	sp_write *write = &r->now->writes[r->now->count++];
	write->kind = kind;
	return write;
}

/* ---- acts ---- */

void spi_recorder_begin(spi_recorder *r, const spi_contact *contact)
{
	spi_replay_conversation(contact->number, r->conversation);
}

static const char *id(spi_recorder *r, sp_error *err)
{
	const char *kept = sp_arena_strdup(r->now->arena, r->conversation);
	if (!kept)
		no_memory(err);
	return kept;
}

/* The same on every channel, whenever they come. */
static const char *person_of(const spi_contact *contact, sp_arena *arena)
{
	return sp_arena_printf(arena, "email:" SPI_REPLAY_ADDRESS, (unsigned long long)contact->person);
}

sp_status spi_recorder_turn(spi_recorder *r, const spi_contact *contact, const spi_reply_node *node, sp_error *err)
{
	sp_write *write = add(r, SP_WRITE_TURN, err);
	const char *conversation = write ? id(r, err) : NULL;
	if (!conversation)
		return err->status;
	write->as.turn = (sp_write_turn){.conversation = conversation, .channel = contact->cell->channel, .audience = "citizen", .turn = node->turn,
		.confidence = node->confidence, .article_version = node->version};
	write->as.turn.turn.at_utc_s = contact->at_utc_s;
	if (node->before)
		return SP_OK;
	write->as.turn.person = person_of(contact, r->now->arena);
	return write->as.turn.person ? SP_OK : no_memory(err);
}

sp_status spi_recorder_feedback(spi_recorder *r, const spi_contact *contact, sp_error *err)
{
	sp_write *write = add(r, SP_WRITE_FEEDBACK, err);
	const char *conversation = write ? id(r, err) : NULL;
	if (!conversation)
		return err->status;
	write->as.feedback = (sp_write_feedback){.conversation = conversation, .solved = contact->act == SPI_ACT_SOLVED, .at_utc_s = contact->at_utc_s};
	return SP_OK;
}

/* ---- tickets ---- */

static sp_status fill_values(spi_recorder *r, const spi_contact *contact, int category, sp_write_ticket *ticket, sp_error *err)
{
	sp_arena *arena = r->now->arena;
	sp_ticket_value *values = sp_arena_calloc(arena, VALUES_MOST, sizeof *values);
	sp_person *person = sp_arena_calloc(arena, 1, sizeof *person);
	if (!values || !person)
		return no_memory(err);
	const sp_category *c = category >= 0 ? &r->config->categories[category] : NULL;
	for (size_t i = 0; c && i < c->fields_count && ticket->ticket.values_count < VALUES_MOST; i++) {
		const sp_field *field = &r->config->fields[c->fields[i]];
		const char *value = spi_replay_value(field, contact, arena);
		if (value)
			values[ticket->ticket.values_count++] = (sp_ticket_value){field->key, value};
		if (value && strcmp(field->key, "email") == 0) {
			*person = (sp_person){field->key, person_of(contact, arena)};
			ticket->persons = person;
			ticket->persons_count = person->person != NULL;
		}
	}
	ticket->ticket.values = values;
	return SP_OK;
}

static sp_status handle(spi_recorder *r, spi_contact *contact, int64_t number, sp_error *err)
{
	spi_desk_step steps[SPI_DESK_STEPS];
	int category = contact->category ? sp_kb_category(r->config, contact->category) : -1;
	int service = category >= 0 ? r->config->categories[category].service : -1;
	size_t count = spi_desk_steps(contact, contact->at_utc_s, steps);
	for (size_t i = 0; i < count; i++) {
		sp_write *write = add(r, SP_WRITE_TICKET_CHANGE, err);
		if (!write)
			return err->status;
		write->as.ticket_change = (sp_write_ticket_change){.number = number, .state = steps[i].state, .actor = "replay", .at_utc_s = steps[i].at_utc_s};
		if (steps[i].level2) {
			write->as.ticket_change.group = spi_replay_group(r->config, SP_LEVEL_2, service);
			write->as.ticket_change.level = SP_LEVEL_2;
		}
		if (steps[i].back) {
			write->as.ticket_change.post_kind = SP_POST_RETURN;
			write->as.ticket_change.post = "-";
		}
	}
	return SP_OK;
}

sp_status spi_recorder_ticket(spi_recorder *r, spi_contact *contact, const spi_reply_node *node, sp_error *err)
{
	sp_write *write = add(r, SP_WRITE_TICKET, err);
	const char *conversation = write ? id(r, err) : NULL;
	if (!conversation)
		return err->status;
	const char *key = contact->category;
	int category = key ? sp_kb_category(r->config, key) : -1, group = sp_ticket_group(r->config, category, NULL);
	int service = category >= 0 ? r->config->categories[category].service : -1;
	sp_write_ticket *ticket = &write->as.ticket;
	ticket->caller = "citizen";
	ticket->ticket = (sp_ticket){.state = SP_TICKET_NEW, .conversation = conversation, .category = key,
		.group = group >= 0 && r->config->groups[group].level == SP_LEVEL_1 ? r->config->groups[group].key : spi_replay_group(r->config, SP_LEVEL_1, service),
		.level = SP_LEVEL_1, .channel = contact->cell->channel, .audience = "citizen", .message = node->turn.question,
		.lang = node->turn.lang, .created_utc_s = contact->at_utc_s};
	sp_status status = fill_values(r, contact, category, ticket, err);
	return status == SP_OK ? handle(r, contact, r->next_ticket++, err) : status;
}

void spi_recorder_pass_ticket(spi_recorder *r)
{
	r->next_ticket++;
}

sp_status spi_recorder_end(spi_recorder *r, sp_error *err)
{
	if (!r->now || r->now->count + CONTACT_WRITES <= r->limit)
		return SP_OK;
	r->limit = 2 * r->limit < CHUNK_WRITES ? 2 * r->limit : CHUNK_WRITES;
	return hand_over(r, err);
}

sp_status spi_recorder_finish(spi_recorder *r, uint64_t *ret_count, sp_error *err)
{
	sp_status status = hand_over(r, err);
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < CHUNKS; i++)
		while (r->chunks[i].busy)
			pthread_cond_wait(&r->freed, &r->lock);
	if (status == SP_OK && r->status != SP_OK)
		status = failed(r, err);
	pthread_mutex_unlock(&r->lock);
	return status == SP_OK ? count_all(r, ret_count, &(uint64_t){0}, err) : status;
}
