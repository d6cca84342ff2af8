#include "answer/instead.h"

#include "answer/rank.h"
#include "answer/rules.h"

#include <string.h>

#define THING_WORDS 3      /* that say something; with more it is said anew what is meant */
#define SAID_WORDS 8       /* of what was said before: in a story nobody knows which word is put right */
#define SAID_TOKENS 2      /* "spid" has no place for anything else */
#define REPLACED_WORDS 2   /* "carta d'identità" is one thing */
#define ALIKE_LETTERS 2
#define READINGS 3         /* that the encoder is asked of */

typedef struct naming {
	size_t first, end;           /* tokens of the message that name the thing */
	size_t not_first, not_end;   /* tokens that name what is not meant; none: not_first == not_end */
	bool points;                 /* "quello della tari": of something else, and the same */
	bool corrects;               /* and does not go on ("e lo spid?"): what was answered last is not it */
} naming;

/* What was said before, and the place in it that the thing is put in. */
typedef struct slot {
	const char *text;
	sp_tokens tokens;
	spi_cues cues;
	uint64_t places; /* tokens that a thing may begin at */
} slot;

static uint64_t bits(size_t first, size_t end)
{
	uint64_t below_end = end >= 64 ? UINT64_MAX : (UINT64_C(1) << end) - 1;
	return below_end & ~((UINT64_C(1) << first) - 1);
}

/* ---- which thing ---- */

static bool is_same_word(const sp_token *a, const sp_token *b)
{
	return strcmp(a->plain, b->plain) == 0;
}

/* Behind "not": as many words as were said before. */
static size_t end_of_denied(const spi_deciding *d, const slot *said, size_t first)
{
	size_t end = first;
	for (size_t i = first; i < d->cues.count; i++) {
		bool known = !(d->cues.content >> i & 1);
		for (size_t k = 0; k < said->cues.count && !known; k++)
			known = is_same_word(&d->tokens.items[i], &said->tokens.items[k]);
		if (!known)
			break;
		if (d->cues.content >> i & 1)
			end = i + 1;
	}
	return end;
}

/* "non quella di credito, la carta d'identità": behind the comma. */
static size_t end_of_pointing(const spi_deciding *d)
{
	uint64_t points = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_POINTS);
	for (size_t i = 1; points >> 1 & 1 && i < d->cues.count; i++)
		if (d->tokens.items[i].end < d->question->len && d->question->text[d->tokens.items[i].end] == ',')
			return i + 1;
	return 0;
}

/* "scusa non infocert, aruba": what stands before token `at` says nothing of the matter. */
static bool is_first_but_for_courtesy(const spi_deciding *d, size_t at)
{
	uint64_t courtesy = d->cues.covered[SPI_CUE_OPENING] | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	courtesy |= spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_INSTEAD);
	return !(d->cues.content & bits(0, at) & ~courtesy);
}

/* "non è infocert, è aruba": the thing is behind the word that is said again. */
static size_t behind_same_word(const spi_deciding *d, size_t not, size_t end)
{
	bool again = end < d->cues.count && !(d->cues.content >> end & 1) && is_same_word(&d->tokens.items[not + 1], &d->tokens.items[end]);
	return again ? end + 1 : end;
}

/* "non la mail, il numero"; "il numero, non la mail". */
static bool find_beside_denial(const spi_deciding *d, const slot *said, naming *ret)
{
	uint64_t not = d->cues.covered[SPI_CUE_DENIAL];
	if (!not)
		return false;
	size_t at = (size_t)__builtin_ctzll(not), end = end_of_denied(d, said, at + 1);
	*ret = (naming){.not_first = at + 1, .not_end = end, .corrects = true};
	bool is_first = is_first_but_for_courtesy(d, at);
	if (at == 0 && end_of_pointing(d))
		*ret = (naming){.first = end_of_pointing(d), .end = d->cues.count, .corrects = true};
	else if (is_first && end > at + 1)
		ret->first = behind_same_word(d, at, end), ret->end = d->cues.count;
	else if (end > at + 1 && end == d->cues.count)
		ret->end = at;
	return ret->end > ret->first;
}

static void take_meant(const spi_deciding *d, naming *ret)
{
	const char *begin = d->meant, *end = d->meant + d->meant_len;
	*ret = (naming){.end = d->cues.count, .corrects = true};
	while (ret->first < d->cues.count && d->question->text + d->tokens.items[ret->first].start < begin)
		ret->first++;
	while (ret->end > ret->first && d->question->text + d->tokens.items[ret->end - 1].start >= end)
		ret->end--;
}

static bool find_behind(const spi_deciding *d, spi_walk_cue lead, bool corrects, naming *ret)
{
	uint64_t led = spi_walk_cue_covered(&d->tokens, d->decision->lang, lead);
	*ret = (naming){.end = d->cues.count, .corrects = corrects};
	while (ret->first < ret->end && led >> ret->first & 1)
		ret->first++;
	return ret->first > 0 && ret->first < ret->end;
}

