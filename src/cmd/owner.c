/* root at work in the data folder of the service's user: what it makes there is that user's, or the service could not open it. */
#include "cmd/cmd.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who has the store; where there is none yet, the index, or the folder. */
static bool owner_of(const char *data, struct stat *ret)
{
	static const char *const places[] = {"/store.sqlite", "/index/CURRENT", ""};
	char path[PATH_MAX];
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%.4000s%s", data, places[i]);
		if (stat(path, ret) == 0)
			return ret->st_uid != 0;
	}
	return false;
}

bool spi_owner_is_other(const char *data)
{
	struct stat st;
	return geteuid() == 0 && owner_of(data, &st);
}

bool spi_owner_begin(const char *data)
{
	struct stat st;
	if (geteuid() != 0 || !owner_of(data, &st))
		return false;
	const struct passwd *user = getpwuid(st.st_uid);
	if ((user ? initgroups(user->pw_name, st.st_gid) : setgroups(0, NULL)) != 0 || setegid(st.st_gid) != 0)
		return false; /* a container without that right: all in it is its root's */
	return seteuid(st.st_uid) == 0;
}

void spi_owner_end(bool begun)
{
	if (begun && (seteuid(0) != 0 || setegid(0) != 0))
		return; /* it goes on as that user, who may less */
}

sp_status spi_open_store(const char *data, sp_store_mode mode, sp_store **ret, sp_error *err)
{
	bool begun = mode != SP_STORE_READ && spi_owner_begin(data);
	sp_status status = sp_store_open(data, mode, ret, err);
	spi_owner_end(begun);
	return status;
}
