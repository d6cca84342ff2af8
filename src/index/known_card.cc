/* Cards as they are kept in memory: read, taken apart, and what a question is held against worked out. */
#include "index/shim.hh"

/* What one handle keeps of one revision, at most: the cards of a few thousand articles. */
constexpr size_t CARDS_MAX_BYTES = 24 * 1024 * 1024;

size_t spi_known_card::size() const
{
	return sizeof *this + bytes.size() + stems.size() * sizeof stems[0] + phrases->size;
}

/* Numbers of the stems, and what each weighs. */
void sp_index::weigh(spi_known_card &known, const Xapian::Document &document, std::vector<float> &weights_of)
{
	std::string texts;
	const unsigned char *grams = known.card.grams;
	known.stems.resize(known.card.stems_count);
	weights_of.resize(known.card.stems_count);
	for (size_t i = 0; i < known.card.stems_count; i++) {
		const spi_stem stem = spi_card_stem(&known.card, i, &grams);
		const float *weight = weights.find(stem.hash);
		if (!weight) {
			const char *text;
			size_t len;
			if (texts.empty())
				texts = document.get_value(SPI_SLOT_STEMS);
			bool ok = spi_card_stem_text(texts.data(), texts.size(), i, &text, &len);
			weights.add(stem.hash, rarity(ok ? db.get_termfreq(std::string(text, len)) : 0));
			weight = weights.find(stem.hash);
		}
		weights_of[i] = *weight * (stem.is_function ? SPI_FUNCTION_SHARE : 1.0f);
		known.stems[i] = stems.number_of(stem, weights_of[i]);
	}
}

/* What the stems are is with the stems now, once for all cards; without it a third more cards are kept. */
static void cut_to_kept(spi_known_card &known)
{
	known.bytes.resize(known.card.kept_len);
	known.bytes.shrink_to_fit();
	spi_card_parse_kept(known.bytes.data(), known.bytes.size(), &known.card); /* the same bytes as before, maybe elsewhere */
}

void sp_index::forget_cards()
{
	cards.clear();
	stems.clear();
	cards_bytes = 0;
}

const spi_known_card &sp_index::card_of(Xapian::docid docid, sp_error *err)
{
	auto found = cards.find(docid);
	if (found != cards.end())
		return found->second;
	if (cards_bytes > CARDS_MAX_BYTES)
		forget_cards();
	Xapian::Document document = db.get_document(docid, Xapian::DOC_ASSUME_VALID);
	spi_known_card &known = cards[docid];
	try {
		known.bytes = document.get_value(SPI_SLOT_CARD);
		if (!spi_card_parse(known.bytes.data(), known.bytes.size(), &known.card))
			spi_throw_damaged(this, err);
		std::vector<float> weights_of;
		weigh(known, document, weights_of);
		cut_to_kept(known);
		sp_status status = spi_phrases_new(&known.card, weights_of.data(), &known.phrases);
		if (status == SP_ERR_CORRUPT)
			spi_throw_damaged(this, err);
		spi_check(status);
	} catch (...) {
		/* Some of its stems may be half known. */
		forget_cards();
		throw;
	}
	cards_bytes += known.size();
	return known;
}

bool spi_fit_known_card(sp_index *index, const spi_question *question, const spi_known_card &known, sp_arena *arena, spi_fit *ret)
{
	const std::vector<spi_met_stem> &met = index->stems.fit(question, known.stems);
	bool fits = spi_fit_card(question, &known.card, met.data(), met.size(), known.phrases, arena, ret);
	if (ret->no_memory) /* an index that nothing is wrong with is not built again */
		throw std::bad_alloc();
	return fits;
}
