/* Words that people say in one of our languages and in no other, beside the function words: "paid", "bezahlt", "pagato". Not those that name a
   topic ("refund": typed in any language), that others took over ("working", "money transfer", "week-end") or that programs write ("failed",
   "expired": pasted by anybody). Sorted by bytes, accents dropped; umlauts as the base letter and as two letters. */
#ifndef TEXT_WORDS_TELLING_H
#define TEXT_WORDS_TELLING_H

#include "text/words.h"

extern const spi_word_list spi_telling_words[SP_LANG_COUNT];

#endif
