/* Words that have to do with numbers, in the three languages. Linguistic data, not texts for readers. */
#include "kb/lint/values.h"
#include "kb/lint/words.h"

#include <pthread.h>
#include <stddef.h>

typedef struct meaning {
	const char *word; /* lower case, without accents */
	int means;
} meaning;

static const meaning months[] = {{"gennaio", 1}, {"january", 1}, {"januar", 1}, {"febbraio", 2}, {"february", 2},
	{"februar", 2}, {"marzo", 3}, {"march", 3}, {"marz", 3}, {"aprile", 4}, {"april", 4}, {"maggio", 5}, {"may", 5},
	{"mai", 5}, {"giugno", 6}, {"june", 6}, {"juni", 6}, {"luglio", 7}, {"july", 7}, {"juli", 7}, {"agosto", 8},
	{"august", 8}, {"settembre", 9}, {"september", 9}, {"ottobre", 10}, {"october", 10}, {"oktober", 10},
	{"novembre", 11}, {"november", 11}, {"dicembre", 12}, {"december", 12}, {"dezember", 12}};

static const meaning units[] = {{"euro", SPI_UNIT_EURO}, {"euros", SPI_UNIT_EURO}, {"eur", SPI_UNIT_EURO},
	{"percent", SPI_UNIT_PERCENT}, {"prozent", SPI_UNIT_PERCENT}, {"secondi", SPI_UNIT_SECOND},
	{"secondo", SPI_UNIT_SECOND}, {"second", SPI_UNIT_SECOND}, {"seconds", SPI_UNIT_SECOND},
	{"sekunde", SPI_UNIT_SECOND}, {"sekunden", SPI_UNIT_SECOND}, {"minuto", SPI_UNIT_MINUTE},
	{"minuti", SPI_UNIT_MINUTE}, {"minute", SPI_UNIT_MINUTE}, {"minutes", SPI_UNIT_MINUTE},
	{"minuten", SPI_UNIT_MINUTE}, {"ora", SPI_UNIT_HOUR}, {"ore", SPI_UNIT_HOUR}, {"hour", SPI_UNIT_HOUR},
	{"hours", SPI_UNIT_HOUR}, {"stunde", SPI_UNIT_HOUR}, {"stunden", SPI_UNIT_HOUR}, {"giorno", SPI_UNIT_DAY},
	{"giorni", SPI_UNIT_DAY}, {"day", SPI_UNIT_DAY}, {"days", SPI_UNIT_DAY}, {"tag", SPI_UNIT_DAY},
	{"tage", SPI_UNIT_DAY}, {"tagen", SPI_UNIT_DAY}, {"settimana", SPI_UNIT_WEEK}, {"settimane", SPI_UNIT_WEEK},
	{"week", SPI_UNIT_WEEK}, {"weeks", SPI_UNIT_WEEK}, {"woche", SPI_UNIT_WEEK}, {"wochen", SPI_UNIT_WEEK},
	{"mese", SPI_UNIT_MONTH}, {"mesi", SPI_UNIT_MONTH}, {"month", SPI_UNIT_MONTH}, {"months", SPI_UNIT_MONTH},
	{"monat", SPI_UNIT_MONTH}, {"monate", SPI_UNIT_MONTH}, {"monaten", SPI_UNIT_MONTH}, {"anno", SPI_UNIT_YEAR},
	{"anni", SPI_UNIT_YEAR}, {"year", SPI_UNIT_YEAR}, {"years", SPI_UNIT_YEAR}, {"jahr", SPI_UNIT_YEAR},
	{"jahre", SPI_UNIT_YEAR}, {"jahren", SPI_UNIT_YEAR}, {"cifra", SPI_UNIT_DIGIT}, {"cifre", SPI_UNIT_DIGIT},
	{"digit", SPI_UNIT_DIGIT}, {"digits", SPI_UNIT_DIGIT}, {"ziffer", SPI_UNIT_DIGIT}, {"ziffern", SPI_UNIT_DIGIT},
	{"stellig", SPI_UNIT_DIGIT}, {"stellige", SPI_UNIT_DIGIT}, {"stelligen", SPI_UNIT_DIGIT},
	{"stelliger", SPI_UNIT_DIGIT}, {"stellen", SPI_UNIT_DIGIT}, {"caratteri", SPI_UNIT_CHARACTER},
	{"carattere", SPI_UNIT_CHARACTER}, {"character", SPI_UNIT_CHARACTER}, {"characters", SPI_UNIT_CHARACTER},
	{"zeichen", SPI_UNIT_CHARACTER}, {"volta", SPI_UNIT_TIMES}, {"volte", SPI_UNIT_TIMES}, {"times", SPI_UNIT_TIMES},
	{"mal", SPI_UNIT_TIMES}, {"tentativo", SPI_UNIT_ATTEMPT}, {"tentativi", SPI_UNIT_ATTEMPT},
	{"attempt", SPI_UNIT_ATTEMPT}, {"attempts", SPI_UNIT_ATTEMPT}, {"versuch", SPI_UNIT_ATTEMPT},
	{"versuche", SPI_UNIT_ATTEMPT}, {"versuchen", SPI_UNIT_ATTEMPT}};

static const meaning numbers_it[] = {{"un", 1}, {"uno", 1}, {"una", 1}, {"due", 2}, {"tre", 3}, {"quattro", 4},
	{"cinque", 5}, {"sei", 6}, {"sette", 7}, {"otto", 8}, {"nove", 9}, {"dieci", 10}, {"dodici", 12}, {"quindici", 15},
	{"venti", 20}, {"ventiquattro", 24}, {"trenta", 30}, {"quarantotto", 48}, {"sessanta", 60}, {"novanta", 90}};
static const meaning numbers_en[] = {{"a", 1}, {"an", 1}, {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4},
	{"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9}, {"ten", 10}, {"twelve", 12}, {"fifteen", 15},
	{"twenty", 20}, {"thirty", 30}, {"sixty", 60}, {"ninety", 90}};
static const meaning numbers_de[] = {{"ein", 1}, {"eine", 1}, {"einen", 1}, {"einem", 1}, {"einer", 1}, {"zwei", 2},
	{"drei", 3}, {"vier", 4}, {"funf", 5}, {"sechs", 6}, {"sieben", 7}, {"acht", 8}, {"neun", 9}, {"zehn", 10},
	{"zwolf", 12}, {"funfzehn", 15}, {"zwanzig", 20}, {"dreissig", 30}, {"sechzig", 60}, {"neunzig", 90}};

enum { SLOTS = 512 }; /* a power of two, far more than words */

static spi_number_word slots[SLOTS];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static spi_number_word *slot_of(uint32_t word)
{
	size_t at = word & (SLOTS - 1);
	while (slots[at].word && slots[at].word != word)
		at = (at + 1) & (SLOTS - 1);
	return &slots[at];
}

static spi_number_word *put(const char *text)
{
	uint32_t word = spi_word_hash(text);
	spi_number_word *slot = slot_of(word);
	slot->word = word;
	return slot;
}

#define EACH(list, action) \
	do { \
		for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) \
			put((list)[i].word)->action = (uint8_t)(list)[i].means; \
	} while (0)

static void build(void)
{
	EACH(months, month);
	EACH(units, unit);
	EACH(numbers_it, number[SP_LANG_IT]);
	EACH(numbers_en, number[SP_LANG_EN]);
	EACH(numbers_de, number[SP_LANG_DE]);
}

const spi_number_word *spi_number_word_of(uint32_t word)
{
	static const spi_number_word none;
	pthread_once(&built, build);
	const spi_number_word *slot = slot_of(word);
	return slot->word ? slot : &none;
}
