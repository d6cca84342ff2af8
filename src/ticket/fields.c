#include "sportello/ticket.h"

#include "base/utf8.h"
#include "sportello/buffer.h"
#include "sportello/personal.h"
#include "sportello/text.h"
#include "ticket/fields.h"

#include <ctype.h>
#include <string.h>

#define MAX_CHARS_DEFAULT 2000
#define NOTICE_DIGITS 18

/* ---- what was written, without what nobody sees ---- */

static bool is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Direction and zero-width marks, which telephones put around what is copied. (Joiners belong to emoji and scripts.) */
static bool is_invisible(uint32_t c)
{
	return c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || c == 0x2060 ||
		(c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F);
}

/* A copy that is trimmed, without invisible marks, with line ends as \n. False: it holds control characters. */
static bool clean(const char *text, size_t len, sp_buffer *out)
{
	size_t end = 0; /* of what is not space at the end */
	for (size_t at = 0; at < len;) {
		uint32_t c;
		size_t size = spi_utf8_decode(text + at, len - at, &c);
		if (is_control(c))
			return false;
		bool dropped = is_invisible(c) || (c == '\r' && at + 1 < len && text[at + 1] == '\n') ||
			(out->len == 0 && is_space(c));
		if (!dropped && c == '\r')
			sp_buffer_add_char(out, '\n');
		else if (!dropped)
			sp_buffer_add(out, text + at, size);
		if (!dropped && !is_space(c))
			end = out->len;
		at += size;
	}
	if (sp_buffer_ok(out) && out->data) {
		out->len = end;
		out->data[end] = '\0';
	}
	return true;
}

/* The characters that are not among @p dropped; white space of any kind is always dropped. Capitals if asked for. */
static sp_status squeeze(const char *text, size_t len, const char *dropped, bool capitals, sp_arena *arena,
	const char **ret)
{
	char *out = sp_arena_alloc(arena, len + 1), *end = out;
	if (!out)
		return SP_ERR_NOMEM;
	for (size_t at = 0; at < len;) {
		uint32_t c;
		size_t size = spi_utf8_decode(text + at, len - at, &c);
		if (!is_space(c) && !(c < 0x80 && strchr(dropped, (int)c))) {
			memcpy(end, text + at, size);
			if (capitals && size == 1)
				*end = (char)toupper((unsigned char)*end);
			end += size;
		}
		at += size;
	}
	*end = '\0';
	*ret = out;
	return SP_OK;
}

/* ---- one check a kind ---- */

