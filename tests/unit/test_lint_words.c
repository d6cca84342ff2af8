/* The editors' linter, what articles say: how hard they are to read, what nobody explains, what is said twice or in two ways. */
#include "lint_bed.h"

#include "kb/lint/rules.h"

#define HARD \
	"Nell'ambito delle disposizioni regolamentari precedentemente richiamate, l'amministrazione responsabile del " \
	"procedimento provvede, compatibilmente con le disponibilità organizzative, all'espletamento degli adempimenti " \
	"propedeutici al riconoscimento dell'agevolazione richiesta, fermo restando che l'eventuale incompletezza della " \
	"documentazione presentata determina l'inammissibilità della domanda, salvo che il richiedente provveda alla " \
	"regolarizzazione entro il termine perentorio indicato nella comunicazione trasmessa dall'ufficio competente"
#define EASY "Apri l'app. Tocca il tuo nome. Scegli la carta. Premi il tasto blu. Aspetta un poco. La carta è pronta.\n\n"

TEST(readability_of_what_citizens_read)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Breve.\n\n" HARD ".\n");
	CHECK_STR(check(), "it/c/a.md:13:1 advice readability\n");
	double measure = measure_of();
	CHECK(measure >= 0 && measure < 55);
	/* agents only; a block for them; a table; a code; a list whose items are short sentences each */
	fresh_folder("languages: [it]\naudiences: {citizen: {}, agent-l1: {reads: [citizen]}}\ncategories: {c: {}}\n"
				 "check: {rules: {no-source: off, near-duplicate: off}}\n");
	article("it", "a", QUESTIONS("a") "#agents\n", HARD "\n");
	article("it", "b", QUESTIONS("b"), EASY EASY EASY EASY "> [!agent-l1]\n> " HARD ".\n");
	article("it", "c", QUESTIONS("c"), EASY "| A |\n| --- |\n| " HARD " |\n");
	article("it", "d", QUESTIONS("d"), EASY "`" HARD "`\n\n[qui](https://example.org/" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)\n");
	article("it", "e", QUESTIONS("e"), "- apri la posta\n- cerca il nome\n- tocca il tasto\n" EASY EASY EASY);
	CHECK_STR(check(), "");
}

#define STORY \
	"Per avere il rimborso apri la pagina dei pagamenti e scegli quello che ti interessa. Poi tocca il tasto in fondo e " \
	"scrivi il motivo con parole tue. Ti chiediamo anche un documento, da caricare come foto. Quando hai finito premi " \
	"invia: ricevi subito un messaggio con il numero della pratica, e dopo qualche giorno la risposta dell'ufficio."

TEST(readability_of_each_language_and_its_threshold)
{
	static const char *const hard_en =
		"Notwithstanding considerations regarding administrative jurisdictional competencies, beneficiaries "
		"necessitating reimbursement authorisation must unequivocally demonstrate documentary eligibility, "
		"constituting irrevocable acknowledgement of organisational responsibilities regarding electronic "
		"identification infrastructures, interoperability specifications, reconciliation methodologies, "
		"notification procedures, verification mechanisms, accountability obligations, confidentiality "
		"requirements, intermediary relationships, supplementary documentation, retrospective compensation, "
		"jurisdictional limitations, administrative simplification, institutional communication, operational "
		"continuity, infrastructural modernisation, authorisation delegation and certification of "
		"accessibility, sustainability, proportionality and admissibility considerations.\n";
	fresh_folder(kb_yaml);
	article_of("it", "a", "2026-01-01", "x\n");
	article_of("en", "a", "2026-01-01", hard_en);
	CHECK_STR(check(), "en/c/a.md:10:1 advice readability\n");
	fresh_folder("languages: [it, en]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {rules: {no-source: off, quiz-missing: off}, "
				 "readability: {it: 100, en: 0}}\n");
	article_of("it", "a", "2026-01-01", STORY " " STORY "\n");
	article_of("en", "a", "2026-01-01", hard_en);
	CHECK_STR(check(), "it/c/a.md:10:1 advice readability\n");
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {readability: {it: 200, xx: 1}}\n");
	CHECK_STR(check(), "kb.yaml:4:27 error bad-value\nkb.yaml:4:32 error unknown-language\n");
}

