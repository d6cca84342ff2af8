#include "text/words_telling.h"

static const char *const words_it[] = {
	"accedere", "aiutatemi", "aiuto", "arriva", "arrivano", "arrivata", "arrivato", "aspettare", "aspetto",
	"attivare", "bloccata", "bloccato", "buonasera", "buongiorno", "cambiare", "cambiato", "chiedere",
	"comprato", "controllare", "dimenticata", "dimenticato", "entrare", "fatto", "funziona", "funzionano",
	"funzionava", "inserire", "inserito", "manca", "mandato", "mettere", "pagare", "pagato", "perdere",
	"perduto", "perso", "potete", "potrei", "provato", "recuperare", "ricevere", "ricevo", "ricevuto",
	"riesce", "riesco", "riusciamo", "rubata", "rubato", "sbagliata", "sbagliato", "scaduta", "scaduto",
	"scritto", "scrive", "soldi", "succede", "successo", "trovare", "trovo", "vedere", "vedo", "voglio",
	"volte", "vorrei",
};

static const char *const words_en[] = {
	"abroad", "ago", "always", "anyway", "appears", "arrive", "arrived", "asked", "asking", "asks", "became",
	"believe", "blocked", "bought", "brother", "called", "came", "changed", "charged", "complain", "daughter",
	"days", "deducted", "deleted", "died", "entered", "everybody", "father", "forget", "forgot", "forgotten",
	"found", "friend", "gave", "gets", "getting", "give", "given", "gives", "gone", "got", "happen",
	"happened", "happens", "hello", "hours", "husband", "keeps", "kept", "leave", "letter", "longer", "looks",
	"lose", "lost", "made", "means", "minutes", "mistake", "mistakenly", "months", "mother", "moved", "need",
	"needed", "needs", "owe", "paid", "paying", "people", "please", "pressed", "reach", "receive", "received",
	"remember", "said", "saw", "says", "scammed", "see", "seems", "seen", "sending", "sends", "sent", "shows",
	"sister", "sold", "somebody", "somehow", "sometimes", "soon", "speak", "stolen", "stopped", "stuck",
	"taken", "takes", "tell", "thank", "thanks", "thing", "things", "think", "thought", "times", "today",
	"together", "told", "tomorrow", "took", "tried", "trying", "twice", "typed", "understand", "understood",
	"unlocked", "used", "using", "wait", "waited", "waiting", "want", "wanted", "wants", "weeks", "went",
	"wife", "worked", "works", "write", "wrong", "wrote", "years", "yesterday",
};

static const char *const words_de[] = {
	"abgebucht", "abgelaufen", "abgelehnt", "aendern", "aktivieren", "andern", "anfrage", "angekommen",
	"angemeldet", "anmelden", "anmeldung", "antwortet", "arbeitet", "ausweis", "bearbeitung", "bekam",
	"bekomme", "bekommen", "bekommt", "belastet", "benutzt", "bescheid", "bestaetigen", "bestatigen", "betrag",
	"bezahle", "bezahlen", "bezahlt", "bitte", "brauche", "brauchen", "braucht", "danke", "dauert", "doppelt",
	"drucken", "einfach", "einloggen", "erhalten", "falsch", "falsche", "falschen", "fehler", "fehlt", "finde",
	"finden", "fragen", "funktionieren", "funktioniert", "gebe", "geben", "gefunden", "gegeben", "gehen",
	"geht", "gekauft", "geld", "geloescht", "geloscht", "gemacht", "gesehen", "gesperrt", "gestern",
	"gestohlen", "gezahlt", "gibt", "guten", "hallo", "heute", "hilfe", "hilft", "karte", "klappt", "komme",
	"kommen", "kommt", "konto", "loeschen", "loschen", "machen", "macht", "moeglich", "moglich", "mutter",
	"nachricht", "oeffnen", "offnen", "passiert", "passwort", "pruefen", "prufen", "quittung", "sagt",
	"schicken", "sehe", "sehen", "sperren", "steht", "stimmt", "suche", "sucht", "telefonnummer", "tochter",
	"tun", "uberweisung", "ueberweisung", "ungueltig", "ungultig", "vater", "vergessen", "verlieren",
	"verloren", "verstehe", "verstehen", "versucht", "vielleicht", "vorgestern", "warte", "warten", "wechseln",
	"weiss", "wissen", "woche", "wochen", "zahle", "zahlen", "zahlt", "zahlung", "zahlungen", "zeigt",
	"zugang", "zuruck", "zurueck", "zweimal",
};

#define LIST(words) {words, sizeof(words) / sizeof(words[0])}

const spi_word_list spi_telling_words[SP_LANG_COUNT] = {
	[SP_LANG_IT] = LIST(words_it), [SP_LANG_EN] = LIST(words_en), [SP_LANG_DE] = LIST(words_de),
};
