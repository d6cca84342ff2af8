#include "encode_bed.h"

#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool open_bed(bed *b, const sp_encode_queue_settings *settings)
{
	return fake_encoder_open(&b->fake, &b->encoder, &b->err) == SP_OK &&
		sp_encode_queue_new(b->encoder, settings, &b->queue, &b->err) == SP_OK;
}

void close_bed(bed *b)
{
	sp_encode_queue_free(b->queue);
	sp_encoder_free(b->encoder);
	fake_encoder_end(&b->fake);
}

sp_encode_queue_stats stats_of(const bed *b)
{
	sp_encode_queue_stats stats;
	sp_encode_queue_get_stats(b->queue, &stats);
	return stats;
}

void wait_for_encoded(const bed *b, unsigned count)
{
	while (stats_of(b).encoded < count)
		usleep(1000);
}

sp_status ask(bed *b, const char *text, float *ret_vector)
{
	sp_error_clear(&b->err);
	return sp_encode_queue_ask(b->queue, text, strlen(text), ret_vector, NULL, &b->err);
}

sp_status ask_number(bed *b, const char *what, int number, float *ret_vector)
{
	char text[64];
	snprintf(text, sizeof text, "%s %d", what, number);
	return ask(b, text, ret_vector);
}

bool is_vector_of(const float *vector, const char *normal)
{
	float want[DIMENSIONS];
	double dot = 0;
	fake_vector(SP_ENCODE_QUESTION, normal, strlen(normal), DIMENSIONS, want);
	for (size_t i = 0; i < DIMENSIONS; i++)
		dot += (double)vector[i] * want[i];
	return fabs(dot - 1) < 1e-4;
}

bool same_vector(const float *a, const float *b)
{
	return memcmp(a, b, DIMENSIONS * sizeof *a) == 0;
}

sp_status ask_tokens(bed *b, const char *text, float *ret_vector, room *ret)
{
	memset(ret, 0x55, sizeof *ret);
	ret->tokens.rows = ret->rows;
	sp_error_clear(&b->err);
	return sp_encode_queue_ask(b->queue, text, strlen(text), ret_vector, &ret->tokens, &b->err);
}

bool are_tokens_of(const room *r, const char *normal)
{
	room want;
	want.tokens.rows = want.rows;
	fake_tokens(SP_ENCODE_QUESTION, normal, strlen(normal), TOKEN_ROW, &want.tokens);
	return r->tokens.count == want.tokens.count && memcmp(r->rows, want.rows, want.tokens.count * TOKEN_ROW) == 0;
}

void kept_path(char *ret, size_t size, const char *name)
{
	snprintf(ret, size, "%s/%s", harness_folder(), name);
}
