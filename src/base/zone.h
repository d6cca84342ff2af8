/**
 * @file zone.h
 * Local time of any zone of the system's database, without touching the process's own (TZ, tzset).
 *
 * A zone is read once (/usr/share/zoneinfo, TZif: RFC 8536) and kept, unchangeable, for the life of the process.
 * A zone that is not there, or whose file cannot be read, counts as UTC.
 * Threads: all functions may be called from any thread.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A moment as a clock on the wall shows it. */
typedef struct spi_local {
	int year;             /**< 2026 */
	unsigned month, day;  /**< 1..12, 1..31 */
	int weekday;          /**< 0 = Monday */
	int minute;           /**< of the day, 0..1439 */
	int64_t days;         /**< since 1970-01-01 */
} spi_local;

/** Seconds to add to UTC for local time at a moment. @p timezone like "Europe/Rome"; NULL = UTC. */
int spi_zone_offset_s(const char *timezone, int64_t utc_s);
/** Whether the system knows the zone. */
bool spi_zone_is_known(const char *timezone);

/** The local date and time of a moment. */
spi_local spi_zone_local(const char *timezone, int64_t utc_s);
/** The moment of a local day (since 1970-01-01) and minute of it (0..1440). A time that the change to summer time
 *  leaves out counts as the one an hour later; one that occurs twice is the first. */
int64_t spi_zone_utc_s(const char *timezone, int64_t days, int minute);

#ifdef __cplusplus
}
#endif
#endif
