/* The data folder: rights, room, the store with its ledger and its audit log, the index. */
#include "cmd/doctor.h"

#include "base/clock.h"
#include "base/file.h"
#include "publish/folder.h"
#include "sportello/audit.h"
#include "sportello/backup.h"
#include "sportello/ledger.h"
#include "sportello/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LEAST_MB 200
#define LITTLE_MB 1000
/* What leaves by itself does so within minutes, a pause for credentials among them. */
#define LATE_S 900
#define OUTBOX_MOST 100000

static void look_at_room(spi_doctor *d, const char *data)
{
	struct statvfs fs;
	if (statvfs(data, &fs) != 0)
		return;
	uint64_t free_mb = (uint64_t)fs.f_bavail * fs.f_frsize / 1000000;
	if (fs.f_flag & ST_RDONLY)
		spi_doctor_say(d, "disk", SP_SEVERITY_ERROR, "read-only", data, "%s", "");
	else if (free_mb < LITTLE_MB)
		spi_doctor_say(d, "disk", free_mb < LEAST_MB ? SP_SEVERITY_ERROR : SP_SEVERITY_WARNING, "little", data, "%" PRIu64 " MB", free_mb);
	else if (fs.f_files > 0 && fs.f_favail < 1000)
		spi_doctor_say(d, "disk", SP_SEVERITY_ERROR, "inodes", data, "%" PRIu64, (uint64_t)fs.f_favail);
	else
		spi_doctor_well(d, "disk", data, "%" PRIu64 " MB", free_mb);
}

void spi_doctor_folder(spi_doctor *d)
{
	const char *data = d->o->data;
	struct stat st;
	if (stat(data, &st) != 0) {
		spi_doctor_say(d, "data", errno == ENOENT ? SP_SEVERITY_WARNING : SP_SEVERITY_ERROR, errno == ENOENT ? "missing" : "closed", data, "%s",
			strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode))
		spi_doctor_say(d, "data", SP_SEVERITY_ERROR, "no-folder", data, "%s", "");
	else if (access(data, R_OK | W_OK | X_OK) != 0)
		spi_doctor_say(d, "data", SP_SEVERITY_ERROR, "closed", data, "%s", strerror(errno));
	else if (st.st_mode & S_IWOTH)
		spi_doctor_say(d, "data", SP_SEVERITY_ERROR, "open", data, "%03o", (unsigned)st.st_mode & 0777);
	else if (st.st_mode & (S_IROTH | S_IXOTH))
		spi_doctor_say(d, "data", SP_SEVERITY_ADVICE, "readable", data, "%03o", (unsigned)st.st_mode & 0777);
	else
		spi_doctor_well(d, "data", data, "%03o", (unsigned)st.st_mode & 0777);
	look_at_room(d, data);
}

/* ---- the store ---- */

/* What people wrote, and what tells who they are: for the service's user alone. */
static void look_at_rights(spi_doctor *d)
{
	static const char *const names[] = {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "person.key", "store.lock", "attachments"};
	char path[PATH_MAX];
	struct stat st, folder;
	if (stat(d->o->data, &folder) != 0)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%.4000s/%s", d->o->data, names[i]);
		if (stat(path, &st) != 0)
			continue;
		if (st.st_mode & 077)
			spi_doctor_say(d, "rights", SP_SEVERITY_ERROR, "open", path, "%03o", (unsigned)st.st_mode & 0777);
		if (st.st_uid != folder.st_uid)
			spi_doctor_say(d, "rights", SP_SEVERITY_WARNING, "owner", path, "%u, %u", (unsigned)st.st_uid, (unsigned)folder.st_uid);
	}
}

static void look_at_ledger(spi_doctor *d, sp_store_reader *reader)
{
	sp_ledger_check check = {0};
	sp_error err = {0};
	if (sp_ledger_verify(reader, &check, &err) != SP_OK)
		spi_doctor_error(d, "ledger", d->o->data, &err);
	else if (check.wrong_cells + check.wrong_contacts > 0)
		spi_doctor_say(d, "ledger", SP_SEVERITY_ERROR, "wrong", d->o->data, "%" PRIu64 ", %" PRIu64, check.wrong_cells, check.wrong_contacts);
	else
		spi_doctor_well(d, "ledger", d->o->data, "%" PRIu64, check.events);
}

static void look_at_audit(spi_doctor *d, sp_store_reader *reader)
{
	sp_audit_check check = {0};
	sp_error err = {0};
	if (sp_store_audit_verify(reader, NULL, &check, &err) != SP_OK)
		spi_doctor_error(d, "audit", d->o->data, &err);
	else if (check.fault != 0)
		spi_doctor_say(d, "audit", SP_SEVERITY_ERROR, "broken", d->o->data, "%" PRId64, check.number);
	else
		spi_doctor_well(d, "audit", d->o->data, "%" PRId64, check.count);
}

