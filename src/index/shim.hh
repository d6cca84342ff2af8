/* Private to the C++ files of the index: the handles, and the guard that no exception passes.

   Rules: every extern "C" function does its work inside spi_guard(), which is noexcept (or spi_reading(), which also
   takes care of an index that changed underneath); no Xapian object leaves these files; what is returned is plain C
   memory of the caller's arena. */
#ifndef INDEX_SHIM_HH
#define INDEX_SHIM_HH

#include "index/features.h"
#include "index/finds.hh"
#include "index/match.hh"
#include "index/meaning.h"
#include "index/word_places.h"
#include "index/schema.h"
#include "index/stems.hh"
#include "index/synonyms.h"
#include "index/wording.h"
#include "sportello/index.h"

#include <string>
#include <unordered_map>
#include <vector>

#include <xapian.h>

/* How often a search is run again because the index changed underneath. */
constexpr int SPI_TRIES = 3;

/* A failure of our own on its way to the guard; the detail is already noted. */
struct spi_failure {
	sp_status status;
};

/* Turn the exception that is being handled into a status; called in a catch block. */
sp_status spi_status_of_exception(sp_error *err, const char *source) noexcept;

template <typename F> sp_status spi_guard(sp_error *err, const char *source, F &&work) noexcept
{
	try {
		return work();
	} catch (...) {
		return spi_status_of_exception(err, source);
	}
}

/* Rarity of stems, found by their hash: what a card needs, without asking Xapian again for every article. */
class spi_weights
{
  public:
	void clear();
	/* NULL when it is not known yet. */
	const float *find(uint32_t hash) const;
	void add(uint32_t hash, float weight);

  private:
	struct entry {
		uint32_t hash;
		float weight;
	};
	std::vector<entry> table; /* hash 0 = free; at most half full */
	size_t count = 0;
	void grow();
};

struct spi_limited {
	Xapian::docid docid;
	sp_date from, until;
};

/* A notice, and when it is in force. */
struct spi_notice {
	Xapian::docid docid;
	int64_t starts_utc_s, ends_utc_s; /* 0 = open */
	sp_lang lang;
	std::string id;
	bool is_in_force(int64_t now_utc_s) const
	{
		return starts_utc_s <= now_utc_s && (!ends_utc_s || now_utc_s < ends_utc_s);
	}
};

/* What filters and facets ask of a document, so that thousands are looked at without Xapian. Few differ in more than their days: what does
   not depend on these is asked of a kind of them. */
constexpr uint32_t SPI_NO_KIND = UINT32_MAX;
struct spi_facts {
	sp_date from = 0, until = 0; /* 0 = no limit */
	uint32_t kind = SPI_NO_KIND; /* SPI_NO_KIND: there is no such document */
};
struct spi_kind {
	sp_audiences readers = 0;
	uint16_t category = 0; /* number in categories */
	uint8_t type = 0, lang = 0;
	bool is_ended = false;
};
struct spi_all_facts {
	std::vector<spi_facts> documents; /* by number */
	std::vector<spi_kind> kinds;
	std::vector<std::string> categories;
};

/* The documents of one article, by language; 0 = there is none. */
struct spi_versions {
	Xapian::docid docids[SP_LANG_COUNT] = {};
};

/* A card that was read, taken apart; its stems are told by number. */
struct spi_known_card {
	std::string bytes;
	spi_card card = {};			/* borrows bytes */
	std::vector<uint32_t> stems; /* numbers of its stems in sp_index.stems */
	spi_phrases *phrases = nullptr;

	spi_known_card() = default;
	spi_known_card(const spi_known_card &) = delete;
	spi_known_card &operator=(const spi_known_card &) = delete;
	~spi_known_card()
	{
		spi_phrases_free(phrases);
	}
	size_t size() const;
};

