/* Reading one sealed index: opening, records by name, notices, and what is remembered for one revision. */
#include "index/shim.hh"

#include "index/document.h"
#include "index/record.h"
#include "index/seal.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <climits>
#include <memory>

/* What one handle keeps of one revision, at most: the terms of a few thousand questions. */
constexpr size_t FREQUENCIES_MAX = 8192;
/* The records of some hundred articles, and what a search tells of some thousands. */
constexpr size_t RECORDS_MAX_BYTES = 6 * 1024 * 1024;
constexpr size_t HITS_MAX_BYTES = 20 * 1024 * 1024;

/* ---- rarity of stems ---- */

void spi_weights::clear()
{
	std::fill(table.begin(), table.end(), entry{0, 0});
	count = 0;
}

const float *spi_weights::find(uint32_t hash) const
{
	if (table.empty())
		return nullptr;
	for (size_t at = hash & (table.size() - 1); table[at].hash; at = (at + 1) & (table.size() - 1))
		if (table[at].hash == hash)
			return &table[at].weight;
	return nullptr;
}

void spi_weights::grow()
{
	std::vector<entry> old(table.empty() ? 1024 : table.size() * 2, entry{0, 0});
	old.swap(table);
	count = 0;
	for (const entry &e : old)
		if (e.hash)
			add(e.hash, e.weight);
}

void spi_weights::add(uint32_t hash, float weight)
{
	if (count * 2 >= table.size())
		grow();
	size_t at = hash & (table.size() - 1);
	while (table[at].hash)
		at = (at + 1) & (table.size() - 1);
	table[at] = {hash, weight};
	count++;
}

float sp_index::rarity(Xapian::doccount frequency) const
{
	return static_cast<float>(std::log(1.0 + (documents - frequency + 0.5) / (frequency + 0.5)));
}

Xapian::doccount sp_index::frequency(const std::string &term)
{
	auto known = frequencies.find(term);
	if (known != frequencies.end())
		return known->second;
	if (frequencies.size() >= FREQUENCIES_MAX)
		frequencies.clear();
	return frequencies[term] = db.get_termfreq(term);
}

/* ---- what is remembered for one revision ---- */

sp_index::sp_index() : records(RECORDS_MAX_BYTES), hits(HITS_MAX_BYTES)
{
}

sp_index::~sp_index()
{
	sp_arena_free(synonyms_arena);
	spi_meaning_close(meaning);
	spi_wording_close(wording);
}

/* Of all that were read in this process. */
static std::atomic<uint64_t> states{0};

void sp_index::forget()
{
	state = ++states;
	weights.clear();
	frequencies.clear();
	suggestions.clear();
	spelled.clear();
	forget_cards();
	records.clear();
	hits.clear();
	matcher.clear();
	finds.clear();
	limited_known = hidden_known = synonyms_known = versions_known = untranslated_known = codes_known = false;
	facts_known = solvers_known = notices_known = off_known = false;
	begun.clear();
	count = db.get_doccount();
	documents = count;
	spi_meaning_close(meaning);
	meaning = nullptr;
	spi_wording_close(wording);
	wording = nullptr;
}

/* A file of what was learned is named in the database, and removed once a later revision names another. False: it is gone. */
template <typename F> static bool read_named(const sp_index *index, const char *name, sp_error *err, F &&open)
{
	unsigned long long revision = strtoull(index->db.get_metadata(name).c_str(), nullptr, 10);
	if (!revision)
		return true;
	sp_error why = {};
	sp_status status = open(revision, &why);
	if (status != SP_OK && status != SP_ERR_CHANGED && status != SP_ERR_NOT_FOUND) {
		sp_error_copy(err, &why);
		throw spi_failure{status};
	}
	return status == SP_OK;
}

bool sp_index::read_learned(sp_error *err)
{
	return read_named(this, "meaning", err, [&](uint64_t revision, sp_error *why) { return spi_meaning_open(folder.c_str(), revision, &meaning, why); }) &&
		read_named(this, "wording", err, [&](uint64_t revision, sp_error *why) {
			char path[PATH_MAX];
			spi_wording_path(folder.c_str(), revision, path, sizeof path);
			return spi_wording_open(path, &wording, why);
		});
}

