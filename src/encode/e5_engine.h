/* The engine of multilingual-e5-small, which make fetches and compiles with additions of ours (engine/) under names of ours: for any processor of
   this architecture, for those with AVX2, FMA and F16C, and for those with AVX-512 VNNI. */
#ifndef ENCODE_E5_ENGINE_H
#define ENCODE_E5_ENGINE_H

struct spi_e5_model;

/* Gets the states of a text's tokens, without those of prefix, beginning and end; they are gone when it returns. */
typedef void spi_e5_take(void *arg, int text, const float *states, int count);

/* Of one way to compile it. */
typedef struct spi_e5_engine {
	/* NULL: the file cannot be read, or no memory. */
	struct spi_e5_model *(*open)(const char *path);
	void (*close)(struct spi_e5_model *model);
	int (*dimensions)(const struct spi_e5_model *model);
	/* Vectors of unit length; take() (NULL: nobody wants them) is called for each text in turn with its first tokens_max (of texts too long for
	   one window, of those in the first). All texts in one pass: memory for count windows of 512 tokens at most. -1: no memory. */
	int (*encode)(struct spi_e5_model *model, const char **texts, int count, int is_query, float *ret_vectors, int tokens_max,
		spi_e5_take *take, void *arg);
} spi_e5_engine;

#define SPI_E5_DECLARE(variant) \
	struct spi_e5_model *spi_e5_##variant##_open(const char *path); \
	void spi_e5_##variant##_close(struct spi_e5_model *model); \
	int spi_e5_##variant##_dimensions(const struct spi_e5_model *model); \
	int spi_e5_##variant##_encode(struct spi_e5_model *model, const char **texts, int count, int is_query, float *ret_vectors, int tokens_max, \
		spi_e5_take *take, void *arg)
#define SPI_E5_ENGINE(variant) \
	(spi_e5_engine){spi_e5_##variant##_open, spi_e5_##variant##_close, spi_e5_##variant##_dimensions, spi_e5_##variant##_encode}

SPI_E5_DECLARE(plain);
#ifdef __x86_64__
SPI_E5_DECLARE(avx2);
SPI_E5_DECLARE(vnni);
#endif

#endif