static bool find_thing(const spi_deciding *d, const slot *said, naming *ret)
{
	if (d->meant) {
		take_meant(d, ret);
		return ret->end > ret->first;
	}
	return find_beside_denial(d, said, ret) || find_behind(d, SPI_INSTEAD, true, ret) || find_behind(d, SPI_AND_THING, false, ret);
}

/* Nothing but a thing: it says nothing of what happens, and asks for nobody. */
static bool is_a_thing(const spi_deciding *d, const naming *named)
{
	static const spi_cue others[] = {SPI_CUE_PERSON, SPI_CUE_GREETING, SPI_CUE_THANKS, SPI_CUE_GOODBYE, SPI_CUE_SMALLTALK, SPI_CUE_ABUSE, SPI_CUE_NOT_SOLVED,
		SPI_CUE_CASE_ACT, SPI_CUE_VAGUE, SPI_CUE_TOPIC_CHANGE, SPI_CUE_CLOSING, SPI_CUE_SENT_BACK, SPI_CUE_INTENTION, SPI_CUE_DENIAL};
	uint64_t of_thing = bits(named->first, named->end), words = 0;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (d->cues.covered[others[i]] & of_thing)
			return false;
	for (size_t i = named->first; i < named->end; i++)
		words |= d->tokens.items[i].kind == SP_TOKEN_WORD ? UINT64_C(1) << i : 0;
	int content = spi_count_bits(d->cues.content & of_thing);
	size_t first = content ? (size_t)__builtin_ctzll(d->cues.content & of_thing) : named->first;
	/* "per toglierla" is none */
	bool is_led = first == named->first || spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_BEFORE_THING) >> (first - 1) & 1;
	return words == of_thing && is_led && content >= 1 && content <= THING_WORDS;
}

/* "quello della tari", "per lo spid": what stands further before it says which one was meant, or for what. */
static void leave_out_what_leads(const spi_deciding *d, naming *named)
{
	uint64_t content = d->cues.content & bits(named->first, named->end);
	size_t first = (size_t)__builtin_ctzll(content);
	uint64_t points = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_POINTS);
	named->points = points >> first & 1 && content & (content - 1);
	if (named->points)
		first = (size_t)__builtin_ctzll(content & (content - 1));
	if (first > named->first + 1)
		named->first = first - 1;
}

/* ---- where it belongs ---- */

static sp_status look_at_last(const spi_deciding *d, slot *ret)
{
	*ret = (slot){.text = d->last->question};
	sp_status status = sp_analyse(d->found.analyser, ret->text, strlen(ret->text), d->decision->lang, d->arena, &ret->tokens);
	if (status == SP_OK)
		spi_cues_find(&ret->tokens, d->decision->lang, &ret->cues);
	ret->places = ret->cues.content;
	return status;
}

/* "del", "della" */
static bool begin_alike(const sp_token *a, const sp_token *b)
{
	size_t len = strlen(a->plain) < strlen(b->plain) ? strlen(a->plain) : strlen(b->plain); /* "d'identità", "di credito" */
	return strncmp(a->plain, b->plain, len < ALIKE_LETTERS ? len : ALIKE_LETTERS) == 0;
}

/* "la carta" takes the place of what has such a word before it too, where anything has: of "telefono" in "ho perso il telefono". "quello della
   tari" leaves what it is, and takes the place of what has the same word: of "cashback" in "il rimborso del cashback". */
static void find_places(const spi_deciding *d, const naming *named, slot *said)
{
	const sp_token *own = &d->tokens.items[named->first];
	uint64_t before = spi_walk_cue_covered(&said->tokens, d->decision->lang, SPI_BEFORE_THING), alike = 0;
	if (!(spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_BEFORE_THING) >> named->first & 1))
		return;
	for (size_t i = 0; i < said->cues.count; i++)
		alike |= begin_alike(&said->tokens.items[i], own) ? UINT64_C(1) << i : 0;
	uint64_t behind = before << 1 & said->cues.content, behind_alike = (before & alike) << 1 & said->cues.content;
	if (named->points && behind_alike)
		said->places = behind_alike;
	else if (named->points && said->cues.content & ~behind) /* "la password spid", "quella di io" */
		said->places &= ~behind;
	else if (behind)
		said->places = behind;
}

/* The word before a thing goes with it where the new one has its own: "del cashback", "della tari"; "con la cie", "con spid". */
static size_t begin_with_its_word(const spi_deciding *d, const slot *said, const naming *named, size_t first)
{
	size_t before = first;
	if (d->cues.content >> named->first & 1)
		return first;
	for (size_t i = first; i > 0 && !(said->cues.content >> (i - 1) & 1); i--)
		if (is_same_word(&said->tokens.items[i - 1], &d->tokens.items[named->first]))
			before = i - 1;
	bool has_one = first > 0 && !(said->cues.content >> (first - 1) & 1);
	return before == first && has_one ? first - 1 : before;
}

