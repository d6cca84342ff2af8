/* The fetched engine as it came, and on top of it: vectors and the states of tokens from the same pass, and a faster pass for processors that
   have what it takes. The engine keeps its parts to itself, so this file takes it in whole; the Makefile compiles it once for each kind of
   processor, under names of ours. */
#include "encode/e5_engine.h"

#include "e5.c"

#include "encode/engine/e5_asked.h"
#include "encode/engine/e5_split.h"
#if defined(__AVX2__) && defined(__F16C__)
#define HAS_OWN_PASS 1
#include "encode/engine/e5_pass.h"
#else
#define HAS_OWN_PASS 0
typedef struct packed_layer packed_layer;
#endif

struct spi_e5_model {
	e5_model *engine;
	asked_model asked;    /* the same for questions */
	packed_layer *layers; /* of both; NULL: the engine's own pass */
};

/* Texts of one pass, one window each: bos, prefix, text, eos. */
typedef struct pass {
	e5_model *model;
	const packed_layer *layers;
	int count, total;   /* texts; tokens of all */
	int *parts;         /* count + 1: scratch */
	int *starts;        /* count + 1: where each text's tokens begin */
	int *ids, *places, *firsts, *ends; /* of each token, as forward_batch() wants them */
	unsigned char *is_long;            /* of each text: it has more tokens than a window */
	float *states;
} pass;

static void release_pass(pass *p)
{
	free(p->starts);
	free(p->parts);
	free(p->ids);
	free(p->places);
	free(p->firsts);
	free(p->ends);
	free(p->is_long);
	free(p->states);
}

/* Tokens of prefix and text, as many as go into a window; -1 when there is no memory. Sets *ret_is_long when there are more. */
static int tokens_of(const e5_model *model, const char *prefix, const char *text, int *ret_ids, unsigned char *ret_is_long)
{
	int most = model->MAXP - 2;
	size_t prefix_len = strlen(prefix), len = strlen(text);
	char *both = malloc(prefix_len + len + 1);
	int *ids = malloc((size_t)(most + 1) * sizeof *ids);
	int count = -1;
	if (both && ids) {
		memcpy(both, prefix, prefix_len);
		memcpy(both + prefix_len, text, len + 1);
		count = split_text(&model->tok, both, ids, most + 1);
		*ret_is_long = count > most;
		count = count > most ? most : count;
		if (count > 0)
			memcpy(ret_ids, ids, (size_t)count * sizeof *ids);
	}
	free(both);
	free(ids);
	return count;
}

static int append(pass *p, int number, const char *prefix, const char *text)
{
	int start = p->total;
	int count = tokens_of(p->model, prefix, text, p->ids + start + 1, &p->is_long[number]);
	if (count < 0)
		return -1;
	p->ids[start] = p->model->tok.bos;
	p->ids[start + 1 + count] = p->model->tok.eos;
	p->total = start + count + 2;
	for (int t = start; t < p->total; t++) {
		p->places[t] = t - start;
		p->firsts[t] = start;
		p->ends[t] = p->total;
	}
	p->starts[number] = start;
	p->starts[number + 1] = p->total;
	return 0;
}

/* Room for a window of each text: the caller keeps the texts of a call few. States are some 1.5 KB a token, of 20 that the engine takes. */
static int open_pass(pass *p, const char **texts, const char *prefix)
{
	size_t room = (size_t)p->count * (size_t)p->model->MAXP;
	p->starts = malloc(((size_t)p->count + 1) * sizeof *p->starts);
	p->parts = malloc(((size_t)p->count + 1) * sizeof *p->parts);
	p->ids = malloc(room * sizeof *p->ids);
	p->places = malloc(room * sizeof *p->places);
	p->firsts = malloc(room * sizeof *p->firsts);
	p->ends = malloc(room * sizeof *p->ends);
	p->is_long = malloc((size_t)p->count);
	if (!p->starts || !p->parts || !p->ids || !p->places || !p->firsts || !p->ends || !p->is_long)
		return -1;
	for (int i = 0; i < p->count; i++)
		if (append(p, i, prefix, texts[i]) != 0)
			return -1;
	p->states = malloc((size_t)p->total * (size_t)p->model->H * sizeof *p->states);
	return p->states ? 0 : -1;
}

