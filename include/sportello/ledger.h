/**
 * @file ledger.h
 * The ledger: what happened to every contact, and the figures that are drawn from it.
 *
 * An append-only log of events in the store (the table `ledger`; no text of people), written in the transaction of what it tells. From it,
 * and from nothing else, follow: the state of each contact (sp_contact), how it ended, and roll-ups by hour and by local day that are kept
 * up to date as events arrive, so that a view over a year takes as long as one over a day. All times are those of the events; the only
 * clock is `now_utc_s` of a query, which says what is still waiting.
 *
 * How a contact ends (a conversation with at least one request; a greeting is none), exactly one of:
 *  - ticket: one was opened in it;
 *  - resolved_confirmed: the person's last word on the last answer was yes, whenever it came;
 *  - resolved_assumed: its last request was answered, nobody said no since, and within the window the person did not come back;
 *  - abandoned: all else.
 * Coming back is a request, or a ticket, of the same person about the same category in another conversation, on any channel, later than
 * the answer and less than the window after it. It takes an assumed resolution back (the contact is abandoned, and counted in `returned`);
 * a confirmed one stays, as the person said so, and is counted in `recontacted`. In the same conversation the last request decides.
 * A contact is counted when its conversation began, under the channel and audience that it began with, and the category, language and
 * article of its last request that has one. A ticket is counted when it was opened. A ticket is a request too.
 *
 * Threads: pure functions any; queries one reader a thread.
 */
#ifndef SPORTELLO_LEDGER_H
#define SPORTELLO_LEDGER_H

#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- events ---- */

/* X(enum, number in the store, name) */
#define SP_LEDGER_LIST(X) \
	X(SP_LEDGER_OPENED, 1, "opened")       /* a conversation began */ \
	X(SP_LEDGER_TURN, 2, "turn")           /* value: notices that were told */ \
	X(SP_LEDGER_FEEDBACK, 3, "feedback")   /* value: 1 = it solved it */ \
	X(SP_LEDGER_TICKET, 4, "ticket")       /* one was opened */ \
	X(SP_LEDGER_ASSIGN, 5, "assign")       /* to a group of level 1, or to somebody */ \
	X(SP_LEDGER_ESCALATE, 6, "escalate")   /* to a group of level 2 or a partner */ \
	X(SP_LEDGER_GIVE_BACK, 7, "give-back") /* to level 1; value: 1 = level 1 could have solved it */ \
	X(SP_LEDGER_SOLVE, 8, "solve") \
	X(SP_LEDGER_CLOSE, 9, "close") \
	X(SP_LEDGER_REOPEN, 10, "reopen") \
	X(SP_LEDGER_WRONG, 11, "wrong")        /* an article was told to be wrong */ \
	X(SP_LEDGER_RETURN, 12, "return")      /* the person came back; value: seconds after the contact's last answer */
typedef enum sp_ledger_kind {
#define SP_LEDGER_ENUM(name, number, text) name = number,
	SP_LEDGER_LIST(SP_LEDGER_ENUM)
#undef SP_LEDGER_ENUM
	SP_LEDGER_KINDS = 13
} sp_ledger_kind;
const char *sp_ledger_kind_name(sp_ledger_kind kind); /**< "" for none */

/** Words (keys of categories, channels… and ids of articles) are numbers of the table `ledger_words`; 0 = none. */
typedef struct sp_ledger_event {
	int64_t number, at_utc_s;
	sp_ledger_kind kind;
	int64_t contact;        /**< number of the conversation; 0 = none */
	int64_t ticket;         /**< 0 = none */
	int decision, reason;   /**< sp_decision_kind (SP_DECIDE_COUNT = none), word of the reason; turns */
	int confidence;         /**< per mille; turns */
	int took_ms;            /**< from the request until the reply was composed; turns */
	int64_t value;
	int level;              /**< of a ticket after it; 0 = none */
	int category, channel, lang, audience, article, group;
} sp_ledger_event;

/* ---- contacts ---- */

