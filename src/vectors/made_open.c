/* Opening the file of vectors that were made once: it is looked through, what a crash left is cut off, what is damaged put aside. */
#include "vectors/made_file.h"

#include "vectors/sum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "SPVECMAD"
/* 1: no tokens. Its vectors are made again: its records do not tell of which role they are. */
#define FORMAT 2
/* Bytes that are read at once, at least. */
#define CHUNK ((size_t)1 << 20)

/* Later formats have it too, so that a newer file is known from a damaged one; in older ones the name began where token_bytes is. */
typedef struct head {
	char magic[8];
	uint32_t format, dimensions;
	uint64_t sum;      /* of all of it, with zero here */
	uint32_t token_bytes;
	char encoder[484]; /* a longer name is cut */
} head;
_Static_assert(sizeof(head) == SPI_MADE_HEAD_SIZE, "the size is part of the format");

static sp_status no_memory(const spi_made *made, sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, made->path, 0, "out of memory");
}

/* ---- head ---- */

static uint64_t sum_of(head h)
{
	h.sum = 0;
	return spi_vectors_sum(0, &h, sizeof h);
}

static head head_for(const spi_made_kind *kind)
{
	head h = {.format = FORMAT, .dimensions = (uint32_t)kind->dimensions, .token_bytes = (uint32_t)kind->token_bytes};
	memcpy(h.magic, MAGIC, sizeof h.magic);
	snprintf(h.encoder, sizeof h.encoder, "%s", kind->encoder);
	h.sum = sum_of(h);
	return h;
}

int spi_made_write_head(const spi_made *made, int fd)
{
	head h = head_for(&made->kind);
	return spi_made_write_at(fd, &h, sizeof h, 0);
}

/* The same but for the tokens: made by a version of the program that made others, or none. */
static bool has_other_tokens(head h, head want)
{
	h.token_bytes = want.token_bytes;
	h.sum = want.sum;
	return memcmp(&h, &want, sizeof h) == 0;
}

static sp_status read_head(const spi_made *made, size_t size, sp_vector_store_found *ret_found, sp_error *err)
{
	head h, want = head_for(&made->kind);
	*ret_found = SP_STORE_DAMAGED;
	if (size < sizeof h)
		return SP_OK;
	int problem = spi_made_read_at(made->fd, &h, sizeof h, 0);
	if (problem)
		return sp_error_errno(err, problem, made->path, "read");
	if (memcmp(h.magic, MAGIC, sizeof h.magic) != 0 || h.sum != sum_of(h))
		return SP_OK;
	if (h.format > FORMAT)
		return sp_error_set(err, SP_ERR_NEWER, made->path, 0,
			"was written by a newer version of the program (format %u, this one reads %d); use that version, or remove the file",
			h.format, FORMAT);
	if (memcmp(&h, &want, sizeof h) == 0)
		*ret_found = SP_STORE_GOOD;
	else if (h.format < FORMAT || has_other_tokens(h, want))
		*ret_found = SP_STORE_OLD;
	return SP_OK;
}

/* ---- records ---- */

/* Notes the sound and whole records that the bytes begin with. */
static bool note_sound(spi_made *made, const char *bytes, size_t len)
{
	size_t at = 0, size;
	while ((size = spi_made_sound_size(&made->kind, bytes + at, len - at)) > 0) {
		if (!spi_made_reserve(made, 1))
			return false;
		spi_made_note(made, (const spi_made_record *)(bytes + at));
		at += size;
	}
	return true;
}

/* Notes records up to the first that is not sound. One that is cut by the end of a chunk begins the next. */
static sp_status scan(spi_made *made, uint64_t size, sp_error *err)
{
	size_t most = spi_made_record_most(&made->kind), room = most > CHUNK ? most : CHUNK;
	char *chunk = malloc(room);
	if (!chunk)
		return no_memory(made, err);
	sp_status status = SP_OK;
	for (size_t before = SIZE_MAX; status == SP_OK && made->end < size && made->count != before;) {
		size_t n = size - made->end < room ? (size_t)(size - made->end) : room;
		int problem = spi_made_read_at(made->fd, chunk, n, (off_t)made->end);
		before = made->count;
		if (problem)
			status = sp_error_errno(err, problem, made->path, "read");
		else if (!note_sound(made, chunk, n))
			status = no_memory(made, err);
	}
	free(chunk);
	return status;
}

