/* Settings as rows: what a command line and a configuration file may say, and what is said of mistakes. */
#include "harness.h"

#include "conf/settings.h"

#include <stdlib.h>

typedef struct values {
	const char *kb, *format;
	unsigned threads, days;
	double precision;
	bool json;
} values;

#define ROWS(v)                                                                                                        \
	{                                                                                                                  \
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &(v).kb, .in_file = true},                                  \
			{.name = "format",                                                                                         \
				.type = SPI_SETTING_CHOICE,                                                                            \
				.target = &(v).format,                                                                                 \
				.choices = "text|json",                                                                                \
				.in_file = true,                                                                                       \
				.while_running = true},                                                                                \
			{.name = "threads",                                                                                        \
				.type = SPI_SETTING_NUMBER,                                                                            \
				.target = &(v).threads,                                                                                \
				.min = 2,                                                                                              \
				.max = 256,                                                                                            \
				.in_file = true},                                                                                      \
			{.name = "days", .type = SPI_SETTING_NUMBER, .target = &(v).days, .max = 36500},                           \
			{.name = "precision",                                                                                      \
				.type = SPI_SETTING_SHARE,                                                                             \
				.target = &(v).precision,                                                                              \
				.in_file = true,                                                                                       \
				.while_running = true},                                                                                \
			{.name = "json", .type = SPI_SETTING_FLAG, .target = &(v).json, .in_file = true}, {.name = NULL},          \
	}

#define DEFAULTS                                                                                                       \
	{                                                                                                                  \
		.kb = "default", .format = "text", .threads = 4, .days = 7, .precision = 0.5                                   \
	}
#define ARGS_MAX 24

typedef struct outcome {
	values v;
	const char *words[SPI_WORDS_MAX];
	size_t count;
	sp_status status;
	sp_error err;
} outcome;

/* Reads the arguments that end with NULL. */
static void read_args(outcome *o, const char *const *given)
{
	char *argv[ARGS_MAX];
	int argc = 0;
	for (; given[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)given[argc];
	*o = (outcome){.v = DEFAULTS, .count = 999};
	const spi_setting rows[] = ROWS(o->v);
	o->status = spi_settings_read_args(rows, argc, argv, o->words, &o->count, &o->err);
}
#define ARGS(o, ...) read_args(&(o), (const char *const[]){__VA_ARGS__, NULL})

/* ---- command line ---- */

TEST(test_conf_every_type_is_read)
{
	outcome o;
	ARGS(o, "--kb", "somewhere", "--format", "json", "--threads", "16", "--precision", "0.95", "--json");
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "somewhere");
	CHECK_STR(o.v.format, "json");
	CHECK_INT(o.v.threads, 16);
	CHECK(o.v.precision > 0.9499 && o.v.precision < 0.9501);
	CHECK(o.v.json);
	CHECK_INT(o.count, 0);
	CHECK_INT(o.v.days, 7); /* not given: as it was */
}

TEST(test_conf_value_after_equals_sign)
{
	outcome o;
	ARGS(o, "--kb=a=b", "--threads=2", "--json=false", "--format=text");
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "a=b");
	CHECK_INT(o.v.threads, 2);
	CHECK(!o.v.json);
	ARGS(o, "--kb=");
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "");
}

TEST(test_conf_flag_words)
{
	static const struct {
		const char *arg;
		bool want;
	} cases[] = {{"--json=true", true}, {"--json=yes", true}, {"--json=on", true}, {"--json=no", false},
		{"--json=off", false}, {"--json", true}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		ARGS(o, cases[i].arg);
		CHECK_INT(o.status, SP_OK);
		CHECK_INT(o.v.json, cases[i].want);
	}
	outcome o;
	ARGS(o, "--json=maybe");
	CHECK_INT(o.status, SP_ERR_USAGE);
	CHECK_STR(o.err.text, "json takes true or false, not \"maybe\"");
}

TEST(test_conf_words_are_gathered_in_order)
{
	outcome o;
	ARGS(o, "first", "--kb", "k", "second", "-x", "third");
	CHECK_INT(o.status, SP_OK);
	REQUIRE(o.count == 4);
	CHECK_STR(o.words[0], "first");
	CHECK_STR(o.words[1], "second");
	CHECK_STR(o.words[2], "-x");
	CHECK_STR(o.words[3], "third");
}

TEST(test_conf_two_dashes_end_the_settings)
{
	outcome o;
	ARGS(o, "--json", "--", "--kb", "--", "--nothing-known");
	CHECK_INT(o.status, SP_OK);
	REQUIRE(o.count == 3);
	CHECK_STR(o.words[0], "--kb");
	CHECK_STR(o.words[1], "--");
	CHECK_STR(o.words[2], "--nothing-known");
	CHECK_STR(o.v.kb, "default");
}

