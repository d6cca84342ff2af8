/* The analyser: Snowball stemmers and the forms of the words it met lately.
   People's words repeat (Zipf), stemming costs far more than looking up: the forms of short words are kept in a table
   with one place for each hash value, where the newest word stays. */
#include "text/analyser.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "text/chars.h"
#include "text/words.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_COUNT 2048
#define SLOT_WORD_MAX 24
#define SLOT_BYTES 54
#define FORMS_BYTES (4 * (SPI_WORD_MAX + 1)) /* word, plain form, term, second form */

typedef struct slot {
	int8_t lang; /* of the word kept here, SP_LANG_COUNT: empty */
	spi_forms forms;
	char bytes[SLOT_BYTES];
} slot;

struct sp_analyser {
	struct sb_stemmer *stemmers[SP_LANG_COUNT];
	spi_forms forms; /* the word at hand */
	char bytes[FORMS_BYTES];
	slot slots[SLOT_COUNT];
};

static const char *const algorithms[SP_LANG_COUNT] = {
#define STEMMER(name, code, stemmer) [name] = stemmer,
	SP_LANG_LIST(STEMMER)
#undef STEMMER
};

sp_analyser *sp_analyser_new(void)
{
	sp_analyser *analyser = calloc(1, sizeof(*analyser));
	if (!analyser)
		return NULL;
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		analyser->stemmers[i] = sb_stemmer_new(algorithms[i], "UTF_8");
		if (!analyser->stemmers[i]) {
			sp_analyser_free(analyser);
			return NULL;
		}
	}
	for (int i = 0; i < SLOT_COUNT; i++)
		analyser->slots[i].lang = SP_LANG_COUNT;
	return analyser;
}

void sp_analyser_free(sp_analyser *analyser)
{
	if (!analyser)
		return;
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		if (analyser->stemmers[i])
			sb_stemmer_delete(analyser->stemmers[i]);
	}
	free(analyser);
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 128)
			return false;
	}
	return true;
}

/* How a German umlaut is typed where there is no key for it; NULL for other letters. */
static const char *umlaut_pair(uint32_t c)
{
	return c == 0xE4 ? "ae" : c == 0xF6 ? "oe" : c == 0xFC ? "ue" : NULL;
}

/* A word without accents (with as_pairs: ä, ö, ü as two letters); cut where it would not fit. */
static size_t plain_form(const char *word, size_t len, bool as_pairs, char *out)
{
	size_t used = 0;
	for (size_t pos = 0; pos < len;) {
		uint32_t c, folded[SPI_FOLD_MAX];
		pos += spi_utf8_decode(word + pos, len - pos, &c);
		const char *pair = as_pairs ? umlaut_pair(c) : NULL;
		size_t count = pair || c < 128 ? 1 : spi_char_plain(c, folded);
		for (size_t i = 0; i < count && used + 4 <= SPI_WORD_MAX; i++) {
			if (pair) {
				out[used++] = pair[0];
				out[used++] = pair[1];
			} else {
				used += spi_utf8_encode(c < 128 ? c : folded[i], out + used);
			}
		}
	}
	return used;
}

/* Stem a word into out, without accents and apostrophes: what is indexed. */
static size_t stem_form(struct sb_stemmer *stemmer, const char *word, size_t len, char *out)
{
	char stem[SPI_WORD_MAX];
	if (stemmer) {
		const sb_symbol *found = sb_stemmer_stem(stemmer, (const sb_symbol *)word, (int)len);
		int found_len = sb_stemmer_length(stemmer);
		if (found && found_len > 0 && found_len <= SPI_WORD_MAX) {
			len = (size_t)found_len;
			memcpy(stem, found, len);
			word = stem;
		}
	}
	size_t used = plain_form(word, len, false, out), kept = 0;
	for (size_t i = 0; i < used; i++) {
		if (out[i] != '\'')
			out[kept++] = out[i];
	}
	return kept;
}

/* Add a form to the block, or find it there already. Returns its place. */
static uint16_t add_form(sp_analyser *analyser, const char *form, size_t len)
{
	spi_forms *forms = &analyser->forms;
	char *bytes = analyser->bytes;
	if (len == forms->word_len && memcmp(bytes, form, len) == 0)
		return 0;
	if (len == forms->plain_len && memcmp(bytes + forms->plain_at, form, len) == 0)
		return forms->plain_at;
	uint16_t at = forms->size;
	memcpy(bytes + at, form, len);
	bytes[at + len] = '\0';
	forms->size = (uint16_t)(at + len + 1);
	return at;
}

/* The second form: what somebody gets who types the word on a keyboard without these letters. */
static void add_alt(sp_analyser *analyser, const char *word, size_t len, sp_lang lang)
{
	char typed[SPI_WORD_MAX], alt[SPI_WORD_MAX];
	spi_forms *forms = &analyser->forms;
	size_t typed_len = plain_form(word, len, lang == SP_LANG_DE, typed);
	size_t alt_len = stem_form(analyser->stemmers[lang], typed, typed_len, alt);
	if (alt_len == 0 ||
		(alt_len == forms->term_len && memcmp(analyser->bytes + forms->term_at, alt, alt_len) == 0))
		return;
	forms->alt_at = add_form(analyser, alt, alt_len);
	forms->alt_len = (uint16_t)alt_len;
}

static void compute(sp_analyser *analyser, const char *word, size_t len, sp_lang lang)
{
	char form[SPI_WORD_MAX];
	bool ascii = is_ascii(word, len);
	spi_forms *forms = &analyser->forms;
	*forms = (spi_forms){.word_len = (uint16_t)len, .size = (uint16_t)(len + 1)};
	memcpy(analyser->bytes, word, len);
	analyser->bytes[len] = '\0';

	size_t form_len = plain_form(word, len, false, form);
	forms->plain_at = add_form(analyser, form, form_len);
	forms->plain_len = (uint16_t)form_len;
	forms->is_function_word = spi_is_function_word(form, form_len, lang);

	form_len = stem_form(lang < 0 ? NULL : analyser->stemmers[lang], word, len, form);
	if (form_len == 0) { /* nothing but apostrophes and marks */
		form_len = len;
		memcpy(form, word, len);
	}
	forms->term_at = add_form(analyser, form, form_len);
	forms->term_len = (uint16_t)form_len;
	if (!ascii && lang >= 0)
		add_alt(analyser, word, len, lang);
}

const spi_forms *spi_analyser_forms(sp_analyser *analyser, const char *word, size_t len, sp_lang lang,
	const char **ret_bytes)
{
	if (len > SPI_WORD_MAX)
		len = SPI_WORD_MAX;
	uint64_t hash = spi_hash64(word, len) + (uint64_t)(lang + 1);
	slot *kept = &analyser->slots[hash % SLOT_COUNT];
	if (kept->lang == (int8_t)lang && kept->forms.word_len == len && memcmp(kept->bytes, word, len) == 0) {
		*ret_bytes = kept->bytes;
		return &kept->forms;
	}
	compute(analyser, word, len, lang);
	*ret_bytes = analyser->bytes;
	if (len <= SLOT_WORD_MAX && analyser->forms.size <= SLOT_BYTES) {
		kept->lang = (int8_t)lang;
		kept->forms = analyser->forms;
		memcpy(kept->bytes, analyser->bytes, analyser->forms.size);
	}
	return &analyser->forms;
}
