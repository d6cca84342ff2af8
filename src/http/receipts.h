/* Receipts: the code of an answer opens the very text that was shown, also when the article changed since. Every version that was published is
   kept (publish/versions.h); it is shown as the audience saw it that it was shown to, by what it said then. */
#ifndef HTTP_RECEIPTS_H
#define HTTP_RECEIPTS_H

#include "http/request.h"
#include "text/line_diff.h"

typedef struct spi_receipt {
	const char *code;      /* as it is written */
	bool mended;           /* something in it was typed otherwise than case and spaces */
	int64_t shown_utc_s;   /* 0 = the code's moment cannot be */
	const char *id, *title, *version;
	sp_lang lang;
	int audience;          /* who sees it so */
	sp_view view;
	bool is_there;         /* the article is still shown to them */
	bool changed;          /* its text is another one now */
	sp_record now;         /* with is_there */
	const spi_diff_hunk *changes; size_t changes_count;
} spi_receipt;

/* Read what people type of a code: any case, blanks and dashes of any kind, O for 0 in the version. Ready to be looked up; false when it
   is none. Texts in the arena. */
bool spi_receipt_parse(const char *text, sp_arena *arena, const char **ret_id, sp_lang *ret_lang, char ret_version[13], int64_t *ret_at_utc_s);
/**
 * Look it up, as the caller may read it.
 * @param audience  as whom; NULL = the first outside audience that it was for, else any of the caller's
 * @return SP_OK; SP_ERR_NOT_FOUND (no such code, or not for the caller); SP_ERR_BUSY (too many that are none were tried); SP_ERR_INVALID
 *         (kb.yaml changed so much that the text cannot be read any more); others
 */
sp_status spi_receipt_find(spi_request *request, const char *text, const char *audience, spi_receipt *ret, sp_error *err);

#endif
