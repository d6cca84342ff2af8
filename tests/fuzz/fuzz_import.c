/* Other systems' exports and their HTML: what comes out is Markdown whose HTML is safe. The first byte says which. */
#include "fuzz.h"

#include "cmd/csv.h"
#include "sportello/convert.h"

#include <stdlib.h>
#include <string.h>

static void must_render_safe(const char *markdown, size_t len)
{
	sp_buffer html = SP_BUFFER_INIT;
	if (sp_markdown_html(markdown, len, &html) == SP_OK) {
		const char *text = sp_buffer_text(&html);
		fuzz_must_be_safe(text, html.len);
		/* Not even as something that was left out. */
		FUZZ_HOLDS(!memmem(text, html.len, "<!-- raw HTML omitted", 21), markdown, len);
	}
	sp_buffer_release(&html);
}

static void read_export(sp_convert_format format, const char *text, size_t len)
{
	sp_arena *arena = sp_arena_new(0);
	sp_converted *articles = NULL;
	size_t count = 0;
	if (sp_convert_read(format, "export", text, len, NULL, NULL, arena, &articles, &count, NULL) == SP_OK)
		for (size_t i = 0; i < count; i++) {
			FUZZ_HOLDS(sp_kb_is_id(articles[i].id, strlen(articles[i].id)), articles[i].id, strlen(articles[i].id));
			must_render_safe(articles[i].markdown, strlen(articles[i].markdown));
		}
	sp_arena_free(arena);
}

static void read_html(const char *text, size_t len)
{
	sp_buffer markdown = SP_BUFFER_INIT;
	if (sp_convert_html(text, len, "prova", NULL, NULL, &markdown) == SP_OK)
		must_render_safe(sp_buffer_text(&markdown), markdown.len);
	sp_buffer_release(&markdown);
}

static void read_csv(const char *text, size_t len)
{
	sp_arena *arena = sp_arena_new(0);
	spi_csv csv;
	const char **fields;
	size_t count = 1;
	spi_csv_init(&csv, "prova.csv", text, len);
	while (spi_csv_next(&csv, arena, &fields, &count, NULL) == SP_OK && count > 0)
		for (size_t i = 0; i < count; i++)
			FUZZ_HOLDS(strlen(fields[i]) <= len, text, len);
	sp_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned kind = fuzz_byte(&data, &size) % (SP_CONVERT_COUNT + 2);
	char *text = fuzz_copy(data, size);
	if (kind < SP_CONVERT_COUNT)
		read_export((sp_convert_format)kind, text, size);
	else if (kind == SP_CONVERT_COUNT)
		read_html(text, size);
	else
		read_csv(text, size);
	free(text);
	return 0;
}
