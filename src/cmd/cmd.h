/* The subcommands of the program, and what they share. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "conf/settings.h"
#include "sportello/answer.h"
#include "sportello/catalog.h"
#include "sportello/publish.h"
#include "sportello/store.h"

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
int spi_cmd_preview(int argc, char **argv);
int spi_cmd_ask(int argc, char **argv);
int spi_cmd_search(int argc, char **argv);
int spi_cmd_import(int argc, char **argv);
int spi_cmd_export(int argc, char **argv);
int spi_cmd_new(int argc, char **argv);
int spi_cmd_schema(int argc, char **argv);
int spi_cmd_eval(int argc, char **argv);
int spi_cmd_report(int argc, char **argv);
int spi_cmd_replay(int argc, char **argv);
int spi_cmd_edit(int argc, char **argv);
int spi_cmd_publish(int argc, char **argv);
int spi_cmd_retire(int argc, char **argv);
int spi_cmd_learn(int argc, char **argv);
int spi_cmd_gaps(int argc, char **argv);
int spi_cmd_diff(int argc, char **argv);
int spi_cmd_token(int argc, char **argv);
int spi_cmd_audit(int argc, char **argv);
int spi_cmd_flags(int argc, char **argv);
int spi_cmd_outbox(int argc, char **argv);
int spi_cmd_forget(int argc, char **argv);
int spi_cmd_backup(int argc, char **argv);
int spi_cmd_doctor(int argc, char **argv);
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
/* Say something that is no error, on stderr. */
void spi_tell(const char *level, const char *text);
/* What this process writes from now on is for its own user alone. Before there are threads; what it was before. */
unsigned spi_write_closed(void);
/* From now on both write JSON, an object a line, as the access log does: for who gathers logs. */
void spi_tell_in_json(void);
/* The same of a command that may refuse: what is malformed or in conflict is the answer no (1). */
int spi_refuse(const sp_error *err, sp_status status);
/* Names on stderr, with the text of key, what of a knowledge base may not be read: folders and files. Whether all may. */
bool spi_tell_closed(const char *kb, const char *key);
/* The same of articles that can be read, and not be understood. */
bool spi_tell_broken(const char *kb, const char *key);
/* {"files": […]} on stdout: what a command made or changed. */
void spi_print_files_json(const sp_strings *files);
/* Who types, for the audit log: "os:anna". Static. */
const char *spi_operator(void);
/* Read --as-of: "2021-03-15", or "2021-03-15T19:59" in local time. Without a time *ret_minute (of the day) stays as it is. */
bool spi_read_moment(const char *text, sp_date *ret_day, int *ret_minute);
#define SPI_NOON (12 * 60)
#define SPI_NO_MOMENT "\"%s\" is no day; write it as 2021-03-15, or with a time as 2021-03-15T19:59"
/* A required setting that was not given. */
int spi_missing(const char *command, const char *setting);
/* The articles are often in git, for many to read: --data is another folder. SP_ERR_USAGE when it is not. */
sp_status spi_need_apart(const char *kb, const char *data, sp_error *err);

/* Where root works in a data folder of another user: from begin to end files are made as that user, and only what it may read is read
   (owner.c). Who is noted as the operator stays root. begin says whether anything was done; end is given that. */
bool spi_owner_begin(const char *data);
void spi_owner_end(bool begun);
/* Whether it is root at work in the folder of another user. */
bool spi_owner_is_other(const char *data);
/* sp_store_open(), with what it makes belonging to the folder's owner. */
sp_status spi_open_store(const char *data, sp_store_mode mode, sp_store **ret, sp_error *err);

/* Progress on a terminal (stderr), once a step takes over a second: "indexing: 1,200 of 10,000 (12 %), 8 s left". */
typedef struct spi_progress {
	const char *what;
	int64_t started_us, shown_us;
	bool shown;
	bool with_rate;            /* so many a second, too; set after the start */
} spi_progress;
void spi_progress_start(spi_progress *progress, const char *what);
void spi_progress_step(spi_progress *progress, size_t done, size_t total);
void spi_progress_end(spi_progress *progress);
/* Of a build, whose stages are told apart. */
void spi_progress_publish(spi_progress *progress, sp_publish_stage stage, size_t done, size_t total);

