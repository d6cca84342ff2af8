/* The machine that it runs on: clock, limits, network, who it runs as. */
#include "cmd/doctor.h"

#include "base/clock.h"
#include "base/file.h"
#include "sportello/sandbox.h"
#include "sportello/server.h"

#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#define EARLIEST_UTC_S 1767225600 /* 2026-01-01: no clock was earlier since this was written */
#define FILES_KEPT 256            /* of the index and the store, as src/http/server.c keeps them */
#define LEAP_AHEAD_S 300
#define SOON_S (21 * 86400)

static void look_at_store_times(spi_doctor *d, int64_t now_utc_s)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%.4000s/store.sqlite", d->o->data);
	if (stat(path, &st) == 0 && st.st_mtime > now_utc_s + LEAP_AHEAD_S)
		spi_doctor_say(d, "clock", SP_SEVERITY_WARNING, "behind", path, "%+lld s", (long long)(st.st_mtime - now_utc_s));
}

void spi_doctor_clock(spi_doctor *d)
{
	int64_t now_utc_s = spi_now_utc_s();
	struct timex state = {0};
	char time[32], path[PATH_MAX];
	spi_rfc3339(now_utc_s, time);
	int kept = adjtimex(&state);
	if (now_utc_s < EARLIEST_UTC_S)
		spi_doctor_say(d, "clock", SP_SEVERITY_ERROR, "wrong", time, "%s", "");
	else if (kept == TIME_ERROR || state.status & STA_UNSYNC)
		spi_doctor_say(d, "clock", SP_SEVERITY_ADVICE, "unkept", time, "%s", "");
	else
		spi_doctor_well(d, "clock", time, "%s", "");
	look_at_store_times(d, now_utc_s);
	if (!d->config || !d->config->timezone)
		return;
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%.200s", d->config->timezone);
	if (!spi_exists(path))
		spi_doctor_say(d, "timezone", SP_SEVERITY_ERROR, "missing", path, "%s", "");
}

/* ---- limits ---- */

static size_t folders;

static int count_folder(const char *path, const struct stat *st, int flag)
{
	(void)path, (void)st;
	folders += flag == FTW_D;
	return 0;
}

static uint64_t number_in(const char *path)
{
	char text[32] = "";
	FILE *file = fopen(path, "re");
	if (file && !fgets(text, sizeof text, file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return strtoull(text, NULL, 10);
}

void spi_doctor_limits(spi_doctor *d)
{
	struct rlimit files;
	static const char watches_file[] = "/proc/sys/fs/inotify/max_user_watches";
	uint64_t watches = number_in(watches_file);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max != RLIM_INFINITY && files.rlim_max < (rlim_t)d->o->connections + FILES_KEPT)
		spi_doctor_say(d, "files", SP_SEVERITY_WARNING, "few", "ulimit -n", "%" PRIu64 " < %u", (uint64_t)files.rlim_max, d->o->connections + FILES_KEPT);
	else
		spi_doctor_well(d, "files", "ulimit -n", "%" PRIu64, (uint64_t)files.rlim_max);
	folders = 0;
	(void)ftw(d->o->kb, count_folder, 16);
	if (watches > 0 && folders * 2 > watches)
		spi_doctor_say(d, "watches", SP_SEVERITY_WARNING, "few", watches_file, "%" PRIu64 " < %zu", watches, folders * 2);
	else
		spi_doctor_well(d, "watches", watches_file, "%" PRIu64, watches);
	sp_sandbox_state sandbox;
	sp_sandbox_probe(&sandbox);
	if (strcmp(d->o->sandbox, "off") == 0)
		spi_doctor_say(d, "sandbox", SP_SEVERITY_ADVICE, "off", "--sandbox", "%s", "");
	else if (!sandbox.landlock || !sandbox.seccomp)
		spi_doctor_say(d, "sandbox", SP_SEVERITY_ADVICE, "absent", "kernel", "Landlock %d, seccomp %d", sandbox.landlock, sandbox.seccomp);
	else
		spi_doctor_well(d, "sandbox", "kernel", "Landlock %d, seccomp", sandbox.landlock);
	if (geteuid() == 0)
		spi_doctor_say(d, "user", SP_SEVERITY_ADVICE, "root", "root", "%s", "");
}

/* ---- network ---- */

static bool is_here(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 || strncmp(listen, "localhost:", 10) == 0;
}

static void look_at_certificate(spi_doctor *d)
{
	const spi_serve_options *o = d->o;
	sp_error err = {0};
	int64_t from_utc_s = 0, until_utc_s = 0, now = spi_now_utc_s();
	char from[32], until[32];
	if (!o->tls_cert || !o->tls_key)
		return;
	if (sp_tls_check(o->tls_cert, o->tls_key, &from_utc_s, &until_utc_s, &err) != SP_OK) {
		spi_doctor_error(d, "tls", o->tls_cert, &err);
		return;
	}
	spi_rfc3339(from_utc_s, from);
	spi_rfc3339(until_utc_s, until);
	int64_t left_s = until_utc_s - now;
	if (from_utc_s > now)
		spi_doctor_say(d, "tls", SP_SEVERITY_ERROR, "early", o->tls_cert, "%s", from);
	else if (left_s < SOON_S)
		spi_doctor_say(d, "tls", left_s < 0 ? SP_SEVERITY_ERROR : SP_SEVERITY_WARNING, "soon", o->tls_cert, "%s", until);
	else
		spi_doctor_well(d, "tls", o->tls_cert, "%s", until);
}

void spi_doctor_network(spi_doctor *d)
{
	const spi_serve_options *o = d->o;
	if (!is_here(o->listen) && !o->tls_cert)
		spi_doctor_say(d, "listen", SP_SEVERITY_WARNING, "plain", o->listen, "%s", "");
	else
		spi_doctor_well(d, "listen", o->listen, "%s", "");
	look_at_certificate(d);
}
