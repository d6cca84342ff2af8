/* Fitted numbers of the ranker and the gate. Written by tests/answers/fit.py; do not edit by hand. */
#ifndef ANSWER_WEIGHTS_H
#define ANSWER_WEIGHTS_H

/* in the order of SP_FEATURES_LIST */
static const double rank_weights[] = {4.3881, 0, 4.3575, 2.7754, 0, 0.5199, 0.59853, 1.2075, 8, 8, 0};
static const double answer_bias = -6.2323;
static const double answer_weights[] = {0.25714, -0.07604, 4.0075, 3.0263, -0.3187, -0.97991, -1.5105, 0.83116, 1.4134, 0.60747, 0.51177, 0};
static const double choice_bias = -5.6153;
static const double choice_weights[] = {0.43458, -0.23058, 2.5786, 3.9652, 0.31533, -1.0956, -2.0419, 1.7445, 1.3362, 0.49137, -0.1262, 0};
/* precision asked for, threshold */
static const double thresholds[][2] = {{0.5, 0.0014}, {0.6, 0.1274}, {0.7, 0.2937}, {0.8, 0.5161}, {0.85, 0.6365}, {0.9, 0.7621}, {0.95, 0.8792}, {0.98, 0.9900}, {0.999, 0.9901}};

#endif
