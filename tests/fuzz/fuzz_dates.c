/* Days in people's words, and days as files and forms have them. The first byte chooses the language, the second the day it is. */
#include "fuzz.h"

#include "answer/dates.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_lang lang = (sp_lang)(fuzz_byte(&data, &size) % SP_LANG_COUNT);
	int64_t today = 20000 + fuzz_byte(&data, &size) * 3;
	char *text = fuzz_copy(data, size);
	spi_dates days = {0};
	spi_dates_find(text, size, lang, today, NULL, &days);
	FUZZ_HOLDS(days.count == 0 || days.first <= days.last, text, size);
	spi_dates_answer(text, size, lang, today, NULL, &days);
	FUZZ_HOLDS(days.count <= 1 && (days.count == 0 || days.first <= days.last), text, size);
	sp_date day = sp_date_parse(text, size);
	FUZZ_HOLDS(day == 0 || (day % 100 >= 1 && day % 100 <= 31 && day / 100 % 100 >= 1 && day / 100 % 100 <= 12), text, size);
	free(text);
	return 0;
}
