/* An article's record in its binary form: what sp_record holds, as Xapian's document data. */
#ifndef INDEX_RECORD_H
#define INDEX_RECORD_H

#include "sportello/buffer.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Append the record of a document. */
void spi_record_encode(const sp_document *document, sp_buffer *out);
/* Read one back; texts are copied into the arena. SP_ERR_CORRUPT when the bytes are no record. */
sp_status spi_record_decode(const void *bytes, size_t len, sp_arena *arena, sp_record *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
