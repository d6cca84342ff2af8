/* sportello schema: JSON Schema of front matter and kb.yaml, for editors' programs. */
#include "cmd/cmd.h"

#include <string.h>

static sp_status write_schema(const char *kb, bool of_config, sp_lang lang, sp_buffer *out, sp_error *err)
{
	sp_kb_config *config = NULL;
	if (of_config)
		return sp_kb_schema_config(lang, out);
	sp_status status = sp_kb_config_load(kb, NULL, &config, err);
	if (status == SP_OK)
		status = sp_kb_schema_article(config, lang, out);
	sp_kb_config_free(config);
	return status;
}

int spi_cmd_schema(int argc, char **argv)
{
	const char *kb = NULL, *lang_code = NULL;
	bool json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang_code, .choices = "it|en|de"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json}, /* it is JSON anyway */
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	sp_error err = {0};
	sp_buffer out = SP_BUFFER_INIT;
	if (!spi_read_args("schema", settings, argc, argv, words, &count, 0, 1))
		return SPI_EXIT_USAGE;
	bool of_config = count == 1 && strcmp(words[0], "kb") == 0;
	if (count == 1 && !of_config && strcmp(words[0], "article") != 0) {
		fprintf(stderr, "sportello schema: %s: %s\n", spi_say("cmd.schema.unknown"), words[0]);
		return SPI_EXIT_USAGE;
	}
	if (!kb && !of_config)
		return spi_missing("schema", "kb");
	sp_lang lang = lang_code ? sp_lang_of(lang_code, strlen(lang_code)) : spi_terminal_lang();
	sp_status status = write_schema(kb, of_config, lang, &out, &err);
	if (status == SP_OK)
		fputs(sp_buffer_text(&out), stdout);
	sp_buffer_release(&out);
	return status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, status);
}
