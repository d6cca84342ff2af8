/* Makers that the product knows and this build does not have: the user is told so, and what to do. */
#include "encode/maker.h"

#include <string.h>

static bool is_address(const char *name)
{
	return strncmp(name, "http://", 7) == 0 || strncmp(name, "https://", 8) == 0;
}

static bool is_meant(const char *name)
{
	return strcmp(name, "e5") == 0 || is_address(name);
}

static sp_status open_absent(const char *name, void **ret_state, sp_error *err)
{
	(void)ret_state;
	if (is_address(name))
		return sp_error_set(err, SP_ERR_UNSUPPORTED, "--encoder", 0,
			"this build cannot ask an embeddings server (%.200s); use --encoder none", name);
	return sp_error_set(
		err, SP_ERR_UNSUPPORTED, "--encoder", 0, "this build has no sentence encoder \"%s\"; use --encoder none", name);
}

const spi_maker spi_maker_absent = {.is_meant = is_meant, .open = open_absent};
