/* Writing one sealed index. All puts and removals since the last commit are one transaction of Xapian: visible and on
   the disk together, or dropped. */
#include "index/shim.hh"

#include "base/file.h"
#include "index/document.h"
#include "index/meaning.h"
#include "index/room.h"
#include "index/seal.h"
#include "index/wording_writer.hh"

#include <memory>
#include <unordered_map>

/* A writer can work without being able to grow for ever: its arena is emptied after each document. */
struct sp_index_writer {
	std::string folder, encoder;
	Xapian::WritableDatabase db;
	sp_vector_store *store = nullptr;
	spi_meaning_writer *meaning = nullptr; /* NULL = words only */
	spi_wording_writer wording; /* not of a part */
	sp_analyser *analyser = nullptr;
	sp_arena *arena = nullptr;
	uint64_t config_hash = 0;						/* of the synonyms and audiences that the database holds */
	std::unordered_map<std::string, long> spelling; /* since the last commit: how many more, or fewer, of each word */
	std::string synonyms; /* all of the configuration's; empty = nothing was put yet */
	bool config_known = false, in_transaction = false;
	bool is_part = false; /* to be joined with others: not durable, without a seal */
	uint64_t pending = 0; /* bytes, about and at most, that the next commit adds to the largest table */

	~sp_index_writer()
	{
		spi_meaning_writer_close(meaning);
		sp_analyser_free(analyser);
		sp_arena_free(arena);
	}
};

static void check_existing(const sp_index_writer *writer, sp_error *err)
{
	char encoder[SPI_ENCODER_NAME_MAX] = "";
	spi_check(spi_seal_check(writer->folder.c_str(), encoder, err));
	if (writer->encoder != encoder)
		throw spi_failure{sp_error_set(err, SP_ERR_INVALID, writer->folder.c_str(), 0,
			"was made with the encoder %s, not %s; two are never mixed, build it again", encoder,
			writer->encoder.c_str())};
}

static void begin(sp_index_writer *writer)
{
	writer->db.begin_transaction(true);
	writer->in_transaction = true;
}

/* Not the durable way: what a crash leaves of a part is removed. Never DB_DANGEROUS: what cannot be taken back is written when the handle
   goes away, on a full disk too. */
constexpr int PART_FLAGS = Xapian::DB_NO_SYNC;

static void open_database(sp_index_writer *writer, sp_error *err)
{
	/* No seal: new, or a build that was broken off before its first commit. It starts from nothing. */
	bool is_sealed = !writer->is_part && spi_seal_exists(writer->folder.c_str());
	if (is_sealed)
		check_existing(writer, err);
	int how = (is_sealed ? Xapian::DB_OPEN : Xapian::DB_CREATE_OR_OVERWRITE) | (writer->is_part ? PART_FLAGS : 0);
	writer->db = Xapian::WritableDatabase(writer->folder + "/words", how | Xapian::DB_BACKEND_GLASS);
	writer->analyser = spi_must(sp_analyser_new());
	writer->arena = spi_must(sp_arena_new(256 * 1024));
	std::string hash = writer->db.get_metadata("config");
	writer->config_known = hash.size() == sizeof writer->config_hash;
	if (writer->config_known)
		memcpy(&writer->config_hash, hash.data(), sizeof writer->config_hash);
	if (!writer->is_part)
		writer->wording.open(writer->folder, writer->db);
	uint64_t revision = strtoull(writer->db.get_metadata("meaning").c_str(), nullptr, 10);
	if (writer->store)
		spi_check(spi_meaning_writer_open(writer->folder.c_str(), revision, writer->store, &writer->meaning, err));
	begin(writer);
}

static sp_status open_writer(
	const char *folder, bool is_part, sp_vector_store *store, sp_index_writer **ret, sp_error *err)
{
	return spi_guard(err, folder, [&]() -> sp_status {
		spi_check(spi_mkdirs(folder, err));
		auto writer = std::make_unique<sp_index_writer>();
		writer->folder = folder;
		writer->is_part = is_part;
		writer->store = store;
		writer->encoder = store ? sp_encoder_name(sp_vector_store_encoder(store)) : "none";
		open_database(writer.get(), err);
		*ret = writer.release();
		return SP_OK;
	});
}

