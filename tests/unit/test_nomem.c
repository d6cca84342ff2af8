/* Memory that runs out (nomem.h): what reads and finds, on one thread. */
#include "answer_bed.h"
#include "harness.h"

#include "kb/config.h"
#include "sportello/answer.h"
#include "sportello/attachment.h"
#include "sportello/convert.h"
#include "sportello/personal.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

TEST(test_nomem_is_tried_without_sanitizers)
{
	CHECK(true); /* they have a malloc of their own */
}

#else

#include "nomem.h"

/* ---- calls ---- */

static const char article_text[] =
	"---\nid: prova\ntype: procedure\ntitle: \"Una prova\"\ncategory: accesso\naudience: [citizen]\nquestions: [\"come si fa\", \"non va\"]\nkeywords: [uno]\n"
	"status: published\nupdated: 2026-01-02\nowner: team\nrelated: [otp]\ncodes: [X_1]\n---\n\nPrima **forza**, [qui](#due).\n\n## Uno\n\n- [Va](#due)\n- [No](#tre)\n\n## Due\n\n"
	"| a | b |\n| - | - |\n| 1 | 2 |\n\n> [!agent-l1]\n> Solo per loro.\n\n## Tre\n\nFine.\n";

static sp_status read_article(sp_arena *arena)
{
	sp_article *article = NULL;
	sp_view view;
	sp_steps steps;
	sp_status status = sp_article_parse("it/accesso/prova.md", article_text, sizeof article_text - 1, &answer_bed()->config, "prova.md", NULL, &article, NULL);
	if (status == SP_OK)
		status = sp_article_view(article, 3, arena, &view, NULL);
	if (status == SP_OK) {
		sp_procedure procedure = {article->id, article->lang, view.markdown, view.markdown_len, view.html};
		status = sp_procedure_steps(&procedure, arena, &steps);
	}
	sp_article_free(article);
	return status;
}

/* A text that may not be served takes back what an earlier one allowed: where memory is out it must not allow everybody. */
static sp_status name_readers(sp_arena *arena)
{
	static const struct { const char *text; sp_audiences readers; } files[] = {
		{"---\nid: prova\ntype: nessuno\naudience: [agent-l1]\nstatus: published\n---\n\nTesto.\n", 1u << 1},
		{"---\nid: prova\ntype: nessuno\naudience: [citizen, agent-l1]\nstatus: draft\n---\n\nTesto.\n", 0},
		{"senza\n", ~(sp_audiences)0}, {"---\nid: [\n---\n\nTesto.\n", ~(sp_audiences)0},
	};
	sp_status status = SP_OK;
	(void)arena;
	for (size_t i = 0; status == SP_OK && i < sizeof files / sizeof *files; i++) {
		sp_audiences readers = 99;
		status = sp_article_readers(files[i].text, strlen(files[i].text), &answer_bed()->config, &readers);
		CHECK_INT(readers, status == SP_OK ? files[i].readers : 0);
	}
	return status;
}

static sp_status find_faults(sp_arena *arena)
{
	static const char text[] = "---\nid: prova\ntitel: x\ntype: qx\n---\n<b>x</b> [a](nessuno.md)\n";
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	sp_article *article = NULL;
	(void)arena;
	if (!findings)
		return SP_ERR_NOMEM;
	sp_status status = sp_article_parse("it/accesso/prova.md", text, sizeof text - 1, &answer_bed()->config, "prova.md", findings, &article, NULL);
	sp_article_free(article);
	sp_findings_free(findings);
	return status == SP_ERR_INVALID ? SP_OK : status;
}

