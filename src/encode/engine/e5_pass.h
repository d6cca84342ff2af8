/* The engine's pass through the model, step by step the same, by the products of e5_kernel.h and for one part of the texts in one thread: parts
   go to as many threads as there are processors, and none waits for another before its end. Included by e5_tokens.c after the engine. */
#ifndef ENCODE_ENGINE_E5_PASS_H
#define ENCODE_ENGINE_E5_PASS_H

#include "encode/engine/e5_kernel.h"

#define HEAD 32  /* numbers of one head of the attention */
#define LANES (int)(sizeof(lanes) / sizeof(float)) /* keys that are compared at once: a register, no more, or they go through memory */
#define QUERIES 4								   /* with which a key is compared while it is there */
typedef float numbers __attribute__((vector_size(sizeof(lanes)), aligned(sizeof(float)), may_alias));

typedef struct packed_layer {
	packed attention, out, in, back; /* queries, keys and values together; H x H; FF x H; H x FF */
} packed_layer;

/* Biases of queries, keys and values, one after the other: the engine has them apart, and those of questions lie elsewhere. */
static const float *attention_bias(const layer_t *own, int size, float *room)
{
	memcpy(room, own->qb, (size_t)size * sizeof *room);
	memcpy(room + size, own->kb, (size_t)size * sizeof *room);
	memcpy(room + 2 * size, own->vb, (size_t)size * sizeof *room);
	return room;
}

static void close_layers(packed_layer *layers, int count)
{
	for (int i = 0; layers && i < count; i++) {
		close_packed(&layers[i].attention);
		close_packed(&layers[i].out);
		close_packed(&layers[i].in);
		close_packed(&layers[i].back);
	}
	free(layers);
}

static int pack_layer(const e5_model *m, const layer_t *from, packed_layer *to)
{
	int size = m->H, wide = m->FF;
	int failed = open_packed(&to->attention, 3 * size, size) | open_packed(&to->out, size, size) | open_packed(&to->in, wide, size) |
		open_packed(&to->back, size, wide);
	if (failed)
		return -1;
	pack(&to->attention, 0, size, from->qw);
	pack(&to->attention, size, size, from->kw);
	pack(&to->attention, 2 * size, size, from->vw);
	pack(&to->out, 0, size, from->aow);
	pack(&to->in, 0, wide, from->fiw);
	pack(&to->back, 0, size, from->fow);
	return 0;
}

/* NULL when there is no memory, or the model is of another shape than these loops. */
static packed_layer *pack_layers(const e5_model *m)
{
	if (m->hd != HEAD || m->H % ROWS || m->FF % ROWS || m->H % QK || m->FF % QK)
		return NULL;
	packed_layer *layers = calloc((size_t)m->NL, sizeof *layers);
	for (int i = 0; layers && i < m->NL; i++)
		if (pack_layer(m, &m->layers[i], &layers[i]) != 0) {
			close_layers(layers, m->NL);
			return NULL;
		}
	return layers;
}

/* ---- scratch memory of one part ---- */

typedef struct scratch {
	float *all, *projected, *context, *wide, *keys, *shares, *bias; /* one block: all */
	quantised in;
} scratch;

static int open_scratch(scratch *s, const e5_model *m, int tokens, int longest)
{
	size_t count = (size_t)tokens, size = (size_t)m->H, wide = (size_t)m->FF, room = (size_t)longest + LANES;
	*s = (scratch){.all = malloc((count * (3 * size + size + wide) + room * HEAD + QUERIES * room + 3 * size) * sizeof(float))};
	s->in = (quantised){malloc(count * wide), malloc(count * wide / QK * sizeof(float)), malloc(count * wide / QK * sizeof(int32_t))};
	if (!s->all || !s->in.values || !s->in.scales || !s->in.offsets)
		return -1;
	s->projected = s->all;
	s->context = s->projected + count * 3 * size;
	s->wide = s->context + count * size;
	s->keys = s->wide + count * wide;
	s->shares = s->keys + room * HEAD;
	s->bias = s->shares + QUERIES * room;
	return 0;
}

