/* The texts of an article that sentence vectors are made of: its title and phrasings, compared with a question as one
   question with another; pieces of what it says, and of its phrasings one after the other, each with the title in front. */
#ifndef INDEX_PASSAGES_H
#define INDEX_PASSAGES_H

#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pieces of about this many bytes, cut between sentences: measured on Italian FAQs, shorter ones lose what they are
   about, longer ones say too much at once. */
#define SPI_PASSAGE_BYTES 250
/* Of the text, and of the phrasings. A long procedure is known by its beginning as well. */
#define SPI_PASSAGES_MAX 16

typedef enum spi_row_kind { SPI_ROW_TITLE, SPI_ROW_QUESTION, SPI_ROW_PASSAGE, SPI_ROW_KINDS } spi_row_kind;

typedef struct spi_passage {
	spi_row_kind kind;
	const char *text;
	size_t len;
} spi_passage;

/* Questions that no article answers stand where a document's texts do, as a document's that is none. */
#define SPI_NOBODY(lang) (UINT32_MAX - (uint32_t)(lang))
static inline bool spi_is_nobody(uint32_t docid)
{
	return docid > UINT32_MAX - SP_LANG_COUNT;
}

/* Questions as rows of their own. NULL when memory is out. */
spi_passage *spi_passages_of_questions(const sp_strings *questions, sp_arena *arena, size_t *ret_count);
/* All of them, owned by the arena; NULL when memory is out. */
spi_passage *spi_passages_of(const sp_document *document, sp_arena *arena, size_t *ret_count);

#ifdef __cplusplus
}
#endif
#endif
