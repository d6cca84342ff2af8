/* Function words of Italian, sorted by bytes, accents dropped.
   Lone letters are elided articles typed without their apostrophe. */
#include "text/words.h"

static const char *const words[] = {
	"a", "abbia", "abbiamo", "abbiano", "affinche", "agli", "ai", "al", "alcun", "alcuna", "alcune",
	"alcuni", "alcuno", "all", "alla", "alle", "allo", "allora", "altr", "altra", "altre", "altri", "altro",
	"anch", "anche", "ancora", "avendo", "avere", "avesse", "avessero", "avessi", "avete", "aveva",
	"avevamo", "avevano", "avevate", "avevi", "avevo", "avra", "avrai", "avranno", "avrebbe", "avrebbero",
	"avrei", "avremo", "avrete", "avro", "avuto", "benche", "c", "ce", "ch", "che", "chi", "ci", "ciascun",
	"ciascuna", "ciascuno", "cio", "cioe", "coi", "col", "coll", "com", "come", "con", "contro", "cos",
	"cosa", "cosi", "cui", "d", "da", "dagli", "dai", "dal", "dall", "dalla", "dalle", "dallo", "degli",
	"dei", "del", "dell", "della", "delle", "dello", "dentro", "di", "dopo", "dov", "dove", "dunque",
	"durante", "e", "ecco", "ed", "egli", "ella", "entro", "era", "erano", "eravamo", "eravate", "eri",
	"ero", "essa", "esse", "essendo", "essere", "essi", "esso", "fino", "fosse", "fossero", "fossi", "fra",
	"fuori", "gia", "gli", "gliel", "gliela", "gliele", "glieli", "glielo", "ha", "hai", "hanno", "ho", "i",
	"il", "in", "io", "l", "la", "le", "lei", "li", "lo", "loro", "lui", "m", "ma", "mai", "me", "mela",
	"mele", "meli", "melo", "meno", "mentre", "mi", "mia", "mie", "miei", "mio", "molta", "molte", "molti",
	"molto", "n", "ne", "negli", "nei", "nel", "nell", "nella", "nelle", "nello", "nessun", "nessuna",
	"nessuno", "no", "noi", "non", "nostra", "nostre", "nostri", "nostro", "o", "od", "ogni", "ognuno",
	"oltre", "oppure", "ora", "ossia", "ove", "ovvero", "per", "perch", "perche", "pero", "perocche", "piu",
	"po", "poca", "poche", "pochi", "poco", "poi", "poiche", "presso", "prima", "proprio", "pure", "qua",
	"qual", "qualche", "qualcosa", "qualcun", "qualcuno", "quale", "quali", "quand", "quando", "quant",
	"quanta", "quante", "quanti", "quanto", "quegli", "quei", "quel", "quell", "quella", "quelle", "quelli",
	"quello", "quest", "questa", "queste", "questi", "questo", "qui", "quindi", "s", "sara", "sarai",
	"saranno", "sarebbe", "sarebbero", "sarei", "saremo", "sarete", "saro", "se", "sebbene", "sei", "sempre",
	"senz", "senza", "si", "sia", "siamo", "siano", "siccome", "siete", "solo", "sono", "sopra", "sott",
	"sotto", "sta", "stanno", "stata", "state", "stati", "stato", "stava", "stavo", "stessa", "stesse",
	"stessi", "stesso", "stia", "sto", "su", "sua", "sue", "sugli", "sui", "sul", "sull", "sulla", "sulle",
	"sullo", "suo", "suoi", "t", "tale", "tali", "tanta", "tante", "tanti", "tanto", "te", "tela", "telo",
	"ti", "tra", "troppo", "tu", "tua", "tue", "tuo", "tuoi", "tutt", "tutta", "tutte", "tutti", "tutto",
	"un", "una", "uno", "v", "ve", "verso", "vi", "voi", "vostra", "vostre", "vostri", "vostro",
};

const spi_word_list spi_function_words_it = {words, sizeof(words) / sizeof(words[0])};