TEST(acronyms_that_nobody_explains)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Vai al CUP.\n\nIl CUP e i CUPs: chiedi del PRA.\n");
	CHECK_STR(check(), "it/c/a.md:11:1 advice unexplained-acronym\nit/c/a.md:13:1 advice unexplained-acronym\n");
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), "Vai al CUP.\n");
	CHECK_INT((int)measure_of(), 1);
}

TEST(acronyms_that_are_explained_or_none)
{
	fresh_folder("languages: [it]\naudiences: {citizen: {}}\ncategories: {c: {}}\ncheck: {rules: {no-source: off}, acronyms: "
				 "[PRA]}\n");
	article("it", "a", QUESTIONS("a"), "Il CUP (centro per le prenotazioni) e il foglio delle multe (FDM). Il PRA.\n");
	article("it", "b", QUESTIONS("b"), "Il centro unico di prenotazione ti chiama. Il CUP è aperto.\n");
	article("it", "c", QUESTIONS("c") "keywords: [carta fedeltà]\n", "La CF non si perde.\n");
	article("it", "d", QUESTIONS("d"), "`XYZ` PPT_RPT_DUPLICATA XYZ_1 Luigi XIV, capo IV. NON farlo MAI.\n\n    XYZ\n");
	article("it", "e", QUESTIONS("e"), "Codice A1, R01, M-ABC-12 e l'OSTACOLO. [Qui](https://example.org/XYZ).\n");
	CHECK_STR(check(), "");
}

TEST(articles_that_are_nearly_the_same)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), STORY "\n");
	article("it", "b", QUESTIONS("b"), "Ciao. " STORY "\n");
	CHECK_STR(check(), "it/c/b.md:4:8 warning near-duplicate\n");
	/* of other days, other readers, another language, a draft, too short to tell */
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "valid_until: 2999-12-31\n", STORY "\n");
	article("it", "b", QUESTIONS("b") "valid_from: 3000-01-01\n", STORY "\n");
	article("it", "c", QUESTIONS("c") "#agents\n", STORY "\n");
	article("en", "a", QUESTIONS("a"), STORY "\n");
	article("it", "e", QUESTIONS("e"), "Apri l'app e tocca il tasto.\n");
	article("it", "f", QUESTIONS("f"), "Apri l'app e tocca il tasto.\n");
	CHECK_STR(check(), "");
}

/* What check() says of two articles of this text each. */
static char *check_two(const char *a, const char *b)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), a);
	article("it", "b", QUESTIONS("b"), b);
	return check();
}

#define SENTENCE(value) "La banca restituisce i soldi della commissione entro " value ".\n"
#define AT_B(line) "it/c/b.md:" line ":1 warning contradiction\n"

TEST(statements_that_contradict_each_other)
{
	CHECK_STR(check_two(SENTENCE("5 giorni"), SENTENCE("7 giorni")), AT_B("11"));
	CHECK_STR(check_two(SENTENCE("cinque giorni"), "Altro.\n\n" SENTENCE("7 giorni")), AT_B("13"));
	CHECK_STR(check_two(SENTENCE("il 30 giugno 2021"), SENTENCE("il 30/7/2021")), AT_B("11"));
	CHECK_STR(check_two("Chiama il servizio clienti della banca allo 06 1234 567.\n",
				  "Chiama il servizio clienti della banca allo 06 1234 568.\n"), AT_B("11"));
	CHECK_STR(check_two("Scrivi una richiesta all'ufficio reclami: reclami@ente.it.\n",
				  "Scrivi una richiesta all'ufficio reclami: reclamo@ente.it.\n"), AT_B("11"));
	CHECK_STR(check_two("Trovi il modulo per la richiesta sul [sito](https://www.ente.it/a).\n",
				  "Trovi il modulo per la richiesta sul [sito](https://www.ente.it/b).\n"), AT_B("11"));
	/* a word more in a long sentence */
	CHECK_STR(check_two("Quando paghi con carta la banca chiede una commissione massima pari a 2 euro.\n",
				  "Quando paghi con carta la banca chiede sempre una commissione massima pari a 3 euro.\n"), AT_B("11"));
}

