/* Publishing on what crashes and people leave behind. */
#include "publish_bed.h"

#include "base/file.h"

#include <unistd.h>

TEST(test_publish_leftovers)
{
	publish_bed f;
	char folder[400];
	open_publish_bed(&f);
	write_file(f.data, "index/g-7.tmp/citizen/words/half", "x");
	write_file(f.data, "index/g-9/citizen/SEAL", "x");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	current_folder(&f, folder, sizeof folder);
	CHECK_HAS(folder, "/g-10");
	CHECK(!spi_exists(sp_arena_printf(f.arena, "%s/index/g-7.tmp", f.data)));
	close_publisher(&f);
	/* No manifest: what is in the index is not known. */
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/MANIFEST", folder)), 0);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publisher(&f);
	current_folder(&f, folder, sizeof folder);
	/* Manifest cut short. */
	CHECK_INT(truncate(sp_arena_printf(f.arena, "%s/MANIFEST", folder), 100), 0);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publisher(&f);
	/* CURRENT names nothing. */
	write_file(f.data, "index/CURRENT", "g-99\n");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publisher(&f);
	write_file(f.data, "index/CURRENT", "../../etc");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publish_bed(&f);
}

TEST(test_publish_index_cut_short_is_built_again)
{
	publish_bed f;
	char folder[400];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	close_publisher(&f);
	current_folder(&f, folder, sizeof folder);
	CHECK_INT(truncate(sp_arena_printf(f.arena, "%s/partner/words/docdata.glass", folder), 100), 0);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_HAS(f.notices, "docdata.glass");
	CHECK_HAS(f.notices, "is built again");
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	close_publish_bed(&f);
}

TEST(test_publish_newer_data_is_left_alone)
{
	publish_bed f;
	char folder[400], path[500];
	const char *text;
	size_t len;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	close_publisher(&f);
	current_folder(&f, folder, sizeof folder);
	snprintf(path, sizeof path, "%s/citizen/SEAL", folder);
	REQUIRE(spi_file_read(path, 100000, f.arena, &text, &len, &f.err) == SP_OK);
	const char *number = strpbrk(text, "0123456789"); /* 9, before whatever it is */
	char *changed = sp_arena_printf(f.arena, "%.*s9%s", (int)(number - text), text, number);
	CHECK_INT(spi_file_write(path, changed, len + 1, &f.err), SP_OK);
	CHECK_INT(open_publisher(&f), SP_ERR_NEWER);
	CHECK_HAS(f.err.text, "newer version");
	CHECK(spi_exists(path));
	close_publish_bed(&f);
}

TEST(test_publish_index_folder_removed_while_serving)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(spi_remove_tree(sp_arena_printf(f.arena, "%s/index", f.data), &f.err), SP_OK);
	/* What is open goes on; what is opened now is missed, and built again in the background. */
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(found_as(&f, AGENT, "zanzibar", TODAY), -1);
	long agent = -1;
	for (int i = 0; i < 1000 && agent < 0; i++, sleep_ms(5))
		agent = found_as(&f, AGENT, "zanzibar", TODAY);
	CHECK_INT(agent, 1);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publish_bed(&f);
}

TEST(test_publish_index_removed_by_hand_before_an_update)
{
	publish_bed f;
	char folder[400];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	current_folder(&f, folder, sizeof folder);
	CHECK_INT(spi_remove_tree(sp_arena_printf(f.arena, "%s/partner", folder), &f.err), SP_OK);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	CHECK_INT(found_as(&f, PARTNER, "tartaruga", TODAY), 1);
	close_publish_bed(&f);
}

TEST(test_publish_what_cannot_be_opened)
{
	publish_bed f;
	open_publish_bed(&f);
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/kb.yaml", f.kb)), 0);
	CHECK_INT(open_publisher(&f), SP_ERR_NOT_FOUND);
	write_file(f.kb, "kb.yaml", "languages: [it\n");
	CHECK_INT(open_publisher(&f), SP_ERR_INVALID);
	CHECK_HAS(f.err.source, "kb.yaml");
	CHECK(f.err.line > 0);
	CHECK_INT(spi_remove_tree(f.kb, &f.err), SP_OK);
	sp_error_clear(&f.err);
	CHECK_INT(open_publisher(&f), SP_ERR_NOT_FOUND);
	CHECK_STR(f.err.source, f.kb);
	close_publish_bed(&f);
}

TEST(test_publish_disk_that_takes_nothing)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	/* A file where a folder is wanted stands for any write that fails (root may write everywhere). */
	CHECK_INT(spi_remove_tree(sp_arena_printf(f.arena, "%s/versions", f.data), &f.err), SP_OK);
	write_file(f.data, "versions", "a file");
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK(sp_publisher_refresh(f.publisher, false, &f.err) != SP_OK);
	CHECK(f.err.text[0] != '\0');
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(found(&f, "tartaruga"), 0);
	sp_error_clear(&f.err);
	CHECK(sp_publisher_refresh(f.publisher, true, &f.err) != SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	/* A restart serves what there is. */
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_HAS(f.notices, "what was published before is served");
	/* Room again. */
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/versions", f.data)), 0);
	sp_error_clear(&f.err);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 1);
	close_publish_bed(&f);
}

TEST(test_publish_two_publishers_on_one_folder)
{
	publish_bed f, g;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	g = f;
	g.publisher = NULL;
	g.reader = NULL;
	pthread_mutex_init(&g.lock, NULL);
	REQUIRE(open_publisher(&g) == SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 0);
	/* The other one updates the same generation. */
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(g.publisher, false, &g.err), SP_OK);
	CHECK_INT(found(&g, "tartaruga"), 1);
	CHECK_INT(found(&f, "tartaruga"), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 1);
	/* The other one builds anew. */
	CHECK_INT(sp_publisher_refresh(g.publisher, true, &g.err), SP_OK);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con giraffa", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "giraffa"), 1);
	close_publisher(&g);
	close_publish_bed(&f);
}
