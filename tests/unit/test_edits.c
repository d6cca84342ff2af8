/* Texts edited in place: fields of the front matter; what differs between two texts. */
#include "harness.h"

#include "kb/front.h"
#include "sportello/buffer.h"
#include "text/line_diff.h"

#include <stdlib.h>

/* ---- front matter ---- */

static const char *set(const char *text, const char *key, const char *value, const char *after)
{
	static sp_arena *arena;
	const spi_front_edit edit = {key, value, after};
	const char *now;
	size_t len;
	sp_arena_free(arena);
	arena = sp_arena_new(0);
	sp_status status = spi_front_set("x.md", text, strlen(text), &edit, 1, arena, &now, &len, NULL);
	return status == SP_OK ? now : sp_status_name(status);
}

TEST(a_field_keeps_its_quotes_and_its_comment)
{
	CHECK_STR(set("---\na: b # c\nd: e\n---\na: x\n", "a", "new", NULL), "---\na: new # c\nd: e\n---\na: x\n");
	CHECK_STR(set("---\n'a' :  'it''s'\n---\n", "a", "that's", NULL), "---\n'a' :  'that''s'\n---\n");
	CHECK_STR(set("---\na: \"b\"\n---\n", "a", "n \"m\"", NULL), "---\na: \"n \\\"m\\\"\"\n---\n");
	CHECK_STR(set("---\na: 2020-01-01\n---\n", "a", "2021-02-03", NULL), "---\na: 2021-02-03\n---\n");
	CHECK_STR(set("---\na: b\n---\n", "a", "true", NULL), "---\na: \"true\"\n---\n");
	CHECK_STR(set("---\na:\nd: e\n---\n", "a", "new", NULL), "---\na: new\nd: e\n---\n");
	CHECK_STR(set("---\n\xc3\xa8: \xe2\x82\xac\na: b\n---\n", "a", "new", NULL), "---\n\xc3\xa8: \xe2\x82\xac\na: new\n---\n");
	CHECK_STR(set("---\na: one\n  two\nd: e\n---\n", "a", "new", NULL), "---\na: new\nd: e\n---\n");
}

TEST(a_field_comes_and_goes)
{
	CHECK_STR(set("---\na: b\nd: e\n---\n", "n", "m", "a"), "---\na: b\nn: m\nd: e\n---\n");
	CHECK_STR(set("---\na: [b,\n  c]\nd: e\n---\n", "n", "m", "a"), "---\na: [b,\n  c]\nn: m\nd: e\n---\n");
	CHECK_STR(set("---\na:\n- b\n- |\n  c\n\nd: e\n---\n", "n", "m", "a"), "---\na:\n- b\n- |\n  c\n\nn: m\nd: e\n---\n");
	CHECK_STR(set("---\r\na: b\r\n---\r\n", "n", "m", "nope"), "---\r\na: b\r\nn: m\r\n---\r\n");
	CHECK_STR(set("---\na: b # c\nd: e\n---\n", "a", NULL, NULL), "---\nd: e\n---\n");
	CHECK_STR(set("---\na:\n- b\nd: e\n---\n", "a", NULL, NULL), "---\nd: e\n---\n");
	CHECK_STR(set("---\na: |\n  b\n  c\nd: e\n---\n", "a", NULL, NULL), "---\nd: e\n---\n");
	CHECK_STR(set("---\na: b\n---\n", "n", NULL, NULL), "---\na: b\n---\n");
}

