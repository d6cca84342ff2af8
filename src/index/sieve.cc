#include "index/sieve.hh"

#include <algorithm>
#include <cstdio>
#include <map>

/* ---- what is known of all documents ---- */

static spi_facts &facts_of(spi_all_facts *all, Xapian::docid docid)
{
	if (all->documents.size() <= docid)
		all->documents.resize(docid + 1);
	return all->documents[docid];
}

static void read_facets(sp_index *index, spi_all_facts *all)
{
	std::map<std::string, uint16_t> numbers;
	for (auto it = index->db.valuestream_begin(SPI_SLOT_FACETS); it != index->db.valuestream_end(SPI_SLOT_FACETS); ++it) {
		std::string bytes = *it;
		auto from = reinterpret_cast<const unsigned char *>(bytes.data());
		spi_bytes in = {from, from + bytes.size(), false};
		spi_facts facts;
		facts.type = static_cast<uint8_t>(spi_take_u8(&in));
		facts.lang = static_cast<uint8_t>(spi_take_u8(&in));
		facts.readers = spi_take_u32(&in);
		if (in.bad || facts.type >= SP_TYPE_COUNT || facts.lang >= SP_LANG_COUNT)
			continue;
		std::string key(reinterpret_cast<const char *>(in.at), static_cast<size_t>(in.end - in.at));
		auto found = numbers.emplace(key, static_cast<uint16_t>(all->categories.size()));
		if (found.second)
			all->categories.push_back(key);
		facts.category = found.first->second;
		facts.is_there = true;
		facts_of(all, it.get_docid()) = facts;
	}
}

static void read_days(sp_index *index, spi_all_facts *all)
{
	for (auto it = index->db.valuestream_begin(SPI_SLOT_VALIDITY); it != index->db.valuestream_end(SPI_SLOT_VALIDITY); ++it) {
		spi_facts &facts = facts_of(all, it.get_docid());
		int from = 0, until = 0;
		if (sscanf((*it).c_str(), "%d %d", &from, &until) == 2)
			facts.from = from, facts.until = until;
	}
	for (auto it = index->db.postlist_begin("E"); it != index->db.postlist_end("E"); ++it)
		facts_of(all, *it).is_ended = true;
}

const spi_all_facts &sp_index::known_facts()
{
	if (facts_known)
		return facts;
	facts.documents.clear();
	facts.categories.clear();
	read_facets(this, &facts);
	read_days(this, &facts);
	facts_known = true;
	return facts;
}

/* ---- filters ---- */

enum { BY_TYPE = 1, BY_LANG = 2, BY_CATEGORY = 4, BY_AUDIENCE = 8, BY_VALIDITY = 16, BY_SERVICE = 32, BY_ABSENCE = 64 };

static int type_number(const char *name)
{
	for (int type = 0; type < SP_TYPE_COUNT; type++)
		if (strcmp(name, sp_article_type_name(static_cast<sp_article_type>(type))) == 0)
			return type;
	return SP_TYPE_COUNT;
}

static size_t category_number(const spi_all_facts &all, const char *key)
{
	return static_cast<size_t>(std::find(all.categories.begin(), all.categories.end(), key) - all.categories.begin());
}

spi_sieve::spi_sieve(sp_index *of, const sp_query *asked) : index(of), all(of->known_facts()), query(asked), counted()
{
	if (query->type)
		type = type_number(query->type);
	if (query->category)
		category = static_cast<int>(category_number(all, query->category));
	any_category = query->categories_count == 0;
	of_service.resize(all.categories.size() + 1);
	for (size_t i = 0; i < query->categories_count; i++)
		of_service[category_number(all, query->categories[i])] = true;
	of_service[all.categories.size()] = false;
	begin();
}

void spi_sieve::begin()
{
	counted = tallies();
	counted.categories.resize(all.categories.size());
}

static sp_validity state_on(const spi_facts &facts, sp_date day)
{
	if (day < facts.from)
		return SP_VALIDITY_UPCOMING;
	return facts.is_ended || (facts.until && day > facts.until) ? SP_VALIDITY_ENDED : SP_VALIDITY_CURRENT;
}

/* What readers see: an end that is told of, but nothing that is only over. */
static bool is_shown(const spi_facts &facts, sp_date day)
{
	return day >= facts.from && (!facts.until || day <= facts.until);
}

