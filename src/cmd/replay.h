/* What `sportello replay` is made of: a table of contacts, people drawn from labelled questions, what they do with a reply, and
   what came of it. Who carries their words to the service (in this process or over HTTP) knows none of the people, and they know
   nothing of it. The same seed and files give the same contacts. */
#ifndef CMD_REPLAY_H
#define CMD_REPLAY_H

#include "cmd/cmd.h"
#include "sportello/store.h"

#include <jansson.h>
#include <sys/socket.h>

/* ---- replay_read.c: the table, and how people behave ---- */

/* X(enum, name): what people do with a reply */
#define SPI_DEED_LIST(X) \
	X(YES, "yes") X(SILENT, "silent") X(NO, "no") X(AGAIN, "again") X(PERSON, "person") X(GIVE_UP, "give_up") X(RIGHT, "right") \
	X(WRONG, "wrong") X(NEXT, "next") X(STOP, "stop") X(OPEN, "open")
typedef enum spi_deed {
#define SPI_DEED_ENUM(name, text) SPI_DEED_##name,
	SPI_DEED_LIST(SPI_DEED_ENUM)
#undef SPI_DEED_ENUM
	SPI_DEEDS
} spi_deed;

/* X(enum, name): what they have before them */
#define SPI_SCENE_LIST(X) \
	X(ANSWERED_RIGHT, "answered_right") X(ANSWERED_WRONG, "answered_wrong") X(CHOICES_WITH, "choices_with_right") \
	X(CHOICES_WITHOUT, "choices_without_right") X(ASKED_BACK, "asked_back") X(NOT_UNDERSTOOD, "not_understood") X(STEP, "step") \
	X(OFFERED_TICKET, "offered_ticket")
typedef enum spi_scene {
#define SPI_SCENE_ENUM(name, text) SPI_SCENE_##name,
	SPI_SCENE_LIST(SPI_SCENE_ENUM)
#undef SPI_SCENE_ENUM
	SPI_SCENES
} spi_scene;

/* X(enum, name): why somebody comes */
#define SPI_NEED_LIST(X) X(ANSWER, "answer") X(UNCOVERED, "uncovered") X(CASE, "case") X(HUMAN, "human")
typedef enum spi_need {
#define SPI_NEED_ENUM(name, text) SPI_NEED_##name,
	SPI_NEED_LIST(SPI_NEED_ENUM)
#undef SPI_NEED_ENUM
	SPI_NEEDS
} spi_need;

typedef struct spi_behaviour {
	double zipf, needs[SPI_NEEDS];         /* shares */
	double weekdays[7], hours[24];         /* weights; Monday first */
	double think_s[2];                     /* between turns */
	double shares[SPI_SCENES][SPI_DEEDS];  /* of a scene: 1 together */
	unsigned turns;                        /* most that one conversation has */
	double back_silent_wrong, back_given_up, back_other_channel, back_person;
	double back_days[2];
	double first_reply_h[2], level2_h[2], close_days[2], needless;
	sp_strings says_no, says_person;
} spi_behaviour;

/* A line of the table. */
typedef struct spi_cell {
	size_t service, line;      /* line: of the same service and category, whatever the month */
	const char *category, *channel;
	int64_t first_day, days;   /* since 1970-01-01 */
	uint64_t contacts;
} spi_cell;

/* A category of the table, and those of kb.yaml that it stands for. */
typedef struct spi_volume_line {
	size_t service;
	const char *category;
	const char **kb; double *weights; size_t kb_count;
} spi_volume_line;

typedef struct spi_volume_service {
	const char *key, *name;
	int in_kb;                 /* index of kb.yaml's service; -1 = none */
	double level1;             /* share that the reference says level 1 solved alone */
	uint64_t contacts;         /* of all its lines that are played */
} spi_volume_service;

typedef struct spi_volumes {
	spi_volume_service *services; size_t services_count;
	spi_cell *cells; size_t cells_count;
	spi_volume_line *lines; size_t lines_count;
	int64_t first_day, last_day;
	uint64_t contacts;
} spi_volumes;

