/* The encoder's own numbers, for engine.py: weights and biases as whole numbers of floats, texts as tokens. */
#include "encode/engine/e5_tokens.c"

int numbers_shape(const struct spi_e5_model *of, int which)
{
	const e5_model *m = of->engine;
	const int shape[] = {m->H, m->NL, m->NH, m->FF, m->MAXP};
	return shape[which];
}

/* Of a layer: weights of queries, keys, values, out, in, back. */
void numbers_matrix(const struct spi_e5_model *of, int layer, int which, float *ret)
{
	const e5_model *m = of->engine;
	const layer_t *y = &m->layers[layer];
	const block_q4_0 *matrices[] = {y->qw, y->kw, y->vw, y->aow, y->fiw, y->fow};
	int rows = which == 4 ? m->FF : m->H, columns = which == 5 ? m->FF : m->H;
	for (int i = 0; i < rows; i++)
		deq_row(matrices[which] + (size_t)i * (columns / QK), columns, ret + (size_t)i * columns);
}

/* In the order of spi_layer_vector; as passages have them. */
void numbers_vector(const struct spi_e5_model *of, int layer, int which, float *ret)
{
	const e5_model *m = of->engine;
	const layer_t *y = &m->layers[layer];
	const float *vectors[] = {y->qb, y->kb, y->vb, y->aob, y->fib, y->fob, y->aln_w, y->aln_b, y->oln_w, y->oln_b};
	memcpy(ret, vectors[which], (size_t)(which == 4 ? m->FF : m->H) * sizeof *ret);
}

/* What a text's tokens are before the first layer, but its norm: count x H; and that norm's weights and bias. */
int numbers_tokens(const struct spi_e5_model *of, const char *text, int is_query, int most, float *ret)
{
	const e5_model *m = of->engine;
	int ids[512], places[512];
	unsigned char is_long;
	int count = tokens_of(m, is_query ? "query: " : "passage: ", text, ids + 1, &is_long) + 2;
	ids[0] = m->tok.bos;
	count = count > most ? most : count;
	ids[count - 1] = m->tok.eos;
	for (int t = 0; t < count; t++)
		places[t] = t;
	embed_ids(m, ids, places, count, ret);
	return count;
}

void numbers_first_norm(const struct spi_e5_model *of, float *ret_weights, float *ret_bias)
{
	memcpy(ret_weights, of->engine->eln_w, (size_t)of->engine->H * sizeof *ret_weights);
	memcpy(ret_bias, of->engine->eln_b, (size_t)of->engine->H * sizeof *ret_bias);
}
