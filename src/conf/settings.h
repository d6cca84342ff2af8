/* Settings of a command as rows: name, type, default, bounds. One table reads the command line (--name value) and,
   for the service, a file of `name: value` lines; both give the same errors. */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPI_WORDS_MAX 16
#define SPI_SETTINGS_MAX 64 /* rows of a table that files are read with */

typedef enum spi_setting_type {
	SPI_SETTING_TEXT,   /* target: const char * */
	SPI_SETTING_NUMBER, /* target: unsigned; min and max apply */
	SPI_SETTING_SHARE,  /* target: double; 0 to 1 */
	SPI_SETTING_FLAG,   /* target: bool; on the command line without a value */
	SPI_SETTING_LIST,   /* target: spi_setting_list *; may be given several times, each value with commas */
	SPI_SETTING_CHOICE, /* target: const char *; one of choices, divided by | */
	SPI_SETTING_URL,    /* target: const char *; http(s)://HOST[:PORT][/PATH] */
} spi_setting_type;

#define SPI_LIST_MAX 16
/* Values as they were given, commas and all. */
typedef struct spi_setting_list { const char *values[SPI_LIST_MAX]; size_t count; } spi_setting_list;

typedef struct spi_setting {
	const char *name;    /* without the dashes */
	spi_setting_type type;
	void *target;        /* holds the default before */
	const char *choices; /* for a choice: "text|json" */
	unsigned min, max;   /* for a number */
	bool in_file;        /* may stand in the service's configuration file */
	bool while_running;  /* a reload takes it over; others need a restart */
} spi_setting;

/* Read a command's arguments. Names may be given as --name value or --name=value; "--" ends them.
   The words that are no settings are gathered in ret_words (borrowed from argv; room for SPI_WORDS_MAX).
   SP_ERR_USAGE with the nearest known name for an unknown one. */
sp_status spi_settings_read_args(const spi_setting *settings, int argc, char **argv, const char **ret_words, size_t *ret_count,
	sp_error *err);

/* Read a file of `name: value` lines. As in YAML, which it looks like: a # at the start of a line or after a space begins a comment, quotes
   around a value are not part of it. Texts are owned by arena.
   SP_ERR_INVALID with the line for an unknown name, a bad value, none, or a name that was there before (but for lists). */
sp_status spi_settings_read_file(const spi_setting *settings, const char *path, sp_arena *arena, sp_error *err);

/* Whether two tables with the same rows, each with targets of its own, hold the same at a row. */
bool spi_setting_is_same(const spi_setting *one, const spi_setting *other);

#endif