typedef enum sp_outcome { SP_OUTCOME_CONFIRMED, SP_OUTCOME_ASSUMED, SP_OUTCOME_TICKET, SP_OUTCOME_ABANDONED, SP_OUTCOMES,
	SP_OUTCOME_NOT_COUNTED = SP_OUTCOMES } sp_outcome;
const char *sp_outcome_name(sp_outcome outcome); /**< "resolved_confirmed"… */

/** One contact, as its events so far tell it: nothing else goes into the figures. */
typedef struct sp_contact {
	int64_t contact;              /**< number of the conversation */
	int64_t began_utc_s, last_utc_s; /**< first and last event of the conversation itself */
	int64_t first_request_utc_s, last_request_utc_s, first_answer_utc_s; /**< 0 = none */
	int64_t returned_s;           /**< soonest return after the last answer, seconds; 0 = none */
	int requests, requests_to_answer, first_answer_took_ms, no_count, notices;
	int category, channel, lang, audience, article; /**< words */
	int first_group;              /**< of its first ticket */
	int last_decision;            /**< of the last request */
	bool has_ticket, rerouted;    /**< rerouted: its ticket went to another group than it was opened for */
	bool has_answer, said_since_answer, said_since_request, said_solved, last_is_feedback;
	/* Sessions of half an hour, for who counts so (sp_rules_microsoft): those that are over, and what the one under way is. */
	int sessions, sessions_resolved, sessions_escalated;
	bool session_open, session_escalated, session_answered, session_no;
	int64_t session_last_utc_s;
} sp_contact;

/** Add what happened next. Events of another contact are ignored. */
void sp_contact_add(sp_contact *contact, const sp_ledger_event *event);
/** How it ends; the window in seconds. SP_OUTCOME_NOT_COUNTED when there was no request. */
sp_outcome sp_contact_outcome(const sp_contact *contact, int64_t window_s);
/** Whether it is assumed resolved and the window is not over at that moment. */
bool sp_contact_pending(const sp_contact *contact, int64_t window_s, int64_t now_utc_s);

/* ---- the published rules of others ---- */

/* X(enum, name) */
#define SP_RULES_LIST(X) X(SP_RULES_SPORTELLO, "sportello") X(SP_RULES_INTERCOM, "intercom") X(SP_RULES_ZENDESK, "zendesk") \
	X(SP_RULES_SERVICENOW, "servicenow") X(SP_RULES_MICROSOFT, "microsoft")
typedef enum sp_ruleset {
#define SP_RULES_ENUM(name, text) name,
	SP_RULES_LIST(SP_RULES_ENUM)
#undef SP_RULES_ENUM
	SP_RULES_COUNT
} sp_ruleset;
const char *sp_rules_name(sp_ruleset rules);
bool sp_rules_of(const char *name, sp_ruleset *ret);

/** What a contact is under somebody's rules. */
typedef struct sp_ruling {
	uint32_t counted;   /**< below the line: conversations, or sessions */
	uint32_t resolved;  /**< above it */
	uint32_t potential; /**< ServiceNow: a reply that nobody said anything of */
	uint32_t escalated; /**< Microsoft */
} sp_ruling;
/** Intercom Fin: resolved when the person confirmed, or left after the last answer; taken back only within the same conversation.
 *  https://www.intercom.com/help/en/articles/8205718-fin-resolutions */
sp_ruling sp_rules_intercom(const sp_contact *contact);
/** Zendesk: no person took part, the last event is an answer (our decision stands for the language model's verdict) that was not denied,
 *  and 72 hours went by; a conversation at a time. https://support.zendesk.com/hc/en-us/articles/8357756668186 */
sp_ruling sp_rules_zendesk(const sp_contact *contact, int64_t now_utc_s);
/** ServiceNow: confirmed when the person said yes, or a ticket was made in the right group; potential when a reply was given and nothing
 *  said. https://www.servicenow.com/docs/r/zurich/conversational-interfaces/now-assist-in-virtual-agent/self-solve-performance-page-in-assistant-analytics.html */
sp_ruling sp_rules_servicenow(const sp_contact *contact);
/** Microsoft Copilot Studio: sessions that end after 30 minutes without a word; resolved when "did this solve it?" was asked and not
 *  denied, else escalated or abandoned. https://learn.microsoft.com/en-us/microsoft-copilot-studio/analytics-summary */
