#include "store/ledger_memory.h"
#include "store/ledger_shelf.h"

#include <stdlib.h>
#include <string.h>

/* Events; so much is followed in memory and no more. */
#define BEHIND_MAX 100000

struct spi_ledger_memory {
	spi_shelf contacts, tickets;
	spi_cells *cells; /* differences, modulo 2^64 */
	spi_ledger_state state;
	bool has_state, is_touched;
	int64_t number;   /* of the last event; -1 = not known */
	size_t pending;   /* events that are followed here and not in the store */
	bool is_known;    /* all of it stands for the store as it was at this version */
	unsigned version;
};

/* ---- all of it ---- */

spi_ledger_memory *spi_ledger_memory_of(spi_sqlite *db)
{
	if (db->ledger)
		return db->ledger;
	spi_ledger_memory *m = calloc(1, sizeof *m);
	if (!m)
		return NULL;
	m->number = -1;
	m->cells = spi_cells_new();
	if (!m->cells) {
		free(m);
		return NULL;
	}
	db->ledger = m;
	return m;
}

void spi_ledger_memory_free(spi_ledger_memory *m)
{
	if (!m)
		return;
	free(m->contacts.items);
	free(m->contacts.places);
	free(m->tickets.items);
	free(m->tickets.places);
	spi_cells_free(m->cells);
	free(m);
}

void spi_ledger_memory_drop(spi_sqlite *db)
{
	spi_ledger_memory *m = db->ledger;
	if (!m)
		return;
	spi_shelf_empty(&m->contacts);
	spi_shelf_empty(&m->tickets);
	spi_cells_empty(m->cells);
	m->has_state = m->is_touched = m->is_known = false;
	m->number = -1;
	m->pending = 0;
}

/* ---- batches ---- */

/* Another one than before: somebody changed the store. */
static unsigned store_version(spi_sqlite *db)
{
	unsigned version = 0;
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	return version;
}

/* More than any batch leaves behind: the log was filled by other means. */
static sp_status is_far_behind(spi_sqlite *db, bool *ret, sp_error *err)
{
	const spi_ledger_state *state;
	int64_t next = 0;
	sp_status status = spi_ledger_known_state(db, &state, err);
	if (status == SP_OK)
		status = spi_ledger_next_number(db, &next, err);
	*ret = status == SP_OK && next - state->through > BEHIND_MAX;
	return status;
}

static sp_status catch_up(spi_sqlite *db, sp_error *err)
{
	static const char sql[] = "SELECT " SPI_LEDGER_EVENT_COLUMNS " FROM ledger WHERE number > ?1 ORDER BY number";
	const spi_ledger_state *state;
	sqlite3_stmt *s;
	bool row = true;
	sp_ledger_event e;
	sp_status status = spi_ledger_known_state(db, &state, err);
	if (status == SP_OK)
		status = spi_sqlite_query(db, sql, &s, err, "i", state->through);
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		spi_ledger_event_row(s, &e);
		status = spi_ledger_follow(db, &e, err);
		if (status != SP_OK)
			sqlite3_reset(s);
		else
			spi_ledger_number_used(db, e.number);
	}
	return status;
}

sp_status spi_ledger_batch_begins(spi_sqlite *db, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	if (!m)
		return spi_out_of_memory(err);
	if (m->is_known && m->version == store_version(db))
		return SP_OK;
	spi_ledger_memory_drop(db);
	bool is_far = false;
	sp_status status = is_far_behind(db, &is_far, err);
	if (status != SP_OK)
		return status;
	if (is_far) {
		status = spi_ledger_rebuild(db, m->state.window_s, m->state.timezone, err);
		spi_ledger_memory_drop(db);
		return status;
	}
	status = catch_up(db, err);
	m->is_known = status == SP_OK;
	return status;
}

void spi_ledger_batch_is_done(spi_sqlite *db)
{
	spi_ledger_memory *m = db->ledger;
	if (!m)
		return;
	m->version = store_version(db);
	if (m->pending > 0)
		return;
	spi_shelf_empty(&m->contacts);
	spi_shelf_empty(&m->tickets);
}

void spi_ledger_batch_is_undone(spi_sqlite *db)
{
	spi_ledger_memory_drop(db);
	spi_ledger_words_forget(db);
}

bool spi_ledger_is_behind(const spi_sqlite *db)
{
	return db->ledger && db->ledger->pending > 0;
}

void spi_ledger_write_begins(spi_sqlite *db)
{
	if (db->ledger)
		db->ledger->is_touched = false;
}

void spi_ledger_touch(spi_sqlite *db)
{
	if (spi_ledger_memory_of(db))
		db->ledger->is_touched = true;
}

