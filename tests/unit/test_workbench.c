/* The editors' workbench: follows the folder while somebody looks, rests when nobody does. */
#include "publish_bed.h"

#include "editor/bench.h"
#include "sportello/workbench.h"

#include <linux/capability.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct desk {
	publish_bed f;
	sp_workbench *workbench;
} desk;

static void open_desk(desk *d, unsigned idle_ms)
{
	open_publish_bed(&d->f);
	REQUIRE(open_publisher(&d->f) == SP_OK);
	REQUIRE(sp_publisher_watch(d->f.publisher, &d->f.err) == SP_OK);
	REQUIRE(sp_workbench_open(d->f.publisher, d->f.kb, &d->workbench, &d->f.err) == SP_OK);
	sp_workbench_rest_after(d->workbench, idle_ms);
}

static void close_desk(desk *d)
{
	sp_workbench_close(d->workbench);
	close_publish_bed(&d->f);
}

/* Until the Italian bench is there, or no longer; false after 5 s. */
static bool wait_made(const desk *d, bool made)
{
	for (int i = 0; i < 500; i++) {
		if (sp_workbench_is_made(d->workbench, SP_LANG_IT) == made)
			return true;
		sleep_ms(10);
	}
	return false;
}

static const char *title_on(const desk *d, char title[64])
{
	const sp_bench *bench = sp_workbench_take(d->workbench, SP_LANG_IT);
	const sp_bench_article *row = bench ? sp_bench_find(bench, "otp", SP_LANG_IT) : NULL;
	snprintf(title, 64, "%s", row ? row->title : "");
	sp_workbench_give_back(bench);
	return title;
}

static uint64_t number_on(const desk *d)
{
	const sp_bench *bench = sp_workbench_take(d->workbench, SP_LANG_IT);
	uint64_t number = bench ? bench->number : 0;
	sp_workbench_give_back(bench);
	return number;
}

/* So often that what the publisher looked at is taken note of: it was not made anew, where it rests. */
static void save_and_wait(desk *d, const char *title)
{
	uint64_t looks = sp_publisher_looks(d->f.publisher, UINT64_MAX, 0);
	write_article(&d->f, "it/accesso/otp.md", title, "", "Aspetta.");
	sp_publisher_looks(d->f.publisher, looks, 5000);
}

/* Where nothing changed, a look of the publisher takes nothing away. What was saved last may be published only now. */
static bool stays_over_a_look(desk *d)
{
	bool stays = false;
	for (int i = 0; i < 20 && !stays; i++) {
		number_on(d);
		uint64_t looks = sp_publisher_looks(d->f.publisher, UINT64_MAX, 0);
		sp_publisher_watch(d->f.publisher, &d->f.err);
		sp_publisher_looks(d->f.publisher, looks, 5000);
		sleep_ms(300);
		stays = sp_workbench_is_made(d->workbench, SP_LANG_IT);
	}
	return stays;
}

TEST(test_workbench_rests_when_nobody_looks)
{
	desk d = {0};
	char title[64];
	open_desk(&d, 0);
	REQUIRE(wait_made(&d, true));
	CHECK_STR(title_on(&d, title), "Non arriva il codice");
	uint64_t number = number_on(&d);
	/* Saved while nobody looks: what is there is put away, and nothing made in its place. */
	save_and_wait(&d, "Uno");
	CHECK(wait_made(&d, false));
	save_and_wait(&d, "Due");
	sleep_ms(500);
	CHECK(!sp_workbench_is_made(d.workbench, SP_LANG_IT));
	/* Who comes back is told that it is another one, and finds it as it is now. */
	CHECK(sp_workbench_number(d.workbench) > number);
	CHECK_STR(title_on(&d, title), "Due");
	CHECK(number_on(&d) > number);
	CHECK(stays_over_a_look(&d));
	close_desk(&d);
}

