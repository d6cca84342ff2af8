#include "index/wording_learn.h"

#include "index/nearest.h"
#include "index/svm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COST 1.0f        /* C of the paper; chosen on public sets, by cross-validation */
#define PASSES 6
#define VIOLATION 0.4f
#define NEAR_CLASSES 128 /* whose phrasings stand for the rest */
/* So many of these, and of all others, at most: fewer where there are many documents, each of which is learned. */
#define NEAR_ALL 1200000
#define SPREAD_ALL 400000
#define FEWEST 200
#define TOLD_BY 48       /* features by which documents that are alike are found, */
#define LOOKED_BY 24     /* from the one that is looked for */
#define CACHE_LINE 64

/* ---- what all have in common ---- */

static bool learn_idf(const spi_wording_learner *l, spi_wording_lang *lang)
{
	const spi_wording_phrasings *p = &l->phrasings;
	uint32_t *seen = calloc(SPI_WORDING_DIMENSIONS, sizeof *seen), *frequencies = calloc(SPI_WORDING_DIMENSIONS, sizeof *frequencies);
	lang->idf = malloc(SPI_WORDING_DIMENSIONS * sizeof *lang->idf);
	lang->idf_squares = malloc(SPI_WORDING_DIMENSIONS * sizeof *lang->idf_squares);
	bool ok = seen && frequencies && lang->idf && lang->idf_squares;
	for (size_t i = 0; ok && i < lang->phrasings_count; i++) {
		size_t row = lang->phrasings[i];
		for (size_t at = p->starts[row]; at < p->starts[row + 1]; at++) {
			size_t feature = p->features[at];
			frequencies[feature] += seen[feature] != i + 1;
			seen[feature] = (uint32_t)i + 1;
		}
	}
	for (size_t f = 0; ok && f < SPI_WORDING_DIMENSIONS; f++) {
		lang->idf[f] = logf((1 + (float)lang->phrasings_count) / (1 + (float)frequencies[f])) + 1;
		lang->idf_squares[f] = lang->idf[f] * lang->idf[f];
	}
	free(seen);
	free(frequencies);
	return ok;
}

static void learn_shares(const spi_wording_learner *l, const spi_wording_lang *lang)
{
	const spi_wording_phrasings *p = &l->phrasings;
	for (size_t i = 0; i < lang->phrasings_count; i++) {
		size_t row = lang->phrasings[i];
		float squares = 0;
		for (size_t at = p->starts[row], same; at < p->starts[row + 1]; at += same) {
			for (same = 1; at + same < p->starts[row + 1] && p->features[at + same] == p->features[at];)
				same++;
			squares += (float)(same * same) * lang->idf_squares[p->features[at]];
		}
		p->shares[row] = squares > 0 ? 1 / sqrtf(squares) : 0;
	}
}

typedef struct told { uint16_t feature; float weight; } told;

/* The features that say most of a class, the first one most; sums: room, zero before and after. */
static size_t find_told(const spi_wording_learner *l, size_t class, float *sums, told ret[TOLD_BY])
{
	const spi_wording_phrasings *p = &l->phrasings;
	const spi_wording_class *c = &l->classes[class];
	const float *idf = l->langs[c->lang].idf;
	size_t count = 0, from = p->starts[c->first], to = p->starts[c->first + c->count];
	float squares = 0;
	for (size_t row = c->first; row < c->first + c->count; row++)
		for (size_t at = p->starts[row]; at < p->starts[row + 1]; at++)
			sums[p->features[at]] += idf[p->features[at]] * p->shares[row];
	for (size_t at = from; at < to; at++) {
		size_t feature = p->features[at];
		float sum = sums[feature];
		sums[feature] = 0;
		squares += sum * sum;
		if (sum <= 0 || (count == TOLD_BY && sum <= ret[TOLD_BY - 1].weight))
			continue;
		size_t place = count < TOLD_BY ? count++ : TOLD_BY - 1;
		for (; place > 0 && ret[place - 1].weight < sum; place--)
			ret[place] = ret[place - 1];
		ret[place] = (told){(uint16_t)feature, sum};
	}
	for (size_t i = 0; i < count; i++)
		ret[i].weight /= sqrtf(squares);
	return count;
}

