/* Replies in this process: a conversation is a way through a tree of what was said, and each reply of it is worked out once. So hundreds
   of thousands of contacts cost as many decisions as there are different conversations. */
#include "cmd/replay.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct spi_asking_desk {
	spi_session *session;
	sp_arena *kept, *scratch;
	spi_reply_node **slots; /* a table with open places, by what came before and what was said */
	size_t count, cap;      /* cap: a power of 2 */
};

spi_asking_desk *spi_asking_desk_new(spi_session *session)
{
	spi_asking_desk *desk = calloc(1, sizeof *desk);
	if (!desk)
		return NULL;
	*desk = (spi_asking_desk){.session = session, .kept = sp_arena_new(1 << 20), .scratch = sp_arena_new(1 << 18), .cap = 4096};
	desk->slots = calloc(desk->cap, sizeof(spi_reply_node *));
	if (desk->kept && desk->scratch && desk->slots)
		return desk;
	spi_asking_desk_free(desk);
	return NULL;
}

void spi_asking_desk_free(spi_asking_desk *desk)
{
	if (!desk)
		return;
	sp_arena_free(desk->kept);
	sp_arena_free(desk->scratch);
	free(desk->slots);
	free(desk);
}

size_t spi_asking_desk_count(const spi_asking_desk *desk)
{
	return desk->count;
}

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- the table ---- */

static size_t place_of(spi_reply_node *const *slots, size_t cap, const spi_reply_node *before, const char *said, bool mute)
{
	uint64_t hash = spi_hash64_more(spi_hash64(&before, sizeof before), said, strlen(said)) + mute;
	size_t at = hash & (cap - 1);
	while (slots[at] && (slots[at]->before != before || slots[at]->mute != mute || strcmp(slots[at]->said, said) != 0))
		at = (at + 1) & (cap - 1);
	return at;
}

static bool grow(spi_asking_desk *desk)
{
	size_t cap = desk->cap * 2;
	spi_reply_node **slots = calloc(cap, sizeof(spi_reply_node *));
	if (!slots)
		return false;
	for (size_t i = 0; i < desk->cap; i++)
		if (desk->slots[i])
			slots[place_of(slots, cap, desk->slots[i]->before, desk->slots[i]->said, desk->slots[i]->mute)] = desk->slots[i];
	free(desk->slots);
	desk->slots = slots;
	desk->cap = cap;
	return true;
}

/* ---- what is kept of a reply ---- */

static const char *keep(spi_asking_desk *desk, const char *text, bool *failed)
{
	const char *kept = sp_arena_strdup(desk->kept, text);
	*failed = *failed || (text && !kept);
	return kept;
}

static sp_strings keep_all(spi_asking_desk *desk, const sp_strings *texts, bool *failed)
{
	sp_strings kept = {sp_arena_calloc(desk->kept, texts->count + 1, sizeof *kept.items), texts->count};
	if (!kept.items) {
		*failed = true;
		return (sp_strings){0};
	}
	for (size_t i = 0; i < kept.count; i++)
		kept.items[i] = keep(desk, texts->items[i], failed);
	return kept;
}

static const sp_walk *keep_walk(spi_asking_desk *desk, const sp_walk *walk, bool *failed)
{
	sp_walk *kept = sp_arena_calloc(desk->kept, 1, sizeof *kept);
	if (!kept) {
		*failed = true;
		return NULL;
	}
	*kept = *walk;
	kept->article = keep(desk, walk->article, failed);
	kept->version = keep(desk, walk->version, failed);
	kept->step = keep(desk, walk->step, failed);
	kept->way = keep_all(desk, &walk->way, failed);
	kept->seen = keep_all(desk, &walk->seen, failed);
	return kept;
}

static void keep_choices(spi_asking_desk *desk, const sp_reply *reply, spi_reply_node *node, bool *failed)
{
	spi_heard_choice *choices = sp_arena_calloc(desk->kept, reply->choices_count + 1, sizeof *choices);
	const char **offered = sp_arena_calloc(desk->kept, reply->choices_count + 1, sizeof *offered);
	if (!choices || !offered) {
		*failed = true;
		return;
	}
	for (size_t i = 0; i < reply->choices_count; i++) {
		choices[i] = (spi_heard_choice){.value = keep(desk, reply->choices[i].value, failed),
			.article = keep(desk, reply->choices[i].article, failed), .kind = reply->choices[i].kind};
		if (choices[i].article)
			offered[node->turn.offered.count++] = choices[i].article;
	}
	node->turn.offered.items = offered;
	node->heard.choices = choices;
	node->heard.choices_count = reply->choices_count;
}