/* @param share  of each line that is played, rounded */
sp_status spi_volumes_read(const char *path, const sp_kb_config *config, double share, sp_arena *arena, spi_volumes *ret, sp_error *err);
sp_status spi_behaviour_read(const char *path, sp_arena *arena, spi_behaviour *ret, sp_error *err);

/* ---- replay_questions.c: whom people are drawn from ---- */

typedef struct spi_asked_question {
	const char *id, *text;
	spi_need need;
	sp_strings articles;
	const char *category;      /* of kb.yaml; "*" = any */
	const char *topic;         /* first article, or its own id */
} spi_asked_question;

/* Questions about one thing: to ask again in other words. */
typedef struct spi_topic { const spi_asked_question **questions; size_t count; } spi_topic;
typedef struct spi_pool { spi_topic *topics; double *sums; size_t count; } spi_pool; /* sums: of weights, up to and with each */

typedef struct spi_people {
	spi_asked_question *questions; size_t count, cap;
	spi_pool *pools;           /* by line, kb category and need: [first[line] + category * SPI_NEEDS + need] */
	size_t *first;
	sp_arena *arena;
} spi_people;

typedef struct spi_questions_from {
	const char *const *paths; size_t count;
	const char *categories;    /* file with the category of questions that no article answers */
	sp_index *index;           /* tells an article's category */
} spi_questions_from;
sp_status spi_people_read(const spi_questions_from *from, const spi_volumes *volumes, const spi_behaviour *behaviour, uint64_t seed,
	sp_arena *arena, spi_people *ret, sp_error *err);
/* A topic for a contact of a line: about something of that line. */
const spi_topic *spi_people_draw(const spi_people *people, const spi_volume_line *line, size_t line_number, const spi_behaviour *behaviour,
	uint64_t *rng);

/* ---- chance ---- */

uint64_t spi_chance_seed(uint64_t seed, uint64_t number);
double spi_chance(uint64_t *rng);                                  /* [0, 1) */
size_t spi_chance_pick(uint64_t *rng, const double *weights, size_t count); /* by weight */
double spi_chance_between(uint64_t *rng, const double bounds[2]);

/* ---- replay_person.c: one contact ---- */

/* X(enum, name): how a contact ended, as the ledger counts it */
#define SPI_END_LIST(X) \
	X(CONFIRMED, "resolved_confirmed") X(ASSUMED, "resolved_assumed") X(LEVEL1, "ticket_level1") X(LEVEL2, "ticket_level2") \
	X(ABANDONED, "abandoned") X(NO_REQUEST, "no_request")
typedef enum spi_end {
#define SPI_END_ENUM(name, text) SPI_END_##name,
	SPI_END_LIST(SPI_END_ENUM)
#undef SPI_END_ENUM
	SPI_ENDS
} spi_end;

typedef struct spi_heard_choice { const char *value, *article; sp_choice_kind kind; } spi_heard_choice;
/* What a person hears of a reply. */
typedef struct spi_heard {
	sp_decision_kind decision;
	const char *article, *category; /* NULL = none */
	const spi_heard_choice *choices; size_t choices_count;
} spi_heard;

/* Somebody who will come again. */
typedef struct spi_returning {
	const spi_topic *topic;
	uint64_t person, from;     /* number of the first contact of all, and of the one before */
	size_t line, from_line;
	int64_t day;               /* from which on */
	int64_t last_utc_s;        /* when they were here */
	spi_end was;
	const char *category;      /* that they were counted under; NULL = none */
	bool hard, believed;       /* believed: a wrong answer */
} spi_returning;

typedef enum spi_act { SPI_ACT_SAY, SPI_ACT_SOLVED, SPI_ACT_NOT_SOLVED, SPI_ACT_TICKET, SPI_ACT_END } spi_act;

