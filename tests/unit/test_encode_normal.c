/* The one form of all ways to type a question. */
#include "harness.h"

#include "base/utf8.h"
#include "encode/normal.h"
#include "sportello/encoder.h"

#include <stdint.h>

TEST(test_encode_normal_form)
{
	static const struct { const char *text, *want; } rows[] = {
		{"Come pago?", "come pago"},
		{"  come \t\r\n pago \xC2\xA0 ?!?… ", "come pago"},
		{"COME PAGO", "come pago"},
		{"Perché l’app non va?", "perché l'app non va"},
		{"perche\xCC\x81 l`app non va...", "perché l'app non va"},
		{"PERCHÉ", "perché"},
		{"perche", "perche"},
		{"Straße", "straße"},
		{"ÄRGER  Über", "ärger über"},
		{"Zah\xC2\xADlung\xE2\x80\x8B", "zahlung"},
		{"\xEF\xBB\xBF" "Ciao\x01mondo", "ciao mondo"},
		{"che cos'è il 50%", "che cos'è il 50%"},
		{"e poi? dopo", "e poi? dopo"},
		{"PAA_PAGAMENTO_DUPLICATO.", "paa_pagamento_duplicato"},
		{"10 m²", "10 m²"},
		{"a\xFFz", "a\xEF\xBF\xBDz"},
		{"\xED\x95\x9C\xEA\xB5\xAD", "\xED\x95\x9C\xEA\xB5\xAD"}, /* Hangul, taken apart and composed again */
		{"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"},
		{"\xF0\x9F\x98\xA1", "\xF0\x9F\x98\xA1"},
		{"???", ""},
		{" . ", ""},
		{"", ""},
	};
	char got[SP_ENCODE_TEXT_MAX + 1];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = spi_encode_normal_form(rows[i].text, strlen(rows[i].text), got);
		CHECK_STR(got, rows[i].want);
		CHECK_INT(len, strlen(rows[i].want));
	}
}

/* The normal form of a normal form is itself, for every code point in any surroundings. */
TEST(test_encode_normal_form_is_stable)
{
	static const char *const around[] = {"a%sb", "%s", "%s.", "e%s\xCC\x81", " '%s' "};
	char text[64], bytes[5], once[SP_ENCODE_TEXT_MAX + 1], twice[SP_ENCODE_TEXT_MAX + 1];
	int unstable = 0;
	for (uint32_t c = 1; c < 0x20000; c++)
		for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
			const char *at = strchr(around[i], '%');
			bytes[spi_utf8_encode(c, bytes)] = '\0';
			snprintf(text, sizeof text, "%.*s%s%s", (int)(at - around[i]), around[i], bytes, at + 2);
			size_t len = spi_encode_normal_form(text, strlen(text), once);
			spi_encode_normal_form(once, len, twice);
			if (strcmp(once, twice) != 0 && ++unstable < 5)
				harness_fail(__FILE__, __LINE__, "U+%04X in \"%s\": \"%s\" becomes \"%s\"", c, around[i], once, twice);
		}
	CHECK_INT(unstable, 0);
}

TEST(test_encode_normal_form_is_cut)
{
	static char text[20000], got[SP_ENCODE_TEXT_MAX + 1], again[SP_ENCODE_TEXT_MAX + 1];
	static const char *const units[] = {"a", "à", "e\xCC\x81", "\xF0\x9F\x98\xA1", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB",
		"a. ", "          a"};
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		text[0] = '\0';
		for (size_t len = 0; len + 16 < sizeof text; len += strlen(units[u]))
			snprintf(text + len, 16, "%s", units[u]);
		size_t len = spi_encode_normal_form(text, strlen(text), got);
		CHECK(len > SP_ENCODE_TEXT_MAX - 8 || u == 6); /* much white space is cut with less text */
		CHECK(len <= SP_ENCODE_TEXT_MAX && len == strlen(got));
		CHECK_INT(spi_encode_normal_form(got, len, again), len);
		CHECK_STR(again, got);
	}
}