/* Twice through the classes: how many a feature has, then which. */
static bool learn_holders(const spi_wording_learner *l, sp_lang of, spi_wording_lang *lang)
{
	told some[TOLD_BY];
	float *sums = calloc(SPI_WORDING_DIMENSIONS, sizeof *sums);
	uint32_t *next = calloc(SPI_WORDING_DIMENSIONS + 1, sizeof *next);
	lang->starts = calloc(SPI_WORDING_DIMENSIONS + 1, sizeof *lang->starts);
	lang->holders = malloc((lang->documents * TOLD_BY + 1) * sizeof *lang->holders);
	lang->weights = malloc((lang->documents * TOLD_BY + 1) * sizeof *lang->weights);
	bool ok = sums && next && lang->starts && lang->holders && lang->weights;
	for (int time = 0; ok && time < 2; time++) {
		for (size_t c = 0; c < l->count; c++) {
			size_t count = l->classes[c].lang == of ? find_told(l, c, sums, some) : 0;
			for (size_t i = 0; i < count; i++) {
				if (time == 0) {
					next[some[i].feature + 1]++;
					continue;
				}
				uint32_t place = next[some[i].feature]++;
				lang->holders[place] = (uint32_t)c;
				lang->weights[place] = some[i].weight;
			}
		}
		for (size_t f = 0; time == 0 && f < SPI_WORDING_DIMENSIONS; f++)
			lang->starts[f + 1] = next[f + 1] += next[f];
	}
	free(sums);
	free(next);
	return ok;
}

bool spi_wording_prepare(spi_wording_learner *l)
{
	for (int of = 0; of < SP_LANG_COUNT; of++) {
		spi_wording_lang *lang = &l->langs[of];
		if (!lang->is_learned)
			continue;
		if (!learn_idf(l, lang))
			return false;
		learn_shares(l, lang);
		if (!learn_holders(l, (sp_lang)of, lang))
			return false;
	}
	return true;
}

/* ---- one class ---- */

/* One of a problem. */
typedef struct phrasing {
	const uint16_t *features;
	uint32_t count;
	float share;
} phrasing;

struct spi_wording_trainer {
	const spi_wording_learner *l;
	const spi_wording_lang *lang; /* of the class that is being learned */
	float *weights;               /* of it */
	float *nearness, *sums;       /* of all classes; of all features */
	phrasing *phrasings;          /* of one problem */
	uint32_t *order;
	float *alphas, *norms;
	unsigned char *labels;
	uint32_t *taken;              /* class: number of the problem that it was last part of */
	uint32_t number;
	size_t room;
};

spi_wording_trainer *spi_wording_trainer_new(const spi_wording_learner *learner)
{
	spi_wording_trainer *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->l = learner;
	t->nearness = calloc(learner->count + 1, sizeof *t->nearness);
	t->taken = calloc(learner->count + 1, sizeof *t->taken);
	t->sums = calloc(SPI_WORDING_DIMENSIONS, sizeof *t->sums);
	if (t->nearness && t->taken && t->sums)
		return t;
	spi_wording_trainer_free(t);
	return NULL;
}

static void free_rows(spi_wording_trainer *t)
{
	free(t->phrasings);
	free(t->order);
	free(t->alphas);
	free(t->norms);
	free(t->labels);
}

void spi_wording_trainer_free(spi_wording_trainer *trainer)
{
	if (!trainer)
		return;
	free_rows(trainer);
	free(trainer->nearness);
	free(trainer->taken);
	free(trainer->sums);
	free(trainer);
}

typedef struct neighbours {
	uint32_t classes[NEAR_CLASSES];
	float nearness[NEAR_CLASSES];
	size_t count;
} neighbours;

/* Those that have the features which tell this one. */
static void find_near(spi_wording_trainer *t, size_t class, neighbours *ret)
{
	told some[TOLD_BY];
	size_t all = find_told(t->l, class, t->sums, some), count = all < LOOKED_BY ? all : LOOKED_BY;
	const spi_wording_lang *lang = t->lang;
	ret->count = 0;
	for (size_t i = 0; i < count; i++)
		for (uint32_t at = lang->starts[some[i].feature]; at < lang->starts[some[i].feature + 1]; at++)
			t->nearness[lang->holders[at]] += some[i].weight * lang->weights[at];
	for (size_t i = 0; i < count; i++)
		for (uint32_t at = lang->starts[some[i].feature]; at < lang->starts[some[i].feature + 1]; at++) {
			uint32_t other = lang->holders[at];
			if (other != class && t->nearness[other] > 0)
				ret->count = spi_note_nearest(ret->classes, ret->nearness, ret->count, NEAR_CLASSES, other, t->nearness[other]);
			t->nearness[other] = 0; /* each once, and as it was before */
		}
}

/* How many phrasings there are for each, of so many in all. */
static size_t share_of(const spi_wording_lang *lang, size_t all)
{
	size_t share = all / (lang->documents + 1);
	return share < FEWEST ? FEWEST : share;
}

