#include "kb/scan.h"

#include "base/file.h"
#include "kb/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 2 };	 /* folders above an article: language, category */
enum { DEEPEST = 8 }; /* how deep is looked for what an editor put too deep */

typedef struct scanner {
	sp_arena *arena;
	char *root; /* the real path of the folder */
	bool deep;
	spi_scan_odd *odd;
	void *arg;
	sp_kb_file *files;
	size_t count, cap;
	sp_error *err;
} scanner;

static void tell(const scanner *s, spi_odd what, const char *path)
{
	if (s->odd)
		s->odd(s->arg, what, path);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);
	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* "Otp.MD", "otp.markdown": what an editor may take for an article. */
static bool is_markdown(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name && (strcasecmp(dot, ".md") == 0 || strcasecmp(dot, ".markdown") == 0);
}

/* Hidden files and what editors leave behind. */
static bool is_passed_over(const char *name)
{
	return name[0] == '.' || name[0] == '#' || ends_with(name, "~") || ends_with(name, ".swp") ||
		ends_with(name, ".swo") || ends_with(name, ".bak") || ends_with(name, ".tmp");
}

/* Whether a path, links followed, is below the root. */
static bool is_inside(const scanner *s, const char *path)
{
	char *full = sp_arena_printf(s->arena, "%s/%s", s->root, path), *real = full ? realpath(full, NULL) : NULL;
	size_t len = strlen(s->root);
	bool inside = real && strncmp(real, s->root, len) == 0 && (real[len] == '/' || (len == 1 && s->root[0] == '/'));
	free(real);
	return inside;
}

static sp_status add_file(scanner *s, const char *path, const struct stat *st)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		sp_kb_file *files = sp_arena_calloc(s->arena, cap, sizeof *files);
		if (!files)
			return sp_error_set(s->err, SP_ERR_NOMEM, s->root, 0, "not enough memory to list it");
		if (s->count)
			memcpy(files, s->files, s->count * sizeof *files);
		s->files = files;
		s->cap = cap;
	}
	s->files[s->count++] = (sp_kb_file){
		path, st->st_size, (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec};
	return SP_OK;
}

static sp_status scan_folder(scanner *s, int fd, const char *path, int depth);

/* -1, and errno, where it may not be read. One that may be listed but not entered tells names alone: its files would look as if they
   were gone. */
static int open_folder(int at, const char *name)
{
	struct stat st;
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstatat(fd, ".", &st, 0) == 0)
		return fd;
	int problem = errno;
	close(fd);
	errno = problem;
	return -1;
}

static sp_status scan_entry(scanner *s, int fd, const char *folder, const char *name, int depth)
{
	struct stat st;
	const char *path = *folder ? sp_arena_printf(s->arena, "%s/%s", folder, name) : sp_arena_strdup(s->arena, name);
	if (!path)
		return sp_error_set(s->err, SP_ERR_NOMEM, s->root, 0, "not enough memory to list it");
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return SP_OK; /* gone meanwhile */
	bool is_link = S_ISLNK(st.st_mode);
	if (is_link && fstatat(fd, name, &st, 0) != 0) {
		if (depth > 0 && is_markdown(name) && sp_text_is_utf8(name, strlen(name)))
			tell(s, SPI_ODD_NOTHING, path);
		return SP_OK;
	}
	bool is_article = S_ISREG(st.st_mode) && ends_with(name, ".md");
	if (!is_article && !S_ISDIR(st.st_mode)) {
		if (depth > 0 && is_markdown(name))
			tell(s, S_ISREG(st.st_mode) ? SPI_ODD_PLACE : SPI_ODD_NO_FILE, path);
		return SP_OK;
	}
	if (!sp_text_is_utf8(name, strlen(name)) || strpbrk(name, "\n\r\t")) {
		tell(s, SPI_ODD_NAME, path);
	} else if (is_link && !is_inside(s, path)) {
		tell(s, SPI_ODD_OUTSIDE, path);
	} else if (is_article && depth == DEPTH) {
		return add_file(s, path, &st);
	} else if (is_article) {
		if (depth || strcmp(name, "README.md") != 0)
			tell(s, SPI_ODD_PLACE, path);
	} else if (depth == DEPTH && is_markdown(name)) {
		tell(s, SPI_ODD_NO_FILE, path);
	} else if (depth == 0 && (strlen(name) != 2 || sp_lang_of(name, 2) == SP_LANG_NONE)) {
		tell(s, SPI_ODD_LANGUAGE, path);
	} else if (depth < DEPTH || (s->deep && !is_link && depth < DEEPEST)) {
		int inner = open_folder(fd, name);
		if (inner < 0 && errno == EACCES && s->odd) {
			tell(s, SPI_ODD_CLOSED, path);
			return SP_OK;
		}
		return inner < 0 ? sp_error_errno(s->err, errno, path, "open") : scan_folder(s, inner, path, depth + 1);
	}
	return SP_OK;
}

/* Takes fd over. */
static sp_status scan_folder(scanner *s, int fd, const char *path, int depth)
{
	sp_status status = SP_OK;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		status = sp_error_errno(s->err, errno, path, "read");
		close(fd);
		return status;
	}
	for (struct dirent *entry; status == SP_OK && (entry = readdir(dir));) {
		if (!is_passed_over(entry->d_name))
			status = scan_entry(s, dirfd(dir), path, entry->d_name, depth);
	}
	closedir(dir);
	return status;
}