/* What has waited for long, and what was said at the last attempt of those. */
static void look_at_waiting(spi_doctor *d, const sp_outbox_entry *entries, size_t count)
{
	const sp_outbox_entry *oldest = NULL;
	const char *cause = "";
	char since[32];
	size_t waiting = 0;
	for (size_t i = 0; i < count; i++) {
		waiting += !entries[i].dead;
		if (entries[i].dead || entries[i].behind)
			continue;
		oldest = oldest ? oldest : &entries[i];
		cause = entries[i].cause ? entries[i].cause : cause;
	}
	if (!oldest || spi_now_utc_s() - oldest->made_utc_s < LATE_S)
		return;
	spi_rfc3339(oldest->made_utc_s, since);
	spi_doctor_say(d, "outbox", SP_SEVERITY_WARNING, "late", d->o->data, "%s: %zu, %s%s%s", oldest->connector, waiting, since, *cause ? ": " : "", cause);
}

static void look_at_outbox(spi_doctor *d, sp_store_reader *reader)
{
	const sp_outbox_filter filter = {.limit = OUTBOX_MOST};
	sp_outbox_entry *entries;
	size_t count = 0, dead = 0, before = d->count;
	sp_error err = {0};
	if (sp_store_outbox(reader, &filter, d->arena, &entries, &count, &err) != SP_OK) {
		spi_doctor_error(d, "outbox", d->o->data, &err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		dead += entries[i].dead;
	if (dead > 0)
		spi_doctor_say(d, "outbox", SP_SEVERITY_WARNING, "dead", d->o->data, "%zu", dead);
	look_at_waiting(d, entries, count);
	if (d->count == before)
		spi_doctor_well(d, "outbox", d->o->data, "%s", "");
}

static void look_inside(spi_doctor *d)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_status status = sp_store_open(d->o->data, SP_STORE_READ, &store, &err);
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK) {
		look_at_ledger(d, reader);
		look_at_audit(d, reader);
		look_at_outbox(d, reader);
	} else {
		spi_doctor_error(d, "store", d->o->data, &err);
	}
	sp_store_reader_close(reader);
	sp_store_close(store);
}

/* A service makes it at its first start: a store of today without one has lost it. */
static void look_at_key(spi_doctor *d, const sp_store_facts *facts)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%.4000s/person.key", d->o->data);
	if (facts->key_is_short)
		spi_doctor_say(d, "key", SP_SEVERITY_ERROR, "short", path, "%s", "");
	else if (!facts->has_key && facts->schema == SP_STORE_SCHEMA)
		spi_doctor_say(d, "key", SP_SEVERITY_WARNING, "missing", path, "%s", "");
}

void spi_doctor_store(spi_doctor *d)
{
	char path[PATH_MAX];
	sp_store_facts facts;
	sp_error err = {0};
	snprintf(path, sizeof path, "%.4000s/store.sqlite", d->o->data);
	if (!spi_exists(path)) {
		char key[PATH_MAX];
		snprintf(key, sizeof key, "%.4000s/person.key", d->o->data);
		/* The key is made with a store: it was moved away, or a restore did not come to its end. */
		bool is_lost = spi_exists(key);
		spi_doctor_say(d, "store", is_lost ? SP_SEVERITY_ERROR : SP_SEVERITY_ADVICE, is_lost ? "lost" : "new", path, "%s", "");
		return;
	}
	look_at_rights(d);
	if (sp_store_examine(d->o->data, &facts, &err) != SP_OK) {
		spi_doctor_error(d, "store", path, &err);
		return;
	}
	if (!facts.is_sound) {
		spi_doctor_say(d, "store", SP_SEVERITY_ERROR, "damaged", path, "%s", facts.fault);
		return;
	}
	look_at_key(d, &facts);
	if (facts.missing_attachment[0])
		spi_doctor_say(d, "attachments", SP_SEVERITY_ERROR, "missing", d->o->data, "%s", facts.missing_attachment);
	if (facts.schema < SP_STORE_SCHEMA)
		spi_doctor_say(d, "store", SP_SEVERITY_ADVICE, "older", path, "%" PRId64 " < %d", facts.schema, SP_STORE_SCHEMA);
	else if (facts.schema > SP_STORE_SCHEMA)
		spi_doctor_say(d, "store", SP_SEVERITY_ERROR, "newer", path, "%" PRId64 " > %d", facts.schema, SP_STORE_SCHEMA);
	else {
		spi_doctor_well(d, "store", path, "%" PRId64 ", %" PRId64, facts.conversations, facts.tickets);
		look_inside(d);
	}
}

/* ---- the index ---- */

void spi_doctor_index(spi_doctor *d)
{
	char path[PATH_MAX];
	unsigned generation = spi_current_of(d->o->data);
	if (!generation) {
		spi_doctor_say(d, "index", SP_SEVERITY_ADVICE, "none", d->o->data, "%s", "");
		return;
	}
	for (size_t i = 0; d->config && i < d->config->audiences_count; i++) {
		sp_error err = {0};
		sp_index *index = NULL;
		snprintf(path, sizeof path, "%.3000s/index/g-%u/%.200s", d->o->data, generation, d->config->audiences[i].key);
		if (sp_index_open(path, &index, &err) != SP_OK) {
			spi_doctor_say(d, "index", SP_SEVERITY_WARNING, "broken", path, "%s", err.text);
			return;
		}
		sp_index_close(index);
	}
	snprintf(path, sizeof path, "%.3000s/index/g-%u", d->o->data, generation);
	spi_doctor_well(d, "index", path, "%s", "");
}
