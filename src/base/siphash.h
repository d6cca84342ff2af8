/* A hash for what strangers choose: who does not know the secret cannot make texts that share a place. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson, Bernstein 2012). Any thread. */
uint64_t spi_siphash(const uint64_t secret[2], const void *data, size_t len);
/* A new secret from the kernel. */
void spi_siphash_secret(uint64_t ret[2]);

#endif
