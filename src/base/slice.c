#include "base/slice.h"

#include <stdbool.h>
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

/* Of this thread. */
static bool read_attributes(attributes *ret)
{
	*ret = (attributes){.size = sizeof *ret};
#ifdef SYS_sched_getattr
	return syscall(SYS_sched_getattr, 0, ret, sizeof *ret, 0) == 0;
#else
	return false;
#endif
}

/* All else stays as it is. */
static void set_slice(uint64_t ns)
{
	attributes a;
	if (!read_attributes(&a))
		return;
	a.slice_ns = ns;
#ifdef SYS_sched_setattr
	(void)syscall(SYS_sched_setattr, 0, &a, 0);
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

uint64_t spi_slice_now_ns(void)
{
	attributes a;
	return read_attributes(&a) ? a.slice_ns : 0;
}