extern "C" sp_status sp_index_writer_open(
	const char *folder, sp_vector_store *store, sp_index_writer **ret, sp_error *err)
{
	return open_writer(folder, false, store, ret, err);
}

extern "C" sp_status sp_index_part_open(const char *folder, sp_index_writer **ret, sp_error *err)
{
	return open_writer(folder, true, nullptr, ret, err);
}

/* ---- what concerns the whole index ---- */

static void put_config(sp_index_writer *writer, const sp_kb_config *config, sp_audiences readable, sp_error *err)
{
	const uint64_t hash = config->hash ^ readable;
	bool is_same = writer->config_known && writer->config_hash == hash;
	if (is_same && !writer->synonyms.empty())
		return;
	sp_buffer synonyms = {};
	sp_status status = spi_synonyms_write(writer->analyser, config, writer->arena, &synonyms, err);
	writer->synonyms.assign(sp_buffer_text(&synonyms), synonyms.len);
	sp_buffer_release(&synonyms);
	spi_check(status);
	if (is_same)
		return;
	std::string audiences;
	for (size_t i = 0; i < config->audiences_count; i++) {
		/* Names of audiences that this index holds nothing of are nobody's business here. */
		if (!readable || readable >> i & 1)
			audiences += config->audiences[i].key;
		audiences += '\n';
	}
	writer->db.set_metadata("audiences", audiences);
	writer->db.set_metadata("config", std::string(reinterpret_cast<const char *>(&hash), sizeof hash));
	writer->config_hash = hash;
	writer->config_known = true;
}

extern "C" sp_status sp_index_writer_configure(
	sp_index_writer *writer, const sp_kb_config *config, sp_audiences readable, sp_error *err)
{
	sp_status status = spi_guard(err, writer->folder.c_str(), [&]() -> sp_status {
		put_config(writer, config, readable, err);
		return SP_OK;
	});
	sp_arena_reset(writer->arena);
	return status;
}

static bool has_word_of(const spi_synonym_group *group, void *arg)
{
	const auto *writer = static_cast<const sp_index_writer *>(arg);
	for (size_t i = 0; i < group->count; i++) {
		const spi_synonym &synonym = group->items[i];
		bool has_all = synonym.count > 0;
		for (size_t k = 0; has_all && k < synonym.count; k++)
			has_all = writer->db.term_exists(std::string(synonym.stems[k].text, synonym.stems[k].len));
		if (has_all)
			return true;
	}
	return false;
}

/* Of the synonyms only those that lead to a word of this index: what others call their things is nobody's business here. */
static void put_synonyms(sp_index_writer *writer, sp_error *err)
{
	spi_synonym_groups groups = {};
	sp_buffer kept = {};
	if (writer->synonyms.empty())
		return;
	spi_check(spi_synonyms_read(writer->synonyms.data(), writer->synonyms.size(), writer->arena, &groups, err));
	spi_synonyms_put(&groups, has_word_of, writer, &kept);
	bool ok = sp_buffer_ok(&kept);
	std::string bytes(sp_buffer_text(&kept), kept.len);
	sp_buffer_release(&kept);
	sp_arena_reset(writer->arena);
	if (!ok)
		throw std::bad_alloc();
	if (bytes != writer->db.get_metadata("synonyms"))
		writer->db.set_metadata("synonyms", bytes);
}

/* ---- documents ---- */

static std::string text_of(const sp_buffer &buffer)
{
	return std::string(sp_buffer_text(&buffer), buffer.len);
}

/* Take back the words that a document gave to the spelling dictionary. */
static void forget_words(sp_index_writer *writer, const std::string &words)
{
	auto from = reinterpret_cast<const unsigned char *>(words.data());
	spi_bytes in = {from, from + words.size(), false};
	while (in.at < in.end && !in.bad) {
		auto count = static_cast<long>(spi_take_varint(&in));
		size_t len;
		const char *word = spi_take_text(&in, &len);
		if (!in.bad)
			writer->spelling[std::string(word, len)] -= count;
	}
}