struct sp_index {
	std::string folder, encoder;
	Xapian::Database db;
	uint32_t count = 0;
	double documents = 0; /* count, for rarity */
	uint64_t state = 0; /* no other index, and not this one of another revision, has the same */
	bool is_lost = false; /* what is kept is of a revision that is gone: to be looked at anew before anything is read */
	/* All below belongs to one revision of the database and is emptied when that changes. */
	spi_weights weights;
	std::unordered_map<std::string, Xapian::doccount> frequencies; /* of terms that were asked for */
	std::unordered_map<std::string, std::string> suggestions;	   /* of unknown words; "" = none */
	std::unordered_map<std::string, bool> spelled;				   /* words that were looked for in the dictionary */
	/* As they are stored, as unpacking takes long; of hits only what a search tells. */
	spi_kept<Xapian::docid, std::string> records, hits;
	std::unordered_map<Xapian::docid, spi_known_card> cards;
	size_t cards_bytes = 0;
	spi_stems stems;
	spi_matcher matcher;
	spi_finds finds;
	bool limited_known = false, hidden_known = false, synonyms_known = false, notices_known = false, codes_known = false;
	std::vector<std::string> codes; /* terms of all codes that articles explain; sorted */
	std::vector<spi_notice> notices;   /* by number */
	std::vector<spi_limited> limited;  /* documents that are not valid on all days, by number */
	int64_t moment_utc_s = 0; /* that is asked about; 0 = a whole day. Not of one revision */
	bool off_known = false;
	std::vector<Xapian::docid> off; /* notices that are not in force at moments from off_since up to off_until; sorted */
	int64_t off_since = 0, off_until = 0;
	std::vector<Xapian::docid> hidden; /* those that are not valid on hidden_day */
	sp_date hidden_day = 0;
	bool versions_known = false, untranslated_known = false;
	bool facts_known = false;
	spi_all_facts facts;
	std::unordered_map<std::string, std::vector<std::string>> begun; /* terms that a beginning may become */
	bool solvers_known = false;
	uint64_t solvers_number = 0; /* of those known */
	std::vector<std::pair<Xapian::docid, uint32_t>> solvers; /* tickets solved, by document */
	std::vector<spi_versions> versions; /* of each article; empty where all are in one language */
	std::vector<Xapian::docid> untranslated; /* of untranslated_lang and untranslated_day */
	sp_lang untranslated_lang = SP_LANG_NONE;
	sp_date untranslated_day = 0;
	sp_arena *synonyms_arena = nullptr;
	spi_synonym_groups synonyms = {nullptr, 0};
	spi_meaning *meaning = nullptr; /* NULL = words only */
	spi_wording *wording = nullptr; /* NULL = articles have too few phrasings to learn from */
	spi_wording_asked wording_asked; /* the question that documents are held against */

	sp_index();
	~sp_index();
	/* The database's present revision is the one to be read from now on. */
	void renew(sp_error *err);
	const std::vector<std::string> &known_codes();
	void ask_about(int64_t moment);
	/* Notices that are not in force at the moment that is asked about; sorted. */
	const std::vector<Xapian::docid> &notices_off();
	/* What is not valid on that day, or at the moment; sorted. */
	const std::vector<Xapian::docid> &hidden_on(sp_date day);
	/* Articles in other languages that nobody can read in this one on that day; sorted. */
	const std::vector<Xapian::docid> &untranslated_into(sp_lang lang, sp_date day);
	const std::vector<spi_notice> &known_notices(sp_error *err);
	const spi_synonym_groups &known_synonyms();
	const spi_all_facts &known_facts();
	/* Tickets that a document's article solved. */
	uint32_t solved_by(const sp_solvers *known, Xapian::docid docid);
	/* Rarity of a term of so many documents. */
	float rarity(Xapian::doccount frequency) const;
	Xapian::doccount frequency(const std::string &term);
	/* A document's record, from the arena. */
	void read_record(Xapian::docid docid, sp_arena *arena, sp_record *ret, sp_error *err);
	/* The same without Markdown, HTML and speech; where its plain text's words are: valid until the next call. */
	void read_hit(Xapian::docid docid, sp_arena *arena, sp_record *ret, spi_bytes *ret_places, sp_error *err);
	/* The card of a document; valid until the next call. Throws spi_failure when it is damaged. */
	const spi_known_card &card_of(Xapian::docid docid, sp_error *err);

  private:
	void forget();
	void forget_cards();
	/* What was learned of this revision; false: its files are gone, a newer one is there. */
	bool read_learned(sp_error *err);
	void weigh(spi_known_card &known, const Xapian::Document &document, std::vector<float> &weights_of);
};

/* How well a card fits; false when memory is out or the card is damaged. */
bool spi_fit_known_card(sp_index *index, const spi_question *question, const spi_known_card &known, sp_arena *arena, spi_fit *ret);

