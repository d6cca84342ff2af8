/* Publishing by itself, while others read and publish. */
#include "publish_bed.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- watching ---- */

static int by_length(const void *a, const void *b)
{
	long left = *(const long *)a, right = *(const long *)b;
	return (left > right) - (left < right);
}

/* That it is live by itself, and soon; how soon is measured by make bench. The middle of several: one may meet a busy
 * disk. */
TEST(test_publish_watch_makes_live_by_itself)
{
	publish_bed f;
	long took[7];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(sp_publisher_watch(f.publisher, &f.err) == SP_OK);
	sleep_ms(150);
	for (int i = 0; i < 7; i++) {
		char title[32];
		snprintf(title, sizeof title, "tartaruga%c", 'a' + i);
		write_article(&f, "it/accesso/nuovo.md", title, "", "Testo.");
		took[i] = wait_for(&f, title, 1);
		CHECK(took[i] >= 0);
		sleep_ms(30);
	}
	qsort(took, 7, sizeof *took, by_length);
	printf("# live after %ld ms (%ld to %ld)\n", took[3], took[0], took[6]);
	CHECK(took[3] < 2000);
	close_publish_bed(&f);
}

TEST(test_publish_watch_hears_every_way_of_saving)
{
	publish_bed f;
	char from[500], to[500];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(sp_publisher_watch(f.publisher, &f.err) == SP_OK);
	sleep_ms(100);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK(wait_for(&f, "tartaruga", 1) >= 0);
	/* As editors save: another name, then rename over it; with files of their own beside it. */
	write_article(&f, "it/accesso/nuovo.md~", "x", "", "x");
	write_file(f.kb, "it/accesso/.nuovo.md.swp",
		"---\nid: nuovo\ntype: qa\ntitle: Articolo con giraffa\ncategory: accesso\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nTesto.\n");
	snprintf(from, sizeof from, "%s/it/accesso/.nuovo.md.swp", f.kb);
	snprintf(to, sizeof to, "%s/it/accesso/nuovo.md", f.kb);
	CHECK_INT(rename(from, to), 0);
	CHECK(wait_for(&f, "giraffa", 1) >= 0);
	CHECK_INT(found(&f, "tartaruga"), 0);
	CHECK_INT(unlink(to), 0);
	CHECK(wait_for(&f, "giraffa", 0) >= 0);
	CHECK_INT(state_of(&f).broken_count, 0);
	/* A folder that was not there before, and a change in it. */
	write_file(f.kb, "en/accesso/otp.md",
		"---\nid: otp\ntype: qa\ntitle: The walrus does not arrive\ncategory: accesso\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nText.\n");
	CHECK(wait_for(&f, "walrus", 1) >= 0);
	write_file(f.kb, "en/accesso/otp.md",
		"---\nid: otp\ntype: qa\ntitle: The badger does not arrive\ncategory: accesso\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nText.\n");
	CHECK(wait_for(&f, "badger", 1) >= 0);
	/* A whole folder moved away. */
	snprintf(from, sizeof from, "%s/en", f.kb);
	snprintf(to, sizeof to, "%s-en", f.kb);
	CHECK_INT(rename(from, to), 0);
	CHECK(wait_for(&f, "badger", 0) >= 0);
	write_file(f.kb, "kb.yaml", sp_arena_printf(f.arena, "%ssynonyms:\n  it:\n    - [rimborso, restituzione]\n", publish_yaml));
	CHECK(wait_for(&f, "restituzione", 1) >= 0);
	close_publish_bed(&f);
}

TEST(test_publish_watch_follows_another_build)
{
	publish_bed f, g;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(sp_publisher_watch(f.publisher, &f.err) == SP_OK);
	g = f;
	g.publisher = NULL;
	g.reader = NULL;
	pthread_mutex_init(&g.lock, NULL);
	sleep_ms(150);
	uint64_t before = state_of(&f).generation;
	REQUIRE(open_publisher(&g) == SP_OK);
	CHECK_INT(sp_publisher_refresh(g.publisher, true, &g.err), SP_OK);
	close_publisher(&g);
	for (int i = 0; i < 400 && state_of(&f).generation == before; i++)
		sleep_ms(5);
	CHECK(state_of(&f).generation > before);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publish_bed(&f);
}

