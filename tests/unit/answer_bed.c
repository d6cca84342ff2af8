#include "answer_bed.h"

#include "base/file.h"

#include <stdlib.h>

static const char kb_yaml[] =
	"service: {name: {it: Prova, en: Trial, de: Probe}}\n"
	"languages: [it, en, de]\n"
	"timezone: Europe/Rome\n"
	"answer_precision: 0.90\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen]}\n"
	"services: {app: {name: {it: App}, hours: app}}\n"
	"hours: {app: {mon-fri: \"08:00-20:00\"}}\n"
	"categories:\n"
	"  accesso: {name: {it: Accesso, en: Login, de: Anmeldung}, service: app, group: l1, fields: [email]}\n"
	"  pagamento: {name: {it: Pagamento, en: Payment, de: Zahlung}, service: app, group: l1, fields: [email]}\n"
	"groups: {l1: {name: {it: Primo livello}, level: 1, service: app}}\n"
	"fields: {email: {label: {it: E-mail}, why: {it: per rispondere}, validate: email}}\n";

static const struct article {
	const char *lang, *category, *id, *title, *more, *body;
} articles[] = {
	{"it", "accesso", "otp", "Non mi arriva il codice OTP",
		"questions: [\"il codice otp non arriva\", \"non ricevo l'sms con il codice\"]\n",
		"Il codice lo manda il gestore. Aspetta cinque minuti e chiedine uno nuovo."},
	{"it", "accesso", "password", "Ho dimenticato la password di SPID",
		"questions: [\"recuperare la password spid\", \"password persa\"]\n",
		"Vai sul sito del gestore e scegli il recupero della password."},
	{"it", "accesso", "pin-cie", "Ho perso il PIN della carta d'identità elettronica",
		"questions: [\"pin cie dimenticato\"]\n", "Il PIN si chiede al Comune, oppure si sblocca con il PUK."},
	{"it", "accesso", "sblocco", "Cambiare il codice di sblocco dell'app",
		"questions: [\"codice di sblocco dimenticato\"]\n",
		"Nelle impostazioni puoi scegliere un altro codice di sblocco."},
	{"it", "pagamento", "gia-pagato", "L'avviso risulta già pagato",
		"questions: [\"pagamento duplicato cosa significa\"]\ncodes: [PAA_PAGAMENTO_DUPLICATO]\nrelated: [ricevuta]\n",
		"Per l'ente quell'avviso è chiuso. Cerca la ricevuta."},
	{"it", "pagamento", "ricevuta", "Dove trovo la ricevuta del pagamento", "questions: [\"mi serve la ricevuta\"]\n",
		"La ricevuta è nella sezione pagamenti e nella tua posta."},
	{"it", "pagamento", "carta-aggiungere", "Aggiungere una carta di credito",
		"questions: [\"come aggiungo una carta\"]\n", "Nel portafoglio premi Aggiungi e scegli la carta."},
	{"it", "pagamento", "carta-rimuovere", "Rimuovere una carta di credito", "questions: [\"come tolgo una carta\"]\n",
		"Nel portafoglio apri la carta e premi Rimuovi."},
	{"it", "pagamento", "commissioni", "Quanto costa pagare un avviso", "questions: [\"quanto sono le commissioni\"]\n",
		"La commissione la decide il prestatore del servizio di pagamento."},
	{"en", "accesso", "otp", "I do not receive the OTP code", "questions: [\"the otp code does not arrive\"]\n",
		"The provider sends the code. Wait five minutes and ask for a new one."},
	{"en", "pagamento", "ricevuta", "Where do I find my receipt", "questions: [\"i need the payment receipt\"]\n",
		"The receipt is in the payments section."},
	{"de", "accesso", "otp", "Ich bekomme den OTP-Code nicht", "questions: [\"der otp code kommt nicht an\"]\n",
		"Den Code schickt der Anbieter. Warte fünf Minuten."},
	{"de", "pagamento", "ricevuta", "Wo finde ich die Quittung",
		"questions: [\"ich brauche die quittung der zahlung\"]\n", "Die Quittung steht im Bereich Zahlungen."},
	{"it", "pagamento", "bonus-2021", "Il bonus del 2021",
		"questions: [\"come chiedo il bonus\"]\nvalid_from: 2021-01-01\nvalid_until: 2021-12-31\nreplaced_by: "
		"bonus-finito\n",
		"Il bonus si chiede nell'app."},
	{"it", "pagamento", "bonus-finito", "Il bonus è finito",
		"questions: [\"il bonus esiste ancora\"]\nvalid_from: 2022-01-01\nended: true\n",
		"Il bonus è finito nel 2021: non si può più chiedere."},
};

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	REQUIRE(file);
	fputs(text, file);
	CHECK_INT(fclose(file), 0);
}

