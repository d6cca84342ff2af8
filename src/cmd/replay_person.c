/* One contact: what a person does with a reply, and what that makes of the conversation by the contract. */
#include "cmd/replay.h"

#include <string.h>

#define HOUR_S 3600
#define DAY_S 86400

static bool answers(const spi_contact *c, const char *article)
{
	const sp_strings *right = &c->question->articles;
	for (size_t i = 0; article && i < right->count; i++)
		if (strcmp(right->items[i], article) == 0)
			return true;
	return false;
}

static void act(spi_contact *c, spi_act what, const char *say)
{
	c->act = what;
	c->say = say;
	c->at_utc_s += (int64_t)spi_chance_between(&c->rng, c->behaviour->think_s);
}

static const char *one_of(spi_contact *c, const sp_strings *texts)
{
	return texts->items[(size_t)(spi_chance(&c->rng) * (double)texts->count)];
}

/* ---- the end ---- */

static spi_end end_of(const spi_contact *c)
{
	if (c->ticket)
		return c->hard ? SPI_END_LEVEL2 : SPI_END_LEVEL1;
	if (!c->has_request)
		return SPI_END_NO_REQUEST;
	if (c->has_answer && c->said_since_answer && c->said_solved)
		return SPI_END_CONFIRMED;
	return c->answered_last && !(c->said_since_request && !c->said_solved) ? SPI_END_ASSUMED : SPI_END_ABANDONED;
}

static void end(spi_contact *c)
{
	c->act = SPI_ACT_END;
	c->say = NULL;
	c->end = end_of(c);
}

static void give_up(spi_contact *c)
{
	c->gave_up = true;
	end(c);
}

/* ---- saying ---- */

static void ask_person(spi_contact *c)
{
	act(c, SPI_ACT_SAY, one_of(c, &c->behaviour->says_person));
}

/* In other words: another question about the same. Who has none left asks for a person. */
static void ask_again(spi_contact *c)
{
	if (++c->again >= c->topic->count) {
		ask_person(c);
		return;
	}
	size_t at = 0;
	while (c->topic->questions[at] != c->question)
		at++;
	c->question = c->topic->questions[(at + 1) % c->topic->count];
	act(c, SPI_ACT_SAY, c->question->text);
}

void spi_contact_begin(spi_contact *c, uint64_t seed)
{
	c->rng = spi_chance_seed(seed, c->number * 2 + 1);
	c->question = c->topic->questions[(size_t)(spi_chance(&c->rng) * (double)c->topic->count)];
	c->act = SPI_ACT_SAY;
	c->say = c->question->text;
	if (c->back && spi_chance(&c->rng) < c->behaviour->back_person)
		c->say = one_of(c, &c->behaviour->says_person);
}

/* ---- hearing ---- */

/* A choice that leads on in a procedure. */
static const spi_heard_choice *way_on(const spi_heard *heard)
{
	const spi_heard_choice *found = NULL;
	for (size_t i = 0; i < heard->choices_count; i++) {
		if (heard->choices[i].kind == SP_CHOICE_NEXT)
			return &heard->choices[i];
		if (heard->choices[i].kind == SP_CHOICE_STEP && !found)
			found = &heard->choices[i];
	}
	return found;
}

/* The right choice, or the n-th of the wrong ones. */
static const char *choice(spi_contact *c, const spi_heard *heard, bool right)
{
	size_t wrong = 0, which;
	for (size_t i = 0; i < heard->choices_count; i++) {
		if (answers(c, heard->choices[i].article)) {
			if (right)
				return heard->choices[i].value;
		} else {
			wrong += heard->choices[i].article != NULL;
		}
	}
	if (right || wrong == 0)
		return NULL;
	which = (size_t)(spi_chance(&c->rng) * (double)wrong);
	for (size_t i = 0; i < heard->choices_count; i++)
		if (heard->choices[i].article && !answers(c, heard->choices[i].article) && which-- == 0)
			return heard->choices[i].value;
	return NULL;
}

static spi_scene scene_of(const spi_contact *c, const spi_heard *heard, bool right)
{
	switch (heard->decision) {
	case SP_DECIDE_ANSWER:
		return right && way_on(heard) && c->turns < c->behaviour->turns ? SPI_SCENE_STEP : right ? SPI_SCENE_ANSWERED_RIGHT : SPI_SCENE_ANSWERED_WRONG;
	case SP_DECIDE_TICKET:
		return SPI_SCENE_OFFERED_TICKET;
	case SP_DECIDE_CLARIFY:
		for (size_t i = 0; i < heard->choices_count; i++)
			if (answers(c, heard->choices[i].article))
				return SPI_SCENE_CHOICES_WITH;
		return heard->choices_count && heard->choices[0].article ? SPI_SCENE_CHOICES_WITHOUT : SPI_SCENE_ASKED_BACK;
	default:
		return SPI_SCENE_NOT_UNDERSTOOD;
	}
}

static bool speaks(spi_deed deed)
{
	return deed == SPI_DEED_NO || deed == SPI_DEED_AGAIN || deed == SPI_DEED_PERSON || deed == SPI_DEED_RIGHT || deed == SPI_DEED_WRONG ||
		deed == SPI_DEED_NEXT;
}