static void close_scratch(scratch *s)
{
	free(s->all);
	free(s->in.values);
	free(s->in.scales);
	free(s->in.offsets);
}

/* ---- steps ---- */

static void embed_ids(const e5_model *m, const int *ids, const int *places, int count, float *ret)
{
	for (int t = 0; t < count; t++) {
		float *row = ret + (size_t)t * m->H;
		const float *place = m->pos + (size_t)places[t] * m->H;
		deq_row(m->word + (size_t)ids[t] * m->nb_word, m->H, row);
		for (int i = 0; i < m->H; i++)
			row[i] += place[i] + m->type[i];
	}
}

/* How near some tokens' queries are to all keys, which lie by number, so that a register is of as many tokens; queries: a constant. */
static inline __attribute__((always_inline)) void compare(const float *first, size_t step, const float *keys, size_t room, float *ret, const int queries)
{
	const float scale = 1.f / sqrtf((float)HEAD);
	for (size_t k = 0; k < room; k += LANES) {
		numbers sums[QUERIES] = {0};
#pragma GCC unroll 8
		for (int i = 0; i < HEAD; i++) {
			const numbers key = *(const numbers *)(keys + (size_t)i * room + k);
#pragma GCC unroll 4
			for (int q = 0; q < queries; q++)
				sums[q] += first[q * step + i] * key;
		}
#pragma GCC unroll 4
		for (int q = 0; q < queries; q++)
			*(numbers *)(ret + q * room + k) = sums[q] * scale;
	}
}

/* The mean of the values, each as near as its share says. */
static void take(const float *values, size_t step, float *shares, int count, float *ret)
{
	float most = -1e30f, sum = 0;
	numbers taken[HEAD / LANES] = {0};
	for (int k = 0; k < count; k++)
		most = fmaxf(most, shares[k]);
	for (int k = 0; k < count; k++) {
		shares[k] = expf(shares[k] - most);
		sum += shares[k];
	}
	for (int k = 0; k < count; k++)
#pragma GCC unroll 4
		for (int i = 0; i < HEAD / LANES; i++)
			taken[i] += shares[k] * *(const numbers *)(values + k * step + (size_t)i * LANES);
#pragma GCC unroll 4
	for (int i = 0; i < HEAD / LANES; i++)
		*(numbers *)(ret + (size_t)i * LANES) = taken[i] / sum;
}

/* What each token of one text takes from the others, by one head. */
static void attend(const float *projected, int size, int head, int count, scratch *s, float *ret)
{
	const float *queries = projected + head * HEAD, *keys = queries + size, *values = keys + size;
	size_t step = (size_t)3 * size, room = ((size_t)count + LANES - 1) / LANES * LANES;
	for (size_t t = 0; t < room; t++)
		for (int i = 0; i < HEAD; i++)
			s->keys[(size_t)i * room + t] = t < (size_t)count ? keys[t * step + i] : 0;
	for (int t = 0; t < count; t += QUERIES) {
		int some = count - t < QUERIES ? count - t : QUERIES;
		const float *first = queries + t * step;
		if (some == QUERIES)
			compare(first, step, s->keys, room, s->shares, QUERIES);
		for (int q = 0; q < some; q++) {
			if (some < QUERIES)
				compare(first + q * step, step, s->keys, room, s->shares + q * room, 1);
			take(values, step, s->shares + q * room, count, ret + (size_t)(t + q) * size + head * HEAD);
		}
	}
}