typedef struct spi_contact {
	/* given */
	uint64_t number, person;
	const spi_cell *cell;
	const spi_topic *topic;
	const spi_behaviour *behaviour;
	int64_t at_utc_s;          /* of what is done now */
	bool back, hard;           /* hard: needs level 2 */
	const char *before_category; /* of the contact before, where the person believed an answer; NULL = none */
	int64_t window_until_utc_s;  /* it is taken back by a request about the same before this moment */
	/* what is done now */
	spi_act act;
	const char *say;
	/* the person's own */
	uint64_t rng;
	const spi_asked_question *question;
	size_t again;
	unsigned turns;
	bool complaining;          /* said no: says so in words next */
	bool gave_up, believes_wrong;
	/* by the contract */
	bool has_request, has_answer, answered_last, said_since_answer, said_since_request, said_solved, ticket;
	const char *category;      /* of the last request that has one */
	bool takes_back;           /* the contact before did not solve it after all */
	spi_end end;
} spi_contact;

/* Begin one: act is SAY. */
void spi_contact_begin(spi_contact *contact, uint64_t seed);
/* A SAY was answered. */
void spi_contact_hear(spi_contact *contact, const spi_heard *heard);
/* Another act was done. */
void spi_contact_go_on(spi_contact *contact);
/* After END: whether, and when (in days), the person comes again; they believed a wrong answer, or gave up. */
bool spi_contact_returns(spi_contact *contact, unsigned *ret_days, bool *ret_other_channel);

/* What the desk does with a ticket, in its order. */
typedef struct spi_desk_step { sp_ticket_state state; bool level2, back; int64_t at_utc_s; } spi_desk_step;
#define SPI_DESK_STEPS 5
size_t spi_desk_steps(spi_contact *contact, int64_t opened_utc_s, spi_desk_step ret[SPI_DESK_STEPS]);

/* ---- replay_plan.c: who comes when ---- */

typedef struct spi_slot { int64_t at_utc_s; uint32_t cell, place; } spi_slot;
/* The contacts of a day in their order; owned by the arena. */
sp_status spi_plan_day(const spi_volumes *volumes, const spi_behaviour *behaviour, const sp_kb_config *config, uint64_t seed, int64_t day,
	sp_arena *arena, spi_slot **ret, size_t *ret_count, sp_error *err);

typedef struct spi_waiting { spi_returning *items; size_t first, count, cap; } spi_waiting;
typedef struct spi_calendar {
	const spi_volumes *volumes;
	spi_waiting *by_line;
	spi_waiting fresh;         /* of today */
} spi_calendar;
sp_status spi_calendar_init(spi_calendar *calendar, const spi_volumes *volumes, sp_arena *arena, sp_error *err);
void spi_calendar_release(spi_calendar *calendar);
/* Somebody who comes again in a contact of this line on this day. */
bool spi_calendar_take(spi_calendar *calendar, size_t line, int64_t day, spi_returning *ret);
sp_status spi_calendar_add(spi_calendar *calendar, const spi_returning *returning, sp_error *err);
/* A day is over: who left today may come again. */
sp_status spi_calendar_turn(spi_calendar *calendar, sp_error *err);

/* ---- replay_count.c: what came of it ---- */

typedef struct spi_counts {
	uint64_t contacts, ends[SPI_ENDS];
	uint64_t returned;         /* contacts of people who were here before */
	uint64_t taken_back;       /* assumed, until the person came again within the window: among the abandoned */
	uint64_t believed_wrong;   /* of the assumed: the answer was wrong */
} spi_counts;

typedef struct spi_result {
	const spi_volumes *volumes;
	spi_counts *by_line;
	spi_counts total;
	uint64_t turns, tickets;
	double seconds;
	uint64_t resumed;          /* contacts that were there already */
	uint64_t distinct;         /* replies that were worked out; all others were remembered */
	uint64_t calls, repeated;  /* over HTTP; 0 = in this process */
	uint64_t counted;          /* conversations in the store; 0 = not known */
} spi_result;
sp_status spi_result_init(spi_result *result, const spi_volumes *volumes, sp_arena *arena, sp_error *err);
void spi_result_add(spi_result *result, const spi_contact *contact, size_t line);
/* An earlier contact counted as assumed, and the person is here again. */
void spi_result_take_back(spi_result *result, const spi_returning *before);
void spi_result_text(const spi_result *result, sp_buffer *out);
void spi_result_json(const spi_result *result, sp_buffer *out);

