/**
 * @file attachment.h
 * Files that people send: what they are by their content, and what is left of them once everything that tells more than the picture
 * was taken out.
 *
 * Images are copied part by part, without decoding: only parts that the picture needs are in the copy. EXIF (places, devices, times),
 * XMP, IPTC, comments, thumbnails and whatever stands behind the picture's end are not; of EXIF in JPEG the orientation is, by itself.
 * A PDF is taken as it is or not at all: its own data (author, program) stay in it.
 */
#ifndef SPORTELLO_ATTACHMENT_H
#define SPORTELLO_ATTACHMENT_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(enum, content type, ending of names) */
#define SP_ATTACHMENT_LIST(X) \
	X(SP_ATTACHMENT_JPEG, "image/jpeg", "jpg") \
	X(SP_ATTACHMENT_PNG, "image/png", "png") \
	X(SP_ATTACHMENT_WEBP, "image/webp", "webp") \
	X(SP_ATTACHMENT_GIF, "image/gif", "gif") \
	X(SP_ATTACHMENT_PDF, "application/pdf", "pdf")
typedef enum sp_attachment_kind {
#define SP_ATTACHMENT_ENUM(name, type, ending) name,
	SP_ATTACHMENT_LIST(SP_ATTACHMENT_ENUM)
#undef SP_ATTACHMENT_ENUM
	SP_ATTACHMENT_COUNT
} sp_attachment_kind;

/** "image/jpeg"… Static. */
const char *sp_attachment_type(sp_attachment_kind kind);
/** "image/jpeg,image/png,…": what a form's file chooser accepts. Static. */
const char *sp_attachment_types(void);

/**
 * Find out what a file is, and copy of it what may be kept.
 * @param ret_clean  the copy; the caller's, appended to
 * @param ret_message_key  on SP_ERR_INVALID the catalogue's key of what is wrong: attachment.empty, .kind (none of ours, whatever its
 *        name says), .broken (cut or damaged), .large (too many pixels), .active (a PDF with programs or files in it), .more (something
 *        else behind a PDF's end). Static
 * @return SP_OK; SP_ERR_INVALID; SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_attachment_check(const void *data, size_t len, sp_attachment_kind *ret, sp_buffer *ret_clean, const char **ret_message_key);

/**
 * A name that is safe to show, to send and to save: no folders, no control or direction marks, no signs that file systems or
 * headers read as something else, at most SP_ATTACHMENT_NAME_MAX characters, with the ending of what the file is. Owned by @p arena;
 * NULL when memory is out.
 */
const char *sp_attachment_name(const char *given, sp_attachment_kind kind, sp_arena *arena);

#ifdef __cplusplus
}
#endif
#endif
