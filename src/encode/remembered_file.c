/* The file of what is remembered. It is read and written in one pass, with a few rows in memory. */
#include "encode/remembered_private.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "SPASKED\n"
#define FORMAT 1
#define SUM_BYTES sizeof(uint64_t)
/* Rows that are copied under the lock at once: some microseconds. */
#define ROWS_AT_ONCE 32
#define ENCODER_NAME_MAX 4096

typedef struct head {
	char magic[8];
	uint32_t format, dimensions;
	uint64_t count;
	uint32_t name_len, unused; /* the name follows */
} head;

static size_t row_bytes(size_t dimensions)
{
	return sizeof(spi_question_key) + sizeof(float) + dimensions * sizeof(int16_t);
}

/* ---- reading ---- */

typedef struct input {
	FILE *file;
	uint64_t sum;
	char *row;        /* room for one */
	size_t row_bytes;
} input;

static bool take(input *in, void *data, size_t len)
{
	if (fread(data, 1, len, in->file) != len)
		return false;
	in->sum = spi_hash64_more(in->sum, data, len);
	return true;
}

static bool is_of_size(FILE *file, uint64_t want)
{
	struct stat st;
	return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == want;
}

static bool read_head(input *in, const char *encoder, size_t dimensions, uint64_t *ret_count)
{
	head h;
	char name[ENCODER_NAME_MAX];
	size_t name_len = strlen(encoder);
	if (!take(in, &h, sizeof h) || memcmp(h.magic, MAGIC, sizeof h.magic) != 0 || h.format != FORMAT ||
	    h.dimensions != dimensions || h.name_len != name_len || name_len > sizeof name || h.count > UINT32_MAX)
		return false;
	if (!take(in, name, name_len) || memcmp(name, encoder, name_len) != 0)
		return false;
	*ret_count = h.count;
	return is_of_size(in->file, sizeof h + name_len + h.count * in->row_bytes + SUM_BYTES);
}

static void take_over(spi_remembered *remembered, const char *bytes)
{
	spi_question_key key;
	memcpy(&key, bytes, sizeof key);
	if (spi_remembered_has(remembered, &key))
		return; /* it was forgotten and asked again while the file was written */
	uint32_t number = spi_remembered_place(remembered, &key);
	memcpy(&remembered->rows[number].scale, bytes + sizeof key, sizeof(float));
	memcpy(remembered->numbers + number * remembered->dimensions, bytes + sizeof key + sizeof(float),
		remembered->dimensions * sizeof(int16_t));
}

static bool read_rows(input *in, spi_remembered *remembered, uint64_t count)
{
	uint64_t sum;
	for (uint64_t i = 0; i < count; i++) {
		if (!take(in, in->row, in->row_bytes))
			return false;
		take_over(remembered, in->row); /* of a larger table, the last are left */
	}
	return fread(&sum, 1, sizeof sum, in->file) == sizeof sum && sum == in->sum;
}

static void put_aside(const char *path)
{
	char aside[PATH_MAX];
	if ((size_t)snprintf(aside, sizeof aside, "%s.aside", path) < sizeof aside)
		(void)rename(path, aside);
}

sp_status spi_remembered_read(spi_remembered *remembered, const char *path, const char *encoder, sp_error *err)
{
	uint64_t count = 0;
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return SP_OK;
	}
	input in = {.file = file, .sum = SPI_HASH64_SEED, .row_bytes = row_bytes(remembered->dimensions)};
	in.row = malloc(in.row_bytes);
	if (!in.row) {
		fclose(file);
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	}
	if (!read_head(&in, encoder, remembered->dimensions, &count) || !read_rows(&in, remembered, count)) {
		spi_remembered_clear(remembered);
		put_aside(path);
	}
	fclose(file);
	free(in.row);
	return SP_OK;
}

/* ---- writing ---- */

typedef struct output {
	FILE *file;
	uint64_t sum;
	int problem; /* errno of the first */
} output;

static void put_unsummed(output *out, const void *data, size_t len)
{
	if (!out->problem && fwrite(data, 1, len, out->file) != len)
		out->problem = errno;
}

static void put(output *out, const void *data, size_t len)
{
	out->sum = spi_hash64_more(out->sum, data, len);
	put_unsummed(out, data, len);
}

static void copy_row(const spi_remembered *remembered, uint32_t number, char *to)
{
	const spi_remembered_row *row = &remembered->rows[number];
	memcpy(to, &row->key, sizeof row->key);
	memcpy(to + sizeof row->key, &row->scale, sizeof row->scale);
	memcpy(to + sizeof row->key + sizeof row->scale, remembered->numbers + number * remembered->dimensions,
		remembered->dimensions * sizeof(int16_t));
}

/* Rows are replaced, never taken away: the first count of them are there whatever happens between two pieces. */
static void put_rows(output *out, const spi_remembered *remembered, pthread_mutex_t *lock, uint32_t first, uint32_t count,
	char *room)
{
	size_t size = row_bytes(remembered->dimensions);
	for (uint32_t done = 0, n; done < count && !out->problem; done += n) {
		n = count - done < ROWS_AT_ONCE ? count - done : ROWS_AT_ONCE;
		pthread_mutex_lock(lock);
		for (uint32_t i = 0; i < n; i++)
			copy_row(remembered, (uint32_t)(((uint64_t)first + done + i) % count), room + i * size);
		pthread_mutex_unlock(lock);
		put(out, room, n * size);
	}
}

static int write_all(FILE *file, spi_remembered *remembered, pthread_mutex_t *lock, const char *encoder)
{
	output out = {.file = file, .sum = SPI_HASH64_SEED};
	char *room = malloc(ROWS_AT_ONCE * row_bytes(remembered->dimensions));
	if (!room)
		return ENOMEM;
	pthread_mutex_lock(lock);
	uint32_t count = remembered->count, first = remembered->hand;
	pthread_mutex_unlock(lock);
	head h = {.format = FORMAT, .dimensions = (uint32_t)remembered->dimensions, .count = count,
		.name_len = (uint32_t)strlen(encoder)};
	memcpy(h.magic, MAGIC, sizeof h.magic);
	put(&out, &h, sizeof h);
	put(&out, encoder, h.name_len);
	put_rows(&out, remembered, lock, first, count, room);
	put_unsummed(&out, &out.sum, sizeof out.sum);
	free(room);
	if (!out.problem && (fflush(file) != 0 || fsync(fileno(file)) != 0))
		out.problem = errno;
	return out.problem;
}

static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 && fchmod(fd, 0600) == 0 ? fdopen(fd, "w") : NULL;
	if (!file && fd >= 0) {
		int why = errno;
		close(fd);
		errno = why;
	}
	return file;
}

sp_status spi_remembered_write(spi_remembered *remembered, pthread_mutex_t *lock, const char *path, const char *encoder,
	sp_error *err)
{
	char beside[PATH_MAX];
	if ((size_t)snprintf(beside, sizeof beside, "%s.tmp%ld", path, (long)getpid()) >= sizeof beside)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "the path is too long");
	FILE *file = create(beside);
	if (!file)
		return sp_error_errno(err, errno, path, "write");
	int problem = write_all(file, remembered, lock, encoder);
	if (fclose(file) != 0 && !problem)
		problem = errno;
	return spi_file_replace(beside, path, problem, err);
}
