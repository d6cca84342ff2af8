/**
 * @file personal.h
 * Personal data in free text: found by check digit and context, and masked before anything is logged.
 *
 * codice fiscale (check character, D.M. 12/3/1974; omocodia forms too), IBAN (ISO 13616, mod 97), payment cards
 * (ISO/IEC 7812, Luhn, known ranges, not an 18-digit payment notice number), phone numbers, e-mail addresses,
 * payment notice numbers (18 digits, application code 0-3) and IUV.
 */
#ifndef SPORTELLO_PERSONAL_H
#define SPORTELLO_PERSONAL_H

#include "sportello/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(enum, token and mask name) */
#define SP_PERSONAL_LIST(X) \
	X(SP_PERSONAL_CODICE_FISCALE, "codice-fiscale") \
	X(SP_PERSONAL_IBAN, "iban") \
	X(SP_PERSONAL_CARD, "card") \
	X(SP_PERSONAL_NOTICE_NUMBER, "notice-number") \
	X(SP_PERSONAL_IUV, "iuv") \
	X(SP_PERSONAL_EMAIL, "email") \
	X(SP_PERSONAL_PHONE, "phone")

typedef enum sp_personal_kind {
#define SP_PERSONAL_ENUM(name, text) name,
	SP_PERSONAL_LIST(SP_PERSONAL_ENUM)
#undef SP_PERSONAL_ENUM
	SP_PERSONAL_COUNT
} sp_personal_kind;

typedef struct sp_personal_span {
	size_t start, end; /**< byte range in the text */
	sp_personal_kind kind;
} sp_personal_span;

/** "iban", "email"…; the masks are these in angle brackets, e.g. `<iban>`. */
const char *sp_personal_name(sp_personal_kind kind);

/** Length of a mask that stands at @p text, 0 = none; *ret_kind of what, may be NULL. */
size_t sp_personal_mask_at(const char *text, sp_personal_kind *ret_kind);

/**
 * Find personal data.
 * @param ret    receives up to @p cap spans, in order, not overlapping
 * @return how many were found (may be more than @p cap)
 */
size_t sp_personal_find(const char *text, size_t len, sp_personal_span *ret, size_t cap);

/** Append @p text to @p out with each datum replaced by its mask. */
void sp_personal_mask(const char *text, size_t len, sp_buffer *out);

/* Checks of one value, spaces allowed where people write them. */
bool sp_is_codice_fiscale(const char *text, size_t len);
bool sp_is_iban(const char *text, size_t len);
bool sp_is_card_number(const char *text, size_t len);
/** 18 digits whose application code is 0, 1, 2 or 3 and, where the form has them, whose check digits agree
 *  (Specifiche attuative dei codici identificativi di versamento, SANP). */
bool sp_is_notice_number(const char *text, size_t len);
bool sp_is_email(const char *text, size_t len);
bool sp_is_phone(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