sp_ruling sp_rules_microsoft(const sp_contact *contact);

/* ---- figures ---- */

/* X(member, name in JSON): all of them add up. A new one is added at the end of its part; the roll-ups are then made anew by themselves. */
#define SP_MEASURE_LIST(X) \
	X(contacts, "conversations") X(confirmed, "resolved_confirmed") X(assumed, "resolved_assumed") X(ticketed, "tickets") \
	X(abandoned, "abandoned") X(pending, "pending")      /* of assumed: the window is not over */ \
	X(returned, "returned")                              /* of abandoned: it was answered, and the person came back */ \
	X(recontacted, "recontacted")                        /* of confirmed: the person came back all the same */ \
	X(answered, "answered") X(turns, "turns_to_answer_sum") X(requests, "requests") X(said_no, "said_no") \
	X(noticed, "notice_told") X(notice_solved, "notice_solved") \
	X(tickets, "tickets_opened") X(closed, "tickets_closed") X(closed_level1, "tickets_closed_level1") X(escalated, "tickets_escalated") \
	X(preventable, "tickets_preventable") X(reopened, "tickets_reopened") X(received, "tickets_received") /* by group: passed to it */ \
	X(wrong, "wrong_reports") \
	X(intercom_counted, "intercom_counted") X(intercom_resolved, "intercom_resolved") \
	X(zendesk_counted, "zendesk_counted") X(zendesk_resolved, "zendesk_resolved") \
	X(servicenow_counted, "servicenow_counted") X(servicenow_resolved, "servicenow_resolved") X(servicenow_potential, "servicenow_potential") \
	X(microsoft_counted, "microsoft_counted") X(microsoft_resolved, "microsoft_resolved") X(microsoft_escalated, "microsoft_escalated")

#define SP_TIME_BUCKETS 14
/** Upper bounds in milliseconds of the time from the first request to the first answer; the last bucket has none (UINT32_MAX). */
extern const uint32_t sp_time_bounds_ms[SP_TIME_BUCKETS];

typedef struct sp_measures {
#define SP_MEASURE_MEMBER(member, name) uint64_t member;
	SP_MEASURE_LIST(SP_MEASURE_MEMBER)
#undef SP_MEASURE_MEMBER
	uint64_t times[SP_TIME_BUCKETS]; /**< answered contacts by time to the first answer */
} sp_measures;

/* X(enum, name) */
#define SP_DIM_LIST(X) X(SP_DIM_NONE, "none") X(SP_DIM_MONTH, "month") X(SP_DIM_DAY, "day") X(SP_DIM_HOUR, "hour") /* of the day, "00" */ \
	X(SP_DIM_WEEKDAY_HOUR, "weekday-hour") /* "1-09": Monday (1 to 7) at nine */ X(SP_DIM_CATEGORY, "category") X(SP_DIM_CHANNEL, "channel") \
	X(SP_DIM_LANG, "lang") X(SP_DIM_AUDIENCE, "audience") X(SP_DIM_ARTICLE, "article") X(SP_DIM_GROUP, "group")
typedef enum sp_dim {
#define SP_DIM_ENUM(name, text) name,
	SP_DIM_LIST(SP_DIM_ENUM)
#undef SP_DIM_ENUM
	SP_DIMS
} sp_dim;
const char *sp_dim_name(sp_dim dim);
bool sp_dim_of(const char *name, sp_dim *ret);

typedef struct sp_ledger_query {
	int64_t from_day, until_day;  /**< days since 1970 in @ref timezone: [from, until) */
	sp_dim by, across;            /**< rows; and a second one (a table of both), or SP_DIM_NONE. Articles and groups not across hours or each other */
	const char *category, *channel, *lang, *audience, *article, *group; /**< only these; NULL = all. "" = those without. article and group: not with hours, nor both */
	int64_t window_s;             /**< of kb.yaml */
	const char *timezone;         /**< of kb.yaml; NULL = UTC */
	int64_t now_utc_s;
} sp_ledger_query;

