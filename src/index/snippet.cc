/* The piece of an article's text that shows best why it was found. */
#include "index/shim.hh"

#include <algorithm>

/* About so many bytes of text, cut where words end. */
constexpr uint32_t SNIPPET_BYTES = 220;

namespace {

struct mark {
	uint32_t start, end;
	int bit;
	float weight;
};

struct window {
	uint32_t start, end;
};

} // namespace

static bool has_content(const spi_question *question)
{
	for (size_t i = 0; i < question->words_count; i++)
		if (!question->words[i].is_function)
			return true;
	return false;
}

static std::vector<mark> find_marks(
	sp_index *index, const spi_question *question, const spi_bytes &places, size_t len, sp_arena *arena, sp_error *err)
{
	spi_place *met = nullptr;
	size_t count = 0;
	sp_status status = spi_places_met(places, len, question, arena, &met, &count);
	if (status == SP_ERR_CORRUPT)
		spi_throw_damaged(index, err);
	spi_check(status);
	std::vector<mark> marks;
	bool only_content = has_content(question);
	for (size_t i = 0; i < count; i++) {
		const spi_word &word = question->words[question->bit_word[met[i].bit]];
		if (!word.is_function || !only_content)
			marks.push_back({met[i].start, met[i].end, met[i].bit, word.weight * question->bit_share[met[i].bit]});
	}
	return marks;
}

/* The marks that stand together and say most: each word counts once, repetitions a little. */
static window best_window(const std::vector<mark> &marks)
{
	window best = {0, 0};
	float most = 0;
	for (size_t i = 0; i < marks.size(); i++) {
		uint64_t seen = 0;
		float sum = 0;
		size_t j = i;
		for (; j < marks.size() && marks[j].end - marks[i].start <= SNIPPET_BYTES; j++) {
			sum += seen >> marks[j].bit & 1 ? marks[j].weight * 0.05f : marks[j].weight;
			seen |= uint64_t(1) << marks[j].bit;
		}
		if (j > i && sum > most) {
			most = sum;
			best = {marks[i].start, marks[j - 1].end};
		}
	}
	return best;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Text around it up to the wanted length, without cutting a word. */
static window widen(window w, const char *text, uint32_t len)
{
	uint32_t have = w.end - w.start, spare = have < SNIPPET_BYTES ? SNIPPET_BYTES - have : 0;
	uint32_t before = std::min(spare / 3, w.start);
	uint32_t start = w.start - before, end = std::min(len, w.end + (spare - before));
	while (start > 0 && start < w.start && !is_space(text[start - 1]))
		start++;
	while (end < len && end > w.end && !is_space(text[end]))
		end--;
	/* One word as long as the snippet: never in the middle of a character. */
	while (end < len && (text[end] & 0xc0) == 0x80)
		end++;
	return {start, end};
}

/* Escaped, white space folded. */
static void add_text(sp_buffer *out, const char *text, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to;) {
		uint32_t word_end = at;
		while (word_end < to && !is_space(text[word_end]))
			word_end++;
		sp_buffer_add_html(out, text + at, word_end - at);
		at = word_end;
		while (at < to && is_space(text[at]))
			at++;
		if (at > word_end)
			sp_buffer_add_char(out, ' ');
	}
}

static void render(sp_buffer *out, const char *text, uint32_t len, window w, const std::vector<mark> &marks)
{
	uint32_t at = w.start;
	if (w.start > 0)
		sp_buffer_add_text(out, "… ");
	for (const mark &m : marks) {
		if (m.start < at || m.end > w.end)
			continue;
		add_text(out, text, at, m.start);
		sp_buffer_add_text(out, "<mark>");
		add_text(out, text, m.start, m.end);
		sp_buffer_add_text(out, "</mark>");
		at = m.end;
	}
	add_text(out, text, at, w.end);
	if (w.end < len)
		sp_buffer_add_text(out, " …");
}

/* Bytes of the text that are looked at: whole characters, no blanks at the end. */
static size_t looked_at(const sp_record &record)
{
	size_t len = std::min<size_t>(record.plain_len, SPI_PLACES_TEXT_MAX);
	while (len > 0 && len < record.plain_len && (record.plain[len] & 0xc0) == 0x80)
		len--;
	while (len > 0 && is_space(record.plain[len - 1]))
		len--;
	return len;
}

const char *spi_snippet(
	sp_index *index, const spi_question *question, const sp_record &record, const spi_bytes &places, sp_arena *arena, sp_error *err)
{
	size_t len = looked_at(record);
	std::vector<mark> marks;
	if (question && question->words_count)
		marks = find_marks(index, question, places, len, arena, err);
	sp_buffer out = {};
	auto end = static_cast<uint32_t>(len);
	render(&out, record.plain, end, widen(best_window(marks), record.plain, end), marks);
	char *ret = sp_buffer_ok(&out) ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : nullptr;
	sp_buffer_release(&out);
	return spi_must(ret);
}
