/* What is learned of an index's phrasings, written with it. */
#ifndef INDEX_WORDING_WRITER_HH
#define INDEX_WORDING_WRITER_HH

#include "sportello/arena.h"
#include "sportello/status.h"
#include "sportello/text.h"

#include <string>
#include <unordered_set>

#include <xapian.h>

class spi_wording_writer
{
  public:
	/* The database may hold documents that nothing was learned of yet: their words were committed, and then the program ended;
	   or it was joined of parts. */
	void open(const std::string &index_folder, const Xapian::Database &db);
	void note(Xapian::docid docid)
	{
		touched.insert(docid);
	}
	/* Learn it from the documents as they are to be, write it to a file of its own, and name that in the database. Nothing, where nothing
	   changed. Throws spi_failure. */
	void write(Xapian::WritableDatabase &db, sp_analyser *analyser, sp_arena *scratch, sp_error *err);
	/* Whether there is something that takes time to be learned anew. */
	bool learns() const
	{
		return revision > 0;
	}
	/* After the commit: remove the files of others. */
	void sweep() const;

  private:
	std::string path_of(unsigned long long of) const;
	/* False: there is too little to learn from. */
	bool learn(const Xapian::Database &db, sp_analyser *analyser, sp_arena *scratch, sp_error *err);

	std::string folder;
	std::unordered_set<Xapian::docid> touched; /* since it was written */
	unsigned long long revision = 0;          /* 0 = there is none */
	size_t changes = 0;                       /* since all was learned */
	bool is_due = false;                      /* also where nothing is touched */
};

#endif
