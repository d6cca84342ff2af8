/* Languages that we do not speak: enough of their words to tell them by. */
#ifndef TEXT_WORDS_OTHERS_H
#define TEXT_WORDS_OTHERS_H

#include "text/words.h"

typedef struct spi_other_language {
	spi_word_list marks;  /* words that no language of ours has */
	spi_word_list shared; /* function words of it that one of ours has too */
} spi_other_language;

extern const spi_other_language spi_other_languages[];
extern const size_t spi_other_languages_count;

#endif
