/* Gaps as JSON. */
#include "base/clock.h"
#include "sportello/gaps.h"

#include <stdio.h>

static void json_time(sp_json *json, const char *name, int64_t utc_s)
{
	char text[32];
	spi_rfc3339(utc_s, text);
	sp_json_string(json, name, text);
}

static void json_texts(sp_json *json, const char *name, const sp_strings *texts)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < texts->count; i++)
		sp_json_string(json, NULL, texts->items[i]);
	sp_json_array_end(json);
}

static void json_article(sp_json *json, const char *name, const sp_gap_article *article, const double *near)
{
	if (!article->id)
		return;
	sp_json_object(json, name);
	sp_json_string(json, "id", article->id);
	sp_json_string(json, "title", article->title);
	sp_json_string(json, "lang", sp_lang_code(article->lang));
	if (near)
		sp_json_number(json, "confidence", *near, 4);
	sp_json_object_end(json);
}

static void json_counts(sp_json *json, const sp_topic *topic)
{
	char month[16];
	sp_json_array(json, "months");
	for (size_t i = 0; i < topic->months_count; i++) {
		snprintf(month, sizeof month, "%04d-%02d", topic->months[i].key / 100, topic->months[i].key % 100);
		sp_json_object(json, NULL);
		sp_json_string(json, "month", month);
		sp_json_int(json, "conversations", topic->months[i].conversations);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	sp_json_array(json, "reasons");
	for (size_t i = 0; i < topic->reasons_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "reason", sp_reason_name((sp_reason)topic->reasons[i].key));
		sp_json_int(json, "conversations", topic->reasons[i].conversations);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_effect(sp_json *json, double a_month, double effect)
{
	sp_json_number(json, "a_month", a_month, 2);
	sp_json_number(json, "effect_a_month", effect, 2);
}

static void json_topics(sp_json *json, const sp_gaps *gaps)
{
	sp_json_array(json, "topics");
	for (size_t i = 0; i < gaps->topics_count; i++) {
		const sp_topic *topic = &gaps->topics[i];
		sp_json_object(json, NULL);
		sp_json_string(json, "id", topic->id);
		sp_json_string(json, "name", topic->name);
		json_texts(json, "words", &topic->words);
		sp_json_string(json, "lang", sp_lang_code(topic->lang));
		sp_json_string(json, "audience", topic->audience);
		sp_json_int(json, "conversations", topic->conversations);
		sp_json_int(json, "lost", topic->lost);
		json_texts(json, "examples", &topic->examples);
		json_counts(json, topic);
		json_article(json, "nearest", &topic->nearest, &topic->near);
		json_effect(json, topic->a_month, topic->effect);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_unsolving(sp_json *json, const sp_gaps *gaps)
{
	sp_json_array(json, "not_solving");
	for (size_t i = 0; i < gaps->unsolving_count; i++) {
		const sp_unsolving *row = &gaps->unsolving[i];
		sp_json_object(json, NULL);
		json_article(json, "article", &row->article, NULL);
		sp_json_string(json, "audience", row->audience);
		sp_json_int(json, "shown", row->shown);
		sp_json_int(json, "failed", row->failed);
		sp_json_int(json, "said_no", row->no);
		sp_json_int(json, "tickets", row->tickets);
		sp_json_int(json, "returned", row->returned);
		sp_json_number(json, "failed_at_least", row->low, 4);
		json_effect(json, row->a_month, row->effect);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_wrong(sp_json *json, const sp_gaps *gaps)
{
	sp_json_array(json, "wrong_article");
	for (size_t i = 0; i < gaps->wrong_count; i++) {
		const sp_wrong *row = &gaps->wrong[i];
		sp_json_object(json, NULL);
		json_article(json, "shown", &row->shown, NULL);
		json_article(json, "solved", &row->solved, NULL);
		sp_json_string(json, "audience", row->audience);
		sp_json_int(json, "by_person", row->by_person);
		sp_json_int(json, "by_agent", row->by_agent);
		json_texts(json, "examples", &row->examples);
		json_effect(json, row->a_month, row->effect);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_words(sp_json *json, const sp_gaps *gaps)
{
	sp_json_array(json, "missing_words");
	for (size_t i = 0; i < gaps->words_count; i++) {
		const sp_missing_word *row = &gaps->words[i];
		sp_json_object(json, NULL);
		sp_json_string(json, "word", row->word);
		sp_json_string(json, "lang", sp_lang_code(row->lang));
		sp_json_string(json, "audience", row->audience);
		sp_json_int(json, "times", row->times);
		sp_json_int(json, "conversations", row->conversations);
		sp_json_int(json, "lost", row->lost);
		json_effect(json, row->a_month, row->effect);
		if (row->known) {
			sp_json_string(json, "known", row->known);
			sp_json_string(json, "known_by", row->by_meaning ? "meaning" : "letters");
		}
		if (row->example)
			sp_json_string(json, "example", row->example);
		json_article(json, "nearest", &row->nearest, NULL);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

void sp_gaps_json(const sp_gaps *gaps, sp_json *json)
{
	sp_json_object(json, NULL);
	json_time(json, "from", gaps->from_utc_s);
	json_time(json, "until", gaps->until_utc_s);
	sp_json_number(json, "months", gaps->months, 3);
	sp_json_int(json, "conversations", gaps->conversations);
	sp_json_int(json, "lost", gaps->lost);
	sp_json_int(json, "answered", gaps->answered);
	sp_json_number(json, "solved_share", gaps->solved_share, 4);
	sp_json_int(json, "unanswered", gaps->unanswered);
	sp_json_int(json, "in_topics", gaps->in_topics);
	sp_json_int(json, "passed_over", gaps->passed_over);
	sp_json_string(json, "grouped_by", gaps->by_vectors ? "words and meaning" : "words");
	json_topics(json, gaps);
	json_unsolving(json, gaps);
	json_wrong(json, gaps);
	json_words(json, gaps);
	sp_json_object_end(json);
}
