/**
 * @file buffer.h
 * A growing byte buffer with a maximum, and JSON written straight into it.
 *
 * A buffer that could not grow (memory out, maximum reached) remembers it: later additions do nothing,
 * and sp_buffer_ok() says no. So a writer checks once, at the end.
 * Threads: one thread at a time per buffer.
 */
#ifndef SPORTELLO_BUFFER_H
#define SPORTELLO_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_buffer {
	char *data;   /**< always zero-terminated once something was added; NULL before */
	size_t len;   /**< bytes, without the final zero */
	size_t cap;
	size_t max;   /**< most bytes it may hold; 0 = 64 MiB */
	bool failed;
} sp_buffer;

#define SP_BUFFER_INIT {0}

/** Free the memory; the buffer is empty and usable again. NULL is accepted. */
void sp_buffer_release(sp_buffer *buf);
/** Empty it and forget a failure; keeps the memory for the next use. */
void sp_buffer_clear(sp_buffer *buf);
/** Give the text away: caller frees with free(). Never NULL unless failed. The buffer is empty after. */
char *sp_buffer_detach(sp_buffer *buf, size_t *ret_len);
/** Whether everything that was added is there. */
bool sp_buffer_ok(const sp_buffer *buf);
/** Make room for @p more bytes beyond the present ones. False (and failed) when there is none. */
bool sp_buffer_reserve(sp_buffer *buf, size_t more);
/** The text so far, "" when empty. Valid until the next addition. */
const char *sp_buffer_text(const sp_buffer *buf);

void sp_buffer_add(sp_buffer *buf, const void *bytes, size_t len);
void sp_buffer_add_text(sp_buffer *buf, const char *text); /**< NULL adds nothing */
void sp_buffer_add_char(sp_buffer *buf, char c);
void sp_buffer_printf(sp_buffer *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Add text with &, <, >, " and ' written as entities, for HTML text and attribute values. */
void sp_buffer_add_html(sp_buffer *buf, const char *text, size_t len);

/* JSON (RFC 8259). The writer puts the commas; nesting up to 64. Invalid UTF-8 becomes U+FFFD.
   `name` is the member's name inside an object and NULL inside an array or at the top. */
typedef struct sp_json {
	sp_buffer *buf; /**< borrowed */
	uint64_t has_item; /**< bit n: level n has an item already */
	int depth;
} sp_json;

void sp_json_init(sp_json *json, sp_buffer *buf);
void sp_json_object(sp_json *json, const char *name);
void sp_json_object_end(sp_json *json);
void sp_json_array(sp_json *json, const char *name);
void sp_json_array_end(sp_json *json);
void sp_json_string(sp_json *json, const char *name, const char *text); /**< NULL writes null */
void sp_json_string_len(sp_json *json, const char *name, const char *text, size_t len);
void sp_json_int(sp_json *json, const char *name, int64_t value);
/** Written with @p digits after the point; not a number writes null. */
void sp_json_number(sp_json *json, const char *name, double value, int digits);
void sp_json_bool(sp_json *json, const char *name, bool value);
void sp_json_null(sp_json *json, const char *name);
/** Already valid JSON, put in as it is. */
void sp_json_raw(sp_json *json, const char *name, const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
