/* Sentence vectors that are made while words alone are served already. */
#include "fake_encoder.h"
#include "publish_bed.h"

#include <stdio.h>

enum { ARTICLES = 40 };

typedef struct encoding {
	publish_bed f;
	fake_encoder fake;
	sp_encoder *encoder;
} encoding;

static void open_encoding(encoding *e, unsigned text_us)
{
	*e = (encoding){.fake = {.text_us = text_us}};
	open_publish_bed(&e->f);
	REQUIRE(fake_encoder_open(&e->fake, &e->encoder, &e->f.err) == SP_OK);
	for (int i = 0; i < ARTICLES; i++) {
		char path[64], title[64], more[128];
		snprintf(path, sizeof path, "it/accesso/voce-%d.md", i);
		snprintf(title, sizeof title, "Voce numero %d", i);
		snprintf(more, sizeof more, "questions: [domanda numero %d, altra domanda %d]\n", i, i);
		write_article(&e->f, path, title, more, "Testo della voce.\n\n## Altro\n\nAncora testo.");
	}
}

static void take_line(const char *line, void *arg)
{
	encoding *e = arg;
	pthread_mutex_lock(&e->f.lock);
	size_t len = strlen(e->f.notices);
	snprintf(e->f.notices + len, sizeof e->f.notices - len, "%s\n", line);
	pthread_mutex_unlock(&e->f.lock);
}

static sp_status publish(encoding *e)
{
	sp_publish_options options = {.kb_dir = e->f.kb, .data_dir = e->f.data, .encoder = e->encoder, .words_first = true, .notice = take_line, .arg = e};
	sp_error_clear(&e->f.err);
	sp_status status = sp_publisher_open(&options, &e->f.publisher, &e->f.err);
	return status == SP_OK ? sp_reader_open(e->f.publisher, &e->f.reader, &e->f.err) : status;
}

static void close_encoding(encoding *e)
{
	close_publish_bed(&e->f);
	sp_encoder_free(e->encoder);
	fake_encoder_end(&e->fake);
}

static unsigned texts_of(encoding *e)
{
	pthread_mutex_lock(&e->fake.lock);
	unsigned texts = e->fake.texts;
	pthread_mutex_unlock(&e->fake.lock);
	return texts;
}

static bool wait_for_vectors(encoding *e)
{
	for (int i = 0; i < 6000; i++, sleep_ms(10)) {
		sp_publish_state state = state_of(&e->f);
		if (!state.words_only && state.to_encode == 0)
			return true;
	}
	return false;
}

static bool wait_for_texts(encoding *e, unsigned texts)
{
	for (int i = 0; i < 6000 && texts_of(e) < texts; i++)
		sleep_ms(5);
	return texts_of(e) >= texts;
}

static bool wait_for_article(encoding *e, const char *text)
{
	for (int i = 0; i < 6000 && found(&e->f, text) != 1; i++)
		sleep_ms(10);
	return found(&e->f, text) == 1;
}

TEST(test_publish_encode_words_serve_first)
{
	encoding e;
	open_encoding(&e, 3000);
	REQUIRE(publish(&e) == SP_OK);
	CHECK(state_of(&e.f).words_only);
	CHECK_INT(texts_of(&e), 0);
	CHECK_INT(found(&e.f, "rimborso"), 1);
	REQUIRE(sp_publisher_watch(e.f.publisher, &e.f.err) == SP_OK);
	CHECK(wait_for_texts(&e, 1));
	/* Who saves an article does not wait until all vectors are made. */
	write_article(&e.f, "it/accesso/nuova.md", "Appena scritta", "", "Parla di ornitorinchi.");
	CHECK(wait_for_article(&e, "ornitorinchi"));
	CHECK(wait_for_vectors(&e));
	CHECK_HAS(e.f.notices, "made in the background");
	CHECK_INT(found(&e.f, "ornitorinchi"), 1);
	CHECK(texts_of(&e) > ARTICLES * 3);
	close_encoding(&e);
}

/* Stopped in the middle: what was made is kept. */
TEST(test_publish_encode_goes_on_where_it_was)
{
	encoding e;
	open_encoding(&e, 2000);
	REQUIRE(publish(&e) == SP_OK);
	REQUIRE(sp_publisher_watch(e.f.publisher, &e.f.err) == SP_OK);
	CHECK(wait_for_texts(&e, ARTICLES));
	close_publisher(&e.f);
	unsigned before = texts_of(&e);
	REQUIRE(publish(&e) == SP_OK);
	REQUIRE(sp_publisher_watch(e.f.publisher, &e.f.err) == SP_OK);
	CHECK(wait_for_vectors(&e));
	unsigned all = texts_of(&e);
	close_publisher(&e.f);
	/* Nothing is left to do. */
	REQUIRE(publish(&e) == SP_OK);
	CHECK(!state_of(&e.f).words_only);
	CHECK_INT(texts_of(&e), all);
	CHECK(before < all);
	close_encoding(&e);
}

