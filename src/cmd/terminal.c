/* What people wrote may hold sequences that a terminal obeys: colours, titles, links, a cleared screen, keys that it types back (CWE-150). On a terminal
   they are shown (^[), not obeyed; a file or a pipe gets every byte as it is. */
#include "cmd/terminal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ESC '\033'
#define C1_LEAD 0xc2 /* U+0080 to U+009F: the same orders in one character */
#define ROOM 4096

/* What was held back until it is known what it becomes. */
typedef struct screen {
	int fd;
	char held[8];
	size_t held_len;
	char out[ROOM];
	size_t out_len;
} screen;

/* What the program itself says to a terminal: bold, the line of progress. */
static const char *const ours[] = {"\033[1m", "\033[0m", "\r\033[K", "\r\n"};

static bool drain(screen *s)
{
	size_t done = 0;
	while (done < s->out_len) {
		ssize_t n = write(s->fd, s->out + done, s->out_len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	s->out_len = 0;
	return true;
}

static bool put(screen *s, char c)
{
	s->out[s->out_len++] = c;
	return s->out_len < sizeof s->out || drain(s);
}

/* As `cat -v` shows it. */
static bool show(screen *s, char c)
{
	unsigned char byte = (unsigned char)c;
	if ((byte >= ' ' && byte != 0x7f) || byte == '\n' || byte == '\t')
		return put(s, c);
	return put(s, '^') && put(s, (char)(byte ^ 0x40));
}

/* 1: what is held is an order of ours, whole; 0: it may become one; -1: it does not. */
static int is_ours(const screen *s)
{
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strncmp(ours[i], s->held, s->held_len) == 0)
			return ours[i][s->held_len] == '\0';
	return -1;
}

static bool is_c1(const screen *s)
{
	return s->held_len == 2 && (unsigned char)s->held[0] == C1_LEAD && (unsigned char)s->held[1] >= 0x80 && (unsigned char)s->held[1] < 0xa0;
}

/* What is held is none of ours: its first character is shown, and the rest looked at again. */
static bool let_go(screen *s);

static bool take(screen *s, char c)
{
	if (s->held_len == 0 && c != ESC && c != '\r' && (unsigned char)c != C1_LEAD)
		return show(s, c);
	s->held[s->held_len++] = c;
	if ((unsigned char)s->held[0] == C1_LEAD && s->held_len == 1)
		return true;
	if (is_c1(s)) {
		s->held_len = 0;
		return put(s, '^') && put(s, (char)((unsigned char)c ^ 0xc0));
	}
	int known = is_ours(s);
	if (known < 0)
		return let_go(s);
	bool ok = true;
	for (size_t i = 0; known && i < s->held_len; i++)
		ok = ok && put(s, s->held[i]);
	if (known)
		s->held_len = 0;
	return ok;
}

static bool let_go(screen *s)
{
	char rest[sizeof s->held];
	size_t len = s->held_len - 1;
	memcpy(rest, s->held + 1, len);
	s->held_len = 0;
	bool ok = show(s, s->held[0]);
	for (size_t i = 0; i < len; i++)
		ok = ok && take(s, rest[i]);
	return ok;
}

static ssize_t write_shown(void *data, const char *text, size_t len)
{
	screen *s = data;
	for (size_t i = 0; i < len; i++)
		if (!take(s, text[i]))
			return 0; /* an error, to stdio */
	return drain(s) ? (ssize_t)len : 0;
}

/* The stream itself is left as it is where there is no terminal, or no memory. */
static FILE *guarded(FILE *stream, int fd, screen *s, int buffering)
{
	FILE *guard = isatty(fd) ? fopencookie(s, "w", (cookie_io_functions_t){.write = write_shown}) : NULL;
	s->fd = fd;
	if (guard && setvbuf(guard, NULL, buffering, BUFSIZ) != 0) {
		fclose(guard);
		guard = NULL;
	}
	return guard ? guard : stream;
}

void spi_terminal_guard(void)
{
	static screen out, err;
	stdout = guarded(stdout, STDOUT_FILENO, &out, _IOLBF);
	stderr = guarded(stderr, STDERR_FILENO, &err, _IONBF);
}
