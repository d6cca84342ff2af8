/* Function words of German, sorted by bytes, accents dropped. Umlauts as the base letter and as two letters. */
#include "text/words.h"

static const char *const words[] = {
	"ab", "aber", "alle", "allem", "allen", "aller", "alles", "als", "also", "am", "an", "andere", "anderem",
	"anderen", "anderer", "anderes", "ans", "auch", "auf", "aufs", "aus", "bei", "beim", "bevor", "bin",
	"bis", "bist", "da", "dabei", "dafuer", "dafur", "damals", "damit", "dann", "daran", "darauf", "darf",
	"darfst", "das", "dass", "davon", "dazu", "dein", "deine", "deinem", "deinen", "deiner", "deines", "dem",
	"den", "denn", "der", "des", "dich", "die", "diese", "diesem", "diesen", "dieser", "dieses", "dir",
	"doch", "dort", "dran", "drin", "du", "duerfen", "durch", "durfen", "eben", "ein", "eine", "einem",
	"einen", "einer", "eines", "einige", "einigen", "er", "es", "etwa", "etwas", "euch", "euer", "eure",
	"eurem", "euren", "eurer", "falls", "fuer", "fur", "gegen", "gehabt", "gewesen", "geworden", "habe",
	"haben", "habt", "haette", "hast", "hat", "hatte", "hatten", "hattest", "her", "hier", "hin", "hinter",
	"ich", "ihm", "ihn", "ihnen", "ihr", "ihre", "ihrem", "ihren", "ihrer", "ihres", "im", "immer", "in",
	"ins", "ist", "ja", "jede", "jedem", "jeden", "jeder", "jedes", "jedoch", "jemand", "jene", "jenem",
	"jenen", "jener", "jenes", "jetzt", "kann", "kannst", "kein", "keine", "keinem", "keinen", "keiner",
	"keines", "koennen", "koennte", "koennten", "konnen", "konnt", "konnte", "konnten", "mag", "mal", "man",
	"mehr", "mein", "meine", "meinem", "meinen", "meiner", "meines", "mich", "mir", "mit", "mochte",
	"moechte", "muessen", "muss", "mussen", "musst", "musste", "mussten", "nach", "nachdem", "neben", "nein",
	"nicht", "nichts", "nie", "niemals", "niemand", "noch", "nun", "nur", "ob", "obwohl", "oder", "ohne",
	"schon", "sehr", "sei", "seid", "seien", "sein", "seine", "seinem", "seinen", "seiner", "seines", "seit",
	"selbst", "sich", "sie", "sind", "so", "sobald", "soll", "sollen", "sollst", "sollte", "sollten",
	"sondern", "statt", "trotz", "uber", "ueber", "um", "und", "uns", "unser", "unsere", "unserem",
	"unseren", "unserer", "unseres", "unter", "viel", "viele", "vielen", "vom", "von", "vor", "waehrend",
	"waere", "wahrend", "wann", "war", "ware", "waren", "warst", "wart", "warum", "was", "wegen", "weil",
	"welche", "welchem", "welchen", "welcher", "welches", "wem", "wen", "wenig", "wenige", "wenn", "wer",
	"werde", "werden", "werdet", "weshalb", "wessen", "wie", "wieder", "wieso", "wieviel", "will", "willst",
	"wir", "wird", "wirst", "wo", "wofuer", "wofur", "woher", "wohin", "wollen", "wollte", "womit", "woran",
	"worauf", "worden", "wozu", "wuerde", "wuerden", "wurde", "wurden", "zu", "zum", "zur", "zwischen",
};

const spi_word_list spi_function_words_de = {words, sizeof(words) / sizeof(words[0])};
