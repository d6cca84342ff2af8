/* Views of articles: what is shown, and above all what is not. */
#include "harness.h"

#include "kb/blocks.h"
#include "kb/facts.h"
#include "kb/slug.h"

#include <pthread.h>
#include <stdlib.h>

static const char config_text[] = "languages: [it, en]\n"
								  "audiences:\n  citizen: {}\n  agent-l1: {reads: [citizen]}\n  agent-l2: {reads: "
								  "[agent-l1]}\n  psp: {reads: [citizen]}\n"
								  "categories:\n  c: {name: C}\n"
								  "check: {rules: {no-source: off, few-questions: off, unexplained-acronym: off}}\n";

static sp_kb_config *make_config(void)
{
	char path[512];
	sp_kb_config *config = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/kb.yaml", harness_folder());
	FILE *f = fopen(path, "w");
	if (f) {
		fputs(config_text, f);
		fclose(f);
	}
	if (sp_kb_config_load(harness_folder(), NULL, &config, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "%s:%d: %s", err.source, err.line, err.text);
	return config;
}

/* An article of this body, served even with findings, so that the cutting itself is tested. */
static sp_article *make_article(const sp_kb_config *config, const char *body, sp_findings *findings)
{
	sp_buffer text = SP_BUFFER_INIT;
	spi_report report = {.findings = findings, .file = "a.md"};
	sp_buffer_add_text(&text,
		"---\nid: a\ntype: qa\ntitle: A\ncategory: c\naudience: [citizen]\nstatus: published\n"
		"updated: 2026-01-01\nquestions: [one, two, three]\n---\n");
	sp_buffer_add_text(&text, body);
	sp_article *article = spi_article_read("it/c/a.md", sp_buffer_text(&text), text.len, config, &report, NULL);
	sp_buffer_release(&text);
	return article;
}

typedef struct shown {
	sp_arena *arena;
	sp_view view;
	char rules[512]; /* "rule:line:column " of each finding */
} shown;

/* The body as the readers of an audience see it; NULL: nobody in particular. */
static shown show(const char *body, const char *audience)
{
	shown s = {.arena = sp_arena_new(0)};
	sp_kb_config *config = make_config();
	sp_findings *findings = sp_findings_new(SP_LANG_EN);
	sp_article *article = make_article(config, body, findings);
	int index = audience ? sp_kb_audience(config, audience) : -1;
	size_t count;
	const sp_finding *items = sp_findings_items(findings, &count);
	for (size_t i = 0; i < count; i++)
		snprintf(s.rules + strlen(s.rules), sizeof s.rules - strlen(s.rules), "%s:%d:%d ", items[i].rule, items[i].line,
			items[i].column);
	if (!article ||
		sp_article_view(article, index >= 0 ? config->audiences[index].reads : 0, s.arena, &s.view, NULL) != SP_OK)
		harness_fail(__FILE__, __LINE__, "no view of: %s", body);
	sp_article_free(article);
	sp_kb_config_free(config);
	sp_findings_free(findings);
	return s;
}

static bool in_view(const sp_view *view, const char *text)
{
	for (size_t i = 0; i < view->headings.count; i++) {
		if (strstr(view->headings.items[i], text))
			return true;
	}
	return strstr(view->markdown, text) || strstr(view->html, text) || strstr(view->plain, text) ||
		strstr(view->speech, text);
}

#define CHECK_HTML(body, want)                                                                                         \
	do {                                                                                                               \
		shown s_ = show(body, "citizen");                                                                              \
		CHECK_STR(s_.view.html, want);                                                                                 \
		sp_arena_free(s_.arena);                                                                                       \
	} while (0)

TEST(html_has_heading_ids_by_github_rule)
{
	CHECK_HTML("## Perché l'app *non* va?\n", "<h2 id=\"perché-lapp-non-va\">Perché l'app <em>non</em> va?</h2>\n");
	CHECK_HTML("## A\n\n## A\n\n### A-1\n\n## A\n",
		"<h2 id=\"a\">A</h2>\n<h2 id=\"a-1\">A</h2>\n<h3 id=\"a-1-1\">A-1</h3>\n<h2 id=\"a-2\">A</h2>\n");
	CHECK_HTML("## `codice` di_X 3.1 — ÀÉ\n", "<h2 id=\"codice-di_x-31--àé\"><code>codice</code> di_X 3.1 — ÀÉ</h2>\n");
	CHECK_HTML("## ...\n", "<h2>...</h2>\n");
}

TEST(html_text_that_looks_like_a_tag_is_no_tag)
{
	CHECK_HTML("`<h2>` \\<blockquote>\n\n    <h2>\n\n## X\n",
		"<p><code>&lt;h2&gt;</code> &lt;blockquote&gt;</p>\n<pre><code>&lt;h2&gt;\n</code></pre>\n<h2 "
		"id=\"x\">X</h2>\n");
}

TEST(html_links)
{
	CHECK_HTML("[a](otro) [b](otro#à-b) [c](#x) [d](https://example.com/?a=1&b=2) [e](mailto:a@example.com) "
			   "[f](tel:+39061) [g](/a/x)",
		"<p><a href=\"/a/otro?lang=it\">a</a> <a href=\"/a/otro?lang=it#%C3%A0-b\">b</a> <a href=\"#x\">c</a> "
		"<a href=\"https://example.com/?a=1&amp;b=2\">d</a> <a href=\"mailto:a@example.com\">e</a> <a "
		"href=\"tel:+39061\">f</a> "
		"<a href=\"/a/x\">g</a></p>\n");
	CHECK_HTML("[a](reverted_card?)", "<p><a href=\"/a/reverted_card%3F?lang=it\">a</a></p>\n");
	CHECK_HTML("| *x* |\n|---|\n| [a](otro) [*b*](javascript:x) ![i](i.png) |\n",
		"<table>\n<thead>\n<tr>\n<th><em>x</em></th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><a "
		"href=\"/a/otro?lang=it\">a</a> <em>b</em> i</td>\n"
		"</tr>\n</tbody>\n</table>\n");
}

TEST(html_unsafe_links_images_and_raw_html_are_dropped)
{
	CHECK_HTML(
		"[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](vbscript:x) [e](file:///etc/passwd)",
		"<p>a b c d e</p>\n");
	CHECK_HTML("[a](java&#10;script:x) [b](&#x6A;avascript:x) [c](../x.md) [d]()", "<p>a b c d</p>\n");
	CHECK_HTML("![un *gatto*](x.png) ok", "<p>un <em>gatto</em> ok</p>\n");
	CHECK_HTML("a <b>b</b> <!-- c --> d\n\n<script>x</script>\n\n<!-- e -->\n", "<p>a b  d</p>\n");
	CHECK_HTML("<javascript:x>", "<p>javascript:x</p>\n");
}

TEST(markdown_view_has_no_raw_html)
{
	static const char *const bodies[] = {"a <b>b</b> c\n\n<!-- hush\n\nhush -->\n\nend\n",
		"- <div>\n  hush\n  </div>\n- end\n", "> a <!-- hush\n> hush --> end\n", "`<b>` <b> hush-not </b> end\n",
		"1. x <i\n   a='hush'> y\n\nend\n", "<div>\n> [!agent-l1]\n> hush\n</div>\n\nend\n",
		"| a |\n|---|\n| <!-- hush --> end |\n", "<!-- hush -->> end\n"};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		shown s = show(bodies[i], "citizen");
		if (strstr(s.view.markdown, "<!--") || strstr(s.view.markdown, "<div") || strstr(s.view.markdown, "<i") ||
			in_view(&s.view, "hush ") || in_view(&s.view, "hush'") || in_view(&s.view, "hush\n"))
			harness_fail(__FILE__, __LINE__, "raw HTML of\n%s\nin\n%s", bodies[i], s.view.markdown);
		sp_arena_free(s.arena);
	}
	shown s = show("`<b>` <b>x</b>\n", "citizen");
	CHECK_STR(s.view.markdown, "`<b>` x\n");
	sp_arena_free(s.arena);
}