static void write_kb(const char *dir)
{
	char path[600], text[2000];
	CHECK_INT(spi_mkdirs(dir, NULL), SP_OK);
	snprintf(path, sizeof path, "%s/kb.yaml", dir);
	write_text(path, kb_yaml);
	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
		const struct article *a = &articles[i];
		snprintf(path, sizeof path, "%s/%s/%s", dir, a->lang, a->category);
		CHECK_INT(spi_mkdirs(path, NULL), SP_OK);
		snprintf(path, sizeof path, "%s/%s/%s/%s.md", dir, a->lang, a->category, a->id);
		snprintf(text, sizeof text,
			"---\nid: %s\ntype: qa\ntitle: \"%s\"\ncategory: %s\naudience: [citizen]\nstatus: published\n"
			"updated: 2026-01-02\nowner: team\n%s---\n\n%s\n",
			a->id, a->title, a->category, a->more, a->body);
		write_text(path, text);
	}
}

static opened shared;

/* At the end, for the leak checkers; before the harness removes the folder. */
static void close_base(void)
{
	sp_responder_free(shared.responder);
	sp_reader_close(shared.reader);
	if (shared.publisher)
		sp_publisher_close(shared.publisher);
	sp_arena_free(shared.arena);
}

opened *answer_bed(void)
{
	static char kb[400], data[400];
	sp_error err = {0};
	if (shared.arena)
		return shared.index ? &shared : NULL;
	shared.arena = sp_arena_new(0);
	snprintf(kb, sizeof kb, "%s/kb", harness_folder());
	snprintf(data, sizeof data, "%s/data", harness_folder());
	write_kb(kb);
	atexit(close_base);
	sp_publish_options options = {.kb_dir = kb, .data_dir = data};
	sp_status status = sp_publisher_open(&options, &shared.publisher, &err);
	if (status == SP_OK)
		status = sp_reader_open(shared.publisher, &shared.reader, &err);
	if (status == SP_OK)
		status = sp_reader_refresh(shared.reader, &err);
	if (status == SP_OK)
		status = sp_reader_index(
			shared.reader, sp_kb_audience(sp_reader_config(shared.reader), "citizen"), &shared.index, &err);
	if (status != SP_OK) {
		harness_fail(__FILE__, __LINE__, "%s: %s:%d: %s", sp_status_name(status), err.source, err.line, err.text);
		return NULL;
	}
	CHECK_INT(sp_index_count(shared.index), sizeof articles / sizeof *articles);
	shared.config = *sp_reader_config(shared.reader);
	shared.responder = sp_responder_new(NULL);
	return shared.responder ? &shared : NULL;
}

sp_status decide_on(
	const char *text, size_t len, sp_date day, const sp_dialogue *dialogue, sp_decision *ret, sp_error *err)
{
	opened *o = answer_bed();
	*ret = (sp_decision){.kind = SP_DECIDE_COUNT, .reason = SP_REASON_COUNT};
	if (!o)
		return SP_ERR_INTERNAL;
	sp_question question = {.text = text, .len = len, .lang = SP_LANG_NONE, .day = day, .dialogue = dialogue};
	return sp_decide(o->responder, o->index, &o->config, &question, o->arena, ret, err);
}

sp_decision after(const sp_turn *turn, bool ticket_open, const char *text)
{
	sp_dialogue dialogue = {.turns = turn, .count = 1, .ticket_open = ticket_open};
	sp_decision decision;
	sp_error err = {0};
	if (decide_on(text, strlen(text), TODAY, turn ? &dialogue : NULL, &decision, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "\"%s\": %s", text, err.text);
	return decision;
}

sp_decision decide(const char *text)
{
	return after(NULL, false, text);
}

const char *first_of(const sp_decision *decision)
{
	return decision->count > 0 ? decision->candidates[0].id : "";
}

void check_decision(int line, const char *text, const sp_decision *got, sp_decision_kind kind, sp_reason reason)
{
	if (got->kind != kind || got->reason != reason)
		harness_fail(__FILE__, line, "\"%s\": got %s/%s (%.2f, %s), wanted %s/%s", text, sp_decision_name(got->kind),
			sp_reason_name(got->reason), got->confidence, first_of(got), sp_decision_name(kind),
			sp_reason_name(reason));
}
