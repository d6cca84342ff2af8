/* What readers could see and no longer may leaves the files of their indexes too; nothing is built anew where nobody loses anything. */
#include "publish_bed.h"

#include "publish/publisher.h"

#include <stdatomic.h>

#define PATH "it/accesso/a018.md"
#define OPEN "Per tutti, zibellino.\n"
#define HIDDEN "Per tutti.\n\n> [!agent-l1]\n> Solo qui zibellino.\n"
#define HIDDEN_TOO "Per tutti, in altre parole.\n\n> [!agent-l1]\n> Solo qui zibellino.\n"

static void save(publish_bed *f, const char *body)
{
	write_article(f, PATH, "Domanda", "", body);
	CHECK_INT(sp_publisher_refresh(f->publisher, false, &f->err), SP_OK);
}

static bool citizens_have(publish_bed *f, const char *word)
{
	char folder[400], path[500];
	current_folder(f, folder, sizeof folder);
	snprintf(path, sizeof path, "%s/citizen", folder);
	return folder_has(path, word);
}

/* By the folder of the generation. */
static bool is_built_anew(publish_bed *f, const char *before)
{
	char folder[400];
	current_folder(f, folder, sizeof folder);
	return strcmp(folder, before) != 0;
}

static void open_asked(publish_bed *f, const char *body)
{
	open_publish_bed(f);
	write_asked(f);
	write_article(f, PATH, "Domanda", "", body);
	REQUIRE(open_publisher(f) == SP_OK);
}

TEST(test_publish_hidden_leaves_the_files)
{
	publish_bed f;
	char before[400];
	open_asked(&f, OPEN);
	CHECK(citizens_have(&f, "zibellino"));
	current_folder(&f, before, sizeof before);
	save(&f, HIDDEN);
	CHECK(is_built_anew(&f, before));
	CHECK(!citizens_have(&f, "zibellino"));
	CHECK_INT(found_as(&f, AGENT, "zibellino", TODAY), 1);
	close_publish_bed(&f);
}

TEST(test_publish_edit_beside_what_is_hidden_builds_nothing_anew)
{
	publish_bed f;
	char before[400];
	open_asked(&f, HIDDEN);
	current_folder(&f, before, sizeof before);
	save(&f, HIDDEN_TOO);
	CHECK(!is_built_anew(&f, before));
	CHECK_INT(found(&f, "altre"), 1);
	CHECK(has_learned(&f, "citizen", 2) && !citizens_have(&f, "zibellino"));
	/* After a restart it is not known what the indexes have: as if all were new. */
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	save(&f, HIDDEN);
	CHECK(is_built_anew(&f, before));
	close_publish_bed(&f);
}

/* Shown in between, for however short a time. */
TEST(test_publish_hidden_again_leaves_the_files)
{
	publish_bed f;
	char before[400];
	open_asked(&f, HIDDEN);
	current_folder(&f, before, sizeof before);
	save_and_postpone(&f, PATH, "Domanda", OPEN);
	CHECK(citizens_have(&f, "zibellino"));
	save_and_postpone(&f, PATH, "Domanda", HIDDEN);
	CHECK_INT(found(&f, "zibellino"), 0);
	CHECK(!is_built_anew(&f, before));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK(is_built_anew(&f, before));
	CHECK(!citizens_have(&f, "zibellino") && !atomic_load(&f.publisher->is_learning_due));
	/* And nothing is left to do. */
	current_folder(&f, before, sizeof before);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK(!is_built_anew(&f, before));
	close_publish_bed(&f);
}

/* Whatever it said in between, and whoever could read that. */
TEST(test_publish_taken_back_at_once_is_as_it_was)
{
	publish_bed f;
	open_asked(&f, OPEN);
	write_article(&f, PATH, "Domanda", "audience: [agent-l1]\n", OPEN);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	save_and_postpone(&f, PATH, "Altro ornitorinco", OPEN);
	CHECK_INT(found(&f, "ornitorinco"), 1);
	write_article(&f, PATH, "Domanda", "audience: [agent-l1]\n", OPEN);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "ornitorinco") + found(&f, "zibellino") + found_as(&f, AGENT, "ornitorinco", TODAY), 0);
	CHECK_INT(found_as(&f, AGENT, "zibellino", TODAY), 1);
	CHECK(!citizens_have(&f, "ornitorinco"));
	close_publish_bed(&f);
}
