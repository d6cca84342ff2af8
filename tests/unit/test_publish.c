/* Publishing: from a folder of Markdown to sealed indexes, and what a change of it does. */
#include "publish_bed.h"

#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- building ---- */

TEST(test_publish_builds_what_each_may_read)
{
	publish_bed f;
	sp_record r;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(state_of(&f).articles, 3);
	CHECK_INT(state_of(&f).broken_count, 0);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(found(&f, "bozza"), 0);
	CHECK_INT(found(&f, ""), 2);
	CHECK_INT(found_as(&f, AGENT, "", TODAY), 3);
	CHECK_INT(found_as(&f, AGENT, "zanzibar", TODAY), 1);
	CHECK_INT(found_as(&f, PARTNER, "zanzibar", TODAY), 0);
	CHECK(!get_record(&f, CITIZEN, "interno", &r));
	REQUIRE(get_record(&f, CITIZEN, "otp", &r));
	CHECK_HAS(r.markdown, "Aspetta.");
	CHECK(!strstr(r.markdown, "zanzibar") && !strstr(r.html, "zanzibar") && !strstr(r.plain, "zanzibar") &&
		  !strstr(r.speech, "zanzibar"));
	/* Related articles that one may not read are not named. */
	REQUIRE(get_record(&f, CITIZEN, "otp", &r));
	REQUIRE(r.related.count == 1);
	CHECK_STR(r.related.items[0], "doppio");
	REQUIRE(get_record(&f, AGENT, "otp", &r));
	CHECK_INT(r.related.count, 2);
	CHECK_HAS(r.plain, "zanzibar");
	sp_index *index;
	CHECK_INT(sp_reader_index(f.reader, 3, &index, &f.err), SP_ERR_NOT_FOUND);
	close_publish_bed(&f);
}

TEST(test_publish_seals_are_physical)
{
	publish_bed f;
	char folder[400], path[500];
	open_publish_bed(&f);
	/* Bytes of a word: the record is compressed only when it is long enough, the terms are not. */
	REQUIRE(open_publisher(&f) == SP_OK);
	current_folder(&f, folder, sizeof folder);
	static const char *const secret[] = {"zanzibar", "quokka", "interno", "agent-l1", "Operatori"};
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
		snprintf(path, sizeof path, "%s/citizen", folder);
		if (folder_has(path, secret[i]))
			harness_fail(__FILE__, __LINE__, "the citizens' index has \"%s\"", secret[i]);
		snprintf(path, sizeof path, "%s/partner", folder);
		if (folder_has(path, secret[i]))
			harness_fail(__FILE__, __LINE__, "the partners' index has \"%s\"", secret[i]);
	}
	snprintf(path, sizeof path, "%s/agent-l1", folder);
	CHECK(folder_has(path, "zanzibar"));
	CHECK(folder_has(path, "quokka"));
	close_publish_bed(&f);
}

TEST(test_publish_opens_again_without_building)
{
	publish_bed f;
	char before[400], after[400];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	uint64_t generation = state_of(&f).generation;
	current_folder(&f, before, sizeof before);
	close_publisher(&f);
	sleep_ms(1100);
	REQUIRE(open_publisher(&f) == SP_OK);
	current_folder(&f, after, sizeof after);
	CHECK_STR(after, before);
	CHECK(state_of(&f).generation > generation);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(state_of(&f).articles, 3);
	/* Changed while nobody looked. */
	close_publisher(&f);
	write_article(&f, "it/pagamenti/doppio.md", "Pagato tre volte", "", "Chiedi la restituzione.");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "restituzione"), 1);
	CHECK_INT(found(&f, "rimborso"), 0);
	current_folder(&f, after, sizeof after);
	CHECK_STR(after, before);
	close_publish_bed(&f);
}

