/* What editors and operators wrote: the knowledge base, settings files; and the sentence encoder. */
#include "cmd/doctor.h"

#include "base/clock.h"
#include "base/file.h"
#include "sportello/connect.h"
#include "sportello/identity.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void spi_doctor_kb(spi_doctor *d)
{
	const char *kb = d->o->kb;
	sp_error err = {0};
	size_t articles = 0;
	if (sp_kb_config_load(kb, NULL, &d->config, &err) != SP_OK) {
		d->config = NULL;
		spi_doctor_error(d, "kb", kb, &err);
		return;
	}
	sp_findings *findings = sp_findings_new(spi_terminal_lang());
	sp_status status = findings ? sp_kb_check(kb, findings, &articles, &err) : SP_ERR_NOMEM;
	size_t errors = status == SP_OK ? sp_findings_count(findings, SP_SEVERITY_ERROR) : 0;
	sp_findings_free(findings);
	if (status != SP_OK)
		spi_doctor_error(d, "kb", kb, &err);
	else if (articles == 0)
		spi_doctor_say(d, "kb", SP_SEVERITY_WARNING, "empty", kb, "%s", "");
	else if (errors > 0)
		spi_doctor_say(d, "kb", SP_SEVERITY_WARNING, "findings", kb, "%zu", errors);
	else
		spi_doctor_well(d, "kb", kb, "%zu", articles);
	if (access(kb, W_OK) == 0 && geteuid() != 0)
		spi_doctor_say(d, "kb", SP_SEVERITY_ADVICE, "writable", kb, "%s", "");
}

/* ---- settings files ---- */

static bool is_open_to_all(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && st->st_mode & (S_IROTH | S_IWOTH);
}

static void look_at_secret(spi_doctor *d, const char *path)
{
	struct stat st;
	if (is_open_to_all(path, &st))
		spi_doctor_say(d, "secret", SP_SEVERITY_ERROR, "open", path, "%03o", (unsigned)st.st_mode & 0777);
	else
		spi_doctor_well(d, "secret", path, "%s", "");
}

static void look_at_named(const char *path, bool is_secret, void *arg)
{
	if (is_secret)
		look_at_secret(arg, path);
}

/* A word that is spelt in another way than in kb.yaml: tickets leave, and nobody's queue gets them. */
static void look_at_stranger(const char *map, const char *key, void *arg)
{
	spi_doctor *d = arg;
	spi_doctor_say(d, "connector", SP_SEVERITY_WARNING, "stranger", d->o->connector_file, "%s: %s", map, key);
}

static void look_at_writable(spi_doctor *d, const char *check, const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && st.st_mode & S_IWOTH)
		spi_doctor_say(d, check, SP_SEVERITY_ERROR, "writable", path, "%03o", (unsigned)st.st_mode & 0777);
}

void spi_doctor_files(spi_doctor *d)
{
	const spi_serve_options *o = d->o;
	sp_error err = {0};
	sp_identity *identity = NULL;
	if (o->connector_file && sp_connector_check(o->connector_file, &err) != SP_OK)
		spi_doctor_error(d, "connector", o->connector_file, &err);
	else if (o->connector_file)
		spi_doctor_well(d, "connector", o->connector_file, "%s", "");
	sp_error_clear(&err);
	if (o->identity_file && sp_identity_open(o->identity_file, d->config, &identity, &err) != SP_OK)
		spi_doctor_error(d, "identity", o->identity_file, &err);
	else if (o->identity_file)
		spi_doctor_well(d, "identity", o->identity_file, "%s", "");
	sp_identity_close(identity);
	if (o->encoder.key_file)
		look_at_secret(d, o->encoder.key_file);
	if (o->tls_key)
		look_at_secret(d, o->tls_key);
	if (o->connector_file)
		sp_connector_files(o->connector_file, look_at_named, d);
	if (o->connector_file && d->config)
		sp_connector_strangers(o->connector_file, d->config, look_at_stranger, d);
	if (o->identity_file)
		sp_identity_files(o->identity_file, look_at_named, d);
	if (o->connector_file)
		look_at_writable(d, "connector", o->connector_file);
	if (o->identity_file)
		look_at_writable(d, "identity", o->identity_file);
	if (o->config)
		look_at_writable(d, "config", o->config);
	if (o->web && !spi_exists(o->web))
		spi_doctor_say(d, "web", SP_SEVERITY_ERROR, "missing", o->web, "%s", "");
	if (o->labelled && access(o->labelled, R_OK) != 0)
		spi_doctor_say(d, "labelled", SP_SEVERITY_ERROR, "missing", o->labelled, "%s", "");
}

/* ---- the sentence encoder ---- */

static sp_status try_it(sp_encoder *encoder, int64_t *ret_us, sp_error *err)
{
	static const char *const text[] = {"non mi arriva il codice"};
	const size_t len[] = {strlen(text[0])};
	float *vector = malloc((sp_encoder_dimensions(encoder) + 1) * sizeof *vector);
	int64_t from_us = spi_now_us();
	sp_status status = vector ? sp_encoder_encode(encoder, SP_ENCODE_QUESTION, text, len, 1, vector, NULL, err) : SP_ERR_NOMEM;
	*ret_us = spi_now_us() - from_us;
	free(vector);
	return status;
}

void spi_doctor_encoder(spi_doctor *d)
{
	const char *name = d->o->encoder.name;
	sp_encoder_settings settings = {.name = name ? name : sp_encoder_has_e5() ? "e5" : "none", .model = d->o->encoder.model,
		.key_file = d->o->encoder.key_file, .timeout_ms = d->o->encoder.timeout_ms};
	sp_encoder *encoder = NULL;
	sp_error err = {0};
	int64_t us = 0;
	if (sp_encoder_new(&settings, &encoder, &err) != SP_OK || (sp_encoder_dimensions(encoder) && try_it(encoder, &us, &err) != SP_OK))
		spi_doctor_error(d, "encoder", settings.name, &err);
	else if (!name && !sp_encoder_has_e5())
		spi_doctor_say(d, "encoder", SP_SEVERITY_WARNING, "absent", "--encoder", "%s", "");
	else if (d->o->encoder_deadline_ms && us / 1000 > d->o->encoder_deadline_ms)
		spi_doctor_say(d, "encoder", SP_SEVERITY_WARNING, "slow", settings.name, "%lld ms", (long long)(us / 1000));
	else
		spi_doctor_well(d, "encoder", sp_encoder_name(encoder), "%.1f ms", (double)us / 1000);
	sp_encoder_free(encoder);
}
