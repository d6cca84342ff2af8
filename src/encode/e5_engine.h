/* The engine of multilingual-e5-small, which make fetches and compiles twice under names of ours: for any processor of this
   architecture, and for those with AVX2 and FMA. Its own e5.h says what each function does; embed_tokens is ours (engine/). */
#ifndef ENCODE_E5_ENGINE_H
#define ENCODE_E5_ENGINE_H

struct e5_model;

/* Gets the states of a text's tokens, without those of prefix, beginning and end; they are gone when it returns. */
typedef void spi_e5_take(void *arg, int text, const float *states, int count);

/* Of one way to compile it. */
typedef struct spi_e5_engine {
	struct e5_model *(*load)(const char *path);
	void (*release)(struct e5_model *model);
	int (*dimensions)(const struct e5_model *model);
	int (*embed)(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors);
	/* The same vectors, and take() is called for each text in turn with its first tokens_max (of texts too long for one window, of
	   those in the first). All texts in one pass: memory for count windows of 512 tokens at most. -1: no memory. */
	int (*embed_tokens)(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors, int tokens_max,
		spi_e5_take *take, void *arg);
} spi_e5_engine;

#define SPI_E5_DECLARE(variant) \
	struct e5_model *spi_e5_##variant##_load(const char *path); \
	void spi_e5_##variant##_free(struct e5_model *model); \
	int spi_e5_##variant##_dim(const struct e5_model *model); \
	int spi_e5_##variant##_embed_batch(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors); \
	int spi_e5_##variant##_embed_tokens(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors, \
		int tokens_max, spi_e5_take *take, void *arg)

SPI_E5_DECLARE(plain);
#ifdef __x86_64__
SPI_E5_DECLARE(avx2);
#endif

#endif
