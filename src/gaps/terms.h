/* Words of questions as sparse vectors: to compare questions, and to find which words are characteristic of some. */
#ifndef GAPS_TERMS_H
#define GAPS_TERMS_H

#include "gaps/gaps.h"

typedef struct spi_term { uint32_t number; float weight; } spi_term;
typedef struct spi_term_set { spi_term *items; size_t count; } spi_term_set; /* by number */

typedef struct spi_terms {
	sp_arena *arena;
	spi_map numbers;     /* stem → its number and in how many conversations it was */
	double *rarity;      /* by number; NULL until the first set is weighed */
	double all;          /* conversations */
} spi_terms;

void spi_terms_open(spi_terms *terms, sp_arena *arena);
/* Stems of content of a text that was asked in so many conversations. */
bool spi_terms_read(spi_terms *terms, sp_analyser *analyser, const char *text, sp_lang lang, double conversations, spi_term_set *ret);
/* When all are read: by rarity, to unit length. */
bool spi_terms_weigh(spi_terms *terms, spi_term_set *set);
double spi_terms_cosine(const spi_term_set *a, const spi_term_set *b);

/* Means of groups of sets, and which is nearest. */
typedef struct spi_centre_weight { uint32_t group; float weight; struct spi_centre_weight *next; } spi_centre_weight;
typedef struct spi_centres {
	size_t groups, terms;
	spi_centre_weight **by_term;
	double *norms, *scores;
	sp_arena *arena;
} spi_centres;
bool spi_centres_open(spi_centres *centres, const spi_terms *terms, size_t groups, sp_arena *arena);
bool spi_centres_add(spi_centres *centres, size_t group, const spi_term_set *set, double weight);
void spi_centres_close(spi_centres *centres);
/* SIZE_MAX: none has at least this cosine. */
size_t spi_centres_nearest(spi_centres *centres, const spi_term_set *set, double at_least);

/* Words that say what some questions are about, as their people write them. */
typedef struct spi_naming {
	const spi_terms *terms;
	sp_arena *arena;
	spi_map stems;
	sp_buffer list;      /* struct stem *, in the order in which they came */
} spi_naming;
void spi_naming_open(spi_naming *naming, const spi_terms *terms, sp_arena *arena);
bool spi_naming_add(spi_naming *naming, sp_analyser *analyser, const char *text, sp_lang lang, spi_asker asker);
/* The most characteristic words that two people used; in the arena given. */
bool spi_naming_close(spi_naming *naming, size_t most, sp_arena *result, sp_strings *ret);

#endif
