/* Time: now, and RFC 3339 in UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

int64_t spi_now_utc_s(void);  /* wall clock, seconds since 1970 */
int64_t spi_now_utc_ms(void); /* the same in milliseconds */
int64_t spi_now_us(void);     /* steady clock, microseconds, for measuring */
/* "2026-11-23T15:46:26Z" into ret (21 bytes). */
void spi_rfc3339(int64_t utc_s, char ret[32]);
/* Read an RFC 3339 date-time, with Z or an offset, or a plain date (midnight UTC). False when it is neither. */
bool spi_rfc3339_parse(const char *text, size_t len, int64_t *ret_utc_s);
/* Read a moment as people write it: an RFC 3339 date-time whose seconds may be missing, and its offset, too: it is then local time of
   the zone ("Europe/Rome"; NULL = UTC). */
bool spi_moment_parse(const char *text, size_t len, const char *timezone, int64_t *ret_utc_s);
/* Days since 1970-01-01 of a civil day (proleptic Gregorian), and back. */
int64_t spi_days_of_civil(int year, unsigned month, unsigned day);
void spi_civil_of_days(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day);

#ifdef __cplusplus
}
#endif
#endif
