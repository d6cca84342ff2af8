/* The subcommands of the program, and what they share. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "conf/settings.h"
#include "sportello/answer.h"
#include "sportello/catalog.h"
#include "sportello/publish.h"

#include <stdio.h>

/* Exit statuses of the program (the contract's). */
enum { SPI_EXIT_OK = 0, SPI_EXIT_NO = 1, SPI_EXIT_USAGE = 2, SPI_EXIT_FAILED = 3 };

typedef struct spi_command {
	const char *name;
	int (*run)(int argc, char **argv); /* arguments after the command's name; returns the exit status */
} spi_command;

extern const spi_command spi_commands[]; /* ends with a NULL name */

int spi_cmd_serve(int argc, char **argv);
int spi_cmd_index(int argc, char **argv);
int spi_cmd_check(int argc, char **argv);
int spi_cmd_ask(int argc, char **argv);
int spi_cmd_search(int argc, char **argv);
int spi_cmd_import(int argc, char **argv);
int spi_cmd_eval(int argc, char **argv);
int spi_cmd_report(int argc, char **argv);
int spi_cmd_token(int argc, char **argv);
int spi_cmd_help(int argc, char **argv);
int spi_cmd_version(int argc, char **argv);

/* Language of who sits at the terminal (LC_ALL, LC_MESSAGES, LANG; English when they say nothing). */
sp_lang spi_terminal_lang(void);
/* Text of the catalogue for the terminal. */
const char *spi_say(const char *key);

/* Read arguments; on a mistake says it with the command's usage. True when the command may go on;
   words: at least min_words, at most max_words words that are no settings. */
bool spi_read_args(const char *command, const spi_setting *settings, int argc, char **argv, const char **ret_words,
	size_t *ret_count, size_t min_words, size_t max_words);
/* Say an error on stderr as `sportello: source:line: text` and return the exit status that belongs to it. */
int spi_fail(const sp_error *err, sp_status status);
/* A required setting that was not given. */
int spi_missing(const char *command, const char *setting);

/* Progress on a terminal (stderr), once a step takes over a second: "indexing: 1,200 of 10,000 (12 %), 8 s left". */
typedef struct spi_progress {
	const char *what;
	int64_t started_us, shown_us;
	bool shown;
} spi_progress;
void spi_progress_start(spi_progress *progress, const char *what);
void spi_progress_step(spi_progress *progress, size_t done, size_t total);
void spi_progress_end(spi_progress *progress);

/* What a command that asks the knowledge base holds open. */
typedef struct spi_session {
	sp_encoder *encoder;
	sp_publisher *publisher;
	sp_reader *reader;
	sp_index *index;
	const sp_kb_config *config;
	sp_responder *responder;
	sp_arena *arena;
	int audience;
	sp_date day;
	spi_progress progress;
} spi_session;

typedef struct spi_session_options {
	const char *kb, *data;  /* data NULL: a cache folder of this user, one for each kb */
	const char *encoder, *audience, *as_of;
	bool quiet;             /* no words about broken articles */
} spi_session_options;
#define SPI_SESSION_OPTIONS {.encoder = "none", .audience = "citizen"}

/* Settings rows of spi_session_options for a command's table. */
#define SPI_SESSION_SETTINGS(options) \
	{.name = "kb", .type = SPI_SETTING_TEXT, .target = &(options).kb}, \
	{.name = "data", .type = SPI_SETTING_TEXT, .target = &(options).data}, \
	{.name = "encoder", .type = SPI_SETTING_TEXT, .target = &(options).encoder}, \
	{.name = "audience", .type = SPI_SETTING_TEXT, .target = &(options).audience}, \
	{.name = "as-of", .type = SPI_SETTING_TEXT, .target = &(options).as_of}

/* Open it; on failure says why and returns the exit status, with everything closed. */
int spi_session_open(spi_session *session, const spi_session_options *options);
void spi_session_close(spi_session *session);

/* Folder for what belongs to a knowledge base when no --data is given. */
sp_status spi_cache_folder(const char *kb, sp_arena *arena, const char **ret, sp_error *err);

#endif
