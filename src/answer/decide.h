/* What the rules of a decision look at. */
#ifndef ANSWER_DECIDE_H
#define ANSWER_DECIDE_H

#include "answer/cues.h"
#include "answer/parts.h"
#include "answer/retrieve.h"
#include "sportello/answer.h"

/* What was talked of before. */
typedef struct spi_topic {
	const sp_turn *turn;       /* the last that was about something, NULL = none yet */
	const char *article;       /* id of what was shown last, NULL = nothing */
	const sp_record *record;   /* of that article */
	const char *title, *category;
	sp_strings related;        /* of that article */
	const char *said;          /* what the message was read after, NULL = it stands alone */
} spi_topic;

typedef struct spi_deciding {
	const sp_kb_config *config;
	const sp_question *question;
	const sp_turn *last;       /* turn before, NULL = first message */
	spi_topic topic;
	const char *meant; size_t meant_len; /* "no scusa, intendevo spid": what is meant instead of what was said last; NULL = nothing was put right */
	bool put_right;            /* decided by a thing that was named instead of another one */
	bool asks;                 /* a question mark, or a question word where a sentence begins */
	sp_arena *arena;
	sp_tokens tokens;
	spi_cues cues;
	spi_retrieval found;
	double alone_confidence;   /* that the first candidate was right by the message alone, */
	const char *alone_first;   /* and its id; NULL = none */
	double confidence;         /* that the first candidate is right */
	double choice_confidence;  /* that one of the first SP_CHOICES_MAX is */
	double threshold;          /* confidence at which an answer may be given */
	double case_score;         /* how much it speaks of one matter of one person */
	spi_retrieval several[SPI_PARTS_MAX]; /* of each question, where the message has more than one */
	size_t several_count;      /* 0 = it is one */
	bool walked;               /* decided by the walk that the dialogue is in */
	bool next_best;            /* what was found first answers the question before it second best, and nearly as well (next_best.h) */
	bool named_in_first;       /* the first candidate is what the message names in the knowledge base's first language */
	sp_decision *decision;
} spi_deciding;

/* Put a decision in; returns true so that rules can end with it. */
bool spi_decided(spi_deciding *d, sp_decision_kind kind, sp_reason reason);

/* What looks like an error code in a message ("PAA_XYZ_ABC"): letters in parts joined by underscores, in capitals or with a name before it
   that codes have ("errore x_y"); NULL = none. */
const char *spi_unknown_code(const char *text, size_t len, sp_arena *arena);

/* Make an article the only candidate, or the first beside what was found; false when memory is out. */
bool spi_put_article(spi_deciding *d, const sp_record *record, double confidence);
bool spi_put_first(spi_deciding *d, const sp_record *record, double confidence);

/* Rules, asked in order until one decides. The first list needs the message alone, the second one candidates too.
   The second list always decides. */
bool spi_decide_by_message(spi_deciding *d);
void spi_decide_by_candidates(spi_deciding *d);

/* Whether a message is several questions, each with a sure article of its own: then d->several. */
sp_status spi_look_for_several(spi_deciding *d, sp_error *err);

/* How sure it is that the first of what was found is right, and a right one among the first; into d. */
void spi_judge(spi_deciding *d);

/* The confidence from which on what was found is answered. */
double spi_sure_from(const spi_deciding *d);
/* Whether the first of what was found is what one word names, beside all others that have it. Something was found. */
bool spi_is_named(const spi_retrieval *found);

/* Whether a message has a letter or a digit. */
bool spi_has_words(const char *text, size_t len);
/* The words that a message of signs alone ("👍") is read as, in that language; NULL where no sign says something. The text is static. */
const char *spi_words_of_signs(const char *text, size_t len, sp_lang lang, size_t *ret_len);

/* Language of the reply: the text's own where it is plain; else the page's, the dialogue's, the knowledge base's first. A choice that was
   tapped is sent as its title, maybe in another language: it does not change the dialogue's. */
sp_lang spi_choose_language(const sp_question *question, const sp_kb_config *config, const sp_turn *last, sp_index *index, sp_arena *arena);

/* "otp", "spid": words that all languages have, and that nothing was found for with certainty in this one. What is sure for them in the
   knowledge base's first language, which people's questions are known best of, is as sure in this one where it is translated. Into d. */
sp_status spi_look_in_first_language(spi_deciding *d, sp_error *err);

/* How much a message speaks of one matter of one person (personal data, sums, days, "verificate"); 2 and more: a person
   must look into it. */
double spi_case_score(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues);

#endif
