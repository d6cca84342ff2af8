/* What the process gave up, fails; what the service needs, works. Each time in a process of its own, as there is no way back. */
#include "harness.h"
#include "sportello/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_SANITIZER 1 /* they need calls that the service does not */
#else
#define WITH_SANITIZER 0
#endif

static char open_folder[] = "/tmp/sportello-sandbox-open-XXXXXX", read_folder[] = "/tmp/sportello-sandbox-read-XXXXXX",
	other_folder[] = "/tmp/sportello-sandbox-other-XXXXXX";
static unsigned listening_port;

static const char *in(const char *folder, const char *name)
{
	static char path[4][256];
	static int next;
	char *ret = path[next++ % 4];
	snprintf(ret, sizeof path[0], "%s/%s", folder, name);
	return ret;
}

static int put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return errno;
	int problem = write(fd, "x", 1) == 1 ? 0 : errno;
	close(fd);
	return problem;
}

static int get(const char *path)
{
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int connect_to(unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int problem = fd < 0 ? errno : connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
	if (fd >= 0)
		close(fd);
	return problem;
}

static int listen_on(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int problem = fd < 0 ? errno : bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 ? 0 : errno;
	if (fd >= 0)
		close(fd);
	return problem;
}

/* ---- in a child ---- */

#define EXPECT(got, want) \
	do { \
		int expect_got = (got), expect_want = (want); \
		if (expect_got != expect_want) { \
			fprintf(stderr, "%s:%d: %s: got %d (%s), wanted %d\n", __FILE__, __LINE__, #got, expect_got, strerror(expect_got), expect_want); \
			failed = 1; \
		} \
	} while (0)

static int run_in_child(int (*body)(void))
{
	int status = -1;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(body());
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void prepare(void)
{
	static bool done;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	if (done)
		return;
	done = mkdtemp(open_folder) && mkdtemp(read_folder) && mkdtemp(other_folder);
	put(in(read_folder, "text"));
	put(in(other_folder, "secret"));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 4) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0)
		listening_port = ntohs(at.sin_port);
}

static sp_status confine_files(bool connects, sp_sandbox_state *state)
{
	const sp_sandbox_place places[] = {{open_folder, true}, {read_folder, false}, {"/no/such/folder", true}};
	sp_sandbox_options options = {.places = places, .count = 3, .connects = connects};
	return sp_sandbox_files(&options, state, NULL);
}

static int files_body(void)
{
	sp_sandbox_state state = {0};
	int failed = 0;
	EXPECT(confine_files(true, &state), SP_OK);
	EXPECT(state.files, true);
	EXPECT(put(in(open_folder, "new")), 0);
	EXPECT(get(in(open_folder, "new")), 0);
	EXPECT(rename(in(open_folder, "new"), in(open_folder, "renamed")) == 0 ? 0 : errno, 0);
	EXPECT(unlink(in(open_folder, "renamed")) == 0 ? 0 : errno, 0);
	EXPECT(get(in(read_folder, "text")), 0);
	EXPECT(put(in(read_folder, "text")), EACCES);
	EXPECT(unlink(in(read_folder, "text")) == 0 ? 0 : errno, EACCES);
	EXPECT(get(in(other_folder, "secret")), EACCES);
	EXPECT(put(in(other_folder, "new")), EACCES);
	EXPECT(mkdir(in(other_folder, "folder"), 0700) == 0 ? 0 : errno, EACCES);
	EXPECT(symlink("/etc/passwd", in(open_folder, "link")) == 0 ? 0 : errno, EACCES);
	EXPECT(get("/etc/hosts"), 0);
	EXPECT(put("/dev/null"), 0);
	EXPECT(execl("/bin/true", "true", (char *)NULL) == 0 ? 0 : errno, EACCES);
	EXPECT(connect_to(listening_port), 0);
	return failed;
}

static int network_body(void)
{
	sp_sandbox_state state = {0};
	int failed = 0;
	EXPECT(confine_files(false, &state), SP_OK);
	if (!state.network)
		return 0;
	EXPECT(connect_to(listening_port), EACCES);
	EXPECT(listen_on(0), 0);
	EXPECT(listen_on(listening_port + 1), EACCES);
	return failed;
}

static sem_t go, went;
static int other_thread_got;

static void *other_thread(void *arg)
{
	sem_wait(&go);
	other_thread_got = execl("/bin/true", "true", (char *)NULL) == 0 ? 0 : errno;
	sem_post(&went);
	return arg;
}

static void *nothing(void *arg)
{
	return arg;
}

static int calls_body(void)
{
	sp_sandbox_state state = {0};
	pthread_t before, after;
	int failed = 0;
	sem_init(&go, 0, 0);
	sem_init(&went, 0, 0);
	EXPECT(pthread_create(&before, NULL, other_thread, NULL), 0);
	EXPECT(sp_sandbox_calls(&state, NULL), SP_OK);
	EXPECT(state.calls, true);
	EXPECT(execl("/bin/true", "true", (char *)NULL) == 0 ? 0 : errno, EPERM);
	EXPECT(fork() == 0 ? 0 : errno, EPERM);
	EXPECT((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno, EPERM);
	EXPECT(kill(getppid(), 0) == 0 ? 0 : errno, EPERM);
	EXPECT(setuid(getuid()) == 0 ? 0 : errno, EPERM);
	EXPECT(chroot("/") == 0 ? 0 : errno, EPERM);
	EXPECT(socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : errno, ENOSYS);
	void *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(both != MAP_FAILED ? 0 : errno, ENOSYS);
	void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(data != MAP_FAILED ? 0 : errno, 0);
	EXPECT(mprotect(data, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : errno, ENOSYS);
	EXPECT(mprotect(data, 4096, PROT_READ) == 0 ? 0 : errno, 0);
	EXPECT(put(in(open_folder, "other")), 0);
	EXPECT(connect_to(listening_port), 0);
	/* New threads go on being made, and those from before are confined too. */
	EXPECT(pthread_create(&after, NULL, nothing, NULL), 0);
	pthread_join(after, NULL);
	sem_post(&go);
	sem_wait(&went);
	EXPECT(other_thread_got, EPERM);
	pthread_join(before, NULL);
	return failed;
}

static void *until_the_end(void *arg)
{
	sem_wait(&go);
	return arg;
}

static int late_body(void)
{
	sp_sandbox_state state = {0};
	pthread_t thread;
	int failed = 0;
	sem_init(&go, 0, 0);
	EXPECT(pthread_create(&thread, NULL, until_the_end, NULL), 0);
	EXPECT(confine_files(true, &state), SP_ERR_INTERNAL);
	EXPECT(state.files, false);
	return failed;
}

static bool has(bool landlock)
{
	sp_sandbox_state state;
	sp_sandbox_probe(&state);
	return !WITH_SANITIZER && (landlock ? state.landlock > 0 : state.seccomp);
}

TEST(test_sandbox_files_that_are_not_named_are_out_of_reach)
{
	prepare();
	if (has(true))
		CHECK_INT(run_in_child(files_body), 0);
}

TEST(test_sandbox_nothing_is_connected_to_and_no_other_port_taken)
{
	prepare();
	if (has(true))
		CHECK_INT(run_in_child(network_body), 0);
}

TEST(test_sandbox_calls_that_are_not_needed_fail_in_all_threads)
{
	prepare();
	if (has(false))
		CHECK_INT(run_in_child(calls_body), 0);
}

TEST(test_sandbox_files_come_before_threads)
{
	prepare();
	if (has(true))
		CHECK_INT(run_in_child(late_body), 0);
}

TEST(test_sandbox_removes_its_folders)
{
	static char *const folders[] = {open_folder, read_folder, other_folder};
	static const char *const names[] = {"text", "secret", "other", "new", "renamed"};
	for (size_t i = 0; i < 3; i++) {
		for (size_t n = 0; n < sizeof names / sizeof *names; n++)
			unlink(in(folders[i], names[n]));
		CHECK_INT(rmdir(folders[i]), 0);
	}
}
