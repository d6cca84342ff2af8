/* What a message shows by itself, before any article is looked at: that a person is asked for, a greeting, an individual
   case… The patterns are in src/answer/cues/<lang>/<cue>.txt (README.md there says how they are written). */
#ifndef ANSWER_CUES_H
#define ANSWER_CUES_H

#include "sportello/text.h"

/* X(enum, file name) */
#define SPI_CUE_LIST(X) \
	X(SPI_CUE_PERSON, "person") \
	X(SPI_CUE_GREETING, "greeting") \
	X(SPI_CUE_THANKS, "thanks") \
	X(SPI_CUE_GOODBYE, "goodbye") \
	X(SPI_CUE_SMALLTALK, "smalltalk") \
	X(SPI_CUE_ABUSE, "abuse") \
	X(SPI_CUE_NOT_SOLVED, "not-solved") \
	X(SPI_CUE_CASE_ACT, "case-act") \
	X(SPI_CUE_OFF_TOPIC, "off-topic") \
	X(SPI_CUE_VAGUE, "vague") \
	X(SPI_CUE_FOLLOW_UP, "follow-up") \
	X(SPI_CUE_TOPIC_CHANGE, "topic-change") \
	X(SPI_CUE_QUESTION, "question") \
	X(SPI_CUE_NEXT, "next") \
	X(SPI_CUE_SAME, "same") \
	X(SPI_CUE_CLOSING, "closing") \
	X(SPI_CUE_BUT, "but") \
	X(SPI_CUE_SENT_BACK, "sent-back") \
	X(SPI_CUE_CONTACT, "contact") \
	X(SPI_CUE_DEADLINE, "deadline") \
	X(SPI_CUE_NOT_KNOWN, "not-known") \
	X(SPI_CUE_TICKET_STATE, "ticket-state") \
	X(SPI_CUE_OPENING, "opening") /* only where it begins the message, with greetings */ \
	X(SPI_CUE_ENDING, "ending")   /* only where it ends it */ \
	X(SPI_CUE_CORRECTION, "correction") /* "intendevo" */ \
	X(SPI_CUE_INTENTION, "intention") /* "scrivo al comune": what the person does next */ \
	X(SPI_CUE_DENIAL, "denial") /* "non" */

typedef enum spi_cue {
#define SPI_CUE_ENUM(name, text) name,
	SPI_CUE_LIST(SPI_CUE_ENUM)
#undef SPI_CUE_ENUM
	SPI_CUE_COUNT
} spi_cue;

