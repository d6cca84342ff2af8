/* One way to write a question: what is remembered is found by it, and the encoder is given it. */
#ifndef ENCODE_NORMAL_H
#define ENCODE_NORMAL_H

#include "sportello/encoder.h"

#include <stddef.h>

/*
 * The normal form of a question as the encoder gets it. All ways to type it with one normal form share one vector, so
 * nothing that changes what is meant may be lost, and what depends on keyboard and haste alone should be:
 * - lower case, by single letters: case folding would write "strasse" for "Straße", which no model has learnt as well;
 * - canonical composition (NFC): an accent typed apart is the same letter. Not NFKC: "m²" is not "m2";
 * - every apostrophe, and what telephones and people put for it, is ';
 * - any white space and control characters are one space, none at the ends; what is not seen (soft hyphens, zero-width and
 *   direction marks) is not there; bytes that are no UTF-8 are U+FFFD;
 * - stops at the end (. , ; : ! ? …) go: "come pago", "come pago?" and "come pago???" ask the same;
 * - at most SP_ENCODE_TEXT_MAX bytes, cut at a character.
 * Accents stay: "pago" and "pagò" are two words. The normal form of a normal form is itself.
 * Returns the length of ret, which gets a final zero; 0 when nothing is left. Threads: any.
 */
size_t spi_encode_normal_form(const char *text, size_t len, char ret[SP_ENCODE_TEXT_MAX + 1]);

#endif
