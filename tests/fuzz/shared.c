#include "fuzz.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_broken(const char *file, int line, const char *what, const char *text, size_t len)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	if (text)
		fprintf(stderr, "%.*s\n", (int)(len < 4000 ? len : 4000), text);
	abort();
}

unsigned fuzz_byte(const uint8_t **data, size_t *size)
{
	if (*size == 0)
		return 0;
	--*size;
	return *(*data)++;
}

char *fuzz_copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

const sp_kb_config *fuzz_config(void)
{
	static sp_kb_config *config;
	sp_error err = {0};
	if (!config && sp_kb_config_load(FUZZ_KB, NULL, &config, &err) != SP_OK)
		fuzz_broken(__FILE__, __LINE__, "the tests' kb.yaml can be read", err.text, strlen(err.text));
	return config;
}

static fuzz_kb kb;
static char data_dir[] = "/tmp/sportello-fuzz-XXXXXX";

static void close_kb(void)
{
	sp_reader_close(kb.reader);
	sp_publisher_close(kb.publisher);
	sp_arena_free(kb.arena);
	spi_remove_tree(data_dir, NULL);
}

static sp_status open_kb(sp_error *err)
{
	sp_publish_options options = {.kb_dir = FUZZ_KB, .data_dir = data_dir};
	sp_status status = sp_publisher_open(&options, &kb.publisher, err);
	if (status == SP_OK)
		status = sp_reader_open(kb.publisher, &kb.reader, err);
	if (status == SP_OK)
		status = sp_reader_refresh(kb.reader, err);
	if (status != SP_OK)
		return status;
	kb.config = sp_reader_config(kb.reader);
	return sp_reader_index(kb.reader, sp_kb_audience(kb.config, "citizen"), &kb.index, err);
}

fuzz_kb *fuzz_open_kb(void)
{
	sp_error err = {0};
	if (!kb.arena) {
		kb.arena = sp_arena_new(0);
		if (!mkdtemp(data_dir) || open_kb(&err) != SP_OK)
			fuzz_broken(__FILE__, __LINE__, "the tests' knowledge base can be published", err.text, strlen(err.text));
		atexit(close_kb);
	}
	sp_arena_reset(kb.arena);
	return &kb;
}
