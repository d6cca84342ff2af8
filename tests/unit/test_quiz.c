/* Quizzes of training modules: how they are read, that nobody reads them in the article, what the linter says of them, how far
   somebody is, and what is stored. */
#include "harness.h"

#include "sportello/quiz.h"
#include "sportello/training.h"

#include <stdlib.h>

#define FRONT(type, more) \
	"---\nid: m\ntype: " type "\ntitle: T\ncategory: c\naudience: [agent-l1]\nstatus: published\nupdated: 2026-01-01\n" more "---\n"
#define MODULE FRONT("training", "articles: [a, b]\n")
#define GOOD \
	"Chi?\n\n## Quiz\n\nSu, prova.\n\n### Chi manda *il* codice?\n\nPensaci.\n\n- [ ] Noi\n- [x] Il **gestore**\n\nLui. [A](a#passo).\n\n" \
	"### Che cosa serve?\n\n1. [X] Uno\n2. [x] Due\n3. [ ] Tre\n\nLeggi [B](b) e ancora [B](b#z).\n"

static const char kb_yaml[] = "languages: [it, en]\naudiences:\n  citizen: {}\n  agent-l1: {reads: [citizen]}\n  agent-l2: {reads: [agent-l1]}\n"
							  "categories: {c: {}}\ncheck: {rules: {no-source: off, few-questions: off, unexplained-acronym: off, near-duplicate: off}}\n";

static const char *fresh_folder(void)
{
	static int number;
	static char dir[512];
	char name[32];
	snprintf(name, sizeof name, "kb%d", ++number);
	snprintf(dir, sizeof dir, "%s", harness_subfolder(name));
	harness_write(dir, "kb.yaml", kb_yaml);
	return dir;
}

