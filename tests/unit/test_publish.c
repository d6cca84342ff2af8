/* Publishing: from a folder of Markdown to sealed indexes, without a gap, whatever happens on the way. */
#include "harness.h"

#include "base/clock.h"
#include "base/file.h"
#include "sportello/publish.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TODAY 20261123
enum { CITIZEN, PARTNER, AGENT };

static const char *const yaml =
	"service:\n  name: {it: Prova}\n"
	"languages: [it, en]\n"
	"timezone: Europe/Rome\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  partner: {name: {it: Partner}, reads: [citizen]}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen, partner]}\n"
	"services:\n  app: {name: {it: App}}\n"
	"groups:\n  l1: {name: {it: Primo livello}, level: 1}\n"
	"categories:\n"
	"  accesso:\n    name: {it: Accesso}\n    service: app\n    group: l1\n    order: 1\n"
	"  pagamenti:\n    name: {it: Pagamenti}\n    service: app\n    group: l1\n    order: 2\n";

typedef struct fixture {
	char kb[300], data[300];
	char notices[4096];
	pthread_mutex_t lock; /* guards notices */
	sp_publisher *publisher;
	sp_reader *reader;
	sp_analyser *analyser;
	sp_arena *arena;
	sp_error err;
} fixture;

static int fixtures;

static void take_notice(const char *line, void *arg)
{
	fixture *f = arg;
	pthread_mutex_lock(&f->lock);
	size_t len = strlen(f->notices);
	snprintf(f->notices + len, sizeof f->notices - len, "%s\n", line);
	pthread_mutex_unlock(&f->lock);
}

