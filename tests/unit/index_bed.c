#include "index_bed.h"

#include "base/file.h"

static const char *const yaml =
	"service:\n  name: {it: Prova}\n"
	"languages: [it, en]\n"
	"timezone: Europe/Rome\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen]}\n"
	"services:\n  app: {name: {it: App}}\n"
	"groups:\n  l1: {name: {it: Primo livello}, level: 1}\n"
	"categories:\n"
	"  accesso:\n    name: {it: Accesso}\n    service: app\n    group: l1\n    order: 1\n"
	"  pagamenti:\n    name: {it: Pagamenti}\n    service: app\n    group: l1\n    order: 2\n"
	"synonyms:\n  it:\n    - [cellulare, telefonino]\n    - [cie, \"carta d'identità elettronica\"]\n";

static int fixtures;

bool open_index_bed(index_bed *f)
{
	char path[600];
	*f = (index_bed){0};
	snprintf(f->folder, sizeof f->folder, "%s/index-%d", harness_folder(), ++fixtures);
	snprintf(path, sizeof path, "%s/kb/kb.yaml", f->folder);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	spi_mkdirs(path, NULL);
	*slash = '/';
	if (spi_file_write(path, yaml, strlen(yaml), &f->err) != SP_OK)
		return false;
	*slash = '\0';
	f->analyser = sp_analyser_new();
	f->arena = sp_arena_new(0);
	if (sp_kb_config_load(path, NULL, &f->config, &f->err) != SP_OK)
		return false;
	snprintf(path, sizeof path, "%s/ix", f->folder);
	strcpy(f->folder, path);
	return sp_index_writer_open(f->folder, NULL, &f->writer, &f->err) == SP_OK;
}

void close_index_bed(index_bed *f)
{
	sp_index_close(f->index);
	sp_index_writer_close(f->writer);
	sp_kb_config_free(f->config);
	sp_analyser_free(f->analyser);
	sp_arena_free(f->arena);
}

sp_status put_article(index_bed *f, const char *path, const char *title, const char *more, const char *body)
{
	char id[128], text[8192];
	const char *slug = strrchr(path, '/') + 1;
	snprintf(id, sizeof id, "%.*s", (int)(strlen(slug) - 3), slug);
	const char *category = strstr(path, "pagamenti") ? "pagamenti" : "accesso";
	snprintf(text, sizeof text,
		"---\nid: %s\ntitle: %s\ncategory: %s\nstatus: published\nupdated: 2026-01-02\n%s%s%s---\n%s", id, title,
		category, strstr(more, "type:") ? "" : "type: qa\n", strstr(more, "audience:") ? "" : "audience: [citizen]\n",
		more, body);
	sp_article *article;
	sp_view view;
	sp_status status = sp_article_parse(path, text, strlen(text), f->config, path, NULL, &article, &f->err);
	if (status != SP_OK)
		return status;
	status = sp_article_view(article, f->config->audiences[0].reads, f->arena, &view, &f->err);
	if (status == SP_OK) {
		sp_document document = {.article = article, .config = f->config, .view = &view};
		status = sp_index_writer_put(f->writer, &document, &f->err);
	}
	sp_article_free(article);
	return status;
}

void put_usual(index_bed *f)
{
	CHECK_INT(put_article(f, "it/accesso/otp.md", "Non mi arriva il codice OTP",
				  "questions: [non ricevo l'sms con il codice, il codice otp non arriva]\nkeywords: [otp, sms]\n",
				  "Aspetta qualche minuto & controlla che il <telefono> abbia campo.\n\n## Se ancora non "
				  "arriva\n\nChiedi un nuovo codice "
				  "al tuo gestore di identità.\n"),
		SP_OK);
	CHECK_INT(put_article(f, "it/accesso/cellulare.md", "Ho cambiato cellulare",
				  "questions: [come entro dal nuovo cellulare]\n", "Installa l'app e accedi di nuovo.\n"),
		SP_OK);
	CHECK_INT(put_article(f, "it/pagamenti/doppio.md", "Ho pagato due volte",
				  "codes: [PAA_PAGAMENTO_DUPLICATO]\n"
				  "questions: [pagamento duplicato, addebito doppio]\nupdated: 2026-05-05\n",
				  "Se il pagamento risulta due volte chiedi il rimborso all'ente creditore.\n"),
		SP_ERR_INVALID);
	sp_error_clear(&f->err);
	CHECK_INT(put_article(f, "it/pagamenti/doppio.md", "Ho pagato due volte",
				  "codes: [PAA_PAGAMENTO_DUPLICATO]\n"
				  "questions: [pagamento duplicato, addebito doppio]\n",
				  "Se il pagamento risulta due volte chiedi il rimborso all'ente creditore.\n"),
		SP_OK);
	CHECK_INT(put_article(f, "it/pagamenti/tempi.md", "Quanto tempo ci vuole", "type: procedure\n",
				  "Il rimborso arriva in dieci giorni. Il perché è nelle regole della banca.\n"),
		SP_OK);
	CHECK_INT(put_article(f, "en/accesso/otp.md", "The OTP code does not arrive",
				  "questions: [I do not get the text message]\n", "Wait some minutes and ask for a new code.\n"),
		SP_OK);
	CHECK_INT(
		put_article(f, "it/accesso/cie.md", "Entrare con la CIE", "keywords: [cie]\n", "Avvicina la carta al telefono.\n"),
		SP_OK);
}

bool open_usual(index_bed *f)
{
	if (!open_index_bed(f))
		return false;
	put_usual(f);
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK && sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

sp_result search_for(index_bed *f, const char *text, sp_query query)
{
	sp_result result = {0};
	query.text = text;
	query.text_len = strlen(text);
	if (!query.day)
		query.day = TODAY;
	if (!query.limit)
		query.limit = 10;
	CHECK_INT(sp_index_search(f->index, f->analyser, &query, f->arena, &result, &f->err), SP_OK);
	return result;
}

sp_candidate *ask_for(index_bed *f, const char *text, size_t *ret_count, sp_question_stats *stats)
{
	sp_candidate *list = NULL;
	*ret_count = 0;
	sp_ask what = {.text = text, .len = strlen(text), .lang = SP_LANG_IT, .only_lang = true, .day = TODAY, .limit = 10};
	CHECK_INT(sp_index_candidates(f->index, f->analyser, &what, f->arena, &list, ret_count, stats, &f->err), SP_OK);
	return list;
}
