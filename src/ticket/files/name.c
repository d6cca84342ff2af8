/* Names of files, made harmless. */
#include "sportello/attachment.h"

#include "sportello/keep.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#define ENDING_ROOM 6 /* ".jpeg" and one */

static const char *const endings[SP_ATTACHMENT_COUNT] = {
#define ENDING(name, type, ending) [name] = ending,
	SP_ATTACHMENT_LIST(ENDING)
#undef ENDING
};

/* Controls, direction marks, private and unknown signs are dropped. */
static bool is_shown(utf8proc_int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

static const char *without_folders(const char *given)
{
	for (const char *at = given; *at; at++)
		if (*at == '/' || *at == '\\')
			given = at + 1;
	return given;
}

static void copy_harmless(const char *given, size_t chars_max, sp_buffer *out)
{
	utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(given);
	for (size_t chars = 0; left > 0 && chars < chars_max;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)given, left, &c);
		bool is_known = n > 0 && is_shown(c), is_leading = out->len == 0 && (c == '.' || c == ' ' || c == '-');
		if (is_known && !is_leading) {
			if (c < 0x80 && strchr("<>:\"|?*%;'`$&", (int)c))
				sp_buffer_add_char(out, '_');
			else
				sp_buffer_add(out, given, (size_t)n);
			chars++;
		}
		given += n > 0 ? n : 1;
		left -= n > 0 ? n : 1;
	}
	while (out->len > 0 && strchr(". ", out->data[out->len - 1]))
		out->data[--out->len] = '\0';
}

/* Whether it says already what the file is. */
static bool has_ending(const char *name, sp_attachment_kind kind)
{
	const char *dot = strrchr(name, '.');
	return dot && dot > name && (strcasecmp(dot + 1, endings[kind]) == 0 || (kind == SP_ATTACHMENT_JPEG && strcasecmp(dot + 1, "jpeg") == 0));
}

const char *sp_attachment_name(const char *given, sp_attachment_kind kind, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	copy_harmless(without_folders(given ? given : ""), SP_ATTACHMENT_NAME_MAX - ENDING_ROOM, &out);
	if (out.len == 0)
		sp_buffer_add_text(&out, "file");
	if (!has_ending(sp_buffer_text(&out), kind))
		sp_buffer_printf(&out, ".%s", endings[kind]);
	const char *name = sp_buffer_ok(&out) ? sp_arena_strdup(arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return name;
}
