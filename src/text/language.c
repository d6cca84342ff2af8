/* Which language is it? Function words say most; in other words groups of three letters say something, and however sure
   they look, one word by itself says little: people type "rimborso cashback" and "login problem" in any language. Words
   that are the same everywhere (spid, password, bonus) say nothing. */
#include "text/language.h"

#include "base/utf8.h"
#include "text/chars.h"
#include "text/piece.h"
#include "text/words_telling.h"

#include <math.h>
#include <string.h>

#define TEXT_ENOUGH 4096     /* bytes read of a long text */
#define FUNCTION_WEIGHT 2.2  /* nats */
#define TELLING_WEIGHT 1.75  /* of a word that is said in one language only: one by itself is more likely than not */
#define LETTER_WEIGHT 0.6    /* a function word of one letter: e, i, a */
#define NGRAM_SCALE (0.45 / 8)
#define NGRAM_MOST 1.2       /* nats that one word's letters may weigh */
#define SURE 3.0             /* lead in nats at which confidence is tanh(1) = 0.76 */

/* Sorted by bytes. */
static const char *const everywhere_words[] = {
	"account", "agid", "alexa", "amazon", "android", "app", "apple", "backup", "bancomat", "banking",
	"bluetooth", "bonus", "bot", "browser", "bug", "card", "cashback", "chat", "chatbot", "cie", "click",
	"cloud", "code", "computer", "covid", "cvc", "cvv", "desk", "digital", "display", "download", "email",
	"error", "eur", "euro", "facebook", "faq", "fax", "feedback", "file", "gmail", "google", "gps", "green",
	"hardware", "help", "home", "iban", "id", "inps", "instagram", "internet", "io", "ios", "ipad", "iphone",
	"isee", "iuv", "line", "link", "login", "logout", "maestro", "mail", "manager", "mastercard", "nexi",
	"nfc", "off", "ok", "okay", "on", "online", "otp", "outlook", "pagopa", "pass", "password", "pay",
	"paypal", "pc", "pdf", "pec", "pin", "pos", "poste", "postepay", "psp", "puk", "push", "qr", "reset",
	"satispay", "screenshot", "server", "service", "sim", "smartphone", "sms", "software", "spam", "spid",
	"sportello", "store", "support", "tablet", "telegram", "test", "ticket", "token", "tv", "update", "upload",
	"url", "usb", "user", "username", "video", "visa", "voucher", "wallet", "web", "whatsapp", "wifi",
	"youtube",
};
static const spi_word_list everywhere = {everywhere_words, sizeof(everywhere_words) / sizeof(everywhere_words[0])};

static const spi_ngram *find_ngram(const unsigned char letters[3])
{
	size_t low = 0, high = spi_ngram_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = memcmp(spi_ngrams[middle].letters, letters, 3);
		if (order == 0)
			return &spi_ngrams[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void add_ngrams(const spi_piece *piece, double scores[SP_LANG_COUNT])
{
	unsigned char letters[SPI_WORD_MAX + 2];
	size_t count = 0;
	int sums[SP_LANG_COUNT] = {0};
	letters[count++] = '_';
	for (size_t pos = 0; pos < piece->len;) {
		uint32_t c;
		pos += spi_utf8_decode(piece->word + pos, piece->len - pos, &c);
		letters[count++] = c < 256 ? (unsigned char)c : 0; /* no letter of ours: found nowhere */
	}
	letters[count++] = '_';
	for (size_t i = 0; i + 3 <= count; i++) {
		const spi_ngram *ngram = find_ngram(letters + i);
		for (int lang = 0; ngram && lang < SP_LANG_COUNT; lang++)
			sums[lang] += ngram->values[lang];
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		scores[lang] += fmax(-NGRAM_MOST / 2, fmin(NGRAM_MOST / 2, NGRAM_SCALE * sums[lang]));
}

static void add_word(const spi_piece *piece, double scores[SP_LANG_COUNT])
{
	char plain[SPI_WORD_MAX];
	size_t len = spi_piece_plain(piece, plain);
	bool found = false;
	if (len == 0 || spi_word_list_has(&everywhere, plain, len))
		return;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (spi_is_function_word(plain, len, (sp_lang)lang)) {
			scores[lang] += len == 1 ? LETTER_WEIGHT : FUNCTION_WEIGHT;
			found = true;
		} else if (spi_word_list_has(&spi_telling_words[lang], plain, len)) {
			scores[lang] += TELLING_WEIGHT;
			found = true;
		}
	}
	if (!found && len > 1)
		add_ngrams(piece, scores);
}

static size_t score(const char *text, size_t len, double scores[SP_LANG_COUNT])
{
	size_t words = 0;
	spi_piece piece;
	for (size_t pos = 0; spi_piece_next(&piece, text, len, &pos);) {
		if (piece.has_digit || piece.has_underscore)
			continue;
		add_word(&piece, scores);
		words++;
	}
	return words;
}

sp_lang sp_text_language(const char *text, size_t len, unsigned candidates, double *ret_confidence)
{
	double scores[SP_LANG_COUNT] = {0}, second = 0;
	int best = SP_LANG_NONE;
	if (ret_confidence)
		*ret_confidence = 0;
	if (!score(text, len < TEXT_ENOUGH ? len : TEXT_ENOUGH, scores))
		return SP_LANG_NONE;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if ((candidates & 1u << lang) && scores[lang] > 0 && (best < 0 || scores[lang] > scores[best]))
			best = lang;
	}
	if (best < 0)
		return SP_LANG_NONE;
	/* A language that is not asked for still tells that it is not the best of those that are. */
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (lang != best && scores[lang] > second)
			second = scores[lang];
	}
	if (ret_confidence)
		*ret_confidence = scores[best] > second ? tanh((scores[best] - second) / SURE) : 0;
	return (sp_lang)best;
}
