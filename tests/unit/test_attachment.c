/* Files that people send: whatever bytes come, a check ends, reads nothing but them, and copies no more than it was given. */
#include "harness.h"

#include "sportello/attachment.h"
#include "sportello/keep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One point each; those that can have it with a comment, or an orientation. */
static const unsigned char png[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 0x1, 0, 0, 0, 0x1, 0x8, 0, 0, 0, 0,
	0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 4, 't', 'E', 'X', 't', 'a', 0, 'b', 'c', 0xb7, 0x6e, 0x7f, 0xe9,
	0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 0x2, 0, 0x1, 0x48, 0xaf, 0xa4, 0x71,
	0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
static const unsigned char gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x21, 0xf9, 4, 1, 0, 0, 0, 0,
	0x21, 0xfe, 3, 'a', 'b', 'c', 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3b};
static const unsigned char webp[] = {'R', 'I', 'F', 'F', 26, 0, 0, 0, 'W', 'E', 'B', 'P', 'V', 'P', '8', 'L', 13, 0, 0, 0, 0x2f, 0, 0, 0, 0x10, 7, 0x10,
	0x11, 0x11, 0x88, 0x88, 0xfe, 7, 0};
static const unsigned char jpeg[] = {0xff, 0xd8, 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0,
	1, 0, 6, 0, 0, 0, 0, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x54, 0xdf, 0xff, 0xd9};
static const char pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n40\n%%EOF\n";

static const struct { const void *data; size_t len; sp_attachment_kind kind; } good[] = {
	{jpeg, sizeof jpeg, SP_ATTACHMENT_JPEG}, {png, sizeof png, SP_ATTACHMENT_PNG}, {webp, sizeof webp, SP_ATTACHMENT_WEBP},
	{gif, sizeof gif, SP_ATTACHMENT_GIF}, {pdf, sizeof pdf - 1, SP_ATTACHMENT_PDF},
};
#define GOOD (sizeof good / sizeof *good)

/* In memory of exactly its size, so that a sanitizer sees a byte too far. */
static sp_status check(const void *data, size_t len, sp_attachment_kind *ret, sp_buffer *clean)
{
	const char *key = NULL;
	void *copy = malloc(len ? len : 1);
	memcpy(copy, data, len);
	sp_buffer_clear(clean);
	sp_status status = sp_attachment_check(copy, len, ret, clean, &key);
	free(copy);
	CHECK((status == SP_ERR_INVALID) == (key != NULL));
	return status;
}

TEST(test_attachment_good_ones)
{
	sp_buffer clean = SP_BUFFER_INIT;
	for (size_t i = 0; i < GOOD; i++) {
		sp_attachment_kind kind = SP_ATTACHMENT_COUNT;
		CHECK_INT(check(good[i].data, good[i].len, &kind, &clean), SP_OK);
		CHECK_INT(kind, good[i].kind);
		CHECK(clean.len > 0 && clean.len <= good[i].len);
	}
	sp_buffer_release(&clean);
}

TEST(test_attachment_cut_anywhere_is_broken)
{
	sp_buffer clean = SP_BUFFER_INIT;
	for (size_t i = 0; i < GOOD; i++) {
		/* A PDF's last line end, and a WebP's filling byte, are no loss. */
		size_t spare = good[i].kind == SP_ATTACHMENT_PDF ? 1 : 0;
		for (size_t len = 0; len < good[i].len - spare; len++) {
			sp_attachment_kind kind;
			CHECK_INT(check(good[i].data, len, &kind, &clean), SP_ERR_INVALID);
		}
	}
	sp_buffer_release(&clean);
}

TEST(test_attachment_a_copy_is_its_own_copy)
{
	sp_buffer first = SP_BUFFER_INIT, second = SP_BUFFER_INIT;
	for (size_t i = 0; i < GOOD; i++) {
		sp_attachment_kind kind;
		REQUIRE(check(good[i].data, good[i].len, &kind, &first) == SP_OK);
		REQUIRE(check(sp_buffer_text(&first), first.len, &kind, &second) == SP_OK);
		CHECK(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	}
	sp_buffer_release(&first);
	sp_buffer_release(&second);
}

TEST(test_attachment_any_bytes_end)
{
	sp_buffer clean = SP_BUFFER_INIT;
	uint64_t seed = 42;
	for (size_t round = 0; round < 40000; round++) {
		unsigned char data[128];
		size_t i = round % GOOD, len = good[i].len;
		sp_attachment_kind kind;
		memcpy(data, good[i].data, len);
		for (size_t changes = round / GOOD % 4 + 1; changes > 0; changes--) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			data[(seed >> 33) % len] = (unsigned char)(seed >> 20);
		}
		if (check(data, len, &kind, &clean) == SP_OK)
			CHECK(clean.len <= len + 36); /* an orientation that was read may stand in a segment of its own */
	}
	sp_buffer_release(&clean);
}

/* ---- persons ---- */

TEST(test_person_is_one_however_it_is_typed)
{
	static const struct { const char *typed, *person; } rows[] = {
		{"Ada@Esempio.IT", "email:ada@esempio.it"}, {" ada@esempio.it ", "email:ada@esempio.it"},
		{"RSSMRA85T10A562S", "codice-fiscale:RSSMRA85T10A562S"}, {"rss mra 85t10 a562s", "codice-fiscale:RSSMRA85T10A562S"},
		{"+39 06 1234-567", "phone:061234567"}, {"06/1234567", "phone:061234567"}, {"0039061234567", "phone:061234567"},
		{"+49 30 1234567", "phone:+49301234567"}, {"0049 (30) 1234567", "phone:+49301234567"},
	};
	char person[SP_PERSON_MAX];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		REQUIRE(sp_person_of_text(rows[i].typed, person));
		CHECK_STR(person, rows[i].person);
	}
	char longest[SP_PERSON_MAX * 2];
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	CHECK(!sp_person_of_text("Mario Rossi", person));
	CHECK(!sp_person_of_text("", person));
	CHECK(!sp_person_of_text("12345", person));
	CHECK(!sp_person_of_text(longest, person));
	CHECK(!sp_person_of_field(SP_FIELD_AMOUNT, "12345678", person));
	CHECK(!sp_person_of_field(SP_FIELD_EMAIL, longest, person));
	CHECK(sp_person_of_field(SP_FIELD_CODICE_FISCALE, "01234567890", person)); /* of a company */
	CHECK_STR(person, "codice-fiscale:01234567890");
}
