/* One turn of the chat and the opening of a ticket, shared by the JSON calls and the pages without JavaScript. */
#ifndef HTTP_TURN_H
#define HTTP_TURN_H

#include "http/request.h"
#include "sportello/answer.h"
#include "sportello/store.h"

typedef struct spi_turn {
	/* in; borrowed, must live in the arena */
	const char *conversation;  /* NULL or "" = a new one */
	const char *message; size_t message_len;
	sp_lang lang;              /* SP_LANG_NONE = found out from the text */
	unsigned likely_lang;      /* bit of the page's or the browser's: where the text says none */
	const char *channel;       /* NULL = "web" */
	const char *category;      /* the screen it comes from, NULL = unknown */
	const char *person;        /* who writes, as whoever asks for them says; NULL = not said */
	bool walk;                 /* lead through procedures step by step */
	sp_strings said;           /* of a replay: by the person, before this (replay.h) */
	bool mute;                 /* nobody can answer a question back at once: an e-mail */
	bool may_recall;           /* what was replied to the same before may be told again (openings.h): told is looked at */
	/* out */
	char id[SP_CONVERSATION_ID_LEN + 1];
	sp_dialogue dialogue;      /* what came before */
	const sp_walk *joined; bool no_code; /* the message is a walk's code, or looks like one */
	sp_decision decision;
	sp_reply reply;
	const char *told; size_t told_len; /* the reply as it is remembered; then decision and reply have only what is recorded. NULL = made anew */
	const char *group, *group_name, *when; /* decision ticket: who gets it and when somebody is there; NULL = unknown */
	bool recorded;             /* set in `then` */
	bool is_repeated;          /* of a replay: it is stored already */
	sp_stage_times times;
	int64_t since_us;          /* when the stage that is going on began */
	sp_write write;
	bool in_line;              /* it has its place among the conversation's messages */
	sp_asking *asking;         /* NULL before the first try */
} spi_turn;

/* Check the message (1 to SP_MESSAGE_MAX_CHARS characters), look back, decide, compose the reply.
   False: the request has an error reply, or waits for the encoder; then `then` runs and calls this again. Results live in the arena or, texts of the configuration, until the handler
   returns. */
bool spi_turn_decide(spi_request *request, spi_turn *turn, spi_handler *then);
/* Store it; `then` runs when that is certain, with turn->recorded saying whether it worked (the reply is given
   anyway). */
void spi_turn_record(spi_request *request, spi_turn *turn, spi_handler *then);
/* In `then`: counts, and sets turn->recorded. */
void spi_turn_recorded(spi_request *request, spi_turn *turn);

typedef struct spi_field_error {
	const char *field;
	const char *message; /* in the language of the form */
} spi_field_error;

typedef struct spi_ticket_form {
	/* in; borrowed, must live in the arena */
	const char *conversation, *category, *message, *channel; /* NULL = none */
	sp_lang lang;
	const sp_ticket_value *values; size_t values_count; /* empty values are left out */
	const char *idempotency_key;   /* NULL = none */
	uint64_t fingerprint;          /* of the request, with a key */
	/* out */
	spi_field_error *errors; size_t errors_count;
	const char *group_name, *when; /* for people; NULL = unknown. In the arena */
	sp_write write;
} spi_ticket_form;

/* Check the fields, find the group, mask the message. SP_OK: may be stored; SP_ERR_INVALID: form->errors says what is
   wrong; SP_ERR_NOT_FOUND: no such conversation; SP_ERR_USAGE: no such category; others: cannot be done now. */
sp_status spi_ticket_prepare(spi_request *request, spi_ticket_form *form, sp_error *err);
/* Store it; in `then`, form->write.status says how it went and form->write.as.ticket holds number, secret and state. */
void spi_ticket_store(spi_request *request, spi_ticket_form *form, spi_handler *then);
/* In `then`: counts it, and finds group_name and when for the ticket that is there now. */
void spi_ticket_stored(spi_request *request, spi_ticket_form *form);

/* "text", "email"… as the JSON calls and the pages' forms name a field's check. Static. */
const char *spi_field_type(sp_field_check check);

#endif
