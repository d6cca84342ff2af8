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
#define FORMAT 2
/* Rows that are copied under the lock at once: some microseconds. */
#define ROWS_AT_ONCE 32
/* Of the largest size, which few have: room for so many. */
#define LARGEST_AT_ONCE 4
#define ENCODER_NAME_MAX 4096

typedef struct head {
	char magic[8];
	uint32_t format, dimensions, token_bytes;
	uint32_t name_len; /* the name follows */
} head;

/* Numbers of the vector and tokens follow. */
typedef struct row_head {
	spi_question_key key;
	float scale;
	uint32_t tokens_count;
} row_head;

static size_t row_bytes(const spi_remembered *remembered, size_t tokens_count)
{
	return sizeof(row_head) + remembered->dimensions * sizeof(int16_t) + tokens_count * remembered->token_bytes;
}

/* ---- reading ---- */

typedef struct input {
	FILE *file;
	uint64_t sum, left; /* bytes that were not read yet */
	char *row;          /* room for the largest, without its head */
} input;

static bool take(input *in, void *data, size_t len)
{
	if (len > in->left || fread(data, 1, len, in->file) != len)
		return false;
	in->left -= len;
	in->sum = spi_hash64_more(in->sum, data, len);
	return true;
}

static bool measure(input *in)
{
	struct stat st;
	if (fstat(fileno(in->file), &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	in->left = (uint64_t)st.st_size;
	return true;
}

static bool read_head(input *in, const char *encoder, const spi_remembered *remembered)
{
	head h;
	char name[ENCODER_NAME_MAX];
	size_t name_len = strlen(encoder);
	return take(in, &h, sizeof h) && memcmp(h.magic, MAGIC, sizeof h.magic) == 0 && h.format == FORMAT &&
		h.dimensions == remembered->dimensions && h.token_bytes == remembered->token_bytes && h.name_len == name_len &&
		name_len <= sizeof name && take(in, name, name_len) && memcmp(name, encoder, name_len) == 0;
}

static void take_over(spi_remembered *remembered, const row_head *h, const char *rest)
{
	size_t numbers_bytes = remembered->dimensions * sizeof(int16_t);
	if (spi_remembered_has(remembered, &h->key))
		return; /* it was forgotten and asked again while the file was written */
	spi_remembered_row *row =
		spi_remembered_place(remembered, &h->key, (const signed char *)rest + numbers_bytes, h->tokens_count);
	if (!row)
		return;
	row->scale = h->scale;
	memcpy(spi_remembered_numbers(remembered, row), rest, numbers_bytes);
}

static bool read_rows(input *in, spi_remembered *remembered)
{
	row_head h;
	uint64_t sum = in->sum, found;
	while (in->left > sizeof found) {
		if (!take(in, &h, sizeof h) || h.tokens_count > (remembered->token_bytes ? SP_ENCODE_TOKENS_MAX : 0) ||
		    !take(in, in->row, row_bytes(remembered, h.tokens_count) - sizeof h))
			return false;
		take_over(remembered, &h, in->row); /* of a larger table, the last are left */
		sum = in->sum;
	}
	return take(in, &found, sizeof found) && found == sum;
}

static void put_aside(const char *path)
{
	char aside[PATH_MAX];
	if ((size_t)snprintf(aside, sizeof aside, "%s.aside", path) < sizeof aside)
		(void)rename(path, aside);
}

sp_status spi_remembered_read(spi_remembered *remembered, const char *path, const char *encoder, sp_error *err)
{
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return SP_OK;
	}
	input in = {.file = file, .sum = SPI_HASH64_SEED, .row = malloc(row_bytes(remembered, SP_ENCODE_TOKENS_MAX))};
	if (!in.row) {
		fclose(file);
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	}
	if (!measure(&in) || !read_head(&in, encoder, remembered) || !read_rows(&in, remembered)) {
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

/* Where the next one goes. */
static char *copy_row(const spi_remembered *remembered, const spi_remembered_row *row, char *to)
{
	row_head h = {.key = row->key, .scale = row->scale, .tokens_count = row->tokens_count};
	size_t numbers_bytes = remembered->dimensions * sizeof(int16_t), tokens_bytes = row->tokens_count * remembered->token_bytes;
	memcpy(to, &h, sizeof h);
	memcpy(to + sizeof h, spi_remembered_numbers(remembered, row), numbers_bytes);
	if (tokens_bytes)
		memcpy(to + sizeof h + numbers_bytes, row->tokens, tokens_bytes);
	return to + sizeof h + numbers_bytes + tokens_bytes;
}

typedef struct piece {
	pthread_mutex_t *lock;
	char *bytes;
	size_t room;
} piece;

/* All that is there, from the hand on; of `used` rows, in pieces: a row may be given away between two of them, or taken, but stays
   one that can be read. */
static void put_rows(output *out, const spi_remembered *remembered, const piece *p, uint32_t first, uint32_t used)
{
	size_t largest = row_bytes(remembered, SP_ENCODE_TOKENS_MAX);
	for (uint32_t done = 0; done < used && !out->problem;) {
		char *to = p->bytes;
		pthread_mutex_lock(p->lock);
		for (uint32_t n = 0; n < ROWS_AT_ONCE && done < used && (size_t)(p->bytes + p->room - to) >= largest; n++, done++) {
			const spi_remembered_row *row = &remembered->rows[((uint64_t)first + done) % used];
			if (row->is_taken)
				to = copy_row(remembered, row, to);
		}
		pthread_mutex_unlock(p->lock);
		put(out, p->bytes, (size_t)(to - p->bytes));
	}
}

static int write_all(FILE *file, spi_remembered *remembered, pthread_mutex_t *lock, const char *encoder)
{
	output out = {.file = file, .sum = SPI_HASH64_SEED};
	piece p = {.lock = lock, .room = LARGEST_AT_ONCE * row_bytes(remembered, SP_ENCODE_TOKENS_MAX)};
	p.bytes = malloc(p.room);
	if (!p.bytes)
		return ENOMEM;
	pthread_mutex_lock(lock);
	uint32_t used = remembered->used, first = remembered->hand;
	pthread_mutex_unlock(lock);
	head h = {.format = FORMAT, .dimensions = (uint32_t)remembered->dimensions, .token_bytes = (uint32_t)remembered->token_bytes,
		.name_len = (uint32_t)strlen(encoder)};
	memcpy(h.magic, MAGIC, sizeof h.magic);
	put(&out, &h, sizeof h);
	put(&out, encoder, h.name_len);
	put_rows(&out, remembered, &p, first, used);
	put_unsummed(&out, &out.sum, sizeof out.sum);
	free(p.bytes);
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
