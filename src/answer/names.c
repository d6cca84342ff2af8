/* Names of decisions and reasons, as they stand in JSON, the ledger and the catalogue's keys. */
#include "sportello/answer.h"

#include <string.h>

static const char *const decision_names[SP_DECIDE_COUNT] = {"answer", "clarify", "ticket", "none"};

static const char *const reason_names[SP_REASON_COUNT] = {
#define NAME(name, text) [name] = text,
	SP_REASON_LIST(NAME)
#undef NAME
};

const char *sp_decision_name(sp_decision_kind kind)
{
	return (unsigned)kind < SP_DECIDE_COUNT ? decision_names[kind] : "";
}

sp_decision_kind sp_decision_of(const char *name)
{
	for (int kind = 0; kind < SP_DECIDE_COUNT; kind++)
		if (strcmp(decision_names[kind], name) == 0)
			return (sp_decision_kind)kind;
	return SP_DECIDE_COUNT;
}

const char *sp_reason_name(sp_reason reason)
{
	return (unsigned)reason < SP_REASON_COUNT ? reason_names[reason] : "";
}

const char *sp_walk_state_name(sp_walk_state state)
{
	static const char *const names[SP_WALK_STATES] = {
#define NAME(name, text) [name] = text,
		SP_WALK_STATE_LIST(NAME)
#undef NAME
	};
	return (unsigned)state < SP_WALK_STATES ? names[state] : "";
}

const char *sp_choice_kind_name(sp_choice_kind kind)
{
	static const char *const names[SP_CHOICE_KINDS] = {
#define NAME(name, text) [name] = text,
		SP_CHOICE_KIND_LIST(NAME)
#undef NAME
	};
	return (unsigned)kind < SP_CHOICE_KINDS ? names[kind] : "";
}

const char *sp_window_state_name(sp_window_state state)
{
	static const char *const names[SP_WINDOW_STATES] = {
#define NAME(name, text) [name] = text,
		SP_WINDOW_LIST(NAME)
#undef NAME
	};
	return (unsigned)state < SP_WINDOW_STATES ? names[state] : "";
}
