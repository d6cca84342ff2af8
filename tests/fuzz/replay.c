/* In the place of libFuzzer: each file of the folders, and what a few changes make of it, the same ones each time. So that every build
   runs the harnesses, with any compiler and with its sanitizers.
   usage: replay_<name> [-changes=N] FOLDER|FILE... */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEED_MAX (1 << 20)

static uint64_t state;
static size_t inputs;

static size_t below(size_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return limit ? (size_t)((state >> 33) % limit) : 0;
}

/* Memory of exactly the size. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	inputs++;
}

/* Cut it, change bytes, take a piece out, put a piece in twice. */
static size_t change(uint8_t *data, size_t size)
{
	static const uint8_t telling[] = {0, 0xff, 0x80, 0xc0, 0xed, '<', '>', '"', '\'', '&', '\n', '\r', '-', ':', '[', '{', '%', ' ', '\t', '0', '9', 0x7f};
	size_t from = below(size), len = below(size - from < 64 ? size - from : 64);
	switch (below(5)) {
	case 0:
		return from;
	case 1:
		memmove(data + from, data + from + len, size - from - len);
		return size - len;
	case 2:
		memmove(data + from + len, data + from, size - from);
		return size + len;
	case 3:
		data[from] = (uint8_t)below(256);
		return size;
	default:
		for (size_t i = 0; i < 1 + size / 64; i++)
			data[below(size)] = telling[below(sizeof telling)];
		return size;
	}
}

static void run_with_changes(const uint8_t *data, size_t size, unsigned changes)
{
	uint8_t *changed = malloc(2 * size + 64 * 4 + 1);
	if (!changed)
		abort();
	run(data, size);
	for (unsigned i = 0; i < changes && size > 0; i++) {
		size_t now = size;
		memcpy(changed, data, size);
		for (size_t times = 1 + below(3); times > 0 && now > 0; times--)
			now = change(changed, now);
		run(changed, now);
	}
	free(changed);
}

static void replay_file(const char *path, unsigned changes)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(SEED_MAX);
	if (!file || !data) {
		perror(path);
		exit(1);
	}
	size_t size = fread(data, 1, SEED_MAX, file);
	fclose(file);
	state = size;
	run_with_changes(data, size, changes);
	free(data);
}

static void replay(const char *path, unsigned changes)
{
	struct stat st;
	struct dirent **entries;
	char name[4096];
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		replay_file(path, changes);
		return;
	}
	int count = scandir(path, &entries, NULL, alphasort);
	if (count < 0) {
		perror(path);
		exit(1);
	}
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			replay_file(name, changes);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	unsigned changes = 0;
	run((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "-changes=", 9) == 0)
			changes = (unsigned)atoi(argv[i] + 9);
		else
			replay(argv[i], changes);
	printf("%zu inputs\n", inputs);
	return inputs > 1 ? 0 : 1;
}
