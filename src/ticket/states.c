#include "sportello/ticket.h"

#include <string.h>

static const char *const names[SP_TICKET_STATE_COUNT] = {
#define STATE_NAME(name, text) [name] = text,
	SP_TICKET_STATE_LIST(STATE_NAME)
#undef STATE_NAME
};

static const char *const priorities[SP_PRIORITIES] = {
	"",
#define PRIORITY_NAME(name, text) text,
	SP_PRIORITY_LIST(PRIORITY_NAME)
#undef PRIORITY_NAME
};

static const char *const posts[SP_POST_KINDS] = {
	"",
#define POST_NAME(name, text) text,
	SP_POST_LIST(POST_NAME)
#undef POST_NAME
};

const char *sp_priority_name(sp_priority priority)
{
	return (unsigned)priority < SP_PRIORITIES ? priorities[priority] : "";
}

/* Place of a name, 0 when it is not there. */
static int place_of(const char *const *list, int count, const char *name)
{
	for (int i = 1; name && i < count; i++)
		if (strcmp(list[i], name) == 0)
			return i;
	return 0;
}

sp_priority sp_priority_of(const char *name)
{
	return (sp_priority)place_of(priorities, SP_PRIORITIES, name);
}

const char *sp_post_kind_name(sp_post_kind kind)
{
	return (unsigned)kind < SP_POST_KINDS ? posts[kind] : "";
}

sp_post_kind sp_post_kind_of(const char *name)
{
	return (sp_post_kind)place_of(posts, SP_POST_KINDS, name);
}

#define TO(state) (1u << SP_TICKET_##state)

/* The only moves there are. A closed ticket stays closed: what comes later is a new one; until then "solved" leaves the
   citizen the time to say that it is not. */
static const unsigned moves[SP_TICKET_STATE_COUNT] = {
	[SP_TICKET_NEW] = TO(ASSIGNED) | TO(WAITING) | TO(ESCALATED) | TO(RETURNED) | TO(SOLVED) | TO(CLOSED),
	[SP_TICKET_ASSIGNED] = TO(WAITING) | TO(ESCALATED) | TO(RETURNED) | TO(SOLVED) | TO(CLOSED),
	[SP_TICKET_WAITING] = TO(ASSIGNED) | TO(ESCALATED) | TO(RETURNED) | TO(SOLVED) | TO(CLOSED),
	[SP_TICKET_ESCALATED] = TO(WAITING) | TO(RETURNED) | TO(SOLVED),
	[SP_TICKET_RETURNED] = TO(ASSIGNED) | TO(WAITING) | TO(ESCALATED) | TO(SOLVED) | TO(CLOSED),
	[SP_TICKET_SOLVED] = TO(REOPENED) | TO(CLOSED),
	[SP_TICKET_REOPENED] = TO(ASSIGNED) | TO(WAITING) | TO(ESCALATED) | TO(RETURNED) | TO(SOLVED) | TO(CLOSED),
	[SP_TICKET_CLOSED] = 0,
};

const char *sp_ticket_state_name(sp_ticket_state state)
{
	return (unsigned)state < SP_TICKET_STATE_COUNT ? names[state] : "";
}

sp_ticket_state sp_ticket_state_of(const char *name)
{
	for (int state = 0; name && state < SP_TICKET_STATE_COUNT; state++)
		if (strcmp(names[state], name) == 0)
			return (sp_ticket_state)state;
	return SP_TICKET_STATE_COUNT;
}

bool sp_ticket_may_move(sp_ticket_state from, sp_ticket_state to)
{
	if ((unsigned)from >= SP_TICKET_STATE_COUNT || (unsigned)to >= SP_TICKET_STATE_COUNT)
		return false;
	return moves[from] >> to & 1;
}

bool sp_ticket_may_move_at(int level, sp_ticket_state from, sp_ticket_state to)
{
	return sp_ticket_may_move(from, to) && (to != SP_TICKET_RETURNED || level > SP_LEVEL_1);
}

sp_ticket_state sp_ticket_step_towards(sp_ticket_state from, sp_ticket_state to)
{
	if ((unsigned)from >= SP_TICKET_STATE_COUNT || (unsigned)to >= SP_TICKET_STATE_COUNT || from == to)
		return SP_TICKET_STATE_COUNT;
	/* Backwards from the end: the states that reach it in 0, 1, 2… moves. */
	for (unsigned reach = 1u << to, before = 0; reach != before;) {
		unsigned more = reach;
		/* Of two ways as short: by solved to closed, by returned to assigned, not by waiting for somebody who need do nothing. */
		for (int state = SP_TICKET_STATE_COUNT - 1; state >= 0; state--) {
			if (sp_ticket_may_move(from, (sp_ticket_state)state) && (reach >> state & 1))
				return (sp_ticket_state)state;
			if (moves[state] & reach)
				more |= 1u << state;
		}
		before = reach;
		reach = more;
	}
	return SP_TICKET_STATE_COUNT;
}
