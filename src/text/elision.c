/* Apostrophes in Italian. */
#include "text/elision.h"

#include <stdint.h>
#include <string.h>

typedef struct elision {
	const char *clitic;
	const char *full; /* NULL: says nothing by itself, is dropped */
} elision;

/* Sorted by bytes. */
static const elision elisions[] = {
	{"agl", NULL}, {"alcun", NULL}, {"all", NULL}, {"altr", "altro"}, {"anch", "anche"}, {"bell", "bello"},
	{"buon", "buono"}, {"c", NULL}, {"ch", NULL}, {"ciascun", NULL}, {"coll", NULL}, {"com", "come"},
	{"contr", "contro"}, {"cos", "cosa"}, {"d", NULL}, {"dagl", NULL}, {"dall", NULL}, {"degl", NULL},
	{"dell", NULL}, {"dev", "deve"}, {"dov", "dove"}, {"finch", NULL}, {"gl", NULL}, {"gliel", NULL},
	{"grand", "grande"}, {"l", NULL}, {"m", NULL}, {"mezz", "mezzo"}, {"n", NULL}, {"neanch", "neanche"},
	{"negl", NULL}, {"nell", NULL}, {"nessun", "nessuna"}, {"nient", "niente"}, {"ognun", NULL},
	{"oltr", "oltre"}, {"ov", NULL}, {"perch", "perché"}, {"pover", "povero"}, {"qual", "quale"},
	{"qualcos", "qualcosa"}, {"qualcun", NULL}, {"quand", "quando"}, {"quant", "quanto"}, {"quell", NULL},
	{"quest", NULL}, {"s", NULL}, {"sant", "santo"}, {"senz", "senza"}, {"sott", "sotto"}, {"sugl", NULL},
	{"sull", NULL}, {"t", NULL}, {"tutt", "tutto"}, {"un", NULL}, {"v", NULL},
};

bool spi_elision(const char *word, size_t len, const char **ret_full)
{
	if (len == 0 || len > 8)
		return false;
	for (size_t i = 0; i < sizeof(elisions) / sizeof(elisions[0]); i++) {
		const char *clitic = elisions[i].clitic;
		if (clitic[0] == word[0] && strlen(clitic) == len && memcmp(clitic, word, len) == 0) {
			*ret_full = elisions[i].full;
			return true;
		}
	}
	return false;
}

static bool is_one_of(const char *word, size_t len, const char *const *list)
{
	for (; *list; list++) {
		if (strlen(*list) == len && memcmp(*list, word, len) == 0)
			return true;
	}
	return false;
}

static bool ends_with(const char *word, size_t len, const char *end)
{
	size_t end_len = strlen(end);
	return len >= end_len && memcmp(word + len - end_len, end, end_len) == 0;
}

size_t spi_accent(const char *word, size_t len, char *out)
{
	static const char *const cut_short[] = {"a", "be", "co", "de", "i", "mo", "o", "po", "va", NULL};
	static const char *const acute[] = {"ne", "se", "pote", "vicere", NULL};
	uint8_t accented;
	if (len == 0 || is_one_of(word, len, cut_short))
		return 0;
	switch (word[len - 1]) {
	case 'a':
		accented = 0xA0;
		break;
	case 'e':
		accented = (len > 2 && ends_with(word, len, "che")) || ends_with(word, len, "tre") ||
			is_one_of(word, len, acute) ? 0xA9 : 0xA8;
		break;
	case 'i':
		accented = 0xAC;
		break;
	case 'o':
		accented = 0xB2;
		break;
	case 'u':
		accented = 0xB9;
		break;
	default:
		return 0;
	}
	memcpy(out, word, len - 1);
	out[len - 1] = (char)0xC3;
	out[len] = (char)accented;
	return len + 1;
}
