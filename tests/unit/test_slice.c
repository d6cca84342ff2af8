#include "harness.h"

#include "base/slice.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* As linux/sched/types.h has it. */
typedef struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t slice_ns, deadline_ns, period_ns;
} attributes;

static attributes attributes_now(void)
{
	attributes a = {.size = sizeof a};
	CHECK(syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) == 0);
	return a;
}

static bool kernel_has_slices(void)
{
	struct utsname name;
	int major = 0, minor = 0;
	return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 12));
}

static void *look(void *arg)
{
	*(attributes *)arg = attributes_now();
	return NULL;
}

/* For the thread and those that it starts; all else that the kernel knows of it stays. */
TEST(test_slice_short_and_usual)
{
	attributes before = attributes_now(), inside, started = {0};
	pthread_t thread;
	spi_slice_short();
	inside = attributes_now();
	REQUIRE(pthread_create(&thread, NULL, look, &started) == 0);
	pthread_join(thread, NULL);
	spi_slice_usual();
	attributes after = attributes_now();
	CHECK(inside.policy == before.policy && inside.nice == before.nice && inside.priority == before.priority);
	CHECK(started.slice_ns == inside.slice_ns);
	CHECK(after.slice_ns == before.slice_ns && after.nice == before.nice);
	if (kernel_has_slices())
		CHECK(inside.slice_ns < before.slice_ns);
	else
		CHECK(inside.slice_ns == before.slice_ns);
}