static Xapian::docid find_document(sp_index_writer *writer, const std::string &key)
{
	Xapian::PostingIterator it = writer->db.postlist_begin(key);
	return it == writer->db.postlist_end(key) ? 0 : *it;
}

static Xapian::Document make_document(const spi_indexed &indexed)
{
	Xapian::Document document;
	for (size_t i = 0; i < indexed.ranked.count; i++)
		document.add_term(
			std::string(indexed.ranked.items[i].text, indexed.ranked.items[i].len), indexed.ranked.items[i].count);
	for (size_t i = 0; i < indexed.marks.count; i++)
		document.add_boolean_term(std::string(indexed.marks.items[i].text, indexed.marks.items[i].len));
	document.add_value(SPI_SLOT_CARD, text_of(indexed.card));
	document.add_value(SPI_SLOT_STEMS, text_of(indexed.stems));
	document.add_value(SPI_SLOT_FACETS, text_of(indexed.facets));
	document.add_value(SPI_SLOT_VALIDITY, indexed.validity);
	document.add_value(SPI_SLOT_SORT_TITLE, std::string(indexed.sort_title, indexed.sort_title_len));
	document.add_value(SPI_SLOT_SORT_UPDATED, indexed.sort_updated);
	document.add_value(SPI_SLOT_WORDS, text_of(indexed.words_text));
	document.set_data(text_of(indexed.record));
	return document;
}

/* Values twice, as they fill blocks by halves; a posting with its term's name. */
static uint64_t weight_of(const spi_indexed &indexed)
{
	constexpr uint64_t POSTING = 64, DOCUMENT = 4096;
	return 2 * (indexed.card.len + indexed.stems.len + indexed.facets.len + indexed.words_text.len) +
		POSTING * (indexed.ranked.count + indexed.marks.count) + DOCUMENT;
}

static Xapian::docid store_document(sp_index_writer *writer, const spi_indexed &indexed)
{
	writer->pending += weight_of(indexed);
	Xapian::Document document = make_document(indexed);
	Xapian::docid docid = find_document(writer, indexed.key);
	if (docid) {
		forget_words(writer, writer->db.get_document(docid).get_value(SPI_SLOT_WORDS));
		writer->db.replace_document(docid, document);
	} else {
		docid = writer->db.add_document(document);
	}
	writer->wording.note(docid);
	for (size_t i = 0; i < indexed.words.count; i++)
		writer->spelling[std::string(indexed.words.items[i].text, indexed.words.items[i].len)] +=
			indexed.words.items[i].count;
	return docid;
}

extern "C" sp_status sp_index_writer_put(sp_index_writer *writer, const sp_document *document, sp_error *err)
{
	spi_indexed indexed = {};
	sp_status status = spi_guard(err, document->article->path, [&]() -> sp_status {
		put_config(writer, document->config, document->readable, err);
		spi_check(spi_index_document(writer->analyser, document, writer->arena, &indexed, err));
		Xapian::docid docid = store_document(writer, indexed);
		return writer->meaning ? spi_meaning_put(writer->meaning, docid, document, err) : SP_OK;
	});
	spi_indexed_release(&indexed);
	sp_arena_reset(writer->arena);
	return status;
}

extern "C" sp_status sp_index_writer_remove(sp_index_writer *writer, const char *id, sp_lang lang, sp_error *err)
{
	return spi_guard(err, writer->folder.c_str(), [&]() -> sp_status {
		std::string key = spi_must(spi_document_key(id, lang, writer->arena));
		sp_arena_reset(writer->arena);
		Xapian::docid docid = find_document(writer, key);
		if (!docid)
			return SP_OK;
		forget_words(writer, writer->db.get_document(docid).get_value(SPI_SLOT_WORDS));
		writer->db.delete_document(docid);
		writer->wording.note(docid);
		return writer->meaning ? spi_meaning_remove(writer->meaning, docid, err) : SP_OK;
	});
}

