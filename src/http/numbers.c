#include "http/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 3
#define NUMBER_MAX 64
#define NONE "–"

static bool is_english(sp_lang lang)
{
	return lang == SP_LANG_EN;
}

/* snprintf writes the C locale's point: the program never sets another. */
const char *spi_number(sp_lang lang, double value, int digits, sp_arena *arena)
{
	char plain[NUMBER_MAX], out[2 * NUMBER_MAX];
	if (!isfinite(value) || fabs(value) >= 1e15)
		return NONE;
	digits = digits < 0 ? 0 : digits > DIGITS_MAX ? DIGITS_MAX : digits;
	snprintf(plain, sizeof plain, "%.*f", digits, fabs(value));
	size_t whole = strcspn(plain, "."), at = 0;
	bool is_zero = strspn(plain, "0.") == strlen(plain);
	if (value < 0 && !is_zero) {
		static const char minus[] = "−"; /* as wide as a plus; a hyphen is read past */
		memcpy(out, minus, sizeof minus - 1);
		at = sizeof minus - 1;
	}
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			out[at++] = is_english(lang) ? ',' : '.';
		out[at++] = plain[i];
	}
	snprintf(out + at, sizeof out - at, "%s%s", plain[whole] ? (is_english(lang) ? "." : ",") : "",
		plain[whole] ? plain + whole + 1 : "");
	return sp_arena_strdup(arena, out);
}

const char *spi_percent(sp_lang lang, double share, int digits, sp_arena *arena)
{
	if (!isfinite(share))
		return NONE;
	const char *number = spi_number(lang, share * 100, digits, arena);
	return sp_arena_printf(arena, lang == SP_LANG_DE ? "%s\u00a0%%" : "%s%%", number ? number : "");
}

const char *spi_compact(sp_lang lang, double value, sp_arena *arena)
{
	static const struct {
		double from, unit;
		const char *name;
	} units[] = {{999500, 1e6, "M"}, {9999.5, 1e3, "k"}};
	for (size_t i = 0; isfinite(value) && i < sizeof units / sizeof *units; i++) {
		if (fabs(value) < units[i].from)
			continue;
		double scaled = value / units[i].unit;
		bool is_round = fabs(scaled - round(scaled)) < 0.05 || fabs(scaled) >= 99.95; /* "15k", not "15,0k" */
		const char *number = spi_number(lang, scaled, is_round ? 0 : 1, arena);
		return sp_arena_printf(arena, "%s%s", number ? number : "", units[i].name);
	}
	return spi_number(lang, value, 0, arena);
}

const char *spi_duration(sp_lang lang, double seconds, sp_arena *arena)
{
	if (!isfinite(seconds) || seconds < 0)
		return NONE;
	if (seconds > 0 && seconds < 0.0995) /* what a machine needs: "0,0 s" would say that nothing was measured */
		return sp_arena_printf(arena, "%ld\u00a0ms", seconds < 0.001 ? 1 : lround(seconds * 1000));
	if (seconds < 59.5) {
		const char *number = spi_number(lang, seconds, seconds < 9.95 && fmod(seconds, 1) != 0 ? 1 : 0, arena);
		return sp_arena_printf(arena, "%s\u00a0s", number ? number : "");
	}
	long whole = lround(seconds);
	if (whole < 3600)
		return sp_arena_printf(arena, "%ld\u00a0min %ld\u00a0s", whole / 60, whole % 60);
	if (whole < 48 * 3600)
		return sp_arena_printf(arena, "%ld\u00a0h %ld\u00a0min", whole / 3600, whole / 60 % 60);
	return sp_arena_printf(arena, lang == SP_LANG_DE ? "%ld\u00a0Tg. %ld\u00a0h" : lang == SP_LANG_EN ? "%ld\u00a0d %ld\u00a0h" : "%ld\u00a0gg %ld\u00a0h",
		whole / 86400, whole / 3600 % 24);
}
