/* Which sentence encoder a command uses. */
#include "cmd/cmd.h"

sp_status spi_encoder_open(const spi_encoder_options *options, sp_encoder **ret, sp_error *err)
{
	sp_encoder_settings settings = {.name = options->name, .model = options->model, .key_file = options->key_file,
		.timeout_ms = options->timeout_ms};
	if (!settings.name && !sp_encoder_has_e5())
		spi_tell("notice", spi_say("cmd.encoder.absent"));
	if (!settings.name)
		settings.name = sp_encoder_has_e5() ? "e5" : "none";
	return sp_encoder_new(&settings, ret, err);
}
