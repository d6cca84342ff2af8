/* An article's record in its binary form: what sp_record holds, as Xapian's document data. */
#ifndef INDEX_RECORD_H
#define INDEX_RECORD_H

#include "index/bytes.h"
#include "sportello/buffer.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Append the record of a document. places: of its plain text (word_places.h). */
void spi_record_encode(const sp_document *document, const sp_buffer *places, sp_buffer *out);
/* Read one back; texts are copied into the arena. SP_ERR_CORRUPT when the bytes are no record. */
sp_status spi_record_decode(const void *bytes, size_t len, sp_arena *arena, sp_record *ret, sp_error *err);
/* What a search tells: the same without Markdown, HTML and speech, which come last; of a record that may have been cut there too.
   places: borrows the bytes. ret_kept_len: bytes that hold so much. */
sp_status spi_record_decode_hit(const void *bytes, size_t len, sp_arena *arena, sp_record *ret, spi_bytes *ret_places, size_t *ret_kept_len,
	sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