static void write_text(const char *dir, const char *path, const char *text)
{
	char whole[600];
	snprintf(whole, sizeof whole, "%s/%s", dir, path);
	char *slash = strrchr(whole, '/');
	*slash = '\0';
	spi_mkdirs(whole, NULL);
	*slash = '/';
	FILE *file = fopen(whole, "w");
	CHECK(file != NULL);
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

static void write_article(fixture *f, const char *path, const char *title, const char *more, const char *body)
{
	char text[4096], id[128];
	const char *slug = strrchr(path, '/') + 1;
	snprintf(id, sizeof id, "%.*s", (int)(strlen(slug) - 3), slug);
	snprintf(text, sizeof text, "---\nid: %s\ntype: qa\ntitle: %s\ncategory: %s\n%s%supdated: 2026-01-02\n%s---\n%s\n",
		id, title, strstr(path, "pagamenti") ? "pagamenti" : "accesso",
		strstr(more, "audience:") ? "" : "audience: [citizen]\n", strstr(more, "status:") ? "" : "status: published\n",
		more, body);
	write_text(f->kb, path, text);
}

static void setup(fixture *f)
{
	memset(f, 0, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
	snprintf(f->kb, sizeof f->kb, "%s/kb-%d", harness_folder(), ++fixtures);
	snprintf(f->data, sizeof f->data, "%s/data-%d", harness_folder(), fixtures);
	f->analyser = sp_analyser_new();
	f->arena = sp_arena_new(0);
	write_text(f->kb, "kb.yaml", yaml);
	write_article(f, "it/accesso/otp.md", "Non arriva il codice",
		"questions: [il codice otp non arriva]\nrelated: [interno, doppio]\n",
		"Aspetta.\n\n> [!agent-l1]\n> Guarda il registro zanzibar.\n");
	write_article(f, "it/pagamenti/doppio.md", "Pagato due volte", "", "Chiedi il rimborso.");
	write_article(
		f, "it/accesso/interno.md", "Procedura riservata quokka", "audience: [agent-l1]\n", "Solo per operatori.");
	write_article(f, "it/accesso/bozza.md", "Bozza", "status: draft\n", "Non ancora.");
}

static sp_status open_publisher(fixture *f)
{
	sp_publish_options options = {.kb_dir = f->kb, .data_dir = f->data, .notice = take_notice, .arg = f};
	sp_error_clear(&f->err);
	sp_status status = sp_publisher_open(&options, &f->publisher, &f->err);
	return status == SP_OK ? sp_reader_open(f->publisher, &f->reader, &f->err) : status;
}

static void close_publisher(fixture *f)
{
	sp_reader_close(f->reader);
	sp_publisher_close(f->publisher);
	f->reader = NULL;
	f->publisher = NULL;
}

static void teardown(fixture *f)
{
	close_publisher(f);
	sp_analyser_free(f->analyser);
	sp_arena_free(f->arena);
	pthread_mutex_destroy(&f->lock);
}

static sp_publish_state state_of(fixture *f)
{
	sp_publish_state state = {0};
	CHECK_INT(sp_publisher_state(f->publisher, f->arena, &state), SP_OK);
	return state;
}

/* How many articles an audience finds; -1 when it cannot search. */
static long found_as(fixture *f, int audience, const char *text, sp_date day)
{
	sp_index *index;
	sp_result result;
	sp_query query = {
		.text = text, .text_len = strlen(text), .lang = SP_LANG_IT, .day = day, .audience = -1, .limit = 10};
	if (sp_reader_refresh(f->reader, &f->err) != SP_OK ||
		sp_reader_index(f->reader, audience, &index, &f->err) != SP_OK ||
		sp_index_search(index, f->analyser, &query, f->arena, &result, &f->err) != SP_OK)
		return -1;
	return result.total;
}

static long found(fixture *f, const char *text)
{
	return found_as(f, CITIZEN, text, TODAY);
}

static bool get(fixture *f, int audience, const char *id, sp_record *ret)
{
	sp_index *index;
	sp_error err = {0};
	return sp_reader_refresh(f->reader, &err) == SP_OK && sp_reader_index(f->reader, audience, &index, &err) == SP_OK &&
		   sp_index_get(index, id, SP_LANG_NONE, f->arena, ret, &err) == SP_OK;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* How long until a search finds so many; -1 after 5 s. */
static long wait_for(fixture *f, const char *text, long wanted)
{
	int64_t start = spi_now_us();
	while (spi_now_us() - start < 5000000) {
		if (found(f, text) == wanted)
			return (long)((spi_now_us() - start) / 1000);
		sleep_ms(2);
	}
	return -1;
}

static void current_folder(fixture *f, char *ret, size_t size)
{
	char path[400], name[64] = "";
	snprintf(path, sizeof path, "%s/index/CURRENT", f->data);
	FILE *file = fopen(path, "r");
	if (file) {
		CHECK(fgets(name, sizeof name, file) != NULL);
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(ret, size, "%s/index/%s", f->data, name);
}

static bool file_has(const char *path, const char *word)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");
	FILE *copy = open_memstream(&bytes, &size);
	for (int c; file && (c = fgetc(file)) != EOF;)
		fputc(c, copy);
	fclose(copy);
	bool has = memmem(bytes, size, word, strlen(word)) != NULL;
	free(bytes);
	if (file)
		fclose(file);
	return has;
}

/* Whether any file of an audience's index has these bytes. */
static bool folder_has(const char *folder, const char *word)
{
	char path[800];
	bool has = false;
	DIR *dir = opendir(folder);
	CHECK(dir != NULL);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			has |= entry->d_type == DT_DIR ? folder_has(path, word) : file_has(path, word);
	}
	if (dir)
		closedir(dir);
	return has;
}

/* ---- building ---- */

TEST(test_publish_builds_what_each_may_read)
{
	fixture f;
	sp_record r;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(state_of(&f).articles, 3);
	CHECK_INT(state_of(&f).broken_count, 0);
	CHECK_INT(found(&f, "rimborso"), 1);
	CHECK_INT(found(&f, "bozza"), 0);
	CHECK_INT(found(&f, ""), 2);
	CHECK_INT(found_as(&f, AGENT, "", TODAY), 3);
	CHECK_INT(found_as(&f, AGENT, "zanzibar", TODAY), 1);
	CHECK_INT(found_as(&f, PARTNER, "zanzibar", TODAY), 0);
	CHECK(!get(&f, CITIZEN, "interno", &r));
	REQUIRE(get(&f, CITIZEN, "otp", &r));
	CHECK_HAS(r.markdown, "Aspetta.");
	CHECK(!strstr(r.markdown, "zanzibar") && !strstr(r.html, "zanzibar") && !strstr(r.plain, "zanzibar") &&
		  !strstr(r.speech, "zanzibar"));
	/* Related articles that one may not read are not named. */
	REQUIRE(get(&f, CITIZEN, "otp", &r));
	REQUIRE(r.related.count == 1);
	CHECK_STR(r.related.items[0], "doppio");
	REQUIRE(get(&f, AGENT, "otp", &r));
	CHECK_INT(r.related.count, 2);
	CHECK_HAS(r.plain, "zanzibar");
	sp_index *index;
	CHECK_INT(sp_reader_index(f.reader, 3, &index, &f.err), SP_ERR_NOT_FOUND);
	teardown(&f);
}

TEST(test_publish_seals_are_physical)
{
	fixture f;
	char folder[400], path[500];
	setup(&f);
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
	teardown(&f);
}

TEST(test_publish_opens_again_without_building)
{
	fixture f;
	char before[400], after[400];
	setup(&f);
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
	teardown(&f);
}

TEST(test_publish_force_builds_anew_and_keeps_the_previous)
{
	fixture f;
	char path[500];
	setup(&f);
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
	teardown(&f);
}

/* ---- changes ---- */

TEST(test_publish_refresh_takes_changes)
{
	fixture f;
	sp_record r;
	char path[500];
	setup(&f);
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
	REQUIRE(get(&f, CITIZEN, "otp", &r));
	CHECK_INT(r.related.count, 0);
	write_article(&f, "it/pagamenti/doppio.md", "Pagato due volte", "audience: [partner]\n", "Chiedi il rimborso.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "rimborso"), 0);
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	REQUIRE(get(&f, PARTNER, "otp", &r));
	CHECK_INT(r.related.count, 1);
	REQUIRE(get(&f, CITIZEN, "otp", &r));
	CHECK_INT(r.related.count, 0);
	/* Retired: in no index. */
	write_article(&f, "it/pagamenti/doppio.md", "Pagato due volte", "status: retired\n", "Chiedi il rimborso.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found_as(&f, AGENT, "rimborso", TODAY), 0);
	CHECK_INT(state_of(&f).articles, 3);
	teardown(&f);
}

TEST(test_publish_broken_then_mended)
{
	fixture f;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	write_text(f.kb, "it/pagamenti/doppio.md", "---\nid: doppio\ntitle: [\n---\nrotto\n");
	write_text(f.kb, "it/accesso/rotto.md", "niente front matter\n");
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
	teardown(&f);
}

TEST(test_publish_yaml_broken_then_mended)
{
	fixture f;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	write_text(f.kb, "kb.yaml", "languages: [it\n");
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
	write_text(f.kb, "kb.yaml", sp_arena_printf(f.arena, "%ssynonyms:\n  it:\n    - [tartaruga, testuggine]\n", yaml));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(state_of(&f).broken_count, 0);
	CHECK_INT(found(&f, "testuggine"), 1);
	/* Gone altogether: nothing is taken out. */
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/kb.yaml", f.kb)), 0);
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/it/accesso/nuovo.md", f.kb)), 0);
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found(&f, "testuggine"), 1);
	teardown(&f);
}

TEST(test_publish_yaml_with_new_audience)
{
	fixture f;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	char *text = sp_arena_strdup(f.arena, yaml);
	char *at = strstr(text, "  partner:");
	write_text(f.kb, "kb.yaml",
		sp_arena_printf(f.arena, "%.*s  psp: {name: {it: PSP}, reads: [citizen]}\n%s", (int)(at - text), text, at));
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(sp_reader_refresh(f.reader, &f.err), SP_OK);
	CHECK_STR(sp_reader_config(f.reader)->audiences[1].key, "psp");
	CHECK_INT(found_as(&f, 1, "", TODAY), 2);
	CHECK_INT(found_as(&f, 3, "zanzibar", TODAY), 1);
	teardown(&f);
}

TEST(test_publish_same_id_twice)
{
	fixture f;
	setup(&f);
	write_text(f.kb, "it/pagamenti/otp.md",
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
	teardown(&f);
}

TEST(test_publish_successor_is_found_by_old_questions)
{
	fixture f;
	sp_record r;
	setup(&f);
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
	REQUIRE(get(&f, CITIZEN, "vecchio", &r));
	CHECK_STR(r.replaced_by, "nuovo");
	teardown(&f);
}

/* ---- versions ---- */

TEST(test_publish_versions)
{
	fixture f;
	sp_record r;
	const char *path, *text;
	size_t len;
	char prefix[13] = "", version[SP_VERSION_HEX + 1];
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(get(&f, CITIZEN, "doppio", &r));
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
	teardown(&f);
}

/* ---- what crashes leave behind, and damage ---- */

TEST(test_publish_leftovers)
{
	fixture f;
	char folder[400];
	setup(&f);
	write_text(f.data, "index/g-7.tmp/citizen/words/half", "x");
	write_text(f.data, "index/g-9/citizen/SEAL", "x");
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
	write_text(f.data, "index/CURRENT", "g-99\n");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	close_publisher(&f);
	write_text(f.data, "index/CURRENT", "../../etc");
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_INT(found(&f, "rimborso"), 1);
	teardown(&f);
}

TEST(test_publish_index_cut_short_is_built_again)
{
	fixture f;
	char folder[400];
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	close_publisher(&f);
	current_folder(&f, folder, sizeof folder);
	CHECK_INT(truncate(sp_arena_printf(f.arena, "%s/partner/words/docdata.glass", folder), 100), 0);
	REQUIRE(open_publisher(&f) == SP_OK);
	CHECK_HAS(f.notices, "docdata.glass");
	CHECK_HAS(f.notices, "is built again");
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	teardown(&f);
}

TEST(test_publish_newer_data_is_left_alone)
{
	fixture f;
	char folder[400], path[500];
	const char *text;
	size_t len;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	close_publisher(&f);
	current_folder(&f, folder, sizeof folder);
	snprintf(path, sizeof path, "%s/citizen/SEAL", folder);
	REQUIRE(spi_file_read(path, 100000, f.arena, &text, &len, &f.err) == SP_OK);
	char *changed = sp_arena_strdup(f.arena, text);
	*strpbrk(changed, "0123456789") = '9';
	CHECK_INT(spi_file_write(path, changed, len, &f.err), SP_OK);
	CHECK_INT(open_publisher(&f), SP_ERR_NEWER);
	CHECK_HAS(f.err.text, "newer version");
	CHECK(spi_exists(path));
	teardown(&f);
}

TEST(test_publish_index_folder_removed_while_serving)
{
	fixture f;
	setup(&f);
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
	teardown(&f);
}

TEST(test_publish_index_removed_by_hand_before_an_update)
{
	fixture f;
	char folder[400];
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	current_folder(&f, folder, sizeof folder);
	CHECK_INT(spi_remove_tree(sp_arena_printf(f.arena, "%s/partner", folder), &f.err), SP_OK);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK_INT(sp_publisher_refresh(f.publisher, false, &f.err), SP_OK);
	CHECK_INT(found_as(&f, PARTNER, "rimborso", TODAY), 1);
	CHECK_INT(found_as(&f, PARTNER, "tartaruga", TODAY), 1);
	teardown(&f);
}

TEST(test_publish_what_cannot_be_opened)
{
	fixture f;
	setup(&f);
	CHECK_INT(unlink(sp_arena_printf(f.arena, "%s/kb.yaml", f.kb)), 0);
	CHECK_INT(open_publisher(&f), SP_ERR_NOT_FOUND);
	write_text(f.kb, "kb.yaml", "languages: [it\n");
	CHECK_INT(open_publisher(&f), SP_ERR_INVALID);
	CHECK_HAS(f.err.source, "kb.yaml");
	CHECK(f.err.line > 0);
	CHECK_INT(spi_remove_tree(f.kb, &f.err), SP_OK);
	sp_error_clear(&f.err);
	CHECK_INT(open_publisher(&f), SP_ERR_NOT_FOUND);
	CHECK_STR(f.err.source, f.kb);
	teardown(&f);
}

TEST(test_publish_disk_that_takes_nothing)
{
	fixture f;
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	/* A file where a folder is wanted stands for any write that fails (root may write everywhere). */
	CHECK_INT(spi_remove_tree(sp_arena_printf(f.arena, "%s/versions", f.data), &f.err), SP_OK);
	write_text(f.data, "versions", "a file");
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
	teardown(&f);
}

TEST(test_publish_two_publishers_on_one_folder)
{
	fixture f, g;
	setup(&f);
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
	teardown(&f);
}

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
	fixture f;
	long took[7];
	setup(&f);
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
	teardown(&f);
}

TEST(test_publish_watch_hears_every_way_of_saving)
{
	fixture f;
	char from[500], to[500];
	setup(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	REQUIRE(sp_publisher_watch(f.publisher, &f.err) == SP_OK);
	sleep_ms(100);
	write_article(&f, "it/accesso/nuovo.md", "Articolo con tartaruga", "", "Testo.");
	CHECK(wait_for(&f, "tartaruga", 1) >= 0);
	/* As editors save: another name, then rename over it; with files of their own beside it. */
	write_article(&f, "it/accesso/nuovo.md~", "x", "", "x");
	write_text(f.kb, "it/accesso/.nuovo.md.swp",
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
	write_text(f.kb, "en/accesso/otp.md",
		"---\nid: otp\ntype: qa\ntitle: The walrus does not arrive\ncategory: accesso\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nText.\n");
	CHECK(wait_for(&f, "walrus", 1) >= 0);
	write_text(f.kb, "en/accesso/otp.md",
		"---\nid: otp\ntype: qa\ntitle: The badger does not arrive\ncategory: accesso\n"
		"audience: [citizen]\nstatus: published\nupdated: 2026-01-02\n---\nText.\n");
	CHECK(wait_for(&f, "badger", 1) >= 0);
	/* A whole folder moved away. */
	snprintf(from, sizeof from, "%s/en", f.kb);
	snprintf(to, sizeof to, "%s/../en-%d", f.kb, fixtures);
	CHECK_INT(rename(from, to), 0);
	CHECK(wait_for(&f, "badger", 0) >= 0);
	write_text(f.kb, "kb.yaml", sp_arena_printf(f.arena, "%ssynonyms:\n  it:\n    - [rimborso, restituzione]\n", yaml));
	CHECK(wait_for(&f, "restituzione", 1) >= 0);
	teardown(&f);
}

TEST(test_publish_watch_follows_another_build)
{
	fixture f, g;
	setup(&f);
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
	teardown(&f);
}

TEST(test_publish_waits_for_the_lock)
{
	fixture f;
	setup(&f);
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
	teardown(&f);
}

/* ---- reading while publishing ---- */

typedef struct worker {
	fixture *f;
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
	fixture f;
	atomic_bool stop = false;
	worker workers[3];
	char body[64];
	setup(&f);
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
	teardown(&f);
}
