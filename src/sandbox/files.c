/* Landlock (Linux 5.13): the kernel's interface has no wrapper in the C library, and its header is older than the kernels that it runs on;
   numbers are those of include/uapi/linux/landlock.h. */
#include "sportello/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define ASK_VERSION 1u
#define RULE_PATH 1
#define RULE_PORT 2

enum {
	EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4, REMOVE_FILE = 1 << 5,
	MAKE_CHAR = 1 << 6, MAKE_DIR = 1 << 7, MAKE_REG = 1 << 8, MAKE_SOCK = 1 << 9, MAKE_FIFO = 1 << 10, MAKE_BLOCK = 1 << 11,
	MAKE_SYM = 1 << 12, REFER = 1 << 13, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15,
	READING = READ_FILE | READ_DIR,
	WRITING = READING | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE,
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV, /* what can be said of a file alone */
	BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1,
	SCOPE_ABSTRACT = 1 << 0, SCOPE_SIGNAL = 1 << 1,
};

struct ruleset { uint64_t files, network, scoped; };
struct path_rule { uint64_t allowed; int32_t parent; } __attribute__((packed));
struct port_rule { uint64_t allowed, port; };

static int version(void)
{
	long found = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);
	return found > 0 ? (int)found : 0;
}

/* What this kernel knows of it. */
static uint64_t known(int landlock, uint64_t files)
{
	return files & ~(uint64_t)((landlock < 2 ? REFER : 0) | (landlock < 3 ? TRUNCATE : 0) | (landlock < 5 ? IOCTL_DEV : 0));
}

static bool allow(int ruleset, int landlock, const char *path, uint64_t allowed)
{
	struct stat st;
	struct path_rule rule = {.allowed = known(landlock, allowed), .parent = open(path, O_PATH | O_CLOEXEC)};
	if (rule.parent < 0)
		return errno == ENOENT || errno == EACCES || errno == ENOTDIR; /* what is not there needs no leave */
	if (fstat(rule.parent, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed &= OF_FILES;
	bool done = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) == 0;
	int why = errno;
	close(rule.parent);
	errno = why;
	return done;
}

/* Of the system: libraries that are loaded late, names of machines and users, certificates, time zones, the number of processors. */
static bool allow_system(int ruleset, int landlock)
{
	static const char *const places[] = {"/usr", "/lib", "/lib64", "/etc", "/run", "/proc", "/sys/devices/system", "/dev/urandom", "/dev/random"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (!allow(ruleset, landlock, places[i], READING))
			return false;
	return allow(ruleset, landlock, "/dev/null", READ_FILE | WRITE_FILE);
}

static bool fill(int ruleset, const sp_sandbox_options *options, int landlock)
{
	struct port_rule port = {.allowed = BIND_TCP, .port = options->port};
	if (!allow_system(ruleset, landlock))
		return false;
	for (size_t i = 0; i < options->count; i++)
		if (!allow(ruleset, landlock, options->places[i].path, options->places[i].writable ? WRITING : READING))
			return false;
	return landlock < 4 || syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &port, 0) == 0;
}

/* It holds for the calling thread and those that it starts: another one would stay outside. */
static int threads(void)
{
	char line[128];
	int count = 1;
	FILE *file = fopen("/proc/self/status", "re");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "Threads:", 8) == 0)
			count = atoi(line + 8);
	if (file)
		fclose(file);
	return count;
}

sp_status sp_sandbox_files(const sp_sandbox_options *options, sp_sandbox_state *state, sp_error *err)
{
	int landlock = state->landlock = version();
	if (!landlock)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, "sandbox", 0, "this kernel has no Landlock, or it is not switched on (lsm=landlock,…)");
	if (threads() > 1)
		return sp_error_set(err, SP_ERR_INTERNAL, "sandbox", 0, "files are confined before the first thread starts");
	struct ruleset wanted = {
		.files = known(landlock, EXECUTE | WRITING | MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM | IOCTL_DEV),
		.network = options->connects ? BIND_TCP : BIND_TCP | CONNECT_TCP,
		.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL,
	};
	size_t size = landlock < 4 ? sizeof wanted.files : landlock < 6 ? 2 * sizeof wanted.files : sizeof wanted;
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
	bool done = ruleset >= 0 && fill(ruleset, options, landlock) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	int why = errno;
	if (ruleset >= 0)
		close(ruleset);
	if (!done)
		return sp_error_errno(err, why, "sandbox", "confine files by Landlock");
	state->files = true;
	state->network = landlock >= 4;
	return SP_OK;
}

void sp_sandbox_probe(sp_sandbox_state *ret)
{
	*ret = (sp_sandbox_state){.landlock = version(), .seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0};
}
