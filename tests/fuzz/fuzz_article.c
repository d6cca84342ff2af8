/* An article: front matter and Markdown, what two kinds of readers see of it, its steps, and what an editor is told. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void look_as(const sp_article *article, sp_audiences readable, sp_arena *arena)
{
	sp_view view;
	sp_steps steps;
	const char *source;
	size_t len;
	if (sp_article_view(article, readable, arena, &view, NULL) != SP_OK)
		return;
	fuzz_must_be_safe(view.html, view.html_len);
	FUZZ_HOLDS(sp_text_is_utf8(view.html, view.html_len), view.html, view.html_len);
	FUZZ_HOLDS(sp_text_is_utf8(view.plain, view.plain_len), view.plain, view.plain_len);
	FUZZ_HOLDS(sp_text_is_utf8(view.speech, view.speech_len), view.speech, view.speech_len);
	sp_procedure procedure = {article->id, article->lang, view.markdown, view.markdown_len, view.html};
	if (sp_procedure_steps(&procedure, arena, &steps) == SP_OK)
		for (size_t i = 0; steps.count > 0 && i <= steps.count; i++) {
			fuzz_must_be_safe(steps.items[i].html, steps.items[i].html_len);
			FUZZ_HOLDS(steps.items[i].next <= steps.count, NULL, 0);
		}
	sp_article_source(article, readable, arena, &source, &len, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const sp_kb_config *config = fuzz_config();
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	sp_arena *arena = sp_arena_new(0);
	sp_article *article = NULL;
	size_t count;
	char *text = fuzz_copy(data, size);
	if (sp_article_parse("it/accesso/prova.md", text, size, config, "prova.md", findings, &article, NULL) == SP_OK) {
		look_as(article, 1u << sp_kb_audience(config, "citizen"), arena);
		look_as(article, ~0u, arena);
		sp_article_free(article);
	}
	sp_findings_items(findings, &count);
	free(text);
	sp_arena_free(arena);
	sp_findings_free(findings);
	return 0;
}