static sp_status read_config(sp_arena *arena)
{
	static const char text[] = "service: {name: {it: P}}\nlanguages: [it, en]\naudiences: {citizen: {name: {it: C}}, agent-l1: {name: {it: A}, reads: [citizen]}}\n"
		"services: {app: {name: {it: App}, hours: app}}\nhours: {app: {mon-fri: \"08:00-20:00\"}}\nholidays: [01-01, easter-monday]\n"
		"categories:\n  a: {name: {it: A}, service: app, group: g, fields: [e]}\ngroups: {g: {name: {it: G}, level: 1, service: app}}\n"
		"fields: {e: {label: {it: E}, why: {it: W}, validate: choice, options: [x, y]}}\nsynonyms: {it: [[uno, due]]}\ncheck: {acronyms: [OTP]}\n";
	sp_error err = {0};
	spi_report report = {.file = "kb.yaml", .err = &err};
	(void)arena;
	sp_kb_config *config = spi_config_read(text, sizeof text - 1, &report);
	bool whole = config && !report.broken;
	if (err.status == SP_ERR_INVALID)
		harness_fail(__FILE__, __LINE__, "%d: %s", err.line, err.text);
	sp_kb_config_free(config);
	return status_of(whole);
}

static sp_status write_markdown(sp_arena *arena)
{
	sp_buffer html = SP_BUFFER_INIT, speech = SP_BUFFER_INIT;
	static const char text[] = "# T\n\n*a* `b` [c](https://example.org)\n\n- x\n- y\n\n| a |\n| - |\n| 1 |\n";
	(void)arena;
	sp_status status = sp_markdown_html(text, sizeof text - 1, &html);
	if (status == SP_OK)
		status = sp_markdown_speech(text, sizeof text - 1, &speech);
	sp_buffer_release(&html);
	sp_buffer_release(&speech);
	return status;
}

static sp_status analyse(sp_arena *arena)
{
	static const char text[] = "Non mi arriva l'OTP dell'app: perché? IT60X0542811101000000123456 PAA_PAGAMENTO_DUPLICATO";
	sp_tokens tokens;
	size_t len;
	sp_analyser *analyser = sp_analyser_new();
	if (!analyser)
		return SP_ERR_NOMEM;
	sp_status status = sp_analyse(analyser, text, sizeof text - 1, SP_LANG_IT, arena, &tokens);
	sp_analyser_free(analyser);
	if (status == SP_OK)
		status = status_of(sp_text_normal_form(text, sizeof text - 1, arena, &len) && sp_text_fold(text, sizeof text - 1, arena, &len));
	return status;
}

static sp_status mask(sp_arena *arena)
{
	static const char text[] = "scrivo da ada@example.com, IT60X0542811101000000123456, +39 333 1234567";
	sp_buffer out = SP_BUFFER_INIT;
	(void)arena;
	sp_personal_mask(text, sizeof text - 1, &out);
	bool whole = sp_buffer_ok(&out);
	/* What could not be masked must not be there as it was. */
	CHECK(whole || !strstr(sp_buffer_text(&out), "ada@example.com"));
	sp_buffer_release(&out);
	return status_of(whole);
}

static sp_status bring_over(sp_arena *arena)
{
	static const struct { sp_convert_format format; const char *text; } exports[] = {
		{SP_CONVERT_FAQPAGE, "<script type=\"application/ld+json\">{\"@type\":\"FAQPage\",\"mainEntity\":[{\"@type\":\"Question\",\"name\":\"Come?\",\"acceptedAnswer\":{\"@type\":\"Answer\",\"text\":\"<p>x <b>y</b></p><ul><li>z</li></ul>\"}}]}</script>"},
		{SP_CONVERT_ZENDESK, "{\"articles\":[{\"id\":1,\"title\":\"T\",\"body\":\"<h1>A</h1><table><tr><td>x</td></tr></table>\",\"locale\":\"it\",\"section_id\":2}],\"sections\":[{\"id\":2,\"name\":\"S\"}]}"},
		{SP_CONVERT_SERVICENOW, "{\"result\":[{\"number\":\"KB1\",\"short_description\":\"T\",\"text\":\"<p>x</p>\",\"workflow_state\":\"published\"}]}"},
		{SP_CONVERT_PHPMYFAQ, "[{\"faqid\":1,\"language\":\"it\",\"question\":\"Q?\",\"answer\":\"<p>x</p>\",\"active\":\"yes\"}]"},
	};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < sizeof exports / sizeof *exports; i++) {
		sp_converted *articles;
		size_t count;
		status = sp_convert_read(exports[i].format, "export", exports[i].text, strlen(exports[i].text), NULL, NULL, arena, &articles, &count, NULL);
	}
	return status;
}

