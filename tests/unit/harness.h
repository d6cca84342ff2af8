/* A small test harness: each TEST is a function that registers itself; every check prints file, line, got and wanted.
   Output is TAP, so that the runner can count. */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct harness_test {
	const char *name;
	void (*run)(void);
	struct harness_test *next;
} harness_test;

extern harness_test *harness_first, **harness_last;
extern int harness_failures; /* in the test that runs */

#define TEST(test_name) \
	static void test_name(void); \
	static harness_test test_name##_entry = {#test_name, test_name, NULL}; \
	__attribute__((constructor)) static void test_name##_register(void) \
	{ \
		*harness_last = &test_name##_entry; \
		harness_last = &test_name##_entry.next; \
	} \
	static void test_name(void)

void harness_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define CHECK(cond) \
	do { \
		if (!(cond)) \
			harness_fail(__FILE__, __LINE__, "not true: %s", #cond); \
	} while (0)

#define CHECK_INT(got, want) \
	do { \
		long long got_ = (long long)(got), want_ = (long long)(want); \
		if (got_ != want_) \
			harness_fail(__FILE__, __LINE__, "%s: got %lld, wanted %lld", #got, got_, want_); \
	} while (0)

#define CHECK_STR(got, want) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		if (!got_ || !want_ ? got_ != want_ : strcmp(got_, want_) != 0) \
			harness_fail(__FILE__, __LINE__, "%s: got \"%s\", wanted \"%s\"", #got, got_ ? got_ : "(null)", \
				want_ ? want_ : "(null)"); \
	} while (0)

/* Whether text holds part. */
#define CHECK_HAS(text, part) \
	do { \
		const char *text_ = (text), *part_ = (part); \
		if (!text_ || !strstr(text_, part_)) \
			harness_fail(__FILE__, __LINE__, "%s: \"%s\" has no \"%s\"", #text, text_ ? text_ : "(null)", part_); \
	} while (0)

/* Stop this test when what follows makes no sense without it. */
#define REQUIRE(cond) \
	do { \
		if (!(cond)) { \
			harness_fail(__FILE__, __LINE__, "not true: %s", #cond); \
			return; \
		} \
	} while (0)

/* A fresh folder for this test program, removed at its end. */
const char *harness_folder(void);
/* A folder in it, made. The text lives until the next call. */
const char *harness_subfolder(const char *name);
/* Write a file below a folder, with the folders in between. */
void harness_write(const char *dir, const char *name, const char *text);

#endif