static void check_hidden(const char *body, const char *audience, int line)
{
	shown s = show(body, audience);
	if (in_view(&s.view, "SECRET") || in_view(&s.view, "agent-l") || in_view(&s.view, "secret.example"))
		harness_fail(__FILE__, line, "leak in\n%s\n--markdown\n%s--html\n%s--plain\n%s", body, s.view.markdown,
			s.view.html, s.view.plain);
	if (!in_view(&s.view, "PUBLIC"))
		harness_fail(__FILE__, line, "the public text is gone from\n%s\n--markdown\n%s", body, s.view.markdown);
	sp_arena_free(s.arena);
}

TEST(blocks_of_others_leave_no_trace)
{
	static const char *const bodies[] = {
		"PUBLIC\n\n> [!agent-l1]\n> SECRET\n\nPUBLIC",
		"PUBLIC\n\n> [!agent-l1]\n> SECRET",
		"PUBLIC\n> [!agent-l1]\n> SECRET\n",
		"PUBLIC\r\n\r\n> [!agent-l1]\r\n> SECRET\r\n",
		"PUBLIC\r\r> [!agent-l1]\r> SECRET\rSECRET\r",
		"> [!agent-l1]\n> SECRET\nSECRET lazy\nSECRET too\n\nPUBLIC\n",
		"> [!agent-l1] SECRET on the line\n\nPUBLIC\n",
		">[!agent-l1]SECRET\n\nPUBLIC\n",
		"   >   [!agent-l1]\n   >   SECRET\n\nPUBLIC\n",
		">\n> [!agent-l1]\n> SECRET\n\nPUBLIC\n",
		"- PUBLIC\n  > [!agent-l1]\n  > SECRET\n  SECRET lazy\n\n  PUBLIC\n- PUBLIC\n",
		"- > [!agent-l1]\n  > SECRET\n- PUBLIC\n",
		"- > [!agent-l1]\n  > SECRET\n\n  PUBLIC\n- PUBLIC\n",
		"1. PUBLIC\n2. x\n\n   > [!agent-l1]\n   > SECRET\n3. PUBLIC\n",
		"> PUBLIC\n> > [!agent-l1]\n> > SECRET\n> SECRET lazy\n\nPUBLIC",
		"> > [!agent-l1]\n> > SECRET\n\nPUBLIC\n",
		"> [!agent-l1]\n> ```\n> SECRET\n> ```\n\nPUBLIC\n",
		"> [!agent-l1]\n> ```\n> SECRET\nPUBLIC\n",
		"- ```\n  x\n> [!agent-l1]\n> SECRET\n\nPUBLIC\n",
		"> [!agent-l1]\n>     SECRET\n\nPUBLIC\n",
		"PUBLIC [x]\n\n> [!agent-l1]\n> SECRET\n>\n> [x]: https://secret.example/\n",
		"PUBLIC [x]\n\n> [!agent-l1]\n> [x]: https://secret.example/\n",
		"PUBLIC[^1]\n\n> [!agent-l1]\n> [^1]: SECRET\n",
		"PUBLIC\n\n> [!agent-l1]: SECRET\n",
		"PUBLIC\n\n> [!agent-l1]: SECRET\n> SECRET too\n",
		"PUBLIC\n\n[!agent-l1]: https://example.com\n\n> [!agent-l1]\n> SECRET\n",
		"> [!agent-l1]\n> <!--\n> SECRET\n> -->\n\nPUBLIC\n",
		"> [!agent-l1]\n> <!-- SECRET\n\nPUBLIC\n",
		"<!--\n> [!agent-l1]\n> SECRET\n-->\n\nPUBLIC\n",
		"PUBLIC <!-- > [!agent-l1] SECRET -->\n",
		"> [!agent-l1]\n> ## SECRET\n> | a |\n> |---|\n> | SECRET |\n\nPUBLIC\n",
		"> [!agent-l1]\n> ===\n> SECRET\n\nPUBLIC\n",
		"> [!agent-l1]\n> - SECRET\n>   - SECRET\nSECRET lazy\n\nPUBLIC\n",
		"> [!agent-l1]\n> SECRET\n>\n> SECRET\n> > SECRET\n---\nPUBLIC\n",
		"> [!agent-l1]\n> SECRET\n\n> [!agent-l2]\n> SECRET\n\nPUBLIC\n",
		"> [!agent-l1]\n> SECRET\n> [!agent-l2]\n> SECRET\n\nPUBLIC\n",
		"> [!agent-l1]\n> SECRET\n> > [!citizen]\n> > SECRET\n\nPUBLIC\n",
		"PUBLIC\n\n> [!agent-l1]\n\n> PUBLIC\n",
		"\t> [!agent-l1]\n\nPUBLIC is code above\n\n-\t> [!agent-l1]\n\t> SECRET\n",
		"> \xc2\xa0[!agent-l1]\n> SECRET\n\nPUBLIC\n",
		"> [! agent-l1 ]\n> SECRET\n\nPUBLIC\n",
		/* what does not hold is shown to nobody */
		"> [!agent]\n> SECRET\n\nPUBLIC\n",
		"> [!NOTE]\n> SECRET\n\nPUBLIC\n",
		"> [!Agent-L1]\n> SECRET\n\nPUBLIC\n",
		"> [!agent-l1\n> SECRET\n\nPUBLIC\n",
		"> [agent-l1]\n> SECRET\n\nPUBLIC\n",
		"> ![agent-l1]\n> SECRET\n\nPUBLIC\n",
		"> some words\n> [!agent-l1]\n> SECRET\n\nPUBLIC\n",
		"PUBLIC\n\n[!agent-l1] SECRET\nSECRET\n\nPUBLIC\n",
		"- PUBLIC\n- [!agent-l1] SECRET\n\nPUBLIC\n",
		"> - [!agent-l1] SECRET\n\nPUBLIC\n",
		"PUBLIC\n\n[!agent-l1]: SECRET\n\nPUBLIC\n",
	};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		if (strstr(bodies[i], "is code above"))
			continue;
		check_hidden(bodies[i], "citizen", __LINE__ - (int)(sizeof bodies / sizeof *bodies - i));
		check_hidden(bodies[i], NULL, __LINE__);
	}
}

