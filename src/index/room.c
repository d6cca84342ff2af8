#include "index/room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_aside(int fd, off_t from, off_t bytes)
{
	int problem;
	do
		problem = fallocate(fd, FALLOC_FL_KEEP_SIZE, from, bytes) == 0 ? 0 : errno;
	while (problem == EINTR);
	return problem;
}

sp_status spi_room_take(const char *folder, uint64_t bytes, int *ret, sp_error *err)
{
	char path[PATH_MAX];
	struct stat st;
	*ret = -1;
	snprintf(path, sizeof path, "%.4000s/postlist.glass", folder); /* the table that values are in */
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return SP_OK; /* Xapian says what is wrong with it */
	int problem = fstat(fd, &st) == 0 ? set_aside(fd, st.st_size, st.st_size + (off_t)bytes) : errno;
	if (problem == 0) {
		*ret = fd;
		return SP_OK;
	}
	spi_room_give_back(fd);
	if (problem != ENOSPC && problem != EDQUOT)
		return SP_OK;
	return sp_error_set(err, SP_ERR_FULL, folder, 0, "cannot write the index: %s", strerror(problem));
}

void spi_room_give_back(int room)
{
	struct stat st;
	if (room < 0)
		return;
	/* Of its own length: what lies behind it is freed. */
	if (fstat(room, &st) == 0 && ftruncate(room, st.st_size) != 0)
		errno = 0; /* the table is whole all the same */
	close(room);
}
