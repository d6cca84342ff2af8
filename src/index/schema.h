/* The index schema: what stands where in the Xapian database of one audience.
 *
 * Terms
 *   stem           ranked text: title, questions, codes, keywords, headings and body in one field, told apart by weight
 *   Q<lang>:<id>   the one document of an article in a language
 *   L T C A        filters: language, type, category, audience (number in the configuration)
 *   K<code>        an error code that the article explains, lower case
 *   P<hash>        a known phrasing: hash of its normal form, 16 hex digits
 *   W<word>        a word of the title or of a question, folded, for completion
 *   D, N, E        its validity is limited; it is a notice; what it is about has ended
 *   F G            fields and group that it names for a ticket
 * Upper case letters are free for prefixes: a stem is always folded to lower case.
 * Values (one column a number, so that a column is read without the rest)
 *   card           what ranking a candidate needs, then what its stems are (card.h)
 *   stems          the card's stems as text, in the same order: only read to look up how frequent one is
 *   facets         type, language, audiences, category, in few bytes
 *   validity       first and last day, in the text form of two numbers
 *   sort           folded title; updated
 *   words          words that this document gave to the spelling dictionary, to take them back
 * Document data    the record (record.h); Xapian compresses it
 * Metadata         format, encoder, config (hash of kb.yaml), audiences, synonyms; meaning, wording: the revisions of these files
 */
#ifndef INDEX_SCHEMA_H
#define INDEX_SCHEMA_H

/* How much a word counts by where it stands. Xapian's wdf are whole numbers; k1 is scaled with them. */
#define SPI_WEIGHT_TITLE 7
#define SPI_WEIGHT_QUESTION 5
#define SPI_WEIGHT_KEYWORD 14
#define SPI_WEIGHT_CODE 14
#define SPI_WEIGHT_HEADING 2
#define SPI_WEIGHT_BODY 1
/* A word repeated in a long text says no more than one in the title. */
#define SPI_WEIGHT_BODY_MAX 14
/* BM25: three occurrences in the title saturate half way; articles' lengths say nothing. Measured on Italian FAQs. */
#define SPI_BM25_K1 21.0
#define SPI_BM25_B 0.0

/* How much a word counts that was not typed itself. */
#define SPI_SOFT_CORRECTION 0.7
#define SPI_SOFT_SYNONYM 0.6
#define SPI_SOFT_BEGUN 0.8

/* Longest term in bytes; Xapian takes 245. What is longer is cut. */
#define SPI_TERM_MAX 200
/* Words in the spelling dictionary: at least so many characters, at most so many bytes. */
#define SPI_SPELL_MIN_CHARS 4
#define SPI_SPELL_MAX_BYTES 60

enum {
	SPI_SLOT_CARD,
	SPI_SLOT_STEMS,
	SPI_SLOT_FACETS,
	SPI_SLOT_VALIDITY,
	SPI_SLOT_SORT_TITLE,
	SPI_SLOT_SORT_UPDATED,
	SPI_SLOT_WORDS,
};

#endif