/* ---- replay_meet.c: who comes, and whether they come again ---- */

typedef struct spi_play {
	uint64_t seed;
	int64_t window_s;
	spi_volumes volumes;
	spi_behaviour behaviour;
	spi_people people;
	spi_calendar calendar;
	spi_result result;
	uint64_t number;           /* contacts so far */
	spi_progress progress;
} spi_play;
/* The next contact, begun; ret_before: what there is of their last one. */
void spi_play_meet(spi_play *play, const spi_slot *slot, int64_t day, spi_contact *ret, spi_returning *ret_before);
/* It ended: counted. True: the person comes again, to be put into the calendar in the order of the contacts. */
bool spi_play_leave(spi_play *play, spi_contact *contact, const spi_returning *before, int64_t day, spi_returning *ret_again);

/* What must be the same for a replay to go on: seed, share, files; and the knowledge base. */
typedef struct spi_replay_mark { char identity[65], kb[SP_KB_FINGERPRINT + 1]; } spi_replay_mark;

/* ---- replay_ask.c: replies in this process, each worked out once ---- */

typedef struct spi_reply_node {
	spi_heard heard;
	sp_turn turn;              /* at_utc_s 0 */
	double confidence;
	const char *version;       /* of the article; NULL = none */
	const struct spi_reply_node *before; /* NULL = first of its conversation */
	const sp_walk *walk, *earlier;
	const char *said;
	bool mute;                 /* by e-mail */
} spi_reply_node;

typedef struct spi_asking_desk spi_asking_desk;
spi_asking_desk *spi_asking_desk_new(spi_session *session);
void spi_asking_desk_free(spi_asking_desk *desk);
/* The reply to a text after what came before (NULL = nothing). Nodes live as long as the desk. */
sp_status spi_asking_desk_ask(spi_asking_desk *desk, const spi_reply_node *before, const char *text, const char *channel, const spi_reply_node **ret,
	sp_error *err);
size_t spi_asking_desk_count(const spi_asking_desk *desk);

/* ---- replay_store.c: into the store of this process ---- */

typedef struct spi_recorder spi_recorder;
/* Into a data folder that no service has and that holds nothing but an earlier replay of the same (resume). */
sp_status spi_recorder_open(const char *data, const sp_kb_config *config, const spi_replay_mark *mark, bool resume, spi_recorder **ret, sp_error *err);
/* Contacts that are in it already: the first so many. */
uint64_t spi_recorder_done(const spi_recorder *recorder);
/* The acts of one contact: they are there all, or none of them. */
void spi_recorder_begin(spi_recorder *recorder, const spi_contact *contact);
sp_status spi_recorder_turn(spi_recorder *recorder, const spi_contact *contact, const spi_reply_node *node, sp_error *err);
sp_status spi_recorder_feedback(spi_recorder *recorder, const spi_contact *contact, sp_error *err);
sp_status spi_recorder_ticket(spi_recorder *recorder, spi_contact *contact, const spi_reply_node *node, sp_error *err);
sp_status spi_recorder_end(spi_recorder *recorder, sp_error *err);
/* A contact that is there already opened a ticket: its number is taken. */
void spi_recorder_pass_ticket(spi_recorder *recorder);
/* All is on disk; ret_count: conversations in the store. */
sp_status spi_recorder_finish(spi_recorder *recorder, uint64_t *ret_count, sp_error *err);
void spi_recorder_close(spi_recorder *recorder);

/* ---- replay_made_up.c: conversations, what is filled in for a ticket, who gets it ---- */

/* Of a contact's person: an address that nobody has. */
#define SPI_REPLAY_ADDRESS "persona%llu@example.com"

/* Of made-up codes: nobody's. NULL: this field is left out. */
const char *spi_replay_value(const sp_field *field, const spi_contact *contact, sp_arena *arena);
/* A group of a level, of the service where that has one; NULL = none. */
const char *spi_replay_group(const sp_kb_config *config, sp_group_level level, int service);
/* The contact's conversation: in the order of the contacts, so that the store's index grows at its end; as a replay's folder is nobody's, it
   may be guessed. */
