/* sportello search: the agents' search on the terminal. Exit status 1 when nothing is found. */
#include "cmd/cmd.h"
#include "sportello/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_json(const sp_result *result)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_int(&out, "total", result->total);
	if (result->corrected)
		sp_json_string(&out, "corrected", result->corrected);
	sp_json_array(&out, "results");
	for (size_t i = 0; i < result->hits_count; i++) {
		const sp_hit *hit = &result->hits[i];
		sp_json_object(&out, NULL);
		sp_json_string(&out, "id", hit->record.id);
		sp_json_string(&out, "lang", sp_lang_code(hit->record.lang));
		sp_json_string(&out, "title", hit->record.title);
		sp_json_string(&out, "type", sp_article_type_name(hit->record.type));
		sp_json_string(&out, "category", hit->record.category);
		sp_json_string(&out, "snippet", hit->snippet);
		sp_json_number(&out, "score", hit->score, 4);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

/* Files, pipes and programs that read along get the words alone (no-color.org says the variable). */
static bool shows_bold(void)
{
	const char *plain = getenv("NO_COLOR");
	return isatty(STDOUT_FILENO) && !(plain && *plain);
}

/* The snippet's HTML as a terminal shows it: marks in bold, entities undone. */
static void print_snippet(const char *html, bool bold)
{
	const struct { const char *html, *text; } parts[] = {{"<mark>", bold ? "\033[1m" : ""}, {"</mark>", bold ? "\033[0m" : ""},
		{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
	fputs("     ", stdout);
	while (*html) {
		size_t i = 0, count = sizeof parts / sizeof *parts;
		while (i < count && strncmp(html, parts[i].html, strlen(parts[i].html)) != 0)
			i++;
		if (i < count)
			fputs(parts[i].text, stdout);
		else
			putchar(*html);
		html += i < count ? strlen(parts[i].html) : 1;
	}
	putchar('\n');
}

static void print_text(const sp_result *result)
{
	bool bold = shows_bold();
	if (result->corrected)
		printf("%s: %s\n", spi_say("cmd.search.corrected"), result->corrected);
	printf("%s: %u\n", spi_say("cmd.search.total"), result->total);
	for (size_t i = 0; i < result->hits_count; i++) {
		const sp_hit *hit = &result->hits[i];
		printf("\n%2zu. %s  [%s, %s, %s]\n", i + 1, hit->record.title, hit->record.id, sp_article_type_name(hit->record.type),
			hit->record.category);
		if (*hit->snippet)
			print_snippet(hit->snippet, bold);
	}
}

static int search(spi_session *session, const sp_query *query, bool json)
{
	sp_error err = {0};
	sp_result result;
	sp_status status = sp_index_search(session->index, sp_responder_analyser(session->responder), query, session->arena, &result,
		&err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (json)
		print_json(&result);
	else
		print_text(&result);
	return result.total > 0 ? SPI_EXIT_OK : SPI_EXIT_NO;
}

/* A key that is none finds nothing, and that alone looks like an answer. */
static void tell_category(const spi_session *session, const char *category)
{
	const sp_kb_config *config = session->config;
	sp_buffer keys = SP_BUFFER_INIT;
	if (!category || sp_kb_category(config, category) >= 0)
		return;
	for (size_t i = 0; i < config->categories_count; i++)
		sp_buffer_printf(&keys, "%s%s", i ? ", " : "", config->categories[i].key);
	const sp_fill fills[] = {{"category", category}, {"known", sp_buffer_text(&keys)}, {NULL, NULL}};
	fprintf(stderr, "sportello search: %s\n", sp_catalog_fill(spi_terminal_lang(), "cmd.search.no-category", fills, session->arena));
	sp_buffer_release(&keys);
}

int spi_cmd_search(int argc, char **argv)
{
	spi_session_options options = SPI_SESSION_OPTIONS;
	const char *lang = NULL, *type = NULL, *category = NULL;
	unsigned limit = 10;
	bool json = false;
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(options),
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "type", .type = SPI_SETTING_CHOICE, .target = &type, .choices = "use-case|qa|procedure|training|notice"},
		{.name = "category", .type = SPI_SETTING_TEXT, .target = &category},
		{.name = "limit", .type = SPI_SETTING_NUMBER, .target = &limit, .min = 1, .max = 100},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("search", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!options.kb)
		return spi_missing("search", "kb");
	spi_session session;
	int code = spi_session_open(&session, &options);
	if (code != SPI_EXIT_OK)
		return code;
	tell_category(&session, category);
	sp_query query = {.text = words[0], .text_len = strlen(words[0]), .day = session.day, .type = type, .category = category,
		.lang = lang ? sp_lang_of(lang, strlen(lang)) : session.config->default_lang, .only_lang = lang != NULL, .audience = -1,
		.limit = limit, .want_snippets = true, .want_correction = true};
	code = search(&session, &query, json);
	spi_session_close(&session);
	return code;
}
