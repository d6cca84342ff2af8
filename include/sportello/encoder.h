/**
 * @file encoder.h
 * Text to vector, behind one table of functions with three makers: "e5" (multilingual-e5-small in 4 bits, in the
 * process), the http(s) address of an OpenAI-compatible /v1/embeddings server, and "none" (words only).
 *
 * The index stores the name of the encoder that made its vectors and never mixes two. With "none" there are no
 * vectors, and the service says so in /readyz and in its log.
 *
 * An address: the server (/v1/embeddings is added), its /v1 or a whole path that ends in /embeddings. Texts are sent as they are, but
 * for a model with the word "e5" in its name (and not "instruct"): to that, with E5's "query: " and "passage: ".
 *
 * Method: Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", 2024 (arXiv:2402.05672): texts are
 * prefixed with "query: " or "passage: ", token states are averaged, and the vector is scaled to unit length.
 */
#ifndef SPORTELLO_ENCODER_H
#define SPORTELLO_ENCODER_H

#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A question, a title, a phrasing (compared with each other), or a piece of an article (compared with questions). */
typedef enum sp_encode_role { SP_ENCODE_QUESTION, SP_ENCODE_PASSAGE } sp_encode_role;

/** Texts are cut to this many bytes (at a character) before they are encoded: longer ones cost more than they tell. */
#define SP_ENCODE_TEXT_MAX 1200

/** Most tokens of a text that rows are made of; those past it are left out. */
#define SP_ENCODE_TOKENS_MAX 128

/**
 * A text's tokens, a row each, made in the same pass as its vector: what each word means where it stands. Questions are compared
 * with passages by them (late interaction: Khattab and Zaharia 2020, "ColBERT", arXiv:2004.12832). What stands in a row is
 * between the encoder and sp_token_file_compare() (vectors.h).
 */
typedef struct sp_token_rows {
	size_t count;       /**< 0..SP_ENCODE_TOKENS_MAX */
	signed char *rows;  /**< room for SP_ENCODE_TOKENS_MAX rows of sp_encoder_token_bytes(), the caller's */
} sp_token_rows;

typedef struct sp_encoder sp_encoder;

/** All borrowed for the call. Zeroed: the defaults. */
typedef struct sp_encoder_settings {
	const char *name;      /**< "none", "e5" or an address; NULL = "none" */
	const char *model;     /**< e5: file of the model, NULL = where it was installed. address: name of the model there, NULL = the server's own */
	const char *key_file;  /**< address: file that holds the key (Authorization: Bearer …), NULL = none */
	unsigned timeout_ms;   /**< address: most time for one request; 0 = 5000 */
} sp_encoder_settings;

/**
 * Make an encoder.
 * @return SP_OK; SP_ERR_UNSUPPORTED (this build has no such maker, with what to do about it); SP_ERR_USAGE (the name means nothing);
 *         SP_ERR_NOT_FOUND, SP_ERR_CORRUPT (the model); SP_ERR_IO (the server cannot be reached, or gives no vectors);
 *         SP_ERR_DENIED (it refuses the key); SP_ERR_INVALID (the key file holds none); SP_ERR_NOMEM
 */
sp_status sp_encoder_new(const sp_encoder_settings *settings, sp_encoder **ret, sp_error *err);
/** NULL is accepted. */
void sp_encoder_free(sp_encoder *encoder);
/** No reply of a server is waited for any more: calls that do so end within about a second with SP_ERR_BUSY, and so does every later one.
 *  An encoder in the process goes on. For who ends the program. Threads: any. */
void sp_encoder_stop(sp_encoder *encoder);
/** What the index stores: maker and model ("e5 multilingual-e5-small-q4-…", which ends with what was fitted on top; of a server not the address but the numbers in a
 *  vector, "openai BAAI/bge-m3 (1024)"), "none" for none. At most 127 bytes. */
