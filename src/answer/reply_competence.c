/* Where another body decides: its contact (of a list only that of the one that was named), and what to write to it. */
#include "answer/compose.h"
#include "sportello/personal.h"
#include "sportello/text.h"

#include <string.h>

#define SAID_MAX 800 /* bytes of what the person said that go into a letter */
#define NAME_MAX 80

/* ---- what the person said ---- */

/* What was said about the matter: not which way to go in a procedure, thanks, or that a person is wanted. */
static bool says_something(const sp_turn *turn)
{
	return turn->question && turn->decision != SP_DECIDE_NONE && !sp_reason_is_step(turn->reason) && turn->reason != SP_REASON_PERSON &&
		turn->reason != SP_REASON_NOT_SOLVED && turn->reason != SP_REASON_NEXT_BEST;
}

/* Where the matter began: after the last answer about another category. */
static size_t beginning(const sp_dialogue *before, const char *category)
{
	size_t i = before ? before->count : 0;
	while (i > 0) {
		const sp_turn *turn = &before->turns[i - 1];
		if (turn->decision == SP_DECIDE_ANSWER && turn->category && category && strcmp(turn->category, category) != 0)
			break;
		i--;
	}
	return i;
}

/* Masked data are left out: what stands for them helps nobody. */
static void add_said(sp_buffer *out, const char *text)
{
	if (out->len > 0)
		sp_buffer_add_char(out, '\n');
	while (*text && out->len < SAID_MAX) {
		size_t mask = 0;
		for (int kind = 0; *text == '<' && kind < SP_PERSONAL_COUNT && mask == 0; kind++) {
			size_t len = strlen(sp_personal_name((sp_personal_kind)kind));
			if (strncmp(text + 1, sp_personal_name((sp_personal_kind)kind), len) == 0 && text[1 + len] == '>')
				mask = len + 2;
		}
		if (mask == 0) {
			size_t len = 1;
			while (((unsigned char)text[len] & 0xC0) == 0x80)
				len++;
			sp_buffer_add(out, text, len);
			text += len;
			continue;
		}
		text += mask;
		text += *text == ' ' && (out->len == 0 || sp_buffer_text(out)[out->len - 1] == ' ') ? 1 : 0;
	}
}

static const char *what_was_said(const spi_composing *c)
{
	const sp_decision *decision = c->decision;
	const sp_dialogue *before = decision->before;
	sp_buffer out = SP_BUFFER_INIT;
	for (size_t i = beginning(before, decision->category); before && i < before->count; i++)
		if (says_something(&before->turns[i]))
			add_said(&out, before->turns[i].question);
	if (decision->masked && decision->reason != SP_REASON_CHOSEN)
		add_said(&out, decision->masked);
	const char *said = sp_buffer_ok(&out) ? sp_arena_strndup(c->arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return said;
}

/* ---- which of a list ---- */

/* Both in normal form: whether the words stand in the text. */
static bool has_words(const char *text, const char *words)
{
	size_t len = strlen(words);
	for (const char *at = len > 0 ? strstr(text, words) : NULL; at; at = strstr(at + 1, words))
		if ((at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* A name, or what the editors say means the same. */
static bool names(const spi_composing *c, const char *said, const char *name)
{
	const char *normal = sp_text_normal_form(name, strlen(name), c->arena, NULL);
	if (normal && has_words(said, normal))
		return true;
	for (size_t i = 0; normal && i < c->config->synonyms_count; i++) {
		const sp_synonyms *same = &c->config->synonyms[i];
		bool has = false, said_one = false;
		for (size_t k = 0; k < same->count; k++)
			has |= strcmp(same->normal[k], normal) == 0;
		for (size_t k = 0; has && k < same->count; k++)
			said_one |= has_words(said, same->normal[k]);
		if (said_one)
			return true;
	}
	return false;
}

/* "- **Register (SpidItalia)**: …": either of the two names. */
static bool is_named(const spi_composing *c, const char *said, const char *line, size_t len)
{
	char name[NAME_MAX];
	const char *end = len > 4 && memcmp(line, "- **", 4) == 0 ? memchr(line + 4, '*', len - 4) : NULL;
	if (!end || end - line - 4 >= NAME_MAX)
		return false;
	memcpy(name, line + 4, (size_t)(end - line - 4));
	name[end - line - 4] = '\0';
	char *other = strchr(name, '(');
	if (other) {
		*other++ = '\0';
		other[strcspn(other, ")")] = '\0';
	}
	for (size_t i = strlen(name); i > 0 && name[i - 1] == ' '; i--)
		name[i - 1] = '\0';
	return names(c, said, name) || (other && names(c, said, other));
}

static size_t line_length(const char *at)
{
	size_t len = strcspn(at, "\n");
	return at[len] == '\n' ? len + 1 : len;
}

/* A list's items that were named, where there are some; all else as it is. */
static const char *choose(const spi_composing *c, const char *contact, const char *said)
{
	sp_buffer out = SP_BUFFER_INIT;
	const char *normal = sp_text_normal_form(said, strlen(said), c->arena, NULL);
	bool any = false;
	for (const char *at = contact; normal && *at; at += line_length(at))
		any |= is_named(c, normal, at, line_length(at));
	for (const char *at = contact; any && *at; at += line_length(at))
		if (strncmp(at, "- **", 4) != 0 || is_named(c, normal, at, line_length(at)))
			sp_buffer_add(&out, at, line_length(at));
	const char *chosen = any && sp_buffer_ok(&out) ? sp_arena_strndup(c->arena, sp_buffer_text(&out), out.len) : contact;
	sp_buffer_release(&out);
	return chosen;
}

/* ---- the letter ---- */

static sp_status write_letter(spi_composing *c, const sp_body *body, const char *said)
{
	static const char place[] = "{said}";
	const char *text = sp_texts_get(&body->letter, c->decision->lang), *at = strstr(text, place);
	sp_letter *letter = *text ? sp_arena_alloc(c->arena, sizeof *letter) : NULL;
	if (!*text)
		return SP_OK;
	if (!letter)
		return SP_ERR_NOMEM;
	letter->to = sp_texts_get(&body->name, c->decision->lang);
	letter->text = at ? sp_arena_printf(c->arena, "%.*s%s%s", (int)(at - text), text, said, at + sizeof place - 1) : text;
	c->reply->letter = letter;
	return letter->text ? SP_OK : SP_ERR_NOMEM;
}

sp_status spi_compose_competence(spi_composing *c, const sp_record *article)
{
	int number = *article->competence ? sp_kb_body(c->config, article->competence) : -1;
	if (number < 0)
		return SP_OK;
	const sp_body *body = &c->config->bodies[number];
	const char *contact = sp_texts_get(&body->contact, c->decision->lang), *said = what_was_said(c);
	if (!said || !(contact = choose(c, contact, said)))
		return SP_ERR_NOMEM;
	sp_status status = *contact ? spi_compose_markdown(c, contact) : SP_OK;
	return status == SP_OK ? write_letter(c, body, said) : status;
}
