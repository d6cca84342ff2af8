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
static void read_file(outcome *o, const char *text, size_t len, sp_arena *arena)
{
	const char *path = path_of("sportello.conf");
	FILE *file = fopen(path, "w");
	*o = (outcome){.v = DEFAULTS};
	REQUIRE(file);
	CHECK_INT(fwrite(text, 1, len, file), len);
	fclose(file);
	const spi_setting rows[] = ROWS(o->v);
	o->status = spi_settings_read_file(rows, path, arena, &o->err);
}

TEST(test_conf_file_is_read)
{
	static const char good[] =
		"\xEF\xBB\xBF# the service\n\nkb: /srv/kb folder\r\n  threads :8\n\t# indented\njson: yes\nprecision: 0.97";
	sp_arena *arena = sp_arena_new(0);
	outcome o;
	read_file(&o, good, strlen(good), arena);
	CHECK_INT(o.status, SP_OK);
	CHECK_STR(o.v.kb, "/srv/kb folder");
	CHECK_INT(o.v.threads, 8);
	CHECK(o.v.json);
	CHECK(o.v.precision > 0.9699 && o.v.precision < 0.9701);
	sp_arena_free(arena);
}

TEST(test_conf_file_values_may_hold_colons)
{
	sp_arena *arena = sp_arena_new(0);
	outcome o;
	read_file(&o, "kb: a:b: c\n", 11, arena);
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
		read_file(&o, texts[i], strlen(texts[i]), arena);
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
		{"# x\ndays: 3\n", 2, "days does not stand in this file: type it, as --days"},
		{"kb: x\nthreads: 2\nkb: y\n", 3, "kb is on line 1 already"},
		{"threads: 8\nthreads: 8\n", 2, "threads is on line 1 already"},
		{"kb:\n", 1, "kb has no value"},
		{"kb: # none\n", 1, "kb has no value"},
		{"kb: \"\"\n", 1, "kb has no value"},
		{"kb: \"/srv\n", 1, "a quotation mark begins it"},
		{"kb: \"a\"b\n", 1, "a quotation mark begins it"},
		{": x\n", 1, "unknown setting"},
	};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		read_file(&o, cases[i].text, strlen(cases[i].text), arena);
		CHECK_INT(o.status, SP_ERR_INVALID);
		CHECK_INT(o.err.line, cases[i].line);
		CHECK_STR(o.err.source, path_of("sportello.conf"));
		CHECK_HAS(o.err.text, cases[i].says);
	}
	sp_arena_free(arena);
}

/* The file looks like YAML; who writes it expects that of it. */
TEST(test_conf_file_comments_and_quotes)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"\xEF\xBB\xBFkb: /srv/kb\n", "/srv/kb"},
		{"kb: /srv/kb # the articles\n", "/srv/kb"},
		{"kb: /srv/kb\t# the articles\r\n", "/srv/kb"},
		{"kb: /srv/kb#1\n", "/srv/kb#1"},
		{"kb: \"/srv/kb\"\n", "/srv/kb"},
		{"kb: '/srv/kb # 1' # one\n", "/srv/kb # 1"},
		{"kb: it's\n", "it's"},
	};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		outcome o;
		read_file(&o, cases[i].text, strlen(cases[i].text), arena);
		CHECK_INT(o.status, SP_OK);
		CHECK_STR(o.v.kb, cases[i].value);
	}
	sp_arena_free(arena);
}

TEST(test_conf_addresses)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {{"https://help.example.org", true}, {"http://127.0.0.1:8080", true}, {"https://a.example/desk/", true}, {"HTTPS://A.example", true},
		{"help.example.org", false}, {"ftp://a.example", false}, {"https://", false}, {"https:///x", false}, {"https://:8080", false},
		{"https://a b", false}, {"https://a.example/?x=1", false}, {"https://me@a.example", false}, {"\"https://a.example", false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *url = "as it was", *words[SPI_WORDS_MAX];
		char *argv[] = {(char *)(uintptr_t)"--url", (char *)(uintptr_t)cases[i].text};
		size_t count;
		sp_error err = {0};
		const spi_setting rows[] = {{.name = "url", .type = SPI_SETTING_URL, .target = &url}, {.name = NULL}};
		CHECK_INT(spi_settings_read_args(rows, 2, argv, words, &count, &err), cases[i].good ? SP_OK : SP_ERR_USAGE);
		CHECK_STR(url, cases[i].good ? cases[i].text : "as it was");
	}
}

TEST(test_conf_what_changed)
{
	static const char *const other[] = {"kb: other\n", "threads: 8\n", "precision: 0.7\n", "json: yes\n"};
	sp_arena *arena = sp_arena_new(0);
	outcome one, two;
	read_file(&one, "", 0, arena);
	for (size_t i = 0; i <= sizeof other / sizeof *other; i++) {
		const char *text = i ? other[i - 1] : "kb: default\nthreads: 4\nprecision: 0.5\njson: no\n";
		read_file(&two, text, strlen(text), arena);
		const spi_setting was[] = ROWS(one.v), is[] = ROWS(two.v);
		int changed = 0;
		for (size_t row = 0; was[row].name; row++)
			changed += !spi_setting_is_same(&was[row], &is[row]);
		CHECK_INT(changed, i ? 1 : 0);
	}
	spi_setting_list lists[] = {{.values = {"a", "b"}, .count = 2}, {.values = {"a", "b"}, .count = 2}, {.values = {"a", "c"}, .count = 2}, {.values = {"a"}, .count = 1}};
	for (size_t i = 1; i < sizeof lists / sizeof *lists; i++)
		CHECK_INT(spi_setting_is_same(&(spi_setting){.type = SPI_SETTING_LIST, .target = &lists[0]},
			&(spi_setting){.type = SPI_SETTING_LIST, .target = &lists[i]}), i == 1);
	sp_arena_free(arena);
}

TEST(test_conf_file_that_cannot_be_read)
{
	sp_arena *arena = sp_arena_new(0);
	outcome o = {.v = DEFAULTS};
	const spi_setting rows[] = ROWS(o.v);
	CHECK_INT(spi_settings_read_file(rows, path_of("missing.conf"), arena, &o.err), SP_ERR_NOT_FOUND);
	CHECK_STR(o.err.source, path_of("missing.conf"));
	sp_error folder = {0};
	CHECK(spi_settings_read_file(rows, harness_folder(), arena, &folder) != SP_OK);
	char *large = malloc(70000);
	REQUIRE(large);
	memset(large, '#', 70000);
	read_file(&o, large, 70000, arena);
	CHECK_INT(o.status, SP_ERR_TOO_LARGE);
	free(large);
	read_file(&o, "\xFF\xFEk\0b\0:\0", 8, arena); /* UTF-16 */
	CHECK_INT(o.status, SP_ERR_INVALID);
	CHECK_HAS(o.err.text, "save it as UTF-8");
	sp_arena_free(arena);
}