static int by_path(const void *left, const void *right)
{
	return strcmp(((const sp_kb_file *)left)->path, ((const sp_kb_file *)right)->path);
}

sp_status spi_scan(const char *dir, sp_arena *arena, bool deep, spi_scan_odd *odd, void *arg, sp_kb_files *ret, sp_error *err)
{
	scanner s = {.arena = arena, .deep = deep, .odd = odd, .arg = arg, .err = err};
	int fd = open_folder(AT_FDCWD, dir);
	if (fd < 0)
		return sp_error_errno(err, errno, dir, "open the folder");
	s.root = realpath(dir, NULL);
	if (!s.root) {
		close(fd);
		return sp_error_errno(err, errno, dir, "find the folder");
	}
	sp_status status = scan_folder(&s, fd, "", 0);
	free(s.root);
	if (status != SP_OK)
		return status;
	if (s.count)
		qsort(s.files, s.count, sizeof *s.files, by_path);
	*ret = (sp_kb_files){s.files, s.count};
	return SP_OK;
}

bool sp_kb_is_waiting(const char *path)
{
	const char *name = strrchr(path, '/');
	return ends_with(name ? name + 1 : path, SP_KB_WAITING);
}

char *sp_kb_waiting_other(const char *path, sp_arena *arena)
{
	bool is_waiting = sp_kb_is_waiting(path);
	size_t end = is_waiting ? strlen(SP_KB_WAITING) : strlen(".md"), len = strlen(path);
	return sp_arena_printf(arena, "%.*s%s", (int)(len > end ? len - end : len), path, is_waiting ? ".md" : SP_KB_WAITING);
}

sp_status sp_kb_scan(const char *dir, sp_arena *arena, sp_kb_files *ret, sp_error *err)
{
	return spi_scan(dir, arena, false, NULL, NULL, ret, err);
}

typedef struct closed { sp_arena *arena; const char **items; size_t count, room; bool failed; } closed;

static void note_closed(void *arg, spi_odd what, const char *path)
{
	closed *c = arg;
	if (what != SPI_ODD_CLOSED || c->failed)
		return;
	if (c->count == c->room) {
		const char **more = sp_arena_alloc(c->arena, (c->room ? 2 * c->room : 8) * sizeof *more);
		c->failed = !more;
		if (!more)
			return;
		if (c->count)
			memcpy(more, c->items, c->count * sizeof *more);
		c->items = more;
		c->room = c->room ? 2 * c->room : 8;
	}
	c->items[c->count++] = path;
}

sp_status sp_kb_scan_open(const char *dir, sp_arena *arena, sp_kb_files *ret, sp_strings *ret_closed, sp_error *err)
{
	closed c = {.arena = arena};
	sp_status status = spi_scan(dir, arena, false, note_closed, &c, ret, err);
	if (status == SP_OK && c.failed)
		status = sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to list it");
	*ret_closed = (sp_strings){c.items, c.count};
	return status;
}

static bool is_below(const char *path, const sp_strings *folders)
{
	bool found = false;
	for (size_t i = 0; !found && i < folders->count; i++) {
		size_t len = strlen(folders->items[i]);
		found = strncmp(path, folders->items[i], len) == 0 && path[len] == '/';
	}
	return found;
}

void sp_kb_leave_out(sp_kb_files *files, const sp_strings *folders)
{
	size_t count = 0;
	for (size_t i = 0; i < files->count; i++)
		if (!is_below(files->items[i].path, folders))
			files->items[count++] = files->items[i];
	files->count = count;
}

/* No way out of the folder: neither up nor from the root. */
static bool is_relative(const char *path)
{
	if (*path == '/' || !*path)
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2]))
			return false;
	}
	return true;
}

sp_status sp_kb_read(
	const char *dir, const char *path, size_t max, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err)
{
	if (!is_relative(path))
		return sp_error_set(err, SP_ERR_DENIED, path, 0, "leads out of the folder of the knowledge base");
	const char *full = sp_arena_printf(arena, "%s/%s", dir, path);
	struct stat st;
	if (!full)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "not enough memory to read it");
	if (lstat(full, &st) == 0 && S_ISLNK(st.st_mode)) {
		scanner s = {.arena = arena, .root = realpath(dir, NULL)};
		bool inside = s.root && is_inside(&s, path);
		free(s.root);
		if (!inside)
			return sp_error_set(
				err, SP_ERR_DENIED, full, 0, "is a link that leads out of the folder of the knowledge base");
	}
	return spi_file_read(full, max, arena, ret, ret_len, err);
}

sp_status spi_config_bytes(const char *dir, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err)
{
	struct stat st;
	bool is_there = stat(dir, &st) == 0;
	if (!is_there && errno == EACCES)
		return sp_error_errno(err, errno, dir, "look into the folder; give who runs this the right to read it, and to enter those above it");
	if (!is_there || !S_ISDIR(st.st_mode))
		return sp_error_set(
			err, SP_ERR_NOT_FOUND, dir, 0, "there is no such folder; name the folder of the knowledge base with --kb");
	const char *file = sp_arena_printf(arena, "%s/" SPI_CONFIG_FILE, dir);
	if (file && stat(file, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return sp_error_set(err, SP_ERR_NOT_FOUND, dir, 0,
			"there is no " SPI_CONFIG_FILE
			" in this folder; is it the right one? (sportello import writes one for a new folder)");
	return file ? spi_file_read(file, SPI_CONFIG_MAX, arena, ret, ret_len, err)
				: sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to read " SPI_CONFIG_FILE);
}