TEST(test_conf_the_last_value_wins)
{
	outcome o;
	ARGS(o, "--threads", "3", "--threads", "5", "--kb", "a", "--kb", "b");
	CHECK_INT(o.status, SP_OK);
	CHECK_INT(o.v.threads, 5);
	CHECK_STR(o.v.kb, "b");
}

TEST(test_conf_unknown_name_is_told_with_the_nearest)
{
	static const struct {
		const char *arg, *text;
	} cases[] = {
		{"--thread", "unknown setting --thread; did you mean --threads?"},
		{"--treahds", "unknown setting --treahds; did you mean --threads?"},
		{"--jsno", "unknown setting --jsno; did you mean --json?"},
		{"--presicion=0.9", "unknown setting --presicion; did you mean --precision?"},
		{"--colour", "unknown setting --colour"},
		{"--kbb=x", "unknown setting --kbb; did you mean --kb?"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		ARGS(o, cases[i].arg, "value");
		CHECK_INT(o.status, SP_ERR_USAGE);
		CHECK_STR(o.err.text, cases[i].text);
	}
}

TEST(test_conf_a_missing_value_is_told)
{
	outcome o;
	ARGS(o, "word", "--kb");
	CHECK_INT(o.status, SP_ERR_USAGE);
	CHECK_STR(o.err.text, "--kb needs a value");
}

TEST(test_conf_numbers_have_bounds)
{
	static const struct {
		const char *value;
		long long want;
	} cases[] = {{"2", 2}, {"256", 256}, {"1", -1}, {"257", -1}, {"0", -1}, {"-3", -1}, {"", -1}, {"four", -1},
		{"4x", -1}, {"4.5", -1}, {"99999999999999999999999", -1}, {"4294967300", -1}, {"0010", 10}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		ARGS(o, "--threads", cases[i].value);
		CHECK_INT(o.status, cases[i].want < 0 ? SP_ERR_USAGE : SP_OK);
		CHECK_INT(o.v.threads, cases[i].want < 0 ? 4 : cases[i].want);
		if (cases[i].want < 0)
			CHECK_HAS(o.err.text, "threads: a number from 2 to 256 is needed");
	}
	outcome o;
	ARGS(o, "--days", "0");
	CHECK_INT(o.status, SP_OK);
	CHECK_INT(o.v.days, 0);
	ARGS(o, "--days", "36501");
	CHECK_INT(o.status, SP_ERR_USAGE);
}

TEST(test_conf_shares_are_between_0_and_1)
{
	static const struct {
		const char *value;
		bool good;
	} cases[] = {{"0", true}, {"1", true}, {"0.999", true}, {"1.01", false}, {"-0.1", false}, {"nan", false},
		{"inf", false}, {"", false}, {"0.5x", false}, {"0,5", false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		ARGS(o, "--precision", cases[i].value);
		CHECK_INT(o.status, cases[i].good ? SP_OK : SP_ERR_USAGE);
		if (!cases[i].good)
			CHECK_HAS(o.err.text, "precision: a number from 0 to 1 is needed");
	}
}

TEST(test_conf_choices_are_whole_words)
{
	static const char *const bad[] = {"", "js", "jsonl", "TEXT", "text|json", "|"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		outcome o;
		ARGS(o, "--format", bad[i]);
		CHECK_INT(o.status, SP_ERR_USAGE);
		CHECK_HAS(o.err.text, "format takes one of text|json, not \"");
		CHECK_STR(o.v.format, "text");
	}
}

TEST(test_conf_too_many_words_are_told)
{
	const char *given[SPI_WORDS_MAX + 2];
	for (int i = 0; i <= SPI_WORDS_MAX; i++)
		given[i] = "word";
	given[SPI_WORDS_MAX] = NULL;
	outcome o;
	read_args(&o, given);
	CHECK_INT(o.status, SP_OK);
	CHECK_INT(o.count, SPI_WORDS_MAX);
	given[SPI_WORDS_MAX] = "one more";
	given[SPI_WORDS_MAX + 1] = NULL;
	read_args(&o, given);
	CHECK_INT(o.status, SP_ERR_USAGE);
	CHECK_HAS(o.err.text, "put quotes around a question");
}

/* ---- file ---- */

static const char *path_of(const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/%s", harness_folder(), name);
	return path;
}

/* Reads a file of these bytes; texts live until the test's end. */
static void read_file(outcome *o, const char *text, size_t len, bool running, sp_arena *arena)
{
	const char *path = path_of("sportello.conf");
	FILE *file = fopen(path, "w");
	*o = (outcome){.v = DEFAULTS};
	REQUIRE(file);
	CHECK_INT(fwrite(text, 1, len, file), len);
	fclose(file);
	const spi_setting rows[] = ROWS(o->v);
	o->status = spi_settings_read_file(rows, path, running, arena, &o->err);
}

TEST(test_conf_file_is_read)
{
	static const char text[] =
		"# the service\n\nkb: /srv/kb folder\r\n  threads :8\nthreads: 8 \n\t# indented\njson: yes\nprecision: 0.97";
	static const char good[] =
		"# the service\n\nkb: /srv/kb folder\r\n  threads:8\n\t# indented\njson: yes\nprecision: 0.97";
	sp_arena *arena = sp_arena_new(0);
	outcome o;
	read_file(&o, good, strlen(good), false, arena);
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "/srv/kb folder");
	CHECK_INT(o.v.threads, 8);
	CHECK(o.v.json);
	CHECK(o.v.precision > 0.9699 && o.v.precision < 0.9701);
	/* A name is written right before its colon. */
	read_file(&o, text, strlen(text), false, arena);
	CHECK_INT(o.status, SP_ERR_INVALID);
	CHECK_INT(o.err.line, 4);
	sp_arena_free(arena);
}

TEST(test_conf_file_values_may_hold_colons)
{
	sp_arena *arena = sp_arena_new(0);
	outcome o;
	read_file(&o, "kb: a:b: c\n", 11, false, arena);
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "a:b: c");
	sp_arena_free(arena);
}

