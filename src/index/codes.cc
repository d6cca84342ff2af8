/* Error codes in a message: people type them in small letters, with blanks for underscores, or paste a whole log. */
#include "index/shim.hh"

#include <algorithm>
#include <iterator>

constexpr size_t PARTS_MAX = 8;
constexpr size_t JOINED_LEAST = 3; /* characters of a code that is written without what stands between its parts */
constexpr size_t SLIP_LEAST = 8; /* characters of a code that is looked for with a slip in it; */
constexpr size_t SLIP_TWO = 12;  /* with two */
constexpr size_t PARTS_PLAIN = 3; /* so many words that are a code together are meant as one, however they are written */

/* Most words of a message begin none, and a look into the database for each, and for what it may be part of, takes longer than all of them. */
const std::vector<std::string> &sp_index::known_codes()
{
	if (!codes_known) {
		codes.assign(db.allterms_begin("K"), db.allterms_end("K"));
		codes_known = true;
	}
	return codes;
}

static bool is_named(sp_index *index, const std::string &term)
{
	const std::vector<std::string> &codes = index->known_codes();
	return term.size() > 1 && std::binary_search(codes.begin(), codes.end(), term);
}

/* One character, or none, is all that stands between them. */
static bool is_next(const sp_token &token, const sp_token &next)
{
	return next.start >= token.end && next.start - token.end <= 1;
}

/* Written in capitals, or with something else than blanks between: not words of a sentence by chance. */
static bool is_written_as_code(const spi_ask &ask, const sp_token &first, const sp_token &last)
{
	bool is_upper = true, has_blank = false;
	for (size_t i = first.start; i < last.end && i < ask.len; i++) {
		is_upper = is_upper && !(ask.text[i] >= 'a' && ask.text[i] <= 'z');
		has_blank = has_blank || ask.text[i] == ' ';
	}
	return is_upper || !has_blank || first.kind == SP_TOKEN_CODE;
}

/* The longest code that begins with a token; how many tokens it is. */
static size_t code_at(sp_index *index, const spi_ask &ask, const sp_tokens &tokens, size_t from, std::string *ret)
{
	std::string term = "K";
	size_t found = 0;
	for (size_t i = from; i < tokens.count && i < from + PARTS_MAX; i++) {
		const sp_token &token = tokens.items[i];
		if (token.kind == SP_TOKEN_PERSONAL || (i > from && !is_next(tokens.items[i - 1], token)))
			break;
		std::string part(token.plain, token.plain_len), glued = term + part;
		size_t parts = i - from + 1;
		bool is_number = parts == 2 && token.kind == SP_TOKEN_NUMBER; /* "nr 19" */
		term += (i > from ? "_" : "") + part;
		bool is_meant = parts == 1 ? !token.is_function_word :
			parts >= PARTS_PLAIN || is_written_as_code(ask, tokens.items[from], token);
		if (is_meant && is_named(index, term))
			*ret = term, found = parts;
		else if (is_number && is_named(index, glued))
			*ret = glued, found = parts;
	}
	return found;
}

/* A slip in a code ("PPT_SISTEM_ERROR"): the only one that is so near and begins with the same part; "" = none. */
static std::string meant_code(sp_index *index, const sp_token &token)
{
	std::string typed(token.plain, token.plain_len), best;
	size_t part = typed.find('_');
	if (token.kind != SP_TOKEN_CODE || part == std::string::npos || typed.size() < SLIP_LEAST || typed.size() > SPI_TERM_MAX)
		return best;
	std::string begin = "K" + typed.substr(0, part + 1);
	int nearest = typed.size() >= SLIP_TWO ? 3 : 2;
	const std::vector<std::string> &codes = index->known_codes();
	for (auto it = std::lower_bound(codes.begin(), codes.end(), begin); it != codes.end() && it->compare(0, begin.size(), begin) == 0; ++it) {
		const std::string &term = *it;
		int edits = sp_text_edit_distance(typed.data(), typed.size(), term.data() + 1, term.size() - 1, nearest);
		if (edits < nearest)
			best = term, nearest = edits;
		else if (edits == nearest)
			best.clear();
	}
	return best;
}

static std::string without_strokes(const std::string &term)
{
	std::string plain;
	std::copy_if(term.begin(), term.end(), std::back_inserter(plain), [](char c) { return c != '_'; });
	return plain;
}

/* "e42" for E-42, "paa123" for PAA_123: the only code with the same letters and digits; "" = none. */
static std::string joined_code(sp_index *index, const sp_token &token)
{
	const std::string typed = "K" + std::string(token.plain, token.plain_len);
	std::string found;
	const bool has_letter = token.plain[0] >= 'a' && token.plain[0] <= 'z';
	if (!has_letter || typed.size() < 1 + JOINED_LEAST || typed.find_first_of("0123456789") == std::string::npos || token.kind == SP_TOKEN_PERSONAL)
		return found;
	for (const std::string &term : index->known_codes()) {
		if (term.size() <= typed.size() || term.compare(0, 2, typed, 0, 2) != 0 || without_strokes(term) != typed)
			continue;
		if (!found.empty())
			return "";
		found = term;
	}
	return found;
}

/* A code in an address ("https://x.it/?err=PAA_X&y=1"), which is one token: only what looks like nothing but a code; "" = none. */
static std::string code_in_address(sp_index *index, const sp_token &token)
{
	std::string part;
	bool has_letter = false, has_digit = false, has_stroke = false;
	if (token.kind != SP_TOKEN_CODE)
		return part;
	for (size_t i = 0; i <= token.plain_len; i++) {
		const char c = i < token.plain_len ? token.plain[i] : '\0';
		const bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		if (letter || digit || c == '_') {
			has_letter |= letter, has_digit |= digit, has_stroke |= c == '_';
			part += c;
			continue;
		}
		if (part.size() < token.plain_len && has_letter && (has_digit || has_stroke) && is_named(index, "K" + part))
			return "K" + part;
		part.clear();
		has_letter = has_digit = has_stroke = false;
	}
	return "";
}

std::vector<std::string> spi_codes_named(sp_index *index, const spi_ask &ask, const spi_asked &asked)
{
	std::vector<std::string> codes;
	for (size_t i = 0; i < asked.tokens.count;) {
		std::string code;
		size_t count = code_at(index, ask, asked.tokens, i, &code);
		const sp_token &token = asked.tokens.items[i];
		if (count == 0 && (code = code_in_address(index, token)).empty() && (code = joined_code(index, token)).empty())
			code = meant_code(index, token);
		if (count == 0 && !code.empty())
			count = 1;
		if (count > 0 && std::find(codes.begin(), codes.end(), code) == codes.end())
			codes.push_back(code);
		i += std::max<size_t>(count, 1);
	}
	return codes;
}
