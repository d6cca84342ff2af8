/* The one place that decides: rules in order, the first that applies wins. Each says in one line what people would expect. */
#include "answer/context.h"
#include "answer/decide.h"
#include "answer/rank.h"
#include "answer/window.h"

#include <string.h>

/* Numbers chosen on labelled sets (tests/answers); those that are fitted are in weights.h. */
#define CASE_SCORE 2.0             /* from here on a person must look into it */
/* That a right one is among the choices: from here on a tap too many costs less than a ticket that was not needed. By words alone what no
   article answers looks so too often. */
#define CHOICE_CONFIDENCE 0.3
#define CHOICE_CONFIDENCE_WORDS 0.45
#define ONE_THING_SURE 0.85        /* of an answer to a message that names a thing and asks nothing about it */
#define ONE_THING_WORDS 6
#define KNOWN_CONFIDENCE 0.97      /* of an answer to a known phrasing: phrasings are the editors' own */
#define CODE_CONFIDENCE 0.95
#define CODES_MAX 3                /* offered beside the first */
#define CASE_LIKELY 1.25           /* from here on, where no answer is sure */
#define OFF_TOPIC_KNOWN 0.28       /* share of the question's weight that our vocabulary knows */
/* Of sp_question_stats.kinds: from here on more likely than not, and all but certain. */
#define OFF_TOPIC_LIKELY 0.3
#define OFF_TOPIC_PLAIN 3.0
#define PERSON_PLAIN 1.3
#define ABUSE_PLAIN 2.5
#define SMALLTALK_PLAIN 1.5
#define ANSWER_STANDS 0.9          /* an answer so sure is given whatever kind the message seems to be */
/* The same where there is an answer, or it is known what is talked of: short messages look like anything. */
#define OFF_TOPIC_IN_TOPIC 2.0
#define PERSON_IN_TOPIC 2.5
#define ABUSE_IN_TOPIC 4.5
#define SMALLTALK_IN_TOPIC 3.5
/* Words that are off the topic of most services ("treno") are not off that of all: up to here a sentence is not, whatever its words. */
#define OFF_TOPIC_HARDLY -3.0
#define GIBBERISH_CHOICE 0.35      /* words that none of ours is like are near no article */
#define CLOSING_WORDS 3            /* so many may stand beside "ok", "grazie" where nothing more is asked */
#define CONTACT_CONFIDENCE 0.5     /* an article tells the telephone number that is asked for */
#define CONTACT_SURE 0.8           /* the same before anything is talked of: whose number it is must be said */
#define CHOSEN_WORDS 3             /* that say something */
#define CHOSEN_MARGIN 1.0          /* of its score above the second */
#define NEXT_BEST_CONFIDENCE 0.2
#define NEXT_BEST_AMONG 5          /* candidates that were not shown */
#define TOLD_BETTER 0.5
#define NO_PROGRESS 3              /* turns, then a person */
#define OFF_TOPIC_CONFIDENCE 0.4   /* what an article is this likely to answer, or one of several, is ours, whatever the words */

bool spi_decided(spi_deciding *d, sp_decision_kind kind, sp_reason reason)
{
	d->decision->kind = kind;
	d->decision->reason = reason;
	return true;
}

static int bits(uint64_t set)
{
	return __builtin_popcountll(set);
}

/* Content words that no cue of the set explains. */
static int unexplained(const spi_deciding *d, uint64_t explained)
{
	return bits(d->cues.content & ~explained);
}

static bool said(const spi_deciding *d, spi_cue cue)
{
	return spi_has_cue(&d->cues, cue);
}

static bool last_was(const spi_deciding *d, sp_decision_kind kind)
{
	return d->last && d->last->decision == kind;
}

/* Whether a form for a ticket was offered and not sent yet. */
static bool ticket_offered(const spi_deciding *d)
{
	return last_was(d, SP_DECIDE_TICKET) && !d->question->dialogue->ticket_open;
}

