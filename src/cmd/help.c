/* sportello help and version. The texts are in the catalogue: help.<command>.usage, .what, .more. */
#include "cmd/cmd.h"

#include "sportello/version.h"

#include <string.h>

static const char *say_of(const char *command, const char *part)
{
	char key[64];
	snprintf(key, sizeof key, "help.%s.%s", command, part);
	return sp_catalog_find(spi_terminal_lang(), key);
}

static void list_commands(void)
{
	printf("%s\n\n", spi_say("help.sportello"));
	for (const spi_command *c = spi_commands; c->name; c++)
		printf("  %-8s  %s\n", c->name, say_of(c->name, "what"));
	printf("\n%s\n", spi_say("help.more"));
}

/* Text for a man page: backslashes, dots and apostrophes at a line's start, and dashes mean something to roff. */
static void print_roff(const char *text)
{
	bool at_start = true;
	for (; *text; text++) {
		if (at_start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		at_start = *text == '\n';
	}
}

/* A paragraph a line, filled to the width of the terminal. */
static void print_paragraphs(const char *text)
{
	char line[8192];
	while (*text) {
		size_t len = strcspn(text, "\n");
		snprintf(line, sizeof line, "%.*s", (int)len, text);
		printf(".PP\n");
		print_roff(line + strspn(line, " "));
		putchar('\n');
		text += len + (text[len] == '\n');
	}
}

/* The heading says already that it is how to call it. */
static const char *without_title(const char *usage)
{
	const char *name = strstr(usage, "sportello");
	return name ? name : usage;
}

static void print_man_page(void)
{
	printf(".TH SPORTELLO 1 \"\" \"sportello %s\"\n.SH NAME\nsportello \\- ", sp_version());
	print_roff(spi_say("help.sportello.short"));
	printf("\n.SH SYNOPSIS\n");
	for (const spi_command *c = spi_commands; c->name; c++)
		print_paragraphs(without_title(say_of(c->name, "usage")));
	printf(".SH DESCRIPTION\n");
	print_roff(spi_say("help.sportello"));
	printf("\n.SH COMMANDS\n");
	for (const spi_command *c = spi_commands; c->name; c++) {
		printf(".SS %s\n", c->name);
		print_roff(say_of(c->name, "what"));
		putchar('\n');
		print_paragraphs(say_of(c->name, "more"));
	}
	printf(".SH \"EXIT STATUS\"\n");
	print_roff(spi_say("help.exit"));
	putchar('\n');
}

static void print_command_json(const char *command)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "name", command);
	sp_json_string(&out, "usage", say_of(command, "usage"));
	sp_json_string(&out, "what", say_of(command, "what"));
	sp_json_string(&out, "more", say_of(command, "more"));
	sp_json_string(&out, "exit_status", spi_say("help.exit"));
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static void list_commands_json(void)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_array(&out, NULL);
	for (const spi_command *c = spi_commands; c->name; c++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "name", c->name);
		sp_json_string(&out, "usage", say_of(c->name, "usage"));
		sp_json_string(&out, "what", say_of(c->name, "what"));
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

int spi_cmd_help(int argc, char **argv)
{
	if (argc < 1) {
		list_commands();
		return SPI_EXIT_OK;
	}
	bool json = strcmp(argv[0], "--json") == 0 || (argc > 1 && strcmp(argv[1], "--json") == 0);
	if (json && argc < 2) {
		list_commands_json();
		return SPI_EXIT_OK;
	}
	if (strcmp(argv[0], "--man") == 0) {
		print_man_page();
		return SPI_EXIT_OK;
	}
	const char *command = strcmp(argv[0], "--json") == 0 ? argv[1] : argv[0];
	if (!say_of(command, "what")) {
		fprintf(stderr, "sportello: %s: %s\n", spi_say("cmd.unknown"), command);
		return SPI_EXIT_USAGE;
	}
	if (json) {
		print_command_json(command);
		return SPI_EXIT_OK;
	}
	printf("%s\n\n%s\n\n%s\n\n%s\n", say_of(command, "usage"), say_of(command, "what"), say_of(command, "more"), spi_say("help.exit"));
	return SPI_EXIT_OK;
}

int spi_cmd_version(int argc, char **argv)
{
	bool json = false;
	const spi_setting settings[] = {{.name = "json", .type = SPI_SETTING_FLAG, .target = &json}, {.name = NULL}};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("version", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (json)
		printf("{\"version\":\"%s\"}\n", sp_version());
	else
		printf("sportello %s\n", sp_version());
	return SPI_EXIT_OK;
}
