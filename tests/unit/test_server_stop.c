/* A server that is started and stopped while clients come and ask: it refuses new ones, finishes what it began, and ends in order, however
   often. */
#include "publish_bed.h"

#include "sportello/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 6, ROUNDS = 60, WORKERS = 4 };

typedef struct crowd {
	atomic_uint port;  /* 0 = nobody asks */
	atomic_bool over;
	atomic_uint replies, refused, broken;
	pthread_t threads[CLIENTS];
} crowd;

static int connected(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval most = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	usleep(1000);
	return -1;
}

/* Some requests on a connection of its own, then the next one. */
static void ask(crowd *c, unsigned port)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
	char reply[4096];
	int fd = connected(port);
	if (fd < 0) {
		atomic_fetch_add(&c->refused, 1);
		return;
	}
	for (int i = 0; i < 3; i++) {
		if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
			break;
		ssize_t len = recv(fd, reply, sizeof reply - 1, 0);
		if (len <= 0)
			break;
		reply[len] = '\0';
		/* Whole and right, or told to come again. */
		if (strncmp(reply, "HTTP/1.1 200 ", 13) == 0 || strncmp(reply, "HTTP/1.1 503 ", 13) == 0)
			atomic_fetch_add(&c->replies, 1);
		else
			atomic_fetch_add(&c->broken, 1);
	}
	close(fd);
}

static void *client(void *arg)
{
	crowd *c = arg;
	while (!atomic_load(&c->over)) {
		unsigned port = atomic_load(&c->port);
		if (port)
			ask(c, port);
		else
			usleep(200);
	}
	return NULL;
}

static unsigned open_files(void)
{
	unsigned count = 0;
	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

TEST(test_server_stop_under_load)
{
	publish_bed f;
	crowd c = {0};
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	unsigned files = open_files();
	char address[64] = "127.0.0.1:0";
	sp_server_options options = {.listen = address, .threads = WORKERS, .publisher = f.publisher};
	for (int i = 0; i < CLIENTS; i++)
		pthread_create(&c.threads[i], NULL, client, &c);
	for (int i = 0; i < ROUNDS; i++) {
		sp_server *server = NULL;
		unsigned before = atomic_load(&c.replies);
		if (sp_server_start(&options, &server, &f.err) != SP_OK) { /* somebody else's port by now */
			snprintf(address, sizeof address, "127.0.0.1:0");
			sp_error_clear(&f.err);
			REQUIRE(sp_server_start(&options, &server, &f.err) == SP_OK);
		}
		/* From now on they come before it listens, while it begins, and after its end. */
		unsigned port = sp_server_port(server);
		snprintf(address, sizeof address, "127.0.0.1:%u", port);
		atomic_store(&c.port, port);
		for (int wait = 0; wait < 20000 && atomic_load(&c.replies) < before + 20; wait++)
			usleep(100);
		CHECK(atomic_load(&c.replies) >= before + 20);
		usleep((useconds_t)(i % 7 * 311));
		sp_server_stop(server, 5);
		int late = connected(port);
		CHECK_INT(late, -1);
		if (late >= 0)
			close(late);
	}
	atomic_store(&c.over, true);
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(c.threads[i], NULL);
	CHECK_INT(atomic_load(&c.broken), 0);
	CHECK_INT(open_files(), files);
	close_publisher(&f);
	close_publish_bed(&f);
}

/* While a request is still under way, new clients are refused at once, and nobody waits for them at a processor's cost. */
TEST(test_server_stop_is_quiet)
{
	publish_bed f;
	struct rusage before, after;
	sp_server *server = NULL;
	static const char half[] = "POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	sp_server_options options = {.listen = "127.0.0.1:0", .threads = WORKERS, .publisher = f.publisher};
	REQUIRE(sp_server_start(&options, &server, &f.err) == SP_OK);
	int fd = connected(sp_server_port(server));
	REQUIRE(fd >= 0 && send(fd, half, sizeof half - 1, MSG_NOSIGNAL) == sizeof half - 1);
	sleep_ms(100);
	getrusage(RUSAGE_SELF, &before);
	sp_server_stop(server, 1);
	getrusage(RUSAGE_SELF, &after);
	long used_ms = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000
		+ (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1000;
	CHECK(used_ms < 500); /* of the second that it waits; a loop that turns would take all of it, of each worker */
	close(fd);
	close_publisher(&f);
	close_publish_bed(&f);
}