/* Two questions back in a row are enough: then a person. */
static bool clarified_twice(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	return dialogue && dialogue->count >= 2 && dialogue->turns[dialogue->count - 1].decision == SP_DECIDE_CLARIFY &&
	       dialogue->turns[dialogue->count - 2].decision == SP_DECIDE_CLARIFY;
}

/* ---- by the message alone ---- */

static bool rule_nothing_readable(spi_deciding *d)
{
	return d->tokens.count == 0 && spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
}

/* "avete un numero di telefono?" of a body that is talked of: its article tells. */
static bool asks_for_contact(const spi_deciding *d)
{
	bool only_contact = (d->cues.covered[SPI_CUE_PERSON] & ~d->cues.covered[SPI_CUE_CONTACT]) == 0;
	if (!only_contact || !d->asks)
		return false;
	if (!spi_topic_is_known(d))
		return d->confidence >= CONTACT_SURE && unexplained(d, d->cues.covered[SPI_CUE_CONTACT]) > 0;
	return d->alone_confidence >= CONTACT_CONFIDENCE || d->confidence >= ANSWER_STANDS;
}

static bool rule_person(spi_deciding *d)
{
	return said(d, SPI_CUE_PERSON) && !asks_for_contact(d) && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
}

static bool rule_courtesy(spi_deciding *d)
{
	static const struct { spi_cue cue; sp_reason reason; } courtesies[] = {
		{SPI_CUE_THANKS, SP_REASON_THANKS}, {SPI_CUE_GOODBYE, SP_REASON_GOODBYE}, {SPI_CUE_SMALLTALK, SP_REASON_SMALLTALK},
		{SPI_CUE_GREETING, SP_REASON_GREETING},
	};
	uint64_t covered = 0;
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		covered |= d->cues.covered[courtesies[i].cue];
	if (!covered || unexplained(d, covered) > 0)
		return false;
	/* After an answer "no" says that it did not help; "non ho capito" and "non ho risolto" are no thanks anywhere. */
	if (last_was(d, SP_DECIDE_ANSWER) && said(d, SPI_CUE_NOT_SOLVED))
		return false;
	if ((d->cues.covered[SPI_CUE_NOT_SOLVED] | d->cues.covered[SPI_CUE_VAGUE]) & d->cues.covered[SPI_CUE_THANKS])
		return false;
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		if (said(d, courtesies[i].cue))
			return spi_decided(d, SP_DECIDE_NONE, courtesies[i].reason);
	return false;
}

/* "ok, scrivo al comune", "ah la usa mia moglie. capito": nothing more is asked. */
static bool rule_closing(spi_deciding *d)
{
	static const spi_cue friendly[] = {SPI_CUE_CLOSING, SPI_CUE_THANKS, SPI_CUE_GOODBYE, SPI_CUE_GREETING, SPI_CUE_FOLLOW_UP};
	static const spi_cue goes_on[] = {SPI_CUE_BUT, SPI_CUE_NOT_SOLVED, SPI_CUE_TOPIC_CHANGE, SPI_CUE_CASE_ACT, SPI_CUE_SENT_BACK};
	uint64_t covered = 0;
	if (!said(d, SPI_CUE_CLOSING) || !(last_was(d, SP_DECIDE_ANSWER) || last_was(d, SP_DECIDE_TICKET)) || d->asks || d->case_score >= 1)
		return false;
	for (size_t i = 0; i < sizeof friendly / sizeof *friendly; i++)
		covered |= d->cues.covered[friendly[i]];
	for (size_t i = 0; i < sizeof goes_on / sizeof *goes_on; i++)
		if (d->cues.covered[goes_on[i]] & ~d->cues.covered[SPI_CUE_CLOSING])
			return false;
	return !(d->cues.covered[SPI_CUE_VAGUE] & ~covered) && unexplained(d, covered) <= CLOSING_WORDS &&
		   spi_decided(d, SP_DECIDE_NONE, SP_REASON_THANKS);
}

