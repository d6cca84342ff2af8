/* Makers that the product knows and this build does not have: the user is told so, and what to do. */
#include "encode/maker.h"

#include <string.h>

static bool is_meant(const char *name)
{
	return strcmp(name, "e5") == 0;
}

static sp_status open_absent(const sp_encoder_settings *settings, void **ret_state, sp_error *err)
{
	const char *name = settings->name;
	(void)ret_state;
	return sp_error_set(
		err, SP_ERR_UNSUPPORTED, "--encoder", 0, "this build has no sentence encoder \"%s\"; build it where it can be fetched or use --encoder none", name);
}

const spi_maker spi_maker_absent = {.is_meant = is_meant, .open = open_absent};
