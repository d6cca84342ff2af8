#include "vectors/mapped.h"

#include "base/file.h"
#include "vectors/sum.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

size_t spi_mapped_aligned(size_t n)
{
	return (n + SPI_MAPPED_ALIGNMENT - 1) & ~(size_t)(SPI_MAPPED_ALIGNMENT - 1);
}

const void *spi_mapped_at(const spi_mapped *mapped, size_t at)
{
	return (const char *)mapped->head + at;
}

static uint64_t sum_of(const void *file, size_t size)
{
	const char *bytes = file;
	uint64_t of_head = spi_vectors_sum(0, bytes, offsetof(spi_mapped_head, sum));
	return spi_vectors_sum(of_head, bytes + sizeof(spi_mapped_head), size - sizeof(spi_mapped_head));
}

sp_status spi_mapped_write(const char *path, const char *magic, void *file, size_t size, sp_error *err)
{
	spi_mapped_head *head = file;
	memcpy(head->magic, magic, sizeof head->magic);
	head->sum = sum_of(file, size);
	return spi_file_write(path, file, size, err);
}

/* ---- reading ---- */

sp_status spi_mapped_damaged(const char *path, const char *what, sp_error *err)
{
	return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "%s; the index is to be built again from the articles", what);
}

static sp_status look_at(const char *path, const char *magic, uint32_t format, const spi_mapped *mapped, sp_error *err)
{
	const spi_mapped_head *head = mapped->head;
	if (memcmp(head->magic, magic, sizeof head->magic) != 0)
		return spi_mapped_damaged(path, "is another kind of file", err);
	if (head->format > format)
		return sp_error_set(err, SP_ERR_NEWER, path, 0,
			"was written by a newer version of the program (format %u, this one reads %u); use that, or build the index again",
			head->format, format);
	return head->sum == sum_of(head, mapped->size) ? SP_OK : spi_mapped_damaged(path, "is cut off or damaged", err);
}

static sp_status map_file(int fd, const char *path, spi_mapped *ret, sp_error *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return sp_error_errno(err, errno, path, "look at");
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < sizeof(spi_mapped_head))
		return spi_mapped_damaged(path, "is cut off", err);
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return sp_error_errno(err, errno, path, "map");
	*ret = (spi_mapped){map, (size_t)st.st_size};
	return SP_OK;
}

sp_status spi_mapped_open(const char *path, const char *magic, uint32_t format, spi_mapped *ret, sp_error *err)
{
	*ret = (spi_mapped){0};
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	sp_status status = fd < 0 ? sp_error_errno(err, errno, path, "open") : map_file(fd, path, ret, err);
	if (fd >= 0)
		close(fd);
	if (status == SP_OK)
		status = look_at(path, magic, format, ret, err);
	if (status != SP_OK)
		spi_mapped_close(ret);
	return status;
}

void spi_mapped_close(spi_mapped *mapped)
{
	if (mapped->head)
		munmap((void *)mapped->head, mapped->size);
	*mapped = (spi_mapped){0};
}
