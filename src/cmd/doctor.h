/* sportello doctor: what was looked at, and how it is. Each check adds a row; texts are doctor.<check>.<case> and, what to do about it,
   doctor.<check>.<case>.remedy. */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "cmd/serve_settings.h"
#include "sportello/kb.h"

typedef struct spi_doctor_row {
	const char *check;    /* "store", "disk"… static */
	sp_severity severity; /* SP_SEVERITY_OFF: all is well */
	const char *what;     /* case, static; NULL where all is well */
	const char *place;    /* file, folder or setting */
	const char *detail;   /* of the system or the part itself, in English; NULL = none */
} spi_doctor_row;

#define SPI_DOCTOR_ROWS_MAX 64

typedef struct spi_doctor {
	const spi_serve_options *o;
	sp_kb_config *config; /* NULL = kb.yaml cannot be read */
	sp_arena *arena;
	spi_doctor_row rows[SPI_DOCTOR_ROWS_MAX];
	size_t count;
} spi_doctor;

/* Add a row; detail is a printf format. */
void spi_doctor_well(spi_doctor *d, const char *check, const char *place, const char *format, ...) __attribute__((format(printf, 4, 5)));
void spi_doctor_say(spi_doctor *d, const char *check, sp_severity severity, const char *what, const char *place, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* What a part said of itself: its file and line become the place. */
void spi_doctor_error(spi_doctor *d, const char *check, const char *place, const sp_error *err);

/* doctor_content.c: knowledge base, settings files, encoder */
void spi_doctor_kb(spi_doctor *d);
void spi_doctor_files(spi_doctor *d);
void spi_doctor_encoder(spi_doctor *d);
/* doctor_data.c: the data folder */
void spi_doctor_folder(spi_doctor *d);
void spi_doctor_store(spi_doctor *d);
void spi_doctor_index(spi_doctor *d);
/* doctor_machine.c: clock, limits, who runs it, what the kernel has */
void spi_doctor_clock(spi_doctor *d);
void spi_doctor_limits(spi_doctor *d);
void spi_doctor_network(spi_doctor *d);

#endif
