/* What is counted differently where an article is in another language than the question. Written by tests/answers/fit_across.py; do not
   edit by hand. Weights are in the order of SP_FEATURES_LIST and SPI_GATE_LIST. */
static const across across_words = {
	.rank = {0.28623, -0.81688, -1.844, 0, 0, 0, -0.91289, 0, 0, 0, 0, 0, 0, 0, 0},
	.more = 2.3408,
	.answer = {0, 0.21764, 2.0447, 0, 0.40078, 1.3139, 0, 0, 0, 0, 0.82035, 0.58672, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -2.856},
	.choice = {0, 0.35494, -5.3714, 0, 2.5987, 3.9872, 0, 0, 0, 0, -2.6565, 2.6195, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1.9601},
};
static const across across_vectors = {
	.rank = {-1.0057, -0.17275, -0.8274, 0, 0, 0, 0, 0, 0, 0, 1.0769, 2.0725, 1.1427, 0.77739, 2.711},
	.more = 2.9003,
	.answer = {0, 0.16018, 5.1434, 0, 0, 0, 0, 0, 0, 0, 0, -0.16044, 0, 6.6983, 0, 1.9012, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.47544, 0.20716, -7.0074},
	.choice = {0, 0.14264, 6.0014, 0, 0, 0, 0, 0, 0, 0, 0, 0.70164, 0, 6.863, 0, -0.59833, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.64173, 0.28392, -7.664},
};