static bool rule_abuse(spi_deciding *d)
{
	return said(d, SPI_CUE_ABUSE) && unexplained(d, d->cues.covered[SPI_CUE_ABUSE]) <= 1 &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
}

/* ---- with candidates ---- */

static bool is_also(const sp_decision *decision, const char *id)
{
	for (size_t i = 0; i < decision->also_count; i++)
		if (strcmp(decision->also[i].id, id) == 0)
			return true;
	return false;
}

/* An error code is answered by what explains it, in whatever stands around it; a second one's article is offered. */
static bool rule_code(spi_deciding *d)
{
	sp_candidate *all = d->found.candidates;
	sp_decision *decision = d->decision;
	size_t first = 0;
	while (first < d->found.count && all[first].features[SP_FEATURE_CODE] <= 0)
		first++;
	sp_candidate *also = first < d->found.count && decision->also_count == 0 ? sp_arena_alloc(d->arena, CODES_MAX * sizeof *also) : NULL;
	if (first == d->found.count)
		return false;
	sp_candidate best = all[first];
	memmove(all + 1, all, first * sizeof *all);
	all[0] = best;
	decision->also = also ? also : decision->also;
	for (size_t i = 1; also && i < d->found.count && decision->also_count < CODES_MAX; i++)
		if (all[i].features[SP_FEATURE_CODE] > 0 && strcmp(all[i].id, best.id) != 0 && !is_also(decision, all[i].id))
			also[decision->also_count++] = all[i];
	d->confidence = d->confidence > CODE_CONFIDENCE ? d->confidence : CODE_CONFIDENCE;
	return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_CODE);
}

static bool rule_known(spi_deciding *d)
{
	if (d->found.count == 0)
		return false;
	const float *features = d->found.candidates[0].features;
	if (features[SP_FEATURE_EXACT] > 0 && d->case_score < CASE_SCORE) {
		d->confidence = d->confidence > KNOWN_CONFIDENCE ? d->confidence : KNOWN_CONFIDENCE;
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	}
	return false;
}

/* Better said than answered by chance: names of services are the same in all languages. */
static bool rule_language(spi_deciding *d)
{
	return sp_text_is_foreign(d->question->text, d->question->len, d->config->langs) &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_LANGUAGE);
}

static uint64_t numbers(const spi_deciding *d)
{
	uint64_t set = 0;
	for (size_t i = 0; i < d->cues.count; i++)
		set |= d->tokens.items[i].kind == SP_TOKEN_NUMBER || d->tokens.items[i].kind == SP_TOKEN_CODE ? (uint64_t)1 << i : 0;
	return set;
}

/* "a che punto è la mia richiesta 1007?": by the article that tells, else where its page is; the state itself is not for who has a number only. */
static bool rule_ticket_state(spi_deciding *d)
{
	uint64_t number = numbers(d), courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	uint64_t explained = d->cues.covered[SPI_CUE_TICKET_STATE] | d->cues.covered[SPI_CUE_QUESTION] | courtesy | number;
	if (!said(d, SPI_CUE_TICKET_STATE) || unexplained(d, explained) > (number ? 1 : 0))
		return false;
	if (d->found.count > 0 && d->confidence >= d->threshold)
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TICKET_STATE);
}