bool spi_ledger_is_touched(const spi_sqlite *db)
{
	return db->ledger && db->ledger->is_touched;
}

sp_status spi_ledger_known_state(spi_sqlite *db, const spi_ledger_state **ret, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	if (!m) {
		spi_out_of_memory(err);
		return SP_ERR_NOMEM;
	}
	sp_status status = m->has_state ? SP_OK : spi_ledger_read_state(db, &m->state, err);
	m->has_state = status == SP_OK;
	*ret = &m->state;
	return status;
}

sp_status spi_ledger_next_number(spi_sqlite *db, int64_t *ret, sp_error *err)
{
	static const char sql[] = "SELECT coalesce(max(number), 0) FROM ledger";
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	sqlite3_stmt *s;
	bool row = false;
	if (!m)
		return spi_out_of_memory(err);
	if (m->number < 0) {
		sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "");
		if (status != SP_OK || !row)
			return status;
		m->number = sqlite3_column_int64(s, 0);
		sqlite3_reset(s);
	}
	m->is_touched = true;
	*ret = m->number + 1;
	return SP_OK;
}

void spi_ledger_number_used(spi_sqlite *db, int64_t number)
{
	db->ledger->number = number;
	db->ledger->pending++;
}

/* ---- contacts and tickets ---- */

sp_status spi_ledger_recall_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	const spi_held *item = m ? spi_shelf_find(&m->contacts, number) : NULL;
	if (!m)
		return spi_out_of_memory(err);
	if (item && item->is_none)
		return SP_ERR_NOT_FOUND;
	if (item) {
		*ret = item->now.contact;
		return SP_OK;
	}
	sp_status status = spi_ledger_get_contact(db, number, ret, err);
	spi_held *fresh = status == SP_OK || status == SP_ERR_NOT_FOUND ? spi_shelf_add(&m->contacts, number) : NULL;
	if (!fresh)
		return status == SP_OK || status == SP_ERR_NOT_FOUND ? spi_out_of_memory(err) : status;
	fresh->is_none = status == SP_ERR_NOT_FOUND;
	if (fresh->is_none)
		return status;
	fresh->was_there = true;
	fresh->before.contact = fresh->now.contact = *ret;
	return SP_OK;
}

sp_status spi_ledger_recall_ticket(spi_sqlite *db, int64_t number, spi_ledger_ticket *ret, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	const spi_held *item = m ? spi_shelf_find(&m->tickets, number) : NULL;
	if (!m)
		return spi_out_of_memory(err);
	if (item) {
		*ret = item->now.ticket;
		return SP_OK;
	}
	sp_status status = spi_ledger_get_ticket(db, number, ret, err);
	spi_held *fresh = status == SP_OK ? spi_shelf_add(&m->tickets, number) : NULL;
	if (status != SP_OK || !fresh)
		return status != SP_OK ? status : spi_out_of_memory(err);
	fresh->was_there = true;
	fresh->before.ticket = fresh->now.ticket = *ret;
	return SP_OK;
}

static spi_held *find_or_add(spi_shelf *s, int64_t number)
{
	spi_held *item = spi_shelf_find(s, number);
	return item ? item : spi_shelf_add(s, number);
}

sp_status spi_ledger_keep_contact(spi_sqlite *db, const sp_contact *contact, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	spi_held *item = m ? find_or_add(&m->contacts, contact->contact) : NULL;
	if (!item)
		return spi_out_of_memory(err);
	item->now.contact = *contact;
	item->is_none = false;
	item->is_changed = m->is_touched = true;
	return SP_OK;
}

sp_status spi_ledger_keep_ticket(spi_sqlite *db, const spi_ledger_ticket *ticket, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	spi_held *item = m ? find_or_add(&m->tickets, ticket->ticket) : NULL;
	if (!item)
		return spi_out_of_memory(err);
	item->now.ticket = *ticket;
	item->is_changed = m->is_touched = true;
	return SP_OK;
}

/* ---- roll-ups ---- */

sp_status spi_ledger_recount(spi_sqlite *db, const spi_counted *old, size_t old_count, const spi_counted *now, size_t now_count, sp_error *err)
{
	spi_ledger_memory *m = spi_ledger_memory_of(db);
	bool good = m != NULL;
	for (size_t i = 0; good && i < now_count; i++)
		good = spi_cells_change(m->cells, &now[i].key, &now[i].m, 1);
	for (size_t i = 0; good && i < old_count; i++)
		good = spi_cells_change(m->cells, &old[i].key, &old[i].m, -1);
	if (m)
		m->is_touched = true;
	return good ? SP_OK : spi_out_of_memory(err);
}

