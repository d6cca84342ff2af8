/* A first build of many articles: put side by side, in parts (publish/parts.c). */
#include "publish_bed.h"

#include "base/crew.h"
#include "base/file.h"
#include "publish/publisher.h"

#include <stdatomic.h>
#include <unistd.h>

#define CITIZENS 260
#define AGENTS 140

static void write_many(publish_bed *f)
{
	char path[64], title[128], more[128];
	for (int i = 0; i < CITIZENS + AGENTS; i++) {
		snprintf(path, sizeof path, "it/accesso/%s%03d.md", i < CITIZENS ? "a" : "z", i);
		snprintf(title, sizeof title, "Domanda numero%d", i);
		snprintf(more, sizeof more, "%squestions: [rimborso pratica%d]\n", i < CITIZENS ? "" : "audience: [agent-l1]\n", i);
		write_article(f, path, title, more, i % 50 == 7 ? "Per tutti.\n\n> [!agent-l1]\n> Solo qui zanzibar.\n" : "Per tutti.\n");
	}
}

static uint32_t docid_of(publish_bed *f, int audience, const char *id)
{
	sp_record record;
	return get_record(f, audience, id, &record) ? record.docid : 0;
}

/* Files come in the order of their paths, before them those of the readers who read less. */
static void check_order(publish_bed *f)
{
	CHECK_INT(docid_of(f, CITIZEN, "a000"), 1);
	CHECK_INT(docid_of(f, CITIZEN, "a259"), CITIZENS);
	CHECK_INT(docid_of(f, AGENT, "a259"), CITIZENS);
	CHECK_INT(docid_of(f, AGENT, "z260"), CITIZENS + 4); /* after interno, and after otp and doppio */
	CHECK_INT(docid_of(f, AGENT, "z399"), CITIZENS + AGENTS + 3);
	CHECK_INT(docid_of(f, CITIZEN, "z399"), 0);
}

TEST(test_publish_many_side_by_side)
{
	publish_bed f;
	char folder[400], path[500];
	open_publish_bed(&f);
	write_many(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(state_of(&f).articles, CITIZENS + AGENTS + 3);
	CHECK_INT(found(&f, ""), CITIZENS + 2);
	CHECK_INT(found_as(&f, PARTNER, "", TODAY), CITIZENS + 2);
	CHECK_INT(found_as(&f, AGENT, "", TODAY), CITIZENS + AGENTS + 3);
	CHECK_INT(found(&f, "pratica17"), 1);
	CHECK_INT(found(&f, "pratica300"), 0);
	CHECK_INT(found_as(&f, AGENT, "pratica300", TODAY), 1);
	CHECK_INT(found(&f, "zanzibar"), 0);
	CHECK_INT(found_as(&f, AGENT, "zanzibar", TODAY), 9); /* eight, and otp */
	check_order(&f);
	current_folder(&f, folder, sizeof folder);
	snprintf(path, sizeof path, "%s/.parts", folder);
	CHECK(!spi_exists(path));
	/* It goes on as any other index. */
	write_article(&f, "it/accesso/a017.md", "Tutto nuovo quokka", "", "Testo.\n");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "pratica17"), 0);
	CHECK_INT(found_as(&f, AGENT, "quokka", TODAY), 2);
	CHECK_INT(docid_of(&f, CITIZEN, "a017"), 18);
	close_publish_bed(&f);
}

