/* Whether a word that no article has is likely a slip of the fingers for another, or just another word. */
#ifndef INDEX_SLIP_H
#define INDEX_SLIP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most edits between a word of so many characters and its correction. */
unsigned spi_slip_edits(size_t chars);
/* Both case-folded UTF-8, one edit or more apart. */
bool spi_is_slip(const char *typed, size_t typed_len, const char *better, size_t better_len);

#ifdef __cplusplus
}
#endif
#endif