void sp_index::renew(sp_error *err)
{
	for (int i = 0; i < SPI_TRIES; i++) {
		forget();
		if (read_learned(err)) {
			is_lost = false;
			return;
		}
		if (!db.reopen())
			throw spi_failure{sp_error_set(err, SP_ERR_CORRUPT, folder.c_str(), 0,
				"has lost its vectors, or what was learned of its phrasings; the index is built again from the articles")};
	}
	throw spi_failure{sp_error_set(err, SP_ERR_CHANGED, folder.c_str(), 0, "kept changing while it was read; try again")};
}

static void read_limited(sp_index *index)
{
	index->limited.clear();
	for (auto it = index->db.postlist_begin("D"); it != index->db.postlist_end("D"); ++it) {
		int from = 0, until = 0;
		std::string days = index->db.get_document(*it, Xapian::DOC_ASSUME_VALID).get_value(SPI_SLOT_VALIDITY);
		if (sscanf(days.c_str(), "%d %d", &from, &until) != 2) /* it would be shown on all days */
			throw Xapian::DatabaseCorruptError("the days of a document are damaged");
		index->limited.push_back({*it, from, until});
	}
	index->limited_known = true;
	index->hidden_known = false;
}

/* What was found at one moment says nothing about another with other notices. */
void sp_index::ask_about(int64_t moment)
{
	const bool both_or_none = !moment_utc_s == !moment; /* a whole day is no moment before all notices */
	moment_utc_s = moment;
	if (!off_known || (both_or_none && moment >= off_since && moment < off_until))
		return;
	state = ++states;
	off_known = hidden_known = untranslated_known = false;
	finds.clear();
	suggestions.clear();
	spelled.clear();
	begun.clear();
}

const std::vector<Xapian::docid> &sp_index::notices_off()
{
	if (off_known)
		return off;
	off.clear();
	off_since = INT64_MIN;
	off_until = INT64_MAX;
	if (moment_utc_s)
		for (const spi_notice &notice : known_notices(nullptr)) {
			if (!notice.is_in_force(moment_utc_s))
				off.push_back(notice.docid);
			for (int64_t at : {notice.starts_utc_s, notice.ends_utc_s})
				if (at && at <= moment_utc_s)
					off_since = std::max(off_since, at);
				else if (at)
					off_until = std::min(off_until, at);
		}
	std::sort(off.begin(), off.end());
	off_known = true;
	return off;
}

const std::vector<Xapian::docid> &sp_index::hidden_on(sp_date day)
{
	if (!limited_known)
		read_limited(this);
	const std::vector<Xapian::docid> &not_now = notices_off();
	if (hidden_known && hidden_day == day)
		return hidden;
	hidden.clear();
	hidden_known = false; /* until it is whole: of what is left out nobody is told */
	for (const spi_limited &l : limited)
		if (day < l.from || (l.until && day > l.until) || std::binary_search(not_now.begin(), not_now.end(), l.docid))
			hidden.push_back(l.docid);
	hidden_day = day;
	hidden_known = true;
	return hidden;
}

const spi_synonym_groups &sp_index::known_synonyms()
{
	if (synonyms_known)
		return synonyms;
	if (!synonyms_arena)
		synonyms_arena = spi_must(sp_arena_new(0));
	sp_arena_reset(synonyms_arena);
	synonyms = {nullptr, 0};
	std::string bytes = db.get_metadata("synonyms");
	spi_check(spi_synonyms_read(bytes.data(), bytes.size(), synonyms_arena, &synonyms, nullptr));
	synonyms_known = true;
	return synonyms;
}

uint32_t sp_index::solved_by(const sp_solvers *known, Xapian::docid docid)
{
	if (!known)
		return 0;
	if (!solvers_known || solvers_number != known->number) {
		solvers.clear();
		for (size_t i = 0; i < known->count; i++)
			for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
				std::string key = "Q" + std::string(sp_lang_code(static_cast<sp_lang>(lang))) + ":" + known->items[i].article;
				key.resize(std::min<size_t>(key.size(), SPI_TERM_MAX));
				for (auto it = db.postlist_begin(key); it != db.postlist_end(key); ++it)
					solvers.emplace_back(*it, known->items[i].tickets);
			}
		std::sort(solvers.begin(), solvers.end());
		solvers_number = known->number;
		solvers_known = true;
	}
	auto found = std::lower_bound(solvers.begin(), solvers.end(), std::make_pair(docid, 0u));
	return found != solvers.end() && found->first == docid ? found->second : 0;
}

