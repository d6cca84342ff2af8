#include "index/seal.h"

#include "base/file.h"
#include "sportello/buffer.h"
#include "sportello/index.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SEAL_MAX (64 * 1024)
/* A reader that comes between a commit and its seal waits so long, in steps. */
#define SEAL_TRIES 6
#define SEAL_WAIT_MS 10

bool spi_seal_exists(const char *folder)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/SEAL", folder);
	return spi_exists(path);
}

/* ---- writing ---- */

static bool is_sized_file(const char *name)
{
	size_t len = strlen(name);
	return len > 6 && strcmp(name + len - 6, ".glass") == 0;
}

static sp_status put_file(const char *folder, const char *name, sp_buffer *out, sp_error *err)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%s/words/%s", folder, name);
	if (stat(path, &st) != 0)
		return sp_error_errno(err, errno, path, "look at");
	sp_buffer_printf(out, "file words/%s %lld\n", name, (long long)st.st_size);
	return SP_OK;
}

static sp_status put_files(const char *folder, sp_buffer *out, sp_error *err)
{
	char path[PATH_MAX];
	sp_status status = SP_OK;
	snprintf(path, sizeof path, "%s/words", folder);
	DIR *dir = opendir(path);
	if (!dir)
		return sp_error_errno(err, errno, path, "open");
	for (struct dirent *entry; status == SP_OK && (entry = readdir(dir));)
		if (is_sized_file(entry->d_name))
			status = put_file(folder, entry->d_name, out, err);
	closedir(dir);
	return status;
}

sp_status spi_seal_write(const char *folder, const char *encoder_name, sp_error *err)
{
	char path[PATH_MAX];
	sp_buffer out = SP_BUFFER_INIT;
	snprintf(path, sizeof path, "%s/SEAL", folder);
	sp_buffer_printf(&out, "sportello-index %d\nencoder %s\n", SP_INDEX_FORMAT, encoder_name);
	sp_status status = put_files(folder, &out, err);
	if (status == SP_OK && !sp_buffer_ok(&out))
		status = sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	if (status == SP_OK)
		status = spi_file_write(path, out.data, out.len, err);
	sp_buffer_release(&out);
	return status;
}

/* ---- checking ---- */

static sp_status corrupt(sp_error *err, const char *source, const char *what)
{
	return sp_error_set(err, SP_ERR_CORRUPT, source, 0, "%s; the index is built again from the articles", what);
}

static sp_status check_file(const char *folder, const char *name, long long size, sp_error *err)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (stat(path, &st) != 0)
		return corrupt(err, path, "is missing");
	if (st.st_size < size)
		return corrupt(err, path, "is shorter than it was written");
	return SP_OK;
}

static sp_status check_format(int format, const char *path, sp_error *err)
{
	if (format > SP_INDEX_FORMAT)
		return sp_error_set(err, SP_ERR_NEWER, path, 0,
			"was written by a newer version of the program (index format %d, this one reads %d); use that version",
			format, SP_INDEX_FORMAT);
	if (format < SP_INDEX_FORMAT)
		return sp_error_set(
			err, SP_ERR_INVALID, path, 0, "was written by an older version (index format %d); build it again", format);
	return SP_OK;
}

static sp_status check_lines(const char *folder, char *text, const char *path, char *ret_encoder_name, sp_error *err)
{
	int format, lines = 0, sized = 0;
	bool has_encoder = false;
	sp_status status = SP_OK;
	char name[256], *save = NULL;
	long long size;
	for (char *line = strtok_r(text, "\n", &save); status == SP_OK && line;
		 line = strtok_r(NULL, "\n", &save), lines++) {
		if (lines == 0)
			status = sscanf(line, "sportello-index %d", &format) == 1 ? check_format(format, path, err)
																	  : corrupt(err, path, "is no seal of an index");
		else if (sscanf(line, "encoder %127[^\n]", ret_encoder_name) == 1)
			has_encoder = true;
		else if (sscanf(line, "file %255s %lld", name, &size) == 2)
			status = check_file(folder, name, size, err), sized++;
		else
			status = corrupt(err, path, "was changed by hand");
	}
	if (status == SP_OK && (!has_encoder || !sized))
		status = corrupt(err, path, "is cut short");
	return status == SP_OK ? check_file(folder, "words/iamglass", 1, err) : status;
}

static sp_status check_once(const char *folder, char *ret_encoder_name, sp_error *err)
{
	char path[PATH_MAX];
	const char *text;
	size_t len;
	snprintf(path, sizeof path, "%s/SEAL", folder);
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = spi_file_read(path, SEAL_MAX, arena, &text, &len, err);
	if (status == SP_ERR_NOT_FOUND && spi_exists(folder)) {
		sp_error_clear(err);
		status = corrupt(err, path, "is missing");
	}
	if (status == SP_OK) {
		char *lines = sp_arena_strndup(arena, text, len);
		status = lines ? check_lines(folder, lines, path, ret_encoder_name, err) : SP_ERR_NOMEM;
	}
	sp_arena_free(arena);
	return status;
}

sp_status spi_seal_check(const char *folder, char ret_encoder_name[SPI_ENCODER_NAME_MAX], sp_error *err)
{
	sp_status status = SP_ERR_CORRUPT;
	sp_error last = {0};
	for (int i = 0; i < SEAL_TRIES && status == SP_ERR_CORRUPT; i++) {
		if (i > 0)
			nanosleep(&(struct timespec){.tv_nsec = SEAL_WAIT_MS * 1000000L}, NULL);
		sp_error_clear(&last);
		status = check_once(folder, ret_encoder_name, &last);
	}
	sp_error_copy(err, &last);
	return status;
}