/* What is said on the way through a procedure, to the offer of a ticket, beside a number, of a device; looked for only there. The patterns stand beside the others. */
#define SPI_WALK_CUE_LIST(X) \
	X(SPI_WALK_BACK, "walk-back") \
	X(SPI_WALK_RESTART, "walk-restart") \
	X(SPI_WALK_WHERE, "walk-where") \
	X(SPI_WALK_NEXT, "walk-next") \
	X(SPI_WALK_DONE, "walk-done")  /* the same said after something else: of the step that was left */ \
	X(SPI_WALK_ALL, "walk-all") \
	X(SPI_WALK_RETURN, "walk-return") \
	X(SPI_WALK_WAIT, "walk-wait") \
	X(SPI_WALK_FAILED, "walk-failed") \
	X(SPI_WALK_NOT_CLEAR, "walk-not-clear") /* the step was not understood */ \
	X(SPI_WALK_SUPPOSES, "walk-supposes") /* what if it does not work */ \
	X(SPI_WALK_YES, "walk-yes") \
	X(SPI_WALK_NO, "walk-no") \
	X(SPI_WALK_FIRST, "walk-first") \
	X(SPI_WALK_SECOND, "walk-second") \
	X(SPI_WALK_THIRD, "walk-third") \
	X(SPI_WALK_FOURTH, "walk-fourth") \
	X(SPI_WALK_LAST, "walk-last") \
	X(SPI_WALK_LAST_BUT_ONE, "walk-last-but-one") \
	X(SPI_WALK_MIDDLE, "walk-middle") \
	X(SPI_WALK_SAYS_YES, "walk-says-yes") /* of a choice's words */ \
	X(SPI_WALK_SAYS_NO, "walk-says-no") \
	X(SPI_WALK_LEAD, "walk-lead")       /* "anzi no": before what is said instead */ \
	X(SPI_WALK_TO, "walk-to")           /* "torniamo a": what behind it stands */ \
	X(SPI_OFFER_YES, "offer-yes") /* of a ticket that was offered: it is wanted, */ \
	X(SPI_OFFER_NO, "offer-no")   /* it is not */ \
	X(SPI_NUMBER_NAMED, "number-named") /* beside a number: what it is */ \
	X(SPI_POINTS, "points")       /* "quella": one of several things, or of what was said before */ \
	X(SPI_CHOICE_AROUND, "choice-around") /* "direi …": what stands around the place of a choice */ \
	X(SPI_CHOICE_NONE, "choice-none")     /* "nessuna": of the choices that were offered */ \
	X(SPI_CHOICE_ALL, "choice-all")       /* "entrambe" */ \
	X(SPI_CHOICE_OTHER, "choice-other")   /* "l'altro": not the one that was taken, */ \
	X(SPI_CHOICE_BEFORE, "choice-before") /* "quello prima": above it, */ \
	X(SPI_CHOICE_AFTER, "choice-after")   /* or below it */ \
	X(SPI_SECOND_THOUGHTS, "second-thoughts") /* "anzi": beside a "no", of an answer, what stands behind it is meant instead */ \
	X(SPI_IN_ITALIAN, "in-italian") /* "can you say it in english?" */ \
	X(SPI_IN_ENGLISH, "in-english") \
	X(SPI_IN_GERMAN, "in-german") \
	X(SPI_INSTEAD, "instead")     /* "no", "anzi": before a thing that takes the place of one that was said */ \
	X(SPI_AND_THING, "and-thing") /* "e": before a thing of which the same is asked */ \
	X(SPI_BEFORE_THING, "before-thing") /* "il", "con": what stands right before a thing */ \
	X(SPI_ASKS_WHOM, "asks-whom") /* "a chi telefono?": of a body that decides, its contact */ \
	X(SPI_ASKS_ON, "asks-on")     /* "quanto ci vuole?": what it is about stands in what was said */ \
	X(SPI_ASKS_OF_IT, "asks-of-it") /* "quanto costa?": what it costs, where it goes, what it takes; of what, stands in what was said */ \
	X(SPI_RIGHT_ONE, "right-one") /* "ho fatto come dici": what was answered was the right thing, and did not help or was not understood */ \
	X(SPI_DEVICE, "device")       /* telephones, systems, browsers: what it happens on */
typedef enum spi_walk_cue {
#define SPI_CUE_ENUM(name, text) name,
	SPI_WALK_CUE_LIST(SPI_CUE_ENUM)
#undef SPI_CUE_ENUM
	SPI_WALK_CUE_COUNT
} spi_walk_cue;
/* Whether the message says this, in a language. */
bool spi_walk_cue_said(const sp_tokens *tokens, sp_lang lang, spi_walk_cue cue);
/* Its tokens, a bit each, as in spi_cues. */
uint64_t spi_walk_cue_covered(const sp_tokens *tokens, sp_lang lang, spi_walk_cue cue);

#define SPI_CUE_TOKENS 64 /* cues are looked for in the first tokens of a message only */

typedef struct spi_cues {
	uint64_t covered[SPI_CUE_COUNT]; /* bit n: token n is part of a pattern of that cue */
	uint64_t content;                /* bit n: token n is no function word */
	size_t count;                    /* tokens looked at */
	sp_lang lang;
} spi_cues;

/* Find all cues of a language in a message. Never fails: a message without any has no bit set. Any thread. */
void spi_cues_find(const sp_tokens *tokens, sp_lang lang, spi_cues *ret);

/* Whether a cue is there when the message is read from a token on: patterns for its beginning are held against that. */
bool spi_cue_from(const sp_tokens *tokens, size_t first, sp_lang lang, spi_cue cue);

static inline bool spi_has_cue(const spi_cues *cues, spi_cue cue)
{
	return cues->covered[cue] != 0;
}

#endif
