/* Forms of a whole text: normal, folded, as who reads it sees it; and whether it is UTF-8. */
#include "harness.h"

#include "sportello/text.h"

static const char *normal(sp_arena *arena, const char *text)
{
	size_t len;
	const char *result = sp_text_normal_form(text, strlen(text), arena, &len);
	CHECK_INT(len, strlen(result));
	CHECK_STR(sp_text_normal_form(result, len, arena, NULL), result);
	return result;
}

TEST(test_text_normal_form)
{
	sp_arena *arena = sp_arena_new(0);
	CHECK_STR(normal(arena, "  Perché,  NON va??  "), "perche non va");
	CHECK_STR(normal(arena, "L’app L`app l'APP"), "l'app l'app l'app");
	CHECK_STR(normal(arena, "non puo' andare"), "non puo andare");
	CHECK_STR(normal(arena, "non può andare"), "non puo andare");
	CHECK_STR(normal(arena, "'ciao' \"a\" (b)"), "ciao a b");
	CHECK_STR(normal(arena, "PAA_PAGAMENTO_DUPLICATO _x_"), "paa_pagamento_duplicato x_");
	CHECK_STR(normal(arena, "50 € + 1 😀 ﬁne"), "50 € + 1 fine");
	CHECK_STR(normal(arena, "a\xE2\x80\x8B" "b\xC2\xA0" "c\nd"), "ab c d");
	CHECK_STR(normal(arena, "...!"), "");
	CHECK_STR(normal(arena, ""), "");
	sp_arena_free(arena);
}

TEST(test_text_fold)
{
	sp_arena *arena = sp_arena_new(0);
	size_t len = 0;
	CHECK_STR(sp_text_fold("Città, È!", strlen("Città, È!"), arena, &len), "citta, e!");
	CHECK_INT(len, 9);
	CHECK_STR(sp_text_fold("Straße Ñandú", strlen("Straße Ñandú"), arena, NULL), "strasse nandu");
	CHECK_STR(sp_text_fold("e\xCC\x81", 3, arena, NULL), "e");
	CHECK_STR(sp_text_fold("a\xFF", 2, arena, NULL), "a\xEF\xBF\xBD");
	CHECK_STR(sp_text_fold("한국", strlen("한국"), arena, NULL), "한국");
	CHECK_STR(sp_text_fold("", 0, arena, &len), "");
	CHECK_INT(len, 0);
	sp_arena_free(arena);
}

TEST(test_text_utf8)
{
	CHECK(sp_text_is_utf8("", 0));
	CHECK(sp_text_is_utf8("città 😀", strlen("città 😀")));
	CHECK(sp_text_is_utf8("\xEF\xBF\xBD", 3));
	CHECK(!sp_text_is_utf8("a\0b", 3));
	CHECK(!sp_text_is_utf8("\xC0\x80", 2));
	CHECK(!sp_text_is_utf8("\xED\xA0\x80", 3));
	CHECK(!sp_text_is_utf8("\xE2\x82", 2));
	CHECK(!sp_text_is_utf8("\xF4\x90\x80\x80", 4));
	CHECK(!sp_text_is_utf8("a\x80", 2));
	CHECK_INT(sp_text_count_chars("città", 6), 5);
	CHECK_INT(sp_text_count_chars("😀a", 5), 2);
	CHECK_INT(sp_text_count_chars("", 0), 0);
}

static void check_seen(int line, const char *text, const char *want)
{
	sp_arena *arena = sp_arena_new(0);
	size_t len = 0;
	const char *seen = sp_text_as_seen(text, strlen(text), arena, &len);
	if (!seen || len != strlen(want) || memcmp(seen, want, len) != 0)
		harness_fail(__FILE__, line, "\"%s\": got \"%.*s\", wanted \"%s\"", text, (int)len, seen, want);
	if (strcmp(text, want) == 0 && seen != text)
		harness_fail(__FILE__, line, "\"%s\" was copied", text);
	sp_arena_free(arena);
}
#define SEEN(text, want) check_seen(__LINE__, text, want)

TEST(test_text_as_seen)
{
	SEEN("n\u043En r\u0456esco \u0430d entrare", "non riesco ad entrare");
	SEEN("\u0435 con la cie?", "e con la cie?"); /* a whole word, in a text that is ours */
	SEEN("\u0421\u041E\u0421 la S\u03A1ID non va", "COC la SPID non va");
	SEEN("non\u200B ri\u200Desco\uFEFF \u202Ead\u202C entra\u00ADre", "non riesco ad entrare");
	SEEN("citt\u00E0 perch\u00E9 gr\u00FC\u00DFe", "citt\u00E0 perch\u00E9 gr\u00FC\u00DFe");
	SEEN("\u042F \u0437\u0430\u0431\u044B\u043B \u043F\u0430\u0440\u043E\u043B\u044C \u043E\u0442 SPID", "\u042F \u0437\u0430\u0431\u044B\u043B \u043F\u0430\u0440\u043E\u043B\u044C \u043E\u0442 SPID");
	SEEN("\u03C0\u03BB SPID non funziona", "\u03C0\u03BB SPID non funziona");
	SEEN("\u0430\u0441", "\u0430\u0441");
	SEEN("\u200B", "");
	SEEN("la \uFF33\uFF30\uFF29\uFF24\u3000non va\uFF01", "la SPID non va!"); /* wide */
	SEEN("\U0001D4FC\U0001D4F9\U0001D4F2\U0001D4ED \U0001D7D1\U0001D7CE", "spid 30"); /* of formulas */
	SEEN("\u0663\u0660 \u06F4 \u0967", "30 4 1");
	SEEN("10\u2070 m\u00B2 CO\u2082 \u2139 \u2160", "10\u2070 m\u00B2 CO\u2082 \u2139 \u2160");
	SEEN("\xFF\xC2 n\u043En", "\xFF\xC2 non");
}
