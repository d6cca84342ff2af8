#include "harness.h"

#include "http/epoll_rounds.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MOST 128 /* that libmicrohttpd asks for at once */

/* Never as many as were asked for, as libmicrohttpd then waits for more of them first; none is lost. */
TEST(test_epoll_rounds_tell_of_one_less)
{
	struct epoll_event events[MOST];
	int fds[MOST], epoll = epoll_create1(0);
	spi_epoll_rounds();
	for (int i = 0; i < MOST; i++) {
		struct epoll_event wanted = {.events = EPOLLIN | EPOLLET, .data.fd = fds[i] = eventfd(1, 0)};
		REQUIRE(fds[i] >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &wanted) == 0);
	}
	CHECK_INT(epoll_wait(epoll, events, MOST, 0), MOST - 1);
	CHECK_INT(epoll_wait(epoll, events, MOST, 0), 1);
	CHECK_INT(epoll_wait(epoll, events, MOST, 0), 0);
	CHECK_INT(epoll_wait(epoll, events, 1, 0), 0);
	for (int i = 0; i < MOST; i++)
		close(fds[i]);
	close(epoll);
}
