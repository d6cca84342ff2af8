/* Whole texts: accents dropped and case folded; the normal form of a question; validity and length.
   Both foldings run twice over a text, once to count and once to write, so that the arena gives exactly what is
   needed. */
#include "sportello/text.h"

#include "base/utf8.h"
#include "text/chars.h"

#include <utf8proc.h>

/* Counts while text is NULL. */
typedef struct output {
	char *text;
	size_t len;
} output;

static inline void put_byte(output *out, char byte)
{
	if (out->text)
		out->text[out->len] = byte;
	out->len++;
}

static void put_char(output *out, uint32_t c)
{
	char bytes[4];
	size_t n = spi_utf8_encode(c, bytes);
	for (size_t i = 0; i < n; i++)
		put_byte(out, bytes[i]);
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static void put_plain(output *out, uint32_t c)
{
	uint32_t folded[SPI_FOLD_MAX];
	if (c < 128) {
		put_byte(out, ascii_lower((char)c));
		return;
	}
	size_t count = spi_char_plain(c, folded);
	for (size_t i = 0; i < count; i++)
		put_char(out, folded[i]);
}

static void fold(const char *text, size_t len, output *out)
{
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		pos += spi_utf8_decode(text + pos, len - pos, &c);
		put_plain(out, c);
	}
}

/* Money and sums say something; other symbols (pictures too) are taken for punctuation. */
static bool is_kept_symbol(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_SC || category == UTF8PROC_CATEGORY_SM;
}

typedef struct normal_state {
	bool after_word;  /* the last thing written is a letter, digit or mark */
	bool space_due;   /* something to be folded to one space was seen since */
} normal_state;

static void put_normal(output *out, normal_state *state, uint32_t c, bool is_word)
{
	if (state->space_due && out->len)
		put_byte(out, ' ');
	state->space_due = false;
	state->after_word = is_word;
	put_plain(out, c);
}

static void normal(const char *text, size_t len, output *out)
{
	normal_state state = {0};
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		pos += spi_char_read(text, len, pos, &c, &class);
		if (class == SPI_CHAR_IGNORE || (class == SPI_CHAR_MARK && (c >= 0x300 && c <= 0x36F)))
			continue;
		if (spi_char_is_word(class) || (c == '_' && state.after_word && !state.space_due)) {
			put_normal(out, &state, c, true);
		} else if (class == SPI_CHAR_MARK && state.after_word && !state.space_due) {
			put_normal(out, &state, c, true);
		} else if (class == SPI_CHAR_APOSTROPHE) {
			/* Only inside a word: l'app is not lapp, but puo' is può. */
			if (state.after_word && !state.space_due && spi_char_word_at(text, len, pos))
				put_normal(out, &state, '\'', false);
			else
				state.space_due = true;
		} else if (class == SPI_CHAR_OTHER && c != '_' && is_kept_symbol(c)) {
			put_normal(out, &state, c, false);
		} else {
			state.space_due = true;
		}
	}
}

static char *run_twice(void (*step)(const char *, size_t, output *), const char *text, size_t len, sp_arena *arena,
	size_t *ret_len)
{
	output out = {0};
	step(text, len, &out);
	char *result = sp_arena_alloc(arena, out.len + 1);
	if (!result)
		return NULL;
	out = (output){.text = result};
	step(text, len, &out);
	result[out.len] = '\0';
	if (ret_len)
		*ret_len = out.len;
	return result;
}

char *sp_text_fold(const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	return run_twice(fold, text, len, arena, ret_len);
}

char *sp_text_normal_form(const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	return run_twice(normal, text, len, arena, ret_len);
}

bool sp_text_is_utf8(const char *text, size_t len)
{
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		size_t n = spi_utf8_decode(text + pos, len - pos, &c);
		if (c == 0 || (c == 0xFFFD && n == 1))
			return false;
		pos += n;
	}
	return true;
}

size_t sp_text_count_chars(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t pos = 0; pos < len; count++) {
		uint32_t c;
		pos += spi_utf8_decode(text + pos, len - pos, &c);
	}
	return count;
}
