/* Lists in memory of an index that is not as it should be. */
#include "match_bed.hh"

#include <algorithm>
#include <filesystem>
#include <fstream>

/* Numbers of lists are places of tables: of another state of the database, or a damaged one, they must not be. */
TEST(test_index_match_number_beyond_the_last_is_noticed)
{
	index_bed small, large;
	REQUIRE(open_usual(&small));
	REQUIRE(open_any(&large));
	spi_wanted wanted;
	wanted.words.push_back({{{"codic"}}});
	small.index->matcher.find(small.index, wanted);
	small.index->db = large.index->db;
	wanted.words[0][0].terms[0] = "comun";
	const sp_status status = spi_guard(&small.err, "", [&]() -> sp_status {
		small.index->matcher.find(small.index, wanted);
		return SP_OK;
	});
	CHECK_INT(status, SP_ERR_CORRUPT);
	/* Once it is looked at anew it is as any other. */
	sp_error_clear(&small.err);
	small.index->is_lost = true;
	CHECK(search_for(&small, "comune", usual_query()).total > 0);
	close_index_bed(&small);
	close_index_bed(&large);
}

/* Of a document whose days cannot be read nobody knows when it may be shown; one without facets would be missing among the others. */
TEST(test_index_match_document_without_its_days_or_facets_is_noticed)
{
	static const struct {
		Xapian::valueno slot;
		const char *value;
	} damages[] = {{SPI_SLOT_VALIDITY, "soon"}, {SPI_SLOT_FACETS, "\xff\xff\xff"}, {SPI_SLOT_FACETS, ""}};
	for (const auto &damage : damages) {
		index_bed f;
		sp_result result;
		sp_query query = usual_query();
		query.text = "codice", query.text_len = 6, query.limit = 10, query.day = TODAY;
		REQUIRE(open_index_bed(&f));
		put_usual(&f);
		REQUIRE(put_article(&f, "it/accesso/poi.md", "Codice nuovo", "valid_from: 2027-01-01\n", "Da gennaio.\n") == SP_OK);
		REQUIRE(sp_index_writer_commit(f.writer, &f.err) == SP_OK);
		REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
		const Xapian::docid later = *f.index->db.postlist_begin("Qit:poi");
		Xapian::WritableDatabase db("", Xapian::DB_BACKEND_INMEMORY);
		for (Xapian::docid docid = 1; docid <= f.index->db.get_lastdocid(); docid++) {
			Xapian::Document document = f.index->db.get_document(docid);
			if (docid == later)
				document.add_value(damage.slot, damage.value);
			db.replace_document(docid, document);
		}
		f.index->db = db;
		f.index->renew(&f.err);
		CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &result, &f.err), SP_ERR_CORRUPT);
		close_index_bed(&f);
	}
}

namespace {

void damage(const std::string &file)
{
	std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
	for (unsigned i = 1 + roll(4); i; i--) {
		io.seekp(roll(static_cast<unsigned>(std::filesystem::file_size(file))));
		io.put(static_cast<char>(roll(256)));
	}
}

/* A block's damaged number of its revision looks like one of another revision. */
bool is_trouble(sp_status status)
{
	return status == SP_ERR_CORRUPT || status == SP_ERR_CHANGED;
}

/* What cannot be read is not told as looked for in vain. */
void ask_damaged(index_bed *f, sp_index *index)
{
	for (int i = 0; i < 6; i++) {
		const std::string text = i ? any_text(1 + roll(4)) : "";
		sp_query query = usual_query();
		sp_ask ask = {};
		sp_result result = {};
		sp_candidate *list = nullptr;
		sp_question_stats stats;
		size_t count = 0;
		query.text = ask.text = text.c_str(), query.text_len = ask.len = text.size();
		query.only_lang = roll(2), query.partial = roll(2), query.want_correction = query.want_facets = query.want_snippets = true;
		ask.lang = SP_LANG_IT;
		query.day = ask.day = TODAY;
		query.limit = ask.limit = 50;
		const sp_status searched = sp_index_search(index, f->analyser, &query, f->arena, &result, &f->err);
		const sp_status asked = sp_index_candidates(index, f->analyser, &ask, f->arena, &list, &count, &stats, &f->err);
		CHECK(is_trouble(searched) || (searched == SP_OK && result.hits_count == std::min(result.total, query.limit)));
		CHECK(is_trouble(asked) || (asked == SP_OK && count <= ask.limit));
	}
}

} // namespace

TEST(test_index_match_damaged_bytes_end_no_program)
{
	index_bed f;
	REQUIRE(open_any(&f));
	const std::string whole = f.folder, copy = whole + "-damaged";
	int opened = 0;
	seed_dice(4);
	for (int i = 0; i < 60; i++) {
		sp_index *index = nullptr;
		std::filesystem::remove_all(copy);
		std::filesystem::copy(whole, copy, std::filesystem::copy_options::recursive);
		damage(copy + "/words/postlist.glass");
		if (sp_index_open(copy.c_str(), &index, &f.err) != SP_OK)
			continue;
		opened++;
		ask_damaged(&f, index);
		sp_index_close(index);
		sp_arena_reset(f.arena);
	}
	CHECK(opened > 0);
	close_index_bed(&f);
}
