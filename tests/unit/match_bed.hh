/* For tests of what is found and weighed over lists in memory: hundreds of made-up articles in two languages, with gaps among their numbers,
   some replaced, some taken out again, asked at random; and Xapian's own matcher to hold them against. */
#ifndef MATCH_BED_HH
#define MATCH_BED_HH

extern "C" {
#include "index_bed.h"
}

#include "index/shim.hh"

#include <map>
#include <string>
#include <vector>

/* The same throws for the same seed. */
void seed_dice(unsigned seed);
unsigned roll(unsigned sides);
std::string any_text(unsigned count);

/* Seeds the dice. */
bool open_any(index_bed *f);
/* Numbers are given once: what is taken out leaves a gap. */
bool change_many(index_bed *f);

typedef std::map<Xapian::docid, double> weighed;

weighed by_xapian(const Xapian::Database &db, const spi_wanted &wanted);
bool is_near(double a, double b);
/* In Italian alone, of whatever audience. */
sp_query usual_query();

#endif
