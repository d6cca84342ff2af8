/* What goes wrong outside the store: its process is killed, its disk is full. What it had acknowledged is there. */
#include "store_bed.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell_number(int fd, int64_t number)
{
	if (write(fd, &number, sizeof number) != sizeof number)
		_exit(4);
}

typedef struct teller {
	sp_store *store;
	int fd;
} teller;

static void *write_for_ever(void *arg)
{
	teller *me = arg;
	for (;;) {
		sp_write write = ticket_write("kill", "prima di morire");
		if (sp_store_write(me->store, &write, NULL) != SP_OK)
			_exit(5);
		tell_number(me->fd, write.as.ticket.ticket.number);
	}
	return NULL;
}

/* In a child: write from several threads and tell each number once it was reported done. */
static void child_writes(const char *folder, int fd)
{
	teller me = {.fd = fd};
	pthread_t threads[4];
	if (sp_store_open(folder, SP_STORE_SERVE, &me.store, NULL) != SP_OK)
		_exit(3);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, write_for_ever, &me) != 0)
			_exit(3);
	pthread_join(threads[0], NULL);
	_exit(0);
}

TEST(test_store_killed_service_loses_nothing_that_it_acknowledged)
{
	enum { WANTED = 150, CAP = 20000 };
	static int64_t numbers[CAP];
	int pipe_fds[2], status;
	sp_store_close(open_store("killed"));
	REQUIRE(pipe(pipe_fds) == 0);
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		close(pipe_fds[0]);
		child_writes(folder_of("killed"), pipe_fds[1]);
	}
	close(pipe_fds[1]);
	size_t count = 0;
	while (count < CAP && read(pipe_fds[0], &numbers[count], sizeof *numbers) == sizeof *numbers)
		if (++count == WANTED)
			kill(child, SIGKILL);
	close(pipe_fds[0]);
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(count >= WANTED);

	sp_store *store = open_store("killed");
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket ticket;
	for (size_t i = 0; i < count; i++) {
		CHECK_INT(sp_store_ticket(reader, numbers[i], arena, &ticket, NULL), SP_OK);
		CHECK_STR(ticket.message, "prima di morire");
		CHECK_INT(ticket.values_count, 2);
		sp_arena_reset(arena);
	}
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
	CHECK_INT(sql("killed", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static sp_status write_large(sp_store *store, sp_error *err)
{
	static char message[4000];
	memset(message, 'm', sizeof message - 1);
	sp_write write = ticket_write(NULL, message);
	sp_status status = sp_store_write(store, &write, err);
	if (status != SP_OK && (write.as.ticket.ticket.number != 0 || write.as.ticket.ticket.secret[0]))
		return SP_ERR_INTERNAL;
	return status;
}

/* A "disk" that takes so many bytes a file; returns how many it took before. For children. */
static rlim_t limit_files(rlim_t bytes)
{
	struct rlimit limit;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
	return before;
}

/* In a child: fill a "disk" that takes 900 kB a file; returns how many tickets were acknowledged, at most 250. */
static int child_fills(const char *folder)
{
	sp_store *store;
	sp_error err = {0};
	if (sp_store_open(folder, SP_STORE_SERVE, &store, NULL) != SP_OK)
		return 251;
	rlim_t before = limit_files(900 * 1024);
	int good = 0;
	sp_status status;
	while ((status = write_large(store, &err)) == SP_OK && good < 240)
		good++;
	if (status != SP_ERR_FULL || !strstr(err.text, "make room on the disk"))
		return 252;
	if (write_large(store, NULL) != SP_ERR_FULL)
		return 253;
	limit_files(before); /* somebody made room: it goes on */
	if (write_large(store, NULL) != SP_OK)
		return 254;
	sp_store_close(store);
	return good + 1;
}

TEST(test_store_full_disk_is_told_and_loses_nothing)
{
	int status;
	sp_store_close(open_store("full"));
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0)
		_exit(child_fills(folder_of("full")));
	waitpid(child, &status, 0);
	REQUIRE(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) > 5 && WEXITSTATUS(status) < 250);
	CHECK_INT(sql("full", "SELECT count(*) FROM tickets"), WEXITSTATUS(status));
	CHECK_INT(sql("full", "SELECT count(*) FROM ticket_values"), 2 * WEXITSTATUS(status));
}

/* In a child: a first start on a disk that is full. */
static int child_starts(const char *folder)
{
	sp_store *store;
	sp_error err = {0};
	rlim_t before = limit_files(20 * 1024);
	if (sp_store_open(folder, SP_STORE_SERVE, &store, &err) != SP_ERR_FULL)
		return 1;
	limit_files(before);
	return sp_store_open(folder, SP_STORE_SERVE, &store, NULL) == SP_OK ? 0 : 2;
}

TEST(test_store_first_start_on_a_full_disk_leaves_nothing_half_done)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0)
		_exit(child_starts(folder_of("full-start")));
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
	sp_store *store = open_store("full-start");
	CHECK_INT(add_ticket(store, NULL, NULL, NULL, 0), 1001);
	sp_store_close(store);
}
