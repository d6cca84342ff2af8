/* The sealed index: writing, records, damage. */
#include "index_bed.h"

#include "base/file.h"
#include "index/document.h"
#include "index/features.h"
#include "index/word_places.h"
#include "index/record.h"
#include "index/slip.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- writing and records ---- */

TEST(test_index_record_comes_back_whole)
{
	index_bed f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_count(f.index), 6);
	REQUIRE(sp_index_get(f.index, "doppio", SP_LANG_IT, f.arena, &r, &f.err) == SP_OK);
	CHECK_STR(r.id, "doppio");
	CHECK_STR(r.title, "Ho pagato due volte");
	CHECK_STR(r.category, "pagamenti");
	CHECK_STR(r.replaced_by, "");
	CHECK_STR(r.competence, "");
	CHECK_INT(r.lang, SP_LANG_IT);
	CHECK_INT(r.type, SP_TYPE_QA);
	CHECK_INT(r.updated, 20260102);
	CHECK_INT(r.audience, 1);
	CHECK_INT(r.codes.count, 1);
	CHECK_STR(r.codes.items[0], "PAA_PAGAMENTO_DUPLICATO");
	CHECK_INT(r.questions.count, 2);
	CHECK_STR(r.questions.items[1], "addebito doppio");
	CHECK_INT(strlen(r.version), SP_VERSION_HEX);
	CHECK_HAS(r.html, "<p>Se il pagamento");
	CHECK_HAS(r.plain, "due volte chiedi");
	CHECK_INT(strlen(r.markdown), r.markdown_len);
	sp_record same;
	CHECK_INT(sp_index_get_docid(f.index, r.docid, f.arena, &same, &f.err), SP_OK);
	CHECK_STR(same.id, "doppio");
	close_index_bed(&f);
}

TEST(test_index_get_by_language)
{
	index_bed f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_langs_of(f.index, "otp"), 1u << SP_LANG_IT | 1u << SP_LANG_EN);
	CHECK_INT(sp_index_langs_of(f.index, "nothing"), 0);
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_EN, f.arena, &r, &f.err), SP_OK);
	CHECK_STR(r.title, "The OTP code does not arrive");
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_NONE, f.arena, &r, &f.err), SP_OK);
	CHECK_INT(r.lang, SP_LANG_IT);
	CHECK_INT(sp_index_get(f.index, "otp", SP_LANG_DE, f.arena, &r, &f.err), SP_ERR_NOT_FOUND);
	CHECK_STR(f.err.text, "there is no such article");
	close_index_bed(&f);
}

TEST(test_index_replace_and_remove)
{
	index_bed f;
	sp_record r;
	REQUIRE(open_usual(&f));
	CHECK_INT(put_article(&f, "it/accesso/cellulare.md", "Ho un apparecchio nuovissimo", "", "Altro testo.\n"), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "tempi", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "tempi", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_remove(f.writer, "never-there", SP_LANG_IT, &f.err), SP_OK);
	/* Nothing is visible before the commit. */
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 6);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 5);
	CHECK_INT(sp_index_get(f.index, "tempi", SP_LANG_IT, f.arena, &r, &f.err), SP_ERR_NOT_FOUND);
	CHECK_INT(search_for(&f, "apparecchio", USUAL).total, 1);
	CHECK_INT(search_for(&f, "installa", USUAL).total, 0);
	close_index_bed(&f);
}

TEST(test_index_spelling_forgets_replaced_words)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	sp_query query = USUAL;
	query.want_correction = true;
	CHECK_STR(search_for(&f, "adebito", query).corrected, "addebito");
	CHECK_INT(sp_index_writer_remove(f.writer, "doppio", SP_LANG_IT, &f.err), SP_OK);
	CHECK_INT(sp_index_writer_commit(f.writer, &f.err), SP_OK);
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_STR(search_for(&f, "adebito", query).corrected, NULL);
	close_index_bed(&f);
}

TEST(test_index_uncommitted_changes_are_dropped)
{
	index_bed f;
	REQUIRE(open_usual(&f));
	CHECK_INT(put_article(&f, "it/accesso/nuovo.md", "Un articolo nuovo", "", "Testo.\n"), SP_OK);
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	CHECK_INT(sp_index_reopen(f.index, &f.err), SP_OK);
	CHECK_INT(sp_index_count(f.index), 6);
	close_index_bed(&f);
}

