/* The program: finds the subcommand and hands over. */
#include "cmd/cmd.h"
#include "cmd/terminal.h"

#include "sportello/text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Called with a closed stdout, the next file that is opened would take its place, and what is printed would be written there. */
static void open_standard_files(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Who reads the first lines only ("| head") has what they wanted; but what a full disk did not take is lost, and the status says so. */
static int with_output(int status)
{
	sp_error err = {0};
	struct stat st;
	bool is_lost = fflush(stdout) != 0 || ferror(stdout);
	if (!is_lost || (fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))))
		return status;
	return spi_fail(&err, sp_error_set(&err, SP_ERR_IO, "stdout", 0, "not all of it could be written; is there room on the disk?"));
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run(const spi_command *command, int argc, char **argv)
{
	for (int i = 2; i < argc && command->run != spi_cmd_help && strcmp(argv[i], "--") != 0; i++)
		if (asks_for_help(argv[i]))
			return spi_cmd_help(1, argv + 1);
	return command->run(argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
	open_standard_files();
	spi_terminal_guard();
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the write, not the end of the program */
	if (argc < 2) {
		spi_cmd_help(0, argv);
		return SPI_EXIT_USAGE;
	}
	const char *name = argv[1];
	if (asks_for_help(name))
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (const spi_command *c = spi_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return with_output(run(c, argc, argv));
	return unknown_command(name);
}