TEST(blocks_are_shown_to_their_readers)
{
	shown s = show("a\n\n> [!agent-l1]\n> for *agents*\n\nb\n", "agent-l1");
	CHECK_STR(s.view.markdown, "a\n\n> for *agents*\n\nb\n");
	CHECK_STR(s.view.html,
		"<p>a</p>\n<blockquote class=\"audience\" data-audience=\"agent-l1\">\n<p>for <em>agents</em></p>\n"
		"</blockquote>\n<p>b</p>\n");
	CHECK_STR(s.view.plain, "a\nfor agents\nb");
	CHECK_STR(s.view.speech, "a. for agents. b.");
	CHECK_STR(s.rules, "");
	sp_arena_free(s.arena);
	s = show("> q\n\n> [!agent-l1] x\n\n- > [!psp]\n  > p\n- > > [!agent-l1]\n  > > y\n", "agent-l2");
	CHECK_STR(s.view.markdown, "> q\n\n> x\n\n- > >\n  > > y\n");
	CHECK_STR(s.view.html,
		"<blockquote>\n<p>q</p>\n</blockquote>\n<blockquote class=\"audience\" data-audience=\"agent-l1\">\n<p>x</p>\n"
		"</blockquote>\n<ul>\n<li>\n<blockquote>\n<blockquote class=\"audience\" "
		"data-audience=\"agent-l1\">\n<p>y</p>\n</blockquote>\n"
		"</blockquote>\n</li>\n</ul>\n");
	sp_arena_free(s.arena);
}

