#include "harness.h"
#include "http/template.h"

#include <stdlib.h>

/* Render one source (with a partial "part") and compare. */
static char rendered[4096];

static const char *render_with(const char *source, const char *part, const spi_value *values, sp_lang lang)
{
	const char *const sources[][2] = {{"page", source}, {"part", part}, {NULL, NULL}};
	spi_templates *templates = NULL;
	sp_error err = {0};
	sp_buffer out = SP_BUFFER_INIT;
	sp_status status = spi_templates_compile(sources, &templates, &err);
	if (status == SP_OK)
		status = spi_templates_render(templates, "page", values, lang, &out, &err);
	snprintf(rendered, sizeof rendered, "%s", status == SP_OK ? sp_buffer_text(&out) : err.text);
	sp_buffer_release(&out);
	spi_templates_free(templates);
	return rendered;
}

static const char *render(const char *source, const spi_value *values)
{
	return render_with(source, "", values, SP_LANG_IT);
}

TEST(test_template_escapes_values_and_leaves_html)
{
	sp_arena *arena = sp_arena_new(0);
	spi_value *page = spi_object_new(arena);
	spi_put_text(page, "name", "<b> & \"x\" 'y'");
	CHECK_STR(render("<p title=\"{{name}}\">{{name}}</p>", page),
		"<p title=\"&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;\">&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;</p>");
	CHECK_STR(render("{{{name}}}", page), "<b> & \"x\" 'y'");
	CHECK_STR(render("[{{unknown}}][{{{unknown}}}]{{! a remark }}", page), "[][]");
	sp_arena_free(arena);
}

TEST(test_template_sections)
{
	sp_arena *arena = sp_arena_new(0);
	spi_value *page = spi_object_new(arena);
	spi_put_text(page, "empty", "");
	spi_put_text(page, "full", "x");
	spi_put_bool(page, "yes", true);
	spi_put_bool(page, "no", false);
	spi_value *list = spi_put_list(page, "list");
	spi_put_list(page, "none");
	for (int i = 1; i <= 3; i++)
		spi_put_int(spi_list_add(list), "n", i);
	spi_value *inner = spi_put_object(page, "inner");
	spi_put_text(inner, "full", "inside");
	CHECK_STR(render("{{#list}}{{n}}{{full}} {{/list}}", page), "1x 2x 3x ");
	CHECK_STR(render("{{#none}}a{{/none}}{{^none}}b{{/none}}{{^list}}c{{/list}}", page), "b");
	CHECK_STR(render("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{^no}}c{{/no}}{{#empty}}d{{/empty}}{{^empty}}e{{/"
					 "empty}}{{#full}}f{{/full}}",
				  page),
		"acef");
	CHECK_STR(render("{{#inner}}{{full}}{{#yes}}!{{/yes}}{{/inner}} {{inner.full}} {{inner.gone}} {{full}}", page),
		"inside! inside  x");
	CHECK_STR(render("{{#unknown}}a{{/unknown}}{{^unknown}}b{{/unknown}}", page), "b");
	sp_arena_free(arena);
}

TEST(test_template_partials_see_the_values_around_them)
{
	sp_arena *arena = sp_arena_new(0);
	spi_value *page = spi_object_new(arena);
	spi_value *list = spi_put_list(page, "list");
	spi_put_text(spi_list_add(list), "n", "1");
	spi_put_text(spi_list_add(list), "n", "2");
	CHECK_STR(render_with("{{#list}}{{>part}}{{/list}}.", "({{n}})", page, SP_LANG_IT), "(1)(2).");
	sp_arena_free(arena);
}

TEST(test_template_catalogue)
{
	sp_arena *arena = sp_arena_new(0);
	spi_value *page = spi_object_new(arena);
	spi_put_text(page, "date", "2 <marzo>");
	spi_put_text(page, "corrected", "a<b");
	spi_put_text(page, "query", "c&d");
	CHECK_STR(
		render("{{t.page.nav.home}} {{t.page.article.updated}}", page), "Home Ultimo aggiornamento: 2 &lt;marzo&gt;");
	CHECK_STR(render_with("{{t.page.article.updated}}", "", page, SP_LANG_EN), "Updated on 2 &lt;marzo&gt;");
	CHECK_STR(render_with("{{t.page.search.corrected.used}}", "", page, SP_LANG_EN),
		"No results for “c&amp;d”: these are for &lt;strong&gt;a&lt;b&lt;/strong&gt;.");
	CHECK_STR(render_with("{{{t.page.search.corrected.used}}}", "", page, SP_LANG_EN),
		"No results for “c&amp;d”: these are for <strong>a&lt;b</strong>.");
	sp_arena_free(arena);
}

