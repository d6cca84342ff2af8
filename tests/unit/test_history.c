/* The folder as it was at a revision: repositories made with the git command, read by the module. */
#include "harness.h"

#include "base/file.h"
#include "sportello/history.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[512], kb[600];

static void git(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void git(const char *format, ...)
{
	char args[1024], command[2048];
	va_list list;
	va_start(list, format);
	vsnprintf(args, sizeof args, format, list);
	va_end(list);
	snprintf(command, sizeof command,
		"cd '%s' && git -c user.name=E -c user.email=e@example.org -c commit.gpgsign=false -c init.defaultBranch=main %s "
		">git.log 2>&1",
		top, args);
	if (system(command) != 0)
		harness_fail(__FILE__, __LINE__, "git %s", args);
}

static void commit(const char *message)
{
	git("add -A -- .");
	git("commit -q -m '%s'", message);
}

/* A repository whose folder `name` is a knowledge base; "" = the repository's root. git.log is never in it. */
static void fresh(const char *name)
{
	static int number;
	snprintf(top, sizeof top, "%s/repo%d", harness_folder(), ++number);
	spi_mkdirs(top, NULL);
	snprintf(kb, sizeof kb, "%s%s%s", top, *name ? "/" : "", name);
	setenv("HOME", top, 1); /* nobody's own settings of git */
	setenv("XDG_CONFIG_HOME", top, 1);
	git("init -q");
	harness_write(top, ".git/info/exclude", "git.log\n");
	harness_write(kb, "kb.yaml", "languages: [it]\n");
	harness_write(kb, "it/c/a.md", "prima\n");
	harness_write(kb, "it/c/b.md", "resta\n");
	harness_write(kb, "it/c/d.md", "va via\n");
	harness_write(top, "altro.txt", "fuori\n");
	commit("uno");
}

static void forget(const char *path)
{
	char full[1024];
	snprintf(full, sizeof full, "%s/%s", kb, path);
	remove(full);
}

/* The changes since a revision as "+path -path ~path ", or the error's status and text. */
static const char *changes(const char *dir, const char *rev)
{
	static char text[4096];
	sp_history *history = NULL;
	sp_changes found = {0};
	sp_error err = {0};
	sp_arena *arena = sp_arena_new(0);
	text[0] = '\0';
	if (sp_history_open(dir, rev, &history, &err) != SP_OK || sp_history_changes(history, arena, &found, &err) != SP_OK)
		snprintf(text, sizeof text, "%s: %s", sp_status_name(err.status), err.text);
	for (size_t i = 0; i < found.count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%c%s ", "+~-"[found.items[i].kind], found.items[i].path);
	sp_history_close(history);
	sp_arena_free(arena);
	return text;
}

/* A file as it was, or the name of the status. */
static const char *was(const char *dir, const char *rev, const char *path)
{
	static char text[4096];
	sp_history *history = NULL;
	const char *bytes = NULL;
	size_t len = 0;
	sp_arena *arena = sp_arena_new(0);
	sp_error err = {0};
	sp_status status = sp_history_open(dir, rev, &history, &err);
	if (status == SP_OK)
		status = sp_history_read(history, path, 1000, arena, &bytes, &len, &err);
	snprintf(text, sizeof text, "%.*s", status == SP_OK ? (int)len : 99, status == SP_OK ? bytes : sp_status_name(status));
	sp_history_close(history);
	sp_arena_free(arena);
	return text;
}

static const char *content(const char *dir, const char *path)
{
	static char text[4096];
	char full[1200];
	snprintf(full, sizeof full, "%s/%s", dir, path);
	FILE *f = fopen(full, "rb");
	if (!f)
		return "(missing)";
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void change_everything(void)
{
	harness_write(kb, "it/c/a.md", "dopo\n");
	harness_write(kb, "it/c/nuovo.md", "nuovo\n");
	harness_write(top, "altro.txt", "cambia anche fuori\n");
	forget("it/c/d.md");
}

TEST(what_changed_on_disk_is_told_whether_committed_staged_or_neither)
{
	static const char *const wanted = "~it/c/a.md -it/c/d.md +it/c/nuovo.md ";
	fresh("kb");
	CHECK_STR(changes(kb, "HEAD"), "");
	change_everything();
	CHECK_STR(changes(kb, "HEAD"), wanted);
	git("add -A -- .");
	CHECK_STR(changes(kb, "HEAD"), wanted);
	commit("due");
	CHECK_STR(changes(kb, "HEAD"), "");
	CHECK_STR(changes(kb, "HEAD~1"), wanted);
	harness_write(kb, "it/c/a.md", "prima\n"); /* back again, not committed */
	CHECK_STR(changes(kb, "HEAD~1"), "-it/c/d.md +it/c/nuovo.md ");
}

TEST(what_git_no_longer_follows_but_is_still_there_counts_by_its_bytes)
{
	fresh("kb");
	git("rm -q --cached kb/it/c/a.md");
	CHECK_STR(changes(kb, "HEAD"), "");
	harness_write(kb, "it/c/a.md", "altro\n");
	CHECK_STR(changes(kb, "HEAD"), "~it/c/a.md ");
	forget("it/c/a.md");
	CHECK_STR(changes(kb, "HEAD"), "-it/c/a.md ");
}

TEST(a_new_folder_is_told_file_by_file_and_an_ignored_file_not)
{
	fresh("kb");
	harness_write(top, ".gitignore", "*.tmp\n");
	harness_write(kb, "de/x/y.md", "neu\n");
	harness_write(kb, "de/x/z.md", "neu\n");
	harness_write(kb, "de/x/z.tmp", "weg\n");
	CHECK_STR(changes(kb, "HEAD"), "+de/x/y.md +de/x/z.md ");
}

TEST(names_are_no_patterns)
{
	fresh("k[b]*");
	harness_write(kb, "it/c/a.md", "dopo\n");
	CHECK_STR(changes(kb, "HEAD"), "~it/c/a.md ");
	CHECK_STR(was(kb, "HEAD", "it/c/a.md"), "prima\n");
}

TEST(a_file_that_became_a_link_has_changed_and_a_mode_alone_is_nothing)
{
	char full[1024];
	fresh("kb");
	snprintf(full, sizeof full, "%s/it/c/b.md", kb);
	CHECK_INT(chmod(full, 0755), 0);
	CHECK_STR(changes(kb, "HEAD"), "");
	remove(full);
	CHECK_INT(symlink("a.md", full), 0);
	CHECK_STR(changes(kb, "HEAD"), "~it/c/b.md ");
	commit("due");
	CHECK_STR(was(kb, "HEAD", "it/c/b.md"), "invalid");
}

TEST(the_repository_itself_can_be_the_knowledge_base)
{
	fresh("");
	change_everything();
	CHECK_STR(changes(kb, "HEAD"), "~altro.txt ~it/c/a.md -it/c/d.md +it/c/nuovo.md ");
	CHECK_STR(was(kb, "HEAD", "it/c/a.md"), "prima\n");
}

TEST(a_folder_with_a_dot_a_slash_or_a_link_in_its_name_is_the_same)
{
	char named[1024], link[1024];
	fresh("sotto/kb");
	harness_write(kb, "it/c/a.md", "dopo\n");
	snprintf(named, sizeof named, "%s/./", kb);
	CHECK_STR(changes(named, "HEAD"), "~it/c/a.md ");
	snprintf(link, sizeof link, "%s-link", top);
	CHECK_INT(symlink(kb, link), 0);
	CHECK_STR(changes(link, "HEAD"), "~it/c/a.md ");
}

TEST(a_working_tree_beside_the_repository_serves_too)
{
	char beside[1024];
	fresh("kb");
	git("worktree add -q ../beside%d -b altra", (int)getpid());
	snprintf(beside, sizeof beside, "%s/../beside%d/kb", top, (int)getpid());
	harness_write(beside, "it/c/b.md", "solo qui\n");
	CHECK_STR(changes(beside, "main"), "~it/c/b.md ");
	CHECK_STR(changes(kb, "main"), "");
}

TEST(files_are_read_as_they_were)
{
	fresh("kb");
	change_everything();
	commit("due");
	git("tag -a -m x v2");
	harness_write(kb, "it/c/a.md", "oggi\n");
	CHECK_STR(was(kb, "HEAD~1", "it/c/a.md"), "prima\n");
	CHECK_STR(was(kb, "v2", "it/c/a.md"), "dopo\n");
	CHECK_STR(was(kb, "main@{1}", "it/c/d.md"), "va via\n");
	CHECK_STR(was(kb, "v2", "it/c/d.md"), "not-found");
	CHECK_STR(was(kb, "v2", "it/c"), "invalid");
	CHECK_STR(was(kb, "v2", "../altro.txt"), "not-found");
}

TEST(a_date_and_where_a_branch_left_name_revisions)
{
	fresh("kb");
	git("checkout -q -b lavoro");
	harness_write(kb, "it/c/a.md", "lavoro\n");
	commit("due");
	git("checkout -q main");
	harness_write(kb, "it/c/b.md", "main va avanti\n");
	commit("tre");
	git("checkout -q lavoro");
	CHECK_STR(changes(kb, "main"), "~it/c/a.md ~it/c/b.md ");
	CHECK_STR(changes(kb, "main..."), "~it/c/a.md ");
	CHECK_STR(was(kb, "main@{now}", "it/c/b.md"), "main va avanti\n");
	CHECK_HAS(changes(kb, "main..lavoro"), "invalid: is not how git names a revision");
}

TEST(too_large_a_file_is_refused)
{
	static char large[2000];
	memset(large, 'x', sizeof large - 1);
	fresh("kb");
	harness_write(kb, "it/c/a.md", large);
	commit("due");
	CHECK_STR(was(kb, "HEAD", "it/c/a.md"), "too-large");
}

TEST(all_of_it_is_written_out_as_it_was)
{
	char into[1024], full[1200], target[64] = "";
	sp_history *history = NULL;
	sp_error err = {0};
	fresh("kb");
	snprintf(full, sizeof full, "%s/it/c/l.md", kb);
	CHECK_INT(symlink("a.md", full), 0);
	harness_write(top, ".gitattributes", "*.md text eol=crlf\n");
	commit("con un link");
	change_everything();
	snprintf(into, sizeof into, "%s/prima", top);
	REQUIRE(sp_history_open(kb, "HEAD", &history, &err) == SP_OK);
	CHECK_INT(sp_history_extract(history, into, &err), SP_OK);
	CHECK_STR(content(into, "it/c/a.md"), "prima\r\n"); /* as a checkout writes it */
	CHECK_STR(content(into, "it/c/d.md"), "va via\r\n");
	CHECK_STR(content(into, "kb.yaml"), "languages: [it]\n");
	CHECK_STR(content(into, "it/c/nuovo.md"), "(missing)");
	CHECK_STR(content(into, "altro.txt"), "(missing)");
	snprintf(full, sizeof full, "%s/it/c/l.md", into);
	CHECK_INT(readlink(full, target, sizeof target - 1), 4);
	CHECK_STR(target, "a.md");
	CHECK_INT(strlen(sp_history_commit(history)), 40);
	CHECK(sp_history_time(history) > 1700000000);
	CHECK_INT(sp_history_extract(history, into, &err), SP_ERR_CONFLICT);
	CHECK_HAS(err.text, "empty");
	sp_history_close(history);
}

TEST(what_cannot_be_says_why_and_what_to_do)
{
	char outside[600], shallow[700];
	fresh("kb");
	CHECK_HAS(changes(kb, "manca"), "not-found: there is no such revision");
	CHECK_HAS(changes(kb, "HEAD~7"), "not-found: there is no such revision");
	CHECK_HAS(changes(kb, "HEAD:kb"), "invalid: is not how git names a revision");
	CHECK_HAS(changes("/nowhere/at/all", "HEAD"), "not-found: there is no such folder");
	harness_write(top, "tardi/kb.yaml", "languages: [it]\n");
	commit("una seconda");
	snprintf(outside, sizeof outside, "%s/tardi", top);
	CHECK_STR(changes(outside, "HEAD"), "");
	CHECK_HAS(changes(outside, "HEAD~1"), "not-found: this folder was not there at the revision HEAD~1");
	git("clone -q --depth 1 file://'%s' piatto", top);
	snprintf(shallow, sizeof shallow, "%s/piatto/kb", top);
	CHECK_HAS(changes(shallow, "HEAD~1"), "fetch-depth: 0");
	git("mv kb/kb.yaml kb/altro.yaml");
	commit("senza kb.yaml");
	CHECK_HAS(changes(kb, "HEAD"), "had no kb.yaml");
}

TEST(repositories_that_lack_something_say_what_to_do)
{
	char dir[700];
	const char *text;
	size_t len;
	sp_history *history = NULL;
	sp_error err = {0};
	fresh("kb");
	harness_write(kb, "it/c/a.md", "dopo\n");
	commit("due");
	git("config uploadpack.allowFilter true");
	git("clone -q --filter=blob:none file://'%s' mezzo", top);
	snprintf(dir, sizeof dir, "%s/mezzo/kb", top);
	sp_arena *arena = sp_arena_new(0);
	REQUIRE(sp_history_open(dir, "HEAD~1", &history, &err) == SP_OK);
	CHECK_INT(sp_history_read(history, "it/c/a.md", 100, arena, &text, &len, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.text, "--refetch --no-filter");
	sp_history_close(history);
	sp_arena_free(arena);
	git("init -q --object-format=sha256 nuovo");
	harness_write(top, "nuovo/kb.yaml", "languages: [it]\n");
	snprintf(dir, sizeof dir, "%s/nuovo", top);
	CHECK_HAS(changes(dir, "HEAD"), "unsupported: the git repository around it names its commits by SHA-256");
}

TEST(without_a_repository_it_says_so)
{
	char lone[] = "/tmp/sportello-history-XXXXXX";
	REQUIRE(mkdtemp(lone));
	harness_write(lone, "kb.yaml", "languages: [it]\n");
	CHECK_HAS(changes(lone, "HEAD"), "not-found: there is no git repository around this folder");
	spi_remove_tree(lone, NULL);
}

TEST(a_repository_of_somebody_else_is_not_trusted_unless_it_is_said_to_be_safe)
{
	fresh("kb");
	if (geteuid() != 0 || chown(top, 12345, 12345) != 0) {
		printf("# needs root\n");
		return;
	}
	char git_folder[700];
	snprintf(git_folder, sizeof git_folder, "%s/.git", top);
	CHECK_INT(chown(git_folder, 12345, 12345), 0);
	CHECK_HAS(changes(kb, "HEAD"), "denied: the git repository around it belongs to another user");
	CHECK_HAS(changes(kb, "HEAD"), "safe.directory");
	char config[1024];
	snprintf(config, sizeof config, "[safe]\n\tdirectory = %s\n", top);
	harness_write(top, ".gitconfig", config);
	CHECK_STR(changes(kb, "HEAD"), "");
}