TEST(blocks_cut_leaves_the_other_words_untouched)
{
	shown s = show("Uno  due\\\ntre\n\n> [!agent-l1]\n> x\n\n* a\n* b\n\n1) c\n", "citizen");
	CHECK_STR(s.view.markdown, "Uno  due\\\ntre\n\n* a\n* b\n\n1) c\n");
	sp_arena_free(s.arena);
	s = show("- > [!agent-l1]\n  > x\n- > [!agent-l1]\n  > y\n", "citizen");
	CHECK_STR(s.view.markdown, "");
	CHECK_STR(s.view.html, "");
	sp_arena_free(s.arena);
	s = show("1. a\n   > [!agent-l1]\n   > x\n2. b\n", "citizen");
	CHECK_STR(s.view.plain, "a\nb");
	sp_arena_free(s.arena);
}

TEST(blocks_marked_wrongly_are_findings)
{
	static const struct {
		const char *body, *rules;
	} cases[] = {
		{"> [!agent]\n> x\n\ny", "audience-marker:11:3 "},
		{"y\n\n- > [!agnt-l1] x\n", "audience-marker:13:5 "},
		{"> [!agent-l1]\n> x\n> [!agent-l2]\n> y\n", "audience-marker:13:3 "},
		{"y\n\n[!agent-l1] x\n", "audience-marker:13:1 "},
		{"> [agent-l1]\n> x\n\ny", "audience-marker:11:3 "},
		{"> [psp](a) and\n\n`x`\n\n```\n> [!nobody]\n```\n\n    > [!nobody]\n\n> \\[!NOTE] y\n", ""},
		{"> [!agent-l1]\n> x\n\n> [!psp]\n> y\n\nz\n", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		shown s = show(cases[i].body, "citizen");
		CHECK_STR(s.rules, cases[i].rules);
		sp_arena_free(s.arena);
	}
}

TEST(code_about_blocks_is_shown)
{
	shown s = show("So:\n\n```\n> [!agent-l1]\n> text\n```\n\n    > [!agent-l1]\n", "citizen");
	CHECK_HAS(s.view.markdown, "```\n> [!agent-l1]\n> text\n```");
	CHECK_HAS(s.view.html, "&gt; [!agent-l1]\n&gt; text");
	sp_arena_free(s.arena);
}

/* ---- random documents: what the parser puts into a hidden quote must be nowhere, all else must be there ---- */

static unsigned long long seed = 88172645463325252ull;
static unsigned pick(unsigned n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (unsigned)((seed >> 11) % n);
}

static void random_body(sp_buffer *out, int *words)
{
	static const char *const prefixes[] = {
		"", "", "> ", ">", "> > ", "- ", "  ", "   ", "1. ", "    ", "  > ", "   > ", "- > ", "> - ", "\t", "+ > > "};
	static const char *const starts[] = {"", "", "", "# ", "```\n", "- ", "[!agent-l1]", "[!agent-l1]\n", "[!psp] ",
		"[!agent-l1] ", "| a |\n|---|\n|", "---\n", "===\n", "    ", "~~~\n", "<div>\n", "<!-- ", "-->", "* * *\n",
		"[r]: /u "};
	int lines = 2 + (int)pick(12);
	for (int i = 0; i < lines; i++) {
		sp_buffer_add_text(out, prefixes[pick(16)]);
		if (pick(3) == 0)
			sp_buffer_add_text(out, prefixes[pick(16)]);
		const char *start = starts[pick(20)];
		sp_buffer_add_text(out, start);
		if (*start && start[strlen(start) - 1] == '\n')
			continue;
		if (pick(6))
			sp_buffer_printf(out, "w%dx", (*words)++);
		sp_buffer_add_char(out, '\n');
		if (pick(5) == 0)
			sp_buffer_add_char(out, '\n');
	}
}

/* Words that cmark itself puts into quotes of agents, by a tree of the whole. */
static void note_secret(cmark_node *root, bool *secret, bool *public_)
{
	sp_arena *arena = sp_arena_new(0);
	spi_nodes nodes = spi_nodes_of(root, arena);
	for (size_t i = 0; i < nodes.count; i++) {
		const char *text = cmark_node_get_literal(nodes.items[i]);
		bool in_quote = false, in_secret = false;
		for (cmark_node *at = nodes.items[i]; at; at = cmark_node_parent(at)) {
			if (!spi_node_is(at, CMARK_NODE_BLOCK_QUOTE))
				continue;
			sp_buffer all = SP_BUFFER_INIT;
			cmark_node *first = cmark_node_first_child(at);
			in_quote = true;
			if (spi_node_is(first, CMARK_NODE_PARAGRAPH) || spi_node_is(first, CMARK_NODE_HEADING))
				spi_node_text(first, &all);
			const char *words = sp_buffer_text(&all);
			in_secret |= strncmp(words, "[!agent-l1]", 11) == 0 || strncmp(words, "[!psp]", 6) == 0;
			sp_buffer_release(&all);
		}
		bool is_shown = spi_node_is(nodes.items[i], CMARK_NODE_TEXT) ||
			spi_node_is(nodes.items[i], CMARK_NODE_CODE_BLOCK);
		for (const char *w = text ? strchr(text, 'w') : NULL; w; w = strchr(w + 1, 'w')) {
			int number = atoi(w + 1);
			secret[number] |= in_secret;
			public_[number] |= !in_quote && is_shown;
		}
	}
	sp_arena_free(arena);
}

TEST(blocks_random_documents_do_not_leak)
{
	for (int round = 0; round < 4000; round++) {
		bool secret[64] = {false}, public_[64] = {false};
		int words = 0;
		sp_buffer body = SP_BUFFER_INIT;
		random_body(&body, &words);
		cmark_node *root = spi_markdown_parse(sp_buffer_text(&body), body.len);
		note_secret(root, secret, public_);
		cmark_node_free(root);
		shown s = show(sp_buffer_text(&body), "citizen");
		bool has_findings = strstr(s.rules, "audience-marker");
		for (int i = 0; i < words; i++) {
			char word[16];
			snprintf(word, sizeof word, "w%dx", i);
			if (secret[i] && in_view(&s.view, word))
				harness_fail(__FILE__, __LINE__, "%s leaks from\n%s\n--markdown\n%s", word, body.data, s.view.markdown);
			if (public_[i] && !has_findings && !in_view(&s.view, word))
				harness_fail(
					__FILE__, __LINE__, "%s is gone from\n%s\n--markdown\n%s", word, body.data, s.view.markdown);
		}
		if (strstr(s.view.html, "[!agent-l1]") && !strstr(s.view.html, "<code>"))
			harness_fail(__FILE__, __LINE__, "a marker shows from\n%s\n--html\n%s", body.data, s.view.html);
		sp_arena_free(s.arena);
		sp_buffer_release(&body);
		if (harness_failures > 3)
			return;
	}
}

TEST(plain_and_speech)
{
	shown s = show(
		"# Titolo\n\nCiao **mondo**,\nvai su [IO](https://example.com) o https://example.com/x.\n\n- uno\n- due!\n  1. "
		"tre\n\n"
		"| Canale | Orario |\n|---|---|\n| telefono | 8-20 |\n| chat | sempre |\n\n---\n\n```\nx = 1\n```\n\nFine…\n",
		"citizen");
	CHECK_STR(s.view.plain,
		"Titolo\nCiao mondo, vai su IO o https://example.com/x.\nuno\ndue!\ntre\nCanale Orario\ntelefono 8-20\n"
		"chat sempre\nx = 1\nFine…");
	CHECK_STR(s.view.speech,
		"Titolo. Ciao mondo, vai su IO o. uno. due! tre. Canale: telefono, Orario: 8-20. "
		"Canale: chat, Orario: sempre. x = 1. Fine…");
	CHECK_INT(s.view.headings.count, 1);
	CHECK_STR(s.view.headings.items[0], "Titolo");
	sp_arena_free(s.arena);
}

TEST(fragments)
{
	sp_buffer out = SP_BUFFER_INIT;
	static const char hidden[] = "a [b](c)\n\n> [!agent-l1]\n> x\n";
	CHECK_INT(sp_markdown_html(hidden, sizeof hidden - 1, &out), SP_OK);
	CHECK_STR(sp_buffer_text(&out), "<p>a <a href=\"/a/c\">b</a></p>\n");
	sp_buffer_clear(&out);
	sp_buffer_add_text(&out, "Before: ");
	CHECK_INT(sp_markdown_speech("- a\n- b <b>c</b>", 16, &out), SP_OK);
	CHECK_STR(sp_buffer_text(&out), "Before: a. b c.");
	sp_buffer_clear(&out);
	CHECK_INT(sp_markdown_html("", 0, &out), SP_OK);
	CHECK_STR(sp_buffer_text(&out), "");
	sp_buffer_release(&out);
}

TEST(hostile_markdown_ends_in_time)
{
	static const char *const parts[] = {
		"> ", "[", "![", "*a ", "- ", "<", "`", "[!", "> [!agent-l1]\n", "1. ", "| ", "<!--", "[a](b) ", "## a\n"};
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		sp_buffer body = SP_BUFFER_INIT;
		sp_buffer out = SP_BUFFER_INIT;
		for (int i = 0; i < 5000; i++)
			sp_buffer_add_text(&body, parts[p]);
		CHECK_INT(sp_markdown_html(sp_buffer_text(&body), body.len, &out), SP_OK);
		sp_buffer_release(&body);
		sp_buffer_release(&out);
	}
}

