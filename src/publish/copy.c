/* Copying a finished index, as the beginning of another one. */
#include "publish/publisher.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_bytes(int from, int to)
{
	struct stat st;
	if (fstat(from, &st) != 0)
		return errno;
	for (off_t at = 0; at < st.st_size;) {
		ssize_t n = sendfile(to, from, &at, (size_t)(st.st_size - at));
		if (n < 0 && errno != EINTR)
			return errno;
		if (n == 0)
			return EIO; /* it became shorter: nobody should write it now */
	}
	return 0;
}

static sp_status copy_file(const char *from, const char *to, sp_error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return sp_error_errno(err, errno, from, "open");
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0) {
		int problem = errno;
		close(in);
		return sp_error_errno(err, problem, to, "create");
	}
	int problem = copy_bytes(in, out);
	if (!problem) /* the disk may begin; whether it came so far is seen when the folder is synced */
		(void)sync_file_range(out, 0, 0, SYNC_FILE_RANGE_WRITE);
	close(in);
	if (close(out) != 0 && !problem)
		problem = errno;
	return problem ? sp_error_errno(err, problem, to, "write") : SP_OK;
}

sp_status spi_copy_folder(const char *from, const char *to, sp_error *err)
{
	sp_status status = spi_mkdirs(to, err);
	DIR *dir = status == SP_OK ? opendir(from) : NULL;
	if (status == SP_OK && !dir)
		return sp_error_errno(err, errno, from, "open");
	for (struct dirent *entry; status == SP_OK && (entry = readdir(dir));) {
		char source[PATH_MAX], target[PATH_MAX];
		struct stat st;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
		snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
		if (stat(source, &st) != 0)
			status = sp_error_errno(err, errno, source, "look at");
		else
			status = S_ISDIR(st.st_mode) ? spi_copy_folder(source, target, err) : copy_file(source, target, err);
	}
	if (dir)
		closedir(dir);
	return status;
}
