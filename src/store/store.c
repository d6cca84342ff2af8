#include "sportello/store.h"

#include "sportello/outbox.h"

#include "base/file.h"
#include "store/engine.h"
#include "store/queue.h"
#include "store/reader.h"

#include <stdlib.h>
#include <string.h>

struct sp_store {
	const spi_engine *engine;
	char *data_dir;
	void *db;         /* writing connection; NULL when opened to be read only */
	spi_queue *queue; /* NULL likewise */
};

static sp_status start_writing(sp_store *store, sp_store_mode mode, sp_error *err)
{
	spi_open_mode how = mode == SP_STORE_BESIDE ? SPI_OPEN_BESIDE : SPI_OPEN_WRITER;
	sp_status status = store->engine->open(store->data_dir, how, &store->db, err);
	if (status != SP_OK)
		return status;
	return spi_queue_start(store->engine, store->db, &store->queue, err);
}

/* Whether there is something that can be read. */
static sp_status try_reading(sp_store *store, sp_error *err)
{
	void *db = NULL;
	sp_status status = store->engine->open(store->data_dir, SPI_OPEN_READER, &db, err);
	store->engine->close(db);
	return status;
}

sp_status sp_store_open(const char *data_dir, sp_store_mode mode, sp_store **ret, sp_error *err)
{
	sp_store *store = calloc(1, sizeof *store);
	if (store)
		store->data_dir = strdup(data_dir);
	if (!store || !store->data_dir) {
		free(store);
		return sp_error_set(err, SP_ERR_NOMEM, data_dir, 0, "out of memory");
	}
	store->engine = &spi_engine_sqlite;
	sp_status status = mode == SP_STORE_READ ? try_reading(store, err) : spi_mkdirs_closed(data_dir, err);
	if (status == SP_OK && mode != SP_STORE_READ)
		status = start_writing(store, mode, err);
	if (status != SP_OK) {
		sp_store_close(store);
		return status;
	}
	*ret = store;
	return SP_OK;
}

void sp_store_close(sp_store *store)
{
	if (!store)
		return;
	spi_queue_stop(store->queue);
	store->engine->close(store->db);
	free(store->data_dir);
	free(store);
}

sp_status sp_store_submit(sp_store *store, sp_write *write)
{
	return store->queue ? spi_queue_submit(store->queue, write) : SP_ERR_DENIED;
}

sp_status sp_store_submit_all(sp_store *store, sp_write *writes, size_t count)
{
	return store->queue ? spi_queue_submit_all(store->queue, writes, count) : SP_ERR_DENIED;
}

sp_status sp_store_write(sp_store *store, sp_write *write, sp_error *err)
{
	if (!store->queue)
		return sp_error_set(err, SP_ERR_DENIED, store->data_dir, 0, "the store was opened to be read only");
	return spi_queue_write(store->queue, write, err);
}

sp_status sp_store_reader_open(sp_store *store, sp_store_reader **ret, sp_error *err)
{
	sp_store_reader *reader = calloc(1, sizeof *reader);
	if (!reader)
		return sp_error_set(err, SP_ERR_NOMEM, store->data_dir, 0, "out of memory");
	reader->engine = store->engine;
	sp_status status = store->engine->open(store->data_dir, SPI_OPEN_READER, &reader->db, err);
	if (status != SP_OK) {
		free(reader);
		return status;
	}
	*ret = reader;
	return SP_OK;
}

void sp_store_reader_close(sp_store_reader *reader)
{
	if (!reader)
		return;
	reader->engine->close(reader->db);
	free(reader);
}

sp_status sp_store_dialogue(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_dialogue *ret,
	sp_error *err)
{
	return reader->engine->dialogue(reader->db, conversation, arena, ret, err);
}

sp_status sp_store_count(sp_store_reader *reader, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err)
{
	return reader->engine->count(reader->db, ret_conversations, ret_tickets, err);
}

sp_status sp_store_ticket(sp_store_reader *reader, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err)
{
	return reader->engine->ticket(reader->db, number, arena, ret, err);
}

