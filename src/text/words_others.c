/* Words of languages that we do not speak but that people here do, to tell a message in one of them: those that are no words of ours, and
   those that are (they say nothing). Each list sorted by bytes, accents dropped. */
#include "text/words_others.h"

/* French */
static const char *const fr_marks[] = {
	"ai-je", "aux", "avec", "avoir", "bonjour", "ca", "cette", "combien", "comment", "compte", "dans", "est",
	"etre", "faire", "faut", "je", "les", "leur", "mais", "merci", "mes", "mot", "notre", "nous", "ou", "oublie",
	"pas", "passe", "payer", "peut", "peux", "pour", "pourquoi", "puis", "puis-je", "qu", "que", "quoi", "recu",
	"sont", "suis", "sur", "une", "votre", "vous",
};
static const char *const fr_shared[] = {
	"a", "c", "ce", "d", "des", "du", "l", "la", "le", "m", "ma", "me", "mi", "n", "ne", "on", "quand", "qui",
	"s", "se", "si", "tu", "un",
};

/* Spanish */
static const char *const es_marks[] = {
	"buenos", "codigo", "como", "contrasena", "cuando", "cuanto", "cuenta", "dias", "donde", "el", "esta",
	"este", "funciona", "gracias", "hacer", "hay", "hola", "mis", "movil", "muy", "necesito", "olvidado",
	"pagar", "para", "por", "porque", "puede", "puedo", "que", "quiero", "recibido", "recibo", "tarjeta",
};
static const char *const es_shared[] = {
	"a", "con", "da", "del", "es", "he", "la", "le", "lo", "me", "mi", "no", "pero", "se", "si", "su", "te",
	"tu", "un", "una",
};

/* Portuguese */
static const char *const pt_marks[] = {
	"cartao", "codigo", "como", "dos", "em", "esqueci", "esta", "este", "fazer", "meu", "minha", "muito", "na",
	"nao", "obrigada", "obrigado", "ola", "onde", "pagar", "para", "pode", "por", "porque", "que", "quero",
	"recebi", "senha", "telemovel", "tenho", "uma",
};
static const char *const pt_shared[] = {
	"a", "as", "com", "da", "das", "do", "e", "in", "ma", "me", "no", "o", "quando", "quanto", "se", "te", "tu",
	"um",
};

/* Romanian */
static const char *const ro_marks[] = {
	"buna", "cand", "cartea", "codul", "contul", "cu", "cum", "daca", "din", "este", "fac", "imi", "mea", "meu",
	"mi-am", "multumesc", "nou", "nu", "pe", "pentru", "platesc", "plati", "sunt", "telefonul", "trebuie",
	"uitat", "unde", "vreau", "ziua",
};
static const char *const ro_shared[] = {
	"a", "ai", "am", "ce", "da", "in", "la", "le", "ma", "mi", "o", "si", "un",
};

/* Albanian */
static const char *const sq_marks[] = {
	"cfare", "dhe", "dua", "duhet", "eshte", "faleminderit", "fjalekalimi", "fjalekalimin", "harruar", "ime",
	"jam", "karta", "kodi", "ku", "kur", "llogaria", "mund", "nje", "nuk", "paguaj", "pershendetje", "pse",
	"shume", "telefonin", "une",
};
static const char *const sq_shared[] = {
	"a", "do", "e", "i", "im", "me", "ne", "per", "si", "so", "te",
};

/* Polish */
static const char *const pl_marks[] = {
	"ale", "chce", "czy", "dla", "dlaczego", "dobry", "dziekuje", "dzien", "gdzie", "haslo", "ile", "jak",
	"jest", "jestem", "karta", "kiedy", "mam", "moge", "moj", "moje", "na", "nowy", "prosze", "przez",
	"zaplacic", "zapomnialam", "zapomnialem",
};
static const char *const pl_shared[] = {
	"a", "do", "i", "nie", "o", "sie", "to",
};

/* Slovenian */
static const char *const sl_marks[] = {
	"danes", "gesla", "geslo", "hvala", "imam", "kaj", "kako", "kartica", "kdaj", "kje", "koda", "kode", "moj",
	"moja", "moje", "mojem", "morem", "naj", "naredim", "nimam", "placam", "placati", "placilo", "potrdilo",
	"pozabil", "pozabila", "prejel", "prejela", "prijava", "prijaviti", "prosim", "racun", "sem", "telefonu",
	"zakaj",
};
static const char *const sl_shared[] = {
	"a", "ali", "da", "do", "in", "je", "me", "mi", "ne", "o", "po", "se", "si", "so", "to", "v", "z", "za",
};

/* Dutch */
static const char *const nl_marks[] = {
	"betalen", "dank", "een", "goedemorgen", "goedendag", "graag", "heb", "heeft", "het", "hoe", "ik", "kaart",
	"kan", "maar", "mijn", "moet", "naar", "niet", "nog", "ook", "rekening", "telefoon", "van", "vergeten",
	"voor", "waar", "waarom", "wachtwoord", "wanneer", "wat", "wil", "zijn",
};
static const char *const nl_shared[] = {
	"an", "in", "is", "of", "so", "was", "we",
};

#define COUNT(list) (sizeof(list) / sizeof(list[0]))
#define LANGUAGE(code) {{code##_marks, COUNT(code##_marks)}, {code##_shared, COUNT(code##_shared)}}
const spi_other_language spi_other_languages[] = {
	LANGUAGE(fr),
	LANGUAGE(es),
	LANGUAGE(pt),
	LANGUAGE(ro),
	LANGUAGE(sq),
	LANGUAGE(pl),
	LANGUAGE(sl),
	LANGUAGE(nl),
};
const size_t spi_other_languages_count = COUNT(spi_other_languages);
