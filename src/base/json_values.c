#include "base/json.h"

#include "base/clock.h"

void spi_json_text(sp_json *json, const char *name, const char *text)
{
	if (text && *text)
		sp_json_string(json, name, text);
}

void spi_json_time(sp_json *json, const char *name, int64_t utc_s)
{
	char text[32];
	if (!utc_s)
		return;
	spi_rfc3339(utc_s, text);
	sp_json_string(json, name, text);
}