typedef struct reading {
	const char *text, *without; /* with the thing; and with nothing in its place */
	double sure;
} reading;

static bool put_in(const spi_deciding *d, const slot *said, const naming *named, size_t first, size_t last, reading *ret)
{
	first = begin_with_its_word(d, said, named, first);
	const char *before = said->text, *behind = said->text + said->tokens.items[last].end;
	int before_len = (int)said->tokens.items[first].start;
	const sp_token *begin = &d->tokens.items[named->first], *end = &d->tokens.items[named->end - 1];
	ret->text = sp_arena_printf(d->arena, "%.*s%.*s%s", before_len, before, (int)(end->end - begin->start), d->question->text + begin->start, behind);
	ret->without = sp_arena_printf(d->arena, "%.*s%s", before_len, before, behind);
	return ret->text && ret->without;
}

/* The words that were said not to be meant. */
static bool is_denied(const spi_deciding *d, const slot *said, const naming *named, size_t first, size_t last)
{
	if (named->not_first == named->not_end)
		return true;
	size_t found = 0, wanted = 0;
	for (size_t i = named->not_first; i < named->not_end; i++) {
		bool same = false;
		if (!(d->cues.content >> i & 1))
			continue;
		wanted++;
		for (size_t k = first; k <= last && !same; k++)
			same = is_same_word(&d->tokens.items[i], &said->tokens.items[k]);
		found += same;
	}
	return found == wanted && spi_count_bits(said->cues.content & bits(first, last + 1)) == (int)wanted;
}

typedef struct readings {
	reading best[READINGS]; /* surest first */
	size_t count;
} readings;

static void keep(readings *all, reading one)
{
	size_t at = all->count < READINGS ? all->count++ : READINGS;
	while (at > 0 && all->best[at - 1].sure < one.sure) {
		if (at < READINGS)
			all->best[at] = all->best[at - 1];
		at--;
	}
	if (at < READINGS)
		all->best[at] = one;
}

/* Of all places, those where what comes out is most like what people say; by words, which cost little. */
static sp_status find_readings(const spi_deciding *d, const slot *said, const naming *named, readings *ret, sp_error *err)
{
	*ret = (readings){0};
	for (size_t first = 0; first < said->cues.count; first++)
		for (size_t last = first, words = 0; (said->places >> first & 1) && last < said->cues.count && words < REPLACED_WORDS; last++) {
			spi_retrieval read = d->found;
			reading one;
			if (!(said->cues.content >> last & 1))
				continue;
			words++;
			if (!is_denied(d, said, named, first, last))
				continue;
			if (!put_in(d, said, named, first, last, &one))
				return SP_ERR_NOMEM;
			read.text = one.text;
			read.len = strlen(read.text);
			sp_status status = spi_retrieve_words(&read, err);
			if (status != SP_OK)
				return status;
			one.sure = spi_confidence(read.candidates, read.count, &read.stats);
			keep(ret, one);
		}
	return SP_OK;
}

/* The surest of them, by meaning too, into d. */
static sp_status take_surest(spi_deciding *d, const readings *all, const reading **ret, sp_error *err)
{
	spi_retrieval best = d->found;
	double most = -1;
	for (size_t i = 0; i < all->count; i++) {
		spi_retrieval read = d->found;
		read.text = all->best[i].text;
		read.len = strlen(read.text);
		read.queue = best.busy ? NULL : read.queue; /* who waited in vain does not wait twice */
		sp_status status = spi_retrieve(&read, err);
		if (status != SP_OK)
			return status;
		double sure = spi_confidence(read.candidates, read.count, &read.stats);
		read.busy |= best.busy;
		if (sure > most)
			most = sure, best = read, *ret = &all->best[i];
		best.busy |= read.busy;
	}
	d->found = best;
	return SP_OK;
}

/* ---- what comes of it ---- */

/* Two words or more may be a question of their own ("no, ho perso il puk"). */
static sp_status is_surer_alone(const spi_deciding *d, const naming *named, double sure, bool *ret, sp_error *err)
{
	*ret = false;
	if (spi_count_bits(d->cues.content & bits(named->first, named->end)) < 2)
		return SP_OK;
	spi_retrieval alone = d->found;
	const sp_token *begin = &d->tokens.items[named->first];
	alone.text = d->question->text + begin->start;
	alone.len = d->tokens.items[named->end - 1].end - begin->start;
	sp_status status = spi_retrieve(&alone, err);
	*ret = status == SP_OK && spi_confidence(alone.candidates, alone.count, &alone.stats) > sure;
	return status;
}

