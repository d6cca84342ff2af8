/* What the draft answers: the responder over an index that holds drafts as if they were published. */
#include "http/editor.h"

#include "sportello/answer.h"
#include "sportello/catalog.h"

#include <string.h>

static const char *percent(const spi_request *request, double share)
{
	return sp_arena_printf(request->arena, "%.0f", 100 * (share < 0 ? 0 : share > 1 ? 1 : share));
}

static const char *text_of(const spi_request *request, const char *prefix, const char *name)
{
	return spi_page_text(request, sp_arena_printf(request->arena, "%s%s", prefix, name));
}

/* Its title as a link; whether it is a draft, and the one that is looked at. */
static void put_article(const spi_request *request, spi_value *into, const char *id, const char *title, sp_lang lang)
{
	const spi_editor *e = request->editor;
	const sp_bench_article *row = sp_bench_find(e->bench, id, lang);
	spi_put_text(into, "title", title);
	spi_put_text(into, "url", spi_editor_url(request, id, lang, e->turn.message));
	spi_put_bool(into, "draft", row && row->status == SP_STATUS_DRAFT && !row->is_waiting);
	spi_put_bool(into, "waiting", row && row->is_waiting);
	spi_put_bool(into, "this_one", e->row && strcmp(e->row->id, id) == 0);
	if (lang != request->lang)
		spi_put_text(into, "other_lang", sp_lang_code(lang));
}

static void put_words(const spi_request *request, spi_value *into, const sp_explanation *x, const sp_told_candidate *told)
{
	spi_value *list = spi_put_list(into, "words");
	spi_put_bool(into, "has_words", told->words_count > 0);
	for (size_t i = 0; i < told->words_count; i++) {
		const sp_word_match *match = &told->words[i];
		if (x->words[match->word].is_function)
			continue;
		sp_buffer places = SP_BUFFER_INIT;
		for (int place = 0; place < SP_PLACES; place++)
			if (match->places >> place & 1)
				sp_buffer_printf(&places, "%s%s", places.len ? ", " : "", text_of(request, "explain.place.", sp_place_name((sp_place)place)));
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "word", x->words[match->word].word);
		spi_put_text(item, "places", sp_arena_strdup(request->arena, sp_buffer_text(&places)));
		if (match->form != SP_FORM_TYPED)
			spi_put_text(item, "form", text_of(request, "explain.form.", sp_form_name(match->form)));
		sp_buffer_release(&places);
	}
}

static void put_candidates(const spi_request *request, spi_value *answer, const sp_explanation *x)
{
	spi_value *list = spi_put_list(answer, "candidates");
	spi_put_bool(answer, "has_candidates", x->count > 0);
	for (size_t i = 0; i < x->count; i++) {
		const sp_told_candidate *told = &x->candidates[i];
		spi_value *item = spi_list_add(list);
		put_article(request, item, told->candidate->id, told->candidate->title, told->candidate->lang);
		spi_put_text(item, "share", percent(request, told->share));
		spi_put_text(item, "phrase", told->candidate->phrase);
		put_words(request, item, x, told);
	}
}

static void put_unknown_words(const spi_request *request, spi_value *answer, const sp_explanation *x)
{
	sp_buffer words = SP_BUFFER_INIT;
	for (size_t i = 0; i < x->words_count; i++)
		if (!x->words[i].is_known && !x->words[i].is_function)
			sp_buffer_printf(&words, "%s%s", words.len ? ", " : "", x->words[i].word);
	spi_put_text(answer, "unknown_words", sp_arena_strdup(request->arena, sp_buffer_text(&words)));
	sp_buffer_release(&words);
}

static void put_decision(const spi_request *request, spi_value *answer)
{
	const spi_turn *turn = &request->editor->turn;
	const sp_decision *decision = &turn->decision;
	spi_put_text(answer, "decision", sp_decision_name(decision->kind));
	spi_put_text(answer, "decision_name", text_of(request, "editor.decision.", sp_decision_name(decision->kind)));
	spi_put_text(answer, "confidence", percent(request, decision->confidence));
	spi_put_text(answer, "threshold", percent(request, decision->threshold));
	if (turn->reply.article)
		put_article(request, spi_put_object(answer, "article"), turn->reply.article->id, turn->reply.article->title, turn->reply.article->lang);
	spi_value *choices = spi_put_list(answer, "choices");
	spi_put_bool(answer, "has_choices", turn->reply.choices_count > 0);
	for (size_t i = 0; i < turn->reply.choices_count; i++)
		spi_put_text(spi_list_add(choices), "label", turn->reply.choices[i].label);
	size_t len;
	const char *html = spi_editor_links(request, turn->reply.html, turn->reply.html_len, &len);
	spi_put_len(answer, "html", html ? html : "", len);
	if (turn->reply.lang != request->lang)
		spi_put_text(answer, "reply_lang", sp_lang_code(turn->reply.lang));
}

sp_status spi_editor_put_answer(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	const spi_turn *turn = &request->editor->turn;
	const sp_bench *bench = request->editor->bench;
	sp_explanation x;
	spi_put_bool(page, "words_only", bench->words_only);
	spi_put_bool(page, "encoding", bench->words_only && bench->encoding);
	if (!turn->message[0])
		return SP_OK;
	sp_question question = {.text = turn->message, .len = turn->message_len, .lang = turn->lang, .day = request->day};
	sp_status status = sp_explain(request->worker->responder, index, request->config, &question, &turn->decision, request->lang,
		request->arena, &x, err);
	if (status != SP_OK)
		return status;
	spi_value *answer = spi_put_object(page, "answer");
	put_decision(request, answer);
	spi_put_text(answer, "why", x.why);
	put_candidates(request, answer, &x);
	put_unknown_words(request, answer, &x);
	return SP_OK;
}
