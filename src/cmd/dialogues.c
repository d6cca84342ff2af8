#include "cmd/dialogues.h"

#include "cmd/lines.h"

#include <string.h>

typedef struct playing {
	spi_session *session;
	const sp_kb_config *config;
	const char *path, *id;
	int line;
	sp_lang lang;
	sp_arena *arena;
	FILE *wrong;
	spi_dialogue_score *score;
	sp_turn turns[SP_DIALOGUE_MAX];
	size_t count;
	const sp_walk *walk, *earlier;
} playing;

static void remember(playing *p, sp_turn turn)
{
	if (p->count == SP_DIALOGUE_MAX)
		memmove(p->turns, p->turns + 1, --p->count * sizeof *p->turns);
	p->turns[p->count++] = turn;
}

static sp_turn turn_of(const sp_decision *decision, sp_arena *arena)
{
	sp_turn turn = {.question = decision->masked, .decision = decision->kind, .reason = decision->reason, .lang = decision->lang,
		.category = decision->category,
		.step = decision->kind == SP_DECIDE_ANSWER && decision->walk && decision->walk->state != SP_WALK_FAILED ? decision->walk->step : NULL,
		.article = decision->kind == SP_DECIDE_ANSWER ? decision->candidates[0].id : NULL};
	turn.offered.items = sp_arena_calloc(arena, decision->choices + 1, sizeof *turn.offered.items);
	for (size_t i = 0; turn.offered.items && i < decision->choices; i++)
		turn.offered.items[turn.offered.count++] = decision->candidates[i].id;
	return turn;
}

static bool is_among(const char *id, const sp_strings *articles)
{
	for (size_t i = 0; i < articles->count; i++)
		if (strcmp(id, articles->items[i]) == 0)
			return true;
	return false;
}

static void judge(playing *p, const char *say, const char *expect, const sp_strings *articles, const sp_decision *decision)
{
	bool decided = sp_decision_of(expect) == decision->kind;
	bool right = decided && (decision->kind != SP_DECIDE_ANSWER || is_among(decision->candidates[0].id, articles));
	p->score->turns++;
	p->score->decided += decided;
	p->score->right += right;
	if (!right && p->wrong)
		fprintf(p->wrong, "%s.%zu\t%s\t%s (%s, %.2f) %s\t%s\n", p->id, p->count, expect, sp_decision_name(decision->kind),
			sp_reason_name(decision->reason), decision->confidence, decision->count ? decision->candidates[0].id : "-", say);
}

static sp_status play_turn(playing *p, json_t *object, sp_error *err)
{
	const char *say, *expect;
	sp_strings articles;
	sp_decision decision;
	sp_status status = spi_line_text(object, "say", true, p->path, p->line, p->arena, &say, err);
	if (status == SP_OK)
		status = spi_line_text(object, "expect", true, p->path, p->line, p->arena, &expect, err);
	if (status == SP_OK)
		status = spi_line_texts(object, "articles", p->path, p->line, p->arena, &articles, err);
	if (status != SP_OK)
		return status;
	sp_dialogue dialogue = {.turns = p->turns, .count = p->count, .walk = p->walk, .earlier = p->earlier};
	sp_question question = {.text = say, .len = strlen(say), .lang = p->lang, .day = p->session->day, .dialogue = &dialogue,
		.walk = true, .talks = true};
	status = sp_decide(p->session->responder, p->session->index, p->config, &question, p->arena, &decision, err);
	if (status != SP_OK)
		return status;
	judge(p, say, expect, &articles, &decision);
	remember(p, turn_of(&decision, p->arena));
	if (decision.walk) {
		bool in_between = p->walk && p->walk->state == SP_WALK_GOING && strcmp(p->walk->article, decision.walk->article) != 0;
		p->earlier = in_between ? p->walk : p->earlier;
		p->walk = decision.walk;
	}
	return SP_OK;
}

sp_status spi_dialogue_play(spi_session *session, const sp_kb_config *config, json_t *object, const char *path, int line,
	sp_arena *arena, FILE *wrong, spi_dialogue_score *score, sp_error *err)
{
	playing p = {.session = session, .config = config, .path = path, .line = line, .arena = arena, .wrong = wrong, .score = score};
	const char *lang;
	sp_status status = spi_line_text(object, "id", true, path, line, arena, &p.id, err);
	if (status == SP_OK)
		status = spi_line_text(object, "lang", false, path, line, arena, &lang, err);
	if (status != SP_OK)
		return status;
	p.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	json_t *turns = json_object_get(object, "turns");
	if (!json_is_array(turns))
		return sp_error_set(err, SP_ERR_INVALID, path, line, "\"turns\" must be a list");
	score->dialogues++;
	for (size_t i = 0; i < json_array_size(turns) && status == SP_OK; i++) {
		json_t *turn = json_array_get(turns, i);
		status = json_is_object(turn) ? play_turn(&p, turn, err) :
			sp_error_set(err, SP_ERR_INVALID, path, line, "each turn must be an object");
	}
	return status;
}
