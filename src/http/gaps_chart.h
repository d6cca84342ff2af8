/* Topics without an answer as a chart of the page of gaps, and as CSV. */
#ifndef HTTP_GAPS_CHART_H
#define HTTP_GAPS_CHART_H

#include "http/request.h"
#include "http/template.h"
#include "sportello/gaps.h"

/* "figures": [one], as dashboard-figure.html shows it; nothing where there are no topics. csv: address of the same as CSV. */
void spi_gaps_put_chart(spi_request *request, spi_value *page, const sp_gaps *gaps, const char *csv);
/* False: memory is out. */
bool spi_gaps_csv(const spi_request *request, const sp_gaps *gaps, sp_buffer *out);

#endif