/* The first is answered; what answers the others is offered. */
static bool rule_several(spi_deciding *d)
{
	sp_decision *decision = d->decision;
	if (d->several_count < 2 || d->case_score >= CASE_SCORE || ticket_offered(d))
		return false;
	decision->also = sp_arena_alloc(d->arena, d->several_count * sizeof *decision->also);
	if (!decision->also)
		return false;
	for (size_t i = 1; i < d->several_count; i++)
		decision->also[decision->also_count++] = d->several[i].candidates[0];
	d->found = d->several[0];
	spi_judge(d);
	return rule_code(d) || rule_known(d) || spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

static bool answers_something_new(const spi_deciding *d)
{
	if (d->found.count == 0 || d->confidence < d->threshold)
		return false;
	return !d->last || !d->last->article || strcmp(d->last->article, d->found.candidates[0].id) != 0;
}

/* The best that was not shown yet is the first; false: there is none. */
static bool leave_out_shown(spi_deciding *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->found.count; i++)
		if (!spi_topic_was_shown(d, d->found.candidates[i].id))
			d->found.candidates[kept++] = d->found.candidates[i];
	d->found.count = kept;
	spi_judge(d);
	return kept > 0;
}

/* The best of what the article that was shown names as related comes first; false: none was found. */
static bool put_related_first(spi_deciding *d)
{
	for (size_t i = 0; i < d->found.count && i < NEXT_BEST_AMONG; i++) {
		sp_candidate candidate = d->found.candidates[i];
		if (!spi_topic_is_related(d, candidate.id))
			continue;
		memmove(d->found.candidates + 1, d->found.candidates, i * sizeof candidate);
		d->found.candidates[0] = candidate;
		spi_judge(d);
		return true;
	}
	return false;
}

static bool was_tried_again(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = 0; i < dialogue->count; i++)
		if (dialogue->turns[i].reason == SP_REASON_NEXT_BEST)
			return true;
	return false;
}

/* "non ho risolto": the next best answer once, where one is near to what was shown or sure, then a person. */
static bool rule_not_solved(spi_deciding *d)
{
	bool not_solved = said(d, SPI_CUE_NOT_SOLVED), sent_back = said(d, SPI_CUE_SENT_BACK);
	if ((!not_solved && !sent_back) || !last_was(d, SP_DECIDE_ANSWER) || d->case_score >= CASE_SCORE)
		return false;
	int more = unexplained(d, d->cues.covered[SPI_CUE_NOT_SOLVED]);
	if (sent_back)
		return !d->asks && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* "niente da fare, si può evitare di appoggiarla?" asks something else. */
	if (d->asks && more >= 1) {
		if (d->cues.covered[SPI_CUE_NOT_SOLVED] & 1)
			leave_out_shown(d);
		return false;
	}
	if (more >= 2 && d->alone_confidence >= spi_answer_threshold(d->config->answer_precision, &d->found.stats) && answers_something_new(d))
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	if (!was_tried_again(d) && leave_out_shown(d) && put_related_first(d) && d->confidence >= NEXT_BEST_CONFIDENCE)
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST);
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
}

/* Asked in between, after a ticket was offered: "ma la versione dell'app dove la vedo?"; what is told next goes on with the ticket. */
static bool was_asked_in_between(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	if (!last_was(d, SP_DECIDE_ANSWER) || dialogue->ticket_open || dialogue->count < 2 || d->asks || said(d, SPI_CUE_TOPIC_CHANGE))
		return false;
	const sp_turn *before = d->last - 1;
	bool is_wanted = before->decision == SP_DECIDE_TICKET && before->reason != SP_REASON_NO_ANSWER && before->reason != SP_REASON_PERSON;
	return is_wanted && d->found.count > 0 && strcmp(d->found.candidates[0].id, d->last->article) == 0;
}

/* "scrivetemi a maria.rossi@example.org" */
static bool gives_data(const spi_deciding *d)
{
	bool given = false;
	for (size_t i = 0; i < d->tokens.count; i++)
		given |= d->tokens.items[i].kind == SP_TOKEN_PERSONAL;
	return given && !d->asks && !said(d, SPI_CUE_TOPIC_CHANGE);
}

