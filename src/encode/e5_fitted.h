/* Stands for what was fitted (question_shifts.h, token_projection.h). Written by tests/answers/fit_encoder.py; do not edit by hand. */
#ifndef ENCODE_E5_FITTED_H
#define ENCODE_E5_FITTED_H

#define SPI_E5_FITTED "d944e626"

#endif
