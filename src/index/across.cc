/* Articles that nobody can read in the language of a question: they are candidates in the language that they have. Where a
   translation is shown, that one is the only candidate. */
#include "index/shim.hh"

#include <algorithm>

static bool is_all_in_one_language(sp_index *index)
{
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (index->frequency("L" + std::string(sp_lang_code(static_cast<sp_lang>(lang)))) == index->count)
			return true;
	return false;
}

/* The terms Q<lang>:<id> name all documents, sorted by language and id: one pass a revision. */
static void read_versions(sp_index *index)
{
	std::unordered_map<std::string, size_t> numbers;
	index->versions.clear();
	index->untranslated_known = false;
	index->versions_known = is_all_in_one_language(index);
	if (index->versions_known)
		return;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		std::string prefix = "Q" + std::string(sp_lang_code(static_cast<sp_lang>(lang))) + ":";
		for (auto it = index->db.allterms_begin(prefix); it != index->db.allterms_end(prefix); ++it) {
			std::string term = *it;
			auto place = numbers.emplace(term.substr(prefix.size()), index->versions.size());
			if (place.second)
				index->versions.emplace_back();
			auto posting = index->db.postlist_begin(term);
			if (posting == index->db.postlist_end(term))
				throw Xapian::DatabaseCorruptError("an article's name has no document");
			index->versions[place.first->second].docids[lang] = *posting;
		}
	}
	index->versions_known = true;
}

const std::vector<Xapian::docid> &sp_index::untranslated_into(sp_lang lang, sp_date day)
{
	if (!versions_known)
		read_versions(this);
	if (untranslated_known && untranslated_lang == lang && untranslated_day == day)
		return untranslated;
	spi_decider decider(hidden_on(day));
	untranslated.clear();
	untranslated_known = false; /* until it is whole */
	for (const spi_versions &version : versions) {
		Xapian::docid own = version.docids[lang];
		for (Xapian::docid docid : version.docids)
			if (docid && !(own && decider.shows(own)) && decider.shows(docid))
				untranslated.push_back(docid);
	}
	std::sort(untranslated.begin(), untranslated.end());
	untranslated_known = true;
	untranslated_lang = lang;
	untranslated_day = day;
	return untranslated;
}