TEST(ids_and_file_names)
{
	sp_arena *arena = sp_arena_new(0);
	static const char *const good[] = {
		"a", "182", "accept_reservations", "Refund_not_showing_up", "a.b-c", "reverted_card_payment?"};
	static const char *const bad[] = {"", "-a", ".a", "a/b", "a b", "à", "a#b", "a%3F", "_a"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(sp_kb_is_id(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!sp_kb_is_id(bad[i], strlen(bad[i])));
	CHECK_STR(spi_id_file_name("a?b", arena), "a%3Fb");
	CHECK_STR(spi_key_of("Carte & Città!", arena), "carte-citta");
	CHECK_STR(spi_key_of("Card_1.x", arena), "Card_1.x");
	CHECK_STR(spi_key_of("…", arena), "");
	CHECK_STR(spi_anchor_decode("perch%C3%A9-%zz", arena), "perché-%zz");
	sp_arena_free(arena);
}

static void *render_many(void *arg)
{
	(void)arg;
	for (int i = 0; i < 200; i++) {
		sp_buffer out = SP_BUFFER_INIT;
		if (sp_markdown_html("| a |\n|---|\n| **b** ~c~ |\n", 26, &out) != SP_OK ||
			!strstr(out.data, "<strong>b</strong>"))
			harness_fail(__FILE__, __LINE__, "wrong: %s", sp_buffer_text(&out));
		sp_buffer_release(&out);
	}
	return NULL;
}

TEST(threads_render_together)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, render_many, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}
