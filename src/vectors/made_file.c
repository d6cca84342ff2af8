/* The file of vectors that were made once: looked through when it is opened, longer by each batch, shorter by a sweep. */
#include "vectors/made.h"

#include "base/file.h"
#include "vectors/sum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "SPVECMAD"
#define FORMAT 1
/* Records that are read at once. */
#define CHUNK 256

/* Later formats have it too, so that a newer file is known from a damaged one. */
typedef struct head {
	char magic[8];
	uint32_t format, dimensions;
	uint64_t sum;      /* of all of it, with zero here */
	char encoder[488]; /* a longer name is cut */
} head;
_Static_assert(sizeof(head) == 512, "the size is part of the format");

static off_t place_of(const spi_made *made, size_t record)
{
	return (off_t)(sizeof(head) + record * made->record_size);
}

static sp_status no_memory(const spi_made *made, sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, made->path, 0, "out of memory");
}

/* ---- bytes ---- */

/* errno; what is missing at the file's end is EIO. */
static int read_at(int fd, void *data, size_t len, off_t at)
{
	for (char *to = data; len > 0;) {
		ssize_t n = pread(fd, to, len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		to += n, at += n, len -= (size_t)n;
	}
	return 0;
}

static int write_at(int fd, const void *data, size_t len, off_t at)
{
	for (const char *from = data; len > 0;) {
		ssize_t n = pwrite(fd, from, len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		from += n, at += n, len -= (size_t)n;
	}
	return 0;
}

static sp_status write_failed(const spi_made *made, int problem, sp_error *err)
{
	if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG)
		return sp_error_set(err, SP_ERR_FULL, made->path, 0,
			"no room for more sentence vectors (%s); make room and try again, what was made before is kept", strerror(problem));
	return sp_error_errno(err, problem, made->path, "write");
}

/* ---- head ---- */

static uint64_t sum_of(head h)
{
	h.sum = 0;
	return spi_vectors_sum(0, &h, sizeof h);
}

static head head_for(const spi_made *made)
{
	head h = {.format = FORMAT, .dimensions = (uint32_t)made->dimensions};
	memcpy(h.magic, MAGIC, sizeof h.magic);
	snprintf(h.encoder, sizeof h.encoder, "%s", made->encoder);
	h.sum = sum_of(h);
	return h;
}

static sp_status read_head(const spi_made *made, size_t size, bool *ret_sound, sp_error *err)
{
	head h, want = head_for(made);
	*ret_sound = false;
	if (size < sizeof h)
		return SP_OK;
	int problem = read_at(made->fd, &h, sizeof h, 0);
	if (problem)
		return sp_error_errno(err, problem, made->path, "read");
	if (memcmp(h.magic, MAGIC, sizeof h.magic) == 0 && h.sum == sum_of(h) && h.format > FORMAT)
		return sp_error_set(err, SP_ERR_NEWER, made->path, 0,
			"was written by a newer version of the program (format %u, this one reads %d); use that version, or remove the file",
			h.format, FORMAT);
	*ret_sound = memcmp(&h, &want, sizeof h) == 0;
	return SP_OK;
}

/* ---- a new file ---- */

static int copy_used(const spi_made *made, int to)
{
	off_t end = sizeof(head);
	int problem = 0;
	spi_made_record *record = malloc(made->record_size);
	if (!record)
		return ENOMEM;
	for (size_t i = 0; i < made->count && !problem; i++) {
		if (!made->used[i])
			continue;
		problem = read_at(made->fd, record, made->record_size, place_of(made, i));
		if (!problem && !spi_made_is_sound(made, record))
			problem = EIO;
		if (!problem)
			problem = write_at(to, record, made->record_size, end);
		end += (off_t)made->record_size;
	}
	free(record);
	return problem;
}

static int write_new(const spi_made *made, const char *beside, int *ret_fd)
{
	head h = head_for(made);
	int fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	int problem = fchmod(fd, 0600) == 0 ? write_at(fd, &h, sizeof h, 0) : errno;
	if (!problem)
		problem = copy_used(made, fd);
	if (!problem && fsync(fd) != 0)
		problem = errno;
	if (!problem && rename(beside, made->path) != 0)
		problem = errno;
	if (!problem) {
		*ret_fd = fd;
		return 0;
	}
	close(fd);
	unlink(beside);
	return problem;
}

static sp_status sync_folder(const spi_made *made, sp_error *err)
{
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%s", made->path);
	*(strrchr(folder, '/') + 1) = '\0'; /* a path of ours has a folder */
	return spi_sync_folder(folder, err);
}

/* Put one with what was used in the place of what is there. */
static sp_status replace(spi_made *made, sp_error *err)
{
	char beside[PATH_MAX];
	int fd = -1;
	if ((size_t)snprintf(beside, sizeof beside, "%s.new", made->path) >= sizeof beside)
		return sp_error_set(err, SP_ERR_INVALID, made->path, 0, "the path is too long");
	int problem = write_new(made, beside, &fd);
	if (problem)
		return write_failed(made, problem, err);
	if (made->fd >= 0)
		close(made->fd);
	made->fd = fd;
	spi_made_forget_unused(made);
	return sync_folder(made, err);
}

sp_status spi_made_shrink(spi_made *made, sp_error *err)
{
	return replace(made, err);
}

/* ---- opening ---- */

/* Notes records up to the first that is not sound. */
static sp_status scan(spi_made *made, size_t whole, sp_error *err)
{
	char *chunk = malloc(CHUNK * made->record_size);
	int problem = 0;
	bool sound = true;
	if (!chunk || !spi_made_reserve(made, whole)) {
		free(chunk);
		return no_memory(made, err);
	}
	while (sound && !problem && made->count < whole) {
		size_t n = whole - made->count < CHUNK ? whole - made->count : CHUNK;
		problem = read_at(made->fd, chunk, n * made->record_size, place_of(made, made->count));
		for (size_t i = 0; i < n && sound && !problem; i++) {
			const spi_made_record *record = (const spi_made_record *)(chunk + i * made->record_size);
			sound = spi_made_is_sound(made, record);
			if (sound)
				spi_made_note(made, &record->key);
		}
	}
	free(chunk);
	return problem ? sp_error_errno(err, problem, made->path, "read") : SP_OK;
}

/* Only the last batch can have been half written: what is not sound before that was damaged. */
static sp_status look_through(spi_made *made, size_t size, bool *ret_sound, sp_error *err)
{
	size_t bytes = size - sizeof(head), whole = bytes / made->record_size;
	sp_status status = scan(made, whole, err);
	if (status != SP_OK || made->count * made->record_size == bytes)
		return status;
	if (bytes - made->count * made->record_size > SPI_MADE_AT_ONCE * made->record_size) {
		*ret_sound = false;
		return SP_OK;
	}
	if (ftruncate(made->fd, place_of(made, made->count)) != 0 || fsync(made->fd) != 0)
		return sp_error_errno(err, errno, made->path, "cut off what was half written");
	return SP_OK;
}

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

static sp_status open_there(spi_made *made, bool *ret_damaged, sp_error *err)
{
	struct stat st;
	bool sound = false;
	if (fstat(made->fd, &st) != 0)
		return sp_error_errno(err, errno, made->path, "look at");
	if (!S_ISREG(st.st_mode))
		return sp_error_set(err, SP_ERR_INVALID, made->path, 0, "is not a regular file; remove it");
	sp_status status = read_head(made, (size_t)st.st_size, &sound, err);
	if (status == SP_OK && sound)
		status = look_through(made, (size_t)st.st_size, &sound, err);
	if (status != SP_OK || sound)
		return status;
	*ret_damaged = true;
	status = put_aside(made, err);
	return status == SP_OK ? replace(made, err) : status;
}

sp_status spi_made_open(
	spi_made *made, const char *path, const char *encoder, size_t dimensions, bool *ret_damaged, sp_error *err)
{
	*ret_damaged = false;
	*made = (spi_made){.encoder = encoder, .dimensions = dimensions, .record_size = spi_made_record_size(dimensions)};
	snprintf(made->path, sizeof made->path, "%s", path);
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	made->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	int problem = made->fd < 0 ? errno : 0;
	sp_status status = spi_made_reserve(made, 0) ? SP_OK : no_memory(made, err);
	if (status == SP_OK && problem == ENOENT)
		status = replace(made, err);
	else if (status == SP_OK && problem)
		status = sp_error_errno(err, problem, path, "open");
	else if (status == SP_OK)
		status = open_there(made, ret_damaged, err);
	if (status != SP_OK)
		spi_made_close(made);
	return status;
}

void spi_made_close(spi_made *made)
{
	if (made->fd >= 0)
		close(made->fd);
	free(made->keys);
	free(made->used);
	free(made->slots);
	*made = (spi_made){.fd = -1};
}

/* ---- records ---- */

static sp_status pack_all(
	const spi_made *made, const spi_made_key *keys, float *vectors, size_t count, char *ret_records, sp_error *err)
{
	for (size_t i = 0; i < count; i++) {
		spi_made_record *record = (spi_made_record *)(ret_records + i * made->record_size);
		if (!spi_made_pack(made, &keys[i], vectors + i * made->dimensions, record))
			return sp_error_set(
				err, SP_ERR_INVALID, made->encoder, 0, "the encoder gave a vector with something that is no number");
	}
	return SP_OK;
}

/* errno. What cannot be cut off after a failure is written over by the next, or cut off when the file is opened. */
static int put_at_end(const spi_made *made, const void *records, size_t len)
{
	off_t end = place_of(made, made->count);
	int problem = write_at(made->fd, records, len, end);
	if (!problem && fdatasync(made->fd) != 0)
		problem = errno;
	if (problem)
		(void)!ftruncate(made->fd, end);
	return problem;
}

sp_status spi_made_append(spi_made *made, const spi_made_key *keys, float *vectors, size_t count, sp_error *err)
{
	char *records = malloc(count * made->record_size + 1);
	if (!records || !spi_made_reserve(made, count)) {
		free(records);
		return no_memory(made, err);
	}
	sp_status status = pack_all(made, keys, vectors, count, records, err);
	int problem = status == SP_OK ? put_at_end(made, records, count * made->record_size) : 0;
	if (problem)
		status = write_failed(made, problem, err);
	free(records);
	for (size_t i = 0; i < count && status == SP_OK; i++) {
		spi_made_note(made, &keys[i]);
		spi_made_use(made, made->count - 1);
	}
	return status;
}

sp_status spi_made_read(const spi_made *made, size_t record, float *ret_vector, sp_error *err)
{
	spi_made_record *room = malloc(made->record_size);
	if (!room)
		return no_memory(made, err);
	sp_status status = SP_OK;
	int problem = read_at(made->fd, room, made->record_size, place_of(made, record));
	if (problem)
		status = sp_error_errno(err, problem, made->path, "read");
	else if (!spi_made_is_sound(made, room))
		status = sp_error_set(
			err, SP_ERR_CORRUPT, made->path, 0, "was damaged since it was opened; try again: it will be put aside");
	else
		spi_made_unpack(made, room, ret_vector);
	free(room);
	return status;
}