/* Mean of all of a text's tokens, of unit length; the same steps as the engine's own, so that the numbers are too. */
static void pool(const float *states, int count, int size, float *ret)
{
	float each = 1.f / (float)count, weight = (float)(count - 2), inverse = (float)(1.0 / (double)weight), length = 0;
	for (int i = 0; i < size; i++)
		ret[i] = 0;
	for (int t = 0; t < count; t++)
		for (int i = 0; i < size; i++)
			ret[i] += states[(size_t)t * size + i];
	for (int i = 0; i < size; i++)
		ret[i] *= each;
	for (int i = 0; i < size; i++)
		ret[i] = weight * ret[i];
	for (int i = 0; i < size; i++) {
		ret[i] *= inverse;
		length += ret[i] * ret[i];
	}
	length = 1.f / sqrtf(length > 1e-12f ? length : 1e-12f);
	for (int i = 0; i < size; i++)
		ret[i] *= length;
}

/* Tokens of the prefix alone. No piece of the vocabulary has a space elsewhere than at its beginning, so the cut after the colon is
   one in every text, whatever comes next, and the best way to that cut does not depend on what comes after it. */
static int count_prefix(const e5_model *model, int is_query)
{
	int ids[16];
	return split_text(&model->tok, is_query ? "query:" : "passage:", ids, 16);
}

static int run(pass *p)
{
#if HAS_OWN_PASS
	if (p->layers)
		return run_parts(p->model, p->layers, p->ids, p->places, p->starts, p->count, p->parts, p->states);
#endif
	return forward_batch(p->model, p->ids, p->places, p->firsts, p->ends, p->starts, p->count, p->total, NULL, p->states);
}

int e5_encode(struct spi_e5_model *of, const char **texts, int count, int is_query, float *ret_vectors, int tokens_max, spi_e5_take *take,
	void *arg)
{
	e5_model *model = is_query ? &of->asked.model : of->engine;
	pass p = {.model = model, .layers = of->layers, .count = count};
	int before = 1 + count_prefix(model, is_query), size = model->H;
	int failed = open_pass(&p, texts, is_query ? "query: " : "passage: ");
	if (!failed)
		failed = run(&p);
	for (int i = 0; i < count && !failed; i++) {
		int tokens = p.starts[i + 1] - p.starts[i];
		const float *states = p.states + (size_t)p.starts[i] * size;
		int own = tokens - before - 1;
		if (p.is_long[i]) /* its vector is of all its windows */
			failed = embed_n(model, &texts[i], 1, is_query, ret_vectors + (size_t)i * size);
		else
			pool(states, tokens, size, ret_vectors + (size_t)i * size);
		own = own < 0 ? 0 : own > tokens_max ? tokens_max : own;
		if (take)
			take(arg, i, states + (size_t)before * size, own);
	}
	release_pass(&p);
	return failed;
}

struct spi_e5_model *e5_open(const char *path)
{
	struct spi_e5_model *ret = calloc(1, sizeof *ret);
	if (ret && !(ret->engine = e5_load(path))) {
		free(ret);
		return NULL;
	}
	if (ret && open_asked(ret->engine, &ret->asked) != 0) {
		e5_free(ret->engine);
		free(ret);
		return NULL;
	}
#if HAS_OWN_PASS
	if (ret)
		ret->layers = pack_layers(ret->engine);
#endif
	return ret;
}

void e5_close(struct spi_e5_model *model)
{
#if HAS_OWN_PASS
	close_layers(model->layers, model->engine->NL);
#endif
	close_asked(&model->asked);
	e5_free(model->engine);
	free(model);
}

int e5_dimensions(const struct spi_e5_model *model)
{
	return e5_dim(model->engine);
}
