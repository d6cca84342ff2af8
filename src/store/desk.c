/* The desk's reads, through a reader. */
#include "sportello/desk.h"

#include "store/reader.h"

sp_status sp_store_open_by_group(sp_store_reader *reader, sp_arena *arena, sp_group_count **ret, size_t *ret_count, sp_error *err)
{
	return reader->engine->open_by_group(reader->db, arena, ret, ret_count, err);
}

sp_status sp_store_queue(sp_store_reader *reader, const sp_queue_filter *filter, sp_arena *arena, sp_queue_item **ret, size_t *ret_count,
	sp_error *err)
{
	static const sp_queue_filter none = {0};
	return reader->engine->queue(reader->db, filter ? filter : &none, arena, ret, ret_count, err);
}

sp_status sp_store_ticket_events(sp_store_reader *reader, int64_t number, sp_arena *arena, sp_ticket_event **ret, size_t *ret_count,
	sp_error *err)
{
	return reader->engine->ticket_events(reader->db, number, arena, ret, ret_count, err);
}

sp_status sp_store_desk_turns(sp_store_reader *reader, const char *conversation, sp_arena *arena, sp_desk_turn **ret, size_t *ret_count,
	sp_error *err)
{
	return reader->engine->desk_turns(reader->db, conversation, arena, ret, ret_count, err);
}

sp_status sp_store_flags(sp_store_reader *reader, const sp_flag_filter *filter, sp_arena *arena, sp_flag **ret, size_t *ret_count,
	uint64_t *ret_open, sp_error *err)
{
	return reader->engine->flags(reader->db, filter, arena, ret, ret_count, ret_open, err);
}
