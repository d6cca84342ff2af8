/* Values that are written in many places, each left out where there is none. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "sportello/buffer.h"

#include <stdint.h>

/* Left out when NULL or "". */
void spi_json_text(sp_json *json, const char *name, const char *text);
/* RFC 3339; left out when 0. */
void spi_json_time(sp_json *json, const char *name, int64_t utc_s);

#endif
