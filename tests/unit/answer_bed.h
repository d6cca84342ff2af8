/* For tests of the responder: a small knowledge base that is published once, and decisions on it. */
#ifndef ANSWER_BED_H
#define ANSWER_BED_H

#include "harness.h"

#include "answer/decide.h"
#include "sportello/publish.h"

#define TODAY 20261123

/* Everything that a decision needs, opened once for all tests of a program. */
typedef struct opened {
	sp_publisher *publisher;
	sp_reader *reader;
	sp_index *index;
	sp_responder *responder;
	sp_kb_config config;
	sp_arena *arena;
} opened;

/* NULL when it cannot be opened, which was told. */
opened *answer_bed(void);

sp_status decide_on(const char *text, size_t len, sp_date day, const sp_dialogue *dialogue, sp_decision *ret, sp_error *err);
/* Today, after a turn (NULL: none). */
sp_decision after(const sp_turn *turn, bool ticket_open, const char *text);
sp_decision decide(const char *text);
/* The id of what is best; "" for none. */
const char *first_of(const sp_decision *decision);

void check_decision(int line, const char *text, const sp_decision *got, sp_decision_kind kind, sp_reason reason);
#define DECIDES(text, kind, reason)                                                                                    \
	do {                                                                                                               \
		sp_decision decision_ = decide(text);                                                                          \
		check_decision(__LINE__, text, &decision_, kind, reason);                                                      \
	} while (0)

#endif