TEST(test_publish_force_builds_anew_and_keeps_the_previous)
{
	publish_bed f;
	char path[500];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	for (int i = 0; i < 3; i++)
		CHECK_INT(sp_publisher_refresh(f.publisher, true, &f.err), SP_OK);
	/* The reader has not looked since: what it may still open is kept. */
	for (int i = 1; i <= 4; i++) {
		snprintf(path, sizeof path, "%s/index/g-%d", f.data, i);
		CHECK_INT(spi_exists(path), i != 2);
	}
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(sp_publisher_refresh(f.publisher, true, &f.err), SP_OK);
	for (int i = 1; i <= 5; i++) {
		snprintf(path, sizeof path, "%s/index/g-%d", f.data, i);
		CHECK_INT(spi_exists(path), i >= 4);
	}
	close_publish_bed(&f);
}

/* ---- changes ---- */

TEST(test_publish_refresh_takes_changes)
{
	publish_bed f;
	sp_record r;
	char path[500];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	uint64_t generation = sp_reader_generation(f.reader);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(sp_reader_refresh(f.reader, &f.err), SP_OK);
	CHECK_INT(sp_reader_generation(f.reader), generation);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 1);
	CHECK_INT(sp_reader_generation(f.reader), generation + 1);
	/* Same size, at once: the time of the file may be the same. */
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartarugo", "", "Testo.");
	write_article(&f, "it/accesso/nuovo.md", "Articolo con giraffona", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "giraffona"), 1);
	/* What comes and goes changes what others name. */
	snprintf(path, sizeof path, "%s/it/pagamenti/doppio.md", f.kb);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "rimborso"), 0);
	REQUIRE(get_record(&f, CITIZEN, "otp", &r));
	CHECK_INT(r.related.count, 0);
	write_article(&f, "it/pagamenti/doppio.md", "Pagato due volte", "audience: [partner]\n", "Chiedi il rimborso.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "rimborso"), 0);
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	REQUIRE(get_record(&f, PARTNER, "otp", &r));
	CHECK_INT(r.related.count, 1);
	REQUIRE(get_record(&f, CITIZEN, "otp", &r));
	CHECK_INT(r.related.count, 0);
	/* Retired: in no index. */
	write_article(&f, "it/pagamenti/doppio.md", "Pagato due volte", "status: retired\n", "Chiedi il rimborso.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found_as(&f, AGENT, "rimborso", TODAY), 0);
	CHECK_INT(state_of(&f).articles, 3);
	close_publish_bed(&f);
}

TEST(test_publish_broken_then_mended)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	write_file(f.kb, "it/pagamenti/doppio.md", "---\nid: doppio\ntitle: [\n---\nrotto\n");
	write_file(f.kb, "it/accesso/rotto.md", "niente front matter\n");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	sp_publish_state state = state_of(&f);
	CHECK_INT(state.articles, 3);
	REQUIRE(state.broken_count == 2);
	CHECK_HAS(state.broken[0].file, "kb-");
	CHECK_HAS(state.broken[0].file, "it/accesso/rotto.md");
	CHECK(!state.broken[0].last_good_serves);
	CHECK_HAS(state.broken[1].file, "it/pagamenti/doppio.md");
	CHECK(state.broken[1].last_good_serves);
	CHECK(state.broken[1].line > 0);
	CHECK(state.broken[1].text[0] != '\0');
	CHECK_HAS(f.notices, "its last good version goes on answering");
	CHECK_HAS(f.notices, "it is not served");
	/* Also after a restart, and after a full build. */
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(sp_publisher_refresh(f.publisher, true, &f.err), SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(state_of(&f).broken_count, 2);
	write_article(&f, "it/pagamenti/doppio.md", "Pagato due volte", "", "Chiedi la restituzione.");
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/it/accesso/rotto.md", f.kb)), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "restituzione"), 1);
	CHECK_INT(state_of(&f).broken_count, 0);
	close_publish_bed(&f);
}

TEST(test_publish_yaml_broken_then_mended)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	write_file(f.kb, "kb.yaml", "languages: [it\n");
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	sp_publish_state state = state_of(&f);
	REQUIRE(state.broken_count == 1);
	CHECK_HAS(state.broken[0].file, "kb.yaml");
	CHECK(state.broken[0].last_good_serves);
	/* Articles go on being published under the last good one. */
	CHECK_INT(found(&f, "tartaruga"), 1);
	/* Also over a restart, and a build. */
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 1);
	CHECK_INT(sp_publisher_refresh(f.publisher, true, &f.err), SP_OK);
	CHECK_INT(state_of(&f).broken_count, 1);
	close_publisher(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	write_file(f.kb, "kb.yaml", sp_arena_printf(f.arena, "%ssynonyms:\n  it:\n    - [tartaruga, testuggine]\n", publish_yaml));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(state_of(&f).broken_count, 0);
	CHECK_INT(found(&f, "testuggine"), 1);
	/* Gone altogether: nothing is taken out. */
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/kb.yaml", f.kb)), 0);
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/it/accesso/nuovo.md", f.kb)), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "testuggine"), 1);
	close_publish_bed(&f);
}

