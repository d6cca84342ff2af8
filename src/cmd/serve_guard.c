#include "cmd/serve_guard.h"

#include "base/file.h"
#include "sportello/connect.h"
#include "sportello/identity.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACES_MAX 64

typedef struct places {
	sp_sandbox_place items[PLACES_MAX];
	size_t count;
	sp_arena *arena;
} places;

static void add(places *p, const char *path, bool writable)
{
	if (path && p->count < PLACES_MAX)
		p->items[p->count++] = (sp_sandbox_place){sp_arena_strdup(p->arena, path), writable};
}

/* The folder that it is in: files, and the knowledge base too, are replaced by renaming another one over them. Never the root: then itself. */
static void add_above(places *p, const char *path, bool writable)
{
	char folder[PATH_MAX];
	if (!path || strlen(path) >= sizeof folder)
		return;
	memcpy(folder, path, strlen(path) + 1);
	size_t len = strlen(folder);
	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	char *slash = strrchr(folder, '/');
	add(p, path, writable);
	if (slash && slash != folder) {
		*slash = '\0';
		add(p, folder, writable);
	} else if (!slash) {
		add(p, ".", writable);
	}
}

/* A link on the way (the folder of a release, of a checkout) is turned to its neighbour, and who serves goes after it: the folder that the
   link is in, where it leads to one below that. A link that leads elsewhere opens nothing more. */
static void add_link(places *p, const char *link)
{
	char folder[PATH_MAX];
	struct stat st;
	const char *slash = strrchr(link, '/');
	if (lstat(link, &st) != 0 || !S_ISLNK(st.st_mode) || strlen(link) >= sizeof folder)
		return;
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - link) : 1, slash ? link : ".");
	char *in = realpath(folder, NULL), *real = realpath(link, NULL);
	size_t len = in ? strlen(in) : 0;
	if (len > 1 && real && strncmp(real, in, len) == 0 && real[len] == '/')
		add(p, in, false);
	free(in);
	free(real);
}

static void add_links(places *p, const char *path)
{
	char above[PATH_MAX];
	for (const char *slash = strchr(path + 1, '/'); slash && slash - path < PATH_MAX; slash = strchr(slash + 1, '/')) {
		snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
		add_link(p, above);
	}
}

/* As it is called, and as it is where links lead. */
static void add_file(const char *path, void *arg)
{
	char *real = path && *path ? realpath(path, NULL) : NULL;
	add_above(arg, path, false);
	add_above(arg, real, false);
	if (real)
		add_links(arg, path);
	free(real);
}

static void add_named(const char *path, bool is_secret, void *arg)
{
	(void)is_secret;
	add_file(path, arg);
}

/* The model that came with the program: beside it, or in ../share. */
static void add_model(places *p, const spi_serve_options *o)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
	if (o->encoder.model && (!o->encoder.name || strcmp(o->encoder.name, "e5") == 0))
		add_file(o->encoder.model, p);
	if (len <= 0)
		return;
	program[len] = '\0';
	char *slash = strrchr(program, '/');
	if (!slash)
		return;
	*slash = '\0';
	static const char *const beside[] = {"e5", "../share/sportello", "../e5"}; /* each may be a link */
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		add(p, sp_arena_printf(p->arena, "%s/%s", program, beside[i]), false);
}

static unsigned port_of(const char *listen)
{
	const char *colon = strrchr(listen, ':');
	return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

static void gather(places *p, const spi_serve_options *o)
{
	add_file(o->kb, p);
	add(p, o->data, true);
	add_model(p, o);
	const char *const files[] = {o->web, o->config, o->connector_file, o->identity_file, o->encoder.key_file, o->tls_cert, o->tls_key, o->labelled};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		add_file(files[i], p);
	if (o->connector_file)
		sp_connector_files(o->connector_file, add_named, p);
	if (o->identity_file)
		sp_identity_files(o->identity_file, add_named, p);
	if (strcmp(o->log, "-") != 0 && strcmp(o->log, "none") != 0)
		add_above(p, o->log, true); /* it is made anew when it was moved away */
}

/* Sanitizers look at themselves in ways that no service does. */
static bool is_off(const spi_serve_options *o)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return strcmp(o->sandbox, "on") != 0;
#else
	return strcmp(o->sandbox, "off") == 0;
#endif
}

/* Lacking it is no reason not to serve, unless it was asked for. */
static sp_status end(const spi_serve_options *o, sp_status status, const sp_error *why, sp_error *notice, sp_error *err)
{
	if (status == SP_OK)
		return SP_OK;
	if (strcmp(o->sandbox, "on") == 0) {
		sp_error_copy(err, why);
		return status;
	}
	sp_error_copy(notice, why);
	return SP_OK;
}

sp_status spi_guard_files(const spi_serve_options *o, sp_arena *arena, sp_sandbox_state *state, sp_error *notice, sp_error *err)
{
	sp_error why = {0};
	if (is_off(o))
		return SP_OK;
	sp_status status = spi_mkdirs(o->data, err); /* leave is given to what is there */
	if (status != SP_OK)
		return status;
	places *p = sp_arena_alloc(arena, sizeof *p);
	if (!p)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	p->count = 0;
	p->arena = arena;
	gather(p, o);
	sp_sandbox_options options = {.places = p->items, .count = p->count, .port = port_of(o->listen),
		.connects = o->connector_file || o->identity_file || (o->encoder.name && strncmp(o->encoder.name, "http", 4) == 0)};
	return end(o, sp_sandbox_files(&options, state, &why), &why, notice, err);
}

sp_status spi_guard_calls(const spi_serve_options *o, sp_sandbox_state *state, sp_error *notice, sp_error *err)
{
	sp_error why = {0};
	return is_off(o) ? SP_OK : end(o, sp_sandbox_calls(state, &why), &why, notice, err);
}