static bool begins_batch(const spi_made_kind *kind, const char *bytes, size_t len)
{
	const spi_made_record *record = (const spi_made_record *)bytes;
	return record->place == 0 && (record->key.words[0] | record->key.words[1]) != 0 && spi_made_sound_size(kind, bytes, len) > 0;
}

/* Whether what follows the sound records can be what a crash left of the last batch: no longer than one, and none begins in it. */
static sp_status look_at_rest(const spi_made *made, uint64_t size, bool *ret_is_torn, sp_error *err)
{
	size_t rest = (size_t)(size - made->end), least = spi_made_record_size(&made->kind, 0);
	*ret_is_torn = rest <= SPI_MADE_AT_ONCE * spi_made_record_most(&made->kind);
	if (!*ret_is_torn)
		return SP_OK;
	char *bytes = malloc(rest);
	if (!bytes)
		return no_memory(made, err);
	int problem = spi_made_read_at(made->fd, bytes, rest, (off_t)made->end);
	for (size_t at = 8; !problem && *ret_is_torn && at + least <= rest; at += 8)
		*ret_is_torn = !begins_batch(&made->kind, bytes + at, rest - at);
	free(bytes);
	return problem ? sp_error_errno(err, problem, made->path, "read") : SP_OK;
}

static sp_status look_through(spi_made *made, uint64_t size, sp_vector_store_found *ret_found, sp_error *err)
{
	bool is_torn = false;
	sp_status status = scan(made, size, err);
	if (status != SP_OK || made->end == size)
		return status;
	status = look_at_rest(made, size, &is_torn, err);
	if (status != SP_OK)
		return status;
	if (!is_torn)
		*ret_found = SP_STORE_DAMAGED;
	else if (ftruncate(made->fd, (off_t)made->end) != 0 || fsync(made->fd) != 0)
		return sp_error_errno(err, errno, made->path, "cut off what was half written");
	return SP_OK;
}

/* ---- opening ---- */

static sp_status put_aside(spi_made *made, sp_error *err)
{
	char aside[PATH_MAX];
	close(made->fd);
	made->fd = -1;
	spi_made_forget_all(made);
	if ((size_t)snprintf(aside, sizeof aside, "%s.aside", made->path) >= sizeof aside)
		return sp_error_set(err, SP_ERR_INVALID, made->path, 0, "the path is too long");
	return rename(made->path, aside) == 0 ? SP_OK : sp_error_errno(err, errno, made->path, "put aside the damaged file");
}

static sp_status open_there(spi_made *made, sp_vector_store_found *ret_found, sp_error *err)
{
	struct stat st;
	if (fstat(made->fd, &st) != 0)
		return sp_error_errno(err, errno, made->path, "look at");
	if (!S_ISREG(st.st_mode))
		return sp_error_set(err, SP_ERR_INVALID, made->path, 0, "is not a regular file; remove it");
	sp_status status = read_head(made, (size_t)st.st_size, ret_found, err);
	if (status == SP_OK && *ret_found == SP_STORE_GOOD)
		status = look_through(made, (uint64_t)st.st_size, ret_found, err);
	if (status == SP_OK && *ret_found == SP_STORE_DAMAGED)
		status = put_aside(made, err);
	return status == SP_OK && *ret_found != SP_STORE_GOOD ? spi_made_replace(made, err) : status;
}

sp_status spi_made_open(
	spi_made *made, const char *path, const spi_made_kind *kind, sp_vector_store_found *ret_found, sp_error *err)
{
	*ret_found = SP_STORE_GOOD;
	*made = (spi_made){.kind = *kind, .end = sizeof(head)};
	snprintf(made->path, sizeof made->path, "%s", path);
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	made->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	int problem = made->fd < 0 ? errno : 0;
	sp_status status = spi_made_reserve(made, 0) ? SP_OK : no_memory(made, err);
	if (status == SP_OK && problem == ENOENT)
		status = spi_made_replace(made, err);
	else if (status == SP_OK && problem)
		status = sp_error_errno(err, problem, path, "open");
	else if (status == SP_OK)
		status = open_there(made, ret_found, err);
	if (status != SP_OK)
		spi_made_close(made);
	return status;
}

void spi_made_close(spi_made *made)
{
	if (made->fd >= 0)
		close(made->fd);
	free(made->entries);
	free(made->slots);
	*made = (spi_made){.fd = -1};
}
