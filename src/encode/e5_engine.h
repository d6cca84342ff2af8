/* The engine of multilingual-e5-small, which make fetches and compiles twice under names of ours: for any processor of this
   architecture, and for those with AVX2 and FMA. Its own e5.h says what each function does. */
#ifndef ENCODE_E5_ENGINE_H
#define ENCODE_E5_ENGINE_H

struct e5_model;

/* Of one way to compile it. */
typedef struct spi_e5_engine {
	struct e5_model *(*load)(const char *path);
	void (*release)(struct e5_model *model);
	int (*dimensions)(const struct e5_model *model);
	int (*embed)(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors);
} spi_e5_engine;

#define SPI_E5_DECLARE(variant) \
	struct e5_model *spi_e5_##variant##_load(const char *path); \
	void spi_e5_##variant##_free(struct e5_model *model); \
	int spi_e5_##variant##_dim(const struct e5_model *model); \
	int spi_e5_##variant##_embed_batch(struct e5_model *model, const char **texts, int count, int is_query, float *ret_vectors)

SPI_E5_DECLARE(plain);
#ifdef __x86_64__
SPI_E5_DECLARE(avx2);
#endif

#endif
