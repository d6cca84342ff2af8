/* A store's file that lost its end, by a copy that broke off for instance, is noticed before anything is served from it: SQLite itself tells only
   when a page is asked for that is not there. Pages that the log (WAL) holds may be missing from the file in good order. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of SQLite's file format (https://www.sqlite.org/fileformat2.html, 1.3 and 4.1). */
#define FILE_HEAD 100
#define LOG_HEAD 32
#define FRAME_HEAD 24
#define LOG_MAGIC 0x377f0682 /* its last bit says how checksums are counted */

/* What the log holds, up to its last commit. */
typedef struct log_pages {
	uint32_t *numbers;   /* of its pages, in the order in which they were written */
	size_t count;
	int64_t file_pages;  /* of the whole file after that commit */
	bool is_there;
} log_pages;

static uint32_t number_at(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Frames of this log, and none that an older one left behind it, bear the salt of its head. */
static void read_frames(int fd, size_t most, const unsigned char head[LOG_HEAD], log_pages *ret)
{
	unsigned char frame[FRAME_HEAD];
	const off_t size = FRAME_HEAD + (off_t)number_at(head + 8);
	for (size_t i = 0; i < most; i++) {
		if (pread(fd, frame, sizeof frame, LOG_HEAD + (off_t)i * size) != (ssize_t)sizeof frame || memcmp(frame + 8, head + 16, 8) != 0)
			return;
		ret->numbers[i] = number_at(frame);
		if (number_at(frame + 4) != 0) {
			ret->count = i + 1;
			ret->file_pages = number_at(frame + 4);
		}
	}
}

/* No log, or an empty one: no pages. The caller frees ret->numbers. */
static sp_status read_log(const char *path, int64_t page, log_pages *ret, sp_error *err)
{
	char *name = NULL;
	unsigned char head[LOG_HEAD];
	if (asprintf(&name, "%s-wal", path) < 0)
		return spi_out_of_memory(err);
	int fd = open(name, O_RDONLY | O_CLOEXEC); /* SQLite keeps no lock on it that closing would give back */
	free(name);
	if (fd < 0)
		return errno == ENOENT ? SP_OK : sp_error_errno(err, errno, path, "read the store's log");
	sp_status status = SP_OK;
	off_t size = lseek(fd, 0, SEEK_END);
	ret->is_there = size > 0;
	bool is_log = pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && (number_at(head) & ~1U) == LOG_MAGIC && number_at(head + 8) == page;
	if (is_log && size > LOG_HEAD) {
		size_t most = (size_t)((size - LOG_HEAD) / (FRAME_HEAD + page));
		ret->numbers = malloc((most + 1) * sizeof *ret->numbers);
		if (ret->numbers)
			read_frames(fd, most, head, ret);
		else
			status = spi_out_of_memory(err);
	}
	close(fd);
	return status;
}

/* How many pages the file should have and has not, and the log neither. */
static sp_status count_missing(const log_pages *log, int64_t has, int64_t *ret, sp_error *err)
{
	int64_t missing = log->file_pages - has;
	*ret = missing > 0 ? missing : 0;
	if (missing <= 0 || missing > (int64_t)log->count)
		return SP_OK;
	unsigned char *seen = calloc((size_t)missing, 1);
	if (!seen)
		return spi_out_of_memory(err);
	for (size_t i = 0; i < log->count; i++)
		if (log->numbers[i] > has && log->numbers[i] <= log->file_pages && !seen[log->numbers[i] - has - 1]) {
			seen[log->numbers[i] - has - 1] = 1;
			--*ret;
		}
	free(seen);
	return SP_OK;
}

/* Read through SQLite's own handle: to open and close the file here would give back every POSIX lock that this process's other connections hold on
   it, and the next process would take their log away. */
static bool read_head(spi_sqlite *db, unsigned char head[FILE_HEAD], sqlite3_int64 *ret_size)
{
	sqlite3_file *file = NULL;
	memset(head, 0, FILE_HEAD);
	return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file->pMethods &&
		file->pMethods->xFileSize(file, ret_size) == SQLITE_OK &&
		(*ret_size == 0 || file->pMethods->xRead(file, head, FILE_HEAD, 0) == SQLITE_OK || *ret_size < FILE_HEAD);
}

sp_status spi_sqlite_check_length(spi_sqlite *db, bool alone, sp_error *err)
{
	unsigned char head[FILE_HEAD];
	sqlite3_int64 size = 0;
	if (!read_head(db, head, &size))
		return sp_error_set(err, SP_ERR_IO, db->path, 0, "cannot open the store");
	if (size == 0 || memcmp(head, "SQLite format 3", 16) != 0)
		return SP_OK; /* new, or no database: that is told by others */
	int64_t page = (head[16] << 8 | head[17]) == 1 ? 65536 : head[16] << 8 | head[17];
	log_pages log = {.file_pages = number_at(head + 28)};
	sp_status status = page ? read_log(db->path, page, &log, err) : SP_OK;
	int64_t missing = 0;
	bool is_looked_at = size >= FILE_HEAD && page && !(log.is_there && !alone);
	if (status == SP_OK && is_looked_at)
		status = count_missing(&log, size / page, &missing, err);
	free(log.numbers);
	if (status != SP_OK || (size >= FILE_HEAD && page && missing == 0))
		return status;
	return sp_error_set(err, SP_ERR_CORRUPT, db->path, 0, "the file is cut short (%lld of %lld bytes); restore it from "
		"a backup", (long long)size, (long long)page * (long long)log.file_pages);
}
