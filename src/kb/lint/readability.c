/*
 * How easy a citizens' article reads, by the usual formula of its language:
 * - Italian, Gulpease: P. Lucisano, M. E. Piemontese, "GULPEASE: una formula per la predizione della difficoltà dei testi in
 *   lingua italiana", Scuola e città 3 (1988), 110-124: 89 + (300 sentences - 10 letters) / words;
 * - English, Reading Ease: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948), 221-233:
 *   206.835 - 1.015 words / sentences - 84.6 syllables / words;
 * - German, the same fitted to German: T. Amstad, "Wie verständlich sind unsere Zeitungen?", Universität Zürich (1978):
 *   180 - words / sentences - 58.5 syllables / words.
 * Each counts 0 (hard) to 100 (easy). Short texts are left alone: the formulas were made for samples of a hundred words.
 */
#include "kb/lint/lint.h"

#include "kb/lint/words.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MIN = 60 };

typedef struct longest {
	size_t words;
	spi_place place;
} longest;

static size_t count_words(const char *text, size_t len)
{
	size_t count = 0, pos = 0;
	spi_word word;
	while (spi_word_next(text, len, &pos, &word))
		count++;
	return count;
}

static bool is_address(const char *text, size_t len)
{
	return len > 7 && (memmem(text, len, "://", 3) || memchr(text, '@', len) || strncmp(text, "www.", 4) == 0);
}

/* The piece as it is read: without codes, targets and addresses that are written out. */
static void add_spoken(sp_buffer *out, const char *text, size_t len)
{
	for (size_t pos = 0; pos < len;) {
		if (text[pos] == SPI_MARK_CODE || text[pos] == SPI_MARK_TARGET) {
			pos = spi_piece_skip(text, len, pos);
			continue;
		}
		size_t size = strcspn(text + pos, " \n\x01\x02\x03");
		size = pos + size > len ? len - pos : size;
		if (!is_address(text + pos, size))
			sp_buffer_add(out, text + pos, size);
		pos += size;
		if (pos < len && strchr(" \n", text[pos]))
			sp_buffer_add_char(out, text[pos++]);
	}
}

static void note_longest(longest *l, const spi_piece *piece)
{
	for (size_t pos = 0; pos < piece->len;) {
		size_t end = spi_sentence_end(piece->text, piece->len, pos), words = count_words(piece->text + pos, end - pos);
		if (words > l->words)
			*l = (longest){words, spi_piece_place(piece, pos)};
		pos = end + (end == pos);
	}
}

static void report_hard(const sp_kb_config *config, sp_lang lang, double score, const longest *l, spi_report *report)
{
	char have[16], wanted[16], words[16];
	snprintf(have, sizeof have, "%.0f", score);
	snprintf(wanted, sizeof wanted, "%.0f", config->readability[lang]);
	snprintf(words, sizeof words, "%zu", l->words);
	SPI_REPORT_MEASURED(report, SPI_RULE_READABILITY, l->place, sp_lang_code(lang), score, {"score", have},
		{"wanted", wanted}, {"words", words});
}

void spi_lint_readability(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	int citizens = sp_kb_audience(config, "citizen");
	sp_audiences reads = citizens >= 0 ? config->audiences[citizens].reads : 0;
	if (!(article->audience & reads) || article->lang == SP_LANG_NONE || article->status == SP_STATUS_RETIRED)
		return;
	sp_buffer text = SP_BUFFER_INIT;
	longest l = {0, {article->body_line, 1}};
	size_t words = 0;
	for (size_t i = 0; i < facts->prose.count; i++) {
		const spi_piece *piece = &facts->prose.items[i];
		if (piece->kind >= SPI_PIECE_ROW || !(piece->only & reads))
			continue;
		add_spoken(&text, piece->text, piece->len);
		sp_buffer_add_text(&text, "\n\n"); /* ends a sentence */
	}
	double score = sp_text_readability(sp_buffer_text(&text), text.len, article->lang, &words);
	if (words >= WORDS_MIN && score < config->readability[article->lang]) {
		for (size_t i = 0; i < facts->prose.count; i++) {
			if (facts->prose.items[i].kind < SPI_PIECE_ROW && (facts->prose.items[i].only & reads))
				note_longest(&l, &facts->prose.items[i]);
		}
		report_hard(config, article->lang, score, &l, report);
	}
	sp_buffer_release(&text);
}