sp_status sp_store_tickets(sp_store_reader *reader, const sp_ticket_filter *filter, sp_arena *arena, sp_ticket **ret,
	size_t *ret_count, sp_error *err)
{
	return reader->engine->tickets(reader->db, filter, arena, ret, ret_count, err);
}

sp_status sp_store_conversation_tickets(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_ticket **ret, size_t *ret_count,
	sp_error *err)
{
	return reader->engine->conversation_tickets(reader->db, conversation, arena, ret, ret_count, err);
}

sp_status sp_store_token(sp_store_reader *reader, const char *secret, size_t len, int64_t now_utc_s, sp_arena *arena,
	sp_token_info *ret, sp_error *err)
{
	return reader->engine->token(reader->db, secret, len, now_utc_s, arena, ret, err);
}

sp_status sp_store_session(sp_store_reader *reader, const char *id, size_t len, int64_t now_utc_s, int64_t idle_s,
	sp_arena *arena, sp_session *ret, sp_error *err)
{
	return reader->engine->session(reader->db, id, len, now_utc_s, idle_s, arena, ret, err);
}

sp_status sp_store_tokens(sp_store_reader *reader, sp_arena *arena, sp_token_info **ret, size_t *ret_count,
	sp_error *err)
{
	return reader->engine->tokens(reader->db, arena, ret, ret_count, err);
}

/* ---- the audit log ---- */

sp_status sp_store_audit(sp_store_reader *reader, const sp_audit_filter *filter, sp_arena *arena, sp_audit_entry **ret,
	size_t *ret_count, sp_error *err)
{
	return reader->engine->audit(reader->db, filter, arena, ret, ret_count, err);
}

sp_status sp_store_audit_head(sp_store_reader *reader, sp_audit_head *ret, sp_error *err)
{
	return reader->engine->audit_head(reader->db, ret, err);
}

sp_status sp_store_audit_verify(sp_store_reader *reader, const sp_audit_head *noted, sp_audit_check *ret, sp_error *err)
{
	return reader->engine->audit_verify(reader->db, noted, ret, err);
}

/* ---- the outbox ---- */

sp_status sp_store_set_outbox(sp_store *store, const char *connector, sp_error *err)
{
	return store->engine->set_outbox(store->db, connector, err);
}

sp_status sp_store_outbox(sp_store_reader *reader, const sp_outbox_filter *filter, sp_arena *arena, sp_outbox_entry **ret,
	size_t *ret_count, sp_error *err)
{
	return reader->engine->outbox(reader->db, filter, arena, ret, ret_count, err);
}

sp_status sp_store_outgoing(sp_store_reader *reader, int64_t id, sp_arena *arena, sp_outgoing *ret, sp_error *err)
{
	return reader->engine->outgoing(reader->db, id, arena, ret, err);
}

sp_status sp_store_outbox_counts(sp_store_reader *reader, const char *connector, sp_outbox_counts *ret, sp_error *err)
{
	return reader->engine->outbox_counts(reader->db, connector, ret, err);
}

sp_status sp_store_remote(sp_store_reader *reader, const char *connector, const char *remote, sp_arena *arena, sp_remote *ret,
	sp_error *err)
{
	return reader->engine->remote(reader->db, connector, remote, arena, ret, err);
}

sp_status sp_store_cursor(sp_store_reader *reader, const char *connector, sp_arena *arena, const char **ret, sp_error *err)
{
	return reader->engine->cursor(reader->db, connector, arena, ret, err);
}

bool sp_comment_is_of_person(const sp_comment *comment)
{
	return comment->author && strcmp(comment->author, SP_COMMENT_OF_PERSON) == 0;
}

sp_status sp_store_comments(sp_store_reader *reader, int64_t ticket, sp_arena *arena, sp_comment **ret, size_t *ret_count,
	sp_error *err)
{
	return reader->engine->comments(reader->db, ticket, arena, ret, ret_count, err);
}
