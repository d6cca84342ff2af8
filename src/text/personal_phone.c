/* What the digits of a telephone number look like. Italian numbers first; of other countries what its residents use. */
#include "text/personal.h"

#include <string.h>

#define VALUE_MAX 20

static bool starts(const char *digits, size_t len, const char *with)
{
	size_t with_len = strlen(with);
	return len >= with_len && memcmp(digits, with, with_len) == 0;
}

static bool is_freephone(const char *digits, size_t len)
{
	return starts(digits, len, "800") || starts(digits, len, "803") || starts(digits, len, "840") ||
		starts(digits, len, "848") || starts(digits, len, "892") || starts(digits, len, "199");
}

static spi_phone landline(const char *digits, size_t len)
{
	bool german_mobile = digits[1] == '1' && digits[2] >= '5' && digits[2] <= '7';
	if (digits[1] == '0')
		return SPI_PHONE_NO;
	if (len == 9 || len == 10 || (german_mobile && (len == 11 || len == 12)) || (digits[1] == '7' && len == 11))
		return SPI_PHONE_YES;
	return len <= 11 ? SPI_PHONE_MAYBE : SPI_PHONE_NO;
}

spi_phone spi_phone_national(const char *digits, size_t len)
{
	if (len < 6)
		return SPI_PHONE_NO;
	if (starts(digits, len, "00"))
		return digits[2] >= '3' && digits[2] <= '4' && spi_phone_international(digits + 2, len - 2) ? SPI_PHONE_YES :
			SPI_PHONE_NO;
	if (digits[0] == '0')
		return landline(digits, len);
	if (len == 12 && starts(digits, len, "393") && digits[3] > '0')
		return SPI_PHONE_YES;
	if (digits[0] == '3' && digits[1] > '0')
		return len == 9 || len == 10 ? SPI_PHONE_YES : SPI_PHONE_NO;
	if (is_freephone(digits, len))
		return len == 9 ? SPI_PHONE_YES : len < 9 ? SPI_PHONE_MAYBE : SPI_PHONE_NO;
	return SPI_PHONE_NO;
}

bool spi_phone_international(const char *digits, size_t len)
{
	if (len < 9 || len > 15 || digits[0] == '0')
		return false;
	return !starts(digits, len, "39") || len <= 13;
}

bool sp_is_phone(const char *text, size_t len)
{
	char digits[VALUE_MAX];
	size_t count = 0, start = 0;
	while (start < len && (text[start] == ' ' || text[start] == '('))
		start++;
	bool plus = start < len && text[start] == '+';
	for (size_t i = start + plus; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			if (count == VALUE_MAX)
				return false;
			digits[count++] = text[i];
		} else if (!text[i] || !strchr(" -./()", text[i])) {
			return false;
		}
	}
	return plus ? spi_phone_international(digits, count) : spi_phone_national(digits, count) != SPI_PHONE_NO;
}
