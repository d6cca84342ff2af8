/* The explanation of a decision on the terminal; what the numbers mean: sportello help ask. */
#include "cmd/explain.h"

#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

/* A text of the catalogue whose key ends with a name: "explain.place." and "title". */
static const char *say_name(const char *prefix, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "%s%s", prefix, name);
	return spi_say(key);
}

static void print_list(const sp_strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		printf("%s%s", i ? ", " : "", strings->items[i]);
}

static void print_decision(const sp_explanation *x)
{
	const sp_decision *decision = x->decision;
	printf("\n%s\n", x->why);
	printf("  %s: %.3f\n", spi_say("explain.confidence"), decision->confidence);
	printf("  %s: %.3f (%s: %.2f)\n", spi_say("explain.threshold"), decision->threshold, spi_say("explain.precision"),
		x->precision);
	printf("  %s: %.3f\n", spi_say("explain.choices"), decision->choice_confidence);
	printf("  %s: %.2f\n", spi_say("explain.case"), decision->case_score);
	printf("  %s: %s\n", spi_say("explain.vectors"), say_name("explain.vectors.", sp_vectors_part_name(x->vectors)));
	if (decision->corrected)
		printf("  %s: %s\n", spi_say("explain.corrected"), decision->corrected);
	const double *kinds = decision->stats.kinds;
	for (int kind = 0; decision->stats.has_vector && kind < SP_KINDS; kind++)
		printf("  %s: %s %+.2f\n", spi_say("explain.kind"), sp_message_kind_name((sp_message_kind)kind), kinds[kind]);
	if (decision->stats.has_unanswered)
		printf("  %s: %+.2f\n", spi_say("explain.unanswered"), decision->stats.unanswered);
	for (size_t i = 0; i < x->cues_count; i++) {
		printf("  %s: %s (", spi_say("explain.cue"), x->cues[i].name);
		print_list(&x->cues[i].words);
		printf(")\n");
	}
}

static void print_words(const sp_explanation *x)
{
	if (x->words_count > 0)
		printf("\n%s\n", spi_say("explain.words"));
	for (size_t i = 0; i < x->words_count; i++) {
		const sp_known_word *word = &x->words[i];
		printf("  %6.2f  %s (%s: %u)", word->weight, word->word, spi_say("explain.articles"), word->articles);
		if (word->is_function)
			printf("; %s", spi_say("explain.function"));
		if (!word->is_known)
			printf("; %s", spi_say("explain.unknown"));
		if (word->corrected)
			printf("; %s: %s", spi_say("explain.form.corrected"), word->corrected);
		if (word->synonyms.count > 0) {
			printf("; %s: ", spi_say("explain.form.synonym"));
			print_list(&word->synonyms);
		}
		printf("\n");
	}
}

static void print_match(const sp_explanation *x, const sp_word_match *match)
{
	printf("     %6.2f  %s:", match->weight, x->words[match->word].word);
	for (int place = 0, count = 0; place < SP_PLACES; place++)
		if (match->places >> place & 1)
			printf("%s%s", count++ ? ", " : " ", say_name("explain.place.", sp_place_name((sp_place)place)));
	if (match->form != SP_FORM_TYPED)
		printf(" (%s)", say_name("explain.form.", sp_form_name(match->form)));
	printf("\n");
}

static void print_features(const sp_candidate *candidate)
{
	printf("     ");
	for (int feature = 0, count = 0; feature < SP_FEATURE_COUNT; feature++)
		if (candidate->features[feature] != 0.0F)
			printf("%s%s %.2f", count++ ? ", " : "", sp_feature_name((sp_feature)feature), (double)candidate->features[feature]);
	printf("\n");
}

void spi_print_explanation(const sp_explanation *x)
{
	print_decision(x);
	print_words(x);
	printf("\n%s\n", spi_say(x->count > 0 ? "explain.candidates" : "explain.no-candidates"));
	for (size_t i = 0; i < x->count; i++) {
		const sp_candidate *candidate = x->candidates[i].candidate;
		printf("  %zu. %s (%s)\n", i + 1, candidate->title, candidate->id);
		printf("     %s %.2f, %s %.0f %%\n", spi_say("explain.score"), candidate->score, spi_say("explain.share"),
			100 * x->candidates[i].share);
		printf("     %s: \"%s\" (%s %.2f)\n", spi_say("explain.phrasing"), candidate->phrase, spi_say("explain.cosine"),
			(double)candidate->features[SP_FEATURE_PHRASE_COSINE]);
		print_features(candidate);
		for (size_t w = 0; w < x->candidates[i].words_count; w++)
			print_match(x, &x->candidates[i].words[w]);
	}
}