TEST(what_cannot_be_edited_safely_is_left_alone)
{
	CHECK_STR(set("---\n{a: b}\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("---\na: [b]\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("---\na: |\n  b\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("---\na: {b: c}\n---\n", "a", NULL, NULL), "unsupported");
	CHECK_STR(set("---\na: !t b\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("---\na: &t b\nc: *t\n---\n", "c", "new", NULL), "unsupported");
	CHECK_STR(set("---\na: [b\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("---\n---\n", "a", "new", NULL), "unsupported");
	CHECK_STR(set("a: b\n", "a", "new", NULL), "invalid");
}

/* ---- differences ---- */

/* "@old,lines new,lines" and marks with the lines. */
static const char *diff(const char *old, const char *now, size_t context)
{
	static sp_buffer out;
	const spi_diff_hunk *hunks;
	size_t count;
	sp_arena *arena = sp_arena_new(0);
	sp_buffer_clear(&out);
	if (!spi_line_diff(old, strlen(old), now, strlen(now), context, arena, &hunks, &count))
		return "no memory";
	for (size_t i = 0; i < count; i++) {
		sp_buffer_printf(&out, "@%zu,%zu %zu,%zu:", hunks[i].old_first, hunks[i].old_lines, hunks[i].new_first, hunks[i].new_lines);
		for (size_t r = 0; r < hunks[i].count; r++)
			sp_buffer_printf(&out, "%c%.*s", hunks[i].runs[r].mark, (int)hunks[i].runs[r].len, hunks[i].runs[r].text);
	}
	sp_arena_free(arena);
	for (char *at = out.data; at && *at; at++)
		if (*at == '\n')
			*at = '.';
	return sp_buffer_text(&out);
}

TEST(differences_with_the_lines_around_them)
{
	CHECK_STR(diff("a\nb\n", "a\nb\n", 3), "");
	CHECK_STR(diff("", "", 3), "");
	CHECK_STR(diff("", "a\n", 3), "@0,0 1,1:+a.");
	CHECK_STR(diff("a\n", "", 3), "@1,1 0,0:-a.");
	CHECK_STR(diff("a\nb\nc\n", "a\nx\nc\n", 1), "@1,3 1,3: a.-b.+x. c.");
	CHECK_STR(diff("a\nb", "a\nb\n", 0), "@2,1 2,1:-b+b.");
	CHECK_STR(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\nx\n3\n4\n5\n6\n7\ny\n9\n", 1), "@1,3 1,3: 1.-2.+x. 3.@7,3 7,3: 7.-8.+y. 9.");
	CHECK_STR(diff("1\n2\n3\n4\n5\n", "1\nx\n3\ny\n5\n", 1), "@1,5 1,5: 1.-2.+x. 3.-4.+y. 5.");
	CHECK_STR(diff("a\nb\nc\nd\n", "b\nc\nd\na\n", 0), "@1,1 0,0:-a.@4,0 4,1:+a.");
}

/* Put the hunks into the old text. */
static void apply(const char *old, const spi_diff_hunk *hunks, size_t count, sp_buffer *out)
{
	size_t line = 1;
	for (size_t i = 0; i <= count; i++) {
		size_t until = i == count ? SIZE_MAX : hunks[i].old_first + (hunks[i].old_lines == 0);
		for (; *old && line < until; line++) {
			size_t len = strcspn(old, "\n") + 1;
			sp_buffer_add(out, old, len);
			old += len;
		}
		for (size_t r = 0; i < count && r < hunks[i].count; r++) {
			const spi_diff_run *run = &hunks[i].runs[r];
			if (run->mark != '-')
				sp_buffer_add(out, run->text, run->len);
			if (run->mark != '+') {
				if (strncmp(old, run->text, run->len) != 0)
					harness_fail(__FILE__, __LINE__, "hunk %zu is not of the old text", i);
				old += run->len;
				line += run->lines;
			}
		}
	}
}

TEST(the_old_text_with_its_differences_is_the_new_one)
{
	srand(7);
	for (int round = 0; round < 4000; round++) {
		char old[64] = "", now[64] = "";
		int old_lines = rand() % 12, new_lines = rand() % 12;
		for (int i = 0; i < old_lines; i++)
			strcat(strncat(old, &"abcd"[rand() % 4], 1), "\n");
		for (int i = 0; i < new_lines; i++)
			strcat(strncat(now, &"abcd"[rand() % 4], 1), "\n");
		const spi_diff_hunk *hunks;
		size_t count;
		sp_arena *arena = sp_arena_new(0);
		sp_buffer out = SP_BUFFER_INIT;
		CHECK(spi_line_diff(old, strlen(old), now, strlen(now), (size_t)(rand() % 4), arena, &hunks, &count));
		apply(old, hunks, count, &out);
		CHECK_STR(sp_buffer_text(&out), now);
		sp_buffer_release(&out);
		sp_arena_free(arena);
	}
}
