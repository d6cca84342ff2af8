/* The file of vectors that were made once: longer by each batch, shorter by a sweep. */
#include "vectors/made_file.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sp_status no_memory(const spi_made *made, sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, made->path, 0, "out of memory");
}

/* ---- bytes ---- */

/* errno; what is missing at the file's end is EIO. */
int spi_made_read_at(int fd, void *data, size_t len, off_t at)
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

int spi_made_write_at(int fd, const void *data, size_t len, off_t at)
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

/* ---- a new file ---- */

static int read_entry(const spi_made *made, const spi_made_entry *entry, spi_made_record *ret, size_t *ret_size)
{
	*ret_size = spi_made_record_size(&made->kind, entry->tokens);
	return spi_made_read_at(made->fd, ret, *ret_size, (off_t)entry->at);
}

/* Each is a batch of its own: they are all on the disk before the file takes its place. */
static int copy_used(const spi_made *made, int to)
{
	off_t end = SPI_MADE_HEAD_SIZE;
	int problem = 0;
	spi_made_record *record = malloc(spi_made_record_most(&made->kind));
	if (!record)
		return ENOMEM;
	for (size_t i = 0, size; i < made->count && !problem; i++) {
		if (!made->entries[i].is_used)
			continue;
		problem = read_entry(made, &made->entries[i], record, &size);
		if (!problem && spi_made_sound_size(&made->kind, record, size) != size)
			problem = EIO;
		if (!problem) {
			spi_made_begin_batch(&made->kind, record);
			problem = spi_made_write_at(to, record, size, end);
		}
		end += (off_t)size;
	}
	free(record);
	return problem;
}

static int write_new(const spi_made *made, const char *beside, int *ret_fd)
{
	int fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	int problem = fchmod(fd, 0600) == 0 ? spi_made_write_head(made, fd) : errno;
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

sp_status spi_made_replace(spi_made *made, sp_error *err)
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
	spi_made_forget_unused(made, SPI_MADE_HEAD_SIZE);
	return sync_folder(made, err);
}

sp_status spi_made_shrink(spi_made *made, sp_error *err)
{
	return spi_made_replace(made, err);
}

/* ---- records ---- */

static sp_status pack_all(const spi_made *made, const spi_made_key *keys, float *vectors, const sp_token_rows *tokens, size_t count,
	char *ret_records, sp_error *err)
{
	for (size_t i = 0; i < count; i++) {
		spi_made_record *record = (spi_made_record *)ret_records;
		const sp_token_rows *of_text = tokens ? &tokens[i] : NULL;
		if (!spi_made_pack(&made->kind, &keys[i], vectors + i * made->kind.dimensions, of_text, i, record))
			return sp_error_set(
				err, SP_ERR_INVALID, made->kind.encoder, 0, "the encoder gave a vector with something that is no number");
		ret_records += spi_made_record_size(&made->kind, record->tokens);
	}
	return SP_OK;
}

/* errno. What cannot be cut off after a failure is written over by the next, or cut off when the file is opened. */
static int put_at_end(const spi_made *made, const void *records, size_t len)
{
	int problem = spi_made_write_at(made->fd, records, len, (off_t)made->end);
	if (!problem && fdatasync(made->fd) != 0)
		problem = errno;
	if (problem)
		(void)!ftruncate(made->fd, (off_t)made->end);
	return problem;
}

static void note_all(spi_made *made, const char *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const spi_made_record *record = (const spi_made_record *)records;
		records += spi_made_record_size(&made->kind, record->tokens);
		spi_made_note(made, record);
		spi_made_use(made, made->count - 1);
	}
}

sp_status spi_made_append(spi_made *made, const spi_made_key *keys, float *vectors, const sp_token_rows *tokens, size_t count,
	sp_error *err)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += spi_made_record_size(&made->kind, tokens ? tokens[i].count : 0);
	char *records = malloc(size + 1);
	if (!records || !spi_made_reserve(made, count)) {
		free(records);
		return no_memory(made, err);
	}
	sp_status status = pack_all(made, keys, vectors, tokens, count, records, err);
	int problem = status == SP_OK ? put_at_end(made, records, size) : 0;
	if (problem)
		status = write_failed(made, problem, err);
	if (status == SP_OK)
		note_all(made, records, count);
	free(records);
	return status;
}

sp_status spi_made_read(const spi_made *made, size_t record, float *ret_vector, signed char *ret_tokens, sp_error *err)
{
	const spi_made_entry *entry = &made->entries[record];
	size_t size = 0;
	sp_status status = SP_OK;
	spi_made_record *room = calloc(1, spi_made_record_size(&made->kind, entry->tokens));
	if (!room)
		return no_memory(made, err);
	int problem = read_entry(made, entry, room, &size);
	if (problem)
		status = sp_error_errno(err, problem, made->path, "read");
	else if (room->tokens != entry->tokens || spi_made_sound_size(&made->kind, room, size) != size)
		status = sp_error_set(
			err, SP_ERR_CORRUPT, made->path, 0, "was damaged since it was opened; try again: it will be put aside");
	else
		spi_made_unpack(&made->kind, room, ret_vector, ret_tokens);
	free(room);
	return status;
}
