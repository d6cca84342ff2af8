/* Names that share a place in the table of a JSON object: who knows the hash's seed can choose them, and a body of 64 kB then takes many times as long.
   Nobody knows it: it comes from the kernel. */
#include "publish_bed.h"

#include "sportello/buffer.h"
#include "sportello/server.h"

#include <dlfcn.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KNOWN 7u
#define NAMES 4000
#define PLACES 8192u /* of jansson's table of so many */

/* In front of jansson's: what the program asks for. */
static size_t seeds[16], seeds_count;

__attribute__((visibility("default"), used)) void json_object_seed(size_t seed)
{
	void (*next)(size_t) = NULL;
	*(void **)&next = dlsym(RTLD_NEXT, "json_object_seed");
	if (seeds_count < sizeof seeds / sizeof *seeds)
		seeds[seeds_count++] = seed;
	next(seed);
}

/* lookup3 (Jenkins 2006) of eight bytes. */
static uint32_t rotated(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

static uint32_t hash8(const char name[8], uint32_t seed)
{
	uint32_t words[2], a, b, c;
	memcpy(words, name, sizeof words);
	a = b = c = 0xdeadbeefu + 8 + seed;
	a += words[0];
	b += words[1];
	c = (c ^ b) - rotated(b, 14);
	a = (a ^ c) - rotated(c, 11);
	b = (b ^ a) - rotated(a, 25);
	c = (c ^ b) - rotated(b, 16);
	a = (a ^ c) - rotated(c, 4);
	b = (b ^ a) - rotated(a, 14);
	return (c ^ b) - rotated(b, 24);
}

/* An object whose names all have one place under the seed that is known. */
static void write_names(sp_buffer *body)
{
	unsigned found = 0;
	for (unsigned i = 0; found < NAMES; i++) {
		char name[16];
		snprintf(name, sizeof name, "x%07x", i);
		if (hash8(name, KNOWN) % PLACES == 0)
			sp_buffer_printf(body, "%s\"%s\":0", found++ ? "," : "{", name);
	}
	sp_buffer_add_char(body, '}');
}

/* Microseconds of processor that reading it takes a process that took its seed like this; the least of some. */
static long reading_us(const sp_buffer *body, size_t seed)
{
	int ends[2];
	long best = -1;
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		json_object_seed(seed);
		for (int i = 0; i < 5; i++) {
			clock_t began = clock();
			json_t *json = json_loadb(sp_buffer_text(body), body->len, JSON_REJECT_DUPLICATES, NULL);
			long took = (long)((clock() - began) * 1000000 / CLOCKS_PER_SEC);
			best = json_object_size(json) != NAMES ? -2 : best == -1 || took < best ? took : best;
			json_decref(json);
		}
		_exit(write(ends[1], &best, sizeof best) == sizeof best ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &best, sizeof best) != sizeof best)
		best = -3;
	close(ends[0]);
	waitpid(child, NULL, 0);
	return best;
}

TEST(test_flood_names_that_share_a_place_take_long_where_the_seed_is_known)
{
	sp_buffer body = SP_BUFFER_INIT;
	write_names(&body);
	REQUIRE(sp_buffer_ok(&body));
	long known = reading_us(&body, KNOWN), random = reading_us(&body, 0);
	CHECK(known > 0 && random > 0);
	if (known < 5 * random) /* else these are not such names, and the test below shows nothing */
		harness_fail(__FILE__, __LINE__, "known seed: %ld us, from the kernel: %ld us", known, random);
	sp_buffer_release(&body);
}

TEST(test_flood_the_server_takes_its_seed_from_the_kernel)
{
	publish_bed f;
	sp_server *server = NULL;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	sp_server_options options = {.listen = "127.0.0.1:0", .threads = 1, .publisher = f.publisher};
	CHECK_INT(seeds_count, 0); /* the other's were in processes of their own */
	REQUIRE(sp_server_start(&options, &server, &f.err) == SP_OK);
	CHECK(seeds_count > 0);
	for (size_t i = 0; i < seeds_count; i++)
		CHECK_INT(seeds[i], 0); /* jansson then asks the kernel */
	sp_server_stop(server, 1);
	close_publisher(&f);
	close_publish_bed(&f);
}
