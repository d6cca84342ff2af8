/* Apostrophes in Italian: elided words before them, accents that were typed as one. */
#ifndef TEXT_ELISION_H
#define TEXT_ELISION_H

#include <stdbool.h>
#include <stddef.h>

/* Whether word (folded) is one that Italian elides before an apostrophe: l', dell', dov'. *ret_full is the word in full
   where it says something by itself (dov' → dove), NULL where it is dropped. */
bool spi_elision(const char *word, size_t len, const char **ret_full);

/* The accented word that "vowel and apostrophe" stands for (puo' → può, perche' → perché), written to out, which
   has room for len + 2 bytes. Returns its length; 0 when the apostrophe is no accent (a consonant, po'). */
size_t spi_accent(const char *word, size_t len, char *out);

#endif