/* After a ticket was offered, what is said belongs to it, unless it is another question. */
static bool rule_details(spi_deciding *d)
{
	if (was_asked_in_between(d))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	if (!ticket_offered(d))
		return false;
	if (gives_data(d))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	bool person = d->last->reason == SP_REASON_PERSON, asks_on = d->asks || said(d, SPI_CUE_TOPIC_CHANGE);
	/* Told better, what had no answer before may have one. */
	double least = d->last->reason == SP_REASON_NO_ANSWER ? TOLD_BETTER : ANSWER_STANDS;
	bool sure = d->confidence >= least && answers_something_new(d);
	if (said(d, SPI_CUE_TOPIC_CHANGE) || (d->case_score < 1 && ((sure && !person) || (asks_on && d->confidence >= d->threshold))))
		return false;
	/* Nothing was found before, and this is asked. */
	if (d->last->reason == SP_REASON_NO_ANSWER && d->asks && d->case_score < 1)
		return false;
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
}

/* Where another body decides, a ticket here helps nobody: its article says whom to ask. */
static bool is_elsewhere(spi_deciding *d)
{
	sp_record record;
	if (d->found.count == 0 || d->confidence < d->threshold ||
		sp_index_get_docid(d->found.index, d->found.candidates[0].docid, d->arena, &record, NULL) != SP_OK)
		return false;
	return *record.competence && !spi_topic_was_shown(d, record.id);
}

static bool decide_case(spi_deciding *d)
{
	return is_elsewhere(d) ? spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_COMPETENCE) : spi_decided(d, SP_DECIDE_TICKET, SP_REASON_CASE);
}

static bool rule_case(spi_deciding *d)
{
	/* "mi hanno scalato due volte 35 euro, verificate": not outweighed by an answer that is only near to what was talked of. */
	bool asks_to_act = said(d, SPI_CUE_CASE_ACT) && d->case_score >= CASE_LIKELY && d->topic.said && d->alone_confidence < ANSWER_STANDS;
	/* "I was charged twice", as others asked before and an article answers. */
	bool is_known = !d->topic.said && d->confidence >= KNOWN_CONFIDENCE;
	return ((d->case_score >= CASE_SCORE && !is_known) || asks_to_act) && decide_case(d);
}

static bool was_offered(const spi_deciding *d, const char *id)
{
	for (size_t i = 0; i < d->last->offered.count; i++)
		if (strcmp(d->last->offered.items[i], id) == 0)
			return true;
	return false;
}

/* "rimuovere la vecchia", of the choices that were offered: few words, and one of them is plainly nearest. */
static bool rule_chosen(spi_deciding *d)
{
	if (!last_was(d, SP_DECIDE_CLARIFY) || d->last->offered.count == 0 || said(d, SPI_CUE_TOPIC_CHANGE) ||
		d->found.count < 2 || d->found.stats.content_words > CHOSEN_WORDS || d->found.stats.known_words == 0)
		return false;
	const sp_candidate *best = d->found.candidates;
	return was_offered(d, best->id) && best[0].score - best[1].score >= CHOSEN_MARGIN && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* It is said that the code is not known: what seems near by its other words is not what it means. */
static bool rule_unknown_code(spi_deciding *d)
{
	const char *code = d->confidence < d->threshold ? spi_unknown_code(d->question->text, d->question->len, d->arena) : NULL;
	return code && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_UNKNOWN_CODE);
}

static bool rule_likely_case(spi_deciding *d)
{
	return d->case_score >= CASE_LIKELY && decide_case(d);
}

/* Questions back, what was not understood, and the next best that did not help either: enough of it. Words of courtesy in between change
   nothing. */
static bool rule_no_progress(spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	size_t turns = 0;
	for (size_t i = dialogue ? dialogue->count : 0; i-- > 0;) {
		sp_reason reason = dialogue->turns[i].reason;
		bool in_vain = reason == SP_REASON_CHOICES || reason == SP_REASON_TOO_VAGUE || reason == SP_REASON_GIBBERISH || reason == SP_REASON_SMALLTALK;
		if (!in_vain && reason != SP_REASON_GREETING && reason != SP_REASON_THANKS)
			break;
		turns += in_vain;
	}
	return turns >= NO_PROGRESS && d->confidence < d->threshold && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}

