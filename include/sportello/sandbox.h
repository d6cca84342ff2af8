/**
 * @file sandbox.h
 * What this process gives up for good, so that a mistake in it harms less: files (Landlock), and calls of the kernel (seccomp).
 *
 * First the files, before the first thread starts; the calls once the service runs. Neither can be taken back. Where the kernel has not
 * got one of them, the other is taken all the same.
 */
#ifndef SPORTELLO_SANDBOX_H
#define SPORTELLO_SANDBOX_H

#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_sandbox_place {
	const char *path;  /**< file or folder, with all below it; one that is not there is left out */
	bool writable;
} sp_sandbox_place;

typedef struct sp_sandbox_options {
	const sp_sandbox_place *places; size_t count;
	unsigned port;     /**< that may be listened on; 0 = any free one */
	bool connects;     /**< it may connect to other machines and programs */
} sp_sandbox_options;

typedef struct sp_sandbox_state {
	int landlock;      /**< version of the kernel's interface; 0 = none */
	bool seccomp;      /**< the kernel has it, and so has this build */
	bool files, network, calls; /**< given up */
} sp_sandbox_state;

/** What the kernel has. Cheap. */
void sp_sandbox_probe(sp_sandbox_state *ret);
/**
 * From now on no file but those of @p options (and what the system's libraries need to read), no program can be executed, no other port
 * listened on, and, unless it connects, nothing connected to.
 * @return SP_OK; SP_ERR_UNSUPPORTED (no Landlock: nothing was given up); SP_ERR_INTERNAL (threads run already); SP_ERR_IO
 */
sp_status sp_sandbox_files(const sp_sandbox_options *options, sp_sandbox_state *state, sp_error *err);
/** From now on, for all threads, only the calls that the service needs: no new process or program, no other user, no debugging, no mounting,
 *  no memory that is written and run. What is asked for all the same fails with EPERM or ENOSYS. SP_ERR_UNSUPPORTED: no seccomp. */
sp_status sp_sandbox_calls(sp_sandbox_state *state, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
