/* What was worked out, kept for who asks the same again: found by a hash of all that it depends on, bounded by bytes. Two halves: what was
   asked lately, and before that. The older half goes when the newer one is full; what is asked again comes into the newer one. */
#ifndef BASE_MEMO_H
#define BASE_MEMO_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* SHA-256: people choose what is asked, and must not be able to make two things alike. */
typedef struct spi_memo_key {
	unsigned char bytes[32];
} spi_memo_key;

typedef struct spi_memo spi_memo;

/* @p half_max: bytes of each half; @p release frees an item. NULL when memory is out. Threads: one at a time per memo. */
spi_memo *spi_memo_new(size_t half_max, void (*release)(void *item));
void spi_memo_free(spi_memo *memo); /* NULL is accepted */
/* NULL when it is not known; valid until the next call. */
void *spi_memo_recall(spi_memo *memo, const spi_memo_key *key);
/* Keep an item of so many bytes instead of what is known under this key. It is taken over whatever happens; false: it is gone (too large,
   or memory is out). */
bool spi_memo_keep_take(spi_memo *memo, const spi_memo_key *key, void *item, size_t bytes);
void spi_memo_clear(spi_memo *memo);

#ifdef __cplusplus
}
#endif
#endif
