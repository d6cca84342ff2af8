/* An explanation as JSON: the same for the HTTP API and the command line. */
#include "sportello/answer.h"

#define NAME(name, text) text,
static const char *const vectors_names[] = {SP_VECTORS_LIST(NAME)};
static const char *const place_names[] = {SP_PLACES_LIST(NAME)};
static const char *const form_names[] = {SP_FORMS_LIST(NAME)};
static const char *const feature_names[] = {SP_FEATURES_LIST(NAME)};
#undef NAME
static const char *const kind_names[SP_KINDS] = {
	[SP_KIND_OFF_TOPIC] = "off-topic", [SP_KIND_CASE] = "case", [SP_KIND_PERSON] = "person", [SP_KIND_ABUSE] = "abuse",
	[SP_KIND_SMALLTALK] = "smalltalk"};

const char *sp_vectors_part_name(sp_vectors_part part)
{
	return (unsigned)part < SP_VECTORS_PARTS ? vectors_names[part] : "";
}

const char *sp_place_name(sp_place place)
{
	return (unsigned)place < SP_PLACES ? place_names[place] : "";
}

const char *sp_form_name(sp_form form)
{
	return (unsigned)form < SP_FORMS ? form_names[form] : "";
}

const char *sp_feature_name(sp_feature feature)
{
	return (unsigned)feature < SP_FEATURE_COUNT ? feature_names[feature] : "";
}

const char *sp_message_kind_name(sp_message_kind kind)
{
	return (unsigned)kind < SP_KINDS ? kind_names[kind] : "";
}

static void write_strings(sp_json *json, const char *name, const sp_strings *strings)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < strings->count; i++)
		sp_json_string(json, NULL, strings->items[i]);
	sp_json_array_end(json);
}

static void write_cues(sp_json *json, const sp_explanation *explanation)
{
	sp_json_array(json, "cues");
	for (size_t i = 0; i < explanation->cues_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "cue", explanation->cues[i].name);
		write_strings(json, "words", &explanation->cues[i].words);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_kinds(sp_json *json, const sp_question_stats *stats)
{
	if (!stats->has_vector)
		return;
	sp_json_object(json, "kinds");
	for (int kind = 0; kind < SP_KINDS; kind++)
		sp_json_number(json, sp_message_kind_name((sp_message_kind)kind), stats->kinds[kind], 3);
	sp_json_object_end(json);
	if (stats->has_unanswered)
		sp_json_number(json, "unanswered", stats->unanswered, 3);
}

static void write_words(sp_json *json, const sp_explanation *explanation)
{
	sp_json_array(json, "words");
	for (size_t i = 0; i < explanation->words_count; i++) {
		const sp_known_word *word = &explanation->words[i];
		sp_json_object(json, NULL);
		sp_json_string(json, "word", word->word);
		sp_json_string(json, "term", word->term);
		sp_json_bool(json, "known", word->is_known);
		sp_json_bool(json, "function", word->is_function);
		sp_json_bool(json, "earlier", word->start >= explanation->words_now);
		sp_json_int(json, "articles", word->articles);
		sp_json_number(json, "rarity", word->rarity, 3);
		sp_json_number(json, "weight", word->weight, 3);
		if (word->corrected)
			sp_json_string(json, "corrected", word->corrected);
		write_strings(json, "synonyms", &word->synonyms);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_matches(sp_json *json, const sp_explanation *explanation, const sp_told_candidate *told)
{
	sp_json_array(json, "words");
	for (size_t i = 0; i < told->words_count; i++) {
		const sp_word_match *match = &told->words[i];
		sp_json_object(json, NULL);
		sp_json_string(json, "word", explanation->words[match->word].word);
		sp_json_string(json, "form", sp_form_name(match->form));
		sp_json_array(json, "places");
		for (int place = 0; place < SP_PLACES; place++)
			if (match->places >> place & 1)
				sp_json_string(json, NULL, sp_place_name((sp_place)place));
		sp_json_array_end(json);
		sp_json_number(json, "weight", match->weight, 3);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_candidate(sp_json *json, const sp_explanation *explanation, const sp_told_candidate *told)
{
	const sp_candidate *candidate = told->candidate;
	sp_json_object(json, NULL);
	sp_json_string(json, "id", candidate->id);
	sp_json_string(json, "lang", sp_lang_code(candidate->lang));
	sp_json_string(json, "title", candidate->title);
	sp_json_number(json, "score", candidate->score, 4);
	sp_json_number(json, "share", told->share, 4);
	sp_json_object(json, "phrasing");
	sp_json_string(json, "text", candidate->phrase);
	sp_json_number(json, "cosine", (double)candidate->features[SP_FEATURE_PHRASE_COSINE], 4);
	sp_json_object_end(json);
	sp_json_object(json, "features");
	for (int feature = 0; feature < SP_FEATURE_COUNT; feature++)
		sp_json_number(json, sp_feature_name((sp_feature)feature), (double)candidate->features[feature], 4);
	sp_json_object_end(json);
	write_matches(json, explanation, told);
	sp_json_object_end(json);
}

void sp_explanation_write(const sp_explanation *explanation, sp_json *json, const char *name)
{
	const sp_decision *decision = explanation->decision;
	sp_json_object(json, name);
	sp_json_string(json, "why", explanation->why);
	sp_json_string(json, "reason", sp_reason_name(decision->reason));
	sp_json_number(json, "confidence", decision->confidence, 4);
	sp_json_number(json, "threshold", decision->threshold, 4);
	sp_json_number(json, "precision", explanation->precision, 3);
	sp_json_number(json, "choice_confidence", decision->choice_confidence, 4);
	sp_json_number(json, "case_score", decision->case_score, 3);
	sp_json_string(json, "vectors", sp_vectors_part_name(explanation->vectors));
	sp_json_string(json, "searched", explanation->searched);
	if (explanation->earlier)
		sp_json_string(json, "earlier", explanation->earlier);
	if (decision->corrected)
		sp_json_string(json, "corrected", decision->corrected);
	write_cues(json, explanation);
	write_kinds(json, &decision->stats);
	write_words(json, explanation);
	sp_json_array(json, "candidates");
	for (size_t i = 0; i < explanation->count; i++)
		write_candidate(json, explanation, &explanation->candidates[i]);
	sp_json_array_end(json);
	sp_json_object_end(json);
}
