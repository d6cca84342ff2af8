#include "base/slice.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHORT_NS 200000 /* a reply's own work, or so; the kernel's slice is some milliseconds */

/* As linux/sched/types.h has it, in its first version; the C library has no call for it. */
typedef struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t slice_ns, deadline_ns, period_ns;
} attributes;

/* Of this thread; all else stays as it is. */
static void set_slice(uint64_t ns)
{
#ifdef SYS_sched_setattr
	attributes a = {.size = sizeof a};
	if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) == 0) {
		a.slice_ns = ns;
		(void)syscall(SYS_sched_setattr, 0, &a, 0);
	}
#else
	(void)ns;
#endif
}

void spi_slice_short(void)
{
	set_slice(SHORT_NS);
}

void spi_slice_usual(void)
{
	set_slice(0);
}
