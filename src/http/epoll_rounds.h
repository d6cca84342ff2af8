/* libmicrohttpd takes what happened on its connections 128 at a time, and when there were just so many, waits for more before it looks at them:
   with 128 connections of a thread that all wait for their replies, until a timeout of up to half a minute. So the program has an epoll_wait() of
   its own, which libmicrohttpd finds before the C library's: it tells of one less, and the rest comes with the next call. */
#ifndef HTTP_EPOLL_ROUNDS_H
#define HTTP_EPOLL_ROUNDS_H

/* Does nothing; who calls it has that epoll_wait() in the program. */
void spi_epoll_rounds(void);

#endif
