/* Receipts as people read them out. */
#include "base/clock.h"
#include "harness.h"
#include "http/receipts.h"

#include <string.h>

#define VERSION "3af90bd1c2e4"

typedef struct read_code {
	const char *id;
	sp_lang lang;
	char version[13];
	int64_t at_utc_s;
} read_code;

static bool read_it(const char *text, sp_arena *arena, read_code *ret)
{
	*ret = (read_code){.lang = SP_LANG_NONE};
	return spi_receipt_parse(text, arena, &ret->id, &ret->lang, ret->version, &ret->at_utc_s);
}

TEST(test_receipts_as_they_are_read_out)
{
	sp_arena *arena = sp_arena_new(0);
	int64_t at = 1760000000;
	const char *made = sp_receipt_make("spid-otp-2", SP_LANG_IT, VERSION "ffff", at, arena);
	const char *tail = strrchr(made, '-') + 1;
	const char *forms[] = {"S1-spid-otp-2-it-" VERSION "-%s", "s1 spid otp 2 it " VERSION " %s", "  SPID OTP 2 IT 3AF9 OBDL C2E4 %s ",
		"S1–spid–otp–2–it–" VERSION "–%s", "S 1 spid-otp-2 it 3af9-0bd1-c2e4 %s", "spid-otp-2-it-" VERSION "%s"};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		read_code code;
		char text[200];
		snprintf(text, sizeof text, "%.*s%s%s", (int)(strstr(forms[i], "%s") - forms[i]), forms[i], tail, strstr(forms[i], "%s") + 2);
		REQUIRE(read_it(text, arena, &code));
		CHECK_STR(code.id, "spid-otp-2");
		CHECK_INT(code.lang, SP_LANG_IT);
		CHECK_STR(code.version, VERSION);
		CHECK_INT(code.at_utc_s, at);
	}
	sp_arena_free(arena);
}

TEST(test_receipts_that_are_none)
{
	sp_arena *arena = sp_arena_new(0);
	static const char *const none[] = {"", " ", "S1", "S1-it", "S1-a-it", "S1-it-" VERSION "-tp2p8e", "S1-a-xx-" VERSION "-tp2p8e", "S1-a-it-3af9-tp2p8e",
		"non mi arriva il codice"};
	read_code code;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK(!read_it(none[i], arena, &code));
	char many[4000];
	memset(many, '-', sizeof many);
	for (size_t i = 0; i < sizeof many; i += 2)
		many[i] = 'a';
	many[sizeof many - 1] = '\0';
	CHECK(!read_it(many, arena, &code));
	sp_arena_free(arena);
}

TEST(test_receipts_with_a_moment_that_cannot_be)
{
	sp_arena *arena = sp_arena_new(0);
	read_code code;
	REQUIRE(read_it("S1-a-it-" VERSION "-zzzzzzzzz", arena, &code));
	CHECK_INT(code.at_utc_s, 0);
	REQUIRE(read_it("S1-a-it-" VERSION "-00000", arena, &code));
	CHECK_INT(code.at_utc_s, 0);
	sp_arena_free(arena);
}
