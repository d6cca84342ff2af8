/* The program: finds the subcommand and hands over. */
#include "cmd/cmd.h"

#include "sportello/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

const spi_command spi_commands[] = {
	{"serve", spi_cmd_serve},
	{"index", spi_cmd_index},
	{"check", spi_cmd_check},
	{"preview", spi_cmd_preview},
	{"new", spi_cmd_new},
	{"edit", spi_cmd_edit},
	{"publish", spi_cmd_publish},
	{"retire", spi_cmd_retire},
	{"ask", spi_cmd_ask},
	{"search", spi_cmd_search},
	{"schema", spi_cmd_schema},
	{"import", spi_cmd_import},
	{"export", spi_cmd_export},
	{"eval", spi_cmd_eval},
	{"report", spi_cmd_report},
	{"replay", spi_cmd_replay},
	{"learn", spi_cmd_learn},
	{"gaps", spi_cmd_gaps},
	{"diff", spi_cmd_diff},
	{"token", spi_cmd_token},
	{"audit", spi_cmd_audit},
	{"flags", spi_cmd_flags},
	{"outbox", spi_cmd_outbox},
	{"forget", spi_cmd_forget},
	{"backup", spi_cmd_backup},
	{"doctor", spi_cmd_doctor},
	{"help", spi_cmd_help},
	{"version", spi_cmd_version},
	{NULL, NULL},
};

static int unknown_command(const char *name)
{
	fprintf(stderr, "sportello: %s: %s\n", spi_say("cmd.unknown"), name);
	for (const spi_command *c = spi_commands; c->name; c++)
		if (sp_text_edit_distance(name, strlen(name), c->name, strlen(c->name), 2) <= 2)
			fprintf(stderr, "  sportello %s ?\n", c->name);
	fprintf(stderr, "%s\n", spi_say("cmd.see-help"));
	return SPI_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the write, not the end of the program */
	if (argc < 2) {
		spi_cmd_help(0, argv);
		return SPI_EXIT_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (const spi_command *c = spi_commands; c->name; c++)
		if (strcmp(c->name, name) == 0) {
			for (int i = 2; i < argc && c->run != spi_cmd_help; i++)
				if (strcmp(argv[i], "--help") == 0)
					return spi_cmd_help(1, argv + 1);
			return c->run(argc - 2, argv + 2);
		}
	return unknown_command(name);
}
