/* A table of numbers as the page, its CSV and its chart share it. Values that are not there, or that are masked as they are too
   small to leave the house, are NAN: "–" in the page, empty in CSV. Everything is in the request's arena. */
#ifndef HTTP_FIGURE_H
#define HTTP_FIGURE_H

#include "http/chart.h"
#include "http/request.h"
#include "http/template.h"

#define SPI_FIGURE_COLUMNS_MAX 12

typedef enum spi_cell { SPI_CELL_COUNT, SPI_CELL_SHARE, SPI_CELL_SECONDS, SPI_CELL_AVERAGE } spi_cell;

typedef struct spi_figure_row {
	const char *key;   /* as in addresses and CSV */
	const char *label; /* as people read it */
	const char *url;   /* where it leads; NULL = nowhere */
	double value[SPI_FIGURE_COLUMNS_MAX];
} spi_figure_row;

typedef struct spi_figure {
	const char *key;   /* "categories": id in the page, name of its CSV */
	const char *title, *about;
	const char *first; /* heading of the labels */
	const char *first_key; /* the same in CSV */
	size_t columns_count;
	struct {
		const char *key, *name; /* in CSV; as people read it */
		spi_cell kind;
	} column[SPI_FIGURE_COLUMNS_MAX];
	spi_figure_row *rows;
	size_t rows_count, rows_cap;
} spi_figure;

/* Columns and rows are added in order; what does not fit, or memory that is out, is left out. */
void spi_figure_column(spi_figure *figure, const char *key, const char *name, spi_cell kind);
/* A new row, its values NAN; NULL when memory is out. */
spi_figure_row *spi_figure_add(const spi_request *request, spi_figure *figure, const char *key, const char *label);
/* As people read a value. */
const char *spi_figure_text(const spi_request *request, spi_cell kind, double value);

/* {key, title, about, caption, columns: [{name}], rows: [{label, url?, cells: [{text}]}], has_rows} */
void spi_figure_put(const spi_request *request, spi_value *into, const spi_figure *figure);
/* RFC 4180, a header of keys; shares from 0 to 1 with a point, whoever reads. */
void spi_figure_csv(const spi_figure *figure, sp_buffer *out);

#endif
