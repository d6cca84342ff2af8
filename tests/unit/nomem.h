/* Memory that runs out: each allocation of a call fails once, and from it on all do. The call must say so or do without, leave nothing
   behind, and work when it is called again. Only the library's own allocations fail: those that its code asks for, not what others'
   libraries ask for in between (some of them end the program then). For one file of a test program: malloc() is of it from then on. */
#ifndef TESTS_NOMEM_H
#define TESTS_NOMEM_H

#include "harness.h"

#include "sportello/arena.h"
#include "sportello/status.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- an allocator that fails when told to ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);
extern char __executable_start, etext;

#define LIVE_MAX 65536 /* a power of two */

static _Thread_local bool is_watched;
static atomic_bool watches_all; /* threads that the library starts, too */
static size_t asked, fail_at, live_count;
static bool fails_on;
static uintptr_t live[LIVE_MAX];
static atomic_flag counting = ATOMIC_FLAG_INIT; /* of the four above */

static void count_alone(void)
{
	while (atomic_flag_test_and_set_explicit(&counting, memory_order_acquire))
		;
}

static void counted(void)
{
	atomic_flag_clear_explicit(&counting, memory_order_release);
}

static bool watches(void)
{
	return is_watched || atomic_load_explicit(&watches_all, memory_order_relaxed);
}

static bool is_ours(const void *caller)
{
	return watches() && (const char *)caller >= &__executable_start && (const char *)caller < &etext;
}

static bool fails(void)
{
	count_alone();
	asked++;
	bool fail = fail_at && (fails_on ? asked >= fail_at : asked == fail_at);
	counted();
	return fail;
}

static size_t place(const void *memory)
{
	return (uintptr_t)memory / 16 * 0x9e3779b97f4a7c15u >> 48 & (LIVE_MAX - 1);
}

static void *born(void *memory)
{
	size_t i = place(memory);
	count_alone();
	if (memory && live_count < LIVE_MAX / 2) {
		while (live[i] > 1)
			i = (i + 1) % LIVE_MAX;
		live[i] = (uintptr_t)memory;
		live_count++;
	}
	counted();
	return memory;
}

/* 1 = something stood here. */
static void died(const void *memory)
{
	count_alone();
	for (size_t i = place(memory), steps = 0; memory && live[i] && steps < LIVE_MAX; i = (i + 1) % LIVE_MAX, steps++)
		if (live[i] == (uintptr_t)memory) {
			live[i] = 1;
			live_count--;
			break;
		}
	counted();
}

static void *none(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_malloc(size);
	return fails() ? none() : born(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_calloc(count, size);
	return fails() ? none() : born(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	if (!is_ours(__builtin_return_address(0)))
		return __libc_realloc(old, size);
	if (fails())
		return none();
	if (watches())
		died(old);
	return born(__libc_realloc(old, size));
}

void free(void *memory)
{
	if (watches())
		died(memory);
	__libc_free(memory);
}

#ifdef NOMEM_NEW
/* C++'s new, which throws: std::__throw_bad_alloc(). What it gave is freed by free(), which its library calls. Only where it is asked for:
   templates that our C++ has too are called by Xapian, and where it writes it ends the program then. */
_Noreturn void _ZSt17__throw_bad_allocv(void);
void *_Znwm(size_t size);

void *_Znwm(size_t size)
{
	bool ours = is_ours(__builtin_return_address(0));
	void *memory = ours && fails() ? NULL : __libc_malloc(size ? size : 1);
	if (!memory)
		_ZSt17__throw_bad_allocv();
	return ours ? born(memory) : memory;
}
#endif

/* ---- each allocation in turn ---- */

typedef sp_status call(sp_arena *arena);

static inline sp_status status_of(bool there)
{
	return there ? SP_OK : SP_ERR_NOMEM;
}

static sp_status run(call *what, size_t at, bool on, size_t *ret_left)
{
	size_t before = live_count;
	asked = 0;
	fail_at = at;
	fails_on = on;
	is_watched = true;
	sp_arena *arena = sp_arena_new(256); /* small, so that chunks are asked for often */
	sp_status status = arena ? what(arena) : SP_ERR_NOMEM;
	sp_arena_free(arena);
	is_watched = false;
	fail_at = 0;
	*ret_left = live_count - before;
	return status;
}

/* At most so many places of each kind, spread over all. */
static void try_some(call *what, size_t most)
{
	size_t left;
	CHECK_INT(run(what, 0, false, &left), SP_OK); /* what is kept for ever is there from now on */
	CHECK_INT(run(what, 0, false, &left), SP_OK);
	CHECK_INT(left, 0);
	size_t all = asked, step = 1 + all / most;
	CHECK(all > 0);
	for (int on = 0; on < 2; on++)
		for (size_t at = 1; at <= all; at += step) {
			sp_status status = run(what, at, on, &left);
			if (status != SP_OK && status != SP_ERR_NOMEM)
				harness_fail(__FILE__, __LINE__, "allocation %zu of %zu%s: %s", at, all, on ? " and all after it" : "", sp_status_name(status));
			if (left)
				harness_fail(__FILE__, __LINE__, "allocation %zu of %zu%s: %zu pieces of memory are left behind", at, all, on ? " and all after it" : "", left);
			if (harness_failures > 5)
				return;
		}
	CHECK_INT(run(what, 0, false, &left), SP_OK);
}

#endif
