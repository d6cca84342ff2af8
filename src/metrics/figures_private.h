/* What the files of figures share. */
#ifndef METRICS_FIGURES_PRIVATE_H
#define METRICS_FIGURES_PRIVATE_H

#include "sportello/figures.h"

#define SPI_NO_RATE __builtin_nan("")

typedef struct spi_masked { bool contacts, outcomes[4]; } spi_masked;
/* One for each row; free() it. False: memory is out. */
bool spi_mask_all(const sp_figures *figures, spi_masked **ret);
/* A total that is small itself. */
void spi_mask_total(const sp_figures *figures, const sp_measures *total, spi_masked *ret);

#endif