bool spi_decider::shows(Xapian::docid docid) const
{
	return !std::binary_search(hidden.begin(), hidden.end(), docid);
}

bool spi_decider::operator()(const Xapian::Document &document) const
{
	return shows(document.get_docid());
}

/* ---- opening ---- */

extern "C" sp_status sp_index_open(const char *folder, sp_index **ret, sp_error *err)
{
	return spi_guard(err, folder, [&]() -> sp_status {
		char encoder[SPI_ENCODER_NAME_MAX];
		spi_check(spi_seal_check(folder, encoder, err));
		auto index = std::make_unique<sp_index>();
		index->folder = folder;
		index->encoder = encoder;
		try {
			index->db = Xapian::Database(index->folder + "/words", Xapian::DB_BACKEND_GLASS);
			index->renew(err);
		} catch (const Xapian::DatabaseVersionError &) {
			throw;
		} catch (const Xapian::DatabaseOpeningError &error) {
			/* The seal was there: its files cannot be read any more. */
			return sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "%s; the index is built again from the articles",
				error.get_msg().c_str());
		}
		*ret = index.release();
		return SP_OK;
	});
}

extern "C" sp_status sp_index_reopen(sp_index *index, sp_error *err)
{
	return spi_guard(err, index->folder.c_str(), [&]() -> sp_status {
		if (index->db.reopen())
			index->renew(err);
		return SP_OK;
	});
}

extern "C" void sp_index_close(sp_index *index)
{
	delete index;
}

extern "C" uint32_t sp_index_count(const sp_index *index)
{
	return index->count;
}

extern "C" size_t sp_index_dimensions(const sp_index *index)
{
	return index->meaning ? spi_meaning_dimensions(index->meaning) : 0;
}

extern "C" const char *sp_index_encoder(const sp_index *index)
{
	return index->encoder.c_str();
}

/* ---- records ---- */

void spi_throw_damaged(sp_index *index, sp_error *err)
{
	throw spi_failure{sp_error_set(err, SP_ERR_CORRUPT, index->folder.c_str(), 0,
		"a document of the index is damaged; the index is built again from the articles")};
}

static void read_record(const Xapian::Document &document, sp_arena *arena, sp_record *ret, sp_error *err)
{
	std::string bytes = document.get_data();
	spi_check(spi_record_decode(bytes.data(), bytes.size(), arena, ret, err));
	ret->docid = document.get_docid();
}

void sp_index::read_record(Xapian::docid docid, sp_arena *arena, sp_record *ret, sp_error *err)
{
	std::string *known = records.find(docid);
	if (!known) {
		std::string bytes = db.get_document(docid).get_data();
		const size_t size = bytes.size();
		records.make_room();
		known = &records.add(docid, std::move(bytes), size);
	}
	spi_check(spi_record_decode(known->data(), known->size(), arena, ret, err));
	ret->docid = docid;
}

/* What a search found is there: else it is not that it was looked for in vain. */
static std::string read_found(sp_index *index, Xapian::docid docid, sp_error *err)
{
	try {
		return index->db.get_document(docid).get_data();
	} catch (const Xapian::DocNotFoundError &) {
		spi_throw_damaged(index, err);
	}
}

void sp_index::read_hit(Xapian::docid docid, sp_arena *arena, sp_record *ret, spi_bytes *ret_places, sp_error *err)
{
	size_t kept_len;
	std::string *known = hits.find(docid);
	if (!known) {
		std::string bytes = read_found(this, docid, err);
		spi_check(spi_record_decode_hit(bytes.data(), bytes.size(), arena, ret, ret_places, &kept_len, err));
		hits.make_room();
		known = &hits.add(docid, std::string(bytes.data(), kept_len), kept_len);
	}
	spi_check(spi_record_decode_hit(known->data(), known->size(), arena, ret, ret_places, &kept_len, err));
	ret->docid = docid;
}

static Xapian::docid find_document(sp_index *index, const char *id, sp_lang lang, sp_arena *arena)
{
	std::string key = spi_must(spi_document_key(id, lang, arena));
	Xapian::PostingIterator it = index->db.postlist_begin(key);
	return it == index->db.postlist_end(key) ? 0 : *it;
}