TEST(test_publish_encode_that_fails_leaves_words)
{
	encoding e;
	open_encoding(&e, 0);
	e.fake.fails = SP_ERR_IO;
	REQUIRE(publish(&e) == SP_OK);
	REQUIRE(sp_publisher_watch(e.f.publisher, &e.f.err) == SP_OK);
	for (int i = 0; i < 1000; i++, sleep_ms(10)) {
		pthread_mutex_lock(&e.f.lock);
		bool told = strstr(e.f.notices, "does not feel like it") != NULL;
		pthread_mutex_unlock(&e.f.lock);
		if (told)
			break;
	}
	pthread_mutex_lock(&e.f.lock);
	CHECK_HAS(e.f.notices, "does not feel like it");
	pthread_mutex_unlock(&e.f.lock);
	CHECK(state_of(&e.f).words_only);
	CHECK_INT(found(&e.f, "rimborso"), 1);
	/* It is tried again, and comes right by itself. */
	pthread_mutex_lock(&e.fake.lock);
	e.fake.fails = SP_OK;
	pthread_mutex_unlock(&e.fake.lock);
	write_article(&e.f, "it/accesso/nuova.md", "Appena scritta", "", "Parla di ornitorinchi.");
	CHECK(wait_for_article(&e, "ornitorinchi"));
	CHECK(wait_for_vectors(&e));
	close_encoding(&e);
}

/* Whether an audience's index knows questions that no article answers. */
static bool knows_unanswered(encoding *e, int audience)
{
	publish_bed *f = &e->f;
	sp_index *index;
	sp_candidate *candidates;
	size_t count;
	sp_question_stats stats = {0};
	const char *text = "domanda numero 3";
	float vector[DIMENSIONS];
	fake_vector(SP_ENCODE_QUESTION, text, strlen(text), DIMENSIONS, vector);
	sp_ask ask = {.text = text, .len = strlen(text), .vector = vector, .lang = SP_LANG_IT, .day = TODAY, .limit = 5};
	CHECK(sp_reader_refresh(f->reader, &f->err) == SP_OK && sp_reader_index(f->reader, audience, &index, &f->err) == SP_OK &&
		  sp_index_candidates(index, f->analyser, &ask, f->arena, &candidates, &count, &stats, &f->err) == SP_OK);
	return stats.has_unanswered;
}

/* Whichever looks first, the refresh or the watch, which lets what is learned wait until nothing more is saved. */
static bool wait_for_unanswered(encoding *e, bool known)
{
	for (int i = 0; i < 1000; i++, sleep_ms(10))
		if (knows_unanswered(e, CITIZEN) == known && knows_unanswered(e, AGENT) == known)
			return true;
	return false;
}

/* Each index learns of them when they change, though no article does. */
TEST(test_publish_encode_follows_questions_without_an_answer)
{
	encoding e;
	open_encoding(&e, 0);
	REQUIRE(publish(&e) == SP_OK);
	REQUIRE(sp_publisher_watch(e.f.publisher, &e.f.err) == SP_OK);
	REQUIRE(wait_for_vectors(&e));
	CHECK(!knows_unanswered(&e, CITIZEN) && !knows_unanswered(&e, AGENT));
	write_file(e.f.kb, "labelled.jsonl", "{\"question\": \"che ore sono\", \"lang\": \"it\", \"expect\": \"ticket\", \"articles\": []}\n");
	REQUIRE(sp_publisher_refresh(e.f.publisher, false, &e.f.err) == SP_OK);
	CHECK(wait_for_unanswered(&e, true));
	/* Asked again, nothing is to be done; and an edit leaves them. */
	write_article(&e.f, "it/accesso/voce-1.md", "Voce cambiata", "", "Altro testo.");
	REQUIRE(sp_publisher_refresh(e.f.publisher, false, &e.f.err) == SP_OK);
	CHECK(wait_for_unanswered(&e, true));
	write_file(e.f.kb, "labelled.jsonl", "");
	REQUIRE(sp_publisher_refresh(e.f.publisher, false, &e.f.err) == SP_OK);
	CHECK(wait_for_unanswered(&e, false));
	close_encoding(&e);
}
