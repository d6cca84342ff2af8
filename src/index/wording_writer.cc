#include "index/wording_writer.hh"

#include "base/file.h"
#include "index/shim.hh"
#include "index/wording.h"

#include <dirent.h>
#include <limits.h>
#include <memory>
#include <unistd.h>

std::string spi_wording_writer::path_of(unsigned long long of) const
{
	char path[PATH_MAX];
	spi_wording_path(folder.c_str(), of, path, sizeof path);
	return path;
}

void spi_wording_writer::open(const std::string &index_folder, const Xapian::Database &db)
{
	folder = index_folder;
	unsigned long long since = 0, documents = 0;
	int found = sscanf(db.get_metadata("wording").c_str(), "%llu %llu %llu", &revision, &since, &documents);
	changes = since;
	is_due = found < 3 || documents != db.get_doccount() || (revision && !spi_exists(path_of(revision).c_str()));
}

namespace {

struct learner_free {
	void operator()(spi_wording_learner *learner) const
	{
		spi_wording_learner_free(learner);
	}
};

} // namespace

static void add_documents(const Xapian::Database &db, const std::unordered_set<Xapian::docid> &touched, spi_wording_learner *learner,
	sp_analyser *analyser, sp_arena *scratch, sp_error *err)
{
	for (auto it = db.valuestream_begin(SPI_SLOT_CARD); it != db.valuestream_end(SPI_SLOT_CARD); ++it) {
		const std::string bytes = *it;
		spi_card card;
		if (!spi_card_parse(bytes.data(), bytes.size(), &card))
			throw spi_failure{sp_error_set(err, SP_ERR_CORRUPT, nullptr, 0, "a document's card is damaged; the index is built again")};
		if (!spi_wording_learner_add(learner, it.get_docid(), &card, touched.count(it.get_docid()) > 0, analyser, scratch))
			throw std::bad_alloc();
	}
}

bool spi_wording_writer::learn(const Xapian::Database &db, sp_analyser *analyser, sp_arena *scratch, sp_error *err)
{
	std::unique_ptr<spi_wording_learner, learner_free> learner(spi_must(spi_wording_learner_new()));
	add_documents(db, touched, learner.get(), analyser, scratch, err);
	spi_check(spi_mkdirs((folder + "/wording").c_str(), err));
	const std::string before = revision ? path_of(revision) : "";
	size_t now = 0;
	sp_status status = spi_wording_learn(
		learner.get(), revision ? before.c_str() : nullptr, changes, path_of(revision + 1).c_str(), &now, err);
	if (status == SP_ERR_NOT_FOUND)
		return false;
	spi_check(status);
	revision++;
	changes = now;
	return true;
}

void spi_wording_writer::write(Xapian::WritableDatabase &db, sp_analyser *analyser, sp_arena *scratch, sp_error *err)
{
	if (touched.empty() && !is_due)
		return;
	if (db.get_doccount() > SPI_WORDING_DOCUMENTS_MOST || !learn(db, analyser, scratch, err))
		revision = changes = 0;
	db.set_metadata("wording", std::to_string(revision) + " " + std::to_string(changes) + " " + std::to_string(db.get_doccount()));
	touched.clear();
	is_due = false;
}

void spi_wording_writer::sweep() const
{
	std::string below = folder + "/wording", keep = "classes-" + std::to_string(revision);
	DIR *dir = opendir(below.c_str());
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (strncmp(entry->d_name, "classes-", 8) == 0 && entry->d_name != keep)
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}