extern "C" sp_status sp_index_writer_put_unanswered(
	sp_index_writer *writer, const sp_strings questions[SP_LANG_COUNT], uint64_t hash, sp_error *err)
{
	return spi_guard(err, writer->folder.c_str(), [&]() -> sp_status {
		std::string text = hash ? std::to_string(hash) : "";
		if (!writer->meaning || writer->db.get_metadata("unanswered") == text)
			return SP_OK;
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			spi_check(spi_meaning_put_unanswered(writer->meaning, static_cast<sp_lang>(lang), &questions[lang], err));
		writer->db.set_metadata("unanswered", text);
		return SP_OK;
	});
}

static void flush_spelling(sp_index_writer *writer)
{
	for (const auto &word : writer->spelling) {
		if (word.second > 0)
			writer->db.add_spelling(word.first, static_cast<Xapian::termcount>(word.second));
		else if (word.second < 0)
			writer->db.remove_spelling(word.first, static_cast<Xapian::termcount>(-word.second));
	}
	writer->spelling.clear();
}

extern "C" sp_status sp_index_writer_encode(
	sp_index_writer *writer, sp_vectors_progress *progress, void *arg, sp_error *err)
{
	return writer->meaning ? spi_meaning_encode(writer->meaning, progress, arg, err) : SP_OK;
}

/* The new vectors' files are there before the database names them. */
static void write_meaning(sp_index_writer *writer, sp_error *err)
{
	uint64_t revision;
	if (!writer->meaning)
		return;
	spi_check(spi_meaning_write(writer->meaning, &revision, err));
	writer->db.set_metadata("meaning", std::to_string(revision));
}

static sp_status seal(const sp_index_writer *writer, sp_error *err)
{
	return writer->is_part ? SP_OK : spi_seal_write(writer->folder.c_str(), writer->encoder.c_str(), err);
}

/* What is written besides: metadata, the blocks on the way from the root. */
constexpr uint64_t ROOM_AT_LEAST = 1024 * 1024;

static void commit_words(sp_index_writer *writer, sp_error *err)
{
	struct room {
		int is = -1;
		~room() { spi_room_give_back(is); }
	} room;
	spi_check(spi_room_take((writer->folder + "/words").c_str(), writer->pending + ROOM_AT_LEAST, &room.is, err));
	writer->in_transaction = false;
	writer->db.commit_transaction();
	writer->pending = 0;
}

extern "C" sp_status sp_index_writer_commit(sp_index_writer *writer, sp_error *err)
{
	return spi_guard(err, writer->folder.c_str(), [&]() -> sp_status {
		if (writer->in_transaction) {
			if (!writer->is_part)
				writer->wording.write(writer->db, writer->analyser, writer->arena, err);
			write_meaning(writer, err);
			flush_spelling(writer);
			put_synonyms(writer, err);
			commit_words(writer, err);
			if (writer->meaning)
				spi_meaning_sweep(writer->meaning);
			if (!writer->is_part)
				writer->wording.sweep();
		}
		sp_status status = seal(writer, err);
		begin(writer);
		return status;
	});
}

extern "C" bool sp_index_writer_learns(const sp_index_writer *writer)
{
	return writer->meaning || writer->wording.learns();
}

extern "C" sp_status sp_index_writer_commit_words(sp_index_writer *writer, sp_error *err)
{
	return spi_guard(err, writer->folder.c_str(), [&]() -> sp_status {
		if (writer->in_transaction) {
			flush_spelling(writer);
			put_synonyms(writer, err);
			commit_words(writer, err);
		}
		sp_status status = seal(writer, err);
		begin(writer);
		return status;
	});
}

extern "C" void sp_index_writer_close(sp_index_writer *writer)
{
	if (!writer)
		return;
	/* Xapian commits when a handle goes away; what was not committed is to be dropped. */
	spi_guard(nullptr, nullptr, [&]() -> sp_status {
		if (writer->in_transaction)
			writer->db.cancel_transaction();
		return SP_OK;
	});
	spi_guard(nullptr, nullptr, [&]() -> sp_status {
		writer->db.close();
		return SP_OK;
	});
	delete writer;
}
