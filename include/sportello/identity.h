/**
 * @file identity.h
 * Who somebody is by another's word: an OpenID Connect provider that people sign in with (authorization code with PKCE), and issuers of
 * signed tokens (JWT) that an app sends along for its users.
 *
 * A settings file names provider and issuers, and maps what they say (groups, a claim) to role, audience and groups. Who is in several
 * rows of the mapping has what all of them give. Who is in none does not get in. Signatures are RS256, PS256 or ES256, checked with the keys that the provider publishes; those are fetched by a thread
 * of its own, which no request waits for with its own thread.
 */
#ifndef SPORTELLO_IDENTITY_H
#define SPORTELLO_IDENTITY_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_identity sp_identity;

/** Read the settings and begin to fetch keys; that a provider cannot be reached is no error.
 *  @p config  what audiences and groups are checked against; NULL = not checked. Borrowed for the call.
 *  SP_ERR_INVALID with the line; SP_ERR_NOT_FOUND (file, or a secret); SP_ERR_NOMEM */
sp_status sp_identity_open(const char *file, const sp_kb_config *config, sp_identity **ret, sp_error *err);
/** Name the files that it reads while it works: a secret, authorities, keys. Nothing when the settings cannot be read. */
void sp_identity_files(const char *file, void (*visit)(const char *path, bool is_secret, void *arg), void *arg);
/** Ends what is being fetched; jobs that wait are done with SP_ERR_BUSY. NULL is accepted. */
void sp_identity_close(sp_identity *identity);

/** Name of the provider, as people know it; NULL = there is none to sign in with. */
const char *sp_identity_provider(const sp_identity *identity);
/** Whether there are issuers of tokens. */
bool sp_identity_has_issuers(const sp_identity *identity);
/** Whether there are several: each names its people by itself, so that a subject alone may then be one person's here and another's there. */
bool sp_identity_has_several_issuers(const sp_identity *identity);

/** What the subject of an app's token begins with here, before what its issuer calls the user: no other subject does. */
#define SP_SUBJECT_OF_APP "app:"

/** What a row of the mapping gives. */
typedef struct sp_grant {
	const char *role, *audience; /**< role: reader, agent, editor, manager, admin */
	sp_strings groups;           /**< none = those that the audience stands for */
} sp_grant;

typedef struct sp_identified {
	const char *subject;
	const sp_grant *const *grants; size_t grants_count; /**< of each row that fits, in the mapping's order; they live as long as the sp_identity */
} sp_identified;

#define SP_JWT_MAX 4096

/** Whom a signed token speaks of. @p ret in the arena.
 *  SP_ERR_DENIED (for whatever reason: the log says it, the caller must not be told); SP_ERR_LATER: signed with a key that is not known yet,
 *  and may be asked for: a job SP_IDENTITY_KEYS, then once more. Threads: any. */
sp_status sp_identity_check(sp_identity *identity, const char *token, size_t len, int64_t now_utc_s, sp_arena *arena, sp_identified *ret,
	sp_error *err);

typedef enum sp_identity_kind {
	SP_IDENTITY_KEYS,    /**< fetch what is not known, where that was not tried a moment ago */
	SP_IDENTITY_BEGIN,   /**< make the address to send the browser to */
	SP_IDENTITY_FINISH,  /**< the browser came back with a code: who is it? */
	SP_IDENTITY_END,     /**< make the address where the provider's own session is ended */
} sp_identity_kind;

/** Something that may have to ask the provider. Texts are borrowed until done. */
typedef struct sp_identity_job {
	sp_identity_kind kind;
	const char *secret;       /**< BEGIN, FINISH: random, kept by that browser alone; state, nonce and the proof of the code come from it */
	const char *return_url;   /**< where the provider sends the browser back to */
	const char *code, *state, *issuer; /**< FINISH: as they came; NULL = did not */
	int64_t now_utc_s;
	sp_arena *arena;          /**< of the results; nobody else's meanwhile */
	sp_status status;         /**< out: SP_ERR_DENIED (the answer is not to be believed), SP_ERR_NOT_FOUND (it is, but nobody mapped them),
	                               SP_ERR_BUSY (the provider cannot be reached), SP_ERR_UNSUPPORTED (it has no such address) */
	sp_error error;           /**< out: for the log */
	const char *url;          /**< out: BEGIN, END */
	sp_identified who;        /**< out: FINISH; of SP_ERR_NOT_FOUND the subject alone */
	void (*done)(void *arg);  /**< from the identity's thread; maybe before sp_identity_submit() returns */
	void *arg;
	struct sp_identity_job *next; /**< the identity's own */
} sp_identity_job;

/** Hand over. SP_ERR_BUSY when too many wait; done is not called then. Threads: any. */
sp_status sp_identity_submit(sp_identity *identity, sp_identity_job *job);

#ifdef __cplusplus
}
#endif
#endif