unsigned spi_sieve::stopped_by(const spi_facts &facts, sp_validity state) const
{
	bool valid = query->validity == SP_VALIDITY_SHOWN ? is_shown(facts, query->day) : query->validity == state;
	unsigned stops = valid ? 0 : BY_VALIDITY;
	if (type >= 0 && facts.type != type)
		stops |= BY_TYPE;
	if (query->only_lang && query->lang != SP_LANG_NONE && facts.lang != query->lang)
		stops |= BY_LANG;
	if (category >= 0 && facts.category != category)
		stops |= BY_CATEGORY;
	if (!any_category && !of_service[facts.category])
		stops |= BY_SERVICE;
	if (query->audience >= 0 && !(facts.readers >> query->audience & 1))
		stops |= BY_AUDIENCE;
	return facts.is_there ? stops : stops | BY_ABSENCE;
}

void spi_sieve::count(const spi_facts &facts, sp_validity state, unsigned stops) const
{
	unsigned forgiven = query->wide_facets ? ~0u : 0;
	if (!(stops & ~(BY_TYPE & forgiven)))
		counted.types[facts.type]++;
	if (!(stops & ~(BY_LANG & forgiven)))
		counted.langs[facts.lang]++;
	/* Another service has other categories: both are told to choose from. */
	if (!(stops & ~((BY_CATEGORY | BY_SERVICE) & forgiven)))
		counted.categories[facts.category]++;
	if (!(stops & ~(BY_VALIDITY & forgiven)))
		counted.validities[state]++;
	if (!(stops & ~(BY_AUDIENCE & forgiven)))
		for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
			counted.audiences[i] += facts.readers >> i & 1;
}

bool spi_sieve::operator()(const Xapian::Document &document) const
{
	Xapian::docid docid = document.get_docid();
	if (docid >= all.documents.size())
		return false;
	const spi_facts &facts = all.documents[docid];
	sp_validity state = state_on(facts, query->day);
	unsigned stops = stopped_by(facts, state);
	if (query->want_facets && (!stops || (query->wide_facets && !(stops & BY_ABSENCE))))
		count(facts, state, stops);
	return !stops;
}

bool spi_sieve::is_own(Xapian::docid docid) const
{
	return docid < all.documents.size() && all.documents[docid].lang == static_cast<unsigned>(query->lang);
}

/* ---- what was counted ---- */

typedef std::vector<std::pair<std::string, uint32_t>> named_counts;

static sp_facets sorted(named_counts counts, sp_arena *arena)
{
	std::stable_sort(counts.begin(), counts.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
	sp_facets ret = {nullptr, 0};
	ret.items = static_cast<sp_facet *>(spi_must(sp_arena_calloc(arena, counts.size() + 1, sizeof(sp_facet))));
	for (const auto &item : counts)
		if (!item.first.empty() && item.second)
			ret.items[ret.count++] = {spi_copy(arena, item.first), item.second};
	return ret;
}

static named_counts audiences_named(const std::string &keys, const uint32_t *counts)
{
	named_counts ret;
	size_t from = 0;
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++) {
		size_t end = keys.find('\n', from);
		if (end == std::string::npos)
			break;
		ret.emplace_back(keys.substr(from, end - from), counts[i]);
		from = end + 1;
	}
	return ret;
}

static const char *const validity_names[SP_VALIDITIES] = {
#define VALIDITY_NAME(name, text) text,
	SP_VALIDITY_LIST(VALIDITY_NAME)
#undef VALIDITY_NAME
};

void spi_sieve::tell(sp_arena *arena, sp_result *ret) const
{
	named_counts types, langs, categories, validities;
	for (int i = 0; i < SP_TYPE_COUNT; i++)
		types.emplace_back(sp_article_type_name(static_cast<sp_article_type>(i)), counted.types[i]);
	for (int i = 0; i < SP_LANG_COUNT; i++)
		langs.emplace_back(sp_lang_code(static_cast<sp_lang>(i)), counted.langs[i]);
	for (size_t i = 0; i < counted.categories.size(); i++)
		categories.emplace_back(all.categories[i], counted.categories[i]);
	for (int i = 0; i < SP_VALIDITIES; i++)
		validities.emplace_back(validity_names[i], counted.validities[i]);
	std::sort(types.begin(), types.end());
	std::sort(langs.begin(), langs.end());
	std::sort(categories.begin(), categories.end());
	named_counts audiences = audiences_named(index->db.get_metadata("audiences"), counted.audiences);
	std::sort(audiences.begin(), audiences.end());
	ret->types = sorted(types, arena);
	ret->langs = sorted(langs, arena);
	ret->categories = sorted(categories, arena);
	ret->audiences = sorted(audiences, arena);
	if (query->wide_facets)
		ret->validities = sorted(validities, arena);
}
