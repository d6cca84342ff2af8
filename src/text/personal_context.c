/* The words before a value.
   Masking a text twice must do what masking it once does, so nothing before the last datum (or its mask) is looked
   at. */
#include "text/personal.h"

#include <string.h>

#define WINDOW 80    /* bytes */
#define WORDS 6
#define WORD_LEN 20

/* Sorted by bytes. */
static const struct {
	const char *word;
	unsigned near;
} cues[] = {
	{"amount", SPI_NEAR_OTHER}, {"auftrag", SPI_NEAR_OTHER}, {"auftragsnummer", SPI_NEAR_OTHER},
	{"autorizzazione", SPI_NEAR_OTHER}, {"avvisi", SPI_NEAR_NOTICE}, {"avviso", SPI_NEAR_NOTICE},
	{"betrag", SPI_NEAR_OTHER}, {"bollettino", SPI_NEAR_NOTICE}, {"call", SPI_NEAR_PHONE},
	{"cell", SPI_NEAR_PHONE}, {"cellulare", SPI_NEAR_PHONE}, {"cf", SPI_NEAR_FISCAL},
	{"chiamare", SPI_NEAR_PHONE}, {"chiamatemi", SPI_NEAR_PHONE}, {"codice", SPI_NEAR_OTHER},
	{"contattatemi", SPI_NEAR_PHONE}, {"crc", SPI_NEAR_OTHER}, {"eur", SPI_NEAR_OTHER},
	{"euro", SPI_NEAR_OTHER}, {"fattura", SPI_NEAR_OTHER}, {"fax", SPI_NEAR_PHONE},
	{"fiscale", SPI_NEAR_FISCAL}, {"handy", SPI_NEAR_PHONE}, {"handynummer", SPI_NEAR_PHONE},
	{"iban", SPI_NEAR_IBAN}, {"id", SPI_NEAR_OTHER}, {"importo", SPI_NEAR_OTHER}, {"invoice", SPI_NEAR_OTHER},
	{"iuv", SPI_NEAR_IUV}, {"iva", SPI_NEAR_OTHER}, {"matricola", SPI_NEAR_OTHER}, {"mobile", SPI_NEAR_PHONE},
	{"mobilnummer", SPI_NEAR_PHONE}, {"notice", SPI_NEAR_NOTICE}, {"order", SPI_NEAR_OTHER},
	{"ordine", SPI_NEAR_OTHER}, {"otp", SPI_NEAR_OTHER}, {"phone", SPI_NEAR_PHONE}, {"pin", SPI_NEAR_OTHER},
	{"piva", SPI_NEAR_OTHER}, {"pratica", SPI_NEAR_OTHER}, {"protocollo", SPI_NEAR_OTHER},
	{"rechnung", SPI_NEAR_OTHER}, {"rechnungsnummer", SPI_NEAR_OTHER}, {"richiamatemi", SPI_NEAR_PHONE},
	{"rrn", SPI_NEAR_OTHER}, {"rufnummer", SPI_NEAR_PHONE}, {"segnalazione", SPI_NEAR_OTHER},
	{"seriale", SPI_NEAR_OTHER}, {"steuernummer", SPI_NEAR_FISCAL}, {"tel", SPI_NEAR_PHONE},
	{"telefonico", SPI_NEAR_PHONE}, {"telefonino", SPI_NEAR_PHONE}, {"telefonnummer", SPI_NEAR_PHONE},
	{"telefono", SPI_NEAR_PHONE}, {"telephone", SPI_NEAR_PHONE}, {"tessera", SPI_NEAR_OTHER},
	{"ticket", SPI_NEAR_OTHER}, {"transaction", SPI_NEAR_OTHER}, {"transazione", SPI_NEAR_OTHER},
	{"vorgang", SPI_NEAR_OTHER}, {"whatsapp", SPI_NEAR_PHONE}, {"zahlungsmitteilung", SPI_NEAR_NOTICE},
};

/* Between "order" and its number these change nothing. */
static const char *const neutral[] = {"del", "della", "di", "e", "il", "is", "ist", "la", "lautet", "mio", "n", "no",
	"nr", "num", "number", "numero", "nummer", "of", "the"};

static unsigned cue_of(const char *word)
{
	size_t low = 0, high = sizeof(cues) / sizeof(cues[0]);
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(cues[middle].word, word);
		if (order == 0)
			return cues[middle].near;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static bool is_neutral(const char *word)
{
	for (size_t i = 0; i < sizeof(neutral) / sizeof(neutral[0]); i++) {
		if (strcmp(neutral[i], word) == 0)
			return true;
	}
	return false;
}

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128;
}

/* The word that ends at *pos or before, in lower case; false when there is none down to floor. Moves *pos to its
   start. */
static bool word_before(const char *text, size_t floor, size_t *pos, char word[WORD_LEN])
{
	size_t end = *pos;
	while (end > floor && !is_word_byte(text[end - 1])) {
		if (text[end - 1] == '>') /* a mask stands for a datum found before */
			return false;
		end--;
	}
	size_t start = end, len = 0;
	while (start > floor && is_word_byte(text[start - 1]))
		start--;
	*pos = start;
	if (start == end)
		return false;
	for (size_t i = start; i < end && end - start < WORD_LEN; i++)
		word[len++] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
	word[len] = '\0';
	return true;
}

unsigned spi_personal_context(const spi_personal_scan *scan, size_t pos)
{
	unsigned near = 0;
	char word[WORD_LEN];
	size_t floor = pos - scan->floor > WINDOW ? pos - WINDOW : scan->floor;
	bool first = true; /* only what stands right before says that it is something else */
	for (int i = 0; i < WORDS && word_before(scan->text, floor, &pos, word); i++) {
		unsigned cue = cue_of(word);
		if (cue == SPI_NEAR_OTHER)
			near |= first ? cue : 0;
		else
			near |= cue;
		first = first && is_neutral(word);
	}
	return near;
}