/* In the data folder: whose replay it holds. */
#define SPI_REPLAY_FILE "replay"
/* In the data folder: vectors of questions that were asked. */
#define SPI_REMEMBERED_FILE "remembered-questions"

/* The sentence encoder as a user names it. All NULL and 0: the one of this build. */
typedef struct spi_encoder_options {
	const char *name, *model, *key_file;
	unsigned timeout_ms;
} spi_encoder_options;

/* Settings rows of spi_encoder_options for a command's table. */
#define SPI_ENCODER_SETTINGS(options, is_in_file) \
	{.name = "encoder", .type = SPI_SETTING_TEXT, .target = &(options).name, .in_file = (is_in_file)}, \
	{.name = "encoder-model", .type = SPI_SETTING_TEXT, .target = &(options).model, .in_file = (is_in_file)}, \
	{.name = "encoder-key-file", .type = SPI_SETTING_TEXT, .target = &(options).key_file, .in_file = (is_in_file)}, \
	{.name = "encoder-timeout", .type = SPI_SETTING_NUMBER, .target = &(options).timeout_ms, .min = 10, .max = 600000, \
		.in_file = (is_in_file)}

/* Open it. Where none is named and this build has none, says so and goes on with words. */
sp_status spi_encoder_open(const spi_encoder_options *options, sp_encoder **ret, sp_error *err);

/* What a command that asks the knowledge base holds open. */
typedef struct spi_session {
	sp_encoder *encoder;
	sp_encode_queue *queue; /* NULL = words only */
	sp_publisher *publisher;
	sp_reader *reader;
	sp_index *index;
	const sp_kb_config *config;
	sp_responder *responder;
	sp_arena *arena;
	const char *data; /* folder that was opened first */
	int audience;
	sp_date day;
	int64_t moment_utc_s; /* now, or --as-of's moment (noon where it has no time): for opening hours and notices */
	spi_progress progress;
} spi_session;

typedef struct spi_session_options {
	const char *kb, *data;  /* data NULL: a cache folder of this user, one for each kb */
	const char *index;      /* another data folder for the index, of the audience alone; NULL = data, and all */
	const char *audience, *as_of, *labelled;
	spi_encoder_options encoder;
	bool anew;              /* build the index even when nothing changed */
	bool quiet;             /* no words about broken articles */
	bool without_index;     /* spi_session_move() opens one */
} spi_session_options;
#define SPI_SESSION_OPTIONS {.audience = "citizen"}

/* Settings rows of spi_session_options for a command's table. */
#define SPI_SESSION_SETTINGS(options) \
	{.name = "kb", .type = SPI_SETTING_TEXT, .target = &(options).kb}, \
	{.name = "data", .type = SPI_SETTING_TEXT, .target = &(options).data}, \
	SPI_ENCODER_SETTINGS((options).encoder, false), \
	{.name = "labelled", .type = SPI_SETTING_TEXT, .target = &(options).labelled}, \
	{.name = "audience", .type = SPI_SETTING_TEXT, .target = &(options).audience}, \
	{.name = "as-of", .type = SPI_SETTING_TEXT, .target = &(options).as_of}

/* Open it; on failure says why and returns the exit status, with everything closed. */
int spi_session_open(spi_session *session, const spi_session_options *options);
/* Ask another data folder of the same knowledge base from now on (options: the same but data, labelled), with the encoder and the
   questions' vectors that are open. After a failure the session can only be closed. */
sp_status spi_session_move(spi_session *session, const spi_session_options *options, sp_error *err);
void spi_session_close(spi_session *session);

/* Folder for what belongs to a knowledge base when no --data is given. */
sp_status spi_cache_folder(const char *kb, sp_arena *arena, const char **ret, sp_error *err);

#endif
