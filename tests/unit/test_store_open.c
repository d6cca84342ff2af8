/* A store is opened: made, migrated, one service's alone, and refused when it is none. */
#include "store_bed.h"

#include <sys/stat.h>
#include <unistd.h>

TEST(test_store_ids_are_random_readable_and_in_the_order_of_time)
{
	char a[SP_CONVERSATION_ID_LEN + 1], b[SP_CONVERSATION_ID_LEN + 1];
	sp_store_new_id(a);
	sp_store_new_id(b);
	CHECK_INT(strlen(a), SP_CONVERSATION_ID_LEN);
	CHECK_INT(strspn(a, "0123456789abcdefghjkmnpqrstvwxyz"), SP_CONVERSATION_ID_LEN);
	CHECK(strcmp(a, b) != 0);
	usleep(2000);
	sp_store_new_id(b);
	CHECK(strcmp(a, b) < 0);
}

TEST(test_store_is_made_with_its_folder_for_its_user_alone)
{
	sp_store *store = open_store("new/deep");
	struct stat st;
	CHECK_INT(stat(file_of("new/deep", "store.sqlite"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	sp_store_close(store);
	CHECK_INT(sql("new/deep", "PRAGMA user_version"), SP_STORE_SCHEMA);
	CHECK_INT(sql("new/deep", "PRAGMA application_id"), 0x53706f72);
	sp_store_close(NULL);
	sp_store_reader_close(NULL);
}

TEST(test_store_is_one_services_alone)
{
	sp_store *store = open_store("alone"), *other = NULL, *reading = NULL;
	sp_error err = {0};
	char process[40];
	CHECK_INT(sp_store_open(folder_of("alone"), SP_STORE_SERVE, &other, &err), SP_ERR_BUSY);
	snprintf(process, sizeof process, "process %ld", (long)getpid());
	CHECK_HAS(err.text, process);
	CHECK(other == NULL);
	/* A report runs beside it. */
	CHECK_INT(sp_store_open(folder_of("alone"), SP_STORE_READ, &reading, NULL), SP_OK);
	sp_store_reader *reader = open_reader(reading);
	sp_store_reader_close(reader);
	sp_store_close(reading);
	sp_store_close(store);
	store = open_store("alone");
	sp_store_close(store);
}

TEST(test_store_token_beside_a_service)
{
	sp_store *service, *beside;
	sp_error err = {0};
	REQUIRE(sp_store_open(folder_of("beside"), SP_STORE_SERVE, &service, &err) == SP_OK);
	REQUIRE(sp_store_open(folder_of("beside"), SP_STORE_BESIDE, &beside, &err) == SP_OK);
	sp_write write = {.kind = SP_WRITE_TOKEN, .as.token = {.subject = "ada", .role = "agent", .audience = "agent-l1"}};
	CHECK_INT(sp_store_write(beside, &write, &err), SP_OK);
	sp_store_close(beside);
	sp_store_reader *reader;
	REQUIRE(sp_store_reader_open(service, &reader, &err) == SP_OK);
	sp_arena *arena = sp_arena_new(0);
	sp_token_info token;
	CHECK_INT(sp_store_token(reader, write.as.token.secret, strlen(write.as.token.secret), 1, arena, &token, &err), SP_OK);
	CHECK_STR(token.subject, "ada");
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	/* The service still keeps other services out. */
	CHECK_INT(sp_store_open(folder_of("beside"), SP_STORE_SERVE, &beside, NULL), SP_ERR_BUSY);
	sp_store_close(service);
}

TEST(test_store_read_only_changes_nothing)
{
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(sp_store_open(folder_of("nothing"), SP_STORE_READ, &store, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.text, "sportello serve");
	CHECK(access(folder_of("nothing"), F_OK) != 0);
	sp_store_close(open_store("readonly"));
	REQUIRE(sp_store_open(folder_of("readonly"), SP_STORE_READ, &store, NULL) == SP_OK);
	sp_write write = turn_write("c", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_DENIED);
	CHECK_INT(sp_store_submit(store, &write), SP_ERR_DENIED);
	sp_store_close(store);
}

TEST(test_store_newer_schema_is_refused)
{
	sp_store_close(open_store("newer"));
	sql("newer", "PRAGMA user_version = 999");
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(sp_store_open(folder_of("newer"), SP_STORE_SERVE, &store, &err), SP_ERR_NEWER);
	CHECK_HAS(err.text, "schema 999, this one knows up to");
	CHECK_INT(sp_store_open(folder_of("newer"), SP_STORE_READ, &store, NULL), SP_ERR_NEWER);
	CHECK_INT(sql("newer", "PRAGMA user_version"), 999);
}

TEST(test_store_empty_database_is_migrated)
{
	CHECK_INT(mkdir(folder_of("empty"), 0700), 0);
	sql("empty", "PRAGMA user_version = 0");
	sp_store *store = NULL;
	CHECK_INT(sp_store_open(folder_of("empty"), SP_STORE_READ, &store, NULL), SP_ERR_UNSUPPORTED);
	sp_store_close(open_store("empty"));
	CHECK_INT(sql("empty", "PRAGMA user_version"), SP_STORE_SCHEMA);
	CHECK_INT(sql("empty", "SELECT count(*) FROM tickets"), 0);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");
	REQUIRE(file != NULL);
	CHECK_INT(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

TEST(test_store_what_is_no_store_is_refused)
{
	char noise[8192];
	memset(noise, 'x', sizeof noise);
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(mkdir(folder_of("noise"), 0700), 0);
	write_file(file_of("noise", "store.sqlite"), noise, sizeof noise);
	CHECK_INT(sp_store_open(folder_of("noise"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.source, "noise/store.sqlite");
	CHECK_HAS(err.text, "restore the file from a backup");
	sp_error_clear(&err);
	CHECK_INT(mkdir(folder_of("foreign"), 0700), 0);
	sql("foreign", "CREATE TABLE other (x)");
	CHECK_INT(sp_store_open(folder_of("foreign"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "another program");
	CHECK_INT(sql("foreign", "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST(test_store_cut_file_is_refused)
{
	sp_store_close(open_store("cut"));
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(truncate(file_of("cut", "store.sqlite"), 5000), 0);
	CHECK_INT(sp_store_open(folder_of("cut"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "cut short (5000 of ");
	CHECK_INT(sp_store_open(folder_of("cut"), SP_STORE_READ, &store, NULL), SP_ERR_CORRUPT);
}

static void copy_file(const char *from, const char *to, const char *name)
{
	char bytes[4096];
	size_t len;
	FILE *in = fopen(file_of(from, name), "rb"), *out = fopen(file_of(to, name), "wb");
	REQUIRE(in && out);
	while ((len = fread(bytes, 1, sizeof bytes, in)) > 0)
		fwrite(bytes, 1, len, out);
	fclose(in);
	fclose(out);
}

/* As a kill leaves it: with its log. */
static void copy_killed(const char *from, const char *to)
{
	CHECK_INT(mkdir(folder_of(to), 0700), 0);
	copy_file(from, to, "store.sqlite");
	copy_file(from, to, "store.sqlite-wal");
	copy_file(from, to, "person.key");
}

TEST(test_store_cut_file_beside_its_log_is_refused)
{
	enum { TICKETS = 200 };
	sp_store *store = open_store("logged"), *copy = NULL;
	sp_error err = {0};
	for (int i = 0; i < TICKETS; i++)
		add_ticket(store, NULL, "accesso", "level-1", SP_LEVEL_1);
	/* All is in the log alone: the file is short in good order. */
	copy_killed("logged", "in-log");
	REQUIRE(sp_store_open(folder_of("in-log"), SP_STORE_SERVE, &copy, &err) == SP_OK);
	sp_store_close(copy);
	CHECK_INT(sql("in-log", "SELECT count(*) FROM tickets"), TICKETS);
	sp_store_close(store);
	/* One is in the log, the others are in the file, which is cut. */
	store = open_store("logged");
	add_ticket(store, NULL, "accesso", "level-1", SP_LEVEL_1);
	copy_killed("logged", "whole");
	copy_killed("logged", "halved");
	struct stat st;
	REQUIRE(stat(file_of("halved", "store.sqlite"), &st) == 0);
	CHECK_INT(truncate(file_of("halved", "store.sqlite"), st.st_size / 2), 0);
	REQUIRE(sp_store_open(folder_of("whole"), SP_STORE_SERVE, &copy, &err) == SP_OK);
	sp_store_close(copy);
	CHECK_INT(sql("whole", "SELECT count(*) FROM tickets"), TICKETS + 1);
	CHECK_INT(sp_store_open(folder_of("halved"), SP_STORE_SERVE, &copy, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "cut short");
	sp_error_clear(&err);
	sp_store_close(store);
}

TEST(test_store_folder_that_is_none)
{
	write_file(folder_of("a-file"), "x", 1);
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK(sp_store_open(folder_of("a-file/data"), SP_STORE_SERVE, &store, &err) != SP_OK);
	CHECK_HAS(err.source, "a-file");
}
