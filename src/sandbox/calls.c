/* seccomp: calls of the kernel that the service makes, or the libraries below it. Grouped by what they are for; where a newer library tries
   a newer call first, ENOSYS makes it take the older one. */
#include "sportello/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

static const char *const allowed[] = {
	/* files */
	"open", "openat", "openat2", "creat", "close", "close_range", "read", "pread64", "readv", "preadv", "preadv2", "write", "pwrite64", "writev",
	"pwritev", "pwritev2", "lseek", "_llseek", "fsync", "fdatasync", "sync_file_range", "syncfs", "ftruncate", "ftruncate64", "truncate",
	"truncate64", "fallocate", "fadvise64", "fadvise64_64", "sendfile", "sendfile64", "copy_file_range", "stat", "lstat", "fstat", "stat64", "lstat64",
	"fstat64", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "statfs64", "fstatfs64", "access", "faccessat", "faccessat2", "readlink",
	"readlinkat", "getdents", "getdents64", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
	"chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "utimensat", "utime", "utimes", "futimesat", "umask", "getcwd", "chdir",
	"fchdir", "flock", "fcntl", "fcntl64", "dup", "dup2", "dup3", "pipe", "pipe2", "inotify_init", "inotify_init1", "inotify_add_watch",
	"inotify_rm_watch", "readahead", "memfd_create",
	/* memory */
	"brk", "munmap", "mremap", "madvise", "msync", "mlock", "munlock", "membarrier", "mincore", "get_mempolicy",
	/* threads and their waiting */
	"futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address", "rseq", "gettid", "getpid", "getppid", "sched_yield",
	"sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getcpu",
	"getpriority", "setpriority", "arch_prctl", "set_thread_area", "exit", "exit_group", "restart_syscall",
	/* time */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep", "clock_nanosleep_time64", "gettimeofday", "time", "times",
	"nanosleep", "timerfd_create", "timerfd_settime", "timerfd_settime64", "timerfd_gettime", "timerfd_gettime64", "alarm", "setitimer", "getitimer",
	/* signals to itself, and waiting for them */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigpending", "rt_sigsuspend",
	"sigaltstack", "tgkill", "signalfd", "signalfd4", "pause",
	/* sockets (which kinds: below) */
	"bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt", "setsockopt", "shutdown", "socketpair", "sendto", "sendmsg",
	"sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "send", "recv", "socketcall", "poll", "ppoll", "ppoll_time64", "select", "_newselect",
	"pselect6", "pselect6_time64", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2",
	/* what it is and may use */
	"getuid", "geteuid", "getgid", "getegid", "getuid32", "geteuid32", "getgid32", "getegid32", "getgroups", "getresuid", "getresgid", "getpgrp", "getsid",
	"getrlimit", "ugetrlimit", "setrlimit", "prlimit64", "getrusage", "sysinfo", "uname", "getrandom", "capget", "riscv_flush_icache", "cacheflush",
};

/* What nobody here asks for by chance is refused in a way that a test, and a reader of a trace, can tell from "not known". */
static const char *const refused[] = {"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "mount",
	"umount2", "pivot_root", "chroot", "unshare", "setns", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "capset", "bpf",
	"perf_event_open", "userfaultfd", "init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon", "sethostname", "settimeofday",
	"clock_settime", "keyctl", "add_key", "request_key", "open_by_handle_at", "symlink", "symlinkat", "mknod", "mknodat", "personality", "acct"};

static int add_simple(scmp_filter_ctx filter)
{
	int code = 0;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed && code == 0; i++) {
		int number = seccomp_syscall_resolve_name(allowed[i]);
		if (number >= 0)
			code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	}
	for (size_t i = 0; i < sizeof refused / sizeof *refused && code == 0; i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);
		if (number >= 0)
			code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
	}
	return code;
}

/* A rule for each value that an argument may have. */
static int allow_values(scmp_filter_ctx filter, const char *call, unsigned argument, const scmp_datum_t *values, size_t count)
{
	int number = seccomp_syscall_resolve_name(call), code = 0;
	for (size_t i = 0; i < count && code == 0 && number >= 0; i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_CMP64(argument, SCMP_CMP_EQ, values[i]));
	return code;
}

static int add_with_arguments(scmp_filter_ctx filter)
{
	static const scmp_datum_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
	static const scmp_datum_t ioctls[] = {FIONREAD, FIONBIO, FIOCLEX, TCGETS, TIOCGWINSZ};
	static const scmp_datum_t prctls[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_NO_NEW_PRIVS, PR_GET_DUMPABLE};
	int code = allow_values(filter, "socket", 0, families, sizeof families / sizeof *families);
	if (code == 0)
		code = allow_values(filter, "ioctl", 1, ioctls, sizeof ioctls / sizeof *ioctls);
	if (code == 0)
		code = allow_values(filter, "prctl", 0, prctls, sizeof prctls / sizeof *prctls);
	/* A new thread, but no new process: clone3 keeps its flags where a filter cannot see them, so that clone is taken instead. */
	if (code == 0)
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (code == 0)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return code;
}

/* Memory is written or run, not both, and not first one, then the other. */
static int add_memory(scmp_filter_ctx filter)
{
	static const char *const maps[] = {"mmap", "mmap2"};
	int code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (size_t i = 0; i < 2 && code == 0; i++) {
		int number = seccomp_syscall_resolve_name(maps[i]);
		if (number < 0)
			continue;
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (code == 0)
			code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC));
	}
	return code;
}

sp_status sp_sandbox_calls(sp_sandbox_state *state, sp_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (!filter)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, "sandbox", 0, "libseccomp could not make a filter");
	/* For all threads at once; who runs this may have no privilege. */
	int code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (code == 0)
		code = add_simple(filter);
	if (code == 0)
		code = add_with_arguments(filter);
	if (code == 0)
		code = add_memory(filter);
	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	state->calls = code == 0;
	if (code == -EINVAL || code == -ENOSYS || code == -EOPNOTSUPP)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, "sandbox", 0, "this kernel has no seccomp filter");
	return code == 0 ? SP_OK : sp_error_errno(err, -code, "sandbox", "confine calls by seccomp");
}