static sp_status check_text(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	*ret = sp_arena_strndup(arena, text, len);
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

static sp_status check_email(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	if (!sp_is_email(text, len))
		return SP_ERR_INVALID;
	char *copy = sp_arena_strndup(arena, text, len);
	if (!copy)
		return SP_ERR_NOMEM;
	for (char *p = strrchr(copy, '@'); p && *p; p++)
		*p = (char)tolower((unsigned char)*p); /* the part before @ is the provider's, case and all */
	*ret = copy;
	return SP_OK;
}

static bool all_digits(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Here a number is a telephone number whatever it looks like: any length that exists (ITU-T E.164), any way to write
   it. */
static sp_status check_phone(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	const char *bare;
	sp_status status = squeeze(text, len, ".-/()", false, arena, &bare);
	if (status != SP_OK)
		return status;
	bool international = bare[0] == '+' || strncmp(bare, "00", 2) == 0;
	const char *digits = bare + (bare[0] == '+' ? 1 : international ? 2 : 0);
	size_t count = strlen(digits);
	if (!all_digits(digits) || count < (international ? 8u : 6u) || count > 15)
		return SP_ERR_INVALID;
	*ret = international ? sp_arena_printf(arena, "+%s", digits) : digits;
	return *ret ? SP_OK : SP_ERR_NOMEM;
}

#define COMPANY_NUMBER 7 /* digits; numbers begin at 1 */

/* That of a company or body: 11 digits, the last one by Luhn's rule (as the partita IVA, D.M. 23/12/1976). */
static bool is_company_code(const char *text)
{
	unsigned sum = 0;
	if (!all_digits(text) || strlen(text) != 11 || strspn(text, "0") >= COMPANY_NUMBER)
		return false;
	for (int i = 0; i < 11; i++) {
		unsigned digit = (unsigned)(text[i] - '0') << (i % 2);
		sum += digit > 9 ? digit - 9 : digit;
	}
	return sum % 10 == 0;
}

static sp_status check_codice_fiscale(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	sp_status status = squeeze(text, len, "-.", true, arena, ret);
	if (status == SP_OK && !sp_is_codice_fiscale(*ret, strlen(*ret)) && !is_company_code(*ret))
		return SP_ERR_INVALID;
	return status;
}

static sp_status check_iban(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	if (len > 5 && strncasecmp(text, "IBAN", 4) == 0 && strchr(" :", text[4])) {
		text += 5;
		len -= 5;
	}
	sp_status status = squeeze(text, len, "-.", true, arena, ret);
	return status == SP_OK && !sp_is_iban(*ret, strlen(*ret)) ? SP_ERR_INVALID : status;
}

static sp_status check_notice_number(const char *text, size_t len, sp_arena *arena, const char **ret)
{
	sp_status status = squeeze(text, len, "-.", false, arena, ret);
	return status == SP_OK && !sp_is_notice_number(*ret, strlen(*ret)) ? SP_ERR_INVALID : status;
}

/* Eighteen digits and nothing else but what people write between them. */
static bool is_notice_long(const char *text, size_t len)
{
	size_t digits = 0, others = 0;
	for (size_t i = 0; i < len; i++) {
		digits += isdigit((unsigned char)text[i]) != 0;
		others += isalpha((unsigned char)text[i]) != 0;
	}
	return digits == NOTICE_DIGITS && others == 0;
}

static const spi_field_check checks[] = {
	[SP_FIELD_TEXT] = check_text,
	[SP_FIELD_EMAIL] = check_email,
	[SP_FIELD_PHONE] = check_phone,
	[SP_FIELD_DATE] = spi_field_date,
	[SP_FIELD_PAST_DATE] = spi_field_date,
	[SP_FIELD_AMOUNT] = spi_field_amount,
	[SP_FIELD_CODICE_FISCALE] = check_codice_fiscale,
	[SP_FIELD_IBAN] = check_iban,
	[SP_FIELD_NOTICE_NUMBER] = check_notice_number,
	[SP_FIELD_IUV] = spi_field_iuv,
	[SP_FIELD_CHOICE] = NULL,
};

static const char *const invalid_keys[] = {
	[SP_FIELD_TEXT] = "field.text.invalid",
	[SP_FIELD_EMAIL] = "field.email.invalid",
	[SP_FIELD_PHONE] = "field.phone.invalid",
	[SP_FIELD_DATE] = "field.date.invalid",
	[SP_FIELD_PAST_DATE] = "field.date.invalid",
	[SP_FIELD_AMOUNT] = "field.amount.invalid",
	[SP_FIELD_CODICE_FISCALE] = "field.codice-fiscale.invalid",
	[SP_FIELD_IBAN] = "field.iban.invalid",
	[SP_FIELD_NOTICE_NUMBER] = "field.notice-number.invalid",
	[SP_FIELD_IUV] = "field.iuv.invalid",
	[SP_FIELD_CHOICE] = "field.choice.invalid",
};

/* One of the options, whatever its case and accents. */
static sp_status check_choice(const sp_field *field, const char *text, size_t len, sp_arena *arena, const char **ret)
{
	const char *wanted = sp_text_fold(text, len, arena, NULL);
	if (!wanted)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < field->options_count; i++) {
		const char *option = sp_text_fold(field->options[i], strlen(field->options[i]), arena, NULL);
		if (!option)
			return SP_ERR_NOMEM;
		if (strcmp(option, wanted) == 0) {
			*ret = field->options[i];
			return SP_OK;
		}
	}
	return SP_ERR_INVALID;
}

/* ---- all together ---- */

static sp_status refuse(const char *key, const char **ret_message_key)
{
	*ret_message_key = key;
	return SP_ERR_INVALID;
}

/* What is wrong, as exactly as can be told: who counted eighteen digits is not told to count them. */
static const char *wrong_key(const sp_field *field, const char *text, size_t len)
{
	const char *more = field->check == SP_FIELD_AMOUNT ? spi_field_amount_wrong(text, len) :
		field->check == SP_FIELD_NOTICE_NUMBER && is_notice_long(text, len) ? "field.notice-number.digit" : NULL;
	return more ? more : invalid_keys[field->check];
}

static sp_status check_clean(const sp_field *field, const char *text, size_t len, sp_date today, sp_arena *arena,
	const char **ret_normal, const char **ret_message_key)
{
	uint32_t max = field->max_chars ? field->max_chars : MAX_CHARS_DEFAULT;
	const char *normal = NULL;
	if (len == 0)
		return refuse("field.missing", ret_message_key);
	if (sp_text_count_chars(text, len) > (field->check == SP_FIELD_TEXT ? max : SP_FIELD_WRITTEN_MAX))
		return refuse("field.too-long", ret_message_key);
	sp_status status = field->check == SP_FIELD_CHOICE ? check_choice(field, text, len, arena, &normal) :
		checks[field->check](text, len, arena, &normal);
	if (status == SP_ERR_INVALID)
		return refuse(wrong_key(field, text, len), ret_message_key);
	if (status != SP_OK)
		return status;
	/* In its normal form a date of later is behind in order. */
	if (field->check == SP_FIELD_PAST_DATE && today && sp_date_parse(normal, strlen(normal)) > today)
		return refuse("field.date.future", ret_message_key);
	if (field->check != SP_FIELD_CHOICE && sp_text_count_chars(normal, strlen(normal)) > max)
		return refuse("field.too-long", ret_message_key);
	*ret_normal = normal;
	return SP_OK;
}

sp_status sp_ticket_check_field(const sp_field *field, const char *value, size_t len, sp_date today, sp_arena *arena,
	const char **ret_normal, const char **ret_message_key)
{
	if ((unsigned)field->check > SP_FIELD_CHOICE)
		return SP_ERR_INTERNAL;
	if (!value)
		return refuse("field.missing", ret_message_key);
	sp_buffer text = SP_BUFFER_INIT;
	sp_status status;
	if (!sp_text_is_utf8(value, len) || !clean(value, len, &text))
		status = refuse("field.characters", ret_message_key);
	else if (!sp_buffer_ok(&text))
		status = SP_ERR_NOMEM;
	else
		status = check_clean(field, sp_buffer_text(&text), text.len, today, arena, ret_normal, ret_message_key);
	sp_buffer_release(&text);
	return status;
}
