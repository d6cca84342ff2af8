/* Who a ticket is about, in one form however it was typed. */
#include "sportello/keep.h"

#include "sportello/personal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Letters and digits alone, in capitals or not; the length, 0 when there is no room. */
static size_t squeeze(const char *text, bool capitals, char *ret, size_t room)
{
	size_t len = 0;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (strchr(" .-/()\t\r\n", c))
			continue;
		if (len + 1 >= room)
			return 0;
		ret[len++] = (char)(capitals ? toupper(c) : tolower(c));
	}
	ret[len] = '\0';
	return len;
}

static bool put(char ret[SP_PERSON_MAX], const char *kind, const char *value)
{
	int len = snprintf(ret, SP_PERSON_MAX, "%s:%s", kind, value);
	return *value && len > 0 && len < SP_PERSON_MAX;
}

static bool of_email(const char *value, char ret[SP_PERSON_MAX])
{
	char bare[SP_PERSON_MAX];
	size_t len = strlen(value), at = 0;
	if (len >= sizeof bare)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", value[i]))
			bare[at++] = (char)tolower((unsigned char)value[i]);
	bare[at] = '\0';
	return sp_is_email(bare, at) && put(ret, "email", bare);
}

/* With and without the prefix of Italy it is the same number. */
static bool of_phone(const char *value, char ret[SP_PERSON_MAX])
{
	char bare[32];
	if (!squeeze(value, false, bare, sizeof bare))
		return false;
	const char *digits = bare;
	bool foreign = false;
	if (strncmp(bare, "+39", 3) == 0)
		digits = bare + 3;
	else if (strncmp(bare, "0039", 4) == 0)
		digits = bare + 4;
	else if (bare[0] == '+' || strncmp(bare, "00", 2) == 0)
		digits = bare + (bare[0] == '+' ? 1 : 2), foreign = true;
	if (strlen(digits) < 6 || digits[strspn(digits, "0123456789")])
		return false;
	char number[40];
	snprintf(number, sizeof number, "%s%s", foreign ? "+" : "", digits);
	return put(ret, "phone", number);
}

static bool of_code(const char *value, char ret[SP_PERSON_MAX])
{
	char bare[32];
	return squeeze(value, true, bare, sizeof bare) && put(ret, "codice-fiscale", bare);
}

bool sp_person_of_field(sp_field_check check, const char *value, char ret[SP_PERSON_MAX])
{
	switch (check) {
	case SP_FIELD_EMAIL:
		return of_email(value, ret);
	case SP_FIELD_PHONE:
		return of_phone(value, ret);
	case SP_FIELD_CODICE_FISCALE:
		return of_code(value, ret);
	default:
		return false;
	}
}

/* What an app's token calls its user: of any form, so it says itself that it is one. */
static bool of_subject(const char *text, char ret[SP_PERSON_MAX])
{
	static const char prefix[] = "subject:";
	bool is_said = strncmp(text, prefix, sizeof prefix - 1) == 0;
	return is_said && put(ret, "subject", text + sizeof prefix - 1);
}

/* Eleven digits may be a company's code or a telephone number: a mobile number begins with 3, a company's code with 0 or 1 as a rule,
   as numbers of cities do; its check digit is not asked, as the number was typed to be found. */
bool sp_person_of_text(const char *text, char ret[SP_PERSON_MAX])
{
	return of_subject(text, ret) || of_email(text, ret) || (sp_is_codice_fiscale(text, strlen(text)) && of_code(text, ret)) || of_phone(text, ret);
}