/* Run work on an open index; when it changed underneath, look at its new state and run it again. */
template <typename F> sp_status spi_reading(sp_index *index, sp_error *err, F &&work) noexcept
{
	return spi_guard(err, index->folder.c_str(), [&]() -> sp_status {
		for (int i = 0; i < SPI_TRIES; i++) {
			try {
				if (index->is_lost) {
					index->db.reopen();
					index->renew(err);
				}
				return work();
			} catch (const Xapian::DatabaseModifiedError &) {
				index->is_lost = true;
			}
		}
		return sp_error_set(
			err, SP_ERR_CHANGED, index->folder.c_str(), 0, "kept changing while it was read; try again");
	});
}

/* Leaves out what is not valid on the day. */
class spi_decider : public Xapian::MatchDecider
{
  public:
	explicit spi_decider(const std::vector<Xapian::docid> &numbers) : hidden(numbers)
	{
	}
	bool operator()(const Xapian::Document &document) const override;
	bool shows(Xapian::docid docid) const;
	bool is_needed() const
	{
		return !hidden.empty();
	}

  private:
	const std::vector<Xapian::docid> &hidden;
};

/* Throws when memory is out. */
template <typename T> T *spi_must(T *pointer)
{
	if (!pointer)
		throw std::bad_alloc();
	return pointer;
}
inline const char *spi_copy(sp_arena *arena, const std::string &text)
{
	return spi_must(sp_arena_strndup(arena, text.data(), text.size()));
}
/* Throws spi_failure when it is not SP_OK. */
inline void spi_check(sp_status status)
{
	if (status != SP_OK)
		throw spi_failure{status};
}
[[noreturn]] void spi_throw_damaged(sp_index *index, sp_error *err);

/* ---- a question, with what this index knows of its words (question.cc) ---- */

struct spi_asked_word {
	std::string term, alt, code;			 /* code: the term K… when the index has it, else "" */
	std::string word;						 /* as typed, folded */
	std::string correction, correction_term; /* "" = none */
	spi_ways synonyms;						 /* other words of the editors */
	std::vector<std::string> begun;			 /* terms that it may be the beginning of */
	uint32_t hash = 0;						 /* of the term that it most likely means */
	float rarity = 0;
	uint32_t start = 0, end = 0; /* where it was typed first */
	bool is_function = false, is_spellable = false, is_known = false;
	bool is_slip = false; /* known, and corrected all the same */
};

struct spi_asked {
	sp_tokens tokens = {nullptr, 0};
	spi_question *question = nullptr;  /* owned by the arena */
	std::vector<spi_asked_word> words; /* same numbers as in question->words */
	sp_question_stats stats = {};
};

struct spi_ask {
	const char *text;
	size_t len;
	sp_lang lang;
	sp_date day;
	bool partial = false; /* the last word may go on */
};

void spi_ask_question(
	sp_index *index, sp_analyser *analyser, const spi_ask &ask, sp_arena *arena, spi_asked *ret, sp_error *err);

/* Codes of articles that the question names (terms of the index), wherever in it: as they are written, or in parts ("paa pagamento
   duplicato", "PAA-PAGAMENTO-DUPLICATO", "nr 19"). */
std::vector<std::string> spi_codes_named(sp_index *index, const spi_ask &ask, const spi_asked &asked);

/* Other forms of a word that count too. */
enum { SPI_WITH_SYNONYMS = 1, SPI_WITH_CORRECTIONS = 2 };
/* Some of the words; function words only rank. */
spi_wanted spi_any_wanted(const spi_asked &asked, unsigned with);
/* Some of the words that say something; function words only when there are no others. */
spi_wanted spi_content_wanted(const spi_asked &asked, unsigned with);
/* All of the words that say something; function words only rank. */
spi_wanted spi_all_wanted(const spi_asked &asked, unsigned with);

/* Features of tokens, by the sentence encoder; list: likeliest first (by_tokens.cc). */
void spi_hold_tokens(sp_index *index, const sp_ask *ask, std::vector<spi_find> &list, sp_question_stats *stats, sp_error *err);

/* Snippet of a hit, in the arena (snippet.cc). */
const char *spi_snippet(
	sp_index *index, const spi_question *question, const sp_record &record, const spi_bytes &places, sp_arena *arena, sp_error *err);

#endif