TEST(test_publish_yaml_with_new_audience)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	char *text = sp_arena_strdup(f.arena, publish_yaml);
	char *at = strstr(text, "  partner:");
	write_file(f.kb, "kb.yaml",
		sp_arena_printf(f.arena, "%.*s  psp: {name: {it: PSP}, reads: [citizen]}\n%s", (int)(at - text), text, at));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(sp_reader_refresh(f.reader, &f.err), SP_OK);
	CHECK_STR(sp_reader_config(f.reader)->audiences[1].key, "psp");
	CHECK_INT(found_as(&f, 1, "", TODAY), 2);
	CHECK_INT(found_as(&f, 3, "zanzibar", TODAY), 1);
	close_publish_bed(&f);
}

TEST(test_publish_same_id_twice)
{
	publish_bed f;
	open_publish_bed(&f);
	write_file(f.kb, "it/pagamenti/otp.md",
		"---\nid: otp\ntype: qa\ntitle: Il secondo con tartaruga\ncategory: pagamenti\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nTesto.\n");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "codice"), 1);
	CHECK_INT(found(&f, "tartaruga"), 0);
	sp_publish_state state = state_of(&f);
	REQUIRE(state.broken_count == 1);
	CHECK_HAS(state.broken[0].file, "it/pagamenti/otp.md");
	CHECK_HAS(state.broken[0].text, "it/accesso/otp.md");
	/* The first goes away: the second serves. */
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/it/accesso/otp.md", f.kb)), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "tartaruga"), 1);
	CHECK_INT(found(&f, "codice"), 0);
	CHECK_INT(state_of(&f).broken_count, 0);
	close_publish_bed(&f);
}

TEST(test_publish_successor_is_found_by_old_questions)
{
	publish_bed f;
	sp_record r;
	open_publish_bed(&f);
	write_article(&f, "it/accesso/vecchio.md", "Bonus di dicembre",
		"questions: [quando parte il bonus speciale]\nvalid_from: 2020-12-01\n"
		"valid_until: 2020-12-31\nreplaced_by: nuovo\n",
		"Vecchio.");
	write_article(&f, "it/accesso/segreto.md", "Vecchia regola pinguino",
		"audience: [agent-l1]\nvalid_until: 2020-12-31\nreplaced_by: nuovo\n", "Segreto.");
	write_article(&f, "it/accesso/nuovo.md", "Che cosa succede ora", "valid_from: 2021-01-01\n", "Nuovo.");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found_as(&f, CITIZEN, "bonus speciale", 20201215), 1);
	CHECK_INT(found_as(&f, CITIZEN, "vecchio", 20201215), 1);
	CHECK_INT(found_as(&f, CITIZEN, "bonus speciale", TODAY), 1);
	CHECK_INT(found_as(&f, CITIZEN, "vecchio", TODAY), 0);
	/* Phrasings of what a citizen could not read do not reach him by the successor. */
	CHECK_INT(found_as(&f, CITIZEN, "pinguino", TODAY), 0);
	CHECK_INT(found_as(&f, AGENT, "pinguino", TODAY), 1);
	/* The old one changes: the successor is put again. */
	write_article(&f, "it/accesso/vecchio.md", "Bonus di dicembre",
		"questions: [quando parte il premio]\nvalid_from: 2020-12-01\n"
		"valid_until: 2020-12-31\nreplaced_by: nuovo\n",
		"Vecchio.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found_as(&f, CITIZEN, "premio", TODAY), 1);
	CHECK_INT(found_as(&f, CITIZEN, "speciale", TODAY), 0);
	REQUIRE(get_record(&f, CITIZEN, "vecchio", &r));
	CHECK_STR(r.replaced_by, "nuovo");
	close_publish_bed(&f);
}

