/* TLS in the process, by GnuTLS as libmicrohttpd uses it: certificate and key from files, taken over anew while the service runs. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "sportello/status.h"

#include <stdint.h>

typedef struct spi_tls spi_tls;

/* TLS 1.2 and 1.3, keys that are thrown away, authenticated ciphers: what every browser of the last ten years has. */
#define SPI_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:" \
	"+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"

/* Read both files (PEM; the certificate with those that sign it behind it). One process has one. SP_ERR_NOT_FOUND; SP_ERR_INVALID (no such file, or
   they do not belong together); SP_ERR_DENIED (cannot be read, or everybody may read the key). */
sp_status spi_tls_open(const char *cert_file, const char *key_file, spi_tls **ret, sp_error *err);
/* Read them again; connections that are open go on as they were. After a failure the old ones serve. */
sp_status spi_tls_reload(spi_tls *tls, sp_error *err);
/* After the daemon has ended. NULL is accepted. */
void spi_tls_close(spi_tls *tls);
/* When the certificate in use ends; 0 = there is none. Any thread. */
int64_t spi_tls_until_utc_s(void);
/* What libmicrohttpd is given: a gnutls_certificate_retrieve_function2. */
void *spi_tls_callback(void);

#endif