static sp_kb_config *config_of(void)
{
	static sp_kb_config *config;
	sp_error err = {0};
	if (!config && sp_kb_config_load(fresh_folder(), NULL, &config, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s", err.text);
	return config;
}

static sp_article *parse(const char *text)
{
	sp_article *article = NULL;
	sp_error err = {0};
	sp_article_parse("it/c/m.md", text, strlen(text), config_of(), "m.md", NULL, &article, &err);
	return article;
}

/* ---- reading ---- */

TEST(quiz_is_read)
{
	sp_article *article = parse(MODULE GOOD);
	sp_arena *arena = sp_arena_new(0);
	sp_quiz quiz;
	REQUIRE(article && sp_article_quiz(article, arena, &quiz) == SP_OK);
	CHECK_INT(article->articles.count, 2);
	CHECK_INT(article->quiz_line, 13);
	REQUIRE(quiz.count == 2);
	const sp_quiz_question *first = &quiz.questions[0], *second = &quiz.questions[1];
	CHECK_STR(first->title, "Chi manda il codice?");
	CHECK_STR(first->html, "<p>Pensaci.</p>\n");
	CHECK_STR(first->article, "a");
	CHECK_STR(first->anchor, "passo");
	CHECK_STR(first->explanation, "<p>Lui. <a href=\"/a/a?lang=it#passo\">A</a>.</p>\n");
	CHECK_INT(first->right, 1);
	REQUIRE(first->choices_count == 2);
	CHECK_STR(first->choices[1].text, "Il gestore");
	CHECK(first->choices[1].is_right && !first->choices[0].is_right);
	CHECK_STR(second->article, "b");
	CHECK_STR(second->anchor, "");
	CHECK_INT(second->right, 2);
	CHECK_INT(second->choices_count, 3);
	CHECK(strcmp(first->id, second->id) != 0);
	sp_arena_free(arena);
	sp_article_free(article);
}

TEST(no_view_has_the_quiz)
{
	sp_article *article = parse(MODULE GOOD);
	sp_arena *arena = sp_arena_new(0);
	sp_view view;
	sp_error err = {0};
	const char *source;
	size_t len;
	REQUIRE(article && sp_article_view(article, ~(sp_audiences)0, arena, &view, &err) == SP_OK);
	CHECK_STR(view.plain, "Chi?");
	CHECK_STR(view.html, "<p>Chi?</p>\n");
	CHECK_STR(view.speech, "Chi?");
	CHECK_INT(view.headings.count, 0);
	CHECK(!strstr(view.markdown, "Quiz"));
	REQUIRE(sp_article_source(article, ~(sp_audiences)0, arena, &source, &len, &err) == SP_OK);
	CHECK(!strstr(source, "gestore"));
	sp_arena_free(arena);
	sp_article_free(article);
}

TEST(where_a_quiz_begins)
{
	static const struct { const char *text; bool is_quiz; } cases[] = {
		{MODULE "x\n\nQuiz\n----\n\n### Q\n", true},
		{MODULE "x\n\n## *QUIZ*  ##\n\n### Q\n", true},
		{MODULE "x\n\n### Quiz\n", false},
		{MODULE "x\n\n> ## Quiz\n", false},
		{MODULE "x\n\n```\n## Quiz\n```\n", false},
		{FRONT("qa", "") "x\n\n## Quiz\n", false},
		{MODULE "x\n\n## Quiz di ieri\n", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_article *article = parse(cases[i].text);
		if (!article || (article->quiz != NULL) != cases[i].is_quiz)
			harness_fail(__FILE__, __LINE__, "case %zu", i);
		sp_article_free(article);
	}
}

/* The same question, and only what is right in it another: nobody can tell from the ids. */
TEST(ids_say_nothing_of_what_is_right)
{
	sp_article *one = parse(MODULE "x\n\n## Quiz\n\n### Q\n\n- [x] A\n- [ ] B\n\nP. [a](a)\n");
	sp_article *two = parse(MODULE "x\n\n## Quiz\n\n### Q\n\n- [ ] A\n- [x] B\n\nAltro. [a](a)\n");
	sp_article *three = parse(MODULE "x\n\n## Quiz\n\n### Q\n\n- [ ] A\n- [x] C\n\nAltro. [a](a)\n");
	sp_arena *arena = sp_arena_new(0);
	sp_quiz a, b, c;
	REQUIRE(one && two && three && !sp_article_quiz(one, arena, &a) && !sp_article_quiz(two, arena, &b) && !sp_article_quiz(three, arena, &c));
	REQUIRE(a.count == 1 && b.count == 1 && c.count == 1);
	CHECK_STR(a.questions[0].id, b.questions[0].id);
	CHECK_STR(a.questions[0].choices[0].id, b.questions[0].choices[0].id);
	CHECK(strcmp(a.questions[0].id, c.questions[0].id) != 0);
	sp_arena_free(arena);
	sp_article_free(one);
	sp_article_free(two);
	sp_article_free(three);
}

TEST(what_is_not_well_formed_is_not_asked)
{
	static const char *const bad[] = {
		"- [x] A\n\nP [a](a)\n", "- [ ] A\n- [ ] B\n\nP [a](a)\n", "- [x] A\n- [x] B\n\nP [a](a)\n", "- [x] A\n- [ ] B\n\nP\n", "- [x] A\n- [ ] B\n",
		"- [x] A\n- [ ] B\n\n[a](a) [b](b)\n", "- [x] A\n- B\n\nP [a](a)\n", "- [x] A\n- [ ] A\n\nP [a](a)\n", "- [x] A\n- [ ]\n\nP [a](a)\n",
		"- [x] A\n- [ ] B\n\nP [a](a)\n\n- [x] C\n- [ ] D\n", "- [x] A\n- [ ] [B](b)\n\nP [a](a)\n", "- [x] A\n- [ ] B\n\n> [!agent-l2]\n> z\n\nP [a](a)\n",
		"- A\n- B\n\nP [a](a)\n", "",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[1024];
		snprintf(text, sizeof text, MODULE "x\n\n## Quiz\n\n### Q\n\n%s\n### Buona\n\n- [x] A\n- [ ] B\n\nP [a](a)\n", bad[i]);
		sp_article *article = parse(text);
		sp_arena *arena = sp_arena_new(0);
		sp_quiz quiz;
		if (!article || sp_article_quiz(article, arena, &quiz) != SP_OK || quiz.count != 1 || strcmp(quiz.questions[0].title, "Buona") != 0)
			harness_fail(__FILE__, __LINE__, "case %zu", i);
		sp_arena_free(arena);
		sp_article_free(article);
	}
}

/* ---- the linter ---- */

/* Findings as "file:line severity rule\n". */
static const char *check(const char *dir)
{
	static char text[8192];
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	sp_error err = {0};
	size_t articles, count, len = 0;
	text[0] = '\0';
	if (sp_kb_check(dir, findings, &articles, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s: %s", err.source, err.text);
	const sp_finding *items = sp_findings_items(findings, &count);
	for (size_t i = 0; i < count && len < sizeof text - 256; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s:%d %s %s\n", items[i].file + strlen(dir) + 1, items[i].line,
			sp_severity_name(items[i].severity), items[i].rule);
	sp_findings_free(findings);
	return text;
}

static void article(const char *dir, const char *id, const char *more, const char *audience, const char *body)
{
	char name[64], text[4096];
	snprintf(name, sizeof name, "it/c/%s.md", id);
	snprintf(text, sizeof text, "---\nid: %s\ntype: qa\ntitle: %s\ncategory: c\naudience: [%s]\nstatus: published\nupdated: 2026-01-01\n%s---\n%s", id,
		id, audience, more, body);
	harness_write(dir, name, text);
}

static const char *folder(const char *module)
{
	const char *dir = fresh_folder();
	article(dir, "a", "", "citizen", "## Passo\n\nx\n");
	article(dir, "b", "", "agent-l1", "## Z\n\ny\n");
	article(dir, "fondo", "", "agent-l2", "z\n");
	harness_write(dir, "it/c/m.md", module);
	return dir;
}

#define QUESTION(n, id) "### Q" n "\n\n- [x] A\n- [ ] B\n\nP [x](" id ")\n\n"
#define WITH(list) FRONT("training", "articles: [" list "]\n") "x\n\n## Quiz\n\n"

TEST(a_good_module_has_no_findings)
{
	CHECK_STR(check(folder(MODULE GOOD)), "");
}

TEST(modules_are_made_of_articles_that_their_readers_have)
{
	CHECK_STR(check(folder(FRONT("training", "") "x\n")), "it/c/m.md:2 warning quiz-missing\n");
	CHECK_STR(check(folder(WITH("a, nope, a, m") QUESTION("1", "a"))),
		"it/c/m.md:9 error module-articles\nit/c/m.md:9 error module-articles\nit/c/m.md:9 error module-articles\n");
	CHECK_STR(check(folder(WITH("a, fondo") QUESTION("1", "a"))), "it/c/m.md:9 error module-hidden\n");
	CHECK_STR(check(folder(WITH("a, b") QUESTION("1", "a"))), "it/c/m.md:9 warning quiz-missing\n");
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a") QUESTION("2", "b"))), "it/c/m.md:22 error quiz-article\n");
	CHECK_STR(check(folder(FRONT("qa", "articles: [a]\n") "x\n")), "it/c/m.md:9 warning training-only\n");
}

TEST(articles_that_drop_out_are_told)
{
	static const struct { const char *more, *status; } cases[] = {
		{"", "retired"}, {"", "draft"}, {"valid_until: 2020-01-01\nreplaced_by: a\n", "published"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *dir = folder(WITH("a, v") QUESTION("1", "a"));
		char text[512];
		snprintf(text, sizeof text, "---\nid: v\ntype: qa\ntitle: v\ncategory: c\naudience: [citizen]\nstatus: %s\nupdated: 2026-01-01\n%s---\nx\n",
			cases[i].status, cases[i].more);
		harness_write(dir, "it/c/v.md", text);
		CHECK_STR(check(dir), "it/c/m.md:9 warning module-dropped\n");
	}
}

TEST(questions_that_cannot_be_asked_are_told)
{
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a") "### Q2\n\n- [ ] A\n- [ ] B\n\nP [x](a)\n")), "it/c/m.md:22 error quiz-form\n");
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a") QUESTION("1", "a"))), "it/c/m.md:22 error quiz-form\n");
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a") "## Poi\n\nx\n")), "it/c/m.md:22 error quiz-form\n");
	CHECK_STR(check(folder(WITH("a") "x\n")), "it/c/m.md:9 warning quiz-missing\nit/c/m.md:13 error quiz-form\n");
	/* Links in it are looked at as all others. */
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a#nope"))), "it/c/m.md:20 error broken-anchor\n");
	CHECK_STR(check(folder(WITH("a") QUESTION("1", "a") QUESTION("2", "nope"))),
		"it/c/m.md:22 error quiz-article\nit/c/m.md:27 error broken-link\n");
}

TEST(answers_in_plain_sight_keep_a_module_from_being_served)
{
	static const char text[] = MODULE "Prova:\n\n- [x] A\n- [ ] B\n\n## Quiz\n\n" QUESTION("1", "a") QUESTION("2", "b");
	CHECK_STR(check(folder(text)), "it/c/m.md:13 error quiz-open\n");
	sp_article *article = parse(text);
	CHECK(!article);
	sp_article_free(article);
}

/* ---- how far somebody is ---- */

static sp_training_part part(const char *id, const char *content, size_t questions)
{
	sp_training_part part = {.article = {.id = id}, .count = questions};
	snprintf(part.content, sizeof part.content, "%s", content);
	return part;
}

TEST(training_states)
{
	sp_training_part parts[] = {part("a", "1", 2), part("b", "1", 1), part("c", "1", 0)};
	sp_training_module module = {.article = {.id = "m"}, .parts = parts, .count = 3, .quizzes = 2};
	sp_training_pass passes[] = {{.subject = "s", .module = "other", .article = "a", .content = "1"},
		{.subject = "s", .module = "m", .article = "a", .content = "1"}, {.subject = "s", .module = "m", .article = "b", .content = "0"}};
	sp_training_apply(&module, NULL, 0);
	CHECK_STR(sp_training_state_name(module.state), "new");
	CHECK_INT(parts[2].state, SP_TRAINING_READING);
	sp_training_apply(&module, passes, 1);
	CHECK_INT(module.state, SP_TRAINING_NEW);
	sp_training_apply(&module, passes, 2);
	CHECK_STR(sp_training_state_name(module.state), "started");
	CHECK_INT(sp_training_percent(&module), 50);
	sp_training_apply(&module, passes, 3);
	CHECK_STR(sp_training_state_name(module.state), "reopened");
	CHECK_INT(parts[1].state, SP_TRAINING_REOPENED);
	CHECK_INT(module.reopened, 1);
	passes[2].content = "1";
	sp_training_note(&module, &parts[1], &passes[2]);
	CHECK_STR(sp_training_state_name(module.state), "passed");
	CHECK_INT(sp_training_percent(&module), 100);
}

TEST(training_people)
{
	sp_token_info tokens[] = {{.subject = "z", .role = "agent", .audience = "agent-l1"}, {.subject = "z", .role = "agent", .audience = "agent-l1"},
		{.subject = "gone", .role = "agent", .audience = "agent-l1", .revoked = true}, {.subject = "late", .role = "agent", .audience = "agent-l1", .expires_utc_s = 9},
		{.subject = "boss", .role = "manager", .audience = "agent-l1"}};
	sp_training_pass passes[] = {{.subject = "gone", .audience = "agent-l1"}, {.subject = "sso", .audience = "agent-l1"}, {.subject = "sso", .audience = "agent-l2"}};
	sp_arena *arena = sp_arena_new(0);
	sp_trainee *people;
	size_t count;
	REQUIRE(sp_training_people(tokens, 5, passes, 3, 10, arena, &people, &count) == SP_OK);
	REQUIRE(count == 2);
	CHECK_STR(people[0].subject, "sso");
	CHECK_STR(people[0].audience, "agent-l2");
	CHECK_STR(people[1].subject, "z");
	sp_arena_free(arena);
}

TEST(training_is_kept_by_subject_module_and_article)
{
	sp_store *store;
	sp_store_reader *reader;
	sp_error err = {0};
	sp_training_pass *passes;
	size_t count;
	sp_arena *arena = sp_arena_new(0);
	REQUIRE(sp_store_open(harness_subfolder("store"), SP_STORE_SERVE, &store, &err) == SP_OK);
	REQUIRE(sp_store_reader_open(store, &reader, &err) == SP_OK);
	sp_write write = {.kind = SP_WRITE_TRAINING, .as.training = {"s", "m", "a", "agent-l1", "v1", "c1", "q1", 2, 100}};
	CHECK_INT(sp_store_write(store, &write, &err), SP_OK);
	write.as.training = (sp_training_pass){"s", "m", "a", "agent-l1", "v2", "c2", "q1", 2, 200};
	CHECK_INT(sp_store_write(store, &write, &err), SP_OK);
	write.as.training = (sp_training_pass){"t", "m", "a", "agent-l1", "v2", "c2", "q1", 2, 300};
	CHECK_INT(sp_store_write(store, &write, &err), SP_OK);
	REQUIRE(sp_store_training(reader, "s", arena, &passes, &count, &err) == SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(passes[0].version, "v2");
	CHECK_STR(passes[0].content, "c2");
	CHECK_INT(passes[0].score, 2);
	CHECK_INT(passes[0].at_utc_s, 200);
	REQUIRE(sp_store_training(reader, NULL, arena, &passes, &count, &err) == SP_OK);
	CHECK_INT(count, 2);
	write = (sp_write){.kind = SP_WRITE_TRAINING_FORGET, .as.training_forget = {"s"}};
	CHECK_INT(sp_store_write(store, &write, &err), SP_OK);
	REQUIRE(sp_store_training(reader, NULL, arena, &passes, &count, &err) == SP_OK);
	REQUIRE(count == 1);
	CHECK_STR(passes[0].subject, "t");
	write = (sp_write){.kind = SP_WRITE_TRAINING, .as.training = {"", "m", "a", "agent-l1", "v", "c", "q", 1, 1}};
	CHECK_INT(sp_store_write(store, &write, &err), SP_ERR_INVALID);
	sp_store_reader_close(reader);
	sp_store_close(store);
	sp_arena_free(arena);
}
