#include "vectors_bed.h"

#include "harness.h"

#include "base/file.h"

#include <dirent.h>
#include <sys/stat.h>

/* ---- a store to try ---- */

void close_store(bed *b)
{
	sp_vector_store_close(b->store);
	b->store = NULL;
}

sp_status reopen(bed *b)
{
	close_store(b);
	sp_error_clear(&b->err);
	return sp_vector_store_open(b->folder, b->encoder, &b->store, &b->found, &b->err);
}

bool open_store_bed(bed *b, const char *name)
{
	snprintf(b->folder, sizeof b->folder, "%s/%s/vectors", harness_folder(), name);
	return fake_encoder_open(&b->fake, &b->encoder, &b->err) == SP_OK && reopen(b) == SP_OK;
}

void close_store_bed(bed *b)
{
	close_store(b);
	sp_encoder_free(b->encoder);
	fake_encoder_end(&b->fake);
}

void write_texts(some_texts *t, const char *what, int first, size_t count)
{
	t->count = count;
	for (size_t i = 0; i < count; i++) {
		int number = first + (int)i;
		snprintf(t->room[i], sizeof t->room[i], "%s %d%.*s", what, number, number % 30, "..............................");
		t->texts[i] = t->room[i];
		t->lens[i] = strlen(t->room[i]);
	}
}

sp_status get(bed *b, const some_texts *t, float *ret)
{
	sp_error_clear(&b->err);
	return sp_vector_store_get(b->store, SP_ENCODE_QUESTION, t->texts, t->lens, t->count, ret, NULL, NULL, NULL, &b->err);
}

size_t missing(const bed *b, const some_texts *t)
{
	return sp_vector_store_missing(b->store, SP_ENCODE_QUESTION, t->texts, t->lens, t->count);
}

bool find_file(const bed *b, const char *ending, char ret[1024])
{
	int found = 0;
	DIR *dir = opendir(b->folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name), end = strlen(ending);
		if (len < end || strcmp(entry->d_name + len - end, ending) != 0)
			continue;
		found++;
		snprintf(ret, 1024, "%s/%s", b->folder, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found == 1;
}

long size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

bool flip(const char *path, long at)
{
	FILE *file = fopen(path, "r+");
	if (!file)
		return false;
	fseek(file, at, SEEK_SET);
	int byte = fgetc(file);
	fseek(file, at, SEEK_SET);
	fputc(byte ^ 0x10, file);
	return fclose(file) == 0 && byte != EOF;
}

double dot_of(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * b[i];
	return sum;
}

bool same_files(const char *a, const char *b)
{
	const char *bytes[2] = {0};
	size_t lens[2] = {0};
	sp_arena *arena = sp_arena_new(0);
	bool same = arena && spi_file_read(a, 1 << 28, arena, &bytes[0], &lens[0], NULL) == SP_OK &&
				spi_file_read(b, 1 << 28, arena, &bytes[1], &lens[1], NULL) == SP_OK && lens[0] == lens[1] &&
				memcmp(bytes[0], bytes[1], lens[0]) == 0;
	sp_arena_free(arena);
	return same;
}