/* What was learned for those who read less is built on for those who read more (partners, then agents); with each change it is learned anew. */
TEST(test_publish_parts_learn_of_the_phrasings)
{
	publish_bed f;
	open_publish_bed(&f);
	write_asked(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK(has_learned(&f, "citizen", 1) && has_learned(&f, "agent-l1", 3));
	write_article(&f, "it/accesso/a017.md", "Tutto nuovo quokka", "", "Testo.\n");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK(has_learned(&f, "citizen", 2) && has_learned(&f, "agent-l1", 4));
	CHECK(!has_learned(&f, "citizen", 1) && !has_learned(&f, "agent-l1", 3));
	CHECK_INT(found(&f, "quokka"), 1);
	close_publish_bed(&f);
}

/* Where more may come, words are shown and what is learned waits; of several changes it is learned once. */
TEST(test_publish_learns_once_of_several_changes)
{
	publish_bed f;
	open_publish_bed(&f);
	write_asked(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	save_and_postpone(&f, "it/accesso/a018.md", "Anche questo wombat", "Testo.\n");
	save_and_postpone(&f, "it/accesso/a019.md", "Pure questo dingo", "Testo.\n");
	CHECK_INT(found(&f, "wombat") + found(&f, "dingo"), 2);
	CHECK(has_learned(&f, "citizen", 1));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK(has_learned(&f, "citizen", 2) && !atomic_load(&f.publisher->is_learning_due));
	CHECK_INT(found(&f, "wombat") + found(&f, "dingo"), 2);
	close_publish_bed(&f);
}

/* However the program ended. */
TEST(test_publish_what_was_postponed_is_learned_after_a_restart)
{
	publish_bed f;
	open_publish_bed(&f);
	write_asked(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	save_and_postpone(&f, "it/accesso/a017.md", "Tutto nuovo quokka", "Testo.\n");
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK(has_learned(&f, "citizen", 2));
	CHECK_INT(found(&f, "quokka"), 1);
	CHECK_INT(found(&f, "pratica17"), 0);
	close_publish_bed(&f);
}

/* The bed's publisher and reader, told of each step. */
static sp_status open_told(publish_bed *f, void (*progress)(sp_publish_stage, size_t, size_t, void *))
{
	sp_publish_options options = {.kb_dir = f->kb, .data_dir = f->data, .progress = progress, .arg = f};
	sp_status status = sp_publisher_open(&options, &f->publisher, &f->err);
	return status == SP_OK ? sp_reader_open(f->publisher, &f->reader, &f->err) : status;
}

/* Every text of one article goes while the others are put. */
static void lose_one(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	publish_bed *f = arg;
	char path[600];
	(void)stage, (void)done, (void)total;
	snprintf(path, sizeof path, "%s/it/accesso/a259.md", f->kb);
	unlink(path);
	snprintf(path, sizeof path, "%s/versions", f->data);
	spi_remove_tree(path, NULL);
}

TEST(test_publish_goes_on_without_what_was_lost_meanwhile)
{
	publish_bed f;
	open_publish_bed(&f);
	write_many(&f);
	REQUIRE(open_told(&f, lose_one) == SP_OK);
	CHECK_INT(found(&f, "pratica258"), 1);
	CHECK_INT(found(&f, "pratica259"), 0);
	CHECK_INT(found_as(&f, AGENT, "", TODAY), CITIZENS + AGENTS + 2);
	close_publish_bed(&f);
}

static void lose_parts(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	publish_bed *f = arg;
	char path[600];
	(void)stage, (void)done, (void)total;
	snprintf(path, sizeof path, "%s/index/g-2.tmp/.parts", f->data);
	spi_remove_tree(path, NULL);
}

/* The build does not come about: what was published before is served, and the next build is whole. */
TEST(test_publish_parts_that_are_lost_leave_what_was)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_told(&f, lose_parts) == SP_OK);
	CHECK_INT(found(&f, ""), 2);
	write_many(&f);
	CHECK(sp_publisher_refresh(f.publisher, true, &f.err) != SP_OK);
	CHECK(f.err.text[0] != '\0');
	CHECK_INT(found(&f, ""), 2);
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, ""), CITIZENS + 2);
	close_publish_bed(&f);
}

typedef struct counted {
	atomic_int each[1000], workers[SPI_CREW_MAX];
} counted;

static bool count_one(void *arg, size_t worker, size_t item)
{
	counted *c = arg;
	atomic_fetch_add(&c->each[item], 1);
	if (atomic_fetch_add(&c->workers[worker], 1) != 0)
		harness_fail(__FILE__, __LINE__, "worker %zu works on two things at a time", worker);
	atomic_fetch_sub(&c->workers[worker], 1);
	return item != 900;
}

TEST(test_crew_does_each_once_and_ends_at_a_failure)
{
	static counted all, until, none;
	CHECK_INT(spi_crew_size(0), 1);
	CHECK_INT(spi_crew_size(1), 1);
	CHECK(spi_crew_run(4, 900, count_one, &all));
	for (int i = 0; i < 900; i++)
		CHECK_INT(atomic_load(&all.each[i]), 1);
	CHECK(!spi_crew_run(3, 1000, count_one, &until));
	CHECK_INT(atomic_load(&until.each[900]), 1);
	CHECK(spi_crew_run(2, 0, count_one, &none));
}
