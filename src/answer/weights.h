/* Fitted numbers of the ranker and the gate. Written by tests/answers/fit.py; do not edit by hand. */
#ifndef ANSWER_WEIGHTS_H
#define ANSWER_WEIGHTS_H

/* in the order of SP_FEATURES_LIST */
static const double rank_weights[] = {4.0, 2.0, 1.0, 1.5, 3.0, 3.0, 0.5, 0.5, 8.0, 8.0, 0.0};
static const double answer_bias = -4.0;
static const double answer_weights[] = {1, 3, 1, 1, 1, 2, 2, 1, 4, 4, 1, 0};
static const double choice_bias = -3.0;
static const double choice_weights[] = {1, 1, 1, 1, 1, 2, 2, 1, 4, 4, 1, 0};
/* precision asked for, threshold */
static const double thresholds[][2] = {{0.5, 0.3}, {0.7, 0.5}, {0.8, 0.65}, {0.9, 0.8}, {0.95, 0.88}, {0.98, 0.94}, {0.999, 0.985}};

#endif
