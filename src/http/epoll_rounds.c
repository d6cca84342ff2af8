#include "http/epoll_rounds.h"

#include <stddef.h>
#include <sys/epoll.h>

__attribute__((visibility("default"), used)) int epoll_wait(int fd, struct epoll_event *events, int most, int timeout_ms)
{
	return epoll_pwait(fd, events, most > 1 ? most - 1 : most, timeout_ms, NULL);
}

void spi_epoll_rounds(void)
{
}
