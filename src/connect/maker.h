/* What a kind of connector is to the rest: a table of functions. All of them run on the connector's thread. */
#ifndef CONNECT_MAKER_H
#define CONNECT_MAKER_H

#include "connect/call.h"
#include "connect/settings.h"
#include "sportello/connect.h"

#define SPI_REMOTE_STATE_MAX 40
#define SPI_LABEL_MAX 64

/* What a maker works with. */
typedef struct spi_link {
	const spi_connect_settings *settings;
	spi_call *call;
	sp_arena *arena;        /* of this entry or this poll */
} spi_link;

typedef struct spi_sent {
	spi_answer answer;
	bool found;             /* it was there already */
	char remote[SP_REMOTE_MAX], label[SPI_LABEL_MAX], state[SPI_REMOTE_STATE_MAX]; /* "" = unknown */
	/* Another record of the same ticket, which should not be there; "" = none. withdrawn: it was closed there. */
	char second[SP_REMOTE_MAX], second_label[SPI_LABEL_MAX];
	bool withdrawn;
} spi_sent;

/* A record that changed, which need not be one of ours. */
typedef struct spi_news {
	const char *remote, *state, *version; /* state "" = only a comment is told */
	const sp_remote_comment *comment;     /* NULL = none */
} spi_news;
/* False: stop. */
typedef bool spi_changed(void *arg, const spi_news *news);

/* How a system that keeps a record of each ticket is asked. */
typedef struct spi_records {
	const char *member; /* of a reply: what holds the record */
	/* False: whatever it is, it is no record. */
	bool (*read)(json_t *record, sp_arena *arena, spi_sent *ret);
	/* Look for the record of this ticket, the oldest of them; the next one as `second`. */
	void (*find)(const spi_link *link, const sp_outgoing *out, spi_sent *ret);
	/* Whether the comment of this very change is there. */
	bool (*is_told)(const spi_link *link, const sp_outgoing *out, spi_answer *ret);
	void (*write_ticket)(const spi_link *link, const sp_outgoing *out, sp_buffer *body);
	void (*send_ticket)(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret);
	/* comment NULL: none, or it is there already. */
	void (*write_change)(const spi_link *link, const sp_outgoing *out, const char *comment, sp_buffer *body);
	void (*send_change)(const spi_link *link, const sp_outgoing *out, const sp_buffer *body, spi_answer *ret);
	/* Close the second of two, which was made a moment ago, and say there which one counts. NULL: somebody has to. */
	void (*withdraw)(const spi_link *link, const sp_outgoing *out, const spi_sent *two, spi_answer *ret);
} spi_records;

typedef struct spi_connect_maker {
	const char *kind;
	/* See that the settings have what it needs; fill in what they leave open. SP_ERR_INVALID. */
	sp_status (*check)(spi_connect_settings *settings, sp_arena *arena, sp_error *err);
	/* A ticket that was opened, or a change of it (out->remote is set then), goes there by these, looked for first where out->entry.unsure; */
	const spi_records *records;
	/* or, where these are NULL, by one message that may arrive twice. */
	void (*send)(const spi_link *link, const sp_outgoing *out, spi_sent *ret);
	/* What changed since cursor (NULL at first); ret_cursor in the arena. NULL: nothing comes back. */
	void (*poll)(const spi_link *link, const char *cursor, spi_changed *changed, void *arg, const char **ret_cursor, spi_answer *ret);
	/* poll tells comments too; else the connector asks for those of each record of ours that changed. */
	bool polls_comments;
	/* Comments of a record that people may read, but our own. */
	void (*comments)(const spi_link *link, const char *remote, const sp_remote_comment **ret_comments, size_t *ret_count, spi_answer *ret);
} spi_connect_maker;

extern const spi_connect_maker spi_maker_servicenow, spi_maker_zendesk, spi_maker_webhook;

/* ---- common.c: what makers share ---- */

/* "Authorization: …" in the arena; NULL with the answer filled when a secret cannot be read. */
const char *spi_auth_header(const spi_link *link, spi_answer *ret);
/* A request with it. body NULL: GET. */
void spi_ask(const spi_link *link, const char *method, const char *url, const sp_buffer *body, const char *more_header, spi_answer *ret);
/* "" when it is not there; numbers and booleans as text. */
const char *spi_value_text(json_t *object, const char *name, sp_arena *arena);
/* Copy into a field of fixed size; what does not fit is nothing. */
void spi_put(char *ret, size_t size, const char *text);
/* What a state of theirs means here, by the settings; SP_TICKET_STATE_COUNT = nothing. "3/1" is looked up whole, then "3". */
sp_ticket_state spi_state_in(const spi_connect_settings *settings, const char *state);
/* Rows of defaults, for states that the settings say nothing of. False: memory is out. */
bool spi_mapping_defaults(spi_mapping *map, const spi_mapping_row *rows, size_t count, sp_arena *arena);

/* ---- record.c ---- */

void spi_record_open(const spi_records *kind, const spi_link *link, const sp_outgoing *out, spi_sent *ret);
void spi_record_change(const spi_records *kind, const spi_link *link, const sp_outgoing *out, spi_sent *ret);

/* ---- describe.c: what people there read ---- */

/* The number as the other system keeps it. In the arena. */
const char *spi_reference(const spi_connect_settings *settings, int64_t ticket, sp_arena *arena);
/* "[Sportello 1001/3]": ends each text of ours, so that it is known again. */
const char *spi_mark(const spi_connect_settings *settings, const sp_outgoing *out, sp_arena *arena);
/* Whether a text that is read there is one of ours: its last line is a mark. Who quotes us, or answers our e-mail, has it elsewhere. */
bool spi_is_ours(const char *text);
/* One line of at most 120 characters. In the arena. */
const char *spi_subject(const spi_connect_settings *settings, const sp_outgoing *out, sp_arena *arena);
/* What a priority, of a ticket of this category, is called there by the settings; NULL = they do not say. */
const char *spi_priority_there(const spi_connect_settings *settings, sp_priority priority, const char *category);
/* The language that people there read of a ticket. */
sp_lang spi_lang_there(const spi_connect_settings *settings, const sp_outgoing *out);
/* The dossier: question, data, what was shown and tried. Fields that have a place of their own there are left out. */
void spi_describe_ticket(const spi_connect_settings *settings, const sp_outgoing *out, sp_arena *arena, sp_buffer *text);
/* Whether what came with a change was said to the person, or by them: it may be read there by who asked. */
bool spi_is_for_the_person(const sp_outgoing *out);
/* Whether the record's state is to become that of this change: not where somebody there gave it another one after it, which has been taken over
   here while this one waited. */
static inline bool spi_moves(const sp_outgoing *out) { return out->step.moved && !out->step.overtaken; }
/* What a change says beyond what has a place of its own; false: nothing. */
bool spi_describe_change(const spi_connect_settings *settings, const sp_outgoing *out, sp_arena *arena, sp_buffer *text);

/* ---- backoff.c ---- */

/* Full jitter: anything up to first, doubled with each attempt, at most most. random: any 64 bits. */
int64_t spi_backoff_ms(uint32_t attempts, int64_t first_ms, int64_t most_ms, uint64_t random);

#endif