TEST(test_workbench_remembers_over_a_rest_what_a_broken_file_said)
{
	desk d = {0};
	open_desk(&d, 0);
	REQUIRE(wait_made(&d, true));
	write_file(d.f.kb, "it/accesso/otp.md", "---\nid: otp\ntitle: [\n---\nx\n");
	CHECK(wait_made(&d, false));
	const sp_bench *bench = sp_workbench_take(d.workbench, SP_LANG_IT);
	const sp_bench_article *row = bench ? sp_bench_find(bench, "otp", SP_LANG_IT) : NULL;
	CHECK(row && row->is_broken && row->type == SP_TYPE_QA && row->status == SP_STATUS_PUBLISHED && row->audience);
	sp_workbench_give_back(bench);
	close_desk(&d);
}

TEST(test_workbench_follows_while_somebody_looks)
{
	desk d = {0};
	char title[64];
	open_desk(&d, 60000);
	REQUIRE(wait_made(&d, true));
	uint64_t number = number_on(&d);
	save_and_wait(&d, "Uno");
	for (int i = 0; i < 500 && sp_workbench_number(d.workbench) == number; i++) {
		CHECK(sp_workbench_is_made(d.workbench, SP_LANG_IT));
		sleep_ms(10);
	}
	CHECK(sp_workbench_number(d.workbench) > number);
	CHECK(sp_workbench_is_made(d.workbench, SP_LANG_IT));
	CHECK_STR(title_on(&d, title), "Uno");
	close_desk(&d);
}

/* What a waiter was told: afterwards, nobody waits any more. */
typedef struct telling {
	sp_workbench *workbench;
	atomic_int count;
	atomic_bool made;
} telling;

static void note_told(void *arg)
{
	telling *told = arg;
	atomic_store(&told->made, sp_workbench_is_made(told->workbench, SP_LANG_IT));
	atomic_fetch_add(&told->count, 1);
}

TEST(test_workbench_does_not_rest_while_somebody_waits)
{
	desk d = {0};
	open_desk(&d, 0);
	telling told = {.workbench = d.workbench};
	REQUIRE(wait_made(&d, true));
	sp_bench_waiter waiter = {.seen = sp_workbench_number(d.workbench), .patience_ms = 10000, .done = note_told, .arg = &told};
	sp_workbench_wait(d.workbench, &waiter);
	save_and_wait(&d, "Uno");
	for (int i = 0; i < 1000 && !atomic_load(&told.count); i++)
		sleep_ms(10);
	CHECK_INT(atomic_load(&told.count), 1);
	CHECK(atomic_load(&told.made));
	close_desk(&d);
}

/* Also where the tests run as root. */
static void bind_to_permissions(bool bound)
{
	struct __user_cap_header_struct who = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct caps[2] = {{0}};
	REQUIRE(syscall(SYS_capget, &who, caps) == 0);
	for (int i = 0; i < 2; i++)
		caps[i].effective = bound ? 0 : caps[i].permitted;
	REQUIRE(syscall(SYS_capset, &who, caps) == 0);
}

TEST(test_workbench_shows_what_is_beside_a_folder_that_may_not_be_read)
{
	desk d;
	char folder[600];
	open_desk(&d, 60000);
	snprintf(folder, sizeof folder, "%s/it/closed", d.f.kb);
	REQUIRE(mkdir(folder, 0) == 0);
	bind_to_permissions(true);
	sp_kb_config *config = NULL;
	REQUIRE(sp_kb_config_load(d.f.kb, NULL, &config, NULL) == SP_OK);
	spi_bench *bench = spi_bench_make(d.f.kb, config, d.f.publisher, SP_LANG_IT, NULL);
	CHECK(bench && sp_bench_find(&bench->shown, "otp", SP_LANG_IT));
	CHECK(bench && bench->shown.errors > 0); /* the folder itself */
	uint64_t trace = spi_bench_trace(d.f.kb, d.f.publisher);
	write_article(&d.f, "it/accesso/otp.md", "Un altro titolo molto diverso", "", "Aspetta.");
	CHECK(spi_bench_trace(d.f.kb, d.f.publisher) != trace);
	bind_to_permissions(false);
	spi_bench_unref(bench);
	sp_kb_config_free(config);
	rmdir(folder);
	close_desk(&d);
}