TEST(statements_that_only_look_alike)
{
	CHECK_STR(check_two(SENTENCE("5 giorni"), SENTENCE("cinque giorni")), "");
	CHECK_STR(check_two(SENTENCE("il 30 giugno 2021"), SENTENCE("il 30.06.2021")), "");
	CHECK_STR(check_two(SENTENCE("1.500 euro"), SENTENCE("€ 1500,00")), "");
	CHECK_STR(check_two(SENTENCE("5 giorni"), "Il Comune restituisce i soldi della multa entro 7 giorni.\n"), "");
	CHECK_STR(check_two("Entro 5 giorni.\n", "Entro 7 giorni.\n"), "");
	CHECK_STR(check_two("## Passo 4: chiama il servizio clienti della banca\n\nx\n",
				  "## Passo 5: chiama il servizio clienti della banca\n\nx\n"), "");
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a") "valid_until: 2999-12-31\n", SENTENCE("5 giorni"));
	article("it", "b", QUESTIONS("b") "valid_from: 3000-01-01\n", SENTENCE("7 giorni"));
	CHECK_STR(check(), "");
}

TEST(one_question_and_two_answers)
{
	static const char *const first = "questions: [Quanti giorni servono per il rimborso?, a, b, c, d]\n";
	fresh_folder(kb_yaml);
	article("it", "a", first, "Servono 5 giorni.\n");
	article("it", "b", "questions: [per il rimborso servono quanti giorni, e, f, g, h]\n", "Di solito 7 giorni.\n");
	CHECK_STR(check(), "it/c/b.md:11:1 warning contradiction\n");
	fresh_folder(kb_yaml);
	article("it", "a", first, "Servono 5 giorni. Costa 2 euro.\n");
	article("it", "b", "questions: [per il rimborso servono quanti giorni, e, f, g, h]\n", "In 5 giorni, fino a 30 minuti.\n");
	article("it", "c", "questions: [quanti giorni servono per la carta, i, j, k, l]\n", "Dopo 9 giorni.\n");
	CHECK_STR(check(), "");
}

/* What check() says of an original and a translation of it. */
static char *check_translated(const char *it, const char *en)
{
	fresh_folder(kb_yaml);
	article("it", "a", QUESTIONS("a"), it);
	article("en", "a", QUESTIONS("b"), en);
	return check();
}

TEST(translations_say_the_same_in_figures)
{
	CHECK_STR(check_translated("Costa 1.500 euro entro il 30 giugno 2021, chiama lo 800 123 456.\n",
				  "It costs €1,500 by June 30, 2021; call +39 800 123 456.\n"), "");
	CHECK_STR(check_translated("Dalle 8 alle 20, per tre giorni, 2,5%.\n", "From 8 am to 8 pm, for 3 days, 2.5%.\n"), "");
	CHECK_STR(check_translated("Costa 1.500 euro.\n", "It costs money.\n"), "");
	CHECK_STR(check_translated("Costa 1.500 euro.\n", "It costs 1,600 euro.\n"), "en/c/a.md:11:1 warning contradiction\n");
	CHECK_STR(check_translated("Entro il 30 giugno.\n", "By 30 July.\n"), "en/c/a.md:11:1 warning contradiction\n");
	CHECK_STR(check_translated("Chiama lo 06 1234 567.\n", "Call 06 1234 568.\n"), "en/c/a.md:11:1 warning contradiction\n");
}