static bool rule_gibberish(spi_deciding *d)
{
	/* "l'armadio è di sopra" is about something, known or not. */
	if (d->found.stats.words > d->found.stats.content_words)
		return false;
	bool unknown = d->found.stats.known_words == 0 && d->found.word_count == 0 && d->confidence < OFF_TOPIC_CONFIDENCE &&
		(!d->found.stats.has_vector || d->choice_confidence < GIBBERISH_CHOICE);
	return unknown && !said(d, SPI_CUE_VAGUE) && !said(d, SPI_CUE_OFF_TOPIC) &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_GIBBERISH);
}

static bool rule_vague(spi_deciding *d)
{
	if (spi_topic_is_known(d))
		return false;
	/* "ho un'altra domanda" says that one comes, and not which. */
	uint64_t says_nothing = d->cues.covered[SPI_CUE_VAGUE] | d->cues.covered[SPI_CUE_TOPIC_CHANGE];
	uint64_t explained = says_nothing | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	if (d->found.stats.content_words > 0 && !(says_nothing && unexplained(d, explained) == 0))
		return false;
	/* A word of theirs that another language has too says nothing; and how sure an article is of "ho un problema" says what others had. */
	bool by_chance = d->found.count > 0 && d->found.candidates[0].is_foreign;
	if ((d->topic.said && d->confidence >= d->threshold && !by_chance) || clarified_twice(d))
		return false;
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

/* "problema con la patente", "il codice": what it is about, and not what of it. Which of its articles is meant is a guess until one stands out. */
static bool is_one_thing(const spi_deciding *d)
{
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	return !d->last && d->found.stats.words <= ONE_THING_WORDS && unexplained(d, d->cues.covered[SPI_CUE_VAGUE] | courtesy) <= 1;
}

double spi_sure_from(const spi_deciding *d)
{
	return d->threshold < ONE_THING_SURE && is_one_thing(d) ? ONE_THING_SURE : d->threshold;
}

static bool rule_sure(spi_deciding *d)
{
	return d->found.count > 0 && d->confidence >= spi_sure_from(d) && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* What the message as a whole says, where no cue told. */
static bool rule_plain_kind(spi_deciding *d)
{
	static const double first[SP_KINDS] = {[SP_KIND_PERSON] = PERSON_PLAIN, [SP_KIND_ABUSE] = ABUSE_PLAIN,
		[SP_KIND_SMALLTALK] = SMALLTALK_PLAIN, [SP_KIND_OFF_TOPIC] = OFF_TOPIC_PLAIN};
	static const double later[SP_KINDS] = {[SP_KIND_PERSON] = PERSON_IN_TOPIC, [SP_KIND_ABUSE] = ABUSE_IN_TOPIC,
		[SP_KIND_SMALLTALK] = SMALLTALK_IN_TOPIC, [SP_KIND_OFF_TOPIC] = OFF_TOPIC_PLAIN};
	const double *kinds = d->found.stats.kinds, *least = d->topic.turn || d->confidence >= d->threshold ? later : first;
	bool says_more = said(d, SPI_CUE_VAGUE) || (d->topic.said && said(d, SPI_CUE_FOLLOW_UP));
	if ((d->topic.said ? d->alone_confidence : d->confidence) >= ANSWER_STANDS)
		return false;
	/* "i do not understand", "hello i need help": like what people say who want a person, and says nothing but that something is wrong. */
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	bool only_vague = said(d, SPI_CUE_VAGUE) && unexplained(d, d->cues.covered[SPI_CUE_VAGUE] | courtesy) == 0;
	if (kinds[SP_KIND_PERSON] > least[SP_KIND_PERSON] && !only_vague && !(d->topic.said && said(d, SPI_CUE_FOLLOW_UP)))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	/* "la tessera", "non va niente": so few words look like anything, and are ours. */
	bool one_of_ours = !said(d, SPI_CUE_GREETING) && d->found.stats.content_words == 1 && d->found.stats.known_words == 1;
	if (kinds[SP_KIND_ABUSE] > least[SP_KIND_ABUSE] && !says_more && !one_of_ours)
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
	if (kinds[SP_KIND_SMALLTALK] > least[SP_KIND_SMALLTALK] && !says_more && !one_of_ours)
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	return kinds[SP_KIND_OFF_TOPIC] > least[SP_KIND_OFF_TOPIC] && !says_more &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

static bool rule_off_topic(spi_deciding *d)
{
	const sp_question_stats *stats = &d->found.stats;
	bool unknown = d->found.word_count == 0 || (stats->idf_sum > 0 && stats->idf_known / stats->idf_sum < OFF_TOPIC_KNOWN);
	bool is_ours = d->confidence >= OFF_TOPIC_CONFIDENCE || (stats->has_vector && d->choice_confidence >= OFF_TOPIC_CONFIDENCE);
	bool is_near_ours = stats->has_vector && (d->choice_confidence >= CHOICE_CONFIDENCE || stats->kinds[SP_KIND_OFF_TOPIC] <= OFF_TOPIC_HARDLY);
	bool by_cue = said(d, SPI_CUE_OFF_TOPIC) && !is_near_ours;
	if (said(d, SPI_CUE_VAGUE) || (is_ours && !by_cue))
		return false;
	/* What a sentence is about tells better than whether its words are ours. */
	bool is_off = stats->has_vector ? stats->kinds[SP_KIND_OFF_TOPIC] > OFF_TOPIC_LIKELY : unknown;
	if (d->topic.turn)
		is_off = stats->kinds[SP_KIND_OFF_TOPIC] > OFF_TOPIC_IN_TOPIC;
	return (by_cue || is_off) && spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

static bool rule_choices(spi_deciding *d)
{
	double least = d->found.stats.has_vector ? CHOICE_CONFIDENCE : CHOICE_CONFIDENCE_WORDS;
	if (d->found.count < 2 || d->choice_confidence < least || clarified_twice(d))
		return false;
	/* Never twice in a row on the same thing. */
	if (last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0 && !said(d, SPI_CUE_TOPIC_CHANGE))
		return false;
	d->decision->choices = d->found.count < SP_CHOICES_MAX ? d->found.count : SP_CHOICES_MAX;
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
}

/* One word that is ours, and nothing to go by: "la tessera", "il codice". */
static bool rule_one_word(spi_deciding *d)
{
	bool asked_already = last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0;
	return d->found.stats.content_words <= 1 && d->found.stats.known_words > 0 && !asked_already && !clarified_twice(d) &&
	       spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

static bool rule_no_answer(spi_deciding *d)
{
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}

typedef bool rule(spi_deciding *d);

static bool apply(rule *const *rules, size_t count, spi_deciding *d)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i](d))
			return true;
	return false;
}

bool spi_decide_by_message(spi_deciding *d)
{
	static rule *const rules[] = {rule_nothing_readable, rule_person, rule_courtesy, rule_closing, rule_abuse};
	return apply(rules, sizeof rules / sizeof *rules, d);
}

void spi_decide_by_candidates(spi_deciding *d)
{
	static rule *const rules[] = {rule_not_solved, rule_several, rule_code, rule_known, rule_language, rule_ticket_state, rule_details, spi_decide_by_told_day, rule_case, rule_unknown_code, rule_plain_kind,
		rule_no_progress, rule_gibberish, rule_vague, rule_sure, rule_chosen, rule_likely_case, rule_off_topic, rule_choices, rule_one_word, rule_no_answer};
	apply(rules, sizeof rules / sizeof *rules, d);
}