extern "C" sp_status sp_index_get(
	sp_index *index, const char *id, sp_lang lang, sp_arena *arena, sp_record *ret, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		int from = lang == SP_LANG_NONE ? 0 : lang, to = lang == SP_LANG_NONE ? SP_LANG_COUNT : lang + 1;
		for (int i = from; i < to; i++)
			if (Xapian::docid docid = find_document(index, id, static_cast<sp_lang>(i), arena)) {
				sp_record record = {};
				index->read_record(docid, arena, &record, err);
				*ret = record;
				return SP_OK;
			}
		return sp_error_set(err, SP_ERR_NOT_FOUND, id, 0, "there is no such article");
	});
}

extern "C" sp_status sp_index_get_docid(sp_index *index, uint32_t docid, sp_arena *arena, sp_record *ret, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		sp_record record = {};
		index->read_record(docid, arena, &record, err);
		*ret = record;
		return SP_OK;
	});
}

static unsigned langs_of(sp_index *index, const std::string &id)
{
	unsigned langs = 0;
	for (int i = 0; i < SP_LANG_COUNT; i++)
		if (index->db.term_exists("Q" + std::string(sp_lang_code(static_cast<sp_lang>(i))) + ":" + id))
			langs |= 1u << i;
	return langs;
}

extern "C" unsigned sp_index_langs_of(sp_index *index, const char *id)
{
	unsigned langs = 0;
	spi_reading(index, nullptr, [&]() -> sp_status {
		langs = langs_of(index, id);
		return SP_OK;
	});
	return langs;
}

extern "C" bool sp_index_names(sp_index *index, sp_index_named what, const char *key)
{
	bool named = false;
	spi_reading(index, nullptr, [&]() -> sp_status {
		named = index->db.term_exists((what == SP_NAMED_FIELD ? "F" : "G") + std::string(key));
		return SP_OK;
	});
	return named;
}

/* ---- notices ---- */

static void read_notices(sp_index *index, sp_arena *arena, sp_error *err)
{
	index->notices.clear();
	for (auto it = index->db.postlist_begin("N"); it != index->db.postlist_end("N"); ++it) {
		sp_record record = {};
		read_record(index->db.get_document(*it, Xapian::DOC_ASSUME_VALID), arena, &record, err);
		index->notices.push_back({*it, record.starts_utc_s, record.ends_utc_s, record.lang, record.id});
	}
	index->notices_known = true;
}

const std::vector<spi_notice> &sp_index::known_notices(sp_error *err)
{
	if (notices_known)
		return notices;
	std::unique_ptr<sp_arena, void (*)(sp_arena *)> arena(spi_must(sp_arena_new(0)), sp_arena_free);
	read_notices(this, arena.get(), err);
	return notices;
}

/* In the asked language, and what is there in no other. */
static bool is_for_lang(sp_index *index, const spi_notice &notice, sp_lang lang)
{
	return lang == SP_LANG_NONE || notice.lang == lang || !(langs_of(index, notice.id) >> lang & 1);
}

extern "C" sp_status sp_index_notices(sp_index *index, int64_t now_utc_s, sp_lang lang, sp_arena *arena,
	sp_record **ret, size_t *ret_count, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		std::vector<sp_record> found;
		for (const spi_notice &notice : index->known_notices(err)) {
			if (!notice.is_in_force(now_utc_s) || !is_for_lang(index, notice, lang))
				continue;
			sp_record record = {};
			index->read_record(notice.docid, arena, &record, err);
			found.push_back(record);
		}
		std::stable_sort(found.begin(), found.end(),
			[](const sp_record &a, const sp_record &b) { return a.starts_utc_s > b.starts_utc_s; });
		auto records = static_cast<sp_record *>(spi_must(sp_arena_calloc(arena, found.size() + 1, sizeof(sp_record))));
		std::copy(found.begin(), found.end(), records);
		*ret = records;
		*ret_count = found.size();
		return SP_OK;
	});
}

extern "C" void sp_index_at(sp_index *index, int64_t moment_utc_s)
{
	index->ask_about(moment_utc_s);
}

extern "C" sp_status sp_index_notices_change(sp_index *index, int64_t now_utc_s, int64_t *ret_utc_s, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		int64_t next = 0;
		for (const spi_notice &notice : index->known_notices(err))
			for (int64_t at : {notice.starts_utc_s, notice.ends_utc_s})
				if (at > now_utc_s && (next == 0 || at < next))
					next = at;
		*ret_utc_s = next;
		return SP_OK;
	});
}