static spi_reply_node *keep_node(spi_asking_desk *desk, const spi_reply_node *before, const char *said, bool mute, const sp_decision *d, const sp_reply *reply)
{
	bool failed = false;
	spi_reply_node *node = sp_arena_calloc(desk->kept, 1, sizeof *node);
	if (!node)
		return NULL;
	*node = (spi_reply_node){.before = before, .mute = mute, .said = keep(desk, said, &failed), .confidence = d->confidence,
		.walk = before ? before->walk : NULL, .earlier = before ? before->earlier : NULL};
	node->turn = (sp_turn){.question = keep(desk, d->masked, &failed), .decision = d->kind, .reason = d->reason, .lang = d->lang,
		.category = keep(desk, d->category, &failed), .article = reply->article ? keep(desk, reply->article->id, &failed) : NULL,
		.step = reply->step ? keep(desk, reply->step->anchor, &failed) : NULL};
	node->version = reply->article ? keep(desk, reply->article->version, &failed) : NULL;
	node->heard = (spi_heard){.decision = d->kind, .article = node->turn.article, .category = node->turn.category};
	keep_choices(desk, reply, node, &failed);
	if (d->walk) {
		bool in_between = node->walk && node->walk->state == SP_WALK_GOING && strcmp(node->walk->article, d->walk->article) != 0;
		node->earlier = in_between ? node->walk : node->earlier;
		node->walk = keep_walk(desk, d->walk, &failed);
	}
	return failed ? NULL : node;
}

/* ---- asking ---- */

/* What came before as the service would read it from its store. */
static sp_dialogue look_back(const spi_reply_node *before, sp_turn turns[SP_DIALOGUE_MAX])
{
	size_t first = SP_DIALOGUE_MAX;
	sp_dialogue dialogue = {.walk = before ? before->walk : NULL, .earlier = before ? before->earlier : NULL};
	for (const spi_reply_node *node = before; node && first > 0; node = node->before)
		turns[--first] = node->turn;
	dialogue.turns = turns + first;
	dialogue.count = SP_DIALOGUE_MAX - first;
	return dialogue;
}

static sp_status work_out(spi_asking_desk *desk, const spi_reply_node *before, const char *text, bool mute, spi_reply_node **ret, sp_error *err)
{
	spi_session *s = desk->session;
	sp_turn turns[SP_DIALOGUE_MAX];
	sp_dialogue dialogue = look_back(before, turns);
	sp_question question = {.text = text, .len = strlen(text), .day = s->day, .dialogue = dialogue.count ? &dialogue : NULL, .walk = !mute, .talks = !mute};
	sp_decision decision;
	sp_reply reply;
	sp_arena_reset(desk->scratch);
	sp_status status = sp_decide(s->responder, s->index, s->config, &question, desk->scratch, &decision, err);
	if (status == SP_OK)
		status = sp_reply_compose(s->index, s->config, &decision, s->moment_utc_s, desk->scratch, &reply, err);
	if (status != SP_OK)
		return status;
	*ret = keep_node(desk, before, text, mute, &decision, &reply);
	return *ret ? SP_OK : no_memory(err);
}

sp_status spi_asking_desk_ask(spi_asking_desk *desk, const spi_reply_node *before, const char *text, const char *channel, const spi_reply_node **ret,
	sp_error *err)
{
	bool mute = strcmp(channel, "email") == 0; /* as the service has it: nobody can answer a question back at once */
	size_t at = place_of(desk->slots, desk->cap, before, text, mute);
	if (!desk->slots[at]) {
		spi_reply_node *node;
		sp_status status = work_out(desk, before, text, mute, &node, err);
		if (status != SP_OK)
			return status;
		desk->slots[at] = node;
		if (++desk->count * 2 > desk->cap && !grow(desk))
			return no_memory(err);
		*ret = node;
		return SP_OK;
	}
	*ret = desk->slots[at];
	return SP_OK;
}
