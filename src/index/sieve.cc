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

/* None is left out for its damage: the others would look like all there are. */
[[noreturn]] static void throw_damaged(const char *what)
{
	throw Xapian::DatabaseCorruptError(what);
}

/* A kind's number: as its bytes are stored, and whether what it is about has ended. */
static uint32_t kind_of(spi_all_facts *all, const std::string &bytes, bool is_ended, std::map<std::pair<std::string, bool>, uint32_t> *numbers)
{
	auto known = numbers->find({bytes, is_ended});
	if (known != numbers->end())
		return known->second;
	auto from = reinterpret_cast<const unsigned char *>(bytes.data());
	spi_bytes in = {from, from + bytes.size(), false};
	spi_kind kind;
	kind.type = static_cast<uint8_t>(spi_take_u8(&in));
	kind.lang = static_cast<uint8_t>(spi_take_u8(&in));
	kind.readers = spi_take_u32(&in);
	kind.is_ended = is_ended;
	const std::string category(reinterpret_cast<const char *>(in.at), static_cast<size_t>(in.end - in.at));
	if (in.bad || kind.type >= SP_TYPE_COUNT || kind.lang >= SP_LANG_COUNT)
		throw_damaged("the facets of a document are damaged");
	auto at = std::find(all->categories.begin(), all->categories.end(), category);
	kind.category = static_cast<uint16_t>(at - all->categories.begin());
	if (at == all->categories.end())
		all->categories.push_back(category);
	all->kinds.push_back(kind);
	return (*numbers)[{bytes, is_ended}] = static_cast<uint32_t>(all->kinds.size() - 1);
}

static void read_facets(sp_index *index, spi_all_facts *all)
{
	std::map<std::pair<std::string, bool>, uint32_t> numbers;
	std::vector<Xapian::docid> ended;
	for (auto it = index->db.postlist_begin("E"); it != index->db.postlist_end("E"); ++it)
		ended.push_back(*it);
	Xapian::doccount count = 0;
	for (auto it = index->db.valuestream_begin(SPI_SLOT_FACETS); it != index->db.valuestream_end(SPI_SLOT_FACETS); ++it, ++count) {
		bool is_ended = std::binary_search(ended.begin(), ended.end(), it.get_docid());
		facts_of(all, it.get_docid()).kind = kind_of(all, *it, is_ended, &numbers);
	}
	if (count != index->db.get_doccount())
		throw_damaged("documents have no facets");
}

static void read_days(sp_index *index, spi_all_facts *all)
{
	for (auto it = index->db.valuestream_begin(SPI_SLOT_VALIDITY); it != index->db.valuestream_end(SPI_SLOT_VALIDITY); ++it) {
		spi_facts &facts = facts_of(all, it.get_docid());
		int from = 0, until = 0;
		if (sscanf((*it).c_str(), "%d %d", &from, &until) != 2) /* it would be shown on all days */
			throw_damaged("the days of a document are damaged");
		facts.from = from, facts.until = until;
	}
}

const spi_all_facts &sp_index::known_facts()
{
	if (facts_known)
		return facts;
	facts.documents.clear();
	facts.kinds.clear();
	facts.categories.clear();
	read_facets(this, &facts);
	read_days(this, &facts);
	facts_known = true;
	return facts;
}

/* ---- filters ---- */

enum { BY_TYPE = 1, BY_LANG = 2, BY_CATEGORY = 4, BY_AUDIENCE = 8, BY_VALIDITY = 16, BY_SERVICE = 32, NOT_KNOWN = 255 };

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

spi_sieve::spi_sieve(sp_index *of, const sp_query *asked) : index(of), all(of->known_facts()), query(asked)
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
	stops_of.assign(all.kinds.size() * SPI_TIMES, NOT_KNOWN);
	looked_at.assign(all.kinds.size() * SPI_TIMES, 0);
}

