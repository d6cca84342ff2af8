/* Files of one JSON object a line, as `eval` and `import` read them; every complaint names file and line. */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#include <jansson.h>

/* Called for each line; anything but SP_OK ends the reading. */
typedef sp_status spi_line_visit(json_t *object, int line, void *arg, sp_error *err);

/* Read all lines of a file (empty ones are passed over). SP_ERR_INVALID with line and column for what is no JSON object. */
sp_status spi_json_lines_read(const char *path, spi_line_visit *visit, void *arg, sp_error *err);

/* Member of an object as text owned by the arena. Missing or null: NULL, an error when required.
   Another type than text (numbers are taken as text for an id) is an error that names file, line and member. */
sp_status spi_line_text(json_t *object, const char *member, bool required, const char *path, int line, sp_arena *arena,
	const char **ret, sp_error *err);
/* Member as a list of texts; missing: an empty list. */
sp_status spi_line_texts(json_t *object, const char *member, const char *path, int line, sp_arena *arena, sp_strings *ret,
	sp_error *err);

#endif
