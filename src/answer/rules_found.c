/* Rules by what was found: codes and known phrasings, cases, what is vague, sure or off topic, and what is left. */
#include "answer/context.h"
#include "answer/rank.h"
#include "answer/rules.h"

#include <math.h>
#include <string.h>

/* That a right one is among the choices: from here on a tap too many costs less than a ticket that was not needed. By words alone what no
   article answers looks so too often. */
#define CHOICE_CONFIDENCE 0.3
#define CHOICE_CONFIDENCE_WORDS 0.45
#define ONE_THING_SURE 0.85        /* of an answer to a message that names a thing and asks nothing about it */
#define ONE_THING_WORDS 6
/* "telefono", "perso", "comune": with one word the model, which has learned from questions, is sure of whatever article says it in the shortest
   phrasing. That article answers where the word is a keyword of it, nearly one of its phrasings, and it stands out the further, the more
   articles have that keyword. Where no article has it: nearly a phrasing, and far ahead. Of corpus/words.it.jsonl 44 of the
   51 words that an article is about are answered by it (49 without this), and 7 of the 92 that are of many things (86). */
#define ALL_OF_IT 0.99f
#define NEARLY_A_PHRASING 0.8f
#define AHEAD_OF_EACH 0.45
#define AHEAD_WITHOUT_KEYWORD 2.5
#define MEANS_A_PHRASING 0.65f     /* "yep": a phrasing by what it means, */
#define AHEAD_BY_MEANING 4.0       /* and hardly anything else */
#define KNOWN_IS_NEAR 0.6          /* cosine: the phrasing that is next to it says much the same */
#define KNOWN_CONFIDENCE 0.97      /* of an answer to a known phrasing: phrasings are the editors' own */
#define CODE_CONFIDENCE 0.95
#define CODES_MAX 3                /* offered beside the first */
#define CASE_LIKELY 1.25           /* from here on, where no answer is sure */
#define OFF_TOPIC_KNOWN 0.28       /* share of the question's weight that our vocabulary knows */
/* With fewer articles than this most of what people ask of us is said in words that none of them has ("devo buttare un divano" where one is about
   bulky waste): of parts of a public set, 7 to 20 % of what is answered in them where they have 8 to 40 articles, 3 % where they have 100. */
#define OFF_TOPIC_ARTICLES 60
/* Of sp_question_stats.kinds: from here on more likely than not, and all but certain. */
#define OFF_TOPIC_LIKELY 0.3
#define OFF_TOPIC_PLAIN 3.0
#define PERSON_PLAIN 1.3
#define ABUSE_PLAIN 2.5
#define SMALLTALK_PLAIN 1.5
/* The same where there is an answer, or it is known what is talked of: short messages look like anything. */
#define OFF_TOPIC_IN_TOPIC 2.0
#define PERSON_IN_TOPIC 2.5
#define PERSON_ANSWERED 0.5        /* of an answer to a question that looks as if a person were wanted */
#define PERSON_TOLD 0.8            /* the same of what is told */
#define ABUSE_IN_TOPIC 4.5
#define SMALLTALK_IN_TOPIC 3.5
/* Words that are off the topic of most services ("treno") are not off that of all: up to here a sentence is not, whatever its words. */
#define OFF_TOPIC_HARDLY -3.0
#define GIBBERISH_CHOICE 0.35      /* words that none of ours is like are near no article */
#define OFF_TOPIC_CONFIDENCE 0.4   /* what an article is this likely to answer, or one of several, is ours, whatever the words */

static bool is_also(const sp_decision *decision, const char *id)
{
	for (size_t i = 0; i < decision->also_count; i++)
		if (strcmp(decision->also[i].id, id) == 0)
			return true;
	return false;
}

/* An error code is answered by what explains it, in whatever stands around it; a second one's article is offered. */
bool spi_rule_code(spi_deciding *d)
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

