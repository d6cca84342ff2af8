/* Linked into the coverage build alone (-Wl,--wrap=sp_sandbox_files): a service that gave up all files but its own still writes at its end
   which lines it ran. COUNTED_BUILD is the folder of that build. */
#include "sportello/sandbox.h"

enum { MOST_PLACES = 64 };

sp_status __real_sp_sandbox_files(const sp_sandbox_options *options, sp_sandbox_state *state, sp_error *err);
sp_status __wrap_sp_sandbox_files(const sp_sandbox_options *options, sp_sandbox_state *state, sp_error *err);

sp_status __wrap_sp_sandbox_files(const sp_sandbox_options *options, sp_sandbox_state *state, sp_error *err)
{
	sp_sandbox_place places[MOST_PLACES] = {{.path = COUNTED_BUILD, .writable = true}};
	sp_sandbox_options counted = *options;
	if (options->count >= MOST_PLACES)
		return SP_ERR_INTERNAL;
	for (size_t i = 0; i < options->count; i++)
		places[i + 1] = options->places[i];
	counted.places = places;
	counted.count = options->count + 1;
	return __real_sp_sandbox_files(&counted, state, err);
}
