#include "harness.h"

#include "base/slice.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>

static bool kernel_has_slices(void)
{
	struct utsname name;
	int major = 0, minor = 0;
	return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 12));
}

static void *look(void *arg)
{
	*(uint64_t *)arg = spi_slice_now_ns();
	return NULL;
}

/* For the thread and those that it starts; all else that the kernel knows of it stays. */
TEST(test_slice_short_and_usual)
{
	uint64_t before = spi_slice_now_ns(), started = 0;
	int nice = getpriority(PRIO_PROCESS, 0), policy = sched_getscheduler(0);
	pthread_t thread;
	spi_slice_short();
	uint64_t inside = spi_slice_now_ns();
	REQUIRE(pthread_create(&thread, NULL, look, &started) == 0);
	pthread_join(thread, NULL);
	CHECK(getpriority(PRIO_PROCESS, 0) == nice && sched_getscheduler(0) == policy);
	spi_slice_usual();
	CHECK(started == inside);
	CHECK(spi_slice_now_ns() == before);
	CHECK(getpriority(PRIO_PROCESS, 0) == nice && sched_getscheduler(0) == policy);
	CHECK(kernel_has_slices() ? inside < before : inside == before);
}
