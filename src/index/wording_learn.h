/* Phrasings as they are learned from: all of them, as counts of hashed features (wording_learn.c gathers them and writes what was
   learned, wording_train.c learns). */
#ifndef INDEX_WORDING_LEARN_H
#define INDEX_WORDING_LEARN_H

#include "index/wording_private.h"

/* A document of a language whose documents are classified, or not. */
typedef struct spi_wording_class {
	uint32_t docid, first, count; /* its phrasings */
	sp_lang lang;
	bool changed;
} spi_wording_class;

/* What all documents of a language have in common. */
typedef struct spi_wording_lang {
	bool is_learned;
	size_t documents;
	uint32_t *phrasings; /* of all of them, by number */
	size_t phrasings_count;
	float *idf, *idf_squares;
	/* Which documents a feature says most of: those of feature f stand from starts[f] to starts[f + 1]. */
	uint32_t *starts, *holders;
	float *weights;
} spi_wording_lang;

/* Phrasing i has the features from starts[i] to starts[i + 1]. */
typedef struct spi_wording_phrasings {
	uint16_t *features; /* each as often as it is there, side by side */
	size_t features_count, features_room;
	size_t *starts;
	uint32_t *classes; /* of each phrasing */
	float *shares;     /* what one of its features, by its idf, has in the whole */
	size_t count, room;
} spi_wording_phrasings;

struct spi_wording_learner {
	spi_wording_phrasings phrasings;
	spi_wording_class *classes;
	size_t count, room;
	spi_wording_lang langs[SP_LANG_COUNT];
};

/* Idf, lengths, and where to look for documents that are alike. False: no memory. */
bool spi_wording_prepare(spi_wording_learner *learner);

/* Room for one worker. */
typedef struct spi_wording_trainer spi_wording_trainer;
spi_wording_trainer *spi_wording_trainer_new(const spi_wording_learner *learner);
void spi_wording_trainer_free(spi_wording_trainer *trainer);
/* The weights of one class, and its bias. False: no memory. */
bool spi_wording_train(spi_wording_trainer *trainer, size_t class, float *ret);

#endif
