/* Texts are split into the very pieces that the engine finds. Only of a build with the engine. */
#include "harness.h"

#if __has_include("e5.c")

#include "encode/e5_model.h"
#include "e5.c"
#include "encode/engine/e5_split.h"

#include <limits.h>

#define PIECES 600

static e5_model *engine(void)
{
	static e5_model *model;
	const char *build = getenv("SPORTELLO_BUILD");
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/e5/%s", build ? build : "build", SPI_E5_MODEL_FILE);
	if (!model)
		model = e5_load(path);
	CHECK(model != NULL);
	return model;
}

static void check_text(const tokenizer *t, const char *text)
{
	int theirs[PIECES], ours[PIECES];
	static const int most[] = {PIECES, 7, 1};
	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		int want = tok_content(t, text, theirs, most[i]), got = split_text(t, text, ours, most[i]);
		CHECK_INT(got, want);
		if (got == want && memcmp(ours, theirs, (size_t)got * sizeof *ours) != 0)
			harness_fail(__FILE__, __LINE__, "other pieces: %s", text);
	}
}

TEST(test_split_is_the_engine_s)
{
	static const char *const texts[] = {"", " ", "  ", "a", "query: come si paga un avviso pagoPA?", "passage:  due  blanks ", "perché l’app «IO» non va…",
		"è e\xCC\x80 \xC3", "\xE2\x96\x81\xE2\x96\x81 meta", "ﬁnanza ① ㎏ ½ Ⅷ", "straßenverkehrsamtsbescheinigungsgebühr", "日本語 テキスト", "السلام عليكم",
		"🙂👍🏽 ok", "IT60X0542811101000000123456", "\t\n\r", "qzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvwqzxjkvw", "\xF0\x9F", "\xFF\xFE"};
	const e5_model *model = engine();
	for (size_t i = 0; model && i < sizeof texts / sizeof *texts; i++)
		check_text(&model->tok, texts[i]);
}

/* A random walk over characters of many kinds, words of the vocabulary among them. */
TEST(test_split_of_anything_is_the_engine_s)
{
	static const uint32_t kinds[][2] = {{0x20, 0x21}, {0x61, 0x7B}, {0x20, 0x7F}, {0xA0, 0x250}, {0x300, 0x370}, {0x400, 0x500}, {0x600, 0x700}, {0x2000, 0x2070},
		{0x2581, 0x2582}, {0x3000, 0x3100}, {0x4E00, 0x4F00}, {0xFB00, 0xFB07}, {0x1F300, 0x1F600}};
	const e5_model *model = engine();
	uint32_t random = 1;
	for (int round = 0; model && round < 400; round++) {
		char text[512];
		int end = 0, count = round % 60;
		for (int i = 0; i < count; i++) {
			random = random * 1664525 + 1013904223;
			const uint32_t *kind = kinds[(random >> 8) % (sizeof kinds / sizeof *kinds)];
			if (random >> 30 == 0) {
				int piece = (int)((random >> 4) % (uint32_t)model->tok.n_pieces), len = (int)(model->tok.offs[piece + 1] - model->tok.offs[piece]);
				memcpy(text + end, model->tok.blob + model->tok.offs[piece], (size_t)(len > 8 ? 0 : len));
				end += len > 8 ? 0 : len;
			} else {
				end += utf8_encode(kind[0] + (random >> 16) % (kind[1] - kind[0]), text + end);
			}
		}
		text[end] = '\0';
		check_text(&model->tok, text);
	}
}

/* One character may become eighteen, of three bytes. */
TEST(test_split_has_room_for_what_characters_become)
{
	static char one[3 * 40 + 1], same[36 * 40];
	int a[PIECES * 2], b[PIECES * 2];
	const e5_model *model = engine();
	for (int i = 0; i < 40; i++) {
		strcat(one, "\xEF\xB7\xBA");
		strcat(same, "صلى الله عليه وسلم");
	}
	if (model) {
		int count = split_text(&model->tok, one, a, PIECES * 2);
		CHECK(count > 40);
		CHECK_INT(split_text(&model->tok, same, b, PIECES * 2), count);
		CHECK(memcmp(a, b, (size_t)count * sizeof *a) == 0);
	}
}

#endif