static spi_time time_on(sp_index *index, Xapian::docid docid, const spi_facts &facts, sp_date day)
{
	if (day < facts.from)
		return SPI_BEFORE;
	if (facts.until && day > facts.until)
		return SPI_AFTER;
	if (!facts.from && !facts.until)
		return SPI_WITHIN;
	/* A notice's hours: before them, on the day that they begin and later. */
	const std::vector<Xapian::docid> &off = index->notices_off();
	if (!std::binary_search(off.begin(), off.end(), docid))
		return SPI_WITHIN;
	for (const spi_notice &notice : index->notices)
		if (notice.docid == docid && notice.starts_utc_s > index->moment_utc_s)
			return SPI_BEFORE;
	return SPI_AFTER;
}

static sp_validity state_of(const spi_kind &kind, spi_time time)
{
	if (time == SPI_BEFORE)
		return SP_VALIDITY_UPCOMING;
	return kind.is_ended || time == SPI_AFTER ? SP_VALIDITY_ENDED : SP_VALIDITY_CURRENT;
}

/* What readers see: an end that is told of, but nothing that is only over. */
unsigned spi_sieve::stopped_by(const spi_kind &kind, spi_time time) const
{
	bool valid = query->validity == SP_VALIDITY_SHOWN ? time == SPI_WITHIN : query->validity == state_of(kind, time);
	unsigned stops = valid ? 0 : BY_VALIDITY;
	if (type >= 0 && kind.type != type)
		stops |= BY_TYPE;
	if (query->only_lang && query->lang != SP_LANG_NONE && kind.lang != query->lang)
		stops |= BY_LANG;
	if (category >= 0 && kind.category != category)
		stops |= BY_CATEGORY;
	if (!any_category && !of_service[kind.category])
		stops |= BY_SERVICE;
	if (query->audience >= 0 && !(kind.readers >> query->audience & 1))
		stops |= BY_AUDIENCE;
	return stops;
}

bool spi_sieve::lets(Xapian::docid docid)
{
	const spi_facts facts = docid < all.documents.size() ? all.documents[docid] : spi_facts();
	if (facts.kind == SPI_NO_KIND)
		return false;
	spi_time time = time_on(index, docid, facts, query->day);
	const size_t number = size_t(facts.kind) * SPI_TIMES + time;
	if (stops_of[number] == NOT_KNOWN)
		stops_of[number] = static_cast<unsigned char>(stopped_by(all.kinds[facts.kind], time));
	looked_at[number]++;
	return !stops_of[number];
}

bool spi_sieve::is_own(Xapian::docid docid) const
{
	const uint32_t kind = docid < all.documents.size() ? all.documents[docid].kind : SPI_NO_KIND;
	return kind != SPI_NO_KIND && all.kinds[kind].lang == static_cast<unsigned>(query->lang);
}

/* ---- what was counted ---- */

void spi_sieve::count(const spi_kind &kind, spi_time time, unsigned stops, uint32_t documents, tallies *counted) const
{
	unsigned forgiven = query->wide_facets ? ~0u : 0;
	if (!(stops & ~(BY_TYPE & forgiven)))
		counted->types[kind.type] += documents;
	if (!(stops & ~(BY_LANG & forgiven)))
		counted->langs[kind.lang] += documents;
	/* Another service has other categories: both are told to choose from. */
	if (!(stops & ~((BY_CATEGORY | BY_SERVICE) & forgiven)))
		counted->categories[kind.category] += documents;
	if (!(stops & ~(BY_VALIDITY & forgiven)))
		counted->validities[state_of(kind, time)] += documents;
	if (!(stops & ~(BY_AUDIENCE & forgiven)))
		for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
			counted->audiences[i] += kind.readers >> i & 1 ? documents : 0;
}

spi_sieve::tallies spi_sieve::tally() const
{
	tallies counted = {};
	counted.categories.resize(all.categories.size());
	for (size_t i = 0; i < looked_at.size(); i++)
		if (looked_at[i])
			count(all.kinds[i / SPI_TIMES], static_cast<spi_time>(i % SPI_TIMES), stops_of[i], looked_at[i], &counted);
	return counted;
}

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
	const tallies counted = tally();
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