const char *sp_encoder_name(const sp_encoder *encoder);
/** Numbers in a vector; 0 = this encoder makes none. */
size_t sp_encoder_dimensions(const sp_encoder *encoder);
/** Bytes of one token's row; 0 = this encoder makes none (a server gives no tokens). */
size_t sp_encoder_token_bytes(const sp_encoder *encoder);
/** Whether this build has the maker "e5". */
bool sp_encoder_has_e5(void);
/**
 * Encode @p count texts at once, in the calling thread and what threads the maker has; row i of @p ret_vectors
 * (dimensions numbers each, unit length) is text i's vector. An empty text's vector is all zeros.
 * The same text gives the same vector, whatever it is encoded together with (with a server: as far as it does so).
 * @param ret_tokens  @p count of them, with room; NULL = not wanted. An encoder that makes none sets their counts to 0
 * @return SP_OK; SP_ERR_NOMEM; of a server also SP_ERR_IO (not reached, too late, an error, no vectors of that length or model),
 *         SP_ERR_DENIED and SP_ERR_BUSY (sp_encoder_stop())
 * Threads: any.
 */
sp_status sp_encoder_encode(sp_encoder *encoder, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err);

/* ---- questions of people who wait ---- */

/**
 * In front of an encoder: vectors and tokens of questions that were asked before are remembered (bounded, by the question's
 * normal form, kept over restarts); questions that arrive together are encoded together, by a thread of its own; the queue is
 * bounded, and who waits past the deadline goes on without a vector.
 */
typedef struct sp_encode_queue sp_encode_queue;

typedef struct sp_encode_queue_settings {
	unsigned waiting_max;    /**< most questions in the queue; 0 = 64. Fewer while the encoder is too slow for so many */
	unsigned batch_max;      /**< most questions encoded at once; 0 = 16. Fewer while so many would take past the deadline */
	unsigned deadline_ms;    /**< 0 = 150 */
	size_t remembered_max;   /**< most questions remembered; 0 = 20,000. Fewer while they have more than 24 tokens in the mean */
	const char *file;        /**< where they are kept over restarts; NULL = nowhere. Holds hashes, vectors and tokens, no text. Borrowed for the call */
} sp_encode_queue_settings;

/**
 * Memory for vectors is taken here: 2 bytes a number for each that can be remembered (16 MB for 20,000 of 384; resident
 * as they come). For tokens it is taken as they come, at most 24 rows for each question that can be remembered, in the mean of
 * all (44 MB for 20,000, where a row has 96 bytes): when there would be more, questions that were not asked lately are forgotten.
 * @param encoder borrowed, lives longer. One without vectors is fine: sp_encode_queue_ask() says so, and there is no thread.
 * @return SP_OK, also when the file is damaged or of another encoder: it is renamed to "<file>.aside" and nothing is remembered;
 *         SP_ERR_NOMEM; SP_ERR_IO (no thread to be had)
 */
sp_status sp_encode_queue_new(sp_encoder *encoder, const sp_encode_queue_settings *settings, sp_encode_queue **ret, sp_error *err);
/** Ends its threads, writes what is remembered. No call may be waiting. NULL is accepted. */
void sp_encode_queue_free(sp_encode_queue *queue);
/** Its encoder. */
sp_encoder *sp_encode_queue_encoder(const sp_encode_queue *queue);
/**
 * Vector of a question. Personal data must be masked before. The encoder is given the question's normal form (lower case,
 * one space, no stops at the end…), so that all ways to type it have one vector; its numbers are rounded to 16 bits (a dot
 * product changes by less than 0.001), so that it is the same vector each time, after a restart too.
 * @param ret_vector  dimensions numbers; written on SP_OK; all zeros for a question with nothing in it
 * @param ret_tokens  its tokens, remembered as the vector is; NULL = not wanted
 * @return SP_OK; SP_ERR_BUSY (queue full, or past the deadline: go on with words alone); SP_ERR_UNSUPPORTED (the encoder
 *         makes no vectors); else the encoder's error
 * Threads: any. Waits at most deadline_ms; one that is remembered: some microseconds.
 */
sp_status sp_encode_queue_ask(sp_encode_queue *queue, const char *text, size_t len, float *ret_vector, sp_token_rows *ret_tokens,
	sp_error *err);

#define SP_ENCODE_TOGETHER_MAX 8

/**
 * Vectors of several texts of one person, encoded together; each counts as a call of sp_encode_queue_ask(). Where there is no room for
 * all of them in time, only the first is asked about.
 * @param count        1..SP_ENCODE_TOGETHER_MAX
 * @param ret_vectors  count × dimensions numbers
 * @param ret_tokens   count of them, with room; NULL = not wanted
 * @param ret_count    set on SP_OK: how many have their vector; count or 1
 * @return as sp_encode_queue_ask(); anything but SP_OK: no vector is to be used
 * Threads: any. Waits at most deadline_ms.
 */
