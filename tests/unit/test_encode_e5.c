/* The sentence encoder in the process. A build without it says so, and these tests look only at that. */
#include "harness.h"

#include "base/file.h"
#include "encode/e5_model.h"
#include "sportello/arena.h"
#include "sportello/encoder.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIMENSIONS 384

static sp_encoder *opened(void)
{
	sp_error err = {0};
	sp_encoder *encoder = NULL;
	sp_status status = sp_encoder_new(&(sp_encoder_settings){.name = "e5"}, &encoder, &err);
	CHECK_INT(status, sp_encoder_has_e5() ? SP_OK : SP_ERR_UNSUPPORTED);
	if (status != SP_OK)
		CHECK_HAS(err.text, "--encoder none");
	return encoder;
}

static void encode(sp_encoder *encoder, sp_encode_role role, const char *text, float *ret)
{
	size_t len = strlen(text);
	sp_error err = {0};
	CHECK_INT(sp_encoder_encode(encoder, role, &text, &len, 1, ret, NULL, &err), SP_OK);
	CHECK_STR(err.text, "");
}

static double dot(const float *a, const float *b)
{
	double sum = 0;
	for (int i = 0; i < DIMENSIONS; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

TEST(test_e5_says_what_it_is)
{
	sp_encoder *encoder = opened();
	if (!encoder)
		return;
	CHECK_STR(sp_encoder_name(encoder), "e5 multilingual-e5-small-q4");
	CHECK_INT(sp_encoder_dimensions(encoder), DIMENSIONS);
	sp_encoder_free(encoder);
}

TEST(test_e5_meaning_is_near_across_words_and_languages)
{
	float asked[DIMENSIONS], same[DIMENSIONS], english[DIMENSIONS], other[DIMENSIONS];
	sp_encoder *encoder = opened();
	if (!encoder)
		return;
	encode(encoder, SP_ENCODE_QUESTION, "non ricordo più la parola segreta per entrare", asked);
	encode(encoder, SP_ENCODE_QUESTION, "ho dimenticato la password", same);
	encode(encoder, SP_ENCODE_QUESTION, "I forgot my password", english);
	encode(encoder, SP_ENCODE_QUESTION, "quanto costa il biglietto del treno per Milano", other);
	CHECK(fabs(dot(asked, asked) - 1) < 1e-4);
	CHECK(dot(asked, same) > dot(asked, other));
	CHECK(dot(asked, english) > dot(asked, other));
	encode(encoder, SP_ENCODE_PASSAGE, "ho dimenticato la password", other);
	CHECK(memcmp(same, other, sizeof same) != 0);
	sp_encoder_free(encoder);
}

TEST(test_e5_same_text_same_vector_in_any_company)
{
	enum { COUNT = 70 };
	static const char *const words[] = {"spid", "", "un avviso di pagamento che non riesco a pagare perché risulta scaduto da mesi",
		"codice otp", "perché l'app si chiude da sola dopo l'aggiornamento?"};
	const char *texts[COUNT];
	size_t lens[COUNT];
	float alone[DIMENSIONS], zero[DIMENSIONS] = {0};
	float *all = malloc(COUNT * sizeof alone);
	sp_error err = {0};
	sp_encoder *encoder = opened();
	for (size_t i = 0; i < COUNT; i++) {
		texts[i] = words[i % 5];
		lens[i] = strlen(texts[i]);
	}
	if (encoder) {
		CHECK_INT(sp_encoder_encode(encoder, SP_ENCODE_QUESTION, texts, lens, COUNT, all, NULL, &err), SP_OK);
		for (size_t i = 0; i < COUNT; i++) {
			encode(encoder, SP_ENCODE_QUESTION, texts[i], alone);
			CHECK(memcmp(alone, all + i * DIMENSIONS, sizeof alone) == 0);
			CHECK((memcmp(alone, zero, sizeof alone) == 0) == (i % 5 == 1));
		}
	}
	free(all);
	sp_encoder_free(encoder);
}

/* U+FDFA alone becomes eighteen characters in the model's normal form; bytes that are no UTF-8; texts without end. */
TEST(test_e5_takes_any_bytes)
{
	float vector[DIMENSIONS], cut[DIMENSIONS];
	sp_error err = {0};
	sp_encoder *encoder = opened();
	char *text = malloc(300001);
	if (encoder) {
		static const char *const units[] = {"\xEF\xB7\xBA", "\xFF", "\xC3", "\xF0\x9F\x98\x80", "a", " ", "\xE2\x96\x81"};
		for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
			text[0] = '\0';
			size_t len = 0;
			while (len < 3000) {
				strcpy(text + len, units[u]);
				len += strlen(units[u]);
			}
			CHECK_INT(sp_encoder_encode(encoder, SP_ENCODE_PASSAGE, &(const char *){text}, &len, 1, vector, NULL, &err), SP_OK);
			for (int i = 0; i < DIMENSIONS; i++)
				CHECK(isfinite(vector[i]));
		}
		memset(text, 'b', 300000);
		text[300000] = '\0';
		encode(encoder, SP_ENCODE_PASSAGE, text, vector);
		text[SP_ENCODE_TEXT_MAX] = '\0';
		encode(encoder, SP_ENCODE_PASSAGE, text, cut);
		CHECK(memcmp(vector, cut, sizeof cut) == 0);
	}
	free(text);
	sp_encoder_free(encoder);
}

static sp_status open_model(const char *path, sp_encoder **ret, sp_error *err)
{
	return sp_encoder_new(&(sp_encoder_settings){.name = "e5", .model = path}, ret, err);
}

TEST(test_e5_model_is_not_there_or_another)
{
	sp_error err = {0};
	sp_encoder *encoder = NULL;
	char path[PATH_MAX];
	if (!sp_encoder_has_e5())
		return;
	snprintf(path, sizeof path, "%s/none.bin", harness_folder());
	CHECK_INT(open_model(path, &encoder, &err), SP_ERR_NOT_FOUND);
	CHECK_STR(err.source, path);
	sp_error_clear(&err);
	harness_write(harness_folder(), "short.bin", "E5S1");
	snprintf(path, sizeof path, "%s/short.bin", harness_folder());
	CHECK_INT(open_model(path, &encoder, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "--encoder none");
}

/* All of its size, and nothing in it as it should be: noticed when it is read, before the engine sees it. */
TEST(test_e5_model_is_damaged)
{
	sp_error err = {0};
	sp_encoder *encoder = NULL;
	char path[PATH_MAX];
	float vector[DIMENSIONS];
	if (!sp_encoder_has_e5())
		return;
	harness_write(harness_folder(), "damaged.bin", "E5S1");
	snprintf(path, sizeof path, "%s/damaged.bin", harness_folder());
	REQUIRE(truncate(path, SPI_E5_MODEL_SIZE) == 0);
	REQUIRE(open_model(path, &encoder, &err) == SP_OK);
	CHECK_INT(sp_encoder_encode(encoder, SP_ENCODE_QUESTION, &(const char *){"spid"}, &(size_t){4}, 1, vector, NULL, &err), SP_ERR_CORRUPT);
	CHECK_STR(err.source, path);
	sp_encoder_free(encoder);
}