static void choose(spi_contact *c, const spi_heard *heard, bool right)
{
	const char *value = choice(c, heard, right);
	if (value)
		act(c, SPI_ACT_SAY, value);
	else
		ask_again(c);
}

static void do_it(spi_contact *c, const spi_heard *heard, spi_deed deed, bool right)
{
	if (speaks(deed) && c->turns >= c->behaviour->turns)
		deed = SPI_DEED_GIVE_UP;
	switch (deed) {
	case SPI_DEED_YES:
		act(c, SPI_ACT_SOLVED, NULL);
		break;
	case SPI_DEED_NO:
		act(c, SPI_ACT_NOT_SOLVED, NULL);
		break;
	case SPI_DEED_AGAIN:
		ask_again(c);
		break;
	case SPI_DEED_PERSON:
		ask_person(c);
		break;
	case SPI_DEED_RIGHT:
	case SPI_DEED_WRONG:
		choose(c, heard, deed == SPI_DEED_RIGHT);
		break;
	case SPI_DEED_NEXT:
		act(c, SPI_ACT_SAY, way_on(heard)->value);
		break;
	case SPI_DEED_OPEN:
		act(c, SPI_ACT_TICKET, NULL);
		break;
	case SPI_DEED_SILENT:
		c->believes_wrong = !right;
		end(c);
		break;
	default:
		give_up(c);
	}
}

static void note(spi_contact *c, const spi_heard *heard)
{
	c->turns++;
	if (heard->decision == SP_DECIDE_NONE)
		return;
	c->has_request = true;
	c->answered_last = heard->decision == SP_DECIDE_ANSWER;
	c->said_since_request = false;
	if (c->answered_last) {
		c->has_answer = true;
		c->said_since_answer = false;
	}
	if (!heard->category)
		return;
	c->category = heard->category;
	if (c->before_category && strcmp(c->before_category, c->category) == 0 && c->at_utc_s < c->window_until_utc_s)
		c->takes_back = true;
}

void spi_contact_hear(spi_contact *c, const spi_heard *heard)
{
	note(c, heard);
	bool right = heard->decision == SP_DECIDE_ANSWER && answers(c, heard->article);
	spi_scene scene = scene_of(c, heard, right);
	spi_deed deed = (spi_deed)spi_chance_pick(&c->rng, c->behaviour->shares[scene], SPI_DEEDS);
	if (scene == SPI_SCENE_STEP && deed != SPI_DEED_NEXT)
		deed = (spi_deed)spi_chance_pick(&c->rng, c->behaviour->shares[SPI_SCENE_ANSWERED_RIGHT], SPI_DEEDS);
	do_it(c, heard, deed, right);
}

void spi_contact_go_on(spi_contact *c)
{
	switch (c->act) {
	case SPI_ACT_NOT_SOLVED: /* the button, then the words */
		c->said_since_answer = c->said_since_request = true;
		c->said_solved = false;
		act(c, SPI_ACT_SAY, one_of(c, &c->behaviour->says_no));
		break;
	case SPI_ACT_SOLVED:
		c->said_since_answer = c->said_since_request = c->said_solved = true;
		end(c);
		break;
	case SPI_ACT_TICKET:
		c->ticket = true;
		end(c);
		break;
	default:
		end(c);
	}
}

bool spi_contact_returns(spi_contact *c, unsigned *ret_days, bool *ret_other_channel)
{
	const spi_behaviour *b = c->behaviour;
	double chance = c->ticket ? 0 : c->believes_wrong ? b->back_silent_wrong : c->gave_up ? b->back_given_up : 0;
	if (spi_chance(&c->rng) >= chance)
		return false;
	const double days[2] = {b->back_days[0], b->back_days[1] + 1};
	*ret_days = (unsigned)spi_chance_between(&c->rng, days);
	*ret_other_channel = spi_chance(&c->rng) < b->back_other_channel;
	return true;
}

/* ---- the desk ---- */

size_t spi_desk_steps(spi_contact *c, int64_t opened_utc_s, spi_desk_step ret[SPI_DESK_STEPS])
{
	const spi_behaviour *b = c->behaviour;
	size_t count = 0;
	int64_t at = opened_utc_s + (int64_t)(spi_chance_between(&c->rng, b->first_reply_h) * HOUR_S);
	bool needless = !c->hard && spi_chance(&c->rng) < b->needless;
	ret[count++] = (spi_desk_step){.state = SP_TICKET_ASSIGNED, .at_utc_s = at};
	if (c->hard || needless) {
		ret[count++] = (spi_desk_step){.state = SP_TICKET_ESCALATED, .level2 = true, .at_utc_s = at + HOUR_S / 4};
		at += (int64_t)(spi_chance_between(&c->rng, b->level2_h) * HOUR_S);
	}
	if (needless)
		ret[count++] = (spi_desk_step){.state = SP_TICKET_RETURNED, .back = true, .at_utc_s = at};
	at += HOUR_S / 2;
	ret[count++] = (spi_desk_step){.state = SP_TICKET_SOLVED, .at_utc_s = at};
	at += (int64_t)(spi_chance_between(&c->rng, b->close_days) * DAY_S);
	ret[count++] = (spi_desk_step){.state = SP_TICKET_CLOSED, .at_utc_s = at};
	return count;
}
