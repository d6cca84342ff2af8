/* Memory that runs out: each allocation of a call fails once, and from it on all do. The call must say so or do without, leave nothing
   behind, and work when it is called again. Only the library's own allocations fail: those that its code asks for, not what others'
   libraries ask for in between (some of them end the program then). */
#include "answer_bed.h"
#include "harness.h"

#include "kb/config.h"
#include "sportello/answer.h"
#include "sportello/attachment.h"
#include "sportello/convert.h"
#include "sportello/personal.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

TEST(test_nomem_is_tried_without_sanitizers)
{
	CHECK(true); /* they have a malloc of their own */
}

#else

/* ---- an allocator that fails when told to ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);
extern char __executable_start, etext;

#define LIVE_MAX 65536 /* a power of two */

static _Thread_local bool is_watched;
static size_t asked, fail_at, live_count;
static bool fails_on;
static uintptr_t live[LIVE_MAX];

static bool is_ours(const void *caller)
{
	return is_watched && (const char *)caller >= &__executable_start && (const char *)caller < &etext;
}

static bool fails(void)
{
	asked++;
	return fail_at && (fails_on ? asked >= fail_at : asked == fail_at);
}

static size_t place(const void *memory)
{
	return (uintptr_t)memory / 16 * 0x9e3779b97f4a7c15u >> 48 & (LIVE_MAX - 1);
}

static void *born(void *memory)
{
	size_t i = place(memory);
	if (!memory || live_count >= LIVE_MAX / 2)
		return memory;
	while (live[i] > 1)
		i = (i + 1) % LIVE_MAX;
	live[i] = (uintptr_t)memory;
	live_count++;
	return memory;
}

/* 1 = something stood here. */
static void died(const void *memory)
{
	for (size_t i = place(memory), steps = 0; memory && live[i] && steps < LIVE_MAX; i = (i + 1) % LIVE_MAX, steps++)
		if (live[i] == (uintptr_t)memory) {
			live[i] = 1;
			live_count--;
			return;
		}
}

static void *none(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_malloc(size);
	return fails() ? none() : born(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_calloc(count, size);
	return fails() ? none() : born(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_realloc(old, size);
	if (fails())
		return none();
	if (is_watched)
		died(old);
	return born(__libc_realloc(old, size));
}

void free(void *memory)
{
	if (is_watched)
		died(memory);
	__libc_free(memory);
}

/* ---- calls ---- */

typedef sp_status call(sp_arena *arena);

static sp_status status_of(bool there)
{
	return there ? SP_OK : SP_ERR_NOMEM;
}

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

/* ---- each allocation in turn ---- */

static sp_status run(call *what, size_t at, bool on, size_t *ret_left)
{
	size_t before = live_count;
	asked = 0;
	fail_at = at;
	fails_on = on;
	is_watched = true;
	sp_arena *arena = sp_arena_new(256); /* small, so that chunks are asked for often */
	sp_status status = arena ? what(arena) : SP_ERR_NOMEM;
	sp_arena_free(arena);
	is_watched = false;
	fail_at = 0;
	*ret_left = live_count - before;
	return status;
}

static void try_each(call *what)
{
	size_t left;
	REQUIRE(answer_bed());
	CHECK_INT(run(what, 0, false, &left), SP_OK); /* what is kept for ever is there from now on */
	CHECK_INT(run(what, 0, false, &left), SP_OK);
	CHECK_INT(left, 0);
	size_t all = asked, step = 1 + all / 2000;
	CHECK(all > 0);
	for (int on = 0; on < 2; on++)
		for (size_t at = 1; at <= all; at += step) {
			sp_status status = run(what, at, on, &left);
			if (status != SP_OK && status != SP_ERR_NOMEM)
				harness_fail(__FILE__, __LINE__, "allocation %zu of %zu%s: %s", at, all, on ? " and all after it" : "", sp_status_name(status));
			if (left)
				harness_fail(__FILE__, __LINE__, "allocation %zu of %zu%s: %zu pieces of memory are left behind", at, all, on ? " and all after it" : "", left);
			if (harness_failures > 5)
				return;
		}
	CHECK_INT(run(what, 0, false, &left), SP_OK);
}

TEST(test_nomem_article) { try_each(read_article); }
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
