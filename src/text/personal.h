/* Personal data one by one, for who reads a text from start to end anyway. */
#ifndef TEXT_PERSONAL_H
#define TEXT_PERSONAL_H

#include "sportello/personal.h"

typedef struct spi_personal_scan {
	const char *text; /* borrowed */
	size_t len;
	size_t pos;
	size_t floor;    /* end of the last datum found: nothing before it is looked at */
	size_t atom_end; /* end of the run of characters that an e-mail address may be made of */
} spi_personal_scan;

void spi_personal_start(spi_personal_scan *scan, const char *text, size_t len);
/* The next datum; false at the end. */
bool spi_personal_next(spi_personal_scan *scan, sp_personal_span *ret);

/* What stands before a value and says what it is. */
enum {
	SPI_NEAR_IUV = 1 << 0,
	SPI_NEAR_NOTICE = 1 << 1,
	SPI_NEAR_PHONE = 1 << 2,
	SPI_NEAR_IBAN = 1 << 3,
	SPI_NEAR_FISCAL = 1 << 4,
	SPI_NEAR_OTHER = 1 << 5, /* right before it: the number of something else (an order, an invoice, an amount) */
};
unsigned spi_personal_context(const spi_personal_scan *scan, size_t pos);

/* A datum that begins with the digit or + at pos. When there is none, *ret_skip is where to go on. */
bool spi_personal_number(const spi_personal_scan *scan, size_t pos, sp_personal_span *ret, size_t *ret_skip);
/* A telephone number behind the + at pos, which is plus_len bytes long: where it is encoded ("%2B") it is none of the number's own. */
bool spi_personal_international(const spi_personal_scan *scan, size_t pos, size_t plus_len, sp_personal_span *ret);

/* Length of the character at pos if an e-mail address may hold it before its @, else 0. */
size_t spi_personal_atom(const char *text, size_t len, size_t pos);
/* An address in the run of such characters that begins at pos; each run is looked at once. */
bool spi_personal_email(spi_personal_scan *scan, size_t pos, sp_personal_span *ret);

typedef enum spi_phone {
	SPI_PHONE_NO,
	SPI_PHONE_MAYBE, /* when the words before it say so */
	SPI_PHONE_YES,
} spi_phone;
spi_phone spi_phone_national(const char *digits, size_t len);
bool spi_phone_international(const char *digits, size_t len); /* without + */

/* Length of the sign that stands encoded at pos, as in addresses of pages, also more than once ("%20", "%2520"); 0 when none does:
   letters and digits are none. */
size_t spi_personal_encoded(const char *text, size_t len, size_t pos, char *ret_sign);

/* Separator between the groups of a value at pos: a space, hyphen, point, slash or parenthesis, with at most one space
   on either side, also encoded; in a query of an address + is a space. Returns its length, 0 when there is none; *ret_kind: ' ', '-', '.', '/', ')' or '('. */
size_t spi_personal_separator(const char *text, size_t len, size_t pos, char *ret_kind);

/* Length of the mask (<iban>, <email>…) that stands at pos, 0 when there is none. */
size_t spi_personal_mask_at(const char *text, size_t len, size_t pos, sp_personal_kind *ret);

/* Checks of one value that is already bare: letters and digits only, letters upper case. */
bool spi_codice_fiscale_ok(const char *text);             /* 16 characters: form and check character */
bool spi_codice_fiscale_char(size_t index, char c);       /* whether c may stand at index */
bool spi_mod97_ok(const char *text, size_t len);          /* IBAN and RF reference, ISO 7064 */
size_t spi_iban_len(const char country[2]);               /* 0: no country with IBANs */
bool spi_iban_form_ok(const char *text, size_t len);      /* country, length and where letters and digits go */
bool spi_card_ok(const char *digits, size_t len);         /* known range and Luhn */
bool spi_notice_ok(const char *digits);                   /* 18 digits: application code and check digits */
bool spi_iuv_ok(const char *digits);                      /* 17 digits: check digits */

#endif