typedef struct sp_ledger_row {
	const char *key, *key2;       /**< key2 "" where there is no second dimension; a key of "" = has none */
	sp_measures m;
} sp_ledger_row;

typedef struct sp_ledger_figures {
	sp_ledger_row *rows; size_t count; /**< times in their order, all else the most contacts (groups: tickets) first */
	sp_measures total;
} sp_ledger_figures;

/**
 * The figures. From the roll-ups; where window or time zone are others than those that they were kept for, from the log itself (slow).
 * By article a contact counts for the article of its last request that has one; by group a ticket counts where it is, and as received
 * where it was passed to.
 * @return SP_OK; SP_ERR_INVALID for a combination that there is none of (err says which); SP_ERR_CORRUPT when a roll-up is damaged
 */
sp_status sp_ledger_figures_of(sp_store_reader *reader, const sp_ledger_query *query, sp_arena *arena, sp_ledger_figures *ret, sp_error *err);
/** The same by several dimensions (query->by is not looked at), for little more than one of them costs: the log's sums are read once.
 *  @param by   @p count of them; hours, articles and groups are counted apart, and go with none of the others: SP_ERR_INVALID
 *  @param ret  @p count, in the order of @p by */
sp_status sp_ledger_figures_by(sp_store_reader *reader, const sp_ledger_query *query, const sp_dim *by, size_t count, sp_arena *arena,
	sp_ledger_figures *ret, sp_error *err);

/** Ratio of two counts; not a number where the second is 0. */
static inline double sp_ratio(uint64_t a, uint64_t b) { return b ? (double)a / (double)b : __builtin_nan(""); }
typedef struct sp_range { double low, high; } sp_range;
/** Self-service: from confirmed to confirmed and assumed, of all contacts. */
static inline sp_range sp_self_service(const sp_measures *m)
{
	return (sp_range){sp_ratio(m->confirmed, m->contacts), sp_ratio(m->confirmed + m->assumed, m->contacts)};
}
/** Time to answer in ms that a share (0.5, 0.9…) of the answered contacts did not exceed: the bound of its bucket, within it in proportion.
 *  Not a number when none was answered. */
double sp_time_quantile(const sp_measures *m, double share);
/** What somebody's rules make of it. For SP_RULES_SPORTELLO resolved is confirmed, and potential what is assumed. */
sp_ruling sp_measures_ruling(const sp_measures *m, sp_ruleset rules);

/* ---- what leaves the house ---- */

#define SP_SMALL_CELL 5
/**
 * Which cells of a table must not be shown: those from 1 to SP_SMALL_CELL - 1, and as many others as are needed so that no total of a
 * row or column (they are shown too) tells one of them: in each line none or at least two are masked, which hold SP_SMALL_CELL or more.
 * @param masked  rows × columns; in: those that must not be shown for another reason; out: all of them
 */
void sp_mask_small(const uint64_t *cells, size_t rows, size_t columns, bool *masked);

/* ---- keeping it ---- */

/** Say for which window and time zone roll-ups are kept; made anew where they were kept for others, by an older version, or are damaged.
 *  To be called once after opening; without it they stay as they are. Waits. Not the writer's thread. */
sp_status sp_ledger_keep(sp_store *store, int64_t window_s, const char *timezone, sp_error *err);
/** Make them anew from the log. */
sp_status sp_ledger_rebuild(sp_store *store, sp_error *err);

#define SP_TIMEZONE_MAX 64
/** For which window and time zone ("" = UTC) roll-ups are kept. */
sp_status sp_ledger_kept(sp_store_reader *reader, int64_t *ret_window_s, char ret_timezone[SP_TIMEZONE_MAX], sp_error *err);

typedef struct sp_ledger_check {
	uint64_t events, contacts;        /**< in the log; contacts with a request */
	uint64_t cells, wrong_cells;      /**< of the roll-ups; those that are not what the log gives, missing or too many */
	uint64_t wrong_contacts;          /**< whose state is not what the log gives */
	int64_t window_s;
} sp_ledger_check;
/** Compute all from the log and compare. */
sp_status sp_ledger_verify(sp_store_reader *reader, sp_ledger_check *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
