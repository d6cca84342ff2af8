#include "match_bed.hh"

#include <algorithm>
#include <cmath>
#include <random>

namespace {

constexpr int ARTICLES = 240;

std::mt19937 dice;

const char *const words[] = {"comune", "pratica", "zanzara", "bolletta", "tariffa", "sportello", "certificato", "residenza", "patente", "scuola",
	"mensa", "rifiuti", "tributo", "catasto", "anagrafe", "matrimonio", "nascita", "cimitero", "parcheggio", "biblioteca", "piscina", "teatro",
	"cantiere", "semaforo", "marciapiede", "lampione", "fontana", "giardino", "mercato", "licenza"};
const char *const little[] = {"il", "di", "per", "the", "of"};

} // namespace

void seed_dice(unsigned seed)
{
	dice.seed(seed);
}

unsigned roll(unsigned sides)
{
	return static_cast<unsigned>(dice() % sides);
}

namespace {

/* Some words are in most articles, some in few. */
std::string any_word()
{
	return words[roll(1 + roll(std::size(words)))];
}

} // namespace

std::string any_text(unsigned count)
{
	std::string ret;
	for (unsigned i = 0; i < count; i++)
		ret += (ret.empty() ? "" : " ") + (roll(6) ? any_word() : std::string(little[roll(std::size(little))]));
	return ret;
}

namespace {

std::string any_days()
{
	switch (roll(5)) {
	case 0:
		return "valid_from: 2027-01-01\n";
	case 1:
		return "valid_until: 2026-01-01\n";
	case 2:
		return "ended: true\n";
	default:
		return "";
	}
}

bool put_any(index_bed *f, int number)
{
	char path[64];
	const bool is_italian = number % 4 != 3;
	snprintf(path, sizeof path, "%s/%s/a%03d.md", is_italian ? "it" : "en", number % 3 ? "accesso" : "pagamenti", number);
	std::string more = any_days() + (roll(3) ? "" : "type: procedure\n") + (roll(3) ? "" : "audience: [citizen, agent-l1]\n");
	return put_article(f, path, any_text(1 + roll(3)).c_str(), more.c_str(), (any_text(5 + roll(60)) + ".\n").c_str()) == SP_OK;
}

} // namespace

bool change_many(index_bed *f)
{
	for (int i = 0; i < ARTICLES / 4; i++) {
		const int number = static_cast<int>(roll(ARTICLES));
		char id[16];
		snprintf(id, sizeof id, "a%03d", number);
		if (roll(2)) {
			sp_status status = sp_index_writer_remove(f->writer, id, number % 4 != 3 ? SP_LANG_IT : SP_LANG_EN, &f->err);
			if (status != SP_OK && status != SP_ERR_NOT_FOUND)
				return false;
		} else if (!put_any(f, number)) {
			return false;
		}
	}
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK;
}

bool open_any(index_bed *f)
{
	seed_dice(20261126);
	bool ok = open_index_bed(f);
	for (int i = 0; ok && i < ARTICLES; i++)
		ok = put_any(f, i);
	return ok && sp_index_writer_commit(f->writer, &f->err) == SP_OK && change_many(f) &&
		   sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

/* ---- the same, by Xapian ---- */

namespace {

Xapian::Query query_of(const spi_way &way)
{
	Xapian::Query query = way.terms.size() == 1
							  ? Xapian::Query(way.terms[0])
							  : Xapian::Query(way.is_any ? Xapian::Query::OP_SYNONYM : Xapian::Query::OP_AND, way.terms.begin(), way.terms.end());
	return way.share < 1 ? Xapian::Query(Xapian::Query::OP_SCALE_WEIGHT, query, way.share) : query;
}

Xapian::Query query_of(const spi_ways &ways)
{
	std::vector<Xapian::Query> all;
	for (const spi_way &way : ways)
		all.push_back(query_of(way));
	return Xapian::Query(Xapian::Query::OP_OR, all.begin(), all.end());
}

Xapian::Query query_of(const std::vector<spi_ways> &list, bool needs_all)
{
	std::vector<Xapian::Query> all;
	for (const spi_ways &ways : list)
		all.push_back(query_of(ways));
	return Xapian::Query(needs_all ? Xapian::Query::OP_AND : Xapian::Query::OP_OR, all.begin(), all.end());
}

} // namespace

weighed by_xapian(const Xapian::Database &db, const spi_wanted &wanted)
{
	weighed ret;
	Xapian::Query query = query_of(wanted.words, wanted.needs_all);
	if (!wanted.ranking.empty())
		query = Xapian::Query(Xapian::Query::OP_AND_MAYBE, query, query_of(wanted.ranking, false));
	Xapian::Enquire enquire(db);
	enquire.set_weighting_scheme(Xapian::BM25Weight(SPI_BM25_K1, 0, 1, SPI_BM25_B, 0.5));
	enquire.set_query(query);
	const Xapian::MSet set = enquire.get_mset(0, db.get_doccount() + 1, db.get_doccount() + 1);
	for (auto it = set.begin(); it != set.end(); ++it)
		ret[*it] = it.get_weight();
	return ret;
}

bool is_near(double a, double b)
{
	return std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(b));
}

sp_query usual_query()
{
	sp_query query = {};
	query.lang = SP_LANG_IT;
	query.only_lang = true;
	query.audience = -1;
	return query;
}
