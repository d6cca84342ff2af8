/* What the fuzz harnesses share. Each fuzz_<name>.c has LLVMFuzzerTestOneInput(): whatever bytes come, it must come back, read nothing
   but them, and what it says of them must hold (FUZZ_HOLDS). `make fuzz` builds them with clang's libFuzzer; `make test` builds the
   same files with replay.c and gives them seeds/<name>/ and what a few changes make of those. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "sportello/index.h"
#include "sportello/kb.h"
#include "sportello/publish.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, as a sanitizer would. */
_Noreturn void fuzz_broken(const char *file, int line, const char *what, const char *text, size_t len);
/* Text that is shown when it does not hold; may be NULL. */
#define FUZZ_HOLDS(condition, text, len) ((condition) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #condition, text, len))

/* What comes before a text: choices of the harness. One byte is taken from the front; 0 when there is none left. */
unsigned fuzz_byte(const uint8_t **data, size_t *size);
/* A copy of exactly the size, with a zero behind it, so that a sanitizer sees a byte too far. Free with free(). */
char *fuzz_copy(const uint8_t *data, size_t size);

/* Why HTML is not safe to show, NULL when it is: each tag and attribute is one of those that articles are made of, quotes and angle
   brackets are closed, no address is a program's or a file's. Static text; *ret_at is the place. */
const char *fuzz_unsafe_html(const char *html, size_t len, size_t *ret_at);
void fuzz_must_be_safe(const char *html, size_t len);

/* kb.yaml of the HTTP tests, read once. */
const sp_kb_config *fuzz_config(void);

/* The HTTP tests' knowledge base, published once, words only. */
typedef struct fuzz_kb {
	sp_publisher *publisher;
	sp_reader *reader;
	const sp_kb_config *config;
	sp_index *index; /* citizens' */
	sp_arena *arena; /* of one input: empty at the beginning of each */
} fuzz_kb;
fuzz_kb *fuzz_open_kb(void);

#define FUZZ_TODAY 20261123
#define FUZZ_NOW_UTC_S 1795428000 /* 23 November 2026, 10:00 UTC */

#endif