void spi_replay_conversation(uint64_t number, char ret[SP_CONVERSATION_ID_LEN + 1]);

/* ---- replay_wire.c: HTTP/1.1 to one server, on connections that are kept ---- */

typedef struct spi_wire_server {
	char host[256], port[8], token[160];
	struct sockaddr_storage address;
	unsigned address_len;
} spi_wire_server;
/* "http://HOST:PORT", looked up. SP_ERR_USAGE when it is not so. */
sp_status spi_wire_find(const char *url, spi_wire_server *ret, sp_error *err);

typedef struct spi_wire_reply {
	int status;                /* 0 = not all of it is there */
	const char *body; size_t body_len;
	const char *head; size_t head_len;
	size_t len;                /* of all */
	bool closes;
} spi_wire_reply;
/* Read what came so far. SP_ERR_INVALID: this is no such reply. */
sp_status spi_wire_read(const char *data, size_t len, spi_wire_reply *ret, sp_error *err);
/* The value of a header within the head; false when it is not there. */
bool spi_wire_header(const spi_wire_reply *reply, const char *name, char *ret, size_t size);
/* A request as it is sent; more: header lines, each with its line end. */
void spi_wire_write(sp_buffer *out, const spi_wire_server *server, const char *method, const char *path, const char *more, const char *body, size_t len);
/* A connection that waits for nothing; -1: refused, errno says why. */
int spi_wire_connect(const spi_wire_server *server);
/* One call on a connection of its own, waited for; the reply is in the buffer. */
sp_status spi_wire_call(const spi_wire_server *server, const char *method, const char *path, const char *body, sp_buffer *in, spi_wire_reply *ret,
	sp_error *err);

/* ---- replay_guest.c: one contact on one connection ---- */

typedef struct spi_guests {
	const spi_wire_server *server;
	const sp_kb_config *config;
	spi_play *play;
	char kb[SP_KB_FINGERPRINT + 1];
	bool resumes;              /* any call may have arrived before */
	sp_arena *arena;           /* of words that stay */
	const char **words; size_t words_count, words_cap; /* a table with open places */
} spi_guests;

typedef struct spi_guest {
	int fd;                    /* -1 = not connected */
	bool busy, in_doubt;       /* in_doubt: the call may have arrived before */
	spi_contact contact;
	spi_returning before;
	size_t place_in_day;
	sp_arena *arena;           /* of the contact */
	spi_heard heard;
	char conversation[SP_CONVERSATION_ID_LEN + 1];
	uint32_t places;           /* turns and feedback so far */
	const char **said; size_t said_count;
	int64_t ticket;
	spi_desk_step steps[SPI_DESK_STEPS]; size_t steps_count, step;
	sp_buffer out, in;
	size_t sent;
	int64_t again_us;          /* when it tries once more; 0 = it waits for nothing */
} spi_guest;
#define SPI_GUEST_SAID_MAX 64

sp_status spi_guest_begin(spi_guest *guest, const spi_guests *all, sp_error *err);
/* What it says now, into guest->out. */
sp_status spi_guest_say(spi_guest *guest, const spi_guests *all, sp_error *err);
/* The reply came; done when the contact is at its end: contact.act is SPI_ACT_END. SP_ERR_BUSY: to be said again in a moment. */
sp_status spi_guest_hear(spi_guest *guest, spi_guests *all, const spi_wire_reply *reply, sp_error *err);

/* ---- replay_server.c: all of them, against a running server ---- */

typedef struct spi_over_http {
	const char *url, *token_file;
	unsigned connections;
} spi_over_http;
/* Play all days. SP_ERR_CONFLICT: the server has another replay, or another knowledge base; err says it. */
sp_status spi_replay_over_http(const spi_over_http *options, spi_play *play, const sp_kb_config *config, const spi_replay_mark *mark, bool resume, sp_error *err);

#endif
