/* Function words of English, sorted by bytes, accents dropped. With and without apostrophes, as people type them. */
#include "text/words.h"

static const char *const words[] = {
	"a", "about", "after", "again", "against", "all", "already", "also", "although", "am", "an", "and",
	"another", "any", "anyone", "anything", "are", "aren't", "arent", "as", "at", "be", "because", "been",
	"before", "being", "between", "both", "but", "by", "can", "can't", "cannot", "cant", "could", "couldn't",
	"couldnt", "d", "did", "didn't", "didnt", "do", "does", "doesn't", "doesnt", "doing", "don't", "done",
	"dont", "down", "during", "each", "either", "even", "ever", "every", "everyone", "everything", "few",
	"for", "from", "had", "hadn't", "hadnt", "has", "hasn't", "hasnt", "have", "haven't", "havent", "having",
	"he", "he'll", "he's", "her", "here", "hers", "herself", "him", "himself", "his", "how", "how's", "i",
	"i'd", "i'll", "i'm", "i've", "id", "if", "ill", "im", "in", "into", "is", "isn't", "isnt", "it", "it's",
	"its", "itself", "ive", "just", "let's", "ll", "m", "many", "may", "me", "might", "mine", "more", "most",
	"much", "must", "mustn't", "my", "myself", "near", "neither", "never", "no", "nobody", "none", "nor",
	"not", "nothing", "of", "off", "on", "only", "onto", "or", "other", "ought", "our", "ours", "ourselves",
	"out", "over", "own", "per", "re", "s", "same", "several", "shall", "she", "she'll", "she's", "should",
	"shouldn't", "shouldnt", "since", "so", "some", "someone", "something", "still", "such", "t", "than",
	"that", "that's", "thats", "the", "their", "theirs", "them", "themselves", "then", "there", "there's",
	"these", "they", "they'll", "they're", "they've", "this", "those", "though", "through", "till", "to",
	"too", "under", "unless", "until", "up", "upon", "us", "ve", "very", "via", "was", "wasn't", "wasnt",
	"we", "we'll", "we're", "we've", "were", "weren't", "werent", "what", "what's", "whats", "when", "where",
	"where's", "whether", "which", "while", "who", "who's", "whom", "whose", "why", "will", "with", "within",
	"without", "won't", "wont", "would", "wouldn't", "wouldnt", "yes", "yet", "you", "you'll", "you're",
	"you've", "your", "youre", "yours", "yourself",
};

const spi_word_list spi_function_words_en = {words, sizeof(words) / sizeof(words[0])};