TEST(test_index_one_writer_at_a_time)
{
	index_bed f;
	sp_index_writer *second = NULL;
	REQUIRE(open_usual(&f));
	CHECK_INT(sp_index_writer_open(f.folder, NULL, &second, &f.err), SP_ERR_BUSY);
	sp_error_clear(&f.err);
	close_index_bed(&f);
}

/* ---- damage ---- */

static void change_seal(const char *folder, const char *from, const char *to)
{
	char path[600];
	const char *text;
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	snprintf(path, sizeof path, "%s/SEAL", folder);
	if (spi_file_read(path, 100000, arena, &text, &len, NULL) == SP_OK) {
		const char *at = strstr(text, from);
		char *changed = at ? sp_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) : NULL;
		CHECK(changed != NULL);
		if (changed)
			spi_file_write(path, changed, strlen(changed), NULL);
	}
	sp_arena_free(arena);
}

static sp_status reopen_new(index_bed *f)
{
	sp_index_close(f->index);
	f->index = NULL;
	sp_error_clear(&f->err);
	return sp_index_open(f->folder, &f->index, &f->err);
}

TEST(test_index_damage_is_told_apart)
{
	index_bed f;
	char path[600];
	sp_index *none;
	REQUIRE(open_usual(&f));
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	CHECK_INT(sp_index_open("/nonexistent/index", &none, &f.err), SP_ERR_NOT_FOUND);
	char ours[40], next[40];
	snprintf(ours, sizeof ours, "sportello-index %d", SP_INDEX_FORMAT);
	snprintf(next, sizeof next, "sportello-index %d", SP_INDEX_FORMAT + 1);
	change_seal(f.folder, ours, next);
	CHECK_INT(reopen_new(&f), SP_ERR_NEWER);
	CHECK_HAS(f.err.text, "newer version");
	change_seal(f.folder, next, "sportello-index 0");
	CHECK_INT(reopen_new(&f), SP_ERR_INVALID);
	change_seal(f.folder, "sportello-index 0", ours);
	CHECK_INT(reopen_new(&f), SP_OK);
	snprintf(path, sizeof path, "%s/words/postlist.glass", f.folder);
	struct stat st;
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(truncate(path, st.st_size / 2), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	CHECK_HAS(f.err.source, "postlist.glass");
	CHECK_HAS(f.err.text, "shorter");
	CHECK_INT(unlink(path), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	CHECK_HAS(f.err.text, "missing");
	snprintf(path, sizeof path, "%s/SEAL", f.folder);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	close_index_bed(&f);
}

TEST(test_index_files_full_of_noise)
{
	index_bed f;
	char path[600];
	REQUIRE(open_usual(&f));
	sp_index_writer_close(f.writer);
	f.writer = NULL;
	static const char *const names[] = {"postlist", "docdata", "iamglass"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/words/%s%s", f.folder, names[i], i < 2 ? ".glass" : "");
		struct stat st;
		REQUIRE(stat(path, &st) == 0);
		FILE *file = fopen(path, "r+");
		for (long at = 0; file && at < st.st_size; at++)
			fputc((int)(at * 37 & 0xff), file);
		if (file)
			fclose(file);
	}
	CHECK_INT(reopen_new(&f), SP_ERR_CORRUPT);
	close_index_bed(&f);
}

/* ---- what the files hold, cut at every byte ---- */

static bool make_document(index_bed *f, sp_document *ret, sp_view *view)
{
	sp_article *article;
	const char *text =
		"---\nid: a\ntype: qa\ntitle: Titolo\ncategory: accesso\naudience: [citizen]\nstatus: published\n"
		"updated: 2026-01-02\nquestions: [una domanda breve]\nkeywords: [uno, due]\n---\nCorpo del testo.\n";
	if (sp_article_parse("it/accesso/a.md", text, strlen(text), f->config, "a.md", NULL, &article, &f->err) != SP_OK ||
		sp_article_view(article, 1, f->arena, view, &f->err) != SP_OK)
		return false;
	*ret = (sp_document){.article = article, .config = f->config, .view = view};
	return true;
}

TEST(test_index_record_cut_short)
{
	index_bed f;
	sp_document document;
	sp_view view;
	sp_record record;
	sp_buffer places = SP_BUFFER_INIT, bytes = SP_BUFFER_INIT;
	spi_bytes found;
	size_t kept_len = 0;
	REQUIRE(open_index_bed(&f) && make_document(&f, &document, &view));
	sp_buffer_add_text(&places, "places");
	spi_record_encode(&document, &places, &bytes);
	CHECK_INT(spi_record_decode_hit(bytes.data, bytes.len, f.arena, &record, &found, &kept_len, NULL), SP_OK);
	CHECK_INT(kept_len < bytes.len, true);
	CHECK_STR(record.plain, "Corpo del testo.");
	CHECK_STR(record.markdown, "");
	CHECK_INT(found.end - found.at == (ptrdiff_t)places.len && memcmp(found.at, places.data, places.len) == 0, true);
	for (size_t len = 0; len < bytes.len; len++) {
		char *copy = malloc(len + 1); /* so that a read past the end is seen */
		memcpy(copy, bytes.data, len);
		CHECK_INT(spi_record_decode(copy, len, f.arena, &record, NULL), SP_ERR_CORRUPT);
		CHECK_INT(spi_record_decode_hit(copy, len, f.arena, &record, &found, &(size_t){0}, NULL), len < kept_len ? SP_ERR_CORRUPT : SP_OK);
		free(copy);
		sp_arena_reset(f.arena);
	}
	CHECK_INT(spi_record_decode(bytes.data, bytes.len, f.arena, &record, NULL), SP_OK);
	CHECK_STR(record.speech, "Corpo del testo.");
	sp_buffer_release(&places);
	sp_buffer_release(&bytes);
	sp_article_free((sp_article *)document.article);
	close_index_bed(&f);
}

/* Where words stand, of a text that was taken apart; whatever is read in their stead is inside the text, or refused. */
TEST(test_index_places_cut_short_or_changed)
{
	static const char text[] = "La città è qui: una password per le città.";
	index_bed f;
	sp_tokens tokens;
	sp_buffer bytes = SP_BUFFER_INIT;
	spi_place *met;
	size_t count, times = 0, refused = 0;
	spi_question *question = calloc(1, sizeof *question);
	sp_analyser *analyser = sp_analyser_new();
	REQUIRE(open_index_bed(&f) && question && analyser);
	REQUIRE(sp_analyse(analyser, text, strlen(text), SP_LANG_IT, f.arena, &tokens) == SP_OK && spi_places_encode(&tokens, f.arena, &bytes));
	spi_question_init(question);
	for (size_t i = 0; i < tokens.count; i++)
		if (tokens.items[i].start == 3)
			REQUIRE(spi_question_add_word(question, spi_term_hash(tokens.items[i].term, tokens.items[i].term_len), 0, "citta", 5, false) >= 0);
	const unsigned char *from = (const unsigned char *)bytes.data;
	REQUIRE(spi_places_met((spi_bytes){from, from + bytes.len, false}, strlen(text), question, f.arena, &met, &count) == SP_OK);
	CHECK_INT(count, 2);
	CHECK_INT(met[0].start, 3);
	CHECK_INT(met[0].end, 9);
	CHECK_INT(met[1].end, strlen(text) - 1);
	for (size_t len = 0; len <= bytes.len; len++)
		for (int change = 0; change < 256; change += 5) {
			unsigned char *copy = malloc(len + 1);
			memcpy(copy, bytes.data, len);
			if (len > 0)
				copy[len - 1] ^= (unsigned char)change;
			sp_status status = spi_places_met((spi_bytes){copy, copy + len, false}, strlen(text), question, f.arena, &met, &count);
			for (size_t i = 0; status == SP_OK && i < count; i++)
				CHECK_INT(met[i].start <= met[i].end && met[i].end <= strlen(text), true);
			refused += status == SP_ERR_CORRUPT;
			times++;
			free(copy);
			sp_arena_reset(f.arena);
		}
	CHECK_INT(refused > 0 && refused < times, true);
	sp_buffer_release(&bytes);
	sp_analyser_free(analyser);
	free(question);
	close_index_bed(&f);
}

#define STEMS_MAX 300

/* All stems weigh the same. */
static bool fit_card(const spi_question *question, const spi_card *card, sp_arena *arena, spi_fit *ret)
{
	spi_met_stem met[STEMS_MAX];
	size_t met_count = 0;
	float weights[STEMS_MAX];
	const unsigned char *grams = card->grams;
	for (size_t i = 0; i < card->stems_count; i++) {
		const spi_stem stem = spi_card_stem(card, i, &grams);
		met[met_count] = (spi_met_stem){(uint32_t)i, spi_fit_stem(question, &stem, 1.0f)};
		met_count += spi_stem_fits(&met[met_count].fit);
		weights[i] = 1.0f;
	}
	spi_phrases *phrases = NULL;
	bool fits = spi_phrases_new(card, weights, &phrases) == SP_OK && spi_fit_card(question, card, met, met_count, phrases, arena, ret);
	spi_phrases_free(phrases);
	return fits;
}

TEST(test_index_card_cut_short_or_changed)
{
	index_bed f;
	sp_document document;
	sp_view view;
	spi_indexed indexed;
	spi_card card;
	spi_fit fit;
	spi_phrase phrase;
	REQUIRE(open_index_bed(&f) && make_document(&f, &document, &view));
	REQUIRE(spi_index_document(f.analyser, &document, f.arena, &indexed, &f.err) == SP_OK);
	CHECK_STR(indexed.key, "Qit:a");
	spi_question *question = malloc(sizeof *question);
	spi_question_init(question);
	CHECK_INT(spi_question_add_word(question, spi_term_hash("domand", 6), 0, "domanda", 7, false), 0);
	question->words[0].weight = question->words[0].rarity = 2.0f;
	spi_question_finish(question);
	for (size_t len = 0; len <= indexed.card.len; len++) {
		unsigned char *copy = malloc(len + 1);
		memcpy(copy, indexed.card.data, len);
		/* Whole: every byte changed in turn; it may say anything, but nothing outside of it is read. */
		for (size_t at = 0; at < (len == indexed.card.len ? len : 1); at++) {
			if (len == indexed.card.len)
				copy[at] ^= 0xff;
			if (spi_card_parse(copy, len, &card) && card.stems_count <= STEMS_MAX) {
				CHECK(
					len == indexed.card.len || !fit_card(question, &card, f.arena, &fit) || fit.best.text);
				spi_bytes phrases = card.phrases;
				for (int i = 0; i < 10 && spi_card_phrase(&phrases, &phrase); i++)
					continue;
				if (len == indexed.card.len)
					fit_card(question, &card, f.arena, &fit);
			}
			if (len == indexed.card.len)
				copy[at] ^= 0xff;
		}
		free(copy);
	}
	REQUIRE(spi_card_parse(indexed.card.data, indexed.card.len, &card));
	CHECK_INT(card.phrases_count, 2);
	REQUIRE(fit_card(question, &card, f.arena, &fit));
	CHECK_INT(fit.fields, SPI_IN_QUESTIONS);
	CHECK_INT(strncmp(fit.best.text, "una domanda breve", fit.best.text_len), 0);
	free(question);
	spi_indexed_release(&indexed);
	sp_article_free((sp_article *)document.article);
	close_index_bed(&f);
}

TEST(test_index_slips_of_the_fingers)
{
	static const struct {
		const char *typed, *better;
		bool is_slip;
	} cases[] = {
		{"marito", "merito", false},
		{"cassa", "causa", false},
		{"codoce", "codice", true},
		{"dopio", "doppio", true},
		{"pagamanto", "pagamento", true},
		{"perchè", "perché", true},
		{"cdoice", "codice", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (spi_is_slip(cases[i].typed, strlen(cases[i].typed), cases[i].better, strlen(cases[i].better)) !=
			cases[i].is_slip)
			harness_fail(__FILE__, __LINE__, "%s for %s: wanted %d", cases[i].typed, cases[i].better, cases[i].is_slip);
	CHECK_INT(spi_slip_edits(7), 1);
	CHECK_INT(spi_slip_edits(8), 2);
}
