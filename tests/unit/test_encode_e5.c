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

/* Vector and tokens of one text; free the rows. */
static sp_token_rows encode_tokens(sp_encoder *encoder, sp_encode_role role, const char *text, float *ret)
{
	size_t len = strlen(text);
	sp_error err = {0};
	sp_token_rows tokens = {.count = 999, .rows = malloc(SP_ENCODE_TOKENS_MAX * sp_encoder_token_bytes(encoder))};
	CHECK_INT(sp_encoder_encode(encoder, role, &text, &len, 1, ret, &tokens, &err), SP_OK);
	CHECK_STR(err.text, "");
	return tokens;
}

static size_t count_tokens(sp_encoder *encoder, sp_encode_role role, const char *text)
{
	float vector[DIMENSIONS];
	sp_token_rows tokens = encode_tokens(encoder, role, text, vector);
	free(tokens.rows);
	return tokens.count;
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
	CHECK_INT(strncmp(sp_encoder_name(encoder), "e5 multilingual-e5-small-q4-", 28), 0);
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

/* ---- tokens ---- */

static void check_rows(const sp_token_rows *tokens, size_t row_bytes)
{
	for (size_t t = 0; t < tokens->count; t++) {
		double squares = 0;
		for (size_t r = 0; r < row_bytes; r++) {
			int number = tokens->rows[t * row_bytes + r];
			CHECK(number != -128);
			squares += number * number;
		}
		CHECK(squares > 0 && sqrt(squares) < 127 + 0.5 * sqrt((double)row_bytes)); /* 127, and what rounding does */
	}
}

/* Asking for tokens does not change the vector, and company changes neither. */
TEST(test_e5_tokens_are_the_same_in_any_company)
{
	enum { COUNT = 40 };
	static const char *const words[] = {"spid", "", "un avviso di pagamento che non riesco a pagare perché risulta scaduto da mesi",
		"codice otp", "perché l'app si chiude da sola dopo l'aggiornamento?"};
	const char *texts[COUNT];
	size_t lens[COUNT];
	sp_token_rows tokens[COUNT];
	float plain[DIMENSIONS], vector[DIMENSIONS], *all = malloc(COUNT * sizeof vector);
	sp_error err = {0};
	sp_encoder *encoder = opened();
	size_t row_bytes = encoder ? sp_encoder_token_bytes(encoder) : 0;
	CHECK(row_bytes > 0 || !encoder);
	for (size_t i = 0; i < COUNT; i++) {
		texts[i] = words[i % 5];
		lens[i] = strlen(texts[i]);
		tokens[i].rows = malloc(SP_ENCODE_TOKENS_MAX * row_bytes + 1);
	}
	for (sp_encode_role role = SP_ENCODE_QUESTION; encoder && role <= SP_ENCODE_PASSAGE; role++) {
		CHECK_INT(sp_encoder_encode(encoder, role, texts, lens, COUNT, all, tokens, &err), SP_OK);
		for (size_t w = 0; w < 5; w++) {
			encode(encoder, role, words[w], plain);
			sp_token_rows alone = encode_tokens(encoder, role, words[w], vector);
			CHECK(memcmp(plain, vector, sizeof vector) == 0);
			CHECK((alone.count == 0) == (w == 1));
			check_rows(&alone, row_bytes);
			for (size_t i = w; i < COUNT; i += 5) {
				CHECK(memcmp(plain, all + i * DIMENSIONS, sizeof vector) == 0);
				CHECK(tokens[i].count == alone.count && memcmp(tokens[i].rows, alone.rows, alone.count * row_bytes) == 0);
			}
			free(alone.rows);
		}
	}
	for (size_t i = 0; i < COUNT; i++)
		free(tokens[i].rows);
	free(all);
	sp_encoder_free(encoder);
}

/* "query: " is two tokens and "passage: " three: were they or a part of them counted, the two roles would not be the same. */
TEST(test_e5_tokens_are_the_text_s_own)
{
	static const char *const texts[] = {"spid", " spid", "  spid", "Spid", ":spid", ": spid", "?", "\xC3\xA9", "\xCC\x81" "a",
		"\xF0\x9F\x98\x80", "\xE2\x96\x81x", "\xE2\x80\x8B" "a", "1", "query: spid", "passage: spid", "\xE6\x97\xA5\xE6\x9C\xAC", "\xC2\xA0x", "\t\n-"};
	sp_encoder *encoder = opened();
	if (!encoder)
		return;
	size_t one = count_tokens(encoder, SP_ENCODE_QUESTION, "spid");
	CHECK(one > 0 && one <= 4);
	CHECK_INT(count_tokens(encoder, SP_ENCODE_QUESTION, "spid spid"), 2 * one);
	CHECK_INT(count_tokens(encoder, SP_ENCODE_PASSAGE, "spid spid spid"), 3 * one);
	CHECK_INT(count_tokens(encoder, SP_ENCODE_QUESTION, ""), 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char twice[64];
		size_t count = count_tokens(encoder, SP_ENCODE_QUESTION, texts[i]);
		CHECK(count > 0);
		CHECK_INT(count_tokens(encoder, SP_ENCODE_PASSAGE, texts[i]), count);
		snprintf(twice, sizeof twice, "%s spid", texts[i]);
		CHECK_INT(count_tokens(encoder, SP_ENCODE_PASSAGE, twice), count + one);
	}
	sp_encoder_free(encoder);
}

/* More tokens than are told, and more than the model sees at once (its vector is of all of them all the same). */
TEST(test_e5_tokens_of_long_texts)
{
	static char text[2 * SP_ENCODE_TEXT_MAX];
	static const char *const units[] = {"spid e cie, ", "q7%x", "\xEF\xB7\xBA"};
	float plain[DIMENSIONS], vector[DIMENSIONS];
	sp_encoder *encoder = opened();
	for (size_t u = 0; encoder && u < sizeof units / sizeof *units; u++) {
		for (size_t len = 0; len + 16 < sizeof text; len += strlen(units[u]))
			snprintf(text + len, 16, "%s", units[u]);
		encode(encoder, SP_ENCODE_PASSAGE, text, plain);
		sp_token_rows tokens = encode_tokens(encoder, SP_ENCODE_PASSAGE, text, vector);
		CHECK_INT(tokens.count, SP_ENCODE_TOKENS_MAX);
		CHECK(memcmp(plain, vector, sizeof vector) == 0);
		check_rows(&tokens, sp_encoder_token_bytes(encoder));
		free(tokens.rows);
	}
	sp_encoder_free(encoder);
}

/* Mean over the question's tokens of the best match among the passage's. */
static double best_matches(sp_encoder *encoder, const char *question, const char *passage)
{
	float vector[DIMENSIONS];
	size_t row_bytes = sp_encoder_token_bytes(encoder);
	sp_token_rows asked = encode_tokens(encoder, SP_ENCODE_QUESTION, question, vector);
	sp_token_rows said = encode_tokens(encoder, SP_ENCODE_PASSAGE, passage, vector);
	double sum = 0;
	for (size_t a = 0; a < asked.count; a++) {
		int most = INT_MIN;
		for (size_t s = 0; s < said.count; s++) {
			int product = 0;
			for (size_t r = 0; r < row_bytes; r++)
				product += asked.rows[a * row_bytes + r] * said.rows[s * row_bytes + r];
			most = product > most ? product : most;
		}
		sum += most;
	}
	sum /= (double)asked.count * 127 * 127;
	free(asked.rows);
	free(said.rows);
	return sum;
}

TEST(test_e5_tokens_tell_passages_apart)
{
	static const char password[] = "Se hai dimenticato la password, puoi sceglierne una nuova dalla pagina di accesso.";
	static const char train[] = "Il treno regionale per Milano parte dal terzo binario ogni mattina alle otto.";
	static const char entering[] = "non ricordo la password per entrare", leaving[] = "when does the train to Milan leave";
	sp_encoder *encoder = opened();
	if (!encoder)
		return;
	CHECK(best_matches(encoder, entering, password) > best_matches(encoder, entering, train));
	CHECK(best_matches(encoder, leaving, train) > best_matches(encoder, leaving, password));
	sp_encoder_free(encoder);
}

/* ---- what is no text, and what is no model ---- */

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