sp_status sp_encode_queue_ask_together(sp_encode_queue *queue, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, size_t *ret_count, sp_error *err);

/** The queue's own. */
typedef struct sp_encode_waiter {
	struct sp_encode_waiter *next;
	struct sp_encode_call *call;
	struct spi_question *question;
} sp_encode_waiter;

/** sp_encode_queue_ask_together() without waiting: for who has other things to do meanwhile. */
typedef struct sp_encode_call {
	const char *const *texts; const size_t *lens; /**< needed until sp_encode_queue_begin() returns */
	size_t count;          /**< how many; afterwards, how many have their vector: as many or 1 */
	float *vectors;        /**< as for sp_encode_queue_ask_together(), needed until it is done, as the call itself is */
	sp_token_rows *tokens;
	void (*done)(struct sp_encode_call *call, void *arg); /**< called by a thread of the queue, once; must not wait for anything */
	void *arg;
	int64_t spent_us;      /**< taken off its deadline: what the person waits for besides; 0 = nothing */
	sp_status status;      /**< when it is done */
	sp_error error;
	/** The queue's own. */
	struct sp_encode_call *next, *before;
	int64_t deadline_us;
	size_t left;
	sp_encode_waiter waiters[SP_ENCODE_TOGETHER_MAX];
} sp_encode_call;

/**
 * Ask without waiting.
 * @return true: it waits, and call->done() will be called, at the latest when the deadline is over. false: it is done at once (asked
 *         before, or there is no room), and call->done() is not called. Where there is no room as an encoder in the process has too much to
 *         do, it waits all the same, for some of the time: told at once, who asks again at once would take the processors from the encoder
 * Threads: any.
 */
bool sp_encode_queue_begin(sp_encode_queue *queue, sp_encode_call *call);

/**
 * The text will be asked about in a moment, unless words alone are sure: an encoder in the process that has nothing to do begins with it
 * now, so that its time and that of looking for words run side by side. Nobody waits, nothing is counted but the vector that is made.
 * @param spent_us  as of the call that will follow: where that is pressed for time, nothing is begun
 * Threads: any. Some microseconds.
 */
void sp_encode_queue_foresee(sp_encode_queue *queue, const char *text, size_t len, int64_t spent_us);

/**
 * What it did since it was made. Each call of sp_encode_queue_ask() counts once in asked and, when it returns, in at most
 * one of remembered, full, late and failed; asked less these four are the calls that waited for their vector and got it
 * (and those that wait now).
 */
typedef struct sp_encode_queue_stats {
	uint64_t asked;         /**< calls, but for those of an encoder without vectors */
	uint64_t remembered;    /**< calls answered at once: asked before, foreseen and done, or a question with nothing in it */
	uint64_t full;          /**< calls turned away: the queue was full, or so long that the deadline would have passed */
	uint64_t late;          /**< other calls that went on without a vector after the deadline */
	uint64_t failed;        /**< calls that got the encoder's error */
	uint64_t encoded;       /**< vectors made: one for a question asked by several at once; those that came too late, or were foreseen for nothing, too */
	uint64_t batches;       /**< times that the encoder was called, failures too */
	uint64_t encode_us;     /**< time spent by the encoder, failures too */
	uint64_t waiting_now;   /**< questions in the queue, without those that are being encoded; at most waiting_max */
} sp_encode_queue_stats;
/** All of one moment. Threads: any. */
void sp_encode_queue_get_stats(sp_encode_queue *queue, sp_encode_queue_stats *ret);
/**
 * Write what is remembered, if anything is new; called now and then by who serves. Replaces the file as a whole, or
 * leaves it as it was.
 * @return SP_OK (also without a file); SP_ERR_FULL; SP_ERR_IO; SP_ERR_DENIED; SP_ERR_NOMEM
 * Threads: any; who asks meanwhile does not wait for the disk.
 */
sp_status sp_encode_queue_save(sp_encode_queue *queue, sp_error *err);
/** Forget all vectors that are remembered; the next save empties the file. Threads: any. */
void sp_encode_queue_forget(sp_encode_queue *queue);

#ifdef __cplusplus
}
#endif
#endif