TEST(test_publish_waits_for_the_lock)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(sp_publisher_watch(f.publisher, &f.err) == SP_OK);
	sleep_ms(100);
	int fd = open(sp_arena_printf(f.arena, "%s/index/LOCK", f.data), O_RDWR);
	REQUIRE(fd >= 0 && flock(fd, LOCK_EX) == 0);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	sleep_ms(300);
	CHECK_INT(found(&f, "tartaruga"), 0);
	CHECK_INT(found(&f, "rimborso"), 1);
	close(fd);
	CHECK(wait_for(&f, "tartaruga", 1) >= 0);
	/* Closing does not wait for a lock that another process holds. */
	fd = open(sp_arena_printf(f.arena, "%s/index/LOCK", f.data), O_RDWR);
	REQUIRE(fd >= 0 && flock(fd, LOCK_EX) == 0);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con giraffa", "", "Testo.");
	sleep_ms(100);
	int64_t start = spi_now_us();
	close_publisher(&f);
	CHECK(spi_now_us() - start < 1000000);
	close(fd);
	close_publish_bed(&f);
}

/* ---- reading while publishing ---- */

typedef struct worker {
	publish_bed *f;
	atomic_bool *stop;
	long requests, failures;
	pthread_t thread;
} worker;

static void *serve(void *arg)
{
	worker *w = arg;
	sp_reader *reader = NULL;
	sp_analyser *analyser = sp_analyser_new();
	sp_arena *arena = sp_arena_new(0);
	sp_error err = {0};
	if (sp_reader_open(w->f->publisher, &reader, &err) != SP_OK)
		w->failures++;
	while (reader && !atomic_load(w->stop)) {
		sp_index *index;
		sp_candidate *list;
		size_t count = 0;
		sp_question_stats stats;
		sp_ask ask = {.text = "chiedi il rimborso", .len = 18, .lang = SP_LANG_IT, .day = TODAY, .limit = 10};
		bool ok = sp_reader_refresh(reader, &err) == SP_OK &&
				  sp_reader_index(reader, (int)(w->requests % 3), &index, &err) == SP_OK &&
				  sp_index_candidates(index, analyser, &ask, arena, &list, &count, &stats, &err) == SP_OK &&
				  count >= 1;
		w->failures += !ok;
		w->requests++;
		sp_arena_reset(arena);
	}
	sp_reader_close(reader);
	sp_analyser_free(analyser);
	sp_arena_free(arena);
	if (w->failures)
		printf("# a request failed: %s: %s\n", err.source, err.text);
	return NULL;
}

TEST(test_publish_no_request_fails_meanwhile)
{
	publish_bed f;
	atomic_bool stop = false;
	worker workers[3];
	char body[64];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	for (int i = 0; i < 3; i++) {
		workers[i] = (worker){.f = &f, .stop = &stop};
		REQUIRE(pthread_create(&workers[i].thread, NULL, serve, &workers[i]) == 0);
	}
	for (int i = 0; i < 12; i++) {
		snprintf(body, sizeof body, "Testo numero %d.", i);
		write_article(&f, "it/accesso/nuovo.md", "Articolo che cambia", "", body);
		CHECK_INT(sp_publisher_refresh(f.publisher, i % 4 == 3, &f.err), SP_OK);
		sp_publish_state state = state_of(&f);
		CHECK_INT(state.articles, 4);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 3; i++) {
		pthread_join(workers[i].thread, NULL);
		CHECK_INT(workers[i].failures, 0);
		CHECK(workers[i].requests > 0);
	}
	close_publish_bed(&f);
}