/* Whether what a candidate is asked by has a word of the thing. */
static sp_status has_thing(const spi_deciding *d, const naming *named, const sp_candidate *candidate, bool *ret)
{
	sp_tokens phrase;
	sp_status status = sp_analyse(d->found.analyser, candidate->phrase, strlen(candidate->phrase), candidate->lang, d->arena, &phrase);
	*ret = false;
	for (size_t i = named->first; status == SP_OK && i < named->end; i++)
		for (size_t k = 0; (d->cues.content >> i & 1) && k < phrase.count && !*ret; k++)
			*ret = strcmp(d->tokens.items[i].term, phrase.items[k].term) == 0;
	return status;
}

/* "e adesso?", "e la tari?" after the cashback: the same is found without it, as surely or by other words, so it is not about that. */
static sp_status adds_nothing(const spi_deciding *d, const naming *named, const reading *read, bool *ret, sp_error *err)
{
	spi_retrieval without = d->found;
	const sp_candidate *found = d->found.candidates;
	bool is_found = false, has = false;
	*ret = false;
	if (d->found.count == 0)
		return SP_OK;
	without.text = read->without;
	without.len = strlen(without.text);
	without.queue = d->found.busy ? NULL : without.queue;
	sp_status status = spi_retrieve(&without, err);
	if (status == SP_OK)
		status = has_thing(d, named, found, &has);
	if (status != SP_OK || without.count == 0)
		return status;
	for (size_t i = 0; i < without.count && i < SP_CHOICES_MAX && !is_found; i++)
		is_found = without.candidates[i].docid == found->docid;
	bool is_first = without.candidates[0].docid == found->docid;
	*ret = (is_found && !has && !is_first) || (is_first && spi_confidence(without.candidates, without.count, &without.stats) >= d->confidence);
	return status;
}

static bool was_shown_last(const spi_deciding *d, const sp_candidate *candidate)
{
	return d->last->article && strcmp(candidate->id, d->last->article) == 0;
}

/* What was shown for the other thing is not it. */
static void leave_out_last(spi_deciding *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->found.count; i++)
		if (!was_shown_last(d, &d->found.candidates[i]))
			d->found.candidates[kept++] = d->found.candidates[i];
	d->found.count = kept;
	spi_judge(d);
}

/* Then it is looked for by itself, and what was shown last is not found again. */
static void look_for_it_alone(spi_deciding *d, const naming *named)
{
	const sp_token *begin = &d->tokens.items[named->first], *end = &d->tokens.items[named->end - 1];
	d->meant = d->question->text + begin->start;
	d->meant_len = end->end - begin->start;
	d->cues.content &= bits(named->first, named->end);
}

/* *ret: there is an answer, or choices for what was put right. */
static sp_status decide_by(spi_deciding *d, const naming *named, const readings *all, bool *ret, sp_error *err)
{
	const spi_retrieval before = d->found;
	const reading *surest = all->best;
	bool surer_alone = false, is_nothing = false;
	sp_status status = take_surest(d, all, &surest, err);
	if (status != SP_OK)
		return status;
	spi_judge(d);
	d->alone_confidence = d->confidence;
	status = is_surer_alone(d, named, d->confidence, &surer_alone, err);
	bool has_new = d->found.count > 0 && !was_shown_last(d, d->found.candidates);
	bool is_sure = !surer_alone && has_new && d->confidence >= d->threshold;
	if (status == SP_OK && is_sure)
		status = adds_nothing(d, named, surest, &is_nothing, err);
	if (status == SP_OK && is_sure && !is_nothing) {
		*ret = spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	} else if (status == SP_OK && !surer_alone && named->corrects) {
		leave_out_last(d);
		*ret = spi_rule_choices(d);
	}
	d->put_right = *ret;
	if (!*ret)
		d->found = before;
	if (!*ret && named->corrects)
		look_for_it_alone(d, named);
	return status;
}

sp_status spi_decide_by_instead(spi_deciding *d, bool *ret, sp_error *err)
{
	slot said;
	naming named;
	readings all;
	*ret = false;
	if (!d->last || !d->last->question || (d->last->decision != SP_DECIDE_ANSWER && d->last->decision != SP_DECIDE_CLARIFY) ||
		d->tokens.count > d->cues.count)
		return SP_OK;
	sp_status status = look_at_last(d, &said);
	int words = spi_count_bits(said.cues.content);
	if (status != SP_OK || words < 1 || words > SAID_WORDS || said.tokens.count < SAID_TOKENS || !find_thing(d, &said, &named) || !is_a_thing(d, &named))
		return status;
	leave_out_what_leads(d, &named);
	find_places(d, &named, &said);
	status = find_readings(d, &said, &named, &all, err);
	return status == SP_OK && all.count > 0 ? decide_by(d, &named, &all, ret, err) : status;
}