bool spi_rule_known(spi_deciding *d)
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
bool spi_rule_language(spi_deciding *d)
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
bool spi_rule_ticket_state(spi_deciding *d)
{
	uint64_t number = numbers(d), courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	uint64_t explained = d->cues.covered[SPI_CUE_TICKET_STATE] | d->cues.covered[SPI_CUE_QUESTION] | courtesy | number;
	if (!spi_says(d, SPI_CUE_TICKET_STATE) || spi_unexplained(d, explained) > (number ? 1 : 0))
		return false;
	/* Who names the number is shown the way to its page, which can be said in any language: an article in another one is no better. */
	if (!number && d->found.count > 0 && !d->found.candidates[0].is_foreign && d->confidence >= d->threshold)
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TICKET_STATE);
}

/* The first is answered; what answers the others is offered. */
bool spi_rule_several(spi_deciding *d)
{
	sp_decision *decision = d->decision;
	if (d->several_count < 2 || d->case_score >= CASE_SCORE || spi_ticket_offered(d))
		return false;
	decision->also = sp_arena_alloc(d->arena, d->several_count * sizeof *decision->also);
	if (!decision->also)
		return false;
	for (size_t i = 1; i < d->several_count; i++)
		decision->also[decision->also_count++] = d->several[i].candidates[0];
	d->found = d->several[0];
	spi_judge(d);
	return spi_rule_code(d) || spi_rule_known(d) || spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
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

bool spi_rule_case(spi_deciding *d)
{
	/* "mi hanno scalato due volte 35 euro, verificate": not outweighed by an answer that is only near to what was talked of. */
	bool asks_to_act = spi_says(d, SPI_CUE_CASE_ACT) && d->case_score >= CASE_LIKELY && d->topic.said && d->alone_confidence < ANSWER_STANDS;
	/* "I was charged twice", as others asked before and an article answers. */
	bool is_known = !d->topic.said && d->confidence >= KNOWN_CONFIDENCE;
	return ((d->case_score >= CASE_SCORE && !is_known) || asks_to_act) && decide_case(d);
}

/* It is said that the code is not known: what seems near by its other words is not what it means. */
bool spi_rule_unknown_code(spi_deciding *d)
{
	/* Near to what was talked of is everything that is said in it: the message alone must tell. */
	double confidence = d->topic.said ? d->alone_confidence : d->confidence;
	double least = d->topic.said ? spi_answer_threshold(d->config->answer_precision, &d->found.stats) : d->threshold;
	const char *code = confidence < least ? spi_unknown_code(d->question->text, d->question->len, d->arena) : NULL;
	return code && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_UNKNOWN_CODE);
}

bool spi_rule_likely_case(spi_deciding *d)
{
	return d->case_score >= CASE_LIKELY && decide_case(d);
}

bool spi_rule_gibberish(spi_deciding *d)
{
	/* "l'armadio è di sopra" is about something, known or not. */
	if (d->found.stats.words > d->found.stats.content_words)
		return false;
	bool unknown = d->found.stats.known_words == 0 && d->found.word_count == 0 && d->confidence < OFF_TOPIC_CONFIDENCE &&
		(!d->found.stats.has_vector || d->choice_confidence < GIBBERISH_CHOICE);
	if (!unknown || spi_says(d, SPI_CUE_VAGUE) || spi_says(d, SPI_CUE_OFF_TOPIC))
		return false;
	/* A notice's number, an address, a code that we do not know: it is something, and what it is about is to be asked. */
	for (size_t i = 0; i < d->tokens.count; i++)
		if (d->tokens.items[i].kind == SP_TOKEN_PERSONAL || d->tokens.items[i].kind == SP_TOKEN_CODE)
			return !spi_clarified_twice(d) && spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	return spi_decided(d, SP_DECIDE_NONE, SP_REASON_GIBBERISH);
}

/* "non ho risolto", before anything was answered, says no more than "non funziona". */
static uint64_t vague_in(const spi_deciding *d)
{
	return d->cues.covered[SPI_CUE_VAGUE] | (d->topic.article ? 0 : d->cues.covered[SPI_CUE_NOT_SOLVED]);
}

