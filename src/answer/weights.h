/* Fitted numbers of the ranker and the gate. Written by tests/answers/fit.py; do not edit by hand. */
#ifndef ANSWER_WEIGHTS_H
#define ANSWER_WEIGHTS_H

/* in the order of SP_FEATURES_LIST */
static const double rank_weights[] = {3.6964, 0, 4.9151, 2.9589, 0, 0.49695, 1.0718, 1.3286, 8, 8, 0};
static const double answer_bias = -6.0979;
static const double answer_weights[] = {0.18308, -0.038494, 3.6341, 3.3567, 0.054259, -0.47366, -1.7994, 1.3195, 1.1454, 0.79846, 0.07058, 0};
static const double choice_bias = -4.9463;
static const double choice_weights[] = {0.23216, -0.19587, 2.3398, 4.0664, 0.56374, 0.028347, -2.2015, 2.5389, 1.1212, 0.68466, -0.28399, 0};
/* precision asked for, threshold */
static const double thresholds[][2] = {{0.5, 0.0017}, {0.6, 0.1358}, {0.7, 0.3102}, {0.8, 0.5083}, {0.85, 0.6361}, {0.9, 0.7549}, {0.95, 0.8716}, {0.98, 0.9900}, {0.999, 0.9901}};

#endif
