/* Which files the service keeps, and when it gives up the rest. */
#ifndef CMD_SERVE_GUARD_H
#define CMD_SERVE_GUARD_H

#include "cmd/serve_settings.h"
#include "sportello/sandbox.h"

/* Before the first thread. Where something is lacking: --sandbox on fails, auto tells in notice. */
sp_status spi_guard_files(const spi_serve_options *options, sp_arena *arena, sp_sandbox_state *state, sp_error *notice, sp_error *err);
/* Once the service runs. */
sp_status spi_guard_calls(const spi_serve_options *options, sp_sandbox_state *state, sp_error *notice, sp_error *err);

#endif