TEST(test_conf_empty_files_change_nothing)
{
	static const char *const texts[] = {"", "\n", "\n\n\n", "   ", "# only words", "\r\n"};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		outcome o;
		read_file(&o, texts[i], strlen(texts[i]), false, arena);
		CHECK_INT(o.status, SP_OK);
		CHECK_STR(o.v.kb, "default");
		CHECK_INT(o.v.threads, 4);
	}
	sp_arena_free(arena);
}

TEST(test_conf_file_mistakes_name_their_line)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} cases[] = {
		{"kb: x\nthread: 8\n", 2, "unknown setting thread; did you mean threads?"},
		{"\n\n\nthreads: many", 4, "\"many\" is no value for threads: a number from 2 to 256 is needed"},
		{"threads: 1", 1, "a number from 2 to 256"},
		{"precision: 2\n", 1, "a number from 0 to 1"},
		{"kb: x\njson: perhaps\n", 2, "json takes true or false, not \"perhaps\""},
		{"format: yaml\n", 1, "format takes one of text|json, not \"yaml\""},
		{"kb: x\nkb\n", 2, "the colon is missing"},
		{"# x\ndays: 3\n", 2, "unknown setting days"}, /* only on the command line */
		{": x\n", 1, "unknown setting"},
	};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		read_file(&o, cases[i].text, strlen(cases[i].text), false, arena);
		CHECK_INT(o.status, SP_ERR_INVALID);
		CHECK_INT(o.err.line, cases[i].line);
		CHECK_STR(o.err.source, path_of("sportello.conf"));
		CHECK_HAS(o.err.text, cases[i].says);
	}
	sp_arena_free(arena);
}

TEST(test_conf_a_reload_takes_over_what_may_change)
{
	static const char text[] = "kb: other\nthreads: 8\nformat: json\nprecision: 0.7\n";
	sp_arena *arena = sp_arena_new(0);
	outcome o;
	read_file(&o, text, strlen(text), true, arena);
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "default");
	CHECK_INT(o.v.threads, 4);
	CHECK_STR(o.v.format, "json");
	CHECK(o.v.precision > 0.6999 && o.v.precision < 0.7001);
	/* An unknown name is a mistake then too. */
	read_file(&o, "kbb: x\n", 7, true, arena);
	CHECK_INT(o.status, SP_ERR_INVALID);
	CHECK_STR(o.err.text, "unknown setting kbb; did you mean kb?");
	sp_arena_free(arena);
}

TEST(test_conf_file_that_cannot_be_read)
{
	sp_arena *arena = sp_arena_new(0);
	outcome o = {.v = DEFAULTS};
	const spi_setting rows[] = ROWS(o.v);
	CHECK_INT(spi_settings_read_file(rows, path_of("missing.conf"), false, arena, &o.err), SP_ERR_NOT_FOUND);
	CHECK_STR(o.err.source, path_of("missing.conf"));
	sp_error folder = {0};
	CHECK(spi_settings_read_file(rows, harness_folder(), false, arena, &folder) != SP_OK);
	char *large = malloc(70000);
	REQUIRE(large);
	memset(large, '#', 70000);
	read_file(&o, large, 70000, false, arena);
	CHECK_INT(o.status, SP_ERR_TOO_LARGE);
	free(large);
	sp_arena_free(arena);
}