static void normalise(float *states, const float *added, const float *weights, const float *bias, int count, int size, float eps)
{
	for (int t = 0; t < count; t++) {
		float *row = states + (size_t)t * size, mean = 0, variance = 0;
		for (int i = 0; i < size; i++) {
			row[i] += added ? added[(size_t)t * size + i] : 0;
			mean += row[i];
		}
		mean /= (float)size;
		for (int i = 0; i < size; i++)
			variance += (row[i] - mean) * (row[i] - mean);
		float inverse = 1.f / sqrtf(variance / (float)size + eps);
		for (int i = 0; i < size; i++)
			row[i] = (row[i] - mean) * inverse * weights[i] + bias[i];
	}
}

static void run_layer(const e5_model *m, const layer_t *own, const packed_layer *layer, const int *starts, int texts, float *states, scratch *s)
{
	int count = starts[texts] - starts[0], size = m->H;
	quantise(states, count, size, &s->in);
	multiply(&layer->attention, attention_bias(own, size, s->bias), &s->in, count, s->projected);
	for (int i = 0; i < texts; i++) {
		size_t from = (size_t)(starts[i] - starts[0]);
		for (int head = 0; head < m->NH; head++)
			attend(s->projected + from * 3 * size, size, head, starts[i + 1] - starts[i], s, s->context + from * size);
	}
	quantise(s->context, count, size, &s->in);
	multiply(&layer->out, own->aob, &s->in, count, s->context);
	normalise(states, s->context, own->aln_w, own->aln_b, count, size, m->eps);
	quantise(states, count, size, &s->in);
	multiply(&layer->in, own->fib, &s->in, count, s->wide);
	for (size_t i = 0; i < (size_t)count * m->FF; i++)
		s->wide[i] = gelu(s->wide[i]);
	quantise(s->wide, count, m->FF, &s->in);
	multiply(&layer->back, own->fob, &s->in, count, s->context);
	normalise(states, s->context, own->oln_w, own->oln_b, count, size, m->eps);
}

/* States of the tokens of some texts that stand one after the other; starts: where each begins, and where the last ends. -1: no memory. */
static int run_part(const e5_model *m, const packed_layer *layers, const int *ids, const int *places, const int *starts, int texts, float *ret)
{
	int count = starts[texts] - starts[0], longest = 0;
	scratch s;
	for (int i = 0; i < texts; i++)
		longest = starts[i + 1] - starts[i] > longest ? starts[i + 1] - starts[i] : longest;
	int failed = open_scratch(&s, m, count, longest);
	if (!failed) {
		embed_ids(m, ids, places, count, ret);
		normalise(ret, NULL, m->eln_w, m->eln_b, count, m->H, m->eps);
		for (int l = 0; l < m->NL; l++)
			run_layer(m, &m->layers[l], &layers[l], starts, texts, ret, &s);
	}
	close_scratch(&s);
	return failed;
}

#define PART_TOKENS_MIN 24
#define PART_TOKENS_MAX 96

/* Some parts for each processor: those of long texts take longer. */
static int part_tokens(int total)
{
#ifdef _OPENMP
	int wanted = total / (2 * omp_get_max_threads());
#else
	int wanted = total;
#endif
	return wanted < PART_TOKENS_MIN ? PART_TOKENS_MIN : wanted > PART_TOKENS_MAX ? PART_TOKENS_MAX : wanted;
}

/* As forward_batch() with hidden_out. parts: room for as many numbers as there are texts, and one. */
static int run_parts(const e5_model *m, const packed_layer *layers, const int *ids, const int *places, const int *starts, int texts, int *parts,
	float *ret)
{
	int count = 0, failed = 0, most = part_tokens(starts[texts]);
	for (int i = 0; i < texts; i++)
		if (i == 0 || starts[i + 1] - starts[parts[count - 1]] > most)
			parts[count++] = i;
	parts[count] = texts;
#pragma omp parallel for schedule(dynamic) reduction(| : failed) if (count > 1)
	for (int p = 0; p < count; p++) {
		int start = starts[parts[p]];
		failed |= run_part(m, layers, ids + start, places + start, starts + parts[p], parts[p + 1] - parts[p], ret + (size_t)start * m->H);
	}
	return failed ? -1 : 0;
}

#endif
