/* UTF-8 (RFC 3629), one code point at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Decode the code point at text (len > 0 bytes left). Returns how many bytes it takes (1 for an invalid byte, with
   *ret = 0xFFFD). */
size_t spi_utf8_decode(const char *text, size_t len, uint32_t *ret);
/* Encode into out (4 bytes); returns the length; what is no code point is written as U+FFFD. */
size_t spi_utf8_encode(uint32_t c, char out[4]);
/* Length of the byte order mark that a text may begin with, as spreadsheets write it; 0 = none. */
size_t spi_utf8_mark(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