typedef size_t count_value(const spi_ledger_state *state, const union spi_held_value *value, spi_counted ret[SPI_KEYS_MAX]);
typedef sp_status put_value(spi_sqlite *db, const spi_held *item, sp_error *err);

static size_t count_contact(const spi_ledger_state *state, const union spi_held_value *value, spi_counted ret[SPI_KEYS_MAX])
{
	return spi_count_contact(&value->contact, state->window_s, state->timezone, ret);
}

static size_t count_ticket(const spi_ledger_state *state, const union spi_held_value *value, spi_counted ret[SPI_KEYS_MAX])
{
	return spi_count_ticket(&value->ticket, state->timezone, ret);
}

static sp_status put_contact(spi_sqlite *db, const spi_held *item, sp_error *err)
{
	return spi_ledger_put_contact(db, &item->now.contact, !item->was_there, err);
}

static sp_status put_ticket(spi_sqlite *db, const spi_held *item, sp_error *err)
{
	return spi_ledger_put_ticket(db, &item->now.ticket, err);
}

static sp_status count_held(spi_sqlite *db, spi_held *item, count_value *count, sp_error *err)
{
	spi_counted old[SPI_KEYS_MAX], now[SPI_KEYS_MAX];
	const spi_ledger_state *state;
	sp_status status = spi_ledger_known_state(db, &state, err);
	if (status != SP_OK)
		return status;
	size_t old_count = item->was_there ? count(state, &item->before, old) : 0;
	size_t now_count = count(state, &item->now, now);
	return spi_ledger_recount(db, old, old_count, now, now_count, err);
}

static sp_status write_held(spi_sqlite *db, spi_held *item, count_value *count, put_value *put, sp_error *err)
{
	if (!item->is_changed)
		return SP_OK;
	sp_status status = count_held(db, item, count, err);
	if (status == SP_OK && put)
		status = put(db, item, err);
	item->before = item->now;
	item->was_there = true;
	item->is_changed = !put;
	return status;
}

static sp_status each_held(spi_sqlite *db, bool writes, sp_error *err)
{
	spi_ledger_memory *m = db->ledger;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < m->contacts.count; i++)
		status = write_held(db, &m->contacts.items[i], count_contact, writes ? put_contact : NULL, err);
	for (size_t i = 0; status == SP_OK && i < m->tickets.count; i++)
		status = write_held(db, &m->tickets.items[i], count_ticket, writes ? put_ticket : NULL, err);
	return status;
}

sp_status spi_ledger_write_all(spi_sqlite *db, sp_error *err)
{
	static const char sql[] = "UPDATE ledger_state SET through = ?1";
	spi_ledger_memory *m = db->ledger;
	if (!m || m->pending == 0)
		return SP_OK;
	m->is_touched = true; /* of other writes, too */
	sp_status status = each_held(db, true, err);
	if (status == SP_OK)
		status = spi_ledger_write_cells(db, m->cells, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "i", m->number);
	spi_cells_empty(m->cells);
	m->state.through = m->number;
	m->pending = 0;
	return status;
}

sp_status spi_ledger_write_due(spi_sqlite *db, sp_error *err)
{
	const spi_ledger_memory *m = db->ledger;
	bool is_due = m && (m->pending >= SPI_PENDING_MAX || m->contacts.count + m->tickets.count >= SPI_HELD_MAX);
	return is_due ? spi_ledger_write_all(db, err) : SP_OK;
}

/* ---- for who reads ---- */

sp_status spi_ledger_look_ahead(spi_sqlite *db, bool *ret_far, sp_error *err)
{
	if (!spi_ledger_memory_of(db))
		return spi_out_of_memory(err);
	spi_ledger_memory_drop(db);
	sp_status status = is_far_behind(db, ret_far, err);
	if (status != SP_OK || *ret_far)
		return status;
	status = catch_up(db, err);
	return status == SP_OK ? each_held(db, false, err) : status;
}

const spi_cells *spi_ledger_cells_ahead(const spi_sqlite *db)
{
	return db->ledger->cells;
}

const sp_contact *spi_ledger_contact_ahead(const spi_sqlite *db, size_t n)
{
	const spi_shelf *contacts = &db->ledger->contacts;
	return n < contacts->count ? &contacts->items[n].now.contact : NULL;
}

bool spi_ledger_is_ahead(const spi_sqlite *db, int64_t contact)
{
	return spi_shelf_find(&db->ledger->contacts, contact) != NULL;
}

sp_status spi_ledger_see_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err)
{
	const spi_held *item = spi_shelf_find(&db->ledger->contacts, number);
	if (!item)
		return spi_ledger_get_contact(db, number, ret, err);
	*ret = item->now.contact;
	return item->is_none ? SP_ERR_NOT_FOUND : SP_OK;
}