TEST(test_publish_successor_does_not_take_questions_of_what_is_valid)
{
	publish_bed f;
	open_publish_bed(&f);
	write_article(&f, "it/accesso/vecchio.md", "Bonus di dicembre",
		"questions: [quando parte il bonus speciale]\nvalid_until: 2020-12-31\nreplaced_by: nuovo\n", "Vecchio.");
	write_article(&f, "it/accesso/nuovo.md", "Che cosa succede ora", "questions: [quando parte il premio]\n", "Nuovo.");
	f.as_of = 20201231;
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found_as(&f, CITIZEN, "bonus speciale", 20201231), 1);
	CHECK_INT(found_as(&f, CITIZEN, "premio", 20201231), 1);
	/* Its last day is over: nothing changed in the folder, and yet its questions lead on. */
	close_publisher(&f);
	f.as_of = 20210101;
	f.notices[0] = '\0';
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found_as(&f, CITIZEN, "bonus speciale", 20210101), 1);
	CHECK(!strstr(f.notices, "built the index"));
	/* One day before, both would be found by it. */
	CHECK_INT(found_as(&f, CITIZEN, "bonus speciale", 20201231), 2);
	close_publish_bed(&f);
}

/* ---- versions ---- */

TEST(test_publish_versions)
{
	publish_bed f;
	sp_record r;
	const char *path, *text;
	size_t len;
	char prefix[13] = "", version[SP_VERSION_HEX + 1];
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(get_record(&f, CITIZEN, "doppio", &r));
	strcpy(version, r.version);
	memcpy(prefix, version, 12);
	write_article(&f, "it/pagamenti/doppio.md", "Pagato tre volte", "", "Altro.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	REQUIRE(sp_publisher_version(f.publisher, prefix, f.arena, &path, &text, &len, &f.err) == SP_OK);
	CHECK_STR(path, "it/pagamenti/doppio.md");
	CHECK_HAS(text, "Chiedi il rimborso.");
	CHECK_INT(strlen(text), len);
	CHECK_INT(sp_publisher_version(f.publisher, version, f.arena, &path, &text, &len, &f.err), SP_OK);
	CHECK_INT(sp_publisher_version(f.publisher, "000000000000", f.arena, &path, &text, &len, &f.err), SP_ERR_NOT_FOUND);
	CHECK_INT(sp_publisher_version(f.publisher, "../../../etc/passwd", f.arena, &path, &text, &len, &f.err),
		SP_ERR_NOT_FOUND);
	CHECK_INT(sp_publisher_version(f.publisher, "", f.arena, &path, &text, &len, &f.err), SP_ERR_NOT_FOUND);
	/* Cut short by someone: told, not shown. */
	sp_error_clear(&f.err);
	CHECK_INT(truncate(sp_arena_printf(f.arena, "%s/versions/%.2s/%s", f.data, version, version), 40), 0);
	CHECK_INT(sp_publisher_version(f.publisher, version, f.arena, &path, &text, &len, &f.err), SP_ERR_CORRUPT);
	close_publish_bed(&f);
}
