#include "kb/slug.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_key(const char *text, size_t len, const char *others)
{
	if (!len || len > SP_ID_MAX || !is_alnum(text[0]))
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!is_alnum(text[i]) && !(text[i] && strchr(others, text[i])))
			return false;
	}
	return true;
}

bool sp_kb_is_id(const char *text, size_t len)
{
	return is_key(text, len, "._-?");
}

bool spi_is_folder_key(const char *text, size_t len)
{
	return is_key(text, len, "._-");
}

char *spi_id_file_name(const char *id, sp_arena *arena)
{
	char *name = sp_arena_alloc(arena, strlen(id) * 3 + 1), *out = name;
	for (; name && *id; id++) {
		if (*id == '?') {
			memcpy(out, "%3F", 3);
			out += 3;
		} else {
			*out++ = *id;
		}
	}
	if (name)
		*out = '\0';
	return name;
}

char *spi_key_of(const char *name, sp_arena *arena)
{
	if (spi_is_folder_key(name, strlen(name)))
		return sp_arena_strdup(arena, name);
	size_t len;
	char *key = sp_text_fold(name, strlen(name), arena, &len);
	size_t out = 0;
	for (size_t i = 0; key && i < len && out < SP_ID_MAX; i++) {
		if (is_alnum(key[i]))
			key[out++] = key[i];
		else if (out && key[out - 1] != '-')
			key[out++] = '-';
	}
	while (out && key[out - 1] == '-')
		out--;
	if (key)
		key[out] = '\0';
	return key;
}

static bool stays_in_anchor(uint32_t c)
{
	if (c == '-' || c == '_')
		return true;
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ND) || category == UTF8PROC_CATEGORY_PC;
}

static char *plain_anchor(const char *heading, size_t len, sp_arena *arena, size_t *ret_len)
{
	char *anchor = sp_arena_alloc(arena, len * 2 + 5); /* lower case may take more bytes: at most half as many again */
	size_t out = 0;
	for (size_t i = 0; anchor && i < len;) {
		uint32_t c;
		i += spi_utf8_decode(heading + i, len - i, &c);
		if (c == ' ' || c == '\n')
			anchor[out++] = '-';
		else if (stays_in_anchor(c))
			out += spi_utf8_encode((uint32_t)utf8proc_tolower((utf8proc_int32_t)c), anchor + out);
	}
	if (anchor)
		anchor[out] = '\0';
	*ret_len = out;
	return anchor;
}

const char *spi_anchor(const char *heading, size_t len, spi_map *seen, sp_arena *arena)
{
	size_t base_len;
	char *base = plain_anchor(heading, len, arena, &base_len);
	if (!base)
		return NULL;
	uintptr_t times = (uintptr_t)spi_map_get(seen, base, base_len); /* 1 = seen, no number given yet */
	const char *anchor = base;
	size_t anchor_len = base_len;
	while (anchor && spi_map_get(seen, anchor, anchor_len)) {
		anchor = sp_arena_printf(arena, "%s-%zu", base, (size_t)times++);
		anchor_len = anchor ? strlen(anchor) : 0;
	}
	void **of_base = spi_map_put(seen, base, base_len);
	if (of_base)
		*of_base = (void *)(times ? times : 1);
	void **of_anchor = anchor && anchor != base ? spi_map_put(seen, anchor, anchor_len) : NULL;
	if (of_anchor)
		*of_anchor = (void *)(uintptr_t)1;
	return anchor;
}

static size_t scheme_len(const char *text)
{
	size_t len = 0;
	while (is_alnum(text[len]) || (len && text[len] && strchr("+.-", text[len])))
		len++;
	return len && text[len] == ':' ? len : 0;
}

static bool is_safe_scheme(const char *text, size_t len)
{
	static const char *const safe[] = {"http", "https", "mailto", "tel"};
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++) {
		if (strlen(safe[i]) == len && strncasecmp(text, safe[i], len) == 0)
			return true;
	}
	return false;
}

spi_link spi_link_read(const char *destination)
{
	spi_link link = {.kind = SPI_LINK_OTHER, .anchor = strchr(destination, '#')};
	size_t len = link.anchor ? (size_t)(link.anchor - destination) : strlen(destination);
	size_t scheme = scheme_len(destination);
	if (link.anchor)
		link.anchor++;
	if (scheme)
		link.kind = is_safe_scheme(destination, scheme) ? SPI_LINK_ADDRESS : SPI_LINK_UNSAFE;
	else if (destination[0] == '/')
		link.kind = SPI_LINK_ADDRESS;
	else if (destination[0] == '#')
		link.kind = SPI_LINK_ANCHOR;
	else if (sp_kb_is_id(destination, len)) {
		link.kind = SPI_LINK_ARTICLE;
		link.id = destination;
		link.id_len = len;
	} else if (strchr(destination, ':')) {
		link.kind = SPI_LINK_UNSAFE; /* a scheme in disguise */
	}
	return link;
}

void spi_link_write(const spi_link *link, sp_lang lang, sp_buffer *out)
{
	sp_buffer_add_text(out, "/a/");
	for (size_t i = 0; i < link->id_len; i++) {
		if (link->id[i] == '?')
			sp_buffer_add_text(out, "%3F");
		else
			sp_buffer_add_char(out, link->id[i]);
	}
	if (lang != SP_LANG_NONE)
		sp_buffer_printf(out, "?lang=%s", sp_lang_code(lang));
	if (link->anchor)
		sp_buffer_printf(out, "#%s", link->anchor);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *spi_anchor_decode(const char *anchor, sp_arena *arena)
{
	char *text = sp_arena_strdup(arena, anchor), *out = text;
	for (const char *in = text; in && *in; in++) {
		if (*in == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
			*out++ = (char)(hex(in[1]) * 16 + hex(in[2]));
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	if (out)
		*out = '\0';
	return text;
}
