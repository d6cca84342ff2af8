/**
 * @file status.h
 * What a call reports: a status, and where the caller wants it, the story behind it.
 *
 * Every function of the library that can fail returns an sp_status; zero is success. The detail goes
 * into an sp_error that the caller owns; the first error wins, later ones do not overwrite it. On
 * failure results are left untouched unless a function says otherwise.
 */
#ifndef SPORTELLO_STATUS_H
#define SPORTELLO_STATUS_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One list, so that enum, name, HTTP status and exit status cannot drift apart:
   X(name, HTTP status, exit status of the program, short name for machines) */
#define SP_STATUS_LIST(X) \
	X(SP_OK, 200, 0, "ok") \
	X(SP_ERR_USAGE, 400, 2, "usage")              /* the call itself is wrong */ \
	X(SP_ERR_INVALID, 400, 1, "invalid")          /* the input is malformed */ \
	X(SP_ERR_DENIED, 403, 3, "denied")            /* may not */ \
	X(SP_ERR_NOT_FOUND, 404, 1, "not-found") \
	X(SP_ERR_CONFLICT, 409, 1, "conflict")        /* exists already, or the move is not allowed */ \
	X(SP_ERR_TOO_LARGE, 413, 1, "too-large") \
	X(SP_ERR_CHANGED, 503, 3, "changed")          /* kept changing underneath; try again */ \
	X(SP_ERR_BUSY, 503, 3, "busy")                /* held by another process or queue full; try again */ \
	X(SP_ERR_LATER, 503, 3, "later")              /* it waits for others; called again when they are done, it goes on */ \
	X(SP_ERR_NOMEM, 503, 3, "no-memory") \
	X(SP_ERR_FULL, 503, 3, "disk-full") \
	X(SP_ERR_IO, 503, 3, "io") \
	X(SP_ERR_CORRUPT, 503, 3, "corrupt")          /* a file is damaged */ \
	X(SP_ERR_NEWER, 503, 3, "newer")              /* written by a newer version of the program */ \
	X(SP_ERR_UNSUPPORTED, 501, 3, "unsupported")  /* this build cannot */ \
	X(SP_ERR_INTERNAL, 500, 3, "internal")        /* our own mistake */

typedef enum sp_status {
#define SP_STATUS_ENUM(name, http, exit, text) name,
	SP_STATUS_LIST(SP_STATUS_ENUM)
#undef SP_STATUS_ENUM
	SP_STATUS_COUNT
} sp_status;

#define SP_ERROR_TEXT_MAX 512
#define SP_ERROR_SOURCE_MAX 256

/** Detail of a failure. Zero-initialise; caller-owned; may be reused after sp_error_clear(). */
typedef struct sp_error {
	sp_status status;
	int line;   /**< 1-based line in @ref source; 0 = none */
	int column; /**< 1-based column (in bytes) in @ref source; 0 = none */
	char source[SP_ERROR_SOURCE_MAX]; /**< file, folder or field that it is about; "" = none */
	char text[SP_ERROR_TEXT_MAX];     /**< what is wrong and the remedy, plain English, no final stop */
} sp_error;

/** Short name of a status, for machines and logs ("not-found"). Never NULL. Thread-safe. */
const char *sp_status_name(sp_status status);
/** HTTP status code that a status is told as. Thread-safe. */
int sp_status_http(sp_status status);
/** Exit status of the program that a status is told as: 0, 1, 2 or 3. Thread-safe. */
int sp_status_exit(sp_status status);

/** Empty @p err so that it can take another error. NULL is accepted. */
void sp_error_clear(sp_error *err);

/**
 * Note an error, unless @p err already holds one.
 *
 * @param err     caller's detail; NULL is accepted (only the status is returned then)
 * @param status  what to return
 * @param source  file or field it is about; NULL for none; copied, cut to fit
 * @param line    1-based line, 0 for none
 * @param format  printf format of the text
 * @return @p status, so that callers can write `return sp_error_set(...)`
 */
sp_status sp_error_set(sp_error *err, sp_status status, const char *source, int line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** Turn an errno value into a status and note it: ENOSPC/EDQUOT → SP_ERR_FULL, ENOENT → SP_ERR_NOT_FOUND,
 *  ENOMEM → SP_ERR_NOMEM, EACCES/EPERM → SP_ERR_DENIED, EROFS and others → SP_ERR_IO.
 *  @p what says what was tried ("write", "open"). */
sp_status sp_error_errno(sp_error *err, int errno_value, const char *source, const char *what);

/** Copy the detail of @p from into @p to unless @p to already holds an error. Both may be NULL. */
void sp_error_copy(sp_error *to, const sp_error *from);

#ifdef __cplusplus
}
#endif
#endif
