/* The model that make fetches (src/build/e5.sh), as it must be. */
#ifndef ENCODE_E5_MODEL_H
#define ENCODE_E5_MODEL_H

#include "encode/e5_fitted.h"

/* With what was fitted on top: vectors of another fit are never compared with these. */
#define SPI_E5_MODEL_NAME "multilingual-e5-small-q4-" SPI_E5_FITTED
#define SPI_E5_MODEL_FILE "e5-small-q4.bin"
#define SPI_E5_MODEL_SIZE 71622400
#define SPI_E5_MODEL_CRC32 0xfdcc119au

#endif