TEST(test_template_mistakes_name_template_line_and_tag)
{
	static const struct {
		const char *source, *text;
		int line;
	} cases[] = {
		{"a\n{{#x}}\nb", "this section is not closed: {{x}}", 2},
		{"a\n\n{{/x}}", "this does not close the section that is open: {{x}}", 3},
		{"{{#x}}{{#y}}{{/x}}{{/y}}", "this does not close the section that is open: {{x}}", 1},
		{"a\n{{x", "a tag that does not end: {{x}}", 2},
		{"{{A b}}", "not a name: {{A b}}", 1},
		{"{{a.b.c.d.e}}", "not a name: {{a.b.c.d.e}}", 1},
		{"{{a..b}}", "not a name: {{a..b}}", 1},
		{"{{}}", "not a name: {{}}", 1},
		{"\n{{>gone}}", "there is no such template: {{gone}}", 2},
		{"{{t.page.no.such.text}}", "the catalogue (web/texts) has no such text: {{page.no.such.text}}", 1},
		{"{{>page}}", "this template holds itself", 0},
		{"{{>part}}", "this template holds itself", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const sources[][2] = {{"page", cases[i].source}, {"part", "{{>page}}"}, {NULL, NULL}};
		const char *const lonely[][2] = {{"page", cases[i].source}, {NULL, NULL}};
		spi_templates *templates = NULL;
		sp_error err = {0};
		bool needs_part = strstr(cases[i].source, "{{>p");
		CHECK_INT(spi_templates_compile(needs_part ? sources : lonely, &templates, &err), SP_ERR_INVALID);
		CHECK_STR(err.text, cases[i].text);
		CHECK_INT(err.line, cases[i].line);
		CHECK(templates == NULL);
	}
}

TEST(test_template_unknown_page_and_no_memory)
{
	const char *const sources[][2] = {{"page", "x"}, {NULL, NULL}};
	spi_templates *templates = NULL;
	sp_error err = {0};
	sp_arena *arena = sp_arena_new(0);
	sp_buffer out = SP_BUFFER_INIT;
	REQUIRE(spi_templates_compile(sources, &templates, &err) == SP_OK);
	CHECK_INT(
		spi_templates_render(templates, "other", spi_object_new(arena), SP_LANG_IT, &out, &err), SP_ERR_NOT_FOUND);
	sp_error_clear(&err);
	CHECK_INT(spi_templates_render(templates, "page", NULL, SP_LANG_IT, &out, &err), SP_ERR_NOMEM);
	/* Building on nothing does nothing. */
	spi_put_text(NULL, "a", "b");
	spi_put_int(spi_list_add(spi_put_list(spi_put_object(NULL, "o"), "l")), "n", 1);
	CHECK(spi_get_text(NULL, "a") == NULL);
	sp_buffer_release(&out);
	spi_templates_free(templates);
	sp_arena_free(arena);
}

TEST(test_template_served_pages_compile)
{
	spi_templates *templates = NULL;
	sp_error err = {0};
	sp_arena *arena = sp_arena_new(0);
	sp_buffer out = SP_BUFFER_INIT;
	static const char *const pages[] = {
		"home", "category", "search", "article", "chat", "ticket", "ticket-done", "error"};
	CHECK_INT(spi_templates_load(NULL, &templates, &err), SP_OK);
	CHECK_STR(err.text, "");
	REQUIRE(templates != NULL);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		CHECK_INT(spi_templates_render(templates, pages[i], spi_object_new(arena), SP_LANG_DE, &out, &err), SP_OK);
	spi_templates_free(templates);
	templates = NULL;
	CHECK_INT(spi_templates_load("/no/such/folder", &templates, &err), SP_ERR_NOT_FOUND);
	CHECK(templates == NULL);
	sp_buffer_release(&out);
	sp_arena_free(arena);
}
