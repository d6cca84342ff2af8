#include "http/tls.h"

#include "base/file.h"
#include "sportello/server.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)256 * 1024)
#define CHAIN_MAX 16

/* A certificate that was taken over once. Those of before are kept: a handshake may be at them. */
typedef struct pair {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned chain_count;
	gnutls_privkey_t key;
	int64_t from_utc_s, until_utc_s;
	struct pair *before;
} pair;

struct spi_tls {
	char *cert_file, *key_file;
	pair *now;
};

/* libmicrohttpd hands no argument of ours to the callback, so the pair in use is the process's. */
static _Atomic(pair *) in_use;

static void pair_free(pair *p)
{
	for (unsigned i = 0; i < p->chain_count; i++)
		gnutls_pcert_deinit(&p->chain[i]);
	if (p->key)
		gnutls_privkey_deinit(p->key);
	free(p);
}

static sp_status wrong(const char *file, const char *what, int code, sp_error *err)
{
	return sp_error_set(err, SP_ERR_INVALID, file, 0, "%s: %s", what, gnutls_strerror(code));
}

static sp_status read_file(const char *path, sp_arena *arena, gnutls_datum_t *ret, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_status status = spi_file_read(path, FILE_MAX, arena, &bytes, &len, err);
	if (status == SP_OK)
		*ret = (gnutls_datum_t){.data = (unsigned char *)bytes, .size = (unsigned)len};
	return status;
}

/* A key that others may read is none: told at the start, not after an incident. */
static sp_status check_rights(const char *key_file, sp_error *err)
{
	struct stat st;
	if (stat(key_file, &st) == 0 && st.st_mode & (S_IROTH | S_IWOTH))
		return sp_error_set(err, SP_ERR_DENIED, key_file, 0, "everybody on this machine may read this key; chmod 600 it, owned by the service's user "
			"(or 640 with its group)");
	return SP_OK;
}

/* GnuTLS itself says whether they belong together. */
static sp_status check_match(const spi_tls *tls, const gnutls_datum_t *cert, const gnutls_datum_t *key, sp_error *err)
{
	gnutls_certificate_credentials_t both;
	if (gnutls_certificate_allocate_credentials(&both) != GNUTLS_E_SUCCESS)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	int code = gnutls_certificate_set_x509_key_mem2(both, cert, key, GNUTLS_X509_FMT_PEM, NULL, 0);
	gnutls_certificate_free_credentials(both);
	if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
		return sp_error_set(err, SP_ERR_INVALID, tls->key_file, 0, "the key is not that of the certificate %s", tls->cert_file);
	return code >= 0 ? SP_OK : wrong(tls->cert_file, "certificate and key cannot be used (both are PEM, the key without a passphrase)", code, err);
}

static sp_status read_chain(const spi_tls *tls, pair *p, const gnutls_datum_t *cert, sp_error *err)
{
	gnutls_x509_crt_t certs[CHAIN_MAX];
	unsigned count = CHAIN_MAX;
	int code = gnutls_x509_crt_list_import(certs, &count, cert, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
	if (code < 0)
		return wrong(tls->cert_file, "the certificate cannot be read", code, err);
	p->from_utc_s = (int64_t)gnutls_x509_crt_get_activation_time(certs[0]);
	p->until_utc_s = (int64_t)gnutls_x509_crt_get_expiration_time(certs[0]);
	code = 0;
	for (unsigned i = 0; i < count; i++) {
		if (code == 0 && (code = gnutls_pcert_import_x509(&p->chain[i], certs[i], 0)) == 0)
			p->chain_count++;
		gnutls_x509_crt_deinit(certs[i]);
	}
	return code == 0 ? SP_OK : wrong(tls->cert_file, "the certificate cannot be used", code, err);
}

static sp_status read_pair(const spi_tls *tls, sp_arena *arena, pair *p, sp_error *err)
{
	gnutls_datum_t cert, key;
	sp_status status = check_rights(tls->key_file, err);
	if (status == SP_OK)
		status = read_file(tls->cert_file, arena, &cert, err);
	if (status == SP_OK)
		status = read_file(tls->key_file, arena, &key, err);
	if (status != SP_OK)
		return status;
	status = read_chain(tls, p, &cert, err); /* before GnuTLS compares them: of a certificate that is none it would lose some memory there */
	if (status == SP_OK)
		status = check_match(tls, &cert, &key, err);
	int code = status == SP_OK ? gnutls_privkey_init(&p->key) : 0;
	if (status == SP_OK && code == 0)
		code = gnutls_privkey_import_x509_raw(p->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (status == SP_OK && code != 0)
		status = wrong(tls->key_file, "the key cannot be used", code, err);
	explicit_bzero(key.data, key.size);
	return status;
}

sp_status spi_tls_reload(spi_tls *tls, sp_error *err)
{
	sp_arena *arena = sp_arena_new(0);
	pair *p = calloc(1, sizeof *p);
	sp_status status = arena && p ? read_pair(tls, arena, p, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_arena_free(arena);
	if (status != SP_OK || !p) {
		if (p)
			pair_free(p);
		return status;
	}
	p->before = tls->now;
	tls->now = p;
	atomic_store(&in_use, p);
	return SP_OK;
}

sp_status spi_tls_open(const char *cert_file, const char *key_file, spi_tls **ret, sp_error *err)
{
	spi_tls *tls = calloc(1, sizeof *tls);
	if (!tls)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	tls->cert_file = strdup(cert_file);
	tls->key_file = strdup(key_file);
	sp_status status = tls->cert_file && tls->key_file ? spi_tls_reload(tls, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		*ret = tls;
	else
		spi_tls_close(tls);
	return status;
}

void spi_tls_close(spi_tls *tls)
{
	if (!tls)
		return;
	if (tls->now)
		atomic_store(&in_use, NULL);
	for (pair *p = tls->now, *before; p; p = before) {
		before = p->before;
		pair_free(p);
	}
	free(tls->cert_file);
	free(tls->key_file);
	free(tls);
}

int64_t spi_tls_until_utc_s(void)
{
	const pair *p = atomic_load(&in_use);
	return p ? p->until_utc_s : 0;
}

static int give(gnutls_session_t session, const gnutls_datum_t *names, int names_count, const gnutls_pk_algorithm_t *algorithms, int count,
	gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key)
{
	pair *p = atomic_load(&in_use);
	(void)session, (void)names, (void)names_count, (void)algorithms, (void)count;
	if (!p)
		return -1;
	*ret_chain = p->chain;
	*ret_count = p->chain_count;
	*ret_key = p->key;
	return 0;
}

void *spi_tls_callback(void)
{
	gnutls_certificate_retrieve_function2 *callback = give;
	void *ret;
	memcpy(&ret, &callback, sizeof ret);
	return ret;
}

sp_status sp_tls_check(const char *cert_file, const char *key_file, int64_t *ret_from_utc_s, int64_t *ret_until_utc_s, sp_error *err)
{
	spi_tls tls = {.cert_file = (char *)cert_file, .key_file = (char *)key_file};
	sp_arena *arena = sp_arena_new(0);
	pair *p = calloc(1, sizeof *p);
	sp_status status = arena && p ? read_pair(&tls, arena, p, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (p && status == SP_OK) {
		*ret_from_utc_s = p->from_utc_s;
		*ret_until_utc_s = p->until_utc_s;
	}
	if (p)
		pair_free(p);
	sp_arena_free(arena);
	return status;
}