static sp_status clean_file(sp_arena *arena)
{
	static const unsigned char gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x21, 0xfe, 3, 'a', 'b', 'c', 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3b};
	sp_buffer clean = SP_BUFFER_INIT;
	sp_attachment_kind kind;
	const char *key;
	sp_status status = sp_attachment_check(gif, sizeof gif, &kind, &clean, &key);
	sp_buffer_release(&clean);
	return status == SP_OK ? status_of(sp_attachment_name("../una foto.gif", SP_ATTACHMENT_GIF, arena) != NULL) : status;
}

static sp_status give_receipt(sp_arena *arena)
{
	const char *article, *version;
	sp_lang lang;
	int64_t at;
	char *receipt = sp_receipt_make("otp", SP_LANG_IT, "0123456789abcdef", 1795521600, arena);
	return receipt ? status_of(sp_receipt_read(receipt, arena, &article, &lang, &version, &at)) : SP_ERR_NOMEM;
}

static sp_status answer(sp_arena *arena)
{
	static const char *const texts[] = {"il codice otp non arriva", "voglio parlare con un operatore", "pagamento", "PAA_PAGAMENTO_DUPLICATO", "grazie"};
	opened *o = answer_bed();
	sp_responder *responder = sp_responder_new(NULL);
	sp_status status = status_of(responder != NULL);
	for (size_t i = 0; status == SP_OK && i < sizeof texts / sizeof *texts; i++) {
		sp_question question = {.text = texts[i], .len = strlen(texts[i]), .lang = SP_LANG_NONE, .day = TODAY};
		sp_decision decision;
		sp_reply reply;
		status = sp_decide(responder, o->index, &o->config, &question, arena, &decision, NULL);
		if (status == SP_OK)
			status = sp_reply_compose(o->index, &o->config, &decision, 1795521600, arena, &reply, NULL);
	}
	sp_responder_free(responder);
	return status;
}

static sp_status search(sp_arena *arena)
{
	opened *o = answer_bed();
	sp_result found;
	sp_suggestion *suggestions;
	size_t count;
	sp_analyser *analyser = sp_analyser_new();
	if (!analyser)
		return SP_ERR_NOMEM;
	sp_query query = {.text = "ricevutta pagamento", .text_len = 19, .lang = SP_LANG_IT, .day = TODAY, .audience = -1, .limit = 10};
	sp_status status = sp_index_search(o->index, analyser, &query, arena, &found, NULL);
	if (status == SP_OK)
		status = sp_index_suggest(o->index, analyser, "rice", 4, SP_LANG_IT, TODAY, 5, arena, &suggestions, &count, NULL);
	sp_analyser_free(analyser);
	return status;
}

static void try_each(call *what)
{
	REQUIRE(answer_bed());
	try_some(what, 2000);
}

TEST(test_nomem_article) { try_each(read_article); }
TEST(test_nomem_readers) { try_each(name_readers); }
TEST(test_nomem_findings) { try_each(find_faults); }
TEST(test_nomem_config) { try_each(read_config); }
TEST(test_nomem_markdown) { try_each(write_markdown); }
TEST(test_nomem_text) { try_each(analyse); }
TEST(test_nomem_personal) { try_each(mask); }
TEST(test_nomem_convert) { try_each(bring_over); }
TEST(test_nomem_attachment) { try_each(clean_file); }
TEST(test_nomem_receipt) { try_each(give_receipt); }
TEST(test_nomem_answer) { try_each(answer); }
TEST(test_nomem_search) { try_each(search); }

#endif
