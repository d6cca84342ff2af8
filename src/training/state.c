/* How far somebody is, and what they are asked in which order. */
#include "training/module.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

const char *sp_training_state_name(sp_training_state state)
{
	static const char *const names[] = {
#define STATE_NAME(name, text) [name] = text,
		SP_TRAINING_STATES(STATE_NAME)
#undef STATE_NAME
	};
	return names[state];
}

sp_training_part *sp_training_find(const sp_training_module *module, const char *article)
{
	for (size_t i = 0; i < module->count; i++)
		if (strcmp(module->parts[i].article.id, article) == 0)
			return &module->parts[i];
	return NULL;
}

/* ---- states ---- */

static const sp_training_pass *find_pass(const char *module, const char *article, const sp_training_pass *passes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(passes[i].module, module) == 0 && strcmp(passes[i].article, article) == 0)
			return &passes[i];
	return NULL;
}

static sp_training_state state_of(const sp_training_part *part)
{
	if (!part->count)
		return SP_TRAINING_READING;
	if (!part->pass)
		return SP_TRAINING_NEW;
	return strcmp(part->pass->content, part->content) == 0 ? SP_TRAINING_PASSED : SP_TRAINING_REOPENED;
}

static void count(sp_training_module *module)
{
	module->passed = module->reopened = 0;
	for (size_t i = 0; i < module->count; i++) {
		sp_training_part *part = &module->parts[i];
		part->state = state_of(part);
		module->passed += part->state == SP_TRAINING_PASSED;
		module->reopened += part->state == SP_TRAINING_REOPENED;
	}
	if (!module->quizzes)
		module->state = SP_TRAINING_READING;
	else if (module->reopened)
		module->state = SP_TRAINING_REOPENED;
	else if (module->passed == module->quizzes)
		module->state = SP_TRAINING_PASSED;
	else
		module->state = module->passed ? SP_TRAINING_STARTED : SP_TRAINING_NEW;
}

void sp_training_apply(sp_training_module *module, const sp_training_pass *passes, size_t passes_count)
{
	for (size_t i = 0; i < module->count; i++) {
		sp_training_part *part = &module->parts[i];
		part->pass = part->count ? find_pass(module->article.id, part->article.id, passes, passes_count) : NULL;
	}
	count(module);
}

void sp_training_note(sp_training_module *module, sp_training_part *part, const sp_training_pass *pass)
{
	part->pass = pass;
	count(module);
}

unsigned sp_training_percent(const sp_training_module *module)
{
	return module->quizzes ? (unsigned)(module->passed * 100 / module->quizzes) : 100;
}

/* ---- order ---- */

typedef struct placed {
	uint64_t key;
	size_t at; /* for the same key */
} placed;

static int by_key(const void *left, const void *right)
{
	const placed *a = left, *b = right;
	return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : (a->at > b->at) - (a->at < b->at);
}

/* As many as an order is made for; those behind stay where they are. */
enum { SHUFFLED_MAX = 64 };

static void shuffle_choices(sp_quiz_question *question, uint64_t seed)
{
	placed order[SHUFFLED_MAX] = {0};
	sp_quiz_choice copy[SHUFFLED_MAX];
	size_t count = question->choices_count < SHUFFLED_MAX ? question->choices_count : SHUFFLED_MAX;
	for (size_t i = 0; i < count; i++) {
		order[i] = (placed){spi_hash64_more(seed, question->choices[i].id, SP_QUIZ_ID_LEN), i};
		copy[i] = question->choices[i];
	}
	qsort(order, count, sizeof *order, by_key);
	for (size_t i = 0; i < count; i++)
		question->choices[i] = copy[order[i].at];
}

void sp_training_shuffle(const sp_training_part *part, const char *subject)
{
	placed order[SHUFFLED_MAX] = {0};
	sp_quiz_question copy[SHUFFLED_MAX];
	uint64_t seed = spi_hash64_more(spi_hash64_more(SPI_HASH64_SEED, subject, strlen(subject) + 1), part->content, SP_VERSION_HEX);
	size_t count = part->count < SHUFFLED_MAX ? part->count : SHUFFLED_MAX;
	for (size_t i = 0; i < count; i++) {
		order[i] = (placed){spi_hash64_more(seed, part->questions[i].id, SP_QUIZ_ID_LEN), i};
		copy[i] = part->questions[i];
		shuffle_choices(&copy[i], seed);
	}
	qsort(order, count, sizeof *order, by_key);
	for (size_t i = 0; i < count; i++)
		part->questions[i] = copy[order[i].at];
}

/* ---- answers ---- */

static bool is_chosen(const sp_training_answer *answer, const char *choice)
{
	for (size_t i = 0; i < answer->count; i++)
		if (strcmp(answer->choices[i], choice) == 0)
			return true;
	return false;
}

bool sp_training_is_right(const sp_quiz_question *question, const sp_training_answer *answer)
{
	if (!answer)
		return false;
	for (size_t i = 0; i < question->choices_count; i++)
		if (question->choices[i].is_right != is_chosen(answer, question->choices[i].id))
			return false;
	return true;
}

/* ---- people ---- */

typedef struct gathering {
	sp_trainee *items;
	size_t count;
} gathering;

static void add(gathering *g, const char *subject, const char *audience, const sp_strings *groups)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->items[i].subject, subject) == 0 && strcmp(g->items[i].audience, audience) == 0)
			return;
	g->items[g->count++] = (sp_trainee){subject, audience, groups ? *groups : (sp_strings){0}};
}

static bool has_token(const sp_token_info *tokens, size_t count, const char *subject)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(tokens[i].subject, subject) == 0)
			return true;
	return false;
}

static int by_subject(const void *left, const void *right)
{
	const sp_trainee *a = left, *b = right;
	int order = strcmp(a->subject, b->subject);
	return order ? order : strcmp(a->audience, b->audience);
}

sp_status sp_training_people(const sp_token_info *tokens, size_t tokens_count, const sp_training_pass *passes, size_t passes_count,
	int64_t now_utc_s, sp_arena *arena, sp_trainee **ret, size_t *ret_count)
{
	gathering g = {.items = sp_arena_calloc(arena, tokens_count + passes_count + 1, sizeof *g.items)};
	if (!g.items)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < tokens_count; i++)
		if (!tokens[i].revoked && (!tokens[i].expires_utc_s || tokens[i].expires_utc_s > now_utc_s) &&
			strcmp(tokens[i].role, "agent") == 0)
			add(&g, tokens[i].subject, tokens[i].audience, &tokens[i].groups);
	for (size_t i = 0; i < passes_count; i++) {
		/* By subject: the last one tells as whom they read now. */
		bool is_last = i + 1 == passes_count || strcmp(passes[i].subject, passes[i + 1].subject) != 0;
		if (is_last && !has_token(tokens, tokens_count, passes[i].subject))
			add(&g, passes[i].subject, passes[i].audience, NULL);
	}
	qsort(g.items, g.count, sizeof *g.items, by_subject);
	*ret = g.items;
	*ret_count = g.count;
	return SP_OK;
}