static bool make_room(spi_wording_trainer *t, const neighbours *near, size_t class)
{
	size_t most = t->l->classes[class].count + 2 * share_of(t->lang, SPREAD_ALL);
	for (size_t i = 0; i < near->count; i++)
		most += t->l->classes[near->classes[i]].count;
	if (most <= t->room)
		return true;
	free_rows(t);
	t->room = 0;
	t->phrasings = malloc(most * sizeof *t->phrasings);
	t->order = malloc(most * sizeof *t->order);
	t->alphas = malloc(most * sizeof *t->alphas);
	t->norms = malloc(most * sizeof *t->norms);
	t->labels = malloc(most);
	if (!t->phrasings || !t->order || !t->alphas || !t->norms || !t->labels)
		return false;
	t->room = most;
	return true;
}

static size_t add_row(spi_wording_trainer *t, size_t count, size_t row, unsigned char label)
{
	const spi_wording_phrasings *p = &t->l->phrasings;
	t->phrasings[count] = (phrasing){p->features + p->starts[row], (uint32_t)(p->starts[row + 1] - p->starts[row]), p->shares[row]};
	t->labels[count] = label;
	t->norms[count] = p->shares[row] > 0; /* their length is 1, unless they are empty */
	return count + 1;
}

/* Each so manyth phrasing. */
static size_t add_class(spi_wording_trainer *t, size_t count, size_t class, size_t step, unsigned char label)
{
	const spi_wording_class *c = &t->l->classes[class];
	t->taken[class] = t->number;
	for (size_t row = c->first; row < c->first + c->count; row += step)
		count = add_row(t, count, row, label);
	return count;
}

static size_t gather(spi_wording_trainer *t, const neighbours *near, size_t class)
{
	const spi_wording_lang *lang = t->lang;
	t->number++;
	size_t count = add_class(t, 0, class, 1, 1), all = 0;
	for (size_t i = 0; i < near->count; i++)
		all += t->l->classes[near->classes[i]].count;
	for (size_t i = 0; i < near->count; i++)
		count = add_class(t, count, near->classes[i], all / share_of(lang, NEAR_ALL) + 1, 0);
	size_t step = lang->phrasings_count / share_of(lang, SPREAD_ALL) + 1;
	for (size_t i = class % step; i < lang->phrasings_count; i += step) {
		size_t row = lang->phrasings[i];
		if (t->taken[t->l->phrasings.classes[row]] != t->number)
			count = add_row(t, count, row, 0);
	}
	return count;
}

/* The weights are kept times the idf of their features, as they are written: what a phrasing says is then the mere sum of them. */
static float dot_example(const void *arg, size_t example)
{
	const spi_wording_trainer *t = arg;
	const phrasing *p = &t->phrasings[example];
	float sums[4] = {0}; /* one sum would wait for itself */
	size_t at = 0;
	for (; at + 4 <= p->count; at += 4)
		for (size_t k = 0; k < 4; k++)
			sums[k] += t->weights[p->features[at + k]];
	for (; at < p->count; at++)
		sums[0] += t->weights[p->features[at]];
	return ((sums[0] + sums[1]) + (sums[2] + sums[3])) * p->share;
}

static void add_example(void *arg, size_t example, float factor)
{
	spi_wording_trainer *t = arg;
	const phrasing *p = &t->phrasings[example];
	float share = factor * p->share;
	for (size_t at = 0; at < p->count; at++)
		t->weights[p->features[at]] += share * t->lang->idf_squares[p->features[at]];
}

/* Those of a problem lie far apart, and are gone through in no order. */
static void fetch_example(const void *arg, size_t example)
{
	const spi_wording_trainer *t = arg;
	const phrasing *p = &t->phrasings[example];
	for (size_t at = 0; at < p->count; at += CACHE_LINE / sizeof *p->features)
		__builtin_prefetch(p->features + at);
}

bool spi_wording_train(spi_wording_trainer *t, size_t class, float *ret)
{
	neighbours near;
	t->lang = &t->l->langs[t->l->classes[class].lang];
	t->weights = ret;
	find_near(t, class, &near);
	if (!make_room(t, &near, class))
		return false;
	memset(ret, 0, (SPI_WORDING_DIMENSIONS + 1) * sizeof *ret);
	size_t count = gather(t, &near, class);
	const spi_svm svm = {.count = count, .labels = t->labels, .norms = t->norms, .cost = COST, .passes = PASSES, .violation = VIOLATION,
		.seed = (uint32_t)class + 1, .alphas = t->alphas, .order = t->order, .dot = dot_example, .add = add_example, .fetch = fetch_example, .arg = t};
	ret[SPI_WORDING_DIMENSIONS] = spi_svm_train(&svm) * SPI_WORDING_BIAS_SCALE;
	return true;
}