bool spi_rule_vague(spi_deciding *d)
{
	if (spi_topic_is_known(d) || spi_has_own_article(d))
		return false;
	/* "ho un'altra domanda" says that one comes, and not which. */
	uint64_t says_nothing = vague_in(d) | d->cues.covered[SPI_CUE_TOPIC_CHANGE];
	uint64_t explained = says_nothing | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	if (d->found.stats.content_words > 0 && !(says_nothing && spi_unexplained(d, explained) == 0))
		return false;
	/* Said again, after it was asked what it is about: two that say nothing do not say which. */
	bool again = says_nothing && spi_unexplained(d, explained) == 0 && !d->topic.article && d->topic.turn && d->topic.turn->reason == SP_REASON_TOO_VAGUE;
	if (again)
		return spi_clarified_twice(d) || spi_no_progress(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER) : spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	/* A word of theirs that another language has too says nothing; and how sure an article is of "ho un problema" says what others had. */
	bool by_chance = d->found.count > 0 && d->found.candidates[0].is_foreign;
	/* After a question back it tells none of what was asked about: less than else is not enough. */
	double least = d->topic.article ? d->threshold : spi_answer_threshold(d->config->answer_precision, &d->found.stats);
	if ((d->topic.said && d->confidence >= least && !by_chance) || spi_clarified_twice(d))
		return false;
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

/* "problema con la patente", "il codice": what it is about, and not what of it. Which of its articles is meant is a guess until one stands out. */
static bool is_one_thing(const spi_deciding *d)
{
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	bool is_first = !d->last || (d->last->reason == SP_REASON_TOO_VAGUE && !d->topic.article); /* "non va", then "l'app" */
	return is_first && d->found.stats.words <= ONE_THING_WORDS && spi_unexplained(d, d->cues.covered[SPI_CUE_VAGUE] | courtesy) <= 1;
}

bool spi_is_named(const spi_retrieval *found)
{
	const sp_candidate *top = found->candidates;
	int named = 0;
	for (size_t i = 0; i < found->count; i++)
		named += found->candidates[i].features[SP_FEATURE_TAG_COVER] >= ALL_OF_IT;
	double ahead = found->count > 1 ? top->score - top[1].score : AHEAD_BY_MEANING;
	if (top->features[SP_FEATURE_NEAR_PHRASE] >= MEANS_A_PHRASING && ahead >= AHEAD_BY_MEANING)
		return true;
	/* "orari", which is in one title, and no other article has it anywhere. */
	if (found->count == 1 && top->features[SP_FEATURE_TITLE_COVER] >= ALL_OF_IT)
		return true;
	if (named > 0 && top->features[SP_FEATURE_TAG_COVER] < ALL_OF_IT)
		return false;
	return top->features[SP_FEATURE_PHRASE_COSINE] >= NEARLY_A_PHRASING && ahead >= (named > 0 ? AHEAD_OF_EACH * named : AHEAD_WITHOUT_KEYWORD);
}

/* A thing, or what happened to one, and nothing else. */
static bool hangs_on_one_word(const spi_deciding *d)
{
	return is_one_thing(d) && d->found.stats.content_words == 1 && (!d->asks || d->found.stats.words <= 2) && !d->named_in_first &&
	       !spi_is_named(&d->found);
}

double spi_sure_from(const spi_deciding *d)
{
	if (d->found.count > 0 && hangs_on_one_word(d))
		return 1;
	return d->threshold < ONE_THING_SURE && is_one_thing(d) ? ONE_THING_SURE : d->threshold;
}

bool spi_rule_sure(spi_deciding *d)
{
	if (d->found.count == 0 || d->confidence < spi_sure_from(d))
		return false;
	return spi_goes_in_circles(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED) : spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* A service may be asked what is off topic elsewhere, and have an article for greetings: what the editors' own phrasings of the same thing look
   like as well says nothing about a message. */
double spi_kind_known(const spi_deciding *d, sp_message_kind kind)
{
	const sp_question_stats *stats = &d->found.stats;
	return stats->nearest_phrase >= KNOWN_IS_NEAR ? fmax(stats->near_kinds[kind], 0) : 0;
}

static double kind_of_message(const spi_deciding *d, sp_message_kind kind)
{
	return d->found.stats.kinds[kind] - spi_kind_known(d, kind);
}

/* "E43": one of ours or not, it is no small talk. */
static bool names_code(const spi_deciding *d)
{
	for (size_t i = 0; i < d->tokens.count; i++)
		if (d->tokens.items[i].kind == SP_TOKEN_CODE)
			return true;
	return false;
}

/* What the message as a whole says, where no cue told. */
bool spi_rule_plain_kind(spi_deciding *d)
{
	static const double first[SP_KINDS] = {[SP_KIND_PERSON] = PERSON_PLAIN, [SP_KIND_ABUSE] = ABUSE_PLAIN,
		[SP_KIND_SMALLTALK] = SMALLTALK_PLAIN, [SP_KIND_OFF_TOPIC] = OFF_TOPIC_PLAIN};
	static const double later[SP_KINDS] = {[SP_KIND_PERSON] = PERSON_IN_TOPIC, [SP_KIND_ABUSE] = ABUSE_IN_TOPIC,
		[SP_KIND_SMALLTALK] = SMALLTALK_IN_TOPIC, [SP_KIND_OFF_TOPIC] = OFF_TOPIC_PLAIN};
	const double *least = d->topic.turn || d->confidence >= d->threshold ? later : first;
	/* "come mai", after an answer, is about it. */
	bool only_asks = d->asks && d->cues.content == 0;
	bool says_more = vague_in(d) || (d->topic.said && (spi_says(d, SPI_CUE_FOLLOW_UP) || only_asks));
	if ((d->topic.said ? d->alone_confidence : d->confidence) >= ANSWER_STANDS)
		return false;
	/* "i do not understand", "hello i need help": like what people say who want a person, and says nothing but that something is wrong. */
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	bool only_vague = vague_in(d) && spi_unexplained(d, vague_in(d) | courtesy) == 0;
	/* "quale gestore mi consigli?", "a chi devo scrivere?": a question that an article answers is none for a person. */
	bool has_answer = d->topic.said && d->confidence >= (d->asks ? PERSON_ANSWERED : PERSON_TOLD);
	if (d->found.stats.kinds[SP_KIND_PERSON] > least[SP_KIND_PERSON] && !only_vague && !has_answer && !(d->topic.said && spi_says(d, SPI_CUE_FOLLOW_UP)))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	if (names_code(d))
		return false;
	/* "la tessera", "non va niente": so few words look like anything, and are ours. */
	bool one_of_ours = !spi_says(d, SPI_CUE_GREETING) && d->found.stats.content_words == 1 && d->found.stats.known_words == 1;
	if (kind_of_message(d, SP_KIND_ABUSE) > least[SP_KIND_ABUSE] && !says_more && !one_of_ours)
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
	if (kind_of_message(d, SP_KIND_SMALLTALK) > least[SP_KIND_SMALLTALK] && !says_more && !one_of_ours)
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	return kind_of_message(d, SP_KIND_OFF_TOPIC) > least[SP_KIND_OFF_TOPIC] && !says_more &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

/* Its words are not those of our articles, of which there are enough to tell by. */
static bool has_other_words(const spi_deciding *d)
{
	const sp_question_stats *stats = &d->found.stats;
	bool unknown = d->found.word_count == 0 || (stats->idf_sum > 0 && stats->idf_known / stats->idf_sum < OFF_TOPIC_KNOWN);
	return unknown && stats->articles >= OFF_TOPIC_ARTICLES;
}

/* All words that were looked for stand in its title or its keywords. A phrasing may have them beside what the article is about. */
static bool is_titled(const sp_candidate *candidate)
{
	bool by_title = candidate->features[SP_FEATURE_TITLE_COVER] >= ALL_OF_IT && strcmp(candidate->phrase, candidate->title) == 0;
	return by_title || candidate->features[SP_FEATURE_TAG_COVER] >= ALL_OF_IT;
}

/* Words of the message, from one to before another: an article is titled with them. */
static bool are_in_titles(const spi_deciding *d, size_t first, size_t end)
{
	spi_retrieval read = d->found;
	sp_error err;
	read.text = d->question->text + d->tokens.items[first].start;
	read.len = d->tokens.items[end - 1].end - d->tokens.items[first].start;
	if (spi_retrieve_words(&read, &err) != SP_OK)
		return false;
	size_t i = 0;
	while (i < read.count && !is_titled(&read.candidates[i]))
		i++;
	return i < read.count;
}

/* "dog", "piante", "autobus": off the topic of most services, and what those of a vet, of a park, of a bus company are about. */
static bool is_off_by_cue(const spi_deciding *d)
{
	uint64_t said = d->cues.covered[SPI_CUE_OFF_TOPIC];
	for (size_t first = 0; first < d->cues.count; first++) {
		size_t end = first;
		while (end < d->cues.count && said >> end & 1)
			end++;
		if (end > first && !are_in_titles(d, first, end))
			return true; /* "chi ha vinto la partita": that one is titled "Partita IVA" changes nothing */
		first = end;
	}
	return false;
}

/* "la tessera", "il codice": nothing to go by, and asked about. */
static bool is_one_word_of_ours(const sp_question_stats *stats)
{
	return stats->content_words <= 1 && stats->known_words > 0;
}

bool spi_rule_off_topic(spi_deciding *d)
{
	const sp_question_stats *stats = &d->found.stats;
	bool is_ours = d->confidence >= OFF_TOPIC_CONFIDENCE || (stats->has_vector && d->choice_confidence >= OFF_TOPIC_CONFIDENCE);
	bool is_near_ours = stats->has_vector && (d->choice_confidence >= CHOICE_CONFIDENCE || kind_of_message(d, SP_KIND_OFF_TOPIC) <= OFF_TOPIC_HARDLY);
	bool by_cue = !is_near_ours && is_off_by_cue(d);
	if (spi_says(d, SPI_CUE_VAGUE) || ((is_ours || is_one_word_of_ours(stats)) && !by_cue) || names_code(d))
		return false;
	/* What a sentence is about tells better than whether its words are ours. */
	bool is_off = stats->has_vector ? kind_of_message(d, SP_KIND_OFF_TOPIC) > OFF_TOPIC_LIKELY : has_other_words(d);
	if (d->topic.turn)
		is_off = kind_of_message(d, SP_KIND_OFF_TOPIC) > OFF_TOPIC_IN_TOPIC;
	return (by_cue || is_off) && spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

/* Imported articles may share a title: two choices that read the same are none. How many there are to offer, which come first. */
static size_t put_distinct_first(spi_retrieval *found)
{
	size_t distinct = 0;
	for (size_t i = 0; i < found->count && distinct < SP_CHOICES_MAX; i++) {
		sp_candidate candidate = found->candidates[i];
		bool is_same = false;
		for (size_t k = 0; k < distinct && !is_same; k++)
			is_same = strcmp(found->candidates[k].title, candidate.title) == 0;
		if (is_same)
			continue;
		memmove(found->candidates + distinct + 1, found->candidates + distinct, (i - distinct) * sizeof candidate);
		found->candidates[distinct++] = candidate;
	}
	return distinct;
}

bool spi_rule_choices(spi_deciding *d)
{
	/* Who puts right what was said ("quella di credito intendo") has said it twice: topics to choose from would ask a third time. */
	double least = d->found.stats.has_vector || d->meant ? CHOICE_CONFIDENCE : CHOICE_CONFIDENCE_WORDS;
	if (d->found.count < 2 || d->choice_confidence < least || spi_clarified_twice(d))
		return false;
	/* Never twice in a row on the same thing. */
	if (spi_last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0 && !spi_says(d, SPI_CUE_TOPIC_CHANGE))
		return false;
	d->decision->choices = put_distinct_first(&d->found);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
}

bool spi_rule_one_word(spi_deciding *d)
{
	bool asked_already = spi_last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0;
	return is_one_word_of_ours(&d->found.stats) && !asked_already && !spi_clarified_twice(d) && spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

bool spi_rule_no_answer(spi_deciding *d)
{
	if (spi_ticket_offered(d) && spi_declines_first(d))
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_DECLINED);
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}
