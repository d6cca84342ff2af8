/* YAML as a small tree with places, within limits: no aliases, no deep nesting, no endless maps. */
#ifndef KB_YAML_H
#define KB_YAML_H

#include "kb/report.h"

#define SPI_YAML_DEPTH_MAX 12
#define SPI_YAML_CHILDREN_MAX 4000
#define SPI_YAML_NODES_MAX 100000

typedef enum spi_yaml_kind { SPI_YAML_SCALAR, SPI_YAML_LIST, SPI_YAML_MAP } spi_yaml_kind;

typedef struct spi_yaml spi_yaml;
struct spi_yaml {
	spi_yaml_kind kind;
	spi_place place;       /* of the value */
	const char *text;      /* of a scalar; never holds a NUL */
	size_t len;
	bool is_null;          /* a plain scalar that says nothing: empty, ~ or null */
	bool is_flow;          /* [a, b] or {a: b} */
	const char *key;       /* in a map */
	spi_place key_place;
	spi_yaml *first, *next; /* children; next sibling */
	size_t count;          /* of children */
};

/*
 * Read one document whose root is a map.
 * first_line: line of the file where the text starts.
 * Returns NULL when it cannot be read (the finding is in the report, or memory is out); an empty text is an empty map.
 */
spi_yaml *spi_yaml_read(const char *text, size_t len, int first_line, sp_arena *arena, spi_report *report);

/* The value of a key of a map; NULL when it is not there or says nothing. */
spi_yaml *spi_yaml_get(const spi_yaml *map, const char *key);

/* Typed reading. A value of the wrong type is a finding and counts as missing. node may be NULL. */
const char *spi_yaml_text(const spi_yaml *node, spi_report *report);
bool spi_yaml_bool(const spi_yaml *node, spi_report *report);
sp_date spi_yaml_date(const spi_yaml *node, spi_report *report);
/* "3d", "24h", "30m", "45s" in seconds; -1 when missing or wrong. */
int64_t spi_yaml_duration_s(const spi_yaml *node, spi_report *report);
/* Whole days; -1 when missing or wrong. */
int64_t spi_yaml_days(const spi_yaml *node, spi_report *report);
/* A whole number between bounds; fallback when missing or wrong. */
long spi_yaml_integer(const spi_yaml *node, long min, long max, long fallback, spi_report *report);
/* The items of a list as texts; empty texts and other types are findings. */
sp_strings spi_yaml_strings(const spi_yaml *node, sp_arena *arena, spi_report *report);
/* Whether it is of this kind; a finding when not. NULL is not. */
bool spi_yaml_is(const spi_yaml *node, spi_yaml_kind kind, spi_report *report);

#endif
