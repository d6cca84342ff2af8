/**
 * @file engine.h
 * What a store needs of a database: one table of functions. SQLite is the one there is (sqlite.c); another one adds a
 * file and a row, and nothing above changes.
 *
 * A connection is used by one thread at a time. There is one writing connection a store, which the writer thread owns
 * but while somebody writes in its stead (queue.c), and one reading connection a reader.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "sportello/audit.h"
#include "sportello/desk.h"
#include "sportello/ledger.h"
#include "sportello/happened.h"
#include "sportello/health.h"
#include "sportello/outbox.h"
#include "sportello/store.h"

typedef enum spi_open_mode {
	SPI_OPEN_WRITER, /**< makes and migrates; keeps others from writing */
	SPI_OPEN_READER, /**< changes nothing; works beside a writer */
	SPI_OPEN_BESIDE, /**< as a writer, also while another has it */
} spi_open_mode;

typedef struct spi_engine {
	const char *name;
	sp_status (*open)(const char *data_dir, spi_open_mode mode, void **ret, sp_error *err);
	void (*close)(void *db); /**< NULL is accepted */
	/** As sp_store_set_outbox(). */
	sp_status (*set_outbox)(void *db, const char *connector, sp_error *err);

	/* Writes: begin, apply some, commit (or rollback). */
	sp_status (*begin)(void *db, sp_error *err);
	/** One write. What fails leaves no trace of itself; in_batch() then says whether those before it are still
	 *  there. */
	sp_status (*apply)(void *db, sp_write *write, sp_error *err);
	bool (*in_batch)(void *db);
	/** SP_OK: on disk. Else nothing of the batch is. */
	sp_status (*commit)(void *db, sp_error *err);
	void (*rollback)(void *db);
	/** What is to be done outside of a batch once the outcome of a write is certain (its status), and before that is told. */
	void (*after)(void *db, sp_write *write);
	/** What can wait until all writes of a batch were told of. NULL = nothing. */
	void (*rest)(void *db);

	/* Reads, as the functions of the same names in store.h. */
	sp_status (*dialogue)(void *db, const char *conversation, sp_arena *arena, sp_dialogue *ret, sp_error *err);
	sp_status (*ticket)(void *db, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err);
	sp_status (*tickets)(void *db, const sp_ticket_filter *filter, sp_arena *arena, sp_ticket **ret, size_t *ret_count,
		sp_error *err);
	sp_status (*token)(void *db, const char *secret, size_t len, int64_t now_utc_s, sp_arena *arena, sp_token_info *ret,
		sp_error *err);
	sp_status (*session)(void *db, const char *id, size_t len, int64_t now_utc_s, int64_t idle_s, sp_arena *arena,
		sp_session *ret, sp_error *err);
	sp_status (*tokens)(void *db, sp_arena *arena, sp_token_info **ret, size_t *ret_count, sp_error *err);
	/* As the functions of audit.h. */
	sp_status (*audit)(void *db, const sp_audit_filter *filter, sp_arena *arena, sp_audit_entry **ret, size_t *ret_count,
		sp_error *err);
	sp_status (*audit_head)(void *db, sp_audit_head *ret, sp_error *err);
	sp_status (*audit_verify)(void *db, const sp_audit_head *noted, sp_audit_check *ret, sp_error *err);
	/** As sp_store_count(). */
	sp_status (*count)(void *db, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err);
	/** As sp_store_walk(). */
	sp_status (*walk)(void *db, const char *code, int64_t now_utc_s, sp_arena *arena, sp_walk *ret, sp_error *err);
	/** As sp_store_confirmed(). */
	sp_status (*confirmed)(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_confirmed_visit *visit, void *arg,
		sp_error *err);
	/** As sp_store_health_get(). */
	sp_status (*health)(void *db, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err);
	/** As sp_store_happened(). */
	sp_status (*happened)(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg, sp_error *err);
	/** As sp_store_solvings(). */
	sp_status (*solvings)(void *db, sp_arena *arena, sp_solving **ret, size_t *ret_count, sp_error *err);
	/** As sp_store_asked(). */
	sp_status (*asked)(void *db, const char *audience, int64_t from_utc_s, int64_t until_utc_s, uint32_t most, sp_arena *arena,
		sp_asked **ret, size_t *ret_count, sp_error *err);
	/* As the functions of outbox.h. */
	sp_status (*outbox)(void *db, const sp_outbox_filter *filter, sp_arena *arena, sp_outbox_entry **ret, size_t *ret_count,
		sp_error *err);
	sp_status (*outgoing)(void *db, int64_t id, sp_arena *arena, sp_outgoing *ret, sp_error *err);
	sp_status (*outbox_counts)(void *db, const char *connector, sp_outbox_counts *ret, sp_error *err);
	sp_status (*remote)(void *db, const char *connector, const char *remote, sp_arena *arena, sp_remote *ret, sp_error *err);
	sp_status (*cursor)(void *db, const char *connector, sp_arena *arena, const char **ret, sp_error *err);
	sp_status (*comments)(void *db, int64_t ticket, sp_arena *arena, sp_comment **ret, size_t *ret_count, sp_error *err);
	/* As the functions of keep.h. */
	sp_status (*attachments)(void *db, int64_t ticket, sp_arena *arena, sp_attachment **ret, size_t *ret_count, sp_error *err);
	sp_status (*attachment)(void *db, int64_t ticket, const char *id, sp_arena *arena, sp_attachment *ret, const char **ret_data, sp_error *err);
	sp_status (*same_person)(void *db, int64_t ticket, sp_arena *arena, bool same_category, int64_t **ret, size_t *ret_count, sp_error *err);
	sp_status (*open_before)(void *db, int64_t ticket, int64_t *ret, sp_error *err);
	/** As sp_store_conversation_tickets(). */
	sp_status (*conversation_tickets)(void *db, const char *conversation, sp_arena *arena, sp_ticket **ret, size_t *ret_count, sp_error *err);
	sp_status (*vectors_due)(void *db, int64_t keep_s, int64_t now_utc_s, bool *ret, int64_t *ret_times, sp_error *err);
	/** As sp_store_training(). */
	sp_status (*training)(void *db, const char *subject, sp_arena *arena, sp_training_pass **ret, size_t *ret_count, sp_error *err);
	/* As the functions of desk.h. */
	sp_status (*open_by_group)(void *db, sp_arena *arena, sp_group_count **ret, size_t *ret_count, sp_error *err);
	sp_status (*queue)(void *db, const sp_queue_filter *filter, sp_arena *arena, sp_queue_item **ret, size_t *ret_count, sp_error *err);
	sp_status (*ticket_events)(void *db, int64_t number, sp_arena *arena, sp_ticket_event **ret, size_t *ret_count, sp_error *err);
	sp_status (*desk_turns)(void *db, const char *conversation, sp_arena *arena, sp_desk_turn **ret, size_t *ret_count, sp_error *err);
	sp_status (*flags)(void *db, const sp_flag_filter *filter, sp_arena *arena, sp_flag **ret, size_t *ret_count, uint64_t *ret_open,
		sp_error *err);
	/* As the functions of ledger.h. */
	sp_status (*ledger_figures)(void *db, const sp_ledger_query *query, const sp_dim *by, size_t count, sp_arena *arena, sp_ledger_figures *ret,
		sp_error *err);
	sp_status (*ledger_kept)(void *db, int64_t *ret_window_s, char ret_timezone[SP_TIMEZONE_MAX], sp_error *err);
	sp_status (*ledger_verify)(void *db, sp_ledger_check *ret, sp_error *err);
} spi_engine;

extern const spi_engine spi_engine_sqlite;

#endif
