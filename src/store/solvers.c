/* Which articles solved tickets: those that an agent linked to one that is solved. What a ticket was opened with is what did not help. */
#include "store/reader.h"
#include "store/sqlite.h"

#define GROW 64

static bool take(sqlite3_stmt *statement, sp_arena *arena, sp_solving *ret)
{
	bool failed = false;
	*ret = (sp_solving){
		.article = spi_sqlite_text(statement, 0, arena, &failed),
		.category = spi_sqlite_text(statement, 1, arena, &failed),
		.group = spi_sqlite_text(statement, 2, arena, &failed),
		.tickets = (uint32_t)sqlite3_column_int64(statement, 3),
	};
	return !failed;
}

static bool make_room(sp_arena *arena, sp_solving **items, size_t count)
{
	if (count % GROW != 0)
		return true;
	sp_solving *more = sp_arena_calloc(arena, count + GROW, sizeof *more);
	for (size_t i = 0; more && i < count; i++)
		more[i] = (*items)[i];
	*items = more;
	return more != NULL;
}

sp_status spi_sqlite_solvings(void *db, sp_arena *arena, sp_solving **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] =
		"SELECT t.article, t.category, t.group_key, count(*) FROM tickets t "
		"WHERE t.state IN ('solved', 'closed') AND t.article IS NOT NULL AND EXISTS (SELECT 1 FROM ticket_history h "
		"WHERE h.ticket = t.number AND h.revision > 1 AND h.article = t.article) "
		"GROUP BY t.article, t.category, t.group_key ORDER BY t.article, t.category, t.group_key";
	sqlite3_stmt *statement = NULL;
	sp_solving *items = NULL;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (make_room(arena, &items, count) && take(statement, arena, &items[count])) {
			count++;
		} else {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	*ret = items;
	*ret_count = count;
	return status;
}

sp_status sp_store_solvings(sp_store_reader *reader, sp_arena *arena, sp_solving **ret, size_t *ret_count, sp_error *err)
{
	return reader->engine->solvings(reader->db, arena, ret, ret_count, err);
}
